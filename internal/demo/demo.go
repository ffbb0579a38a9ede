// Package demo owns the demo district: the real places of Bến Tre in 2020 and, in Bình Đại, invented people with their
// posts and accounts. One file per noun. It knows no use cases and no pages; it fills an empty database and nothing else.
package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrNotEmpty is returned when the database has places or people already.
var ErrNotEmpty = errors.New("the database is not empty")

// Options say how to make the demo district.
type Options struct {
	Now          time.Time // the day of seeding: the year of work ends here; kept with the marker
	HashPassword func(password string) (string, error)
	Seed         int64 // the same number, with the same Now, gives the same data
}

// Is tells whether the database carries the marker of a demo. Such a database has known passwords.
func Is(ctx context.Context, pool *pgxpool.Pool) (bool, error) {
	var marked bool
	err := pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM installation WHERE key = 'demo' AND value = 'true')`).Scan(&marked)
	if err != nil {
		return false, fmt.Errorf("reading the demo marker: %w", err)
	}
	return marked, nil
}

// Empty tells whether the database has neither places nor people yet.
func Empty(ctx context.Context, pool *pgxpool.Pool) (bool, error) { return empty(ctx, pool) }

// SeedPlaces enters the places alone: the tree of Bến Tre with the hamlets and groups of Bình Đại. ErrNotEmpty if there is
// anything already.
func SeedPlaces(ctx context.Context, pool *pgxpool.Pool) error {
	return once(ctx, pool, func(tx pgx.Tx) error {
		t, err := bentre()
		if err != nil {
			return err
		}
		return t.store(ctx, tx)
	})
}

// Seed makes the whole demo and marks the database as one: what SeedDistrict makes, the households, and the work of the last twelve months.
// ErrNotEmpty if there is anything already.
func Seed(ctx context.Context, pool *pgxpool.Pool, o Options) error {
	return seed(ctx, pool, o, func(ctx context.Context, tx pgx.Tx, t *tree, r *roster, o Options) error {
		y, err := seedYear(ctx, tx, t, r, o)
		if err != nil {
			return err
		}
		if err := seedHouseholds(ctx, tx, t, o); err != nil {
			return err
		}
		return y.storeVisits(ctx, tx)
	})
}

// SeedDistrict makes the places, the people, their assignments and the accounts of the demo, and marks the database as
// one. There is no work yet. ErrNotEmpty if there is anything already.
func SeedDistrict(ctx context.Context, pool *pgxpool.Pool, o Options) error {
	return seed(ctx, pool, o, nil)
}

// seed makes the district and then, in the same transaction, what more is wanted.
func seed(ctx context.Context, pool *pgxpool.Pool, o Options, more func(context.Context, pgx.Tx, *tree, *roster, Options) error) error {
	hash, err := o.HashPassword(Password)
	if err != nil {
		return fmt.Errorf("hashing the demo password: %w", err)
	}
	return once(ctx, pool, func(tx pgx.Tx) error {
		t, err := bentre()
		if err != nil {
			return err
		}
		if err := t.store(ctx, tx); err != nil {
			return err
		}
		r := staff(t, rand.New(rand.NewPCG(uint64(o.Seed), stream)))
		if err := r.store(ctx, tx); err != nil {
			return err
		}
		if err := r.storeAccounts(ctx, tx, t, hash); err != nil {
			return err
		}
		if err := storeAgencies(ctx, tx); err != nil {
			return err
		}
		if more != nil {
			if err := more(ctx, tx, t, r, o); err != nil {
				return err
			}
		}
		return mark(ctx, tx, o.Now)
	})
}

// stream keeps the demo's random numbers apart from any other use of the same seed.
const stream = 0xBA_2020

// seedLock is the advisory lock under which an empty database is filled, so that two processes that start at once fill it
// only once.
const seedLock = 0xBA_DE40

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func empty(ctx context.Context, q querier) (bool, error) {
	var found bool
	err := q.QueryRow(ctx, `SELECT EXISTS (SELECT FROM localities) OR EXISTS (SELECT FROM cadres)`).Scan(&found)
	if err != nil {
		return false, fmt.Errorf("looking for places and people: %w", err)
	}
	return !found, nil
}

// once runs fill in one transaction, if the database is still empty.
func once(ctx context.Context, pool *pgxpool.Pool, fill func(tx pgx.Tx) error) error {
	err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		// A year of work is more than the time of a page allows.
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = '2min'`); err != nil {
			return fmt.Errorf("lengthening the time-out: %w", err)
		}
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, seedLock); err != nil {
			return fmt.Errorf("waiting for another seed: %w", err)
		}
		is, err := empty(ctx, tx)
		if err != nil {
			return err
		}
		if !is {
			return ErrNotEmpty
		}
		return fill(tx)
	})
	if err != nil {
		return fmt.Errorf("seeding: %w", err)
	}
	return nil
}

func mark(ctx context.Context, tx pgx.Tx, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO installation (key, value) VALUES ('demo', 'true'), ('demo_seeded_at', $1)`,
		now.UTC().Format(time.RFC3339))
	if err != nil {
		return fmt.Errorf("marking the demo: %w", err)
	}
	return nil
}
