package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// TalkFilter says of which place and since when talk on reports is counted.
type TalkFilter struct {
	Since time.Time
	Place territory.LocalityID // and below; zero for all
	Quiet bool                 // only those whom nobody answered
}

// TalkPartner is somebody with whom a supporter exchanged words on reports.
type TalkPartner struct {
	ID     cadre.ID  `json:"id"`
	Name   string    `json:"name"`
	PostVi string    `json:"post_vi"`
	PostEn string    `json:"post_en"`
	Count  int       `json:"n"` // remarks of the one on the other's reports
	Last   time.Time `json:"last"`
}

// TalkRow is a place with somebody who supports it and everybody they exchanged words with there, the most frequent first.
type TalkRow struct {
	Place    territory.LocalityID
	Level    territory.Level
	Name     string
	Above    string
	Cadre    cadre.ID
	Person   string
	PostVi   string
	PostEn   string
	Partners []TalkPartner
	Last     *time.Time // nil for never within the time that is counted
	path     []string
}

// TalkCommune counts the supporters of a commune; the zero id stands for what belongs to none.
type TalkCommune struct {
	ID           territory.LocalityID
	Name         string
	Seats, Quiet int
}

// TalkList is a page of supporters with whom they talk.
type TalkList struct {
	Rows     []TalkRow
	Communes []TalkCommune
	Next     string // cursor of the next page; empty on the last one
}

// talkSQL adds to the table "place" who supports a place today, of groups only below the chosen place $6, and their talk on reports of
// the place that were sent since $4: what others said on theirs, and what they said on those of others. A remark is a comment, an acknowledgement or a return.
var talkSQL = owedPlacesSQL + `, seat AS MATERIALIZED (
		SELECT DISTINCT ON (d.id, s.cadre_id) d.id, d.level, d.name, d.above, d.ids, d.commune, d.path || lpad(s.cadre_id::text, 19, '0') AS path, s.cadre_id, s.post_id
		FROM place d JOIN assignments s ON s.locality_id = d.id AND s.voided_at IS NULL AND s.household_id IS NULL AND s.period @> $2::date
		JOIN posts p ON p.id = s.post_id AND p.capability = 'support' JOIN cadres c ON c.id = s.cadre_id
		WHERE ` + activeOn("$2") + ` AND ($6::bigint = 0 OR $6 = ANY(d.ids)) AND (d.level <> 'group' OR $5)
		ORDER BY d.id, s.cadre_id, p.position DESC
	), remark AS MATERIALIZED (
		SELECT d.id AS place, r.author_id, r.assignment_id AS author_as, e.actor_id, e.assignment_id AS actor_as, e.at
		FROM (SELECT DISTINCT id, level FROM seat) d CROSS JOIN LATERAL (
			SELECT r.id, r.author_id, r.assignment_id FROM reports r WHERE d.level = 'commune' AND r.commune_id = d.id AND r.received_at >= $4 AND r.state <> 'withdrawn'
			UNION ALL
			SELECT r.id, r.author_id, r.assignment_id FROM reports r WHERE d.level = 'hamlet' AND r.hamlet_id = d.id AND r.received_at >= $4 AND r.state <> 'withdrawn'
			UNION ALL
			SELECT r.id, r.author_id, r.assignment_id FROM reports r WHERE d.level = 'group' AND r.locality_id = d.id AND r.received_at >= $4 AND r.state <> 'withdrawn') r
		JOIN report_events e ON e.report_id = r.id AND e.move <> 'amend' AND e.actor_id <> r.author_id
	), talk AS MATERIALIZED (
		SELECT k.id, k.cadre_id, t.other, max(t.under) AS under, count(*)::int AS n, max(t.at) AS last FROM seat k JOIN (
			SELECT place, author_id AS who, actor_id AS other, actor_as AS under, at FROM remark
			UNION ALL
			SELECT place, actor_id, author_id, author_as, at FROM remark) t ON t.who = k.cadre_id AND t.place = k.id
		GROUP BY k.id, k.cadre_id, t.other
	)`

// Talk lists who supports places below some others with whom they exchanged words on reports, in one round trip. A cursor that is none is
// NotFound. With groups, those who look after groups are listed, too.
func (r reader) Talk(ctx context.Context, of CoverageOf, f TalkFilter, groups bool, page Page) (TalkList, error) {
	after, err := parsePath(page.After)
	if err != nil {
		return TalkList{}, err
	}
	var list TalkList
	b := &batch{}
	queueAll(b, &list.Rows, scanTalk, talkSQL+`, page AS MATERIALIZED (
			SELECT * FROM seat k WHERE (k.path > $7::text[] OR $8) AND (NOT $9 OR NOT EXISTS (SELECT FROM talk t WHERE t.id = k.id AND t.cadre_id = k.cadre_id))
			ORDER BY k.path LIMIT $10)
		SELECT k.id, k.level, k.name, k.above, k.cadre_id, c.full_name, p.name_vi, p.name_en, t.partners, t.last, k.path
		FROM page k JOIN cadres c ON c.id = k.cadre_id JOIN posts p ON p.id = k.post_id CROSS JOIN LATERAL (
			SELECT coalesce(json_agg(json_build_object('id', t.other, 'name', o.full_name, 'post_vi', coalesce(op.name_vi, ''), 'post_en', coalesce(op.name_en, ''), 'n',
				t.n, 'last', t.last)
				ORDER BY t.n DESC, t.last DESC, t.other), '[]'::json) AS partners, max(t.last) AS last
			FROM talk t JOIN cadres o ON o.id = t.other LEFT JOIN assignments oa ON oa.id = t.under LEFT JOIN posts op ON op.id = oa.post_id
			WHERE t.id = k.id AND t.cadre_id = k.cadre_id) t ORDER BY k.path`,
		int64s(of.Below), of.Day, int64s(of.Alone), f.Since, groups, int64(f.Place), after, page.After == "", f.Quiet, page.Limit+1)
	queueAll(b, &list.Communes, pgx.RowToStructByPos[TalkCommune], talkSQL+` SELECT coalesce(k.commune, 0), coalesce(max(v.name), ''), count(*)::int,
			(count(*) FILTER (WHERE NOT EXISTS (SELECT FROM talk t WHERE t.id = k.id AND t.cadre_id = k.cadre_id)))::int
		FROM seat k LEFT JOIN locality_versions v ON v.locality_id = k.commune AND `+during("v.valid", "$2")+`
		GROUP BY k.commune ORDER BY max(v.name) COLLATE "vi-x-icu", k.commune`,
		int64s(of.Below), of.Day, int64s(of.Alone), f.Since, groups, int64(0))
	if err := r.run(ctx, b); err != nil || len(list.Rows) <= page.Limit {
		return list, err
	}
	list.Rows = list.Rows[:page.Limit]
	list.Next = pathCursor(list.Rows[page.Limit-1].path)
	return list, nil
}

func scanTalk(row pgx.CollectableRow) (TalkRow, error) {
	var t TalkRow
	var partners []byte
	if err := row.Scan(&t.Place, &t.Level, &t.Name, &t.Above, &t.Cadre, &t.Person, &t.PostVi, &t.PostEn, &partners, &t.Last, &t.path); err != nil {
		return t, err
	}
	if err := json.Unmarshal(partners, &t.Partners); err != nil {
		return t, fmt.Errorf("reading who talked: %w", err)
	}
	return t, nil
}
