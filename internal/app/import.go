package app

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// What pages know of imports.
type (
	Import      = postgres.Import
	ImportRow   = postgres.ImportRow
	ImportKind  = postgres.ImportKind
	ImportState = postgres.ImportState
	Verdict     = postgres.Verdict
)

// The kinds of imports.
const (
	ImportPlaces      = postgres.ImportPlaces
	ImportCadres      = postgres.ImportCadres
	ImportAssignments = postgres.ImportAssignments
	ImportHouseholds  = postgres.ImportHouseholds
)

const (
	listsAtOnce  = 2                  // files that are read at the same time, since each costs memory
	judgedAtOnce = 5_000              // rows of a list that is judged while its sender waits; a job judges longer ones
	chunkRows    = 5_000              // rows that are applied in one transaction
	importKept   = 7 * 24 * time.Hour // after that what was typed is deleted, and the import cannot be undone any more
	maxListName  = 100
)

// UndoneReason marks an assignment that was voided since its list was undone.
const UndoneReason = postgres.UndoneReason

// Upload is a list as it was sent.
type Upload struct {
	Kind     ImportKind
	FileName string
	Data     []byte
}

// UploadList reads a list and judges its rows; nothing of it is applied yet. It gives the id of the import. Invalid at file if it is no
// list of this kind, or too large.
func (a *App) UploadList(ctx context.Context, actor cadre.Actor, s Submission, up Upload) (uuid.UUID, error) {
	if importFields[up.Kind] == nil {
		return uuid.Nil, fault.NotFound()
	}
	if len(up.Data) == 0 {
		return uuid.Nil, fault.Invalid(fault.At("file", "import.file_required"))
	}
	select {
	case a.lists <- struct{}{}:
		defer func() { <-a.lists }()
	case <-ctx.Done():
		return uuid.Nil, fault.Unavailable("fault.busy", ctx.Err())
	}
	table, heads, err := readList(up.Data, up.Kind)
	if err != nil {
		return uuid.Nil, fmt.Errorf("reading a list: %w", err)
	}
	rows := typedRows(table, heads)
	if len(rows) == 0 {
		return uuid.Nil, fault.Invalid(fault.At("file", "sheet.no_rows"))
	}
	id, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := highest(actor)
		if !ok {
			return uuid.Nil, fault.Forbidden("fault.forbidden")
		}
		if up.Kind == ImportHouseholds && !mayEnterHouseholds(actor) {
			return uuid.Nil, fault.Forbidden("household.enter_not_yours")
		}
		hold(tx, actor, grant.AssignmentID)
		imp := Import{
			ID: uuid.Must(uuid.NewV7()), Kind: up.Kind, State: postgres.ImportChecking, Maker: actor.CadreID, Account: actor.AccountID, Assignment: grant.AssignmentID,
			Locality: grant.Locality.ID, FileName: listName(up.FileName), Sheet: table.Sheet, Columns: heads.columns, Ignored: heads.ignored, CreatedAt: actor.At, Total: len(rows),
		}
		if err := tx.InsertImport(imp, rows); err != nil {
			return uuid.Nil, err
		}
		sent := len(rows)
		if err := tx.Audit(ctx, postgres.AuditEntry{
			At: actor.At, Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: grant.Locality.ID, Action: "import.upload", Object: "import",
			ObjectID: string(imp.Kind), Quantity: &sent,
		}); err != nil {
			return uuid.Nil, err
		}
		if len(rows) > judgedAtOnce {
			return imp.ID, tx.Enqueue(ctx, RunImport{ImportID: imp.ID})
		}
		if err := a.checkRows(ctx, tx, imp, actor, rows); err != nil {
			return uuid.Nil, err
		}
		tx.EndImport(imp.ID, postgres.ImportReady, actor.At)
		return imp.ID, nil
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("uploading a list: %w", err)
	}
	return id, nil
}

