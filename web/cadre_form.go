package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// cadreInput is the form of a person, as it is posted.
type cadreInput struct {
	SubmissionID string `form:"submission_id"`
	Version      string `form:"version"`
	Home         string `form:"home"`
	For          string `form:"for"` // a place that they are to be assigned to when they are entered
	Name         string `form:"name"`
	BirthYear    string `form:"birth_year"`
	Position     string `form:"position"`
	Agency       string `form:"agency"`
	Tier         string `form:"tier"`
	Phone        string `form:"phone"`
	Email        string `form:"email"`
	Reason       string `form:"reason"`
	Another      string `form:"another"` // they looked at the people of the same name
}

func (in cadreInput) person() cadre.PersonInput {
	return cadre.PersonInput{Name: in.Name, BirthYear: in.BirthYear, Position: in.Position, Agency: in.Agency, Tier: in.Tier, Phone: in.Phone, Email: in.Email}
}

func (in cadreInput) typed() string {
	return joined(in.Name, in.BirthYear, in.Position, in.Agency, in.Phone, in.Email, in.Reason)
}

func (s *Server) newCadreForm(w http.ResponseWriter, r *http.Request) error {
	in := cadreInput{SubmissionID: newID(), For: r.URL.Query().Get("for")}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.newCadreView(w, r, in, nil)))
}

func (s *Server) newCadreView(w http.ResponseWriter, r *http.Request, in cadreInput, cause error) page.FormView {
	ctx, errs := r.Context(), fieldErrors(r.Context(), cause)
	v := page.FormView{
		Base: s.base(w, r, "cadre.add"), Action: "/cadres/new", Submit: component.Button{Label: i18n.T(ctx, "cadre.add"), Icon: "check"},
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "for", Value: in.For}},
		Ways:   []component.Action{{Label: i18n.T(ctx, "cadre.list_back"), URL: "/cadres"}},
	}
	v.Description, v.Summary, v.Narrow = i18n.T(ctx, "cadre.add_help"), summary(ctx, cause), true
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "cadres.title"), URL: "/cadres"}}
	v.Fields = personFields(ctx, in, errs)
	home := component.Field{Name: "home", Label: i18n.T(ctx, "cadre.home"), Value: in.Home, Error: errs["home"], Required: true}
	for _, g := range session(r).Actor.Grants {
		if g.Allows(cadre.Manage) {
			home.Options = append(home.Options, component.Option{Value: strconv.FormatInt(int64(g.Locality.ID), 10), Label: g.Locality.Name})
		}
	}
	v.Fields = append([]page.MoveField{{Control: page.ControlSelect, Field: home}}, v.Fields...)
	return v
}

// askForNamesakes shows the people of the same name in the form of a new one, and asks whether they are somebody else.
func (s *Server) askForNamesakes(r *http.Request, v *page.FormView, in cadreInput, wrong string) error {
	ctx := r.Context()
	same, err := s.app.Namesakes(ctx, session(r).Actor, in.Name)
	if err != nil {
		return err
	}
	v.ChangedTitle = i18n.T(ctx, "cadre.same_name_title")
	for _, c := range same {
		fact := component.Fact{Label: c.Name, URL: cadreURL(c.ID), Value: strings.Join(c.Parts()[1:], ", ")}
		if fact.Value == "" {
			fact.Value = i18n.T(ctx, "cadre.look")
		}
		v.Changed = append(v.Changed, fact)
	}
	v.Fields = append(v.Fields, page.MoveField{Control: page.ControlCheckbox, Field: component.Field{
		Name: "another", Label: i18n.T(ctx, "cadre.another"), Error: wrong, Checked: in.Another != "",
	}})
	return nil
}

func personFields(ctx context.Context, in cadreInput, errs map[string]string) []page.MoveField {
	text := func(name, value, kind string) page.MoveField {
		return page.MoveField{Field: component.Field{
			Name: name, Label: i18n.T(ctx, "cadre."+name), Value: value, Error: errs[name], Type: kind, Optional: name != "name", Required: name == "name", MaxLength: cadre.MaxField,
		}}
	}
	year := text("birth_year", in.BirthYear, "")
	year.InputMode, year.Size, year.MaxLength = "numeric", "short", 4
	return []page.MoveField{
		text("name", in.Name, ""), {Control: page.ControlSelect, Field: tierSelect(ctx, in.Tier, errs["tier"])}, text("position", in.Position, ""), text("agency", in.Agency, ""),
		year, text("phone", in.Phone, "tel"), text("email", in.Email, "email"),
	}
}

func (s *Server) addCadre(w http.ResponseWriter, r *http.Request) error {
	var in cadreInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	var id cadre.ID
	if err == nil {
		id, err = s.app.AddCadre(r.Context(), session(r).Actor, submission(r), app.NewCadre{
			Home: territory.LocalityID(number(in.Home)), Person: in.person(), Another: in.Another != "",
		})
	}
	switch {
	case err == nil && number(in.For) > 0:
		return s.seeOther(w, r, assignURL(territory.LocalityID(number(in.For)))+"?cadre="+strconv.FormatInt(int64(id), 10), "flash.cadre_added")
	case err == nil:
		return s.seeOther(w, r, cadreURL(id), "flash.cadre_added")
	case fault.KindOf(err) == fault.KindInvalid:
		v := s.newCadreView(w, r, in, err)
		if wrong := fieldErrors(r.Context(), err)["another"]; wrong != "" || in.Another != "" {
			if failed := s.askForNamesakes(r, &v, in, wrong); failed != nil {
				return keeping{error: failed, typed: in.typed()}
			}
		}
		return s.render(w, r, statusOf(err), page.SingleForm(v))
	}
	return keeping{error: err, typed: in.typed()}
}

