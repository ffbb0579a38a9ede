package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// assignInput is the form that assigns somebody, as it is posted.
type assignInput struct {
	SubmissionID string `form:"submission_id"`
	Cadre        string `form:"cadre"`
	Replaces     string `form:"replaces"`
	Words        string `form:"q"`
	Post         string `form:"post"`
	From         string `form:"from"`
	Last         string `form:"last"`
	Decision     string `form:"decision"`
	Primary      string `form:"primary"`
	Acting       string `form:"acting"`
	Reason       string `form:"reason"`
	Household    string `form:"household"`

	file *upload
}

// assignments shows who holds and held what at a place.
func (s *Server) assignments(w http.ResponseWriter, r *http.Request) error {
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	ctx, actor, on := r.Context(), session(r).Actor, readAsOf(r)
	found, err := s.app.PlaceAssignments(ctx, actor, id, on.Day)
	if err != nil {
		return s.notThere(w, r, on, err)
	}
	v := page.AssignmentsView{Base: s.base(w, r, i18n.T(ctx, "assignment.title", "place", found.Chain.Self().Name))}
	v.Description, v.Crumbs, v.AsOf = i18n.T(ctx, "assignment.help"), on.crumbs(crumbs(found.Chain)), on.view(ctx, assignmentsURL(id))
	if len(found.Offered) > 0 {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "assignment.assign"), URL: assignURL(id), Icon: "plus", Primary: true})
	}
	manages := cadre.Can(actor, cadre.Manage, cadre.Object{Place: found.Chain.Place()})
	if manages && !on.Other {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "assignment.many"), URL: usualManyURL(found.Chain.Self()), Icon: "people"})
	}
	if manages && !on.Other {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "cadres.here"), URL: cadresQuery{Place: strconv.FormatInt(int64(id), 10)}.url(), Icon: "people"})
	}
	for _, a := range found.Rows {
		row := assignmentRow(ctx, a, on.Day)
		row.Person, row.PersonURL = a.Name, cadreURL(a.Cadre)
		if a.Over(on.Day) {
			v.Before = append(v.Before, row)
			continue
		}
		if !on.Other && found.MayChange(actor, a) {
			v.Changes = true
			row.Ways, row.Primary = assignmentWays(ctx, a, actor.Today())
		}
		v.Now = append(v.Now, row)
	}
	if len(found.Rows) > 0 {
		v.Export = exportOf(on.link(assignmentsURL(id)))
	}
	return s.render(w, r, http.StatusOK, page.Assignments(v))
}

func assignURL(id territory.LocalityID) string { return placeURL(id) + "/assign" }

func assignmentsURL(id territory.LocalityID) string { return placeURL(id) + "/assignments" }

func assignmentURL(id cadre.AssignmentID, change string) string {
	return "/assignments/" + strconv.FormatInt(int64(id), 10) + "/" + change
}

func cadreURL(id cadre.ID) string { return "/cadres/" + strconv.FormatInt(int64(id), 10) }

// assignmentRow words an assignment without saying whose or where it is.
func assignmentRow(ctx context.Context, a app.Assignment, today territory.Day) page.AssignmentRow {
	row := page.AssignmentRow{FileURL: fileURL(a), Post: postName(ctx, a.Post), Period: termText(ctx, a.Term), Decision: a.Decision, Reason: a.Reason}
	if a.Voided && a.Reason == app.UndoneReason {
		row.Reason = i18n.T(ctx, "import.undone_reason")
	}
	mark := func(shown bool, key string, tone component.Tone) {
		if shown {
			row.Marks = append(row.Marks, component.BadgeView{Label: i18n.T(ctx, key), Tone: tone})
		}
	}
	mark(a.Voided, "assignment.voided", component.Warn)
	mark(a.Primary && !a.Voided, "assignment.primary", component.Info)
	mark(a.Acting, "place.acting", component.Neutral)
	if a.Household != uuid.Nil {
		key := "assignment.household_number"
		if a.Number == 0 {
			key = "assignment.household_gone"
		}
		row.Marks = append(row.Marks, component.BadgeView{Label: i18n.T(ctx, key, "number", a.Number), Tone: component.Neutral, Icon: "household"})
	}
	mark(!a.Voided && a.Term.From.After(today), "assignment.future", component.Neutral)
	mark(a.Disabled && !a.Over(today), "cadre.disabled", component.Warn)
	return row
}

// fileURL leads to the decision of an assignment; empty where there is none.
func fileURL(a app.Assignment) string {
	if !a.HasFile {
		return ""
	}
	return assignmentURL(a.ID, "file")
}

