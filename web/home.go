package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// belowShown is how many places below a home page lists; the pages of places have them all.
const belowShown = 10

func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	h, err := s.app.Home(ctx, actor)
	if err != nil {
		return err
	}
	v := page.HomeView{Base: s.base(w, r, "home.title"), NoPost: len(actor.Grants) == 0}
	v.Description = i18n.T(ctx, "home.help")
	if works(actor) {
		v.Actions = []component.Action{
			{Label: i18n.T(ctx, "home.write_report"), URL: "/reports/new", Icon: "edit", Primary: true},
			{Label: i18n.T(ctx, "home.raise_issue"), URL: "/issues/new", Icon: "issue"},
		}
	}
	v.Tiles = homeTiles(ctx, actor, h)
	v.Sections = homeSections(ctx, actor, h)
	v.Places, v.Below = placeCards(ctx, h.Places, actor.Today()), placeCards(ctx, unlessSame(h.Below), actor.Today())
	if len(v.Below) > belowShown {
		v.Below, v.AllBelow = v.Below[:belowShown], placeURL(actor.Grants[0].Locality.ID)
	}
	v.Months = monthChart(ctx, h.Months)
	v.Gaps = gapRows(ctx, h.Gaps, asOf{})
	v.Recent = page.Section{Title: i18n.T(ctx, "home.recent"), Lines: reportLines(ctx, h.Reports)}
	return s.render(w, r, http.StatusOK, page.Home(v))
}

// works tells whether somebody holds a post that reports and raises.
func works(a cadre.Actor) bool {
	return a.Holds(cadre.Support) || a.Holds(cadre.Watch) || a.Holds(cadre.Lead)
}

func homeTiles(ctx context.Context, actor cadre.Actor, h app.Home) []component.Tile {
	var tiles []component.Tile
	add := func(n int, key, url string, hot component.Tone) {
		t := component.Tile{Number: i18n.Count(ctx, n), Label: i18n.T(ctx, key), URL: url}
		if n > 0 {
			t.Tone = hot
		}
		tiles = append(tiles, t)
	}
	if actor.Holds(cadre.Lead) {
		add(h.AtDeskCount, "home.at_desk_tile", "/review?queue="+string(app.AtMyDesk), component.Info)
		add(h.LateCount, "home.late_tile", "/review?queue="+string(app.AtMyDesk), component.Danger)
		add(h.DueToday, "home.today_tile", "/review?queue="+string(app.AtMyDesk), component.Warn)
		add(h.LateBelow, "home.late_below_tile", "/review?queue="+string(app.OverdueBelow), component.Warn)
	}
	if actor.Holds(cadre.Lead) {
		add(h.ReviewCount, "home.review_tile", "/reports?state=mine", component.Info)
	}
	if h.Drafts > 0 {
		add(h.Drafts, "home.drafts_tile", "/reports/drafts", component.Info)
	}
	return tiles
}