func (s *Server) editCadreForm(w http.ResponseWriter, r *http.Request) error {
	id, c, err := s.cadreToChange(r)
	if err != nil {
		return err
	}
	p := cadre.InputOf(c.Person)
	in := cadreInput{
		SubmissionID: newID(), Version: strconv.Itoa(c.Version), Name: p.Name, BirthYear: p.BirthYear,
		Position: p.Position, Agency: p.Agency, Tier: p.Tier, Phone: p.Phone, Email: p.Email,
	}
	v := s.cadreFormView(w, r, id, c, in, "edit", nil)
	v.Fields = personFields(r.Context(), in, nil)
	return s.render(w, r, http.StatusOK, page.SingleForm(v))
}

func (s *Server) cadreToChange(r *http.Request) (cadre.ID, app.RegisteredCadre, error) {
	id, err := cadreParam(r)
	if err != nil {
		return 0, app.RegisteredCadre{}, err
	}
	c, err := s.app.CadreToChange(r.Context(), session(r).Actor, id)
	return id, c, err
}

// cadreFormView is the form of a change, without its fields.
func (s *Server) cadreFormView(w http.ResponseWriter, r *http.Request, id cadre.ID, c app.RegisteredCadre, in cadreInput, change string, cause error) page.FormView {
	ctx := r.Context()
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, "cadre."+change+"_title", "name", c.Person.Name)), Action: cadreURL(id) + "/" + change,
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "version", Value: in.Version}},
		Submit: component.Button{Label: i18n.T(ctx, "cadre.save"), Icon: "check"},
		Ways:   []component.Action{{Label: i18n.T(ctx, "cadre.back"), URL: cadreURL(id)}},
	}
	v.Description, v.Summary, v.Narrow = i18n.T(ctx, "cadre."+change+"_help"), summary(ctx, cause), true
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "cadres.title"), URL: "/cadres"}, {Label: c.Person.Name, URL: cadreURL(id)}}
	return v
}

func (s *Server) editCadre(w http.ResponseWriter, r *http.Request) error {
	id, err := cadreParam(r)
	if err != nil {
		return err
	}
	var in cadreInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	if err == nil {
		err = s.app.EditCadre(r.Context(), session(r).Actor, submission(r), id, clockVersion(in.Version), in.person())
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, cadreURL(id), "flash.cadre_saved")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: in.typed()}
	}
	_, c, failed := s.cadreToChange(r)
	if failed != nil {
		return keeping{error: failed, typed: in.typed()}
	}
	if fault.KindOf(err) == fault.KindConflict {
		in.SubmissionID, in.Version = newID(), strconv.Itoa(c.Version)
	}
	v := s.cadreFormView(w, r, id, c, in, "edit", err)
	if fault.KindOf(err) == fault.KindConflict {
		v.Changed = cadreFacts(r.Context(), c)
	}
	v.Fields = personFields(r.Context(), in, fieldErrors(r.Context(), err))
	return s.render(w, r, statusOf(err), page.SingleForm(v))
}

func (s *Server) disableCadreForm(w http.ResponseWriter, r *http.Request) error {
	id, c, err := s.cadreToChange(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.disableView(w, r, id, c, cadreInput{SubmissionID: newID()}, nil)))
}

func (s *Server) disableView(w http.ResponseWriter, r *http.Request, id cadre.ID, c app.RegisteredCadre, in cadreInput, cause error) page.FormView {
	ctx := r.Context()
	v := s.cadreFormView(w, r, id, c, in, "disable", cause)
	v.Submit = component.Button{Label: i18n.T(ctx, "cadre.disable"), Icon: "lock", Kind: "danger"}
	v.Fields = []page.MoveField{{Field: component.Field{
		Name: "reason", Label: i18n.T(ctx, "cadre.disable_reason"), Value: in.Reason, Error: fieldErrors(ctx, cause)["reason"], Required: true, MaxLength: cadre.MaxReason,
	}}}
	return v
}

func (s *Server) disableCadre(w http.ResponseWriter, r *http.Request) error {
	id, err := cadreParam(r)
	if err != nil {
		return err
	}
	var in cadreInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	if err == nil {
		err = s.app.DisableCadre(r.Context(), session(r).Actor, submission(r), id, in.Reason)
	}
	if err == nil {
		return s.seeOther(w, r, cadreURL(id), "flash.cadre_disabled")
	}
	if fault.KindOf(err) != fault.KindInvalid {
		return keeping{error: err, typed: in.Reason}
	}
	_, c, failed := s.cadreToChange(r)
	if failed != nil {
		return keeping{error: failed, typed: in.Reason}
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.disableView(w, r, id, c, in, err)))
}

func (s *Server) enableCadre(w http.ResponseWriter, r *http.Request) error {
	id, err := cadreParam(r)
	if err != nil {
		return err
	}
	var in cadreInput
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := s.app.EnableCadre(r.Context(), session(r).Actor, submission(r), id); err != nil {
		return err
	}
	return s.seeOther(w, r, cadreURL(id), "flash.cadre_enabled")
}
