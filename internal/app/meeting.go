package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the pages of meetings.
type (
	Meeting         = postgres.Meeting
	MeetingItem     = postgres.MeetingItem
	MeetingList     = postgres.MeetingList
	ConclusionState = postgres.ConclusionState
)

// The states of conclusions.
const (
	ConclusionOpen = postgres.ConclusionOpen
	ConclusionLate = postgres.ConclusionLate
	ConclusionDone = postgres.ConclusionDone
)

// hosts says of which meetings the actor may know; Forbidden for whoever leads nothing.
func hosts(actor cadre.Actor) (postgres.Hosts, error) {
	h := postgres.Hosts{Day: actor.Today()}
	for _, g := range actor.Grants {
		if g.Post.Capability != cadre.Lead {
			continue
		}
		h.Own = append(h.Own, g.Locality.ID)
		if g.Locality.Level == territory.Subregion {
			h.Subregions = append(h.Subregions, g.Locality.ID)
		}
	}
	if len(h.Own) == 0 {
		return h, fault.Forbidden("fault.forbidden")
	}
	return h, nil
}

// meetingGrant gives the grant under which the actor manages the meetings of a desk.
func meetingGrant(actor cadre.Actor, desk territory.LocalityID) (cadre.Grant, bool) {
	i := slices.IndexFunc(actor.Grants, func(g cadre.Grant) bool { return g.Post.Capability == cadre.Lead && g.Locality.ID == desk })
	if i < 0 {
		return cadre.Grant{}, false
	}
	return actor.Grants[i], true
}

// MeetingPost gives the grant under which the actor speaks of the meetings of a desk: that of the desk itself or, for a member, their own.
func MeetingPost(actor cadre.Actor, desk territory.LocalityID) (cadre.Grant, bool) {
	if g, ok := meetingGrant(actor, desk); ok {
		return g, true
	}
	i := slices.IndexFunc(actor.Grants, func(g cadre.Grant) bool { return g.Post.Capability == cadre.Lead })
	if i < 0 {
		return cadre.Grant{}, false
	}
	return actor.Grants[i], true
}

// MeetingDesks gives the desks whose meetings the actor manages.
func MeetingDesks(actor cadre.Actor) []territory.Locality {
	var desks []territory.Locality
	for _, g := range actor.Grants {
		if g.Post.Capability == cadre.Lead {
			desks = append(desks, g.Locality)
		}
	}
	return desks
}

// Meetings lists the meetings that the actor may know of. A cursor that is none is NotFound, Forbidden for whoever leads nothing.
func (a *App) Meetings(ctx context.Context, actor cadre.Actor, page ListPage) (MeetingList, error) {
	h, err := hosts(actor)
	if err != nil {
		return MeetingList{}, err
	}
	list, err := a.db.Meetings(ctx, h, actor.Scope(cadre.ReadIssue), page)
	if err != nil {
		return MeetingList{}, fmt.Errorf("listing meetings: %w", err)
	}
	return list, nil
}

// OpenMeetings lists the meetings of today and later to which the actor may add issues, and those of some issues that the actor may read.
// Forbidden for whoever leads nothing.
func (a *App) OpenMeetings(ctx context.Context, actor cadre.Actor, issues []uuid.UUID) ([]Meeting, []IssueRow, error) {
	h, err := hosts(actor)
	if err != nil {
		return nil, nil, err
	}
	list, rows, err := a.db.OpenMeetings(ctx, h, issues, actor.Scope(cadre.ReadIssue))
	if err != nil {
		return nil, nil, fmt.Errorf("listing meetings to come: %w", err)
	}
	return list, rows, nil
}

// Conclusions lists what was concluded in the meetings that the actor may know of, the last first, with what became of it; next is the
// cursor of the next page.
func (a *App) Conclusions(ctx context.Context, actor cadre.Actor, state ConclusionState, page ListPage) (items []MeetingItem, next string, err error) {
	h, err := hosts(actor)
	if err != nil {
		return nil, "", err
	}
	items, next, err = a.db.Conclusions(ctx, h, actor.Scope(cadre.ReadIssue), state, actor.At, page)
	if err != nil {
		return nil, "", fmt.Errorf("listing conclusions: %w", err)
	}
	return items, next, nil
}

// MeetingView is a meeting as its page shows it.
type MeetingView struct {
	postgres.MeetingPage
	Mine   bool        // the actor manages it
	Begins []time.Time // of each item
}

// Meeting gives a meeting with the items that the actor may read. NotFound if the actor may not know of it.
func (a *App) Meeting(ctx context.Context, actor cadre.Actor, id uuid.UUID) (MeetingView, error) {
	h, err := hosts(actor)
	if err != nil {
		return MeetingView{}, err
	}
	page, err := a.db.MeetingPage(ctx, id, h, actor.Scope(cadre.ReadIssue), actor.At)
	if err != nil {
		return MeetingView{}, fmt.Errorf("reading meeting %s: %w", id, err)
	}
	v := MeetingView{MeetingPage: page}
	_, v.Mine = meetingGrant(actor, page.Desk)
	minutes := make([]int, len(page.Items))
	for i, item := range page.Items {
		minutes[i] = item.Minutes
	}
	v.Begins = casework.Begins(page.At, minutes)
	return v, nil
}

