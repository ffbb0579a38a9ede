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

// IssueCase is an issue with everything by which a move is judged today.
type IssueCase struct {
	Issue casework.Issue
	Path  Path                 // of the issue's place today, or of the one that follows it; empty where none does
	Heir  territory.LocalityID // that follows its desk, where that is closed
	Clock casework.Clock
	Moved bool // somebody moved it after the version that was asked about; a comment is no move
}

// Situation gives the case at an instant.
func (c IssueCase) Situation(at time.Time) casework.Situation {
	return casework.Situation{Issue: c.Issue, Desks: c.Path.Desks(), Holdings: c.Path.Holdings, Clock: c.Clock, At: at, Heir: c.Heir}
}

// IssuePage is what the page of an issue shows, names resolved.
type IssuePage struct {
	IssueCase
	Raiser      string
	RaisedPost  cadre.Post // only its code and names
	RaisedPlace string     // of the assignment under which it was raised
	Place       string     // as it was called when the issue was raised
	Field       WorkField
	Asked       string
	Resolver    string
	Events      []IssueEvent
	Reports     []LinkedReport
	Similar     []SimilarIssue // open ones that it may be the same as
	Follow      Follow         // what the reader asked for
	Into        []TwinIssue    // the survivor of a merged issue
	Merged      []TwinIssue    // into this one, as far as the reader may read them
	Agencies    []Agency       // of the path, to which it can be handed
	TwinSaid    []IssueEvent   // the comments on those, whoever may read them
}

// WorkField is a field of work (lĩnh vực).
type WorkField struct {
	Code   string
	NameVi string
	NameEn string
}

// IssueEvent is an event with the names as of its day.
type IssueEvent struct {
	casework.Event
	ActorName    string     // empty where the software moved it
	Post         cadre.Post // the post held; only its names, empty if none
	PostPlace    string
	FromDeskName string
	ToDeskName   string
	AskedName    string
	VacantNames  []string // desks passed over because nobody led them
	Mentioned    []string // whom a comment speaks to
	OtherNumber  string   // of the other issue of a merge
	Files        []EventFile
}

// EventFile is a file that came with a move.
type EventFile struct {
	ID   uuid.UUID
	Name string
}

// LinkedReport is a report from which an issue came.
type LinkedReport struct {
	ID         uuid.UUID
	Kind       casework.ReportKind
	Summary    string
	HappenedOn territory.Day
	Author     string
	Withdrawn  bool
}

// guard makes the condition under which an issue may be read.
type guard func(p *params) string

func inScope(s cadre.Scope) guard {
	return func(p *params) string { return within(s, "i", "raiser_id", p) }
}

// unguarded is for work that nobody in particular asked for.
func unguarded(*params) string { return "true" }

// IssueReader says for whom the page of an issue is read.
type IssueReader struct {
	Issues, Reports cadre.Scope
	By              cadre.ID
	Day             territory.Day
}

// IssuePage reads an issue with all that its page shows, in one round trip. NotFound if it does not exist or lies outside
// of the scope. Of the linked reports only those in the reader's scope come.
func (r reader) IssuePage(ctx context.Context, id uuid.UUID, q IssueReader) (IssuePage, error) {
	issues, reports, day := q.Issues, q.Reports, q.Day
	var page, rest IssuePage
	var found bool
	var clock clockRows
	b := &batch{}
	p := &params{}
	queueOne(b, &page, &found, scanIssuePage, `SELECT `+issueColumns+`, c.full_name, rp.name_vi, rp.name_en, coalesce(av.name, ''),
			coalesce(pv.name, ''), w.name_vi, w.name_en, coalesce(ac.full_name, ''), coalesce(rc.full_name, '')
		FROM `+issueFrom+` JOIN cadres c ON c.id = i.raiser_id JOIN work_fields w ON w.code = i.field
		LEFT JOIN cadres ac ON ac.id = i.asked_id LEFT JOIN cadres rc ON rc.id = i.resolver_id
		LEFT JOIN locality_versions av ON av.locality_id = rs.locality_id AND av.known @> `+localDay("i.raised_at")+`
		LEFT JOIN locality_versions pv ON pv.locality_id = i.locality_id AND pv.known @> `+localDay("i.raised_at")+`
		WHERE i.id = `+p.add(id)+` AND `+inScope(issues)(p), p.list...)
	queuePath(b, &rest.Path, `(SELECT locality_today(locality_id, $2::date) FROM issues WHERE id = $1)`, id, day)
	queueAll(b, &rest.Events, scanIssueEvent, eventSQL+` WHERE e.issue_id = $1 ORDER BY e.seq`, id)
	p = &params{}
	queueAll(b, &rest.Reports, pgx.RowToStructByPos[LinkedReport], `SELECT r.id, r.kind, r.summary, r.happened_on, c.full_name, r.state = 'withdrawn'
		FROM issue_reports ir JOIN reports r ON r.id = ir.report_id JOIN cadres c ON c.id = r.author_id
		WHERE ir.issue_id = `+p.add(id)+` AND `+within(reports, "r", "author_id", p)+` ORDER BY r.received_at, r.id`, p.list...)
	queueClock(b, &clock)
	queueSimilarTo(b, &rest.Similar, id, issues, day)
	queueFollow(b, &rest.Follow, id, q.By)
	queueAgencies(b, &rest.Agencies, id, day)
	queueTwins(b, &rest.Into, &rest.Merged, id, issues)
	queueAll(b, &rest.TwinSaid, scanIssueEvent, eventSQL+` WHERE e.issue_id IN (SELECT id FROM issues WHERE merged_into = $1) AND e.move = $2
		ORDER BY e.at, e.id`, id, casework.CommentOn)
	if err := r.run(ctx, b); err != nil {
		return IssuePage{}, err
	}
	if !found {
		return IssuePage{}, fault.NotFound()
	}
	rest.Issue, rest.Clock = page.Issue, clock.clock()
	rest.Raiser, rest.RaisedPost, rest.RaisedPlace, rest.Place, rest.Field = page.Raiser, page.RaisedPost, page.RaisedPlace, page.Place, page.Field
	rest.Asked, rest.Resolver = page.Asked, page.Resolver
	page = rest
	return page, nil
}

