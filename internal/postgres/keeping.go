package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// KeptState says how far somebody's account is.
type KeptState string

// The states of accounts in the eyes of an administrator.
const (
	NoAccountYet  KeptState = "none"
	FirstPending  KeptState = "pending" // no password of their own yet
	AccountOpen   KeptState = "open"
	AccountClosed KeptState = "closed"
)

// KeptStates lists the states.
func KeptStates() []KeptState {
	return []KeptState{NoAccountYet, FirstPending, AccountOpen, AccountClosed}
}

// Holds is one thing that somebody holds today or later, or held last.
type Holds struct {
	Capability cadre.Capability     `json:"capability"`
	Level      territory.Level      `json:"level"`
	Locality   territory.LocalityID `json:"locality"`
	Province   territory.LocalityID `json:"province"`
	District   territory.LocalityID `json:"district"`
	Commune    territory.LocalityID `json:"commune"`
	Hamlet     territory.LocalityID `json:"hamlet"`
	PostVi     string               `json:"post_vi"`
	PostEn     string               `json:"post_en"`
	Place      string               `json:"place"`
	Above      string               `json:"above"` // the next place above, and the commune where that is another
}

// Kept is a person with their account, if there is one.
type Kept struct {
	Cadre    cadre.ID
	Name     string
	Account  int64 // zero for none
	Login    string
	State    KeptState
	Until    *time.Time // of a one-time password
	SignedIn *time.Time
	Holds    []Holds
}

// Held gives what the policy judges.
func (k Kept) Held() []cadre.Held {
	held := make([]cadre.Held, 0, len(k.Holds))
	for _, h := range k.Holds {
		held = append(held, cadre.Held{Capability: h.Capability, Level: h.Level, Place: territory.Place{
			Locality: h.Locality, Province: h.Province, District: h.District, Commune: h.Commune, Hamlet: h.Hamlet,
		}})
	}
	return held
}

// KeptQuery chooses people by what they hold, or held last, below some places.
type KeptQuery struct {
	Places []territory.LocalityID
	Place  territory.LocalityID // only below this one of them; zero for all
	Day    territory.Day
	Words  Words
	State  KeptState  // empty for all
	Cadres []cadre.ID // only these; empty for all
	After  cadre.ID   // goes on behind this person; zero for the first page
	Limit  int
}

const keptState = `CASE WHEN a.id IS NULL THEN 'none' WHEN a.disabled_at IS NOT NULL THEN 'closed' WHEN a.password_hash = '' THEN 'pending' ELSE 'open' END`

// keptFrom makes the people of a query with the condition on their state left out: the tables "below" of places and "kept".
func keptFrom(q KeptQuery, p *params) string {
	day := p.add(q.Day)
	where := ""
	if !q.Words.TooShort() {
		words := named("c.search_key", q.Words, p)
		where += ` AND (` + words + ` OR a.login = ` + p.add(strings.ToLower(q.Words.Text)) + `)`
	}
	if len(q.Cadres) > 0 {
		where += ` AND c.id = ANY(` + p.add(q.Cadres) + `)`
	}
	return `WITH RECURSIVE managed (id) AS (
			SELECT unnest(` + p.add(int64s(q.Places)) + `::bigint[])
			UNION SELECT x.id FROM managed CROSS JOIN LATERAL (` + under("managed", day) + `) x),
		below (id) AS (
			SELECT id FROM managed WHERE ` + p.add(int64(q.Place)) + `::bigint IN (0, id)
			UNION SELECT x.id FROM below CROSS JOIN LATERAL (` + under("below", day) + `) x),
		near AS MATERIALIZED (SELECT DISTINCT s.cadre_id FROM assignments s JOIN below b ON b.id = s.locality_id WHERE s.voided_at IS NULL),
		ends AS MATERIALIZED (SELECT s.cadre_id, least(max(coalesce(upper(s.period), 'infinity'::date)), ` + day + `::date + 1) AS edge
			FROM assignments s JOIN near USING (cadre_id) WHERE s.voided_at IS NULL GROUP BY s.cadre_id),
		kept AS MATERIALIZED (SELECT c.id, c.full_name, c.given_name, a.id AS account, a.login, ` + keptState + ` AS state, a.one_time_until, a.signed_in_at
			FROM ends e JOIN cadres c ON c.id = e.cadre_id AND c.disabled_at IS NULL LEFT JOIN accounts a ON a.cadre_id = c.id
			WHERE EXISTS (SELECT FROM assignments s JOIN below b ON b.id = s.locality_id WHERE s.cadre_id = e.cadre_id AND s.voided_at IS NULL
				AND coalesce(upper(s.period), 'infinity'::date) >= e.edge)` + where + `)`
}

