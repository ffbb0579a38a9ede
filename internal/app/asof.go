package app

import (
	"context"
	"fmt"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// NotThere is the error for a place of the reader's scope that does not exist on the day asked for. Whoever does not treat it
// answers as for any place that does not exist.
type NotThere struct {
	Name string // as it was called last, or will be
	Day  territory.Day
	postgres.Existence
}

// Rows of a place that is not there.
type (
	PlaceSpan = postgres.Span
	PlaceKin  = postgres.Kin
)

// Error says what the error is.
func (n *NotThere) Error() string { return fmt.Sprintf("%s does not exist on %s", n.Name, n.Day) }

// Unwrap makes it a NotFound.
func (n *NotThere) Unwrap() error { return fault.NotFound() }

// notThere gives the error for a place that does not exist on the day: NotThere to whom today's rights let know of it.
func notThere(actor cadre.Actor, action cadre.Action, e postgres.Existence, day territory.Day) error {
	if err := reachable(actor, action, e.Judged); err != nil {
		return err
	}
	return &NotThere{Name: e.Judged.Self().Name, Day: day, Existence: e}
}

// judge gives the chain by which the actor may do the action on a place as of a day. Rights are always today's: the place is judged
// where it is today, or where it was last or will be first; what it was on a day gone by counts too, as it does for the facts of that day.
func judge(actor cadre.Actor, action cadre.Action, judged, then territory.Chain, day territory.Day) territory.Chain {
	if day.Before(actor.Today()) && !cadre.Can(actor, action, cadre.Object{Place: judged.Place()}) && cadre.Can(actor, action, cadre.Object{Place: then.Place()}) {
		return then
	}
	return judged
}

// placeOn gives a place as of a day that is not today.
func (a *App) placeOn(ctx context.Context, actor cadre.Actor, id territory.LocalityID, day territory.Day) (PlacePage, error) {
	page, err := a.db.PlaceOn(ctx, id, day, actor.Today())
	if err != nil {
		return PlacePage{}, fmt.Errorf("reading place %d on %s: %w", id, day, err)
	}
	if len(page.Path.Chain) == 0 {
		return PlacePage{}, notThere(actor, cadre.ViewPlace, page.There, day)
	}
	page.There.Judged = judge(actor, cadre.ViewPlace, page.There.Judged, page.Path.Chain, day)
	if err := reachable(actor, cadre.ViewPlace, page.There.Judged); err != nil {
		return PlacePage{}, err
	}
	if !actor.Covers(page.There.Judged.Place()) {
		page.Children = nil
	}
	return page, nil
}
