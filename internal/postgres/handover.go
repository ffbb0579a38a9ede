package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Handover is the passing on of what is open at a place from somebody whose assignment ended to the one who follows.
type Handover struct {
	ID        uuid.UUID
	Place     territory.LocalityID
	Level     territory.Level
	PlaceName string
	Above     string
	Post      cadre.Post
	Ended     cadre.AssignmentID
	From      cadre.ID
	FromName  string
	Reason    string
	Successor cadre.AssignmentID // zero while nobody has followed
	To        cadre.ID           // zero while nobody has followed
	ToName    string
	EndsOn    territory.Day // the first day on which the one before does not hold it
	MadeAt    time.Time
	Confirmed *time.Time
	Note      string
	Kept      *HandoverCounts // of when it was confirmed; nil before
}

// HandoverCounts are the numbers of what is passed on.
type HandoverCounts struct {
	Open     int // open issues
	Overdue  int
	Promised int // by which somebody promised or was told to solve one of them
	Drafts   int // of reports, which stay with the one before
	Owed     int // promised to households and not done
}

const handoverSQL = `SELECT h.id, s.locality_id, s.level, coalesce(v.name, ''),
	concat_ws(', ', CASE WHEN s.level IN ('hamlet', 'group') THEN av.name END, CASE WHEN s.level = 'group' THEN gv.name END),
	p.code, p.name_vi, p.name_en, p.tier, p.capability, s.id, s.cadre_id, c.full_name, s.ended_reason,
	coalesce(n.id, 0), coalesce(n.cadre_id, 0), coalesce(nc.full_name, ''), h.ends_on, h.made_at, h.confirmed_at, h.note, h.open_issues, h.overdue, h.promised, h.drafts, h.owed
	FROM handovers h JOIN assignments s ON s.id = h.assignment_id JOIN posts p ON p.id = s.post_id JOIN cadres c ON c.id = s.cadre_id
	LEFT JOIN assignments n ON n.id = h.successor_id LEFT JOIN cadres nc ON nc.id = n.cadre_id
	LEFT JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> least(h.ends_on - 1, $1::date)
	LEFT JOIN locality_versions av ON av.locality_id = v.parent_id AND av.valid @> least(h.ends_on - 1, $1::date)
	LEFT JOIN locality_versions gv ON gv.locality_id = av.parent_id AND gv.valid @> least(h.ends_on - 1, $1::date)`

func scanHandover(row pgx.CollectableRow) (Handover, error) {
	var h Handover
	var open, overdue, promised, drafts, owed *int
	po := &h.Post
	err := row.Scan(&h.ID, &h.Place, &h.Level, &h.PlaceName, &h.Above, &po.Code, &po.NameVi, &po.NameEn, &po.Tier, &po.Capability, &h.Ended, &h.From, &h.FromName, &h.Reason,
		&h.Successor, &h.To, &h.ToName, &h.EndsOn, &h.MadeAt, &h.Confirmed, &h.Note, &open, &overdue, &promised, &drafts, &owed)
	if open != nil && overdue != nil && promised != nil && drafts != nil && owed != nil {
		h.Kept = &HandoverCounts{Open: *open, Overdue: *overdue, Promised: *promised, Drafts: *drafts, Owed: *owed}
	}
	return h, err
}

// HandoverQuery says whose handovers are listed: those of a person, and those of places below some others.
type HandoverQuery struct {
	Who       cadre.ID
	Below     []territory.LocalityID
	Day       territory.Day
	Confirmed bool // only those; otherwise only the others
}

