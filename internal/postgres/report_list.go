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
	Kind     casework.ReportKind
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
	State      casework.ReportState
	Commune    string // of the place, where that is not the place itself
}

// ReportList is a page of reports, the last received first.
type ReportList struct {
	Rows  []ReportRow
	Place territory.Chain // today's chain of the place in the filter; empty if it does not exist. Not guarded
	Next  string          // cursor of the next page; empty on the last one
}

// Reports lists the sent reports inside a scope, in one round trip. A cursor that is none is NotFound.
func (r reader) Reports(ctx context.Context, s cadre.Scope, f ReportFilter, day territory.Day, page Page) (ReportList, error) {
	p := &params{}
	keys, err := reportKeys(s, f, page, p)
	if err != nil {
		return ReportList{}, err
	}
	var list ReportList
	b := &batch{}
	queueAll(b, &list.Rows, pgx.RowToStructByPos[ReportRow], `SELECT r.id, r.kind, r.summary, r.happened_on, r.received_at, pv.name, c.full_name,
			r.state, coalesce(cv.name, '')
		FROM (`+keys+`) k JOIN reports r ON r.id = k.id JOIN cadres c ON c.id = r.author_id
		JOIN locality_versions pv ON pv.locality_id = r.locality_id AND pv.valid @> r.happened_on
		LEFT JOIN locality_versions cv ON cv.locality_id = r.commune_id AND cv.valid @> r.happened_on AND r.commune_id <> r.locality_id
		ORDER BY r.received_at DESC, r.id DESC`, p.list...)
	if f.Place != 0 {
		queueAll(b, (*[]territory.Locality)(&list.Place), scanLocality, strings.Replace(chainSQL, "<start>", "$1", 1), f.Place, day)
	}
	if err := r.run(ctx, b); err != nil {
		return ReportList{}, err
	}
	if len(list.Rows) > page.Limit {
		list.Rows = list.Rows[:page.Limit]
		last := list.Rows[page.Limit-1]
		list.Next = Cursor{At: last.ReceivedAt, ID: last.ID}.String()
	}
	return list, nil
}

// reportKeys makes the query of the ids of one page, one more than wanted. A place inside the reader's own ones leads the
// search, so that a province's reader pays for the commune asked for and not for the province; a place above leaves the
// reader's own ones to lead.
func reportKeys(s cadre.Scope, f ReportFilter, page Page, p *params) (string, error) {
	l := scoped{table: "reports", author: "author_id", columns: "id, received_at", order: "received_at DESC, id DESC", limit: page.Limit + 1}
	l.where = reportWhere(f, p)
	if page.After != "" {
		c, err := ParseCursor(page.After)
		if err != nil {
			return "", err
		}
		l.where = append(l.where, `(t.received_at, t.id) < (`+p.add(c.At)+`::timestamptz, `+p.add(c.ID)+`::uuid)`)
	}
	switch {
	case f.Author != 0:
		l.where = append(l.where, within(s, "t", "author_id", p))
		if f.Place != 0 {
			l.where = append(l.where, inPlace(p.add(int64(f.Place))))
		}
		return l.sql(cadre.Scope{Author: f.Author}, p), nil
	case f.Place != 0 && f.Inside:
		l.where = append(l.where, within(s, "t", "author_id", p))
		return placeLed(l, f.Place, p), nil
	case f.Place != 0:
		l.where = append(l.where, inPlace(p.add(int64(f.Place))))
	}
	return l.sql(s, p), nil
}

func reportWhere(f ReportFilter, p *params) []string {
	var where []string
	if !f.From.IsZero() { // nothing arrives before it has happened, so that the index bounds the search
		from := p.add(f.From)
		where = append(where, `t.happened_on >= `+from+`::date AND t.received_at >= `+p.add(f.From.Start()))
	}
	if !f.To.IsZero() {
		where = append(where, `t.happened_on <= `+p.add(f.To)+`::date`)
	}
	if f.State != "" {
		where = append(where, `t.state = `+p.add(f.State))
	}
	if f.Kind != "" {
		where = append(where, `t.kind = `+p.add(f.Kind))
	}
	return where
}

// placeLed makes a list led by a place of any level: by every column that could hold it, all but one of which are empty,
// and for a sub-region, which is no column, by its communes of today.
func placeLed(l scoped, place territory.LocalityID, p *params) string {
	var branches []cadre.Branch
	for _, c := range cadre.Columns() {
		branches = append(branches, cadre.Branch{Column: c, ID: place})
	}
	id, limit := p.add(int64(place)), p.add(l.limit)
	return `(` + l.sql(cadre.Scope{Branches: branches}, p) + `) UNION (SELECT x.* FROM (
			SELECT v.locality_id AS id FROM locality_versions v JOIN localities o ON o.id = v.parent_id AND o.level = 'subregion'
			WHERE v.parent_id = ` + id + ` AND v.valid @> (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) m CROSS JOIN LATERAL (
			SELECT ` + l.columns + ` FROM ` + l.table + ` t WHERE ` + strings.Join(append([]string{`t.commune_id = m.id`}, l.where...), " AND ") + `
			ORDER BY ` + l.order + ` LIMIT ` + limit + `) x) ORDER BY ` + l.order + ` LIMIT ` + limit
}
