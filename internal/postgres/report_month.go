package postgres

import (
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// MonthSource is one of an author's reports of a month, without what belongs to households.
type MonthSource struct {
	ID           uuid.UUID
	Kind         casework.ReportKind
	Summary      string
	HappenedOn   territory.Day
	Place        string
	Difficulties string
	Proposals    string
	Value        string // of what was given, in đồng; empty for none
}

// MonthReports is what a monthly report is put together from.
type MonthReports struct {
	Reports                 []MonthSource // the first that happened first
	Promised, Kept, Overdue int           // at visits in them
}

// maxSources bounds the reports of one person's month.
const maxSources = 200

// sourcesOf is the condition on the reports t from which the monthly report of the author $1 about the place $2, from the day $3 until the
// day $4, is put together.
var sourcesOf = `t.author_id = $1 AND t.kind <> 'monthly' AND t.happened_on >= $3::date AND t.happened_on < $4::date AND t.received_at >= $3::date - 1 AND ` + counts("t") + ` AND ` + inPlace("$2::bigint")

// queueMonth adds the reads of what a monthly report is put together from.
func queueMonth(b *batch, dst *MonthReports, author cadre.ID, place territory.LocalityID, month casework.Month, today territory.Day) {
	if month.IsZero() {
		return
	}
	from, until := month.First(), month.Add(1).First()
	queueAll(b, &dst.Reports, pgx.RowToStructByPos[MonthSource], `SELECT t.id, t.kind, t.summary, t.happened_on, coalesce(v.name, ''),
			coalesce(t.content ->> 'difficulties', ''), coalesce(t.content ->> 'proposals', ''), coalesce(t.content ->> 'value', '')
		FROM reports t LEFT JOIN locality_versions v ON v.locality_id = t.locality_id AND v.known @> t.happened_on
		WHERE `+sourcesOf+` ORDER BY t.happened_on, t.received_at, t.id LIMIT $5`, author, place, from, until, maxSources)
	b.Queue(`SELECT count(*), count(m.done_on), count(*) FILTER (WHERE m.done_on IS NULL AND m.due_on < $5::date)
		FROM report_promises m JOIN reports t ON t.id = m.report_id WHERE `+sourcesOf, author, place, from, until, today).
		QueryRow(func(row pgx.Row) error { return row.Scan(&dst.Promised, &dst.Kept, &dst.Overdue) })
}

// queueSources keeps from which reports a new version of a monthly report was put together.
func queueSources(b *batch, r casework.Report) {
	month, err := casework.ParseMonth(r.Content["month"])
	if r.Kind != casework.MonthlyReport || err != nil { // a report is checked before it is kept
		return
	}
	b.Queue(`INSERT INTO report_sources (report_id, number, source_id) SELECT $5::uuid, $6::int, t.id FROM reports t WHERE `+sourcesOf+` ORDER BY t.happened_on LIMIT $7`,
		r.Author, r.Place.Locality, month.First(), month.Add(1).First(), r.ID, r.Number, maxSources)
}

// queueSourcesOf adds the reports from which a monthly one was put together, as far as the reader may read them.
func queueSourcesOf(b *batch, dst *[]ReportLine, id uuid.UUID, s cadre.Scope) {
	p := &params{}
	queueAll(b, dst, scanReportLine, reportLineSQL+` JOIN report_sources rs ON rs.source_id = r.id AND rs.report_id = `+p.add(id)+`
			AND rs.number = (SELECT number FROM reports WHERE id = rs.report_id)
		WHERE `+within(s, "r", "author_id", p)+` ORDER BY r.happened_on, r.received_at, r.id`, p.list...)
}
