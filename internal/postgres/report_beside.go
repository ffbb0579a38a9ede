package postgres

import (
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// FormReader says for whom the form of a report is read.
type FormReader struct {
	Actor           cadre.Actor
	Reports, Issues cadre.Scope
}

// Beside is what stands beside the form of a report: how its place stands.
type Beside struct {
	Last       []ReportLine     // the last report about it; one or none
	Issues     []IssueLine      // open ones
	Promises   []Promise        // the author's own that are not kept yet
	Households []NamedHousehold // of the group, for a visit; noted in the access log
	Month      MonthReports     // of the author, for a monthly report
}

// NamedHousehold is a household to choose from.
type NamedHousehold struct {
	Number int
	Head   string
}

// besideIssues is how many open issues stand beside a form.
const besideIssues = 5

// queueBeside adds the reads of what stands beside the form for a place. Start is the SQL of the place as in queueFilingPlaces.
func queueBeside(b *batch, dst *Beside, by FormReader, start string, key any) {
	p := &params{list: []any{by.Actor.CadreID, by.Actor.Today(), key}}
	guard := within(by.Reports, "r", "author_id", p)
	var newest []string
	for _, column := range []string{"locality_id", "hamlet_id", "commune_id"} {
		newest = append(newest, `(SELECT r.id, r.received_at FROM reports r WHERE r.`+column+` = (SELECT id FROM place)
			AND `+counts("r")+` AND `+guard+` ORDER BY r.received_at DESC, r.id DESC LIMIT 1)`)
	}
	place := `WITH place AS MATERIALIZED (SELECT id FROM (SELECT ` + start + ` AS id) x WHERE $1::bigint > 0 AND $2::date IS NOT NULL AND $3::text IS NOT NULL) `
	if _, ok := key.(uuid.UUID); !ok {
		place = strings.Replace(place, "$3::text", "$3::bigint", 1)
	} else {
		place = strings.Replace(place, "$3::text", "$3::uuid", 1)
	}
	queueAll(b, &dst.Last, scanReportLine, place+reportLineSQL+` WHERE r.id = (SELECT k.id FROM (`+strings.Join(newest, " UNION ALL ")+`) k
		ORDER BY k.received_at DESC, k.id DESC LIMIT 1)`, p.list...)
	p = &params{list: []any{by.Actor.CadreID, by.Actor.Today(), key}}
	queueAll(b, &dst.Issues, scanIssueLine, place+`SELECT `+lineColumns+` FROM issues i`+lineNames+` WHERE i.closed_at IS NULL
		AND (i.locality_id = (SELECT id FROM place) OR i.hamlet_id = (SELECT id FROM place) OR i.commune_id = (SELECT id FROM place))
		AND `+within(by.Issues, "i", "raiser_id", p)+` ORDER BY i.severity DESC, i.raised_at DESC, i.id LIMIT `+p.add(besideIssues), p.list...)
	queueAll(b, &dst.Promises, pgx.RowToStructByPos[Promise], promiseSQL+` WHERE m.done_on IS NULL AND m.author_id = $1 ORDER BY m.due_on, m.report_id, m.position LIMIT $2`,
		by.Actor.CadreID, besideIssues)
}

// visitWanted tells in SQL whether the draft $3 of the author $1, or their report of that id, is about a household.
const visitWanted = `(SELECT coalesce((SELECT kind FROM report_drafts WHERE report_id = $3 AND author_id = $1),
	(SELECT kind FROM reports WHERE id = $3 AND author_id = $1), '') = 'household_visit')`

// householdChoice reads the households of a group for whoever visits one. Start is as in queueBeside, wanted the SQL of whether they are.
type householdChoice struct {
	by            FormReader
	start, wanted string
	key           any
}

func (c householdChoice) look() HouseholdLook {
	return HouseholdLook{c.by.Actor, cadre.ReadHousehold, ForList}
}

func (c householdChoice) where() string {
	return `t.locality_id = ` + c.start + ` AND t.closed_on IS NULL AND $1::bigint > 0 AND $2::date IS NOT NULL AND ` + c.wanted
}

// before sets the scope and notes who reads the list.
func (c householdChoice) before(b *batch) {
	l := c.look()
	sql, args := l.scope()
	b.Queue(sql, args...)
	p := &params{list: []any{c.by.Actor.CadreID, c.by.Actor.Today(), c.key}}
	entry := l.log(p, `(`+c.start+`)`, `SELECT t.id, t.locality_id FROM households t WHERE `+c.where())
	b.Queue(entry, p.list...)
}

func (c householdChoice) queue(b *batch, dst *[]NamedHousehold) {
	queueAll(b, dst, pgx.RowToStructByPos[NamedHousehold], `SELECT t.number, t.head FROM households t WHERE `+c.where()+` ORDER BY t.number`,
		c.by.Actor.CadreID, c.by.Actor.Today(), c.key)
}

// NewReportQuery says for which place a form is opened.
type NewReportQuery struct {
	Asked  territory.LocalityID // below which places are offered; zero for none
	Beside territory.LocalityID // of which it tells how it stands; zero for none
	Kind   casework.ReportKind
	Month  casework.Month // of a monthly report
}

// placeOfNumber is the SQL of a place whose id is $3.
const placeOfNumber = `(SELECT $3::bigint WHERE $1::bigint > 0)`
