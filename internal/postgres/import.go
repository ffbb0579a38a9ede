package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ImportKind says what a list that is uploaded is about.
type ImportKind string

// The kinds of imports.
const (
	ImportPlaces      ImportKind = "places"
	ImportCadres      ImportKind = "cadres"
	ImportAssignments ImportKind = "assignments"
	ImportHouseholds  ImportKind = "households"
)

// ImportState says how far an import is.
type ImportState string

// The states of an import. A job is at those that are checking, running and undoing.
const (
	ImportChecking  ImportState = "checking"
	ImportReady     ImportState = "ready"
	ImportRunning   ImportState = "running"
	ImportDone      ImportState = "done"
	ImportUndoing   ImportState = "undoing"
	ImportUndone    ImportState = "undone"
	ImportAbandoned ImportState = "abandoned"
	ImportFailed    ImportState = "failed"
)

// Busy tells whether a job is at it.
func (s ImportState) Busy() bool {
	return s == ImportChecking || s == ImportRunning || s == ImportUndoing
}

// Verdict says what a row would do, or did.
type Verdict string

// The verdicts.
const (
	RowNew     Verdict = "new"
	RowChanged Verdict = "changed"
	RowSame    Verdict = "same"
	RowError   Verdict = "error"
)

// Verdicts lists the verdicts.
func Verdicts() []Verdict { return []Verdict{RowNew, RowChanged, RowSame, RowError} }

// ImportColumn is a column that was read: what it means, and where it stands in the file, from 0.
type ImportColumn struct {
	Key string `json:"k"`
	At  int    `json:"a"`
}

// Import is an uploaded list.
type Import struct {
	ID         uuid.UUID
	Kind       ImportKind
	State      ImportState
	Maker      cadre.ID
	MakerName  string
	Account    int64
	Assignment cadre.AssignmentID
	Locality   territory.LocalityID
	Place      string
	FileName   string
	Sheet      string
	Columns    []ImportColumn
	Ignored    []string
	CreatedAt  time.Time
	AcceptedAt *time.Time
	FinishedAt *time.Time
	UndoneAt   *time.Time
	PurgedAt   *time.Time
	Total      int
	Handled    int
	Counts     map[Verdict]int
	Refusal    string
	Last       bool // of its maker's imports that were accepted
}

// ImportRow is a row of an import.
type ImportRow struct {
	N, Line  int
	Typed    []string
	Verdict  Verdict
	Faults   []fault.Field // whose names are keys of columns
	Fields   []string
	Applied  bool
	ObjectID string
	Undo     json.RawMessage
}

const importColumns = `i.id, i.kind, i.state, i.cadre_id, c.full_name, i.account_id, i.assignment_id, i.locality_id, coalesce(v.name, ''), i.file_name, i.sheet,
	i.columns, i.ignored,
	i.created_at, i.accepted_at, i.finished_at, i.undone_at, i.purged_at, i.total, i.handled, i.made, i.changed, i.same, i.failed, i.refusal,
	i.accepted_at IS NOT NULL AND NOT EXISTS (SELECT FROM imports o WHERE o.cadre_id = i.cadre_id AND o.accepted_at > i.accepted_at AND o.state <> 'undone'
		AND NOT (o.state = 'done' AND o.made + o.changed = 0))`

// importFrom joins what importColumns needs; day is the parameter of today.
func importFrom(day string) string {
	return ` FROM imports i JOIN cadres c ON c.id = i.cadre_id LEFT JOIN locality_versions v ON v.locality_id = i.locality_id AND v.valid @> ` + day + `::date`
}

func scanImport(row pgx.CollectableRow) (Import, error) {
	var i Import
	var made, changed, same, failed int
	err := row.Scan(&i.ID, &i.Kind, &i.State, &i.Maker, &i.MakerName, &i.Account, &i.Assignment, &i.Locality, &i.Place, &i.FileName, &i.Sheet, &i.Columns, &i.Ignored,
		&i.CreatedAt, &i.AcceptedAt, &i.FinishedAt, &i.UndoneAt, &i.PurgedAt, &i.Total, &i.Handled, &made, &changed, &same, &failed, &i.Refusal, &i.Last)
	i.Counts = map[Verdict]int{RowNew: made, RowChanged: changed, RowSame: same, RowError: failed}
	return i, err
}

