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
	f := reportFields{ctx: ctx, errs: fieldErrors(ctx, err)}
	title := "report.new_title"
	switch {
	case a.draft.Base > 0:
		title = "report.amend_title"
	case strings.HasSuffix(a.path, "/edit"):
		title = "report.edit_title"
	}
	v := page.ReportFormView{
		Base: s.base(w, r, title), Action: a.path, ReportID: a.draft.ReportID.String(), SubmissionID: a.submissionID,
		Version: strconv.Itoa(a.draft.Version), Amended: strconv.Itoa(a.draft.Base), SendLabel: i18n.T(ctx, "report.send"), What: f.text("what", in.What), Locality: f.locality(in.Locality, form),
		HappenedOn: f.day(in.HappenedOn, session(r).Actor.Today()), Difficulties: f.text("difficulties", in.Difficulties),
		Proposals: f.text("proposals", in.Proposals), Position: f.position(in.Position),
		LocateLabel: i18n.T(ctx, "report.locate"), LocateFailed: i18n.T(ctx, "report.locate_failed"),
	}
	v.Description, v.Summary = i18n.T(ctx, "report.new_help"), summary(ctx, inFormOrder(err))
	v.What.Label, v.What.Required, v.What.Rows = i18n.T(ctx, "report.what_label"), true, 8
	v.Areas = f.group("areas", f.text("production", in.Production), f.text("order", in.Order), f.text("mood", in.Mood), f.text("pressing", in.Pressing))
	v.Policies = f.group("policies", f.text("policies_heard", in.PoliciesHeard), f.text("policy_reaction", in.PolicyReaction))
	for _, code := range casework.Organisations() {
		o := f.organisation(code, in.Organisations[code])
		v.Organisations = append(v.Organisations, o)
		v.OrganisationsOpen = v.OrganisationsOpen || fieldUsed(o.Rating) || fieldUsed(o.Remark)
	}
	v.PositionOpen = fieldUsed(v.Position)
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
		v.Hints, v.SendLabel = hintLines(ctx, *a.hints, a.draft.Input.Content()), i18n.T(ctx, "report.send_anyway")
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

func fieldUsed(f component.Field) bool { return f.Value != "" || f.Error != "" }

// reportFields makes the fields of the form.
type reportFields struct {
	ctx  context.Context
	errs map[string]string
}

func (f reportFields) text(name, value string) component.Field {
	field := component.Field{
		Name: name, Label: i18n.T(f.ctx, "report."+name), Value: value, Error: f.errs[name], MaxLength: casework.MaxText, Rows: 3,
	}
	if key := "report." + name + "_hint"; i18n.Has(key) {
		field.Hint = i18n.T(f.ctx, key)
	}
	return field
}

func (f reportFields) group(name string, fields ...component.Field) page.FieldGroup {
	return page.FieldGroup{
		Title: i18n.T(f.ctx, "report."+name), Hint: i18n.T(f.ctx, "report."+name+"_hint"), Fields: fields, Open: slices.ContainsFunc(fields, fieldUsed),
	}
}

func (f reportFields) day(value string, today territory.Day) component.Field {
	return component.Field{
		Name: "happened_on", Label: i18n.T(f.ctx, "report.happened_on"), Hint: i18n.T(f.ctx, "report.day_hint"), Value: value,
		Error: f.errs["happened_on"], Required: true, Max: today.String(),
	}
}

func (f reportFields) position(value string) component.Field {
	return component.Field{
		Name: "position", Label: i18n.T(f.ctx, "report.position_label"), Hint: i18n.T(f.ctx, "report.position_hint"), Value: value,
		Error: f.errs["position"], Size: "medium", Autocomplete: "off",
	}
}

