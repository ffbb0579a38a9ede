package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

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
