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

// Meeting is a meeting of a desk at which issues are decided.
type Meeting struct {
	ID        uuid.UUID
	Desk      territory.LocalityID
	DeskName  string // as it is called today
	Title     string
	Place     string
	At        time.Time
	Cancelled bool
	Version   int
	Items     int // on the agenda, as far as the reader may read them
	Concluded int // of those
}

// Hosts says of which desks somebody may know the meetings: those that they lead, and the ones right above the sub-regions that they lead,
// since a sub-region's lead is a member of the committee above (domain.md section 2).
type Hosts struct {
	Own        []territory.LocalityID
	Subregions []territory.LocalityID
	Day        territory.Day
}

// where makes the condition that a meeting m may be known.
func (h Hosts) where(p *params) string {
	own := `m.locality_id = ANY(` + p.add(int64s(h.Own)) + `::bigint[])`
	if len(h.Subregions) == 0 {
		return own
	}
	return `(` + own + ` OR EXISTS (SELECT FROM locality_versions hv WHERE hv.locality_id = ANY(` + p.add(int64s(h.Subregions)) + `::bigint[])
		AND hv.parent_id = m.locality_id AND hv.valid @> ` + p.add(h.Day) + `::date))`
}

// meetingColumns are what scanMeeting reads of a meeting m; readable is the condition of the issues i that count.
func meetingColumns(readable, day string) string {
	return `m.id, m.locality_id, coalesce((SELECT v.name FROM locality_versions v WHERE v.locality_id = m.locality_id AND v.valid @> ` + day + `::date), ''),
		m.title, m.place, m.held_at, m.cancelled_at IS NOT NULL, m.version,
		(SELECT count(*) FROM meeting_items x JOIN issues i ON i.id = x.issue_id WHERE x.meeting_id = m.id AND ` + readable + `),
		(SELECT count(*) FROM meeting_items x JOIN issues i ON i.id = x.issue_id WHERE x.meeting_id = m.id AND x.conclusion <> '' AND ` + readable + `)`
}

func scanMeeting(row pgx.CollectableRow) (Meeting, error) {
	var m Meeting
	err := row.Scan(&m.ID, &m.Desk, &m.DeskName, &m.Title, &m.Place, &m.At, &m.Cancelled, &m.Version, &m.Items, &m.Concluded)
	return m, err
}

// MeetingList are meetings that somebody may know of.
type MeetingList struct {
	Coming []Meeting // and those of today, the next first
	Past   []Meeting // the last first
	Next   string    // cursor of earlier ones; empty if there are none
}

// comingMeetings bounds how many meetings to come are listed.
const comingMeetings = 50

// Meetings reads them in one round trip. A cursor that is none is NotFound.
func (r reader) Meetings(ctx context.Context, h Hosts, issues cadre.Scope, page Page) (MeetingList, error) {
	var list MeetingList
	today := h.Day.Start()
	b := &batch{}
	p := &params{}
	columns := meetingColumns(within(issues, "i", "raiser_id", p), p.add(h.Day))
	queueAll(b, &list.Coming, scanMeeting, `SELECT `+columns+` FROM meetings m WHERE `+h.where(p)+` AND m.cancelled_at IS NULL AND m.held_at >= `+p.add(today)+`
		ORDER BY m.held_at, m.id LIMIT `+p.add(comingMeetings), p.list...)
	p = &params{}
	columns = meetingColumns(within(issues, "i", "raiser_id", p), p.add(h.Day))
	after := "true"
	if page.After != "" {
		c, err := ParseCursor(page.After)
		if err != nil {
			return MeetingList{}, err
		}
		after = `(m.held_at, m.id) < (` + p.add(c.At) + `::timestamptz, ` + p.add(c.ID) + `::uuid)`
	}
	queueAll(b, &list.Past, scanMeeting, `SELECT `+columns+` FROM meetings m WHERE `+h.where(p)+` AND (m.held_at < `+p.add(today)+` OR m.cancelled_at IS NOT NULL) AND `+after+`
		ORDER BY m.held_at DESC, m.id DESC LIMIT `+p.add(page.Limit+1), p.list...)
	if err := r.run(ctx, b); err != nil {
		return MeetingList{}, err
	}
	if len(list.Past) > page.Limit {
		list.Past = list.Past[:page.Limit]
		last := list.Past[page.Limit-1]
		list.Next = Cursor{At: last.At, ID: last.ID}.String()
	}
	return list, nil
}

