package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// owes is the condition that an assignment s of a post p owes a report of the month between two days (casework.OwesReport).
func owes(since, last string) string {
	return `s.voided_at IS NULL AND p.capability = 'support' AND lower(s.period) <= ` + since + `::date AND coalesce(upper(s.period) > ` + last + `::date, true)`
}

// unreported is the condition that the person of an assignment s has sent nothing of the days at the place or below; what was withdrawn was not sent. Facts keep the places above
// them by level; a sub-region is none of these.
func unreported(place, level, first, last string) string {
	return `NOT EXISTS (SELECT FROM reports r WHERE r.author_id = s.cadre_id AND r.happened_on >= ` + first + `::date AND r.happened_on <= ` + last + `::date
		AND ` + counts("r") + `
		AND ` + place + ` = CASE ` + level + ` WHEN 'province' THEN r.province_id WHEN 'district' THEN r.district_id WHEN 'commune' THEN r.commune_id
			WHEN 'hamlet' THEN r.hamlet_id ELSE r.locality_id END)`
}

// OwedPlace is a place of which somebody owes a report.
type OwedPlace struct {
	ID    territory.LocalityID
	Name  string
	Above string
}

// queueOwed reads the places of which a person owes a report of the month.
func queueOwed(b *batch, dst *[]OwedPlace, who cadre.ID, m casework.Month, today territory.Day) {
	queueAll(b, dst, pgx.RowToStructByPos[OwedPlace], `SELECT DISTINCT v.locality_id, v.name,
			CASE s.level WHEN 'group' THEN concat_ws(', ', pv.name, gv.name) WHEN 'hamlet' THEN coalesce(pv.name, '') ELSE '' END
		FROM assignments s JOIN posts p ON p.id = s.post_id JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> $5::date
		LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND pv.valid @> $5::date
		LEFT JOIN locality_versions gv ON gv.locality_id = pv.parent_id AND gv.valid @> $5::date
		WHERE s.cadre_id = $1 AND `+owes("$4", "$3")+` AND `+unreported("s.locality_id", "s.level", "$2", "$3")+` ORDER BY 2, 1`,
		who, m.First(), m.Last(), m.OwesSince(), today)
}

// Debtor is somebody who owes reports of a month, with some of the places and how many they are.
type Debtor struct {
	Cadre  cadre.ID
	Places []string
	Count  int
}

// Debtors lists people who owe reports of the month and have not been told so under a key, in the order of their ids after the given one: those
// only who can sign in.
func (r reader) Debtors(ctx context.Context, m casework.Month, key string, today territory.Day, after cadre.ID, limit int) ([]Debtor, error) {
	rows, err := r.q.Query(ctx, `SELECT cadre_id, (array_agg(name ORDER BY name, id))[1:3], count(*)::int FROM (
			SELECT DISTINCT s.cadre_id, v.locality_id AS id, CASE WHEN s.level IN ('group', 'hamlet') THEN concat_ws(', ', v.name, pv.name) ELSE v.name END AS name
			FROM assignments s JOIN posts p ON p.id = s.post_id
			JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> $4::date
			LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND pv.valid @> $4::date
			WHERE s.cadre_id IN (
					SELECT c.id FROM cadres c JOIN accounts a ON a.cadre_id = c.id AND a.disabled_at IS NULL WHERE c.disabled_at IS NULL AND c.id > $5
					AND EXISTS (SELECT FROM assignments s JOIN posts p ON p.id = s.post_id WHERE s.cadre_id = c.id AND `+owes("$3", "$2")+`
						AND `+unreported("s.locality_id", "s.level", "$1", "$2")+`)
					AND NOT EXISTS (SELECT FROM notices n WHERE n.cadre_id = c.id AND n.event_key = $6) ORDER BY c.id LIMIT $7)
				AND `+owes("$3", "$2")+` AND `+unreported("s.locality_id", "s.level", "$1", "$2")+`) owed
		GROUP BY cadre_id ORDER BY cadre_id`, m.First(), m.Last(), m.OwesSince(), today, after, key, limit)
	return all(rows, err, pgx.RowToStructByPos[Debtor])
}

// OwedFilter says of which month and place the debts are listed.
type OwedFilter struct {
	Month casework.Month
	Place territory.LocalityID // and below; zero for all
}

// OwedRow is a place held by somebody who has sent nothing of a month.
type OwedRow struct {
	Place  territory.LocalityID
	Level  territory.Level
	Name   string
	Above  string // the place right above; of a group hamlet and commune. As far as they lie below the reader's own
	Cadre  cadre.ID
	Person string
	PostVi string
	PostEn string
	Last   territory.Day // on which they last saw what they reported of the place, ever; no day if never
	path   []string
}

// OwedCommune counts the debts of a commune; the zero id stands for what belongs to none.
type OwedCommune struct {
	ID            territory.LocalityID
	Name          string
	Owed, Missing int
}

// OwedList is a page of debts.
type OwedList struct {
	Rows     []OwedRow
	Communes []OwedCommune
	Chosen   string // the name of the place in the filter; empty if it lies outside
	Next     string // cursor of the next page; empty on the last one
}

