package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// HouseholdPurpose says what personal data of households is read or changed for, as the access log keeps it.
type HouseholdPurpose string

// The purposes.
const (
	ForReading HouseholdPurpose = "read"
	ForPhone   HouseholdPurpose = "phone"
	ForList    HouseholdPurpose = "list"
	ForExport  HouseholdPurpose = "export"
	ForChange  HouseholdPurpose = "change"
	ForImport  HouseholdPurpose = "import"
)

// HouseholdLook is who looks at households, in which scope and under which of their assignments, and what for. Personal data is read
// through one only.
type HouseholdLook struct {
	Actor   cadre.Actor
	Action  cadre.Action
	Purpose HouseholdPurpose
}

// roots are the places in whose subtree of today the scope lies, named the single households besides.
func (l HouseholdLook) roots() (roots []int64, named []uuid.UUID) {
	scope := l.Actor.Scope(l.Action)
	roots, named = []int64{}, []uuid.UUID{}
	for _, b := range scope.Branches {
		roots = append(roots, int64(b.ID))
	}
	for _, n := range scope.Named {
		named = append(named, n.ID)
	}
	return roots, named
}

// scopeSQL tells PostgreSQL, for this transaction, which groups and single households its statements may touch: the second line of
// access. Whatever forgets to ask for it sees nothing. OFFSET 0 keeps the walk on the index of parents: planners think a recursion
// large and would read every place of the country instead.
const scopeSQL = `WITH RECURSIVE down AS (
		SELECT l.id FROM localities l WHERE l.id = ANY($1::bigint[])
		UNION
		SELECT v.locality_id FROM down CROSS JOIN LATERAL (SELECT v.locality_id FROM locality_versions v WHERE v.parent_id = down.id AND v.valid @> $2::date OFFSET 0) v)
	SELECT set_config('banam.household_groups', coalesce((SELECT array_agg(down.id)::text FROM down JOIN localities l ON l.id = down.id AND l.level = 'group'), ''), true),
		set_config('banam.households', $3::uuid[]::text, true)`

// reaches is the condition that the household with the alias lies in the scope today; a single one only where it is followed.
func (l HouseholdLook) reaches(alias string, p *params) string {
	roots, named := l.roots()
	var at []int64
	for _, n := range l.Actor.Scope(l.Action).Named {
		at = append(at, int64(n.Group))
	}
	return `(EXISTS (SELECT FROM unnest(` + p.add(named) + `::uuid[], ` + p.add(at) + `::bigint[]) AS n (id, place) WHERE n.id = ` + alias + `.id
			AND n.place = ` + alias + `.locality_id)
		OR EXISTS (SELECT FROM locality_chain(` + alias + `.locality_id, ` + p.add(l.Actor.Today()) + `) ch WHERE ch.locality_id = ANY(` + p.add(roots) + `::bigint[])))`
}

func (l HouseholdLook) scope() (sql string, args []any) {
	roots, named := l.roots()
	return scopeSQL, []any{roots, l.Actor.Today(), named}
}

// log makes the entry of the access log for the households whose ids a query (of one column id, and locality_id) gives; none for
// none. The entry stands under the lowest assignment that reaches the place; without one PostgreSQL refuses it, and with it all that
// comes after.
func (l HouseholdLook) log(p *params, place, ids string) string {
	return l.logElse(p, place, ids, `NULL::bigint`)
}

