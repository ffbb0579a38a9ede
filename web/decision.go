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

// decisionInput is the form of the decision of an assignment, as it is posted.
type decisionInput struct {
	SubmissionID string `form:"submission_id"`
	Decision     string `form:"decision"`

	file *upload
}

// decisionForm lets the number and the file of a decision be put in later, since decisions often come after the assignment.
func (s *Server) decisionForm(w http.ResponseWriter, r *http.Request) error {
	id, err := assignmentParam(r)
	if err != nil {
		return err
	}
	found, err := s.app.Assignment(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	in := decisionInput{SubmissionID: newID(), Decision: found.Decision}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.decisionView(w, r, found, in, nil)))
}

func (s *Server) setDecision(w http.ResponseWriter, r *http.Request) error {
	id, err := assignmentParam(r)
	if err != nil {
		return err
	}
	var in decisionInput
	in.file, err = s.readUpload(r, 1)
	if err == nil {
		err = in.file.joinErrors(decode(r, &in))
	}
	if unread(err) {
		return err
	}
	var place territory.LocalityID
	if err == nil {
		place, err = s.app.SetDecision(r.Context(), session(r).Actor, submission(r), id, in.Decision, in.file.one())
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, assignmentsURL(place), "flash.decision_set")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: in.Decision}
	}
	if failed := s.keep(r, in.file); failed != nil {
		return keeping{error: failed, typed: in.Decision}
	}
	found, failed := s.app.Assignment(r.Context(), session(r).Actor, id)
	if failed != nil {
		return keeping{error: failed, typed: in.Decision}
	}
	if fault.KindOf(err) == fault.KindConflict {
		in.SubmissionID = newID()
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.decisionView(w, r, found, in, err)))
}

func (s *Server) decisionView(w http.ResponseWriter, r *http.Request, a app.AssignmentCase, in decisionInput, cause error) page.FormView {
	ctx, errs := r.Context(), fieldErrors(r.Context(), cause)
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, "assignment.decision_title", "name", a.Name)), Action: assignmentURL(a.ID, "decision"),
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}},
		Facts: []component.Fact{
			{Label: i18n.T(ctx, "place.name"), Value: placeLine(a.Chain)}, {Label: i18n.T(ctx, "assignment.post"), Value: postName(ctx, a.Post)},
			{Label: i18n.T(ctx, "assignment.period"), Value: termText(ctx, a.Term)},
		},
		Submit: component.Button{Label: i18n.T(ctx, "assignment.decision_save"), Icon: "check"},
		Ways:   []component.Action{{Label: i18n.T(ctx, "assignment.back"), URL: assignmentsURL(a.Place)}},
	}
	if a.HasFile {
		v.Facts = append(v.Facts, component.Fact{Label: i18n.T(ctx, "file.there"), Value: i18n.T(ctx, "file.download"), URL: fileURL(a.Assignment)})
	}
	v.Description, v.Crumbs, v.Summary, v.Narrow = i18n.T(ctx, "assignment.decision_help"), crumbs(a.Chain), summary(ctx, cause), true
	v.Fields = []page.MoveField{{Field: component.Field{
		Name: "decision", Label: i18n.T(ctx, "assignment.decision"), Hint: i18n.T(ctx, "assignment.decision_hint"), Value: in.Decision, Error: errs["decision"], Optional: true,
		MaxLength: cadre.MaxDecision,
	}}}
	s.addFile(r, &v, in.file, errs)
	return v
}
