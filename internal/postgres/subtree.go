package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"banam/internal/territory"
)

// SubtreeRow is one place of a subtree with who is there.
type SubtreeRow struct {
	ID         territory.LocalityID
	Level      territory.Level
	Name       string
	Code       string
	Above      string // the places between, the nearest first
	Leads      string // names, joined
	Supporters string // names of the tier that is sent here, of any tier at a hamlet where no district is, joined
	path       []string
}

// Subtree lists a place and everything below it on a day, each place before those below it, and gives the cursor of the next
// page; empty on the last one. A cursor that is none is NotFound. The caller judges whether the reader may know of the place.
func (r reader) Subtree(ctx context.Context, id territory.LocalityID, day territory.Day, page Page) ([]SubtreeRow, string, error) {
	after, err := parsePath(page.After)
	if err != nil {
		return nil, "", err
	}
	const names = `coalesce((SELECT string_agg(c.full_name, ', ' ORDER BY s.is_primary DESC, c.given_name, c.full_name) FROM assignments s
		JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL JOIN posts p ON p.id = s.post_id
		WHERE s.locality_id = page.id AND s.voided_at IS NULL AND s.period @> $2::date AND `
	rows, err := r.q.Query(ctx, `WITH RECURSIVE tree AS (
			SELECT v.locality_id AS id, v.name, v.code, '' AS above, '{}'::text[] AS path FROM locality_versions v WHERE v.locality_id = $1 AND v.valid @> $2::date
			UNION ALL
			SELECT v.locality_id, v.name, v.code, concat_ws(', ', tree.name, nullif(tree.above, '')),
				path || (lpad(coalesce(substring(v.name FROM '[0-9]{1,9}'), ''), 9, '0') || ' ' || v.name || ' ' || v.locality_id)
			FROM tree JOIN locality_versions v ON v.parent_id = tree.id AND v.valid @> $2::date),
		page AS MATERIALIZED (SELECT * FROM tree WHERE path > $3::text[] OR $4 ORDER BY path LIMIT $5)
		SELECT page.id, l.level, page.name, coalesce(page.code, ''), page.above,
			`+names+`p.capability = 'lead'), ''),
			`+names+`p.capability = 'support' AND s.household_id IS NULL AND CASE l.level WHEN 'commune' THEN p.tier = 'province' WHEN 'group' THEN p.tier = 'commune'
				WHEN 'hamlet' THEN p.tier = 'district' OR NOT EXISTS (SELECT FROM locality_chain(page.id, $2) ch WHERE ch.level = 'district') ELSE false END), ''),
			page.path
		FROM page JOIN localities l ON l.id = page.id ORDER BY page.path`, id, day, after, page.After == "", page.Limit+1)
	found, err := all(rows, err, func(row pgx.CollectableRow) (SubtreeRow, error) {
		var l SubtreeRow
		err := row.Scan(&l.ID, &l.Level, &l.Name, &l.Code, &l.Above, &l.Leads, &l.Supporters, &l.path)
		return l, err
	})
	if err != nil || len(found) <= page.Limit {
		return found, "", err
	}
	found = found[:page.Limit]
	return found, pathCursor(found[page.Limit-1].path), nil
}
