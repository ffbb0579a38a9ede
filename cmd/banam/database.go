package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"banam/internal/app"
	"banam/internal/demo"
	"banam/internal/embedpg"
	"banam/internal/postgres"
	"banam/migrations"
)

// database is the database that a command works on, and the private server behind it if there is one.
type database struct {
	db      *postgres.DB
	private *embedpg.Server
	owner   string // address for the owner's role; empty where it is not known
}

// stopTime is how long the private server may take to stop.
const stopTime = 25 * time.Second

// open finds or starts the database and brings it to the newest schema where the owner's address is known.
func (c *cli) open(ctx context.Context, log *slog.Logger) (*database, error) {
	d := &database{}
	appDSN, ownerDSN := c.Database, c.Owner
	if appDSN == "" {
		server, err := embedpg.Start(ctx, embedpg.Config{Dir: filepath.Join(c.Data, "postgres"), Log: log, Progress: progress})
		if err != nil {
			return nil, fmt.Errorf("starting the private PostgreSQL: %w", err)
		}
		d.private = server
		appDSN, ownerDSN = server.DSN(embedpg.RoleApp, embedpg.Database), server.DSN(embedpg.RoleOwner, embedpg.Database)
	}
	d.owner = ownerDSN
	if err := d.connect(ctx, appDSN, ownerDSN); err != nil {
		return nil, errors.Join(err, d.close(ctx))
	}
	return d, nil
}

func (d *database) connect(ctx context.Context, appDSN, ownerDSN string) error {
	if ownerDSN != "" {
		if err := migrations.Up(ctx, ownerDSN); err != nil {
			return err
		}
	}
	db, err := postgres.Open(ctx, appDSN)
	if err != nil {
		return err
	}
	d.db = db
	if err := migrations.Check(ctx, db.Pool()); err != nil {
		return err
	}
	return db.CheckRole(ctx)
}

// close ends the connections and then the private server, also when the command itself was interrupted.
func (d *database) close(ctx context.Context) error {
	if d.db != nil {
		d.db.Close()
	}
	if d.private == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := d.private.Stop(ctx); err != nil {
		return fmt.Errorf("stopping the private PostgreSQL: %w", err)
	}
	return nil
}

var errDemoDatabase = errors.New("this database holds the demo district: start with --demo (BANAM_DEMO=1), or use another database")

// seed fills an empty database. A demo database is refused outside of demo mode, so that its known passwords never serve.
func (c *cli) seed(ctx context.Context, d *database) error {
	isDemo, err := demo.Is(ctx, d.db.Pool())
	if err != nil {
		return err
	}
	if isDemo && !c.Demo {
		return errDemoDatabase
	}
	empty, err := demo.Empty(ctx, d.db.Pool())
	if err != nil || !empty || !c.Demo {
		return err
	}
	progress("filling the database with the demo district")
	if err := demo.Seed(ctx, d.db.Pool(), demo.Options{Now: time.Now(), HashPassword: app.HashPassword, Seed: 1}); err != nil || d.owner == "" {
		return err
	}
	return migrations.Analyze(ctx, d.owner)
}

// progress tells the person at the terminal what takes time.
func progress(line string) { fmt.Fprintln(os.Stderr, "banam:", line) }
