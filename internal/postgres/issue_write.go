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

// LockIssue holds an issue fast until the end of the transaction and reads all by which a move is judged, in one round
// trip. NotFound if it does not exist or lies outside of the scope. Seen is the version that the person looked at.
func (t *Tx) LockIssue(ctx context.Context, id uuid.UUID, s cadre.Scope, day territory.Day, seen int) (IssueCase, error) {
	return t.lockIssue(ctx, id, inScope(s), day, seen)
}

// LockAnyIssue is LockIssue without a scope, for the software's own moves.
func (t *Tx) LockAnyIssue(ctx context.Context, id uuid.UUID, day territory.Day) (IssueCase, error) {
	return t.lockIssue(ctx, id, unguarded, day, 0)
}

func (t *Tx) lockIssue(ctx context.Context, id uuid.UUID, g guard, day territory.Day, seen int) (IssueCase, error) {
	b := &batch{}
	c := queueLocked(b, id, g, day, seen)
	if err := t.run(ctx, b); err != nil {
		return IssueCase{}, err
	}
	return c.result()
}

// LockTwins is LockIssue for an issue that is to be merged with another, which is named by its number or id: both are held fast, in the
// order of their ids, so that two people who merge both ways at once wait for each other in turn. The other one is nil where it does not
// exist or lies outside of the scope.
func (t *Tx) LockTwins(ctx context.Context, id uuid.UUID, other string, s cadre.Scope, day territory.Day, seen int) (IssueCase, *casework.Issue, error) {
	named := namedIssue(other)
	b := &batch{}
	p := &params{}
	b.Queue(`SELECT i.id FROM issues i WHERE i.id IN (`+p.add(id)+`, `+named(s, p)+`) ORDER BY i.id FOR UPDATE`, p.list...)
	c := queueLocked(b, id, inScope(s), day, seen)
	var twin casework.Issue
	var found bool
	p = &params{}
	queueOne(b, &twin, &found, scanIssue, `SELECT `+issueColumns+` FROM `+issueFrom+` WHERE i.id = `+named(s, p), p.list...)
	if err := t.run(ctx, b); err != nil {
		return IssueCase{}, nil, err
	}
	result, err := c.result()
	if !found {
		return result, nil, err
	}
	return result, &twin, err
}

// namedIssue makes the expression of the id of the one issue of a scope that is meant by a number as people type it, or by its id; NULL for
// none and for several.
func namedIssue(typed string) func(s cadre.Scope, p *params) string {
	return func(s cadre.Scope, p *params) string {
		condition := `false`
		if id, err := uuid.Parse(typed); err == nil {
			condition = `t.id = ` + p.add(id)
		} else if number := (Words{Text: typed}).number(); number != "" {
			condition = numberAndTitle + ` LIKE ` + p.add(number)
		}
		return `(SELECT CASE WHEN count(*) = 1 THEN min(t.id::text)::uuid END FROM issues t WHERE ` + condition + ` AND ` + within(s, "t", "raiser_id", p) + `)`
	}
}

// lockedCase is a case that is held fast, as it is read.
type lockedCase struct {
	caseRows
	moved bool
	heir  territory.LocalityID
	seen  int
}

func queueLocked(b *batch, id uuid.UUID, g guard, day territory.Day, seen int) *lockedCase {
	c := &lockedCase{seen: seen}
	queueCase(b, &c.caseRows, "$1", id, day, g, ` FOR UPDATE OF i`)
	b.Queue(`SELECT EXISTS (SELECT FROM issue_events WHERE issue_id = $1 AND seq > $2 AND move <> $3)`, id, seen, casework.CommentOn).
		QueryRow(func(row pgx.Row) error { return row.Scan(&c.moved) })
	b.Queue(`SELECT coalesce(nullif(locality_today(desk_id, $2), desk_id), 0) FROM issues WHERE id = $1 UNION ALL SELECT 0 LIMIT 1`, id, day).
		QueryRow(func(row pgx.Row) error { return row.Scan(&c.heir) })
	return c
}

func (l *lockedCase) result() (IssueCase, error) {
	c, err := l.caseRows.result()
	c.Heir = l.heir
	c.Moved = l.moved || l.seen > c.Issue.Version
	return c, err
}

