package app

import (
	"context"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Reorganisation is a plan of reorganisation as it is kept.
type Reorganisation = postgres.Reorganisation

// The states of a plan.
const (
	PlanDraft     = postgres.PlanDraft
	PlanConfirmed = postgres.PlanConfirmed
	PlanCancelled = postgres.PlanCancelled
)

// plansAtOnce is how many plans the list shows.
const plansAtOnce = 200

// Reorganisations lists the plans made for the places that the actor administers.
func (a *App) Reorganisations(ctx context.Context, actor cadre.Actor) ([]Reorganisation, error) {
	list, err := a.db.Reorganisations(ctx, administered(actor), actor.Today(), plansAtOnce)
	if err != nil {
		return nil, fmt.Errorf("listing plans: %w", err)
	}
	return list, nil
}

// ReorganisationView is a plan with what it would do, or did.
type ReorganisationView struct {
	Reorganisation
	Before  territory.Tree
	Outcome territory.Outcome // empty where the plan cannot be carried out as it stands
	Wrong   error             // why it cannot
	Counts  []postgres.CarriedCount
	Endings []postgres.Ending // assignments that it ends, or has ended
	Later   bool              // a plan confirmed since builds on it
}

// Reorganisation gives a plan with a preview. NotFound if it was made elsewhere.
func (a *App) Reorganisation(ctx context.Context, actor cadre.Actor, id uuid.UUID) (ReorganisationView, error) {
	found, err := a.db.Reorganisation(ctx, planQuery(actor, id))
	if err != nil {
		return ReorganisationView{}, fmt.Errorf("reading plan %s: %w", id, err)
	}
	v := ReorganisationView{Reorganisation: found.Reorganisation, Before: territory.TreeOf(found.Units), Later: found.Later}
	v.Counts, v.Endings = found.Counts, found.Ended
	if found.State != PlanDraft {
		return v, nil
	}
	v.Counts, v.Endings = nil, nil
	if v.Wrong = mayReorganise(actor, found.PlanCase); v.Wrong != nil { // so what hangs there is not theirs to see
		return v, nil
	}
	v.Counts, v.Endings = found.Counts, found.Planned
	if v.Outcome, v.Wrong = found.Plan().Apply(v.Before, found.History); v.Wrong == nil {
		v.Wrong = gainsNothing(found.PlanCase, v.Before, v.Outcome)
		propose(v.Endings, v.Outcome)
	}
	return v, nil
}

// propose says of each assignment that a draft ends which place follows, and whether the post can be held there.
func propose(endings []postgres.Ending, o territory.Outcome) {
	heirs := map[territory.LocalityID]territory.Unit{}
	for _, s := range o.Succession {
		if _, known := heirs[s.From]; !known {
			heirs[s.From] = o.After[s.To]
		}
	}
	for i := range endings {
		e := &endings[i]
		heir := heirs[e.Locality]
		e.HeirName, e.HeirLevel, e.Fits = heir.Name, heir.Level, slices.Contains(e.Levels, string(heir.Level))
	}
}

func planQuery(actor cadre.Actor, id uuid.UUID) postgres.PlanQuery {
	return postgres.PlanQuery{ID: id, By: actor.CadreID, Below: administered(actor), Day: actor.Today()}
}

// PlanInput is what is typed of a plan as a whole.
type PlanInput struct{ Title, Decree, On string }

// Limits of what is typed of a plan, in characters, and of its day.
const (
	maxPlanText = 200
	plansFrom   = 2000 // the first year
	plansBack   = 366  // days by which others than administrators of a province enter a decree late
)

func (in PlanInput) check(r *Reorganisation, by cadre.Grant, today territory.Day) error {
	var fields fault.Fields
	r.Title, r.Decree = oneLine(in.Title), oneLine(in.Decree)
	if r.Title == "" {
		fields.Add("title", "reorganisation.title_required")
	}
	for name, text := range map[string]string{"title": r.Title, "decree": r.Decree} {
		if n := utf8.RuneCountInString(text); n > maxPlanText {
			fields.Add(name, "field.too_long", "length", n, "limit", maxPlanText)
		}
	}
	on, err := territory.ParseDay(in.On)
	switch {
	case in.On == "":
		fields.Add("on", "reorganisation.day_required")
	case err != nil, on.Year() < plansFrom, on.After(today.Add(5 * 366)):
		fields.Add("on", "reorganisation.day_wrong")
	case by.Locality.Level != territory.Province && on.Before(today.Add(-plansBack)):
		fields.Add("on", "reorganisation.day_long_past", "days", plansBack)
	}
	r.On = on
	return fields.Err()
}

// NewReorganisation makes an empty plan for the actor's place.
func (a *App) NewReorganisation(ctx context.Context, actor cadre.Actor, s Submission, in PlanInput) (uuid.UUID, error) {
	id, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := highest(actor)
		if !ok {
			return uuid.Nil, fault.Forbidden("reorganisation.not_yours")
		}
		r := Reorganisation{ID: uuid.Must(uuid.NewV7()), Locality: grant.Locality.ID, Author: actor.CadreID, CreatedAt: actor.At}
		if err := in.check(&r, grant, actor.Today()); err != nil {
			return uuid.Nil, err
		}
		hold(tx, actor, grant.AssignmentID)
		tx.InsertReorganisation(r)
		return r.ID, tx.Audit(ctx, planEntry(actor, grant, r, "reorganisation.plan"))
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("making a plan: %w", err)
	}
	return id, nil
}

