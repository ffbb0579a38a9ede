package web

import (
	"context"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// householdChoice makes the field of the visited household: a list where the group is known, else its number.
func (f reportFields) household(c page.MoveField) page.MoveField {
	if len(f.beside.Households) == 0 {
		return c
	}
	c.Control, c.Hint, c.Empty, c.Size = page.ControlSelect, "", i18n.T(f.ctx, "report.household_choose"), ""
	for _, h := range f.beside.Households {
		n := strconv.Itoa(h.Number)
		c.Options = append(c.Options, component.Option{Value: n, Label: i18n.T(f.ctx, "report.household_named", "n", n, "head", h.Head)})
	}
	return c
}

// besideForm tells beside the form of a report how its place stands.
func besideForm(ctx context.Context, f app.ReportForm, actorAt territory.Day, v *page.ReportFormView) {
	v.Beside = []page.Section{
		monthSources(ctx, f.Beside.Month),
		{Title: i18n.T(ctx, "report.beside_last"), Lines: reportLines(ctx, f.Beside.Last)},
		{Title: i18n.T(ctx, "report.beside_issues"), Lines: issueLines(ctx, f.Beside.Issues, actorAt.Start())},
		{Title: i18n.T(ctx, "report.beside_promises"), Lines: promiseLines(ctx, f.Beside.Promises, actorAt)},
	}
	v.Beside = sectionsWithLines(v.Beside)
}

func sectionsWithLines(list []page.Section) []page.Section {
	var out []page.Section
	for _, s := range list {
		if len(s.Lines) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// promiseLines lists what was promised by the number of the household, which names nobody.
func promiseLines(ctx context.Context, list []app.Promise, today territory.Day) []page.Line {
	var lines []page.Line
	for _, p := range list {
		line := page.Line{
			Title: i18n.T(ctx, "report.promise_of", "n", strconv.Itoa(p.Number), "place", placeIn(p.Place, p.Above)),
			URL:   reportURL(p.Report) + "#promises", Facts: []string{i18n.T(ctx, "report.promise_until", "date", dayText(ctx, p.Due))},
		}
		if p.Due.Before(today) {
			line.Marks = append(line.Marks, component.BadgeView{Label: i18n.T(ctx, "report.promise_late"), Tone: component.Danger, Icon: "clock"})
		}
		lines = append(lines, line)
	}
	return lines
}

// promiseItems lists what was promised at a visit with its words, each with a button for who may say that it is done; nothing for a
// reader who may not know the household.
func promiseItems(ctx context.Context, f app.Report, today territory.Day) []page.PromiseItem {
	if f.Report.Visit == nil {
		return nil
	}
	var items []page.PromiseItem
	for _, promise := range f.Report.Visit.Promises() {
		item := page.PromiseItem{Text: promise.Text, Due: i18n.T(ctx, "report.promise_until", "date", dayText(ctx, promise.Due))}
		for _, p := range f.Promises {
			if p.Position != promise.Position {
				continue
			}
			switch {
			case !p.Done.IsZero():
				item.Mark = component.BadgeView{Label: i18n.T(ctx, "report.promise_kept", "date", dayText(ctx, p.Done), "name", p.DoneBy), Tone: component.Success}
			case p.Due.Before(today):
				item.Mark = component.BadgeView{Label: i18n.T(ctx, "report.promise_late"), Tone: component.Danger, Icon: "clock"}
			}
			if p.Done.IsZero() && f.MayKeep {
				item.Position, item.SubmissionID = strconv.Itoa(p.Position), newID()
			}
		}
		items = append(items, item)
	}
	return items
}

// keepPromise marks what was promised at a visit as done.
func (s *Server) keepPromise(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "report"))
	if err != nil {
		return err
	}
	var in struct {
		SubmissionID string `form:"submission_id"`
		Position     string `form:"position"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	err = s.app.KeepPromise(r.Context(), session(r).Actor, submission(r), id, int(number(in.Position)))
	if fault.KindOf(err) == fault.KindConflict { // somebody else said so before
		return s.seeOther(w, r, reportURL(id)+"#promises", "flash.promise_done")
	}
	if err != nil {
		return keeping{error: err, back: backToReport(r.Context(), id)}
	}
	return s.seeOther(w, r, reportURL(id)+"#promises", "flash.promise_kept")
}

// visitFacts names the household of a visit, with the way to its page for those who may open it.
func visitFacts(ctx context.Context, f app.Report, parts []page.ReportPart) []page.ReportPart {
	if len(f.Visits) == 0 || f.Visits[0].Head == "" {
		return parts
	}
	label := reportFieldLabel(ctx, casework.HouseholdVisit, casework.HouseholdField)
	for i := range parts {
		for j, fact := range parts[i].Facts {
			if fact.Label == label {
				parts[i].Facts[j].Value = i18n.T(ctx, "report.household_named", "n", fact.Value, "head", f.Visits[0].Head)
				parts[i].Facts[j].URL = "/households/" + f.Visits[0].Household.String()
			}
		}
	}
	return parts
}
