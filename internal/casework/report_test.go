package casework_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

var reportDay = territory.NewDay(2020, 3, 10)

func goodReport() casework.ReportInput {
	return casework.ReportInput{
		Kind: casework.SituationReport, Locality: "12", HappenedOn: "2020-03-09",
		Content: casework.Content{
			"what": "Nước mặn vào sâu 4 km.", "rating_front": "good", "remark_front": "Họp đều", "position": "10.1234, 106.7",
		},
	}
}

func TestReportCheck(t *testing.T) {
	long := strings.Repeat("ố", casework.MaxText+1)
	tests := []struct {
		name   string
		change func(*casework.ReportInput)
		want   []string // field and message of every fault
	}{
		{"good", func(*casework.ReportInput) {}, nil},
		{"only what is needed", func(in *casework.ReportInput) { in.Content = casework.Content{"what": in.Content["what"]} }, nil},
		{"today", func(in *casework.ReportInput) { in.HappenedOn = "2020-03-10" }, nil},
		{"empty", func(in *casework.ReportInput) { *in = casework.ReportInput{Kind: casework.SituationReport} },
			[]string{"locality report.locality_required", "happened_on report.day_required", "what report.what_required"}},
		{"unknown kind", func(in *casework.ReportInput) { in.Kind = "gossip" }, []string{"kind report.kind_unknown"}},
		{"place in words", func(in *casework.ReportInput) { in.Locality = "Ấp 3" }, []string{"locality report.locality_unknown"}},
		{"place below zero", func(in *casework.ReportInput) { in.Locality = "-4" }, []string{"locality report.locality_unknown"}},
		{"place beyond all numbers", func(in *casework.ReportInput) { in.Locality = "99999999999999999999" },
			[]string{"locality report.locality_unknown"}},
		{"tomorrow", func(in *casework.ReportInput) { in.HappenedOn = "2020-03-11" }, []string{"happened_on report.day_future"}},
		{"no such day", func(in *casework.ReportInput) { in.HappenedOn = "2020-02-30" }, []string{"happened_on report.day_wrong"}},
		{"written as people write", func(in *casework.ReportInput) { in.HappenedOn = "09/03/2020" }, []string{"happened_on report.day_wrong"}},
		{"long ago", func(in *casework.ReportInput) { in.HappenedOn = "1975-04-30" }, []string{"happened_on report.day_old"}},
		{"too long", func(in *casework.ReportInput) { in.Content["mood"] = long }, []string{"mood field.too_long"}},
		{"too long a remark", func(in *casework.ReportInput) {
			in.Content["remark_mass"] = long
		}, []string{"remark_mass field.too_long"}},
		{"unknown rating", func(in *casework.ReportInput) {
			in.Content["rating_mass"] = "splendid"
		}, []string{"rating_mass report.rating_unknown"}},
		{"position off the earth", func(in *casework.ReportInput) { in.Content["position"] = "91, 10" }, []string{"position report.position_wrong"}},
		{"position no number", func(in *casework.ReportInput) { in.Content["position"] = "NaN, 10" }, []string{"position report.position_wrong"}},
		{"half a position", func(in *casework.ReportInput) { in.Content["position"] = "10.5" }, []string{"position report.position_wrong"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := goodReport()
			tt.change(&in)
			_, err := in.Check(reportDay)
			if got := fieldFaults(err); !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestReportCheckKeepsWhatWasTyped(t *testing.T) {
	got, err := goodReport().Check(reportDay)
	if err != nil {
		t.Fatal(err)
	}
	if got.Locality != 12 || got.HappenedOn != territory.NewDay(2020, 3, 9) || got.Content["what"] != "Nước mặn vào sâu 4 km." ||
		got.Content["remark_front"] != "Họp đều" || len(got.Content) != 4 {
		t.Errorf("got %+v", got)
	}
}

func TestReportCheckDraft(t *testing.T) {
	in := casework.ReportInput{Kind: casework.SituationReport, HappenedOn: "mai", Content: casework.Content{"what": strings.Repeat("a", casework.MaxDraft)}}
	if err := in.CheckDraft(); err != nil {
		t.Errorf("a draft that is only wrong: got %v, want it kept", err)
	}
	in.Content["what"] += "a"
	in.Content["rating_front"] = in.Content["what"]
	want := []string{"what field.too_long", "rating_front field.too_long"}
	if got := fieldFaults(in.CheckDraft()); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSummary(t *testing.T) {
	if got := (casework.Content{"what": " Dòng một\n\n dòng  hai "}).Summary(casework.SituationReport); got != "Dòng một dòng hai" {
		t.Errorf("got %q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		what := norm.NFC.String(rapid.String().Draw(t, "what"))
		got := casework.Content{"what": what}.Summary(casework.SituationReport)
		if n := len([]rune(got)); n > casework.MaxSummary {
			t.Fatalf("got %d characters, want at most %d", n, casework.MaxSummary)
		}
		if !norm.NFC.IsNormalString(got) {
			t.Fatalf("got %q, which is not NFC", got)
		}
	})
}

// fieldFaults lists field and message of every field fault of an error.
func fieldFaults(err error) []string {
	if err == nil {
		return nil
	}
	f := fault.As(err)
	if f == nil || f.Kind != fault.KindInvalid {
		return []string{err.Error()}
	}
	var list []string
	for _, field := range f.Fields {
		list = append(list, field.Name+" "+field.Key)
	}
	return list
}

// The path of a group in the reference district, from the group upward.
const (
	reportgroupID territory.LocalityID = iota + 1
	reporthamletID
	reportcommuneID
	reportsubregionID
	reportdistrictID
	reportprovinceID
)

func reportChain() territory.Chain {
	return territory.Chain{
		{ID: reportgroupID, Level: territory.Group, Name: "Tổ 1"}, {ID: reporthamletID, Level: territory.Hamlet, Name: "Ấp 1"},
		{ID: reportcommuneID, Level: territory.Commune, Name: "Xã A"}, {ID: reportsubregionID, Level: territory.Subregion, Name: "Tiểu vùng I"},
		{ID: reportdistrictID, Level: territory.District, Name: "Huyện B"}, {ID: reportprovinceID, Level: territory.Province, Name: "Tỉnh C"},
	}
}

// onPath names the people of the path; ids are their places in the list.
var onPath = []struct {
	name string
	post cadre.Post
	at   territory.LocalityID
}{
	{"group supporter", cadre.Post{Code: cadre.CommuneSupporter, Tier: cadre.CommuneTier, Capability: cadre.Support}, reportgroupID},
	{"hamlet supporter", cadre.Post{Code: cadre.DistrictSupporter, Tier: cadre.DistrictTier, Capability: cadre.Support}, reporthamletID},
	{"hamlet lead", cadre.Post{Code: "hamlet_lead", Tier: cadre.CommuneTier, Capability: cadre.Lead}, reporthamletID},
	{"commune supporter", cadre.Post{Code: cadre.ProvinceSupporter, Tier: cadre.ProvinceTier, Capability: cadre.Support}, reportcommuneID},
	{"watcher", cadre.Post{Code: cadre.CommuneWatcher, Tier: cadre.DistrictTier, Capability: cadre.Watch}, reportcommuneID},
	{"commune lead", cadre.Post{Code: "commune_lead", Tier: cadre.CommuneTier, Capability: cadre.Lead}, reportcommuneID},
	{"sub-region lead", cadre.Post{Code: "subregion_lead", Tier: cadre.DistrictTier, Capability: cadre.Lead}, reportsubregionID},
	{"district lead", cadre.Post{Code: "district_lead", Tier: cadre.DistrictTier, Capability: cadre.Lead}, reportdistrictID},
	{"province lead", cadre.Post{Code: "province_lead", Tier: cadre.ProvinceTier, Capability: cadre.Lead}, reportprovinceID},
	{"administrator", cadre.Post{Code: "district_admin", Tier: cadre.DistrictTier, Capability: cadre.Administer}, reportdistrictID},
}

func personOf(name string) cadre.ID {
	for i, w := range onPath {
		if w.name == name {
			return cadre.ID(i + 1)
		}
	}
	panic("nobody is called " + name)
}

// holdingsBut gives everybody's posts but those of the named.
func holdingsBut(without ...string) []cadre.Holding {
	var list []cadre.Holding
	for i, w := range onPath {
		if !slices.Contains(without, w.name) {
			list = append(list, cadre.Holding{AssignmentID: cadre.AssignmentID(i + 1), CadreID: cadre.ID(i + 1), Name: w.name, Post: w.post, Locality: w.at})
		}
	}
	return list
}

func grantHeldBy(name string) cadre.Grant {
	w := onPath[personOf(name)-1]
	chain := reportChain()
	l := chain[chain.Index(w.at)]
	return cadre.Grant{AssignmentID: cadre.AssignmentID(personOf(name)), Post: w.post, Locality: l, Branches: cadre.BranchesOf(l, []territory.LocalityID{reportcommuneID})}
}

func TestReportReceived(t *testing.T) {
	tests := []struct {
		author  string
		without []string
		desk    territory.LocalityID
		told    []string
	}{
		{"group supporter", nil, reporthamletID, []string{"hamlet lead", "hamlet supporter", "commune lead"}},
		{"group supporter", []string{"hamlet lead"}, reportcommuneID, []string{"commune lead", "hamlet supporter"}},
		{"hamlet supporter", nil, reportsubregionID, []string{"sub-region lead", "hamlet lead", "commune lead", "watcher"}},
		{"hamlet supporter", []string{"sub-region lead"}, reportdistrictID, []string{"district lead", "hamlet lead", "commune lead", "watcher"}},
		{"hamlet supporter", []string{"sub-region lead", "district lead", "province lead"}, 0, []string{"hamlet lead", "commune lead", "watcher"}},
		{"commune supporter", nil, reportprovinceID, []string{"province lead", "commune lead", "sub-region lead", "district lead"}},
		{"hamlet lead", nil, reportcommuneID, []string{"commune lead"}},
		{"commune lead", nil, reportsubregionID, []string{"sub-region lead", "hamlet lead"}},
		{"watcher", nil, reportsubregionID, []string{"sub-region lead", "hamlet lead", "commune lead"}},
		{"watcher", []string{"sub-region lead"}, reportdistrictID, []string{"district lead", "hamlet lead", "commune lead"}},
		{"province lead", nil, 0, []string{"hamlet lead", "commune lead", "sub-region lead", "district lead"}},
	}
	for _, tt := range tests {
		t.Run(tt.author+" without "+strings.Join(tt.without, ", "), func(t *testing.T) {
			people := holdingsBut(tt.without...)
			desks := cadre.DesksOf(reportChain(), people)
			desk, _, _ := casework.ReceivingDesk(grantHeldBy(tt.author), personOf(tt.author), desks)
			if desk.Locality.ID != tt.desk {
				t.Errorf("got desk %d, want %d", desk.Locality.ID, tt.desk)
			}
			var told []string
			for _, id := range casework.ReportTold(grantHeldBy(tt.author), personOf(tt.author), desks, people) {
				told = append(told, onPath[id-1].name)
			}
			slices.Sort(told)
			slices.Sort(tt.told)
			if !slices.Equal(told, tt.told) {
				t.Errorf("told %v, want %v", told, tt.told)
			}
		})
	}
}

// Whoever holds several posts of a path neither receives nor is told of the own report.
func TestNobodyReceivesTheirOwnReport(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var people []cadre.Holding
		for _, h := range holdingsBut() {
			for range rapid.IntRange(0, 2).Draw(t, h.Name) {
				h.CadreID = cadre.ID(rapid.IntRange(1, 4).Draw(t, "person"))
				people = append(people, h)
			}
		}
		author := cadre.ID(1)
		g := grantHeldBy(rapid.SampledFrom([]string{"group supporter", "hamlet supporter", "commune supporter", "hamlet lead",
			"commune lead", "watcher", "sub-region lead", "province lead"}).Draw(t, "post"))
		desks := cadre.DesksOf(reportChain(), people)
		told := casework.ReportTold(g, author, desks, people)
		if slices.Contains(told, author) {
			t.Fatalf("the author is told: %v", told)
		}
		if d, passed, ok := casework.ReceivingDesk(g, author, desks); ok {
			if !slices.ContainsFunc(d.Leads, func(h cadre.Holding) bool { return h.CadreID != author }) {
				t.Fatalf("desk %d has nobody but the author", d.Locality.ID)
			}
			for _, p := range passed {
				if slices.ContainsFunc(p.Leads, func(h cadre.Holding) bool { return h.CadreID != author }) {
					t.Fatalf("desk %d was passed over though somebody leads it", p.Locality.ID)
				}
			}
		}
	})
}
