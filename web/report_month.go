package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// reportMonthParam reads the month asked for; without one, that which is usually reported on.
func reportMonthParam(r *http.Request, today territory.Day) casework.Month {
	if month, err := casework.ParseMonth(r.URL.Query().Get("month")); err == nil && !month.First().After(today) {
		return month
	}
	return casework.ReportedMonth(today)
}

// assembled puts a monthly report together from the author's reports of the month, for them to edit. Nothing of households is in it but
// how much was promised and kept.
func assembled(ctx context.Context, m app.MonthReports, month casework.Month) casework.Content {
	c := casework.Content{"month": month.String()}
	if len(m.Reports) == 0 {
		return c
	}
	count := map[casework.ReportKind]int{}
	var what, difficulties, proposals []string
	for _, r := range m.Reports {
		count[r.Kind]++
		day := dayText(ctx, r.HappenedOn)
		line := i18n.T(ctx, "report.month_line", "date", day, "place", r.Place, "text", reportLine(ctx, r.Kind, r.Summary))
		if r.Value != "" {
			line += " (" + i18n.T(ctx, "report.money", "n", casework.TypedNumber(r.Value)) + ")"
		}
		what = append(what, line)
		if r.Difficulties != "" {
			difficulties = append(difficulties, i18n.T(ctx, "report.month_line", "date", day, "place", r.Place, "text", r.Difficulties))
		}
		if r.Proposals != "" {
			proposals = append(proposals, i18n.T(ctx, "report.month_line", "date", day, "place", r.Place, "text", r.Proposals))
		}
	}
	var kinds []string
	for _, k := range casework.ReportKinds() {
		if count[k] > 0 {
			kinds = append(kinds, i18n.T(ctx, "report.month_kind", "kind", reportKindName(ctx, k), "n", strconv.Itoa(count[k])))
		}
	}
	what = append([]string{i18n.T(ctx, "report.month_counts", "month", monthText(month), "n", strconv.Itoa(len(m.Reports)), "kinds", strings.Join(kinds, "; "))}, what...)
	c.Set("what", fitting(what))
	c.Set("difficulties", fitting(difficulties))
	c.Set("proposals", fitting(proposals))
	if m.Promised > 0 {
		c.Set("promised", i18n.T(ctx, "report.month_promised", "n", strconv.Itoa(m.Promised), "kept", strconv.Itoa(m.Kept), "late", strconv.Itoa(m.Overdue)))
	}
	return c
}

// fitting joins as many lines as a text may hold.
func fitting(lines []string) string {
	size := 0
	for i, line := range lines {
		if size += utf8.RuneCountInString(line) + 1; size > casework.MaxText {
			return strings.Join(lines[:i], "\n")
		}
	}
	return strings.Join(lines, "\n")
}

// monthLinks lead to the forms of this month and the two before, for the place.
func monthLinks(ctx context.Context, place string, today territory.Day, chosen casework.Month) []component.Action {
	var links []component.Action
	month := casework.MonthOf(today)
	for range 3 {
		if month != chosen {
			q := url.Values{"kind": {string(casework.MonthlyReport)}, "place": {place}, "month": {month.String()}}
			links = append(links, component.Action{Label: i18n.T(ctx, "report.month_other", "month", monthText(month)), URL: "/reports/new?" + q.Encode()})
		}
		month = month.Add(-1)
	}
	return links
}

// monthSources lists beside the form what it was put together from.
func monthSources(ctx context.Context, m app.MonthReports) page.Section {
	section := page.Section{Title: i18n.T(ctx, "report.sources")}
	for _, r := range m.Reports {
		section.Lines = append(section.Lines, page.Line{
			Title: reportLine(ctx, r.Kind, r.Summary), URL: reportURL(r.ID), Facts: []string{dayText(ctx, r.HappenedOn), r.Place, reportKindName(ctx, r.Kind)},
		})
	}
	return section
}
