package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// owedPath is the list of places of which nobody has reported in a month.
const owedPath = "/reports/owed"

// owedMonths is how many months the list offers, the present one included.
const owedMonths = 13

// owedQuery is what the URL of the list says.
type owedQuery struct {
	Month string `form:"month"`
	Place string `form:"place"`
	After string `form:"after"`
}

// filter reads the filter. Without a month, or with one to come, it is the one that the day asks for.
func (q *owedQuery) filter(today territory.Day) app.OwedFilter {
	f := app.OwedFilter{Place: territory.LocalityID(max(0, number(q.Place)))}
	m, err := casework.ParseMonth(q.Month)
	if err != nil || m.After(casework.MonthOf(today)) {
		m = casework.MonthToAsk(today)
	}
	f.Month, q.Month = m, m.String()
	if f.Place == 0 {
		q.Place = ""
	}
	return f
}

func (q owedQuery) url(after string) string {
	values := url.Values{"month": {q.Month}}
	for name, v := range map[string]string{"place": q.Place, "after": after} {
		if v != "" {
			values.Set(name, v)
		}
	}
	return owedPath + "?" + values.Encode()
}

// owed lists the places below the reader's own of which somebody owes a report of a month.
func (s *Server) owed(w http.ResponseWriter, r *http.Request) error {
	var q owedQuery
	decodeQuery(r, &q)
	ctx, actor := r.Context(), session(r).Actor
	filter := q.filter(actor.Today())
	list, err := s.app.Owed(ctx, actor, filter, app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	month := monthText(filter.Month)
	v := page.OwedView{Base: s.base(w, r, i18n.T(ctx, "owed.title", "month", month))}
	v.Description, v.Views = i18n.T(ctx, "owed.help"), reportViews(ctx, actor, owedPath)
	v.Filter, v.Fields = owedFilter(ctx, q, list, actor.Today())
	v.Count = owedCount(ctx, list, filter, actor.Today())
	for _, row := range list.Rows {
		v.Rows = append(v.Rows, page.OwedRow{
			Place: row.Name, Above: row.Above, PlaceURL: placeURL(row.Place),
			Name: row.Person, NameURL: cadreURL(row.Cadre), Post: owedPost(ctx, row), Last: orNever(ctx, dayText(ctx, row.Last)),
		})
	}
	if list.Next != "" {
		v.Pager.NextURL = q.url(list.Next)
	}
	if q.After != "" {
		v.Pager.FirstURL = q.url("")
	}
	if len(list.Rows) > 0 {
		v.Pager.Export = exportOf(q.url(""))
	}
	v.Nothing = component.Empty{Icon: "check", Title: i18n.T(ctx, "owed.none", "month", month), Text: i18n.T(ctx, "owed.none_help")}
	return s.render(w, r, http.StatusOK, page.Owed(v))
}

// owedCount words how many of all are missing, of the chosen commune where one is chosen.
func owedCount(ctx context.Context, list app.OwedList, f app.OwedFilter, today territory.Day) string {
	owed, missing, found := 0, 0, f.Place == 0
	for _, c := range list.Communes {
		if f.Place == 0 || c.ID == f.Place {
			owed, missing, found = owed+c.Owed, missing+c.Missing, true
		}
	}
	if !found || owed == 0 { // a place that is no commune: its rows speak for themselves
		return ""
	}
	key := "owed.count"
	if !f.Month.Last().Before(today) {
		key = "owed.count_so_far"
	}
	return i18n.T(ctx, key, "n", i18n.Count(ctx, missing), "of", i18n.Count(ctx, owed))
}

// owedFilter draws the filters: the months, and the communes with how many are missing in each.
func owedFilter(ctx context.Context, q owedQuery, list app.OwedList, today territory.Day) (component.Filter, []component.Field) {
	month := component.Field{Name: "month", Label: i18n.T(ctx, "owed.month"), Value: q.Month}
	for n := range owedMonths {
		m := casework.MonthOf(today).Add(-n)
		month.Options = append(month.Options, component.Option{Value: m.String(), Label: monthText(m)})
	}
	if !slices.ContainsFunc(month.Options, func(o component.Option) bool { return o.Value == q.Month }) {
		if m, err := casework.ParseMonth(q.Month); err == nil {
			month.Options = append(month.Options, component.Option{Value: q.Month, Label: monthText(m)})
		}
	}
	place := component.Field{Name: "place", Label: i18n.T(ctx, "owed.place"), Value: q.Place, Empty: i18n.T(ctx, "owed.everywhere")}
	for _, c := range list.Communes {
		if c.ID != 0 {
			place.Options = append(place.Options, component.Option{
				Value: strconv.FormatInt(int64(c.ID), 10), Label: i18n.T(ctx, "owed.commune", "name", c.Name, "n", i18n.Count(ctx, c.Missing)),
			})
		}
	}
	if list.Chosen != "" && !slices.ContainsFunc(place.Options, func(o component.Option) bool { return o.Value == q.Place }) {
		place.Options = append(place.Options, component.Option{Value: q.Place, Label: list.Chosen})
	}
	fields := []component.Field{month}
	if len(place.Options) > 1 || q.Place != "" {
		fields = append(fields, place)
	}
	filter := component.Filter{Action: owedPath, Open: true}
	if list.Chosen != "" {
		filter.Active, filter.ClearURL = list.Chosen, owedQuery{Month: q.Month}.url("")
	}
	return filter, fields
}

func owedPost(ctx context.Context, row app.OwedRow) string {
	return postName(ctx, cadre.Post{NameVi: row.PostVi, NameEn: row.PostEn})
}

func monthText(m casework.Month) string { return m.First().Start().In(i18n.Zone).Format("01/2006") }

// owedSection lists the places of which the reader has not reported this month.
func owedSection(ctx context.Context, places []app.OwedPlace, today territory.Day) page.Section {
	m := casework.MonthOf(today)
	section := page.Section{Title: i18n.T(ctx, "owed.mine", "month", monthText(m))}
	for _, p := range places {
		section.Lines = append(section.Lines, page.Line{
			Title: i18n.T(ctx, "owed.write", "place", p.Name),
			URL:   "/reports/new?place=" + strconv.FormatInt(int64(p.ID), 10), Facts: []string{i18n.T(ctx, "owed.until", "day", dayText(ctx, m.Last()))},
		})
		if p.Above != "" {
			section.Lines[len(section.Lines)-1].Facts = append([]string{p.Above}, section.Lines[len(section.Lines)-1].Facts...)
		}
	}
	return section
}

func (s *Server) exportOwed(w http.ResponseWriter, r *http.Request) error {
	var q owedQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	filter := q.filter(actor.Today())
	return exported(s, w, r, format, listing[app.OwedRow]{
		name: "owed", url: q.url(""), action: cadre.ReviewBoard,
		columns: []column[app.OwedRow]{
			textColumn("owed.month", 10, func(app.OwedRow) string { return monthText(filter.Month) }),
			textColumn("place.name", 28, func(row app.OwedRow) string { return row.Name }),
			textColumn("owed.above", 34, func(row app.OwedRow) string { return row.Above }),
			textColumn("owed.who", 28, func(row app.OwedRow) string { return row.Person }),
			textColumn("place.post", 40, func(row app.OwedRow) string { return owedPost(ctx, row) }),
			dayColumn("owed.last", func(row app.OwedRow) territory.Day { return row.Last }),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.OwedRow, string, error) {
			list, err := s.app.Owed(ctx, actor, filter, page)
			return list.Rows, list.Next, err
		},
	})
}
