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

// Rows of the pages of households.
type (
	HouseholdFilter = postgres.HouseholdFilter
	HouseholdRow    = postgres.HouseholdRow
	HouseholdCounts = postgres.HouseholdCounts
	HouseholdLog    = postgres.HouseholdLog
	HouseholdGroup  = postgres.Group
)

// NoClass is the filter for households without a class.
const NoClass = postgres.NoClass

func looking(actor cadre.Actor, action cadre.Action, purpose postgres.HouseholdPurpose) postgres.HouseholdLook {
	return postgres.HouseholdLook{Actor: actor, Action: action, Purpose: purpose}
}

// Register is a page of the register of a place.
type Register struct {
	postgres.Register
	MayAdd bool // at the place itself, which is a group
}

// Register lists the households of a group, or of all groups of a hamlet or commune, and notes who read them. NotFound if the
// actor may not know of the place, Forbidden if they may not see households' data there.
func (a *App) Register(ctx context.Context, actor cadre.Actor, place territory.LocalityID, f HouseholdFilter, page ListPage) (Register, error) {
	return a.register(ctx, looking(actor, cadre.ReadHousehold, postgres.ForList), place, f, page)
}

// ExportRegister is Register for a file that leaves the house.
func (a *App) ExportRegister(ctx context.Context, actor cadre.Actor, place territory.LocalityID, f HouseholdFilter, page ListPage) (Register, error) {
	return a.register(ctx, looking(actor, cadre.ReadHousehold, postgres.ForExport), place, f, page)
}

func (a *App) register(ctx context.Context, l postgres.HouseholdLook, place territory.LocalityID, f HouseholdFilter, page ListPage) (Register, error) {
	found, err := a.db.Register(ctx, l, place, f, page)
	if err == nil {
		err = openRegister(l.Actor, found.Chain)
	}
	if err != nil {
		return Register{}, fmt.Errorf("reading the register of place %d: %w", place, err)
	}
	at := found.Chain.Place()
	adds := found.Chain.Self().Level == territory.Group && cadre.Can(l.Actor, cadre.KeepHousehold, cadre.Object{Place: at})
	return Register{Register: found, MayAdd: adds}, nil
}

func openRegister(actor cadre.Actor, chain territory.Chain) error {
	if len(chain) == 0 || !cadre.Can(actor, cadre.ViewPlace, cadre.Object{Place: chain.Place()}) {
		return fault.NotFound()
	}
	if _, ok := cadre.RegisterAt(actor, cadre.ReadHousehold, chain.Place()); !ok {
		return fault.Forbidden("household.not_yours")
	}
	return nil
}

// HouseholdPage is a household with what the reader may do with it.
type HouseholdPage struct {
	postgres.HouseholdPage
	Keeps  bool // change it
	Audits bool // see who read it
}

// Household reads a household without its phone, and notes it. NotFound if it is not the actor's to read.
func (a *App) Household(ctx context.Context, actor cadre.Actor, id uuid.UUID) (HouseholdPage, error) {
	return a.household(ctx, looking(actor, cadre.ReadHousehold, postgres.ForReading), id)
}

// OpenPhone reads a household with its phone, and notes that.
func (a *App) OpenPhone(ctx context.Context, actor cadre.Actor, id uuid.UUID) (HouseholdPage, error) {
	return a.household(ctx, looking(actor, cadre.ReadHousehold, postgres.ForPhone), id)
}

// HouseholdToChange reads a household that the actor may change. NotFound as Household, Forbidden if it is theirs to read only.
func (a *App) HouseholdToChange(ctx context.Context, actor cadre.Actor, id uuid.UUID) (HouseholdPage, error) {
	return kept(a.Household(ctx, actor, id))
}

// HouseholdToMove is HouseholdToChange with the groups to which the actor may move it.
func (a *App) HouseholdToMove(ctx context.Context, actor cadre.Actor, id uuid.UUID) (HouseholdPage, []HouseholdGroup, error) {
	var groups []HouseholdGroup
	found, err := kept(judged(actor, id, func() (found postgres.HouseholdPage, err error) {
		found, groups, err = a.db.HouseholdToMove(ctx, looking(actor, cadre.ReadHousehold, postgres.ForReading), id)
		return found, err
	}))
	return found, groups, err
}