// logElse is log with the assignment that counts where none reaches the place.
func (l HouseholdLook) logElse(p *params, place, ids, otherwise string) string {
	var assignments, at []int64
	var named []uuid.UUID
	for _, g := range l.Actor.Grants {
		if g.Allows(l.Action) {
			assignments, at, named = append(assignments, int64(g.AssignmentID)), append(at, int64(g.Locality.ID)), append(named, g.Household)
		}
	}
	return `WITH k AS MATERIALIZED (` + ids + `), a AS (SELECT array_agg(id) AS ids, coalesce(` + place + `, min(locality_id)) AS place FROM k HAVING count(*) > 0)
		INSERT INTO household_reads (at, cadre_id, assignment_id, purpose, locality_id, households)
		SELECT ` + p.add(l.Actor.At) + `, ` + p.add(int64(l.Actor.CadreID)) + `, coalesce((
			SELECT g.id FROM unnest(` + p.add(assignments) + `::bigint[], ` + p.add(at) + `::bigint[], ` + p.add(named) + `::uuid[]) AS g (id, place, household)
			JOIN locality_chain(a.place, ` + p.add(l.Actor.Today()) + `) ch ON ch.locality_id = g.place
			WHERE g.household = '00000000-0000-0000-0000-000000000000' OR g.household = ANY(a.ids) ORDER BY ch.depth, g.id LIMIT 1), ` + otherwise + `),
			` + p.add(string(l.Purpose)) + `, ` + place + `, a.ids FROM a`
}

// look reads personal data in one round trip: in a transaction of its own that first sets the scope, then writes the entry of
// the access log and only then reads. If anything of it fails, nothing was read.
func (db *DB) look(ctx context.Context, l HouseholdLook, entry func(b *batch), reads *batch) error {
	return db.lookBehind(ctx, func(b *batch) {
		sql, args := l.scope()
		b.Queue(sql, args...)
		if entry != nil {
			entry(b)
		}
	}, reads)
}

// lookBehind is look with whatever sets the scope and writes the entry.
func (db *DB) lookBehind(ctx context.Context, before func(b *batch), reads *batch) error {
	err := db.lookOnce(ctx, before, reads)
	if err != nil && again(err) {
		err = db.lookOnce(ctx, before, reads)
	}
	return translate(err)
}

func (db *DB) lookOnce(ctx context.Context, before func(b *batch), reads *batch) error {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("taking a connection: %w", err)
	}
	defer conn.Release()
	kept := false
	b := &batch{}
	b.Queue(`BEGIN`)
	before(b)
	b.QueuedQueries = append(b.QueuedQueries, reads.QueuedQueries...)
	b.Queue(`COMMIT`).Exec(func(tag pgconn.CommandTag) error {
		kept = tag.String() == "COMMIT"
		return nil
	})
	err = conn.SendBatch(ctx, &b.Batch).Close()
	if err == nil && !kept {
		err = pgx.ErrTxCommitRollback
	}
	if err != nil && !conn.Conn().IsClosed() {
		_, _ = conn.Exec(context.WithoutCancel(ctx), `ROLLBACK`) // the pool throws away what is still in a transaction
	}
	return err
}

const householdColumns = `t.id, t.locality_id, t.number, t.version, t.head, t.address, t.members, t.workers, t.livelihood,
	CASE WHEN t.phone = '' THEN '' ELSE right(regexp_replace(t.phone, '[^0-9]', '', 'g'), 3) END,
	coalesce(t.closed_as, ''), t.closed_on, t.closed_reason, t.merged_into`

// scanHouseholdWith reads householdColumns and what follows them.
func scanHouseholdWith(row pgx.CollectableRow, h *casework.Household, more ...any) error {
	var into *uuid.UUID
	err := row.Scan(append([]any{
		&h.ID, &h.Group, &h.Number, &h.Version, &h.Head, &h.Address, &h.Members, &h.Workers, &h.Livelihood, &h.PhoneTail,
		&h.Closing.As, &h.Closing.On, &h.Closing.Reason, &into,
	}, more...)...)
	if into != nil {
		h.Closing.Into = *into
	}
	return err
}

func queueHouseholdCounts(b *batch, dst *HouseholdCounts, place territory.LocalityID, day territory.Day) {
	b.Queue(`SELECT households, members, poor, near_poor FROM household_counts($1, $2)`, int64(place), day).QueryRow(func(row pgx.Row) error {
		return row.Scan(&dst.Households, &dst.Members, &dst.Poor, &dst.NearPoor)
	})
}

