package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/sheet"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// planInput is what the forms of a plan post.
type planInput struct {
	SubmissionID string `form:"submission_id"`
	Version      string `form:"version"`
	Title        string `form:"title"`
	Decree       string `form:"decree"`
	On           string `form:"on"`
	Kind         string `form:"kind"`
	Units        string `form:"units"`
	Parent       string `form:"parent"`
	Type         string `form:"type"`
	Name         string `form:"name"`
	Code         string `form:"code"`
	Level        string `form:"level"`
	SecondType   string `form:"second_type"`
	SecondName   string `form:"second_name"`
	SecondCode   string `form:"second_code"`
	SecondUnits  string `form:"second_units"`
	List         string `form:"list"`
	N            string `form:"n"`

	rows []app.PlanRow // of the list
}

func (in planInput) plan() app.PlanInput {
	return app.PlanInput{Title: in.Title, Decree: in.Decree, On: in.On}
}

func (in planInput) change() app.ChangeInput {
	return app.ChangeInput{
		Kind: territory.ChangeKind(in.Kind), Units: in.Units, Parent: in.Parent, Type: in.Type, Name: in.Name, Code: in.Code, Level: territory.Level(in.Level),
		SecondType: in.SecondType, SecondName: in.SecondName, SecondCode: in.SecondCode, SecondsUnits: in.SecondUnits,
	}
}

func (in planInput) typed() string {
	return joined(in.Title, in.Decree, in.Units, in.Parent, in.Name, in.SecondName, in.SecondUnits, in.List)
}

// planForm is a form about a plan with an address of its own.
type planForm struct {
	name   string // in the address and in message keys
	flash  string
	fields func(ctx context.Context, in planInput) []page.MoveField
	send   func(s *Server, r *http.Request, p app.PlanRef, in planInput) error
}

var (
	editPlanForm = planForm{"edit", "flash.plan_saved", planFields, func(s *Server, r *http.Request, p app.PlanRef, in planInput) error {
		return s.app.EditReorganisation(r.Context(), session(r).Actor, submission(r), p, in.plan())
	}}
	addChangeForm = planForm{"add", "flash.change_added", changeFields, func(s *Server, r *http.Request, p app.PlanRef, in planInput) error {
		return s.app.AddChange(r.Context(), session(r).Actor, submission(r), p, in.change())
	}}
	listForm = planForm{"list", "flash.changes_added", listFields, func(s *Server, r *http.Request, p app.PlanRef, in planInput) error {
		_, err := s.app.AddListed(r.Context(), session(r).Actor, submission(r), p, in.rows)
		return err
	}}
)

func (s *Server) newPlanForm(w http.ResponseWriter, r *http.Request) error {
	in := planInput{SubmissionID: newID(), On: session(r).Actor.Today().Add(1).String()}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.newPlanView(w, r, in, nil)))
}

func (s *Server) newPlanView(w http.ResponseWriter, r *http.Request, in planInput, cause error) page.FormView {
	ctx := r.Context()
	v := s.planFormView(w, r, "reorganisation.new", plansPath, planFields(ctx, in), cause)
	v.Description, v.Action = i18n.T(ctx, "reorganisation.new_help"), plansPath+"/new"
	v.Hidden = []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}}
	return v
}

func (s *Server) planFormView(w http.ResponseWriter, r *http.Request, title, back string, fields []page.MoveField, cause error) page.FormView {
	ctx := r.Context()
	v := page.FormView{
		Base: s.base(w, r, title), Submit: component.Button{Label: i18n.T(ctx, "reorganisation.save"), Icon: "check"}, Fields: fields,
		Ways: []component.Action{{Label: i18n.T(ctx, "reorganisation.back"), URL: back}},
	}
	v.Narrow, v.Summary, v.Crumbs = true, summary(ctx, cause), []component.Crumb{{Label: i18n.T(ctx, "reorganisation.title"), URL: plansPath}}
	errs := fieldErrors(ctx, cause)
	for i := range v.Fields {
		v.Fields[i].Error = errs[v.Fields[i].Name]
	}
	return v
}

