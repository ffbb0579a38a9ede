package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

type boardQuery struct {
	Place    string `form:"place"`
	Field    string `form:"field"`
	Severity string `form:"severity"`
	Age      string `form:"age"`
	Queue    string `form:"queue"`
}

// boardAges are the ages, in days, by which the board can be narrowed.
var boardAges = []int{7, 15, 30, 90}

// boardShort is how many rows the whole board shows of the queues in which nothing waits for the reader; each queue alone
// shows more.
var boardShort = map[app.BoardGroup]int{app.ToBeSettled: 5, app.OthersBelow: 5}

// queueTones say how each queue is felt when there is something in it.
var queueTones = map[app.BoardGroup]component.Tone{
	app.AtMyDesk: component.Info, app.OverdueBelow: component.Danger, app.UrgentBelow: component.Warn,
}

func (s *Server) review(w http.ResponseWriter, r *http.Request) error {
	var q boardQuery
	decodeQuery(r, &q)
	ctx, actor := r.Context(), session(r).Actor
	board, err := s.app.Board(ctx, actor, q.filter(), app.BoardGroup(q.Queue))
	if err != nil {
		return err
	}
	v := page.BoardView{Base: s.base(w, r, "review.title")}
	v.Description = i18n.T(ctx, "review.help")
	v.Actions = []component.Action{{Label: i18n.T(ctx, "figures.link"), URL: figuresPath, Icon: "chart"}, {Label: i18n.T(ctx, "meeting.list"), URL: meetingsPath, Icon: "board"}}
	v.Filter, v.Fields = boardFilter(ctx, q, board)
	for _, queue := range board.Queues {
		if rows, short := boardShort[queue.Group]; short && q.Queue == "" && len(queue.Rows) > rows {
			queue.Rows = queue.Rows[:rows]
		}
		group := boardGroup(ctx, queue, actor.At)
		if q.Queue == "" && group.More != "" {
			group.MoreURL = q.with(queue.Group).url()
		}
		v.Groups = append(v.Groups, group)
		tile := component.Tile{Number: countText(ctx, queue), Label: group.Title, URL: "#" + group.ID}
		if queue.Count > 0 {
			tile.Tone = queueTones[queue.Group]
		}
		v.Tiles = append(v.Tiles, tile)
	}
	v.Export = exportOf(q.url())
	return s.render(w, r, http.StatusOK, page.Board(v))
}

// filter reads the filters; a severity or an age that the board does not offer filters nothing.
func (q boardQuery) filter() app.BoardFilter {
	f := app.BoardFilter{Place: territory.LocalityID(number(q.Place)), Field: q.Field}
	if n := casework.Severity(number(q.Severity)); n.Valid() {
		f.Severity = n
	}
	if days := int(number(q.Age)); slices.Contains(boardAges, days) {
		f.MinDays = days
	}
	return f
}

// with gives the same board narrowed to one queue.
func (q boardQuery) with(group app.BoardGroup) boardQuery {
	q.Queue = string(group)
	return q
}

func (q boardQuery) url() string {
	v := url.Values{}
	for name, value := range map[string]string{"place": q.Place, "field": q.Field, "severity": q.Severity, "age": q.Age, "queue": q.Queue} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return "/review?" + v.Encode()
}

// countText writes how long a queue is; a very long one is counted no further.
func countText(ctx context.Context, q app.BoardQueue) string {
	if q.Over {
		return i18n.T(ctx, "review.over", "n", i18n.Count(ctx, q.Count))
	}
	return i18n.Count(ctx, q.Count)
}

func boardGroup(ctx context.Context, q app.BoardQueue, now time.Time) page.BoardGroup {
	group := page.BoardGroup{
		ID: "queue-" + string(q.Group), Title: i18n.T(ctx, "board.queue."+string(q.Group)), Help: i18n.T(ctx, "review."+string(q.Group)+"_help"),
		Empty: i18n.T(ctx, "review.none"),
	}
	for _, row := range q.Rows {
		group.Rows = append(group.Rows, boardRow(ctx, row, q.Group, now))
	}
	if more := q.Count - len(q.Rows); more > 0 {
		group.More = i18n.T(ctx, "review.more", "n", i18n.Count(ctx, more))
	}
	return group
}

// quickMoves are the moves that the board offers on an issue at the reader's own desk, by its state.
var quickMoves = map[casework.State][]casework.Move{
	casework.New:          {casework.Acknowledge},
	casework.Acknowledged: {casework.Start, casework.Escalate, casework.SendDown, casework.AskInfo},
	casework.InProgress:   {casework.Resolve, casework.Escalate, casework.AskInfo},
}

// boardRow words one issue of the board with the way it took. The issue's own page judges each move; the board offers the
// usual ones.
func boardRow(ctx context.Context, row app.BoardRow, group app.BoardGroup, now time.Time) page.IssueRow {
	out := issueRow(ctx, row.IssueRow, now)
	out.Steps = trailOf(ctx, row.Stops, out.Overdue)
	moves := quickMoves[row.State]
	switch group {
	case app.AtMyDesk:
	case app.OverdueBelow, app.UrgentBelow, app.OthersBelow:
		moves = []casework.Move{casework.PullUp}
	case app.ToBeSettled:
		moves = nil
	}
	for _, m := range moves {
		out.Actions = append(out.Actions, page.QuickMove{Label: i18n.T(ctx, "issue.move."+string(m)), URL: moveURL(row.ID.String(), m), Icon: moveIcons[m]})
	}
	return out
}

// trailOf words the way of an issue through the desks in one line.
func trailOf(ctx context.Context, stops []app.DeskStop, overdue bool) []page.Step {
	var steps []page.Step
	for _, stop := range stops {
		steps = append(steps, page.Step{
			Desk: stop.Name, Spent: i18n.T(ctx, "issue.working", "span", workingSpan(ctx, stop.Working)), Current: stop.Current, Late: stop.Current && overdue,
		})
	}
	return steps
}

func boardFilter(ctx context.Context, q boardQuery, board app.Board) (component.Filter, []component.Field) {
	place := component.Field{Name: "place", Label: i18n.T(ctx, "review.place"), Value: q.Place, Empty: i18n.T(ctx, "issues.any")}
	if self := board.Place.Self(); self.ID != 0 {
		place.Options = append(place.Options, component.Option{Value: q.Place, Label: self.Name})
	}
	for _, l := range board.Places {
		place.Options = append(place.Options, component.Option{Value: strconv.FormatInt(int64(l.ID), 10), Label: l.Name})
	}
	field := fieldSelect(ctx, board.Fields, q.Field, "")
	field.Required, field.Empty = false, i18n.T(ctx, "issues.any")
	age := component.Field{Name: "age", Label: i18n.T(ctx, "review.age"), Value: q.Age, Empty: i18n.T(ctx, "issues.any")}
	for _, days := range boardAges {
		age.Options = append(age.Options, component.Option{Value: strconv.Itoa(days), Label: i18n.T(ctx, "review.age_over", "n", days)})
	}
	fields := []component.Field{field, severityFilter(ctx, q.Severity), age}
	if len(place.Options) > 0 {
		fields = append([]component.Field{place}, fields...)
	}
	f := component.Filter{Action: "/review"}
	if q != (boardQuery{}) {
		f.Open, f.Active, f.ClearURL = true, i18n.T(ctx, "issues.filtered"), "/review"
	}
	return f, fields
}