// termText words a term with its last day, inclusive.
func termText(ctx context.Context, t cadre.Term) string {
	if t.Until.IsZero() {
		return i18n.T(ctx, "assignment.since", "from", dayText(ctx, t.From))
	}
	return i18n.T(ctx, "assignment.from_to", "from", dayText(ctx, t.From), "last", dayText(ctx, t.Until.Add(-1)))
}

func assignmentWays(ctx context.Context, a app.Assignment, today territory.Day) ([]component.Action, *page.PrimaryForm) {
	replace := url.Values{"replaces": {strconv.FormatInt(int64(a.ID), 10)}}
	ways := []component.Action{
		{Label: i18n.T(ctx, "assignment.decision_set"), URL: assignmentURL(a.ID, "decision")},
		{Label: i18n.T(ctx, "assignment.replace"), URL: assignURL(a.Place) + "?" + replace.Encode()},
		{Label: i18n.T(ctx, "assignment.end"), URL: assignmentURL(a.ID, "end")},
	}
	if app.Voidable(a, today) {
		ways = append(ways, component.Action{Label: i18n.T(ctx, "assignment.void"), URL: assignmentURL(a.ID, "void")})
	}
	if a.Primary || a.Post.Capability != cadre.Support || a.Household != uuid.Nil {
		return ways, nil
	}
	return ways, &page.PrimaryForm{Action: assignmentURL(a.ID, "primary"), SubmissionID: newID()}
}

// assignForm lets a cadre be chosen, then shows the form of the assignment.
func (s *Server) assignForm(w http.ResponseWriter, r *http.Request) error {
	var in assignInput
	decodeQuery(r, &in)
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	found, err := s.assignPage(r, id, in)
	if err != nil {
		return err
	}
	if found.Cadre == nil {
		return s.render(w, r, http.StatusOK, page.ChooseCadre(s.chooseCadreView(w, r, found, in)))
	}
	in.SubmissionID, in.From = newID(), session(r).Actor.Today().String()
	if found.Replaced != nil {
		in.Post = found.Replaced.Post.Code
		if found.Replaced.Household != uuid.Nil {
			in.Household = found.Replaced.Household.String()
		}
		if found.Replaced.Primary {
			in.Primary = "true"
		}
	}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.assignView(w, r, found, in, nil)))
}

func (s *Server) assignPage(r *http.Request, id territory.LocalityID, in assignInput) (app.AssignPage, error) {
	return s.app.AssignPage(r.Context(), session(r).Actor, app.AssignQuery{
		Place: id, Cadre: cadre.ID(number(in.Cadre)), Replaces: cadre.AssignmentID(number(in.Replaces)), Words: app.ParseWords(in.Words),
	})
}

func (s *Server) chooseCadreView(w http.ResponseWriter, r *http.Request, f app.AssignPage, in assignInput) page.ChooseCadreView {
	ctx, place := r.Context(), f.Chain.Self()
	v := page.ChooseCadreView{Base: s.base(w, r, i18n.T(ctx, "assignment.choose_title", "place", place.Name)), More: f.More, Back: assignmentsURL(place.ID)}
	v.AddURL = "/cadres/new?for=" + strconv.FormatInt(int64(place.ID), 10)
	v.Description, v.Crumbs = i18n.T(ctx, "assignment.choose_help"), crumbs(f.Chain)
	v.Filter = component.Filter{Action: assignURL(place.ID), Query: &component.Field{Name: "q", Label: i18n.T(ctx, "assignment.find"), Value: in.Words, LabelHidden: true,
		Attrs: templ.Attributes{"placeholder": i18n.T(ctx, "assignment.find")}}}
	keep := url.Values{}
	for name, value := range map[string]string{"replaces": in.Replaces, "post": in.Post} {
		if value != "" {
			v.Hidden = append(v.Hidden, page.HiddenValue{Name: name, Value: value})
			keep.Set(name, value)
		}
	}
	for _, c := range f.Cadres {
		keep.Set("cadre", strconv.FormatInt(int64(c.ID), 10))
		v.Rows = append(v.Rows, page.CadreChoice{
			Name: c.Name, URL: assignURL(place.ID) + "?" + keep.Encode(), Tier: i18n.T(ctx, "tier."+string(c.Tier)), Work: workLine(c.Position, c.Agency), Post: postLine(ctx, c),
			Same: namesakeText(ctx, c),
		})
	}
	return v
}

// workLine joins a position and an agency.
func workLine(position, agency string) string {
	if position == "" || agency == "" {
		return position + agency
	}
	return position + ", " + agency
}

