package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
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
	Desk     string `form:"desk"`
}

// boardAges are the ages, in days, by which the board can be narrowed.
var boardAges = []int{7, 15, 30, 90}

// ageSpan reads an age of the board: "30" for at least so many days, "7-30" for days from one number up to another; zero for what the board
// does not offer.
func ageSpan(text string) (from, to int) {
	first, last, between := strings.Cut(text, "-")
	from, to = int(number(first)), int(number(last))
	known := func(n int) bool { return n == 0 || slices.Contains(boardAges, n) }
	if !known(from) || !known(to) || between && to <= from {
		return 0, 0
	}
	return from, to
}

// boardShort is how many rows the whole board shows of the queues in which nothing waits for the reader; each queue alone
// shows more.
var boardShort = map[app.BoardGroup]int{app.ToBeSettled: 5, app.OthersBelow: 5}

// queueTones say how each queue is felt when there is something in it.
var queueTones = map[app.BoardGroup]component.Tone{
	app.AtMyDesk: component.Info, app.OverdueBelow: component.Danger, app.PressingBelow: component.Warn, app.ReopenedBelow: component.Warn,
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
	v.Actions = []component.Action{{Label: i18n.T(ctx, "figures.link"), URL: figuresPath, Icon: "chart"}, {Label: i18n.T(ctx, "meeting.list"), URL: meetingsPath, Icon: "board"},
		{Label: i18n.T(ctx, "agency.list"), URL: agenciesPath, Icon: "people"}}
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
	v.Glance = glance(ctx, q, board.Glance)
	v.Many = manyBar(ctx)
	v.Export = exportOf(q.url())
	return s.render(w, r, http.StatusOK, page.Board(v))
}

// filter reads the filters; a severity or an age that the board does not offer filters nothing.
func (q boardQuery) filter() app.BoardFilter {
	f := app.BoardFilter{Place: territory.LocalityID(number(q.Place)), Field: q.Field}
	if n := casework.Severity(number(q.Severity)); n.Valid() {
		f.Severity = n
	}
	f.MinDays, f.MaxDays = ageSpan(q.Age)
	f.Desk = territory.LocalityID(number(q.Desk))
	return f
}

// with gives the same board narrowed to one queue.
func (q boardQuery) with(group app.BoardGroup) boardQuery {
	q.Queue = string(group)
	return q
}

func (q boardQuery) url() string {
	v := url.Values{}
	for name, value := range map[string]string{"place": q.Place, "field": q.Field, "severity": q.Severity, "age": q.Age, "queue": q.Queue, "desk": q.Desk} {
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
	out.ID = row.ID.String()
	out.Steps = trailOf(ctx, row.Stops, out.Overdue)
	moves := quickMoves[row.State]
	switch group {
	case app.AtMyDesk:
	case app.OverdueBelow, app.PressingBelow, app.ReopenedBelow, app.OthersBelow:
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
	if from, to := ageSpan(q.Age); to > 0 {
		age.Options = append(age.Options, component.Option{Value: q.Age, Label: ageWords(ctx, from, to)})
	}
	for _, days := range boardAges {
		age.Options = append(age.Options, component.Option{Value: strconv.Itoa(days), Label: i18n.T(ctx, "review.age_over", "n", days)})
	}
	desk := component.Field{Name: "desk", Label: i18n.T(ctx, "review.glance_desk_head"), Value: q.Desk, Empty: i18n.T(ctx, "issues.any")}
	for _, g := range board.Glance {
		if g.By == app.ByDesk {
			desk.Options = append(desk.Options, component.Option{Value: strconv.FormatInt(int64(g.ID), 10), Label: placeIn(g.Name, g.Above)})
		}
	}
	fields := []component.Field{field, severityFilter(ctx, q.Severity), age}
	if len(desk.Options) > 0 {
		fields = append(fields, desk)
	}
	if len(place.Options) > 0 {
		fields = append([]component.Field{place}, fields...)
	}
	f := component.Filter{Action: "/review"}
	if q != (boardQuery{}) {
		f.Open, f.Active, f.ClearURL = true, i18n.T(ctx, "issues.filtered"), "/review"
	}
	return f, fields
}

// ageWords words a span of days since raising.
func ageWords(ctx context.Context, from, to int) string {
	switch {
	case to == 0:
		return i18n.T(ctx, "review.age_over", "n", from)
	case from == 0:
		return i18n.T(ctx, "review.age_under", "n", to)
	}
	return i18n.T(ctx, "review.age_between", "from", from, "to", to)
}

// manyBar offers what can be done with the issues that were chosen on the board.
func manyBar(ctx context.Context) []component.Button {
	var bar []component.Button
	for _, m := range app.ManyMoves() {
		bar = append(bar, component.Button{
			Label: i18n.T(ctx, "issue.move."+string(m)), Icon: moveIcons[m], Kind: "secondary", Name: "do", Value: string(m), Form: "many",
		})
	}
	return append(bar, component.Button{Label: i18n.T(ctx, "meeting.pick"), Icon: "plus", Kind: "secondary", FormAction: pickPath, Form: "many"})
}

// glanceShort is how many rows of each picture are shown at once; the rest is folded away.
const glanceShort = 7

// glance draws where the open issues of the reader's area stand, at which desks, and how old they are; each number leads to its rows.
func glance(ctx context.Context, q boardQuery, rows []app.GlanceRow) []page.GlanceTable {
	tables := []page.GlanceTable{}
	for _, by := range []app.GlanceBy{app.ByPlace, app.ByDesk, app.ByAge} {
		t := page.GlanceTable{ID: "glance-" + string(by), Title: i18n.T(ctx, "review.glance_"+string(by)), Head: i18n.T(ctx, "review.glance_"+string(by)+"_head"), Waiting: by == app.ByDesk}
		mine := slices.DeleteFunc(slices.Clone(rows), func(g app.GlanceRow) bool { return g.By != by })
		if by == app.ByDesk { // the slowest first
			slices.SortStableFunc(mine, func(a, b app.GlanceRow) int { return cmp.Compare(b.Waiting, a.Waiting) })
		}
		var open, late []int
		for _, g := range mine {
			open, late = append(open, g.Open), append(late, g.Late)
		}
		bars := component.Bars(open, late)
		for i, g := range mine {
			row := page.GlanceRow{Name: placeIn(g.Name, g.Above), Open: i18n.Count(ctx, g.Open), Late: i18n.Count(ctx, g.Late), Bar: bars[i]}
			to := boardQuery{Place: q.Place, Field: q.Field, Severity: q.Severity, Age: q.Age, Desk: q.Desk}
			switch by {
			case app.ByPlace:
				to.Place = strconv.FormatInt(int64(g.ID), 10)
			case app.ByDesk:
				to.Desk = strconv.FormatInt(int64(g.ID), 10)
				if !g.Oldest.IsZero() {
					row.Waiting = roughHours(ctx, g.Waiting)
				}
			case app.ByAge:
				from, until := app.GlanceAges()[g.Age], 0
				if g.Age+1 < len(app.GlanceAges()) {
					until = app.GlanceAges()[g.Age+1]
				}
				row.Name = ageWords(ctx, from, until)
				to.Age = strconv.Itoa(from)
				if until > 0 {
					to.Age += "-" + strconv.Itoa(until)
				}
			}
			row.URL = to.url()
			if i < glanceShort {
				t.Rows = append(t.Rows, row)
			} else {
				t.More = append(t.More, row)
			}
		}
		if len(t.Rows) > 0 {
			tables = append(tables, t)
		}
	}
	return tables
}
