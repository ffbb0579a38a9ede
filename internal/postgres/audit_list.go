package postgres

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// AuditFilter narrows the audit log; zero values filter nothing.
type AuditFilter struct {
	Place    territory.LocalityID // what was changed there or below
	Inside   bool                 // the place lies inside the reader's own ones, not above them
	Cadre    cadre.ID             // what this person changed, and what was changed of them
	Words    Words                // in the name of such a person
	Action   string
	From, To territory.Day // both inclusive
}

// AuditRow is one entry of the audit log as pages show it.
type AuditRow struct {
	ID       int64
	At       time.Time
	Actor    cadre.ID // zero where the command line did it
	Name     string   // of the actor
	PostVi   string   // under which it was allowed; empty for none
	PostEn   string
	PostAt   string               // where that post was held
	Place    territory.LocalityID // zero for none
	Named    string               // of the place, as it was called then
	Above    string               // hamlet and commune of the place, as far as they are not the place itself
	Action   string
	Object   string
	ObjectID string
	Fields   []string
	Quantity *int
	Subject  cadre.ID // the person whose data, account or assignment it is; zero for none
	Whose    string   // their name

	KnowsActor, KnowsSubject bool // the reader has a page of them; false where that was not asked
}

// AuditList is a page of the audit log, the newest entry first.
type AuditList struct {
	Rows     []AuditRow
	Place    territory.Chain // today's chain of the place in the filter; empty if it does not exist. Not guarded
	Cadre    *CadreRow       // of the filter, if the reader knows them
	Communes []territory.Locality
	Next     string // cursor of the next page; empty on the last one
}

// auditCursor is where a page of the log ends.
type auditCursor struct {
	At time.Time `json:"t"`
	ID int64     `json:"i"`
}

// AuditQuery says for whom the log is read.
type AuditQuery struct {
	Scope  cadre.Scope
	Below  []territory.LocalityID // that the reader administers
	Filter AuditFilter
	Day    territory.Day
	Links  bool // asks which people the reader has a page of
}

// AuditLog lists the entries inside a scope, in one round trip. A cursor that is none is NotFound.
func (r reader) AuditLog(ctx context.Context, q AuditQuery, page Page) (AuditList, error) {
	p := &params{}
	keys, err := q.keys(page, p)
	if err != nil {
		return AuditList{}, err
	}
	var list AuditList
	var person CadreRow
	var found bool
	b := &batch{}
	day := localDay("e.at")
	below, today, links := p.add(int64s(q.Below)), p.add(q.Day), p.add(q.Links)
	known := func(person string) string { return links + `::bool AND ` + knownUpward(person, below, today) }
	queueAll(b, &list.Rows, pgx.RowToStructByPos[AuditRow], `SELECT e.id, e.at, coalesce(e.actor_id, 0), coalesce(a.full_name, ''),
			coalesce(po.name_vi, ''), coalesce(po.name_en, ''), coalesce(gv.name, ''), coalesce(e.locality_id, 0), coalesce(lv.name, ''), `+aboveName+`,
			e.action, e.object, e.object_id, e.fields, e.quantity, coalesce(w.id, 0), coalesce(w.full_name, ''),
			`+known("a")+`, `+known("w")+`
		FROM (`+keys+`) k JOIN audit_entries e ON e.id = k.id
		LEFT JOIN cadres a ON a.id = e.actor_id
		LEFT JOIN assignments s ON s.id = e.assignment_id LEFT JOIN posts po ON po.id = s.post_id
		LEFT JOIN locality_versions gv ON gv.locality_id = s.locality_id AND gv.valid @> `+day+`
		LEFT JOIN locality_versions lv ON lv.locality_id = e.locality_id AND lv.valid @> `+day+`
		`+joinAbove("e", day)+`
		LEFT JOIN cadres w ON w.id = CASE WHEN e.object_id !~ '^[0-9]{1,18}$' THEN NULL WHEN e.object = 'cadre' THEN e.object_id::bigint
			WHEN e.object = 'account' THEN (SELECT o.cadre_id FROM accounts o WHERE o.id = e.object_id::bigint)
			WHEN e.object = 'assignment' THEN (SELECT o.cadre_id FROM assignments o WHERE o.id = e.object_id::bigint) END
		ORDER BY e.at DESC, e.id DESC`, p.list...)
	queueCommunes(b, &list.Communes, q.Below, q.Day)
	if q.Filter.Place != 0 {
		queueAll(b, (*[]territory.Locality)(&list.Place), scanLocality, strings.Replace(chainSQL, "<start>", "$1", 1), q.Filter.Place, q.Day)
	}
	if q.Filter.Cadre != 0 {
		queueKnownCadre(b, &person, &found, q.Filter.Cadre, q.Below, q.Day)
	}
	if err := r.run(ctx, b); err != nil {
		return AuditList{}, err
	}
	if found {
		list.Cadre = &person
	}
	if len(list.Rows) > page.Limit {
		list.Rows = list.Rows[:page.Limit]
		last := list.Rows[page.Limit-1]
		data, err := json.Marshal(auditCursor{At: last.At, ID: last.ID})
		if err != nil {
			return AuditList{}, fmt.Errorf("writing a cursor: %w", err)
		}
		list.Next = base64.RawURLEncoding.EncodeToString(data)
	}
	return list, nil
}

