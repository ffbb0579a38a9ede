package web

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

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

// reportInput is the form of a report as it is posted.
type reportInput struct {
	Action       string `form:"action"`
	ReportID     string `form:"report_id"`
	SubmissionID string `form:"submission_id"`
	Version      string `form:"version"`
	Base         string `form:"base"`
	Hinted       string `form:"hinted"`
	Kind         string `form:"kind"`
	Locality     string `form:"locality"`
	HappenedOn   string `form:"happened_on"`
}

// reportAttempt is one sending of the form of a report.
type reportAttempt struct {
	path         string // where it was posted to
	submissionID string
	send         bool             // not just kept
	changes      bool             // to another kind
	hints        *app.ReportHints // that held it back
	draft        app.Draft
}

func (in reportInput) attempt(r *http.Request) reportAttempt {
	id, err := uuid.Parse(in.ReportID)
	if err != nil { // a form without its id still keeps its text; the submission id keeps it from being doubled
		id = uuid.Must(uuid.NewV7())
	}
	a := reportAttempt{path: r.URL.Path, submissionID: in.SubmissionID, send: in.Action == "send"}
	form, err := uuid.Parse(in.SubmissionID)
	if err != nil { // the use case refuses it
		form = uuid.Nil
	}
	a.draft = app.Draft{ReportID: id, Form: form, Version: version(in.Version), Base: version(in.Base), Ask: in.Hinted == "", Input: casework.ReportInput{
		Kind: casework.ReportKind(in.Kind), Locality: in.Locality, HappenedOn: in.HappenedOn, Content: postedContent(r),
	}}
	if kind, ok := strings.CutPrefix(in.Action, changeKind); ok {
		a.draft.Input.Kind, a.changes = casework.ReportKind(kind), true
	}
	return a
}

// changeKind stands before the kind in the value of the buttons that choose another one.
const changeKind = "kind:"

// postedContent gives what was typed in the fields of whatever kind the form was of.
func postedContent(r *http.Request) casework.Content {
	c := casework.Content{}
	for _, kind := range casework.ReportKinds() {
		form, _ := kind.Form()
		for _, f := range form.Fields() {
			c.Set(f.Name, r.PostForm.Get(f.Name))
		}
	}
	return c
}

func (s *Server) newReportForm(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	at, in := r.URL.Query().Get("place"), r.URL.Query().Get("in")
	if at == "" && in == "" {
		in = largeArea(actor)
	}
	asked, err := reportPlaceParam(at + in)
	if err != nil {
		return err
	}
	query := app.NewReportQuery{Asked: asked, Kind: reportKindParam(r), Month: reportMonthParam(r, actor.Today())}
	if in == "" {
		query.Beside = asked
	}
	if at+in == "" {
		query.Beside, _ = reportPlaceParam(usualPlace(actor)) // an id of the actor's own
	}
	form, err := s.app.NewReport(ctx, actor, query)
	if err != nil {
		return err
	}
	if at == "" && (in != "" || hasLargeArea(form.Own)) {
		return s.render(w, r, http.StatusOK, page.PickPlace(s.pickView(w, r, form)))
	}
	a := reportAttempt{path: "/reports/new", submissionID: newID(), draft: app.Draft{ReportID: uuid.Must(uuid.NewV7())}}
	a.draft.Input = casework.ReportInput{Kind: reportKindParam(r), Locality: at, HappenedOn: actor.Today().String()}
	if at == "" {
		a.draft.Input.Locality = usualPlace(actor)
	}
	if at == "" && len(form.Own) == 1 {
		a.draft.Input.Locality = strconv.FormatInt(int64(form.Own[0].ID), 10)
		if !form.Own[0].Until.IsZero() { // what is filed late did not happen today
			a.draft.Input.HappenedOn = ""
		}
	}
	if query.Kind == casework.MonthlyReport {
		return s.monthlyForm(w, r, a, form, query.Month)
	}
	return s.render(w, r, http.StatusOK, page.ReportForm(s.reportFormView(w, r, a, form, nil)))
}

// monthlyForm shows a monthly report that was put together for its author to edit.
func (s *Server) monthlyForm(w http.ResponseWriter, r *http.Request, a reportAttempt, form app.ReportForm, month casework.Month) error {
	ctx, today := r.Context(), session(r).Actor.Today()
	a.draft.Input.Content = assembled(ctx, form.Beside.Month, month)
	view := s.reportFormView(w, r, a, form, nil)
	view.Months = monthLinks(ctx, a.draft.Input.Locality, today, month)
	return s.render(w, r, http.StatusOK, page.ReportForm(view))
}

// reportKindParam reads the kind asked for; what is none counts as not given.
func reportKindParam(r *http.Request) casework.ReportKind {
	kind := casework.ReportKind(r.URL.Query().Get("kind"))
	if _, ok := kind.Form(); !ok {
		return casework.SituationReport
	}
	return kind
}

