package cadre_test

import (
	"slices"
	"strings"
	"testing"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

func TestPersonInput(t *testing.T) {
	today := territory.NewDay(2020, 3, 2)
	good := cadre.PersonInput{Name: "Lê Thị Thử", BirthYear: "1975", Position: "Phó Chủ tịch", Agency: "Hội Nông dân",
		Tier: "district", Phone: "+84 (275) 385-1234", Email: "thu@binhdai.example"}
	for name, tt := range map[string]struct {
		change func(*cadre.PersonInput)
		wrong  []string
	}{
		"good":           {func(*cadre.PersonInput) {}, nil},
		"only what must": {func(in *cadre.PersonInput) { *in = cadre.PersonInput{Name: "Thử", Tier: "commune"} }, nil},
		"nothing":        {func(in *cadre.PersonInput) { *in = cadre.PersonInput{} }, []string{"name", "tier"}},
		"no letters":     {func(in *cadre.PersonInput) { in.Name = "12" }, []string{"name"}},
		"a long name":    {func(in *cadre.PersonInput) { in.Name = strings.Repeat("ă", 151) }, []string{"name"}},
		"a child":        {func(in *cadre.PersonInput) { in.BirthYear = "2010" }, []string{"birth_year"}},
		"no year":        {func(in *cadre.PersonInput) { in.BirthYear = "bảy lăm" }, []string{"birth_year"}},
		"no tier":        {func(in *cadre.PersonInput) { in.Tier = "nation" }, []string{"tier"}},
		"a short phone":  {func(in *cadre.PersonInput) { in.Phone = "0913" }, []string{"phone"}},
		"no phone":       {func(in *cadre.PersonInput) { in.Phone = "hỏi anh Ba 0913 000 000" }, []string{"phone"}},
		"no e-mail":      {func(in *cadre.PersonInput) { in.Email = "Ba <ba@x.example>" }, []string{"email"}},
	} {
		in := good
		tt.change(&in)
		p, err := in.Check(today)
		var got []string
		if f := fault.As(err); f != nil {
			got = names(f.Fields)
		}
		if !slices.Equal(got, tt.wrong) {
			t.Errorf("%s: got errors at %v, want %v", name, got, tt.wrong)
		}
		if err == nil && cadre.InputOf(p) != in {
			t.Errorf("%s: %+v comes back as %+v", name, in, cadre.InputOf(p))
		}
	}
}

func TestRegistrar(t *testing.T) {
	hamlet := territory.Place{Locality: 4, Province: 1, District: 2, Commune: 3, Hamlet: 4}
	commune := territory.Place{Locality: 3, Province: 1, District: 2, Commune: 3}
	elsewhere := territory.Place{Locality: 9, Province: 1, District: 8, Commune: 9}
	of := func(level territory.Level, id territory.LocalityID) cadre.Actor {
		l := territory.Locality{ID: id, Level: level}
		return cadre.Actor{CadreID: 1, Grants: []cadre.Grant{{Post: cadre.Post{Capability: cadre.Administer}, Locality: l, Branches: cadre.BranchesOf(l, nil)}}}
	}
	below := []cadre.Held{{Capability: cadre.Support, Level: territory.Hamlet, Place: hamlet}}
	far := []cadre.Held{{Capability: cadre.Lead, Level: territory.Commune, Place: elsewhere}}
	peers := []cadre.Held{{Capability: cadre.Administer, Level: territory.Commune, Place: commune}}
	for _, tt := range []struct {
		name  string
		actor cadre.Actor
		who   cadre.Registered
		want  bool
	}{
		{"who works below", of(territory.District, 2), cadre.Registered{ID: 7, Tier: cadre.DistrictTier, Held: below}, true},
		{"who was entered below", of(territory.District, 2), cadre.Registered{ID: 7, Tier: cadre.DistrictTier, Home: commune}, true},
		{"who was entered elsewhere and works below", of(territory.District, 2), cadre.Registered{ID: 7, Tier: cadre.DistrictTier, Home: elsewhere, Held: below}, true},
		{"who works elsewhere, too", of(territory.District, 2), cadre.Registered{ID: 7, Tier: cadre.DistrictTier, Home: commune, Held: append(far, below...)}, false},
		{"who was entered elsewhere", of(territory.District, 2), cadre.Registered{ID: 7, Tier: cadre.DistrictTier, Home: elsewhere}, false},
		{"who is nowhere", of(territory.District, 2), cadre.Registered{ID: 7, Tier: cadre.DistrictTier}, false},
		{"oneself", of(territory.District, 2), cadre.Registered{ID: 1, Tier: cadre.DistrictTier, Home: commune, Held: below}, false},
		{"a peer", of(territory.Commune, 3), cadre.Registered{ID: 7, Tier: cadre.CommuneTier, Held: peers}, false},
		{"a commune's own", of(territory.Commune, 3), cadre.Registered{ID: 7, Tier: cadre.CommuneTier, Held: below}, true},
		{"the district's cadre in the commune", of(territory.Commune, 3), cadre.Registered{ID: 7, Tier: cadre.DistrictTier, Held: below}, false},
	} {
		if _, got := cadre.Registrar(tt.actor, tt.who); got != tt.want {
			t.Errorf("%s: got %t, want %t", tt.name, got, tt.want)
		}
	}
	if _, ok := cadre.Enters(of(territory.Commune, 3), cadre.DistrictTier, commune); ok {
		t.Error("a commune enters a cadre of the district")
	}
}
