package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// Child is a place directly below another one, with who is there.
type Child struct {
	Locality   territory.Locality
	Leads      string // names, joined
	Supporters string // names of the tier that is sent here, joined
	Open       int    // open issues that the reader may count
}

// IssueLine is one line of a short list of issues.
type IssueLine struct {
	ID       uuid.UUID
	Number   string
	Title    string
	Severity casework.Severity
	State    casework.State
	DueAt    *time.Time
	RaisedAt time.Time
	Place    string // as it was called when the issue was raised
	Above    string // hamlet and commune of the place, as far as they are not the place itself
	Desk     string
}

// ReportLine is one line of a short list of reports.
type ReportLine struct {
	ID         uuid.UUID
	Kind       casework.ReportKind
	Summary    string
	HappenedOn territory.Day
	ReceivedAt time.Time
	Place      string // as it was called when it happened
	Above      string // hamlet and commune of the place, as far as they are not the place itself
	Author     string
	Withdrawn  bool
}

// PlacePage is what the page of a place shows.
type PlacePage struct {
	Path     Path
	There    Existence
	Children []Child
	Issues   []IssueLine
	Reports  []ReportLine

	Past       []Assignment // that ended here, or at a place that this one follows, the last one first; one more than the short list
	Gaps       *Gaps        // coverage of it and all below; nil where it was not asked for
	Households HouseholdCounts
	Versions   []PlaceVersion // how it was called and where it stood, the latest first; of today's page only
}

// PlaceQuery says for whom the page of a place is read.
type PlaceQuery struct {
	Day                      territory.Day
	Issues, Reports, Numbers cadre.Scope
	Counted                  bool // with coverage
}

// shortList is how many lines a short list has.
const shortList = 5

const lineColumns = `i.id, coalesce(i.number, ''), i.title, i.severity, i.state, i.due_at, i.raised_at, pv.name, ` + aboveName + `, coalesce(dv.name, '')`

var lineNames = ` JOIN locality_versions pv ON pv.locality_id = i.locality_id AND pv.known @> ` + localDay("i.raised_at") + `
	` + joinAbove("i", localDay("i.raised_at")) + `
	LEFT JOIN locality_versions dv ON dv.locality_id = i.desk_id AND dv.valid @> ` + localDay("now()")

// PlacePage reads a place of today with its people, the places below it, and what the scopes let the reader see of its
// work; its path is empty if it is not there. Numbers are those of a scope of their own, since administrators see numbers
// only; coverage is counted where that is asked for. Whether the reader may know of any of it is judged by the caller.
func (r reader) PlacePage(ctx context.Context, id territory.LocalityID, q PlaceQuery) (PlacePage, error) {
	day, issues, reports, numbers, counted := q.Day, q.Issues, q.Reports, q.Numbers, q.Counted
	var page PlacePage
	b := &batch{}
	queuePath(b, &page.Path, "$1", id, day)
	queueExistence(b, &page.There, id, day)
	queueVersions(b, &page.Versions, id)
	queueChildren(b, &page.Children, id, day, numbers)
	queueHouseholdCounts(b, &page.Households, id, day)
	queueAll(b, &page.Past, scanAssignment, assignmentSQL+` WHERE s.locality_id = ANY(ARRAY(SELECT $1::bigint UNION ALL SELECT f.from_id FROM successions f
		WHERE f.to_id = $1 AND f.on_day <= $2::date))
		AND s.voided_at IS NULL AND upper(s.period) <= $2::date AND p.capability <> 'administer' ORDER BY upper(s.period) DESC, s.id DESC LIMIT $3`, id, day, shortList+1)
	if counted {
		page.Gaps = &Gaps{}
		queueGaps(b, page.Gaps, CoverageOf{Below: []territory.LocalityID{id}, Day: day, Today: day})
	}

	p := &params{}
	keys := scoped{
		table: "issues", columns: "id, severity, due_at", order: "severity DESC, due_at, id", limit: shortList,
		where: []string{`t.closed_at IS NULL`, within(issues, "t", "raiser_id", p)},
	}
	queueAll(b, &page.Issues, scanIssueLine, `SELECT `+lineColumns+` FROM (`+placeLed(keys, id, p)+`) k JOIN issues i ON i.id = k.id`+lineNames+`
		ORDER BY i.severity DESC, i.due_at, i.id`, p.list...)

	p = &params{}
	keys = scoped{
		table: "reports", columns: "id, received_at", order: "received_at DESC, id DESC", limit: shortList,
		where: []string{within(reports, "t", "author_id", p), counts("t")},
	}
	queueAll(b, &page.Reports, scanReportLine, reportLineSQL+` JOIN (`+placeLed(keys, id, p)+`) k ON k.id = r.id
		ORDER BY r.received_at DESC, r.id DESC`, p.list...)
	if err := r.run(ctx, b); err != nil {
		return PlacePage{}, err
	}
	return page, nil
}