func queueHouseholdKinds(b *batch, dst *[]casework.HouseholdKind) {
	queueAll(b, dst, pgx.RowToStructByPos[casework.HouseholdKind], `SELECT code, scale, name_vi, name_en FROM household_kinds ORDER BY position`)
}

// HouseholdPage is a household with what the register knows of it.
type HouseholdPage struct {
	casework.Household
	Chain   territory.Chain // of its group today
	Kinds   []casework.HouseholdKind
	Classes []casework.HouseholdClass // the last begun first
	Into    int                       // number of the household that it was merged into; zero for none
}

// Object is what the policy judges.
func (h HouseholdPage) Object() cadre.Object {
	return cadre.Object{Place: h.Chain.Place(), Household: h.ID}
}

// HouseholdPage reads one household for the purpose and notes it; with ForPhone its phone, too. NotFound if there is none in the scope.
func (db *DB) HouseholdPage(ctx context.Context, l HouseholdLook, id uuid.UUID) (HouseholdPage, error) {
	var found HouseholdPage
	var ok bool
	b := &batch{}
	queueHouseholdPage(b, &found, &ok, l, id, "")
	err := db.look(ctx, l, func(b *batch) { queueHouseholdLog(b, l, id) }, b)
	if err == nil && !ok {
		err = fault.NotFound()
	}
	return found, err
}

// HouseholdToMove is HouseholdPage with the groups of the look's actor to which it may be moved.
func (db *DB) HouseholdToMove(ctx context.Context, l HouseholdLook, id uuid.UUID) (HouseholdPage, []Group, error) {
	var found HouseholdPage
	var groups []Group
	var ok bool
	b := &batch{}
	queueHouseholdPage(b, &found, &ok, l, id, "")
	keeps := l
	keeps.Action = cadre.KeepHousehold
	queueGroups(b, &groups, keeps)
	err := db.look(ctx, l, func(b *batch) { queueHouseholdLog(b, l, id) }, b)
	if err == nil && !ok {
		err = fault.NotFound()
	}
	return found, groups, err
}

func queueHouseholdLog(b *batch, l HouseholdLook, id uuid.UUID) {
	p := &params{}
	entry := l.log(p, `NULL::bigint`, `SELECT h.id, h.locality_id FROM households h WHERE h.id = `+p.add(id)+`::uuid AND `+l.reaches("h", p))
	b.Queue(entry, p.list...)
}

func queueHouseholdPage(b *batch, dst *HouseholdPage, ok *bool, l HouseholdLook, id uuid.UUID, lock string) {
	phone := `''`
	if l.Purpose == ForPhone || l.Purpose == ForChange {
		phone = `t.phone`
	}
	p := &params{}
	queueOne(b, dst, ok, func(row pgx.CollectableRow) (HouseholdPage, error) {
		h := *dst
		err := scanHouseholdWith(row, &h.Household, &h.Phone, &h.Into)
		return h, err
	}, `SELECT `+householdColumns+`, `+phone+`, coalesce((SELECT i.number FROM households i WHERE i.id = t.merged_into), 0)
		FROM households t WHERE t.id = `+p.add(id)+` AND `+l.reaches("t", p)+` `+lock, p.list...)
	queueHouseholdChain(b, &dst.Chain, id, l.Actor.Today())
	queueHouseholdKinds(b, &dst.Kinds)
	queueAll(b, &dst.Classes, scanHouseholdClass, `SELECT c.id, k.code, k.scale, k.name_vi, k.name_en, lower(c.period), upper(c.period), c.decision, c.ended_reason
		FROM household_classes c JOIN household_kinds k ON k.code = c.class WHERE c.household_id = $1 ORDER BY lower(c.period) DESC, k.position, c.id`, id)
}

func queueHouseholdChain(b *batch, dst *territory.Chain, id uuid.UUID, day territory.Day) {
	queueAll(b, (*[]territory.Locality)(dst), scanLocality, strings.Replace(chainSQL, "<start>", "(SELECT locality_id FROM households WHERE id = $1)", 1), id, day)
}

