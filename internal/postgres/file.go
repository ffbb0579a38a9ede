package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// File is something that somebody attached; its content lies elsewhere, by its hash.
type File struct {
	ID     uuid.UUID
	Hash   []byte
	Size   int
	Media  string
	Name   string
	MadeBy cadre.ID
	MadeAt time.Time
}

// InsertFile notes a file with the transaction.
func (t *Tx) InsertFile(f File) {
	t.tx.queue(`INSERT INTO files (id, sha256, size, media, name, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		f.ID, f.Hash, f.Size, f.Media, f.Name, f.MadeBy, f.MadeAt)
}

// MustHaveFile ends the transaction with Conflict unless the person brought the file, and keeps it from being swept away.
func (t *Tx) MustHaveFile(id uuid.UUID, by cadre.ID) {
	t.tx.mustTouch(&fault.Error{Kind: fault.KindConflict, Key: "file.gone"}, `SELECT 1 FROM files WHERE id = $1 AND made_by = $2 FOR KEY SHARE`, id, by)
}

// SetDecision stores the decision of an assignment; without a file (the zero id) the one that is there stays.
func (t *Tx) SetDecision(id cadre.AssignmentID, decision string, file uuid.UUID) {
	t.tx.queue(`UPDATE assignments SET decision = $2, file_id = coalesce($3, file_id) WHERE id = $1`, id, decision, orNoID(file))
}

// AssignmentFile is the decision of an assignment with what it takes to judge who may read it.
type AssignmentFile struct {
	File
	Cadre cadre.ID        // whose assignment it is
	Chain territory.Chain // of the place today; empty where it is gone
}

// AssignmentFile reads it; NotFound if there is none. The caller judges who may.
func (r reader) AssignmentFile(ctx context.Context, id cadre.AssignmentID, day territory.Day) (AssignmentFile, error) {
	var f AssignmentFile
	var found bool
	b := &batch{}
	queueOne(b, &f, &found, func(row pgx.CollectableRow) (AssignmentFile, error) {
		var f AssignmentFile
		err := row.Scan(&f.ID, &f.Hash, &f.Size, &f.Media, &f.Name, &f.MadeBy, &f.MadeAt, &f.Cadre)
		return f, err
	}, `SELECT f.id, f.sha256, f.size, f.media, f.name, f.made_by, f.made_at, s.cadre_id FROM assignments s JOIN files f ON f.id = s.file_id WHERE s.id = $1`, id)
	var chain territory.Chain
	queueChain(b, &chain, "(SELECT locality_id FROM assignments WHERE id = $1)", id, day)
	if err := r.run(ctx, b); err != nil {
		return AssignmentFile{}, err
	}
	if !found {
		return AssignmentFile{}, fault.NotFound()
	}
	f.Chain = chain
	return f, nil
}

// IssueFile reads a file that came with a move of an issue inside the scope, or with a comment on one that was merged into it; NotFound if
// there is none.
func (r reader) IssueFile(ctx context.Context, issue, file uuid.UUID, s cadre.Scope) (File, error) {
	p := &params{}
	sql := `SELECT f.id, f.sha256, f.size, f.media, f.name, f.made_by, f.made_at FROM files f WHERE f.id = ` + p.add(file) + ` AND EXISTS (
		SELECT FROM issue_files x JOIN issues i ON i.id = x.issue_id JOIN issue_events e ON e.id = x.event_id
		WHERE x.file_id = f.id AND (i.id = ` + p.add(issue) + ` OR i.merged_into = $2 AND e.move = ` + p.add(casework.CommentOn) + `)
			AND EXISTS (SELECT FROM issues t WHERE t.id = $2 AND ` + within(s, "t", "raiser_id", p) + `))`
	rows, err := r.q.Query(ctx, sql, p.list...)
	return one(rows, err, pgx.RowToStructByPos[File])
}

// SweepFiles forgets files that were brought before an instant and belong to nothing.
func (db *DB) SweepFiles(ctx context.Context, before time.Time) error {
	_, err := db.pool.Exec(ctx, `DELETE FROM files f WHERE f.made_at < $1 AND NOT EXISTS (SELECT FROM assignments s WHERE s.file_id = f.id)
		AND NOT EXISTS (SELECT FROM issue_files i WHERE i.file_id = f.id)`, before)
	return translate(err)
}

// NeededFiles gives those of some hashes that a file has.
func (r reader) NeededFiles(ctx context.Context, hashes [][]byte) ([][]byte, error) {
	rows, err := r.q.Query(ctx, `SELECT DISTINCT sha256 FROM files WHERE sha256 = ANY($1)`, hashes)
	return all(rows, err, pgx.RowTo[[]byte])
}
