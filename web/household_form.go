package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// householdInput is what the forms of a household send.
type householdInput struct {
	SubmissionID string `form:"submission_id"`
	Version      string `form:"version"`
	Head         string `form:"head"`
	Address      string `form:"address"`
	Members      string `form:"members"`
	Workers      string `form:"workers"`
	Livelihood   string `form:"livelihood"`
	Phone        string `form:"phone"`
	NoPhone      string `form:"no_phone"`
	Class        string `form:"class"`
	From         string `form:"from"`
	Last         string `form:"last"`
	Decision     string `form:"decision"`
	Group        string `form:"group"`
	As           string `form:"as"`
	On           string `form:"on"`
	Into         string `form:"into"`
	Reason       string `form:"reason"`
}

func (in householdInput) data() casework.HouseholdInput {
	return casework.HouseholdInput{Head: in.Head, Address: in.Address, Members: in.Members, Workers: in.Workers, Livelihood: in.Livelihood, Phone: in.Phone}
}

func (in householdInput) typed() string {
	return joined(in.Head, in.Address, in.Livelihood, in.Phone, in.Decision, in.Reason)
}

func householdFields(ctx context.Context, in householdInput, errs map[string]string) []page.MoveField {
	text := func(name, value string) page.MoveField {
		return page.MoveField{Field: component.Field{
			Name: name, Label: i18n.T(ctx, "household."+name), Value: value, Error: errs[name],
			Optional: name != "head" && name != "members", Required: name == "head" || name == "members", MaxLength: casework.MaxHouseholdText,
		}}
	}
	fields := []page.MoveField{
		text("head", in.Head), text("address", in.Address), text("members", in.Members), text("workers", in.Workers), text("livelihood", in.Livelihood), text("phone", in.Phone),
	}
	for i := 2; i < 4; i++ {
		fields[i].InputMode, fields[i].Size, fields[i].MaxLength = "numeric", "short", 2
	}
	fields[1].Hint, fields[5].Type = i18n.T(ctx, "household.address_hint"), "tel"
	return fields
}

// newHouseholdForm shows the form that enters a household at a group.
func (s *Server) newHouseholdForm(w http.ResponseWriter, r *http.Request) error {
	return s.showNewHousehold(w, r, householdInput{SubmissionID: newID()}, nil)
}

func (s *Server) showNewHousehold(w http.ResponseWriter, r *http.Request, in householdInput, cause error) error {
	group, err := placeParam(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	chain, err := s.app.HouseholdGroup(ctx, session(r).Actor, group)
	if err != nil {
		return keeping{error: err, typed: in.typed()}
	}
	v := page.FormView{
		Base: s.base(w, r, "household.add"), Action: registerURL(group) + "/new", Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}},
		Facts: []component.Fact{{Label: i18n.T(ctx, "household.group"), Value: placeLine(chain)}}, Fields: householdFields(ctx, in, fieldErrors(ctx, cause)),
		Submit: component.Button{Label: i18n.T(ctx, "household.save"), Icon: "check"},
		Ways:   []component.Action{{Label: i18n.T(ctx, "household.register_back"), URL: registerURL(group)}},
	}
	v.Description, v.Crumbs, v.Summary, v.Narrow = i18n.T(ctx, "household.add_help"), crumbs(chain), summary(ctx, cause), true
	status := http.StatusOK
	if cause != nil {
		status = statusOf(cause)
	}
	return s.render(w, r, status, page.SingleForm(v))
}

func (s *Server) addHousehold(w http.ResponseWriter, r *http.Request) error {
	group, err := placeParam(r)
	if err != nil {
		return err
	}
	var in householdInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	var id uuid.UUID
	if err == nil {
		id, err = s.app.AddHousehold(r.Context(), session(r).Actor, submission(r), group, in.data())
	}
	switch {
	case err == nil:
		return s.seeOther(w, r, householdURL(id), "flash.household_added")
	case fault.KindOf(err) == fault.KindInvalid:
		return s.showNewHousehold(w, r, in, err)
	}
	return keeping{error: err, typed: in.typed()}
}

