package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// HomeQuery says for whom the home page is read.
type HomeQuery struct {
	Cadre   cadre.ID
	Now     time.Time
	Desks   []territory.LocalityID // that the person leads
	Admins  []territory.LocalityID // that the person administers
	Places  []cadre.Branch         // held as supporter or watcher
	Issues  cadre.Scope
	Reports cadre.Scope
}

// Home is what the home page shows.
type Home struct {
	AtDesk      []IssueLine // held at my desks, the most pressing first
	AtDeskCount int
	LateCount   int // of those at my desks
	LateBelow   int // overdue at desks below mine
	Asked       []IssueLine
	ToConfirm   []IssueLine
	Mine        []IssueLine // raised by me, open
	Places      []PlaceState
	Reports     []ReportLine
	Drafts      int
	Gaps        *Gaps
}

// PlaceState is how things stand at one place that somebody looks after.
type PlaceState struct {
	ID         territory.LocalityID
	Name       string
	Open       int           // open issues
	LastReport territory.Day // of anybody; no day if never
	MyLast     territory.Day // the last one I wrote there
}

// Gaps counts what is not covered on a day below an administrator's place.
type Gaps struct {
	Communes, CommunesCovered int // with a tier-1 cadre
	Hamlets, HamletsCovered   int // with a tier-2 cadre
	Groups, GroupsCovered     int // with a tier-3 cadre
	Desks, DesksCovered       int // with a lead
	Accounts                  int // cadres who hold something and cannot sign in
}

// Home reads everything for the home page in one round trip.
func (r reader) Home(ctx context.Context, q HomeQuery) (Home, error) {
	var h Home
	b := &batch{}
	day := territory.DayOf(q.Now)
	if len(q.Desks) > 0 {
		desks := int64s(q.Desks)
		ticking := `i.desk_id = ANY($1) AND i.closed_at IS NULL AND i.state IN ('new', 'acknowledged', 'in_progress')`
		queueAll(b, &h.AtDesk, scanIssueLine, `SELECT `+lineColumns+` FROM issues i`+lineNames+` WHERE `+ticking+`
			ORDER BY i.severity DESC, i.due_at, i.id LIMIT $2`, desks, shortList)
		b.Queue(`SELECT count(*), count(*) FILTER (WHERE i.due_at < $2) FROM issues i WHERE `+ticking, desks, q.Now).
			QueryRow(func(row pgx.Row) error { return row.Scan(&h.AtDeskCount, &h.LateCount) })
		p := &params{}
		b.Queue(`SELECT count(*) FROM issues i WHERE i.closed_at IS NULL AND i.due_at < `+p.add(q.Now)+`
			AND NOT i.desk_id = ANY(`+p.add(desks)+`)
			AND `+within(cadre.Scope{Branches: q.Issues.Branches}, "i", "raiser_id", p), p.list...).
			QueryRow(func(row pgx.Row) error { return row.Scan(&h.LateBelow) })
	}
	queueAll(b, &h.Asked, scanIssueLine, `SELECT `+lineColumns+` FROM issues i`+lineNames+`
		WHERE i.asked_id = $1 ORDER BY i.severity DESC, i.raised_at LIMIT 20`, q.Cadre)
	queueAll(b, &h.ToConfirm, scanIssueLine, `SELECT `+lineColumns+` FROM issues i`+lineNames+`
		WHERE i.raiser_id = $1 AND i.state = 'resolved' ORDER BY i.raised_at LIMIT 20`, q.Cadre)
	queueAll(b, &h.Mine, scanIssueLine, `SELECT `+lineColumns+` FROM issues i`+lineNames+`
		WHERE i.raiser_id = $1 AND i.closed_at IS NULL AND i.state <> 'resolved' ORDER BY i.raised_at DESC LIMIT $2`, q.Cadre, shortList)
	queuePlaces(b, &h.Places, q, day)
	p := &params{}
	recent := scoped{table: "reports", author: "author_id", columns: "id, received_at", order: "received_at DESC, id DESC", limit: shortList}
	queueAll(b, &h.Reports, scanReportLine, reportLineSQL+` JOIN (`+recent.sql(q.Reports, p)+`) k ON k.id = r.id ORDER BY r.received_at DESC, r.id DESC`, p.list...)
	b.Queue(`SELECT count(*) FROM report_drafts WHERE author_id = $1`, q.Cadre).
		QueryRow(func(row pgx.Row) error { return row.Scan(&h.Drafts) })
	if len(q.Admins) > 0 {
		h.Gaps = &Gaps{}
		queueGaps(b, h.Gaps, q.Admins, day)
	}
	return h, r.run(ctx, b)
}

