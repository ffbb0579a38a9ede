// Package migrations owns the schema of the database: the goose files and River's own tables. It knows nothing of what
// the tables mean.
package migrations

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

//go:embed *.sql
var files embed.FS

// JobSchema is the schema that River's tables live in. The application's role owns it, since River's reindexer needs that.
const JobSchema = "river"

const appRole = "banam_app"

// ErrPending is returned by Check when the database lacks migrations that this binary knows.
var ErrPending = errors.New("the database schema is older than this binary: run banam migrate")

// Up brings the database to the newest schema. It connects as the owner, who must be a member of the application's role.
// Several runners at once are safe: one works, the others wait. A lock on a busy table is waited for two seconds.
func Up(ctx context.Context, ownerDSN string) error {
	config, err := pgx.ParseConfig(ownerDSN)
	if err != nil {
		return fmt.Errorf("parsing the owner's address: %w", err)
	}
	config.RuntimeParams["lock_timeout"] = "2s"
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }() // nothing is left to lose once the migrations have run
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return fmt.Errorf("making the migration lock: %w", err)
	}
	// lines of work that went side by side have ranges of numbers of their own: a lower number may come later
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker),
		goose.WithSlog(slog.New(slog.DiscardHandler)), goose.WithAllowOutofOrder(true))
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating: %w", err)
	}
	return jobTables(ctx, ownerDSN)
}

func jobTables(ctx context.Context, ownerDSN string) error {
	config, err := pgxpool.ParseConfig(ownerDSN)
	if err != nil {
		return fmt.Errorf("parsing the owner's address: %w", err)
	}
	config.MaxConns = 2
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connecting as the owner: %w", err)
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS `+JobSchema+` AUTHORIZATION `+appRole); err != nil {
		return fmt.Errorf("creating the job schema: %w", err)
	}
	// River's tables must belong to the application's role; the owner is a member of it.
	config.AfterConnect = func(ctx context.Context, c *pgx.Conn) error {
		if _, err := c.Exec(ctx, `SET ROLE `+appRole); err != nil {
			return fmt.Errorf("taking the application's role: %w", err)
		}
		return nil
	}
	asApp, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connecting for the job tables: %w", err)
	}
	defer asApp.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(asApp), &rivermigrate.Config{
		Schema: JobSchema, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return fmt.Errorf("reading the job migrations: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the job tables: %w", err)
	}
	return nil
}

// Check tells whether the database behind the pool has every migration of this binary; ErrPending if not. A database that
// is newer than the binary is fine: migrations expand first and contract later.
func Check(ctx context.Context, pool *pgxpool.Pool) error {
	names, err := files.ReadDir(".")
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	newest, err := goose.NumericComponent(names[len(names)-1].Name())
	if err != nil {
		return fmt.Errorf("reading migrations: %w", err)
	}
	var applied int64
	err = pool.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&applied)
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok && pgErr.Code == "42P01" {
		return ErrPending
	}
	if err != nil {
		return fmt.Errorf("reading the schema version: %w", err)
	}
	if applied < newest {
		return ErrPending
	}
	return nil
}

// Analyze has PostgreSQL look at what the tables hold, at the owner's address. Whoever fills an empty database calls it: until the server does
// so by itself, which takes a minute, it plans queries over tables that it believes to be empty.
func Analyze(ctx context.Context, ownerDSN string) error {
	conn, err := pgx.Connect(ctx, ownerDSN)
	if err != nil {
		return fmt.Errorf("connecting as the owner: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, `ANALYZE`); err != nil {
		return fmt.Errorf("analysing the tables: %w", err)
	}
	return nil
}