// householdForm is one way in which a household is changed on a page of its own.
type householdForm struct {
	path   string // under the household
	key    string // of its words: household.<key>, household.<key>_help
	danger bool
	begin  func(h app.HouseholdPage, in *householdInput, today territory.Day) // fills in what is stored
	fields func(ctx context.Context, f householdFormPage, in householdInput, errs map[string]string) []page.MoveField
	send   func(s *Server, r *http.Request, id uuid.UUID, in householdInput) error
}

// householdFormPage is what the fields of a form are made from.
type householdFormPage struct {
	household app.HouseholdPage
	groups    []app.HouseholdGroup
}

var householdForms = []householdForm{
	{path: "edit", key: "edit", begin: beginEdit, fields: editHouseholdFields, send: sendEditHousehold},
	{path: "class", key: "class_add", begin: beginClass, fields: classFields, send: sendClass},
	{path: "class-end", key: "class_end", begin: beginNothing, fields: classEndFields, send: sendClassEnd, danger: true},
	{path: "move", key: "move", begin: beginNothing, fields: moveHouseholdFields, send: sendMoveHousehold},
	{path: "close", key: "close", begin: beginClose, fields: closeFields, send: sendClose, danger: true},
}

func beginNothing(app.HouseholdPage, *householdInput, territory.Day) {}

func beginEdit(h app.HouseholdPage, in *householdInput, _ territory.Day) {
	d := casework.InputOfHousehold(h.HouseholdData)
	in.Head, in.Address, in.Members, in.Workers, in.Livelihood = d.Head, d.Address, d.Members, d.Workers, d.Livelihood
}

func beginClass(_ app.HouseholdPage, in *householdInput, today territory.Day) {
	in.From = today.String()
}

func beginClose(_ app.HouseholdPage, in *householdInput, today territory.Day) { in.On = today.String() }

// editHouseholdFields asks for the phone anew instead of showing it: a form must not open what is masked.
func editHouseholdFields(ctx context.Context, f householdFormPage, in householdInput, errs map[string]string) []page.MoveField {
	fields := householdFields(ctx, in, errs)
	if tail := f.household.PhoneTail; tail != "" {
		fields[5].Hint = i18n.T(ctx, "household.phone_kept", "phone", maskedPhone(tail))
		forget := component.Field{Name: "no_phone", Label: i18n.T(ctx, "household.no_phone"), Checked: in.NoPhone != ""}
		fields = append(fields, page.MoveField{Control: page.ControlCheckbox, Field: forget})
	}
	return fields
}

func sendEditHousehold(s *Server, r *http.Request, id uuid.UUID, in householdInput) error {
	return s.app.EditHousehold(r.Context(), session(r).Actor, submission(r), id,
		app.HouseholdEdit{Seen: clockVersion(in.Version), NoPhone: in.NoPhone != "", HouseholdInput: in.data()})
}

func classField(ctx context.Context, in householdInput, errs map[string]string) component.Field {
	return component.Field{
		Name: "class", Label: i18n.T(ctx, "household.class"), Value: in.Class, Error: errs["class"], Required: true, Empty: i18n.T(ctx, "household.class_choose"),
	}
}

// lastField asks for the last day of a class.
func lastField(ctx context.Context, hint string, in householdInput, errs map[string]string) page.MoveField {
	return page.MoveField{Control: page.ControlDate, Field: component.Field{
		Name: "last", Label: i18n.T(ctx, "household.class_last"), Hint: i18n.T(ctx, hint), Value: in.Last, Error: errs["last"], Optional: true,
	}}
}

