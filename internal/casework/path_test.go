package casework_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// The places of the tests, on one chain, and a commune beside it.
const (
	province territory.LocalityID = iota + 1
	district
	subregion
	commune
	hamlet
	group
	neighbourCommune
)

// The people of the tests, by what they are to the issue.
const (
	provinceLead cadre.ID = iota + 1
	districtLead
	subregionLead
	communeLead
	watcher
	hamletLead
	supporter // tier 2, at the hamlet
	caretaker // tier 3, at the group
	tierOne   // at the commune
	neighbour // leads the commune beside
	admin
	stranger
	successor
)

var noon = time.Date(2020, 3, 2, 9, 0, 0, 0, territory.Zone) // a Monday morning

func chain() territory.Chain {
	return territory.Chain{
		{ID: group, Level: territory.Group}, {ID: hamlet, Level: territory.Hamlet}, {ID: commune, Level: territory.Commune},
		{ID: subregion, Level: territory.Subregion}, {ID: district, Level: territory.District}, {ID: province, Level: territory.Province},
	}
}

type seat struct {
	id         cadre.ID
	place      territory.LocalityID
	code       string
	tier       cadre.Tier
	capability cadre.Capability
}

func seats() []seat {
	return []seat{
		{provinceLead, province, "province_lead", cadre.ProvinceTier, cadre.Lead},
		{districtLead, district, "district_lead", cadre.DistrictTier, cadre.Lead},
		{subregionLead, subregion, "subregion_lead", cadre.DistrictTier, cadre.Lead},
		{communeLead, commune, "commune_lead", cadre.CommuneTier, cadre.Lead},
		{watcher, commune, cadre.CommuneWatcher, cadre.DistrictTier, cadre.Watch},
		{tierOne, commune, cadre.ProvinceSupporter, cadre.ProvinceTier, cadre.Support},
		{hamletLead, hamlet, "hamlet_lead", cadre.CommuneTier, cadre.Lead},
		{supporter, hamlet, cadre.DistrictSupporter, cadre.DistrictTier, cadre.Support},
		{caretaker, group, cadre.CommuneSupporter, cadre.CommuneTier, cadre.Support},
		{admin, district, "district_admin", cadre.DistrictTier, cadre.Administer},
		{neighbour, neighbourCommune, "commune_lead", cadre.CommuneTier, cadre.Lead},
	}
}

// without leaves out the seats of some people.
func without(all []seat, gone ...cadre.ID) []seat {
	var kept []seat
	for _, s := range all {
		out := false
		for _, id := range gone {
			out = out || id == s.id
		}
		if !out {
			kept = append(kept, s)
		}
	}
	return kept
}

func (s seat) post() cadre.Post {
	return cadre.Post{Code: s.code, Tier: s.tier, Capability: s.capability}
}

func (s seat) grant() cadre.Grant {
	g := cadre.Grant{AssignmentID: cadre.AssignmentID(s.id), Post: s.post(), Locality: territory.Locality{ID: s.place, Level: territory.Commune}}
	whole := chain()
	if i := whole.Index(s.place); i >= 0 {
		g.Locality = whole[i]
		for _, l := range whole[i:] {
			g.Path = append(g.Path, l.ID)
		}
	}
	g.Branches = cadre.BranchesOf(g.Locality, []territory.LocalityID{commune})
	return g
}

// actor is a person with what they hold among the seats.
func actor(all []seat, id cadre.ID) cadre.Actor {
	a := cadre.Actor{CadreID: id, At: noon}
	for _, s := range all {
		if s.id == id {
			a.Grants = append(a.Grants, s.grant())
		}
	}
	return a
}

// situation is an issue of the group, raised by the supporter of the hamlet and held at the commune's desk.
// twin is an open issue with which the one of the tests can be merged.
var twin = casework.Issue{ID: uuid.UUID{1}, State: casework.InProgress, Desk: hamlet, Raiser: caretaker, Version: 7}

func situation(all []seat, state casework.State) casework.Situation {
	i := casework.Issue{
		Severity: casework.Normal, Place: chain().Place(), Raiser: supporter, RaisedPost: cadre.DistrictSupporter, RaisedAs: hamlet,
		RaisedAt: noon, State: state, Desk: commune, ArrivedAt: noon, Version: 1,
	}
	switch state {
	case casework.New, casework.Acknowledged, casework.InProgress:
		i.DueAt = noon.Add(40 * time.Hour)
	case casework.AwaitingInfo:
		i.Asked, i.Resume, i.Left = caretaker, casework.InProgress, 30*time.Hour
	case casework.Resolved:
		i.Resolver, i.Outcome = communeLead, "done"
	case casework.Closed, casework.Declined:
		i.Resolver, i.ClosedAt = communeLead, noon
	case casework.Merged:
		i.ClosedAt, i.MergedInto = noon, twin.ID
	}
	s := casework.Situation{Issue: i, At: noon.Add(time.Hour), Survivor: &twin}
	whole := chain()
	for _, p := range all {
		if whole.Index(p.place) >= 0 {
			s.Holdings = append(s.Holdings, cadre.Holding{
				AssignmentID: cadre.AssignmentID(p.id), CadreID: p.id, Post: p.post(), Locality: p.place,
			})
		}
	}
	s.Desks = cadre.DesksOf(whole, s.Holdings)
	return s
}

func wantIDs[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = got[i] == want[i]
	}
	if !same {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
