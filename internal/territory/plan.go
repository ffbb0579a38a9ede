package territory

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"banam/internal/fault"
)

// ChangeKind is a kind of change of administrative units (domain.md section 1).
type ChangeKind string

// The kinds of changes. A merger and a split close the units they take and open new ones, whatever codes and names live on: a code is
// no identity. A merger of a single unit is one whose other parts lie outside of what this installation keeps.
const (
	RenameUnit   ChangeKind = "rename" // another name, type or code; the same unit
	MoveUnit     ChangeKind = "move"   // to another parent, another sub-region too
	MergeUnits   ChangeKind = "merge"
	SplitUnit    ChangeKind = "split"
	DissolveUnit ChangeKind = "dissolve" // what hangs on it goes to its parent
	OpenUnit     ChangeKind = "open"     // a new one, such as a sub-region
)

// ChangeKinds lists them.
func ChangeKinds() []ChangeKind {
	return []ChangeKind{RenameUnit, MoveUnit, MergeUnits, SplitUnit, DissolveUnit, OpenUnit}
}

// Limits of a plan.
const (
	MaxUnitName = 120  // characters
	MaxCode     = 20   // characters
	MaxChanges  = 1000 // of one plan
)

// NewUnit is a unit that a change opens.
type NewUnit struct {
	Ref    LocalityID   `json:"ref"` // negative, unlike any other of the plan
	Type   string       `json:"type"`
	Name   string       `json:"name"`
	Code   string       `json:"code,omitempty"`
	Takes  []LocalityID `json:"takes,omitempty"`  // of a split: what hung on the split unit and now hangs on this one
	Parent LocalityID   `json:"parent,omitempty"` // zero: where the units stood that it comes from
}

// Change is one change of a plan. Which fields count depends on the kind: Units are those that it is about; Name, Type and Code are a
// rename's, empty where they stay; Parent a move's; New what a merger (one), a split (two or more) or an opening (one) makes; Level an
// opening's.
type Change struct {
	Kind   ChangeKind   `json:"kind"`
	Units  []LocalityID `json:"units,omitempty"`
	Type   string       `json:"type,omitempty"`
	Name   string       `json:"name,omitempty"`
	Code   string       `json:"code,omitempty"`
	Parent LocalityID   `json:"parent,omitempty"`
	Level  Level        `json:"level,omitempty"`
	New    []NewUnit    `json:"new,omitempty"`
}

// Plan is changes of administrative units that take effect together on one day.
type Plan struct {
	On      Day
	Changes []Change
}

// Succession says which place follows another one: the whole of it, or a part.
type Succession struct {
	From, To LocalityID
	Part     bool
}

// Outcome is what a plan makes of a tree.
type Outcome struct {
	After      Tree
	Closed     []LocalityID // in the order of their ids
	Opened     []LocalityID // negative ids, the first one planned first
	Changed    []LocalityID // that go on under another name, type, code or parent
	Succession []Succession
	Pasts      []Past // that places come to have
	Lapsed     []Past // that places have no more, since what brought them leaves
}

// History is what earlier plans have left behind.
type History struct {
	Pasts      []Past
	Succession []Succession
}

// Past is facts that happened elsewhere and that a place's readers read from the plan's day on: those whose column holds the id. It is what
// makes a reorganisation rewrite no facts (architecture.md, "Data").
type Past struct {
	Place  LocalityID
	Column PastColumn
	ID     LocalityID
}

// PastColumn names the column of facts by which a past is found: the level of the place, or the place itself.
type PastColumn string

// PastOf gives the column by which the facts of a whole subtree are found; a sub-region is no column of facts, and a group is found by
// itself.
func PastOf(l Level) PastColumn {
	switch l {
	case Province, District, Commune, Hamlet:
		return PastColumn(string(l) + "_id")
	case Subregion, Group:
	}
	return ByItself
}

// ByItself finds the facts of a place alone, without what lies below it.
const ByItself PastColumn = "locality_id"

// Apply gives what the plan makes of the tree of the day before, with what earlier plans have left there. What is wrong comes as field
// errors named "change" with the number of the change, counted from 1, as the argument n.
func (p Plan) Apply(before Tree, h History) (Outcome, error) {
	a := application{before: before, after: before.clone(), heirs: map[LocalityID]LocalityID{}, takers: map[LocalityID]LocalityID{}, by: map[LocalityID]int{}}
	for i, c := range p.Changes {
		a.now = i + 1
		a.close(c)
	}
	for i, c := range p.Changes {
		a.now = i + 1
		a.change(c)
	}
	a.now = 0
	if len(a.wrong) == 0 {
		a.settle()
		a.check()
	}
	if err := a.wrong.Err(); err != nil {
		return Outcome{}, err
	}
	return a.outcome(h), nil
}