func (s *Server) newPlan(w http.ResponseWriter, r *http.Request) error {
	var in planInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	id := uuid.Nil
	if err == nil {
		id, err = s.app.NewReorganisation(r.Context(), session(r).Actor, submission(r), in.plan())
	}
	switch {
	case err == nil:
		return s.seeOther(w, r, planURL(id), "flash.plan_saved")
	case fault.KindOf(err) == fault.KindInvalid:
		return s.render(w, r, statusOf(err), page.SingleForm(s.newPlanView(w, r, in, err)))
	}
	return keeping{error: err, typed: in.typed()}
}

func (s *Server) editPlanForm(w http.ResponseWriter, r *http.Request) error {
	return s.showPlanForm(w, r, editPlanForm)
}
func (s *Server) editPlan(w http.ResponseWriter, r *http.Request) error {
	return s.sendPlanForm(w, r, editPlanForm)
}
func (s *Server) addChangeForm(w http.ResponseWriter, r *http.Request) error {
	return s.showPlanForm(w, r, addChangeForm)
}
func (s *Server) addChange(w http.ResponseWriter, r *http.Request) error {
	return s.sendPlanForm(w, r, addChangeForm)
}
func (s *Server) listForm(w http.ResponseWriter, r *http.Request) error {
	return s.showPlanForm(w, r, listForm)
}

// addListed takes a list that is pasted or uploaded. What a file says is shown as if it were pasted where something in it is wrong.
func (s *Server) addListed(w http.ResponseWriter, r *http.Request) error {
	_, data, err := readList(r)
	if err != nil {
		return err
	}
	var in planInput
	if err = decode(r, &in); unread(err) {
		return err
	}
	if err == nil {
		in, err = in.listed(data)
	}
	return s.planSent(w, r, in, err, listForm)
}

// listed reads the rows of the list, from the file if there is one.
func (in planInput) listed(file []byte) (planInput, error) {
	var err error
	if len(file) > 0 {
		var text string
		if in.rows, text, err = app.ReadPlanRows(file); err == nil {
			in.List = text
		}
		return in, err
	}
	in.rows, _, err = app.ReadPlanRows([]byte(in.List))
	if f := fault.As(err); f != nil {
		for i := range f.Fields {
			f.Fields[i].Name = "list"
		}
	}
	return in, err
}

func (s *Server) showPlanForm(w http.ResponseWriter, r *http.Request, f planForm) error {
	found, err := s.planOf(r)
	if err != nil {
		return err
	}
	if found.State != app.PlanDraft {
		return s.seeOther(w, r, planURL(found.ID), "")
	}
	in := planInput{
		SubmissionID: newID(), Version: strconv.Itoa(found.Version), Title: found.Title, Decree: found.Decree, On: found.On.String(),
		Kind: r.URL.Query().Get("kind"), Units: r.URL.Query().Get("unit"),
	}
	if !slices.Contains(territory.ChangeKinds(), territory.ChangeKind(in.Kind)) {
		in.Kind = string(territory.MergeUnits)
	}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.planChangeView(w, r, f, found.ID, in, nil)))
}

func (s *Server) planChangeView(w http.ResponseWriter, r *http.Request, f planForm, id uuid.UUID, in planInput, cause error) page.FormView {
	ctx, title := r.Context(), "reorganisation."+f.name
	if f.name == addChangeForm.name {
		title = "reorganisation.add." + in.Kind
	}
	if f.name == listForm.name {
		title = "reorganisation.add.list"
	}
	v := s.planFormView(w, r, title, planURL(id), f.fields(ctx, in), cause)
	v.Description, v.Action = i18n.T(ctx, title+"_help"), planURL(id)+"/"+f.name
	v.Hidden = []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "version", Value: in.Version}, {Name: "kind", Value: in.Kind}}
	if f.name == listForm.name {
		v.Multipart = true
		v.Ways = append([]component.Action{{Label: i18n.T(ctx, "import.template"), URL: plansPath + "/template"}}, v.Ways...)
	}
	return v
}

