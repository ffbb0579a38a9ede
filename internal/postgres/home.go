package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// HomeQuery says for whom the home page is read.
type HomeQuery struct {
	Cadre   cadre.ID
	Now     time.Time
	Desks   []territory.LocalityID // that the person leads
	Admins  []territory.LocalityID // that the person administers
	Held    []territory.LocalityID // that the person supports or watches
	Below   []territory.LocalityID // below which the person looks after the next places
	Issues  cadre.Scope
	Reports cadre.Scope
	Owes    bool // the person holds what reports are owed for
}

// Home is what the home page shows.
type Home struct {
	AtDesk      []IssueLine // held at my desks, the most pressing first
	AtDeskCount int
	LateCount   int // of those at my desks
	DueToday    int // of those at my desks, still to be done today
	LateBelow   int // overdue at desks below mine
	Asked       []IssueLine
	ToConfirm   []IssueLine
	Mine        []IssueLine  // raised by me, open
	Places      []PlaceState // that I support or watch
	Below       []PlaceState // the next places below mine
	Reports     []ReportLine // of others, the last received first
	Months      []MonthCount // how many reports I sent, month by month, the oldest first
	ToReview    []ReportLine // that wait at my desks, the longest first
	ReviewCount int
	Returned    []ReportLine // that I wrote and have to mend
	Owed        []OwedPlace  // of which I have not reported this month
	Promises    []Promise    // that are due to be kept by me, the first due first
	Drafts      int
	Handovers   []Handover // that I have to confirm
	HandedOver  []Handover // by me, in the last weeks
	Gaps        *Gaps
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
		b.Queue(`SELECT count(*), count(*) FILTER (WHERE i.due_at < $2), count(*) FILTER (WHERE i.due_at >= $2 AND i.due_at < $3)
			FROM issues i WHERE `+ticking, desks, q.Now, day.Add(1).Start()).
			QueryRow(func(row pgx.Row) error { return row.Scan(&h.AtDeskCount, &h.LateCount, &h.DueToday) })
		p := &params{}
		b.Queue(`SELECT count(*) FROM issues i WHERE i.closed_at IS NULL AND i.due_at < `+p.add(q.Now)+`
			AND NOT i.desk_id = ANY(`+p.add(desks)+`)
			AND `+within(cadre.Scope{Branches: q.Issues.Branches}, "i", "raiser_id", p), p.list...).
			QueryRow(func(row pgx.Row) error { return row.Scan(&h.LateBelow) })
	}
	queueReviews(b, &h, q)
	if q.Owes {
		queueOwed(b, &h.Owed, q.Cadre, casework.MonthOf(day), day)
	}
	queueAll(b, &h.Asked, scanIssueLine, `SELECT `+lineColumns+` FROM issues i`+lineNames+`
		WHERE i.asked_id = $1 ORDER BY i.severity DESC, i.raised_at LIMIT 20`, q.Cadre)
	queueAll(b, &h.ToConfirm, scanIssueLine, `SELECT `+lineColumns+` FROM issues i`+lineNames+`
		WHERE i.raiser_id = $1 AND i.state = 'resolved' ORDER BY i.raised_at LIMIT 20`, q.Cadre)
	queueAll(b, &h.Mine, scanIssueLine, `SELECT `+lineColumns+` FROM issues i`+lineNames+`
		WHERE i.raiser_id = $1 AND i.closed_at IS NULL AND i.state <> 'resolved' ORDER BY i.raised_at DESC LIMIT $2`, q.Cadre, shortList)
	queueHeld(b, &h.Places, q.Held, q)
	queuePlacesBelow(b, &h.Below, q.Below, q)
	p := &params{}
	recent := scoped{
		table: "reports", columns: "id, received_at", order: "received_at DESC, id DESC", limit: shortList,
		where: []string{`t.author_id <> ` + p.add(int64(q.Cadre)), counts("t")},
	}
	queueAll(b, &h.Reports, scanReportLine, reportLineSQL+` JOIN (`+recent.sql(cadre.Scope{Branches: q.Reports.Branches}, p)+`) k ON k.id = r.id
		ORDER BY r.received_at DESC, r.id DESC`, p.list...)
	queueMonths(b, &h.Months, q)
	queuePromises(b, &h.Promises, q.Cadre, q.Held)
	queueHandovers(b, &h.Handovers, &h.HandedOver, q.Cadre, day)
	b.Queue(`SELECT count(*) FROM report_drafts WHERE author_id = $1`, q.Cadre).
		QueryRow(func(row pgx.Row) error { return row.Scan(&h.Drafts) })
	if len(q.Admins) > 0 {
		h.Gaps = &Gaps{}
		queueGaps(b, h.Gaps, CoverageOf{Below: q.Admins, Day: day, Today: day})
	}
	return h, r.run(ctx, b)
}

// queueReviews adds the reads of the reports that the person has to acknowledge or to mend.
func queueReviews(b *batch, h *Home, q HomeQuery) {
	queueAll(b, &h.Returned, scanReportLine, reportLineSQL+` WHERE r.author_id = $1 AND r.state = 'returned' ORDER BY r.received_at, r.id LIMIT $2`, q.Cadre, shortList)
	if len(q.Desks) == 0 {
		return
	}
	desks := int64s(q.Desks)
	queueAll(b, &h.ToReview, scanReportLine, reportLineSQL+` WHERE r.desk_id = ANY($1) AND r.state = 'submitted' AND r.author_id <> $2
		ORDER BY r.received_at, r.id LIMIT $3`, desks, q.Cadre, shortList)
	b.Queue(`SELECT count(*) FROM (SELECT FROM reports r WHERE r.desk_id = ANY($1) AND r.state = 'submitted' AND r.author_id <> $2 LIMIT $3) r`,
		desks, q.Cadre, countedAtMost).QueryRow(func(row pgx.Row) error { return row.Scan(&h.ReviewCount) })
}

// countedAtMost bounds the counts of what may be many.
const countedAtMost = 1000

func int64s(ids []territory.LocalityID) []int64 {
	out := make([]int64, len(ids))
	for i, id := range ids {
		out[i] = int64(id)
	}
	return out
}
