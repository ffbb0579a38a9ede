package postgres

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// RaiseFacts is what the form that raises an issue needs, and by which the issue is judged when it is sent.
type RaiseFacts struct {
	Path   Path // of the place today; empty if it does not exist
	Report *SourceReport
	Fields []WorkField
	Clock  casework.Clock
}

// SourceReport is the report that an issue is raised from.
type SourceReport struct {
	LinkedReport
	Place        territory.LocalityID
	Difficulties string
	Pressing     string
}

// RaiseFacts reads them in one round trip. Where no place is given it is the report's. The report comes only if the scope
// covers it; whether the person may raise anything at the place is judged by the caller.
func (r reader) RaiseFacts(ctx context.Context, place territory.LocalityID, report uuid.UUID, reports cadre.Scope, day territory.Day) (RaiseFacts, error) {
	var facts RaiseFacts
	var source SourceReport
	var found bool
	var clock clockRows
	b := &batch{}
	start := `coalesce(nullif($1::bigint, 0), (SELECT locality_id FROM reports WHERE id = $3))`
	queueAll(b, (*[]territory.Locality)(&facts.Path.Chain), scanLocality, strings.Replace(chainSQL, "<start>", start, 1), place, day, report)
	queueAll(b, &facts.Path.Holdings, scanHolding, strings.Replace(holdingSQL, "<start>", start, 1), place, day, report)
	if report != uuid.Nil {
		p := &params{}
		queueOne(b, &source, &found, func(row pgx.CollectableRow) (SourceReport, error) {
			var s SourceReport
			err := row.Scan(&s.ID, &s.Kind, &s.Summary, &s.HappenedOn, &s.Author, &s.Place, &s.Difficulties, &s.Pressing)
			return s, err
		}, `SELECT r.id, r.kind, r.summary, r.happened_on, c.full_name, r.locality_id, coalesce(r.content ->> 'difficulties', ''),
				coalesce(r.content ->> 'pressing', '')
			FROM reports r JOIN cadres c ON c.id = r.author_id WHERE r.id = `+p.add(report)+` AND `+counts("r")+` AND `+within(reports, "r", "author_id", p), p.list...)
	}
	queueFields(b, &facts.Fields)
	queueClock(b, &clock)
	if err := r.run(ctx, b); err != nil {
		return RaiseFacts{}, err
	}
	if found {
		facts.Report = &source
	}
	facts.Clock = clock.clock()
	return facts, nil
}

func queueFields(b *batch, dst *[]WorkField) {
	queueAll(b, dst, pgx.RowToStructByPos[WorkField], `SELECT code, name_vi, name_en FROM work_fields WHERE NOT retired ORDER BY position, code`)
}

// WorkFields lists the fields of work that can be chosen.
func (r reader) WorkFields(ctx context.Context) ([]WorkField, error) {
	var fields []WorkField
	b := &batch{}
	queueFields(b, &fields)
	return fields, r.run(ctx, b)
}
