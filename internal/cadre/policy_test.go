package cadre_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// node is a place of a random tree; the oracle walks parents and knows no columns and no branches.
type node struct {
	id     territory.LocalityID
	level  territory.Level
	parent int // index; -1 for a root
}

type world struct{ nodes []node }

// drawWorld makes a forest in which any level may be absent on a path.
func drawWorld(t *rapid.T) world {
	w := world{}
	for i := range rapid.IntRange(1, 25).Draw(t, "places") {
		if i == 0 || rapid.IntRange(0, 9).Draw(t, "root") == 0 {
			w.nodes = append(w.nodes, node{territory.LocalityID(i + 1), territory.Province, -1})
			continue
		}
		parent := rapid.IntRange(0, i-1).Draw(t, "parent")
		below := territory.Levels()[w.nodes[parent].level.Rank()+1:]
		below = slices.DeleteFunc(slices.Clone(below), func(l territory.Level) bool {
			// a sub-region groups communes of a district; a group has nothing below it
			return l == territory.Subregion && w.nodes[parent].level != territory.District ||
				w.nodes[parent].level == territory.Subregion && l != territory.Commune
		})
		if len(below) == 0 {
			parent, below = 0, []territory.Level{territory.Commune}
		}
		w.nodes = append(w.nodes, node{territory.LocalityID(i + 1), rapid.SampledFrom(below).Draw(t, "level"), parent})
	}
	return w
}

func (w world) chain(i int) territory.Chain {
	var c territory.Chain
	for ; i >= 0; i = w.nodes[i].parent {
		c = append(c, territory.Locality{ID: w.nodes[i].id, Level: w.nodes[i].level})
	}
	return c
}

func (w world) inSubtree(i, top int) bool {
	for ; i >= 0; i = w.nodes[i].parent {
		if i == top {
			return true
		}
	}
	return false
}

func (w world) grant(id int, h held) cadre.Grant {
	i := h.place
	g := cadre.Grant{AssignmentID: cadre.AssignmentID(id + 1), Post: cadre.Post{Capability: h.capability, Tier: h.tier}, Locality: w.chain(i).Self(), Household: h.household}
	for _, l := range w.chain(i) {
		g.Path = append(g.Path, l.ID)
	}
	var members []territory.LocalityID
	for _, n := range w.nodes {
		if n.parent == i && n.level == territory.Commune {
			members = append(members, n.id)
		}
	}
	g.Branches = cadre.BranchesOf(g.Locality, members)
	return g
}

// held is what the oracle knows of an assignment.
type held struct {
	place      int
	capability cadre.Capability
	tier       cadre.Tier
	household  uuid.UUID // that alone is followed, at a group
}

// near is the part of the table about personal data of households: who holds what where.
func (h held) near(w world, action cadre.Action) bool {
	at := w.nodes[h.place].level
	supports := h.capability == cadre.Support && (at == territory.Group || at == territory.Hamlet)
	leads := h.capability == cadre.Lead && (at == territory.Hamlet || at == territory.Commune)
	brings := h.capability == cadre.Administer && (at == territory.Commune || at == territory.District)
	return map[cadre.Action]bool{
		cadre.ReadHousehold: supports || leads, cadre.KeepHousehold: supports && h.tier == cadre.CommuneTier || leads, cadre.AuditHousehold: leads,
		cadre.EnterHouseholds: (supports && h.tier == cadre.CommuneTier || leads || brings) && h.household == uuid.Nil,
	}[action]
}

// households are none and two of them.
var households = []uuid.UUID{uuid.Nil, {1}, {2}}

// oracle is the table of domain.md section 2, written down a second time.
func oracle(w world, me cadre.ID, holds []held, action cadre.Action, place int, author cadre.ID, desk int, household uuid.UUID) bool {
	reads := action == cadre.ReadReport || action == cadre.ReadIssue
	if reads && author == me {
		return true
	}
	for _, h := range holds {
		below := w.inSubtree(place, h.place)
		works := h.capability == cadre.Support || h.capability == cadre.Watch || h.capability == cadre.Lead
		leads := h.capability == cadre.Lead
		ok := false
		switch action {
		case cadre.ReadReport, cadre.ReadIssue, cadre.FileReport, cadre.RaiseIssue, cadre.Comment:
			ok = works && below
		case cadre.DecideIssue:
			ok = leads && below && desk == h.place
		case cadre.ReviewReport:
			ok = leads && below && desk == h.place && author != me
		case cadre.PullUpIssue:
			ok = leads && below && desk >= 0 && w.nodes[h.place].level.Above(w.nodes[desk].level)
		case cadre.ReviewBoard:
			ok = leads && below
		case cadre.ReadNumbers:
			ok = below
		case cadre.Manage:
			ok = below && h.capability == cadre.Administer
		case cadre.SeeCoverage:
			ok = below && (leads || h.capability == cadre.Administer)
		case cadre.ViewPlace:
			ok = below || w.inSubtree(h.place, place)
		case cadre.ReadHousehold, cadre.KeepHousehold, cadre.EnterHouseholds, cadre.AuditHousehold:
			ok = below && h.near(w, action) && (h.household == uuid.Nil || h.household == household)
		}
		if ok {
			return true
		}
	}
	return false
}

func TestPolicyEqualsOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		actor := cadre.Actor{CadreID: 1}
		var holds []held
		capabilities := []cadre.Capability{cadre.Support, cadre.Watch, cadre.Lead, cadre.Administer}
		for i := range rapid.IntRange(0, 4).Draw(t, "assignments") {
			h := held{
				place: rapid.IntRange(0, len(w.nodes)-1).Draw(t, "held"), capability: rapid.SampledFrom(capabilities).Draw(t, "capability"),
				tier: rapid.SampledFrom(cadre.Tiers()).Draw(t, "tier"),
			}
			if h.capability == cadre.Support && w.nodes[h.place].level == territory.Group {
				h.household = rapid.SampledFrom(households).Draw(t, "follows")
			}
			holds = append(holds, h)
			actor.Grants = append(actor.Grants, w.grant(i, h))
		}
		place := rapid.IntRange(0, len(w.nodes)-1).Draw(t, "place")
		author := cadre.ID(rapid.IntRange(1, 2).Draw(t, "author"))
		desk := rapid.SampledFrom(deskChoices(w, place)).Draw(t, "desk")
		object := cadre.Object{Place: w.chain(place).Place(), Author: author, Household: rapid.SampledFrom(households).Draw(t, "household")}
		if desk >= 0 {
			object.Desk, object.DeskLevel = w.nodes[desk].id, w.nodes[desk].level
		}
		for _, action := range cadre.Actions() {
			got, want := cadre.Can(actor, action, object), oracle(w, 1, holds, action, place, author, desk, object.Household)
			if got != want {
				t.Fatalf("%s: got %v, want %v", action, got, want)
			}
			if got && !cadre.Can(actor, cadre.ViewPlace, object) && author != 1 {
				t.Fatalf("%s is allowed at a place that the actor may not know of", action)
			}
		}
		checkScope(t, actor, object)
	})
}

// checkScope asserts that the scope that storage compiles is the policy, and that what may be written may be read.
func checkScope(t *rapid.T, actor cadre.Actor, object cadre.Object) {
	for _, action := range []cadre.Action{cadre.ReadReport, cadre.ReadIssue, cadre.FileReport, cadre.RaiseIssue, cadre.Comment, cadre.ReviewBoard, cadre.ReadNumbers, cadre.SeeCoverage, cadre.Manage,
		cadre.ReadHousehold, cadre.KeepHousehold, cadre.EnterHouseholds, cadre.AuditHousehold,
	} {
		if got, want := actor.Scope(action).Covers(object), cadre.Can(actor, action, object); got != want {
			t.Fatalf("scope of %s: got %v, want %v", action, got, want)
		}
	}
	for _, write := range []cadre.Action{cadre.FileReport, cadre.ReviewReport, cadre.RaiseIssue, cadre.Comment, cadre.DecideIssue, cadre.PullUpIssue} {
		if cadre.Can(actor, write, object) && !actor.Scope(cadre.ReadReport).Covers(object) {
			t.Fatalf("%s is allowed on what cannot be read", write)
		}
	}
	for _, more := range []cadre.Action{cadre.KeepHousehold, cadre.AuditHousehold} {
		if cadre.Can(actor, more, object) && !actor.Scope(cadre.ReadHousehold).Covers(object) {
			t.Fatalf("%s is allowed on a household that cannot be read", more)
		}
	}
	if g, ok := cadre.GrantFor(actor, cadre.Comment, object); ok && !slices.ContainsFunc(g.Branches, func(b cadre.Branch) bool { return b.Covers(object.Place) }) {
		t.Fatalf("the grant %d does not cover the place", g.AssignmentID)
	}
}

// deskChoices gives the indexes of the places that can hold something of the place, and -1 for no desk.
func deskChoices(w world, place int) []int {
	choices := []int{-1}
	for i := place; i >= 0; i = w.nodes[i].parent {
		if w.nodes[i].level != territory.Group {
			choices = append(choices, i)
		}
	}
	return choices
}

func TestDesksPassVacantOnesUpward(t *testing.T) {
	chain := territory.Chain{{ID: 1, Level: territory.Group}, {ID: 2, Level: territory.Hamlet}, {ID: 3, Level: territory.Commune}, {ID: 4, Level: territory.Subregion}, {ID: 5, Level: territory.District}}
	lead := func(at territory.LocalityID) cadre.Holding {
		return cadre.Holding{CadreID: cadre.ID(at), Post: cadre.Post{Capability: cadre.Lead}, Locality: at}
	}
	desks := cadre.DesksOf(chain, []cadre.Holding{lead(2), lead(5)})
	if got := len(desks); got != 4 {
		t.Fatalf("desks: got %d, want 4: a group has none", got)
	}
	tests := []struct {
		name   string
		from   territory.LocalityID
		next   bool
		want   territory.LocalityID
		passed int
	}{
		{"a held desk keeps it", 2, false, 2, 0},
		{"two vacant desks pass it on", 3, false, 5, 2},
		{"escalation passes them too", 2, true, 5, 2},
		{"nothing above the top", 5, true, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			find := desks.FromUpward
			if tt.next {
				find = desks.NextAbove
			}
			d, passed, ok := find(tt.from)
			if d.Locality.ID != tt.want || len(passed) != tt.passed || ok != (tt.want != 0) {
				t.Errorf("got desk %d after %d vacant (%v), want %d after %d", d.Locality.ID, len(passed), ok, tt.want, tt.passed)
			}
		})
	}
	onlyBelow := cadre.DesksOf(chain, []cadre.Holding{lead(2)})
	if d, _, ok := onlyBelow.FromUpward(4); !ok || d.Locality.ID != 2 {
		t.Errorf("with everything above vacant: got %d, want the highest desk with a lead, 2", d.Locality.ID)
	}
}
