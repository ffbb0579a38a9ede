package web

import (
	"context"
	"net/http"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

func (s *Server) home(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	h, err := s.app.Home(ctx, actor)
	if err != nil {
		return err
	}
	v := page.HomeView{Base: s.base(w, r, "home.title"), NoPost: len(actor.Grants) == 0}
	v.Description = i18n.T(ctx, "home.help")
	if actor.Holds(cadre.Support) || actor.Holds(cadre.Watch) || actor.Holds(cadre.Lead) {
		v.Actions = []component.Action{
			{Label: i18n.T(ctx, "home.write_report"), URL: "/reports/new", Icon: "edit", Primary: true},
			{Label: i18n.T(ctx, "home.raise_issue"), URL: "/issues/new", Icon: "issue"},
		}
	}
	v.Tiles = homeTiles(ctx, actor, h)
	v.Sections = homeSections(ctx, actor, h)
	for _, p := range h.Places {
		v.Places = append(v.Places, page.PlaceCard{
			Name: p.Name, URL: placeURL(p.ID), Open: i18n.Count(ctx, p.Open), Last: orNever(ctx, dayText(ctx, p.LastReport)), Mine: orNever(ctx, dayText(ctx, p.MyLast)),
		})
	}
	v.Gaps = gapRows(ctx, h.Gaps)
	v.Recent = page.Section{Title: i18n.T(ctx, "home.recent"), Lines: reportLines(ctx, h.Reports)}
	return s.render(w, r, http.StatusOK, page.Home(v))
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
		add(h.AtDeskCount, "home.at_desk_tile", "/review", component.Info)
		add(h.LateCount, "home.late_tile", "/review", component.Danger)
		add(h.LateBelow, "home.late_below_tile", "/review", component.Warn)
	}
	if h.Drafts > 0 {
		tiles = append(tiles, component.Tile{Number: i18n.Count(ctx, h.Drafts), Label: i18n.T(ctx, "home.drafts_tile"), URL: "/reports/drafts", Tone: component.Info})
	}
	return tiles
}

func homeSections(ctx context.Context, actor cadre.Actor, h app.Home) []page.Section {
	sections := []page.Section{
		{Title: i18n.T(ctx, "home.asked"), Lines: issueLines(ctx, h.Asked, actor.At)},
		{Title: i18n.T(ctx, "home.to_confirm"), Lines: issueLines(ctx, h.ToConfirm, actor.At)},
	}
	if actor.Holds(cadre.Lead) {
		sections = append(sections, page.Section{
			Title: i18n.T(ctx, "home.at_desk"), Lines: issueLines(ctx, h.AtDesk, actor.At), Empty: i18n.T(ctx, "home.nothing"),
		})
	}
	return append(sections, page.Section{Title: i18n.T(ctx, "home.mine"), Lines: issueLines(ctx, h.Mine, actor.At)})
}

func gapRows(ctx context.Context, g *app.Gaps) []page.Gap {
	if g == nil {
		return nil
	}
	row := func(key string, have, all int) page.Gap {
		share := 100
		if all > 0 {
			share = have * 100 / all
		}
		return page.Gap{
			Label: i18n.T(ctx, key), Count: i18n.T(ctx, "home.of", "have", i18n.Count(ctx, have), "all", i18n.Count(ctx, all)), Share: share, Full: have == all,
		}
	}
	return []page.Gap{
		row("home.gap_communes", g.CommunesCovered, g.Communes), row("home.gap_hamlets", g.HamletsCovered, g.Hamlets),
		row("home.gap_groups", g.GroupsCovered, g.Groups), row("home.gap_desks", g.DesksCovered, g.Desks),
		{Label: i18n.T(ctx, "home.gap_accounts"), Count: i18n.Count(ctx, g.Accounts), Share: -1, Full: g.Accounts == 0},
	}
}

func orNever(ctx context.Context, day string) string {
	if day == "" {
		return i18n.T(ctx, "home.never")
	}
	return day
}
