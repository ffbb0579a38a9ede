package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// gapsPerPage is how many gaps a page names, communesOnBoard how many communes the board draws.
const (
	gapsPerPage     = 100
	communesOnBoard = 60
)

// coverageQuery is the board as of a day or, with a kind, the gaps behind one of its numbers.
type coverageQuery struct {
	Kind    string `form:"kind"`
	Commune string `form:"commune"`
	On      string `form:"on"`
	After   string `form:"after"`
}

// kind gives the kind of gaps asked for; empty for none. Accounts have no past.
func (q coverageQuery) kind(on asOf) app.GapKind {
	kind := app.GapKind(q.Kind)
	if !slices.Contains(app.GapKinds(), kind) || on.Other && kind == app.NoAccount {
		return ""
	}
	return kind
}

func (q coverageQuery) find(on asOf) app.CoverageQuery {
	return app.CoverageQuery{
		Day: on.Day, Before: monthBefore(on.Day), Kind: q.kind(on), Commune: territory.LocalityID(number(q.Commune)), After: number(q.After), Limit: gapsPerPage,
	}
}

func coverageURL(kind app.GapKind, commune string) string {
	values := url.Values{}
	if kind != "" {
		values.Set("kind", string(kind))
	}
	if commune != "" {
		values.Set("commune", commune)
	}
	if len(values) == 0 {
		return "/coverage"
	}
	return "/coverage?" + values.Encode()
}

// monthBefore gives the same day of the month before, or that month's last one.
func monthBefore(d territory.Day) territory.Day {
	at := d.Start().In(i18n.Zone)
	last := territory.NewDay(at.Year(), at.Month(), 1).Add(-1)
	same := territory.NewDay(at.Year(), at.Month()-1, at.Day())
	if same.After(last) {
		return last
	}
	return same
}

// coverage shows what is covered on a day, and names who is missing where.
func (s *Server) coverage(w http.ResponseWriter, r *http.Request) error {
	var q coverageQuery
	decodeQuery(r, &q)
	ctx, actor, on := r.Context(), session(r).Actor, readAsOf(r)
	query := q.find(on)
	found, err := s.app.Coverage(ctx, actor, query)
	if err != nil {
		return err
	}
	v := page.CoverageView{Base: s.base(w, r, "coverage.title"), Gaps: gapRows(ctx, &found.Gaps, on)}
	v.Description, v.AsOf = i18n.T(ctx, "coverage.help"), on.view(ctx, coverageURL(query.Kind, q.Commune))
	v.Before = i18n.T(ctx, "coverage.before", "day", dayText(ctx, query.Before))
	for i, before := range gapRows(ctx, &found.Before, asOf{Other: true}) {
		v.Gaps[i].Before = before.Count + " (" + signed(ctx, v.Gaps[i].Have-before.Have) + ")"
	}
	if query.Kind == "" {
		v.Communes, v.CommunesMore = communeRows(ctx, found.Communes, on)
		v.Load, v.LoadWays = loadChart(ctx, found.Loads, on)
		v.Export = exportOf(on.link("/coverage"))
		return s.render(w, r, http.StatusOK, page.Coverage(v))
	}
	here := on.link(coverageURL(query.Kind, q.Commune))
	v.Heading, v.People = i18n.T(ctx, "coverage.missing."+string(query.Kind)), query.Kind.OfPeople()
	v.Back = on.link("/coverage")
	at := placeURL
	if actor.Holds(cadre.Administer) { // who can mend it is led to where
		at = assignmentsURL
	}
	for _, row := range found.Rows {
		line := page.GapPlace{Place: row.Name, Above: row.Above, Person: row.Person, Post: postName(ctx, cadre.Post{NameVi: row.PostVi, NameEn: row.PostEn})}
		if row.Place != 0 {
			line.URL, line.Level = on.link(at(row.Place)), i18n.T(ctx, "level."+string(row.Level))
		}
		if row.Person != "" {
			line.PersonURL = cadreURL(cadre.ID(row.Key))
		}
		if query.Kind == app.TooMany {
			line.Post += " " + i18n.T(ctx, "person.more_posts", "n", row.Places-1)
		}
		v.Rows = append(v.Rows, line)
	}
	if found.Next != 0 {
		v.Pager.NextURL = here + "&after=" + strconv.FormatInt(found.Next, 10)
	}
	if q.After != "" {
		v.Pager.FirstURL = here
	}
	if len(v.Rows) > 0 {
		v.Pager.Export = exportOf(here)
	}
	return s.render(w, r, http.StatusOK, page.Coverage(v))
}

// signed writes a change with its sign.
func signed(ctx context.Context, n int) string {
	switch {
	case n > 0:
		return "+" + i18n.Count(ctx, n)
	case n < 0:
		return "−" + i18n.Count(ctx, -n)
	}
	return "±0"
}

