package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Years makes the year of work twice over the same people, without keeping anything, and gives both as text.
func Years(ctx context.Context, pool *pgxpool.Pool, o Options) (years [2]string, err error) {
	undo := errors.New("undone")
	err = once(ctx, pool, func(tx pgx.Tx) error {
		t, err := bentre()
		if err != nil {
			return err
		}
		r := staff(t, rand.New(rand.NewPCG(uint64(o.Seed), stream)))
		for _, store := range []func() error{
			func() error { return t.store(ctx, tx) }, func() error { return r.store(ctx, tx) },
		} {
			if err := store(); err != nil {
				return err
			}
		}
		for i := range years {
			w, err := newWorld(ctx, tx, t, r)
			if err != nil {
				return err
			}
			y, err := newYear(w, o)
			if err != nil {
				return err
			}
			if err := y.work(); err != nil {
				return err
			}
			years[i] = y.text()
		}
		return undo
	})
	if err != nil && years[1] != "" {
		err = nil
	}
	return years, err
}

func (y *year) text() string {
	type kept struct {
		Reports []any `json:"reports"`
		Issues  []any `json:"issues"`
		Notices []any `json:"notices"`
	}
	var k kept
	for _, r := range y.reports {
		k.Reports = append(k.Reports, r.Report)
	}
	for _, f := range y.issues {
		k.Issues = append(k.Issues, f.issue, f.events)
	}
	for _, n := range y.notices {
		k.Notices = append(k.Notices, fmt.Sprint(n))
	}
	text, err := json.Marshal(k)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Templates counts the different texts that the year is written from.
func Templates() (texts, stories int, err error) {
	l, err := newLibrary()
	if err != nil {
		return 0, 0, err
	}
	all := map[string]bool{}
	for _, t := range l.themes {
		for _, list := range [][]string{t.what, t.difficulties, t.proposals} {
			for _, text := range list {
				all[text] = true
			}
		}
	}
	for _, p := range l.pools {
		for _, text := range p.texts {
			all[text] = true
		}
	}
	return len(all), len(l.stories), nil
}
