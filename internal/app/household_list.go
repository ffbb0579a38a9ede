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

// NewHousehold is a household as a list says it is; what an optional column leaves empty keeps what is stored.
type NewHousehold = casework.ListedHousehold

// HouseholdVerdict is what became, or would become, of a row of a list.
type HouseholdVerdict struct {
	Verdict casework.Verdict
	ID      uuid.UUID // the zero one for a wrong row
	Changed []string  // fields of a changed one
	Known   bool      // the household is in the register
	Alone   error     // what is wrong with the row whatever the register says
	Err     error     // Invalid at the fields of casework.HouseholdInput, of casework.ClassInput and at group
}

// PreviewHouseholds judges a list and stores nothing. Forbidden if the actor may enter households nowhere; rows of places that are not
// theirs are wrong.
func (a *App) PreviewHouseholds(ctx context.Context, actor cadre.Actor, rows []NewHousehold) ([]HouseholdVerdict, error) {
	var verdicts []HouseholdVerdict
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		plan, err := planHouseholds(ctx, tx, actor, rows)
		verdicts = plan.verdicts
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("judging a list of %d households: %w", len(rows), err)
	}
	return verdicts, nil
}

// AddHouseholds enters what is new of a list and changes what differs, in one transaction, and says what became of each row; wrong
// rows are left out. A household is found again by its group, head and address. The same submission again gives the verdicts of now.
func (a *App) AddHouseholds(ctx context.Context, actor cadre.Actor, s Submission, rows []NewHousehold) ([]HouseholdVerdict, error) {
	var verdicts []HouseholdVerdict
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		plan, err := planHouseholds(ctx, tx, actor, rows)
		if err != nil {
			return uuid.Nil, err
		}
		verdicts = plan.verdicts
		return uuid.Nil, plan.store(ctx, tx)
	})
	if err == nil && verdicts == nil {
		return a.PreviewHouseholds(ctx, actor, rows)
	}
	if err != nil {
		return nil, fmt.Errorf("entering a list of %d households: %w", len(rows), err)
	}
	return verdicts, nil
}

// householdPlan is a judged list on its way into the register. It serves inside a larger transaction, too.
type householdPlan struct {
	look     postgres.HouseholdLook
	grant    cadre.Grant
	verdicts []HouseholdVerdict
	stored   []postgres.StoredHousehold
}

// planHouseholds judges a list under locks of its groups.
func planHouseholds(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, rows []NewHousehold) (householdPlan, error) {
	plan := householdPlan{look: looking(actor, cadre.EnterHouseholds, postgres.ForImport)}
	ok := false
	for _, g := range actor.Grants { // the highest one, in whose name the list is entered
		if g.Allows(cadre.EnterHouseholds) && g.Household == uuid.Nil && (!ok || g.Locality.Level.Above(plan.grant.Locality.Level)) {
			plan.grant, ok = g, true
		}
	}
	if !ok {
		return plan, fault.Forbidden("household.enter_not_yours")
	}
	for i := range rows {
		rows[i].HouseholdInput = plainHousehold(rows[i].HouseholdInput)
	}
	found, kinds, err := tx.FindHouseholds(ctx, plan.look, rows)
	if err != nil {
		return plan, err
	}
	lines := map[string]int{}
	for i, row := range rows {
		plan.add(row, found[i], kinds, lines, i+1)
	}
	return plan, nil
}

func (p *householdPlan) add(row NewHousehold, f postgres.FoundHousehold, kinds []casework.HouseholdKind, lines map[string]int, line int) {
	if f.Key == "" {
		p.verdicts = append(p.verdicts, HouseholdVerdict{Verdict: casework.RowWrong, Err: fault.Invalid(fault.At("group", "household.group_required"))})
		return
	}
	if earlier := lines[f.Key]; earlier != 0 {
		p.verdicts = append(p.verdicts, HouseholdVerdict{Verdict: casework.RowWrong, Err: fault.Invalid(fault.At("head", "household.row_twice", "line", earlier))})
		return
	}
	lines[f.Key] = line
	j := casework.JudgeHousehold(row, f.Known, kinds, p.look.Actor.Today())
	v := HouseholdVerdict{Verdict: j.Verdict, Changed: j.Changed, Err: j.Err, Known: f.Known != nil, Alone: j.Err}
	if v.Known && v.Err != nil {
		v.Alone = casework.JudgeHousehold(row, nil, kinds, p.look.Actor.Today()).Err
	}
	h := postgres.StoredHousehold{Ends: j.Ends, Begins: j.Begins}
	switch j.Verdict {
	case casework.RowNew:
		h.New, h.ID, h.Group = true, uuid.New(), row.Group
	case casework.RowChanged, casework.RowSame:
		h.Household = f.Known.Household
	case casework.RowWrong:
	}
	h.HouseholdData, v.ID = j.Data, h.ID
	p.verdicts = append(p.verdicts, v)
	if j.Verdict == casework.RowNew || j.Verdict == casework.RowChanged {
		p.stored = append(p.stored, h)
	}
}

// store writes what is new and changed, with one entry of the audit log that says how many.
func (p householdPlan) store(ctx context.Context, tx *postgres.Tx) error {
	hold(tx, p.look.Actor, p.grant.AssignmentID)
	if err := tx.PutHouseholds(ctx, p.look, p.stored); err != nil {
		return err
	}
	var groups []territory.LocalityID
	for _, h := range p.stored {
		groups = append(groups, h.Group)
	}
	slices.Sort(groups)
	tx.RecountHouseholds(p.look.Actor.Today(), slices.Compact(groups)...)
	n := len(p.stored)
	return tx.Audit(ctx, postgres.AuditEntry{
		At: p.look.Actor.At, Actor: p.look.Actor.CadreID, Assignment: p.grant.AssignmentID, Locality: p.grant.Locality.ID,
		Action: "household.list", Object: "household", ObjectID: "", Quantity: &n,
	})
}
