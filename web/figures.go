package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/sheet"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// Addresses of the figures and of what is behind each of them.
const (
	figuresPath     = "/review/figures"
	figureRowsPath  = "/review/figures/issues"
	figureMonths    = 12 // of the period if none is chosen
	figureLimit     = 5  // years of a period at the most
	desksInFigures  = 15 // that the page names; the file has all
	whatReopened    = "reopened"
	whatAcknowledge = string(casework.Acknowledge)
	whatResolve     = string(casework.Resolve)
)

// figuresQuery is what the URL of the figures says; the rest narrows the rows behind one of them.
type figuresQuery struct {
	Place string `form:"place"`
	Field string `form:"field"`
	From  string `form:"from"`
	To    string `form:"to"`
	What  string `form:"what"`
	Desk  string `form:"desk"`
	Level string `form:"level"`
	After string `form:"after"`
}

// filter reads the filters. Without a period the last twelve months are meant, the present one included; a period is cut to
// some years.
func (q *figuresQuery) filter(actor cadre.Actor) app.FiguresFilter {
	f := app.FiguresFilter{Place: territory.LocalityID(number(q.Place)), Field: q.Field, Desk: territory.LocalityID(number(q.Desk)), Level: territory.Level(q.Level)}
	today := actor.Today()
	if f.To, _ = reportDayParam(q.To); f.To.IsZero() || f.To.After(today) {
		f.To = today
	}
	month := f.To.Start().In(i18n.Zone)
	if f.From, _ = reportDayParam(q.From); f.From.IsZero() || f.From.After(f.To) {
		f.From = territory.NewDay(month.Year(), month.Month()-figureMonths+1, 1)
	}
	if first := territory.NewDay(month.Year()-figureLimit, month.Month(), 1); f.From.Before(first) {
		f.From = first
	}
	q.From, q.To = f.From.String(), f.To.String()
	switch q.What {
	case whatAcknowledge, whatResolve:
		f.Move = casework.Move(q.What)
	case whatReopened:
		f.Reopened = true
	}
	return f
}