// application is a plan on its way into a tree.
type application struct {
	before, after Tree
	heirs         map[LocalityID]LocalityID // of a closed unit: who gets what hangs on it; itself resolved later, since an heir may close too
	takers        map[LocalityID]LocalityID // of what hung on a split unit: the new unit
	succession    []Succession
	opened        []LocalityID
	gone          []Past             // that lapse
	by            map[LocalityID]int // number of the change that opened, renamed or moved a unit
	wrong         fault.Fields
	now           int // number of the change at hand
}

func (a *application) fail(key string, args ...any) {
	a.wrong.Add("change", key, append([]any{"n", a.now}, args...)...)
}

// close takes the units of mergers, splits and dissolutions out of the tree and opens what follows them.
func (a *application) close(c Change) {
	switch c.Kind {
	case MergeUnits:
		if len(c.Units) == 0 || len(c.New) != 1 {
			a.fail("reorganisation.merge_incomplete")
			return
		}
		level := a.before[c.Units[0]].Level
		for _, id := range c.Units {
			if a.before[id].Level != level {
				a.fail("reorganisation.levels_differ")
				return
			}
			if a.shut(id, c.New[0].Ref) {
				a.succession = append(a.succession, Succession{From: id, To: c.New[0].Ref})
			}
		}
		a.open(c.New[0], level, cmp.Or(c.New[0].Parent, a.before[c.Units[0]].Parent))
	case SplitUnit:
		if len(c.Units) != 1 || len(c.New) < 2 {
			a.fail("reorganisation.split_incomplete")
			return
		}
		old := a.before[c.Units[0]]
		if !a.shut(old.ID, c.New[0].Ref) {
			return
		}
		for _, n := range c.New {
			a.open(n, old.Level, cmp.Or(n.Parent, old.Parent))
			a.succession = append(a.succession, Succession{From: old.ID, To: n.Ref, Part: true})
			for _, child := range n.Takes {
				if a.before[child].Parent != old.ID || a.takers[child] != 0 {
					a.fail("reorganisation.takes_wrong", "place", a.before[child].Name)
				}
				a.takers[child] = n.Ref
			}
		}
		for _, child := range a.before.Below(old.ID) {
			if a.takers[child] == 0 {
				a.fail("reorganisation.takes_missing", "place", a.before[child].Name)
			}
		}
	case DissolveUnit:
		if len(c.Units) == 0 {
			a.fail("reorganisation.units_missing")
		}
		for _, id := range c.Units {
			heir := cmp.Or(c.Parent, a.before[id].Parent)
			if heir == 0 {
				a.fail("reorganisation.no_heir", "place", a.before[id].Name)
			} else if a.shut(id, heir) {
				a.succession = append(a.succession, Succession{From: id, To: heir})
			}
		}
	case OpenUnit:
		if len(c.New) != 1 || c.Level.Rank() < 0 {
			a.fail("reorganisation.open_incomplete")
			return
		}
		a.open(c.New[0], c.Level, c.New[0].Parent)
	case RenameUnit, MoveUnit:
	default:
		a.fail("reorganisation.kind_unknown")
	}
}

// shut closes a unit; false if it cannot be.
func (a *application) shut(id, heir LocalityID) bool {
	u, ok := a.before[id]
	switch {
	case !ok:
		a.fail("reorganisation.unit_unknown")
		return false
	case a.heirs[id] != 0:
		a.fail("reorganisation.closed_twice", "place", u.Name)
		return false
	}
	a.heirs[id] = heir
	delete(a.after, id)
	return true
}

func (a *application) open(n NewUnit, level Level, parent LocalityID) {
	n.Type = a.typed(level, n.Type)
	n.Name = Named(n.Type, n.Name)
	a.named(n.Name, n.Type, n.Code)
	if _, again := a.after[n.Ref]; again || n.Ref >= 0 {
		a.fail("reorganisation.ref_wrong")
		return
	}
	a.after[n.Ref] = Unit{Locality: Locality{ID: n.Ref, Level: level, Type: n.Type, Name: n.Name, Code: n.Code}, Parent: parent}
	a.opened = append(a.opened, n.Ref)
	a.by[n.Ref] = a.now
}

// typed gives the type of a unit as it is written; it fails where places of the level have no such type.
func (a *application) typed(level Level, kind string) string {
	kind, fits := level.Typed(kind)
	if !fits && kind != "" && level.Rank() >= 0 {
		a.fail("reorganisation.type_unfit", "type", kind, "types", strings.Join(level.Types(), ", "))
	}
	return kind
}

