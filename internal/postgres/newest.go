package postgres

import (
	"strings"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// newest is a list of the facts of one table, the newest first, as pages with filters show it.
type newest struct {
	table  string               // with the alias t
	author string               // column of t that names who wrote it
	at     string               // column of t by which the list is sorted
	where  []string             // conditions on t
	words  *facts               // only what has these words: the search for them; nil for everything
	query  string               // tsquery of the words
	by     cadre.ID             // only what this person wrote; zero for everybody
	place  territory.LocalityID // only what happened there or below; zero for everywhere
	inside bool                 // the place lies inside the reader's own ones, not above them
	desks  []int64              // only what waits at one of these desks; none for all
}

// sql makes the query of the ids of one page inside a scope, one more than wanted. A place inside the reader's own ones
// leads the search, so that a province's reader pays for the commune asked for and not for the province; a place above
// leaves the reader's own ones to lead. A cursor that is none is NotFound.
func (n newest) sql(s cadre.Scope, page Page, p *params) (string, error) {
	l := scoped{
		table: n.table, author: n.author, columns: "id, " + n.at, order: n.at + " DESC, id DESC", limit: page.Limit + 1, where: n.where,
	}
	if page.After != "" {
		c, err := ParseCursor(page.After)
		if err != nil {
			return "", err
		}
		l.where = append(l.where, `(t.`+n.at+`, t.id) < (`+p.add(c.At)+`::timestamptz, `+p.add(c.ID)+`::uuid)`)
		if n.words != nil {
			n.words.day = territory.DayOf(c.At)
		}
	}
	if n.words != nil {
		return n.found(l, s, p), nil
	}
	if n.place != 0 && (!n.inside || n.by != 0 || len(n.desks) > 0) {
		l.where = append(l.where, inPlace(p.add(int64(n.place))))
	}
	switch {
	case len(n.desks) > 0:
		l.where = append(l.where, `t.desk_id = ANY(`+p.add(n.desks)+`)`, within(s, "t", n.author, p))
		return `SELECT ` + l.columns + ` FROM ` + l.table + ` t WHERE ` + strings.Join(l.where, " AND ") + ` ORDER BY ` + l.order + ` LIMIT ` + p.add(l.limit), nil
	case n.by != 0:
		l.where = append(l.where, within(s, "t", n.author, p))
		return l.sql(cadre.Scope{Author: n.by}, p), nil
	case n.place != 0 && n.inside:
		l.where = append(l.where, within(s, "t", n.author, p))
		return placeLed(l, n.place, p), nil
	}
	return l.sql(s, p), nil
}

// found makes the query of a page by the index of words.
func (n newest) found(l scoped, s cadre.Scope, p *params) string {
	f := *n.words
	f.table, f.author, f.at, f.limit = n.table, n.author, n.at, l.limit
	if n.place != 0 {
		l.where = append(l.where, inPlace(p.add(int64(n.place))))
	}
	if len(n.desks) > 0 {
		l.where = append(l.where, `t.desk_id = ANY(`+p.add(n.desks)+`)`)
	}
	if n.by != 0 {
		l.where = append(l.where, `t.`+n.author+` = `+p.add(int64(n.by)))
	}
	f.guard = strings.Join(append(l.where, within(s, "t", n.author, p)), " AND ")
	return f.sql(s, n.query, p)
}

// placeLed makes a list led by a place of any level: by every column that could hold it, all but one of which are empty,
// for a sub-region, which is no column, by its communes of today, and by the pasts that reorganisations have brought.
func placeLed(l scoped, place territory.LocalityID, p *params) string {
	var branches []cadre.Branch
	for _, c := range cadre.Columns() {
		branches = append(branches, cadre.Branch{Column: c, ID: place})
	}
	id, limit := p.add(int64(place)), p.add(l.limit)
	pasts := ""
	for _, c := range cadre.Columns() {
		pasts += ` UNION (SELECT x.* FROM (SELECT past_id AS id FROM locality_pasts WHERE locality_id = ` + id + ` AND past_column = '` + string(c) + `'
			AND coalesce(until > (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, true)) m CROSS JOIN LATERAL (
			SELECT ` + l.columns + ` FROM ` + l.table + ` t WHERE ` + strings.Join(append([]string{`t.` + string(c) + ` = m.id`}, l.where...), " AND ") + `
			ORDER BY ` + l.order + ` LIMIT ` + limit + `) x)`
	}
	return `(` + l.sql(cadre.Scope{Branches: branches}, p) + `)` + pasts + ` UNION (SELECT x.* FROM (
			SELECT v.locality_id AS id FROM locality_versions v JOIN localities o ON o.id = v.parent_id AND o.level = 'subregion'
			WHERE v.parent_id = ` + id + ` AND v.valid @> (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) m CROSS JOIN LATERAL (
			SELECT ` + l.columns + ` FROM ` + l.table + ` t WHERE ` + strings.Join(append([]string{`t.commune_id = m.id`}, l.where...), " AND ") + `
			ORDER BY ` + l.order + ` LIMIT ` + limit + `) x) ORDER BY ` + l.order + ` LIMIT ` + limit
}
