package app

import (
	"context"
	"fmt"

	"banam/internal/postgres"
	"banam/internal/territory"
)

// sumsAtOnce is how many communes are counted anew in one transaction.
const sumsAtOnce = 20

// RecountHouseholds counts the households of those communes anew whose numbers are out of date because a class began or ended by itself,
// and gives how many they were. Until then such a commune is counted at each look, which is right but slow: on 1 January, when the
// classes of a year end, that would be every commune.
func (a *App) RecountHouseholds(ctx context.Context) (counted int, err error) {
	today, last := territory.DayOf(a.now()), territory.LocalityID(0)
	for {
		n := 0
		err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
			communes, err := tx.LapsedSums(ctx, today, last, sumsAtOnce)
			if err != nil || len(communes) == 0 {
				return err
			}
			n, last = len(communes), communes[len(communes)-1]
			tx.RecountHouseholds(today, communes...)
			return nil
		})
		if err != nil {
			return counted, fmt.Errorf("counting households anew: %w", err)
		}
		counted += n
		if n < sumsAtOnce {
			return counted, nil
		}
	}
}
