package app

import (
	"context"
	"fmt"

	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// GapKind says what is missing somewhere, a GapRow where.
type (
	GapKind = postgres.GapKind
	GapRow  = postgres.GapRow
)

// The kinds of gaps.
const (
	NoTierOne   = postgres.NoTierOne
	NoTierTwo   = postgres.NoTierTwo
	NoTierThree = postgres.NoTierThree
	NoLead      = postgres.NoLead
	NoAccount   = postgres.NoAccount
)

// GapKinds lists all kinds of gaps.
func GapKinds() []GapKind { return postgres.GapKinds() }

// Coverage is what is covered on a day below the places that somebody leads or administers, with the gaps of one kind.
type Coverage struct {
	Gaps Gaps
	Rows []postgres.GapRow
	Next int64 // the key after which the next page begins; zero on the last one
}

// CoverageQuery asks for the gaps of one kind on a day whose key comes after the given one, at most Limit of them.
type CoverageQuery struct {
	Day   territory.Day
	Kind  GapKind
	After int64
	Limit int
}

// Coverage counts the gaps of a day and names those of one kind.
func (a *App) Coverage(ctx context.Context, actor cadre.Actor, q CoverageQuery) (Coverage, error) {
	gaps, rows, err := a.db.GapsBelow(ctx, coverageOf(actor, q.Day), q.Kind, q.After, q.Limit+1)
	if err != nil {
		return Coverage{}, fmt.Errorf("reading coverage: %w", err)
	}
	c := Coverage{Gaps: gaps, Rows: rows}
	if len(rows) > q.Limit {
		c.Rows = rows[:q.Limit]
		c.Next = c.Rows[q.Limit-1].Key
	}
	return c, nil
}

// coverageOf compiles whose coverage somebody sees: that of their places today, and of those that came to them by reorganisations. A
// sub-region stands for itself, and its communes of today for themselves.
func coverageOf(actor cadre.Actor, day territory.Day) postgres.CoverageOf {
	of := postgres.CoverageOf{Day: day, Today: actor.Today()}
	for _, b := range actor.Scope(cadre.SeeCoverage).Branches {
		if b.Column == cadre.ByLocality {
			of.Alone = append(of.Alone, b.ID)
		} else {
			of.Below = append(of.Below, b.ID)
		}
	}
	return of
}
