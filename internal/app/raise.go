package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the form that raises an issue.
type (
	WorkField    = postgres.WorkField
	SourceReport = postgres.SourceReport
)

// DeskOption is a desk that can be chosen, or to which an issue would go.
type DeskOption struct {
	ID     territory.LocalityID
	Level  territory.Level
	Name   string
	Leads  []string // names; empty if the desk is vacant
	Direct bool     // tier 2's direct line: the commune's and the hamlet's people are told at once
}

// Vacant tells whether nobody leads the desk: an issue passes on from it.
func (d DeskOption) Vacant() bool { return len(d.Leads) == 0 }

func deskOption(d cadre.Desk) DeskOption {
	o := DeskOption{ID: d.Locality.ID, Level: d.Locality.Level, Name: d.Locality.Name}
	for _, h := range d.Leads {
		o.Leads = append(o.Leads, h.Name)
	}
	return o
}

func deskOptions(desks []cadre.Desk) []DeskOption {
	options := make([]DeskOption, len(desks))
	for n, d := range desks {
		options[n] = deskOption(d)
	}
	return options
}

// RaiseForm is what the form that raises an issue offers.
type RaiseForm struct {
	Places []FilingPlace   // to choose from while Chain is empty: the actor's places and those below
	Chain  territory.Chain // of the place, from the place upward
	Report *SourceReport   // that the issue comes from, with its difficulties for the description; nil if from none
	Desks  []DeskOption    // the usual one first
	Fields []WorkField
}

// RaiseForm gives the form for a place or, where that is zero, for the place of the report; with neither it offers the
// places to choose from. NotFound if the actor may not raise anything there or not read the report, Forbidden if the actor
// holds nothing to raise issues under.
func (a *App) RaiseForm(ctx context.Context, actor cadre.Actor, place territory.LocalityID, report uuid.UUID) (RaiseForm, error) {
	if len(actor.Scope(cadre.RaiseIssue).Branches) == 0 {
		return RaiseForm{}, fault.Forbidden("issue.nothing_held")
	}
	if place == 0 && report == uuid.Nil {
		return a.raisePlaces(ctx, actor)
	}
	facts, err := a.db.RaiseFacts(ctx, place, report, actor.Scope(cadre.ReadReport), actor.Today())
	if err != nil {
		return RaiseForm{}, fmt.Errorf("reading the form of an issue: %w", err)
	}
	grant, ok := raiseGrant(actor, facts)
	if !ok || report != uuid.Nil && facts.Report == nil {
		return RaiseForm{}, fault.NotFound()
	}
	form := RaiseForm{Chain: facts.Path.Chain, Report: facts.Report, Fields: facts.Fields}
	form.Desks = deskOptions(casework.RaiseOptions(grant, facts.Path.Desks()))
	for n := range form.Desks {
		form.Desks[n].Direct = casework.DirectLine(grant, form.Desks[n].Level)
	}
	return form, nil
}

func (a *App) raisePlaces(ctx context.Context, actor cadre.Actor) (RaiseForm, error) {
	places, _, err := a.db.FilingPlaces(ctx, formReader(actor), NewReportQuery{})
	if err != nil {
		return RaiseForm{}, fmt.Errorf("reading the places to raise issues at: %w", err)
	}
	var form RaiseForm
	for _, p := range offered(places).Places {
		if p.Until.IsZero() { // late filing is for reports; an issue needs an assignment of today
			form.Places = append(form.Places, p)
		}
	}
	return form, nil
}

// raiseGrant gives the grant under which the actor raises an issue at the place; false if there is no such place, or none
// for this actor: the two are never told apart.
func raiseGrant(actor cadre.Actor, facts postgres.RaiseFacts) (cadre.Grant, bool) {
	if len(facts.Path.Chain) == 0 {
		return cadre.Grant{}, false
	}
	return cadre.GrantFor(actor, cadre.RaiseIssue, cadre.Object{Place: facts.Path.Chain.Place()})
}

// RaiseInput is what a person sends to raise an issue.
type RaiseInput struct {
	Locality    territory.LocalityID
	ReportID    uuid.UUID // zero if it comes from no report
	Title       string
	Description string
	Field       string
	Severity    casework.Severity
	Desk        territory.LocalityID
}

// Raise makes an issue and gives its id. Invalid names the fields locality, title, description, field, severity and desk; a
// place out of scope is answered like one that does not exist. NotFound if the report may not be read.
func (a *App) Raise(ctx context.Context, actor cadre.Actor, s Submission, in RaiseInput, files ...FileInput) (uuid.UUID, error) {
	id, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		facts, err := tx.RaiseFacts(ctx, in.Locality, in.ReportID, actor.Scope(cadre.ReadReport), actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		issue, event, err := judgeRaise(actor, facts, in)
		if err != nil {
			return uuid.Nil, err
		}
		hold(tx, actor, event.Assignment)
		tx.InsertIssue(issue, event, in.ReportID)
		tx.AttachToEvent(issue.ID, event.ID, attachAll(tx, actor, files))
		if err := tx.Enqueue(ctx, NotifyIssue{EventID: event.ID}); err != nil {
			return uuid.Nil, err
		}
		tx.NumberIssue(issue) // late: everybody who raises in the series waits for it
		return issue.ID, nil
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("raising an issue: %w", err)
	}
	return id, nil
}

// judgeRaise gives the new issue with its first event, or every wrong field.
func judgeRaise(actor cadre.Actor, facts postgres.RaiseFacts, in RaiseInput) (casework.Issue, casework.Event, error) {
	grant, ok := raiseGrant(actor, facts)
	switch {
	case in.Locality == 0:
		return casework.Issue{}, casework.Event{}, fault.Invalid(fault.At("locality", "issue.place_required"))
	case !ok:
		return casework.Issue{}, casework.Event{}, fault.Invalid(fault.At("locality", "issue.place_unknown"))
	case in.ReportID != uuid.Nil && facts.Report == nil:
		return casework.Issue{}, casework.Event{}, fault.NotFound()
	}
	situation := casework.Situation{Desks: facts.Path.Desks(), Holdings: facts.Path.Holdings, Clock: facts.Clock, At: actor.At}
	issue, event, err := situation.RaiseIssue(actor, grant, casework.Origin{
		ID: uuid.Must(uuid.NewV7()), Title: oneLine(in.Title), Description: plain(in.Description), Field: in.Field, Severity: in.Severity,
		Place: facts.Path.Chain.Place(), Desk: in.Desk,
	})
	if known(facts.Fields, in.Field) {
		return issue, event, err
	}
	fields := fault.Fields{fault.At("field", "issue.field_required")}
	if f := fault.As(err); f != nil {
		fields = append(fields, f.Fields...)
	}
	return casework.Issue{}, casework.Event{}, fields.Err()
}

func known(fields []WorkField, code string) bool {
	for _, f := range fields {
		if f.Code == code {
			return true
		}
	}
	return false
}

// plain makes text that can be stored and compared: NFC, without what is no character, without space around it.
func plain(text string) string {
	text = strings.Map(func(c rune) rune {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, ""))
	return strings.TrimSpace(norm.NFC.String(text))
}

// oneLine makes plain text of one line.
func oneLine(text string) string { return strings.Join(strings.Fields(plain(text)), " ") }
