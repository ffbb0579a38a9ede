package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Promise is something that was promised at a visit.
type Promise = postgres.Promise

// visitTarget reads soon by what it is known which household a report is about; nil for one that is about none.
func visitTarget(tx *postgres.Tx, c casework.CheckedReport, id uuid.UUID) *postgres.VisitTarget {
	if c.Kind != casework.HouseholdVisit {
		return nil
	}
	return tx.VisitTargetSoon(c.Locality, id)
}

// visited gives the visit of a report that is sent, nil if it is none: the household is one of the place's group that the author was allowed to know on the
// day it happened, or the one that the report was about already. Any other is answered like one that does not exist.
func visited(actor cadre.Actor, facts postgres.FilingFacts, t *postgres.VisitTarget, private casework.Content, place territory.LocalityID) (*casework.Visit, error) {
	if t == nil {
		return nil, nil //nolint:nilnil // a report that is about no household
	}
	v := casework.Visit{Group: place, Number: private.HouseholdNumber(), Content: private}
	i := slices.IndexFunc(t.Households, func(h postgres.NumberedHousehold) bool { return h.Number == v.Number })
	if i >= 0 {
		v.Household = t.Households[i].ID
	} else if i = slices.IndexFunc(t.Before, func(h postgres.VisitedHousehold) bool { return h.Number == v.Number }); i >= 0 {
		v.Household, v.Group = t.Before[i].ID, t.Before[i].Group
	}
	then := cadre.Actor{CadreID: actor.CadreID, Grants: facts.Then, At: actor.At}
	if v.Household == uuid.Nil || !cadre.Can(then, cadre.ReadHousehold, cadre.Object{Place: facts.PathThen.Chain.Place(), Household: v.Household}) {
		return nil, fault.Invalid(fault.At(casework.HouseholdField, "report.household_unknown"))
	}
	return &v, nil
}

// shownVisit puts what the versions of a report say about a household into their texts, for a reader who may know it, and gives the
// newest; nil for everybody else.
func shownVisit(page *postgres.ReportPage) *casework.Visit {
	if len(page.Visits) == 0 {
		return nil
	}
	for i := range page.Versions {
		at := slices.IndexFunc(page.Visits, func(v postgres.Visit) bool { return v.Number == page.Versions[i].Number })
		if at >= 0 {
			page.Versions[i].Content = whole(page.Versions[i].Content, page.Visits[at].Content)
		}
	}
	newest := page.Visits[0]
	return &casework.Visit{Household: newest.Household, Number: newest.Content.HouseholdNumber(), Content: newest.Content}
}

func whole(common, private casework.Content) casework.Content {
	c := maps.Clone(common)
	maps.Copy(c, private)
	return c
}

// Whole gives everything that the report says and the reader may know.
func (r Report) Whole() casework.Content { return wholeOf(r.Report) }

func wholeOf(r casework.Report) casework.Content {
	if r.Visit == nil {
		return r.Content
	}
	return whole(r.Content, r.Visit.Content)
}

// Redacted tells whether the report says something about a household that the reader may not know.
func (r Report) Redacted() bool {
	return r.Report.Kind == casework.HouseholdVisit && r.Report.Visit == nil
}

// KeepPromise marks something that was promised at a visit as done. It is for the author and for those who look after the household
// now; NotFound out of scope, Forbidden for everybody else, Conflict if it is done already.
func (a *App) KeepPromise(ctx context.Context, actor cadre.Actor, s Submission, report uuid.UUID, position int) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		author, place, err := tx.ReportPlace(ctx, report, actor.Scope(cadre.ReadReport), actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		if !mayKeep(actor, author, place) {
			return uuid.Nil, fault.Forbidden("report.promise_not_yours")
		}
		tx.KeepPromise(report, position, actor.CadreID, actor.Today())
		return report, nil
	})
	if err != nil {
		return fmt.Errorf("keeping a promise of report %s: %w", report, err)
	}
	return nil
}

// mayKeep tells whether the actor may say that what was promised in a report is done: its author, and whoever looks after its place today.
func mayKeep(actor cadre.Actor, author cadre.ID, place territory.Place) bool {
	return author == actor.CadreID || slices.ContainsFunc(actor.Grants, func(g cadre.Grant) bool {
		alone := cadre.Actor{CadreID: actor.CadreID, Grants: []cadre.Grant{g}, At: actor.At}
		return g.Post.Capability == cadre.Support && cadre.Can(alone, cadre.KeepHousehold, cadre.Object{Place: place})
	})
}
