package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

func (s *Server) reportView(w http.ResponseWriter, r *http.Request, found app.Report) page.ReportView {
	ctx, actor := r.Context(), session(r).Actor
	rep, url := found.Report, "/reports/"+found.Report.ID.String()
	place := found.Chain.Self().Name
	v := page.ReportView{
		Base:  s.base(w, r, i18n.T(ctx, "report.title."+string(rep.Kind), "place", place, "date", dayText(ctx, rep.HappenedOn))),
		State: reportState(ctx, rep.State), Parts: visitFacts(ctx, found, reportParts(ctx, rep.Kind, found.Whole())),
	}
	v.Crumbs = crumbs(found.Chain)
	if len(actor.Grants) == 0 { // nobody's places can be opened by somebody who holds none
		for i := range v.Crumbs {
			v.Crumbs[i].URL = ""
		}
	}
	v.Description = i18n.T(ctx, "report.author_post", "name", found.Author, "post", postName(ctx, found.Grant.Post), "place", found.Grant.Locality.Name)
	v.Kind, v.Promises = reportKindName(ctx, rep.Kind), promiseItems(ctx, found, actor.Today())
	if found.Redacted() {
		v.Redacted = i18n.T(ctx, "report.redacted")
	}
	v.PromisesURL = reportURL(rep.ID) + "/promises"
	v.Facts = reportFacts(ctx, found)
	if found.CanRaise {
		raise := component.Action{
			Label: i18n.T(ctx, "report.raise"), URL: fmt.Sprintf("/issues/new?report=%s&place=%d", rep.ID, rep.Place.Locality), Icon: "issue", Primary: true,
		}
		if rep.Content["difficulties"] != "" {
			v.Raise = &raise // beside the difficulty
		} else {
			v.Actions = append(v.Actions, raise)
		}
	}
	v.Sources = page.Section{Title: i18n.T(ctx, "report.sources"), Lines: reportLines(ctx, found.Sources)}
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
	if over := withdrawn(ctx, found, rep.Author == actor.CadreID); over != nil {
		v.Returned = over
	}
	if found.May(casework.AmendReport) && v.Returned == nil {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "report.move.amend"), URL: url + "/edit", Icon: "edit"})
	}
	if found.May(casework.WithdrawReport) {
		v.Actions = append(v.Actions, component.Action{
			Label: i18n.T(ctx, "report.move.withdraw"), URL: reportMoveURL(rep.ID, casework.WithdrawReport), Icon: reportMoveIcons[casework.WithdrawReport],
		})
	}
	v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "print.link"), URL: url + "/print", Icon: "print"})
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
	return facts
}

// reportParts lists what a report says, part by part: short facts together, texts under headings of their own.
func reportParts(ctx context.Context, kind casework.ReportKind, c casework.Content) []page.ReportPart {
	var parts []page.ReportPart
	form, _ := kind.Form()
	for _, p := range append([]casework.ReportPart{form.Opening}, form.Parts...) {
		if p.Name == casework.PromisesPart {
			continue // shown with what became of them
		}
		if p.Name == casework.OrganisationsPart {
			if facts := opinionFacts(ctx, c); len(facts) > 0 {
				parts = append(parts, page.ReportPart{ID: p.Name, Title: i18n.T(ctx, "report."+p.Name), Facts: facts})
			}
			continue
		}
		parts = append(parts, reportPart(ctx, kind, p, c)...)
	}
	return parts
}

func reportPart(ctx context.Context, kind casework.ReportKind, p casework.ReportPart, c casework.Content) []page.ReportPart {
	var parts []page.ReportPart
	facts := page.ReportPart{ID: "part-" + p.Name}
	if p.Name != "" {
		facts.Title = i18n.T(ctx, "report."+p.Name)
	}
	for _, f := range p.Fields {
		value := reportValue(ctx, f, c[f.Name])
		switch {
		case value == "":
		case f.Type == casework.LongText:
			parts = append(parts, page.ReportPart{ID: f.Name, Title: reportFieldName(ctx, kind, f.Name), Text: value})
		default:
			facts.Facts = append(facts.Facts, component.Fact{Label: reportFieldName(ctx, kind, f.Name), Value: value})
		}
	}
	if len(facts.Facts) > 0 {
		if facts.Title == "" {
			facts.Title = i18n.T(ctx, "report.facts_short")
		}
		parts = append([]page.ReportPart{facts}, parts...)
	}
	return parts
}

// reportValue words what a field says.
func reportValue(ctx context.Context, f casework.ReportField, value string) string {
	if value == "" {
		return ""
	}
	switch f.Type {
	case casework.ChoiceField:
		if slices.Contains(f.Options, value) {
			return reportChoice(ctx, f.Name, value)
		}
	case casework.MoneyField:
		return i18n.T(ctx, "report.money", "n", casework.TypedNumber(value))
	case casework.CountField, casework.DecimalField:
		return casework.TypedNumber(value)
	case casework.DayField:
		if day, err := territory.ParseDay(value); err == nil {
			return dayText(ctx, day)
		}
	case casework.MonthField:
		if month, err := casework.ParseMonth(value); err == nil {
			return monthText(month)
		}
	case casework.LongText, casework.LineText, casework.ClockField, casework.PositionField:
	}
	return value
}

func opinionFacts(ctx context.Context, c casework.Content) []component.Fact {
	var facts []component.Fact
	for _, code := range casework.Organisations() {
		rating, remark := c["rating_"+code], c["remark_"+code]
		if rating+remark == "" {
			continue
		}
		words := i18n.T(ctx, "report.rating_none")
		if rating != "" {
			words = i18n.T(ctx, "report.rating."+rating)
		}
		if remark != "" {
			words += ". " + remark
		}
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "report.organisation."+code), Value: words, Multiline: true})
	}
	return facts
}
