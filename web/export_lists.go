package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/internal/sheet"
	"banam/internal/territory"
)

func (s *Server) exportReports(w http.ResponseWriter, r *http.Request) error {
	var q reportQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	filter := q.filter(actor)
	own := kindColumns(filter.Kind)
	filter.Whole = len(own) > 0
	columns := []column[app.ReportRow]{
		textColumn("report.what", 60, func(row app.ReportRow) string { return reportLine(ctx, row.Kind, row.Summary) }),
		textColumn("report.kind", 24, func(row app.ReportRow) string { return reportKindName(ctx, row.Kind) }),
		textColumn("report.place", 34, func(row app.ReportRow) string { return placeIn(row.Place, row.Above) }),
		dayColumn("report.happened_on", func(row app.ReportRow) territory.Day { return row.HappenedOn }),
		textColumn("report.author", 26, func(row app.ReportRow) string { return row.Author }),
		momentColumn("report.sent_at", func(row app.ReportRow) time.Time { return row.ReceivedAt }),
		textColumn("report.state", 16, func(row app.ReportRow) string { return reportState(ctx, row.State).Label }),
		textColumn("report.usefulness_label", 20, func(row app.ReportRow) string {
			if row.Useful == 0 {
				return ""
			}
			return i18n.T(ctx, "report.usefulness."+strconv.Itoa(int(row.Useful)))
		}),
	}
	for _, f := range own {
		columns = append(columns, textColumn(reportFieldName(ctx, filter.Kind, f.Name), 20, func(row app.ReportRow) string { return reportValue(ctx, f, row.Content[f.Name]) }))
	}
	return exported(s, w, r, format, listing[app.ReportRow]{
		name: "reports", url: q.url(""), action: cadre.ReadReport, columns: columns,
		batch: func(ctx context.Context, page app.ListPage) ([]app.ReportRow, string, error) {
			list, err := s.app.Reports(ctx, actor, filter, page)
			return list.Rows, list.Next, err
		},
	})
}

// issueColumns are those of every list of issues.
func issueColumns(ctx context.Context) []column[app.IssueRow] {
	return []column[app.IssueRow]{
		textColumn("export.number", 16, func(row app.IssueRow) string { return row.Number }),
		textColumn("issue.title", 60, func(row app.IssueRow) string { return row.Title }),
		textColumn("issue.state", 16, func(row app.IssueRow) string { return stateBadge(ctx, row.State).Label }),
		textColumn("issue.severity", 12, func(row app.IssueRow) string { return i18n.T(ctx, "issue.severity."+strconv.Itoa(int(row.Severity))) }),
		textColumn("issue.field", 22, func(row app.IssueRow) string { return fieldName(ctx, row.Field) }),
		textColumn("issue.place", 34, func(row app.IssueRow) string { return placeIn(row.Place, row.Above) }),
		textColumn("issue.desk", 24, func(row app.IssueRow) string { return row.Desk }),
		{"issue.due", 17, func(row app.IssueRow) sheet.Cell {
			if !row.State.Ticks() {
				return sheet.Text(standing(ctx, row.State))
			}
			return sheet.Moment(row.DueAt.In(i18n.Zone))
		}},
		momentColumn("issue.raised", func(row app.IssueRow) time.Time { return row.RaisedAt }),
		momentColumn("export.closed_at", func(row app.IssueRow) time.Time { return row.ClosedAt }),
	}
}

func (s *Server) exportIssues(w http.ResponseWriter, r *http.Request) error {
	var q issuesQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	actor := session(r).Actor
	filter := q.filter(actor)
	return exported(s, w, r, format, listing[app.IssueRow]{
		name: "issues", url: q.first().url(), action: cadre.ReadIssue, columns: issueColumns(r.Context()),
		batch: func(ctx context.Context, page app.ListPage) ([]app.IssueRow, string, error) {
			list, err := s.app.Issues(ctx, actor, filter, page)
			return list.Rows, list.Next, err
		},
	})
}

