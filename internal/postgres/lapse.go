package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/casework"
)

// Calendar reads the working calendar as it is now.
func (r reader) Calendar(ctx context.Context) (casework.Calendar, error) {
	var rows clockRows
	b := &batch{}
	queueClock(b, &rows)
	err := r.run(ctx, b)
	return rows.clock().Calendar, err
}

// IssuesDue lists the issues for which the clock has something to do: a desk's time is up, its lead is to be reminded, or
// nobody confirmed in time. They come in the order of their ids, after the given one.
func (r reader) IssuesDue(ctx context.Context, now time.Time, after uuid.UUID, limit int) ([]uuid.UUID, error) {
	rows, err := r.q.Query(ctx, `SELECT id FROM (
			SELECT id FROM issues WHERE closed_at IS NULL AND lapsed_at IS NULL AND due_at <= $1
			UNION SELECT id FROM issues WHERE closed_at IS NULL AND warn_at <= $1
			UNION SELECT id FROM issues WHERE closed_at IS NULL AND confirm_by <= $1) due
		WHERE id > $2 ORDER BY id LIMIT $3`, now, after, limit)
	return all(rows, err, pgx.RowTo[uuid.UUID])
}

// Reminded notes that the desk of a locked issue was reminded.
func (t *Tx) Reminded(ctx context.Context, id uuid.UUID) error {
	_, err := t.tx.Exec(ctx, `UPDATE issues SET warn_at = NULL WHERE id = $1`, id)
	return translate(err)
}
