package web

import (
	"context"
	"net/http"
	"net/url"
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
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// Addresses of the meetings.
const (
	meetingsPath    = "/meetings"
	pickPath        = meetingsPath + "/pick"
	conclusionsPath = meetingsPath + "/conclusions"
	newMeetingPath  = meetingsPath + "/new"
	meetingRows     = 30
)

func meetingURL(id uuid.UUID) string { return meetingsPath + "/" + id.String() }

// meetingInput is the form of a meeting, as it is posted.
type meetingInput struct {
	SubmissionID string   `form:"submission_id"`
	Version      string   `form:"version"`
	Desk         string   `form:"desk"`
	Title        string   `form:"title"`
	Place        string   `form:"place"`
	Day          string   `form:"day"`
	Hour         string   `form:"hour"`
	Issues       []string `form:"issue"`
	Meeting      string   `form:"meeting"`
}

func (in meetingInput) input() app.MeetingInput {
	return app.MeetingInput{
		MeetingInput: casework.MeetingInput{Title: in.Title, Place: in.Place, Day: in.Day, Hour: in.Hour}, Desk: territory.LocalityID(number(in.Desk)),
	}
}

func (in meetingInput) typed() string { return joined(in.Title, in.Place) }

// ids reads the issues that a form or address names, one by one or with commas between them, as many as one agenda holds.
func ids(texts []string) []uuid.UUID {
	var list []uuid.UUID
	for text := range strings.SplitSeq(strings.Join(texts, ","), ",") {
		if id, err := uuid.Parse(text); err == nil && !slices.Contains(list, id) && len(list) < casework.MaxAgenda {
			list = append(list, id)
		}
	}
	return list
}

func meetingViews(ctx context.Context, now string) []component.NavItem {
	return []component.NavItem{
		{Label: i18n.T(ctx, "meeting.list"), URL: meetingsPath, Active: now == meetingsPath},
		{Label: i18n.T(ctx, "meeting.conclusions"), URL: conclusionsPath, Active: now == conclusionsPath},
	}
}

func boardCrumb(ctx context.Context) component.Crumb {
	return component.Crumb{Label: i18n.T(ctx, "review.title"), URL: "/review"}
}

func meetingsCrumb(ctx context.Context) component.Crumb {
	return component.Crumb{Label: i18n.T(ctx, "meeting.list"), URL: meetingsPath}
}

func (s *Server) meetings(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	list, err := s.app.Meetings(ctx, actor, app.ListPage{After: r.URL.Query().Get("after"), Limit: meetingRows})
	if err != nil {
		return err
	}
	v := page.MeetingsView{Base: s.base(w, r, "meeting.list"), Views: meetingViews(ctx, meetingsPath)}
	v.Description, v.Crumbs = i18n.T(ctx, "meeting.help"), []component.Crumb{boardCrumb(ctx)}
	v.Actions = []component.Action{{Label: i18n.T(ctx, "meeting.new"), URL: newMeetingPath, Icon: "plus", Primary: true}}
	for _, m := range list.Coming {
		v.Coming = append(v.Coming, meetingRow(ctx, m))
	}
	for _, m := range list.Past {
		v.Past = append(v.Past, meetingRow(ctx, m))
	}
	if list.Next != "" {
		v.Pager.NextURL = meetingsPath + "?after=" + url.QueryEscape(list.Next)
	}
	if r.URL.Query().Get("after") != "" {
		v.Pager.FirstURL, v.Coming = meetingsPath, nil
	}
	v.Nothing = component.Empty{Icon: "board", Title: i18n.T(ctx, "meeting.none"), Text: i18n.T(ctx, "meeting.none_help")}
	return s.render(w, r, http.StatusOK, page.Meetings(v))
}

func meetingRow(ctx context.Context, m app.Meeting) page.MeetingRow {
	row := page.MeetingRow{
		Title: m.Title, URL: meetingURL(m.ID), When: i18n.DateTime(ctx, m.At), Place: m.Place, Desk: m.DeskName,
		Items: i18n.T(ctx, "meeting.items_of", "n", i18n.Count(ctx, m.Items), "concluded", i18n.Count(ctx, m.Concluded)),
	}
	if m.Cancelled {
		row.Marks = []component.BadgeView{{Label: i18n.T(ctx, "meeting.cancelled"), Tone: component.Warn}}
	}
	return row
}

// conclusions shows what became of what was concluded.
func (s *Server) conclusions(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	states := []app.ConclusionState{app.ConclusionOpen, app.ConclusionLate, app.ConclusionDone, ""}
	state := app.ConclusionState(r.URL.Query().Get("state"))
	if !r.URL.Query().Has("state") || !slices.Contains(states, state) {
		state = app.ConclusionOpen
	}
	items, next, err := s.app.Conclusions(ctx, actor, state, app.ListPage{After: r.URL.Query().Get("after"), Limit: meetingRows})
	if err != nil {
		return err
	}
	address := func(state app.ConclusionState) string { return conclusionsPath + "?state=" + string(state) }
	v := page.ConclusionsView{Base: s.base(w, r, "meeting.conclusions"), Views: meetingViews(ctx, conclusionsPath)}
	v.Description, v.Crumbs = i18n.T(ctx, "meeting.conclusions_help"), []component.Crumb{boardCrumb(ctx)}
	for _, st := range states {
		label := "meeting.state_all"
		if st != "" {
			label = "meeting.state_" + string(st)
		}
		v.States = append(v.States, component.NavItem{Label: i18n.T(ctx, label), URL: address(st), Active: st == state})
	}
	for _, item := range items {
		row := agendaRow(ctx, item, actor.At)
		row.Concluded = i18n.T(ctx, "meeting.concluded_in", "title", item.Meeting.Title, "date", i18n.Date(ctx, item.Meeting.At)) + dueWords(ctx, item.DueOn)
		v.Rows = append(v.Rows, row)
	}
	if next != "" {
		v.Pager.NextURL = address(state) + "&after=" + url.QueryEscape(next)
	}
	if r.URL.Query().Get("after") != "" {
		v.Pager.FirstURL = address(state)
	}
	v.Nothing = component.Empty{Icon: "check", Title: i18n.T(ctx, "meeting.no_conclusions"), Text: i18n.T(ctx, "meeting.no_conclusions_help")}
	return s.render(w, r, http.StatusOK, page.Conclusions(v))
}

func dueWords(ctx context.Context, day territory.Day) string {
	if day.IsZero() {
		return ""
	}
	return ", " + i18n.T(ctx, "issue.due_on", "date", dayText(ctx, day))
}

// agendaRow words an issue on an agenda, with its way so far and what was concluded on it.
func agendaRow(ctx context.Context, item app.MeetingItem, now time.Time) page.AgendaRow {
	issue := issueRow(ctx, item.IssueRow, now)
	issue.Steps = trailOf(ctx, item.Stops, issue.Overdue)
	row := page.AgendaRow{ID: item.ID.String(), Issue: issue, Conclusion: item.Conclusion}
	if item.Conclusion != "" {
		row.Concluded = i18n.Date(ctx, item.ConcludedAt) + dueWords(ctx, item.DueOn)
		row.Late = item.ClosedAt.IsZero() && !item.DueOn.IsZero() && item.DueOn.Before(territory.DayOf(now))
	}
	return row
}

func meetingParam(r *http.Request) (uuid.UUID, error) { return uuidParam(chi.URLParam(r, "meeting")) }

func (s *Server) meeting(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingParam(r)
	if err != nil {
		return err
	}
	found, err := s.app.Meeting(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Meeting(s.meetingView(w, r, found, nil, nil)))
}

// meetingView is the page of a meeting; typed are the fields of the agenda as they were sent and refused.
func (s *Server) meetingView(w http.ResponseWriter, r *http.Request, f app.MeetingView, typed url.Values, cause error) page.MeetingView {
	ctx, now := r.Context(), session(r).Actor.At
	errs := fieldErrors(ctx, cause)
	v := page.MeetingView{Base: s.base(w, r, f.Title), SubmissionID: newID(), Version: strconv.Itoa(f.Version), Orders: f.Mine}
	v.Summary, v.Crumbs = summary(ctx, cause), []component.Crumb{boardCrumb(ctx), meetingsCrumb(ctx)}
	v.Facts = meetingFacts(ctx, f)
	concluded := false
	for i, item := range f.Items {
		row, key := agendaRow(ctx, item, now), item.ID.String()
		row.Time = f.Begins[i].In(i18n.Zone).Format("15:04")
		value := func(name string, stored int) string {
			if typed.Has(name + key) {
				return typed.Get(name + key)
			}
			return strconv.Itoa(stored)
		}
		row.Position = component.Field{
			Name: "position_" + key, Label: i18n.T(ctx, "meeting.position"), Value: value("position_", item.Position), Error: errs["position_"+key], Type: "number", Size: "short",
			Min: "1", InputMode: "numeric",
		}
		row.Minutes = component.Field{
			Name: "minutes_" + key, Label: i18n.T(ctx, "meeting.minutes"), Value: value("minutes_", item.Minutes), Error: errs["minutes_"+key], Type: "number", Size: "short",
			Min: "1", Max: strconv.Itoa(casework.MaxMinutes), InputMode: "numeric",
		}
		if item.Conclusion == "" {
			row.Remove = &component.Field{Name: "remove", ID: "f-remove-" + key, Label: i18n.T(ctx, "meeting.remove"), Value: key, Checked: slices.Contains(typed["remove"], key)}
		}
		concluded = concluded || item.Conclusion != ""
		v.Rows = append(v.Rows, row)
	}
	v.Nothing = component.Empty{Icon: "issue", Title: i18n.T(ctx, "meeting.empty"), Text: i18n.T(ctx, "meeting.empty_help")}
	if f.Cancelled {
		v.Description = i18n.T(ctx, "meeting.is_cancelled")
		return v
	}
	v.Action = meetingURL(f.ID) + "/agenda"
	if f.Mine {
		if len(f.Items) > 0 {
			v.Actions = []component.Action{{Label: i18n.T(ctx, "meeting.conclude"), URL: meetingURL(f.ID) + "/conclusions", Icon: "check", Primary: true}}
		}
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "meeting.edit"), URL: meetingURL(f.ID) + "/edit", Icon: "edit"})
		if !concluded {
			v.Cancel = meetingURL(f.ID) + "/cancel"
		}
	}
	v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "print.link"), URL: meetingURL(f.ID) + "/print", Icon: "print"})
	return v
}