// queuePlaces reads how things stand at the places that somebody looks after.
func queuePlaces(b *batch, dst *[]PlaceState, q HomeQuery, day territory.Day) {
	columns, ids := byColumn(cadre.Scope{Branches: q.Places})
	if len(columns) == 0 {
		return
	}
	p := &params{}
	me, on := p.add(int64(q.Cadre)), p.add(day)
	var parts []string
	for _, c := range columns {
		column := string(c)
		parts = append(parts, `SELECT b.id, v.name,
			(SELECT count(*) FROM issues i WHERE i.closed_at IS NULL AND i.`+column+` = b.id),
			(SELECT (r.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date FROM reports r WHERE r.`+column+` = b.id ORDER BY r.received_at DESC LIMIT 1),
			(SELECT max(r.happened_on) FROM reports r WHERE r.`+column+` = b.id AND r.author_id = `+me+`)
			FROM unnest(`+p.add(ids[c])+`::bigint[]) AS b (id) JOIN locality_versions v ON v.locality_id = b.id AND v.valid @> `+on+`::date`)
	}
	queueAll(b, dst, func(row pgx.CollectableRow) (PlaceState, error) {
		var s PlaceState
		err := row.Scan(&s.ID, &s.Name, &s.Open, &s.LastReport, &s.MyLast)
		return s, err
	}, strings.Join(parts, " UNION ALL ")+` ORDER BY 2, 1 LIMIT 50`, p.list...)
}

// queueGaps counts coverage below some places on a day.
func queueGaps(b *batch, g *Gaps, below []territory.LocalityID, day territory.Day) {
	b.Queue(`WITH RECURSIVE down AS (
			SELECT l.id, l.level FROM localities l WHERE l.id = ANY($1)
			UNION ALL
			SELECT l.id, l.level FROM down JOIN locality_versions v ON v.parent_id = down.id AND v.valid @> $2::date JOIN localities l ON l.id = v.locality_id
		), held AS (
			SELECT s.locality_id, s.cadre_id, p.tier, p.capability FROM assignments s JOIN posts p ON p.id = s.post_id
			JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
			WHERE s.voided_at IS NULL AND s.period @> $2::date
		), place AS (
			SELECT DISTINCT d.id, d.level,
				EXISTS (SELECT 1 FROM held h WHERE h.locality_id = d.id AND h.capability = 'support' AND h.tier = CASE d.level
					WHEN 'commune' THEN 'province' WHEN 'hamlet' THEN 'district' WHEN 'group' THEN 'commune' END) AS supported,
				EXISTS (SELECT 1 FROM held h WHERE h.locality_id = d.id AND h.capability = 'lead') AS led
			FROM down d
		)
		SELECT count(*) FILTER (WHERE level = 'commune'), count(*) FILTER (WHERE level = 'commune' AND supported),
			count(*) FILTER (WHERE level = 'hamlet'), count(*) FILTER (WHERE level = 'hamlet' AND supported),
			count(*) FILTER (WHERE level = 'group'), count(*) FILTER (WHERE level = 'group' AND supported),
			count(*) FILTER (WHERE level <> 'group'), count(*) FILTER (WHERE level <> 'group' AND led),
			(SELECT count(DISTINCT h.cadre_id) FROM held h JOIN place ON place.id = h.locality_id
				WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.cadre_id = h.cadre_id AND a.disabled_at IS NULL))
		FROM place`, int64s(below), day).QueryRow(func(row pgx.Row) error {
		return row.Scan(&g.Communes, &g.CommunesCovered, &g.Hamlets, &g.HamletsCovered, &g.Groups, &g.GroupsCovered,
			&g.Desks, &g.DesksCovered, &g.Accounts)
	})
}

func int64s(ids []territory.LocalityID) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}