// Imports lists the imports that were made under places inside some subtrees, the newest first, with one more than asked for where
// there are more.
func (r reader) Imports(ctx context.Context, below []territory.LocalityID, maker cadre.ID, day territory.Day, page Page) ([]Import, error) {
	p := &params{list: []any{int64s(below), day, maker, page.Limit + 1}}
	where := ` WHERE (i.cadre_id = $3 OR i.locality_id IN (SELECT id FROM down))`
	if page.After != "" {
		c, err := ParseCursor(page.After)
		if err != nil {
			return nil, err
		}
		where += ` AND (i.created_at, i.id) < (` + p.add(c.At) + `::timestamptz, ` + p.add(c.ID) + `::uuid)`
	}
	rows, err := r.q.Query(ctx, down+`SELECT `+importColumns+importFrom("$2")+where+` ORDER BY i.created_at DESC, i.id DESC LIMIT $4`, p.list...)
	return all(rows, err, scanImport)
}

// ImportQuery chooses rows of an import.
type ImportQuery struct {
	ID      uuid.UUID
	Maker   cadre.ID // whose it must be
	Verdict Verdict  // empty for all
	After   int      // goes on behind this row
	Limit   int
	Day     territory.Day
}

// ImportPage reads an import with a page of its rows, one more than asked for where there are more; NotFound for one of somebody else.
func (r reader) ImportPage(ctx context.Context, q ImportQuery) (Import, []ImportRow, error) {
	var i Import
	var found bool
	var rows []ImportRow
	b := &batch{}
	queueOne(b, &i, &found, scanImport, `SELECT `+importColumns+importFrom("$2")+` WHERE i.id = $1 AND i.cadre_id = $3`, q.ID, q.Day, q.Maker)
	queueAll(b, &rows, scanImportRow, `SELECT `+importRowColumns+` FROM import_rows t JOIN imports i ON i.id = t.import_id
		WHERE t.import_id = $1 AND i.cadre_id = $2 AND ($3 = '' OR t.verdict = $3) AND t.n > $4 ORDER BY t.n LIMIT $5`, q.ID, q.Maker, string(q.Verdict), q.After, q.Limit+1)
	if err := r.run(ctx, b); err != nil {
		return Import{}, nil, err
	}
	if !found {
		return Import{}, nil, fault.NotFound()
	}
	return i, rows, nil
}

const importRowColumns = `t.n, t.line, t.typed, t.verdict, t.faults, t.fields, t.applied, t.object_id, t.undo`

// rowFault is how a fault of a row is kept.
type rowFault struct {
	Name string `json:"c"`
	Key  string `json:"k"`
	Args []any  `json:"a,omitempty"`
}

func scanImportRow(row pgx.CollectableRow) (ImportRow, error) {
	var t ImportRow
	var typed, faults []byte
	if err := row.Scan(&t.N, &t.Line, &typed, &t.Verdict, &faults, &t.Fields, &t.Applied, &t.ObjectID, &t.Undo); err != nil {
		return t, err
	}
	if err := json.Unmarshal(typed, &t.Typed); err != nil {
		return t, fmt.Errorf("reading a row: %w", err)
	}
	if faults == nil {
		return t, nil
	}
	var list []rowFault
	if err := json.Unmarshal(faults, &list); err != nil {
		return t, fmt.Errorf("reading the faults of a row: %w", err)
	}
	for _, f := range list {
		t.Faults = append(t.Faults, fault.Field{Name: f.Name, Key: f.Key, Args: whole(f.Args)})
	}
	return t, nil
}

// whole makes whole numbers of those of JSON again, so that messages show them as such.
func whole(args []any) []any {
	for i, a := range args {
		if n, ok := a.(float64); ok && n == float64(int(n)) {
			args[i] = int(n)
		}
	}
	return args
}

// LockImport reads an import after everybody else who was at it; NotFound if there is none.
func (t *Tx) LockImport(ctx context.Context, id uuid.UUID, day territory.Day) (Import, error) {
	t.tx.queue(`SELECT 1 FROM imports WHERE id = $1 FOR NO KEY UPDATE`, id)
	var imp Import
	var found bool
	b := &batch{}
	queueOne(b, &imp, &found, scanImport, `SELECT `+importColumns+importFrom("$2")+` WHERE i.id = $1`, id, day)
	if err := t.run(ctx, b); err != nil {
		return Import{}, err
	}
	if !found {
		return Import{}, fault.NotFound()
	}
	return imp, nil
}