func meetingFacts(ctx context.Context, f app.MeetingView) []component.Fact {
	facts := []component.Fact{
		{Label: i18n.T(ctx, "meeting.when"), Value: i18n.DateTime(ctx, f.At)}, {Label: i18n.T(ctx, "meeting.desk"), Value: f.DeskName},
	}
	if f.Place != "" {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "meeting.place"), Value: f.Place})
	}
	if n := len(f.Items); n > 0 {
		last := f.Begins[n-1].Add(time.Duration(f.Items[n-1].Minutes) * time.Minute)
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "meeting.ends"), Value: last.In(i18n.Zone).Format("15:04")})
	}
	return facts
}

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

// agendaOf reads the rows of an agenda as they were posted.
func agendaOf(form url.Values) []casework.AgendaInput {
	var rows []casework.AgendaInput
	seen := func(id uuid.UUID) int {
		i := slices.IndexFunc(rows, func(r casework.AgendaInput) bool { return r.Issue == id })
		if i < 0 {
			rows = append(rows, casework.AgendaInput{Issue: id, Position: 1, Minutes: casework.UsualMinutes})
			i = len(rows) - 1
		}
		return i
	}
	for name := range form {
		for _, field := range []string{"position_", "minutes_"} {
			text, ok := strings.CutPrefix(name, field)
			id, err := uuid.Parse(text)
			if !ok || err != nil || len(rows) > casework.MaxAgenda {
				continue
			}
			n := int(max(-1, min(number(form.Get(name)), 10_000)))
			if field == "position_" {
				rows[seen(id)].Position = n
			} else {
				rows[seen(id)].Minutes = n
			}
		}
	}
	for _, id := range ids(form["remove"]) {
		rows[seen(id)].Remove = true
	}
	return rows
}

