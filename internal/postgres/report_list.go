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

// ReportFilter narrows a list of reports; zero values filter nothing.
type ReportFilter struct {
	Place    territory.LocalityID // what happened there or below
	Inside   bool                 // the place lies inside the reader's own ones, not above them
	From, To territory.Day        // of the day it happened, both inclusive
	Author   cadre.ID
	State    casework.ReportState
	Desks    []territory.LocalityID // that hold it, of which it needs one; none for all
	Kind     casework.ReportKind
	Tier     cadre.Tier          // of the post under which it was written
	Useful   casework.Usefulness // as whoever acknowledged it said, 1 to 3; zero for all
	Whole    bool                // what all may read of each is read, too
	Reader   cadre.ID            // whose saved filters are read along; zero for nobody's
	Words    Words               // in its texts
}

// ReportRow is one row of the list of reports.
type ReportRow struct {
	ID         uuid.UUID
	Kind       casework.ReportKind
	Summary    string
	HappenedOn territory.Day
	ReceivedAt time.Time
	Place      string
	Author     string
	AuthorID   cadre.ID
	State      casework.ReportState
	Above      string              // hamlet and commune of the place, as far as they are not the place itself
	Useful     casework.Usefulness // zero while nobody said so
	Content    casework.Content    // nil unless it was asked for
	Text       string              // all that can be found of it, where words are searched for
}

// ReportList is a page of reports, the last received first.
type ReportList struct {
	Rows  []ReportRow
	Saved []SavedFilter   // of the reader
	Place territory.Chain // today's chain of the place in the filter; empty if it does not exist. Not guarded
	Next  string          // cursor of the next page; empty on the last one
}

// Reports lists the sent reports inside a scope, in one round trip. A cursor that is none is NotFound.
func (r reader) Reports(ctx context.Context, s cadre.Scope, f ReportFilter, day territory.Day, page Page) (ReportList, error) {
	p := &params{}
	list := newest{
		table: "reports", author: "author_id", at: "received_at", where: reportWhere(f, p), by: f.Author, place: f.Place, inside: f.Inside, desks: int64s(f.Desks),
	}
	if f.Words.Text != "" {
		list.words = &facts{columns: "t.received_at, t.happened_on, t.state, t.kind, t.desk_id, t.usefulness, t.assignment_id", day: day, since: f.From}
		list.query = f.Words.every()
	}
	keys, err := list.sql(s, page, p)
	if err != nil {
		return ReportList{}, err
	}
	text, content := `''`, `NULL::jsonb`
	if f.Whole {
		content = `r.content`
	}
	if f.Words.Text != "" {
		text = `report_text(r.content)`
	}
	var found ReportList
	b := &batch{}
	queueAll(b, &found.Rows, pgx.RowToStructByPos[ReportRow], `SELECT r.id, r.kind, r.summary, r.happened_on, r.received_at, pv.name, c.full_name, c.id,
			r.state, `+aboveName+`, coalesce(r.usefulness, 0)::int, `+content+`, `+text+`
		FROM (`+keys+`) k JOIN reports r ON r.id = k.id JOIN cadres c ON c.id = r.author_id
		JOIN locality_versions pv ON pv.locality_id = r.locality_id AND pv.known @> r.happened_on
		`+joinAbove("r", "r.happened_on")+`
		ORDER BY r.received_at DESC, r.id DESC`, p.list...)
	if f.Reader != 0 {
		queueSaved(b, &found.Saved, f.Reader, ReportsList)
	}
	if f.Place != 0 {
		queueAll(b, (*[]territory.Locality)(&found.Place), scanLocality, strings.Replace(chainSQL, "<start>", "$1", 1), f.Place, day)
	}
	if err := r.run(ctx, b); err != nil {
		return ReportList{}, err
	}
	if len(found.Rows) > page.Limit {
		found.Rows = found.Rows[:page.Limit]
		last := found.Rows[page.Limit-1]
		found.Next = Cursor{At: last.ReceivedAt, ID: last.ID}.String()
	}
	return found, nil
}

func reportWhere(f ReportFilter, p *params) []string {
	var where []string
	if !f.From.IsZero() {
		where = append(where, happenedSince(f.From, p))
	}
	if !f.To.IsZero() {
		where = append(where, `t.happened_on <= `+p.add(f.To)+`::date`)
	}
	if f.State != "" {
		where = append(where, `t.state = `+p.add(f.State))
	}
	if f.Tier != "" {
		where = append(where, `EXISTS (SELECT FROM assignments ts JOIN posts tp ON tp.id = ts.post_id WHERE ts.id = t.assignment_id AND tp.tier = `+p.add(f.Tier)+`)`)
	}
	if f.Useful > 0 {
		where = append(where, `t.usefulness = `+p.add(f.Useful))
	}
	if f.Kind != "" {
		where = append(where, `t.kind = `+p.add(f.Kind))
	}
	return where
}

// happenedSince makes the condition that a report tells of the day or later. Nothing arrives before it has happened, so that
// an index by arrival bounds the search.
func happenedSince(day territory.Day, p *params) string {
	return `t.happened_on >= ` + p.add(day) + `::date AND t.received_at >= ` + p.add(day.Start())
}