func classFields(ctx context.Context, f householdFormPage, in householdInput, errs map[string]string) []page.MoveField {
	class := classField(ctx, in, errs)
	class.Options = classOptions(ctx, f.household.Kinds)
	return []page.MoveField{
		{Control: page.ControlSelect, Field: class},
		{Control: page.ControlDate, Field: component.Field{Name: "from", Label: i18n.T(ctx, "household.class_from"), Value: in.From, Error: errs["from"], Required: true}},
		lastField(ctx, "household.class_last_hint", in, errs),
		{Field: component.Field{
			Name: "decision", Label: i18n.T(ctx, "household.decision"), Hint: i18n.T(ctx, "household.decision_hint"), Value: in.Decision, Error: errs["decision"],
			Required: true, MaxLength: cadre.MaxDecision,
		}},
	}
}

func sendClass(s *Server, r *http.Request, id uuid.UUID, in householdInput) error {
	return s.app.AddHouseholdClass(r.Context(), session(r).Actor, submission(r), id, casework.ClassInput{Class: in.Class, From: in.From, Last: in.Last, Decision: in.Decision})
}

func classEndFields(ctx context.Context, f householdFormPage, in householdInput, errs map[string]string) []page.MoveField {
	class := classField(ctx, in, errs)
	for _, c := range f.household.Classes {
		class.Options = append(class.Options, component.Option{Value: strconv.FormatInt(c.ID, 10), Label: kindName(ctx, c.Kind) + " (" + termText(ctx, c.Term) + ")"})
	}
	return []page.MoveField{
		{Control: page.ControlSelect, Field: class},
		lastField(ctx, "household.class_end_hint", in, errs),
		reasonField(ctx, in, errs),
	}
}

func reasonField(ctx context.Context, in householdInput, errs map[string]string) page.MoveField {
	return page.MoveField{Field: component.Field{
		Name: "reason", Label: i18n.T(ctx, "household.reason"), Value: in.Reason, Error: errs["reason"], Required: true, MaxLength: cadre.MaxReason,
	}}
}

func sendClassEnd(s *Server, r *http.Request, id uuid.UUID, in householdInput) error {
	return s.app.EndHouseholdClass(r.Context(), session(r).Actor, submission(r), id, number(in.Class), cadre.EndInput{Last: in.Last, Reason: in.Reason})
}

func moveHouseholdFields(ctx context.Context, f householdFormPage, in householdInput, errs map[string]string) []page.MoveField {
	group := component.Field{
		Name: "group", Label: i18n.T(ctx, "household.move_to"), Value: in.Group, Error: errs["group"], Required: true, Empty: i18n.T(ctx, "household.group_choose"),
	}
	for _, g := range f.groups {
		if g.ID != f.household.Group {
			group.Options = append(group.Options, component.Option{Value: strconv.FormatInt(int64(g.ID), 10), Label: g.Name, Group: g.Hamlet})
		}
	}
	return []page.MoveField{{Control: page.ControlSelect, Field: group}}
}

func sendMoveHousehold(s *Server, r *http.Request, id uuid.UUID, in householdInput) error {
	return s.app.MoveHousehold(r.Context(), session(r).Actor, submission(r), id, clockVersion(in.Version), territory.LocalityID(number(in.Group)))
}

func closeFields(ctx context.Context, _ householdFormPage, in householdInput, errs map[string]string) []page.MoveField {
	as := component.Field{Name: "as", Label: i18n.T(ctx, "household.closing"), Value: in.As, Error: errs["as"], Required: true}
	for _, k := range casework.ClosingKinds() {
		as.Options = append(as.Options, component.Option{Value: string(k), Label: i18n.T(ctx, "household.closing."+string(k))})
	}
	return []page.MoveField{
		{Control: page.ControlRadios, Field: as},
		{Field: component.Field{
			Name: "into", Label: i18n.T(ctx, "household.into"), Hint: i18n.T(ctx, "household.into_hint"), Value: in.Into, Error: errs["into"], Optional: true,
			InputMode: "numeric", Size: "short",
		}},
		{Control: page.ControlDate, Field: component.Field{Name: "on", Label: i18n.T(ctx, "household.closed_on"), Value: in.On, Error: errs["on"], Required: true}},
		reasonField(ctx, in, errs),
	}
}

