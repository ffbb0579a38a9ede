package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// RunImport is the job that judges, applies or undoes a list.
type RunImport struct {
	ImportID uuid.UUID `json:"import_id"`
}

// Kind names the job.
func (RunImport) Kind() string { return "run_import" }

// SweepImports is the job that deletes what was typed in imports of long ago.
type SweepImports struct{}

// Kind names the job.
func (SweepImports) Kind() string { return "sweep_imports" }

// RunImport does what the state of an import asks for, chunk by chunk, each in a transaction of its own that also says how far it has
// come: a job that was cut off goes on where it was, and a second one finds nothing to do.
func (a *App) RunImport(ctx context.Context, id uuid.UUID) error {
	for {
		var over bool
		err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
			tx.Patient()
			imp, err := tx.LockImport(ctx, id, territory.DayOf(a.now()))
			if err != nil {
				return err
			}
			switch imp.State {
			case postgres.ImportChecking:
				over, err = a.checkAll(ctx, tx, imp)
			case postgres.ImportRunning:
				over, err = a.applyChunk(ctx, tx, imp)
			case postgres.ImportUndoing:
				over, err = true, a.undo(ctx, tx, imp)
			case postgres.ImportReady, postgres.ImportDone, postgres.ImportUndone, postgres.ImportAbandoned, postgres.ImportFailed:
				over = true
			}
			return err
		})
		if refusal := fault.As(err); refusal != nil && refusal.Kind == fault.KindConflict {
			return a.refuseUndo(ctx, id, refusal.Key)
		}
		if err != nil {
			return fmt.Errorf("running an import: %w", err)
		}
		if over {
			return nil
		}
	}
}

// checkAll judges all rows of a list: what one row says is judged by those above it.
func (a *App) checkAll(ctx context.Context, tx *postgres.Tx, imp Import) (bool, error) {
	actor, err := a.importer(ctx, tx, imp)
	if err != nil {
		return false, err
	}
	rows, err := tx.ImportRows(ctx, imp.ID, 0, imp.Total)
	if err != nil {
		return false, err
	}
	if err := a.checkRows(ctx, tx, imp, actor, rows); err != nil {
		return false, err
	}
	tx.EndImport(imp.ID, postgres.ImportReady, actor.At)
	return true, nil
}

// applyChunk judges the next rows again, as things stand now, and applies those that are good.
func (a *App) applyChunk(ctx context.Context, tx *postgres.Tx, imp Import) (over bool, err error) {
	actor, err := a.importer(ctx, tx, imp)
	if err != nil {
		return false, err
	}
	rows, err := tx.ImportRows(ctx, imp.ID, imp.Handled, chunkRows)
	if err != nil {
		return false, err
	}
	if len(rows) == 0 {
		tx.EndImport(imp.ID, postgres.ImportDone, actor.At)
		return true, nil
	}
	work := newWork(imp, actor, rows, true)
	if len(work.rows) > 0 {
		judge := work.judgeOf()
		if err := judge.read(ctx, tx); err != nil {
			return false, fmt.Errorf("reading what a list is judged by: %w", err)
		}
		for _, row := range work.rows {
			judge.judge(row)
		}
		if err := judge.write(ctx, tx); err != nil {
			return false, fmt.Errorf("applying a list: %w", err)
		}
		if err := tx.SaveRows(imp.ID, rows); err != nil {
			return false, err
		}
	}
	tx.ImportProgress(imp.ID, rows[len(rows)-1].N)
	return false, nil
}

// FailImport notes that the job gave up.
func (a *App) FailImport(ctx context.Context, id uuid.UUID) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		tx.EndImport(id, postgres.ImportFailed, a.now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting a failed import: %w", err)
	}
	return nil
}

func (a *App) refuseUndo(ctx context.Context, id uuid.UUID, key string) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		tx.RefuseUndo(id, key)
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting why an import was not undone: %w", err)
	}
	return nil
}

// undo takes back all that an import made and changed, in one transaction. It is a Conflict if anything of it was touched since.
func (a *App) undo(ctx context.Context, tx *postgres.Tx, imp Import) error {
	actor, err := a.importer(ctx, tx, imp)
	if err != nil {
		return err
	}
	grant, ok := highest(actor)
	if !ok {
		return fault.Conflict("import.undo_no_right")
	}
	hold(tx, actor, grant.AssignmentID)
	rows, err := tx.AppliedRows(ctx, imp.ID)
	if err != nil {
		return err
	}
	u := postgres.ImportUndo{ID: imp.ID, Kind: imp.Kind, At: actor.At, Own: administered(actor)}
	if imp.Kind == ImportHouseholds && !mayEnterHouseholds(actor) {
		return fault.Conflict("import.undo_no_right")
	}
	for _, row := range rows {
		if err := addUndo(&u, imp.Kind, row); err != nil {
			return err
		}
	}
	if err := tx.UndoImport(ctx, u); err != nil {
		return err
	}
	tx.EndImport(imp.ID, postgres.ImportUndone, actor.At)
	tx.DropRows(imp.ID, actor.At)
	return nil
}

func addUndo(u *postgres.ImportUndo, kind ImportKind, row ImportRow) error {
	if kind == ImportHouseholds { // found by the database itself
		return nil
	}
	id, err := strconv.ParseInt(row.ObjectID, 10, 64)
	if err != nil {
		return fmt.Errorf("reading what a row made: %w", err)
	}
	switch kind {
	case ImportCadres:
		var was cadreUndo
		if err := json.Unmarshal(row.Undo, &was); err != nil {
			return fmt.Errorf("reading what undoes a row: %w", err)
		}
		u.Accounts = appendSome(u.Accounts, was.Account)
		if was.Before == nil {
			u.Made, u.MadeVersions = append(u.Made, id), append(u.MadeVersions, int32(was.Version)) // a small number
		} else {
			u.Before = append(u.Before, postgres.NewCadre{ID: cadre.ID(id), Person: *was.Before})
			u.Versions = append(u.Versions, int32(was.Version)) // a small number
		}
	case ImportAssignments:
		var was assignmentUndo
		if err := json.Unmarshal(row.Undo, &was); err != nil {
			return fmt.Errorf("reading what undoes a row: %w", err)
		}
		u.Accounts = appendSome(u.Accounts, was.Account)
		u.Cleared = append(u.Cleared, was.Cleared...)
		switch {
		case was.New:
			u.Made = append(u.Made, id)
		case was.Marked:
			u.Marked = append(u.Marked, cadre.AssignmentID(id))
		}
		if d := was.Decided; d != nil {
			u.Decided = append(u.Decided, postgres.DecidedAnew{Assignment: cadre.AssignmentID(id), From: d.From, To: d.To})
		}
	case ImportPlaces:
		u.Made = append(u.Made, id)
	case ImportHouseholds:
	}
	return nil
}

func appendSome(list []int64, id int64) []int64 {
	if id == 0 {
		return list
	}
	return append(list, id)
}
