package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
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
func (a *App) editPlan(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef, do func(tx *postgres.Tx, actor cadre.Actor, c *postgres.PlanCase, under cadre.Grant) error) error {
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

// ChangeInput is what is typed of a change: units, one a line, by code or by name with the names above it ("Ấp 1, Xã Châu Hưng").
type ChangeInput struct {
	Kind                     territory.ChangeKind
	Units, Parent            string
	Type, Name, Code         string
	Level                    territory.Level
	SecondType, SecondName   string // of a split's second unit
	SecondCode, SecondsUnits string
}

// AddChange adds a change to a draft. What cannot be understood is Invalid at its field; whether the plan as a whole can be carried out
// shows in its preview.
func (a *App) AddChange(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef, in ChangeInput) error {
	return a.editDraft(ctx, actor, s, p, func(actor cadre.Actor, c *postgres.PlanCase) error {
		change, err := in.read(territory.TreeOf(c.Units), c.Changes)
		if err != nil {
			return err
		}
		c.Changes = append(c.Changes, change)
		return mayReorganise(actor, *c)
	})
}

// RemoveChange takes the nth change, counted from 0, out of a draft.
func (a *App) RemoveChange(ctx context.Context, actor cadre.Actor, s Submission, p PlanRef, n int) error {
	return a.editDraft(ctx, actor, s, p, func(_ cadre.Actor, c *postgres.PlanCase) error {
		if n < 0 || n >= len(c.Changes) {
			return fault.NotFound()
		}
		c.Changes = slices.Delete(slices.Clone(c.Changes), n, n+1)
		return nil
	})
}

// read understands a change.
func (in ChangeInput) read(tree territory.Tree, planned []territory.Change) (territory.Change, error) {
	var fields fault.Fields
	if len(planned) >= territory.MaxChanges {
		fields.Add("kind", "reorganisation.too_many", "n", territory.MaxChanges)
	}
	places := newFinder(tree, planned)
	c := territory.Change{Kind: in.Kind, Type: oneLine(in.Type), Name: oneLine(in.Name), Code: oneLine(in.Code)}
	if in.Kind != territory.OpenUnit {
		c.Units = places.list(&fields, "units", in.Units)
	}
	next := places.next()
	unit := territory.NewUnit{Ref: next, Type: c.Type, Name: c.Name, Code: c.Code}
	switch in.Kind {
	case territory.RenameUnit:
		if c.Name == "" && c.Type == "" && c.Code == "" {
			fields.Add("name", "reorganisation.rename_incomplete")
		}
		return c, fields.Err()
	case territory.MoveUnit:
		c.Parent = places.one(&fields, "parent", in.Parent)
	case territory.DissolveUnit:
		if strings.TrimSpace(in.Parent) != "" {
			c.Parent = places.one(&fields, "parent", in.Parent)
		}
	case territory.OpenUnit:
		unit.Parent = places.one(&fields, "parent", in.Parent)
		c.Level, c.New = in.Level, []territory.NewUnit{unit}
	case territory.MergeUnits:
		if strings.TrimSpace(in.Parent) != "" {
			unit.Parent = places.one(&fields, "parent", in.Parent)
		}
		c.New = []territory.NewUnit{unit}
	case territory.SplitUnit:
		c.New = in.split(&fields, tree, places, c.Units, unit)
	default:
		fields.Add("kind", "reorganisation.kind_unknown")
	}
	for _, n := range c.New {
		if n.Name == "" {
			fields.Add("name", "reorganisation.name_missing")
		}
		if n.Type == "" {
			fields.Add("type", "reorganisation.type_missing")
		}
	}
	c.Type, c.Name, c.Code = "", "", ""
	return c, fields.Err()
}

// split gives the two units of a split: the second takes what was named for it, the first the rest.
func (in ChangeInput) split(fields *fault.Fields, tree territory.Tree, places *finder, units []territory.LocalityID, first territory.NewUnit) []territory.NewUnit {
	second := territory.NewUnit{Ref: first.Ref - 1, Type: oneLine(in.SecondType), Name: oneLine(in.SecondName), Code: oneLine(in.SecondCode)}
	if len(units) != 1 {
		fields.Add("units", "reorganisation.split_one")
		return []territory.NewUnit{first, second}
	}
	second.Takes = places.list(fields, "second_units", in.SecondsUnits)
	for _, child := range tree.Below(units[0]) {
		if !slices.Contains(second.Takes, child) {
			first.Takes = append(first.Takes, child)
		}
	}
	for _, child := range second.Takes {
		if tree[child].Parent != units[0] {
			fields.Add("second_units", "reorganisation.not_below", "place", tree[child].Name)
		}
	}
	return []territory.NewUnit{first, second}
}

// finder finds the places that a person names.
type finder struct {
	tree   territory.Tree
	byCode map[string]territory.LocalityID
	byName map[string][]territory.LocalityID
	lowest territory.LocalityID // the lowest id of units that a plan opens
}

func newFinder(tree territory.Tree, planned []territory.Change) *finder {
	f := &finder{tree: tree, byCode: map[string]territory.LocalityID{}, byName: map[string][]territory.LocalityID{}}
	for id, u := range tree {
		if u.Code != "" {
			f.byCode[u.Code] = id
		}
		f.byName[folded(u.Name)] = append(f.byName[folded(u.Name)], id)
	}
	for _, c := range planned {
		for _, n := range c.New {
			f.lowest = min(f.lowest, n.Ref)
			f.byName[folded(n.Name)] = append(f.byName[folded(n.Name)], n.Ref)
		}
	}
	return f
}

// next gives the id of the next unit that the plan opens; two are free from it downward.
func (f *finder) next() territory.LocalityID { return f.lowest - 1 }

// folded gives a name as it is compared.
func folded(name string) string { return strings.ToLower(oneLine(name)) }

// list finds the places that are named one a line.
func (f *finder) list(fields *fault.Fields, field, text string) []territory.LocalityID {
	var ids []territory.LocalityID
	for line := range strings.Lines(text) {
		if oneLine(line) == "" {
			continue
		}
		if id := f.one(fields, field, line); id != 0 && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 && oneLine(text) == "" {
		fields.Add(field, "reorganisation.units_missing")
	}
	return ids
}

// one finds the place of a code or of a name with those above it; zero with a field error where there is none or more than one.
func (f *finder) one(fields *fault.Fields, field, text string) territory.LocalityID {
	text = oneLine(text)
	if text == "" {
		fields.Add(field, "reorganisation.parent_missing")
		return 0
	}
	code, _, _ := strings.Cut(text, " ")
	if id, ok := f.byCode[code]; ok && strings.IndexFunc(code, unicode.IsDigit) == 0 {
		return id
	}
	parts := strings.Split(text, ",")
	var found []territory.LocalityID
	for _, id := range f.byName[folded(parts[0])] {
		if f.under(id, parts[1:]) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		fields.Add(field, "reorganisation.place_unknown", "place", text)
	default:
		fields.Add(field, "reorganisation.place_ambiguous", "place", text)
	}
	return 0
}

// under tells whether the names stand, in their order, among those above the place.
func (f *finder) under(id territory.LocalityID, names []string) bool {
	chain := f.tree.Chain(id)
	at := 1
	for _, name := range names {
		for at < len(chain) && folded(chain[at].Name) != folded(name) {
			at++
		}
		if at >= len(chain) {
			return false
		}
		at++
	}
	return true
}

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
	real := func(id territory.LocalityID) territory.LocalityID {
		if i := slices.Index(o.Opened, id); i >= 0 {
			return p.NewIDs[i]
		}
		return id
	}
	c := postgres.Confirmation{Reorganisation: p.Reorganisation, Outcome: o, Prefixes: map[territory.LocalityID]string{}}
	for _, id := range o.Opened {
		c.Prefixes[real(id)] = o.After[id].Initials()
	}
	for _, id := range slices.Concat(o.Opened, o.Changed) {
		u := o.After[id]
		u.ID, u.Parent = real(u.ID), real(u.Parent)
		c.Units = append(c.Units, u)
	}
	c.Outcome.Succession, c.Outcome.Pasts = slices.Clone(o.Succession), slices.Clone(o.Pasts)
	for i, s := range o.Succession {
		c.Outcome.Succession[i].To = real(s.To)
	}
	for i, past := range o.Pasts {
		c.Outcome.Pasts[i].Place = real(past.Place)
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