// OpenMeetings reads the meetings of today and later to which something can be added, the next first, and those of some issues that the
// scope covers.
func (r reader) OpenMeetings(ctx context.Context, h Hosts, ids []uuid.UUID, issues cadre.Scope) ([]Meeting, []IssueRow, error) {
	var list []Meeting
	var rows []IssueRow
	b := &batch{}
	queueOpenMeetings(b, &list, h)
	p := &params{}
	queueAll(b, &rows, scanIssueRow, `SELECT `+rowColumns+` FROM issues i`+rowNames(p.add(h.Day))+` WHERE i.id = ANY(`+p.add(ids)+`) AND i.merged_into IS NULL
		AND `+within(issues, "i", "raiser_id", p)+` ORDER BY i.severity DESC, i.raised_at, i.id`, p.list...)
	err := r.run(ctx, b)
	return list, rows, err
}

func queueOpenMeetings(b *batch, dst *[]Meeting, h Hosts) {
	p := &params{}
	queueAll(b, dst, scanMeeting, `SELECT `+meetingColumns("false", p.add(h.Day))+` FROM meetings m WHERE `+h.where(p)+` AND m.cancelled_at IS NULL
		AND m.held_at >= `+p.add(h.Day.Start())+` ORDER BY m.held_at, m.id LIMIT `+p.add(comingMeetings), p.list...)
}

// MeetingItem is an issue on the agenda of a meeting.
type MeetingItem struct {
	BoardRow
	Position    int
	Minutes     int
	Conclusion  string
	DueOn       territory.Day
	ConcludedAt time.Time
	Meeting     Meeting // only in lists over several
}

// MeetingPage is a meeting with its agenda, as far as the reader may read it.
type MeetingPage struct {
	Meeting
	Chain territory.Chain // of the desk
	Items []MeetingItem
}

// itemSQL reads items x of meetings m with their issues i and the way of each so far.
func itemSQL(day string) string {
	return `SELECT ` + rowColumns + `, x.position, x.minutes, x.conclusion, x.due_on, x.concluded_at, m.id, m.title, m.held_at,
			way.moves, way.at, way.from_states, way.to_states, way.desks, way.names
		FROM meeting_items x JOIN meetings m ON m.id = x.meeting_id JOIN issues i ON i.id = x.issue_id` + rowNames(day) + wayJoin
}

// itemRow is an item as it is read, with the events of its way.
type itemRow struct {
	MeetingItem
	way boardWay
}

func scanItem(row pgx.CollectableRow) (itemRow, error) {
	var v itemRow
	var concluded *time.Time
	err := scanRowInto(row, &v.IssueRow, &v.Position, &v.Minutes, &v.Conclusion, &v.DueOn, &concluded, &v.Meeting.ID, &v.Meeting.Title, &v.Meeting.At,
		&v.way.moves, &v.way.at, &v.way.from, &v.way.to, &v.way.desks, &v.way.names)
	v.ConcludedAt = instant(concluded)
	return v, err
}

func itemsOf(rows []itemRow, calendar casework.Calendar, now time.Time) []MeetingItem {
	items := make([]MeetingItem, len(rows))
	for i, row := range rows {
		items[i] = row.MeetingItem
		items[i].Stops = row.way.stops(calendar, now)
	}
	return items
}

// MeetingPage reads a meeting in one round trip; NotFound if there is none that may be known.
func (r reader) MeetingPage(ctx context.Context, id uuid.UUID, h Hosts, issues cadre.Scope, now time.Time) (MeetingPage, error) {
	var page MeetingPage
	var found bool
	var clock clockRows
	var rows []itemRow
	b := &batch{}
	p := &params{}
	queueOne(b, &page.Meeting, &found, scanMeeting, `SELECT `+meetingColumns(within(issues, "i", "raiser_id", p), p.add(h.Day))+` FROM meetings m
		WHERE m.id = `+p.add(id)+` AND `+h.where(p), p.list...)
	p = &params{}
	queueAll(b, &rows, scanItem, itemSQL(p.add(h.Day))+` WHERE x.meeting_id = `+p.add(id)+` AND `+h.where(p)+` AND `+within(issues, "i", "raiser_id", p)+`
		ORDER BY x.position, i.id`, p.list...)
	queueChain(b, &page.Chain, "(SELECT locality_id FROM meetings WHERE id = $1)", id, h.Day)
	queueClock(b, &clock)
	if err := r.run(ctx, b); err != nil {
		return MeetingPage{}, err
	}
	if !found {
		return MeetingPage{}, fault.NotFound()
	}
	page.Items = itemsOf(rows, clock.clock().Calendar, now)
	return page, nil
}

