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

// Coverage is what is covered today below the places that somebody leads or administers, with the gaps of one kind.
type Coverage struct {
	Gaps Gaps
	Rows []postgres.GapRow
	Next int64 // the key after which the next page begins; zero on the last one
}

// Coverage counts the gaps of today and names those of one kind whose key comes after the given one, at most limit of them.
func (a *App) Coverage(ctx context.Context, actor cadre.Actor, kind GapKind, after int64, limit int) (Coverage, error) {
	var below []territory.LocalityID
	for _, g := range actor.Grants {
		if g.Allows(cadre.SeeCoverage) {
			below = append(below, g.Locality.ID)
		}
	}
	gaps, rows, err := a.db.GapsBelow(ctx, below, actor.Today(), kind, after, limit+1)
	if err != nil {
		return Coverage{}, fmt.Errorf("reading coverage: %w", err)
	}
	c := Coverage{Gaps: gaps, Rows: rows}
	if len(rows) > limit {
		c.Rows = rows[:limit]
		c.Next = c.Rows[limit-1].Key
	}
	return c, nil
}
