package app

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// PlaceToAdd gives the chain of the place below which the actor may add one. NotFound if they may not know of it, Forbidden if they do not
// administer it.
func (a *App) PlaceToAdd(ctx context.Context, actor cadre.Actor, parent territory.LocalityID) (territory.Chain, error) {
	path, err := a.db.Path(ctx, parent, actor.Today())
	if err != nil {
		return nil, fmt.Errorf("reading place %d: %w", parent, err)
	}
	return path.Chain, reachable(actor, cadre.Manage, path.Chain)
}

// AddPlace adds a place below another one and gives its id. Invalid at the fields of territory.AddInput; the same submission again makes no
// second place, and of two people who add the same name at once one is told so.
func (a *App) AddPlace(ctx context.Context, actor cadre.Actor, s Submission, parent territory.LocalityID, in territory.AddInput) error {
	in = territory.AddInput{Level: in.Level, Type: oneLine(in.Type), Name: oneLine(in.Name), Code: oneLine(in.Code), From: in.From, Decree: oneLine(in.Decree)}
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		return uuid.Nil, a.addPlace(ctx, tx, actor, parent, in)
	})
	if err != nil {
		return fmt.Errorf("adding a place below %d: %w", parent, err)
	}
	return nil
}

func (a *App) addPlace(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, parent territory.LocalityID, in territory.AddInput) error {
	guess, _ := in.Check(territory.Province, actor.Today()) // for the questions; judged below, when the level above is known
	target, err := tx.LockParent(ctx, parent, guess, actor.Today())
	if err != nil {
		return err
	}
	if err := reachable(actor, cadre.Manage, target.Chain); err != nil {
		return err
	}
	place, fields := in.Check(target.Chain.Self().Level, actor.Today())
	if !place.From.IsZero() {
		switch {
		case !target.Exists:
			fields.Add("from", "place.parent_gone", "place", target.Chain.Self().Name)
		case len(target.Siblings) > 0:
			fields.Add("name", "place.same_name", "name", target.Siblings[0])
		}
		if place.Code != "" && target.CodeOf != "" {
			fields.Add("code", "place.code_used", "place", target.CodeOf)
		}
	}
	if err := fields.Err(); err != nil {
		return err
	}
	grant, ok := cadre.GrantFor(actor, cadre.Manage, cadre.Object{Place: target.Chain.Place()})
	if !ok {
		return fault.Forbidden("assignment.not_yours")
	}
	hold(tx, actor, grant.AssignmentID)
	place.ID = target.NextID
	tx.InsertPlace(place, parent)
	return tx.Audit(ctx, postgres.AuditEntry{
		At: actor.At, Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: parent, Action: "place.add", Object: "place",
		ObjectID: strconv.FormatInt(int64(place.ID), 10),
	})
}