func (q figuresQuery) url(path, after string) string {
	values := url.Values{}
	for name, value := range map[string]string{
		"place": q.Place, "field": q.Field, "from": q.From, "to": q.To, "what": q.What, "desk": q.Desk, "level": q.Level, "after": after,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return path + "?" + values.Encode()
}

// rows leads to what is behind a figure.
func (q figuresQuery) rows(what string, fig app.Figure) string {
	q.What = what
	if fig.Desk != 0 {
		q.Desk = strconv.FormatInt(int64(fig.Desk), 10)
	}
	if fig.Level != "" && fig.Desk == 0 {
		q.Level = string(fig.Level)
	}
	if fig.Field.Code != "" {
		q.Field = fig.Field.Code
	}
	if !fig.Month.IsZero() {
		month := fig.Month.Start().In(i18n.Zone)
		q.From = max(q.From, fig.Month.String())
		q.To = min(q.To, territory.NewDay(month.Year(), month.Month()+1, 1).Add(-1).String())
	}
	return q.url(figureRowsPath, "")
}

// Each table of figures tells its rows apart by one thing alone; the rest of a figure is that of any of its issues.
func onlyDesk(f app.Figure) app.Figure  { f.Field, f.Level = app.WorkField{}, ""; return f }
func onlyField(f app.Figure) app.Figure { f.Desk, f.Level = 0, ""; return f }
func onlyLevel(f app.Figure) app.Figure { f.Desk, f.Field = 0, app.WorkField{}; return f }
func onlyMonth(f app.Figure) app.Figure { f.Desk, f.Level, f.Field = 0, "", app.WorkField{}; return f }

// figures shows how long desks take, what is solved where, and how that changes.
func (s *Server) figures(w http.ResponseWriter, r *http.Request) error {
	var q figuresQuery
	decodeQuery(r, &q)
	q.What, q.Desk, q.Level = "", "", ""
	ctx, actor := r.Context(), session(r).Actor
	found, err := s.app.Figures(ctx, actor, q.filter(actor))
	if err != nil {
		return err
	}
	v := page.FiguresView{Base: s.base(w, r, "figures.title")}
	v.Description, v.Crumbs = i18n.T(ctx, "figures.help"), []component.Crumb{{Label: i18n.T(ctx, "review.title"), URL: "/review"}}
	v.Filter, v.Fields = figuresFilter(ctx, q, found)
	all := onlyMonth(found.All)
	v.Tiles = []component.Tile{
		{Number: i18n.Count(ctx, all.Acknowledged.Count), Label: i18n.T(ctx, "figures.acknowledged"), Note: medianNote(ctx, all.Acknowledged), URL: q.rows(whatAcknowledge, all)},
		{Number: i18n.Count(ctx, all.Resolved.Count), Label: i18n.T(ctx, "figures.resolved"), Note: medianNote(ctx, all.Resolved), URL: q.rows(whatResolve, all)},
		{Number: shareText(ctx, all.Reopened, all.Resolved.Count), Label: i18n.T(ctx, "figures.reopened"),
			Note: i18n.T(ctx, "figures.reopened_of", "n", i18n.Count(ctx, all.Reopened)), URL: q.rows(whatReopened, all)},
	}
	v.Nothing = all.Acknowledged.Count+all.Resolved.Count == 0
	v.Tables = figureTables(ctx, q, found)
	if desks := &v.Tables[0]; len(desks.Rows) > desksInFigures {
		desks.More, desks.Rows = i18n.T(ctx, "figures.more_desks", "n", i18n.Count(ctx, len(desks.Rows)-desksInFigures)), desks.Rows[:desksInFigures]
	}
	v.Months = figureChart(ctx, found.Months)
	v.Export = exportOf(q.url(figuresPath, ""))
	return s.render(w, r, http.StatusOK, page.Figures(v))
}

// figureTables words the figures by desk, field, level and month, in this order.
func figureTables(ctx context.Context, q figuresQuery, found app.Figures) []page.FigureTable {
	table := func(id string, figures []app.Figure, only func(app.Figure) app.Figure, name func(app.Figure) string) page.FigureTable {
		t := page.FigureTable{ID: id, Title: i18n.T(ctx, "figures.by_"+id), Help: i18n.T(ctx, "figures.by_"+id+"_help"), Head: i18n.T(ctx, "figures.head_"+id)}
		for _, f := range figures {
			f = only(f)
			row := page.FigureRow{
				Name: name(f), Acknowledged: figureCell(ctx, f.Acknowledged, q.rows(whatAcknowledge, f)), Resolved: figureCell(ctx, f.Resolved, q.rows(whatResolve, f)),
				Share: shareText(ctx, f.Resolved.Count, found.All.Resolved.Count), Reopened: i18n.Count(ctx, f.Reopened),
			}
			if found.All.Resolved.Count > 0 {
				row.Bar.Share = f.Resolved.Count * 100 / found.All.Resolved.Count
			}
			if f.Reopened > 0 {
				row.ReopenedURL = q.rows(whatReopened, f)
			}
			t.Rows = append(t.Rows, row)
		}
		return t
	}
	return []page.FigureTable{
		table("desk", found.Desks, onlyDesk, func(f app.Figure) string { return f.Name }),
		table("field", found.Fields, onlyField, func(f app.Figure) string { return fieldName(ctx, f.Field) }),
		table("level", found.Levels, onlyLevel, func(f app.Figure) string { return i18n.T(ctx, "level."+string(f.Level)) }),
		table("month", found.Months, onlyMonth, func(f app.Figure) string { return f.Month.Start().In(i18n.Zone).Format("01/2006") }),
	}
}

func figureCell(ctx context.Context, d casework.Durations, url string) page.FigureCell {
	if d.Count == 0 {
		return page.FigureCell{}
	}
	return page.FigureCell{Count: i18n.Count(ctx, d.Count), URL: url, Median: roughHours(ctx, d.Median), Ninetieth: roughHours(ctx, d.Ninetieth)}
}

func medianNote(ctx context.Context, d casework.Durations) string {
	if d.Count == 0 {
		return ""
	}
	return i18n.T(ctx, "figures.median_note", "span", roughHours(ctx, d.Median), "most", roughHours(ctx, d.Ninetieth))
}

// roughHours writes working hours as one compares them: a decimal below ten, none above.
func roughHours(ctx context.Context, d time.Duration) string {
	step := time.Hour / 10
	if d >= 10*time.Hour {
		step = time.Hour
	}
	return hoursText(ctx, d.Round(step))
}

// shareText writes a part of a whole in per cent.
func shareText(ctx context.Context, part, whole int) string {
	if whole == 0 {
		return "–"
	}
	return i18n.T(ctx, "figures.percent", "n", part*100/whole)
}

// figureChart draws the median of each month, in whole working hours.
func figureChart(ctx context.Context, months []app.Figure) *component.ChartView {
	chart := component.ChartView{
		ID: "figures-months", Title: i18n.T(ctx, "figures.trend"), Note: i18n.T(ctx, "figures.trend_note"), Label: i18n.T(ctx, "home.month"),
		Count: i18n.T(ctx, "figures.median_hours"),
	}
	for _, m := range months[max(0, len(months)-2*figureMonths):] {
		start, hours := m.Month.Start().In(i18n.Zone), int(m.Resolved.Median.Round(time.Hour).Hours())
		chart.Points = append(chart.Points, component.Point{Label: start.Format("01/2006"), Short: monthShort(start), Value: hours, Text: i18n.Count(ctx, hours)})
	}
	return &chart
}

func figuresFilter(ctx context.Context, q figuresQuery, found app.Figures) (component.Filter, []component.Field) {
	place := component.Field{Name: "place", Label: i18n.T(ctx, "review.place"), Value: q.Place, Empty: i18n.T(ctx, "issues.any")}
	if self := found.Place.Self(); self.ID != 0 {
		place.Options = append(place.Options, component.Option{Value: q.Place, Label: self.Name})
	}
	for _, l := range found.Places {
		place.Options = append(place.Options, component.Option{Value: strconv.FormatInt(int64(l.ID), 10), Label: l.Name})
	}
	field := fieldSelect(ctx, found.Chosen, q.Field, "")
	field.Required, field.Empty = false, i18n.T(ctx, "issues.any")
	fields := []component.Field{
		{Name: "from", Label: i18n.T(ctx, "audit.from"), Value: q.From, Type: "date"}, {Name: "to", Label: i18n.T(ctx, "audit.to"), Value: q.To, Type: "date"}, field,
	}
	if len(place.Options) > 0 {
		fields = append(fields, place)
	}
	return component.Filter{Action: figuresPath, Open: q.Place+q.Field != ""}, fields
}

// figureRows lists what is behind one figure.
func (s *Server) figureRows(w http.ResponseWriter, r *http.Request) error {
	var q figuresQuery
	decodeQuery(r, &q)
	ctx, actor := r.Context(), session(r).Actor
	f := q.filter(actor)
	list, err := s.app.HandledIssues(ctx, actor, f, app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.FigureRowsView{Base: s.base(w, r, "figures.rows_title")}
	v.Description = i18n.T(ctx, "figures.rows_help", "from", dayText(ctx, f.From), "to", dayText(ctx, f.To))
	back := q
	back.What, back.Desk, back.Level = "", "", ""
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "review.title"), URL: "/review"}, {Label: i18n.T(ctx, "figures.title"), URL: back.url(figuresPath, "")}}
	for _, h := range list.Rows {
		v.Rows = append(v.Rows, page.HandledRow{
			Title: h.Issue.Title, URL: "/issues/" + h.Issue.ID.String(), Number: h.Issue.Number, Place: placeIn(h.Issue.Place, h.Issue.Above),
			Done: i18n.T(ctx, "figures.done_"+string(h.Move)), Desk: h.Name, At: component.StampOf(ctx, h.At, actor.At),
			AtDesk: workingSpan(ctx, h.AtDesk), Waited: workingSpan(ctx, h.Waited), Reopened: h.Reopened,
		})
	}
	if list.Next != "" {
		v.Pager.NextURL = q.url(figureRowsPath, list.Next)
	}
	if q.After != "" {
		v.Pager.FirstURL = q.url(figureRowsPath, "")
	}
	v.Pager.Export = exportOf(q.url(figureRowsPath, ""))
	v.Nothing = component.Empty{Title: i18n.T(ctx, "figures.none")}
	return s.render(w, r, http.StatusOK, page.FigureRows(v))
}