// gapOf words how many have what they should, with a bar.
func gapOf(ctx context.Context, label string, have, all int) page.Gap {
	bar := component.BarView{Share: 100, Full: true}
	if all > 0 {
		bar.Share = have * 100 / all
	}
	gap := page.Gap{Label: label, Have: have, Count: i18n.T(ctx, "home.of", "have", i18n.Count(ctx, have), "all", i18n.Count(ctx, all)), Bar: &bar}
	if have < all {
		gap.Missing = i18n.Count(ctx, all-have)
	}
	return gap
}

// gapRows words what is covered and what is missing, each with a link to the missing ones; nothing for nil.
func gapRows(ctx context.Context, g *app.Gaps, on asOf) []page.Gap {
	if g == nil {
		return nil
	}
	row := func(kind app.GapKind, have, all int) page.Gap {
		gap := gapOf(ctx, i18n.T(ctx, "home.gap_"+string(kind)), have, all)
		if gap.Missing != "" {
			gap.URL = on.link(coverageURL(kind, ""))
		}
		return gap
	}
	rows := []page.Gap{
		row(app.NoTierOne, g.CommunesCovered, g.Communes), row(app.NoTierTwo, g.HamletsCovered, g.Hamlets),
		row(app.NoTierThree, g.GroupsCovered, g.Groups), row(app.NoLead, g.DesksCovered, g.Desks),
	}
	if on.Other { // accounts have no past
		return rows
	}
	accounts := page.Gap{Label: i18n.T(ctx, "home.gap_accounts")}
	if g.Accounts > 0 {
		accounts.Missing, accounts.URL = i18n.Count(ctx, g.Accounts), coverageURL(app.NoAccount, "")
	}
	if g.Households > 0 {
		rows = append(rows, page.Gap{Label: i18n.T(ctx, "home.gap_households"), Missing: i18n.Count(ctx, g.Households), URL: coverageURL(app.NoTierThree, "")})
	}
	return append(rows, accounts)
}

// communeRows draws the communes with most gaps, where there is more than one, and says how many are left out.
func communeRows(ctx context.Context, communes []app.CommuneCoverage, on asOf) (rows []page.CommuneCoverage, more string) {
	if len(communes) < 2 {
		return nil, ""
	}
	if len(communes) > communesOnBoard {
		more = i18n.T(ctx, "coverage.more_communes", "n", communesOnBoard, "all", i18n.Count(ctx, len(communes)))
		communes = communes[:communesOnBoard]
	}
	for _, c := range communes {
		id, g := strconv.FormatInt(int64(c.ID), 10), c.Gaps
		row := page.CommuneCoverage{Name: c.Name, URL: on.link(placeURL(c.ID)), Above: c.Above, TierOne: i18n.T(ctx, "coverage.has"), Missing: !c.Supported}
		if !c.Supported {
			row.TierOne = i18n.T(ctx, "coverage.has_not")
		}
		gap := func(kind app.GapKind, have, all int) {
			cell := gapOf(ctx, i18n.T(ctx, "coverage.short."+string(kind)), have, all)
			if cell.Missing != "" {
				cell.URL = on.link(coverageURL(kind, id))
			}
			row.Gaps = append(row.Gaps, cell)
		}
		gap(app.NoTierTwo, g.HamletsCovered, g.Hamlets)
		gap(app.NoTierThree, g.GroupsCovered, g.Groups)
		gap(app.NoLead, g.DesksCovered, g.Desks)
		rows = append(rows, row)
	}
	return rows, more
}

// loadChart draws how many people hold how many places, with ways to those who hold too many and to those who hold none.
func loadChart(ctx context.Context, loads []app.Load, on asOf) (*component.ChartView, []component.Action) {
	v := &component.ChartView{
		ID: "load", Title: i18n.T(ctx, "coverage.load"), Note: i18n.T(ctx, "coverage.load_help", "n", cadre.MostPlaces), Label: i18n.T(ctx, "coverage.load_places"),
		Count: i18n.T(ctx, "coverage.load_people"),
	}
	people := map[int]int{}
	for _, l := range loads {
		people[l.Places] += l.People
	}
	for n := range cadre.MostPlaces + 2 {
		short := strconv.Itoa(n)
		if n > cadre.MostPlaces {
			short = i18n.T(ctx, "coverage.load_more", "n", n)
		}
		v.Points = append(v.Points, component.Point{Label: i18n.T(ctx, "coverage.load_n", "n", short), Short: short, Value: people[n], Text: i18n.Count(ctx, people[n])})
	}
	var ways []component.Action
	for _, way := range []struct {
		kind app.GapKind
		n    int
	}{{app.TooMany, people[cadre.MostPlaces+1]}, {app.Idle, people[0]}} {
		if way.n > 0 {
			ways = append(ways, component.Action{Label: i18n.T(ctx, "coverage.see_"+string(way.kind), "n", i18n.Count(ctx, way.n)),
				URL: on.link(coverageURL(way.kind, "")), Icon: "people"})
		}
	}
	return v, ways
}
