package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// agenciesPath is the catalogue of agencies.
const agenciesPath = "/agencies"

// agencyInput is the form of an agency, as it is posted.
type agencyInput struct {
	SubmissionID string `form:"submission_id"`
	Version      string `form:"version"`
	Place        string `form:"place"`
	Name         string `form:"name"`
	Phone        string `form:"phone"`
	Email        string `form:"email"`
	Contact      string `form:"contact"`
	Retired      string `form:"retired"`
}

// agencies lists the agencies of the reader's places, of those below and above.
func (s *Server) agencies(w http.ResponseWriter, r *http.Request) error {
	var q struct {
		Words string `form:"q"`
		Place string `form:"place"`
	}
	decodeQuery(r, &q)
	ctx, actor := r.Context(), session(r).Actor
	found, err := s.app.Agencies(ctx, actor, q.Words, territory.LocalityID(number(q.Place)))
	if err != nil {
		return err
	}
	v := page.AgenciesView{Base: s.base(w, r, "agency.list")}
	v.Description = i18n.T(ctx, "agency.help")
	place := component.Field{Name: "place", Label: i18n.T(ctx, "agency.place"), Value: q.Place, Empty: i18n.T(ctx, "agency.place_choose")}
	for _, p := range found.Places {
		place.Options = append(place.Options, component.Option{Value: strconv.FormatInt(int64(p.ID), 10), Label: p.Name})
	}
	v.Filter = component.Filter{Action: agenciesPath, Query: &component.Field{Name: "q", Label: i18n.T(ctx, "agency.search"), Value: q.Words, Type: "search"}}
	if q.Words != "" || q.Place != "" {
		v.Filter.Open, v.Filter.Active, v.Filter.ClearURL = true, i18n.T(ctx, "issues.filtered"), agenciesPath
	}
	v.Fields = []component.Field{place}
	keeps := actor.Holds(cadre.Administer)
	if keeps {
		v.Actions = []component.Action{{Label: i18n.T(ctx, "agency.add"), URL: agenciesPath + "/new?" + url.Values{"place": {q.Place}}.Encode(), Icon: "plus", Primary: true}}
	}
	for _, a := range found.Rows {
		row := page.AgencyRow{Name: a.Name, Place: a.At, Phone: a.Phone, PhoneURL: "tel:" + dialled(a.Phone), Email: a.Email, Contact: a.Contact, Retired: a.Retired}
		if keeps && slices.ContainsFunc(found.Places, func(p territory.Locality) bool { return p.ID == a.Place }) { // those above are kept above
			row.EditURL = agencyURL(a.ID)
		}
		v.Rows = append(v.Rows, row)
	}
	if found.Over {
		v.More = i18n.T(ctx, "agency.over")
	}
	v.Nothing = component.Empty{Icon: "people", Title: i18n.T(ctx, "agency.none"), Text: i18n.T(ctx, "agency.none_help")}
	return s.render(w, r, http.StatusOK, page.Agencies(v))
}

func agencyURL(id int64) string { return agenciesPath + "/" + strconv.FormatInt(id, 10) + "/edit" }

// agencyFacts say how an agency is reached.
func agencyFacts(ctx context.Context, a app.Agency) []component.Fact {
	var facts []component.Fact
	if a.Phone != "" {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "agency.phone"), Value: a.Phone, URL: "tel:" + dialled(a.Phone)})
	}
	if a.Email != "" {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "agency.email"), Value: a.Email, URL: "mailto:" + a.Email})
	}
	if a.Contact != "" {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "agency.contact"), Value: a.Contact})
	}
	return facts
}

func (s *Server) newAgencyForm(w http.ResponseWriter, r *http.Request) error {
	var in agencyInput
	decodeQuery(r, &in)
	in.SubmissionID = newID()
	return s.showAgency(w, r, 0, in, nil)
}

func (s *Server) editAgencyForm(w http.ResponseWriter, r *http.Request) error {
	id := number(chi.URLParam(r, "agency"))
	if id <= 0 {
		return fault.NotFound()
	}
	return s.showAgency(w, r, id, agencyInput{SubmissionID: newID()}, nil)
}

// showAgency shows the form of an agency, a new one for the id 0; without a cause with what is stored.
func (s *Server) showAgency(w http.ResponseWriter, r *http.Request, id int64, in agencyInput, cause error) error {
	ctx, actor, errs := r.Context(), session(r).Actor, fieldErrors(r.Context(), cause)
	if in.Place == "" && id == 0 { // the first place that the reader administers
		for _, g := range actor.Grants {
			if g.Allows(cadre.Manage) {
				in.Place = strconv.FormatInt(int64(g.Locality.ID), 10)
				break
			}
		}
	}
	found, err := s.app.AgencyToChange(ctx, actor, id, territory.LocalityID(number(in.Place)))
	if err != nil {
		return err
	}
	title, action := "agency.add", agenciesPath+"/new"
	if id != 0 {
		title, action = "agency.edit", agencyURL(id)
	}
	if id != 0 && cause == nil {
		in.Name, in.Phone, in.Email, in.Contact = found.Name, found.Phone, found.Email, found.Contact
		if found.Retired {
			in.Retired = "1"
		}
	}
	if id != 0 {
		in.Version = strconv.Itoa(found.Version)
	}
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, title)), Action: action, Submit: component.Button{Label: i18n.T(ctx, "agency.save"), Icon: "check"},
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "version", Value: in.Version}, {Name: "place", Value: in.Place}},
		Facts:  []component.Fact{{Label: i18n.T(ctx, "agency.place"), Value: placeLine(found.Chain)}},
		Ways:   []component.Action{{Label: i18n.T(ctx, "agency.back"), URL: agenciesPath}},
	}
	v.Narrow, v.Summary = true, summary(ctx, cause)
	text := func(name, value, kind string, limit int) page.MoveField {
		return page.MoveField{Field: component.Field{Name: name, Label: i18n.T(ctx, "agency."+name), Value: value, Error: errs[name], Type: kind, MaxLength: limit, Optional: name != "name", Required: name == "name"}}
	}
	v.Fields = []page.MoveField{text("name", in.Name, "text", casework.MaxTitle), text("phone", in.Phone, "tel", 20), text("email", in.Email, "email", 120), text("contact", in.Contact, "text", 120)}
	v.Fields[3].Hint = i18n.T(ctx, "agency.contact_hint")
	if id != 0 {
		v.Fields = append(v.Fields, page.MoveField{Control: page.ControlCheckbox, Field: component.Field{Name: "retired", Label: i18n.T(ctx, "agency.retired"), Value: "1", Checked: in.Retired != ""}})
	}
	return s.render(w, r, statusOr(cause), page.SingleForm(v))
}

func (s *Server) saveAgency(w http.ResponseWriter, r *http.Request) error {
	text := chi.URLParam(r, "agency")
	id := number(text)
	if text != "" && id <= 0 {
		return fault.NotFound()
	}
	var in agencyInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	if err == nil {
		err = s.app.SaveAgency(r.Context(), session(r).Actor, submission(r), id, app.AgencyInput{
			AgencyInput: casework.AgencyInput{Name: in.Name, Phone: in.Phone, Email: in.Email, Contact: in.Contact},
			Place:       territory.LocalityID(number(in.Place)), Seen: version(in.Version), Retired: in.Retired != "",
		})
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, agenciesPath, "flash.agency_saved")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: joined(in.Name, in.Contact)}
	case kind == fault.KindConflict:
		in.SubmissionID = newID()
	}
	return s.showAgency(w, r, id, in, err)
}