func kept(found HouseholdPage, err error) (HouseholdPage, error) {
	if err == nil && !found.Keeps {
		err = fault.Forbidden("household.read_only")
	}
	return found, err
}

func (a *App) household(ctx context.Context, l postgres.HouseholdLook, id uuid.UUID) (HouseholdPage, error) {
	return judged(l.Actor, id, func() (postgres.HouseholdPage, error) { return a.db.HouseholdPage(ctx, l, id) })
}

// judged gives a household that was read to the reader if it is theirs.
func judged(actor cadre.Actor, id uuid.UUID, read func() (postgres.HouseholdPage, error)) (HouseholdPage, error) {
	found, err := read()
	if err == nil && !cadre.Can(actor, cadre.ReadHousehold, found.Object()) {
		err = fault.NotFound()
	}
	if err != nil {
		return HouseholdPage{}, fmt.Errorf("reading household %s: %w", id, err)
	}
	return HouseholdPage{
		HouseholdPage: found,
		Keeps:         cadre.Can(actor, cadre.KeepHousehold, found.Object()) && !found.Closed(),
		Audits:        cadre.Can(actor, cadre.AuditHousehold, found.Object()),
	}, nil
}

// HouseholdLog gives who read a household's data, the last first. NotFound if it is not the actor's to read, Forbidden if they may not
// see who did.
func (a *App) HouseholdLog(ctx context.Context, actor cadre.Actor, id uuid.UUID, page ListPage) (HouseholdLog, error) {
	found, err := a.db.HouseholdLog(ctx, looking(actor, cadre.ReadHousehold, postgres.ForReading), id, page)
	if err == nil {
		object := cadre.Object{Place: found.Chain.Place(), Household: id}
		switch {
		case !cadre.Can(actor, cadre.ReadHousehold, object):
			err = fault.NotFound()
		case !cadre.Can(actor, cadre.AuditHousehold, object):
			err = fault.Forbidden("household.log_not_yours")
		}
	}
	if err != nil {
		return HouseholdLog{}, fmt.Errorf("reading the access log of household %s: %w", id, err)
	}
	return found, nil
}

// HouseholdGroup gives the chain of a group at which the actor may enter a household. NotFound and Forbidden as for its register.
func (a *App) HouseholdGroup(ctx context.Context, actor cadre.Actor, group territory.LocalityID) (territory.Chain, error) {
	path, err := a.db.Path(ctx, group, actor.Today())
	if err == nil {
		err = addable(actor, path.Chain)
	}
	if err != nil {
		return nil, fmt.Errorf("reading group %d: %w", group, err)
	}
	return path.Chain, nil
}

func addable(actor cadre.Actor, chain territory.Chain) error {
	object := cadre.Object{Place: chain.Place()}
	switch {
	case len(chain) == 0 || !cadre.Can(actor, cadre.ViewPlace, object):
		return fault.NotFound()
	case chain.Self().Level != territory.Group || !cadre.Can(actor, cadre.KeepHousehold, object):
		return fault.Forbidden("household.not_yours")
	}
	return nil
}

// AddHousehold enters a household in the register of a group and gives its id. Invalid at the fields of casework.HouseholdInput; at
// head if the group has the same head at the same address already.
func (a *App) AddHousehold(ctx context.Context, actor cadre.Actor, s Submission, group territory.LocalityID, in casework.HouseholdInput) (uuid.UUID, error) {
	d, err := plainHousehold(in).Check()
	if err != nil {
		return uuid.Nil, err
	}
	id, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		look := looking(actor, cadre.KeepHousehold, postgres.ForChange)
		target, err := tx.LockGroup(ctx, look, group)
		if err != nil {
			return uuid.Nil, err
		}
		if err := addable(actor, target.Chain); err != nil {
			return uuid.Nil, err
		}
		h := casework.Household{ID: uuid.New(), Group: group, Number: target.Number, HouseholdData: d}
		grant, _ := cadre.GrantFor(actor, cadre.KeepHousehold, cadre.Object{Place: target.Chain.Place()})
		hold(tx, actor, grant.AssignmentID)
		tx.InsertHousehold(look, h)
		tx.RecountHouseholds(actor.Today(), group)
		return h.ID, tx.Audit(ctx, householdEntry(actor, grant, h, "household.add"))
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("adding a household to group %d: %w", group, err)
	}
	return id, nil
}

