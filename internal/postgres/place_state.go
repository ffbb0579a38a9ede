package postgres

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// PlaceState is how things stand at one place that somebody looks after.
type PlaceState struct {
	ID         territory.LocalityID
	Name       string
	Above      string        // the commune of a held hamlet, hamlet and commune of a held group; the place right above for those below
	Open       int           // open issues
	Late       int           // of those, overdue at their desk
	LastReport territory.Day // of anybody; no day if never
	MyLast     territory.Day // the last one I wrote there; no day if never
	Promised   territory.Day // the nearest day by which somebody promised or was told to solve an open issue
}

// MonthCount is a number of a calendar month.
type MonthCount struct {
	Month territory.Day // its first day
	Count int
}

// placesAtOnce bounds how many places a home page shows.
const placesAtOnce = 50

// queueHeld reads how things stand at places that somebody holds.
func queueHeld(b *batch, dst *[]PlaceState, places []territory.LocalityID, q HomeQuery) {
	queueStates(b, dst, statesQuery{
		places: `SELECT l.id, l.level FROM localities l WHERE l.id = ANY($1)`,
		above:  `CASE WHEN b.level = 'hamlet' THEN pv.name WHEN b.level = 'group' THEN pv.name || ', ' || gv.name END`,
		order:  `name, id`,
	}, places, q)
}

// queuePlacesBelow reads how things stand at the places right below some others. A sub-region is passed through to its communes,
// since facts do not know it. Where most is open comes first.
func queuePlacesBelow(b *batch, dst *[]PlaceState, places []territory.LocalityID, q HomeQuery) {
	queueStates(b, dst, statesQuery{above: `pv.name`, order: `late DESC, open DESC, last NULLS FIRST, name, id`, places: `
			SELECT l.id, l.level FROM locality_versions v JOIN localities l ON l.id = v.locality_id
			WHERE v.parent_id = ANY($1) AND v.valid @> $2::date AND l.level <> 'subregion'
		UNION SELECT l.id, l.level FROM locality_versions s JOIN localities sl ON sl.id = s.locality_id AND sl.level = 'subregion'
			JOIN locality_versions v ON v.parent_id = s.locality_id AND v.valid @> $2::date JOIN localities l ON l.id = v.locality_id
			WHERE s.parent_id = ANY($1) AND s.valid @> $2::date`}, places, q)
}

// statesQuery says of which places the states are read, and how.
type statesQuery struct {
	places string // query of ids and levels
	above  string // the name to add, from pv (the place right above) and gv (the one above that)
	order  string
}

// queueStates reads how things stand at some places.
func queueStates(b *batch, dst *[]PlaceState, s statesQuery, of []territory.LocalityID, q HomeQuery) {
	if len(of) == 0 {
		return
	}
	var parts []string
	for _, c := range cadre.Columns() { // a part for each level, so that each finds its index
		column := string(c)
		parts = append(parts, `SELECT b.id, v.name, coalesce(`+s.above+`, '') AS above, coalesce(o.open, 0) AS open, coalesce(o.late, 0) AS late,
			(SELECT `+localDay("r.received_at")+` FROM reports r WHERE r.`+column+` = b.id AND `+counts("r")+` ORDER BY r.received_at DESC LIMIT 1) AS last,
			(SELECT max(r.happened_on) FROM reports r WHERE r.`+column+` = b.id AND r.author_id = $3 AND `+counts("r")+`) AS mine, o.promised
			FROM place b JOIN locality_versions v ON v.locality_id = b.id AND v.valid @> $2::date
			LEFT JOIN LATERAL (SELECT count(*) AS open, count(*) FILTER (WHERE i.due_at < $4) AS late,
				min(least(i.agency_due_on, i.instruction_due_on)) AS promised
				FROM issues i WHERE i.closed_at IS NULL AND i.`+column+` = b.id) o ON true
			LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND pv.valid @> $2::date
			LEFT JOIN locality_versions gv ON gv.locality_id = pv.parent_id AND gv.valid @> $2::date
			WHERE b.level = '`+levelOf(c)+`'`)
	}
	queueAll(b, dst, scanPlaceState, `WITH place AS MATERIALIZED (`+s.places+`) SELECT id, name, above, open, late, last, mine, promised
		FROM (`+strings.Join(parts, " UNION ALL ")+`) s ORDER BY `+s.order+` LIMIT $5`, int64s(of), territory.DayOf(q.Now), q.Cadre, q.Now, placesAtOnce)
}

// levelOf gives the level of the places that a column of facts names. Groups have no column of their own.
func levelOf(c cadre.Column) string {
	switch c {
	case cadre.ByProvince:
		return string(territory.Province)
	case cadre.ByDistrict:
		return string(territory.District)
	case cadre.ByCommune:
		return string(territory.Commune)
	case cadre.ByHamlet:
		return string(territory.Hamlet)
	case cadre.ByLocality:
	}
	return string(territory.Group)
}

func scanPlaceState(row pgx.CollectableRow) (PlaceState, error) {
	var s PlaceState
	err := row.Scan(&s.ID, &s.Name, &s.Above, &s.Open, &s.Late, &s.LastReport, &s.MyLast, &s.Promised)
	return s, err
}

// monthsShown is how many months the chart of one's own reports has, the present one included.
const monthsShown = 12

// queueMonths counts the reports that a person sent, by the month in which they happened.
func queueMonths(b *batch, dst *[]MonthCount, q HomeQuery) {
	if len(q.Held) == 0 {
		return
	}
	now := q.Now.In(territory.Zone)
	first := time.Date(now.Year(), now.Month()-monthsShown+1, 1, 0, 0, 0, 0, territory.Zone)
	queueAll(b, dst, pgx.RowToStructByPos[MonthCount], `SELECT m.month::date, count(r.id)
		FROM generate_series($2::date, $3::date, interval '1 month') AS m (month)
		LEFT JOIN reports r ON r.author_id = $1 AND r.received_at >= $4 AND r.happened_on >= m.month AND r.happened_on < m.month + interval '1 month' AND `+counts("r")+`
		GROUP BY m.month ORDER BY m.month`, q.Cadre, territory.DayOf(first), territory.DayOf(now), first)
}