// caseRows is a case as it is read.
type caseRows struct {
	issue casework.Issue
	found bool
	path  Path
	clock clockRows
}

// queueCase adds the reads of a case to a batch. Start is the SQL expression of the issue's id, made from key as $1; lock
// is what follows the condition.
func queueCase(b *batch, dst *caseRows, start string, key any, day territory.Day, g guard, lock string) {
	p := &params{}
	p.add(key)
	queueOne(b, &dst.issue, &dst.found, scanIssue, `SELECT `+issueColumns+` FROM `+issueFrom+` WHERE i.id = `+start+` AND `+g(p)+lock, p.list...)
	queuePath(b, &dst.path, strings.Replace(`(SELECT locality_today(locality_id, $2::date) FROM issues WHERE id = <id>)`, "<id>", start, 1), key, day)
	queueClock(b, &dst.clock)
}

func (c caseRows) result() (IssueCase, error) {
	if !c.found {
		return IssueCase{}, fault.NotFound()
	}
	return IssueCase{Issue: c.issue, Path: c.path, Clock: c.clock.clock()}, nil
}

const issueColumns = `i.id, coalesce(i.number, ''), i.title, i.description, i.field, i.severity, i.locality_id, i.province_id,
	i.district_id, i.commune_id, i.hamlet_id, i.raiser_id, i.assignment_id, rp.code, rs.locality_id, i.raised_at, i.state, i.desk_id,
	i.arrived_at, i.acknowledge_by, i.due_at, coalesce(i.left_minutes, 0), coalesce(i.asked_id, 0), coalesce(i.resume_state, ''),
	i.agency, i.agency_due_on, i.instruction_due_on, coalesce(i.resolver_id, 0), i.outcome, i.evidence, i.appealed, i.passed_desk, i.reopened,
	i.closed_at, i.warn_at, i.lapsed_at, i.confirm_by, i.merged_into, i.version`

const issueFrom = `issues i JOIN assignments rs ON rs.id = i.assignment_id JOIN posts rp ON rp.id = rs.post_id`

// scanIssueInto reads issueColumns and then the rest.
func scanIssueInto(row pgx.CollectableRow, i *casework.Issue, rest ...any) error {
	var province, district, commune, hamlet *int64
	var acknowledge, due, closed, warn, lapsed, confirm *time.Time
	var left int
	var into *uuid.UUID
	err := row.Scan(append([]any{
		&i.ID, &i.Number, &i.Title, &i.Description, &i.Field, &i.Severity, &i.Place.Locality, &province,
		&district, &commune, &hamlet, &i.Raiser, &i.Assignment, &i.RaisedPost, &i.RaisedAs, &i.RaisedAt, &i.State, &i.Desk,
		&i.ArrivedAt, &acknowledge, &due, &left, &i.Asked, &i.Resume,
		&i.Agency, &i.AgencyDue, &i.InstructionDue, &i.Resolver, &i.Outcome, &i.Evidence, &i.Appealed, &i.PassedDesk, &i.Reopened,
		&closed, &warn, &lapsed, &confirm, &into, &i.Version,
	}, rest...)...)
	i.Place.Province, i.Place.District, i.Place.Commune, i.Place.Hamlet = idOf(province), idOf(district), idOf(commune), idOf(hamlet)
	i.AcknowledgeBy, i.DueAt, i.ClosedAt = instant(acknowledge), instant(due), instant(closed)
	i.WarnAt, i.LapsedAt, i.ConfirmBy = instant(warn), instant(lapsed), instant(confirm)
	i.Left = time.Duration(left) * time.Minute
	if into != nil {
		i.MergedInto = *into
	}
	return err
}

