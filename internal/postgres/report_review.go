package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ReportCase is a sent report with everything by which it is judged what may happen to it.
type ReportCase struct {
	Report casework.Report
	Grant  cadre.Grant // under which it was written: assignment, post and place, nothing else
	Today  Path        // of its place today or, where that is gone, of its nearest ancestor that is not
	Judged bool        // a lead has acknowledged or returned it before
	Moved  bool        // something happened to it after the version that was asked about; a comment is nothing
}

// Case gives the case at an instant.
func (c ReportCase) Case(at time.Time) casework.ReportCase {
	return casework.ReportCase{Report: c.Report, Grant: c.Grant, Desks: c.Today.Desks(), Holdings: c.Today.Holdings, Judged: c.Judged, At: at}
}

// ReportEvent is something that happened to a report, with the names of who did it.
type ReportEvent struct {
	casework.ReportEvent
	ActorName string
	Post      cadre.Post // held then; only its names, empty if none
}

// LockSentReport holds a sent report fast until the end of the transaction and reads all by which it is judged what may
// happen to it, in one round trip. NotFound if it does not exist or lies outside of the scope. Seen is the version that the
// person looked at.
func (t *Tx) LockSentReport(ctx context.Context, id uuid.UUID, s cadre.Scope, day territory.Day, seen int) (ReportCase, error) {
	found := t.LockSentReportSoon(id, s, day, seen)
	if err := t.tx.flush(ctx); err != nil {
		return ReportCase{}, translate(err)
	}
	return found()
}

// LockSentReportSoon is LockSentReport with the next statement: what it gives can be asked for then.
func (t *Tx) LockSentReportSoon(id uuid.UUID, s cadre.Scope, day territory.Day, seen int) func() (ReportCase, error) {
	return t.lockSentReport(id, func(p *params) string { return within(s, "r", "author_id", p) }, day, seen)
}

// LockAnySentReport is LockSentReport without a scope, for what the software itself does.
func (t *Tx) LockAnySentReport(ctx context.Context, id uuid.UUID, day territory.Day) (ReportCase, error) {
	found := t.lockSentReport(id, func(*params) string { return "true" }, day, 0)
	if err := t.tx.flush(ctx); err != nil {
		return ReportCase{}, translate(err)
	}
	return found()
}

func (t *Tx) lockSentReport(id uuid.UUID, guard func(*params) string, day territory.Day, seen int) func() (ReportCase, error) {
	var page ReportPage
	var found bool
	var c ReportCase
	b := &batch{}
	p := &params{}
	queueOne(b, &page, &found, scanReport, reportSQL+` WHERE r.id = `+p.add(id)+` AND `+guard(p)+` FOR UPDATE OF r`, p.list...)
	queueReportToday(b, &c.Today, id, day)
	b.Queue(`SELECT EXISTS (SELECT FROM report_events WHERE report_id = $1 AND seq > $2 AND move <> $3),
			EXISTS (SELECT FROM report_events WHERE report_id = $1 AND move = ANY($4))`,
		id, seen, casework.CommentReport, []casework.ReportMove{casework.AcknowledgeReport, casework.ReturnReport}).
		QueryRow(func(row pgx.Row) error { return row.Scan(&c.Moved, &c.Judged) })
	t.tx.put(b)
	return func() (ReportCase, error) {
		if !found {
			return ReportCase{}, fault.NotFound()
		}
		c.Report, c.Grant = page.Report, page.Grant
		c.Moved = c.Moved || seen > c.Report.Version
		return c, nil
	}
}

// reportSurvivorToday is the report's place or, where that is gone on the day $2, its nearest ancestor that is not.
var reportSurvivorToday = strings.NewReplacer("$1", reportPlace, "$3", reportHappened).Replace(survivorSQL)

// queueReportToday adds the reads of the path of a report's place today to a batch.
func queueReportToday(b *batch, dst *Path, id uuid.UUID, day territory.Day) {
	queuePath(b, dst, reportSurvivorToday, id, day)
}

const reportEventSQL = `SELECT e.seq, e.move, e.number, e.actor_id, coalesce(e.assignment_id, 0), e.at, coalesce(e.usefulness, 0), e.reason,
		c.full_name, coalesce(p.name_vi, ''), coalesce(p.name_en, '')
	FROM report_events e JOIN cadres c ON c.id = e.actor_id
	LEFT JOIN assignments s ON s.id = e.assignment_id LEFT JOIN posts p ON p.id = s.post_id`

func scanReportEvent(row pgx.CollectableRow) (ReportEvent, error) {
	var e ReportEvent
	err := row.Scan(&e.Seq, &e.Move, &e.Number, &e.Actor, &e.Assignment, &e.At, &e.Usefulness, &e.Reason, &e.ActorName, &e.Post.NameVi, &e.Post.NameEn)
	return e, err
}

// SaveReportEvent keeps what happened to a report that is locked, and the report as it is afterwards. An amendment goes by
// AmendReport.
func (t *Tx) SaveReportEvent(r casework.Report, e casework.ReportEvent) {
	b := &batch{}
	b.Queue(`UPDATE reports SET state = $2, desk_id = $3, usefulness = $4, version = $5 WHERE id = $1`,
		r.ID, r.State, orNull(r.Desk), orUnrated(r.Usefulness), r.Version)
	queueReportEvent(b, r.ID, e)
	t.tx.put(b)
}

