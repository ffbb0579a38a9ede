package web

import (
	"net/http"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// changeInput is the form that ends or voids an assignment, as it is posted.
type changeInput struct {
	SubmissionID string `form:"submission_id"`
	Seen         string `form:"seen"` // the day of the end as the form knew it
	Last         string `form:"last"`
	Reason       string `form:"reason"`
}

// assignmentForm is one way in which an assignment is changed on a page of its own.
type assignmentForm struct {
	change, flash string
	do            func(s *Server, r *http.Request, id cadre.AssignmentID, in changeInput) (territory.LocalityID, error)
}

var endForm = assignmentForm{change: "end", flash: "flash.assignment_ended", do: sendEnd}

var voidForm = assignmentForm{change: "void", flash: "flash.assignment_voided", do: sendVoid}

func sendEnd(s *Server, r *http.Request, id cadre.AssignmentID, in changeInput) (territory.LocalityID, error) {
	var seen territory.Day
	if err := seen.UnmarshalText([]byte(in.Seen)); err != nil {
		return 0, fault.Conflict("assignment.already_ended")
	}
	return s.app.EndAssignment(r.Context(), session(r).Actor, submission(r), id, app.EndInput{Seen: seen, EndInput: cadre.EndInput{Last: in.Last, Reason: in.Reason}})
}

func sendVoid(s *Server, r *http.Request, id cadre.AssignmentID, in changeInput) (territory.LocalityID, error) {
	return s.app.VoidAssignment(r.Context(), session(r).Actor, submission(r), id, in.Reason)
}

func (s *Server) endAssignmentForm(w http.ResponseWriter, r *http.Request) error {
	return s.showAssignmentForm(w, r, endForm)
}

func (s *Server) endAssignment(w http.ResponseWriter, r *http.Request) error {
	return s.changeAssignment(w, r, endForm)
}

func (s *Server) voidAssignmentForm(w http.ResponseWriter, r *http.Request) error {
	return s.showAssignmentForm(w, r, voidForm)
}

func (s *Server) voidAssignment(w http.ResponseWriter, r *http.Request) error {
	return s.changeAssignment(w, r, voidForm)
}

func (s *Server) showAssignmentForm(w http.ResponseWriter, r *http.Request, form assignmentForm) error {
	id, err := assignmentParam(r)
	if err != nil {
		return err
	}
	actor := session(r).Actor
	found, err := s.app.Assignment(r.Context(), actor, id)
	if err != nil {
		return err
	}
	in := changeInput{SubmissionID: newID(), Seen: found.Term.Until.String(), Last: actor.Today().String()}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.changeView(w, r, form, found, in, nil)))
}

func (s *Server) changeAssignment(w http.ResponseWriter, r *http.Request, form assignmentForm) error {
	id, err := assignmentParam(r)
	if err != nil {
		return err
	}
	var in changeInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	var place territory.LocalityID
	if err == nil {
		place, err = form.do(s, r, id, in)
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, assignmentsURL(place), form.flash)
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: in.Reason}
	}
	found, failed := s.app.Assignment(r.Context(), session(r).Actor, id)
	if failed != nil {
		return keeping{error: failed, typed: in.Reason}
	}
	if fault.KindOf(err) == fault.KindConflict {
		in.SubmissionID, in.Seen = newID(), found.Term.Until.String()
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.changeView(w, r, form, found, in, err)))
}

func (s *Server) changeView(w http.ResponseWriter, r *http.Request, form assignmentForm, a app.AssignmentCase, in changeInput, cause error) page.FormView {
	ctx, errs := r.Context(), fieldErrors(r.Context(), cause)
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, "assignment."+form.change+"_title", "name", a.Name)), Action: assignmentURL(a.ID, form.change),
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "seen", Value: in.Seen}},
		Facts: []component.Fact{
			{Label: i18n.T(ctx, "place.name"), Value: placeLine(a.Chain)}, {Label: i18n.T(ctx, "assignment.post"), Value: postName(ctx, a.Post)},
			{Label: i18n.T(ctx, "assignment.period"), Value: termText(ctx, a.Term)},
		},
		Submit: component.Button{Label: i18n.T(ctx, "assignment."+form.change), Icon: "check", Kind: "danger"},
		Ways:   []component.Action{{Label: i18n.T(ctx, "assignment.back"), URL: assignmentsURL(a.Place)}},
	}
	v.Description, v.Crumbs, v.Summary, v.Narrow = i18n.T(ctx, "assignment."+form.change+"_help"), crumbs(a.Chain), summary(ctx, cause), true
	reason := component.Field{
		Name: "reason", Label: i18n.T(ctx, "assignment.reason"), Hint: i18n.T(ctx, "assignment.reason_hint"), Value: in.Reason, Error: errs["reason"],
		Required: true, MaxLength: cadre.MaxReason,
	}
	if form.change == voidForm.change {
		reason.Label, reason.Hint = i18n.T(ctx, "assignment.void_reason"), ""
		v.Fields = []page.MoveField{{Field: reason}}
		return v
	}
	v.Fields = []page.MoveField{
		{Control: page.ControlDate, Field: component.Field{
			Name: "last", Label: i18n.T(ctx, "assignment.last"), Hint: i18n.T(ctx, "assignment.end_last_hint"), Value: in.Last, Error: errs["last"], Optional: true,
		}},
		{Field: reason},
	}
	return v
}

// makePrimary marks an assignment as the primary one.
func (s *Server) makePrimary(w http.ResponseWriter, r *http.Request) error {
	id, err := assignmentParam(r)
	if err != nil {
		return err
	}
	var in changeInput
	if err := decode(r, &in); err != nil {
		return err
	}
	place, err := s.app.MakePrimary(r.Context(), session(r).Actor, submission(r), id)
	if err != nil {
		return err
	}
	return s.seeOther(w, r, assignmentsURL(place), "flash.assignment_primary")
}