// queuedIssue is an issue of the review board with the queue in which it stands.
type queuedIssue struct {
	app.BoardRow
	group app.BoardGroup
}

// exportReview exports all rows of the board, or those of one queue.
func (s *Server) exportReview(w http.ResponseWriter, r *http.Request) error {
	var q boardQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	columns := []column[queuedIssue]{
		textColumn("export.queue", 24, func(row queuedIssue) string { return i18n.T(ctx, "board.queue."+string(row.group)) }),
	}
	for _, c := range issueColumns(ctx) {
		columns = append(columns, column[queuedIssue]{c.head, c.width, func(row queuedIssue) sheet.Cell { return c.cell(row.IssueRow) }})
	}
	columns = append(columns, textColumn("export.way", 60, func(row queuedIssue) string {
		var stops []string
		for _, stop := range row.Stops {
			stops = append(stops, stop.Name+" ("+workingSpan(ctx, stop.Working)+")")
		}
		return strings.Join(stops, " → ")
	}))
	return exported(s, w, r, format, listing[queuedIssue]{
		name: "review", url: strings.TrimSuffix(q.url(), "?"), action: cadre.ReviewBoard, columns: columns,
		batch: func(ctx context.Context, _ app.ListPage) ([]queuedIssue, string, error) {
			board, err := s.app.WholeBoard(ctx, actor, q.filter(), app.BoardGroup(q.Queue), exportLimit+1)
			var rows []queuedIssue
			for _, queue := range board.Queues {
				for _, row := range queue.Rows {
					rows = append(rows, queuedIssue{row, queue.Group})
				}
			}
			return rows, "", err
		},
	})
}

func (s *Server) exportCadres(w http.ResponseWriter, r *http.Request) error {
	var q cadresQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	return exported(s, w, r, format, listing[app.CadreRow]{
		name: "cadres", url: q.first().url(), action: cadre.Manage,
		columns: []column[app.CadreRow]{
			textColumn("cadre.name", 28, func(c app.CadreRow) string { return c.Name }),
			textColumn("cadre.tier", 12, func(c app.CadreRow) string { return i18n.T(ctx, "tier."+string(c.Tier)) }),
			textColumn("cadre.position", 28, func(c app.CadreRow) string { return c.Position }),
			textColumn("cadre.agency", 30, func(c app.CadreRow) string { return c.Agency }),
			textColumn("cadre.post_now", 50, func(c app.CadreRow) string { return postLine(ctx, c) }),
			textColumn("export.marks", 12, func(c app.CadreRow) string {
				if c.Disabled {
					return i18n.T(ctx, "cadre.disabled")
				}
				return ""
			}),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.CadreRow, string, error) {
			list, err := s.app.Cadres(ctx, actor, q.filter(), page)
			return list.Rows, list.Next, err
		},
	})
}

// exportAccounts exports who has an account and how far it is; no secret is kept that could be in it.
func (s *Server) exportAccounts(w http.ResponseWriter, r *http.Request) error {
	var q accountsQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	return exported(s, w, r, format, listing[app.AccountLine]{
		name: "accounts", url: q.url(q.State, ""), action: cadre.Manage,
		columns: []column[app.AccountLine]{
			textColumn("place.person", 28, func(l app.AccountLine) string { return l.Name }),
			textColumn("place.post", 30, func(l app.AccountLine) string { return accountRow(ctx, l.Kept, actor.At).Post }),
			textColumn("place.name", 40, func(l app.AccountLine) string { return accountRow(ctx, l.Kept, actor.At).Place }),
			textColumn("signin.login", 18, func(l app.AccountLine) string { return l.Login }),
			textColumn("accounts.state", 24, func(l app.AccountLine) string { return accountBadge(ctx, l.Kept, actor.At).Label }),
			momentColumn("accounts.signed_in", func(l app.AccountLine) time.Time {
				if l.SignedIn == nil {
					return time.Time{}
				}
				return *l.SignedIn
			}),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.AccountLine, string, error) {
			query := q.query()
			query.After, query.Limit = cadre.ID(number(page.After)), page.Limit
			list, err := s.app.Accounts(ctx, actor, query)
			return list.Rows, cursorOf(int64(list.Next)), err
		},
	})
}