func scanIssue(row pgx.CollectableRow) (casework.Issue, error) {
	var i casework.Issue
	err := scanIssueInto(row, &i)
	return i, err
}

func scanIssuePage(row pgx.CollectableRow) (IssuePage, error) {
	var page IssuePage
	err := scanIssueInto(row, &page.Issue, &page.Raiser, &page.RaisedPost.NameVi, &page.RaisedPost.NameEn, &page.RaisedPlace,
		&page.Place, &page.Field.NameVi, &page.Field.NameEn, &page.Asked, &page.Resolver)
	page.Field.Code, page.RaisedPost.Code = page.Issue.Field, page.Issue.RaisedPost
	return page, err
}

// eventSQL reads events with the names as of their day.
var eventSQL = `SELECT e.id, e.seq, e.move, e.at, coalesce(e.actor_id, 0), coalesce(e.assignment_id, 0), e.from_state, e.to_state,
		coalesce(e.from_desk_id, 0), e.to_desk_id, e.reason, e.detail, coalesce(c.full_name, ''), coalesce(p.name_vi, ''), coalesce(p.name_en, ''),
		coalesce(sv.name, ''), coalesce(fv.name, ''), coalesce(tv.name, ''), coalesce(ac.full_name, ''),
		ARRAY(SELECT vv.name FROM jsonb_array_elements_text(e.detail -> 'vacant') WITH ORDINALITY AS x (id, n)
			JOIN locality_versions vv ON vv.locality_id = x.id::bigint AND vv.known @> ` + localDay("e.at") + ` ORDER BY x.n),
		ARRAY(SELECT mc.full_name FROM jsonb_array_elements_text(e.detail -> 'mentioned') WITH ORDINALITY AS x (id, n) JOIN cadres mc ON mc.id = x.id::bigint ORDER BY x.n),
		coalesce(oi.number, ''),
		ARRAY(SELECT xf.file_id FROM issue_files xf WHERE xf.event_id = e.id ORDER BY xf.position),
		ARRAY(SELECT f.name FROM issue_files xf JOIN files f ON f.id = xf.file_id WHERE xf.event_id = e.id ORDER BY xf.position)
	FROM issue_events e LEFT JOIN cadres c ON c.id = e.actor_id
	LEFT JOIN assignments s ON s.id = e.assignment_id LEFT JOIN posts p ON p.id = s.post_id
	LEFT JOIN locality_versions sv ON sv.locality_id = s.locality_id AND sv.known @> ` + localDay("e.at") + `
	LEFT JOIN locality_versions fv ON fv.locality_id = e.from_desk_id AND fv.known @> ` + localDay("e.at") + `
	LEFT JOIN locality_versions tv ON tv.locality_id = e.to_desk_id AND tv.known @> ` + localDay("e.at") + `
	LEFT JOIN cadres ac ON ac.id = (e.detail ->> 'asked')::bigint
	LEFT JOIN issues oi ON oi.id = (e.detail ->> 'other')::uuid`

func scanIssueEvent(row pgx.CollectableRow) (IssueEvent, error) {
	var v IssueEvent
	e := &v.Event
	var files []uuid.UUID
	var names []string
	err := row.Scan(&e.ID, &e.Seq, &e.Move, &e.At, &e.Actor, &e.Assignment, &e.FromState, &e.ToState, &e.FromDesk, &e.ToDesk, &e.Reason,
		&e.Detail, &v.ActorName, &v.Post.NameVi, &v.Post.NameEn, &v.PostPlace, &v.FromDeskName, &v.ToDeskName, &v.AskedName, &v.VacantNames,
		&v.Mentioned, &v.OtherNumber, &files, &names)
	for i, id := range files {
		v.Files = append(v.Files, EventFile{ID: id, Name: names[i]})
	}
	return v, err
}

// instant makes the zero time of NULL.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// orNever makes NULL of the zero time.
func orNever(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