func sendClose(s *Server, r *http.Request, id uuid.UUID, in householdInput) error {
	return s.app.CloseHousehold(r.Context(), session(r).Actor, submission(r), id, clockVersion(in.Version),
		casework.ClosingInput{As: in.As, On: in.On, Reason: in.Reason, Into: in.Into})
}

func (s *Server) householdForm(f householdForm) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		h, err := s.householdToChange(r, f)
		if err != nil {
			return err
		}
		in := householdInput{SubmissionID: newID(), Version: strconv.Itoa(h.household.Version), Class: r.URL.Query().Get("class")}
		f.begin(h.household, &in, session(r).Actor.Today())
		return s.showHouseholdForm(w, r, f, h, in, nil)
	}
}

func (s *Server) householdToChange(r *http.Request, f householdForm) (page householdFormPage, err error) {
	id, err := uuidParam(chi.URLParam(r, "household"))
	if err != nil {
		return page, err
	}
	if f.path == "move" {
		page.household, page.groups, err = s.app.HouseholdToMove(r.Context(), session(r).Actor, id)
	} else {
		page.household, err = s.app.HouseholdToChange(r.Context(), session(r).Actor, id)
	}
	return page, err
}

func (s *Server) showHouseholdForm(w http.ResponseWriter, r *http.Request, f householdForm, p householdFormPage, in householdInput, cause error) error {
	ctx, h := r.Context(), p.household
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, "household."+f.key+"_title", "name", h.Head)), Action: householdURL(h.ID) + "/" + f.path,
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "version", Value: in.Version}},
		Submit: component.Button{Label: i18n.T(ctx, "household."+f.key+"_save"), Icon: "check"},
		Ways:   []component.Action{{Label: i18n.T(ctx, "household.back"), URL: householdURL(h.ID)}},
	}
	v.Description, v.Summary, v.Narrow = i18n.T(ctx, "household."+f.key+"_help"), summary(ctx, cause), true
	v.Crumbs = append(crumbs(h.Chain), component.Crumb{Label: h.Head, URL: householdURL(h.ID)})
	if f.danger {
		v.Submit.Kind = "danger"
	}
	v.Fields = f.fields(ctx, p, in, fieldErrors(ctx, cause))
	status := http.StatusOK
	if cause != nil {
		status = statusOf(cause)
	}
	if fault.KindOf(cause) == fault.KindConflict {
		v.Changed = append([]component.Fact{{Label: i18n.T(ctx, "household.head"), Value: h.Head}}, householdFacts(ctx, h.Household)...)
	}
	return s.render(w, r, status, page.SingleForm(v))
}

func (s *Server) changeHousehold(f householdForm) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := uuidParam(chi.URLParam(r, "household"))
		if err != nil {
			return err
		}
		var in householdInput
		err = decode(r, &in)
		if unread(err) {
			return err
		}
		if err == nil {
			err = f.send(s, r, id, in)
		}
		switch kind := fault.KindOf(err); {
		case err == nil:
			return s.seeOther(w, r, householdURL(id), "flash.household_"+f.key)
		case kind != fault.KindInvalid && kind != fault.KindConflict:
			return keeping{error: err, typed: in.typed()}
		}
		h, failed := s.householdToChange(r, f)
		if fault.KindOf(failed) == fault.KindNotFound {
			return failed
		}
		if failed != nil { // it was closed meanwhile
			return keeping{error: err, typed: in.typed()}
		}
		if fault.KindOf(err) == fault.KindConflict {
			in.SubmissionID, in.Version = newID(), strconv.Itoa(h.household.Version)
		}
		return s.showHouseholdForm(w, r, f, h, in, err)
	}
}