// ConclusionState narrows a list of conclusions.
type ConclusionState string

// The states: of issues that are open; of those, whose day has passed; of issues that have ended; all.
const (
	ConclusionOpen ConclusionState = "open"
	ConclusionLate ConclusionState = "late"
	ConclusionDone ConclusionState = "done"
)

// Conclusions reads what was concluded on issues inside the scope in the meetings that may be known, the last first.
func (r reader) Conclusions(ctx context.Context, h Hosts, issues cadre.Scope, state ConclusionState, now time.Time, page Page) ([]MeetingItem, string, error) {
	var clock clockRows
	var rows []itemRow
	p := &params{}
	sql := itemSQL(p.add(h.Day)) + ` WHERE x.conclusion <> '' AND ` + h.where(p) + ` AND ` + within(issues, "i", "raiser_id", p)
	switch state {
	case ConclusionOpen:
		sql += ` AND i.closed_at IS NULL`
	case ConclusionLate:
		sql += ` AND i.closed_at IS NULL AND x.due_on < ` + p.add(h.Day)
	case ConclusionDone:
		sql += ` AND i.closed_at IS NOT NULL`
	}
	if page.After != "" {
		c, err := ParseCursor(page.After)
		if err != nil {
			return nil, "", err
		}
		sql += ` AND (x.concluded_at, i.id) < (` + p.add(c.At) + `::timestamptz, ` + p.add(c.ID) + `::uuid)`
	}
	b := &batch{}
	queueAll(b, &rows, scanItem, sql+` ORDER BY x.concluded_at DESC, i.id DESC LIMIT `+p.add(page.Limit+1), p.list...)
	queueClock(b, &clock)
	if err := r.run(ctx, b); err != nil {
		return nil, "", err
	}
	items, next := itemsOf(rows, clock.clock().Calendar, now), ""
	if len(items) > page.Limit {
		items = items[:page.Limit]
		last := items[page.Limit-1]
		next = Cursor{At: last.ConcludedAt, ID: last.ID}.String()
	}
	return items, next, nil
}

