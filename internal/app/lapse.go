package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/casework"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// LapseIssues does what the clock does by itself, in working hours only: issues whose desk let its time pass go to the next
// desk upward, what nobody answered for ten working days closes, and desks are reminded before their time is up
// (domain.md section 4, "Clock"). Each issue has a transaction of its own under its lock, so that any number of runners do
// it once, and a person who decides in the same second wins or loses whole. It gives the number of issues that moved; one
// that fails does not stop the others.
func (a *App) LapseIssues(ctx context.Context) (moved int, err error) {
	calendar, err := a.db.Calendar(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the calendar: %w", err)
	}
	if !calendar.IsWorking(a.now()) {
		return 0, nil
	}
	return a.each("letting an issue lapse", func(after uuid.UUID) ([]uuid.UUID, error) {
		return a.db.IssuesDue(ctx, a.now(), after, atOnce)
	}, func(id uuid.UUID) (bool, error) { return a.lapse(ctx, id) })
}

func (a *App) lapse(ctx context.Context, id uuid.UUID) (moved bool, err error) {
	err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
		moved = false
		found, err := tx.LockAnyIssue(ctx, id, territory.DayOf(a.now()))
		if err != nil {
			return err
		}
		s := found.Situation(a.now()) // read again under the lock: events of an issue never go back in time
		issue, event, ok := s.Lapse()
		switch {
		case ok:
			moved = true
			return keep(ctx, tx, issue, event)
		case s.Remind():
			if err := tx.InsertNotices(ctx, reminders(s)); err != nil {
				return err
			}
			return tx.Reminded(ctx, id)
		}
		return nil
	})
	return moved, err
}

// reminders tells the leads of the desk, once for each stay there, that most of its time has passed.
func reminders(s casework.Situation) []Notice {
	desk, _ := s.Desks.Find(s.Issue.Desk)
	var notices []Notice
	for _, id := range s.WaitsFor() {
		notices = append(notices, Notice{
			ID: uuid.Must(uuid.NewV7()), Cadre: id, Event: fmt.Sprintf("warn:%s:%d", s.Issue.ID, s.Issue.ArrivedAt.Unix()), Kind: noticeWarn,
			Issue: s.Issue.ID, At: s.At, Args: map[string]string{"number": s.Issue.Number, "title": s.Issue.Title, "desk": desk.Locality.Name},
		})
	}
	return notices
}
