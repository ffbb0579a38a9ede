package cadre_test

import (
	"slices"
	"testing"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

func TestCheckingAPost(t *testing.T) {
	t.Parallel()
	good := cadre.PostInput{
		NameVi: "Cán bộ xã theo dõi ấp", NameEn: "Commune cadre of a hamlet", Tier: "commune", Capability: "support", Structure: "any", Levels: []string{"hamlet"}, Position: "35", From: "2026-01-01",
	}
	for _, tt := range []struct {
		name   string
		change func(*cadre.PostInput)
		want   []string
	}{
		{"as it should be", func(*cadre.PostInput) {}, nil},
		{"without names", func(in *cadre.PostInput) { in.NameVi, in.NameEn = "", "…" }, []string{"name_en", "name_vi"}},
		{"no tier", func(in *cadre.PostInput) { in.Tier = "ward" }, []string{"tier"}},
		{"one that administers", func(in *cadre.PostInput) { in.Capability = "administer" }, []string{"capability"}},
		{"at no level", func(in *cadre.PostInput) { in.Levels = nil }, []string{"levels"}},
		{"sent upward", func(in *cadre.PostInput) { in.Levels = []string{"district"} }, []string{"levels"}},
		{"a lead of a group", func(in *cadre.PostInput) { in.Capability, in.Levels = "lead", []string{"group"} }, []string{"levels"}},
		{"the district's tier without districts", func(in *cadre.PostInput) { in.Tier, in.Structure = "district", "flat" }, []string{"tier"}},
		{"a sub-region without districts", func(in *cadre.PostInput) {
			in.Tier, in.Structure, in.Levels = "province", "flat", []string{"subregion"}
		}, []string{"levels"}},
		{"no order", func(in *cadre.PostInput) { in.Position = "0" }, []string{"position"}},
		{"no day", func(in *cadre.PostInput) { in.From = "1.1.2026" }, []string{"from"}},
	} {
		in := good
		tt.change(&in)
		_, err := in.Check()
		var got []string
		if f := fault.As(err); f != nil {
			for _, field := range f.Fields {
				got = append(got, field.Name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got errors at %v, want %v", tt.name, got, tt.want)
		}
	}
	taken := map[string]bool{"can_bo_xa_theo_doi_ap": true}
	if got := cadre.PostCode(good.NameVi, func(c string) bool { return taken[c] }); got != "can_bo_xa_theo_doi_ap_2" {
		t.Errorf("got the code %q", got)
	}
}

func TestRetiringAPost(t *testing.T) {
	t.Parallel()
	today := territory.NewDay(2026, 3, 2)
	p := cadre.CataloguePost{From: territory.NewDay(2025, 7, 1)}
	for _, tt := range []struct {
		name    string
		in      cadre.RetireInput
		running int
		want    string
	}{
		{"nobody holds it", cadre.RetireInput{Last: "2026-03-02", Reason: "x"}, 0, ""},
		{"at once", cadre.RetireInput{Last: "2026-03-01", Reason: "x"}, 0, ""},
		{"in the past", cadre.RetireInput{Last: "2026-02-28", Reason: "x"}, 0, "last"},
		{"without a reason", cadre.RetireInput{Last: "2026-03-02"}, 0, "reason"},
		{"without agreeing", cadre.RetireInput{Last: "2026-03-02", Reason: "x"}, 3, "agreed"},
		{"agreed", cadre.RetireInput{Last: "2026-03-02", Reason: "x", Agreed: true}, 3, ""},
	} {
		until, err := tt.in.Check(p, tt.running, today)
		got := ""
		if f := fault.As(err); f != nil {
			got = f.Fields[0].Name
		}
		if got != tt.want || err == nil && tt.in.Last != until.Add(-1).String() {
			t.Errorf("%s: got %q and %s, want %q", tt.name, got, until, tt.want)
		}
	}
}