// EndWithdrawn takes away what hangs on a report that was withdrawn: what was promised in it is owed no more unless it was done, and what its
// author was writing to amend it becomes a draft of its own.
func (t *Tx) EndWithdrawn(id uuid.UUID) {
	t.tx.queue(`DELETE FROM report_promises WHERE report_id = $1 AND done_on IS NULL`, id)
	t.tx.queue(`UPDATE report_drafts SET report_id = $2, base = 0, saved_by = NULL WHERE report_id = $1`, id, uuid.Must(uuid.NewV7()))
}

// AmendReport keeps a new version of a report that is locked, with its event, and takes the draft of it away.
func (t *Tx) AmendReport(r casework.Report, e casework.ReportEvent, submission uuid.UUID) {
	b := &batch{}
	b.Queue(`UPDATE reports SET assignment_id = $2, kind = $3, happened_on = $4, locality_id = $5, province_id = $6, district_id = $7, commune_id = $8,
			hamlet_id = $9, state = $10, desk_id = $11, summary = $12, content = $13, usefulness = $14, number = $15, version = $16 WHERE id = $1`,
		r.ID, r.Assignment, r.Kind, r.HappenedOn, r.Place.Locality, orNull(r.Place.Province), orNull(r.Place.District), orNull(r.Place.Commune),
		orNull(r.Place.Hamlet), r.State, orNull(r.Desk), r.Content.Summary(r.Kind), r.Content, orUnrated(r.Usefulness), r.Number, r.Version)
	b.Queue(`INSERT INTO report_versions (report_id, number, submission_id, happened_on, content, sent_at, locality_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, r.ID, r.Number, submission, r.HappenedOn, r.Content, e.At, r.Place.Locality)
	queueVisit(b, r, e.At)
	queueSources(b, r)
	b.Queue(`DELETE FROM report_drafts WHERE report_id = $1 AND author_id = $2`, r.ID, r.Author)
	queueReportEvent(b, r.ID, e)
	t.tx.put(b)
}

func queueReportEvent(b *batch, report uuid.UUID, e casework.ReportEvent) {
	b.Queue(`INSERT INTO report_events (report_id, seq, move, number, actor_id, assignment_id, at, usefulness, reason)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		report, e.Seq, e.Move, e.Number, e.Actor, orNobody(e.Assignment), e.At, orUnrated(e.Usefulness), e.Reason)
}

// orUnrated makes NULL of no usefulness.
func orUnrated(u casework.Usefulness) *int {
	if u == 0 {
		return nil
	}
	n := int(u)
	return &n
}

// TellableReport is an event of a report with everything by which it is known whom to tell.
type TellableReport struct {
	ReportCase
	Event      ReportEvent
	Place      string
	Commenters []cadre.ID // who had spoken before the event
}

// TellableReport reads them in one round trip; NotFound if there is no such event. Not guarded.
func (r reader) TellableReport(ctx context.Context, id uuid.UUID, seq int, day territory.Day) (TellableReport, error) {
	var page ReportPage
	var t TellableReport
	var found, happened bool
	b := &batch{}
	queueOne(b, &page, &found, scanReport, reportSQL+` WHERE r.id = $1`, id)
	queueReportToday(b, &t.Today, id, day)
	queueOne(b, &t.Event, &happened, scanReportEvent, reportEventSQL+` WHERE e.report_id = $1 AND e.seq = $2`, id, seq)
	b.Queue(`SELECT coalesce((SELECT v.name FROM reports r JOIN locality_versions v ON v.locality_id = r.locality_id AND v.known @> r.happened_on
		WHERE r.id = $1), '')`, id).QueryRow(func(row pgx.Row) error { return row.Scan(&t.Place) })
	queueAll(b, &t.Commenters, pgx.RowTo[cadre.ID], `SELECT DISTINCT actor_id FROM report_events
		WHERE report_id = $1 AND seq < $2 AND move = $3 ORDER BY 1`, id, seq, casework.CommentReport)
	if err := r.run(ctx, b); err != nil {
		return TellableReport{}, err
	}
	if !found || !happened {
		return TellableReport{}, fault.NotFound()
	}
	t.Report, t.Grant = page.Report, page.Grant
	return t, nil
}

// SeeReport marks what somebody was told of a report as seen: they have its page before them.
func (t *Tx) SeeReport(ctx context.Context, report uuid.UUID, by cadre.ID, at time.Time) error {
	_, err := t.tx.Exec(ctx, `UPDATE notices SET seen_at = $3 WHERE cadre_id = $1 AND seen_at IS NULL AND report_id = $2`, by, report, at)
	return translate(err)
}

// ReportsAtVacantDesks lists reports that wait at a desk which nobody but their author leads on the day, or at none, in the
// order of their ids, after the given one.
func (r reader) ReportsAtVacantDesks(ctx context.Context, day territory.Day, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	rows, err := r.q.Query(ctx, `SELECT r.id FROM reports r WHERE r.state = 'submitted' AND r.id > $2 AND NOT EXISTS (
			SELECT FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability = 'lead'
			JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
			WHERE s.locality_id = r.desk_id AND s.voided_at IS NULL AND s.period @> $1::date AND s.cadre_id <> r.author_id)
		ORDER BY r.id LIMIT $3`, day, after, limit)
	return all(rows, err, pgx.RowTo[uuid.UUID])
}

// PassReport moves a waiting report to another desk. It is no event: who may decide is judged by the day anyway, and the
// column only makes the lists of a desk quick.
func (t *Tx) PassReport(ctx context.Context, id uuid.UUID, desk territory.LocalityID) error {
	_, err := t.tx.Exec(ctx, `UPDATE reports SET desk_id = $2 WHERE id = $1`, id, desk)
	return translate(err)
}
