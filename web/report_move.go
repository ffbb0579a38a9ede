package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// reportMoveInput is the form of what is done to a sent report as it is posted.
type reportMoveInput struct {
	SubmissionID string `form:"submission_id"`
	Version      string `form:"version"`
	Usefulness   string `form:"usefulness"`
	Reason       string `form:"reason"`
}

// reportMoves are those that have an address of their own; an amendment is written in the form of the report.
var reportMoves = []casework.ReportMove{casework.AcknowledgeReport, casework.ReturnReport, casework.CommentReport, casework.WithdrawReport}

var reportMoveIcons = map[casework.ReportMove]string{
	casework.AcknowledgeReport: "check", casework.ReturnReport: "reopen", casework.CommentReport: "comment", casework.AmendReport: "edit",
	casework.WithdrawReport: "back",
}

// reportMoveParams reads which report is meant and what is done to it; NotFound for what does not exist.
func reportMoveParams(r *http.Request) (uuid.UUID, casework.ReportMove, error) {
	id, err := uuidParam(chi.URLParam(r, "report"))
	move := casework.ReportMove(chi.URLParam(r, "move"))
	if err != nil || !slices.Contains(reportMoves, move) {
		return uuid.Nil, "", fault.NotFound()
	}
	return id, move, nil
}