func (f reportFields) organisation(code string, o casework.Opinion) page.OrganisationFields {
	rating := component.Field{
		Name: "rating_" + code, Label: i18n.T(f.ctx, "report.rating"), Value: o.Rating, Error: f.errs["rating_"+code], Empty: i18n.T(f.ctx, "report.rating_none"),
	}
	for _, r := range casework.Ratings() {
		rating.Options = append(rating.Options, component.Option{Value: r, Label: i18n.T(f.ctx, "report.rating."+r)})
	}
	remark := f.text("remark_"+code, o.Remark)
	remark.Label, remark.Rows = i18n.T(f.ctx, "report.remark"), 2
	return page.OrganisationFields{Name: i18n.T(f.ctx, "report.organisation."+code), Rating: rating, Remark: remark}
}

func (f reportFields) locality(value string, form app.ReportForm) component.Field {
	field := component.Field{
		Name: "locality", Label: i18n.T(f.ctx, "report.place"), Hint: i18n.T(f.ctx, "report.locality_hint"), Value: value,
		Error: f.errs["locality"], Required: true, Options: f.places(form),
	}
	if !slices.ContainsFunc(field.Options, func(o component.Option) bool { return o.Value == value }) {
		field.Empty, field.Value = i18n.T(f.ctx, "report.locality_choose"), ""
	}
	return field
}

// places lists the places to choose from as a tree: the actor's own ones, then what lies directly below each.
func (f reportFields) places(form app.ReportForm) []component.Option {
	own := map[territory.LocalityID]bool{}
	known := map[territory.LocalityID]bool{}
	below := map[territory.LocalityID][]app.FilingPlace{}
	for _, p := range form.Own {
		own[p.ID] = true
	}
	for _, p := range form.Places {
		known[p.ID] = true
	}
	var options []component.Option
	var tops []app.FilingPlace
	for _, p := range form.Places {
		switch {
		case own[p.ID]:
			options = append(options, f.place(p, i18n.T(f.ctx, "report.mine"), true))
			tops = append(tops, p)
		case known[p.Parent]:
			below[p.Parent] = append(below[p.Parent], p)
		default:
			options = append(options, f.place(p, p.Above, false))
			tops = append(tops, p)
		}
	}
	var visit func(p app.FilingPlace)
	visit = func(p app.FilingPlace) {
		for _, c := range below[p.ID] {
			options = append(options, f.place(c, p.Name, false))
		}
		for _, c := range below[p.ID] {
			visit(c)
		}
	}
	for _, p := range tops {
		visit(p)
	}
	return options
}

func (f reportFields) place(p app.FilingPlace, group string, full bool) component.Option {
	label := p.Name
	if full && p.Above != "" && territory.Commune.Above(p.Level) {
		label = i18n.T(f.ctx, "report.place_in", "place", p.Name, "commune", p.Above)
	}
	if !p.Until.IsZero() {
		label = i18n.T(f.ctx, "report.until", "place", label, "date", dayText(f.ctx, p.Until))
	}
	return component.Option{Value: strconv.FormatInt(int64(p.ID), 10), Label: label, Group: group}
}

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
	texts := reportTexts(ctx, casework.Content{
		What: in.What, Difficulties: in.Difficulties, Proposals: in.Proposals, Production: in.Production, Order: in.Order, Mood: in.Mood,
		Pressing: in.Pressing, PoliciesHeard: in.PoliciesHeard, PolicyReaction: in.PolicyReaction,
	})
	if len(texts) == 0 {
		texts = []page.ReportText{{ID: "what", Title: i18n.T(ctx, "report.what"), Text: i18n.T(ctx, "report.draft_untitled")}}
	}
	return texts
}

// inFormOrder sorts the field errors of a fault in the order of the form, so that the summary reads like it.
func inFormOrder(err error) error {
	f := fault.As(err)
	if f == nil {
		return err
	}
	order := []string{"what", "locality", "happened_on", "difficulties", "proposals", "production", "order", "mood", "pressing"}
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

// faultWords words a fault.
func faultWords(ctx context.Context, err error) string {
	if f := fault.As(err); f != nil {
		return i18n.T(ctx, f.Key, f.Args...)
	}
	return i18n.T(ctx, "fault.internal")
}
