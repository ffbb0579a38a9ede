package app

import (
	"context"
	"fmt"
	"slices"

	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the list of who talks with whom.
type (
	TalkFilter  = postgres.TalkFilter
	TalkRow     = postgres.TalkRow
	TalkList    = postgres.TalkList
	TalkPartner = postgres.TalkPartner
)

// TalkDays is how many days back the reports were sent whose talk is counted, today included.
const TalkDays = 90

// Talk lists who supports the places below those that the actor leads, with whom each exchanged words on the reports of the last TalkDays
// days: the link between a hamlet's supporter and those who decide, of which domain.md section 1 says that it is weak. Whoever leads no more
// than a commune sees those who look after its groups, too.
func (a *App) Talk(ctx context.Context, actor cadre.Actor, f TalkFilter, page ListPage) (TalkList, error) {
	f.Since = actor.Today().Add(1 - TalkDays).Start()
	of := ledBelow(actor, actor.Today())
	groups := !slices.ContainsFunc(actor.Scope(cadre.ReviewBoard).Branches, func(b cadre.Branch) bool { return b.Column == cadre.ByProvince || b.Column == cadre.ByDistrict })
	list, err := a.db.Talk(ctx, of, f, groups, page)
	if err != nil {
		return TalkList{}, fmt.Errorf("listing who talks with whom: %w", err)
	}
	return list, nil
}

// ledBelow gives the places that the actor leads, on a day or, where that is to come, today.
func ledBelow(actor cadre.Actor, day territory.Day) postgres.CoverageOf {
	of := postgres.CoverageOf{Day: day, Today: actor.Today()}
	if of.Day.After(of.Today) {
		of.Day = of.Today
	}
	for _, b := range actor.Scope(cadre.ReviewBoard).Branches {
		if b.Column == cadre.ByLocality {
			of.Alone = append(of.Alone, b.ID)
		} else {
			of.Below = append(of.Below, b.ID)
		}
	}
	return of
}
