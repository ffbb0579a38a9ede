package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// gapsPerPage is how many gaps a page names.
const gapsPerPage = 100

// coverage names who is missing where: the gaps behind the numbers of the home page.
func (s *Server) coverage(w http.ResponseWriter, r *http.Request) error {
	var q struct {
		Kind  string `form:"kind"`
		After string `form:"after"`
	}
	decodeQuery(r, &q)
	kind := app.GapKind(q.Kind)
	named := slices.Contains(app.GapKinds(), kind) // else the numbers alone, each of which leads to its names
	if !named {
		kind = app.GapKinds()[0]
	}
	ctx, actor, on := r.Context(), session(r).Actor, readAsOf(r)
	if on.Other && kind == app.NoAccount { // accounts have no past
		kind, named = app.GapKinds()[0], false
	}
	found, err := s.app.Coverage(ctx, actor, app.CoverageQuery{Day: on.Day, Kind: kind, After: number(q.After), Limit: gapsPerPage})
	if err != nil {
		return err
	}
	v := page.CoverageView{Base: s.base(w, r, "coverage.title"), Gaps: gapRows(ctx, &found.Gaps, on), People: kind == app.NoAccount}
	v.Description, v.AsOf = i18n.T(ctx, "coverage.help"), on.view(ctx, "/coverage")
	if !named {
		return s.render(w, r, http.StatusOK, page.Coverage(v))
	}
	v.AsOf, v.Heading = on.view(ctx, coverageURL(kind)), i18n.T(ctx, "coverage.missing."+string(kind))
	at := placeURL
	if actor.Holds(cadre.Administer) { // who can mend it is led to where
		at = assignmentsURL
	}
	for _, row := range found.Rows {
		v.Rows = append(v.Rows, page.GapPlace{
			Place: row.Name, Above: row.Above, URL: on.link(at(row.Place)), Level: i18n.T(ctx, "level."+string(row.Level)), Person: row.Person, Post: row.PostVi,
		})
		if i18n.Of(ctx) == i18n.En {
			v.Rows[len(v.Rows)-1].Post = row.PostEn
		}
	}
	if found.Next != 0 {
		v.Pager.NextURL = on.link(coverageURL(kind)) + "&after=" + strconv.FormatInt(found.Next, 10)
	}
	if q.After != "" {
		v.Pager.FirstURL = on.link(coverageURL(kind))
	}
	if len(v.Rows) > 0 {
		v.Pager.Export = exportOf(on.link(coverageURL(kind)))
	}
	return s.render(w, r, http.StatusOK, page.Coverage(v))
}

func coverageURL(kind app.GapKind) string { return "/coverage?kind=" + string(kind) }

// gapRows words what is covered and what is missing, each with a link to the missing ones; nothing for nil.
func gapRows(ctx context.Context, g *app.Gaps, on asOf) []page.Gap {
	if g == nil {
		return nil
	}
	row := func(kind app.GapKind, have, all int) page.Gap {
		bar := component.BarView{Share: 100, Full: true}
		if all > 0 {
			bar.Share = have * 100 / all
		}
		gap := page.Gap{
			Label: i18n.T(ctx, "home.gap_"+string(kind)), Count: i18n.T(ctx, "home.of", "have", i18n.Count(ctx, have), "all", i18n.Count(ctx, all)), Bar: &bar,
		}
		if have < all {
			gap.Missing, gap.URL = i18n.Count(ctx, all-have), on.link(coverageURL(kind))
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
		accounts.Missing, accounts.URL = i18n.Count(ctx, g.Accounts), coverageURL(app.NoAccount)
	}
	return append(rows, accounts)
}