// plainHousehold puts every text into one line.
func plainHousehold(in casework.HouseholdInput) casework.HouseholdInput {
	for _, text := range []*string{&in.Head, &in.Address, &in.Members, &in.Workers, &in.Livelihood, &in.Phone} {
		*text = oneLine(*text)
	}
	return in
}

func householdEntry(actor cadre.Actor, under cadre.Grant, h casework.Household, action string, fields ...string) postgres.AuditEntry {
	return postgres.AuditEntry{
		At: actor.At, Actor: actor.CadreID, Assignment: under.AssignmentID, Locality: h.Group, Action: action,
		Object: "household", ObjectID: h.ID.String(), Fields: fields,
	}
}

// HouseholdEdit is what is sent to change a household. An empty phone keeps the one that is stored, since the form does not show it.
type HouseholdEdit struct {
	Seen    int  // version that the form showed
	NoPhone bool // forget the stored phone
	casework.HouseholdInput
}

// EditHousehold changes what the register keeps of a household. Invalid at the fields of casework.HouseholdInput, Conflict if
// somebody else changed it since the version seen. Who follows this household alone does not change whose it is and where: an answer that
// another one is there already would tell them of their neighbours.
func (a *App) EditHousehold(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, in HouseholdEdit) error {
	d, err := plainHousehold(in.HouseholdInput).Check()
	if err != nil {
		return err
	}
	return a.changeHousehold(ctx, actor, s, postgres.HouseholdQuery{ID: id}, "household.edit", func(c householdChange) ([]string, error) {
		if c.found.Version != in.Seen {
			return nil, fault.Conflict("household.changed")
		}
		if d.Phone == "" && !in.NoPhone {
			d.Phone = c.found.Phone
		}
		under, _ := cadre.GrantFor(c.actor, cadre.KeepHousehold, c.found.Object())
		if under.Household != uuid.Nil && (d.Head != c.found.Head || d.Address != c.found.Address) {
			return nil, fault.Invalid(fault.At("head", "household.identity_fixed"))
		}
		c.tx.UpdateHousehold(id, d)
		return c.found.Changed(d), nil
	})
}

// AddHouseholdClass gives a household a class. Invalid at the fields of casework.ClassInput; at class if it has another of its scale then.
func (a *App) AddHouseholdClass(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, in casework.ClassInput) error {
	in.Decision = oneLine(in.Decision)
	return a.changeHousehold(ctx, actor, s, postgres.HouseholdQuery{ID: id}, "household.class", func(c householdChange) ([]string, error) {
		class, err := in.Check(c.found.Kinds, c.actor.Today())
		if err != nil {
			return nil, err
		}
		c.tx.AddClass(c.found.Household, class)
		c.tx.TouchHousehold(id)
		return []string{"class", "period", "decision"}, nil
	})
}

// EndHouseholdClass ends a class after a last day, or at once. Invalid at class, last and reason, Conflict if it is over.
func (a *App) EndHouseholdClass(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, class int64, in cadre.EndInput) error {
	in.Reason = oneLine(in.Reason)
	return a.changeHousehold(ctx, actor, s, postgres.HouseholdQuery{ID: id}, "household.class_end", func(c householdChange) ([]string, error) {
		i := slices.IndexFunc(c.found.Classes, func(k casework.HouseholdClass) bool { return k.ID == class })
		if i < 0 {
			return nil, fault.Invalid(fault.At("class", "household.class_required"))
		}
		k := c.found.Classes[i]
		if !k.Term.Until.IsZero() && !k.Term.Until.After(c.actor.Today()) {
			return nil, fault.Conflict("household.class_over")
		}
		until, err := in.Check(k.Term, c.actor.Today())
		if err != nil {
			return nil, err
		}
		c.tx.EndClass(class, until, in.Reason)
		c.tx.TouchHousehold(id)
		return []string{"period", "ended_reason"}, nil
	})
}

