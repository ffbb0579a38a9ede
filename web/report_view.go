package web

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

func (s *Server) reportView(w http.ResponseWriter, r *http.Request, found app.Report) page.ReportView {
	ctx, actor := r.Context(), session(r).Actor
	rep, url := found.Report, "/reports/"+found.Report.ID.String()
	place := found.Chain.Self().Name
	v := page.ReportView{
		Base:  s.base(w, r, i18n.T(ctx, "report.view_title", "place", place, "date", dayText(ctx, rep.HappenedOn))),
		State: reportState(ctx, rep.State), Texts: reportTexts(ctx, rep.Content), Organisations: opinionFacts(ctx, rep.Content.Organisations),
	}
	v.Crumbs = crumbs(found.Chain)
	if len(actor.Grants) == 0 { // nobody's places can be opened by somebody who holds none
		for i := range v.Crumbs {
			v.Crumbs[i].URL = ""
		}
	}
	v.Description = i18n.T(ctx, "report.author_post", "name", found.Author, "post", postName(ctx, found.Grant.Post), "place", found.Grant.Locality.Name)
	v.Facts = reportFacts(ctx, found)
	if found.CanRaise {
		raise := component.Action{
			Label: i18n.T(ctx, "report.raise"), URL: fmt.Sprintf("/issues/new?report=%s&place=%d", rep.ID, rep.Place.Locality), Icon: "issue", Primary: true,
		}
		if rep.Content.Difficulties != "" {
			v.Raise = &raise // beside the difficulty
		} else {
			v.Actions = append(v.Actions, raise)
		}
	}
	if len(found.Issues) > 0 {
		v.Issues.Title = i18n.T(ctx, "report.issues")
	}
	for _, i := range found.Issues {
		v.Issues.Lines = append(v.Issues.Lines, page.Line{
			Title: i.Title, URL: "/issues/" + i.ID.String(), Number: i.Number,
			Facts: []string{i18n.T(ctx, "issue.state."+string(i.State)), i18n.Date(ctx, i.RaisedAt)},
		})
	}
	v.Review, v.Returned, v.History = reviewForm(ctx, found), returned(ctx, found), reportHistory(ctx, found, actor.At)
	if found.May(casework.AmendReport) && v.Returned == nil {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "report.move.amend"), URL: url + "/edit", Icon: "edit"})
	}
	if found.May(casework.CommentReport) {
		v.Comment = &page.CommentForm{
			Action: reportMoveURL(rep.ID, casework.CommentReport), SubmissionID: newID(), Version: strconv.Itoa(rep.Version),
			Text: component.Field{Name: "reason", ID: "f-comment", Label: i18n.T(ctx, "report.reason.comment"), MaxLength: casework.MaxText, Rows: 3},
		}
	}
	v.Here = url
	return v
}

func reportFacts(ctx context.Context, found app.Report) []component.Fact {
	rep := found.Report
	day := component.DayOf(ctx, rep.HappenedOn.Start())
	sent := component.Stamp{ISO: rep.ReceivedAt.UTC().Format("2006-01-02T15:04:05Z"), Absolute: i18n.DateTime(ctx, rep.ReceivedAt)}
	desk, told := found.Desk, strings.Join(found.Told, ", ")
	if desk == "" {
		desk = i18n.T(ctx, "report.no_desk")
	}
	if told == "" {
		told = i18n.T(ctx, "report.told_nobody")
	}
	facts := []component.Fact{
		{Label: i18n.T(ctx, "report.happened_at"), Value: placeLine(found.Chain)},
		{Label: i18n.T(ctx, "report.happened_on"), Time: &day},
		{Label: i18n.T(ctx, "report.sent_at"), Time: &sent},
		{Label: i18n.T(ctx, "report.desk"), Value: desk},
		{Label: i18n.T(ctx, "report.told"), Value: told},
	}
	if text := usefulnessText(ctx, rep.Usefulness); text != "" {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "report.usefulness_label"), Value: text})
	}
	if rep.Content.Position != "" {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "report.position_label"), Value: rep.Content.Position})
	}
	return facts
}

// reportTexts lists the texts of a report that say something, in the order of the form.
func reportTexts(ctx context.Context, c casework.Content) []page.ReportText {
	var texts []page.ReportText
	for _, t := range []page.ReportText{
		{ID: "what", Text: c.What}, {ID: "difficulties", Text: c.Difficulties}, {ID: "proposals", Text: c.Proposals},
		{ID: "production", Text: c.Production}, {ID: "order", Text: c.Order}, {ID: "mood", Text: c.Mood}, {ID: "pressing", Text: c.Pressing},
		{ID: "policies_heard", Text: c.PoliciesHeard}, {ID: "policy_reaction", Text: c.PolicyReaction},
	} {
		if t.Text != "" {
			t.Title = i18n.T(ctx, "report."+t.ID)
			texts = append(texts, t)
		}
	}
	return texts
}

func opinionFacts(ctx context.Context, given map[string]casework.Opinion) []component.Fact {
	var facts []component.Fact
	for _, code := range casework.Organisations() {
		o, ok := given[code]
		if !ok {
			continue
		}
		words := i18n.T(ctx, "report.rating_none")
		if o.Rating != "" {
			words = i18n.T(ctx, "report.rating."+o.Rating)
		}
		if o.Remark != "" {
			words += ". " + o.Remark
		}
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "report.organisation."+code), Value: words, Multiline: true})
	}
	return facts
}
