package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// issueAround words what stands around an issue: others that may be the same, those that it was merged with, and what the reader is told.
func (s *Server) issueAround(ctx context.Context, v *page.IssueView, f app.IssueView) {
	v.Similar = page.Section{Title: i18n.T(ctx, "issue.similar")}
	for _, t := range f.Similar {
		v.Similar.Lines = append(v.Similar.Lines, similarLine(ctx, t))
	}
	if f.May(casework.Merge) != nil && len(f.Similar) > 0 {
		v.Similar.More, v.Similar.URL = i18n.T(ctx, "issue.move.merge"), moveURL(f.Issue.ID.String(), casework.Merge)
	}
	for _, t := range f.Into {
		line := twinLine(ctx, t)
		v.Into = &line
	}
	v.Merged = page.Section{Title: i18n.T(ctx, "issue.merged")}
	for _, t := range f.Merged {
		v.Merged.Lines = append(v.Merged.Lines, twinLine(ctx, t))
	}
	if f.Issue.State != casework.Merged {
		v.Follow = followForm(ctx, f)
	}
}

// similarLine words an issue that may be the same as another.
func similarLine(ctx context.Context, t app.SimilarIssue) page.Line {
	return page.Line{
		Title: t.Title, URL: "/issues/" + t.ID.String(), Number: t.Number, Marks: []component.BadgeView{stateBadge(ctx, t.State)},
		Facts: []string{placeIn(t.Place, t.Above), i18n.T(ctx, "issue.at", "desk", t.Desk), i18n.Date(ctx, t.RaisedAt)},
	}
}

// twinLine words the other side of a merge; one that the reader may not read has no way to it.
func twinLine(ctx context.Context, t app.TwinIssue) page.Line {
	line := page.Line{Title: t.Title, Number: t.Number, Facts: []string{i18n.T(ctx, "issue.state."+string(t.State))}}
	if t.Readable {
		line.URL = "/issues/" + t.ID.String()
	}
	return line
}

// followForm says what the reader is told of the issue, and offers the other ways.
func followForm(ctx context.Context, f app.IssueView) *page.FollowForm {
	now := app.FollowPost
	switch {
	case f.Follow.Following:
		now = app.FollowAll
	case f.Follow.Muted:
		now = app.FollowMute
	}
	form := &page.FollowForm{Action: "/issues/" + f.Issue.ID.String() + "/follow", Now: i18n.T(ctx, "issue.told_"+string(now))}
	icons := map[app.FollowChoice]string{app.FollowAll: "bell", app.FollowMute: "stop", app.FollowPost: "back"}
	for _, c := range app.FollowChoices() {
		if c != now {
			form.Choices = append(form.Choices, component.Button{Label: i18n.T(ctx, "issue.follow_"+string(c)), Icon: icons[c], Kind: "link", Name: "choice", Value: string(c)})
		}
	}
	return form
}

// followIssue notes what the reader wants to be told of an issue.
func (s *Server) followIssue(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "issue"))
	if err != nil {
		return err
	}
	var in struct {
		Choice string `form:"choice"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := s.app.Follow(r.Context(), session(r).Actor, id, app.FollowChoice(in.Choice)); err != nil {
		return err
	}
	return s.seeOther(w, r, "/issues/"+id.String()+"#thread", "flash.follow_"+in.Choice)
}

// issueFile sends a file that came with a move of an issue.
func (s *Server) issueFile(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "issue"))
	if err != nil {
		return err
	}
	file, err := uuidParam(chi.URLParam(r, "file"))
	if err != nil {
		return err
	}
	c, err := s.app.IssueFile(r.Context(), session(r).Actor, id, file)
	if err != nil {
		return err
	}
	return sendFile(w, c)
}

// similarIssues gives the part of the form that raises an issue which names others that may be the same.
func (s *Server) similarIssues(w http.ResponseWriter, r *http.Request) error {
	var q struct {
		Place string `form:"place"`
		Title string `form:"title"`
	}
	decodeQuery(r, &q)
	ctx := r.Context()
	found, err := s.app.SimilarIssues(ctx, session(r).Actor, territory.LocalityID(number(q.Place)), q.Title)
	if err != nil {
		return err
	}
	section := page.Section{Title: i18n.T(ctx, "issue.similar_raising")}
	for _, t := range found {
		section.Lines = append(section.Lines, similarLine(ctx, t))
	}
	return s.render(w, r, http.StatusOK, page.Similar(section))
}

// withTwins joins the thread of an issue with what was said on those that were merged into it, by time.
func withTwins(f app.IssueView) []app.IssueEvent {
	events := slices.Concat(f.Events, f.TwinSaid)
	slices.SortStableFunc(events, func(a, b app.IssueEvent) int { return a.At.Compare(b.At) })
	return events
}
