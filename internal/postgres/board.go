package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// BoardGroup is one queue of the review board. An open issue of the subtree stands in one queue at the most.
type BoardGroup string

// The queues. What the reader's desk has passed on to desks above it is in none of them unless it waits for confirmation.
const (
	AtMyDesk     BoardGroup = "desk"    // held at the reader's own desks
	OverdueBelow BoardGroup = "overdue" // late at desks below
	ToBeSettled  BoardGroup = "confirm" // resolved, waiting for confirmation
	OthersBelow  BoardGroup = "below"   // everything else at desks below

	PressingBelow BoardGroup = "pressing" // bức xúc or khẩn at desks below and not late
	ReopenedBelow BoardGroup = "reopened" // neither late nor pressing, and opened again after it was said to be solved
)

// BoardGroups lists the queues in the order in which the board shows them.
func BoardGroups() []BoardGroup {
	return []BoardGroup{AtMyDesk, OverdueBelow, PressingBelow, ReopenedBelow, ToBeSettled, OthersBelow}
}

// BoardFilter narrows the board; zero values filter nothing.
type BoardFilter struct {
	Place    territory.LocalityID // a sub-region, a commune or any other place
	Inside   bool                 // the place lies inside the reader's own ones, not above them
	Field    string
	Severity casework.Severity
	MinDays  int                  // raised at least so many days ago
	MaxDays  int                  // and less than so many; zero for any number
	Desk     territory.LocalityID // that holds it
}

// BoardQuery says for whom the board is read.
type BoardQuery struct {
	Scope  cadre.Scope
	Desks  []territory.LocalityID // that the reader leads
	Above  []territory.LocalityID // the desks above those
	Now    time.Time
	Filter BoardFilter
	Groups []BoardGroup
	Whole  bool            // with the whole at a glance
	Level  territory.Level // of the reader's highest desk: it is drawn by the places right below
	Limit  int             // rows of each queue
	Count  int             // how far each queue is counted, at the least as far as Limit
}

// BoardRow is one issue of the board with its way through the desks so far.
type BoardRow struct {
	IssueRow
	Stops []DeskStop
}

// DeskStop is one stay at a desk.
type DeskStop struct {
	casework.Stop
	Name string // of the desk, as it was called on arrival
}

// BoardQueue is one queue with its first rows.
type BoardQueue struct {
	Group BoardGroup
	Rows  []BoardRow
	Count int  // of the whole queue, as far as it was counted
	Over  bool // there are more than were counted
}

// Board is what the review board shows.
type Board struct {
	Queues []BoardQueue
	Place  territory.Chain // today's chain of the place in the filter; empty if it does not exist. Not guarded
	Glance []GlanceRow
	Below  []territory.Locality // inside the reader's own places, directly below that place or, without one, below the own desks
	Fields []WorkField
}

// Board reads the queues of the review board, the most pressing first, in one round trip.
func (r reader) Board(ctx context.Context, q BoardQuery) (Board, error) {
	var clock clockRows
	board := Board{Queues: make([]BoardQueue, len(q.Groups))}
	day := territory.DayOf(q.Now)
	var ways []boardWay
	b := &batch{}
	p := &params{}
	queueAll(b, &ways, scanBoardWay, q.sql(p), p.list...)
	if q.Filter.Place != 0 {
		queueAll(b, (*[]territory.Locality)(&board.Place), scanLocality, strings.Replace(chainSQL, "<start>", "$1", 1), q.Filter.Place, day)
	}
	if q.Whole {
		queueGlance(b, &board.Glance, q)
	}
	queueBelow(b, &board.Below, q, day)
	queueFields(b, &board.Fields)
	queueClock(b, &clock)
	if err := r.run(ctx, b); err != nil {
		return Board{}, err
	}
	calendar := clock.clock().Calendar
	waited(board.Glance, calendar, q.Now)
	for n, group := range q.Groups {
		queue := BoardQueue{Group: group}
		for _, w := range ways {
			if w.group == group {
				queue.Rows = append(queue.Rows, BoardRow{IssueRow: w.row, Stops: w.stops(calendar, q.Now)})
				queue.Count, queue.Over = min(w.total, q.Count), w.total > q.Count
			}
		}
		board.Queues[n] = queue
	}
	return board, nil
}

