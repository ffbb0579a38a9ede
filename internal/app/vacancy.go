package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/casework"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// atOnce is how many issues or reports the software's own work looks up at a time.
const atOnce = 500

// PassVacantDesks passes every open issue whose desk nobody leads today on to the next desk upward that has a lead, each in
// a transaction of its own. Where no desk has one the issue stays, and administrators of its path are told once a day. It
// gives the number of issues that it passed on; one that fails does not stop the others.
func (a *App) PassVacantDesks(ctx context.Context) (passed int, err error) {
	return a.each("passing an issue on", func(after uuid.UUID) ([]uuid.UUID, error) {
		return a.db.IssuesAtVacantDesks(ctx, territory.DayOf(a.now()), after, atOnce)
	}, func(id uuid.UUID) (bool, error) { return a.passVacant(ctx, id) })
}

// each does the software's own work on every issue or report that list gives, page after page in the order of their ids, and counts
// those that moved. One that fails does not stop the others.
func (*App) each(what string, list func(after uuid.UUID) ([]uuid.UUID, error), do func(uuid.UUID) (bool, error)) (moved int, err error) {
	var failures []error
	for after := uuid.Nil; ; {
		ids, err := list(after)
		if err != nil {
			return moved, errors.Join(append(failures, fmt.Errorf("%s: listing: %w", what, err))...)
		}
		for _, id := range ids {
			did, err := do(id)
			switch {
			case err != nil:
				failures = append(failures, fmt.Errorf("%s: %s: %w", what, id, err))
			case did:
				moved++
			}
			after = id
		}
		if len(ids) < atOnce {
			return moved, errors.Join(failures...)
		}
	}
}

func (a *App) passVacant(ctx context.Context, id uuid.UUID) (moved bool, err error) {
	err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
		found, err := tx.LockAnyIssue(ctx, id, territory.DayOf(a.now()))
		if err != nil {
			return err
		}
		s := found.Situation(a.now()) // read again under the lock: events of an issue never go back in time
		issue, event, ok := s.PassUpward()
		moved = ok
		if ok {
			return keep(ctx, tx, issue, event)
		}
		return tx.InsertNotices(ctx, stuckNotices(s))
	})
	return moved, err
}

// stuckNotices tells the administrators of the path, once a day, of an open issue that nobody is there to take.
func stuckNotices(s casework.Situation) []Notice {
	desk, ok := s.Desks.Find(s.Issue.Desk)
	if !ok || !desk.Vacant() || !s.Issue.State.Open() {
		return nil
	}
	var notices []Notice
	for _, id := range s.Administrators() {
		key := fmt.Sprintf("stuck:%s:%s", s.Issue.ID, territory.DayOf(s.At))
		notices = append(notices, vacancy(id, key, s.Issue.Number, desk.Locality.Name, s))
	}
	return notices
}

// SweepSessions forgets sessions that could not be used any more.
func (a *App) SweepSessions(ctx context.Context) error {
	if err := a.db.SweepSessions(ctx, a.now()); err != nil {
		return fmt.Errorf("sweeping sessions: %w", err)
	}
	return nil
}
