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
	ctx, actor := r.Context(), session(r).Actor
	found, err := s.app.Coverage(ctx, actor, kind, number(q.After), gapsPerPage)
	if err != nil {
		return err
	}
	v := page.CoverageView{Base: s.base(w, r, "coverage.title"), Gaps: gapRows(ctx, &found.Gaps), People: kind == app.NoAccount}
	v.Description = i18n.T(ctx, "coverage.help")
	if !named {
		return s.render(w, r, http.StatusOK, page.Coverage(v))
	}
	v.Heading = i18n.T(ctx, "coverage.missing."+string(kind))
	at := placeURL
	if actor.Holds(cadre.Administer) { // who can mend it is led to where
		at = assignmentsURL
	}
	for _, row := range found.Rows {
		v.Rows = append(v.Rows, page.GapPlace{
			Place: row.Name, Above: row.Above, URL: at(row.Place), Level: i18n.T(ctx, "level."+string(row.Level)), Person: row.Person, Post: row.PostVi,
		})
		if i18n.Of(ctx) == i18n.En {
			v.Rows[len(v.Rows)-1].Post = row.PostEn
		}
	}
	if found.Next != 0 {
		v.Pager.NextURL = coverageURL(kind) + "&after=" + strconv.FormatInt(found.Next, 10)
	}
	if q.After != "" {
		v.Pager.FirstURL = coverageURL(kind)
	}
	if len(v.Rows) > 0 {
		v.Pager.Export = exportOf(coverageURL(kind))
	}
	return s.render(w, r, http.StatusOK, page.Coverage(v))
}

func coverageURL(kind app.GapKind) string { return "/coverage?kind=" + string(kind) }

// gapRows words what is covered and what is missing, each with a link to the missing ones; nothing for nil.
func gapRows(ctx context.Context, g *app.Gaps) []page.Gap {
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
			gap.Missing, gap.URL = i18n.Count(ctx, all-have), coverageURL(kind)
		}
		return gap
	}
	accounts := page.Gap{Label: i18n.T(ctx, "home.gap_accounts")}
	if g.Accounts > 0 {
		accounts.Missing, accounts.URL = i18n.Count(ctx, g.Accounts), coverageURL(app.NoAccount)
	}
	return []page.Gap{
		row(app.NoTierOne, g.CommunesCovered, g.Communes), row(app.NoTierTwo, g.HamletsCovered, g.Hamlets),
		row(app.NoTierThree, g.GroupsCovered, g.Groups), row(app.NoLead, g.DesksCovered, g.Desks), accounts,
	}
}
