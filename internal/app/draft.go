package app

import (
	"context"
	"fmt"
	"maps"

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
		return d.ReportID, a.saveDraft(ctx, tx, actor, d)
	})
	if err != nil {
		return fmt.Errorf("saving draft %s: %w", d.ReportID, err)
	}
	return nil
}

func (a *App) saveDraft(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, d Draft) error {
	found, err := claimReport(ctx, tx, actor.CadreID, d)
	if err != nil {
		return err
	}
	if err := d.Input.CheckDraft(); err != nil {
		return err
	}
	if found.Version == 0 {
		if found.Drafts >= postgres.DraftList {
			return &fault.Error{Kind: fault.KindInvalid, Key: "report.too_many_drafts", Args: []any{"n", postgres.DraftList}}
		}
		if err := mayWrite(ctx, tx, actor); err != nil {
			return err
		}
	}
	d.UpdatedAt = actor.At
	return tx.SaveDraft(ctx, actor.CadreID, d)
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
	version := d.Version
	if d.Input.Blank() {
		return version
	}
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return err
		}
		version = d.Version
		if err := a.saveDraft(ctx, tx, actor, d); err != nil {
			return err
		}
		version++
		return nil
	})
	if fault.KindOf(err) != fault.KindConflict {
		return version
	}
	// the same refused sending arrived twice: the first one has kept the text already
	if stored, err := a.db.Draft(ctx, d.ReportID, actor.CadreID); err == nil && sameInput(stored.Input, d.Input) {
		return stored.Version
	}
	return d.Version
}

func sameInput(a, b casework.ReportInput) bool {
	same := maps.Equal(a.Organisations, b.Organisations)
	a.Organisations, b.Organisations = nil, nil
	return same && fmt.Sprint(a) == fmt.Sprint(b)
}

// DiscardDraft throws a draft away. Conflict if it is not the version that was seen, NotFound if there is none.
func (a *App) DiscardDraft(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, version int) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		found, err := claimReport(ctx, tx, actor.CadreID, Draft{ReportID: id, Version: version})
		switch {
		case err == nil && found.Version == 0, fault.KindOf(err) == fault.KindConflict && found.Version == 0 && !found.Sent:
			return uuid.Nil, fault.NotFound()
		case err != nil:
			return uuid.Nil, err
		}
		return id, tx.DropDraft(ctx, actor.CadreID, id)
	})
	if err != nil {
		return fmt.Errorf("discarding draft %s: %w", id, err)
	}
	return nil
}