// MergeSoon gives the survivor of a merge, with the next statement, what belonged to the issue that ended: its reports, those who followed
// it or raised it, and whatever was merged with it before.
func (t *Tx) MergeSoon(ended casework.Issue, at time.Time) {
	b := &batch{}
	b.Queue(`INSERT INTO issue_reports (issue_id, report_id) SELECT $2::uuid, report_id FROM issue_reports WHERE issue_id = $1 ON CONFLICT DO NOTHING`, ended.ID, ended.MergedInto)
	b.Queue(`INSERT INTO issue_follows (issue_id, cadre_id, muted, at)
		SELECT $2::uuid, cadre_id, false, $4::timestamptz FROM issue_follows WHERE issue_id = $1 AND NOT muted AND cadre_id <> $3
		UNION SELECT $2::uuid, $3::bigint, false, $4::timestamptz WHERE NOT EXISTS (SELECT FROM issue_follows WHERE issue_id = $1 AND cadre_id = $3 AND muted)
		ON CONFLICT DO NOTHING`, ended.ID, ended.MergedInto, ended.Raiser, at)
	b.Queue(`UPDATE issues SET merged_into = $2 WHERE merged_into = $1`, ended.ID, ended.MergedInto)
	t.tx.put(b)
}

// FollowIssue notes that somebody wants to be told of every move of an issue or, muted, only of what is theirs to do. NotFound if it lies
// outside of the scope.
func (t *Tx) FollowIssue(ctx context.Context, issue uuid.UUID, s cadre.Scope, by cadre.ID, muted bool, at time.Time) error {
	p := &params{}
	sql := `INSERT INTO issue_follows (cadre_id, muted, at, issue_id) SELECT ` + p.add(by) + `::bigint, ` + p.add(muted) + `::boolean, ` + p.add(at) + `::timestamptz, i.id
		FROM issues i WHERE i.id = ` + p.add(issue) + ` AND ` + within(s, "i", "raiser_id", p) + `
		ON CONFLICT (issue_id, cadre_id) DO UPDATE SET muted = excluded.muted, at = excluded.at`
	tag, err := t.tx.Exec(ctx, sql, p.list...)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.NotFound()
	}
	return translate(err)
}

// UnfollowIssue takes back what somebody asked for, so that they are told as by their post. NotFound if the issue lies outside of the scope.
func (t *Tx) UnfollowIssue(ctx context.Context, issue uuid.UUID, s cadre.Scope, by cadre.ID) error {
	var readable bool
	p := &params{}
	b := &batch{}
	b.Queue(`DELETE FROM issue_follows WHERE issue_id = $1 AND cadre_id = $2`, issue, by)
	b.Queue(`SELECT EXISTS (SELECT FROM issues i WHERE i.id = `+p.add(issue)+` AND `+within(s, "i", "raiser_id", p)+`)`, p.list...).
		QueryRow(func(row pgx.Row) error { return row.Scan(&readable) })
	if err := t.run(ctx, b); err != nil {
		return err
	}
	if !readable {
		return fault.NotFound()
	}
	return nil
}

// AttachToEvent has files belong to a move of an issue, in their order.
func (t *Tx) AttachToEvent(issue, event uuid.UUID, files []uuid.UUID) {
	b := &batch{}
	for i, f := range files {
		b.Queue(`INSERT INTO issue_files (event_id, position, issue_id, file_id) VALUES ($1, $2, $3, $4)`, event, i+1, issue, f)
	}
	t.tx.put(b)
}

