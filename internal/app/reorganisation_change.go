package app

import (
	"context"
	"slices"
	"strings"
	"unicode"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

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
