package territory_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"banam/internal/fault"
	"banam/internal/territory"
)

type id = territory.LocalityID

// sample is a province (1) with districts 2 and 3; sub-region 4 in 2 with communes 10 and 11; commune 12 right in 2, 13 in 3; hamlets
// 20 and 21 in 10, 22 in 11, 23 in 13; groups 30 in 20 and 31 in 21.
func sample() territory.Tree {
	unit := func(n, parent id, l territory.Level, code string) territory.Unit {
		return territory.Unit{Locality: territory.Locality{ID: n, Level: l, Type: "Loại", Name: fmt.Sprintf("Nơi %d", n), Code: code}, Parent: parent}
	}
	return territory.TreeOf([]territory.Unit{
		unit(1, 0, territory.Province, "83"), unit(2, 1, territory.District, "835"), unit(3, 1, territory.District, "836"), unit(4, 2, territory.Subregion, ""),
		unit(10, 4, territory.Commune, "29050"), unit(11, 4, territory.Commune, "29053"), unit(12, 2, territory.Commune, "29056"), unit(13, 3, territory.Commune, "29059"),
		unit(20, 10, territory.Hamlet, ""), unit(21, 10, territory.Hamlet, ""), unit(22, 11, territory.Hamlet, ""), unit(23, 13, territory.Hamlet, ""),
		unit(30, 20, territory.Group, ""), unit(31, 21, territory.Group, ""),
	})
}

func made(ref id, name, code string) territory.NewUnit {
	return territory.NewUnit{Ref: ref, Type: "Xã", Name: name, Code: code}
}

// told words what became of a tree: every unit that changed its parent or is new, the successions and the pasts.
func told(before territory.Tree, o territory.Outcome) string {
	var b strings.Builder
	var ids []id
	for n := range o.After {
		ids = append(ids, n)
	}
	slices.Sort(ids)
	for _, n := range ids {
		if old, was := before[n]; !was || old.Parent != o.After[n].Parent {
			fmt.Fprintf(&b, "%d<%d ", n, o.After[n].Parent)
		}
	}
	for _, s := range o.Succession {
		fmt.Fprintf(&b, "%d→%d", s.From, s.To)
		if s.Part {
			b.WriteString("?")
		}
		b.WriteString(" ")
	}
	for _, p := range o.Pasts {
		fmt.Fprintf(&b, "%d:%s=%d ", p.Place, strings.TrimSuffix(string(p.Column), "_id"), p.ID)
	}
	for _, p := range o.Lapsed {
		fmt.Fprintf(&b, "%d!%s=%d ", p.Place, strings.TrimSuffix(string(p.Column), "_id"), p.ID)
	}
	return strings.TrimSpace(b.String())
}

