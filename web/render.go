package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/web/static"
)

// render writes a page whole: a template that fails leaves no half page behind.
func (s *Server) render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(r.Context(), &buf); err != nil {
		return fmt.Errorf("rendering: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if _, err := buf.WriteTo(w); err != nil {
		s.log.Debug("the visitor left", "id", requestID(r))
	}
	return nil
}

// base makes what every page shows around its content. The title is a message key or a text of its own.
func (s *Server) base(w http.ResponseWriter, r *http.Request, title string) component.Base {
	ctx := r.Context()
	if i18n.Has(title) {
		title = i18n.T(ctx, title)
	}
	b := component.Base{
		Title: title, Assets: assets(), Demo: len(s.demo) > 0, Flash: s.takeFlash(w, r),
	}
	b.LanguageURL, b.Here = "/language", r.URL.RequestURI()
	if r.Method != http.MethodGet {
		b.Here = r.URL.Path
	}
	who := session(r)
	if who.Actor.CadreID == 0 {
		return b
	}
	if !who.Unarmed {
		b.Nav, b.SearchURL = s.nav(r), searchPath
	}
	b.Person = &component.Person{
		Account: strconv.FormatInt(who.Actor.AccountID, 10), Name: who.Actor.Name, Post: actingAs(ctx, who.Actor), NoticesURL: "/notices", SignOutURL: "/sign-out",
	}
	b.Person.AccountURL = accountPath
	b.Crumbs = adminCrumb(r, who.Actor)
	if who.Unarmed {
		b.Person.NoticesURL, b.Person.AccountURL = "", ""
		return b
	}
	if who.Unseen > 0 {
		b.Person.NoticeCount = i18n.Count(ctx, who.Unseen)
	}
	return b
}

// assets names the built browser files.
func assets() component.Assets {
	return component.Assets{
		CSS: static.Path("app.css"), JS: static.Path("app.js"), Icon: static.Path("icon.svg"), Fonts: static.Fonts(),
	}
}

// nav lists the areas that the person's posts open.
func (s *Server) nav(r *http.Request) []component.NavItem {
	ctx, actor := r.Context(), session(r).Actor
	items := []component.NavItem{{Label: i18n.T(ctx, "nav.home"), URL: "/", Icon: "home", Active: r.URL.Path == "/"}}
	add := func(shown bool, key, path, icon string) {
		if shown {
			items = append(items, component.NavItem{Label: i18n.T(ctx, key), URL: path, Icon: icon, Active: strings.HasPrefix(r.URL.Path, path)})
		}
	}
	add(actor.Holds(cadre.Lead), "nav.review", "/review", "board")
	add(works(actor) || len(actor.Grants) == 0, "nav.reports", "/reports", "report")
	add(works(actor) || len(actor.Grants) == 0, "nav.issues", "/issues", "issue")
	add(len(actor.Grants) > 0, "nav.places", "/places", "place")
	if actor.Holds(cadre.Administer) {
		items = append(items, component.NavItem{
			Label: i18n.T(ctx, "nav.administration"), URL: administrationPath, Icon: "settings", Active: administers(r.URL.Path),
		})
	}
	return items
}

// actingAs words the post that a person acts in: the first one and how many more.
func actingAs(ctx context.Context, a cadre.Actor) string {
	if len(a.Grants) == 0 {
		return i18n.T(ctx, "person.no_post")
	}
	g := a.Grants[0]
	text := i18n.T(ctx, "person.post_at", "post", postName(ctx, g.Post), "place", g.Locality.Name)
	if n := len(a.Grants) - 1; n > 0 {
		text += " " + i18n.T(ctx, "person.more_posts", "n", n)
	}
	return text
}

// postName gives a post's name in the language of the page.
func postName(ctx context.Context, p cadre.Post) string {
	if i18n.Of(ctx) == i18n.En {
		return p.NameEn
	}
	return p.NameVi
}

// crumbs makes the breadcrumb of a place, from the top.
func crumbs(chain territory.Chain) []component.Crumb {
	list := make([]component.Crumb, 0, len(chain))
	for _, c := range slices.Backward(chain) {
		list = append(list, component.Crumb{Label: c.Name, URL: fmt.Sprintf("/places/%d", c.ID)})
	}
	return list
}

// dayText writes a day as dd/mm/yyyy.
func dayText(ctx context.Context, d territory.Day) string {
	if d.IsZero() {
		return ""
	}
	return i18n.Date(ctx, d.Start())
}

// flashLife is how long a message waits for the page that shows it.
const flashLife = time.Minute

// seeOther sends the visitor on after a change, with a message for the next page: a key of the catalogue without
// arguments, kept in a cookie so that no session has to be written.
func (s *Server) seeOther(w http.ResponseWriter, r *http.Request, path, flash string) error {
	if flash != "" {
		http.SetCookie(w, s.cookie("flash", flash, flashLife))
	}
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

func (s *Server) takeFlash(w http.ResponseWriter, r *http.Request) *component.Flash {
	c, err := r.Cookie(s.cookieName("flash"))
	if err != nil {
		return nil
	}
	http.SetCookie(w, s.cookie("flash", "", -1))
	if !strings.HasPrefix(c.Value, "flash.") || !i18n.Has(c.Value) {
		return nil
	}
	return &component.Flash{Kind: component.Success, Text: i18n.T(r.Context(), c.Value)}
}

func (s *Server) cookie(name, value string, life time.Duration) *http.Cookie {
	age := int(life.Seconds())
	if life < 0 {
		age = -1
	}
	return &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	}
}

// localPath gives a path of this site to go on to, or the home page for anything else.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\n\r") {
		return "/"
	}
	return next
}

// fieldErrors words the field errors of a fault by field name; the first error of a field counts.
func fieldErrors(ctx context.Context, err error) map[string]string {
	texts := map[string]string{}
	if f := fault.As(err); f != nil {
		for _, field := range f.Fields {
			if texts[field.Name] == "" {
				texts[field.Name] = i18n.T(ctx, field.Key, field.Args...)
			}
		}
	}
	return texts
}

// summary makes the error summary of a form: each error with a link to its field, or the fault's own words where it names
// no field. nil where nothing is wrong.
func summary(ctx context.Context, err error) *component.ErrorSummary {
	f := fault.As(err)
	if f == nil {
		return nil
	}
	sum := &component.ErrorSummary{Title: i18n.T(ctx, "form.summary")}
	for _, field := range f.Fields {
		sum.Items = append(sum.Items, component.ErrorItem{Href: "#" + component.FieldID(field.Name), Text: i18n.T(ctx, field.Key, field.Args...)})
	}
	if len(f.Fields) == 0 {
		sum.Items = append(sum.Items, component.ErrorItem{Text: i18n.T(ctx, f.Key, f.Args...)})
	}
	return sum
}
