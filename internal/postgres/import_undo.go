package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ImportUndo is what an import made and changed.
type ImportUndo struct {
	ID           uuid.UUID
	Kind         ImportKind
	At           time.Time
	Own          []territory.LocalityID // that whoever undoes it administers
	Made         []int64                // people, assignments or places
	MadeVersions []int32                // of the people made
	Before       []NewCadre
	Versions     []int32 // of the people changed, as the import left them
	Accounts     []int64
	Marked       []cadre.AssignmentID // that got the mark of the primary one
	Cleared      []cadre.AssignmentID // that lost it
	Decided      []DecidedAnew
}

// DecidedAnew is an assignment whose decision got another number.
type DecidedAnew struct {
	Assignment cadre.AssignmentID
	From, To   string
}

// UndoneReason is the reason of an assignment that was voided since its list was undone; pages word it.
const UndoneReason = "import"

// UndoImport takes back what an import made and changed. It is a Conflict if anything of it was changed or used since.
func (t *Tx) UndoImport(ctx context.Context, u ImportUndo) error {
	touched := &fault.Error{Kind: fault.KindConflict, Key: "import.undo_touched"}
	if len(u.Accounts) > 0 { // nobody has signed in or has a password, even a first one
		t.tx.mustTouch(touched, `SELECT 1 WHERE (SELECT count(*) FROM (SELECT FROM accounts WHERE id = ANY($1) AND password_hash = '' AND one_time_hash IS NULL
			AND signed_in_at IS NULL AND disabled_at IS NULL FOR UPDATE) a) = $2`,
			u.Accounts, len(u.Accounts))
		t.tx.queue(`DELETE FROM accounts WHERE id = ANY($1)`, u.Accounts)
	}
	t.undoWithin(u)
	switch u.Kind {
	case ImportCadres:
		t.undoCadres(u, touched)
	case ImportAssignments:
		t.undoAssignments(u, touched)
	case ImportHouseholds:
		t.tx.queue(`SELECT undo_households($1, $2, $3)`, u.ID, int64s(u.Own), territory.DayOf(u.At))
	case ImportPlaces:
		t.undoPlaces(u, touched)
	}
	err := t.tx.flush(ctx)
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && pg.Code == codeForeignKey {
		return &fault.Error{Kind: fault.KindConflict, Key: "import.undo_used"}
	}
	return translate(err)
}

// KeepHouseholds keeps what households are before an import changes them, for UndoImport. Nobody reads it.
func (t *Tx) KeepHouseholds(of uuid.UUID, ids []uuid.UUID) {
	if len(ids) > 0 {
		t.tx.queue(`SELECT keep_households($1, $2)`, of, ids)
	}
}

// undoWithin refuses to undo what lies outside of what one administers today, and what an administrator who is no lower holds since:
// nobody does by a list what they may not by hand.
func (t *Tx) undoWithin(u ImportUndo) {
	const at = `SELECT locality_id FROM assignments WHERE id = ANY($1)`
	places, changed, people := ``, u.Made, ``
	switch u.Kind {
	case ImportAssignments:
		for _, id := range append(u.Marked, u.Cleared...) {
			changed = append(changed, int64(id))
		}
		for _, d := range u.Decided {
			changed = append(changed, int64(d.Assignment))
		}
		places, people = at, `SELECT cadre_id FROM assignments WHERE id = ANY($1)`
	case ImportCadres:
		for _, c := range u.Before {
			changed = append(changed, int64(c.ID))
		}
		places, people = `SELECT home_id FROM cadres WHERE id = ANY($1) AND home_id IS NOT NULL`, `SELECT unnest($1::bigint[])`
	case ImportPlaces:
		places, people = `SELECT unnest($1::bigint[])`, `SELECT 0`
	case ImportHouseholds:
		return // by the function that undoes them
	}
	t.tx.queue(`SELECT refuse_unless(NOT EXISTS (SELECT FROM (`+places+`) x (id)
			WHERE NOT EXISTS (SELECT FROM locality_chain(x.id, `+firstThere("x.id", "$3")+`) ch WHERE ch.locality_id = ANY($2)))
		AND NOT EXISTS (SELECT FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability = 'administer'
			WHERE s.cadre_id IN (`+people+`) AND s.voided_at IS NULL AND coalesce(upper(s.period) > $3::date, true)
			AND NOT EXISTS (SELECT FROM locality_chain(s.locality_id, `+firstThere("s.locality_id", "$3")+`) ch WHERE ch.depth > 0 AND ch.locality_id = ANY($2))),
		'BN409', 'import.undo_no_right')`, changed, int64s(u.Own), territory.DayOf(u.At))
}