// postLine words what a person holds today: the first post in the reader's places, and how many more.
func postLine(ctx context.Context, c app.CadreRow) string {
	switch {
	case c.Posts == 0:
		return i18n.T(ctx, "cadre.no_post")
	case c.PostVi == "":
		return i18n.T(ctx, "cadre.posts_elsewhere", "n", c.Posts)
	}
	text := i18n.T(ctx, "person.post_at", "post", postName(ctx, cadre.Post{NameVi: c.PostVi, NameEn: c.PostEn}), "place", c.Place)
	if c.Posts > 1 {
		text += " " + i18n.T(ctx, "person.more_posts", "n", c.Posts-1)
	}
	return text
}

func (s *Server) assign(w http.ResponseWriter, r *http.Request) error {
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	var in assignInput
	in.file, err = s.readUpload(r, 1)
	if err == nil {
		err = in.file.joinErrors(decode(r, &in))
	}
	if unread(err) {
		return err
	}
	if err == nil {
		err = s.app.Assign(r.Context(), session(r).Actor, submission(r), app.AssignInput{
			Place: id, Cadre: cadre.ID(number(in.Cadre)), Replaces: cadre.AssignmentID(number(in.Replaces)), Reason: in.Reason,
			File: in.file.one(), Household: chosenHousehold(in.Household),
			AssignInput: cadre.AssignInput{Post: in.Post, From: in.From, Last: in.Last, Decision: in.Decision, Primary: in.Primary != "", Acting: in.Acting != ""},
		})
	}
	switch {
	case err == nil && in.Replaces != "":
		return s.seeOther(w, r, assignmentsURL(id), "flash.assignment_replaced")
	case err == nil:
		return s.seeOther(w, r, assignmentsURL(id), "flash.assigned")
	case fault.KindOf(err) != fault.KindInvalid && fault.KindOf(err) != fault.KindConflict:
		return keeping{error: err, typed: joined(in.Decision, in.Reason)}
	}
	if failed := s.keep(r, in.file); failed != nil {
		return keeping{error: failed, typed: joined(in.Decision, in.Reason)}
	}
	found, failed := s.assignPage(r, id, in)
	if failed != nil { // nobody was chosen, or somebody whom the administrator does not know
		in.Cadre = ""
		if found, failed = s.assignPage(r, id, in); failed != nil {
			return keeping{error: failed, typed: joined(in.Decision, in.Reason)}
		}
	}
	if found.Cadre == nil {
		v := s.chooseCadreView(w, r, found, in)
		v.Summary = summary(r.Context(), fault.Invalid(fault.At("q", "assignment.cadre_unknown")))
		return s.render(w, r, statusOf(err), page.ChooseCadre(v))
	}
	if fault.KindOf(err) == fault.KindConflict {
		in.SubmissionID = newID()
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.assignView(w, r, found, in, err)))
}

func (s *Server) assignView(w http.ResponseWriter, r *http.Request, f app.AssignPage, in assignInput, cause error) page.FormView {
	ctx, place := r.Context(), f.Chain.Self()
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, "assignment.assign_title", "name", f.Cadre.Name)), Action: assignURL(place.ID),
		Submit: component.Button{Label: i18n.T(ctx, "assignment.save"), Icon: "check"},
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "cadre", Value: in.Cadre}, {Name: "replaces", Value: in.Replaces}},
	}
	v.Crumbs, v.Summary, v.Narrow = crumbs(f.Chain), summary(ctx, cause), true
	v.Facts = []component.Fact{
		{Label: i18n.T(ctx, "place.name"), Value: placeLine(f.Chain)}, {Label: i18n.T(ctx, "cadre.tier"), Value: i18n.T(ctx, "tier."+string(f.Cadre.Tier))},
		{Label: i18n.T(ctx, "cadre.post_now"), Value: postLine(ctx, *f.Cadre)},
	}
	again := url.Values{}
	if in.Replaces != "" {
		again.Set("replaces", in.Replaces)
	}
	v.Ways = []component.Action{
		{Label: i18n.T(ctx, "assignment.other_cadre"), URL: assignURL(place.ID) + "?" + again.Encode()},
		{Label: i18n.T(ctx, "assignment.back"), URL: assignmentsURL(place.ID)},
	}
	if old := f.Replaced; old != nil {
		v.Title, v.Submit.Label = i18n.T(ctx, "assignment.replace_title", "name", f.Cadre.Name, "old", old.Name), i18n.T(ctx, "assignment.replace_save")
	}
	errs := fieldErrors(ctx, cause)
	for _, field := range assignFields(ctx, f, in) {
		field.Error = errs[field.Name]
		v.Fields = append(v.Fields, field)
	}
	s.addFile(r, &v, in.file, errs)
	return v
}

