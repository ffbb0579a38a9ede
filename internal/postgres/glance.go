package postgres

import (
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/casework"
	"banam/internal/territory"
)

// GlanceBy says what the numbers of a board at a glance are by.
type GlanceBy string

// By the place right below, by the desk that holds the issues, and by their age.
const (
	ByPlace GlanceBy = "place"
	ByDesk  GlanceBy = "desk"
	ByAge   GlanceBy = "age"
)

// GlanceAges are the days since raising at which another age begins.
func GlanceAges() []int { return []int{0, 7, 30, 90} }

// GlanceRow is one number of a board at a glance.
type GlanceRow struct {
	By      GlanceBy
	ID      territory.LocalityID // of the place or desk
	Name    string               // of it, today
	Above   string               // the place right above a hamlet or group, whose names repeat
	Age     int                  // index of GlanceAges
	Open    int
	Late    int           // of those
	Oldest  time.Time     // when the one that has waited longest there arrived, of those whose clock runs; zero for none
	Waiting time.Duration // working time since then
}

// glanceShown is how many places and desks are drawn at the most.
const glanceShown = 30

// queueGlance adds the issues that stand in the queues of the board, counted three ways: an issue counts once in each, and what was passed on
// to desks above the reader's counts nowhere, as it stands in no queue.
func queueGlance(b *batch, dst *[]GlanceRow, q BoardQuery) {
	p := &params{}
	now := p.add(q.Now)
	where := append([]string{`t.closed_at IS NULL`, within(q.Scope, "t", "raiser_id", p),
		`(t.state = 'resolved' OR NOT t.desk_id = ANY(` + p.add(int64s(q.Above)) + `::bigint[]))`}, q.Filter.where(q.Now, p)...)
	level := ""
	if q.Filter.Place == 0 {
		level = p.add(string(q.Level)) + `::text`
	} else {
		place := p.add(int64(q.Filter.Place))
		where = append(where, inPlace(place))
		level = `(SELECT level FROM localities WHERE id = ` + place + `)`
	}
	age := `CASE`
	for i, days := range GlanceAges() {
		if i > 0 {
			age = strings.Replace(age, `CASE`, `CASE WHEN t.raised_at <= `+p.add(q.Now.AddDate(0, 0, -days))+` THEN `+p.add(i)+`::int`, 1)
		}
	}
	age += ` ELSE 0 END`
	shown := p.add(glanceShown)
	day := p.add(territory.DayOf(q.Now))
	queueAll(b, dst, func(row pgx.CollectableRow) (GlanceRow, error) {
		var g GlanceRow
		var oldest *time.Time
		err := row.Scan(&g.By, &g.ID, &g.Name, &g.Above, &g.Age, &g.Open, &g.Late, &oldest)
		g.Oldest = instant(oldest)
		return g, err
	}, `WITH o AS MATERIALIZED (SELECT CASE `+level+` WHEN 'province' THEN coalesce(t.district_id, t.commune_id) WHEN 'district' THEN t.commune_id
				WHEN 'subregion' THEN t.commune_id WHEN 'commune' THEN t.hamlet_id ELSE nullif(t.locality_id, t.hamlet_id) END AS place, t.desk_id AS desk, `+age+` AS age,
				t.due_at < `+now+` AS late, CASE WHEN t.due_at IS NOT NULL THEN t.arrived_at END AS arrived
			FROM issues t WHERE `+strings.Join(where, " AND ")+`),
		g AS (SELECT 'place' AS by, place AS id, 0 AS age, count(*) AS open, count(*) FILTER (WHERE late) AS late, NULL::timestamptz AS oldest FROM o
				WHERE place IS NOT NULL GROUP BY place
			UNION ALL SELECT 'desk', desk, 0, count(*), count(*) FILTER (WHERE late), min(arrived) FROM o GROUP BY desk
			UNION ALL SELECT 'age', 0, age, count(*), count(*) FILTER (WHERE late), NULL FROM o GROUP BY age),
		n AS (SELECT g.*, row_number() OVER (PARTITION BY by ORDER BY late DESC, open DESC, id) AS nth FROM g)
		SELECT n.by, n.id, coalesce(v.name, ''), CASE WHEN v.type IN ('Ấp', 'Khu phố', 'Tổ') THEN coalesce(pv.name, '') ELSE '' END, n.age, n.open, n.late, n.oldest FROM n
		LEFT JOIN locality_versions v ON v.locality_id = n.id AND v.valid @> `+day+`::date
		LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND pv.valid @> `+day+`::date
		WHERE n.by = 'age' OR n.nth <= `+shown+` AND v.name IS NOT NULL ORDER BY n.by, n.age, n.nth`, p.list...)
}

// waited puts the working time since the oldest arrival to each row.
func waited(rows []GlanceRow, calendar casework.Calendar, now time.Time) {
	for i, g := range rows {
		if !g.Oldest.IsZero() {
			rows[i].Waiting = calendar.Between(g.Oldest, now)
		}
	}
}
