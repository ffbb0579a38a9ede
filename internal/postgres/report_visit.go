package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Visit is what one version of a report says about a household. It is read through a visitLook only.
type Visit struct {
	Number    int // of the version
	Household uuid.UUID
	Head      string // empty where the reader may know what they wrote and not whose household it is today
	Content   casework.Content
}

// visitLook is who reads the visit that a report may be about. Reports is the scope in which they read the report itself.
type visitLook struct {
	HouseholdLook
	Reports cadre.Scope
	Report  uuid.UUID
}

// before tells PostgreSQL whose visit the rest of the transaction may touch, and writes the entry of the access log. The author keeps
// reading what they wrote; everybody else needs the right to the data of every household that the versions are about, by where
// it belongs today. Of a report that is about none nothing is set and nothing is noted.
func (l visitLook) before(b *batch) {
	p := &params{}
	roots, named := l.roots()
	id := p.add(l.Report)
	guard := within(l.Reports, "r", "author_id", p)
	b.Queue(`WITH v AS MATERIALIZED (SELECT r.id, v.household_id, r.author_id = `+p.add(int64(l.Actor.CadreID))+` AS own,
				v.household_id = ANY(`+p.add(named)+`::uuid[]) OR EXISTS (
					SELECT FROM locality_chain(v.locality_id, `+p.add(l.Actor.Today())+`) ch WHERE ch.locality_id = ANY(`+p.add(roots)+`::bigint[])) AS seen
			FROM reports r CROSS JOIN LATERAL visit_households(r.id) v WHERE r.id = `+id+` AND r.kind = 'household_visit' AND `+guard+`)
		SELECT set_config('banam.visits', coalesce((SELECT array_agg(DISTINCT id)::text FROM v HAVING bool_and(own OR seen)), ''), true),
			set_config('banam.households', coalesce((SELECT array_agg(DISTINCT household_id)::text FROM v WHERE seen), ''), true)`, p.list...)
	p = &params{}
	id = p.add(l.Report)
	entry := l.logElse(p, `NULL::bigint`, `SELECT DISTINCT v.household_id AS id, v.locality_id FROM visit_households(`+id+`) v
		WHERE `+id+` = ANY (NULLIF(current_setting('banam.visits', true), '')::uuid[])`, `(SELECT assignment_id FROM reports WHERE id = `+id+`)`)
	b.Queue(entry, p.list...)
}

// queueVisits adds the read of a report's visits to a batch that before has begun.
func queueVisits(b *batch, dst *[]Visit, id uuid.UUID) {
	queueAll(b, dst, pgx.RowToStructByPos[Visit], `SELECT v.number, v.household_id, coalesce(h.head, ''), v.content
		FROM report_visits v LEFT JOIN households h ON h.id = v.household_id WHERE v.report_id = $1 ORDER BY v.number DESC`, id)
}

