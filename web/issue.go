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
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// moveIcons draws each move.
var moveIcons = map[casework.Move]string{
	casework.Acknowledge: "check", casework.Start: "settings", casework.Escalate: "up", casework.SendDown: "down",
	casework.PullUp: "pull", casework.AskInfo: "ask", casework.AnswerInfo: "comment", casework.Resolve: "star",
	casework.Decline: "stop", casework.Confirm: "success", casework.Reopen: "reopen", casework.CommentOn: "comment",
	casework.Raise: "flag", casework.PassVacant: "next", casework.Lapse: "up", casework.MarkOverdue: "clock", casework.CloseSilent: "success",
	casework.Merge: "merge", casework.Absorb: "merge", casework.AgencyReply: "comment", casework.Conclude: "check",
}

func (s *Server) issue(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "issue"))
	if err != nil {
		return err
	}
	found, err := s.app.Issue(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	if session(r).Unseen > 0 { // opening the page is seeing what it tells
		if err := s.app.SeeIssue(r.Context(), session(r).Actor, id); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, page.Issue(s.issueView(w, r, found)))
}

func (s *Server) issueView(w http.ResponseWriter, r *http.Request, f app.IssueView) page.IssueView {
	ctx, now := r.Context(), session(r).Actor.At
	v := page.IssueView{Base: s.base(w, r, f.Issue.Title), Number: f.Issue.Number, Text: f.Issue.Description}
	v.Crumbs = crumbs(f.Path.Chain)
	v.Badges = issueBadges(ctx, f.Issue, now)
	v.Facts = issueFacts(ctx, f)
	v.Outcome = outcomeFacts(ctx, f)
	v.Path = deskSteps(ctx, f, now)
	v.Timeline = moments(ctx, f.Issue.ID, withTwins(f), now)
	s.issueAround(ctx, &v, f)
	v.Reports = page.Section{Title: i18n.T(ctx, "issue.reports")}
	for _, l := range f.Reports {
		v.Reports.Lines = append(v.Reports.Lines, page.Line{
			Title: reportLine(ctx, l.Kind, l.Summary), URL: reportURL(l.ID), Facts: []string{dayText(ctx, l.HappenedOn), l.Author}, Marks: overMark(ctx, l.Withdrawn),
		})
	}
	if session(r).Actor.Holds(cadre.Lead) && f.Issue.State != casework.Merged {
		v.Actions = []component.Action{{Label: i18n.T(ctx, "meeting.pick"), URL: pickPath + "?issue=" + f.Issue.ID.String(), Icon: "plus"}}
	}
	for i, o := range f.Moves {
		if o.Move == casework.CommentOn {
			v.Comment = s.commentForm(ctx, f, o)
			continue
		}
		v.Moves = append(v.Moves, component.Action{
			Label: moveLabel(ctx, o), URL: moveURL(f.Issue.ID.String(), o.Move), Icon: moveIcons[o.Move], Primary: i == 0 && f.Issue.State.Open(),
		})
	}
	return v
}

// commentForm is the form under the thread.
func (s *Server) commentForm(ctx context.Context, f app.IssueView, o app.MoveOption) *page.CommentForm {
	form := &page.CommentForm{
		Action: moveURL(f.Issue.ID.String(), o.Move), SubmissionID: newID(), Version: strconv.Itoa(f.Issue.Version),
		Text: component.Field{Name: "reason", Label: i18n.T(ctx, "issue.comment_label"), MaxLength: casework.MaxText, Rows: 3},
		More: mentionFields(ctx, o, nil),
	}
	if s.app.TakesFiles() {
		fields, _ := filesFields(ctx, nil, "")
		form.More, form.Multipart = append(form.More, fields...), true
	}
	return form
}

func moveURL(id string, m casework.Move) string { return "/issues/" + id + "/moves/" + string(m) }

// moveLabel words the button of a move; a move to another desk names it ("Chuyển lên Tiểu vùng I").
func moveLabel(ctx context.Context, o app.MoveOption) string {
	if o.Move == casework.Escalate && o.To != nil {
		return i18n.T(ctx, "issue.escalate_to", "desk", o.To.Name)
	}
	return i18n.T(ctx, "issue.move."+string(o.Move))
}