// reportPlaceParam reads the id of a place from the URL, zero for none; NotFound for what is no id.
func reportPlaceParam(text string) (territory.LocalityID, error) {
	if text == "" {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.NotFound()
	}
	return territory.LocalityID(id), nil
}

func (s *Server) saveReport(w http.ResponseWriter, r *http.Request) error {
	var in reportInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	if path := chi.URLParam(r, "report"); path != "" {
		if _, err := uuidParam(path); err != nil {
			return err
		}
		in.ReportID = path
	}
	a := in.attempt(r)
	a.draft.Known = chi.URLParam(r, "report") != ""
	ctx, actor := r.Context(), session(r).Actor
	done, flash := "/reports/"+a.draft.ReportID.String(), "flash.report_sent"
	switch {
	case err != nil: // characters that cannot be kept
	case a.changes && a.draft.Version == 0 && a.draft.Input.Blank():
		return s.redirectToKind(w, r, a.draft.Input)
	case a.send:
		a.draft.Version, err = s.send(r, a)
		if a.draft.Base > 0 {
			flash = "flash.report_amended"
		}
	default:
		err = s.app.SaveDraft(ctx, actor, submission(r), a.draft)
		done, flash = done+"/edit", "flash.draft_saved"
	}
	if hints, ok := errors.AsType[app.ReportHints](err); ok {
		a.hints = &hints
		return s.render(w, r, http.StatusUnprocessableEntity, page.ReportForm(s.reportFormView(w, r, a, s.offer(r, a), nil)))
	}
	if fault.KindOf(err) == fault.KindNotFound {
		return keeping{error: err, typed: typedTexts(a.draft.Input)}
	}
	if err != nil {
		return s.reportAgain(w, r, a, err)
	}
	return s.seeOther(w, r, done, flash)
}

// redirectToKind opens an empty form of another kind.
func (s *Server) redirectToKind(w http.ResponseWriter, r *http.Request, in casework.ReportInput) error {
	q := url.Values{"kind": {string(in.Kind)}}
	if in.Locality != "" {
		q.Set("place", in.Locality)
	}
	http.Redirect(w, r, "/reports/new?"+q.Encode(), http.StatusSeeOther)
	return nil
}

// typedTexts gives the long texts of a form, for a person to copy when there is nowhere to put them.
func typedTexts(in casework.ReportInput) string {
	form, ok := in.Kind.Form()
	if !ok {
		form, _ = casework.SituationReport.Form()
	}
	var texts []string
	for _, f := range form.Fields() {
		if f.Type == casework.LongText {
			texts = append(texts, in.Content[f.Name])
		}
	}
	return joined(texts...)
}

// send gives the version of the draft from which a refused form goes on.
func (s *Server) send(r *http.Request, a reportAttempt) (int, error) {
	version, err := s.app.SubmitReport(r.Context(), session(r).Actor, submission(r), a.draft)
	if err != nil && fault.KindOf(err) != fault.KindInvalid {
		version = a.draft.Version
	}
	return version, err
}