// ImportRows reads the rows behind one, in the order of the file. Chosen are only those of a verdict that would be applied.
func (t *Tx) ImportRows(ctx context.Context, id uuid.UUID, after, limit int) ([]ImportRow, error) {
	rows, err := t.q.Query(ctx, `SELECT `+importRowColumns+` FROM import_rows t WHERE t.import_id = $1 AND t.n > $2 ORDER BY t.n LIMIT $3`, id, after, limit)
	return all(rows, err, scanImportRow)
}

// AppliedRows reads the rows that made or changed something, the last first.
func (t *Tx) AppliedRows(ctx context.Context, id uuid.UUID) ([]ImportRow, error) {
	rows, err := t.q.Query(ctx, `SELECT `+importRowColumns+` FROM import_rows t WHERE t.import_id = $1 AND t.applied ORDER BY t.n DESC`, id)
	return all(rows, err, scanImportRow)
}

// InsertImport stores an import with its rows.
func (t *Tx) InsertImport(i Import, list []ImportRow) error {
	columns, err := json.Marshal(i.Columns)
	if err != nil {
		return fmt.Errorf("writing columns: %w", err)
	}
	t.tx.queue(`INSERT INTO imports (id, kind, state, cadre_id, account_id, assignment_id, locality_id, file_name, sheet, columns, ignored, created_at, total)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		i.ID, i.Kind, i.State, i.Maker, i.Account, i.Assignment, i.Locality, i.FileName, i.Sheet, columns, append([]string{}, i.Ignored...), i.CreatedAt, i.Total)
	ns, lines, typed := make([]int32, len(list)), make([]int32, len(list)), make([]string, len(list))
	for k, row := range list {
		data, err := json.Marshal(row.Typed)
		if err != nil {
			return fmt.Errorf("writing a row: %w", err)
		}
		ns[k], lines[k], typed[k] = int32(row.N), int32(row.Line), string(data) // both far below a million
	}
	t.tx.queue(`INSERT INTO import_rows (import_id, n, line, typed) SELECT $1, x.n, x.line, x.typed::jsonb FROM unnest($2::int[], $3::int[], $4::text[]) AS x (n, line, typed)`,
		i.ID, ns, lines, typed)
	return nil
}

// SaveRows stores what became of some rows.
func (t *Tx) SaveRows(id uuid.UUID, list []ImportRow) error {
	n := len(list)
	ns, verdicts, faults, fields := make([]int32, n), make([]string, n), make([]*string, n), make([]string, n)
	applied, objects, undo := make([]bool, n), make([]string, n), make([]*string, n)
	for k, row := range list {
		ns[k], verdicts[k], applied[k], objects[k] = int32(row.N), string(row.Verdict), row.Applied, row.ObjectID
		kept := make([]rowFault, 0, len(row.Faults))
		for _, f := range row.Faults {
			kept = append(kept, rowFault{f.Name, f.Key, f.Args})
		}
		if len(kept) > 0 {
			data, err := json.Marshal(kept)
			if err != nil {
				return fmt.Errorf("writing the faults of a row: %w", err)
			}
			text := string(data)
			faults[k] = &text
		}
		if len(row.Undo) > 0 {
			text := string(row.Undo)
			undo[k] = &text
		}
		for j, f := range row.Fields {
			if j > 0 {
				fields[k] += ","
			}
			fields[k] += f
		}
	}
	t.tx.queue(`UPDATE import_rows t SET verdict = x.verdict, faults = x.faults::jsonb, fields = string_to_array(x.fields, ','), applied = x.applied,
			object_id = x.object_id, undo = x.undo::jsonb
		FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::bool[], $7::text[], $8::text[]) AS x (n, verdict, faults, fields, applied, object_id, undo)
		WHERE t.import_id = $1 AND t.n = x.n`, id, ns, verdicts, faults, fields, applied, objects, undo)
	return nil
}

// countRows writes the numbers of the verdicts.
const countRows = `made = c.made, changed = c.changed, same = c.same, failed = c.failed
	FROM (SELECT count(*) FILTER (WHERE verdict = 'new') AS made, count(*) FILTER (WHERE verdict = 'changed') AS changed,
		count(*) FILTER (WHERE verdict = 'same') AS same, count(*) FILTER (WHERE verdict = 'error') AS failed FROM import_rows WHERE import_id = $1) c
	WHERE id = $1`

// ImportProgress says up to which row the job has come.
func (t *Tx) ImportProgress(id uuid.UUID, handled int) {
	t.tx.queue(`UPDATE imports SET handled = $2 WHERE id = $1`, id, handled)
}

// EndImport ends what the job was at.
func (t *Tx) EndImport(id uuid.UUID, to ImportState, at time.Time) {
	t.tx.queue(`UPDATE imports SET state = $2, handled = total, finished_at = CASE WHEN $2 = 'done' THEN $3::timestamptz ELSE finished_at END,
		undone_at = CASE WHEN $2 = 'undone' THEN $3::timestamptz END, `+countRows, id, to, at)
	if to == ImportDone { // what was typed and went well is needed no more
		t.tx.queue(`UPDATE import_rows SET typed = '[]' WHERE import_id = $1 AND verdict <> 'error'`, id)
	}
}

// RefuseUndo says why an import could not be undone.
func (t *Tx) RefuseUndo(id uuid.UUID, key string) {
	t.tx.queue(`UPDATE imports SET state = 'done', refusal = $2, handled = total WHERE id = $1`, id, key)
}

// MoveImport begins the next step of an import, if it is its maker's and still as they saw it; otherwise the transaction ends with
// Conflict.
func (t *Tx) MoveImport(id uuid.UUID, maker cadre.ID, from, to ImportState, at time.Time) {
	t.tx.mustTouch(&fault.Error{Kind: fault.KindConflict, Key: "import.moved_on"}, `UPDATE imports SET state = $4, handled = 0, refusal = '',
		accepted_at = CASE WHEN $4 = 'running' THEN $5::timestamptz ELSE accepted_at END WHERE id = $1 AND cadre_id = $2 AND state = $3 RETURNING 1`, id, maker, from, to, at)
}

// DropRows deletes the rows of an import.
func (t *Tx) DropRows(id uuid.UUID, at time.Time) {
	t.tx.queue(`DELETE FROM import_rows WHERE import_id = $1`, id)
	t.tx.queue(`UPDATE imports SET purged_at = $2 WHERE id = $1`, id, at)
}

// PurgeImports deletes the rows of the imports that were uploaded before an instant, and gives how many there were. Those that wait
// for their maker count as abandoned; those that a job is at are left alone.
func (db *DB) PurgeImports(ctx context.Context, before, at time.Time) (int64, error) {
	var n int64
	err := db.InTx(ctx, func(tx *Tx) error {
		tx.tx.queue(`DELETE FROM import_rows t USING imports i WHERE i.id = t.import_id AND i.purged_at IS NULL AND i.created_at < $1
			AND i.state NOT IN ('checking', 'running', 'undoing')`, before)
		tag, err := tx.q.Exec(ctx, `UPDATE imports SET purged_at = $2, state = CASE state WHEN 'ready' THEN 'abandoned' ELSE state END
			WHERE purged_at IS NULL AND created_at < $1 AND state NOT IN ('checking', 'running', 'undoing')`, before, at)
		n = tag.RowsAffected()
		return translate(err)
	})
	return n, err
}

// Patient lets the statements of a job take longer than those of a page.
func (t *Tx) Patient() {
	t.tx.queue(`SET LOCAL statement_timeout = '55s'`)
	t.tx.queue(`SET LOCAL lock_timeout = '20s'`)
}

// AuditMany writes entries as Audit does, in one statement. The place of each is given with the places above it.
func (t *Tx) AuditMany(list []AuditEntry, at []territory.Place) {
	if len(list) == 0 {
		return
	}
	n := len(list)
	places, objects, fields := [5][]int64{}, make([]string, n), make([]string, n)
	actions, assignments := make([]string, n), make([]int64, n)
	for k, e := range list {
		for j, id := range []territory.LocalityID{e.Locality, at[k].Province, at[k].District, at[k].Commune, at[k].Hamlet} {
			places[j] = append(places[j], int64(id))
		}
		objects[k], actions[k], assignments[k] = e.ObjectID, e.Action, int64(e.Assignment)
		for j, f := range e.Fields {
			if j > 0 {
				fields[k] += ","
			}
			fields[k] += f
		}
	}
	t.tx.queue(`INSERT INTO audit_entries (at, actor_id, assignment_id, locality_id, action, object, object_id, fields, province_id, district_id, commune_id, hamlet_id)
		SELECT $1, $2, x.assignment, nullif(x.locality, 0), x.action, $3, x.object, string_to_array(x.fields, ','), nullif(x.province, 0), nullif(x.district, 0),
			nullif(x.commune, 0), nullif(x.hamlet, 0)
		FROM unnest($4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[])
			AS x (assignment, action, object, fields, locality, province, district, commune, hamlet)`,
		list[0].At, orNobody(list[0].Actor), list[0].Object, assignments, actions, objects, fields, places[0], places[1], places[2], places[3], places[4])
}
