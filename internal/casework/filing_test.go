package casework_test

import (
	"slices"
	"testing"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

func TestFiling(t *testing.T) {
	here, other := grantHeldBy("hamlet supporter"), cadre.Grant{
		Post: grantHeldBy("hamlet supporter").Post, Locality: territory.Locality{ID: 99, Level: territory.Hamlet},
		Branches: []cadre.Branch{{Column: cadre.ByHamlet, ID: 99}},
	}
	admin := grantHeldBy("administrator")
	place, nowhere := reportChain(), territory.Chain{}
	tests := []struct {
		name        string
		then, known []cadre.Grant
		placeThen   territory.Chain
		placeNow    territory.Chain
		lastHeld    territory.Day
		want        []string
	}{
		{"held then and now", []cadre.Grant{here}, []cadre.Grant{here}, place, place, reportDay, nil},
		{"held then, another place now", []cadre.Grant{here}, []cadre.Grant{other}, place, place, reportDay, nil},
		{"held then, nothing since 30 days", []cadre.Grant{here}, []cadre.Grant{here}, place, place, reportDay.Add(-30), nil},
		{"held then, nothing since 31 days", []cadre.Grant{here}, []cadre.Grant{here}, place, place, reportDay.Add(-31),
			[]string{"happened_on report.late_over"}},
		{"held only later", nil, []cadre.Grant{here}, place, place, reportDay, []string{"happened_on report.not_assigned_then"}},
		{"another place then", []cadre.Grant{other}, []cadre.Grant{here}, place, place, reportDay, []string{"happened_on report.not_assigned_then"}},
		{"the place came later", []cadre.Grant{other}, []cadre.Grant{here}, nowhere, place, reportDay, []string{"happened_on report.place_not_then"}},
		{"the place is gone", []cadre.Grant{here}, []cadre.Grant{here}, place, nowhere, reportDay, nil},
		{"foreign place", []cadre.Grant{other}, []cadre.Grant{other}, place, place, reportDay, []string{"locality report.locality_unknown"}},
		{"foreign place that came later", []cadre.Grant{other}, []cadre.Grant{other}, nowhere, place, reportDay, []string{"locality report.locality_unknown"}},
		{"no such place", []cadre.Grant{here}, []cadre.Grant{here}, nowhere, nowhere, reportDay, []string{"locality report.locality_unknown"}},
		{"administrators file nothing", []cadre.Grant{admin}, []cadre.Grant{admin}, place, place, reportDay, []string{"locality report.locality_unknown"}},
		{"never held anything", nil, nil, place, place, territory.Day{}, []string{"locality report.locality_unknown"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := casework.Filing{
				Author: 2, Today: reportDay, LastHeld: tt.lastHeld, Then: tt.then, Known: tt.known,
				PlaceThen: tt.placeThen, PlaceNow: tt.placeNow,
			}.Judge()
			if got := fieldFaults(err); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if err == nil && g.AssignmentID != here.AssignmentID {
				t.Errorf("got assignment %d, want %d", g.AssignmentID, here.AssignmentID)
			}
		})
	}
}