// InsertIssue keeps a new issue with its first event and, if report is not zero, the report it came from. It has no number
// yet.
func (t *Tx) InsertIssue(i casework.Issue, e casework.Event, report uuid.UUID) {
	b := &batch{}
	b.Queue(`INSERT INTO issues (id, title, description, field, severity, locality_id, province_id, district_id, commune_id, hamlet_id,
			raiser_id, assignment_id, raised_at, state, desk_id, arrived_at, acknowledge_by, due_at, warn_at, passed_desk, version)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		i.ID, i.Title, i.Description, i.Field, i.Severity, i.Place.Locality, orNull(i.Place.Province), orNull(i.Place.District),
		orNull(i.Place.Commune), orNull(i.Place.Hamlet), i.Raiser, i.Assignment, i.RaisedAt, i.State, i.Desk, i.ArrivedAt,
		orNever(i.AcknowledgeBy), orNever(i.DueAt), orNever(i.WarnAt), i.PassedDesk, i.Version)
	queueEvent(b, i.ID, e)
	if report != uuid.Nil {
		b.Queue(`INSERT INTO issue_reports (issue_id, report_id) VALUES ($1, $2)`, i.ID, report)
	}
	t.tx.put(b)
}

// SaveIssue keeps an issue after a move, with its event. If the stored version is not the one before, the transaction ends
// with Conflict.
func (t *Tx) SaveIssue(i casework.Issue, e casework.Event) {
	t.tx.mustTouch(&fault.Error{Kind: fault.KindConflict, Key: "issue.moved_on"}, `UPDATE issues SET state = $3, desk_id = $4, arrived_at = $5, acknowledge_by = $6, due_at = $7,
			left_minutes = $8, asked_id = $9, resume_state = $10, agency = $11, agency_due_on = $12, instruction_due_on = $13,
			resolver_id = $14, outcome = $15, evidence = $16, appealed = $17, passed_desk = $18, closed_at = $19, warn_at = $20,
			lapsed_at = $21, confirm_by = $22, merged_into = $23, reopened = $24, version = $2 + 1
		WHERE id = $1 AND version = $2 RETURNING 1`,
		i.ID, i.Version-1, i.State, i.Desk, i.ArrivedAt, orNever(i.AcknowledgeBy), orNever(i.DueAt), minutesLeft(i), orNobody(i.Asked),
		orEmpty(i.Resume), i.Agency, i.AgencyDue, i.InstructionDue, orNobody(i.Resolver), i.Outcome, i.Evidence, i.Appealed,
		i.PassedDesk, orNever(i.ClosedAt), orNever(i.WarnAt), orNever(i.LapsedAt), orNever(i.ConfirmBy), orNoID(i.MergedInto), i.Reopened)
	b := &batch{}
	queueEvent(b, i.ID, e)
	t.tx.put(b)
}

func queueEvent(b *batch, issue uuid.UUID, e casework.Event) {
	b.Queue(`INSERT INTO issue_events (id, issue_id, seq, move, at, actor_id, assignment_id, from_state, to_state, from_desk_id, to_desk_id,
			reason, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		e.ID, issue, e.Seq, e.Move, e.At, orNobody(e.Actor), orNobody(e.Assignment), e.FromState, e.ToState, orNull(e.FromDesk), e.ToDesk,
		e.Reason, e.Detail)
}

// NumberIssue gives an issue the next number of the series of its place: that of the nearest place upward that has one on
// the day. Numbers have no gaps within a year of Asia/Ho_Chi_Minh, and everybody else who raises in the series waits until
// the transaction ends, so it comes last. Without any series the issue stays without a number.
func (t *Tx) NumberIssue(i casework.Issue) {
	day := territory.DayOf(i.RaisedAt)
	t.tx.queue(`WITH series AS (
			SELECT s.id, s.prefix FROM locality_chain($2, $3) ch JOIN issue_series s ON s.locality_id = ch.locality_id AND s.valid @> $3::date
			ORDER BY ch.depth LIMIT 1
		), counter AS (
			INSERT INTO issue_counters AS c (series_id, year, last) SELECT id, $4::int, 1 FROM series
			ON CONFLICT (series_id, year) DO UPDATE SET last = c.last + 1 RETURNING last::text AS last
		)
		UPDATE issues SET number = series.prefix || '-' || $4::int || '-' || lpad(counter.last, greatest(6, length(counter.last)), '0')
		FROM series, counter WHERE issues.id = $1`, i.ID, i.Place.Locality, day, day.Year())
}

// IssuesAtVacantDesks lists open issues whose desk nobody leads on the day, in the order of their ids, after the given one.
func (r reader) IssuesAtVacantDesks(ctx context.Context, day territory.Day, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	rows, err := r.q.Query(ctx, `SELECT i.id FROM issues i WHERE i.closed_at IS NULL AND i.desk_id IN (
			SELECT d.desk_id FROM (SELECT DISTINCT desk_id FROM issues WHERE closed_at IS NULL) d WHERE NOT EXISTS (
				SELECT FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability = 'lead'
				JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
				WHERE s.locality_id = d.desk_id AND s.voided_at IS NULL AND s.period @> $1::date))
			AND i.id > $2
		ORDER BY i.id LIMIT $3`, day, after, limit)
	return all(rows, err, pgx.RowTo[uuid.UUID])
}

// minutesLeft rounds up, so that a stop of the clock never costs anybody time.
func minutesLeft(i casework.Issue) *int {
	if i.Left == 0 {
		return nil
	}
	n := int((i.Left + time.Minute - 1) / time.Minute)
	return &n
}

// orNobody makes NULL of the zero id.
func orNobody[T ~int64](id T) *int64 {
	if id == 0 {
		return nil
	}
	v := int64(id)
	return &v
}

func orEmpty(s casework.State) *string {
	if s == "" {
		return nil
	}
	v := string(s)
	return &v
}
