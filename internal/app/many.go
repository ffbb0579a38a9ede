package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
)

// MaxMany is how many issues can be decided on at once.
const MaxMany = 50

// ManyMoves lists the moves that can be made on many issues at once, in the order in which the board offers them.
func ManyMoves() []casework.Move {
	return []casework.Move{casework.Acknowledge, casework.Start, casework.Escalate, casework.SendDown, casework.PullUp, casework.Decline}
}

// ManyIssue is one of many issues to be decided on at once.
type ManyIssue struct {
	casework.Issue
	To  string // the desk where it would go; empty for moves that leave it where it is
	Err error  // why the move is not possible; after the move why it was not made; nil otherwise
}

// ManyIssues gives those of some issues that the actor may read, each with whether the move is possible on it. NotFound if there are none,
// and for a move that is not made on many.
func (a *App) ManyIssues(ctx context.Context, actor cadre.Actor, ids []uuid.UUID, move casework.Move) ([]ManyIssue, error) {
	if !slices.Contains(ManyMoves(), move) {
		return nil, fault.NotFound()
	}
	cases, err := a.db.IssueCases(ctx, ids, actor.Scope(cadre.ReadIssue), actor.Today())
	if err != nil {
		return nil, fmt.Errorf("reading many issues: %w", err)
	}
	var list []ManyIssue
	for _, c := range cases {
		s := c.Situation(actor.At)
		one := ManyIssue{Issue: s.Issue, Err: s.May(actor, move)}
		if desk, ok := s.Destination(actor, move); ok {
			one.To = desk.Locality.Name
		}
		if below := s.Desks.Below(s.Issue.Desk); move == casework.SendDown && len(below) > 0 {
			one.To = below[0].Locality.Name
		}
		list = append(list, one)
	}
	if len(list) == 0 {
		return nil, fault.NotFound()
	}
	return list, nil
}

// SeenIssue is an issue with the version that somebody looked at.
type SeenIssue struct {
	ID      uuid.UUID
	Version int
}

// MoveMany makes one move on many issues, each for itself: what somebody else was faster with does not stop the others. It gives what became
// of each; sent again it has no second effect. The error is Invalid where the words of the move are missing or wrong, and then nothing was
// moved at all.
func (a *App) MoveMany(ctx context.Context, actor cadre.Actor, s Submission, issues []SeenIssue, r casework.Request) ([]error, error) {
	if !slices.Contains(ManyMoves(), r.Move) || len(issues) > MaxMany {
		return nil, fault.NotFound()
	}
	r.Nearest = true
	results := make([]error, len(issues))
	for i, issue := range issues {
		one := Submission{ID: uuid.NewSHA1(s.ID, issue.ID[:]), Body: s.Body}
		err := a.Move(ctx, actor, one, issue.ID, issue.Version, r)
		if f := fault.As(err); f != nil && f.Kind == fault.KindInvalid && slices.IndexFunc(results[:i], func(e error) bool { return e == nil }) < 0 {
			return nil, err
		}
		if k := fault.KindOf(err); err != nil && (k == fault.KindInternal || k == fault.KindUnavailable) && i == 0 {
			return nil, err
		}
		results[i] = err
	}
	return results, nil
}
