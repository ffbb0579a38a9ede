package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// FilingPlace is a place that the actor may choose in a report.
type FilingPlace = postgres.FilingPlace

// ReportForm is what the form of a report offers.
type ReportForm struct {
	Draft  *Draft          // nil for a new report
	Sent   *SentReport     // that the draft amends; nil for a report that was not sent yet
	Own    []FilingPlace   // the actor's places, with those held within the last year
	Places []FilingPlace   // own places and those below that can be chosen
	Asked  territory.Chain // of the place asked for; empty if none was
	Beside postgres.Beside // how the place stands
}

// MonthReports is what a monthly report is put together from.
type MonthReports = postgres.MonthReports

// Beside is how the place of a form stands.
type Beside = postgres.Beside

// NewReportQuery says for which place a form is opened, and of what kind.
type NewReportQuery = postgres.NewReportQuery

func formReader(actor cadre.Actor) postgres.FormReader {
	return postgres.FormReader{Actor: actor, Reports: actor.Scope(cadre.ReadReport), Issues: actor.Scope(cadre.ReadIssue)}
}

// NewReport gives what the form of a new report offers at a place, or at the actor's own ones if none is named. NotFound if the
// actor has nothing to do with the place, Forbidden if they hold nothing to report under.
func (a *App) NewReport(ctx context.Context, actor cadre.Actor, q NewReportQuery) (ReportForm, error) {
	places, beside, err := a.db.FilingPlaces(ctx, formReader(actor), q)
	if err != nil {
		return ReportForm{}, fmt.Errorf("reading the places to report on: %w", err)
	}
	if len(places.Own) == 0 {
		return ReportForm{}, fault.Forbidden("report.nothing_held")
	}
	form := offered(places)
	form.Beside = beside
	if q.Asked != 0 && len(form.Asked) == 0 {
		return ReportForm{}, fault.NotFound()
	}
	return form, nil
}

// SentReport is a report of the actor's own that was sent, with what happened to it since.
type SentReport = postgres.SentReport

// DraftForm gives the form of a draft or, where there is none, that of an amendment of a report that the actor has sent: then the
// draft is the report as it stands, and not stored yet (its version is zero). NotFound if the actor has neither.
func (a *App) DraftForm(ctx context.Context, actor cadre.Actor, id uuid.UUID) (ReportForm, error) {
	found, err := a.db.DraftForm(ctx, id, formReader(actor))
	if err != nil {
		return ReportForm{}, fmt.Errorf("reading draft %s: %w", id, err)
	}
	form := offered(found.Places)
	form.Beside = found.Beside
	form.Draft, form.Sent = found.Draft, found.Sent
	if form.Draft == nil {
		r := found.Sent.Report
		form.Draft = &Draft{
			ReportID: id, Base: r.Version, Input: wholeOf(r).Input(r.Kind, r.Place.Locality, r.HappenedOn),
		}
	}
	return form, nil
}

// offered leaves of the places that were read those which are the actor's own or lie below.
func offered(p postgres.FilingPlaces) ReportForm {
	form := ReportForm{Own: p.Own}
	allowed := map[territory.LocalityID]bool{}
	for _, o := range p.Own {
		allowed[o.ID] = true
	}
	top := -1 // the highest place of the chain that is the actor's own
	for i, l := range p.Chain {
		if allowed[l.ID] {
			top = i
		}
	}
	if top >= 0 {
		form.Asked = p.Chain
		for _, l := range p.Chain[:top] {
			allowed[l.ID] = true
		}
	}
	parents := map[territory.LocalityID]territory.LocalityID{}
	for _, b := range p.Below {
		parents[b.ID] = b.Parent
	}
	seen := map[territory.LocalityID]bool{}
	add := func(place FilingPlace) {
		if !seen[place.ID] {
			seen[place.ID] = true
			form.Places = append(form.Places, place)
		}
	}
	for _, o := range p.Own {
		add(o)
	}
	for _, b := range p.Below {
		for id := b.ID; id != 0; id = parents[id] {
			if allowed[id] {
				add(b)
				break
			}
		}
	}
	return form
}
