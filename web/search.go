package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// searchPath is where the search box leads.
const searchPath = "/search"

// searchQuery is what the URL of a search says.
type searchQuery struct {
	Words string `form:"q"`
	All   string `form:"all"` // reports of all times
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) error {
	var q searchQuery
	decodeQuery(r, &q)
	ctx, actor, words := r.Context(), session(r).Actor, app.ParseWords(q.Words)
	found, err := s.app.Search(ctx, actor, words, q.All != "")
	if err != nil {
		return err
	}
	v := page.SearchView{Base: s.base(w, r, "search.title"), All: q.All != ""}
	v.SearchURL = "" // the page has the box itself
	v.Query = searchField(ctx, words)
	if words.Text == "" {
		v.Description = i18n.T(ctx, "search.help")
		return s.render(w, r, http.StatusOK, page.Search(v))
	}
	v.Title = i18n.T(ctx, "search.title_for", "words", words.Text)
	if words.TooShort() {
		v.Hint = i18n.T(ctx, "search.too_short")
		return s.render(w, r, http.StatusOK, page.Search(v))
	}
	if words.Cut {
		v.Hint = i18n.T(ctx, "search.cut", "words", words.Text)
	}
	v.Groups = searchGroups(ctx, words, actor, found)
	if len(v.Groups) == 0 {
		v.Nothing = &component.Empty{Icon: "search", Title: i18n.T(ctx, "search.none"), Text: i18n.T(ctx, "search.none_help")}
	}
	switch {
	case actor.Holds(cadre.Administer) && len(actor.Scope(cadre.ReadReport).Branches) == 0: // numbers only
	case v.All:
		v.Window = i18n.T(ctx, "search.all_times")
	default:
		v.Window = i18n.T(ctx, "search.window", "date", dayText(ctx, found.Since))
		v.WidenURL = searchPath + "?" + url.Values{"q": {words.Text}, "all": {"1"}}.Encode()
	}
	return s.render(w, r, http.StatusOK, page.Search(v))
}

// searchField is the box of the search page. It takes the focus where nothing was searched for yet.
func searchField(ctx context.Context, words app.Words) component.Field {
	f := component.Field{
		Name: "q", Label: i18n.T(ctx, "layout.search"), LabelHidden: true, Type: "search", Value: words.Text, MaxLength: app.MaxWordsLength,
		Autocomplete: "off", Attrs: templ.Attributes{"placeholder": i18n.T(ctx, "layout.search")},
	}
	if words.Text == "" {
		f.Attrs["autofocus"], f.Attrs["data-focus"] = true, true
	}
	return f
}

func searchGroups(ctx context.Context, words app.Words, actor cadre.Actor, found app.Search) []page.SearchGroup {
	narrow := i18n.T(ctx, "search.narrow")
	issues := "/issues?" + url.Values{"q": {words.Text}, "state": {"all"}}.Encode()
	query := url.Values{"q": {words.Text}}
	if !found.Since.IsZero() {
		query.Set("from", found.Since.String())
	}
	groups := []page.SearchGroup{
		{ID: "places", Title: i18n.T(ctx, "search.places"), Hits: placeHits(ctx, words, found.Places), More: onlyIf(found.MorePlaces, narrow)},
		{ID: "cadres", Title: i18n.T(ctx, "search.cadres"), Hits: cadreHits(ctx, words, found.Cadres), More: onlyIf(found.MoreCadres, narrow)},
		{ID: "issues", Title: i18n.T(ctx, "search.issues"), Hits: issueHits(ctx, words.Whole(), actor, found.Issues),
			More: i18n.T(ctx, "search.all_issues"), URL: onlyIf(found.MoreIssues, issues)},
		{ID: "reports", Title: i18n.T(ctx, "search.reports"), Hits: reportHits(ctx, words.Whole(), found.Reports),
			More: i18n.T(ctx, "search.all_reports"), URL: onlyIf(found.MoreReports, "/reports?"+query.Encode())},
	}
	var shown []page.SearchGroup
	for _, g := range groups {
		if len(g.Hits) > 0 {
			shown = append(shown, g)
		}
	}
	return shown
}

func onlyIf(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}

// marks parts a text for the page where its words are those searched for.
func marks(parts []app.WordsPart) []page.Mark {
	var out []page.Mark
	for _, p := range parts {
		out = append(out, page.Mark(p))
	}
	return out
}

// hasHit tells whether anything of a text is what was searched for.
func hasHit(parts []app.WordsPart) bool {
	for _, p := range parts {
		if p.Hit {
			return true
		}
	}
	return false
}

func placeHits(ctx context.Context, words app.Words, hits []app.PlaceHit) []page.SearchHit {
	var out []page.SearchHit
	for _, h := range hits {
		hit := page.SearchHit{URL: placeURL(h.ID), Title: marks(words.Mark(h.Name))}
		if h.Old != "" {
			hit.Excerpt = marks(words.Mark(i18n.T(ctx, "search.old_name", "name", h.Old)))
		}
		if h.In != "" {
			hit.Facts = append(hit.Facts, h.In)
		}
		out = append(out, hit)
	}
	return out
}

func cadreHits(ctx context.Context, words app.Words, hits []app.CadreHit) []page.SearchHit {
	var out []page.SearchHit
	for _, h := range hits {
		hit := page.SearchHit{
			URL: placeURL(h.PlaceID), Title: marks(words.Mark(h.Name)), Facts: []string{postName(ctx, h.Post), placeIn(h.Place, h.In)},
		}
		if h.More > 0 {
			hit.Facts = append(hit.Facts, i18n.Plural(ctx, "search.more_posts", h.More))
		}
		out = append(out, hit)
	}
	return out
}

func issueHits(ctx context.Context, words app.Words, actor cadre.Actor, hits []app.IssueHit) []page.SearchHit {
	var out []page.SearchHit
	for i, line := range hits {
		h := hits[i]
		drawn := issueLines(ctx, []app.IssueLine{line.IssueLine}, actor.At)[0]
		title := words.Mark(h.Title)
		hit := page.SearchHit{URL: drawn.URL, Title: marks(title), Number: marks(words.Mark(h.Number)), Facts: drawn.Facts}
		if len(drawn.Marks) > 0 {
			hit.Badge = &drawn.Marks[0]
		}
		if !hasHit(title) {
			hit.Excerpt = marks(words.Excerpt(h.Description))
		}
		out = append(out, hit)
	}
	return out
}

func reportHits(ctx context.Context, words app.Words, hits []app.ReportHit) []page.SearchHit {
	var out []page.SearchHit
	for _, h := range hits {
		line := reportLines(ctx, []app.ReportLine{h.ReportLine})[0]
		title := words.Mark(line.Title)
		hit := page.SearchHit{URL: line.URL, Title: marks(title), Facts: line.Facts}
		if len(line.Marks) > 0 {
			hit.Badge = &line.Marks[0]
		}
		if !hasHit(title) {
			hit.Excerpt = marks(words.Excerpt(h.Text))
		}
		out = append(out, hit)
	}
	return out
}
