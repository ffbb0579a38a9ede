package web

import (
	"context"
	"strings"
	"time"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// issueLines words a short list of issues.
func issueLines(ctx context.Context, lines []app.IssueLine, now time.Time) []page.Line {
	var out []page.Line
	for _, l := range lines {
		line := page.Line{
			Title: l.Title, URL: "/issues/" + l.ID.String(), Number: l.Number,
			Facts: []string{placeIn(l.Place, l.Above), i18n.T(ctx, "issue.state."+string(l.State)), i18n.T(ctx, "issue.at", "desk", l.Desk)},
		}
		if b := severityBadge(ctx, l.Severity); b.Label != "" {
			line.Marks = append(line.Marks, b)
		}
		if l.DueAt != nil && now.After(*l.DueAt) {
			line.Marks = append(line.Marks, overdueBadge(ctx, *l.DueAt))
		} else if l.DueAt != nil {
			line.Facts = append(line.Facts, i18n.T(ctx, "issue.due_on", "date", i18n.DateTime(ctx, *l.DueAt)))
		}
		out = append(out, line)
	}
	return out
}

// reportLines words a short list of reports.
func reportLines(ctx context.Context, lines []app.ReportLine) []page.Line {
	var out []page.Line
	for _, l := range lines {
		out = append(out, page.Line{
			Title: reportLine(ctx, l.Kind, l.Summary), URL: "/reports/" + l.ID.String(), Facts: []string{dayText(ctx, l.HappenedOn), placeIn(l.Place, l.Above), l.Author},
			Marks: overMark(ctx, l.Withdrawn),
		})
	}
	return out
}

// overMark marks a report that was withdrawn, wherever it is still led to.
func overMark(ctx context.Context, withdrawn bool) []component.BadgeView {
	if !withdrawn {
		return nil
	}
	return []component.BadgeView{reportState(ctx, casework.ReportWithdrawn)}
}

// placeIn names a place with what lies above it, since names of hamlets and groups repeat.
func placeIn(place, above string) string {
	if above == "" {
		return place
	}
	return place + ", " + above
}

func overdueBadge(ctx context.Context, due time.Time) component.BadgeView {
	return component.BadgeView{Label: i18n.T(ctx, "issue.overdue_since", "date", i18n.DateTime(ctx, due)), Tone: component.Danger, Icon: "clock"}
}

// standing words why an open issue has no due time at present; empty where its clock runs.
func standing(ctx context.Context, state casework.State) string {
	switch state {
	case casework.AwaitingInfo:
		return i18n.T(ctx, "issue.clock_stopped")
	case casework.Resolved:
		return i18n.T(ctx, "issue.clock_confirm")
	case casework.New, casework.Acknowledged, casework.InProgress, casework.Closed, casework.Declined, casework.Merged:
	}
	return ""
}

// dialled gives a telephone number as a link dials it.
func dialled(phone string) string {
	return strings.Map(func(c rune) rune {
		if c == '+' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, phone)
}