func (s *Server) exportFigureRows(w http.ResponseWriter, r *http.Request) error {
	var q figuresQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	f := q.filter(actor)
	return exported(s, w, r, format, listing[app.Handled]{
		name: "handled", url: q.url(figureRowsPath, ""), action: cadre.ReviewBoard,
		columns: []column[app.Handled]{
			textColumn("export.number", 16, func(h app.Handled) string { return h.Issue.Number }),
			textColumn("issue.title", 60, func(h app.Handled) string { return h.Issue.Title }),
			textColumn("issue.place", 34, func(h app.Handled) string { return placeIn(h.Issue.Place, h.Issue.Above) }),
			textColumn("issue.field", 22, func(h app.Handled) string { return fieldName(ctx, h.Field) }),
			textColumn("figures.done", 16, func(h app.Handled) string { return i18n.T(ctx, "figures.done_"+string(h.Move)) }),
			textColumn("figures.head_desk", 26, func(h app.Handled) string { return h.Name }),
			momentColumn("figures.at", func(h app.Handled) time.Time { return h.At }),
			hoursColumn("figures.at_desk_hours", func(h app.Handled) time.Duration { return h.AtDesk }),
			hoursColumn("figures.waited_hours", func(h app.Handled) time.Duration { return h.Waited }),
			textColumn("figures.reopened_head", 12, func(h app.Handled) string {
				if h.Reopened {
					return i18n.T(ctx, "figures.yes")
				}
				return ""
			}),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.Handled, string, error) {
			list, err := s.app.HandledIssues(ctx, actor, f, page)
			return list.Rows, list.Next, err
		},
	})
}

