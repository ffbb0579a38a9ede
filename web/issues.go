package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// rowsPerPage is how many rows a page of a list shows.
const rowsPerPage = 30

func (s *Server) issues(w http.ResponseWriter, r *http.Request) error {
	var q issuesQuery
	decodeQuery(r, &q)
	ctx, actor := r.Context(), session(r).Actor
	list, err := s.app.Issues(ctx, actor, q.filter(actor), app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.IssuesView{Base: s.base(w, r, "issues.title")}
	v.Description = i18n.T(ctx, "issues.help")
	if works(actor) {
		v.Actions = []component.Action{{Label: i18n.T(ctx, "home.raise_issue"), URL: "/issues/new", Icon: "issue", Primary: true}}
	}
	v.Filter, v.Fields = issuesFilter(ctx, q, list.Fields)
	for _, row := range list.Rows {
		v.Rows = append(v.Rows, issueRow(ctx, row, actor.At))
	}
	if list.Next != "" {
		next := q
		next.After = list.Next
		v.Pager.NextURL = next.url()
	}
	if q.After != "" {
		v.Pager.FirstURL = q.first().url()
	}
	v.Pager.Export = exportOf(q.first().url())
	v.Nothing = component.Empty{Icon: "empty", Title: i18n.T(ctx, "issues.none"), Text: i18n.T(ctx, "issues.none_help")}
	return s.render(w, r, http.StatusOK, page.Issues(v))
}

func (q issuesQuery) filter(actor cadre.Actor) app.IssueFilter {
	f := app.IssueFilter{
		Group: app.OpenIssues, Field: q.Field, Place: territory.LocalityID(number(q.Place)), Words: app.ParseWords(q.Words).Whole(), Overdue: q.Overdue != "",
	}
	if q.Mine != "" {
		f.Raiser = actor.CadreID
	}
	if n := casework.Severity(number(q.Severity)); n.Valid() {
		f.Severity = n
	}
	switch q.State {
	case "all":
		f.Group = ""
	case "ended":
		f.Group = app.ClosedIssues
	}
	return f
}

func severityFilter(ctx context.Context, value string) component.Field {
	f := component.Field{Name: "severity", Label: i18n.T(ctx, "issue.severity"), Value: value, Empty: i18n.T(ctx, "issues.any")}
	for _, k := range casework.Severities() {
		n := strconv.Itoa(int(k))
		f.Options = append(f.Options, component.Option{Value: n, Label: i18n.T(ctx, "issue.severity."+n)})
	}
	return f
}

// issuesFilter draws the filters as they are set; those in use are named.
func issuesFilter(ctx context.Context, q issuesQuery, fields []app.WorkField) (component.Filter, []component.Field) {
	words := component.Field{Name: "q", Label: i18n.T(ctx, "issues.words"), Value: q.Words, LabelHidden: true, Attrs: templ.Attributes{"placeholder": i18n.T(ctx, "issues.words")}}
	state := component.Field{Name: "state", Label: i18n.T(ctx, "issue.state"), Value: q.State, Options: []component.Option{
		{Value: "", Label: i18n.T(ctx, "issues.open")}, {Value: "ended", Label: i18n.T(ctx, "issues.ended")}, {Value: "all", Label: i18n.T(ctx, "issues.all")},
	}}
	severity := severityFilter(ctx, q.Severity)
	field := fieldSelect(ctx, fields, q.Field, "")
	field.Required, field.Empty = false, i18n.T(ctx, "issues.any")
	mine := component.Field{Name: "mine", Label: i18n.T(ctx, "issues.mine"), Value: q.Mine, Empty: i18n.T(ctx, "issues.everybody"),
		Options: []component.Option{{Value: "1", Label: i18n.T(ctx, "issues.only_mine")}}}
	overdue := component.Field{Name: "overdue", Label: i18n.T(ctx, "issues.overdue"), Value: q.Overdue, Empty: i18n.T(ctx, "issues.any"),
		Options: []component.Option{{Value: "1", Label: i18n.T(ctx, "issues.only_overdue")}}}
	f := component.Filter{Action: "/issues", Query: &words}
	var active []string
	for _, k := range []component.Field{state, severity, field, mine, overdue} {
		for _, o := range k.Options {
			if o.Value == k.Value && k.Value != "" {
				active = append(active, o.Label)
			}
		}
	}
	f.Open = len(active) > 0
	if f.Open || q.Words != "" || q.Place != "" {
		f.Active, f.ClearURL = strings.Join(active, ", "), "/issues"
		if f.Active == "" {
			f.Active = i18n.T(ctx, "issues.filtered")
		}
	}
	return f, []component.Field{state, severity, field, mine, overdue}
}
