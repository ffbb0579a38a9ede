package demo

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"banam/internal/cadre"
	"banam/internal/territory"
)

func roll(t *testing.T, seed uint64) (*tree, *roster) {
	t.Helper()
	all := places(t)
	return all, staff(all, rand.New(rand.NewPCG(seed, stream)))
}

func TestStaffCounts(t *testing.T) {
	for seed := range uint64(20) {
		_, r := roll(t, seed)
		count, places := map[string]int{}, map[string]map[*place]bool{}
		for _, d := range r.duties {
			count[d.post]++
			if places[d.post] == nil {
				places[d.post] = map[*place]bool{}
			}
			places[d.post][d.place] = true
		}
		for _, want := range []struct {
			post           string
			duties, places int
		}{
			{provinceLead, 1, 1}, {districtLead, 1, 1}, {districtAdmin, 1, 1}, {subregionLead, 3, 3}, {communeLead, 19, 19},
			{hamletLead, 91, 91}, {cadre.CommuneWatcher, 20, 20}, {cadre.ProvinceSupporter, 20, 20},
			{cadre.DistrictSupporter, 93, 92}, {cadre.CommuneSupporter, 1470, 1470},
		} {
			if count[want.post] != want.duties || len(places[want.post]) != want.places {
				t.Errorf("seed %d, %s: got %d duties at %d places, want %d at %d", seed, want.post, count[want.post],
					len(places[want.post]), want.duties, want.places)
			}
		}
	}
}

func TestStaffIsThinWhereMeant(t *testing.T) {
	all, r := roll(t, 1)
	holders := func(post string, path []string) int {
		p := all.find(path...)
		if p == nil {
			t.Fatalf("no place %v", path)
		}
		n := 0
		for _, d := range r.duties {
			if d.post == post && d.place == p {
				n++
			}
		}
		return n
	}
	for _, tt := range []struct {
		post  string
		paths [][]string
		want  int
	}{
		{communeLead, withoutSecretary, 0}, {hamletLead, withoutLead, 0}, {cadre.DistrictSupporter, withoutTierTwo, 0},
		{cadre.DistrictSupporter, withTwoTierTwo, 2}, {hamletLead, withOwnLead, 1},
	} {
		for _, path := range tt.paths {
			if got := holders(tt.post, path); got != tt.want {
				t.Errorf("%s at %v: got %d, want %d", tt.post, path, got, tt.want)
			}
		}
	}
}

func TestPeople(t *testing.T) {
	_, r := roll(t, 1)
	names, phones := map[string]bool{}, map[string]bool{}
	for _, p := range r.people {
		if names[p.name] || phones[p.phone] {
			t.Errorf("%s or their number %s stands twice", p.name, p.phone)
		}
		names[p.name], phones[p.phone] = true, true
		if !norm.NFC.IsNormalString(p.name) || len(strings.Fields(p.name)) != 3 {
			t.Errorf("the name %q is not three words in NFC", p.name)
		}
		if p.position == "" || p.agency == "" || strings.Contains(p.agency, "%") {
			t.Errorf("%s: position %q, agency %q", p.name, p.position, p.agency)
		}
	}
}

func TestWorkload(t *testing.T) {
	_, r := roll(t, 1)
	led, other := map[*person]int{}, map[*person]int{}
	for _, d := range r.duties {
		if d.post == hamletLead {
			led[d.person]++
		} else {
			other[d.person]++
		}
	}
	two := 0
	for p, n := range led {
		if n > 2 || other[p] > 0 {
			t.Errorf("%s leads %d hamlets and holds %d other posts", p.name, n, other[p])
		}
		if n == 2 {
			two++
		}
	}
	if two == 0 {
		t.Error("nobody leads two hamlets")
	}
	for p, n := range other {
		if n != 1 {
			t.Errorf("%s holds %d posts", p.name, n)
		}
	}
	for _, d := range r.duties {
		if d.post == hamletLead && d.place.among(withOwnLead) && led[d.person] != 1 {
			t.Errorf("the demo's hamlet lead leads %d hamlets, want 1", led[d.person])
		}
	}
}

func TestSameSeedSameDistrict(t *testing.T) {
	describe := func(seed uint64) []string {
		_, r := roll(t, seed)
		var all []string
		for _, d := range r.duties {
			p := d.person
			all = append(all, strings.Join([]string{p.name, p.position, p.agency, p.phone, d.post, d.place.name}, "|"))
		}
		return all
	}
	if !reflect.DeepEqual(describe(7), describe(7)) {
		t.Error("two runs of seed 7 differ")
	}
	if slices.Equal(describe(7), describe(8)) {
		t.Error("seeds 7 and 8 give the same people")
	}
}

func TestJobAt(t *testing.T) {
	all := places(t)
	for _, tt := range []struct {
		path []string
		want string
	}{
		{[]string{"Xã Châu Hưng"}, "Chi bộ xã Châu Hưng"},
		{[]string{"Khu phố 2", "Thị trấn Bình Đại"}, "Chi bộ khu phố 2, thị trấn Bình Đại"},
		{[]string{"Ấp Hưng Chánh", "Xã Châu Hưng"}, "Chi bộ ấp Hưng Chánh, xã Châu Hưng"},
	} {
		if got := memberJob.at(all.find(tt.path...)).agency; got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestAccountsFollowOneChain(t *testing.T) {
	all, r := roll(t, 1)
	group := all.find("Tổ 1", "Ấp Hưng Chánh", "Xã Châu Hưng")
	levels := map[string]territory.Level{
		"tinhuy": territory.Province, "huyenuy": territory.District, "tieuvung1": territory.Subregion,
		"huyenuyvien": territory.Commune, "bithu": territory.Commune, "dangvien": territory.Hamlet, "cbtinh": territory.Commune,
		"cbhuyen": territory.Hamlet, "cbxa": territory.Group, "admin": territory.District,
	}
	for _, a := range Accounts() {
		at := all.find(a.path()...)
		if at == nil {
			t.Errorf("%s: no place %s", a.Login, a.Place)
			continue
		}
		if level, ok := levels[a.Login]; ok && group.above(level) != at {
			t.Errorf("%s is at %s, off the chain", a.Login, a.Place)
		}
		if !slices.ContainsFunc(r.duties, func(d duty) bool { return d.post == a.PostCode && d.place == at }) {
			t.Errorf("%s: nobody holds %s at %s", a.Login, a.PostCode, a.Place)
		}
	}
}