func (s *Server) reportMoveForm(w http.ResponseWriter, r *http.Request) error {
	id, move, err := reportMoveParams(r)
	if err != nil {
		return err
	}
	found, err := s.app.Report(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	if !found.May(move) {
		return keeping{error: fault.Forbidden("report.review_not_yours"), back: backToReport(r.Context(), id)}
	}
	in := reportMoveInput{SubmissionID: newID(), Version: strconv.Itoa(found.Report.Version)}
	return s.render(w, r, http.StatusOK, page.Move(s.reportMoveView(w, r, found, move, in, nil)))
}

func (s *Server) reportMove(w http.ResponseWriter, r *http.Request) error {
	id, move, err := reportMoveParams(r)
	if err != nil {
		return err
	}
	var in reportMoveInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	if err == nil {
		err = s.app.ReviewReport(ctx, actor, submission(r), id, version(in.Version), casework.ReportRequest{
			Move: move, Usefulness: casework.Usefulness(number(in.Usefulness)), Reason: in.Reason,
		})
	}
	if err == nil {
		return s.seeOther(w, r, reportURL(id), "flash.report_"+string(move))
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid, fault.KindConflict, fault.KindUnavailable:
		found, failed := s.app.Report(ctx, actor, id)
		if failed != nil {
			return keeping{error: err, typed: in.Reason}
		}
		return s.render(w, r, statusOf(err), page.Move(s.reportMoveView(w, r, found, move, in, err)))
	case fault.KindForbidden, fault.KindNotFound, fault.KindInternal:
	}
	return keeping{error: err, typed: in.Reason, back: backToReport(ctx, id)}
}

// backToReport leads to a report.
func backToReport(ctx context.Context, id uuid.UUID) *component.Action {
	return &component.Action{Label: i18n.T(ctx, "report.back"), URL: reportURL(id), Icon: "report", Primary: true}
}

func reportURL(id uuid.UUID) string { return "/reports/" + id.String() }

func reportMoveURL(id uuid.UUID, m casework.ReportMove) string {
	return reportURL(id) + "/moves/" + string(m)
}

// reportMoveView makes the form of a move, after a refusal with everything typed. After a conflict it also tells what others did
// since the form was opened, and goes on from there.
func (s *Server) reportMoveView(w http.ResponseWriter, r *http.Request, f app.Report, move casework.ReportMove, in reportMoveInput, cause error) page.MoveView {
	ctx, id := r.Context(), f.Report.ID
	label := i18n.T(ctx, "report.move."+string(move))
	v := page.MoveView{
		Base: s.base(w, r, label), Action: reportMoveURL(id, move), SubmissionID: in.SubmissionID, Version: in.Version,
		About: page.Line{Title: reportLine(ctx, f.Report.Kind, f.Report.Content.Summary(f.Report.Kind)), URL: reportURL(id),
			Number: f.Chain.Self().Name + " · " + dayText(ctx, f.Report.HappenedOn)},
		Submit: component.Button{Label: label, Icon: reportMoveIcons[move]},
		Back:   component.Action{Label: i18n.T(ctx, "report.back"), URL: reportURL(id)},
		Fields: reportMoveFields(ctx, move, in),
	}
	v.Narrow = true
	v.Description = i18n.T(ctx, "report.move_help."+string(move))
	v.Crumbs = crumbs(f.Chain)
	v.Summary = summary(ctx, cause)
	errs := fieldErrors(ctx, cause)
	for i := range v.Fields {
		v.Fields[i].Error = errs[v.Fields[i].Name]
	}
	if fault.KindOf(cause) == fault.KindConflict {
		v.Since, v.SinceText = reportMoments(ctx, f.Report.ID, f.Since(version(in.Version)), session(r).Actor.At), i18n.T(ctx, "report.since")
		v.Version, v.SubmissionID = strconv.Itoa(f.Report.Version), newID()
		if !f.May(move) {
			v.Summary.Items = append(v.Summary.Items, component.ErrorItem{Text: i18n.T(ctx, "report.move_gone")})
		}
	}
	return v
}

// reportMoveFields gives the fields of a move's form with what was typed.
func reportMoveFields(ctx context.Context, move casework.ReportMove, in reportMoveInput) []page.MoveField {
	reason := page.MoveField{Control: page.ControlTextarea, Field: component.Field{
		Name: "reason", Label: i18n.T(ctx, "report.reason."+string(move)), Value: in.Reason, MaxLength: casework.MaxText, Rows: 4, Required: true,
	}}
	if move != casework.AcknowledgeReport {
		return []page.MoveField{reason}
	}
	reason.Required, reason.Optional, reason.Rows = false, true, 2
	useful := component.Field{Name: "usefulness", Label: i18n.T(ctx, "report.usefulness_label"), Hint: i18n.T(ctx, "report.usefulness_hint"), Value: in.Usefulness,
		Required: true}
	for _, u := range slices.Backward(casework.Usefulnesses()) {
		useful.Options = append(useful.Options, component.Option{Value: strconv.Itoa(int(u)), Label: usefulnessText(ctx, u)})
	}
	return []page.MoveField{{Control: page.ControlRadios, Field: useful}, reason}
}

// usefulnessText words how useful somebody found a report; nothing where nobody said.
func usefulnessText(ctx context.Context, u casework.Usefulness) string {
	if u == 0 {
		return ""
	}
	return i18n.T(ctx, "report.usefulness."+strconv.Itoa(int(u)))
}

// reviewForm is the short form under a report by which it is acknowledged; nil if that is not the reader's to do.
func reviewForm(ctx context.Context, f app.Report) *page.ReviewForm {
	if !f.May(casework.AcknowledgeReport) {
		return nil
	}
	form := page.ReviewForm{
		Action: reportMoveURL(f.Report.ID, casework.AcknowledgeReport), SubmissionID: newID(), Version: strconv.Itoa(f.Report.Version),
		Fields: reportMoveFields(ctx, casework.AcknowledgeReport, reportMoveInput{}),
		Return: component.Action{Label: i18n.T(ctx, "report.move.return"), URL: reportMoveURL(f.Report.ID, casework.ReturnReport), Icon: "reopen"},
	}
	form.Hints = hintLines(ctx, app.ReportHints{Vague: !f.Report.Content.Concrete(f.Report.Kind), Near: f.Near}, f.Report.Content)
	return &form
}

// returned tells the author why their report came back and leads to the form in which it is mended; nil for everybody else.
func returned(ctx context.Context, f app.Report) *page.ReturnedReport {
	if f.Report.State != casework.ReportReturned || !f.May(casework.AmendReport) {
		return nil
	}
	for _, e := range slices.Backward(f.Events) {
		if e.Move == casework.ReturnReport {
			return &page.ReturnedReport{
				Title: i18n.T(ctx, "report.returned"), By: person(ctx, e.ActorName, e.Post), Reason: e.Reason,
				Amend: &component.Action{Label: i18n.T(ctx, "report.move.amend"), URL: reportURL(f.Report.ID) + "/edit", Icon: "edit", Primary: true},
			}
		}
	}
	return nil
}

// withdrawn says that a report is over and why, to everybody who reads it, and leads its author to write another one from its text; nil
// for any other report.
func withdrawn(ctx context.Context, f app.Report, own bool) *page.ReturnedReport {
	if f.Report.State != casework.ReportWithdrawn {
		return nil
	}
	v := page.ReturnedReport{Title: i18n.T(ctx, "report.withdrawn")}
	for _, e := range slices.Backward(f.Events) {
		if e.Move == casework.WithdrawReport {
			v.By, v.Reason = e.ActorName, e.Reason
			break
		}
	}
	if own {
		v.Amend = &component.Action{Label: i18n.T(ctx, "report.withdrawn_again"), URL: reportURL(f.Report.ID) + "/edit", Icon: "edit", Primary: true}
	}
	return &v
}

// reportHistory tells how a report came to be as it is, the newest first.
func reportHistory(ctx context.Context, f app.Report, now time.Time) []component.Moment {
	list := reportMoments(ctx, f.Report.ID, f.Events, now)
	if n := len(f.Versions); n > 0 {
		first := f.Versions[n-1]
		list = append(list, component.Moment{When: component.StampOf(ctx, first.SentAt, now), Title: i18n.T(ctx, "report.event.sent"), Actor: f.Author, Icon: "mail"})
	}
	return list
}

func reportMoments(ctx context.Context, id uuid.UUID, events []app.ReportEvent, now time.Time) []component.Moment {
	list := make([]component.Moment, 0, len(events)+1)
	for _, e := range slices.Backward(events) {
		m := component.Moment{
			When: component.StampOf(ctx, e.At, now), Icon: reportMoveIcons[e.Move], Title: i18n.T(ctx, "report.event."+string(e.Move)),
			Actor: person(ctx, e.ActorName, e.Post), Text: e.Reason,
		}
		switch e.Move {
		case casework.AcknowledgeReport:
			m.Tone = component.Success
			m.Text = strings.Join(slices.DeleteFunc([]string{usefulnessText(ctx, e.Usefulness), e.Reason}, func(t string) bool { return t == "" }), "\n")
		case casework.ReturnReport, casework.WithdrawReport:
			m.Tone = component.Warn
		case casework.AmendReport:
			m.Title, m.URL = i18n.T(ctx, "report.event.amend_n", "n", e.Number), versionURL(id, e.Number)
		case casework.CommentReport:
		}
		list = append(list, m)
	}
	return list
}