// reportAgain shows the form again with everything typed, and what was wrong.
func (s *Server) reportAgain(w http.ResponseWriter, r *http.Request, a reportAttempt, err error) error {
	switch fault.KindOf(err) {
	case fault.KindInternal, fault.KindNotFound:
		return err
	case fault.KindInvalid, fault.KindForbidden, fault.KindUnavailable, fault.KindConflict:
	}
	form := s.offer(r, a)
	if fault.KindOf(err) == fault.KindConflict {
		view, failed := s.conflictView(w, r, a, form, err)
		if failed != nil {
			return failed
		}
		return s.render(w, r, http.StatusConflict, page.ReportForm(view))
	}
	if fault.KindOf(err) == fault.KindUnavailable {
		s.log.Error("a report was not taken", "id", requestID(r), "error", err)
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	view := s.reportFormView(w, r, a, form, err)
	if a.send && a.draft.Version > 0 && fault.KindOf(err) == fault.KindInvalid {
		view.Summary.Items = append(view.Summary.Items, component.ErrorItem{Text: i18n.T(r.Context(), "report.kept")})
	}
	return s.render(w, r, statusOf(err), page.ReportForm(view))
}

// offer reads the places to choose from again; where that fails, the actor's own ones and no more.
func (s *Server) offer(r *http.Request, a reportAttempt) app.ReportForm {
	ctx, actor := r.Context(), session(r).Actor
	asked, err := reportPlaceParam(a.draft.Input.Locality)
	if err == nil {
		month, err := casework.ParseMonth(a.draft.Input.Content["month"])
		if err != nil {
			month = casework.Month{}
		}
		form, err := s.app.NewReport(ctx, actor, app.NewReportQuery{Asked: asked, Beside: asked, Kind: a.draft.Input.Kind, Month: month})
		if err == nil {
			return form
		}
	}
	if form, err := s.app.NewReport(ctx, actor, app.NewReportQuery{}); err == nil {
		return form
	}
	var form app.ReportForm
	for _, g := range actor.Grants {
		form.Places = append(form.Places, app.FilingPlace{ID: g.Locality.ID, Level: g.Locality.Level, Name: g.Locality.Name})
	}
	form.Own = form.Places
	return form
}

// conflictView makes the form anew from what is stored now, with the person's own text in it.
func (s *Server) conflictView(w http.ResponseWriter, r *http.Request, a reportAttempt, form app.ReportForm, cause error) (page.ReportFormView, error) {
	ctx, actor := r.Context(), session(r).Actor
	a.submissionID = newID()
	sum := &component.ErrorSummary{Title: i18n.T(ctx, "report.conflict"), Items: []component.ErrorItem{{Text: faultWords(ctx, cause)}}}
	stored, err := s.app.DraftForm(ctx, actor, a.draft.ReportID)
	switch fault.KindOf(err) {
	case fault.KindNotFound:
		a.draft.Version = 0
	default:
		if err != nil {
			return page.ReportFormView{}, err
		}
		since := a.draft.Base
		a.draft.Version = stored.Draft.Version
		switch {
		case stored.Sent != nil && since == 0: // what was typed becomes a report of its own
			sum.Items[0].Text = i18n.T(ctx, "report.already_sent")
			sum.Items = append(sum.Items, component.ErrorItem{Text: i18n.T(ctx, "report.see_sent"), Href: reportURL(a.draft.ReportID)})
			a = anew(a)
		case over(stored.Sent):
			sum.Items[0].Text = i18n.T(ctx, "report.withdrawn_already")
			sum.Items = append(sum.Items, component.ErrorItem{Text: i18n.T(ctx, "report.see_sent"), Href: reportURL(a.draft.ReportID)})
			a = anew(a)
		case stored.Sent != nil:
			a.draft.Base = stored.Sent.Report.Version
			form.Sent = stored.Sent
		}
	}
	view := s.reportFormView(w, r, a, form, nil)
	view.Summary = sum
	if stored.Draft != nil && stored.Draft.Version > 0 {
		view.Stored, view.StoredAt = storedTexts(ctx, stored.Draft.Input, a.draft.Input), component.StampOf(ctx, stored.Draft.UpdatedAt, actor.At)
	}
	return view, nil
}

func (s *Server) editReportForm(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "report"))
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	form, err := s.app.DraftForm(ctx, actor, id)
	if err != nil {
		return err
	}
	a := reportAttempt{path: "/reports/" + id.String() + "/edit", submissionID: newID(), draft: *form.Draft}
	if over(form.Sent) {
		a, form.Sent = anew(a), nil
	}
	return s.render(w, r, http.StatusOK, page.ReportForm(s.reportFormView(w, r, a, form, nil)))
}

// over tells whether a report was withdrawn: what is written in its form is another report.
func over(sent *app.SentReport) bool {
	return sent != nil && sent.Report.State == casework.ReportWithdrawn
}

// anew makes a report of its own from what was typed in the form of another one.
func anew(a reportAttempt) reportAttempt {
	a.draft = app.Draft{ReportID: uuid.Must(uuid.NewV7()), Input: a.draft.Input}
	a.path = "/reports/new" // from an address of its own
	return a
}

func (s *Server) discardReport(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "report"))
	if err != nil {
		return err
	}
	var in struct {
		Version string `form:"version"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	err = s.app.DiscardDraft(ctx, actor, submission(r), id, version(in.Version))
	if fault.KindOf(err) == fault.KindConflict {
		return s.discardConflict(w, r, id, actor, err)
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/reports/drafts", "flash.draft_discarded")
}

// discardConflict shows the draft as it is stored now, for the person to look at before it is thrown away.
func (s *Server) discardConflict(w http.ResponseWriter, r *http.Request, id uuid.UUID, actor cadre.Actor, cause error) error {
	form, err := s.app.DraftForm(r.Context(), actor, id)
	if err != nil {
		return cause
	}
	a := reportAttempt{path: "/reports/" + id.String() + "/edit", submissionID: newID(), draft: *form.Draft}
	view := s.reportFormView(w, r, a, form, nil)
	view.Summary = &component.ErrorSummary{
		Title: i18n.T(r.Context(), "report.conflict"), Items: []component.ErrorItem{{Text: i18n.T(r.Context(), "report.discard_changed")}},
	}
	return s.render(w, r, http.StatusConflict, page.ReportForm(view))
}