// MeetingInput is what a person sends to make or change a meeting.
type MeetingInput struct {
	casework.MeetingInput
	Desk territory.LocalityID
}

// AddMeeting makes a meeting of a desk that the actor leads, with the first issues of its agenda, and gives its id. Invalid at desk, title,
// place, day and hour; issues that the actor may not read are left out.
func (a *App) AddMeeting(ctx context.Context, actor cadre.Actor, s Submission, in MeetingInput, issues []uuid.UUID) (uuid.UUID, error) {
	in.Title, in.Place = oneLine(in.Title), oneLine(in.Place)
	id, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := meetingGrant(actor, in.Desk)
		if !ok {
			return uuid.Nil, fault.Invalid(fault.At("desk", "meeting.desk_required"))
		}
		at, err := in.Check(actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		hold(tx, actor, grant.AssignmentID)
		m := Meeting{ID: uuid.Must(uuid.NewV7()), Desk: in.Desk, Title: in.Title, Place: in.Place, At: at}
		tx.InsertMeeting(m, actor.CadreID, grant.AssignmentID, actor.At)
		readable, err := tx.ReadableIssues(ctx, issues, actor.Scope(cadre.ReadIssue))
		if err != nil {
			return uuid.Nil, err
		}
		return m.ID, addItems(tx, actor, postgres.MeetingCase{Meeting: m, Readable: readable}, issues)
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("making a meeting: %w", err)
	}
	return id, nil
}

// addItems puts issues at the end of an agenda, in their order.
func addItems(tx *postgres.Tx, actor cadre.Actor, c postgres.MeetingCase, issues []uuid.UUID) error {
	last := 0
	for _, item := range c.Items {
		last = max(last, item.Position)
	}
	var rows []postgres.AgendaRow
	for _, id := range issues {
		there := slices.ContainsFunc(slices.Concat(c.Items, rows), func(r postgres.AgendaRow) bool { return r.Issue == id })
		if there || !slices.Contains(c.Readable, id) {
			continue
		}
		last++
		rows = append(rows, postgres.AgendaRow{Issue: id, Position: last, Minutes: casework.UsualMinutes})
	}
	if len(issues) > 0 && len(c.Readable) == 0 {
		return fault.NotFound()
	}
	if len(c.Items)+len(rows) > casework.MaxAgenda {
		return fault.Conflict("meeting.agenda_full", "max", casework.MaxAgenda)
	}
	if len(rows) > 0 {
		tx.PutAgenda(c.ID, rows, actor.CadreID)
		if c.Version > 0 { // a new one is as it was made
			tx.TouchMeeting(c.ID)
		}
	}
	return nil
}

// changeMeeting runs a change under the lock of a meeting that the actor may know of; seen is the version that was looked at, 0 where it
// does not matter, and only whoever leads the desk may make changes that need it.
func (a *App) changeMeeting(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, seen int, add []uuid.UUID,
	do func(tx *postgres.Tx, actor cadre.Actor, c postgres.MeetingCase, mine bool) error,
) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		h, err := hosts(actor)
		if err != nil {
			return uuid.Nil, fault.NotFound()
		}
		c, err := tx.LockMeeting(ctx, id, h, actor.Scope(cadre.ReadIssue), add)
		if err != nil {
			return uuid.Nil, err
		}
		grant, mine := meetingGrant(actor, c.Desk)
		switch {
		case seen != 0 && !mine:
			return uuid.Nil, fault.Forbidden("meeting.not_yours")
		case seen != 0 && seen != c.Version:
			return uuid.Nil, fault.Conflict("meeting.changed")
		case c.Cancelled:
			return uuid.Nil, fault.Conflict("meeting.is_cancelled")
		}
		hold(tx, actor, grant.AssignmentID)
		return id, do(tx, actor, c, mine)
	})
	if err != nil {
		return fmt.Errorf("changing meeting %s: %w", id, err)
	}
	return nil
}

// EditMeeting changes title, place and time. Invalid at their fields, Conflict if the meeting changed since the version seen.
func (a *App) EditMeeting(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, seen int, in MeetingInput) error {
	in.Title, in.Place = oneLine(in.Title), oneLine(in.Place)
	return a.changeMeeting(ctx, actor, s, id, max(seen, 1), nil, func(tx *postgres.Tx, actor cadre.Actor, c postgres.MeetingCase, _ bool) error {
		at, err := in.Check(actor.Today())
		if err != nil {
			return err
		}
		c.Title, c.Place, c.At = in.Title, in.Place, at
		tx.SaveMeeting(c.Meeting, nil)
		return nil
	})
}

// CancelMeeting gives up a meeting at which nothing was concluded.
func (a *App) CancelMeeting(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, seen int) error {
	return a.changeMeeting(ctx, actor, s, id, max(seen, 1), nil, func(tx *postgres.Tx, actor cadre.Actor, c postgres.MeetingCase, _ bool) error {
		if slices.ContainsFunc(c.Items, func(r postgres.AgendaRow) bool { return r.Conclusion != "" }) {
			return fault.Conflict("meeting.has_conclusions")
		}
		tx.SaveMeeting(c.Meeting, &actor.At)
		return nil
	})
}
