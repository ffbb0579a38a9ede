package app

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the pages of cadres.
type (
	CadreFilter     = postgres.CadreFilter
	RegisteredCadre = postgres.RegisteredCadre
)

// CadreList is one page of the list of cadres.
type CadreList struct {
	Rows []CadreRow
	Next string // cursor of the next page; empty on the last one
}

// Cadres lists the people whom the actor knows as an administrator: entered for their places, or holding or having held
// something there. A place of the filter that is not theirs to manage has nobody.
func (a *App) Cadres(ctx context.Context, actor cadre.Actor, f CadreFilter, page ListPage) (CadreList, error) {
	rows, next, err := a.db.Cadres(ctx, administered(actor), actor.Today(), f, page)
	if err != nil {
		return CadreList{}, fmt.Errorf("listing cadres: %w", err)
	}
	return CadreList{Rows: rows, Next: next}, nil
}

// CadresPage is Cadres with the communes by which the list can be narrowed.
func (a *App) CadresPage(ctx context.Context, actor cadre.Actor, f CadreFilter, page ListPage) (CadreList, []territory.Locality, error) {
	rows, next, communes, err := a.db.CadresPage(ctx, administered(actor), actor.Today(), f, page)
	if err != nil {
		return CadreList{}, nil, fmt.Errorf("listing cadres: %w", err)
	}
	return CadreList{Rows: rows, Next: next}, communes, nil
}

// Namesakes gives people of a name whom the actor knows as an administrator.
func (a *App) Namesakes(ctx context.Context, actor cadre.Actor, name string) ([]Candidate, error) {
	found, err := a.db.Namesakes(ctx, administered(actor), actor.Today(), oneLine(name))
	if err != nil {
		return nil, fmt.Errorf("looking for namesakes: %w", err)
	}
	return found, nil
}

// CadreCard is a person as the leads above their places know them.
type CadreCard = postgres.CadreCard

// CadreCard gives what leads may know of a person: who they are, their telephone, and what they hold or held in the actor's places.
// NotFound if that was never anything.
func (a *App) CadreCard(ctx context.Context, actor cadre.Actor, id cadre.ID) (CadreCard, error) {
	var below []territory.LocalityID
	for _, g := range actor.Grants {
		if g.Allows(cadre.SeeCoverage) {
			below = append(below, g.Locality.ID)
		}
	}
	card, err := a.db.CadreCard(ctx, id, below, actor.Today())
	if err != nil {
		return CadreCard{}, fmt.Errorf("reading the card of cadre %d: %w", id, err)
	}
	return card, nil
}

// CadrePage is a person as an administrator sees them.
type CadrePage struct {
	postgres.CadrePage
	Mine bool // the reader may change their data
}

// Cadre gives the page of a person. NotFound if the actor does not know them as an administrator.
func (a *App) Cadre(ctx context.Context, actor cadre.Actor, id cadre.ID) (CadrePage, error) {
	q := cadreQuery(actor, id)
	q.Numbers = actor.Scope(cadre.ReadNumbers)
	found, err := a.db.CadrePage(ctx, q)
	if err != nil {
		return CadrePage{}, fmt.Errorf("reading cadre %d: %w", id, err)
	}
	_, mine := cadre.Registrar(actor, found.Registered())
	return CadrePage{CadrePage: found, Mine: mine}, nil
}

func cadreQuery(actor cadre.Actor, id cadre.ID) postgres.CadreQuery {
	return postgres.CadreQuery{ID: id, Below: administered(actor), Day: actor.Today()}
}

// CadreToChange gives a person whose data the actor may change. NotFound as Cadre, Forbidden if they are not theirs to keep.
func (a *App) CadreToChange(ctx context.Context, actor cadre.Actor, id cadre.ID) (RegisteredCadre, error) {
	found, err := a.db.Registered(ctx, cadreQuery(actor, id))
	if err == nil {
		_, err = registrar(actor, found)
	}
	if err != nil {
		return RegisteredCadre{}, fmt.Errorf("reading cadre %d: %w", id, err)
	}
	return found, nil
}

func registrar(actor cadre.Actor, c RegisteredCadre) (cadre.Grant, error) {
	grant, ok := cadre.Registrar(actor, c.Registered())
	if !ok {
		return cadre.Grant{}, fault.Forbidden("cadre.not_yours")
	}
	return grant, nil
}

// NewCadre is what is sent to enter a person. Another says that whoever sends it has looked at the people of the same name.
type NewCadre struct {
	Home    territory.LocalityID
	Person  cadre.PersonInput
	Another bool
}

// AddCadre enters a person for a place that the actor administers, and gives their id. Invalid at the fields of
// cadre.PersonInput and at home, and at another if there is somebody of the name whom the actor has not said they looked at.
func (a *App) AddCadre(ctx context.Context, actor cadre.Actor, s Submission, in NewCadre) (cadre.ID, error) {
	home := in.Home
	p, err := plainInput(in.Person).Check(actor.Today())
	if err != nil {
		return 0, err
	}
	result, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		if !slices.Contains(administered(actor), home) {
			return uuid.Nil, fault.Invalid(fault.At("home", "cadre.home_required"))
		}
		next, err := tx.NextCadre(ctx, home, p.Name, administered(actor), actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := cadre.Enters(actor, p.Tier, next.Home.Place())
		if !ok {
			return uuid.Nil, fault.Invalid(fault.At("tier", "cadre.tier_not_yours"))
		}
		if len(next.Namesakes) > 0 && !in.Another {
			return uuid.Nil, fault.Invalid(fault.At("another", "cadre.same_name", "n", len(next.Namesakes)))
		}
		id := next.ID
		hold(tx, actor, grant.AssignmentID)
		tx.InsertCadre(id, home, p)
		return resultOf(id), tx.Audit(ctx, cadreEntry(actor, grant, id, "cadre.add"))
	})
	if err != nil {
		return 0, fmt.Errorf("adding a cadre: %w", err)
	}
	return ofResult[cadre.ID](result), nil
}

