package postgres

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ReportPage is what the page of a sent report shows.
type ReportPage struct {
	Report   casework.Report
	Author   string                  // name
	Agency   string                  // home agency of the author, as it is today
	Grant    cadre.Grant             // under which it was written: assignment, post and place, nothing else
	Chain    territory.Chain         // of the place on the day it happened, as it was known then
	Received Path                    // of the place as of the day it was sent: the desks of then and who led them
	Today    Path                    // of the place today or, where that is gone, of its nearest ancestor that is not; of the page only
	Versions []ReportVersion         // the newest first
	Events   []ReportEvent           // what happened since it was first sent, the oldest first
	Near     *casework.EarlierReport // that it nearly repeats while it waits, as far as a lead who reads it may know
	Issues   []LinkedIssue           // raised from it, as far as the reader may see them
	Visits   []Visit                 // what its versions say about a household, the newest first; none for those who may not know
	Sources  []ReportLine            // of a monthly report, as far as the reader may read them
	Promises []Promise               // that were given at the visit, without their words
}

// Judged tells whether a lead has acknowledged or returned the report before.
func (p ReportPage) Judged() bool {
	return slices.ContainsFunc(p.Events, func(e ReportEvent) bool {
		return e.Move == casework.AcknowledgeReport || e.Move == casework.ReturnReport
	})
}

// ReportVersion is one sending of a report.
type ReportVersion struct {
	Number     int
	HappenedOn territory.Day
	SentAt     time.Time
	Place      string // as it was called on that day
	Content    casework.Content
}

// LinkedIssue is an issue that was raised from a report.
type LinkedIssue struct {
	ID       uuid.UUID
	Number   string
	Title    string
	State    casework.State
	RaisedAt time.Time
}

// ReportReader says for whom the page of a report is read.
type ReportReader struct {
	Reports, Issues cadre.Scope
	Actor           cadre.Actor
	Day             territory.Day
	Judges          bool // holds a desk and may have to acknowledge it
}

// Report reads a sent report with all that its page shows, in one round trip. NotFound if it does not exist or lies
// outside of the scope.
func (db *DB) Report(ctx context.Context, id uuid.UUID, by ReportReader) (ReportPage, error) {
	look := visitLook{HouseholdLook{by.Actor, cadre.ReadHousehold, ForReading}, by.Reports, id}
	return readReport(id, func(p *params) string { return within(by.Reports, "r", "author_id", p) }, by, func(b *batch) error {
		return db.lookBehind(ctx, look.before, b)
	})
}

// AnyReport reads a sent report without a scope and without its issues, for work that nobody in particular asked for, such
// as telling people.
func (r reader) AnyReport(ctx context.Context, id uuid.UUID) (ReportPage, error) {
	return readReport(id, func(*params) string { return "true" }, ReportReader{}, func(b *batch) error { return r.run(ctx, b) })
}

func readReport(id uuid.UUID, guard func(*params) string, by ReportReader, run func(*batch) error) (ReportPage, error) {
	var page ReportPage
	var found bool
	b := &batch{}
	p := &params{}
	queueOne(b, &page, &found, scanReport, reportSQL+` WHERE r.id = `+p.add(id)+` AND `+guard(p), p.list...)
	var rest ReportPage
	queueAll(b, (*[]territory.Locality)(&rest.Chain), scanLocality, notedChainSQL, id)
	received := strings.NewReplacer("<start>", reportSurvivor, "$2", reportReceived)
	queueAll(b, (*[]territory.Locality)(&rest.Received.Chain), scanLocality, received.Replace(chainSQL), id)
	queueAll(b, &rest.Received.Holdings, scanHolding, received.Replace(holdingSQL), id)
	queueAll(b, &rest.Versions, pgx.RowToStructByPos[ReportVersion], `SELECT n.number, n.happened_on, n.sent_at, coalesce(v.name, ''), n.content
		FROM report_versions n LEFT JOIN locality_versions v ON v.locality_id = n.locality_id AND v.known @> n.happened_on
		WHERE n.report_id = $1 ORDER BY n.number DESC`, id)
	queueAll(b, &rest.Events, scanReportEvent, reportEventSQL+` WHERE e.report_id = $1 ORDER BY e.seq`, id)
	if !by.Day.IsZero() {
		queueReportToday(b, &rest.Today, id, by.Day)
	}
	var near casework.EarlierReport
	var copied bool
	if by.Judges {
		queueNearOf(b, &near, &copied, id, by.Reports)
	}
	p = &params{}
	queueAll(b, &rest.Issues, pgx.RowToStructByPos[LinkedIssue], `SELECT i.id, coalesce(i.number, ''), i.title, i.state, i.raised_at
		FROM issue_reports ir JOIN issues i ON i.id = ir.issue_id
		WHERE ir.report_id = `+p.add(id)+` AND `+within(by.Issues, "i", "raiser_id", p)+` ORDER BY i.raised_at, i.id`, p.list...)
	if !by.Day.IsZero() {
		queueVisits(b, &rest.Visits, id)
		queuePromisesOf(b, &rest.Promises, id)
		queueSourcesOf(b, &rest.Sources, id, by.Reports)
	}
	if err := run(b); err != nil {
		return ReportPage{}, err
	}
	if !found {
		return ReportPage{}, fault.NotFound()
	}
	if copied {
		page.Near = &near
	}
	page.Chain, page.Received, page.Today = rest.Chain, rest.Received, rest.Today
	page.Versions, page.Events, page.Issues, page.Visits, page.Promises, page.Sources = rest.Versions, rest.Events, rest.Issues, rest.Visits, rest.Promises, rest.Sources
	return page, nil
}