// knownUpward makes the condition that administrators of some places know a person, as knownBelow does. It walks up from what
// the person holds instead of down from the places, which is less for the few people of a page.
func knownUpward(person, below, day string) string {
	return `EXISTS (SELECT FROM (SELECT o.locality_id FROM assignments o WHERE o.cadre_id = ` + person + `.id AND o.voided_at IS NULL UNION SELECT ` + person + `.home_id) h
		CROSS JOIN LATERAL locality_chain(h.locality_id, ` + day + `::date) ch WHERE ch.locality_id = ANY(` + below + `::bigint[]))`
}

// keys makes the query of the ids of one page, one more than wanted. What leads the search is chosen by what is likely to be
// the least: a person or a kind of change in the log of a large place, the place itself where it is small.
func (q AuditQuery) keys(page Page, p *params) (string, error) {
	f := q.Filter
	l := scoped{table: "audit_entries", columns: "id, at", order: "at DESC, id DESC", limit: page.Limit + 1}
	if page.After != "" {
		var c auditCursor
		data, err := base64.RawURLEncoding.DecodeString(page.After)
		if err != nil || json.Unmarshal(data, &c) != nil || c.ID == 0 {
			return "", fault.NotFound()
		}
		l.where = append(l.where, `(t.at, t.id) < (`+p.add(c.At)+`::timestamptz, `+p.add(c.ID)+`::bigint)`)
	}
	if !f.From.IsZero() {
		l.where = append(l.where, `t.at >= `+p.add(f.From.Start()))
	}
	if !f.To.IsZero() {
		l.where = append(l.where, `t.at < `+p.add(f.To.Add(1).Start()))
	}
	if f.Action != "" {
		l.where = append(l.where, `t.action = `+p.add(f.Action))
	}
	people := f.people(p)
	small := !large(q.Scope) || f.Place != 0 && f.Inside
	if people != "" && small {
		l.where = append(l.where, `(t.actor_id = ANY(ARRAY(`+people+`)) OR t.object_id = ANY(ARRAY(`+theirs("cadre", people)+`)) AND t.object = 'cadre'
			OR t.object_id = ANY(ARRAY(`+theirs("account", people)+`)) AND t.object = 'account'
			OR t.object_id = ANY(ARRAY(`+theirs("assignment", people)+`)) AND t.object = 'assignment')`)
	}
	switch {
	case f.Place != 0 && f.Inside:
		l.where = append(l.where, within(q.Scope, "t", "actor_id", p))
		return placeLed(l, f.Place, p), nil
	case f.Place != 0:
		l.where = append(l.where, inPlace(p.add(int64(f.Place))))
	}
	if small || people == "" && f.Action == "" {
		return l.sql(q.Scope, p), nil
	}
	l.where = append(l.where, within(q.Scope, "t", "actor_id", p))
	limit := p.add(l.limit)
	if people == "" {
		return l.flat("true", limit), nil
	}
	// few people change most: of each only the newest are read, along the index
	parts := []string{`SELECT x.* FROM (` + people + `) AS by (id) CROSS JOIN LATERAL (` + l.flat(`t.actor_id = by.id`, limit) + `) x`}
	for _, object := range []string{"cadre", "account", "assignment"} {
		parts = append(parts, l.flat(`t.object = '`+object+`' AND t.object_id = ANY(ARRAY(`+theirs(object, people)+`))`, limit))
	}
	return `(` + strings.Join(parts, `) UNION (`) + `) ORDER BY ` + l.order + ` LIMIT ` + limit, nil
}

// flat makes a query of the list led by whatever a condition leads it by.
func (l scoped) flat(condition, limit string) string {
	return `SELECT ` + l.columns + ` FROM ` + l.table + ` t WHERE ` + strings.Join(append([]string{condition}, l.where...), " AND ") + ` ORDER BY ` + l.order + ` LIMIT ` + limit
}

// large tells whether a scope holds a whole province or district.
func large(s cadre.Scope) bool {
	for _, b := range s.Branches {
		if b.Column == cadre.ByProvince || b.Column == cadre.ByDistrict {
			return true
		}
	}
	return false
}

// peopleAtOnce is how many people of one name are looked for.
const peopleAtOnce = "100"

// people makes the query of the people of the filter; empty for everybody.
func (f AuditFilter) people(p *params) string {
	switch {
	case f.Cadre != 0:
		return `SELECT ` + p.add(int64(f.Cadre)) + `::bigint`
	case f.Words.Text != "" && f.Words.TooShort(): // nobody is called so
		return `SELECT NULL::bigint`
	case f.Words.Text != "":
		return `SELECT c.id FROM cadres c WHERE ` + named("c.search_key", f.Words, p) + ` LIMIT ` + peopleAtOnce
	}
	return ""
}

// theirs makes the query of the objects of a kind that belong to people.
func theirs(object, people string) string {
	switch object {
	case "account":
		return `SELECT o.id::text FROM accounts o WHERE o.cadre_id IN (` + people + `)`
	case "assignment":
		return `SELECT o.id::text FROM assignments o WHERE o.cadre_id IN (` + people + `)`
	}
	return `SELECT o.id::text FROM cadres o WHERE o.id IN (` + people + `)`
}