func (s *Server) saveAgenda(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingParam(r)
	if err != nil {
		return err
	}
	var in meetingInput
	if err := decode(r, &in); err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	err = s.app.SaveAgenda(ctx, actor, submission(r), id, version(in.Version), agendaOf(r.PostForm))
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, meetingURL(id), "flash.agenda_saved")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return err
	}
	found, failed := s.app.Meeting(ctx, actor, id)
	if failed != nil {
		return failed
	}
	return s.render(w, r, statusOf(err), page.Meeting(s.meetingView(w, r, found, r.PostForm, err)))
}

func (s *Server) concludeForm(w http.ResponseWriter, r *http.Request) error {
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
	return s.render(w, r, http.StatusOK, page.Conclude(s.concludeView(w, r, found, nil, nil)))
}

// concludeView is the form of the conclusions, with what was typed before it was refused.
func (s *Server) concludeView(w http.ResponseWriter, r *http.Request, f app.MeetingView, typed url.Values, cause error) page.MeetingView {
	ctx, now, errs := r.Context(), session(r).Actor.At, fieldErrors(r.Context(), cause)
	v := page.MeetingView{
		Base: s.base(w, r, i18n.T(ctx, "meeting.conclude")), SubmissionID: newID(), Version: strconv.Itoa(f.Version), Action: meetingURL(f.ID) + "/conclusions",
	}
	v.Description, v.Summary = f.Title+" · "+i18n.DateTime(ctx, f.At), summary(ctx, cause)
	v.Crumbs = []component.Crumb{boardCrumb(ctx), meetingsCrumb(ctx), {Label: f.Title, URL: meetingURL(f.ID)}}
	for i, item := range f.Items {
		row, key := agendaRow(ctx, item, now), item.ID.String()
		row.Time = f.Begins[i].In(i18n.Zone).Format("15:04")
		text, due := item.Conclusion, ""
		if !item.DueOn.IsZero() {
			due = item.DueOn.String()
		}
		if typed.Has("conclusion_" + key) {
			text, due = typed.Get("conclusion_"+key), typed.Get("due_on_"+key)
		}
		row.Text = component.Field{
			Name: "conclusion_" + key, Label: i18n.T(ctx, "meeting.conclusion"), Value: text, Error: errs["conclusion_"+key], MaxLength: casework.MaxText, Rows: 3,
			ReadOnly: item.State == casework.Merged,
		}
		v.Issues = append(v.Issues, key)
		row.Due = component.Field{Name: "due_on_" + key, Label: i18n.T(ctx, "meeting.due"), Value: due, Error: errs["due_on_"+key], Optional: true}
		v.Rows = append(v.Rows, row)
	}
	return v
}

