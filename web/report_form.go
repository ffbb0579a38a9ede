package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// largeArea gives the place of an actor who reports on one area larger than a commune; empty for everybody else.
func largeArea(actor cadre.Actor) string {
	held := ""
	for _, g := range actor.Grants {
		if g.Post.Capability == cadre.Administer {
			continue
		}
		if held != "" || !g.Locality.Level.Above(territory.Commune) {
			return ""
		}
		held = strconv.FormatInt(int64(g.Locality.ID), 10)
	}
	return held
}

func hasLargeArea(own []app.FilingPlace) bool {
	return slices.ContainsFunc(own, func(p app.FilingPlace) bool { return p.Level.Above(territory.Commune) })
}

// usualPlace gives the place that a report is most likely about: the only one that the actor holds, or the main one.
func usualPlace(actor cadre.Actor) string {
	var held []cadre.Grant
	for _, g := range actor.Grants {
		if g.Post.Capability != cadre.Administer {
			held = append(held, g)
		}
	}
	if len(held) == 1 || len(held) > 1 && held[0].Primary && !held[1].Primary {
		return strconv.FormatInt(int64(held[0].Locality.ID), 10)
	}
	return ""
}

func (s *Server) pickView(w http.ResponseWriter, r *http.Request, form app.ReportForm) page.PickView {
	ctx := r.Context()
	v := page.PickView{Base: s.base(w, r, "report.pick_title")}
	v.Description = i18n.T(ctx, "report.pick_help")
	if len(form.Asked) == 0 {
		group := page.PickGroup{ID: "mine", Title: i18n.T(ctx, "report.mine")}
		for _, p := range form.Own {
			group.Lines = append(group.Lines, pickLineOf(p))
		}
		v.Groups = []page.PickGroup{group}
		return v
	}
	here := form.Asked.Self()
	group := page.PickGroup{ID: "here", Title: here.Name, Whole: &page.PickLine{
		Label: i18n.T(ctx, "report.pick_whole", "place", here.Name), URL: "/reports/new?place=" + strconv.FormatInt(int64(here.ID), 10),
	}}
	for _, p := range form.Places {
		if p.Parent == here.ID {
			group.Lines = append(group.Lines, pickLineOf(p))
		}
	}
	v.Groups = []page.PickGroup{group}
	for i := len(form.Asked) - 1; i > 0; i-- {
		id := form.Asked[i].ID
		if slices.ContainsFunc(form.Own, func(o app.FilingPlace) bool { return o.ID == id }) || len(v.Crumbs) > 0 {
			v.Crumbs = append(v.Crumbs, component.Crumb{Label: form.Asked[i].Name, URL: "/reports/new?in=" + strconv.FormatInt(int64(id), 10)})
		}
	}
	return v
}

// pickLine leads to the form, or below where the place is larger than a commune.
func pickLineOf(p app.FilingPlace) page.PickLine {
	id := strconv.FormatInt(int64(p.ID), 10)
	if p.Level.Above(territory.Commune) {
		return page.PickLine{Label: p.Name, URL: "/reports/new?in=" + id, Below: true}
	}
	return page.PickLine{Label: p.Name, URL: "/reports/new?place=" + id}
}

// reportFormView makes the form of a report from what was typed, with the errors at their fields.
func (s *Server) reportFormView(w http.ResponseWriter, r *http.Request, a reportAttempt, form app.ReportForm, err error) page.ReportFormView {
	ctx, in := r.Context(), a.draft.Input
	described, known := in.Kind.Form()
	if !known { // what was typed is shown all the same
		described, _ = casework.SituationReport.Form()
	}
	f := reportFields{ctx: ctx, errs: fieldErrors(ctx, err), today: session(r).Actor.Today(), kind: described.Kind, beside: form.Beside}
	title := "report.new_title"
	switch {
	case a.draft.Base > 0:
		title = "report.amend_title"
	case strings.HasSuffix(a.path, "/edit"):
		title = "report.edit_title"
	}
	v := page.ReportFormView{
		Base: s.base(w, r, title), Action: a.path, ReportID: a.draft.ReportID.String(), SubmissionID: a.submissionID,
		Version: strconv.Itoa(a.draft.Version), Amended: strconv.Itoa(a.draft.Base), SendLabel: i18n.T(ctx, "report.send"),
		Kind: string(described.Kind), KindName: reportKindName(ctx, described.Kind), Opening: f.part(described.Opening, in.Content),
		Locality: f.locality(in.Locality, form), HappenedOn: f.day(in.HappenedOn),
		Keep:        keepView(r, described.Kind),
		LocateLabel: i18n.T(ctx, "report.locate"), LocateFailed: i18n.T(ctx, "report.locate_failed"),
	}
	v.Description, v.Summary = i18n.T(ctx, "report.help."+string(described.Kind)), summary(ctx, inFormOrder(described, err))
	for _, p := range described.Parts {
		v.Parts = append(v.Parts, f.part(p, in.Content))
	}
	besideForm(ctx, form, session(r).Actor.Today(), &v)
	if a.draft.Base == 0 {
		v.KindsOpen = r.Method == http.MethodGet && r.URL.Query().Get("kind") == "" && a.draft.Version == 0
		v.Kinds, v.VisitList = kindChoices(ctx, described.Kind), described.Kind == casework.HouseholdVisit
	}
	if hasLargeArea(form.Own) {
		v.PickURL = "/reports/new"
	}
	if a.draft.Version > 0 {
		v.Discard = &page.DiscardForm{Action: "/reports/" + v.ReportID + "/discard", SubmissionID: newID(), Version: v.Version}
	}
	if a.draft.Base > 0 {
		v.Description, v.SendLabel = i18n.T(ctx, "report.amend_help"), i18n.T(ctx, "report.send_amended")
	}
	if a.hints != nil {
		v.Hints, v.SendLabel = hintLines(ctx, *a.hints, in.Content), i18n.T(ctx, "report.send_anyway")
	}
	if form.Sent != nil {
		v.Happened = reportMoments(ctx, form.Sent.Report.ID, form.Sent.Events, session(r).Actor.At)
	}
	if !a.draft.UpdatedAt.IsZero() {
		v.Description = i18n.T(ctx, "report.saved", "time", i18n.DateTime(ctx, a.draft.UpdatedAt))
	}
	return v
}

