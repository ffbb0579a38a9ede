package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the catalogue of agencies.
type (
	Agency     = postgres.Agency
	AgencyList = postgres.AgencyList
)

// Agencies lists the agencies that serve the actor's places, places below down to the communes, and places above. Places to which one can be
// added come to administrators only.
func (a *App) Agencies(ctx context.Context, actor cadre.Actor, words string, place territory.LocalityID) (AgencyList, error) {
	var own, above []territory.LocalityID
	for _, g := range actor.Grants {
		own = append(own, g.Locality.ID)
		above = append(above, g.Path...)
	}
	list, err := a.db.Agencies(ctx, own, above, oneLine(words), place, actor.Today())
	if err != nil {
		return AgencyList{}, fmt.Errorf("listing agencies: %w", err)
	}
	return list, nil
}

// AgencyToChange gives an agency that the actor keeps or, for the id 0, the place to which a new one is added. NotFound for any other.
func (a *App) AgencyToChange(ctx context.Context, actor cadre.Actor, id int64, place territory.LocalityID) (postgres.AgencyCase, error) {
	c, err := a.db.Agency(ctx, id, place, actor.Today())
	if err == nil {
		err = keepsAgencies(actor, c.Chain)
	}
	if err != nil {
		return postgres.AgencyCase{}, fmt.Errorf("reading agency %d: %w", id, err)
	}
	return c, nil
}

// keepsAgencies gives NotFound unless the actor keeps the agencies of a place, which lies at a commune or above.
func keepsAgencies(actor cadre.Actor, chain territory.Chain) error {
	if len(chain) == 0 || !slices.Contains([]territory.Level{territory.Province, territory.District, territory.Commune}, chain.Self().Level) {
		return fault.NotFound()
	}
	return reachable(actor, cadre.Manage, chain)
}

// AgencyInput is what an administrator sends of an agency; Place matters for a new one, Seen and Retired for one that is there.
type AgencyInput struct {
	casework.AgencyInput
	Place   territory.LocalityID
	Seen    int
	Retired bool
}

// SaveAgency adds an agency (id 0) or changes one. Invalid at the fields of casework.AgencyInput, Conflict if it changed since the version
// seen, NotFound where the actor keeps no agencies.
func (a *App) SaveAgency(ctx context.Context, actor cadre.Actor, s Submission, id int64, in AgencyInput) error {
	in.Name, in.Phone, in.Email, in.Contact = oneLine(in.Name), oneLine(in.Phone), oneLine(in.Email), oneLine(in.Contact)
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		c, err := tx.LockAgency(ctx, id, in.Place, in.Name, actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		if err := keepsAgencies(actor, c.Chain); err != nil {
			return uuid.Nil, err
		}
		if id != 0 && c.Version != in.Seen {
			return uuid.Nil, fault.Conflict("agency.changed")
		}
		if err := in.Check(); err != nil {
			return uuid.Nil, err
		}
		if c.Taken && !in.Retired {
			return uuid.Nil, fault.Invalid(fault.At("name", "agency.name_taken"))
		}
		grant, ok := cadre.GrantFor(actor, cadre.Manage, cadre.Object{Place: c.Chain.Place()})
		if !ok {
			return uuid.Nil, fault.NotFound()
		}
		hold(tx, actor, grant.AssignmentID)
		kept := Agency{ID: id, Place: c.Chain.Self().ID, Name: in.Name, Phone: in.Phone, Email: in.Email, Contact: in.Contact, Retired: in.Retired}
		action := "agency.edit"
		if id == 0 {
			action, kept.ID = "agency.add", c.NextID
			tx.InsertAgency(kept)
		} else {
			tx.UpdateAgency(kept, actor.At)
		}
		return uuid.Nil, tx.Audit(ctx, postgres.AuditEntry{
			At: actor.At, Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: c.Chain.Self().ID, Action: action, Object: "agency",
			ObjectID: strconv.FormatInt(kept.ID, 10), Fields: []string{"name", "phone", "email", "contact", "retired"},
		})
	})
	if err != nil {
		return fmt.Errorf("saving agency %d: %w", id, err)
	}
	return nil
}