// undoCadres deletes people: whoever holds, wrote or did anything is in use, which the database itself notices.
func (t *Tx) undoCadres(u ImportUndo, touched *fault.Error) {
	if len(u.Made) > 0 {
		t.tx.mustTouch(touched, `SELECT 1 WHERE (SELECT count(*) FROM (SELECT FROM cadres c JOIN unnest($1::bigint[], $2::int[]) AS x (id, version) ON c.id = x.id
			AND c.version = x.version FOR UPDATE OF c) n) = $3`,
			u.Made, u.MadeVersions, len(u.Made))
		t.tx.queue(`DELETE FROM assignments WHERE cadre_id = ANY($1) AND voided_at IS NOT NULL AND ended_reason = $2`, u.Made, UndoneReason) // of a list that was undone before
		t.tx.queue(`DELETE FROM cadres WHERE id = ANY($1)`, u.Made)
	}
	if len(u.Before) > 0 {
		ids, _, _, _ := people(u.Before)
		t.tx.mustTouch(touched, `SELECT 1 WHERE (SELECT count(*) FROM (SELECT FROM cadres c JOIN unnest($1::bigint[], $2::int[]) AS x (id, version) ON c.id = x.id
			AND c.version = x.version FOR UPDATE OF c) n) = $3`,
			ids, u.Versions, len(u.Before))
		t.UpdateCadres(u.Before)
	}
}

// undoPlaces deletes places that have one version only, as they were entered: whatever lies below one or happened there is in use, which
// the database itself notices.
func (t *Tx) undoPlaces(u ImportUndo, touched *fault.Error) {
	t.tx.queue(`SELECT 1 FROM localities WHERE id = ANY($1) ORDER BY id FOR UPDATE`, u.Made)
	t.tx.mustTouch(touched, `SELECT 1 WHERE (SELECT count(*) FROM locality_versions WHERE locality_id = ANY($1) AND upper(valid) IS NULL) = $2
		AND (SELECT count(*) FROM locality_versions WHERE locality_id = ANY($1)) = $2`, u.Made, len(u.Made))
	t.tx.queue(`DELETE FROM locality_versions WHERE locality_id = ANY($1)`, u.Made)
	t.tx.queue(`DELETE FROM localities WHERE id = ANY($1)`, u.Made)
}

// undoAssignments voids assignments, as a mistake of the day on which they were entered; no row is deleted.
func (t *Tx) undoAssignments(u ImportUndo, touched *fault.Error) {
	if len(u.Made) > 0 {
		t.tx.queue(`SELECT 1 FROM localities WHERE id IN (SELECT locality_id FROM assignments WHERE id = ANY($1)) ORDER BY id FOR NO KEY UPDATE`, u.Made)
		t.tx.mustTouch(touched, `SELECT 1 WHERE (SELECT count(*) FROM (SELECT FROM assignments WHERE id = ANY($1) AND voided_at IS NULL
			AND ended_reason = '' FOR UPDATE) n) = $2`, u.Made, len(u.Made))
		t.tx.mustTouch(&fault.Error{Kind: fault.KindConflict, Key: "import.undo_used"}, `SELECT 1 WHERE NOT assignments_used($1)`, u.Made)
		t.tx.queue(`UPDATE assignments SET voided_at = $2, ended_reason = $3 WHERE id = ANY($1)`, u.Made, u.At, UndoneReason)
	}
	for _, d := range u.Decided {
		t.tx.mustTouch(touched, `UPDATE assignments SET decision = $2 WHERE id = $1 AND decision = $3 AND voided_at IS NULL RETURNING 1`, d.Assignment, d.From, d.To)
	}
	t.SetPrimary(u.Marked, false)
	t.SetPrimary(u.Cleared, true)
}