const (
	reportPlace    = `(SELECT locality_id FROM reports WHERE id = $1)`
	reportHappened = `(SELECT happened_on FROM reports WHERE id = $1)`
	reportReceived = `(SELECT (received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM reports WHERE id = $1)`
)

// notedChainSQL gives the place of a report and what was above it as they were known when it was written: a decree that is
// entered after its day leaves that alone.
const notedChainSQL = `WITH RECURSIVE up AS (
		SELECT 0 AS depth, v.locality_id, v.parent_id, v.type, v.name, v.code, r.happened_on
		FROM reports r JOIN locality_versions v ON v.locality_id = r.locality_id AND v.known @> r.happened_on WHERE r.id = $1
		UNION ALL
		SELECT up.depth + 1, v.locality_id, v.parent_id, v.type, v.name, v.code, up.happened_on
		FROM up JOIN locality_versions v ON v.locality_id = up.parent_id AND v.known @> up.happened_on WHERE up.depth < 10
	)
	SELECT up.locality_id, l.level, up.type, up.name, coalesce(up.code, '') FROM up JOIN localities l ON l.id = up.locality_id ORDER BY up.depth`

// reportSurvivor is the report's place or, where that was gone when the report was sent, its nearest ancestor that was not.
var reportSurvivor = strings.NewReplacer("$1", reportPlace, "$2", reportReceived, "$3", reportHappened).Replace(survivorSQL)

const reportSQL = `SELECT r.id, r.author_id, r.assignment_id, r.kind, r.happened_on, r.locality_id, r.province_id, r.district_id,
	r.commune_id, r.hamlet_id, r.state, r.desk_id, r.content, coalesce(r.usefulness, 0), r.number, r.version, r.received_at, c.full_name, c.agency,
	p.code, p.name_vi, p.name_en, p.tier, p.capability, s.locality_id, s.level, v.type, v.name
	FROM reports r JOIN cadres c ON c.id = r.author_id
	JOIN assignments s ON s.id = r.assignment_id JOIN posts p ON p.id = s.post_id
	JOIN locality_versions v ON v.locality_id = s.locality_id AND v.known @> r.happened_on`

func scanReport(row pgx.CollectableRow) (ReportPage, error) {
	var page ReportPage
	r, g := &page.Report, &page.Grant
	var province, district, commune, hamlet, desk *int64
	err := row.Scan(&r.ID, &r.Author, &r.Assignment, &r.Kind, &r.HappenedOn, &r.Place.Locality, &province, &district, &commune, &hamlet,
		&r.State, &desk, &r.Content, &r.Usefulness, &r.Number, &r.Version, &r.ReceivedAt, &page.Author, &page.Agency,
		&g.Post.Code, &g.Post.NameVi, &g.Post.NameEn, &g.Post.Tier, &g.Post.Capability,
		&g.Locality.ID, &g.Locality.Level, &g.Locality.Type, &g.Locality.Name)
	r.Place.Province, r.Place.District, r.Place.Commune, r.Place.Hamlet = idOf(province), idOf(district), idOf(commune), idOf(hamlet)
	r.Desk, g.AssignmentID = idOf(desk), r.Assignment
	return page, err
}

// InsertReport keeps a new report with its first version and takes its draft away. If a report of the same id was sent
// before, the transaction ends with Conflict.
func (t *Tx) InsertReport(rep casework.Report, submission uuid.UUID) {
	b := &batch{}
	b.Queue(`INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id,
			commune_id, hamlet_id, state, desk_id, summary, content, number, version, received_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		rep.ID, rep.Author, rep.Assignment, rep.Kind, rep.HappenedOn, rep.Place.Locality, orNull(rep.Place.Province),
		orNull(rep.Place.District), orNull(rep.Place.Commune), orNull(rep.Place.Hamlet), rep.State, orNull(rep.Desk),
		rep.Content.Summary(rep.Kind), rep.Content, rep.Number, rep.Version, rep.ReceivedAt)
	b.Queue(`INSERT INTO report_versions (report_id, number, submission_id, happened_on, content, sent_at, locality_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, rep.ID, rep.Number, submission, rep.HappenedOn, rep.Content, rep.ReceivedAt, rep.Place.Locality)
	queueVisit(b, rep, rep.ReceivedAt)
	queueSources(b, rep)
	b.Queue(`DELETE FROM report_drafts WHERE report_id = $1 AND author_id = $2`, rep.ID, rep.Author)
	t.tx.put(b)
}

// counts is the condition that a report counts as one, in figures and in what is owed: it was not withdrawn.
func counts(alias string) string { return alias + `.state <> 'withdrawn'` }

// orNull makes NULL of no place.
func orNull(id territory.LocalityID) *int64 {
	if id == 0 {
		return nil
	}
	v := int64(id)
	return &v
}

// idOf makes no place of NULL.
func idOf(v *int64) territory.LocalityID {
	if v == nil {
		return 0
	}
	return territory.LocalityID(*v)
}