// highest gives the highest place that the actor administers.
func highest(actor cadre.Actor) (best cadre.Grant, ok bool) {
	for _, g := range actor.Grants {
		if g.Allows(cadre.Manage) && (!ok || g.Locality.Level.Above(best.Locality.Level)) {
			best, ok = g, true
		}
	}
	return best, ok
}

func planEntry(actor cadre.Actor, under cadre.Grant, r Reorganisation, action string) postgres.AuditEntry {
	return postgres.AuditEntry{
		At: actor.At, Actor: actor.CadreID, Assignment: under.AssignmentID, Locality: r.Locality, Action: action, Object: "reorganisation", ObjectID: r.ID.String(),
	}
}

// editPlan does something to a plan that is still a draft and was seen in the given version.
func (a *App) editPlan(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef,
	do func(tx *postgres.Tx, actor cadre.Actor, c *postgres.PlanCase, under cadre.Grant) error,
) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		found, err := tx.LockReorganisation(ctx, planQuery(actor, p.ID))
		if err != nil {
			return uuid.Nil, err
		}
		grant, ok := highest(actor)
		switch {
		case !ok:
			return uuid.Nil, fault.Forbidden("reorganisation.not_yours")
		case found.Version != p.Version:
			return uuid.Nil, fault.Conflict("reorganisation.changed")
		}
		hold(tx, actor, grant.AssignmentID)
		return p.ID, do(tx, actor, &found, grant)
	})
	if err != nil {
		return fmt.Errorf("changing plan %s: %w", p.ID, err)
	}
	return nil
}

// PlanRef names a plan as somebody saw it.
type PlanRef struct {
	ID      uuid.UUID
	Version int
}

// EditReorganisation changes the title, the decree and the day of a draft.
func (a *App) EditReorganisation(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef, in PlanInput) error {
	return a.editDraft(ctx, actor, s, p, func(actor cadre.Actor, c *postgres.PlanCase) error {
		by, _ := highest(actor)
		return in.check(&c.Reorganisation, by, actor.Today())
	})
}

func (a *App) editDraft(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef, do func(cadre.Actor, *postgres.PlanCase) error) error {
	return a.editPlan(ctx, actor, s, p, func(tx *postgres.Tx, actor cadre.Actor, c *postgres.PlanCase, under cadre.Grant) error {
		if c.State != PlanDraft {
			return fault.Conflict("reorganisation.no_draft")
		}
		if err := do(actor, c); err != nil {
			return err
		}
		tx.SaveReorganisation(c.Reorganisation)
		return tx.Audit(ctx, planEntry(actor, under, c.Reorganisation, "reorganisation.edit"))
	})
}