// Owed lists who owes a report of a month at some places and has sent none, with how many they are by commune, in one round trip. Places are those of the
// month's last day, of today in a month that is not over. A cursor that is none is NotFound.
func (r reader) Owed(ctx context.Context, of CoverageOf, f OwedFilter, page Page) (OwedList, error) {
	after, err := parsePath(page.After)
	if err != nil {
		return OwedList{}, err
	}
	args := []any{int64s(of.Below), of.Day, int64s(of.Alone), f.Month.First(), f.Month.Last(), f.Month.OwesSince(), int64(f.Place)}
	var list OwedList
	b := &batch{}
	b.Queue(owedSQL+`, page AS MATERIALIZED (SELECT * FROM owed WHERE ($7::bigint = 0 OR $7 = ANY(ids)) AND missing AND (path > $8::text[] OR $9) ORDER BY path LIMIT $10)
		SELECT * FROM (SELECT o.id, o.level, o.name, o.above, o.cadre_id, c.full_name, p.name_vi, p.name_en,
			(SELECT r.happened_on FROM reports r WHERE r.author_id = o.cadre_id AND o.id = CASE o.level WHEN 'province' THEN r.province_id WHEN 'district' THEN r.district_id
				WHEN 'commune' THEN r.commune_id WHEN 'hamlet' THEN r.hamlet_id ELSE r.locality_id END AND `+counts("r")+`
				ORDER BY r.happened_on DESC LIMIT 1), o.path, 0 AS owed, 0 AS missing
		FROM page o JOIN cadres c ON c.id = o.cadre_id JOIN posts p ON p.id = o.post_id
		UNION ALL
		SELECT coalesce(o.commune, 0), '', coalesce(max(v.name), ''), '', 0, '', '', '', NULL, NULL, count(*)::int, (count(*) FILTER (WHERE o.missing))::int
		FROM owed o LEFT JOIN locality_versions v ON v.locality_id = o.commune AND `+during("v.valid", "$2")+` GROUP BY o.commune) found
		ORDER BY path, name COLLATE "vi-x-icu", id`, append(args, after, page.After == "", page.Limit+1)...).Query(list.scan)
	if f.Place != 0 {
		b.Queue(owedPlacesSQL+`SELECT coalesce(max(name), '') FROM place WHERE id = $4`, int64s(of.Below), of.Day, int64s(of.Alone), int64(f.Place)).
			QueryRow(func(row pgx.Row) error { return row.Scan(&list.Chosen) })
	}
	if err := r.run(ctx, b); err != nil || len(list.Rows) <= page.Limit {
		return list, err
	}
	list.Rows = list.Rows[:page.Limit]
	list.Next = pathCursor(list.Rows[page.Limit-1].path)
	return list, nil
}

// scan reads the rows of a page and, without a path, the counts of communes, which come behind.
func (l *OwedList) scan(rows pgx.Rows) error {
	var o OwedRow
	var owed, missing int
	_, err := pgx.ForEachRow(rows, []any{&o.Place, &o.Level, &o.Name, &o.Above, &o.Cadre, &o.Person, &o.PostVi, &o.PostEn, &o.Last, &o.path, &owed, &missing}, func() error {
		if o.path == nil {
			l.Communes = append(l.Communes, OwedCommune{ID: o.Place, Name: o.Name, Owed: owed, Missing: missing})
		} else {
			l.Rows = append(l.Rows, o)
		}
		o = OwedRow{}
		return nil
	})
	return translate(err)
}

// owedPlacesSQL walks down from the places $1 on the day $2 and adds the places $3 by themselves. Each place has its way from above: ids, and a key
// that sorts numbered names by their numbers.
var owedPlacesSQL = `WITH RECURSIVE down AS (
		SELECT l.id, l.level, v.name, '' AS above, ARRAY[l.id] AS ids, ARRAY[` + sortKey + `] AS path,
			(SELECT ch.locality_id FROM locality_chain(l.id, $2) ch WHERE ch.level = 'commune') AS commune, l.id = ANY($1) AS deeper
		FROM localities l JOIN locality_versions v ON v.locality_id = l.id AND ` + during("v.valid", "$2") + ` WHERE l.id = ANY($1) OR l.id = ANY($3)
		UNION ALL
		SELECT l.id, l.level, v.name, concat_ws(', ', d.name, CASE WHEN d.level = 'hamlet' THEN nullif(d.above, '') END), d.ids || l.id, d.path || (` + sortKey + `),
			CASE WHEN l.level = 'commune' THEN l.id ELSE d.commune END, true
		FROM down d JOIN locality_versions v ON v.parent_id = d.id AND ` + during("v.valid", "$2") + ` JOIN localities l ON l.id = v.locality_id WHERE d.deeper
	), place AS MATERIALIZED (SELECT DISTINCT ON (id) * FROM down ORDER BY id, path)`

const sortKey = `lpad(coalesce(substring(v.name FROM '[0-9]{1,9}'), ''), 9, '0') || ' ' || v.name || ' ' || l.id`

// owedSQL adds who owes a report of the month between $4 and $5, since an assignment of $6 or before, and whether it is missing. Somebody who holds
// a place twice owes one. Both are kept, as in covered.
var owedSQL = owedPlacesSQL + `, owed AS MATERIALIZED (
		SELECT DISTINCT ON (d.id, s.cadre_id) d.id, d.level, d.name, d.above, d.ids, d.commune, d.path || lpad(s.cadre_id::text, 19, '0') AS path, s.cadre_id, s.post_id,
			` + unreported("d.id", "d.level", "$4", "$5") + ` AS missing
		FROM place d JOIN assignments s ON s.locality_id = d.id JOIN posts p ON p.id = s.post_id JOIN cadres c ON c.id = s.cadre_id
		WHERE ` + owes("$6", "$5") + ` AND ` + activeOn("$2") + `
		ORDER BY d.id, s.cadre_id, p.position DESC
	)`
