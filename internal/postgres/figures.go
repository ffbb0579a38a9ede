package postgres

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Handled is a desk's acknowledging or resolving of an issue.
type Handled struct {
	Move     casework.Move // Acknowledge or Resolve
	At       time.Time
	Arrived  time.Time // of the issue at the desk
	Raised   time.Time
	Field    WorkField
	Desk     territory.LocalityID
	Level    territory.Level // of the desk
	Name     string          // of the desk, as it is or was last called, with the place above it for hamlets, whose names repeat
	Reopened bool            // later; only of what was resolved
}

// FiguresFilter says of which issues and of what desks did with them the figures are made. Zero values filter nothing.
type FiguresFilter struct {
	From, To territory.Day        // of what was done, both inclusive
	Place    territory.LocalityID // where it happened, or anywhere below
	Inside   bool                 // the place lies inside the reader's own ones, not above them

	Field    string
	Move     casework.Move
	Desk     territory.LocalityID // that did it
	Level    territory.Level      // of that desk
	Reopened bool                 // only what was opened again
}

// Figures is what desks did with the issues of a scope, with the calendar by which it is measured.
type Figures struct {
	Handled  []Handled
	Calendar casework.Calendar
	Place    territory.Chain // today's chain of the place in the filter; empty if it does not exist. Not guarded
	Below    []territory.Locality
	Fields   []WorkField
}

// FiguresQuery says for whom the figures are read.
type FiguresQuery struct {
	Scope  cadre.Scope
	Desks  []territory.LocalityID // that the reader leads
	Filter FiguresFilter
	Now    time.Time
}

// Figures reads everything that desks did within a period, in one round trip.
func (r reader) Figures(ctx context.Context, q FiguresQuery) (Figures, error) {
	var found Figures
	var clock clockRows
	b := &batch{}
	p := &params{}
	queueHandled(b, &found.Handled, q, p)
	q.queueChoices(b, &found)
	queueClock(b, &clock)
	if err := r.run(ctx, b); err != nil {
		return Figures{}, err
	}
	found.Calendar = clock.clock().Calendar
	return found, nil
}

func (q FiguresQuery) queueChoices(b *batch, found *Figures) {
	day := territory.DayOf(q.Now)
	if q.Filter.Place != 0 {
		queueAll(b, (*[]territory.Locality)(&found.Place), scanLocality, strings.Replace(chainSQL, "<start>", "$1", 1), q.Filter.Place, day)
	}
	queueBelow(b, &found.Below, BoardQuery{Desks: q.Desks, Filter: BoardFilter{Place: q.Filter.Place}}, day)
	queueFields(b, &found.Fields)
}

// queueHandled reads what was done, many to a row: tens of thousands of rows of their own would take longer to send than to find.
func queueHandled(b *batch, dst *[]Handled, q FiguresQuery, p *params) {
	b.Queue(`WITH `+q.handled(p)+` SELECT g.*, w.code, w.name_vi, w.name_en, d.id, d.level, d.name
		FROM (SELECT h.move, h.reopened, array_agg(h.at) AS at, array_agg(h.arrived) AS arrived, array_agg(h.raised_at) AS raised, h.field, h.desk_id
			FROM handled h GROUP BY h.move, h.reopened, h.field, h.desk_id) g
		JOIN work_fields w ON w.code = g.field JOIN desks d ON d.id = g.desk_id`, p.list...).Query(func(rows pgx.Rows) error {
		*dst = nil
		for rows.Next() {
			var h Handled
			var at, arrived, raised []time.Time
			if err := rows.Scan(&h.Move, &h.Reopened, &at, &arrived, &raised, nil, nil, &h.Field.Code, &h.Field.NameVi, &h.Field.NameEn, &h.Desk, &h.Level, &h.Name); err != nil {
				return err
			}
			for i := range at {
				h.At, h.Arrived, h.Raised = at[i], arrived[i], raised[i]
				*dst = append(*dst, h)
			}
		}
		return rows.Err()
	})
}

