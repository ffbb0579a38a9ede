package app

import (
	"context"
	"fmt"
	"slices"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the home page and of a place's page, as pages need them.
type (
	Home       = postgres.Home
	Gaps       = postgres.Gaps
	PlacePage  = postgres.PlacePage
	IssueLine  = postgres.IssueLine
	ReportLine = postgres.ReportLine
	Child      = postgres.Child
	PlaceState = postgres.PlaceState
	MonthCount = postgres.MonthCount
)

// Home gives what waits for the actor today, by what they hold.
func (a *App) Home(ctx context.Context, actor cadre.Actor) (Home, error) {
	q := postgres.HomeQuery{
		Cadre: actor.CadreID, Now: actor.At, Issues: actor.Scope(cadre.ReadIssue), Reports: actor.Scope(cadre.ReadReport),
		Owes: actor.Holds(cadre.Support),
	}
	for _, g := range actor.Grants {
		switch g.Post.Capability {
		case cadre.Lead:
			q.Desks = append(q.Desks, g.Locality.ID)
		case cadre.Administer:
			q.Admins = append(q.Admins, g.Locality.ID)
		case cadre.Support, cadre.Watch:
			q.Held = append(q.Held, g.Locality.ID)
		}
		if looksBelow(g) {
			q.Below = append(q.Below, g.Locality.ID)
		}
	}
	h, err := a.db.Home(ctx, q)
	if err != nil {
		return Home{}, fmt.Errorf("reading the home page: %w", err)
	}
	return h, nil
}

// looksBelow tells whether a home page shows the places right below the grant's: to leads of every level, and to those who
// support or watch a whole commune.
func looksBelow(g cadre.Grant) bool {
	switch g.Post.Capability {
	case cadre.Lead:
		return true
	case cadre.Support, cadre.Watch:
		return g.Locality.Level.Above(territory.Hamlet)
	case cadre.Administer:
	}
	return false
}

// Place gives a place as of a day: on today with its work, on another day its people and what lies below. NotFound if the actor has
// no right to know of it, NotThere if it does not exist then.
func (a *App) Place(ctx context.Context, actor cadre.Actor, id territory.LocalityID, day territory.Day) (PlacePage, error) {
	if day != actor.Today() {
		return a.placeOn(ctx, actor, id, day)
	}
	page, err := a.db.PlacePage(ctx, id, postgres.PlaceQuery{
		Day: actor.Today(), Issues: actor.Scope(cadre.ReadIssue), Reports: actor.Scope(cadre.ReadReport), Numbers: actor.Scope(cadre.ReadNumbers),
		Counted: countsCoverage(actor, id),
	})
	if err != nil {
		return PlacePage{}, fmt.Errorf("reading place %d: %w", id, err)
	}
	if len(page.Path.Chain) == 0 {
		return PlacePage{}, notThere(actor, cadre.ViewPlace, page.There, day)
	}
	if !cadre.Can(actor, cadre.ViewPlace, cadre.Object{Place: page.Path.Chain.Place()}) {
		return PlacePage{}, fault.NotFound()
	}
	if !actor.Covers(page.Path.Chain.Place()) { // a desk above: who leads it may be known, not what lies beside one's own places
		page.Children, page.Households = nil, HouseholdCounts{}
	}
	if !cadre.Can(actor, cadre.SeeCoverage, cadre.Object{Place: page.Path.Chain.Place()}) {
		page.Past, page.Gaps = nil, nil
	}
	return page, nil
}

// countsCoverage tells whether coverage may be the actor's to see on a place's page. That of a whole province has a page of its own.
func countsCoverage(actor cadre.Actor, id territory.LocalityID) bool {
	whole := slices.ContainsFunc(actor.Grants, func(g cadre.Grant) bool { return g.Locality.ID == id && g.Locality.Level == territory.Province })
	return !whole && !actor.Scope(cadre.SeeCoverage).Empty()
}

// TreeNode is a place of the tree.
type TreeNode = postgres.TreeNode

// PlaceTree gives the actor's own places of today as they are on a day, with those of the next two levels below each.
func (a *App) PlaceTree(ctx context.Context, actor cadre.Actor, day territory.Day) ([]TreeNode, error) {
	var own []territory.LocalityID
	for _, g := range actor.Grants {
		own = append(own, g.Locality.ID)
	}
	list, err := a.db.PlaceTree(ctx, own, day)
	if err != nil {
		return nil, fmt.Errorf("reading the tree of places: %w", err)
	}
	return list, nil
}
