package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// CoverageQuery says what the board of coverage shows: the numbers of two days and, without a kind, of each commune and of how
// much people hold; with a kind the gaps of that kind whose key comes after the given one, at most Limit of them.
type CoverageQuery struct {
	Of      CoverageOf
	Before  territory.Day // whose numbers stand beside
	Kind    GapKind
	Commune territory.LocalityID // whose gaps alone are listed; zero for all
	After   int64
	Limit   int
}

// Coverage is what the board of coverage shows.
type Coverage struct {
	Gaps     Gaps
	Before   Gaps
	Communes []CommuneCoverage // those with most gaps first
	Loads    []Load
	Rows     []GapRow
}

// CommuneCoverage counts what is covered in one commune.
type CommuneCoverage struct {
	ID        territory.LocalityID
	Name      string
	Above     string
	Supported bool // it has a tier-1 cadre
	Gaps      Gaps // of its hamlets, groups and desks
}

// Load says how many people hold a number of places; the last number means that many or more.
type Load struct{ Places, People int }

// Coverage reads the board of coverage in one round trip.
func (r reader) Coverage(ctx context.Context, q CoverageQuery) (Coverage, error) {
	var found Coverage
	b := &batch{}
	queueGaps(b, &found.Gaps, q.Of)
	before := q.Of
	before.Day = q.Before
	queueGaps(b, &found.Before, before)
	if q.Kind == "" {
		queueCommuneCoverage(b, &found.Communes, q.Of)
		queueLoads(b, &found.Loads, q.Of)
	} else {
		queueGapRows(b, &found.Rows, q)
	}
	err := r.run(ctx, b)
	return found, err
}

func queueCommuneCoverage(b *batch, dst *[]CommuneCoverage, of CoverageOf) {
	queueAll(b, dst, func(row pgx.CollectableRow) (CommuneCoverage, error) {
		var c CommuneCoverage
		g := &c.Gaps
		err := row.Scan(&c.ID, &c.Name, &c.Above, &c.Supported, &g.Hamlets, &g.HamletsCovered, &g.Groups, &g.GroupsCovered, &g.Desks, &g.DesksCovered)
		return c, err
	}, covered+`, counted AS (
			SELECT commune, bool_or(level = 'commune' AND supported) AS one, count(*) FILTER (WHERE level = 'hamlet') AS hamlets,
				count(*) FILTER (WHERE level = 'hamlet' AND supported) AS two, count(*) FILTER (WHERE level = 'group') AS groups,
				count(*) FILTER (WHERE level = 'group' AND supported) AS three, count(*) FILTER (WHERE level <> 'group') AS desks,
				count(*) FILTER (WHERE level <> 'group' AND led) AS led
			FROM place WHERE commune IS NOT NULL GROUP BY commune)
		SELECT n.commune, v.name, coalesce(pv.name, ''), n.one, n.hamlets, n.two, n.groups, n.three, n.desks, n.led FROM counted n
		JOIN locality_versions v ON v.locality_id = n.commune AND `+during("v.valid", "$2")+`
		LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND `+during("pv.valid", "$2")+`
		ORDER BY n.hamlets - n.two + n.groups - n.three + n.desks - n.led + (NOT n.one)::int DESC, v.name COLLATE "vi-x-icu", n.commune`, of.args()...)
}

func queueLoads(b *batch, dst *[]Load, of CoverageOf) {
	queueAll(b, dst, pgx.RowToStructByPos[Load], covered+`
		SELECT 0, (SELECT count(*)::int FROM idle)
		UNION ALL
		SELECT least(n, $5::int)::int, count(*)::int FROM (SELECT count(DISTINCT locality_id) AS n FROM held WHERE works GROUP BY cadre_id) p GROUP BY 1 ORDER BY 1`,
		of.args(cadre.MostPlaces+1)...)
}

// missing gives the condition on a place for each kind of gap of places.
var missing = map[GapKind]string{
	NoTierOne: `p.level = 'commune' AND NOT p.supported`, NoTierTwo: `p.level = 'hamlet' AND NOT p.supported`,
	NoTierThree: `p.level = 'group' AND NOT p.supported`, NoLead: `p.level <> 'group' AND NOT p.led`,
}

func queueGapRows(b *batch, dst *[]GapRow, q CoverageQuery) {
	names := ` JOIN locality_versions v ON v.locality_id = p.id AND ` + during("v.valid", "$2") + `
		LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND ` + during("pv.valid", "$2")
	from := `FROM held h JOIN place p ON p.id = h.locality_id JOIN cadres c ON c.id = h.cadre_id JOIN posts po ON po.id = h.post_id` + names
	const within = ` AND ($6::bigint = 0 OR p.commune = $6)`
	args := q.Of.args(q.After, int64(q.Commune), q.Limit)
	switch q.Kind {
	case NoAccount:
		queueAll(b, dst, pgx.RowToStructByPos[GapRow], covered+`
			SELECT DISTINCT ON (h.cadre_id) h.cadre_id, p.id, p.level, v.name, coalesce(pv.name, ''), c.full_name, po.name_vi, po.name_en, 1 `+from+`
			WHERE h.cadre_id > $5`+within+` AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.cadre_id = h.cadre_id AND a.disabled_at IS NULL)
			ORDER BY h.cadre_id, p.id LIMIT $7`, args...)
	case TooMany:
		queueAll(b, dst, pgx.RowToStructByPos[GapRow], covered+fmt.Sprintf(`, loaded AS (
				SELECT cadre_id, count(DISTINCT locality_id)::int AS n FROM held WHERE works GROUP BY cadre_id HAVING count(DISTINCT locality_id) > %d)
			SELECT DISTINCT ON (h.cadre_id) h.cadre_id, p.id, p.level, v.name, coalesce(pv.name, ''), c.full_name, po.name_vi, po.name_en, l.n `, cadre.MostPlaces)+from+`
			JOIN loaded l ON l.cadre_id = h.cadre_id WHERE h.works AND h.cadre_id > $5`+within+` ORDER BY h.cadre_id, p.id LIMIT $7`, args...)
	case Idle:
		queueAll(b, dst, pgx.RowToStructByPos[GapRow], covered+`
			SELECT id, 0::bigint, '', '', '', full_name, '', '', 0 FROM idle WHERE id > $5 AND $6::bigint = 0 ORDER BY id LIMIT $7`, args...)
	case NoTierOne, NoTierTwo, NoTierThree, NoLead:
		queueAll(b, dst, pgx.RowToStructByPos[GapRow], covered+`
			SELECT p.id, p.id, p.level, v.name, coalesce(pv.name, ''), '', '', '', 0
			FROM (SELECT p.id, p.level FROM place p WHERE `+missing[q.Kind]+` AND p.id > $5`+within+` ORDER BY p.id LIMIT $7) p`+names+` ORDER BY p.id`, args...)
	}
}