func stateBadge(ctx context.Context, state casework.State) component.BadgeView {
	tones := map[casework.State]component.Tone{
		casework.New: component.Info, casework.AwaitingInfo: component.Warn, casework.Resolved: component.Success, casework.Closed: component.Success,
	}
	return component.BadgeView{Label: i18n.T(ctx, "issue.state."+string(state)), Tone: tones[state]}
}

// severityBadge gives no label for the ordinary severity, so that the others stand out.
func severityBadge(ctx context.Context, severity casework.Severity) component.BadgeView {
	switch severity {
	case casework.Pressing:
		return component.BadgeView{Label: i18n.T(ctx, "issue.severity.2"), Tone: component.Warn}
	case casework.Urgent:
		return component.BadgeView{Label: i18n.T(ctx, "issue.severity.3"), Tone: component.Danger}
	case casework.Normal:
	}
	return component.BadgeView{}
}

func issueBadges(ctx context.Context, i casework.Issue, now time.Time) []component.BadgeView {
	badges := []component.BadgeView{stateBadge(ctx, i.State)}
	if b := severityBadge(ctx, i.Severity); b.Label != "" {
		badges = append(badges, b)
	}
	if i.Overdue(now) {
		badges = append(badges, component.BadgeView{Label: i18n.T(ctx, "issue.overdue"), Tone: component.Danger, Icon: "clock"})
	}
	return badges
}

func issueFacts(ctx context.Context, f app.IssueView) []component.Fact {
	facts := []component.Fact{
		{Label: i18n.T(ctx, "issue.place"), Value: issuePlace(f), URL: placeURL(f.Issue.Place.Locality)},
		{Label: i18n.T(ctx, "issue.field"), Value: fieldName(ctx, f.Field)},
		{Label: i18n.T(ctx, "issue.raiser"), Value: person(ctx, f.Raiser, f.RaisedPost)},
	}
	raised := exactly(ctx, f.Issue.RaisedAt)
	facts = append(facts, component.Fact{Label: i18n.T(ctx, "issue.raised"), Time: &raised})
	if f.Issue.State.Open() {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "issue.desk"), Value: f.Desk.Name, URL: placeURL(f.Issue.Desk)})
	}
	if f.Issue.State == casework.New && !f.Issue.AcknowledgeBy.IsZero() {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "issue.acknowledge_by"), Value: i18n.DateTime(ctx, f.Issue.AcknowledgeBy)})
	}
	if !f.Issue.DueAt.IsZero() && f.Issue.State.Ticks() {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "issue.desk_due"), Value: i18n.DateTime(ctx, f.Issue.DueAt), URL: "/calendar"})
		facts = append(facts, remaining(ctx, f)...)
	} else if text := standing(ctx, f.Issue.State); text != "" {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "issue.desk_due"), Value: text})
	}
	if !f.Issue.ConfirmBy.IsZero() {
		facts = append(facts, component.Fact{
			Label: i18n.T(ctx, "issue.confirm_by"), Value: i18n.T(ctx, "issue.confirm_on", "date", i18n.Date(ctx, f.Issue.ConfirmBy)),
		})
	}
	if f.Issue.Agency != "" {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "issue.agency"), Value: f.Issue.Agency},
			component.Fact{Label: i18n.T(ctx, "issue.agency_due"), Value: dayText(ctx, f.Issue.AgencyDue)})
	}
	if i := slices.IndexFunc(f.Agencies, func(a app.Agency) bool { return a.Name == f.Issue.Agency }); i >= 0 {
		facts = append(facts, agencyFacts(ctx, f.Agencies[i])...)
	}
	if !f.Issue.InstructionDue.IsZero() {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "issue.instruction_due"), Value: dayText(ctx, f.Issue.InstructionDue)})
	}
	return facts
}

