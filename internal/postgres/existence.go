package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Existence says when a place was, is or will be there.
type Existence struct {
	Judged territory.Chain // by which today's rights judge it: today's, else that of its last day, else of its first one
	Spans  []Span          // in order; none for what is no place
	Before []Kin           // whom it follows
	After  []Kin           // who follows it
}

// Span is a time in which a place is there. Until is the first day on which it is not; zero while none is known.
type Span struct{ From, Until territory.Day }

// Kin is a place that follows another one or is followed by it, from a day on.
type Kin struct {
	ID   territory.LocalityID
	Name string
	On   territory.Day
}

// judgedDay is the SQL expression of the day on whose chain today's rights judge the place $1; $2 is today.
const judgedDay = `(SELECT CASE WHEN bool_or(jv.valid @> $2::date) THEN $2::date
	ELSE coalesce(max(upper(jv.valid) - 1) FILTER (WHERE upper(jv.valid) <= $2::date), min(lower(jv.valid))) END
	FROM locality_versions jv WHERE jv.locality_id = $1)`

// queueExistence reads when a place is there. The caller judges whether the reader may know of it.
func queueExistence(b *batch, e *Existence, id territory.LocalityID, today territory.Day) {
	queueAll(b, (*[]territory.Locality)(&e.Judged), scanLocality, `SELECT locality_id, level, type, name, coalesce(code, '')
		FROM locality_chain($1, `+judgedDay+`) ORDER BY depth`, id, today)
	queueAll(b, &e.Spans, func(row pgx.CollectableRow) (Span, error) {
		var s Span
		err := row.Scan(&s.From, &s.Until)
		return s, err
	}, `SELECT lower(s.span), upper(s.span) FROM (SELECT unnest(range_agg(valid)) AS span FROM locality_versions WHERE locality_id = $1) s ORDER BY s.span`, id)
	kin := func(dst *[]Kin, own, other, day string) {
		queueAll(b, dst, pgx.RowToStructByPos[Kin], `SELECT v.locality_id, v.name, s.on_day FROM successions s
			JOIN locality_versions v ON v.locality_id = s.`+other+` AND v.valid @> `+day+` WHERE s.`+own+` = $1 ORDER BY s.on_day, v.locality_id`, id)
	}
	kin(&e.Before, "to_id", "from_id", "(s.on_day - 1)")
	kin(&e.After, "from_id", "to_id", "s.on_day")
}

// activeOn is the condition that a cadre c had not been disabled by the end of a day, given as a parameter. On today and later it
// says who is not disabled.
func activeOn(day string) string {
	return `(c.disabled_at IS NULL OR ` + localDay("c.disabled_at") + ` > ` + day + `::date)`
}

// PlaceOn reads a place as it is on a day that need not be today: its people, and the places below it without numbers of work.
// Its path is empty where it is not there on the day.
func (r reader) PlaceOn(ctx context.Context, id territory.LocalityID, day, today territory.Day) (PlacePage, error) {
	var page PlacePage
	b := &batch{}
	queueChain(b, &page.Path.Chain, "$1", id, day)
	queueAll(b, &page.Path.Holdings, scanHolding, strings.NewReplacer("<start>", "$1", "c.disabled_at IS NULL", activeOn("$2")).Replace(holdingSQL), id, day)
	queueChildren(b, &page.Children, id, day, cadre.Scope{})
	queueExistence(b, &page.There, id, today)
	err := r.run(ctx, b)
	return page, err
}
