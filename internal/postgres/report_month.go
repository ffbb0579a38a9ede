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
var sourcesOf = sourcesIn("$2::bigint", "$3::date", "$4::date")

// sourcesIn is sourcesOf with expressions for the place and the days.
func sourcesIn(place, from, until string) string {
	return `t.author_id = $1 AND t.kind <> 'monthly' AND t.happened_on >= ` + from + ` AND t.happened_on < ` + until + `
		AND t.received_at >= ` + from + ` - 1 AND ` + counts("t") + ` AND ` + inPlace(place)
}

const monthSourceColumns = `t.id, t.kind, t.summary, t.happened_on, coalesce(v.name, ''),
	coalesce(t.content ->> 'difficulties', ''), coalesce(t.content ->> 'proposals', ''), coalesce(t.content ->> 'value', '')`

// queueDraftMonth adds the read of the reports from which the monthly report of an id is put together, a draft of the author or a sent report of
// theirs: those of the month and the place that stand in it now. There are none where it is of another kind, or names no month yet.
func queueDraftMonth(b *batch, dst *MonthReports, author cadre.ID, day territory.Day, id uuid.UUID) {
	queueAll(b, &dst.Reports, pgx.RowToStructByPos[MonthSource], `WITH form AS (
			SELECT coalesce((SELECT CASE WHEN kind = 'monthly' THEN form ->> 'month' ELSE '' END FROM report_drafts WHERE report_id = $3 AND author_id = $1),
				(SELECT content ->> 'month' FROM reports WHERE id = $3 AND author_id = $1 AND kind = 'monthly')) AS month, `+draftPlace+` AS place WHERE $2::date IS NOT NULL
		), asked AS MATERIALIZED (
			SELECT place, to_date(month, 'YYYY-MM') AS first FROM form WHERE month ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'
		)
		SELECT `+monthSourceColumns+` FROM asked CROSS JOIN LATERAL (SELECT * FROM reports t WHERE `+
		sourcesIn("asked.place", "asked.first", "(asked.first + interval '1 month')::date")+`) t
		LEFT JOIN locality_versions v ON v.locality_id = t.locality_id AND v.known @> t.happened_on
		ORDER BY t.happened_on, t.received_at, t.id LIMIT $4`, author, day, id, maxSources)
}

// queueMonth adds the reads of what a monthly report is put together from.
func queueMonth(b *batch, dst *MonthReports, author cadre.ID, place territory.LocalityID, month casework.Month, today territory.Day) {
	if month.IsZero() {
		return
	}
	from, until := month.First(), month.Add(1).First()
	queueAll(b, &dst.Reports, pgx.RowToStructByPos[MonthSource], `SELECT `+monthSourceColumns+`
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
