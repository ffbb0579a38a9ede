package postgres

import (
	"context"
	"strconv"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// CadreRow is a person as lists show them.
type CadreRow struct {
	ID       cadre.ID
	Name     string
	Tier     cadre.Tier
	Position string
	Agency   string
	Disabled bool
	Posts    int    // held today, wherever
	PostVi   string // the first of those held in the reader's subtree
	PostEn   string
	Place    string // where

	BirthYear int // 0 where it is not known
	Namesakes int // others of the same name whom the reader knows
}

// down gives the places of some subtrees ($1) on a day ($2), with the closed ones that they follow: who held something there is known on.
var down = `WITH RECURSIVE down AS (
		SELECT l.id FROM localities l WHERE l.id = ANY($1)
		UNION
		SELECT x.id FROM down CROSS JOIN LATERAL (` + under("down", "$2") + `) x
	)`

// under is the SQL of what lies right below the places of a table on a day, and of what they follow: one step down to everybody who
// is, or was, in a subtree.
func under(table, day string) string {
	return `SELECT v.locality_id AS id FROM locality_versions v WHERE v.parent_id = ` + table + `.id AND v.valid @> ` + day + `::date
		UNION ALL SELECT f.from_id FROM successions f WHERE f.to_id = ` + table + `.id AND f.on_day <= ` + day + `::date`
}

// knownBelow is the condition that administrators know the person c: entered for their subtree, or holding or having held
// something in it.
const knownBelow = `(c.home_id IN (SELECT id FROM down) OR EXISTS (
	SELECT FROM assignments s JOIN down ON down.id = s.locality_id WHERE s.cadre_id = c.id AND s.voided_at IS NULL))`

// knownAmong is knownBelow for long lists: who holds or held something in the subtree is found once, and not for each person.
func knownAmong(person string) string {
	return `(` + person + `.home_id IN (SELECT id FROM down) OR ` + person + `.id IN (
		SELECT s.cadre_id FROM assignments s JOIN down ON down.id = s.locality_id WHERE s.voided_at IS NULL))`
}

// namesakes counts the others of the name of the person c whom the administrators know, by the index of names.
var namesakes = `(SELECT count(*)::int FROM cadres o WHERE o.given_name COLLATE "vi-x-icu" = c.given_name AND o.full_name COLLATE "vi-x-icu" = c.full_name
	AND o.id <> c.id AND o.disabled_at IS NULL AND ` + knownAmong("o") + `)`

var cadreRowSQL = `SELECT c.id, c.full_name, c.tier, c.position, c.agency, c.disabled_at IS NOT NULL,
	(SELECT count(*)::int FROM assignments s WHERE s.cadre_id = c.id AND s.voided_at IS NULL AND s.period @> $2::date),
	coalesce(h.name_vi, ''), coalesce(h.name_en, ''), coalesce(h.place, ''), coalesce(c.birth_year, 0), ` + namesakes + `
	FROM cadres c LEFT JOIN LATERAL (
		SELECT p.name_vi, p.name_en, CASE s.level WHEN 'group' THEN concat_ws(', ', v.name, pv.name, gv.name) WHEN 'hamlet' THEN concat_ws(', ', v.name, pv.name)
			ELSE v.name END AS place
		FROM assignments s JOIN down ON down.id = s.locality_id JOIN posts p ON p.id = s.post_id
		JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> $2::date
		LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND pv.valid @> $2::date
		LEFT JOIN locality_versions gv ON gv.locality_id = pv.parent_id AND gv.valid @> $2::date
		WHERE s.cadre_id = c.id AND s.voided_at IS NULL AND s.period @> $2::date ORDER BY s.is_primary DESC, p.position DESC, s.id LIMIT 1) h ON true`

func scanCadreRow(row pgx.CollectableRow) (CadreRow, error) {
	return pgx.RowToStructByPos[CadreRow](row)
}

// queueKnownCadre reads one person whom administrators of some places know.
func queueKnownCadre(b *batch, dst *CadreRow, known *bool, id cadre.ID, below []territory.LocalityID, day territory.Day) {
	queueOne(b, dst, known, scanCadreRow, down+cadreRowSQL+` WHERE c.id = $3 AND `+knownBelow, int64s(below), day, id)
}

// CadreFilter narrows the list of cadres. The zero value lists all.
type CadreFilter struct {
	Words    Words
	Tier     cadre.Tier
	Place    territory.LocalityID // whose subtree they hold something in, or were entered for; zero for all
	Fit      territory.LocalityID // whose posts their tier fits; zero for all
	Held     string               // "yes" with an assignment today, "no" without
	Disabled bool                 // only those; otherwise only the others
}

// Cadres lists the people whom administrators of some places know, by given name, and gives behind whom the next
// page begins; empty on the last one. Whoever is no number is NotFound.
func (r reader) Cadres(ctx context.Context, below []territory.LocalityID, day territory.Day, f CadreFilter, page Page) ([]CadreRow, string, error) {
	sql, args, err := cadreListSQL(below, day, f, page)
	if err != nil {
		return nil, "", err
	}
	rows, err := r.q.Query(ctx, sql, args...)
	found, err := all(rows, err, scanCadreRow)
	if err != nil {
		return nil, "", err
	}
	found, next := cutCadres(found, page)
	return found, next, nil
}

// CadresPage is Cadres with the communes by which the list can be narrowed, in one round trip.
func (r reader) CadresPage(ctx context.Context, below []territory.LocalityID, day territory.Day, f CadreFilter, page Page) (
	rows []CadreRow, next string, communes []territory.Locality, err error,
) {
	sql, args, err := cadreListSQL(below, day, f, page)
	if err != nil {
		return nil, "", nil, err
	}
	b := &batch{}
	queueAll(b, &rows, scanCadreRow, sql, args...)
	queueCommunes(b, &communes, below, day)
	if err := r.run(ctx, b); err != nil {
		return nil, "", nil, err
	}
	rows, next = cutCadres(rows, page)
	return rows, next, communes, nil
}

// cutCadres takes the row off that tells of a next page, and gives its cursor.
func cutCadres(found []CadreRow, page Page) ([]CadreRow, string) {
	if len(found) <= page.Limit {
		return found, ""
	}
	found = found[:page.Limit]
	return found, strconv.FormatInt(int64(found[page.Limit-1].ID), 10)
}

// Namesakes reads people of a name whom administrators know, disabled ones too.
func (r reader) Namesakes(ctx context.Context, below []territory.LocalityID, day territory.Day, name string) ([]Candidate, error) {
	rows, err := r.q.Query(ctx, namesakesSQL, int64s(below), day, name)
	return all(rows, err, pgx.RowToStructByPos[Candidate])
}

var namesakesSQL = down + `SELECT ` + candidateColumns + ` FROM cadres c WHERE c.search_key = search_key($3) AND ` + knownBelow + ` ORDER BY c.id LIMIT 20`

// cadreListSQL makes the query of a page of the list, which reads one row more than the page has.
func cadreListSQL(below []territory.LocalityID, day territory.Day, f CadreFilter, page Page) (sql string, args []any, err error) {
	p := &params{list: []any{int64s(below), day}}
	with := down
	if f.Place != 0 {
		with = `WITH RECURSIVE mine AS (
			SELECT l.id FROM localities l WHERE l.id = ANY($1)
			UNION
			SELECT x.id FROM mine CROSS JOIN LATERAL (` + under("mine", "$2") + `) x
		), down AS (
			SELECT id FROM mine WHERE id = ` + p.add(f.Place) + `
			UNION
			SELECT x.id FROM down CROSS JOIN LATERAL (` + under("down", "$2") + `) x)`
	}
	const key = `c.given_name COLLATE "vi-x-icu", c.full_name COLLATE "vi-x-icu", c.id`
	where := ` WHERE c.disabled_at IS ` + map[bool]string{true: "NOT NULL", false: "NULL"}[f.Disabled] + ` AND ` + knownAmong("c")
	if f.Tier != "" {
		where += ` AND c.tier = ` + p.add(f.Tier)
	}
	if f.Fit != 0 {
		where += ` AND c.tier IN (SELECT p.tier FROM posts p JOIN post_levels pl ON pl.post_id = p.id JOIN localities l ON l.level = pl.level WHERE l.id = ` + p.add(f.Fit) + `)`
	}
	if f.Words.Text != "" {
		where += ` AND ` + named("c.search_key", f.Words, p)
	}
	const today = `EXISTS (SELECT FROM assignments s WHERE s.cadre_id = c.id AND s.voided_at IS NULL AND s.period @> $2::date)`
	switch f.Held {
	case "yes":
		where += ` AND ` + today
	case "no":
		where += ` AND NOT ` + today
	}
	if page.After != "" {
		last, err := strconv.ParseInt(page.After, 10, 64)
		if err != nil {
			return "", nil, fault.NotFound()
		}
		where += ` AND (` + key + `) > (SELECT ` + key + ` FROM cadres c WHERE c.id = ` + p.add(last) + `)`
	}
	const order = ` ORDER BY ` + key
	return with + `, page AS MATERIALIZED (SELECT c.id FROM cadres c` + where + order + ` LIMIT ` + p.add(page.Limit+1) + `)
		` + cadreRowSQL + ` WHERE c.id IN (SELECT id FROM page)` + order, p.list, nil
}