func (s *Server) sendPlanForm(w http.ResponseWriter, r *http.Request, f planForm) error {
	var in planInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	if f.name == addChangeForm.name && !slices.Contains(territory.ChangeKinds(), territory.ChangeKind(in.Kind)) {
		in.Kind = string(territory.MergeUnits)
	}
	return s.planSent(w, r, in, err, f)
}

func (s *Server) planSent(w http.ResponseWriter, r *http.Request, in planInput, err error, f planForm) error {
	found, failed := s.planRef(r, in)
	if failed != nil {
		return keeping{error: failed, typed: in.typed()}
	}
	if err == nil {
		err = f.send(s, r, found, in)
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid:
	case fault.KindConflict:
		now, failed := s.planOf(r)
		if failed != nil {
			return keeping{error: failed, typed: in.typed()}
		}
		in.SubmissionID, in.Version = newID(), strconv.Itoa(now.Version)
	default:
		if err != nil {
			return keeping{error: err, typed: in.typed()}
		}
		return s.seeOther(w, r, planURL(found.ID), f.flash)
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.planChangeView(w, r, f, found.ID, in, err)))
}

// planRef names the plan that a form is about.
func (*Server) planRef(r *http.Request, in planInput) (app.PlanRef, error) {
	id, err := uuidParam(chi.URLParam(r, "plan"))
	return app.PlanRef{ID: id, Version: version(in.Version)}, err
}

func (s *Server) removeChange(w http.ResponseWriter, r *http.Request) error {
	return s.doPlan(w, r, "flash.change_removed", func(p app.PlanRef, in planInput) error {
		n, err := strconv.Atoi(in.N)
		if err != nil {
			n = -1
		}
		return s.app.RemoveChange(r.Context(), session(r).Actor, submission(r), p, n)
	})
}

func (s *Server) confirmPlan(w http.ResponseWriter, r *http.Request) error {
	return s.doPlan(w, r, "flash.plan_confirmed", func(p app.PlanRef, _ planInput) error {
		return s.app.ConfirmReorganisation(r.Context(), session(r).Actor, submission(r), p)
	})
}

func (s *Server) cancelPlan(w http.ResponseWriter, r *http.Request) error {
	return s.doPlan(w, r, "flash.plan_cancelled", func(p app.PlanRef, _ planInput) error {
		return s.app.CancelReorganisation(r.Context(), session(r).Actor, submission(r), p)
	})
}

// doPlan does what needs no form but a button; a refusal shows the plan as it is now.
func (s *Server) doPlan(w http.ResponseWriter, r *http.Request, flash string, do func(app.PlanRef, planInput) error) error {
	var in planInput
	if err := decode(r, &in); err != nil {
		return err
	}
	ref, err := s.planRef(r, in)
	if err != nil {
		return err
	}
	err = do(ref, in)
	switch fault.KindOf(err) {
	case fault.KindInvalid, fault.KindConflict:
		found, failed := s.planOf(r)
		if failed != nil {
			return failed
		}
		return s.render(w, r, statusOf(err), page.Plan(s.planView(w, r, found, err)))
	default:
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, planURL(ref.ID), flash)
}

func planFields(ctx context.Context, in planInput) []page.MoveField {
	return []page.MoveField{
		titleField(ctx, in.Title), planField(ctx, "decree", in.Decree, false),
		{Control: page.ControlDate, Field: component.Field{Name: "on", Label: i18n.T(ctx, "reorganisation.on"), Hint: i18n.T(ctx, "reorganisation.on_hint"),
			Value: in.On, Required: true}},
	}
}

