package testdb

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"github.com/jackc/pgx/v5"

	"banam/internal/embedpg"
)

// settings make the cluster fast, small and forgetful: it never survives its process anyway.
var settings = map[string]string{
	"fsync":              "off",
	"synchronous_commit": "off",
	"full_page_writes":   "off",
	"wal_level":          "minimal",
	"max_wal_senders":    "0",
	"min_wal_size":       "32MB",
	"checkpoint_timeout": "1h",
	"shared_buffers":     "64MB",
	"max_connections":    "200",
	"autovacuum":         "off", // it would hold databases that tests copy or drop
	"jit":                "off",
}

// cluster is the PostgreSQL of this test process.
type cluster struct {
	server *embedpg.Server
	place  *place
}

// shared starts the cluster when the first test needs it. It ends with the process (by the parent-death signal), however
// that ends, so no test package needs a TestMain for it.
var shared = sync.OnceValues(func() (*cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), setupLimit)
	defer cancel()
	root := memory()
	if err := sweep(root); err != nil {
		return nil, err
	}
	p, err := newPlace(root)
	if err != nil {
		return nil, err
	}
	server, err := embedpg.Start(ctx, embedpg.Config{Dir: p.dir, Settings: settings})
	if err != nil {
		return nil, err
	}
	return &cluster{server: server, place: p}, nil
})

// memory is a folder in memory where there is one, else the temporary folder.
func memory() string {
	const shm = "/dev/shm"
	probe, err := os.MkdirTemp(shm, prefix+"probe-")
	if err != nil {
		return os.TempDir()
	}
	if err := os.Remove(probe); err != nil {
		return os.TempDir()
	}
	return shm
}

// copyDatabase clones by copying files, which takes a third of the time of copying through the log.
func (c *cluster) copyDatabase(ctx context.Context, from, to string) error {
	return c.asSuper(ctx, "postgres", fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s OWNER %s STRATEGY file_copy`,
		pgx.Identifier{to}.Sanitize(), pgx.Identifier{from}.Sanitize(), embedpg.RoleOwner))
}

func (c *cluster) asSuper(ctx context.Context, database, sql string) error {
	conn, err := pgx.Connect(ctx, c.server.DSN(embedpg.RoleSuper, database))
	if err != nil {
		return fmt.Errorf("connecting to the test cluster: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // the server notices a broken end itself
	_, err = conn.Exec(ctx, sql)
	return err
}

// keep saves the cluster from being removed, and says how to start it again once this process has ended.
func (c *cluster) keep(database string) string {
	c.place.keep()
	data, run := filepath.Join(c.place.dir, "data"), filepath.Join(c.place.dir, "run")
	return fmt.Sprintf("%s -D %s -k %s -c listen_addresses= (as the owner of the folder), then psql -h %s -U %s %s (as yourself)",
		filepath.Join(c.server.Bin(), "postgres"), data, run, run, embedpg.RoleSuper, database)
}