// Handovers lists handovers, the last made first, and gives the cursor of the next page; empty on the last one. A cursor that is none is
// NotFound.
func (r reader) Handovers(ctx context.Context, q HandoverQuery, page Page) ([]Handover, string, error) {
	p := &params{list: []any{q.Day}}
	where := ` WHERE h.confirmed_at IS ` + map[bool]string{true: "NOT NULL", false: "NULL"}[q.Confirmed]
	who := p.add(q.Who)
	mine := `s.cadre_id = ` + who + ` OR n.cadre_id = ` + who
	with := ""
	if len(q.Below) > 0 {
		with = `WITH RECURSIVE down AS (
			SELECT unnest(` + p.add(int64s(q.Below)) + `::bigint[]) AS id
			UNION SELECT v.locality_id FROM down JOIN locality_versions v ON v.parent_id = down.id AND v.valid @> $1::date) `
		mine += ` OR s.locality_id IN (SELECT id FROM down)`
	}
	where += ` AND (` + mine + `)`
	if page.After != "" {
		c, err := ParseCursor(page.After)
		if err != nil {
			return nil, "", err
		}
		where += ` AND (h.made_at, h.id) < (` + p.add(c.At) + `::timestamptz, ` + p.add(c.ID) + `::uuid)`
	}
	rows, err := r.q.Query(ctx, with+handoverSQL+where+` ORDER BY h.made_at DESC, h.id DESC LIMIT `+p.add(page.Limit+1), p.list...)
	found, err := all(rows, err, scanHandover)
	if err != nil || len(found) <= page.Limit {
		return found, "", err
	}
	found = found[:page.Limit]
	last := found[page.Limit-1]
	return found, Cursor{At: last.MadeAt, ID: last.ID}.String(), nil
}

// HandoverIssue is an open issue that is passed on.
type HandoverIssue struct {
	ID       uuid.UUID
	Number   string
	Title    string
	Severity casework.Severity
	State    casework.State
	DueAt    *time.Time
	Place    string
	Above    string
	Desk     string
	Agency   string        // that was asked to solve it
	Promised territory.Day // by which it was promised or told to be solved; no day for none
}

// HandoverPage is one handover with what is open now, as far as scopes let the reader see it.
type HandoverPage struct {
	Handover
	Chain  territory.Chain // of the place today, or of the one that follows it; empty where none does
	Counts HandoverCounts
	Issues []HandoverIssue
	Owed   []Promise // to households, by their numbers
}

// issuesHandedOver is how many issues the page of a handover lists.
const issuesHandedOver = 50

// HandoverPage reads one handover; NotFound if there is none. The caller judges whether the reader may know of it. Numbers are those of a
// scope of their own, as everywhere.
func (r reader) HandoverPage(ctx context.Context, id uuid.UUID, now time.Time, issues, numbers cadre.Scope) (HandoverPage, error) {
	var page HandoverPage
	var found bool
	day := territory.DayOf(now)
	const place = `(SELECT s.locality_id FROM handovers h JOIN assignments s ON s.id = h.assignment_id WHERE h.id = $1)`
	b := &batch{}
	queueOne(b, &page.Handover, &found, scanHandover, handoverSQL+` WHERE h.id = $2`, day, id)
	queueChain(b, &page.Chain, `locality_today(`+place+`, $2)`, id, day)
	queueHandoverCounts(b, &page.Counts, id, now, numbers)
	p := &params{list: []any{id}}
	queueAll(b, &page.Issues, pgx.RowToStructByPos[HandoverIssue], `WITH t AS (
			SELECT t.* FROM issues t WHERE t.closed_at IS NULL AND `+inPlace(place)+` AND `+within(issues, "t", "raiser_id", p)+`)
		SELECT i.id, coalesce(i.number, ''), i.title, i.severity, i.state, i.due_at, pv.name, `+aboveName+`, coalesce(dv.name, ''), coalesce(i.agency, ''),
			least(i.agency_due_on, i.instruction_due_on)
		FROM t i`+lineNames+` ORDER BY i.desk_id = `+place+` DESC, least(i.agency_due_on, i.instruction_due_on) NULLS LAST, i.severity DESC, i.due_at, i.id
		LIMIT `+p.add(issuesHandedOver), p.list...)
	queueAll(b, &page.Owed, pgx.RowToStructByPos[Promise], promiseSQL+owedAtHandover+` ORDER BY m.due_on, m.report_id, m.position LIMIT $2`, id, issuesHandedOver)
	if err := r.run(ctx, b); err != nil {
		return HandoverPage{}, err
	}
	if !found {
		return HandoverPage{}, fault.NotFound()
	}
	return page, nil
}

