package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// Draft is a report that was not sent yet: the id that its form made, what was typed, and the version that was seen (zero
// for a draft that is not stored).
type (
	Draft     = postgres.Draft
	DraftLine = postgres.DraftLine
)

// Drafts lists the actor's drafts, the last one touched first.
func (a *App) Drafts(ctx context.Context, actor cadre.Actor) ([]DraftLine, error) {
	list, err := a.db.Drafts(ctx, actor.CadreID, actor.Today())
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	return list, nil
}

// SaveDraft keeps what was typed, however wrong it still is. Conflict if the stored draft is not the version that was seen.
func (a *App) SaveDraft(ctx context.Context, actor cadre.Actor, s Submission, d Draft) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		_, err = saveDraft(ctx, tx, actor, d)
		return d.ReportID, err
	})
	if err != nil {
		return fmt.Errorf("saving draft %s: %w", d.ReportID, err)
	}
	return nil
}

// KeepDraft saves what is being typed without being asked to, and gives the version that is stored afterwards. It may be repeated: the
// version, the form and the turn of the draft make sure that nothing newer is lost, so that it needs no submission of its own. Nothing
// is stored where nothing was written yet.
func (a *App) KeepDraft(ctx context.Context, actor cadre.Actor, d Draft) (version int, err error) {
	if d.Input.Blank() && d.Version == 0 {
		return 0, nil
	}
	err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return err
		}
		version, err = saveDraft(ctx, tx, actor, d)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("keeping draft %s: %w", d.ReportID, err)
	}
	return version, nil
}

// saveDraft gives the version that is stored afterwards. A text that is stored already is not stored again.
func saveDraft(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, d Draft) (int, error) {
	found, err := claimReport(ctx, tx, actor.CadreID, d)
	switch {
	case err != nil:
		return 0, err
	case d.Turn > 0 && d.Base > 0 && found.Amended > d.Base: // overtaken by the amendment that it was on its way to
		return 0, fault.Conflict("report.moved_on")
	case found.Version != d.Version && !d.Follows(found):
		return found.Version, nil
	}
	d.Version = found.Version
	if err := d.Input.CheckDraft(); err != nil {
		return 0, err
	}
	if found.Version == 0 {
		if found.Drafts >= postgres.DraftList {
			return 0, &fault.Error{Kind: fault.KindInvalid, Key: "report.too_many_drafts", Args: []any{"n", postgres.DraftList}}
		}
		if err := mayWrite(ctx, tx, actor); err != nil {
			return 0, err
		}
	}
	d.UpdatedAt = actor.At
	tx.SaveDraft(actor.CadreID, d)
	return d.Version + 1, nil
}

// claimReport locks the id of a report and makes sure that it is the author's, not yet sent unless the draft amends it, and that its
// draft is the one that the author saw, or has the very same text: then two sendings of one form met.
func claimReport(ctx context.Context, tx *postgres.Tx, author cadre.ID, d Draft) (postgres.ReportIdentity, error) {
	found, err := tx.LockReport(ctx, d.ReportID, author)
	if err != nil {
		return found, err
	}
	return found, judgeClaim(ctx, tx, author, d, found)
}

// judgeClaim is claimReport for an id that is locked.
func judgeClaim(ctx context.Context, tx *postgres.Tx, author cadre.ID, d Draft, found postgres.ReportIdentity) error {
	switch {
	case found.Author != 0 && found.Author != author, found.Author == 0 && d.Known:
		return fault.NotFound()
	case found.Sent && d.Base == 0:
		return fault.Conflict("report.already_sent")
	case !found.Sent && d.Base != 0:
		return fault.NotFound()
	case found.Withdrawn:
		return fault.Conflict("report.withdrawn_already")
	case found.Version == 0 && d.Version != 0:
		return fault.Conflict("report.draft_gone")
	case found.Version == d.Version, d.Follows(found):
		return nil
	}
	stored, err := tx.Draft(ctx, d.ReportID, author)
	if err != nil {
		return err
	}
	if !stored.Input.Same(d.Input) {
		return fault.Conflict("report.draft_changed")
	}
	return nil
}

// mayWrite refuses people who hold nothing to report under and whose time for late filing is over.
func mayWrite(ctx context.Context, tx *postgres.Tx, actor cadre.Actor) error {
	if len(actor.Scope(cadre.FileReport).Branches) > 0 {
		return nil
	}
	last, err := tx.LastHeld(ctx, actor.CadreID, actor.Today())
	if err != nil {
		return err
	}
	if last.IsZero() || actor.Today().After(last.Add(casework.LateDays)) {
		return fault.Forbidden("report.nothing_held")
	}
	return nil
}

// keepRefused keeps the text of a report that was refused, so that nothing typed is lost, and gives the version of the
// draft from which the form goes on. Where that fails the form still has the text; nothing else is at stake.
func (a *App) keepRefused(ctx context.Context, actor cadre.Actor, d Draft) int {
	if d.Input.Blank() {
		return d.Version
	}
	version := d.Version
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return err
		}
		version, err = saveDraft(ctx, tx, actor, d)
		return err
	})
	if err != nil {
		return d.Version
	}
	return version
}

// DiscardDraft throws a draft away. Conflict if it is not the version that was seen, NotFound if there is none.
func (a *App) DiscardDraft(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, version int) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		found, err := tx.LockReport(ctx, id, actor.CadreID)
		switch {
		case err != nil:
			return uuid.Nil, err
		case found.Author != actor.CadreID, found.Version == 0 && !found.Sent:
			return uuid.Nil, fault.NotFound()
		case found.Version == 0:
			return uuid.Nil, fault.Conflict("report.already_sent")
		case found.Version != version:
			return uuid.Nil, fault.Conflict("report.draft_changed")
		}
		tx.DropDraft(actor.CadreID, id)
		return id, nil
	})
	if err != nil {
		return fmt.Errorf("discarding draft %s: %w", id, err)
	}
	return nil
}
