package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"banam/internal/territory"
)

// PlaceVersion is how a place was called and where it stood in some time.
type PlaceVersion struct {
	Span
	Name, Code, Parent, Decree string
}

// queueVersions adds the read of how a place was called, the latest first.
func queueVersions(b *batch, dst *[]PlaceVersion, id territory.LocalityID) {
	queueAll(b, dst, func(row pgx.CollectableRow) (PlaceVersion, error) {
		var v PlaceVersion
		err := row.Scan(&v.From, &v.Until, &v.Name, &v.Code, &v.Parent, &v.Decree)
		return v, err
	}, `SELECT lower(v.valid), upper(v.valid), v.name, coalesce(v.code, ''), coalesce(p.name, ''), v.legal_basis FROM locality_versions v
		LEFT JOIN locality_versions p ON p.locality_id = v.parent_id AND p.valid @> coalesce(upper(v.valid) - 1, greatest(lower(v.valid), current_date))
		WHERE v.locality_id = $1 ORDER BY lower(v.valid) DESC`, id)
}

// TreeNode is a place of the tree with how many places lie right below it.
type TreeNode struct {
	ID, Parent territory.LocalityID
	Level      territory.Level
	Name       string
	Below      int
}

// treeAtOnce bounds how many places a tree shows at a time.
const treeAtOnce = 1000

// PlaceTree reads some places of a day with the places of the next two levels below each. One that is not there on the day is stood for by
// those that it follows, or by the one that follows it.
func (r reader) PlaceTree(ctx context.Context, of []territory.LocalityID, day territory.Day) ([]TreeNode, error) {
	rows, err := r.q.Query(ctx, `WITH RECURSIVE roots (id, depth) AS (
			SELECT coalesce(locality_today(r.id, $2), r.id), 0 FROM unnest($1::bigint[]) AS r (id)
			UNION
			SELECT s.from_id, roots.depth + 1 FROM roots JOIN successions s ON s.to_id = roots.id AND s.on_day > $2::date
			WHERE roots.depth < 20 AND NOT EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = roots.id AND v.valid @> $2::date)
		), tree AS (
			SELECT v.locality_id AS id, 0::bigint AS parent, v.name, 0 AS depth FROM locality_versions v WHERE v.locality_id IN (SELECT id FROM roots) AND v.valid @> $2::date
			UNION ALL
			SELECT v.locality_id, tree.id, v.name, tree.depth + 1 FROM tree JOIN locality_versions v ON v.parent_id = tree.id AND v.valid @> $2::date WHERE tree.depth < 2)
		SELECT t.id, t.parent, l.level, t.name, (SELECT count(*)::int FROM locality_versions c WHERE c.parent_id = t.id AND c.valid @> $2::date)
		FROM tree t JOIN localities l ON l.id = t.id
		ORDER BY t.depth, coalesce(substring(t.name FROM '[0-9]{1,9}')::int, 0), t.name COLLATE "vi-x-icu", t.id LIMIT $3`, int64s(of), day, treeAtOnce)
	return all(rows, err, pgx.RowToStructByPos[TreeNode])
}