// holdsOf adds to the table "page" of people what each holds on a day or later, or held last, with the places above it on that
// day, above the one that follows it where it is closed: the table "held_by". The chains are walked for all at once, since one call for
// each of 1,500 people takes seconds.
func holdsOf(day string) string {
	return `held AS MATERIALIZED (SELECT m.* FROM (SELECT s.id, s.cadre_id, s.post_id, s.locality_id, s.level, s.is_primary,
				coalesce(upper(s.period), 'infinity'::date) AS until, max(coalesce(upper(s.period), 'infinity'::date)) OVER (PARTITION BY s.cadre_id) AS last
			FROM assignments s JOIN page k ON k.id = s.cadre_id WHERE s.voided_at IS NULL) m WHERE m.until >= least(m.last, ` + day + `::date + 1)),
		up (start, id, depth, day) AS (SELECT x.id, ` + standing("x.id", day) + `, 0, ` + firstThere("x.id", day) + ` FROM (SELECT DISTINCT locality_id AS id FROM held) x
			UNION ALL SELECT up.start, v.parent_id, up.depth + 1, up.day FROM up
				JOIN locality_versions v ON v.locality_id = up.id AND v.valid @> up.day WHERE v.parent_id IS NOT NULL AND up.depth < 10),
		chains AS MATERIALIZED (SELECT up.start, ` + placeColumns("up.id", "l.level") + `,
				(SELECT n.name FROM locality_versions n WHERE n.locality_id = up.start AND lower(n.valid) <= max(up.day) ORDER BY n.valid DESC LIMIT 1) AS name,
					max(v.name) FILTER (WHERE up.depth = 1) AS above,
				max(v.name) FILTER (WHERE l.level = 'commune' AND up.depth > 1) AS in_commune
			FROM up JOIN localities l ON l.id = up.id LEFT JOIN locality_versions v ON v.locality_id = up.id AND v.valid @> up.day GROUP BY up.start),
		held_by AS MATERIALIZED (SELECT s.cadre_id, json_agg(json_build_object('capability', p.capability, 'level', s.level, 'locality', s.locality_id,
				'province', coalesce(c.province, 0), 'district', coalesce(c.district, 0), 'commune', coalesce(c.commune, 0), 'hamlet', coalesce(c.hamlet, 0),
				'post_vi', p.name_vi, 'post_en', p.name_en, 'place', coalesce(c.name, ''), 'above', concat_ws(', ', c.above, c.in_commune))
				ORDER BY s.is_primary DESC, p.position DESC, s.id) AS holds
			FROM held s JOIN posts p ON p.id = s.post_id JOIN chains c ON c.start = s.locality_id GROUP BY s.cadre_id)
		SELECT k.id, k.full_name, coalesce(k.account, 0), coalesce(k.login, ''), k.state, k.one_time_until, k.signed_in_at, coalesce(h.holds, '[]'::json)
		FROM page k LEFT JOIN held_by h ON h.cadre_id = k.id`
}

// KeptPage is a page of people with how many there are of each state, and the communes by which they can be chosen.
type KeptPage struct {
	Rows     []Kept
	Counts   map[KeptState]int
	Communes []territory.Locality
}

// KeptPeople reads people by given name, with one row more than asked for where there are more, in one round trip.
func (r reader) KeptPeople(ctx context.Context, q KeptQuery) (KeptPage, error) {
	var page KeptPage
	counts := map[KeptState]int{}
	b := &batch{}
	queueKept(b, &page.Rows, q)
	queueCommunes(b, &page.Communes, q.Places, q.Day)
	queueKeptCounts(b, counts, q)
	err := r.run(ctx, b)
	page.Counts = counts
	return page, err
}

// queueCommunes reads the communes below some places, by name.
func queueCommunes(b *batch, dst *[]territory.Locality, below []territory.LocalityID, day territory.Day) {
	queueAll(b, dst, scanLocality, `SELECT l.id, l.level, v.type, v.name, coalesce(v.code, '') FROM localities l
		JOIN locality_versions v ON v.locality_id = l.id AND v.valid @> $2::date
		WHERE l.level = 'commune' AND EXISTS (SELECT FROM locality_chain(l.id, $2) ch WHERE ch.depth > 0 AND ch.locality_id = ANY($1))
		ORDER BY v.name COLLATE "vi-x-icu", l.id`, int64s(below), day)
}

