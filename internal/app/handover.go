package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the pages of handovers.
type (
	Handover       = postgres.Handover
	HandoverCounts = postgres.HandoverCounts
	HandoverIssue  = postgres.HandoverIssue
)

// HandoverList is one page of the list of handovers.
type HandoverList struct {
	Rows []Handover
	Next string // cursor of the next page; empty on the last one
}

// Handovers lists what the actor hands over and takes over and, for administrators, what changes hands in their places.
func (a *App) Handovers(ctx context.Context, actor cadre.Actor, confirmed bool, page ListPage) (HandoverList, error) {
	rows, next, err := a.db.Handovers(ctx, postgres.HandoverQuery{Who: actor.CadreID, Below: administered(actor), Day: actor.Today(), Confirmed: confirmed}, page)
	if err != nil {
		return HandoverList{}, fmt.Errorf("listing handovers: %w", err)
	}
	return HandoverList{Rows: rows, Next: next}, nil
}

// HandoverPage is one handover as the reader may see it.
type HandoverPage struct {
	postgres.HandoverPage
	Confirms bool // the reader is the one to confirm it, now
	Early    bool // the reader follows, but not yet
	Counted  bool // the reader may count what is open at the place
}

// Handover gives one handover. NotFound to all but the one before, the one who follows and the administrators of the place.
func (a *App) Handover(ctx context.Context, actor cadre.Actor, id uuid.UUID) (HandoverPage, error) {
	found, err := a.db.HandoverPage(ctx, id, actor.At, actor.Scope(cadre.ReadIssue), actor.Scope(cadre.ReadNumbers))
	if err != nil {
		return HandoverPage{}, fmt.Errorf("reading handover %s: %w", id, err)
	}
	if !concerned(actor, found.Handover, found.Chain) {
		return HandoverPage{}, fault.NotFound()
	}
	page := HandoverPage{HandoverPage: found, Counted: len(found.Chain) > 0 && cadre.Can(actor, cadre.ReadNumbers, cadre.Object{Place: found.Chain.Place()})}
	if actor.CadreID == found.To && found.Confirmed == nil {
		_, page.Confirms = holds(actor, found.Successor)
		page.Early = !page.Confirms
	}
	return page, nil
}

// concerned tells whether a handover is the actor's business: they handed over, they follow, or they administer the place.
func concerned(actor cadre.Actor, h Handover, chain territory.Chain) bool {
	return actor.CadreID == h.From || actor.CadreID == h.To || len(chain) > 0 && cadre.Can(actor, cadre.Manage, cadre.Object{Place: chain.Place()})
}

// holds gives the grant of an assignment of the actor, if it is in force.
func holds(actor cadre.Actor, id cadre.AssignmentID) (cadre.Grant, bool) {
	i := slices.IndexFunc(actor.Grants, func(g cadre.Grant) bool { return g.AssignmentID == id })
	if i < 0 {
		return cadre.Grant{}, false
	}
	return actor.Grants[i], true
}

// ConfirmHandover notes that the successor received what is open, with its numbers of that moment. Invalid at note; Forbidden to all but
// the successor while they hold the post, NotFound to who may not know of it; Conflict if it is confirmed already.
func (a *App) ConfirmHandover(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, note string) error {
	note = oneLine(note)
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		c, err := tx.LockHandover(ctx, id, actor.At, actor.Scope(cadre.ReadNumbers))
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := holds(actor, c.Successor)
		switch {
		case !concerned(actor, c.Handover, c.Chain):
			return uuid.Nil, fault.NotFound()
		case actor.CadreID != c.To:
			return uuid.Nil, fault.Forbidden("handover.not_yours")
		case c.Confirmed != nil:
			return uuid.Nil, fault.Conflict("handover.confirmed_already")
		case !ok:
			return uuid.Nil, fault.Forbidden("handover.not_yours")
		}
		if err := cadre.CheckNote(note); err != nil {
			return uuid.Nil, err
		}
		hold(tx, actor, grant.AssignmentID)
		tx.ConfirmHandover(id, actor.At, note, c.Counts)
		tx.TellHandedOver(c.Handover, actor.At)
		return id, tx.Audit(ctx, postgres.AuditEntry{
			At: actor.At, Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: c.Place, Action: "handover.confirm", Object: "handover", ObjectID: id.String(),
		})
	})
	if err != nil {
		return fmt.Errorf("confirming handover %s: %w", id, err)
	}
	return nil
}

// OpenDueHandovers begins the handovers of assignments that ended by themselves, and ends the sessions of people who hold nothing any more.
func (a *App) OpenDueHandovers(ctx context.Context) (opened int, err error) {
	err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
		opened, err = tx.OpenDueHandovers(ctx, a.now())
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("opening handovers: %w", err)
	}
	return opened, nil
}
