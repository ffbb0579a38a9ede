package casework_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"banam/internal/casework"
	"banam/internal/territory"
)

// goodContents has a report of each kind as its form posts it, with what is needed and something more.
func goodContents() map[casework.ReportKind]casework.Content {
	return map[casework.ReportKind]casework.Content{
		casework.SituationReport: {"what": "Nước mặn vào sâu 4 km."},
		casework.FlashReport:     {"what": "Sạt lở đê bao, 3 căn nhà bị nghiêng.", "clock": "05:40"},
		casework.CellMeetingReport: {
			"cell": "Chi bộ ấp 3", "meeting_type": "regular", "starts": "07:30", "ends": "09:15", "members_total": "18", "members_present": "15",
			"members_excused": "3", "contribution": "Đề nghị phân công đảng viên theo dõi từng tổ.",
		},
		casework.HouseholdVisit: {
			"household": "12", "met": "Chủ hộ", "circumstances": "Nhà 4 người, 2 lao động.", "promise_1": "Mang cây giống", "promise_due_1": "2020-04-01",
			"difficulties": "Thiếu vốn làm ăn.",
		},
		casework.MonthlyReport: {"month": "2020-02", "what": "Trong tháng có 4 việc."},
		casework.TargetReport: {
			"target": "3 km đường bê tông", "actual": "1.234,50", "planned": "3.000", "unit": "m", "as_of": "2020-03-08", "standing": "behind", "reason_behind": "Chưa có cát.",
		},
		casework.SponsorReport: {
			"sponsor": "Công ty A", "gift": "gift", "quantity": "50 phần", "value": "25.000.000", "pledged_on": "2020-02-20", "received_on": "2020-03-01",
			"handed_over_on": "2020-03-01", "beneficiaries": "50 hộ nghèo",
		},
	}
}

func TestEveryKindIsChecked(t *testing.T) {
	t.Parallel()
	good := goodContents()
	for _, kind := range casework.ReportKinds() {
		if _, err := inputOf(kind, good[kind]).Check(reportDay); err != nil || len(good[kind]) == 0 {
			t.Errorf("%s: got %v, want it taken", kind, fieldFaults(err))
		}
	}
	for _, tt := range []struct {
		name   string
		kind   casework.ReportKind
		change casework.Content
		want   []string
	}{
		{"flash without words", casework.FlashReport, casework.Content{"what": ""}, []string{"what report.what_required"}},
		{"flash at no time", casework.FlashReport, casework.Content{"clock": "25:00"}, []string{"clock report.clock_wrong"}},
		{"more present than members", casework.CellMeetingReport, casework.Content{"members_present": "19", "members_excused": ""}, []string{"members_present report.members_many"}},
		{"present and excused too many", casework.CellMeetingReport, casework.Content{"members_excused": "4"}, []string{"members_excused report.members_many"}},
		{"a cell of nobody", casework.CellMeetingReport, casework.Content{"members_total": "0", "members_present": "0", "members_excused": ""}, []string{"members_total report.members_none"}},
		{"ends before it began", casework.CellMeetingReport, casework.Content{"ends": "07:30"}, []string{"ends report.ends_before"}},
		{"nothing contributed", casework.CellMeetingReport, casework.Content{"contribution": ""}, []string{"contribution report.contribution_required"}},
		{"half a member", casework.CellMeetingReport, casework.Content{"members_present": "1,5"}, []string{"members_present report.count_wrong"}},
		{"neither regular nor thematic", casework.CellMeetingReport, casework.Content{"meeting_type": "party"}, []string{"meeting_type report.choice_unknown"}},
		{"a visit to no household", casework.HouseholdVisit, casework.Content{"household": ""}, []string{"household report.household_required"}},
		{"a promise without end", casework.HouseholdVisit, casework.Content{"promise_due_1": ""}, []string{"promise_due_1 report.promise_due_required"}},
		{"nothing promised by a day", casework.HouseholdVisit, casework.Content{"promise_due_3": "2020-04-01"}, []string{"promise_3 report.promise_required"}},
		{"promised for the next century", casework.HouseholdVisit, casework.Content{"promise_due_1": "2120-04-01"}, []string{"promise_due_1 report.day_far"}},
		{"a month to come", casework.MonthlyReport, casework.Content{"month": "2020-04"}, []string{"month report.month_future", "happened_on report.month_before"}},
		{"no month", casework.MonthlyReport, casework.Content{"month": "2020-3"}, []string{"month report.month_wrong"}},
		{"behind without a reason", casework.TargetReport, casework.Content{"reason_behind": ""}, []string{"reason_behind report.reason_behind_required"}},
		{"on track needs none", casework.TargetReport, casework.Content{"reason_behind": "", "standing": "on_track"}, nil},
		{"figures of tomorrow", casework.TargetReport, casework.Content{"as_of": "2020-03-11"}, []string{"as_of report.day_future"}},
		{"a number in words", casework.TargetReport, casework.Content{"actual": "hai"}, []string{"actual report.decimal_wrong"}},
		{"a point that might be a comma", casework.TargetReport, casework.Content{"actual": "1.5"}, []string{"actual report.decimal_wrong"}},
		{"money with a fraction", casework.SponsorReport, casework.Content{"value": "100,5"}, []string{"value report.money_wrong"}},
		{"money with wrong points", casework.SponsorReport, casework.Content{"value": "1.23.456"}, []string{"value report.money_wrong"}},
		{"negative money", casework.SponsorReport, casework.Content{"value": "-5"}, []string{"value report.money_wrong"}},
		{"money without end", casework.SponsorReport, casework.Content{"value": strings.Repeat("9", 17)}, []string{"value report.number_large"}},
		{"received before it was pledged", casework.SponsorReport, casework.Content{"received_on": "2020-02-19"}, []string{"received_on report.gift_order"}},
		{"handed over before it was pledged", casework.SponsorReport, casework.Content{"received_on": "", "handed_over_on": "2020-02-19"}, []string{"handed_over_on report.gift_order"}},
		{"no day at all", casework.SponsorReport, casework.Content{"pledged_on": "", "received_on": "", "handed_over_on": ""}, []string{"pledged_on report.gift_day"}},
		{"nothing given", casework.SponsorReport, casework.Content{"quantity": "", "value": ""}, []string{"quantity report.gift_empty"}},
		{"too long a line", casework.SponsorReport, casework.Content{"sponsor": strings.Repeat("ố", casework.MaxTitle+1)}, []string{"sponsor field.too_long"}},
	} {
		c := maps.Clone(good[tt.kind])
		maps.Copy(c, tt.change)
		if _, err := inputOf(tt.kind, c).Check(reportDay); !slices.Equal(fieldFaults(err), tt.want) {
			t.Errorf("%s: got %v, want %v", tt.name, fieldFaults(err), tt.want)
		}
	}
}

