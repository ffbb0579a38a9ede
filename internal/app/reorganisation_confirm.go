package app

import (
	"context"
	"slices"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// mayReorganise tells whether the actor administers everything that a plan touches, on its day and today: the places above them strictly,
// since nobody closes or moves their own place, except that a province has nobody above; and whether every post that it ends is one that they
// may end by hand, whoever holds it: a commune does not close the hamlets of the district's cadres.
func mayReorganise(actor cadre.Actor, c postgres.PlanCase) error {
	then, now := territory.TreeOf(c.Units), territory.TreeOf(c.Now)
	for _, change := range c.Changes {
		for _, id := range change.Units {
			if !reorganises(actor, then, id, true) || len(now.Chain(id)) > 0 && !reorganises(actor, now, id, true) {
				return fault.Invalid(fault.At("units", "reorganisation.not_yours_place", "place", then[id].Name))
			}
		}
		parents := []territory.LocalityID{change.Parent}
		for _, n := range change.New {
			parents = append(parents, n.Parent)
		}
		for _, id := range parents {
			if id > 0 && (!reorganises(actor, then, id, false) || len(now.Chain(id)) > 0 && !reorganises(actor, now, id, false)) {
				return fault.Invalid(fault.At("parent", "reorganisation.not_yours_place", "place", then[id].Name))
			}
		}
	}
	for _, e := range c.Ends {
		ended := cadre.Appointment{Post: cadre.Post{Tier: e.Tier, Capability: e.Capability}, Level: e.Level, Place: then.Chain(e.Locality).Place()}
		if !slices.ContainsFunc(actor.Grants, func(g cadre.Grant) bool { return g.Offers(ended) }) && e.Level != territory.Province {
			return fault.Invalid(fault.At("units", "reorganisation.ends_above", "place", then[e.Locality].Name))
		}
	}
	return nil
}

func reorganises(actor cadre.Actor, tree territory.Tree, id territory.LocalityID, strictly bool) bool {
	chain := tree.Chain(id)
	for _, g := range actor.Grants {
		at := chain.Index(g.Locality.ID)
		if g.Allows(cadre.Manage) && (at > 0 || at == 0 && (!strictly || g.Locality.Level == territory.Province)) {
			return true
		}
	}
	return false
}

// gainsNothing refuses a plan by which its administrator would come to read or do more under another post of their own: nobody gives
// themselves a post, and so no place to one.
func gainsNothing(c postgres.PlanCase, before territory.Tree, o territory.Outcome) error {
	for _, own := range c.Own {
		gains := slices.ContainsFunc(o.Pasts, func(p territory.Past) bool { return p.Place == own })
		for id := range o.After {
			if gains {
				break
			}
			_, was := before[id]
			gains = was && o.After.Chain(id).Index(own) >= 0 && before.Chain(id).Index(own) < 0
		}
		if gains {
			return fault.Invalid(fault.At("change", "reorganisation.own_gain", "n", 0, "place", before[own].Name))
		}
	}
	return nil
}

// ConfirmReorganisation carries a plan out: its versions, successions and endings are written at once or not at all; open work moves and
// people are told on its day. Invalid (change) if the plan cannot be carried out, Conflict if it is no draft of the version seen any more, or
// if a plan confirmed earlier changes the same places later.
func (a *App) ConfirmReorganisation(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef) error {
	return a.editPlan(ctx, actor, s, p, func(tx *postgres.Tx, actor cadre.Actor, c *postgres.PlanCase, under cadre.Grant) error {
		switch {
		case c.State != PlanDraft:
			return fault.Conflict("reorganisation.no_draft")
		case len(c.Changes) == 0:
			return fault.Invalid(fault.At("change", "reorganisation.empty"))
		case c.Decree == "":
			return fault.Invalid(fault.At("decree", "reorganisation.decree_required"))
		}
		tree := territory.TreeOf(c.Units)
		if err := mayReorganise(actor, *c); err != nil {
			return err
		}
		outcome, err := c.Plan().Apply(tree, c.History)
		if err != nil {
			return err
		}
		if err := gainsNothing(*c, tree, outcome); err != nil {
			return err
		}
		confirmation := numbered(*c, outcome)
		confirmation.At, confirmation.By = actor.At, planEntry(actor, under, c.Reorganisation, "reorganisation.confirm")
		confirmation.Around, confirmation.Uprooted = touched(tree, outcome)
		tx.ConfirmReorganisation(confirmation)
		if !c.On.After(actor.Today()) {
			if err := tx.Enqueue(ctx, ApplyReorganisations{}); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, planEntry(actor, under, c.Reorganisation, "reorganisation.confirm"))
	})
}

// touched gives the units that a plan closes or changes with all above them before and after, and those of them that it closes or moves.
func touched(before territory.Tree, o territory.Outcome) (around, uprooted []territory.LocalityID) {
	add := func(chain territory.Chain) {
		for _, l := range chain {
			if l.ID > 0 {
				around = append(around, l.ID)
			}
		}
	}
	for _, id := range slices.Concat(o.Closed, o.Changed, o.Opened) {
		add(before.Chain(id))
		add(o.After.Chain(id))
		if u, goesOn := o.After[id]; id > 0 && (!goesOn || u.Parent != before[id].Parent) {
			uprooted = append(uprooted, id)
		}
	}
	slices.Sort(around)
	return slices.Compact(around), uprooted
}

// numbered gives the units that a plan opens their ids.
func numbered(p postgres.PlanCase, o territory.Outcome) postgres.Confirmation {
	idOf := func(id territory.LocalityID) territory.LocalityID {
		if i := slices.Index(o.Opened, id); i >= 0 {
			return p.NewIDs[i]
		}
		return id
	}
	c := postgres.Confirmation{Reorganisation: p.Reorganisation, Outcome: o, Prefixes: map[territory.LocalityID]string{}}
	for _, id := range o.Opened {
		c.Prefixes[idOf(id)] = o.After[id].Initials()
	}
	for _, id := range slices.Concat(o.Opened, o.Changed) {
		u := o.After[id]
		u.ID, u.Parent = idOf(u.ID), idOf(u.Parent)
		c.Units = append(c.Units, u)
	}
	c.Outcome.Succession, c.Outcome.Pasts = slices.Clone(o.Succession), slices.Clone(o.Pasts)
	for i, s := range o.Succession {
		c.Outcome.Succession[i].To = idOf(s.To)
	}
	for i, past := range o.Pasts {
		c.Outcome.Pasts[i].Place = idOf(past.Place)
	}
	return c
}

// CancelReorganisation takes a confirmed plan back before its day; afterwards all is as before. Conflict if the day has come, or if a plan
// confirmed since builds on it.
func (a *App) CancelReorganisation(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef) error {
	return a.editPlan(ctx, actor, s, p, func(tx *postgres.Tx, actor cadre.Actor, c *postgres.PlanCase, under cadre.Grant) error {
		switch {
		case c.State == PlanDraft:
			tx.DropReorganisation(c.ID, actor.At)
			return tx.Audit(ctx, planEntry(actor, under, c.Reorganisation, "reorganisation.cancel"))
		case c.State != PlanConfirmed:
			return fault.Conflict("reorganisation.no_draft")
		case !c.On.After(actor.Today()):
			return fault.Conflict("reorganisation.day_came")
		case c.Later:
			return fault.Conflict("reorganisation.built_on")
		}
		if err := mayReorganise(actor, *c); err != nil { // of more than one administrator's place, it belongs to all of them
			return fault.Forbidden("reorganisation.not_yours")
		}
		tx.CancelReorganisation(c.ID, actor.At)
		return tx.Audit(ctx, planEntry(actor, under, c.Reorganisation, "reorganisation.cancel"))
	})
}
