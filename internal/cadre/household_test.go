package cadre_test

import (
	"testing"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// TestWhoSeesHouseholds is the row "see household personal data" of domain.md section 2 for every post of the catalogue, and who may
// enter what.
func TestWhoSeesHouseholds(t *testing.T) {
	t.Parallel()
	chain := territory.Chain{
		{ID: 1, Level: territory.Group}, {ID: 2, Level: territory.Hamlet}, {ID: 3, Level: territory.Commune}, {ID: 4, Level: territory.Subregion},
		{ID: 5, Level: territory.District}, {ID: 6, Level: territory.Province},
	}
	mine, other := uuid.UUID{1}, uuid.UUID{2}
	for _, tt := range []struct {
		post       string
		capability cadre.Capability
		tier       cadre.Tier
		at         int // of the chain
		follows    uuid.UUID
		want       string // of read, keep, enter, audit
	}{
		{"commune_supporter of a group", cadre.Support, cadre.CommuneTier, 0, uuid.Nil, "rke-"},
		{"commune_supporter of a hamlet", cadre.Support, cadre.CommuneTier, 1, uuid.Nil, "rke-"},
		{"commune_supporter of this household", cadre.Support, cadre.CommuneTier, 0, mine, "rk--"},
		{"commune_supporter of another household", cadre.Support, cadre.CommuneTier, 0, other, "----"},
		{"district_supporter of a hamlet", cadre.Support, cadre.DistrictTier, 1, uuid.Nil, "r---"},
		{"province_supporter of a commune", cadre.Support, cadre.ProvinceTier, 2, uuid.Nil, "----"},
		{"hamlet_lead", cadre.Lead, cadre.CommuneTier, 1, uuid.Nil, "rkea"},
		{"commune_lead", cadre.Lead, cadre.CommuneTier, 2, uuid.Nil, "rkea"},
		{"commune_watcher", cadre.Watch, cadre.DistrictTier, 2, uuid.Nil, "----"},
		{"subregion_lead", cadre.Lead, cadre.DistrictTier, 3, uuid.Nil, "----"},
		{"district_lead", cadre.Lead, cadre.DistrictTier, 4, uuid.Nil, "----"},
		{"province_lead", cadre.Lead, cadre.ProvinceTier, 5, uuid.Nil, "----"},
		{"commune_admin", cadre.Administer, cadre.CommuneTier, 2, uuid.Nil, "--e-"},
		{"district_admin", cadre.Administer, cadre.DistrictTier, 4, uuid.Nil, "--e-"},
		{"province_admin", cadre.Administer, cadre.ProvinceTier, 5, uuid.Nil, "----"},
	} {
		own := chain[tt.at:]
		g := cadre.Grant{AssignmentID: 1, Post: cadre.Post{Tier: tt.tier, Capability: tt.capability}, Locality: own.Self(), Household: tt.follows}
		for _, l := range own {
			g.Path = append(g.Path, l.ID)
		}
		var members []territory.LocalityID
		if own.Self().Level == territory.Subregion {
			members = []territory.LocalityID{3}
		}
		g.Branches = cadre.BranchesOf(own.Self(), members)
		actor := cadre.Actor{CadreID: 1, Grants: []cadre.Grant{g}}
		object := cadre.Object{Place: chain.Place(), Household: mine}
		var can []byte
		for i, action := range []cadre.Action{cadre.ReadHousehold, cadre.KeepHousehold, cadre.EnterHouseholds, cadre.AuditHousehold} {
			if cadre.Can(actor, action, object) {
				can = append(can, "rkea"[i])
			} else {
				can = append(can, '-')
			}
		}
		got := string(can)
		if got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.post, got, tt.want)
		}
		if _, opens := cadre.RegisterAt(actor, cadre.ReadHousehold, chain.Place()); opens != (tt.want[0] == 'r' || tt.follows == other) {
			t.Errorf("%s opens the register of the group: got %v", tt.post, opens)
		}
	}
}

// Who follows a household by name adds none, and loses it when it moves to another group.
func TestFollowingOneHousehold(t *testing.T) {
	t.Parallel()
	group := territory.Chain{{ID: 1, Level: territory.Group}, {ID: 2, Level: territory.Hamlet}}
	g := cadre.Grant{Post: cadre.Post{Tier: cadre.CommuneTier, Capability: cadre.Support}, Locality: group.Self(), Household: uuid.UUID{1}}
	g.Branches = cadre.BranchesOf(group.Self(), nil)
	actor := cadre.Actor{CadreID: 1, Grants: []cadre.Grant{g}}
	if cadre.Can(actor, cadre.KeepHousehold, cadre.Object{Place: group.Place()}) {
		t.Error("a new household can be added")
	}
	moved := cadre.Object{Place: territory.Place{Locality: 9, Hamlet: 2}, Household: uuid.UUID{1}}
	if cadre.Can(actor, cadre.ReadHousehold, moved) || actor.Scope(cadre.ReadHousehold).Covers(moved) {
		t.Error("the household can be read at another group")
	}
	if !cadre.Can(actor, cadre.FileReport, cadre.Object{Place: group.Place()}) {
		t.Error("for everything else it counts as an assignment to the group")
	}
}
