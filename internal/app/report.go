package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the pages of reports.
type (
	ReportFilter  = postgres.ReportFilter
	ReportRow     = postgres.ReportRow
	ReportVersion = postgres.ReportVersion
	ListPage      = postgres.Page
)

// ReportList is a page of the list of reports, with what its filter by place means to the reader.
type ReportList struct {
	Rows  []ReportRow
	Saved []SavedFilter   // of the actor
	Place territory.Chain // of the place in the filter; empty where there is none that the reader may know of
	Next  string          // cursor of the next page; empty on the last one
}

// Reports lists the sent reports that the actor may read, the last received first.
func (a *App) Reports(ctx context.Context, actor cadre.Actor, f ReportFilter, page ListPage) (ReportList, error) {
	f.Inside = f.Place != 0 && !aboveOwn(actor, f.Place)
	found, err := a.db.Reports(ctx, actor.Scope(cadre.ReadReport), f, actor.Today(), page)
	if err != nil {
		return ReportList{}, fmt.Errorf("listing reports: %w", err)
	}
	list := ReportList{Rows: found.Rows, Saved: found.Saved, Next: found.Next}
	if cadre.Can(actor, cadre.ViewPlace, cadre.Object{Place: found.Place.Place()}) {
		list.Place = found.Place
	}
	return list, nil
}

// aboveOwn tells whether a place lies strictly above one of the actor's own.
func aboveOwn(actor cadre.Actor, place territory.LocalityID) bool {
	for _, g := range actor.Grants {
		for i, id := range g.Path {
			if i > 0 && id == place {
				return true
			}
		}
	}
	return false
}

// Report is a sent report as its page shows it.
type Report struct {
	postgres.ReportPage
	Desk     string                // name of the receiving desk; empty where nobody receives it
	Told     []string              // names of those who were told
	MayKeep  bool                  // the actor may say that what was promised is done
	CanRaise bool                  // the actor may raise an issue at its place
	Moves    []casework.ReportMove // that the actor may make now
}

// May tells whether the actor may make the move now.
func (r Report) May(m casework.ReportMove) bool { return slices.Contains(r.Moves, m) }

// Since gives what others did to the report after the version that was seen; comments are nothing that stands in anybody's way.
func (r Report) Since(version int) []ReportEvent {
	var list []ReportEvent
	for _, e := range r.Events {
		if e.Seq > version && e.Move != casework.CommentReport {
			list = append(list, e)
		}
	}
	return list
}

// Report gives a sent report. NotFound if it lies out of scope.
func (a *App) Report(ctx context.Context, actor cadre.Actor, id uuid.UUID) (Report, error) {
	page, err := a.db.Report(ctx, id, postgres.ReportReader{Actor: actor, Reports: actor.Scope(cadre.ReadReport), Issues: actor.Scope(cadre.ReadIssue),
		Day: actor.Today(), Judges: actor.Holds(cadre.Lead)})
	if err != nil {
		return Report{}, fmt.Errorf("reading report %s: %w", id, err)
	}
	page.Report.Visit = shownVisit(&page)
	r := Report{ReportPage: page, MayKeep: mayKeep(actor, page.Report.Author, page.Today.Chain.Place())}
	r.CanRaise = page.Report.State != casework.ReportWithdrawn && cadre.Can(actor, cadre.RaiseIssue, page.Report.Object())
	state := casework.ReportCase{Report: page.Report, Grant: page.Grant, Desks: page.Today.Desks(), Holdings: page.Today.Holdings, Judged: page.Judged(), At: actor.At}
	for _, m := range casework.ReportMoves() {
		if state.May(actor, m) {
			r.Moves = append(r.Moves, m)
		}
	}
	r.Desk = deskName(page, state)
	for _, id := range toldOf(page) {
		for _, h := range page.Received.Holdings {
			if h.CadreID == id {
				r.Told = append(r.Told, h.Name)
				break
			}
		}
	}
	return r, nil
}

// ReportHints is what a report might be missing. It never stops anybody (domain.md section 3, "Quality").
type ReportHints struct {
	Vague bool                    // nothing concrete in it
	Near  *casework.EarlierReport // that it nearly repeats
}

// Error says that the author should look at the report once more before it goes out.
func (ReportHints) Error() string { return "there are hints to look at" }

// hintsOn gives what a report that may be sent might be missing; nil if the author need not be asked.
func hintsOn(d Draft, r casework.Report, near func() *casework.EarlierReport) error {
	if !d.Ask {
		return nil
	}
	h := ReportHints{Vague: !r.Content.Concrete(r.Kind), Near: near()}
	if !h.Vague && h.Near == nil {
		return nil
	}
	return h
}

// deskName gives the desk where the report waits or, when it waits no more, the one that decided.
func deskName(page postgres.ReportPage, c casework.ReportCase) string {
	if desk, ok := c.Desk(); ok && page.Report.State == casework.ReportSubmitted {
		return desk.Locality.Name
	}
	for _, l := range slices.Concat(page.Today.Chain, page.Received.Chain) {
		if l.ID == page.Report.Desk {
			return l.Name
		}
	}
	return ""
}

