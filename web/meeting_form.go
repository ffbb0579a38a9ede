package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// pickMeeting offers the meetings on whose agenda some issues can be put.
func (s *Server) pickMeeting(w http.ResponseWriter, r *http.Request) error {
	var in meetingInput
	decodeQuery(r, &in)
	in.SubmissionID = newID()
	return s.showPick(w, r, in, nil)
}

func (s *Server) showPick(w http.ResponseWriter, r *http.Request, in meetingInput, cause error) error {
	ctx := r.Context()
	open, rows, err := s.app.OpenMeetings(ctx, session(r).Actor, ids(in.Issues))
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return fault.NotFound()
	}
	errs := fieldErrors(ctx, cause)
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, "meeting.pick")), Action: pickPath, Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}},
		Submit: component.Button{Label: i18n.T(ctx, "meeting.pick"), Icon: "plus"},
	}
	v.Description, v.Narrow, v.Summary, v.Crumbs = i18n.T(ctx, "meeting.pick_help"), true, summary(ctx, cause), []component.Crumb{boardCrumb(ctx)}
	field := component.Field{Name: "meeting", Label: i18n.T(ctx, "meeting.which"), Value: in.Meeting, Error: errs["meeting"], Required: true}
	for _, m := range open {
		field.Options = append(field.Options, component.Option{Value: m.ID.String(), Label: m.Title, Hint: i18n.DateTime(ctx, m.At) + " · " + m.DeskName})
	}
	field.Options = append(field.Options, component.Option{Value: "new", Label: i18n.T(ctx, "meeting.new")})
	if field.Value == "" {
		field.Value = field.Options[0].Value
	}
	var chosen []string
	for _, row := range rows {
		chosen = append(chosen, row.ID.String())
		v.Facts = append(v.Facts, component.Fact{Label: row.Number, Value: row.Title, URL: "/issues/" + row.ID.String()})
	}
	v.Hidden = append(v.Hidden, page.HiddenValue{Name: "issue", Value: strings.Join(chosen, ",")})
	v.Fields = []page.MoveField{{Control: page.ControlRadios, Field: field}}
	return s.render(w, r, statusOr(cause), page.SingleForm(v))
}

// statusOr gives the status of a form that is shown again, or of one that is shown for the first time.
func statusOr(cause error) int {
	if cause == nil {
		return http.StatusOK
	}
	return statusOf(cause)
}

func (s *Server) addToMeeting(w http.ResponseWriter, r *http.Request) error {
	var in meetingInput
	if err := decode(r, &in); err != nil {
		return err
	}
	if in.Meeting == "new" {
		return s.seeOther(w, r, newMeetingPath+"?"+url.Values{"issue": in.Issues}.Encode(), "")
	}
	id, err := uuid.Parse(in.Meeting)
	if err != nil {
		return s.showPick(w, r, in, fault.Invalid(fault.At("meeting", "meeting.which_required")))
	}
	err = s.app.AddToMeeting(r.Context(), session(r).Actor, submission(r), id, ids(in.Issues))
	if fault.KindOf(err) == fault.KindConflict {
		in.SubmissionID = newID()
		return s.showPick(w, r, in, err)
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, meetingURL(id), "flash.meeting_added")
}

func (s *Server) newMeetingForm(w http.ResponseWriter, r *http.Request) error {
	var in meetingInput
	decodeQuery(r, &in)
	in.SubmissionID, in.Hour = newID(), "08:00"
	return s.render(w, r, http.StatusOK, page.SingleForm(s.newMeetingView(w, r, in, nil)))
}

func (s *Server) newMeetingView(w http.ResponseWriter, r *http.Request, in meetingInput, cause error) page.FormView {
	ctx := r.Context()
	v := s.meetingFormView(w, r, "meeting.new", newMeetingPath, in, cause)
	if len(in.Issues) > 0 {
		v.Hidden = append(v.Hidden, page.HiddenValue{Name: "issue", Value: strings.Join(in.Issues, ",")})
	}
	desks := app.MeetingDesks(session(r).Actor)
	if len(desks) == 1 {
		v.Hidden = append(v.Hidden, page.HiddenValue{Name: "desk", Value: strconv.FormatInt(int64(desks[0].ID), 10)})
		return v
	}
	field := component.Field{Name: "desk", Label: i18n.T(ctx, "meeting.desk"), Value: in.Desk, Error: fieldErrors(ctx, cause)["desk"], Required: true}
	for _, d := range desks {
		field.Options = append(field.Options, component.Option{Value: strconv.FormatInt(int64(d.ID), 10), Label: d.Name})
	}
	v.Fields = append([]page.MoveField{{Control: page.ControlRadios, Field: field}}, v.Fields...)
	return v
}