func titleField(ctx context.Context, value string) page.MoveField {
	f := planField(ctx, "title", value, true)
	f.Label = i18n.T(ctx, "reorganisation.title_field")
	return f
}

func planField(ctx context.Context, name, value string, required bool) page.MoveField {
	f := component.Field{Name: name, Label: i18n.T(ctx, "reorganisation."+name), Value: value, Required: required, Optional: !required, MaxLength: 200, Autocomplete: "off"}
	if key := "reorganisation." + name + "_hint"; i18n.Has(key) {
		f.Hint = i18n.T(ctx, key)
	}
	return page.MoveField{Field: f}
}

// changeFields are the fields of a kind of change.
func changeFields(ctx context.Context, in planInput) []page.MoveField {
	units := planField(ctx, "units", in.Units, true)
	units.Control, units.Rows, units.MaxLength = page.ControlTextarea, 5, 20000
	parent := planField(ctx, "parent", in.Parent, true)
	unit := func(required bool) []page.MoveField {
		return []page.MoveField{planField(ctx, "type", in.Type, required), planField(ctx, "name", in.Name, required), planField(ctx, "code", in.Code, false)}
	}
	optional := parent
	optional.Required, optional.Optional, optional.Hint = false, true, i18n.T(ctx, "reorganisation.parent_same")
	switch territory.ChangeKind(in.Kind) {
	case territory.RenameUnit:
		return append([]page.MoveField{units}, unit(false)...)
	case territory.MoveUnit:
		return []page.MoveField{units, parent}
	case territory.DissolveUnit:
		return []page.MoveField{units, optional}
	case territory.OpenUnit:
		level := component.Field{Name: "level", Label: i18n.T(ctx, "reorganisation.level"), Value: in.Level, Required: true}
		for _, l := range territory.Levels()[1:] {
			level.Options = append(level.Options, component.Option{Value: string(l), Label: i18n.T(ctx, "level."+string(l))})
		}
		return append([]page.MoveField{{Control: page.ControlSelect, Field: level}, parent}, unit(true)...)
	case territory.SplitUnit:
		second := []page.MoveField{planField(ctx, "second_type", in.SecondType, true), planField(ctx, "second_name", in.SecondName, true),
			planField(ctx, "second_code", in.SecondCode, false)}
		taken := planField(ctx, "second_units", in.SecondUnits, true)
		taken.Control, taken.Rows, taken.MaxLength = page.ControlTextarea, 5, 20000
		units.Rows = 1
		return slices.Concat([]page.MoveField{units}, unit(true), second, []page.MoveField{taken})
	case territory.MergeUnits:
	}
	return slices.Concat([]page.MoveField{units}, unit(true), []page.MoveField{optional})
}

func listFields(ctx context.Context, in planInput) []page.MoveField {
	file := planField(ctx, "file", spreadsheets, false)
	file.Control, file.Optional, file.MaxLength, file.Autocomplete = page.ControlFile, true, 0, ""
	f := planField(ctx, "list", in.List, false)
	f.Control, f.Rows, f.MaxLength, f.Optional = page.ControlTextarea, 12, 200000, true
	return []page.MoveField{file, f}
}

// planTemplate gives a workbook for a list of changes, with an example.
func (s *Server) planTemplate(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list := sheet.Sheet{Name: i18n.T(ctx, "import.sheet_list"), Rows: [][]sheet.Cell{{}, {}}}
	for _, c := range app.PlanColumns() {
		list.Columns = append(list.Columns, sheet.Column{Head: c.Vi, Width: 24})
		list.Rows[0] = append(list.Rows[0], sheet.Text(i18n.T(ctx, "reorganisation.example.1."+c.En)))
		list.Rows[1] = append(list.Rows[1], sheet.Text(i18n.T(ctx, "reorganisation.example.2."+c.En)))
	}
	return s.sendTemplate(w, r, i18n.T(ctx, "reorganisation.template_file"), list)
}
