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

// Notice is something a person is told in the application.
type Notice struct {
	ID     uuid.UUID
	Cadre  cadre.ID
	Event  string // what it is about, once for each person
	Kind   string // worded by the message notice.<kind> with the arguments
	Args   map[string]string
	Issue  uuid.UUID // zero if it is about none
	Report uuid.UUID // zero if it is about none
	At     time.Time
	Seen   bool
	Closed bool // what it is about may not be read any more; the title is left out then
}

// NoticeList is a page of notices, the newest first.
type NoticeList struct {
	Rows []Notice
	Next string // cursor of the next page; empty on the last one
}

// Notices lists what somebody was told. Rights last as long as the assignment, so that the title of an issue or report
// that has left the scopes is not shown any more. A cursor that is none is NotFound.
func (r reader) Notices(ctx context.Context, id cadre.ID, issues, reports cadre.Scope, page Page) (NoticeList, error) {
	p := &params{}
	after := "true"
	me := p.add(id)
	if page.After != "" {
		c, err := ParseCursor(page.After)
		if err != nil {
			return NoticeList{}, err
		}
		after = `(n.at, n.id) < (` + p.add(c.At) + `::timestamptz, ` + p.add(c.ID) + `::uuid)`
	}
	var list NoticeList
	b := &batch{}
	queueAll(b, &list.Rows, scanNotice, `SELECT `+noticeColumns(closedTo(issues, reports, p))+`
		FROM notices n WHERE n.cadre_id = `+me+` AND `+after+` ORDER BY n.at DESC, n.id DESC LIMIT `+p.add(page.Limit+1), p.list...)
	if err := r.run(ctx, b); err != nil {
		return NoticeList{}, err
	}
	if len(list.Rows) > page.Limit {
		list.Rows = list.Rows[:page.Limit]
		last := list.Rows[page.Limit-1]
		list.Next = Cursor{At: last.At, ID: last.ID}.String()
	}
	return list, nil
}

// closedTo is the condition that what a notice n is about may not be read in these scopes.
func closedTo(issues, reports cadre.Scope, p *params) string {
	return `(n.issue_id IS NOT NULL AND NOT EXISTS (SELECT FROM issues i WHERE i.id = n.issue_id AND ` + within(issues, "i", "raiser_id", p) + `)
		OR n.report_id IS NOT NULL AND NOT EXISTS (SELECT FROM reports r WHERE r.id = n.report_id AND ` + within(reports, "r", "author_id", p) + `))`
}

// noticeColumns are what scanNotice reads; what is closed has no title.
func noticeColumns(closed string) string {
	return `n.id, n.cadre_id, n.event_key, n.kind,
			CASE WHEN ` + closed + ` AND n.args ? 'title' THEN n.args || '{"title": "…"}' ELSE n.args END,
			n.issue_id, n.report_id, n.at, n.seen_at IS NOT NULL, ` + closed
}

func scanNotice(row pgx.CollectableRow) (Notice, error) {
	var n Notice
	var issue, report *uuid.UUID
	err := row.Scan(&n.ID, &n.Cadre, &n.Event, &n.Kind, &n.Args, &issue, &report, &n.At, &n.Seen, &n.Closed)
	if issue != nil {
		n.Issue = *issue
	}
	if report != nil {
		n.Report = *report
	}
	return n, err
}

// InsertNotices tells people; whoever was told of the same event before is not told again.
func (t *Tx) InsertNotices(ctx context.Context, notices []Notice) error {
	if len(notices) == 0 {
		return nil
	}
	b := &batch{}
	for _, n := range notices {
		b.Queue(`INSERT INTO notices (id, cadre_id, event_key, kind, args, issue_id, report_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (cadre_id, event_key) DO NOTHING`, n.ID, n.Cadre, n.Event, n.Kind, n.Args, orNoID(n.Issue), orNoID(n.Report), n.At)
	}
	return t.run(ctx, b)
}