// meetingFormView is the form of what a meeting is.
func (s *Server) meetingFormView(w http.ResponseWriter, r *http.Request, title, action string, in meetingInput, cause error) page.FormView {
	ctx, errs := r.Context(), fieldErrors(r.Context(), cause)
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, title)), Action: action, Submit: component.Button{Label: i18n.T(ctx, "meeting.save"), Icon: "check"},
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "version", Value: in.Version}},
	}
	v.Narrow, v.Summary, v.Crumbs = true, summary(ctx, cause), []component.Crumb{boardCrumb(ctx), meetingsCrumb(ctx)}
	v.Fields = []page.MoveField{
		{Field: component.Field{Name: "title", Label: i18n.T(ctx, "meeting.title"), Hint: i18n.T(ctx, "meeting.title_hint"), Value: in.Title, Error: errs["title"], Required: true,
			MaxLength: casework.MaxTitle}},
		{Control: page.ControlDate, Field: component.Field{Name: "day", Label: i18n.T(ctx, "meeting.day"), Value: in.Day, Error: errs["day"], Required: true}},
		{Field: component.Field{Name: "hour", Label: i18n.T(ctx, "meeting.hour"), Value: in.Hour, Error: errs["hour"], Required: true, Type: "time", Size: "short"}},
		{Field: component.Field{Name: "place", Label: i18n.T(ctx, "meeting.place"), Value: in.Place, Error: errs["place"], Optional: true, MaxLength: casework.MaxTitle}},
	}
	return v
}

func (s *Server) newMeeting(w http.ResponseWriter, r *http.Request) error {
	var in meetingInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	var id uuid.UUID
	if err == nil {
		id, err = s.app.AddMeeting(r.Context(), session(r).Actor, submission(r), in.input(), ids(in.Issues))
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, meetingURL(id), "flash.meeting_made")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: in.typed()}
	case kind == fault.KindConflict:
		in.SubmissionID = newID()
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.newMeetingView(w, r, in, err)))
}

func (s *Server) editMeetingForm(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingParam(r)
	if err != nil {
		return err
	}
	found, err := s.app.Meeting(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	if !found.Mine || found.Cancelled {
		return fault.Forbidden("meeting.not_yours")
	}
	at := found.At.In(i18n.Zone)
	in := meetingInput{
		SubmissionID: newID(), Version: strconv.Itoa(found.Version), Title: found.Title, Place: found.Place, Day: territory.DayOf(found.At).String(), Hour: at.Format("15:04"),
	}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.meetingFormView(w, r, "meeting.edit", meetingURL(id)+"/edit", in, nil)))
}

func (s *Server) editMeeting(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingParam(r)
	if err != nil {
		return err
	}
	var in meetingInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	if err == nil {
		err = s.app.EditMeeting(r.Context(), session(r).Actor, submission(r), id, version(in.Version), in.input())
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, meetingURL(id), "flash.meeting_saved")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: in.typed()}
	case kind == fault.KindConflict: // goes on from what is stored now
		found, failed := s.app.Meeting(r.Context(), session(r).Actor, id)
		if failed != nil {
			return keeping{error: failed, typed: in.typed()}
		}
		in.SubmissionID, in.Version = newID(), strconv.Itoa(found.Version)
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.meetingFormView(w, r, "meeting.edit", meetingURL(id)+"/edit", in, err)))
}

func (s *Server) cancelMeeting(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingParam(r)
	if err != nil {
		return err
	}
	var in meetingInput
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := s.app.CancelMeeting(r.Context(), session(r).Actor, submission(r), id, version(in.Version)); err != nil {
		return keeping{error: err, back: &component.Action{Label: i18n.T(r.Context(), "meeting.back"), URL: meetingURL(id), Icon: "back"}}
	}
	return s.seeOther(w, r, meetingsPath, "flash.meeting_cancelled")
}
