package app

import (
	"context"
	"fmt"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Export is a list that left the house as a file.
type Export struct {
	List   string       // such as cadres
	Action cadre.Action // that allows to read it
	Fields []string     // of the filter that were used, never what was in them
	Rows   int
	Place  territory.LocalityID // whose list it is; zero for a list of all that the actor may read
}

// NoteExport writes in the audit log that the actor took a list with them, before they get it. An entry stands with the place
// of the list, or with the highest place for which the actor may read it.
func (a *App) NoteExport(ctx context.Context, actor cadre.Actor, e Export) error {
	entry := postgres.AuditEntry{
		At: a.now(), Actor: actor.CadreID, Locality: e.Place, Action: "list.export", Object: "list", ObjectID: e.List, Fields: e.Fields, Quantity: &e.Rows,
	}
	var best cadre.Grant
	for _, g := range actor.Grants {
		if g.Allows(e.Action) && (best.AssignmentID == 0 || g.Locality.Level.Above(best.Locality.Level)) {
			best = g
		}
	}
	entry.Assignment = best.AssignmentID
	if entry.Locality == 0 {
		entry.Locality = best.Locality.ID
	}
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.Audit(ctx, entry) })
	if err != nil {
		return fmt.Errorf("noting an export of %s: %w", e.List, err)
	}
	return nil
}

// SubtreeRow is one place of a subtree with who is there.
type SubtreeRow = postgres.SubtreeRow

// Subtree lists a place and everything below it, and gives the cursor of the next page. NotFound if the actor may not know of
// the place, Forbidden for a place above their own, of which they may not know what lies below.
func (a *App) Subtree(ctx context.Context, actor cadre.Actor, id territory.LocalityID, page ListPage) ([]SubtreeRow, string, error) {
	path, err := a.db.Path(ctx, id, actor.Today())
	if err == nil {
		place := path.Chain.Place()
		switch {
		case !cadre.Can(actor, cadre.ViewPlace, cadre.Object{Place: place}):
			err = fault.NotFound()
		case !actor.Covers(place):
			err = fault.Forbidden("fault.forbidden")
		}
	}
	var rows []SubtreeRow
	next := ""
	if err == nil {
		rows, next, err = a.db.Subtree(ctx, id, actor.Today(), page)
	}
	if err != nil {
		return nil, "", fmt.Errorf("listing what lies below place %d: %w", id, err)
	}
	return rows, next, nil
}
