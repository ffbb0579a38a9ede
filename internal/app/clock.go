package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// ClockRules is the working clock with what the reader may do to it.
type ClockRules struct {
	postgres.ClockRules
	Mine bool // the reader may change it
}

// ClockRules gives the working clock with the special days of a year. Everybody may know by what deadlines they are
// measured.
func (a *App) ClockRules(ctx context.Context, actor cadre.Actor, year int) (ClockRules, error) {
	rules, err := a.db.ClockRules(ctx, year, administered(actor), actor.Today())
	if err != nil {
		return ClockRules{}, fmt.Errorf("reading the clock: %w", err)
	}
	return ClockRules{ClockRules: rules, Mine: actor.Holds(cadre.Administer) && !rules.Higher}, nil
}

// SetHours stores the working hours of the week. Deadlines that run already stay as they are: new hours count from an
// issue's next arrival. Invalid at the field of the day; Conflict if the clock was changed since the version seen;
// Forbidden to all but the highest administrators.
func (a *App) SetHours(ctx context.Context, actor cadre.Actor, s Submission, seen int, in casework.HoursInput) error {
	hours, err := in.Check()
	if err != nil {
		return err
	}
	return a.changeClock(ctx, actor, s, seen, "clock.hours", func(tx *postgres.Tx) error { return tx.ReplaceHours(ctx, hours) })
}

// SetDeadlines stores the deadlines of all levels and severities, with the same rules as SetHours.
func (a *App) SetDeadlines(ctx context.Context, actor cadre.Actor, s Submission, seen int, in casework.DeadlinesInput) error {
	deadlines, err := in.Check()
	if err != nil {
		return err
	}
	return a.changeClock(ctx, actor, s, seen, "clock.deadlines", func(tx *postgres.Tx) error { return tx.ReplaceDeadlines(ctx, deadlines) })
}

// PutSpecialDay stores a holiday or a swapped working day, with the same rules as SetHours.
func (a *App) PutSpecialDay(ctx context.Context, actor cadre.Actor, s Submission, seen int, in casework.SpecialDayInput) error {
	in.Name = oneLine(in.Name)
	day, err := in.Check(actor.Today())
	if err != nil {
		return err
	}
	return a.changeClock(ctx, actor, s, seen, "clock.day", func(tx *postgres.Tx) error { return tx.PutSpecialDay(ctx, day) })
}

// RemoveSpecialDay makes a day an ordinary one again, with the same rules as SetHours.
func (a *App) RemoveSpecialDay(ctx context.Context, actor cadre.Actor, s Submission, seen int, day territory.Day) error {
	return a.changeClock(ctx, actor, s, seen, "clock.day_removed", func(tx *postgres.Tx) error { return tx.RemoveSpecialDay(ctx, day) })
}

func (a *App) changeClock(ctx context.Context, actor cadre.Actor, s Submission, seen int, action string, change func(tx *postgres.Tx) error) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := highestAdministered(actor)
		if !ok {
			return uuid.Nil, fault.Forbidden("calendar.not_yours")
		}
		if err := tx.TouchClock(ctx, seen, administered(actor), actor.Today()); err != nil {
			return uuid.Nil, err
		}
		if err := change(tx); err != nil {
			return uuid.Nil, err
		}
		return uuid.Nil, tx.Audit(ctx, postgres.AuditEntry{
			At: actor.At, Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: grant.Locality.ID, Action: action, Object: "clock", ObjectID: "clock",
		})
	})
	if err != nil {
		return fmt.Errorf("changing the clock (%s): %w", action, err)
	}
	return nil
}

// highestAdministered gives the actor's highest grant that administers; false if there is none.
func highestAdministered(actor cadre.Actor) (cadre.Grant, bool) {
	var best cadre.Grant
	found := false
	for _, g := range actor.Grants {
		if g.Allows(cadre.Manage) && (!found || g.Locality.Level.Above(best.Locality.Level)) {
			best, found = g, true
		}
	}
	return best, found
}
