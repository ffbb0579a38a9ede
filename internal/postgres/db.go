// Package postgres owns all SQL: one file per noun, the pool, transactions and the translation of driver errors. Reads of
// guarded data take the actor's scope. It knows the domain's types and nothing of use cases or pages.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"banam/internal/fault"
)

// querier is what a pool and a transaction have in common.
type querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// reader has every read; it works on the pool and inside a transaction alike.
type reader struct {
	q     querier
	retry bool // a read cut off by a restart of the database is sent once more
}

// DB is the database of the application.
type DB struct {
	reader
	pool *pgxpool.Pool
	jobs *river.Client[pgx.Tx] // inserts only
}

// Tx is an open transaction: it has every read and every write.
type Tx struct {
	reader
	tx   *pipe
	jobs *river.Client[pgx.Tx]

	present *renewed
}

// Timeouts of a page's statements (quality.md, "Nothing lost").
const (
	statementTimeout = "5s"
	lockTimeout      = "2s"
	idleInTxTimeout  = "10s"
)

// PoolConfig gives the settings of a pool for pages: time-outs, custom plans (generic plans lose on optional filters) and
// the time zone of days.
func PoolConfig(dsn string) (*pgxpool.Config, error) {
	c, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("parsing the database address: %w", err)
	}
	p := c.ConnConfig.RuntimeParams
	p["plan_cache_mode"] = "force_custom_plan"
	p["statement_timeout"] = statementTimeout
	p["lock_timeout"] = lockTimeout
	p["idle_in_transaction_session_timeout"] = idleInTxTimeout
	p["jit"] = "off" // compiling costs more than any page's query
	p["timezone"] = "Asia/Ho_Chi_Minh"
	p["application_name"] = "banam"
	c.ConnConfig.ConnectTimeout = 2 * time.Second
	return c, nil
}

// Open makes the pool for pages. It does not wait for the database: Ping tells whether it answers.
func Open(ctx context.Context, dsn string) (*DB, error) {
	c, err := PoolConfig(dsn)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("opening the database pool: %w", err)
	}
	return New(pool)
}

// New wraps a pool that somebody else made.
func New(pool *pgxpool.Pool) (*DB, error) {
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: JobSchema})
	if err != nil {
		return nil, fmt.Errorf("making the job inserter: %w", err)
	}
	return &DB{reader: reader{q: pool, retry: true}, pool: pool, jobs: jobs}, nil
}

// JobSchema is the schema of the job tables; the migrations make it.
const JobSchema = "river"

// Pool gives the pool, for the jobs client and for checks of the schema.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Close ends all connections.
func (db *DB) Close() { db.pool.Close() }

// Ping tells whether the database answers within the context.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.pool.Ping(ctx); err != nil {
		return fmt.Errorf("pinging the database: %w", err)
	}
	return nil
}

// txAttempts is how often a transaction is tried when PostgreSQL itself asks for another try.
const txAttempts = 4

// InTx runs do in one transaction and commits it when do returns nil. It is tried again after a deadlock, a serialisation
// failure and a connection that was cut before anything could have been committed, so do must not keep state of its own
// between tries. Transactions do not nest.
func (db *DB) InTx(ctx context.Context, do func(tx *Tx) error) error {
	var err error
	for attempt := range txAttempts {
		if attempt > 0 {
			select {
			case <-ctx.Done():
				return fmt.Errorf("waiting to try again: %w", ctx.Err())
			case <-time.After(time.Duration(attempt*attempt) * 20 * time.Millisecond):
			}
		}
		var committing bool
		committing, err = db.once(ctx, do)
		if err == nil || committing || !again(err) {
			break
		}
	}
	return translate(err)
}

// once runs one try. committing tells that the commit was sent: after that the outcome is unknown and it is not repeated.
func (db *DB) once(ctx context.Context, do func(tx *Tx) error) (committing bool, err error) {
	conn, err := db.pool.Acquire(ctx)
	if err != nil {
		return false, fmt.Errorf("taking a connection: %w", err)
	}
	defer conn.Release()
	tx := newPipe(conn)
	if err := do(&Tx{reader: reader{q: tx}, tx: tx, jobs: db.jobs}); err != nil {
		// the request may be gone, the rollback must still go out
		tx.rollback(context.WithoutCancel(ctx))
		return false, err
	}
	undone, err := tx.commit(ctx)
	if err != nil {
		tx.rollback(context.WithoutCancel(ctx))
		return !undone, fmt.Errorf("committing: %w", err)
	}
	return true, nil
}

// Enqueue inserts a job that runs only if the transaction commits.
func (t *Tx) Enqueue(ctx context.Context, args river.JobArgs) error {
	if _, err := t.jobs.InsertManyTx(ctx, jobPipe{pipe: t.tx}, []river.InsertManyParams{{Args: args}}); err != nil {
		return fmt.Errorf("inserting job %s: %w", args.Kind(), err)
	}
	return nil
}

// batch is a pipeline of reads that goes out in one round trip.
type batch struct{ pgx.Batch }

// run sends the batch; every queued query has its own callback.
func (r reader) run(ctx context.Context, b *batch) error {
	err := r.q.SendBatch(ctx, &b.Batch).Close()
	if err != nil && r.retry && again(err) {
		err = r.q.SendBatch(ctx, &b.Batch).Close()
	}
	return translate(err)
}

// one reads the single row of a query; NotFound if there is none.
func one[T any](rows pgx.Rows, err error, scan pgx.RowToFunc[T]) (T, error) {
	if err != nil {
		var zero T
		return zero, translate(err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, scan)
	if errors.Is(err, pgx.ErrNoRows) {
		return v, fault.NotFound()
	}
	return v, translate(err)
}

// all reads every row of a query.
func all[T any](rows pgx.Rows, err error, scan pgx.RowToFunc[T]) ([]T, error) {
	if err != nil {
		return nil, translate(err)
	}
	v, err := pgx.CollectRows(rows, scan)
	return v, translate(err)
}

// queueAll adds a query to the batch whose rows end in dst.
func queueAll[T any](b *batch, dst *[]T, scan pgx.RowToFunc[T], sql string, args ...any) {
	b.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		v, err := pgx.CollectRows(rows, scan)
		*dst = v
		return err
	})
}

// queueOne adds a query to the batch whose single row ends in dst; a query without a row leaves dst and found alone.
func queueOne[T any](b *batch, dst *T, found *bool, scan pgx.RowToFunc[T], sql string, args ...any) {
	b.Queue(sql, args...).Query(func(rows pgx.Rows) error {
		v, err := pgx.CollectRows(rows, scan)
		if err == nil && len(v) > 0 {
			*dst, *found = v[0], true
		}
		return err
	})
}
