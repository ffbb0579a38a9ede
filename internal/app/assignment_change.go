package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Assignment gives an assignment that the actor may change. NotFound if they may not know of its place, Forbidden if its post
// or its person is not theirs to change.
func (a *App) Assignment(ctx context.Context, actor cadre.Actor, id cadre.AssignmentID) (AssignmentCase, error) {
	found, err := a.db.AssignmentCase(ctx, id, actor.Today())
	if err == nil {
		_, err = changer(actor, found)
	}
	if err != nil {
		return AssignmentCase{}, fmt.Errorf("reading assignment %d: %w", id, err)
	}
	return found, nil
}

// changer gives the grant under which the actor may change the assignment.
func changer(actor cadre.Actor, c AssignmentCase) (cadre.Grant, error) {
	if err := reachable(actor, cadre.Manage, c.Chain); err != nil {
		return cadre.Grant{}, err
	}
	grant, ok := cadre.Appointer(actor, c.Cadre, c.Held, c.Appointment())
	if !ok {
		return cadre.Grant{}, fault.Forbidden("assignment.not_yours")
	}
	return grant, nil
}

// EndInput is what is sent to end an assignment. Seen is the day of its end as the form knew it; the zero Day for none.
type EndInput struct {
	Seen territory.Day
	cadre.EndInput
}

// EndAssignment ends an assignment, at once or after a last day; what it was stays noted. Invalid at last and reason, Conflict
// if somebody else ended or voided it since the form was opened.
func (a *App) EndAssignment(ctx context.Context, actor cadre.Actor, s Submission, id cadre.AssignmentID, in EndInput) (territory.LocalityID, error) {
	in.Reason = oneLine(in.Reason)
	return a.changeAssignment(ctx, actor, s, id, assignmentChange{action: "assignment.end", fields: []string{"period", "ended_reason"}},
		func(tx *postgres.Tx, actor cadre.Actor, c AssignmentCase) error {
			if c.Term.Until != in.Seen {
				return fault.Conflict("assignment.already_ended")
			}
			until, err := in.Check(c.Term, actor.Today())
			if err != nil {
				return err
			}
			tx.EndAssignment(id, until, in.Reason)
			tx.OpenHandover(id, 0, until, actor.At)
			endsNow(tx, actor, c.Cadre, until)
			return nil
		})
}

// VoidAssignment takes back an assignment that was entered by mistake on the same day. Invalid at reason, Conflict if it is too
// late for that or somebody else changed it.
func (a *App) VoidAssignment(ctx context.Context, actor cadre.Actor, s Submission, id cadre.AssignmentID, reason string) (territory.LocalityID, error) {
	reason = oneLine(reason)
	return a.changeAssignment(ctx, actor, s, id, assignmentChange{action: "assignment.void", fields: []string{"voided_at", "ended_reason"}},
		func(tx *postgres.Tx, actor cadre.Actor, c AssignmentCase) error {
			if !Voidable(c.Assignment, actor.Today()) {
				return fault.Conflict("assignment.too_late_to_void")
			}
			if err := cadre.CheckReason(reason); err != nil {
				return err
			}
			tx.VoidAssignment(id, actor.At, reason)
			tx.DropHandovers(id)
			tx.EndIdleSessions(c.Cadre, actor.Today(), actor.At)
			return nil
		})
}

// Voidable tells whether an assignment was entered on the day, so that it can be taken back.
func Voidable(a Assignment, today territory.Day) bool {
	return a.RecordedAt != nil && territory.DayOf(*a.RecordedAt) == today
}

// SetDecision stores the number of the decision of an assignment, and its file where one came; without one the file that is there stays.
// Invalid at decision and file, Conflict if the assignment is over.
func (a *App) SetDecision(ctx context.Context, actor cadre.Actor, s Submission, id cadre.AssignmentID, decision string, file FileInput) (territory.LocalityID, error) {
	decision = oneLine(decision)
	fields := []string{"decision"}
	if file != (FileInput{}) {
		fields = append(fields, "file")
	}
	return a.changeAssignment(ctx, actor, s, id, assignmentChange{action: "assignment.decision", fields: fields},
		func(tx *postgres.Tx, actor cadre.Actor, _ AssignmentCase) error {
			if err := cadre.CheckDecision(decision); err != nil {
				return err
			}
			tx.SetDecision(id, decision, attach(tx, actor, file))
			return nil
		})
}

// MakePrimary marks an assignment as the primary one of its post and place; the mark of another one there is taken off.
func (a *App) MakePrimary(ctx context.Context, actor cadre.Actor, s Submission, id cadre.AssignmentID) (territory.LocalityID, error) {
	return a.changeAssignment(ctx, actor, s, id, assignmentChange{action: "assignment.primary", fields: []string{"is_primary"}},
		func(tx *postgres.Tx, _ cadre.Actor, c AssignmentCase) error {
			if c.Household != uuid.Nil {
				return fault.Conflict("assignment.household_not_primary")
			}
			tx.MakePrimary(c)
			return nil
		})
}

// assignmentChange names a change in the audit log.
type assignmentChange struct {
	action string
	fields []string
}

// changeAssignment changes an assignment that is not over, under the lock of its place, and gives that place.
func (a *App) changeAssignment(ctx context.Context, actor cadre.Actor, s Submission, id cadre.AssignmentID, change assignmentChange,
	do func(tx *postgres.Tx, actor cadre.Actor, c AssignmentCase) error,
) (territory.LocalityID, error) {
	result, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		c, err := tx.LockAssignment(ctx, id, actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		grant, err := changer(actor, c)
		if err != nil {
			return uuid.Nil, err
		}
		if c.Over(actor.Today()) {
			return uuid.Nil, fault.Conflict("assignment.already_ended")
		}
		hold(tx, actor, grant.AssignmentID)
		if err := do(tx, actor, c); err != nil {
			return uuid.Nil, err
		}
		return resultOf(c.Place), tx.Audit(ctx, assignmentEntry(actor, grant, id, c.Place, change.action, change.fields...))
	})
	if err != nil {
		return 0, fmt.Errorf("changing assignment %d (%s): %w", id, change.action, err)
	}
	return ofResult[territory.LocalityID](result), nil
}
