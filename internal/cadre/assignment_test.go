package cadre_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

var (
	supporter     = cadre.Post{Code: "commune_supporter", Tier: cadre.CommuneTier, Capability: cadre.Support}
	hamletLead    = cadre.Post{Code: "hamlet_lead", Tier: cadre.CommuneTier, Capability: cadre.Lead}
	communeLead   = cadre.Post{Code: "commune_lead", Tier: cadre.CommuneTier, Capability: cadre.Lead}
	tierTwo       = cadre.Post{Code: "district_supporter", Tier: cadre.DistrictTier, Capability: cadre.Support}
	communeAdmin  = cadre.Post{Code: "commune_admin", Tier: cadre.CommuneTier, Capability: cadre.Administer}
	districtAdmin = cadre.Post{Code: "district_admin", Tier: cadre.DistrictTier, Capability: cadre.Administer}
)

func TestAppointer(t *testing.T) {
	district := territory.Place{Locality: 2, Province: 1, District: 2}
	commune := territory.Place{Locality: 3, Province: 1, District: 2, Commune: 3}
	hamlet := territory.Place{Locality: 4, Province: 1, District: 2, Commune: 3, Hamlet: 4}
	elsewhere := territory.Place{Locality: 9, Province: 1, District: 8, Commune: 9, Hamlet: 9}
	who := func(c cadre.Capability, level territory.Level, id territory.LocalityID) cadre.Actor {
		l := territory.Locality{ID: id, Level: level}
		return cadre.Actor{CadreID: 1, Grants: []cadre.Grant{{AssignmentID: 5, Post: cadre.Post{Capability: c}, Locality: l, Branches: cadre.BranchesOf(l, nil)}}}
	}
	of := func(level territory.Level, id territory.LocalityID) cadre.Actor {
		return who(cadre.Administer, level, id)
	}
	peer := []cadre.Held{{Capability: cadre.Administer, Level: territory.District, Place: district}}
	for _, tt := range []struct {
		name   string
		actor  cadre.Actor
		person cadre.ID
		held   []cadre.Held
		to     cadre.Appointment
		want   bool
	}{
		{"tier 2 by the district", of(territory.District, 2), 7, nil, cadre.Appointment{Post: tierTwo, Level: territory.Hamlet, Place: hamlet}, true},
		{"tier 2 by the commune", of(territory.Commune, 3), 7, nil, cadre.Appointment{Post: tierTwo, Level: territory.Hamlet, Place: hamlet}, false},
		{"tier 3 by the commune", of(territory.Commune, 3), 7, nil, cadre.Appointment{Post: supporter, Level: territory.Hamlet, Place: hamlet}, true},
		{"a hamlet's lead by the commune", of(territory.Commune, 3), 7, nil, cadre.Appointment{Post: hamletLead, Level: territory.Hamlet, Place: hamlet}, true},
		{"the commune's own lead by the commune", of(territory.Commune, 3), 7, nil, cadre.Appointment{Post: communeLead, Level: territory.Commune, Place: commune}, false},
		{"the commune's lead by the district", of(territory.District, 2), 7, nil, cadre.Appointment{Post: communeLead, Level: territory.Commune, Place: commune}, true},
		{"elsewhere", of(territory.District, 2), 7, nil, cadre.Appointment{Post: hamletLead, Level: territory.Hamlet, Place: elsewhere}, false},
		{"oneself", of(territory.District, 2), 1, nil, cadre.Appointment{Post: hamletLead, Level: territory.Hamlet, Place: hamlet}, false},
		{"an administrator below", of(territory.District, 2), 7, nil, cadre.Appointment{Post: communeAdmin, Level: territory.Commune, Place: commune}, true},
		{"an administrator of the same level", of(territory.District, 2), 7, nil, cadre.Appointment{Post: districtAdmin, Level: territory.District, Place: district}, false},
		{"an administrator by the province", of(territory.Province, 1), 7, nil, cadre.Appointment{Post: districtAdmin, Level: territory.District, Place: district}, true},
		{"a peer", of(territory.District, 2), 7, peer, cadre.Appointment{Post: hamletLead, Level: territory.Hamlet, Place: hamlet}, false},
		{"a peer's post from above", of(territory.Province, 1), 7, peer, cadre.Appointment{Post: hamletLead, Level: territory.Hamlet, Place: hamlet}, true},
		{"by a lead", who(cadre.Lead, territory.District, 2), 7, nil, cadre.Appointment{Post: hamletLead, Level: territory.Hamlet, Place: hamlet}, false},
	} {
		if grant, got := cadre.Appointer(tt.actor, tt.person, tt.held, tt.to); got != tt.want || got && grant.AssignmentID != 5 {
			t.Errorf("%s: got %t under %d, want %t", tt.name, got, grant.AssignmentID, tt.want)
		}
	}
}

