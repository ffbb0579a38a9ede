// Package testdb gives each test a database of its own: a clone of a migrated template, in a PostgreSQL that the test
// process starts for itself and that ends with it. Only tests import it.
package testdb

import (
	"context"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/embedpg"
	"banam/migrations"
)

// Time limits: of making the cluster or a template, and of making or dropping one clone.
const (
	setupLimit = 2 * time.Minute
	cloneLimit = 30 * time.Second
)

// DB is the database of one test.
type DB struct {
	Name      string
	App       *pgxpool.Pool // as the role that serves pages
	Owner     *pgxpool.Pool // as the role that owns the schema
	AppDSN    string
	OwnerDSN  string
	WorkerDSN string // for the role that runs jobs
}

// New returns a migrated, otherwise empty database. It is dropped when the test ends; if the test failed and BANAM_KEEP_DB
// is set, it is kept and the test's log says where.
func New(t testing.TB) *DB {
	t.Helper()
	return empty.clone(t)
}

// template is a database that clones are made from. It is filled once in a process, when the first test wants it.
type template struct {
	name string
	fill func(context.Context, *embedpg.Server) error

	once sync.Once
	err  error
}

var empty = template{name: embedpg.Database, fill: func(ctx context.Context, s *embedpg.Server) error {
	return migrations.Up(ctx, s.DSN(embedpg.RoleOwner, embedpg.Database))
}}

var clones atomic.Int64

// clone makes a database for the test and sees to its end.
func (tm *template) clone(t testing.TB) *DB {
	t.Helper()
	c, err := shared()
	if err != nil {
		t.Fatalf("starting the test cluster: %v", err)
	}
	if err := tm.ready(c); err != nil {
		t.Fatalf("making the template database: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), cloneLimit)
	defer cancel()
	name := fmt.Sprintf("test_%d", clones.Add(1))
	if err := c.copyDatabase(ctx, tm.name, name); err != nil {
		t.Fatalf("cloning the template database: %v", err)
	}
	d := &DB{
		Name:      name,
		AppDSN:    c.server.DSN(embedpg.RoleApp, name),
		OwnerDSN:  c.server.DSN(embedpg.RoleOwner, name),
		WorkerDSN: c.server.DSN(embedpg.RoleWorker, name),
	}
	t.Cleanup(func() { d.end(t, c) })
	d.App, d.Owner = open(t, d.AppDSN), open(t, d.OwnerDSN)
	return d
}

// ready fills the template unless that is done. Nobody may connect to it afterwards, since a template in use cannot be
// copied.
func (tm *template) ready(c *cluster) error {
	tm.once.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), setupLimit)
		defer cancel()
		if tm.err = tm.fill(ctx, c.server); tm.err != nil {
			return
		}
		if tm.err = c.asSuper(ctx, tm.name, `ANALYZE`); tm.err != nil {
			return
		}
		tm.err = c.asSuper(ctx, "postgres",
			`ALTER DATABASE `+pgx.Identifier{tm.name}.Sanitize()+` WITH ALLOW_CONNECTIONS false IS_TEMPLATE true`)
	})
	return tm.err
}

func open(t testing.TB, dsn string) *pgxpool.Pool {
	t.Helper()
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		t.Fatalf("parsing the address of the test database: %v", err)
	}
	config.MaxConns = 10
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatalf("opening the test database: %v", err)
	}
	return pool
}

// end closes the pools and drops the database, or keeps it for a look.
func (d *DB) end(t testing.TB, c *cluster) {
	t.Helper()
	for _, pool := range []*pgxpool.Pool{d.App, d.Owner} {
		if pool != nil && !closes(pool) {
			t.Errorf("a connection of %s was acquired and never released", pool.Config().ConnConfig.User)
		}
	}
	if t.Failed() && os.Getenv("BANAM_KEEP_DB") != "" {
		t.Logf("database %s is kept; look at it with: %s", d.Name, c.keep(d.Name))
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), cloneLimit)
	defer cancel()
	if err := c.asSuper(ctx, "postgres", `DROP DATABASE `+pgx.Identifier{d.Name}.Sanitize()+` WITH (FORCE)`); err != nil {
		t.Errorf("dropping the test database: %v", err)
	}
}

// closes shuts a pool and tells whether all its connections came back in time.
func closes(pool *pgxpool.Pool) bool {
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		pool.Close()
	}()
	select {
	case <-closed:
		return true
	case <-time.After(5 * time.Second):
		return false
	}
}