// sql makes one query of all queues, so that the names are joined, and that is planned, only once.
func (q BoardQuery) sql(p *params) string {
	var queues, first []string
	limit := p.add(q.Limit)
	for _, group := range q.Groups {
		name := "queue_" + string(group)
		queues = append(queues, name+` AS MATERIALIZED (`+q.keys(group, p)+`)`)
		first = append(first, `(SELECT '`+string(group)+`' AS queue, id, (SELECT count(*) FROM `+name+`) AS total
			FROM `+name+` ORDER BY severity DESC, due_at, id LIMIT `+limit+`)`)
	}
	return `WITH ` + strings.Join(queues, ", ") + `, k AS (` + strings.Join(first, " UNION ALL ") + `)
		SELECT ` + rowColumns + `, k.queue, k.total, way.moves, way.at, way.from_states, way.to_states, way.desks, way.names
		FROM k JOIN issues i ON i.id = k.id` + rowNames(p.add(territory.DayOf(q.Now))) + wayJoin + `
		ORDER BY i.severity DESC, i.due_at, i.id`
}

// queueBelow reads the sub-regions, communes or hamlets by which the board can be narrowed. A place outside of the reader's
// own ones has nothing to choose below it.
func queueBelow(b *batch, dst *[]territory.Locality, q BoardQuery, day territory.Day) {
	parents := q.Desks
	if q.Filter.Place != 0 {
		parents = []territory.LocalityID{q.Filter.Place}
	}
	queueAll(b, dst, scanLocality, `SELECT v.locality_id, l.level, v.type, v.name, coalesce(v.code, '')
		FROM locality_versions v JOIN localities l ON l.id = v.locality_id AND l.level <> 'group'
		WHERE v.parent_id = ANY($1) AND v.valid @> $2::date
			AND EXISTS (SELECT FROM locality_chain(v.parent_id, $2) ch WHERE ch.locality_id = ANY($3))
		ORDER BY l.level DESC, coalesce(substring(v.name FROM '[0-9]{1,9}')::int, 0), v.name COLLATE "vi-x-icu", v.locality_id`,
		int64s(parents), day, int64s(q.Desks))
}

// keys makes the query of the ids of one queue.
func (q BoardQuery) keys(group BoardGroup, p *params) string {
	l := scoped{table: "issues", columns: "id, severity, due_at", order: "severity DESC, due_at, id", limit: q.Count + 1}
	l.where = append(q.where(group, p), q.Filter.where(q.Now, p)...)
	switch {
	case group == AtMyDesk: // led by the desk, which holds little, and not by the place
		l.where = append(l.where, within(q.Scope, "t", "raiser_id", p))
		if q.Filter.Place != 0 {
			l.where = append(l.where, inPlace(p.add(int64(q.Filter.Place))))
		}
		return `SELECT ` + l.columns + ` FROM issues t WHERE ` + strings.Join(l.where, " AND ") + ` ORDER BY ` + l.order + ` LIMIT ` + p.add(l.limit)
	case q.Filter.Place != 0 && q.Filter.Inside:
		l.where = append(l.where, within(q.Scope, "t", "raiser_id", p))
		return placeLed(l, q.Filter.Place, p)
	case q.Filter.Place != 0:
		l.where = append(l.where, inPlace(p.add(int64(q.Filter.Place))))
	}
	return l.sql(q.Scope, p)
}

func (q BoardQuery) where(group BoardGroup, p *params) []string {
	elsewhere := func() string {
		return `t.state <> 'resolved' AND NOT t.desk_id = ANY(` + p.add(append(int64s(q.Desks), int64s(q.Above)...)) + `::bigint[])`
	}
	where := []string{`t.closed_at IS NULL`}
	switch group {
	case AtMyDesk:
		where = append(where, `t.state <> 'resolved' AND t.desk_id = ANY(`+p.add(int64s(q.Desks))+`::bigint[])`)
	case OverdueBelow:
		where = append(where, elsewhere(), `t.due_at < `+p.add(q.Now))
	case ToBeSettled:
		where = append(where, `t.state = 'resolved' AND t.due_at IS NULL`)
	case PressingBelow:
		where = append(where, elsewhere(), `t.severity > 1 AND (t.due_at >= `+p.add(q.Now)+` OR t.due_at IS NULL)`)
	case ReopenedBelow:
		where = append(where, elsewhere(), `t.severity = 1 AND t.reopened AND (t.due_at >= `+p.add(q.Now)+` OR t.due_at IS NULL)`)
	case OthersBelow:
		where = append(where, elsewhere(), `t.severity = 1 AND NOT t.reopened AND (t.due_at >= `+p.add(q.Now)+` OR t.due_at IS NULL)`)
	}
	return where
}