// owedAtHandover is the condition on the promises that a handover $1 passes on: those open at its place, and those of the one before below it.
const owedAtHandover = ` JOIN handovers h ON h.id = $1 JOIN assignments s ON s.id = h.assignment_id
	WHERE m.done_on IS NULL AND (m.locality_id = s.locality_id
		OR m.author_id = s.cadre_id AND EXISTS (SELECT FROM locality_chain(m.locality_id, h.ends_on - 1) ch WHERE ch.locality_id = s.locality_id))`

// queueHandoverCounts counts what is passed on.
func queueHandoverCounts(b *batch, dst *HandoverCounts, id uuid.UUID, now time.Time, numbers cadre.Scope) {
	const ended = `(SELECT s.locality_id FROM handovers h JOIN assignments s ON s.id = h.assignment_id WHERE h.id = $1)`
	p := &params{list: []any{id, now}}
	b.Queue(`SELECT count(*), count(*) FILTER (WHERE t.due_at < $2), count(*) FILTER (WHERE coalesce(t.agency_due_on, t.instruction_due_on) IS NOT NULL)
		FROM issues t WHERE t.closed_at IS NULL AND `+inPlace(ended)+` AND `+within(numbers, "t", "raiser_id", p), p.list...).
		QueryRow(func(row pgx.Row) error { return row.Scan(&dst.Open, &dst.Overdue, &dst.Promised) })
	b.Queue(`SELECT count(*) FROM handovers h JOIN assignments s ON s.id = h.assignment_id
		JOIN report_drafts d ON d.author_id = s.cadre_id AND d.form->>'locality' = s.locality_id::text WHERE h.id = $1`, id).
		QueryRow(func(row pgx.Row) error { return row.Scan(&dst.Drafts) })
	b.Queue(`SELECT count(*) FROM report_promises m`+owedAtHandover, id).QueryRow(func(row pgx.Row) error { return row.Scan(&dst.Owed) })
}

// HandoverCase is a handover that is to be confirmed.
type HandoverCase struct {
	Handover
	Chain  territory.Chain // of the place today, or of the one that follows it; empty where none does
	Counts HandoverCounts
}

// LockHandover reads a handover after everybody else who was changing it; NotFound if there is none.
func (t *Tx) LockHandover(ctx context.Context, id uuid.UUID, now time.Time, numbers cadre.Scope) (HandoverCase, error) {
	var c HandoverCase
	var found bool
	t.tx.queue(`SELECT 1 FROM handovers WHERE id = $1 FOR UPDATE`, id)
	b := &batch{}
	queueOne(b, &c.Handover, &found, scanHandover, handoverSQL+` WHERE h.id = $2`, territory.DayOf(now), id)
	queueChain(b, &c.Chain, `locality_today((SELECT s.locality_id FROM handovers h JOIN assignments s ON s.id = h.assignment_id WHERE h.id = $1), $2)`, id, territory.DayOf(now))
	queueHandoverCounts(b, &c.Counts, id, now, numbers)
	if err := t.run(ctx, b); err != nil {
		return HandoverCase{}, err
	}
	if !found {
		return HandoverCase{}, fault.NotFound()
	}
	return c, nil
}

// ConfirmHandover notes that the successor received what is passed on. It belongs after LockHandover.
func (t *Tx) ConfirmHandover(id uuid.UUID, at time.Time, note string, n HandoverCounts) {
	t.tx.queue(`UPDATE handovers SET confirmed_at = $2, note = $3, open_issues = $4, overdue = $5, promised = $6, drafts = $7, owed = $8 WHERE id = $1`,
		id, at, note, n.Open, n.Overdue, n.Promised, n.Drafts, n.Owed)
}

