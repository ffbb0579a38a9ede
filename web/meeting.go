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