// MoveHousehold carries a household to another group that the actor keeps. Invalid at group.
func (a *App) MoveHousehold(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, seen int, group territory.LocalityID) error {
	err := a.changeHousehold(ctx, actor, s, postgres.HouseholdQuery{ID: id, Group: group}, "household.move", func(c householdChange) ([]string, error) {
		switch {
		case c.found.Version != seen:
			return nil, fault.Conflict("household.changed")
		case group == c.found.Household.Group:
			return nil, fault.Invalid(fault.At("group", "household.group_same"))
		case addable(c.actor, c.found.Group.Chain) != nil:
			return nil, fault.Invalid(fault.At("group", "household.group_required"))
		}
		c.tx.MoveHousehold(id, group, c.found.Group.Number)
		return []string{"group"}, nil
	})
	if f := fault.As(err); f != nil && len(f.Fields) == 1 && f.Fields[0].Key == "household.exists" {
		return fault.Invalid(fault.At("group", "household.exists"))
	}
	return err
}

// CloseHousehold takes a household out of the register: it moved away, or was merged into another one of its group. Invalid at the
// fields of casework.ClosingInput.
func (a *App) CloseHousehold(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, seen int, in casework.ClosingInput) error {
	in.Reason = oneLine(in.Reason)
	closing, number, wrong := in.Check(territory.DayOf(a.now()))
	return a.changeHousehold(ctx, actor, s, postgres.HouseholdQuery{ID: id, Number: number}, "household.close", func(c householdChange) ([]string, error) {
		if c.found.Version != seen {
			return nil, fault.Conflict("household.changed")
		}
		if wrong != nil {
			return nil, wrong
		}
		closing := closing // once more, should the transaction be tried again
		if closing.As == casework.MergedAway {
			if closing.Into = c.found.Into; closing.Into == uuid.Nil {
				return nil, fault.Invalid(fault.At("into", "household.into_unknown", "number", strconv.Itoa(number)))
			}
		}
		c.tx.CloseHousehold(id, closing)
		return []string{"closed_on", "closed_as"}, nil
	})
}

// householdChange is a household that is being changed.
type householdChange struct {
	tx    *postgres.Tx
	actor cadre.Actor
	found postgres.HouseholdTarget
}

// changeHousehold changes a household of the register under a lock; do gives the names of the fields that it changed.
func (a *App) changeHousehold(ctx context.Context, actor cadre.Actor, s Submission, q postgres.HouseholdQuery, action string, do func(householdChange) ([]string, error)) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		found, err := tx.LockHousehold(ctx, looking(actor, cadre.ReadHousehold, postgres.ForChange), q)
		if err != nil {
			return uuid.Nil, err
		}
		grant, keeps := cadre.GrantFor(actor, cadre.KeepHousehold, found.Object())
		switch {
		case !cadre.Can(actor, cadre.ReadHousehold, found.Object()):
			return uuid.Nil, fault.NotFound()
		case !keeps:
			return uuid.Nil, fault.Forbidden("household.read_only")
		case found.Closed():
			return uuid.Nil, fault.Conflict("household.closed_already")
		}
		hold(tx, actor, grant.AssignmentID)
		fields, err := do(householdChange{tx, actor, found})
		if err != nil {
			return uuid.Nil, err
		}
		changed := []territory.LocalityID{found.Household.Group}
		if q.Group != 0 {
			changed = append(changed, q.Group)
		}
		tx.RecountHouseholds(actor.Today(), changed...)
		return q.ID, tx.Audit(ctx, householdEntry(actor, grant, found.Household, action, fields...))
	})
	if err != nil {
		return fmt.Errorf("changing household %s (%s): %w", q.ID, action, err)
	}
	return nil
}