func inputOf(kind casework.ReportKind, c casework.Content) casework.ReportInput {
	return casework.ReportInput{Kind: kind, Locality: "12", HappenedOn: "2020-03-09", Content: c}
}

// What is of another kind stays behind when a report is sent, so that nothing is kept that no page shows.
func TestFieldsOfOtherKindsStayBehind(t *testing.T) {
	t.Parallel()
	c := maps.Clone(goodContents()[casework.FlashReport])
	c["mood"], c["nothing"] = "Dân lo lắng", "x"
	got, err := inputOf(casework.FlashReport, c).Check(reportDay)
	if err != nil || got.Content["mood"] != "" || got.Content["nothing"] != "" || got.Content["clock"] != "05:40" {
		t.Errorf("got %v, %v", got.Content, err)
	}
}

func TestNumbersAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	got, err := inputOf(casework.TargetReport, goodContents()[casework.TargetReport]).Check(reportDay)
	if err != nil || got.Content["actual"] != "1234.50" || got.Content["planned"] != "3000" {
		t.Errorf("got %q and %q, %v", got.Content["actual"], got.Content["planned"], err)
	}
	back := got.Content.Input(casework.TargetReport, 12, territory.NewDay(2020, 3, 9))
	if back.Content["actual"] != "1.234,50" || back.Content["planned"] != "3.000" {
		t.Errorf("an amendment begins with %q and %q", back.Content["actual"], back.Content["planned"])
	}
	for text, want := range map[string]string{"25.000.000": "25000000", "25000000": "25000000", "25 000 000 đ": "25000000", "1,5": "1.5", "0": "0", "1.5": "", "": "", "1.000,": "", ".5": "", "12a": "", "1.0000": ""} {
		if got := casework.PlainNumber(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.StringMatching(`0|[1-9][0-9]{0,14}(\.[0-9]{1,4})?`).Draw(t, "number")
		if got := casework.PlainNumber(casework.TypedNumber(n)); got != n {
			t.Fatalf("%q is typed %q and read %q", n, casework.TypedNumber(n), got)
		}
	})
}