// cursorOf writes a key after which a list goes on; empty for zero, at the end.
func cursorOf(key int64) string {
	if key == 0 {
		return ""
	}
	return strconv.FormatInt(key, 10)
}

func (s *Server) exportCoverage(w http.ResponseWriter, r *http.Request) error {
	var q coverageQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	on := asOfDay(q.On, actor.Today())
	query := q.find(on)
	if query.Kind == "" {
		return s.exportBoard(w, r, format, query, on)
	}
	kind := query.Kind
	columns := []column[app.GapRow]{
		textColumn("export.gap", 44, func(app.GapRow) string { return i18n.T(ctx, "coverage.missing."+string(kind)) }),
		textColumn("place.name", 30, func(g app.GapRow) string { return g.Name }),
		textColumn("coverage.level", 16, func(g app.GapRow) string {
			if g.Level == "" {
				return ""
			}
			return i18n.T(ctx, "level."+string(g.Level))
		}),
		textColumn("coverage.above", 30, func(g app.GapRow) string { return g.Above }),
	}
	if kind.OfPeople() {
		columns = append(columns,
			textColumn("place.person", 28, func(g app.GapRow) string { return g.Person }),
			textColumn("place.post", 30, func(g app.GapRow) string { return postName(ctx, cadre.Post{NameVi: g.PostVi, NameEn: g.PostEn}) }))
	}
	return exported(s, w, r, format, listing[app.GapRow]{
		name: "coverage", url: on.link(coverageURL(kind, q.Commune)), action: cadre.SeeCoverage, columns: columns,
		batch: func(ctx context.Context, page app.ListPage) ([]app.GapRow, string, error) {
			query.After, query.Limit = number(page.After), page.Limit
			found, err := s.app.Coverage(ctx, actor, query)
			return found.Rows, cursorOf(found.Next), err
		},
	})
}

// exportBoard exports the board of coverage by commune, those with most gaps first.
func (s *Server) exportBoard(w http.ResponseWriter, r *http.Request, format sheet.Format, query app.CoverageQuery, on asOf) error {
	ctx, actor := r.Context(), session(r).Actor
	share := func(kind app.GapKind, of func(app.Gaps) (have, all int)) column[app.CommuneCoverage] {
		return textColumn("home.gap_"+string(kind), 24, func(c app.CommuneCoverage) string {
			have, all := of(c.Gaps)
			return strconv.Itoa(have) + "/" + strconv.Itoa(all)
		})
	}
	return exported(s, w, r, format, listing[app.CommuneCoverage]{
		name: "coverage", url: on.link("/coverage"), action: cadre.SeeCoverage,
		columns: []column[app.CommuneCoverage]{
			textColumn("place.name", 30, func(c app.CommuneCoverage) string { return c.Name }),
			textColumn("coverage.above", 30, func(c app.CommuneCoverage) string { return c.Above }),
			textColumn("coverage.tier_one", 20, func(c app.CommuneCoverage) string {
				if c.Supported {
					return i18n.T(ctx, "coverage.has")
				}
				return i18n.T(ctx, "coverage.has_not")
			}),
			share(app.NoTierTwo, func(g app.Gaps) (int, int) { return g.HamletsCovered, g.Hamlets }),
			share(app.NoTierThree, func(g app.Gaps) (int, int) { return g.GroupsCovered, g.Groups }),
			share(app.NoLead, func(g app.Gaps) (int, int) { return g.DesksCovered, g.Desks }),
		},
		batch: func(ctx context.Context, _ app.ListPage) ([]app.CommuneCoverage, string, error) {
			found, err := s.app.Coverage(ctx, actor, query)
			return found.Communes, "", err
		},
	})
}