// queueVisit adds the visit of a new version of a report to a batch, with its entry of the access log and what was promised.
func queueVisit(b *batch, r casework.Report, at any) {
	if r.Visit == nil {
		return
	}
	b.Queue(`SELECT set_config('banam.visits', ARRAY[$1::uuid]::text, true)`, r.ID)
	b.Queue(`INSERT INTO household_reads (at, cadre_id, assignment_id, purpose, households) VALUES ($1, $2, $3, 'change', ARRAY[$4::uuid])`,
		at, r.Author, r.Assignment, r.Visit.Household)
	b.Queue(`INSERT INTO report_visits (report_id, number, household_id, locality_id, household_number, content) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.ID, r.Number, r.Visit.Household, int64(r.Visit.Group), r.Visit.Number, r.Visit.Content)
	var positions []int
	for _, promise := range r.Visit.Promises() {
		positions = append(positions, promise.Position)
		b.Queue(`INSERT INTO report_promises (report_id, position, author_id, locality_id, household_number, due_on) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (report_id, position) DO UPDATE SET due_on = excluded.due_on, locality_id = excluded.locality_id, household_number = excluded.household_number`,
			r.ID, promise.Position, r.Author, int64(r.Visit.Group), r.Visit.Number, promise.Due)
	}
	b.Queue(`DELETE FROM report_promises WHERE report_id = $1 AND NOT position = ANY($2::int[]) AND done_on IS NULL`, r.ID, positions)
}

// VisitTarget is by what it is known which household a number means.
type VisitTarget struct {
	Households []NumberedHousehold // of the place, if it is a group
	Before     []VisitedHousehold  // of the versions that were sent before
}

// VisitedHousehold is the household of a version by its number.
type VisitedHousehold struct {
	ID     uuid.UUID
	Group  territory.LocalityID
	Number int
}

// VisitTargetSoon reads them with the next statement.
func (t *Tx) VisitTargetSoon(place territory.LocalityID, report uuid.UUID) *VisitTarget {
	found := &VisitTarget{}
	b := &batch{}
	queueNumbered(b, &found.Households, place)
	queueAll(b, &found.Before, pgx.RowToStructByPos[VisitedHousehold], `SELECT household_id, locality_id, household_number FROM visit_households($1) ORDER BY number DESC`, report)
	t.tx.put(b)
	return found
}

// Promise is something that was promised at a visit and is not done yet. It names nobody.
type Promise struct {
	Report   uuid.UUID
	Position int
	Author   cadre.ID
	Place    string // the group
	Above    string
	Number   int // of the household
	Due      territory.Day
	Done     territory.Day // no day while it is open
	DoneBy   string
}

const promiseSQL = `SELECT m.report_id, m.position, m.author_id, coalesce(v.name, ''), coalesce(a.name, ''), m.household_number, m.due_on, m.done_on, coalesce(c.full_name, '')
	FROM report_promises m LEFT JOIN cadres c ON c.id = m.done_by
	LEFT JOIN LATERAL (SELECT v.name, v.parent_id FROM locality_versions v WHERE v.locality_id = m.locality_id ORDER BY v.valid DESC LIMIT 1) v ON true
	LEFT JOIN LATERAL (SELECT a.name FROM locality_versions a WHERE a.locality_id = v.parent_id ORDER BY a.valid DESC LIMIT 1) a ON true`

// queuePromisesOf adds what was promised in a report.
func queuePromisesOf(b *batch, dst *[]Promise, report uuid.UUID) {
	queueAll(b, dst, pgx.RowToStructByPos[Promise], promiseSQL+` WHERE m.report_id = $1 ORDER BY m.position`, report)
}

// promisedAt is the SQL of the promises that are open at some places, and at those that they follow.
func promisedAt(places string) string {
	return `m.done_on IS NULL AND m.locality_id IN (WITH RECURSIVE was (id) AS (SELECT unnest(` + places + `::bigint[])
		UNION SELECT f.from_id FROM was JOIN successions f ON f.to_id = was.id) SELECT id FROM was)`
}

// queuePromises adds what somebody promised, or what was promised at the groups that they hold now, as far as it is not done.
func queuePromises(b *batch, dst *[]Promise, by cadre.ID, held []territory.LocalityID) {
	queueAll(b, dst, pgx.RowToStructByPos[Promise], promiseSQL+` WHERE (m.author_id = $1 AND m.done_on IS NULL OR `+promisedAt("$2")+`)
		ORDER BY m.due_on, m.report_id, m.position LIMIT $3`, by, int64s(held), shortList*2)
}

// KeepPromise marks a promise as kept. Conflict if it is already, or is no more.
func (t *Tx) KeepPromise(report uuid.UUID, position int, by cadre.ID, on territory.Day) {
	t.tx.mustTouch(&fault.Error{Kind: fault.KindConflict, Key: "report.promise_done"},
		`UPDATE report_promises SET done_on = $3, done_by = $4 WHERE report_id = $1 AND position = $2 AND done_on IS NULL RETURNING 1`, report, position, on, by)
}

// ReportPlace reads a report's author and its place today to judge what else may be done about it; NotFound outside of the scope.
func (t *Tx) ReportPlace(ctx context.Context, id uuid.UUID, s cadre.Scope, day territory.Day) (author cadre.ID, at territory.Place, err error) {
	var page ReportPage
	var found bool
	var chain territory.Chain
	p := &params{list: []any{id}}
	b := &batch{}
	queueOne(b, &page, &found, scanReport, reportSQL+` WHERE r.id = $1 AND `+within(s, "r", "author_id", p), p.list...)
	queueChain(b, &chain, `(SELECT locality_today(r.locality_id, $2) FROM reports r WHERE r.id = $1)`, id, day)
	if err := t.run(ctx, b); err != nil {
		return 0, at, err
	}
	if !found {
		return 0, at, fault.NotFound()
	}
	return page.Report.Author, chain.Place(), nil
}
