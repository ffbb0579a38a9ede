package postgres

import (
	"strconv"
	"strings"

	"banam/internal/cadre"
)

// params collects the parameters of a query that is put together.
type params struct{ list []any }

// add takes a parameter and gives its place in the text.
func (p *params) add(v any) string {
	p.list = append(p.list, v)
	return "$" + strconv.Itoa(len(p.list))
}

// byColumn groups the ids of a scope by column, in a fixed order.
func byColumn(s cadre.Scope) (columns []cadre.Column, ids map[cadre.Column][]int64) {
	ids = map[cadre.Column][]int64{}
	for _, b := range s.Branches {
		ids[b.Column] = append(ids[b.Column], int64(b.ID))
	}
	for _, c := range cadre.Columns() {
		if len(ids[c]) > 0 {
			columns = append(columns, c)
		}
	}
	return columns, ids
}

// within makes the condition that a row of the table alias lies in the scope: the SQL side of cadre.Scope.Covers. It is
// meant for single rows and small sets; lists use scoped. author is the alias's column of who wrote it.
func within(s cadre.Scope, alias, author string, p *params) string {
	var parts []string
	columns, ids := byColumn(s)
	for _, c := range columns {
		parts = append(parts, alias+"."+string(c)+" = ANY("+p.add(ids[c])+"::bigint[])")
	}
	if s.Author != 0 {
		parts = append(parts, alias+"."+author+" = "+p.add(int64(s.Author)))
	}
	if len(parts) == 0 {
		return "false"
	}
	return "(" + strings.Join(parts, " OR ") + ")"
}

// scoped is a list of rows of one table inside a scope, in the order of an index that each branch's column leads. Each
// branch reads its own top rows, so that the cost does not grow with the size of the place (architecture.md, "Data").
type scoped struct {
	table   string   // with the alias t
	author  string   // column of t that names the author
	columns string   // of t, the key and what the order needs: rows of several branches are told apart by it
	where   []string // conditions on t
	order   string   // on the bare columns
	limit   int
}

// sql makes a query whose rows have the columns, each row once, in order.
func (l scoped) sql(s cadre.Scope, p *params) string {
	conditions := ""
	if len(l.where) > 0 {
		conditions = " AND " + strings.Join(l.where, " AND ")
	}
	limit := p.add(l.limit)
	var parts []string
	columns, ids := byColumn(s)
	for _, c := range columns {
		parts = append(parts, `(SELECT x.* FROM unnest(`+p.add(ids[c])+`::bigint[]) AS b (id) CROSS JOIN LATERAL (
			SELECT `+l.columns+` FROM `+l.table+` t WHERE t.`+string(c)+` = b.id`+conditions+`
			ORDER BY `+l.order+` LIMIT `+limit+`) x)`)
	}
	if s.Author != 0 {
		parts = append(parts, `(SELECT x.* FROM (SELECT `+l.columns+` FROM `+l.table+` t WHERE t.`+l.author+` = `+p.add(int64(s.Author))+conditions+`
			ORDER BY `+l.order+` LIMIT `+limit+`) x)`)
	}
	if len(parts) == 0 {
		return `SELECT ` + l.columns + ` FROM ` + l.table + ` t WHERE false AND ` + limit + `::int > 0` + conditions
	}
	return strings.Join(parts, " UNION ") + ` ORDER BY ` + l.order + ` LIMIT ` + limit
}
