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

var district = template{name: "district", fill: func(ctx context.Context, s *embedpg.Server) error {
	c, err := shared()
	if err != nil {
		return err
	}
	if err := empty.ready(c); err != nil {
		return err
	}
	if err := c.copyDatabase(ctx, embedpg.Database, "district"); err != nil {
		return err
	}
	if err := migrations.Up(ctx, s.DSN(embedpg.RoleOwner, "district")); err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, s.DSN(embedpg.RoleApp, "district"))
	if err != nil {
		return fmt.Errorf("opening the district's template: %w", err)
	}
	err = demo.Seed(ctx, pool, demo.Options{Now: time.Now(), HashPassword: cheapHash(), Seed: 1})
	if !closes(pool) {
		err = errors.Join(err, errors.New("a connection to the district's template was never released"))
	}
	return err
}}

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