func (a *application) named(name, kind, code string) {
	switch {
	case name == "" || kind == "":
		a.fail("reorganisation.name_missing")
	case utf8.RuneCountInString(name) > MaxUnitName || utf8.RuneCountInString(kind) > MaxUnitName:
		a.fail("reorganisation.name_long", "limit", MaxUnitName)
	case utf8.RuneCountInString(code) > MaxCode:
		a.fail("reorganisation.code_long", "limit", MaxCode)
	}
}

// change renames and moves the units that go on.
func (a *application) change(c Change) {
	if c.Kind != RenameUnit && c.Kind != MoveUnit {
		return
	}
	if len(c.Units) == 0 {
		a.fail("reorganisation.units_missing")
	}
	for _, id := range c.Units {
		u, ok := a.after[id]
		switch {
		case !ok && a.heirs[id] != 0:
			a.fail("reorganisation.changes_closed", "place", a.before[id].Name)
			continue
		case !ok || id < 0:
			a.fail("reorganisation.unit_unknown")
			continue
		}
		if c.Kind == MoveUnit {
			if _, there := a.after[c.Parent]; !there {
				a.fail("reorganisation.parent_gone", "place", u.Name)
				continue
			}
			u.Parent = c.Parent
		} else {
			if c.Name == "" && c.Type == "" && c.Code == "" {
				a.fail("reorganisation.rename_incomplete")
				continue
			}
			if c.Type != "" {
				u.Type = a.typed(u.Level, c.Type)
			}
			u.Name, u.Code = cmp.Or(c.Name, u.Name), cmp.Or(c.Code, u.Code)
			if c.Name != "" {
				u.Name = Named(u.Type, u.Name)
			}
			a.named(u.Name, u.Type, u.Code)
		}
		a.after[id] = u
		a.by[id] = a.now
	}
}

// heir gives who stands in the place of a closed unit in the end; zero if that leads nowhere.
func (a *application) heir(id LocalityID) LocalityID {
	for range len(a.heirs) + 1 {
		if _, there := a.after[id]; there {
			return id
		}
		id = a.heirs[id]
	}
	return 0
}

// settle hangs everything that hung on a closed unit on its heir.
func (a *application) settle() {
	for _, id := range slices.Sorted(maps.Keys(a.after)) {
		u := a.after[id]
		if u.Parent == 0 {
			continue
		}
		if _, there := a.after[u.Parent]; there {
			continue
		}
		if to := a.takers[id]; to != 0 {
			u.Parent = to
		}
		u.Parent = a.heir(u.Parent)
		if u.Parent == 0 {
			a.now = a.by[id]
			a.fail("reorganisation.parent_gone", "place", u.Name)
		}
		a.after[id] = u
	}
	for i, s := range a.succession {
		if a.succession[i].To = a.heir(s.To); a.succession[i].To == 0 {
			a.now = 0
			a.fail("reorganisation.no_heir", "place", a.before[s.From].Name)
		} else if heir := a.after[a.succession[i].To]; a.before[s.From].Level.Above(heir.Level) { // its readers would come to read far more than they hold
			a.now = 0
			a.fail("reorganisation.heir_below", "place", a.before[s.From].Name, "heir", heir.Name)
		}
	}
}

// check looks at the whole tree: levels in order and no code twice. Levels in order allow no cycle.
func (a *application) check() {
	codes := map[string]Unit{}
	for _, id := range slices.Sorted(maps.Keys(a.after)) {
		u := a.after[id]
		a.now = a.by[id]
		if parent, ok := a.after[u.Parent]; u.Parent == 0 && u.Level != Province || ok && !parent.Level.Above(u.Level) {
			a.fail("reorganisation.level_order", "place", u.Name)
		}
		if u.Code == "" {
			continue
		}
		if other, twice := codes[u.Code]; twice {
			a.now = max(a.now, a.by[other.ID])
			a.fail("reorganisation.code_twice", "place", u.Name, "other", other.Name, "code", u.Code)
		}
		codes[u.Code] = u
	}
}

func (a *application) outcome(h History) Outcome {
	o := Outcome{After: a.after, Closed: slices.Sorted(maps.Keys(a.heirs)), Opened: a.opened, Succession: a.succession}
	for _, id := range slices.Sorted(maps.Keys(a.after)) {
		if old, ok := a.before[id]; ok && old != a.after[id] {
			o.Changed = append(o.Changed, id)
		}
	}
	o.Lapsed = a.lapsed(h)
	o.Pasts = a.pasts(h.Pasts, o.Lapsed)
	return o
}