// SeeNotice marks one of somebody's notices as seen, and gives it; NotFound if they have no such notice.
func (t *Tx) SeeNotice(ctx context.Context, id uuid.UUID, by cadre.ID, at time.Time) (Notice, error) {
	var n Notice
	var found bool
	b := &batch{}
	queueOne(b, &n, &found, scanNotice, `UPDATE notices n SET seen_at = coalesce(seen_at, $3) WHERE id = $1 AND cadre_id = $2
		RETURNING `+noticeColumns("false"), id, by, at)
	if err := t.run(ctx, b); err != nil {
		return Notice{}, err
	}
	if !found {
		return Notice{}, fault.NotFound()
	}
	return n, nil
}

// SeeAllNotices marks everything that somebody was told up to the instant as seen.
func (t *Tx) SeeAllNotices(ctx context.Context, by cadre.ID, upTo, at time.Time) error {
	_, err := t.tx.Exec(ctx, `UPDATE notices SET seen_at = $3 WHERE cadre_id = $1 AND seen_at IS NULL AND at <= $2`, by, upTo, at)
	return translate(err)
}

// SeeIssue marks what somebody was told of an issue as seen: they have its page before them.
func (t *Tx) SeeIssue(ctx context.Context, issue uuid.UUID, by cadre.ID, at time.Time) error {
	_, err := t.tx.Exec(ctx, `UPDATE notices SET seen_at = $3 WHERE cadre_id = $1 AND seen_at IS NULL AND issue_id = $2`, by, issue, at)
	return translate(err)
}

// TellableEvent is an event with everything by which it is known whom to tell.
type TellableEvent struct {
	Case     IssueCase
	Event    IssueEvent
	Audience casework.Audience
	Merged   []MergedIssue // into this one
}

// MergedIssue is an issue that was merged into another.
type MergedIssue struct {
	ID     uuid.UUID
	Number string
	Title  string
	Raiser cadre.ID
}

// TellableEvent reads them in one round trip; NotFound if there is no such event. Not guarded.
func (r reader) TellableEvent(ctx context.Context, event uuid.UUID, day territory.Day) (TellableEvent, error) {
	var rows caseRows
	var t TellableEvent
	var found bool
	b := &batch{}
	queueCase(b, &rows, `(SELECT issue_id FROM issue_events WHERE id = $1)`, event, day, unguarded, "")
	queueOne(b, &t.Event, &found, scanIssueEvent, eventSQL+` WHERE e.id = $1`, event)
	queueAll(b, &t.Audience.Commenters, pgx.RowTo[cadre.ID], `SELECT DISTINCT o.actor_id FROM issue_events e
		JOIN issue_events o ON o.issue_id = e.issue_id AND o.seq < e.seq AND o.move = $2 AND o.actor_id IS NOT NULL
		WHERE e.id = $1 ORDER BY 1`, event, casework.CommentOn)
	queueAll(b, &t.Audience.Following, pgx.RowTo[cadre.ID], `SELECT cadre_id FROM issue_follows
		WHERE issue_id = (SELECT issue_id FROM issue_events WHERE id = $1) AND NOT muted ORDER BY 1`, event)
	queueAll(b, &t.Audience.Muted, pgx.RowTo[cadre.ID], `SELECT cadre_id FROM issue_follows
		WHERE issue_id = (SELECT issue_id FROM issue_events WHERE id = $1) AND muted ORDER BY 1`, event)
	queueAll(b, &t.Merged, pgx.RowToStructByPos[MergedIssue], `SELECT id, coalesce(number, ''), title, raiser_id FROM issues
		WHERE merged_into = (SELECT issue_id FROM issue_events WHERE id = $1) ORDER BY id`, event)
	if err := r.run(ctx, b); err != nil {
		return TellableEvent{}, err
	}
	var err error
	t.Case, err = rows.result()
	return t, err
}

func orNoID(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
