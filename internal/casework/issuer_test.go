package casework_test

import (
	"testing"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// A report is printed in the name of the Party committee at the tier of its author's post, or of the People's Committee that a supporter works in.
func TestIssuerOf(t *testing.T) {
	t.Parallel()
	at := func(id territory.LocalityID, level territory.Level, name string) territory.Locality {
		return territory.Locality{ID: id, Level: level, Name: name}
	}
	hamlet, commune, sub := at(5, territory.Hamlet, "Ấp 1"), at(4, territory.Commune, "Xã Châu Hưng"), at(3, territory.Subregion, "Tiểu vùng I")
	district, province := at(2, territory.District, "Huyện Bình Đại"), at(1, territory.Province, "Tỉnh Bến Tre")
	before, after := territory.Chain{hamlet, commune, sub, district, province}, territory.Chain{hamlet, commune, province}
	for name, tt := range map[string]struct {
		tier        cadre.Tier
		capability  cadre.Capability
		agency      string
		chain       territory.Chain
		seat, above territory.LocalityID
		state       bool
	}{
		"a commune's secretary":                    {cadre.CommuneTier, cadre.Lead, "Đảng ủy xã", before, 4, 2, false},
		"a member of the Standing Committee":       {cadre.DistrictTier, cadre.Lead, "Huyện ủy", before, 2, 1, false},
		"the province":                             {cadre.ProvinceTier, cadre.Lead, "", before, 1, 0, false},
		"a supporter of a Party agency":            {cadre.DistrictTier, cadre.Support, "Ban Dân vận Huyện ủy", before, 2, 1, false},
		"a supporter of the People's Committee":    {cadre.CommuneTier, cadre.Support, "Uỷ ban nhân dân xã Châu Hưng", before, 4, 2, true},
		"the same, abbreviated":                    {cadre.CommuneTier, cadre.Support, "UBND xã", before, 4, 2, true},
		"its chairman as a lead":                   {cadre.CommuneTier, cadre.Lead, "UBND xã", before, 4, 2, false},
		"the commune after the reform":             {cadre.CommuneTier, cadre.Lead, "", after, 4, 1, false},
		"a district cadre's report after it":       {cadre.DistrictTier, cadre.Support, "", after, 1, 0, false},
		"a province cadre's on the whole district": {cadre.ProvinceTier, cadre.Watch, "", before[3:], 1, 0, false},
	} {
		got := casework.IssuerOf(cadre.Post{Tier: tt.tier, Capability: tt.capability}, tt.agency, tt.chain)
		above := territory.LocalityID(0)
		if got.Above != nil {
			above = got.Above.ID
		}
		if got.Seat.ID != tt.seat || above != tt.above || (got.Agency != "") != tt.state {
			t.Errorf("%s: got %+v, above %d", name, got, above)
		}
	}
}
