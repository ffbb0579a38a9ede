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
	var rows caseRows
	var moved bool
	b := &batch{}
	queueCase(b, &rows, "$1", id, day, g, ` FOR UPDATE OF i`)
	b.Queue(`SELECT EXISTS (SELECT FROM issue_events WHERE issue_id = $1 AND seq > $2 AND move <> $3)`, id, seen, casework.CommentOn).
		QueryRow(func(row pgx.Row) error { return row.Scan(&moved) })
	var heir territory.LocalityID
	b.Queue(`SELECT coalesce(nullif(locality_today(desk_id, $2), desk_id), 0) FROM issues WHERE id = $1 UNION ALL SELECT 0 LIMIT 1`, id, day).
		QueryRow(func(row pgx.Row) error { return row.Scan(&heir) })
	if err := t.run(ctx, b); err != nil {
		return IssueCase{}, err
	}
	c, err := rows.result()
	c.Heir = heir
	c.Moved = moved || seen > c.Issue.Version
	return c, err
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
			lapsed_at = $21, confirm_by = $22, version = $2 + 1
		WHERE id = $1 AND version = $2 RETURNING 1`,
		i.ID, i.Version-1, i.State, i.Desk, i.ArrivedAt, orNever(i.AcknowledgeBy), orNever(i.DueAt), minutesLeft(i), orNobody(i.Asked),
		orEmpty(i.Resume), i.Agency, i.AgencyDue, i.InstructionDue, orNobody(i.Resolver), i.Outcome, i.Evidence, i.Appealed,
		i.PassedDesk, orNever(i.ClosedAt), orNever(i.WarnAt), orNever(i.LapsedAt), orNever(i.ConfirmBy))
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
