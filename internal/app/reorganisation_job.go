package app

import (
	"context"
	"fmt"

	"banam/internal/postgres"
	"banam/internal/territory"
)

// ApplyReorganisations is the job that moves open work and tells people on the day of a reorganisation.
type ApplyReorganisations struct{}

// Kind names the job.
func (ApplyReorganisations) Kind() string { return "apply_reorganisations" }

// ApplyReorganisations does what a confirmed plan leaves for its day: those whose assignments ended are told, and what waits at a closed
// desk passes on. A late run changes nothing about the tree, which the confirmation has written (architecture.md, "Data"). It gives the number
// of plans; run twice it does nothing more.
func (a *App) ApplyReorganisations(ctx context.Context) (int, error) {
	due, err := a.db.ReorganisationsDue(ctx, territory.DayOf(a.now()))
	if err != nil || len(due) == 0 {
		return 0, err
	}
	for _, id := range due {
		err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
			tx.ApplyReorganisation(id, a.now())
			return nil
		})
		if err != nil {
			return 0, fmt.Errorf("applying plan %s: %w", id, err)
		}
	}
	if _, err := a.PassVacantDesks(ctx); err != nil {
		return len(due), err
	}
	_, err = a.PassWaitingReports(ctx)
	return len(due), err
}