// hoursColumn makes a column of durations in hours.
func hoursColumn[T any](head string, value func(T) time.Duration) column[T] {
	return column[T]{head, 12, func(row T) sheet.Cell { return sheet.Decimal(value(row).Hours()) }}
}

// figureLine is one row of any table of the figures.
type figureLine struct {
	table, name string
	app.Figure
}

func (s *Server) exportFigures(w http.ResponseWriter, r *http.Request) error {
	var q figuresQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	q.What, q.Desk, q.Level = "", "", ""
	actor := session(r).Actor
	f := q.filter(actor)
	count := func(head string, value func(figureLine) int) column[figureLine] {
		return column[figureLine]{head, 12, func(l figureLine) sheet.Cell { return sheet.Number(value(l)) }}
	}
	return exported(s, w, r, format, listing[figureLine]{
		name: "figures", url: q.url(figuresPath, ""), action: cadre.ReviewBoard,
		columns: []column[figureLine]{
			textColumn("figures.table", 22, func(l figureLine) string { return l.table }),
			textColumn("figures.name", 34, func(l figureLine) string { return l.name }),
			count("figures.acknowledged", func(l figureLine) int { return l.Acknowledged.Count }),
			hoursColumn("figures.acknowledged_median", func(l figureLine) time.Duration { return l.Acknowledged.Median }),
			hoursColumn("figures.acknowledged_ninetieth", func(l figureLine) time.Duration { return l.Acknowledged.Ninetieth }),
			count("figures.resolved", func(l figureLine) int { return l.Resolved.Count }),
			hoursColumn("figures.resolved_median", func(l figureLine) time.Duration { return l.Resolved.Median }),
			hoursColumn("figures.resolved_ninetieth", func(l figureLine) time.Duration { return l.Resolved.Ninetieth }),
			count("figures.reopened_head", func(l figureLine) int { return l.Reopened }),
		},
		batch: func(ctx context.Context, _ app.ListPage) ([]figureLine, string, error) {
			found, err := s.app.Figures(ctx, actor, f)
			if err != nil {
				return nil, "", err
			}
			lists := map[string][]app.Figure{"desk": found.Desks, "field": found.Fields, "level": found.Levels, "month": found.Months}
			lines := []figureLine{{i18n.T(ctx, "figures.whole"), "", found.All}}
			for _, table := range figureTables(ctx, q, found) {
				for i, fig := range lists[table.ID] {
					lines = append(lines, figureLine{table.Title, table.Rows[i].Name, fig})
				}
			}
			return lines, "", nil
		},
	})
}