// queueKeptCounts counts the people of a query by the state of their accounts.
func queueKeptCounts(b *batch, counts map[KeptState]int, q KeptQuery) {
	p := &params{}
	b.Queue(keptFrom(q, p)+` SELECT state, count(*) FROM kept GROUP BY state`, p.list...).Query(func(rows pgx.Rows) error {
		var state KeptState
		var n int
		_, err := pgx.ForEachRow(rows, []any{&state, &n}, func() error {
			counts[state] = n
			return nil
		})
		return translate(err)
	})
}

// KeptChosen reads the people of a query alone.
func (r reader) KeptChosen(ctx context.Context, q KeptQuery) ([]Kept, error) {
	var rows []Kept
	b := &batch{}
	queueKept(b, &rows, q)
	err := r.run(ctx, b)
	return rows, err
}

func queueKept(b *batch, dst *[]Kept, q KeptQuery) {
	const order = `k.given_name COLLATE "vi-x-icu", k.full_name COLLATE "vi-x-icu", k.id`
	p := &params{}
	from, where := keptFrom(q, p), ""
	if q.State != "" {
		where += ` AND state = ` + p.add(q.State)
	}
	if q.After != 0 {
		where += ` AND (` + order + `) > (SELECT given_name, full_name, id FROM cadres WHERE id = ` + p.add(q.After) + `)`
	}
	queueAll(b, dst, scanKept, from+`, page AS MATERIALIZED (SELECT * FROM kept k WHERE true`+where+` ORDER BY `+order+` LIMIT `+p.add(q.Limit+1)+`),
		`+holdsOf(p.add(q.Day))+` ORDER BY `+order, p.list...)
}

// KeptAccount reads the person of an account with what they hold on the day; the zero Kept if there is no such account.
func (r reader) KeptAccount(ctx context.Context, accountID int64, day territory.Day) (Kept, error) {
	rows, err := r.q.Query(ctx, `WITH RECURSIVE page AS MATERIALIZED (SELECT c.id, c.full_name, a.id AS account, a.login, `+keptState+` AS state,
			a.one_time_until, a.signed_in_at FROM accounts a JOIN cadres c ON c.id = a.cadre_id WHERE a.id = $1),
		`+holdsOf("$2"), accountID, day)
	return one(rows, err, scanKept)
}

// LockAccount holds an account fast until the end of the transaction.
func (t *Tx) LockAccount(ctx context.Context, accountID int64) error {
	_, err := t.q.Exec(ctx, `SELECT FROM accounts WHERE id = $1 FOR UPDATE`, accountID)
	return translate(err)
}

func scanKept(row pgx.CollectableRow) (Kept, error) {
	var k Kept
	var holds []byte
	if err := row.Scan(&k.Cadre, &k.Name, &k.Account, &k.Login, &k.State, &k.Until, &k.SignedIn, &holds); err != nil {
		return k, err
	}
	if err := json.Unmarshal(holds, &k.Holds); err != nil {
		return k, fmt.Errorf("reading what somebody holds: %w", err)
	}
	return k, nil
}

// NewAccount is an account to be made, or to get a new first password.
type NewAccount struct {
	Cadre cadre.ID
	Login string
	Code  OneTime
}

// AddAccounts makes accounts that wait for their first password; their people come back in the order of the list.
func (t *Tx) AddAccounts(ctx context.Context, list []NewAccount) (map[cadre.ID]int64, error) {
	people, logins, hashes := make([]int64, len(list)), make([]string, len(list)), make([][]byte, len(list))
	var until time.Time
	for i, n := range list {
		people[i], logins[i], hashes[i], until = int64(n.Cadre), n.Login, n.Code.Hash, n.Code.Until
	}
	rows, err := t.q.Query(ctx, `INSERT INTO accounts (cadre_id, login, password_hash, one_time_hash, one_time_kind, one_time_until)
		SELECT n.person, n.login, '', n.hash, 'first', $4 FROM unnest($1::bigint[], $2::text[], $3::bytea[]) AS n (person, login, hash)
		RETURNING cadre_id, id`, people, logins, hashes, until)
	made, err := all(rows, err, pgx.RowToStructByPos[struct {
		Cadre cadre.ID
		ID    int64
	}])
	ids := map[cadre.ID]int64{}
	for _, m := range made {
		ids[m.Cadre] = m.ID
	}
	return ids, err
}