// The oracle walks the tree and says the rules of domain.md section 2 a second time.
func TestAppointerEqualsOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		capabilities := []cadre.Capability{cadre.Support, cadre.Watch, cadre.Lead, cadre.Administer}
		place := rapid.IntRange(0, len(w.nodes)-1)
		me := cadre.Actor{CadreID: 1}
		var mine, theirs []held
		for i := range rapid.IntRange(0, 3).Draw(t, "grants") {
			h := held{place: place.Draw(t, "mine"), capability: rapid.SampledFrom(capabilities).Draw(t, "capability")}
			mine = append(mine, h)
			me.Grants = append(me.Grants, w.grant(i, h))
		}
		var holds []cadre.Held
		for range rapid.IntRange(0, 2).Draw(t, "held") {
			h := held{place: place.Draw(t, "theirs"), capability: rapid.SampledFrom(capabilities).Draw(t, "their capability")}
			theirs = append(theirs, h)
			holds = append(holds, cadre.Held{Capability: h.capability, Level: w.nodes[h.place].level, Place: w.chain(h.place).Place()})
		}
		to := place.Draw(t, "to")
		post := rapid.SampledFrom([]cadre.Post{supporter, hamletLead, communeLead, tierTwo, communeAdmin, districtAdmin}).Draw(t, "post")
		person := cadre.ID(rapid.IntRange(1, 3).Draw(t, "person"))
		want := false
		for _, h := range mine {
			level := w.nodes[h.place].level
			ok := person != 1 && h.capability == cadre.Administer && w.inSubtree(to, h.place)
			if post.Capability == cadre.Administer {
				ok = ok && level.Above(w.nodes[to].level)
			} else if level == territory.Commune {
				ok = ok && post.Tier == cadre.CommuneTier && to != h.place
			}
			for _, o := range theirs {
				if o.capability == cadre.Administer && w.nodes[o.place].level.Rank() <= level.Rank() {
					ok = false
				}
			}
			want = want || ok
		}
		_, got := cadre.Appointer(me, person, holds, cadre.Appointment{Post: post, Level: w.nodes[to].level, Place: w.chain(to).Place()})
		if got != want {
			t.Fatalf("got %t, want %t", got, want)
		}
	})
}

func TestAssignInput(t *testing.T) {
	today := territory.NewDay(2020, 3, 2)
	good := cadre.AssignInput{From: "2020-03-02"}
	for name, tt := range map[string]struct {
		change func(*cadre.AssignInput)
		wrong  []string
	}{
		"good":              {func(*cadre.AssignInput) {}, nil},
		"backdated":         {func(in *cadre.AssignInput) { in.From = "2019-01-01" }, nil},
		"one day":           {func(in *cadre.AssignInput) { in.Last = "2020-03-02" }, nil},
		"no day":            {func(in *cadre.AssignInput) { in.From = "" }, []string{"from"}},
		"no such day":       {func(in *cadre.AssignInput) { in.From = "2020-02-30" }, []string{"from"}},
		"too early":         {func(in *cadre.AssignInput) { in.From = "1999-12-31" }, []string{"from"}},
		"too far ahead":     {func(in *cadre.AssignInput) { in.From = "2022-01-01" }, []string{"from"}},
		"ends before":       {func(in *cadre.AssignInput) { in.Last = "2020-03-01" }, []string{"last"}},
		"ends in a century": {func(in *cadre.AssignInput) { in.Last = "2120-03-01" }, []string{"last"}},
		"a long decision":   {func(in *cadre.AssignInput) { in.Decision = strings.Repeat("ă", 101) }, []string{"decision"}},
		"all wrong":         {func(in *cadre.AssignInput) { in.From, in.Last = "x", "y" }, []string{"from", "last"}},
	} {
		in := good
		tt.change(&in)
		term, fields := in.Check(today)
		if got := names(fields); !slices.Equal(got, tt.wrong) || (len(got) > 0) != term.From.IsZero() {
			t.Errorf("%s: got errors at %v, want %v", name, got, tt.wrong)
		}
		if in.Last != "" && len(fields) == 0 && term.Until.Add(-1).String() != in.Last {
			t.Errorf("%s: the last day %s became %s", name, in.Last, term.Until)
		}
	}
}

func TestEndInput(t *testing.T) {
	today := territory.NewDay(2020, 3, 2)
	open := cadre.Term{From: territory.NewDay(2020, 2, 15)}
	fixed := cadre.Term{From: open.From, Until: territory.NewDay(2020, 4, 1)}
	for _, tt := range []struct {
		name  string
		term  cadre.Term
		in    cadre.EndInput
		until string
		wrong []string
	}{
		{"at once", open, cadre.EndInput{Reason: "nghỉ hưu"}, "2020-03-02", nil},
		{"after today", open, cadre.EndInput{Last: "2020-03-02", Reason: "nghỉ hưu"}, "2020-03-03", nil},
		{"before today", open, cadre.EndInput{Last: "2020-02-20", Reason: "nghỉ hưu"}, "2020-02-21", nil},
		{"earlier than fixed", fixed, cadre.EndInput{Last: "2020-03-10", Reason: "nghỉ hưu"}, "2020-03-11", nil},
		{"later than fixed", fixed, cadre.EndInput{Last: "2020-04-10", Reason: "nghỉ hưu"}, "", []string{"last"}},
		{"before it began", open, cadre.EndInput{Last: "2020-02-14", Reason: "nghỉ hưu"}, "", []string{"last"}},
		{"at once on its first day", cadre.Term{From: today}, cadre.EndInput{Reason: "nghỉ hưu"}, "", []string{"last"}},
		{"without a reason", open, cadre.EndInput{Last: "2022-02-14"}, "", []string{"last", "reason"}},
	} {
		until, err := tt.in.Check(tt.term, today)
		var got []string
		if f := fault.As(err); f != nil {
			got = names(f.Fields)
		}
		if !slices.Equal(got, tt.wrong) || len(tt.wrong) == 0 && until.String() != tt.until {
			t.Errorf("%s: got %s with errors at %v, want %s with %v", tt.name, until, got, tt.until, tt.wrong)
		}
	}
}

func names(fields []fault.Field) []string {
	var list []string
	for _, f := range fields {
		list = append(list, f.Name)
	}
	return list
}