func scanHouseholdClass(row pgx.CollectableRow) (casework.HouseholdClass, error) {
	var c casework.HouseholdClass
	k := &c.Kind
	err := row.Scan(&c.ID, &k.Code, &k.Scale, &k.NameVi, &k.NameEn, &c.Term.From, &c.Term.Until, &c.Decision, &c.EndedReason)
	return c, err
}

// HouseholdRead is an entry of the access log.
type HouseholdRead struct {
	At      time.Time
	Name    string
	PostVi  string
	PostEn  string
	Place   string // where the post is held
	Purpose HouseholdPurpose
	List    string // the place whose register it was read in; empty for the household alone
	id      int64
}

// HouseholdLog is a page of the access log of a household, the newest entry first. It names the household by its number only.
type HouseholdLog struct {
	Number int
	Chain  territory.Chain
	Rows   []HouseholdRead
	Next   string
}

// HouseholdLog reads who read a household. NotFound if there is none in the scope, and for a cursor that is none.
func (db *DB) HouseholdLog(ctx context.Context, l HouseholdLook, id uuid.UUID, page Page) (HouseholdLog, error) {
	var found HouseholdLog
	before := int64(1) << 62
	if page.After != "" {
		if _, err := fmt.Sscanf(page.After, "%d", &before); err != nil {
			return HouseholdLog{}, fault.NotFound()
		}
	}
	ok := false
	b := &batch{}
	queueOne(b, &found.Number, &ok, pgx.RowTo[int], `SELECT number FROM households WHERE id = $1`, id)
	queueHouseholdChain(b, &found.Chain, id, l.Actor.Today())
	queueAll(b, &found.Rows, func(row pgx.CollectableRow) (HouseholdRead, error) {
		var r HouseholdRead
		err := row.Scan(&r.id, &r.At, &r.Name, &r.PostVi, &r.PostEn, &r.Place, &r.Purpose, &r.List)
		return r, err
	}, `SELECT r.id, r.at, c.full_name, p.name_vi, p.name_en, coalesce(v.name, ''), r.purpose, coalesce(lv.name, '')
		FROM household_reads r JOIN cadres c ON c.id = r.cadre_id JOIN assignments s ON s.id = r.assignment_id JOIN posts p ON p.id = s.post_id
		LEFT JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> `+localDay("r.at")+`
		LEFT JOIN locality_versions lv ON lv.locality_id = r.locality_id AND lv.valid @> `+localDay("r.at")+`
		WHERE r.households @> ARRAY[$1::uuid] AND r.id < $2 AND EXISTS (SELECT FROM households h WHERE h.id = $1)
		ORDER BY r.id DESC LIMIT $3`, id, before, page.Limit+1)
	err := db.look(ctx, l, nil, b)
	switch {
	case err != nil:
		return HouseholdLog{}, err
	case !ok:
		return HouseholdLog{}, fault.NotFound()
	case len(found.Rows) > page.Limit:
		found.Rows = found.Rows[:page.Limit]
		found.Next = strconv.FormatInt(found.Rows[page.Limit-1].id, 10)
	}
	return found, nil
}

// errBypasses is why a server does not start whose role would pass the second line of access.
var errBypasses = errors.New("the application's database role bypasses row-level security on households: " +
	"use a role that is neither superuser nor owner of the tables and has NOBYPASSRLS")

// CheckRole makes sure that row-level security holds for the role of the pool.
func (db *DB) CheckRole(ctx context.Context) error {
	var active bool
	if err := db.pool.QueryRow(ctx, `SELECT row_security_active('households') AND row_security_active('household_classes')
			AND row_security_active('report_visits') AND row_security_active('report_draft_visits')`).Scan(&active); err != nil {
		return fmt.Errorf("asking whether row-level security holds: %w", err)
	}
	if !active {
		return errBypasses
	}
	return nil
}