func (s *Server) conclude(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingParam(r)
	if err != nil {
		return err
	}
	var in meetingInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	var rows []app.ConclusionInput
	texts := make([]string, 0, len(in.Issues))
	for _, issue := range ids(in.Issues) {
		key := issue.String()
		row := app.ConclusionInput{Issue: issue, Text: r.PostForm.Get("conclusion_" + key)}
		if due := r.PostForm.Get("due_on_" + key); due != "" {
			var wrong error
			row.DueOn, wrong = territory.ParseDay(due)
			row.Wrong = wrong != nil
		}
		rows, texts = append(rows, row), append(texts, row.Text)
	}
	if err == nil {
		err = s.app.Conclude(ctx, actor, submission(r), id, version(in.Version), rows)
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, meetingURL(id), "flash.concluded")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: joined(texts...)}
	}
	found, failed := s.app.Meeting(ctx, actor, id)
	if failed != nil {
		return keeping{error: failed, typed: joined(texts...)}
	}
	return s.render(w, r, statusOf(err), page.Conclude(s.concludeView(w, r, found, r.PostForm, err)))
}

// printMeeting shows the agenda in the layout of the Party; after the meeting with what was concluded.
func (s *Server) printMeeting(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingParam(r)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	found, err := s.app.Meeting(ctx, actor, id)
	if err != nil {
		return err
	}
	vi := official(ctx)
	v := page.DocumentView{Base: s.base(w, r, i18n.T(ctx, "meeting.print_title")), Kind: i18n.T(vi, "meeting.print_agenda"), Title: found.Title}
	grant, _ := app.MeetingPost(actor, found.Desk)
	v.Head = documentHead(vi, casework.IssuerOf(grant.Post, "", found.Chain), actor.Today())
	v.Head.Number = i18n.T(vi, "meeting.print_number")
	v.Description, v.Crumbs = i18n.T(ctx, "print.help"), []component.Crumb{{Label: found.Title, URL: meetingURL(id)}}
	v.Parts = []page.ReportPart{{Title: i18n.T(vi, "meeting.print_when"), Text: whenWords(vi, found)}}
	for i, item := range found.Items {
		row := agendaRow(vi, item, actor.At)
		part := page.DocumentReport{
			Title: strconv.Itoa(i+1) + ". " + found.Begins[i].In(i18n.Zone).Format("15:04") + " – " + item.Title,
			By:    strings.Join([]string{item.Number, row.Issue.Place, row.Issue.Field, i18n.T(vi, "issue.state."+string(item.State)), i18n.T(vi, "issue.at", "desk", item.Desk)}, "; "),
		}
		var way []string
		for _, step := range row.Issue.Steps {
			way = append(way, step.Desk+" ("+step.Spent+")")
		}
		part.Parts = []page.ReportPart{{Title: i18n.T(vi, "issue.path"), Text: strings.Join(way, " → ")}}
		if item.Conclusion != "" {
			v.Kind = i18n.T(vi, "meeting.print_conclusions")
			part.Parts = append(part.Parts, page.ReportPart{Title: i18n.T(vi, "meeting.conclusion") + dueWords(vi, item.DueOn), Text: item.Conclusion})
		}
		v.Set = append(v.Set, part)
	}
	v.Signature = &page.Signature{Role: i18n.T(vi, "meeting.print_signs"), Name: v.Person.Name, Post: postName(vi, grant.Post)}
	v.Foot = i18n.T(vi, "meeting.print_foot", "n", strconv.Itoa(len(found.Items)), "now", i18n.DateTime(vi, actor.At))
	return s.render(w, r, http.StatusOK, page.Document(v))
}

func whenWords(ctx context.Context, f app.MeetingView) string {
	text := i18n.DateTime(ctx, f.At)
	if f.Place != "" {
		text += ", " + f.Place
	}
	return text
}
