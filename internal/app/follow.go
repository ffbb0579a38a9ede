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

// FollowChoice is what somebody asks for with an issue.
type FollowChoice string

// The choices: to be told of every move; only of what is one's own to do; or as one's post has it.
const (
	FollowAll  FollowChoice = "follow"
	FollowMute FollowChoice = "mute"
	FollowPost FollowChoice = "usual"
)

// FollowChoices lists the choices.
func FollowChoices() []FollowChoice { return []FollowChoice{FollowAll, FollowMute, FollowPost} }

// Follow notes what the actor wants to be told of an issue. It may be repeated. NotFound if the issue lies out of scope or there is no such
// choice.
func (a *App) Follow(ctx context.Context, actor cadre.Actor, id uuid.UUID, choice FollowChoice) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		scope := actor.Scope(cadre.ReadIssue)
		switch choice {
		case FollowAll, FollowMute:
			return tx.FollowIssue(ctx, id, scope, actor.CadreID, choice == FollowMute, a.now())
		case FollowPost:
			return tx.UnfollowIssue(ctx, id, scope, actor.CadreID)
		}
		return fault.NotFound()
	})
	if err != nil {
		return fmt.Errorf("following issue %s (%s): %w", id, choice, err)
	}
	return nil
}

// SimilarIssues gives the open issues that the actor may read and that may be the same as one about to be raised at a place under a title,
// the nearest first; none for a title of less than a few letters.
func (a *App) SimilarIssues(ctx context.Context, actor cadre.Actor, place territory.LocalityID, title string) ([]SimilarIssue, error) {
	title = oneLine(title)
	if len([]rune(title)) < leastTitle || place == 0 {
		return nil, nil
	}
	list, err := a.db.SimilarIssues(ctx, actor.Scope(cadre.ReadIssue), place, title, actor.Today())
	if err != nil {
		return nil, fmt.Errorf("looking for similar issues: %w", err)
	}
	return list, nil
}

// leastTitle is from how many letters on a title says something.
const leastTitle = 6

// IssueFile gives a file that came with a move of an issue. NotFound if the issue lies out of the actor's scope or has no such file.
func (a *App) IssueFile(ctx context.Context, actor cadre.Actor, issue, file uuid.UUID) (Content, error) {
	if a.files == nil {
		return Content{}, fault.NotFound()
	}
	f, err := a.db.IssueFile(ctx, issue, file, actor.Scope(cadre.ReadIssue))
	if err != nil {
		return Content{}, fmt.Errorf("reading file %s of issue %s: %w", file, issue, err)
	}
	return a.content(f)
}
