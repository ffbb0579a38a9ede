package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"banam/internal/territory"
)

// RecountHouseholds counts the communes above some places anew with what is sent next. It belongs behind every change of their households
// and classes.
func (t *Tx) RecountHouseholds(day territory.Day, places ...territory.LocalityID) {
	t.tx.queue(`SELECT recount_households($1, $2)`, int64s(places), day)
}

// LapsedSums gives up to limit communes behind another one whose sums held only until the day or an earlier one: on it they are counted
// at each look.
func (r reader) LapsedSums(ctx context.Context, day territory.Day, behind territory.LocalityID, limit int) ([]territory.LocalityID, error) {
	rows, err := r.q.Query(ctx, `SELECT commune_id FROM household_sums WHERE until <= $1 AND commune_id > $2 ORDER BY commune_id LIMIT $3`, day, int64(behind), limit)
	return all(rows, err, pgx.RowTo[territory.LocalityID])
}