// addFile adds the field for the file of a decision to a form, where files are taken.
func (s *Server) addFile(r *http.Request, v *page.FormView, up *upload, errs map[string]string) {
	if !s.app.TakesFiles() {
		return
	}
	field, hidden := s.fileField(r, up, errs)
	at := slices.IndexFunc(v.Fields, func(f page.MoveField) bool { return f.Name == "decision" })
	v.Multipart, v.Hidden = true, append(v.Hidden, hidden...)
	v.Fields = slices.Insert(v.Fields, at+1, page.MoveField{Control: page.ControlFile, Field: field})
}

// assignFields gives the fields of the form with what was typed. A post that does not fit the person's tier is not offered.
func assignFields(ctx context.Context, f app.AssignPage, in assignInput) []page.MoveField {
	post := component.Field{Name: "post", Label: i18n.T(ctx, "assignment.post"), Value: in.Post, Required: true, Empty: i18n.T(ctx, "assignment.post_choose")}
	for _, p := range f.Posts {
		if p.Tier == f.Cadre.Tier || p.Code == in.Post {
			post.Options = append(post.Options, component.Option{Value: p.Code, Label: postName(ctx, p)})
		}
	}
	if len(post.Options) == 1 && post.Value == "" {
		post.Value = post.Options[0].Value
	}
	from := component.Field{Name: "from", Label: i18n.T(ctx, "assignment.from"), Value: in.From, Required: true}
	fields := []page.MoveField{{Control: page.ControlSelect, Field: post}}
	if len(f.Named) > 0 && slices.ContainsFunc(f.Posts, func(p cadre.Post) bool { return p.FollowsHouseholds(f.Chain.Self().Level) }) {
		fields = append(fields, page.MoveField{Control: page.ControlSelect, Field: householdChoice(ctx, f, in.Household)})
	}
	if f.Replaced != nil {
		from.Hint = i18n.T(ctx, "assignment.from_replace_hint")
	}
	last := component.Field{Name: "last", Label: i18n.T(ctx, "assignment.last"), Hint: i18n.T(ctx, "assignment.last_hint"), Value: in.Last, Optional: true}
	decision := component.Field{
		Name: "decision", Label: i18n.T(ctx, "assignment.decision"), Hint: i18n.T(ctx, "assignment.decision_hint"), Value: in.Decision, Optional: true, MaxLength: cadre.MaxDecision,
	}
	fields = append(fields,
		page.MoveField{Control: page.ControlDate, Field: from}, page.MoveField{Control: page.ControlDate, Field: last}, page.MoveField{Field: decision})
	if f.Replaced != nil {
		fields = append(fields, page.MoveField{Field: component.Field{
			Name: "reason", Label: i18n.T(ctx, "assignment.old_reason"), Hint: i18n.T(ctx, "assignment.reason_hint"), Value: in.Reason, Required: true, MaxLength: cadre.MaxReason,
		}})
	}
	primary := component.Field{Name: "primary", Label: i18n.T(ctx, "assignment.primary_label"), Hint: i18n.T(ctx, "assignment.primary_hint"), Checked: in.Primary != ""}
	acting := component.Field{Name: "acting", Label: i18n.T(ctx, "assignment.acting_label"), Checked: in.Acting != ""}
	return append(fields, page.MoveField{Control: page.ControlCheckbox, Field: primary}, page.MoveField{Control: page.ControlCheckbox, Field: acting})
}

// chosenHousehold reads the chosen household; what is none must not mean the whole group, and so is one that nobody has.
func chosenHousehold(chosen string) uuid.UUID {
	id, err := uuid.Parse(chosen)
	if err != nil && chosen != "" {
		return uuid.Max
	}
	return id
}

// householdChoice lets one household of a group be chosen, by its number: who administers reads no households.
func householdChoice(ctx context.Context, f app.AssignPage, chosen string) component.Field {
	field := component.Field{
		Name: "household", Label: i18n.T(ctx, "assignment.household"), Hint: i18n.T(ctx, "assignment.household_hint"), Value: chosen, Optional: true,
		Empty: i18n.T(ctx, "assignment.household_all"),
	}
	for _, n := range f.Named {
		field.Options = append(field.Options, component.Option{Value: n.ID.String(), Label: i18n.T(ctx, "assignment.household_number", "number", n.Number)})
	}
	return field
}

// assignmentParam reads the assignment's id from the path; NotFound for what is no id.
func assignmentParam(r *http.Request) (cadre.AssignmentID, error) {
	id, err := strconv.ParseInt(chi.URLParam(r, "assignment"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.NotFound()
	}
	return cadre.AssignmentID(id), nil
}