func (f BoardFilter) where(now time.Time, p *params) []string {
	var where []string
	if f.Field != "" {
		where = append(where, `t.field = `+p.add(f.Field))
	}
	if f.Severity != 0 {
		where = append(where, `t.severity = `+p.add(f.Severity))
	}
	if f.MinDays > 0 {
		where = append(where, `t.raised_at <= `+p.add(now.AddDate(0, 0, -f.MinDays)))
	}
	if f.MaxDays > 0 {
		where = append(where, `t.raised_at > `+p.add(now.AddDate(0, 0, -f.MaxDays)))
	}
	if f.Desk != 0 {
		where = append(where, `t.desk_id = `+p.add(int64(f.Desk)))
	}
	return where
}

// wayJoin reads of each issue only the events that bring it to a desk, end it or open it again.
var wayJoin = ` CROSS JOIN LATERAL (
		SELECT array_agg(e.move ORDER BY e.seq) AS moves, array_agg(e.at ORDER BY e.seq) AS at, array_agg(e.from_state ORDER BY e.seq) AS from_states,
			array_agg(e.to_state ORDER BY e.seq) AS to_states, array_agg(e.to_desk_id ORDER BY e.seq) AS desks,
			array_agg(coalesce(ev.name, '') ORDER BY e.seq) AS names
		FROM issue_events e LEFT JOIN locality_versions ev ON ev.locality_id = e.to_desk_id AND ev.known @> ` + localDay("e.at") + `
		WHERE e.issue_id = i.id AND (e.from_desk_id IS DISTINCT FROM e.to_desk_id
			OR (e.from_state IN ('closed', 'declined', 'merged')) <> (e.to_state IN ('closed', 'declined', 'merged')))) way`

// boardWay is a row with the events of its way.
type boardWay struct {
	row                    IssueRow
	group                  BoardGroup
	moves, from, to, names []string
	at                     []time.Time
	desks                  []int64
	total                  int
}

func scanBoardWay(row pgx.CollectableRow) (boardWay, error) {
	var w boardWay
	err := scanRowInto(row, &w.row, &w.group, &w.total, &w.moves, &w.at, &w.from, &w.to, &w.desks, &w.names)
	return w, err
}

func (w boardWay) stops(calendar casework.Calendar, now time.Time) []DeskStop {
	events := make([]casework.Event, len(w.moves))
	names := map[territory.LocalityID]string{}
	for n := range events {
		desk := territory.LocalityID(w.desks[n])
		events[n] = casework.Event{
			Move: casework.Move(w.moves[n]), At: w.at[n], FromState: casework.State(w.from[n]), ToState: casework.State(w.to[n]), ToDesk: desk,
		}
		names[desk] = w.names[n]
	}
	return namedStops(casework.Path(events, calendar, now), names)
}

func namedStops(stops []casework.Stop, names map[territory.LocalityID]string) []DeskStop {
	named := make([]DeskStop, len(stops))
	for n, s := range stops {
		named[n] = DeskStop{Stop: s, Name: names[s.Desk]}
	}
	return named
}

// Stops gives the stays of the issue at its desks up to an instant.
func (p IssuePage) Stops(now time.Time) []DeskStop {
	events := make([]casework.Event, len(p.Events))
	names := map[territory.LocalityID]string{}
	for n, e := range p.Events {
		events[n], names[e.ToDesk] = e.Event, e.ToDeskName
	}
	return namedStops(casework.Path(events, p.Clock.Calendar, now), names)
}