// TellHandedOver tells the one before that a handover was confirmed. It belongs after ConfirmHandover.
func (t *Tx) TellHandedOver(h Handover, at time.Time) {
	t.tx.queue(`INSERT INTO notices (id, cadre_id, event_key, kind, args, at) VALUES ($1, $2, $3, 'handover.confirmed', $4, $5) ON CONFLICT (cadre_id, event_key) DO NOTHING`,
		uuid.Must(uuid.NewV7()), h.From, "handed:"+h.ID.String(), map[string]string{"handover": h.ID.String(), "place": h.PlaceName, "actor": h.ToName}, at)
}

// follows finds who goes on with the assignment s from a day on: somebody else who holds the same post there, or at the place that follows
// it after a reorganisation, the primary one first.
func follows(day string) string {
	return `(SELECT o.id FROM assignments o WHERE o.locality_id = locality_today(s.locality_id, ` + day + `::date) AND o.post_id = s.post_id AND o.cadre_id <> s.cadre_id
		AND o.household_id IS NOT DISTINCT FROM s.household_id
		AND o.voided_at IS NULL AND o.period @> ` + day + `::date ORDER BY o.is_primary DESC, o.id LIMIT 1)`
}

// OpenHandover begins the handover of an assignment that ends, to a successor or, where none is named (zero), to whoever else holds the
// post there; handovers that the one before had not confirmed go along. Administrators have nothing to hand over. It belongs after
// EndAssignment and InsertAssignment.
func (t *Tx) OpenHandover(ended, successor cadre.AssignmentID, until territory.Day, at time.Time) {
	t.tx.queue(`INSERT INTO handovers AS h (id, assignment_id, successor_id, ends_on, made_at)
		SELECT $1, s.id, coalesce($3, `+follows("$4")+`), $4, $5 FROM assignments s JOIN posts p ON p.id = s.post_id WHERE s.id = $2 AND p.capability <> 'administer'
		ON CONFLICT (assignment_id) DO UPDATE SET successor_id = excluded.successor_id, ends_on = excluded.ends_on WHERE h.confirmed_at IS NULL`,
		uuid.Must(uuid.NewV7()), ended, orNobody(successor), until, at)
	t.tx.queue(`UPDATE handovers h SET successor_id = n.successor_id FROM handovers n WHERE n.assignment_id = $1 AND h.successor_id = $1 AND h.confirmed_at IS NULL`, ended)
	t.tellSuccessors(`h.assignment_id = $2 OR h.successor_id = (SELECT o.successor_id FROM handovers o WHERE o.assignment_id = $2)`, ended, at)
}

// TakeHandovers has new assignments take what nobody has followed on in their posts and places. It belongs after InsertAssignment.
func (t *Tx) TakeHandovers(at time.Time, ids ...cadre.AssignmentID) {
	t.tx.queue(`UPDATE handovers h SET successor_id = n.id FROM assignments n, assignments s
		WHERE n.id = ANY($1) AND s.id = h.assignment_id AND s.post_id = n.post_id AND s.cadre_id <> n.cadre_id
			AND n.household_id IS NOT DISTINCT FROM s.household_id
			AND n.locality_id = locality_today(s.locality_id, greatest(h.ends_on, lower(n.period)))
			AND h.successor_id IS NULL AND h.confirmed_at IS NULL`, ids)
	t.tellSuccessors(`h.successor_id = ANY($2)`, ids, at)
}

// DropHandovers takes back what followed from an assignment that is voided.
func (t *Tx) DropHandovers(id cadre.AssignmentID) {
	t.tx.queue(`DELETE FROM handovers WHERE assignment_id = $1 AND confirmed_at IS NULL`, id)
	t.tx.queue(`UPDATE handovers SET successor_id = NULL WHERE successor_id = $1 AND confirmed_at IS NULL`, id)
}

// tellSuccessors tells those who follow, once of each handover. $1 is the instant, $2 the argument of the condition.
func (t *Tx) tellSuccessors(where string, arg any, at time.Time) {
	t.tx.queue(tellSuccessorsSQL+` AND (`+where+`) ON CONFLICT (cadre_id, event_key) DO NOTHING`, at, arg)
}

