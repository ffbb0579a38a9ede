package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

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
