package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Administration is what the page of administrators counts below their places.
type Administration struct {
	Gaps     Gaps
	Accounts map[KeptState]int
	Places   int
	Cadres   int  // that can be assigned
	Idle     int  // of those, without an assignment today
	Special  int  // days off and swapped days within the next month
	Changes  int  // entries of the audit log since the beginning of the day
	Higher   bool // somebody administers above or beside: the clock is not theirs
}

// specialAhead is how many days ahead days off and swapped days are counted.
const specialAhead = 30

// Administration counts for the page of administrators of some places on a day, in one round trip. Own are
// these, s is what they manage.
func (r reader) Administration(ctx context.Context, s cadre.Scope, own []territory.LocalityID, day territory.Day) (Administration, error) {
	found := Administration{Accounts: map[KeptState]int{}}
	b := &batch{}
	queueGaps(b, &found.Gaps, CoverageOf{Below: own, Day: day, Today: day})
	queueKeptCounts(b, found.Accounts, KeptQuery{Places: own, Day: day})
	b.Queue(down+` SELECT count(*), count(*) FILTER (WHERE NOT EXISTS (
			SELECT FROM assignments s WHERE s.cadre_id = c.id AND s.voided_at IS NULL AND s.period @> $2::date)), (SELECT count(*) FROM down)
		FROM cadres c WHERE c.disabled_at IS NULL AND `+knownBelow, int64s(own), day).QueryRow(func(row pgx.Row) error {
		return row.Scan(&found.Cadres, &found.Idle, &found.Places)
	})
	b.Queue(`SELECT count(*) FROM special_days WHERE day BETWEEN $1::date AND $1::date + $2::int`, day, specialAhead).
		QueryRow(func(row pgx.Row) error { return row.Scan(&found.Special) })
	b.Queue(`SELECT `+administered, int64s(own), day).QueryRow(func(row pgx.Row) error { return row.Scan(&found.Higher) })
	p := &params{}
	b.Queue(`SELECT count(*) FROM audit_entries t WHERE t.at >= `+p.add(day.Start())+` AND `+within(s, "t", "actor_id", p), p.list...).
		QueryRow(func(row pgx.Row) error { return row.Scan(&found.Changes) })
	return found, r.run(ctx, b)
}
