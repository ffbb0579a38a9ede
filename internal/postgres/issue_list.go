package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// IssueGroup narrows a list of issues by whether somebody still has to act.
type IssueGroup string

// The groups; the empty one filters nothing.
const (
	OpenIssues   IssueGroup = "open"
	ClosedIssues IssueGroup = "closed" // ended or declined
)

// IssueFilter narrows a list of issues; zero values filter nothing.
type IssueFilter struct {
	Group    IssueGroup
	State    casework.State
	Field    string
	Severity casework.Severity
	Place    territory.LocalityID // where it happened, or anywhere below
	Inside   bool                 // the place lies inside the reader's own ones, not above them
	Desk     territory.LocalityID // that holds it
	Words    Words                // in title, description or number
	Overdue  bool
	Raiser   cadre.ID // own ones
}

// IssueRow is one row of a list of issues or of the board.
type IssueRow struct {
	ID        uuid.UUID
	Number    string
	Title     string
	State     casework.State
	Severity  casework.Severity
	Field     WorkField
	Place     string // as it was called when the issue was raised
	Above     string // hamlet and commune of the place, as far as they are not the place itself
	Desk      string // that holds it, as it is called today
	DeskID    territory.LocalityID
	RaisedAt  time.Time
	ArrivedAt time.Time // at that desk
	DueAt     time.Time // zero while the clock stands
	ClosedAt  time.Time
	Passed    bool // it has left a desk upward
}

// Overdue tells whether the desk is late at the instant.
func (r IssueRow) Overdue(now time.Time) bool {
	return !r.DueAt.IsZero() && now.After(r.DueAt) && r.State.Ticks()
}

// IssueList is a page of issues, the last raised first.
type IssueList struct {
	Rows   []IssueRow
	Place  territory.Chain // today's chain of the place in the filter; empty if it does not exist. Not guarded
	Fields []WorkField     // that can be chosen
	Next   string          // cursor of the next page; empty on the last one
}

// Issues lists the issues inside a scope, in one round trip. A cursor that is none is NotFound.
func (r reader) Issues(ctx context.Context, s cadre.Scope, f IssueFilter, now time.Time, page Page) (IssueList, error) {
	p := &params{}
	keys, err := issueKeys(f, now, p).sql(s, page, p)
	if err != nil {
		return IssueList{}, err
	}
	var list IssueList
	day := territory.DayOf(now)
	b := &batch{}
	queueAll(b, &list.Rows, scanIssueRow, `SELECT `+rowColumns+` FROM (`+keys+`) k JOIN issues i ON i.id = k.id`+rowNames(p.add(day))+`
		ORDER BY i.raised_at DESC, i.id DESC`, p.list...)
	queueFields(b, &list.Fields)
	if f.Place != 0 {
		queueAll(b, (*[]territory.Locality)(&list.Place), scanLocality, strings.Replace(chainSQL, "<start>", "$1", 1), f.Place, day)
	}
	if err := r.run(ctx, b); err != nil {
		return IssueList{}, err
	}
	if len(list.Rows) > page.Limit {
		list.Rows = list.Rows[:page.Limit]
		last := list.Rows[page.Limit-1]
		list.Next = Cursor{At: last.RaisedAt, ID: last.ID}.String()
	}
	return list, nil
}

// issueKeys finds the issues of a list: by a number, which is looked for in words too, by words, or all.
func issueKeys(f IssueFilter, now time.Time, p *params) newest {
	list := newest{
		table: "issues", author: "raiser_id", at: "raised_at", where: issueWhere(f, now, p), by: f.Raiser, place: f.Place, inside: f.Inside,
	}
	if f.Words.Text != "" && f.Words.number() == "" {
		list.words = &facts{columns: "t.raised_at, t.closed_at, t.state, t.field, t.severity, t.desk_id, t.due_at", day: territory.DayOf(now)}
		list.query = f.Words.every()
	}
	return list
}

func issueWhere(f IssueFilter, now time.Time, p *params) []string {
	var where []string
	switch f.Group {
	case OpenIssues:
		where = append(where, `t.closed_at IS NULL`)
	case ClosedIssues:
		where = append(where, `t.closed_at IS NOT NULL`)
	}
	if f.State != "" {
		where = append(where, `t.state = `+p.add(f.State))
	}
	if f.State.Open() && f.State != "" {
		where = append(where, `t.closed_at IS NULL`)
	}
	if f.Field != "" {
		where = append(where, `t.field = `+p.add(f.Field))
	}
	if f.Severity != 0 {
		where = append(where, `t.severity = `+p.add(f.Severity))
	}
	if f.Desk != 0 {
		where = append(where, `t.desk_id = `+p.add(int64(f.Desk)))
	}
	if f.Overdue {
		where = append(where, `t.closed_at IS NULL AND t.due_at < `+p.add(now))
	}
	if number := f.Words.number(); number != "" {
		where = append(where, `(`+numberAndTitle+` LIKE `+p.add(number)+` OR `+matches(f.Words.every(), p)+`)`)
	}
	return where
}

const rowColumns = `i.id, coalesce(i.number, ''), i.title, i.state, i.severity, w.code, w.name_vi, w.name_en, coalesce(pv.name, ''),
	` + aboveName + `, coalesce(dv.name, ''), i.desk_id, i.raised_at, i.arrived_at, i.due_at, i.closed_at, i.passed_desk`

// rowNames joins what rowColumns names; day is the parameter of today.
func rowNames(day string) string {
	return ` JOIN work_fields w ON w.code = i.field
	LEFT JOIN locality_versions pv ON pv.locality_id = i.locality_id AND pv.known @> ` + localDay("i.raised_at") + `
	` + joinAbove("i", localDay("i.raised_at")) + `
	LEFT JOIN locality_versions dv ON dv.locality_id = i.desk_id AND dv.valid @> ` + day + `::date`
}

func scanIssueRow(row pgx.CollectableRow) (IssueRow, error) {
	var r IssueRow
	err := scanRowInto(row, &r)
	return r, err
}

// scanRowInto reads rowColumns and then the rest.
func scanRowInto(row pgx.CollectableRow, r *IssueRow, rest ...any) error {
	var due, closed *time.Time
	err := row.Scan(append([]any{
		&r.ID, &r.Number, &r.Title, &r.State, &r.Severity, &r.Field.Code, &r.Field.NameVi, &r.Field.NameEn, &r.Place, &r.Above,
		&r.Desk, &r.DeskID, &r.RaisedAt, &r.ArrivedAt, &due, &closed, &r.Passed,
	}, rest...)...)
	r.DueAt, r.ClosedAt = instant(due), instant(closed)
	return err
}