// listName keeps the last part of a name, in one line.
func listName(name string) string {
	name = oneLine(path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), `\`, "/")))
	for utf8.RuneCountInString(name) > maxListName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}

// checkRows judges rows and stores their verdicts.
func (a *App) checkRows(ctx context.Context, tx *postgres.Tx, imp Import, actor cadre.Actor, rows []ImportRow) error {
	work := newWork(imp, actor, rows, false)
	judge := work.judgeOf()
	if err := judge.read(ctx, tx); err != nil {
		return fmt.Errorf("reading what a list is judged by: %w", err)
	}
	for _, row := range work.rows {
		judge.judge(row)
		row.Undo, row.ObjectID = nil, ""
	}
	return tx.SaveRows(imp.ID, rows)
}

// ImportList is one page of the imports of the past.
type ImportList struct {
	Rows []Import
	Next string // cursor of the next page; empty on the last one
}

// Imports lists the lists that were uploaded for places of the actor, by whomever.
func (a *App) Imports(ctx context.Context, actor cadre.Actor, page ListPage) (ImportList, error) {
	rows, err := a.db.Imports(ctx, administered(actor), actor.CadreID, actor.Today(), page)
	if err != nil {
		return ImportList{}, fmt.Errorf("listing imports: %w", err)
	}
	list := ImportList{Rows: rows}
	if len(rows) > page.Limit {
		list.Rows = rows[:page.Limit]
		last := list.Rows[page.Limit-1]
		list.Next = postgres.Cursor{At: last.CreatedAt, ID: last.ID}.String()
	}
	return list, nil
}

// ImportView is an import with a page of its rows.
type ImportView struct {
	Import
	Rows []ImportRow
	Next int // row behind which the next page begins; zero on the last one
}

// Import gives a list that the actor uploaded, with the rows of a verdict behind one of them. NotFound for what somebody else uploaded.
func (a *App) Import(ctx context.Context, actor cadre.Actor, id uuid.UUID, v Verdict, after, limit int) (ImportView, error) {
	imp, rows, err := a.db.ImportPage(ctx, postgres.ImportQuery{ID: id, Maker: actor.CadreID, Verdict: v, After: after, Limit: limit, Day: actor.Today()})
	if err != nil {
		return ImportView{}, fmt.Errorf("reading an import: %w", err)
	}
	view := ImportView{Import: imp, Rows: rows}
	if len(rows) > limit {
		view.Rows = rows[:limit]
		view.Next = view.Rows[limit-1].N
	}
	return view, nil
}

// Undoable tells whether an import can still be undone, as far as it says so itself.
func Undoable(i Import) bool {
	return i.State == postgres.ImportDone && i.Last && i.PurgedAt == nil && i.Counts[postgres.RowNew]+i.Counts[postgres.RowChanged] > 0
}

// AcceptImport has a job apply the good rows of a list. Conflict if that began already.
func (a *App) AcceptImport(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID) error {
	return a.moveImport(ctx, actor, s, id, importMove{postgres.ImportReady, postgres.ImportRunning, "import.accept", func(i Import) error {
		if i.Counts[postgres.RowNew]+i.Counts[postgres.RowChanged] == 0 {
			return fault.Conflict("import.nothing_to_do")
		}
		return nil
	}})
}

// UndoImport has a job take back what a list made and changed, all of it or nothing. Conflict if it is not the actor's last one.
func (a *App) UndoImport(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID) error {
	return a.moveImport(ctx, actor, s, id, importMove{postgres.ImportDone, postgres.ImportUndoing, "import.undo", func(i Import) error {
		if !Undoable(i) {
			return fault.Conflict("import.not_undoable")
		}
		return nil
	}})
}

// AbandonImport throws a list away that was not accepted, with all that was typed in it.
func (a *App) AbandonImport(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID) error {
	return a.moveImport(ctx, actor, s, id, importMove{postgres.ImportReady, postgres.ImportAbandoned, "import.abandon", func(Import) error { return nil }})
}

// importMove is a step of an import.
type importMove struct {
	from, to ImportState
	action   string
	may      func(Import) error
}

func (a *App) moveImport(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, m importMove) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		imp, err := tx.LockImport(ctx, id, actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := highest(actor)
		switch {
		case imp.Maker != actor.CadreID:
			return uuid.Nil, fault.NotFound()
		case !ok:
			return uuid.Nil, fault.Forbidden("fault.forbidden")
		case imp.State != m.from:
			return uuid.Nil, fault.Conflict("import.moved_on")
		}
		if err := m.may(imp); err != nil {
			return uuid.Nil, err
		}
		hold(tx, actor, grant.AssignmentID)
		tx.MoveImport(id, actor.CadreID, m.from, m.to, actor.At)
		rows := imp.Counts[postgres.RowNew] + imp.Counts[postgres.RowChanged]
		if err := tx.Audit(ctx, postgres.AuditEntry{
			At: actor.At, Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: grant.Locality.ID, Action: m.action, Object: "import",
			ObjectID: string(imp.Kind), Quantity: &rows,
		}); err != nil {
			return uuid.Nil, err
		}
		if m.to == postgres.ImportAbandoned {
			tx.DropRows(id, actor.At)
			return uuid.Nil, nil
		}
		return uuid.Nil, tx.Enqueue(ctx, RunImport{ImportID: id})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", m.action, err)
	}
	return nil
}

// PurgeImports deletes what was typed in the imports of long ago.
func (a *App) PurgeImports(ctx context.Context) error {
	now := a.now()
	if _, err := a.db.PurgeImports(ctx, now.Add(-importKept), now); err != nil {
		return fmt.Errorf("deleting the rows of imports: %w", err)
	}
	return nil
}

// importer gives the maker of an import as they are at this moment.
func (a *App) importer(ctx context.Context, tx *postgres.Tx, imp Import) (cadre.Actor, error) {
	now := a.now()
	p, err := tx.Present(ctx, imp.Account, territory.DayOf(now))
	if err != nil {
		return cadre.Actor{}, fmt.Errorf("reading who imports: %w", err)
	}
	actor := cadre.Actor{CadreID: p.Account.CadreID, AccountID: p.Account.ID, Name: p.Account.Name, Tier: p.Account.Tier, At: now, Grants: p.Grants}
	if p.Account.Disabled {
		actor.Grants = nil // every row is then out of reach
	}
	return actor, nil
}

// ImportPosts lists the posts that lists can name today.
func (a *App) ImportPosts(ctx context.Context, actor cadre.Actor) ([]cadre.CataloguePost, error) {
	c, err := a.db.Catalogue(ctx, nil, actor.Today())
	if err != nil {
		return nil, fmt.Errorf("reading posts: %w", err)
	}
	return slices.DeleteFunc(c.Posts, func(p cadre.CataloguePost) bool { return p.Retired(actor.Today()) }), nil
}

// The verdicts of rows.
const (
	RowNew     = postgres.RowNew
	RowChanged = postgres.RowChanged
	RowSame    = postgres.RowSame
	RowError   = postgres.RowError
)

// Verdicts lists the verdicts.
func Verdicts() []Verdict { return postgres.Verdicts() }
