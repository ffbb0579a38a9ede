package cadre_test

import (
	"testing"

	"banam/internal/cadre"
	"banam/internal/territory"
)

func TestKeeper(t *testing.T) {
	commune := territory.Place{Locality: 3, Province: 1, District: 2, Commune: 3}
	hamlet := territory.Place{Locality: 4, Province: 1, District: 2, Commune: 3, Hamlet: 4}
	elsewhere := territory.Place{Locality: 9, Province: 1, District: 8, Commune: 9}
	district := territory.Place{Locality: 2, Province: 1, District: 2}
	admin := func(level territory.Level, id territory.LocalityID) cadre.Actor {
		l := territory.Locality{ID: id, Level: level}
		return cadre.Actor{CadreID: 1, Grants: []cadre.Grant{{
			Post: cadre.Post{Capability: cadre.Administer}, Locality: l, Branches: cadre.BranchesOf(l, nil),
		}}}
	}
	lead := admin(territory.District, 2)
	lead.Grants[0].Post.Capability = cadre.Lead
	support := func(p territory.Place, level territory.Level) cadre.Held {
		return cadre.Held{Capability: cadre.Support, Level: level, Place: p}
	}
	tests := []struct {
		name   string
		actor  cadre.Actor
		person cadre.ID
		held   []cadre.Held
		want   bool
	}{
		{"somebody below", admin(territory.District, 2), 7, []cadre.Held{support(hamlet, territory.Hamlet)}, true},
		{"the lead of the same place", admin(territory.District, 2), 7, []cadre.Held{{cadre.Lead, territory.District, district}}, true},
		{"oneself", admin(territory.District, 2), 1, []cadre.Held{support(hamlet, territory.Hamlet)}, false},
		{"somebody who never held anything", admin(territory.District, 2), 7, nil, false},
		{"somebody elsewhere", admin(territory.District, 2), 7, []cadre.Held{support(elsewhere, territory.Commune)}, false},
		{"somebody who holds something elsewhere, too", admin(territory.District, 2), 7, []cadre.Held{support(hamlet, territory.Hamlet), support(elsewhere, territory.Commune)}, false},
		{"somebody who holds more above", admin(territory.Commune, 3), 7, []cadre.Held{support(hamlet, territory.Hamlet), {cadre.Watch, territory.District, district}}, false},
		{"a peer", admin(territory.District, 2), 7, []cadre.Held{{cadre.Administer, territory.District, district}}, false},
		{"an administrator below", admin(territory.District, 2), 7, []cadre.Held{{cadre.Administer, territory.Commune, commune}}, true},
		{"an administrator above", admin(territory.Commune, 3), 7, []cadre.Held{{cadre.Administer, territory.District, district}}, false},
		{"a lead is no keeper", lead, 7, []cadre.Held{support(hamlet, territory.Hamlet)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, got := cadre.Keeper(tt.actor, tt.person, tt.held); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestLoginOf(t *testing.T) {
	taken := map[string]bool{"hantt": true, "hantt2": true}
	for name, want := range map[string]string{
		"Nguyễn Thị Thu Hà": "hantt3", "Đặng Văn Đực": "ducdv", "An": "an", "…": "canbo", "H’Yến  Niê": "niehy",
	} {
		if got := cadre.LoginOf(cadre.LoginStem(name), func(l string) bool { return taken[l] }); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