// remaining says in words how much working time the desk has left, and when it is reminded.
func remaining(ctx context.Context, f app.IssueView) []component.Fact {
	left := f.Clock.Calendar.Between(f.Now, f.Issue.DueAt)
	text := i18n.T(ctx, "issue.left", "span", workingSpan(ctx, left))
	if f.Overdue {
		text = i18n.T(ctx, "issue.late_by", "span", workingSpan(ctx, f.Clock.Calendar.Between(f.Issue.DueAt, f.Now)))
	}
	facts := []component.Fact{{Label: i18n.T(ctx, "issue.time_left"), Value: text}}
	if !f.Issue.WarnAt.IsZero() {
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "issue.warn_at"), Value: i18n.DateTime(ctx, f.Issue.WarnAt)})
	}
	return facts
}

// issuePlace names where an issue is, up to the commune: the place as it was called then, what lies above as it is today.
func issuePlace(f app.IssueView) string {
	names := []string{f.Place}
	for i, l := range f.Path.Chain {
		if i > 0 && territory.District.Above(l.Level) && l.Level != territory.Subregion {
			names = append(names, l.Name)
		}
	}
	return strings.Join(names, ", ")
}

func outcomeFacts(ctx context.Context, f app.IssueView) []component.Fact {
	if f.Issue.Outcome == "" {
		return nil
	}
	return []component.Fact{
		{Label: i18n.T(ctx, "issue.done"), Value: f.Issue.Outcome, Multiline: true},
		{Label: i18n.T(ctx, "issue.evidence"), Value: f.Issue.Evidence, Multiline: true},
	}
}

// deskSteps words the path of an issue: each desk with its people and the working time spent there.
func deskSteps(ctx context.Context, f app.IssueView, now time.Time) []component.DeskStep {
	var steps []component.DeskStep
	for _, stop := range f.Stops {
		step := component.DeskStep{
			Desk: stop.Name, URL: placeURL(stop.Desk), Arrived: exactly(ctx, stop.From),
			Spent: i18n.T(ctx, "issue.working", "span", workingSpan(ctx, stop.Working)), Current: stop.Current,
			Overdue: stop.Current && f.Issue.Overdue(now),
		}
		if stop.Current {
			step.Holder, step.Vacant = strings.Join(f.Desk.Leads, ", "), f.Desk.Vacant()
		}
		if stop.Current && f.Issue.State.Ticks() && !f.Issue.DueAt.IsZero() {
			step.Note = i18n.T(ctx, "issue.due_on", "date", i18n.DateTime(ctx, f.Issue.DueAt))
		}
		steps = append(steps, step)
	}
	return steps
}

// exactly words a moment by its date and hour, where people reckon with it.
func exactly(ctx context.Context, t time.Time) component.Stamp {
	return component.Stamp{ISO: t.In(i18n.Zone).Format(time.RFC3339), Absolute: i18n.DateTime(ctx, t)}
}

// workingDay is how long a working day is, for wording a span of working time.
const workingDay = 8 * time.Hour

// workingSpan words working time in working days of eight hours.
func workingSpan(ctx context.Context, d time.Duration) string {
	days := int(d / workingDay)
	rest := (d % workingDay).Truncate(time.Minute)
	var parts []string
	if days > 0 {
		parts = append(parts, i18n.Plural(ctx, "issue.working_days", days))
	}
	if rest > 0 || days == 0 {
		parts = append(parts, i18n.Span(ctx, rest))
	}
	return strings.Join(parts, " ")
}

// moments words the thread of an issue, the newest first.
func moments(ctx context.Context, issue uuid.UUID, events []app.IssueEvent, now time.Time) []component.Moment {
	out := make([]component.Moment, 0, len(events))
	for _, e := range slices.Backward(events) {
		m := component.Moment{
			When: component.StampOf(ctx, e.At, now), Icon: moveIcons[e.Move],
			Title: eventTitle(ctx, e),
			Actor: person(ctx, e.ActorName, e.Post), Text: eventText(ctx, e),
		}
		if e.Actor == 0 {
			m.Actor = i18n.T(ctx, "issue.event.system")
		}
		for _, file := range e.Files {
			m.Files = append(m.Files, component.Action{Label: file.Name, URL: "/issues/" + issue.String() + "/files/" + file.ID.String(), Icon: "download"})
		}
		out = append(out, m)
	}
	return out
}