// InsertMeeting keeps a new meeting.
func (t *Tx) InsertMeeting(m Meeting, by cadre.ID, under cadre.AssignmentID, at time.Time) {
	t.tx.queue(`INSERT INTO meetings (id, locality_id, title, place, held_at, made_by, assignment_id, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		m.ID, m.Desk, m.Title, m.Place, m.At, by, under, at)
}

// MeetingCase is a meeting that is held fast, with the ids on its agenda.
type MeetingCase struct {
	Meeting
	Items    []AgendaRow
	Readable []uuid.UUID // of the issues that are to be added
}

// AgendaRow is one row of an agenda.
type AgendaRow struct {
	Issue      uuid.UUID
	Position   int
	Minutes    int
	Conclusion string
	DueOn      territory.Day
	Readable   bool // by who asks
}

// LockMeeting holds a meeting fast to which some issues are to be added; NotFound if there is none that may be known.
func (t *Tx) LockMeeting(ctx context.Context, id uuid.UUID, h Hosts, issues cadre.Scope, add []uuid.UUID) (MeetingCase, error) {
	var c MeetingCase
	var found bool
	b := &batch{}
	p := &params{}
	b.Queue(`SELECT 1 FROM meetings m WHERE m.id = `+p.add(id)+` AND `+h.where(p)+` FOR UPDATE`, p.list...)
	p = &params{}
	queueOne(b, &c.Meeting, &found, scanMeeting, `SELECT `+meetingColumns("false", p.add(h.Day))+` FROM meetings m WHERE m.id = `+p.add(id)+` AND `+h.where(p), p.list...)
	p = &params{}
	queueAll(b, &c.Items, pgx.RowToStructByPos[AgendaRow], `SELECT x.issue_id, x.position, x.minutes, x.conclusion, x.due_on, coalesce(`+within(issues, "i", "raiser_id", p)+`, false)
		FROM meeting_items x JOIN issues i ON i.id = x.issue_id WHERE x.meeting_id = `+p.add(id)+` ORDER BY x.position, x.issue_id`, p.list...)
	queueReadable(b, &c.Readable, add, issues)
	if err := t.run(ctx, b); err != nil {
		return MeetingCase{}, err
	}
	if !found {
		return MeetingCase{}, fault.NotFound()
	}
	return c, nil
}

// ReadableIssues gives those of some issues that lie inside the scope and stand for themselves.
func (t *Tx) ReadableIssues(ctx context.Context, ids []uuid.UUID, issues cadre.Scope) ([]uuid.UUID, error) {
	var readable []uuid.UUID
	b := &batch{}
	queueReadable(b, &readable, ids, issues)
	err := t.run(ctx, b)
	return readable, err
}

func queueReadable(b *batch, dst *[]uuid.UUID, ids []uuid.UUID, issues cadre.Scope) {
	if len(ids) == 0 {
		return
	}
	p := &params{}
	sql := `SELECT i.id FROM issues i WHERE i.id = ANY(` + p.add(ids) + `) AND i.merged_into IS NULL AND ` + within(issues, "i", "raiser_id", p)
	queueAll(b, dst, pgx.RowTo[uuid.UUID], sql, p.list...)
}

// SaveMeeting keeps what was changed of a meeting, which counts as another version.
func (t *Tx) SaveMeeting(m Meeting, cancelled *time.Time) {
	t.tx.queue(`UPDATE meetings SET title = $2, place = $3, held_at = $4, cancelled_at = $5, version = version + 1 WHERE id = $1`, m.ID, m.Title, m.Place, m.At, cancelled)
}

// TouchMeeting counts another version of a meeting.
func (t *Tx) TouchMeeting(id uuid.UUID) {
	t.tx.queue(`UPDATE meetings SET version = version + 1 WHERE id = $1`, id)
}

// PutAgenda keeps rows of an agenda; whatever was concluded stays.
func (t *Tx) PutAgenda(meeting uuid.UUID, rows []AgendaRow, by cadre.ID) {
	b := &batch{}
	for _, r := range rows {
		b.Queue(`INSERT INTO meeting_items (meeting_id, issue_id, position, minutes, added_by) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (meeting_id, issue_id) DO UPDATE SET position = excluded.position, minutes = excluded.minutes`, meeting, r.Issue, r.Position, r.Minutes, by)
	}
	t.tx.put(b)
}

// DropAgenda takes issues off an agenda.
func (t *Tx) DropAgenda(meeting uuid.UUID, ids []uuid.UUID) {
	t.tx.queue(`DELETE FROM meeting_items WHERE meeting_id = $1 AND issue_id = ANY($2)`, meeting, ids)
}

// Conclude keeps what was concluded on an issue of an agenda.
func (t *Tx) Conclude(meeting, issue uuid.UUID, text string, due territory.Day, at time.Time) {
	t.tx.queue(`UPDATE meeting_items SET conclusion = $3, due_on = $4, concluded_at = $5 WHERE meeting_id = $1 AND issue_id = $2`, meeting, issue, text, due, at)
}

// IssueCases reads those of some issues that lie inside the scope, in their order, with all by which moves on them are judged, in one round
// trip.
func (r reader) IssueCases(ctx context.Context, ids []uuid.UUID, s cadre.Scope, day territory.Day) ([]IssueCase, error) {
	b := &batch{}
	rows := make([]*caseRows, len(ids))
	for i, id := range ids {
		rows[i] = &caseRows{}
		queueCase(b, rows[i], "$1", id, day, inScope(s), "")
	}
	if len(ids) == 0 {
		return nil, nil
	}
	if err := r.run(ctx, b); err != nil {
		return nil, err
	}
	var cases []IssueCase
	for _, row := range rows {
		if c, err := row.result(); err == nil {
			cases = append(cases, c)
		}
	}
	return cases, nil
}

// LockIssues holds issues inside a scope fast, in the order of their ids, and reads all by which moves on them are judged, in one round trip.
// What lies out of scope is left out.
func (t *Tx) LockIssues(ctx context.Context, ids []uuid.UUID, s cadre.Scope, day territory.Day) (map[uuid.UUID]IssueCase, error) {
	b := &batch{}
	p := &params{}
	b.Queue(`SELECT 1 FROM issues i WHERE i.id = ANY(`+p.add(ids)+`) AND `+within(s, "i", "raiser_id", p)+` ORDER BY i.id FOR UPDATE`, p.list...)
	locked := map[uuid.UUID]*lockedCase{}
	for _, id := range ids {
		locked[id] = queueLocked(b, id, inScope(s), day, 0)
	}
	if err := t.run(ctx, b); err != nil {
		return nil, err
	}
	cases := map[uuid.UUID]IssueCase{}
	for id, l := range locked {
		if c, err := l.result(); err == nil {
			cases[id] = c
		}
	}
	return cases, nil
}
