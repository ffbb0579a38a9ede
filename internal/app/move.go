package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// MoveOption is a move that the reader may make now, with what there is to choose.
type MoveOption struct {
	Move   casework.Move
	To     *DeskOption    // where it would go, for moves that choose their desk themselves
	Desks  []DeskOption   // to send it down to, the nearest first
	People []PersonOption // who can be asked or spoken to, the raiser first
	Twins  []SimilarIssue // that it may be merged with

	Agencies []string // to which it can be handed, the nearest first
}

// PersonOption is a person who can be chosen.
type PersonOption struct {
	ID    cadre.ID
	Name  string
	Post  cadre.Post // held on the path; empty for a raiser who holds none any more
	Place string
}

// moveOptions gives the moves of the actor in the order in which pages offer them.
func moveOptions(s casework.Situation, actor cadre.Actor, page postgres.IssuePage) []MoveOption {
	var options []MoveOption
	for _, m := range s.Allowed(actor) {
		o := MoveOption{Move: m}
		if desk, ok := s.Destination(actor, m); ok {
			to := deskOption(desk)
			o.To = &to
		}
		switch m {
		case casework.SendDown:
			o.Desks = deskOptions(s.Desks.Below(s.Issue.Desk))
		case casework.Start:
			for _, agency := range page.Agencies {
				o.Agencies = append(o.Agencies, agency.Name)
			}
		case casework.Merge:
			o.Twins = page.Similar
		case casework.AskInfo, casework.CommentOn:
			o.People = people(s.AskCandidates(actor.CadreID), page)
		case casework.Raise, casework.Acknowledge, casework.Escalate, casework.PullUp, casework.AnswerInfo, casework.Resolve,
			casework.Decline, casework.Confirm, casework.Reopen, casework.PassVacant, casework.Lapse, casework.MarkOverdue,
			casework.CloseSilent, casework.Absorb, casework.AgencyReply, casework.Conclude:
			// nothing to choose
		}
		options = append(options, o)
	}
	return options
}

// people names those of the path, and the raiser, the asked and the resolver of the issue.
func people(ids []cadre.ID, page postgres.IssuePage) []PersonOption {
	list := make([]PersonOption, 0, len(ids))
	for _, id := range ids {
		p := PersonOption{ID: id}
		switch id {
		case page.Issue.Raiser:
			p.Name = page.Raiser
		case page.Issue.Asked:
			p.Name = page.Asked
		}
		for _, h := range page.Path.Holdings {
			if h.CadreID == id {
				p.Name, p.Post = h.Name, h.Post
				if i := page.Path.Chain.Index(h.Locality); i >= 0 {
					p.Place = page.Path.Chain[i].Name
				}
				break
			}
		}
		list = append(list, p)
	}
	return list
}

// Move makes one move on an issue that the actor saw in the given version. Conflict (issue.moved_on) if somebody else moved
// it since; comments are no moves, and a comment never conflicts. Forbidden if the move is not the actor's to make, Invalid
// at the fields reason, desk, due_on, agency, asked, outcome, evidence, into, answered_on and mentioned, NotFound out of scope. The
// same submission again has no second effect, whatever happened since. Files are kept with the move.
func (a *App) Move(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, version int, r casework.Request, files ...FileInput) error {
	r.Reason, r.Agency, r.Outcome, r.Evidence, r.Into = plain(r.Reason), oneLine(r.Agency), plain(r.Outcome), plain(r.Evidence), oneLine(r.Into)
	r.Attached = len(files) > 0
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		found, twin, err := lockToMove(ctx, tx, actor, id, version, r)
		if err != nil {
			return uuid.Nil, err
		}
		if found.Moved && r.Move != casework.CommentOn {
			return uuid.Nil, fault.Conflict("issue.moved_on")
		}
		// The clock is read again under the lock: events of an issue never go back in time.
		actor.At = a.now()
		situation := found.Situation(actor.At)
		situation.Survivor = twin
		issue, event, err := situation.Apply(actor, r)
		if err != nil {
			return uuid.Nil, err
		}
		hold(tx, actor, event.Assignment)
		if err := keep(ctx, tx, issue, event, attachAll(tx, actor, files)...); err != nil || event.Move != casework.Merge {
			return id, err
		}
		tx.MergeSoon(issue, actor.At)
		survivor, absorbed := issue.AbsorbedBy(*twin, event)
		return id, keep(ctx, tx, survivor, absorbed)
	})
	if err != nil {
		return fmt.Errorf("moving issue %s (%s): %w", id, r.Move, err)
	}
	return nil
}

// lockToMove holds the issue fast and, for a merge, the one to merge with.
func lockToMove(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, id uuid.UUID, version int, r casework.Request) (postgres.IssueCase, *casework.Issue, error) {
	scope, today := actor.Scope(cadre.ReadIssue), actor.Today()
	if r.Move == casework.Merge {
		return tx.LockTwins(ctx, id, r.Into, scope, today, version)
	}
	found, err := tx.LockIssue(ctx, id, scope, today, version)
	return found, nil, err
}

// keep saves an issue after a move, with its event, its files and the job that tells people.
func keep(ctx context.Context, tx *postgres.Tx, issue casework.Issue, event casework.Event, files ...uuid.UUID) error {
	tx.SaveIssue(issue, event)
	tx.AttachToEvent(issue.ID, event.ID, files)
	return tx.Enqueue(ctx, NotifyIssue{EventID: event.ID})
}
