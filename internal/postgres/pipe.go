package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/fault"
)

// pipe is the connection of an open transaction. What is queued waits for the next statement whose result somebody needs,
// and the last of it for the commit, so that BEGIN, COMMIT and the writes between cost no round trips of their own. After
// an error PostgreSQL skips the rest of what was sent together, the commit with it.
type pipe struct {
	conn    *pgxpool.Conn
	pending pgx.Batch
	sent    bool
}

func newPipe(conn *pgxpool.Conn) *pipe {
	p := &pipe{conn: conn}
	p.pending.Queue(`BEGIN`)
	return p
}

// queue adds a statement that fails only by an error of PostgreSQL; that comes with what is sent next, at the latest with
// the commit.
func (p *pipe) queue(sql string, args ...any) { p.pending.Queue(sql, args...) }

// put queues every statement of a batch.
func (p *pipe) put(b *batch) {
	p.pending.QueuedQueries = append(p.pending.QueuedQueries, b.QueuedQueries...)
}

// mustTouch queues a statement that has to give a row (of RETURNING, if it writes): PostgreSQL itself refuses the
// transaction where there is none.
func (p *pipe) mustTouch(refusal *fault.Error, sql string, args ...any) {
	n := len(args)
	p.pending.Queue(fmt.Sprintf(`WITH touched AS (%s) SELECT refuse_unless(EXISTS (SELECT FROM touched), $%d, $%d)`, sql, n+1, n+2),
		append(args, refusalCode(refusal.Kind), refusal.Key)...)
}

// SendBatch sends the batch behind what is queued. Results are read by callbacks only.
func (p *pipe) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	all := pgx.Batch{QueuedQueries: append(p.pending.QueuedQueries, b.QueuedQueries...)}
	p.pending, p.sent = pgx.Batch{}, true
	return p.conn.SendBatch(ctx, &all)
}

func (p *pipe) flush(ctx context.Context) error {
	if p.pending.Len() == 0 {
		return nil
	}
	return p.SendBatch(ctx, &pgx.Batch{}).Close()
}

// Exec sends a statement behind what is queued.
func (p *pipe) Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	var tag pgconn.CommandTag
	b := &pgx.Batch{}
	b.Queue(sql, args...).Exec(func(t pgconn.CommandTag) error {
		tag = t
		return nil
	})
	err := p.SendBatch(ctx, b).Close()
	return tag, err
}

// Query sends what is queued, then the query: its rows are read while they come.
func (p *pipe) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if err := p.flush(ctx); err != nil {
		return nil, err
	}
	return p.conn.Query(ctx, sql, args...)
}

// QueryRow is Query for a single row.
func (p *pipe) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	if err := p.flush(ctx); err != nil {
		return failedRow{err}
	}
	return p.conn.QueryRow(ctx, sql, args...)
}

type failedRow struct{ err error }

func (r failedRow) Scan(...any) error { return r.err }

// commit sends what is queued together with the commit. undone tells that PostgreSQL certainly kept nothing; otherwise an
// error leaves open what it did.
func (p *pipe) commit(ctx context.Context) (undone bool, err error) {
	kept := false
	p.pending.Queue(`COMMIT`).Exec(func(tag pgconn.CommandTag) error {
		kept = tag.String() == "COMMIT"
		return nil
	})
	err = p.flush(ctx)
	switch {
	case kept: // whatever became of the connection afterwards
		return false, nil
	case err == nil: // answered by ROLLBACK
		return true, pgx.ErrTxCommitRollback
	}
	pg, refused := errors.AsType[*pgconn.PgError](err)
	return refused && pg.SeverityUnlocalized == "ERROR" || pgconn.SafeToRetry(err), err
}

// rollback undoes what was sent. The pool throws a connection away that is still in a transaction.
func (p *pipe) rollback(ctx context.Context) {
	if p.sent && !p.conn.Conn().IsClosed() {
		_, _ = p.conn.Exec(ctx, `ROLLBACK`) // its own error says nothing new
	}
}

// jobPipe lets River queue its own insert. River asks for rows that an inserter which never looks at them can do without.
type jobPipe struct {
	pgx.Tx // nil: inserting needs no more of a transaction than what follows
	pipe   *pipe
}

// Exec queues a statement of River.
func (j jobPipe) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	j.pipe.queue(sql, args...)
	return pgconn.CommandTag{}, nil
}

// Query queues a statement of River and gives no rows.
func (j jobPipe) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	j.pipe.queue(sql, args...)
	return noRows{}, nil
}

// Conn tells River how the connection sends.
func (j jobPipe) Conn() *pgx.Conn { return j.pipe.conn.Conn() }

// QueryRow is what River asks of the server once, to learn its version.
func (j jobPipe) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	return j.pipe.QueryRow(ctx, sql, args...)
}

// noRows is the answer to a query that was only queued.
type noRows struct{ pgx.Rows }

// Close does nothing: there is nothing to close.
func (noRows) Close() {}

// Err gives no error: what is wrong with the statement comes with what is sent next.
func (noRows) Err() error { return nil }

// Next has no row to give.
func (noRows) Next() bool { return false }