func TestApplyPlan(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		changes []territory.Change
		want    string
	}{
		{"rename", []territory.Change{{Kind: territory.RenameUnit, Units: []id{10}, Name: "Thị trấn Mới", Type: "Thị trấn"}}, ""},
		{
			"two communes of one sub-region merge, and the code of one lives on",
			[]territory.Change{{Kind: territory.MergeUnits, Units: []id{10, 11}, New: []territory.NewUnit{made(-1, "Xã Gộp", "29050")}}},
			"-1<4 20<-1 21<-1 22<-1 10→-1 11→-1 -1:commune=10 -1:commune=11 4:commune=10 4:commune=11",
		},
		{
			"communes of two districts merge into one of them",
			[]territory.Change{{Kind: territory.MergeUnits, Units: []id{12, 13}, New: []territory.NewUnit{made(-1, "Xã Gộp", "29056")}}},
			"-1<2 23<-1 12→-1 13→-1 -1:commune=12 -1:commune=13 2:commune=13",
		},
		{
			"a hamlet moves to the commune beside it",
			[]territory.Change{{Kind: territory.MoveUnit, Units: []id{20}, Parent: 11}},
			"20<11 11:hamlet=20",
		},
		{
			"a commune moves to another district, out of its sub-region",
			[]territory.Change{{Kind: territory.MoveUnit, Units: []id{10}, Parent: 3}},
			"10<3 3:commune=10",
		},
		{
			"a commune is split; what it holds itself goes to both",
			[]territory.Change{{Kind: territory.SplitUnit, Units: []id{10}, New: []territory.NewUnit{
				{Ref: -1, Type: "Xã", Name: "Xã Đông", Code: "1", Takes: []id{20}}, {Ref: -2, Type: "Xã", Name: "Xã Tây", Code: "2", Takes: []id{21}},
			}}},
			"-2<4 -1<4 20<-1 21<-2 10→-1? 10→-2? -2:locality=10 -2:hamlet=21 -1:locality=10 -1:hamlet=20 4:locality=10",
		},
		{
			"a sub-region is dissolved, its communes hang on the district",
			[]territory.Change{{Kind: territory.DissolveUnit, Units: []id{4}}},
			"10<2 11<2 4→2",
		},
		{
			"a sub-region is opened and takes a commune",
			[]territory.Change{
				{Kind: territory.OpenUnit, Level: territory.Subregion, New: []territory.NewUnit{{Ref: -1, Type: "Tiểu vùng", Name: "Tiểu vùng II", Parent: 2}}},
				{Kind: territory.MoveUnit, Units: []id{12}, Parent: -1},
			},
			"-1<2 12<-1 -1:commune=12",
		},
		{
			"the reform: districts and sub-regions go, the province merges with what is not kept here",
			[]territory.Change{
				{Kind: territory.DissolveUnit, Units: []id{2, 3, 4}},
				{Kind: territory.MergeUnits, Units: []id{1}, New: []territory.NewUnit{{Ref: -1, Type: "Tỉnh", Name: "Tỉnh Vĩnh Long", Code: "86"}}},
				{Kind: territory.MergeUnits, Units: []id{10, 13}, New: []territory.NewUnit{made(-2, "Xã Mới", "29050")}},
				{Kind: territory.MergeUnits, Units: []id{11, 12}, New: []territory.NewUnit{made(-3, "Xã Khác", "29056")}},
			},
			"-3<-1 -2<-1 -1<0 20<-2 21<-2 22<-3 23<-2 2→-1 3→-1 4→-1 1→-1 10→-2 13→-2 11→-3 12→-3 " +
				"-3:commune=11 -3:commune=12 -2:commune=10 -2:commune=13 -1:province=1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			before := sample()
			o, err := territory.Plan{Changes: tt.changes}.Apply(before, territory.History{})
			if err != nil {
				t.Fatal(err)
			}
			if got := told(before, o); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestPastsAreHandedOn(t *testing.T) {
	t.Parallel()
	before := sample()
	known := []territory.Past{{Place: 12, Column: "commune_id", ID: 90}, {Place: 2, Column: "commune_id", ID: 90}}
	o, err := territory.Plan{Changes: []territory.Change{{Kind: territory.MoveUnit, Units: []id{12}, Parent: 3}}}.Apply(before, territory.History{Pasts: known, Succession: []territory.Succession{{From: 90, To: 12}}})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := told(before, o), "12<3 3:commune=90 3:commune=12 2!commune=90"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What came to a place by a unit leaves with it: here commune 12, with what it follows, goes to district 3 and back.
func TestPastsLeaveWithWhatBroughtThem(t *testing.T) {
	t.Parallel()
	tree, h := sample(), territory.History{}
	for _, step := range []struct {
		change territory.Change
		want   string
	}{
		{territory.Change{Kind: territory.MoveUnit, Units: []id{12}, Parent: 3}, "12<3 3:commune=12"},
		{territory.Change{Kind: territory.MoveUnit, Units: []id{22}, Parent: 12}, "22<12 3:hamlet=22 12:hamlet=22"},
		{territory.Change{Kind: territory.DissolveUnit, Units: []id{22}}, "22→12"},
		{territory.Change{Kind: territory.MoveUnit, Units: []id{12}, Parent: 2}, "12<2 2:hamlet=22 2:commune=12 3!commune=12 3!hamlet=22"},
		{territory.Change{Kind: territory.MoveUnit, Units: []id{12}, Parent: 3}, "12<3 3:hamlet=22 3:commune=12 2!hamlet=22 2!commune=12"},
	} {
		o, err := territory.Plan{Changes: []territory.Change{step.change}}.Apply(tree, h)
		if err != nil {
			t.Fatal(err)
		}
		if got := told(tree, o); got != step.want {
			t.Errorf("got %s, want %s", got, step.want)
		}
		h.Pasts = slices.DeleteFunc(h.Pasts, func(p territory.Past) bool { return slices.Contains(o.Lapsed, p) })
		tree, h.Pasts, h.Succession = o.After, append(h.Pasts, o.Pasts...), append(h.Succession, o.Succession...)
	}
}

func TestWrongPlans(t *testing.T) {
	t.Parallel()
	merge := func(code string, units ...id) territory.Change {
		return territory.Change{Kind: territory.MergeUnits, Units: units, New: []territory.NewUnit{made(-1, "Xã Gộp", code)}}
	}
	tests := []struct {
		changes []territory.Change
		want    string // number of the change and key
	}{
		{[]territory.Change{{Kind: "swap"}}, "1 reorganisation.kind_unknown"},
		{[]territory.Change{merge("1", 10, 99)}, "1 reorganisation.levels_differ"},
		{[]territory.Change{merge("1", 10, 20)}, "1 reorganisation.levels_differ"},
		{[]territory.Change{merge("1", 10), {Kind: territory.DissolveUnit, Units: []id{10}}}, "2 reorganisation.closed_twice"},
		{[]territory.Change{merge("1", 10), {Kind: territory.RenameUnit, Units: []id{10}, Name: "Xã X"}}, "2 reorganisation.changes_closed"},
		{[]territory.Change{{Kind: territory.MoveUnit, Units: []id{20}, Parent: 10}, {Kind: territory.DissolveUnit, Units: []id{10}, Parent: 11}}, "1 reorganisation.parent_gone"},
		{[]territory.Change{merge("29059", 10, 11)}, "1 reorganisation.code_twice"},
		{[]territory.Change{{Kind: territory.MoveUnit, Units: []id{10}, Parent: 20}}, "1 reorganisation.level_order"},
		{[]territory.Change{{Kind: territory.DissolveUnit, Units: []id{1}}}, "1 reorganisation.no_heir"},
		{[]territory.Change{{Kind: territory.DissolveUnit, Units: []id{20}, Parent: 30}, {Kind: territory.MoveUnit, Units: []id{30}, Parent: 21}}, "0 reorganisation.heir_below"},
		{[]territory.Change{{Kind: territory.RenameUnit, Units: []id{10}, Type: "Quận", Name: "Quận Mới"}}, "1 reorganisation.type_unfit"},
		{[]territory.Change{{Kind: territory.OpenUnit, Level: territory.Hamlet, New: []territory.NewUnit{{Ref: -1, Type: "Xã", Name: "Xã Mới", Parent: 10}}}}, "1 reorganisation.type_unfit"},
		{[]territory.Change{{Kind: territory.RenameUnit, Units: []id{10}}}, "1 reorganisation.rename_incomplete"},
		{[]territory.Change{{Kind: territory.SplitUnit, Units: []id{10}, New: []territory.NewUnit{
			{Ref: -1, Type: "Xã", Name: "Xã A", Takes: []id{20}}, {Ref: -2, Type: "Xã", Name: "Xã B", Takes: []id{20}},
		}}}, "1 reorganisation.takes_wrong"},
		{[]territory.Change{{Kind: territory.SplitUnit, Units: []id{10}, New: []territory.NewUnit{
			{Ref: -1, Type: "Xã", Name: "Xã A", Takes: []id{20}}, {Ref: -2, Type: "Xã", Name: "Xã B"},
		}}}, "1 reorganisation.takes_missing"},
		{[]territory.Change{{Kind: territory.OpenUnit, Level: territory.Subregion, New: []territory.NewUnit{{Ref: -1, Type: "Tiểu vùng"}}}}, "1 reorganisation.name_missing"},
	}
	for _, tt := range tests {
		_, err := territory.Plan{Changes: tt.changes}.Apply(sample(), territory.History{})
		f := fault.As(err)
		if f == nil || len(f.Fields) == 0 {
			t.Errorf("%v: got %v, want %s", tt.changes, err, tt.want)
			continue
		}
		if got := fmt.Sprint(f.Fields[0].Args[1], " ", f.Fields[0].Key); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

// After any plan that is accepted the tree is in order, and every place of before is there or has a successor that is.
func TestEveryPlaceIsReachable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := sample()
		var ids []id
		for n := range before {
			ids = append(ids, n)
		}
		slices.Sort(ids)
		pick := rapid.SampledFrom(ids)
		p := territory.Plan{}
		for i := range rapid.IntRange(1, 4).Draw(t, "changes") {
			c := territory.Change{Kind: rapid.SampledFrom(territory.ChangeKinds()).Draw(t, "kind"), Parent: pick.Draw(t, "parent"), Name: "Tên", Level: territory.Commune}
			c.Units = rapid.SliceOfNDistinct(pick, 1, 3, rapid.ID[id]).Draw(t, "units")
			refs := 1
			if c.Kind == territory.SplitUnit {
				c.Units, refs = c.Units[:1], 2
			}
			for r := range refs {
				c.New = append(c.New, territory.NewUnit{Ref: id(-10*i - r - 1), Type: before[c.Units[0]].Level.Types()[0], Name: "Mới"})
			}
			if c.Kind == territory.SplitUnit {
				c.New[0].Takes = before.Below(c.Units[0])
			}
			if c.Kind == territory.OpenUnit {
				c.New[0].Parent = pick.Draw(t, "open in")
			}
			p.Changes = append(p.Changes, c)
		}
		o, err := p.Apply(before, territory.History{})
		if err != nil {
			return
		}
		for n, u := range o.After {
			if parent, ok := o.After[u.Parent]; u.Parent != 0 && !ok || ok && !parent.Level.Above(u.Level) {
				t.Fatalf("%d hangs on %d", n, u.Parent)
			}
		}
		for n := range before {
			_, there := o.After[n]
			followed := slices.ContainsFunc(o.Succession, func(s territory.Succession) bool { _, ok := o.After[s.To]; return s.From == n && ok })
			if there == followed || !there && !slices.Contains(o.Closed, n) {
				t.Fatalf("%d: there %v, followed %v", n, there, followed)
			}
		}
	})
}