// Drafts and reports that were stored before there were other kinds are read as ever, and stored in the same shape.
func TestStoredReportsKeepTheirShape(t *testing.T) {
	t.Parallel()
	const draft = `{"kind":"situation","locality":"3","happened_on":"2020-03-09","what":"Nước mặn","difficulties":"","proposals":"","production":"Lúa chín",
		"order":"","mood":"","pressing":"","organisations":{"front":{"rating":"good","remark":"Họp đều"},"mass":{"rating":"","remark":""}},
		"policies_heard":"","policy_reaction":"","position":""}`
	var in casework.ReportInput
	if err := json.Unmarshal([]byte(draft), &in); err != nil {
		t.Fatal(err)
	}
	want := casework.ReportInput{Kind: casework.SituationReport, Locality: "3", HappenedOn: "2020-03-09", Content: casework.Content{
		"what": "Nước mặn", "production": "Lúa chín", "rating_front": "good", "remark_front": "Họp đều",
	}}
	if !in.Same(want) {
		t.Errorf("got %+v", in)
	}
	if err := json.Unmarshal([]byte(`{"kind":"situation","organisations":null}`), &in); err != nil || !in.Blank() {
		t.Errorf("an empty draft: got %+v, %v", in, err)
	}
	data, err := json.Marshal(want.Content)
	if err != nil || string(data) != `{"organisations":{"front":{"rating":"good","remark":"Họp đều"}},"production":"Lúa chín","what":"Nước mặn"}` {
		t.Errorf("got %s, %v", data, err)
	}
	data, err = json.Marshal(want)
	var again casework.ReportInput
	if err != nil || json.Unmarshal(data, &again) != nil || !again.Same(want) {
		t.Errorf("got %s, %v", data, err)
	}
}

func TestSummaryOfEachKind(t *testing.T) {
	t.Parallel()
	for kind, want := range map[casework.ReportKind]string{
		casework.SituationReport: "Nước mặn vào sâu 4 km.", casework.FlashReport: "Sạt lở đê bao, 3 căn nhà bị nghiêng.",
		casework.CellMeetingReport: "Chi bộ ấp 3 – Đề nghị phân công đảng viên theo dõi từng tổ.", casework.TargetReport: "3 km đường bê tông", casework.HouseholdVisit: "Thiếu vốn làm ăn.", casework.MonthlyReport: "Trong tháng có 4 việc.",
		casework.SponsorReport: "Công ty A – 50 phần",
	} {
		if got := goodContents()[kind].Summary(kind); got != want {
			t.Errorf("%s: got %q, want %q", kind, got, want)
		}
	}
}

// Every field of every kind has a name of its own, so that what is typed for one kind is never taken for another's.
func TestNamesOfFields(t *testing.T) {
	t.Parallel()
	types := map[string]casework.FieldType{}
	for _, kind := range casework.ReportKinds() {
		form, _ := kind.Form()
		seen := map[string]bool{"kind": true, "locality": true, "happened_on": true, "action": true, "version": true, "base": true, "hinted": true}
		for _, f := range form.Fields() {
			if seen[f.Name] {
				t.Errorf("%s has %s twice", kind, f.Name)
			}
			seen[f.Name] = true
			if was, known := types[f.Name]; known && was != f.Type {
				t.Errorf("%s is of another type in %s", f.Name, kind)
			}
			types[f.Name] = f.Type
		}
		for _, name := range form.Line {
			if !seen[name] {
				t.Errorf("%s shows %s in lists and has no such field", kind, name)
			}
		}
	}
}

// What belongs to a household is in no text that everybody reads: not in the common part, not in the line of lists.
func TestPrivatePartOfAVisit(t *testing.T) {
	t.Parallel()
	c := goodContents()[casework.HouseholdVisit]
	common, private := c.Part(casework.HouseholdVisit)
	if len(common) != 1 || common["difficulties"] == "" || len(private) != 5 || private.HouseholdNumber() != 12 {
		t.Errorf("got %v and %v", common, private)
	}
	if got := private.Promises(); len(got) != 1 || got[0].Position != 1 || got[0].Due != territory.NewDay(2020, 4, 1) {
		t.Errorf("got the promises %v", got)
	}
	for kind, other := range goodContents() {
		if _, private := other.Part(kind); kind != casework.HouseholdVisit && len(private) != 0 {
			t.Errorf("%s has a private part: %v", kind, private)
		}
	}
}

func TestReportedMonth(t *testing.T) {
	t.Parallel()
	for day, want := range map[territory.Day]string{
		territory.NewDay(2020, 3, 7): "2020-02", territory.NewDay(2020, 3, 8): "2020-03", territory.NewDay(2020, 1, 2): "2019-12", territory.NewDay(2020, 3, 31): "2020-03",
	} {
		if got := casework.ReportedMonth(day).String(); got != want {
			t.Errorf("on %v: got %s, want %s", day, got, want)
		}
	}
}
