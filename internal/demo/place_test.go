package demo

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"banam/internal/territory"
)

func places(t *testing.T) *tree {
	t.Helper()
	places, err := bentre()
	if err != nil {
		t.Fatal(err)
	}
	return places
}

func TestPlacesCount(t *testing.T) {
	got := map[territory.Level]int{}
	for _, p := range places(t).places {
		got[p.level]++
	}
	want := map[territory.Level]int{
		territory.Province: 1, territory.District: 9, territory.Subregion: 3, territory.Commune: 157, territory.Hamlet: 93,
		territory.Group: 1470,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPlacesAreTheListOf2020(t *testing.T) {
	list, err := units()
	if err != nil {
		t.Fatal(err)
	}
	byCode := map[string]*place{}
	for _, p := range places(t).places {
		if p.code != "" {
			byCode[p.code] = p
		}
	}
	if len(byCode) != len(list) {
		t.Errorf("got %d places with a code, want %d", len(byCode), len(list))
	}
	for _, u := range list {
		p := byCode[u.code]
		if p == nil {
			t.Errorf("%s %s is missing", u.code, u.name)
			continue
		}
		got := unit{p.code, "", string(p.level), p.kind, p.name}
		if p.parent != nil { // a commune of Bình Đại hangs on its sub-region, the sub-region on the district of the list
			got.parent = p.parent.code
			if p.parent.level == territory.Subregion {
				got.parent = p.parent.parent.code
			}
		}
		if got != u {
			t.Errorf("got %+v, want %+v", got, u)
		}
	}
}

func TestPlacesHangInOrder(t *testing.T) {
	seen := map[*place]bool{nil: true}
	type key struct {
		parent *place
		name   string
	}
	names := map[key]bool{}
	for _, p := range places(t).places {
		if !seen[p.parent] {
			t.Errorf("%s comes before its parent", p.name)
		}
		seen[p] = true
		if p.parent != nil && !p.parent.level.Above(p.level) {
			t.Errorf("%s (%s) hangs on %s (%s)", p.name, p.level, p.parent.name, p.parent.level)
		}
		if names[key{p.parent, p.name}] {
			t.Errorf("%s stands twice below %s", p.name, p.parent.name)
		}
		names[key{p.parent, p.name}] = true
		if !norm.NFC.IsNormalString(p.name) || !strings.HasPrefix(p.name, p.kind+" ") {
			t.Errorf("the name %q does not fit its type %q", p.name, p.kind)
		}
	}
}

func TestSubregionsHoldEveryCommune(t *testing.T) {
	all := places(t)
	district := all.find(districtName)
	for _, p := range all.level(territory.Commune) {
		if p.parent == district {
			t.Errorf("%s has no sub-region", p.name)
		}
	}
	for _, s := range subregions {
		below := all.below(all.find(s.name, districtName))
		var names []string
		for _, p := range below {
			names = append(names, p.name)
		}
		want := slices.Sorted(slices.Values(s.communes))
		if got := slices.Sorted(slices.Values(names)); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", s.name, got, want)
		}
	}
	if got := len(all.communes()); got != 20 {
		t.Errorf("got %d communes in sub-regions, want 20", got)
	}
}

func TestHamletsKeepAttestedNames(t *testing.T) {
	names, err := attested()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, c := range places(t).communes() {
		for _, name := range names[c.code] {
			count++
			if places(t).find(name, c.name) == nil {
				t.Errorf("%s, %s is missing", name, c.name)
			}
		}
	}
	if count != 5 {
		t.Errorf("got %d attested hamlets of these communes, want 5", count)
	}
}

func TestHamletNames(t *testing.T) {
	for _, tt := range []struct {
		kind     string
		attested []string
		count    int
		want     []string
	}{
		{"Ấp", nil, 3, []string{"Ấp 1", "Ấp 2", "Ấp 3"}},
		{"Ấp", []string{"Ấp Hưng Chánh", "Ấp Hưng Thạnh"}, 4, []string{"Ấp Hưng Chánh", "Ấp Hưng Thạnh", "Ấp 1", "Ấp 2"}},
		{"Khu phố", []string{"Khu phố 2"}, 3, []string{"Khu phố 1", "Khu phố 2", "Khu phố 3"}},
	} {
		if got := hamletNames(tt.kind, tt.attested, tt.count); !slices.Equal(got, tt.want) {
			t.Errorf("%v: got %v, want %v", tt.attested, got, tt.want)
		}
	}
}

func TestGroupsAreNumberedWithinTheirHamlet(t *testing.T) {
	all := places(t)
	for _, h := range all.level(territory.Hamlet) {
		groups := all.below(h)
		if n := len(groups); n < 10 || n > 20 {
			t.Errorf("%s, %s has %d groups", h.name, h.parent.name, n)
		}
		if groups[0].name != "Tổ 1" {
			t.Errorf("got first group %s, want Tổ 1", groups[0].name)
		}
	}
}

func TestFormedCommunes(t *testing.T) {
	basis, err := formed()
	if err != nil {
		t.Fatal(err)
	}
	got := 0
	for _, p := range places(t).places {
		if p.basis != "" {
			got++
		}
	}
	if got != len(basis) || got != 6 {
		t.Errorf("got %d communes with a resolution, want %d", got, len(basis))
	}
}
