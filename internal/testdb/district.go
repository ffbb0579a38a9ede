package testdb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/demo"
	"banam/internal/embedpg"
	"banam/migrations"
)

// District returns a database with the demo district: its places, people, posts and accounts, but no reports and issues
// yet. All accounts have demo.Password. It is dropped like that of New.
func District(t testing.TB) *DB {
	t.Helper()
	return district.clone(t)
}

// Year returns a database with the whole demo: the district of District with its last twelve months of work. It is dropped
// like that of New.
func Year(t testing.TB) *DB {
	t.Helper()
	return year.clone(t)
}

var (
	district = template{name: "district", fill: seeded("district", demo.SeedDistrict)}
	year     = template{name: "year", fill: seeded("year", demo.Seed)}
)

// seeded fills a template of the name from the empty one.
func seeded(name string, seed func(context.Context, *pgxpool.Pool, demo.Options) error) func(context.Context, *embedpg.Server) error {
	return func(ctx context.Context, s *embedpg.Server) error {
		c, err := shared()
		if err != nil {
			return err
		}
		if err := empty.ready(c); err != nil {
			return err
		}
		if err := c.copyDatabase(ctx, embedpg.Database, name); err != nil {
			return err
		}
		if err := migrations.Up(ctx, s.DSN(embedpg.RoleOwner, name)); err != nil {
			return err
		}
		pool, err := pgxpool.New(ctx, s.DSN(embedpg.RoleApp, name))
		if err != nil {
			return fmt.Errorf("opening the template %s: %w", name, err)
		}
		err = seed(ctx, pool, demo.Options{Now: time.Now(), HashPassword: cheapHash(), Seed: 1})
		if err == nil {
			err = migrations.Analyze(ctx, s.DSN(embedpg.RoleOwner, name))
		}
		if !closes(pool) {
			err = errors.Join(err, fmt.Errorf("a connection to the template %s was never released", name))
		}
		return err
	}
}

// cheapHash hashes with the least work that Argon2id allows, since tests sign in often.
func cheapHash() func(string) (string, error) {
	var once sync.Once
	var hash string
	var err error
	return func(password string) (string, error) {
		once.Do(func() {
			hash, err = argon2id.CreateHash(password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
		})
		return hash, err
	}
}
