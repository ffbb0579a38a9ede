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
	Load    = postgres.Load

	CommuneCoverage = postgres.CommuneCoverage
)

// The kinds of gaps.
const (
	NoTierOne   = postgres.NoTierOne
	NoTierTwo   = postgres.NoTierTwo
	NoTierThree = postgres.NoTierThree
	NoLead      = postgres.NoLead
	NoAccount   = postgres.NoAccount
	TooMany     = postgres.TooMany
	Idle        = postgres.Idle
)

// GapKinds lists all kinds of gaps.
func GapKinds() []GapKind { return postgres.GapKinds() }

// Coverage is what is covered on a day below the places that somebody leads or administers.
type Coverage struct {
	postgres.Coverage
	Next int64 // the key after which the next page of gaps begins; zero on the last one
}

// CoverageQuery asks for the board of a day or, with a kind, for the gaps of that kind whose key comes after the given one.
type CoverageQuery struct {
	Day, Before territory.Day
	Kind        GapKind
	Commune     territory.LocalityID // whose gaps alone are listed; zero for all
	After       int64
	Limit       int
}

// Coverage gives the board of coverage of a day, with the numbers of an earlier one beside.
func (a *App) Coverage(ctx context.Context, actor cadre.Actor, q CoverageQuery) (Coverage, error) {
	found, err := a.db.Coverage(ctx, postgres.CoverageQuery{
		Of: coverageOf(actor, q.Day), Before: q.Before, Kind: q.Kind, Commune: q.Commune, After: q.After, Limit: q.Limit + 1,
	})
	if err != nil {
		return Coverage{}, fmt.Errorf("reading coverage: %w", err)
	}
	c := Coverage{Coverage: found}
	if len(c.Rows) > q.Limit {
		c.Rows = c.Rows[:q.Limit]
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