const tellSuccessorsSQL = `INSERT INTO notices (id, cadre_id, event_key, kind, args, at)
	SELECT gen_random_uuid(), n.cadre_id, 'handover:' || h.id || ':' || n.id, 'handover.given',
		jsonb_build_object('handover', h.id, 'place', coalesce(v.name, ''), 'actor', c.full_name), $1::timestamptz
	FROM handovers h JOIN assignments n ON n.id = h.successor_id JOIN assignments s ON s.id = h.assignment_id JOIN cadres c ON c.id = s.cadre_id
	LEFT JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> h.ends_on
	WHERE h.confirmed_at IS NULL`

// OpenDueHandovers begins the handovers of assignments that ended by themselves in the last days, tells those who follow, and ends the
// sessions that people without any assignment have from before. It gives how many handovers it began. Run twice it does it once.
func (t *Tx) OpenDueHandovers(ctx context.Context, now time.Time) (int, error) {
	day := territory.DayOf(now)
	n := 0
	err := t.q.QueryRow(ctx, `WITH made AS (INSERT INTO handovers (id, assignment_id, successor_id, ends_on, made_at)
			SELECT gen_random_uuid(), s.id, `+follows("upper(s.period)")+`, upper(s.period), $2 FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability <> 'administer'
			WHERE s.voided_at IS NULL AND NOT upper_inf(s.period) AND upper(s.period) <= $1::date AND upper(s.period) > $1::date - 30
			ON CONFLICT (assignment_id) DO NOTHING RETURNING 1)
		SELECT count(*) FROM made`, day, now).Scan(&n)
	if err != nil {
		return 0, translate(err)
	}
	t.tellSuccessors(`h.made_at = $2`, now, now)
	t.tx.queue(`UPDATE sessions SET ended_at = $2, data = '' FROM (
			SELECT s.cadre_id, max(upper(s.period)) AS last FROM assignments s
			WHERE s.voided_at IS NULL AND NOT upper_inf(s.period) AND upper(s.period) <= $1::date AND upper(s.period) > $1::date - 3 GROUP BY s.cadre_id) e
		JOIN accounts a ON a.cadre_id = e.cadre_id
		WHERE sessions.account_id = a.id AND sessions.ended_at IS NULL AND sessions.created_at < e.last::timestamp AT TIME ZONE 'Asia/Ho_Chi_Minh'
			AND NOT EXISTS (SELECT FROM assignments o WHERE o.cadre_id = e.cadre_id AND o.voided_at IS NULL AND coalesce(upper(o.period) > $1::date, true))`, day, now)
	return n, nil
}

// EndIdleSessions ends the sessions of a person who holds nothing any more on the day or later (quality.md, "Sign-in and sessions"). It
// belongs after what ended.
func (t *Tx) EndIdleSessions(id cadre.ID, day territory.Day, at time.Time) {
	t.tx.queue(`UPDATE sessions SET ended_at = $3, data = '' WHERE ended_at IS NULL AND account_id = (SELECT a.id FROM accounts a WHERE a.cadre_id = $1)
		AND NOT EXISTS (SELECT FROM assignments s WHERE s.cadre_id = $1 AND s.voided_at IS NULL AND coalesce(upper(s.period) > $2::date, true))`, id, day, at)
}

// handedOverDays is how long the home page tells somebody of what they handed over, as long as they may file late.
const handedOverDays = 30

// queueHandovers reads the handovers that wait for a person to confirm them, and those that the person made of late.
func queueHandovers(b *batch, dst, made *[]Handover, id cadre.ID, day territory.Day) {
	queueAll(b, made, scanHandover, handoverSQL+` WHERE s.cadre_id = $2 AND h.ends_on > $1::date - $3::int ORDER BY h.made_at DESC, h.id LIMIT 10`, day, id, handedOverDays)
	queueAll(b, dst, scanHandover, handoverSQL+` WHERE h.confirmed_at IS NULL AND n.cadre_id = $2 AND n.voided_at IS NULL AND n.period @> $1::date
		ORDER BY h.made_at, h.id LIMIT 20`, day, id)
}