// toldOf gives those who are told of a report, by who held what on the day it was sent.
func toldOf(p postgres.ReportPage) []cadre.ID {
	return casework.ReportTold(p.Grant, p.Report.Author, p.Received.Desks(), p.Received.Holdings)
}

// SubmitReport sends a report under the id that its form made, or amends the sent one whose version the draft is based on; then
// Conflict (report.moved_on) if it was decided since. It is judged by who was assigned on the day it happened; a
// refusal keeps the text as a draft, whose version is given back so that the form can go on from there. Where the author wants to be asked
// (Ask) and there is something to look at, the error is a ReportHints and nothing was sent.
func (a *App) SubmitReport(ctx context.Context, actor cadre.Actor, s Submission, d Draft) (draftVersion int, err error) {
	_, err = a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		checked, wrong := d.Input.Check(actor.Today())
		if wrong != nil { // what became of the id meanwhile is told first
			if _, err := claimReport(ctx, tx, actor.CadreID, d); err != nil {
				return uuid.Nil, err
			}
			return uuid.Nil, wrong
		}
		claimed := tx.LockReportSoon(d.ReportID, actor.CadreID)
		var sent func() (postgres.ReportCase, error)
		if d.Base != 0 {
			sent = tx.LockSentReportSoon(d.ReportID, cadre.Scope{Author: actor.CadreID}, actor.Today(), d.Base)
		}
		common, private := checked.Content.Part(checked.Kind)
		target := visitTarget(tx, checked, d.ReportID)
		near, err := tx.NearReportSoon(actor.CadreID, d.ReportID, common)
		if err != nil {
			return uuid.Nil, err
		}
		facts, err := tx.FilingFacts(ctx, actor.CadreID, checked.Locality, checked.HappenedOn, actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		if err := judgeClaim(ctx, tx, actor.CadreID, d, *claimed); err != nil {
			return uuid.Nil, err
		}
		report, err := file(tx, actor, checked, facts)
		if err != nil {
			return uuid.Nil, err
		}
		report.Content = common
		if report.Visit, err = visited(actor, facts, target, private, checked.Locality); err != nil {
			return uuid.Nil, err
		}
		if err := hintsOn(d, report, near); err != nil {
			return uuid.Nil, err
		}
		report.ID = d.ReportID
		if d.Base != 0 {
			return report.ID, amend(ctx, tx, report, sent, s)
		}
		tx.InsertReport(report, s.ID)
		return report.ID, tx.Enqueue(ctx, NotifyReport{ReportID: report.ID, Number: report.Number})
	})
	if fault.KindOf(err) == fault.KindInvalid {
		draftVersion = a.keepRefused(ctx, actor, d)
	}
	if err != nil {
		return draftVersion, fmt.Errorf("sending report %s: %w", d.ReportID, err)
	}
	return 0, nil
}

// amend puts a report, judged as if it were new, in the place of the one that was sent before.
func amend(ctx context.Context, tx *postgres.Tx, filed casework.Report, sent func() (postgres.ReportCase, error), s Submission) error {
	found, err := sent()
	switch {
	case err != nil:
		return err
	case found.Moved:
		return fault.Conflict("report.moved_on")
	}
	report, event, err := found.Report.Amend(filed)
	if err != nil {
		return err
	}
	tx.AmendReport(report, event, s.ID)
	return tx.Enqueue(ctx, NotifyReportEvent{ReportID: report.ID, Seq: event.Seq})
}

// file judges a checked report and gives it as it will be kept, without its id.
func file(tx *postgres.Tx, actor cadre.Actor, c casework.CheckedReport, facts postgres.FilingFacts) (casework.Report, error) {
	filing := casework.Filing{
		Author: actor.CadreID, Today: actor.Today(), LastHeld: facts.LastHeld, Then: facts.Then, Known: facts.Last, PlaceThen: facts.PathThen.Chain,
	}
	if !facts.Gone {
		filing.PlaceNow = facts.PathNow.Chain
	}
	grant, err := filing.Judge()
	if err != nil {
		return casework.Report{}, err
	}
	tx.LockGrant(grant.AssignmentID, c.HappenedOn)
	desk, _, _ := casework.ReceivingDesk(grant, actor.CadreID, facts.PathNow.Desks())
	return casework.Report{
		Author: actor.CadreID, Assignment: grant.AssignmentID, Kind: c.Kind, HappenedOn: c.HappenedOn, Place: facts.PathThen.Chain.Place(),
		State: casework.ReportSubmitted, Desk: desk.Locality.ID, Content: c.Content, Number: 1, Version: 1, ReceivedAt: actor.At,
	}, nil
}

// ReportTold gives those who are to be told of a report that was sent, for the job that tells them.
func (a *App) ReportTold(ctx context.Context, id uuid.UUID) ([]cadre.ID, error) {
	page, err := a.db.AnyReport(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("reading report %s: %w", id, err)
	}
	return toldOf(page), nil
}