// hintLines words what a report might be missing.
func hintLines(ctx context.Context, h app.ReportHints, c casework.Content) []page.Hint {
	var list []page.Hint
	if h.Vague {
		list = append(list, page.Hint{Text: i18n.T(ctx, "report.hint_vague")})
	}
	if h.Near != nil {
		list = append(list, page.Hint{
			Text: i18n.T(ctx, "report.hint_near", "date", dayText(ctx, h.Near.HappenedOn), "place", h.Near.Place),
			URL:  reportURL(h.Near.ID), Passage: shortened(c.Shared(h.Near.Content)),
		})
	}
	return list
}

// shortened gives the beginning of a long passage.
func shortened(text string) string {
	words := strings.Fields(text)
	if len(words) <= passageWords {
		return text
	}
	return strings.Join(words[:passageWords], " ") + " …"
}

// passageWords is how much of a passage is shown.
const passageWords = 40

// storedTexts lists in which texts a stored draft differs from what was typed; all of them where none differs.
func storedTexts(ctx context.Context, stored, typed casework.ReportInput) []page.ReportText {
	all, mine := draftTexts(ctx, stored), draftTexts(ctx, typed)
	different := slices.DeleteFunc(slices.Clone(all), func(t page.ReportText) bool { return slices.Contains(mine, t) })
	if len(different) > 0 {
		return different
	}
	return all
}

func draftTexts(ctx context.Context, in casework.ReportInput) []page.ReportText {
	var texts []page.ReportText
	form, _ := in.Kind.Form()
	for _, f := range form.Fields() {
		if in.Content[f.Name] != "" {
			texts = append(texts, page.ReportText{ID: f.Name, Title: reportFieldName(ctx, in.Kind, f.Name), Text: reportValue(ctx, f, in.Content[f.Name])})
		}
	}
	if len(texts) == 0 {
		texts = []page.ReportText{{ID: "what", Title: i18n.T(ctx, "report.what"), Text: i18n.T(ctx, "report.draft_untitled")}}
	}
	return texts
}

// inFormOrder sorts the field errors of a fault in the order of the form, so that the summary reads like it.
func inFormOrder(form casework.ReportForm, err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	var order []string
	for _, field := range form.Opening.Fields {
		order = append(order, field.Name)
	}
	order = append(order, "locality", "happened_on")
	for _, field := range form.Fields()[len(form.Opening.Fields):] {
		order = append(order, field.Name)
	}
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	sorted := *f
	sorted.Fields = slices.Clone(f.Fields)
	slices.SortStableFunc(sorted.Fields, func(a, b fault.Field) int { return rank(a.Name) - rank(b.Name) })
	return &sorted
}

// reportKindName words a kind.
func reportKindName(ctx context.Context, kind casework.ReportKind) string {
	return i18n.T(ctx, "report.kind."+string(kind))
}

// kindChoices are the kinds to choose from; choosing another one keeps what was typed.
func kindChoices(ctx context.Context, chosen casework.ReportKind) []page.KindChoice {
	var list []page.KindChoice
	for _, k := range casework.ReportKinds() {
		list = append(list, page.KindChoice{Value: changeKind + string(k), Label: reportKindName(ctx, k), Chosen: k == chosen})
	}
	return list
}

// faultWords words a fault.
func faultWords(ctx context.Context, err error) string {
	if f := fault.As(err); f != nil {
		return i18n.T(ctx, f.Key, f.Args...)
	}
	return i18n.T(ctx, "fault.internal")
}
