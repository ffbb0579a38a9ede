package web

import (
	"net/http"
	"slices"
	"strings"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// administrationPath is the page that leads administrators to all of theirs.
const administrationPath = "/administration"

// adminPage is one page for administrators, worded by administration.<key> and administration.<key>_help.
type adminPage struct {
	key, path, icon string
	number          func(app.Administration) adminNumber // nil for none
	hidden          func(app.Administration) bool        // who may not use it though they administer; nil for nobody
}

// adminNumber is the number that matters on an administrators' page, worded as the plural administration.<key>.
type adminNumber struct {
	key  string
	n    int
	url  string         // of what is counted
	tone component.Tone // where there is any; a number without one is no reason to act
}

// adminPages are all pages for administrators, by group. Whoever adds a page adds its line here.
var adminPages = []struct {
	group string
	pages []adminPage
}{
	{"people", []adminPage{
		{key: "cadres", path: "/cadres", icon: "people", number: func(a app.Administration) adminNumber {
			return adminNumber{"idle", a.Idle, "/cadres?held=no", component.Info}
		}},
		{key: "accounts", path: accountsPath, icon: "key", number: func(a app.Administration) adminNumber {
			return adminNumber{"without_account", a.Accounts[app.NoAccountYet], accountsPath + "?state=none", component.Warn}
		}},
		{key: "imports", path: importsPath, icon: "upload"},
	}},
	{"places", []adminPage{
		{key: "handovers", path: handoversPath, icon: "people"},
		{key: "places", path: "/places", icon: "place", number: func(a app.Administration) adminNumber {
			return adminNumber{"place_count", a.Places, "", ""}
		}},
		{key: "reorganisations", path: plansPath, icon: "merge"},
		{key: "coverage", path: "/coverage", icon: "tree", number: func(a app.Administration) adminNumber {
			g := a.Gaps
			gaps := g.Communes - g.CommunesCovered + g.Hamlets - g.HamletsCovered + g.Groups - g.GroupsCovered + g.Desks - g.DesksCovered
			return adminNumber{"gaps", gaps, "/coverage", component.Warn}
		}},
	}},
	{"rules", []adminPage{
		{key: "posts", path: postsPath, icon: "people"},
		{key: "agencies", path: agenciesPath, icon: "people"},
		{key: "calendar", path: "/calendar", icon: "calendar", number: func(a app.Administration) adminNumber {
			return adminNumber{"special_days", a.Special, "/calendar#days", ""}
		}},
		{key: "deadlines", path: "/calendar/deadlines", icon: "clock", hidden: func(a app.Administration) bool { return a.Higher }},
		{key: "audit", path: auditPath, icon: "history", number: func(a app.Administration) adminNumber {
			return adminNumber{"changes", a.Changes, auditPath, ""}
		}},
	}},
}

// administration leads administrators to all of their pages, each with the number that matters there.
func (s *Server) administration(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	found, err := s.app.Administration(ctx, actor)
	if err != nil {
		return err
	}
	v := page.AdministrationView{Base: s.base(w, r, "administration.title")}
	v.Description = i18n.T(ctx, "administration.help")
	for _, g := range adminPages {
		group := page.AdminGroup{ID: "admin-" + g.group, Title: i18n.T(ctx, "administration.group_"+g.group)}
		for _, p := range g.pages {
			if p.hidden != nil && p.hidden(found) {
				continue
			}
			line := page.AdminPage{Title: i18n.T(ctx, "administration."+p.key), Help: i18n.T(ctx, "administration."+p.key+"_help"), URL: p.path, Icon: p.icon}
			if p.path == "/places" && len(actor.Grants) == 1 { // the list of one's places would be a detour
				line.URL = placeURL(actor.Grants[0].Locality.ID)
			}
			if p.number != nil {
				n := p.number(found)
				line.Number = component.BadgeView{Label: i18n.Plural(ctx, "administration."+n.key, n.n), Tone: n.tone}
				line.NumberURL = n.url
				if n.n == 0 {
					line.NumberURL = ""
				}
				if n.n == 0 && n.tone != "" {
					line.Number.Tone = component.Success
				}
			}
			group.Pages = append(group.Pages, line)
		}
		v.Groups = append(v.Groups, group)
	}
	return s.render(w, r, http.StatusOK, page.Administration(v))
}

// administers tells whether a path is one of the administrators' pages; those of places are everybody's.
func administers(path string) bool {
	return path == administrationPath || slices.ContainsFunc(adminPaths(), func(p string) bool { return path == p || strings.HasPrefix(path, p+"/") })
}

// adminPaths lists where the administrators' own pages begin.
func adminPaths() []string {
	var paths []string
	for _, g := range adminPages {
		for _, p := range g.pages {
			if p.path != "/places" {
				paths = append(paths, p.path)
			}
		}
	}
	return paths
}

// adminCrumb leads back from one of the administrators' pages; a page with crumbs of its own replaces it.
func adminCrumb(r *http.Request, actor cadre.Actor) []component.Crumb {
	if !actor.Holds(cadre.Administer) || !slices.Contains(adminPaths(), r.URL.Path) {
		return nil
	}
	return []component.Crumb{{Label: i18n.T(r.Context(), "administration.title"), URL: administrationPath}}
}