// exportAssignments exports who holds and held what at a place.
func (s *Server) exportAssignments(w http.ResponseWriter, r *http.Request) error {
	var q struct {
		On string `form:"on"`
	}
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	on := asOfDay(q.On, actor.Today())
	return exported(s, w, r, format, listing[app.Assignment]{
		name: "assignments", url: on.link(assignmentsURL(id)), action: cadre.SeeCoverage, place: id,
		columns: []column[app.Assignment]{
			textColumn("place.person", 28, func(a app.Assignment) string { return a.Name }),
			textColumn("assignment.post", 32, func(a app.Assignment) string { return postName(ctx, a.Post) }),
			dayColumn("assignment.from", func(a app.Assignment) territory.Day { return a.Term.From }),
			dayColumn("assignment.last", func(a app.Assignment) territory.Day {
				if a.Term.Until.IsZero() {
					return a.Term.Until
				}
				return a.Term.Until.Add(-1)
			}),
			textColumn("assignment.decision", 26, func(a app.Assignment) string { return a.Decision }),
			textColumn("assignment.reason", 30, func(a app.Assignment) string { return a.Reason }),
			textColumn("export.marks", 30, func(a app.Assignment) string {
				var marks []string
				for _, m := range assignmentRow(ctx, a, on.Day).Marks {
					marks = append(marks, m.Label)
				}
				return strings.Join(marks, ", ")
			}),
		},
		batch: func(ctx context.Context, _ app.ListPage) ([]app.Assignment, string, error) {
			found, err := s.app.PlaceAssignments(ctx, actor, id, on.Day)
			return found.Rows, "", err
		},
	})
}

// exportPlaces exports a place with everything below it.
func (s *Server) exportPlaces(w http.ResponseWriter, r *http.Request) error {
	format, err := decodeExport(r, &struct{}{})
	if err != nil {
		return err
	}
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	return exported(s, w, r, format, listing[app.SubtreeRow]{
		name: "places", url: placeURL(id), action: cadre.ViewPlace, place: id,
		columns: []column[app.SubtreeRow]{
			textColumn("coverage.level", 16, func(l app.SubtreeRow) string { return i18n.T(ctx, "level."+string(l.Level)) }),
			textColumn("place.name", 30, func(l app.SubtreeRow) string { return l.Name }),
			textColumn("export.code", 10, func(l app.SubtreeRow) string { return l.Code }),
			textColumn("coverage.above", 44, func(l app.SubtreeRow) string { return l.Above }),
			textColumn("place.lead", 34, func(l app.SubtreeRow) string { return l.Leads }),
			textColumn("place.supporters", 44, func(l app.SubtreeRow) string { return l.Supporters }),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.SubtreeRow, string, error) {
			return s.app.Subtree(ctx, actor, id, page)
		},
	})
}

// exportPosts exports the catalogue of posts.
func (s *Server) exportPosts(w http.ResponseWriter, r *http.Request) error {
	format, err := decodeExport(r, &struct{}{})
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	return exported(s, w, r, format, listing[cadre.CataloguePost]{
		name: "posts", url: postsPath, action: cadre.Manage,
		columns: []column[cadre.CataloguePost]{
			textColumn("post.name", 44, func(p cadre.CataloguePost) string { return postName(ctx, p.Post) }),
			textColumn("post.tier", 14, func(p cadre.CataloguePost) string { return postRow(ctx, p).Tier }),
			textColumn("post.levels", 34, func(p cadre.CataloguePost) string { return postRow(ctx, p).Levels }),
			textColumn("post.capability", 44, func(p cadre.CataloguePost) string { return postRow(ctx, p).Capability }),
			textColumn("post.structure", 24, func(p cadre.CataloguePost) string { return postRow(ctx, p).Structure }),
			textColumn("post.period", 30, func(p cadre.CataloguePost) string { return postRow(ctx, p).Period }),
			{"post.holders", 12, func(p cadre.CataloguePost) sheet.Cell { return sheet.Number(p.Now) }},
		},
		batch: func(ctx context.Context, _ app.ListPage) ([]cadre.CataloguePost, string, error) {
			found, err := s.app.Posts(ctx, actor)
			return found.Posts, "", err
		},
	})
}