// handled makes the tables "handled", of what was done in the period, and "desks", by whom. An issue that was neither open in the
// period nor ended in it is not looked at.
func (q FiguresQuery) handled(p *params) string {
	f := q.Filter
	from, to := p.add(f.From.Start()), p.add(f.To.Add(1).Start())
	issues := []string{within(cadre.Scope{Branches: q.Scope.Branches}, "i", "raiser_id", p), `i.raised_at < ` + to, `(i.closed_at IS NULL OR i.closed_at >= ` + from + `)`}
	if f.Place != 0 {
		issues = append(issues, strings.ReplaceAll(inPlace(p.add(int64(f.Place))), "t.", "i."))
	}
	if f.Field != "" {
		issues = append(issues, `i.field = `+p.add(f.Field))
	}
	done := []string{`m.move IN ('acknowledge', 'resolve')`, `m.at >= ` + from, `m.at < ` + to}
	if f.Move != "" {
		done = append(done, `m.move = `+p.add(f.Move))
	}
	if f.Desk != 0 {
		done = append(done, `m.desk_id = `+p.add(int64(f.Desk)))
	}
	if f.Level != "" {
		done = append(done, `m.desk_id IN (SELECT id FROM localities WHERE level = `+p.add(f.Level)+`)`)
	}
	if f.Reopened {
		done = append(done, `m.move = 'resolve' AND m.reopened`)
	}
	return `chosen AS MATERIALIZED (SELECT i.id, i.field, i.raised_at FROM issues i WHERE ` + strings.Join(issues, " AND ") + `),
		handled AS MATERIALIZED (SELECT m.* FROM (
			SELECT e.issue_id, e.seq, e.move, e.at, e.to_desk_id AS desk_id, c.field, c.raised_at,
				max(e.at) FILTER (WHERE e.from_desk_id IS DISTINCT FROM e.to_desk_id OR e.move = 'reopen') OVER way AS arrived,
				coalesce(bool_or(e.move = 'reopen') OVER (PARTITION BY e.issue_id ORDER BY e.seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), false) AS reopened
			FROM chosen c JOIN issue_events e ON e.issue_id = c.id
			WHERE e.move IN ('acknowledge', 'resolve', 'reopen') OR e.from_desk_id IS DISTINCT FROM e.to_desk_id WINDOW way AS (PARTITION BY e.issue_id ORDER BY e.seq)) m
			WHERE ` + strings.Join(done, " AND ") + `),
		desks AS MATERIALIZED (SELECT l.id, l.level, concat_ws(', ', v.name, CASE WHEN l.level = 'hamlet' THEN pv.name END) AS name
			FROM (SELECT DISTINCT desk_id FROM handled) h JOIN localities l ON l.id = h.desk_id
			LEFT JOIN LATERAL (SELECT v.name, v.parent_id FROM locality_versions v WHERE v.locality_id = l.id ORDER BY v.valid DESC LIMIT 1) v ON true
			LEFT JOIN LATERAL (SELECT pv.name FROM locality_versions pv WHERE pv.locality_id = v.parent_id ORDER BY pv.valid DESC LIMIT 1) pv ON true)`
}

// HandledRow is one thing that a desk did, with its issue.
type HandledRow struct {
	Handled
	Issue IssueRow
	seq   int
}

// HandledList is a page of what desks did, the last first.
type HandledList struct {
	Rows     []HandledRow
	Calendar casework.Calendar
	Next     string // cursor of the next page; empty on the last one
}

// HandledIssues lists the rows behind a figure, in one round trip. A cursor that is none is NotFound.
func (r reader) HandledIssues(ctx context.Context, q FiguresQuery, page Page) (HandledList, error) {
	var found HandledList
	var clock clockRows
	p := &params{}
	after := `true`
	if page.After != "" {
		c, err := parseHandledCursor(page.After)
		if err != nil {
			return HandledList{}, err
		}
		after = `(h.at, h.issue_id, h.seq) < (` + p.add(c.At) + `::timestamptz, ` + p.add(c.Issue) + `::uuid, ` + p.add(c.Seq) + `::int)`
	}
	b := &batch{}
	queueAll(b, &found.Rows, func(row pgx.CollectableRow) (HandledRow, error) {
		var h HandledRow
		d := &h.Handled
		err := scanRowInto(row, &h.Issue, &d.Move, &d.At, &d.Arrived, &d.Raised, &d.Desk, &d.Level, &d.Name, &d.Reopened, &h.seq)
		d.Field = h.Issue.Field
		return h, err
	}, `WITH `+q.handled(p)+`, page AS MATERIALIZED (SELECT h.* FROM handled h WHERE `+after+` ORDER BY h.at DESC, h.issue_id DESC, h.seq DESC LIMIT `+p.add(page.Limit+1)+`)
		SELECT `+rowColumns+`, h.move, h.at, h.arrived, h.raised_at, h.desk_id, d.level, d.name, h.reopened, h.seq
		FROM page h JOIN issues i ON i.id = h.issue_id JOIN desks d ON d.id = h.desk_id`+rowNames(p.add(territory.DayOf(q.Now)))+`
		ORDER BY h.at DESC, h.issue_id DESC, h.seq DESC`, p.list...)
	queueClock(b, &clock)
	if err := r.run(ctx, b); err != nil {
		return HandledList{}, err
	}
	found.Calendar = clock.clock().Calendar
	if len(found.Rows) > page.Limit {
		found.Rows = found.Rows[:page.Limit]
		last := found.Rows[page.Limit-1]
		found.Next = handledCursor{At: last.At, Issue: last.Issue.ID, Seq: last.seq}.String()
	}
	return found, nil
}

// handledCursor is where a page of what desks did ends.
type handledCursor struct {
	At    time.Time `json:"t"`
	Issue uuid.UUID `json:"i"`
	Seq   int       `json:"s"`
}

// String writes the cursor as opaque text for a URL.
func (c handledCursor) String() string {
	data, err := json.Marshal(c)
	if err != nil { // a time beyond year 9999; no row has one
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

func parseHandledCursor(s string) (handledCursor, error) {
	var c handledCursor
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(data, &c) != nil || c.Seq == 0 {
		return handledCursor{}, fault.NotFound()
	}
	return c, nil
}
