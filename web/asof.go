package web

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// asOf is the day as of which a page is shown. Only what is shown is of that day: rights are always today's.
type asOf struct {
	Day   territory.Day
	Other bool   // it is not today
	typed string // what was asked for
	wrong string // key of what is wrong with it; today is shown then
	today territory.Day
}

// readAsOf reads ?on=yyyy-mm-dd. Days to come are allowed: what is planned shows there.
func readAsOf(r *http.Request) asOf {
	var q struct {
		On string `form:"on"`
	}
	decodeQuery(r, &q)
	return asOfDay(q.On, session(r).Actor.Today())
}

func asOfDay(typed string, today territory.Day) asOf {
	a := asOf{Day: today, typed: typed, today: today}
	if typed == "" {
		return a
	}
	day, err := territory.ParseDay(typed)
	switch {
	case err != nil:
		a.wrong = "asof.bad"
	case day.Year() < 1900 || day.Year() > 2199:
		a.wrong = "asof.range"
	default:
		a.Day, a.Other = day, day != today
	}
	return a
}

// link leads to another page as of the same day.
func (a asOf) link(to string) string {
	if !a.Other {
		return to
	}
	path, query, found := strings.Cut(to, "?")
	if found {
		return path + "?" + query + "&on=" + a.Day.String()
	}
	return path + "?on=" + a.Day.String()
}

func (a asOf) crumbs(list []component.Crumb) []component.Crumb {
	for i := range list {
		list[i].URL = a.link(list[i].URL)
	}
	return list
}

// view words the choice of a day on the page at a local URL, whose own query is kept.
func (a asOf) view(ctx context.Context, here string) *component.AsOfView {
	path, filter := splitURL(here)
	v := &component.AsOfView{Action: path, TodayURL: here, Field: component.Field{Name: "on", Label: i18n.T(ctx, "asof.day"), Value: a.Day.String(), Required: true}}
	for _, name := range slices.Sorted(maps.Keys(filter)) {
		v.Hidden = append(v.Hidden, component.HiddenValue{Name: name, Value: filter.Get(name)})
	}
	if a.wrong != "" {
		v.Field.Value, v.Field.Error = a.typed, i18n.T(ctx, a.wrong)
	}
	switch {
	case a.Other && a.Day.After(a.today):
		v.Banner = i18n.T(ctx, "asof.future", "day", dayText(ctx, a.Day))
	case a.Other:
		v.Banner = i18n.T(ctx, "asof.banner", "day", dayText(ctx, a.Day))
	}
	return v
}

// notThere answers for a place of the reader's scope that does not exist on the day asked for; other errors go on.
func (s *Server) notThere(w http.ResponseWriter, r *http.Request, on asOf, err error) error {
	var gone *app.NotThere
	if !errors.As(err, &gone) {
		return err
	}
	ctx := r.Context()
	v := page.NotThereView{Base: s.base(w, r, gone.Name), AsOf: on.view(ctx, r.URL.Path)}
	v.Description = i18n.T(ctx, "asof.not_there", "place", gone.Name, "day", dayText(ctx, gone.Day))
	for _, span := range gone.Spans {
		if span.Until.IsZero() {
			v.Spans = append(v.Spans, i18n.T(ctx, "asof.from", "from", dayText(ctx, span.From)))
			continue
		}
		v.Spans = append(v.Spans, i18n.T(ctx, "asof.from_to", "from", dayText(ctx, span.From), "last", dayText(ctx, span.Until.Add(-1))))
	}
	v.Before, v.After = kinLines(ctx, gone.Before, -1), kinLines(ctx, gone.After, 0)
	return s.render(w, r, http.StatusOK, page.NotThere(v))
}

// kinLines leads to places before or after one, on the last or first day on which they are next to it.
func kinLines(ctx context.Context, kin []app.PlaceKin, shift int) []page.KinLine {
	var lines []page.KinLine
	for _, k := range kin {
		day := url.Values{"on": {k.On.Add(shift).String()}}
		lines = append(lines, page.KinLine{Name: k.Name, URL: placeURL(k.ID) + "?" + day.Encode(), Since: i18n.T(ctx, "asof.since", "day", dayText(ctx, k.On))})
	}
	return lines
}

// placeOn shows a place as of another day than today: its people, without their phones, and what lies below.
func (s *Server) placeOn(w http.ResponseWriter, r *http.Request, on asOf, found app.PlacePage) error {
	ctx, actor, chain := r.Context(), session(r).Actor, found.Path.Chain
	at := placeURL(chain.Self().ID)
	v := page.PlaceView{Base: s.base(w, r, chain.Self().Name), AsOf: on.view(ctx, at)}
	v.Description, v.Crumbs = i18n.T(ctx, "asof.place_help"), on.crumbs(crumbs(chain[1:]))
	if cadre.Can(actor, cadre.SeeCoverage, cadre.Object{Place: found.There.Judged.Place()}) {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "assignment.link"), URL: on.link(assignmentsURL(chain.Self().ID)), Icon: "people"})
	}
	v.People = peopleRows(ctx, actor, found)
	for i := range v.People {
		v.People[i].Phone, v.People[i].URL = "", on.link(v.People[i].URL)
	}
	for _, c := range found.Children {
		v.ChildLeads = v.ChildLeads || c.Locality.Level != territory.Group
		v.Children = append(v.Children, page.ChildRow{Name: c.Locality.Name, URL: on.link(placeURL(c.Locality.ID)), Lead: c.Leads, Supporters: c.Supporters})
	}
	return s.render(w, r, http.StatusOK, page.Place(v))
}