// inPlace makes the condition that the fact t happened in the subtree of a place, by whichever column that place's level has.
// A sub-region is found by its communes of today, and every place by the pasts that reorganisations have brought it, too.
func inPlace(id string) string {
	return `(t.locality_id = ` + id + ` OR t.hamlet_id = ` + id + ` OR t.commune_id = ` + id + ` OR t.district_id = ` + id + `
		OR t.province_id = ` + id + ` OR t.commune_id IN (
		SELECT m.locality_id FROM locality_versions m JOIN localities pl ON pl.id = m.parent_id AND pl.level = 'subregion'
		WHERE m.parent_id = ` + id + ` AND m.valid @> (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)
		OR EXISTS (SELECT FROM locality_pasts lp WHERE lp.locality_id = ` + id + ` AND coalesce(lp.until > (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, true)
			AND lp.past_id = CASE lp.past_column WHEN 'commune_id' THEN t.commune_id
			WHEN 'hamlet_id' THEN t.hamlet_id WHEN 'district_id' THEN t.district_id WHEN 'province_id' THEN t.province_id ELSE t.locality_id END))`
}

var reportLineSQL = `SELECT r.id, r.kind, r.summary, r.happened_on, r.received_at, pv.name, ` + aboveName + `, c.full_name,
		r.state = 'withdrawn'
	FROM reports r JOIN cadres c ON c.id = r.author_id
	JOIN locality_versions pv ON pv.locality_id = r.locality_id AND pv.known @> r.happened_on
	` + joinAbove("r", "r.happened_on")

func queueChildren(b *batch, dst *[]Child, id territory.LocalityID, day territory.Day, numbers cadre.Scope) {
	p := &params{}
	parent, on := p.add(int64(id)), p.add(day)
	names := func(capability string) string {
		return `coalesce((SELECT string_agg(c.full_name, ', ' ORDER BY s.is_primary DESC, s.id)
			FROM assignments s JOIN posts po ON po.id = s.post_id AND po.capability = '` + capability + `'
			JOIN cadres c ON c.id = s.cadre_id AND ` + activeOn(on) + `
			WHERE s.locality_id = v.locality_id AND s.voided_at IS NULL AND s.period @> ` + on + `::date), '')`
	}
	guard := within(numbers, "i", "raiser_id", p)
	open := func(level, condition string) string { // a condition for each level, so that each finds its index
		return ` WHEN '` + level + `' THEN (SELECT count(*) FROM issues i WHERE i.closed_at IS NULL AND ` + condition + ` AND ` + guard + `)`
	}
	queueAll(b, dst, scanChild, `SELECT v.locality_id, l.level, v.type, v.name, coalesce(v.code, ''), `+names("lead")+`, `+names("support")+`,
		CASE l.level`+open("district", `i.district_id = v.locality_id`)+open("commune", `i.commune_id = v.locality_id`)+
		open("hamlet", `i.hamlet_id = v.locality_id`)+open("group", `i.locality_id = v.locality_id`)+
		open("subregion", `i.commune_id IN (SELECT m.locality_id FROM locality_versions m WHERE m.parent_id = v.locality_id AND m.valid @> `+on+`::date)`)+`
		ELSE 0 END
		FROM locality_versions v JOIN localities l ON l.id = v.locality_id
		WHERE v.parent_id = `+parent+` AND v.valid @> `+on+`::date
		ORDER BY coalesce(substring(v.name FROM '[0-9]+')::int, 0), v.name COLLATE "vi-x-icu", v.locality_id`, p.list...)
}

func scanChild(row pgx.CollectableRow) (Child, error) {
	var c Child
	l := &c.Locality
	err := row.Scan(&l.ID, &l.Level, &l.Type, &l.Name, &l.Code, &c.Leads, &c.Supporters, &c.Open)
	return c, err
}

func scanIssueLine(row pgx.CollectableRow) (IssueLine, error) {
	var l IssueLine
	err := row.Scan(&l.ID, &l.Number, &l.Title, &l.Severity, &l.State, &l.DueAt, &l.RaisedAt, &l.Place, &l.Above, &l.Desk)
	return l, err
}

func scanReportLine(row pgx.CollectableRow) (ReportLine, error) {
	var l ReportLine
	err := row.Scan(&l.ID, &l.Kind, &l.Summary, &l.HappenedOn, &l.ReceivedAt, &l.Place, &l.Above, &l.Author, &l.Withdrawn)
	return l, err
}