// eventTitle words what a move did. The direct line and the appeal against a decline have words of their own.
func eventTitle(ctx context.Context, e app.IssueEvent) string {
	key := string(e.Move)
	switch {
	case e.Move == casework.Raise && e.Detail.Direct:
		key = "raise_direct"
	case e.Move == casework.Escalate && e.FromState == casework.Declined:
		key = "appeal"
	}
	return i18n.T(ctx, "issue.event."+key, "desk", e.ToDeskName, "from", e.FromDeskName, "agency", e.Detail.Agency, "person", e.AskedName, "other", e.OtherNumber,
		"vacant", strings.Join(e.VacantNames, ", "))
}

// eventText joins what a move carried: the reason and the details, each on a line of its own.
func eventText(ctx context.Context, e app.IssueEvent) string {
	lines := []string{}
	add := func(shown bool, text string) {
		if shown {
			lines = append(lines, text)
		}
	}
	d := e.Detail
	add(len(e.Mentioned) > 0, i18n.T(ctx, "issue.event.speaks_to", "people", strings.Join(e.Mentioned, ", ")))
	add(!d.AnsweredOn.IsZero(), i18n.T(ctx, "issue.event.answered_on", "date", dayText(ctx, d.AnsweredOn)))
	add(e.Reason != "", e.Reason)
	add(d.Outcome != "", d.Outcome)
	add(d.Evidence != "", i18n.T(ctx, "issue.evidence_is", "text", d.Evidence))
	add(!d.DueOn.IsZero(), i18n.T(ctx, "issue.due_on", "date", dayText(ctx, d.DueOn)))
	add(d.Direct, i18n.T(ctx, "issue.direct_line"))
	add(len(e.VacantNames) > 0 && e.Move != casework.PassVacant, i18n.T(ctx, "issue.event.passed_over", "vacant", strings.Join(e.VacantNames, ", ")))
	return strings.Join(lines, "\n")
}

// person words somebody with the post they acted in.
func person(ctx context.Context, name string, p cadre.Post) string {
	if post := postName(ctx, p); post != "" {
		return name + " – " + post
	}
	return name
}

// fieldName gives the name of a field of work in the language of the page.
func fieldName(ctx context.Context, f app.WorkField) string {
	if i18n.Of(ctx) == i18n.En {
		return f.NameEn
	}
	return f.NameVi
}

type issuesQuery struct {
	State    string `form:"state"`
	Field    string `form:"field"`
	Severity string `form:"severity"`
	Place    string `form:"place"`
	Words    string `form:"q"`
	Mine     string `form:"mine"`
	Overdue  string `form:"overdue"`
	After    string `form:"after"`
}

// values gives the query as a URL carries it, without what is not set.
func (q issuesQuery) values() url.Values {
	v := url.Values{}
	for name, value := range map[string]string{
		"state": q.State, "field": q.Field, "severity": q.Severity, "place": q.Place, "q": q.Words, "mine": q.Mine, "overdue": q.Overdue, "after": q.After,
	} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// first gives the query of the first page.
func (q issuesQuery) first() issuesQuery {
	q.After = ""
	return q
}

func (q issuesQuery) url() string {
	if encoded := q.values().Encode(); encoded != "" {
		return "/issues?" + encoded
	}
	return "/issues"
}

// number reads a filter that is a number; zero for anything else.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// issueRow words one issue of a list.
func issueRow(ctx context.Context, row app.IssueRow, now time.Time) page.IssueRow {
	out := page.IssueRow{
		Number: row.Number, Title: row.Title, URL: "/issues/" + row.ID.String(), Place: placeIn(row.Place, row.Above), Desk: row.Desk,
		Field: fieldName(ctx, row.Field), State: stateBadge(ctx, row.State), Severity: severityBadge(ctx, row.Severity),
		Raised: component.StampOf(ctx, row.RaisedAt, now), DueDate: standing(ctx, row.State),
	}
	if row.State.Ticks() && !row.DueAt.IsZero() {
		out.Overdue = row.Overdue(now)
		out.DueDate = i18n.DateTime(ctx, row.DueAt)
		out.Due = i18n.T(ctx, "issue.due_on", "date", out.DueDate)
		if out.Overdue {
			out.Due = i18n.T(ctx, "issue.overdue_since", "date", out.DueDate)
		}
	}
	return out
}