func homeSections(ctx context.Context, actor cadre.Actor, h app.Home) []page.Section {
	sections := []page.Section{
		handoverSection(ctx, h.Handovers),
		owedSection(ctx, h.Owed, actor.Today()),
		{Title: i18n.T(ctx, "home.returned"), Lines: reportLines(ctx, h.Returned)},
		{Title: i18n.T(ctx, "home.promises"), Lines: promiseLines(ctx, h.Promises, actor.Today())},
		{Title: i18n.T(ctx, "home.asked"), Lines: issueLines(ctx, h.Asked, actor.At)},
		{Title: i18n.T(ctx, "home.to_confirm"), Lines: issueLines(ctx, h.ToConfirm, actor.At)},
	}
	switch {
	case actor.Holds(cadre.Lead):
		desk := page.Section{Title: i18n.T(ctx, "home.at_desk"), Lines: issueLines(ctx, h.AtDesk, actor.At), Empty: i18n.T(ctx, "home.nothing")}
		if h.AtDeskCount > len(h.AtDesk) {
			desk.More, desk.URL = i18n.T(ctx, "home.all_at_desk", "n", i18n.Count(ctx, h.AtDeskCount)), "/review?queue="+string(app.AtMyDesk)
		}
		review := page.Section{Title: i18n.T(ctx, "home.to_review"), Lines: reportLines(ctx, h.ToReview)}
		if h.ReviewCount > len(h.ToReview) {
			review.More, review.URL = i18n.T(ctx, "home.all_to_review", "n", i18n.Count(ctx, h.ReviewCount)), "/reports?state=mine"
		}
		sections = append(sections, desk, review)
	case works(actor) && len(h.Asked)+len(h.ToConfirm)+len(h.Returned) == 0:
		sections = append(sections, page.Section{Title: i18n.T(ctx, "home.waiting"), Empty: i18n.T(ctx, "home.nothing")})
	}
	return append(sections, handedOverSection(ctx, h.HandedOver), page.Section{
		Title: i18n.T(ctx, "home.mine"), Lines: issueLines(ctx, h.Mine, actor.At), More: i18n.T(ctx, "home.all_mine"), URL: "/issues?mine=1",
	})
}

// placeCards words how things stand at some places.
func placeCards(ctx context.Context, places []app.PlaceState, today territory.Day) []page.PlaceCard {
	open, late := make([]int, len(places)), make([]int, len(places))
	for i, p := range places {
		open[i], late[i] = p.Open, p.Late
	}
	bars := component.Bars(open, late)
	var cards []page.PlaceCard
	for i, p := range places {
		card := page.PlaceCard{
			Name: placeIn(p.Name, p.Above), URL: placeURL(p.ID), Open: i18n.Count(ctx, p.Open), Bar: bars[i], ReportURL: fmt.Sprintf("/reports/new?place=%d", p.ID),
			Last: orNever(ctx, dayText(ctx, p.LastReport)), Mine: orNever(ctx, dayText(ctx, p.MyLast)), Silent: casework.Silent(p.LastReport, today),
			Promised: dayText(ctx, p.Promised), PromisedLate: !p.Promised.IsZero() && p.Promised.Before(today),
		}
		if p.Open > 0 {
			card.OpenURL = fmt.Sprintf("/issues?place=%d", p.ID)
		}
		if p.Late > 0 {
			card.Late = i18n.T(ctx, "home.late_of", "n", i18n.Count(ctx, p.Late))
		}
		cards = append(cards, card)
	}
	return cards
}

// unlessSame leaves out what lies above the places where that is the same for all.
func unlessSame(places []app.PlaceState) []app.PlaceState {
	for _, p := range places {
		if p.Above != places[0].Above {
			return places
		}
	}
	for i := range places {
		places[i].Above = ""
	}
	return places
}

// monthChart draws how many reports somebody sent month by month; nil for people who owe none.
func monthChart(ctx context.Context, months []app.MonthCount) *component.ChartView {
	if len(months) == 0 {
		return nil
	}
	total := 0
	chart := component.ChartView{
		ID: "my-months", Title: i18n.T(ctx, "home.months"), Label: i18n.T(ctx, "home.month"), Count: i18n.T(ctx, "home.month_count"),
	}
	for _, m := range months {
		start := m.Month.Start().In(i18n.Zone)
		total += m.Count
		chart.Points = append(chart.Points, component.Point{
			Label: start.Format("01/2006"), Short: monthShort(start), Value: m.Count, Text: i18n.Count(ctx, m.Count),
		})
	}
	chart.Note = i18n.Plural(ctx, "home.months_note", total)
	return &chart
}

// monthShort writes a month as short as a narrow column wants it: the year only where it begins.
func monthShort(t time.Time) string {
	if t.Month() == time.January {
		return t.Format("1/06")
	}
	return t.Format("1")
}

func orNever(ctx context.Context, day string) string {
	if day == "" {
		return i18n.T(ctx, "home.never")
	}
	return day
}