// resultOf and ofResult carry the id of a row in the result of a submission.
func resultOf[T ~int64](id T) uuid.UUID {
	var u uuid.UUID
	binary.BigEndian.PutUint64(u[8:], uint64(id))
	return u
}

func ofResult[T ~int64](u uuid.UUID) T {
	return T(binary.BigEndian.Uint64(u[8:]))
}

// plainInput puts every text into one line.
func plainInput(in cadre.PersonInput) cadre.PersonInput {
	for _, text := range []*string{&in.Name, &in.BirthYear, &in.Position, &in.Agency, &in.Phone, &in.Email} {
		*text = oneLine(*text)
	}
	return in
}

// EditCadre changes a person's data. Invalid at the fields of cadre.PersonInput, Conflict if somebody else changed them since
// the version seen.
func (a *App) EditCadre(ctx context.Context, actor cadre.Actor, s Submission, id cadre.ID, seen int, in cadre.PersonInput) error {
	p, err := plainInput(in).Check(actor.Today())
	if err != nil {
		return err
	}
	return a.changeCadre(ctx, actor, s, id, "cadre.edit", func(tx *postgres.Tx, actor cadre.Actor, c RegisteredCadre) ([]string, error) {
		r := c.Registered()
		r.Tier = p.Tier
		switch _, ok := cadre.Registrar(actor, r); {
		case c.Version != seen:
			return nil, fault.Conflict("cadre.changed")
		case !ok:
			return nil, fault.Invalid(fault.At("tier", "cadre.tier_not_yours"))
		}
		tx.UpdateCadre(id, p)
		return changedFields(cadre.InputOf(c.Person), cadre.InputOf(p)), nil
	})
}

// changedFields names the fields that differ, for the audit log.
func changedFields(before, after cadre.PersonInput) []string {
	var changed []string
	for _, f := range []struct{ name, before, after string }{
		{"full_name", before.Name, after.Name}, {"birth_year", before.BirthYear, after.BirthYear}, {"position", before.Position, after.Position},
		{"agency", before.Agency, after.Agency}, {"tier", before.Tier, after.Tier}, {"phone", before.Phone, after.Phone}, {"email", before.Email, after.Email},
	} {
		if f.before != f.after {
			changed = append(changed, f.name)
		}
	}
	return changed
}

// DisableCadre bars a person at once: their sessions end with the next request. What they hold stays noted and counts as
// vacant. Invalid at reason, Conflict if they are disabled already.
func (a *App) DisableCadre(ctx context.Context, actor cadre.Actor, s Submission, id cadre.ID, reason string) error {
	reason = oneLine(reason)
	if err := cadre.CheckReason(reason); err != nil {
		return err
	}
	return a.changeCadre(ctx, actor, s, id, "cadre.disable", func(tx *postgres.Tx, actor cadre.Actor, c RegisteredCadre) ([]string, error) {
		if c.DisabledAt != nil {
			return nil, fault.Conflict("cadre.changed")
		}
		tx.DisableCadre(id, &actor.At, reason)
		return []string{"disabled_at", "disabled_reason"}, nil
	})
}

// EnableCadre lets a disabled person in again. Conflict if they are not disabled.
func (a *App) EnableCadre(ctx context.Context, actor cadre.Actor, s Submission, id cadre.ID) error {
	return a.changeCadre(ctx, actor, s, id, "cadre.enable", func(tx *postgres.Tx, _ cadre.Actor, c RegisteredCadre) ([]string, error) {
		if c.DisabledAt == nil {
			return nil, fault.Conflict("cadre.changed")
		}
		tx.DisableCadre(id, nil, "")
		return []string{"disabled_at", "disabled_reason"}, nil
	})
}

// changeCadre changes a person under a lock; do gives the names of the fields that it changed.
func (a *App) changeCadre(ctx context.Context, actor cadre.Actor, s Submission, id cadre.ID, action string,
	do func(tx *postgres.Tx, actor cadre.Actor, c RegisteredCadre) ([]string, error),
) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		c, err := tx.LockCadre(ctx, cadreQuery(actor, id))
		if err != nil {
			return uuid.Nil, err
		}
		grant, err := registrar(actor, c)
		if err != nil {
			return uuid.Nil, err
		}
		hold(tx, actor, grant.AssignmentID)
		fields, err := do(tx, actor, c)
		if err != nil {
			return uuid.Nil, err
		}
		return uuid.Nil, tx.Audit(ctx, cadreEntry(actor, grant, id, action, fields...))
	})
	if err != nil {
		return fmt.Errorf("changing cadre %d (%s): %w", id, action, err)
	}
	return nil
}

func cadreEntry(actor cadre.Actor, under cadre.Grant, id cadre.ID, action string, fields ...string) postgres.AuditEntry {
	return postgres.AuditEntry{
		At: actor.At, Actor: actor.CadreID, Assignment: under.AssignmentID, Locality: under.Locality.ID, Action: action,
		Object: "cadre", ObjectID: strconv.FormatInt(int64(id), 10), Fields: fields,
	}
}
