package web_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"banam/internal/casework"
	"banam/internal/i18n"
)

// kindCase is what somebody types for a kind of report, what is wrong about one value of it, and what the page then shows.
type kindCase struct {
	kind          casework.ReportKind
	typed         map[string]string
	wrong, value  string // a field and what is wrong in it
	shown         []string
	line, tabText string // what lists show; the field that two tabs differ in
	columns       string // what a list of the kind alone shows besides, with the headings
}

func kindCases() []kindCase {
	return []kindCase{
		{casework.SituationReport, map[string]string{"what": "Nước mặn vào sâu 4 km", "rating_front": "good", "happened_on": "2020-03-10"}, "happened_on", "2999-01-01",
			[]string{"Nước mặn vào sâu 4 km", "Tốt", "Tình hình Ấp 1"}, "Nước mặn vào sâu 4 km", "mood", ""},
		{casework.FlashReport, map[string]string{"what": "Sạt lở 20 m đê bao", "clock": "05:40", "proposals": "Cần 200 bao tải"}, "what", "",
			[]string{"Sạt lở 20 m đê bao", "05:40", "Cần cấp trên giúp gì", "Cần 200 bao tải"}, "Sạt lở 20 m đê bao", "done_so_far", "05:40"},
		{casework.CellMeetingReport, map[string]string{
			"cell": "Chi bộ ấp 1", "meeting_type": "thematic", "starts": "07:30", "ends": "09:00", "members_total": "18", "members_present": "15",
			"members_excused": "2", "contribution": "Phân công theo dõi 4 tổ", "candidates": "2",
		}, "members_excused", "4", []string{"Chi bộ ấp 1", "Sinh hoạt chuyên đề", "07:30", "15", "Phân công theo dõi 4 tổ", "Đảng viên dự bị"}, "Chi bộ ấp 1 – Phân công theo dõi 4 tổ", "conclusions", "Sinh hoạt chuyên đề|15|18"},
		{casework.TargetReport, map[string]string{
			"target": "3 km đường bê tông", "actual": "1,25", "planned": "3", "unit": "km", "as_of": "2020-03-08", "standing": "behind", "reason_behind": "Chưa có cát",
		}, "reason_behind", "", []string{"3 km đường bê tông", "1,25", "Chậm tiến độ", "08/03/2020", "Chưa có cát"}, "3 km đường bê tông", "evidence", "1,25|3|km|Chậm tiến độ"},
		{casework.SponsorReport, map[string]string{
			"sponsor": "Công ty A", "gift": "unity_house", "quantity": "1 căn", "value": "50.000.000", "pledged_on": "2020-02-20", "handed_over_on": "2020-03-01",
		}, "handed_over_on", "2020-02-19", []string{"Công ty A", "Nhà đại đoàn kết", "50.000.000 đồng", "20/02/2020", "01/03/2020"}, "Công ty A – 1 căn", "what", "Nhà đại đoàn kết|50.000.000 đồng|01/03/2020"},
	}
}

// fill types a case into the form that is open.
func (c kindCase) fill(form url.Values) {
	for name, value := range c.typed {
		form.Set(name, value)
	}
	form.Set("action", "send")
}

// kindName is the word for the kind.
func (c kindCase) kindName() string {
	return i18n.T(i18n.With(context.Background(), i18n.Vi), "report.kind."+string(c.kind))
}

func TestEveryKindIsWritten(t *testing.T) {
	t.Parallel()
	cases := map[casework.ReportKind]kindCase{}
	for _, c := range kindCases() {
		cases[c.kind] = c
	}
	for _, kind := range casework.ReportKinds() {
		c, ok := cases[kind]
		if !ok && kind != casework.HouseholdVisit && kind != casework.MonthlyReport { // they have tests of their own
			t.Errorf("%s is not tried", kind)
		}
		if ok {
			t.Run(string(kind), func(t *testing.T) {
				t.Parallel()
				tryKind(t, c)
			})
		}
	}
}

func tryKind(t *testing.T, c kindCase) {
	t.Helper()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	path := "/reports/new?kind=" + string(c.kind)
	form := cadre.get(path).form()
	if form.Get("kind") != string(c.kind) || form.Get("locality") != "3" {
		t.Fatalf("got %v, want the form of the kind at the own hamlet", form)
	}
	c.fill(form)
	form.Set(c.wrong, c.value)
	refused := cadre.post("/reports/new", form)
	if refused.status != http.StatusUnprocessableEntity || refused.page.Find(`main #f-`+c.wrong+`-error`).Length() != 1 {
		t.Fatalf("with a wrong %s: status %d, want 422 and the error at the field", c.wrong, refused.status)
	}
	form = refused.form()
	for name, value := range c.typed {
		if name != c.wrong && form.Get(name) != value {
			t.Errorf("after the refusal %s has %q, want %q", name, form.Get(name), value)
		}
	}
	other := refused.form() // a second tab
	c.fill(form)
	form.Set("hinted", "1")
	report := "/reports/" + form.Get("report_id")
	if sent := cadre.post("/reports/new", form); sent.status != http.StatusSeeOther || sent.location != report {
		t.Fatalf("got %d to %q, want 303 to %s", sent.status, sent.location, report)
	}
	c.fill(other)
	other.Set("submission_id", uuid.NewString())
	other.Set(c.tabText, "Chữ của tab thứ hai")
	if late := cadre.post("/reports/new", other); late.status != http.StatusConflict || late.form().Get(c.tabText) != "Chữ của tab thứ hai" {
		t.Errorf("the second tab: status %d and %q, want a conflict with its text kept", late.status, late.form().Get(c.tabText))
	}
	shown := s.visitor("secretary").get(report)
	printed := shown.page.Find("main").Clone()
	printed.Find(".form, .page-actions, .no-print").Remove() // as print.css does
	for _, want := range c.shown {
		if !strings.Contains(shown.main(), want) || !strings.Contains(printed.Text(), want) && !strings.Contains(shown.page.Find("h1").Text(), want) {
			t.Errorf("the page and its print lack %q", want)
		}
	}
	sheet := strings.Join(strings.Fields(s.visitor("secretary").get(report+"/print").page.Find("article.sheet").Text()), " ")
	for _, want := range append([]string{"ĐẢNG CỘNG SẢN VIỆT NAM", "BÁO CÁO", "NGƯỜI BÁO CÁO", "-BC/HU", "Nơi nhận:"}, c.shown...) {
		if !strings.Contains(sheet, want) {
			t.Errorf("on paper %q is missing: %s", want, sheet)
		}
	}
	list := s.visitor("secretary").get("/reports?kind=" + string(c.kind))
	if got := strings.TrimSpace(list.page.Find(`main tbody a[href="` + report + `"]`).Text()); got != c.line {
		t.Errorf("the list shows %q, want %q", got, c.line)
	}
	if row := strings.Join(strings.Fields(list.page.Find("main tbody tr").Text()), " "); !strings.Contains(row, strings.ReplaceAll(c.columns, "|", "")) || strings.Contains(row, c.kindName()) {
		t.Errorf("the list of the kind alone shows %q, want %q", row, c.columns)
	}
	if file := s.visitor("secretary").post("/reports/export", url.Values{"format": {"csv"}, "kind": {string(c.kind)}}); !strings.Contains(file.body, strings.Split(c.columns, "|")[0]) {
		t.Errorf("the file of the kind alone lacks %q", c.columns)
	}
	for _, k := range casework.ReportKinds() {
		if n := s.visitor("secretary").get("/reports?kind=" + string(k)).page.Find(`main tbody a[href="` + report + `"]`).Length(); (n == 1) != (k == c.kind) {
			t.Errorf("the list of %s has it %d times", k, n)
		}
	}
	for login, want := range map[string]int{"other": http.StatusNotFound, "admin": http.StatusNotFound} {
		if got := s.visitor(login).get(report).status; got != want {
			t.Errorf("%s gets status %d, want %d", login, got, want)
		}
	}
	if a := s.visitor("admin").post("/reports/new", again(form)); a.status != http.StatusForbidden && a.status != http.StatusUnprocessableEntity {
		t.Errorf("an administrator writes one: status %d", a.status)
	}
	if n := s.count(`SELECT count(*) FROM reports`); n != 1 {
		t.Errorf("got %d reports, want 1", n)
	}
	amend := cadre.get(report + "/edit").form()
	for name, value := range c.typed {
		if amend.Get(name) != value {
			t.Errorf("an amendment begins with %s %q, want %q", name, amend.Get(name), value)
		}
	}
	amend.Set(c.tabText, "Bổ sung 7 việc")
	amend.Set("action", "send")
	if a := cadre.post(report+"/edit", amend); a.status != http.StatusSeeOther {
		t.Fatalf("amending: status %d", a.status)
	}
	if got := cadre.get(report + "/changes").page.Find("main ins").Text(); !strings.Contains(got, "Bổ sung 7 việc") {
		t.Errorf("the changes show %q", got)
	}
}

// again makes a new report of a form.
func again(form url.Values) url.Values {
	next := maps.Clone(form)
	next.Set("report_id", uuid.NewString())
	next.Set("submission_id", uuid.NewString())
	next.Set("version", "0")
	return next
}

func TestKindIsChosenAndChanged(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	start := cadre.get("/reports/new")
	if got := start.page.Find(`main button[name="action"][value^="kind:"]`).Length(); got != len(casework.ReportKinds())-1 {
		t.Errorf("got %d kinds to change to", got)
	}
	empty := start.form()
	empty.Set("action", "kind:flash")
	a := cadre.post("/reports/new", empty)
	if a.status != http.StatusSeeOther || a.location != "/reports/new?kind=flash&place=3" {
		t.Fatalf("nothing typed: got %d to %q", a.status, a.location)
	}
	form := cadre.get(a.location).form()
	form.Set("what", "Sạt lở 20 m đê bao")
	form.Set("proposals", "Cần 200 bao tải")
	form.Set("happened_on", "2020-03-08")
	form.Set("action", "kind:sponsorship")
	a = cadre.post("/reports/new", form)
	if a.status != http.StatusSeeOther || a.location != "/reports/"+form.Get("report_id")+"/edit" {
		t.Fatalf("something typed: got %d to %q", a.status, a.location)
	}
	changed := cadre.get(a.location).form()
	if changed.Get("kind") != "sponsorship" || changed.Get("what") != "Sạt lở 20 m đê bao" || changed.Get("proposals") != "Cần 200 bao tải" || changed.Get("happened_on") != "2020-03-08" {
		t.Errorf("after the change: got %v", changed)
	}
	if got := cadre.get("/reports/drafts").main(); !strings.Contains(got, "Vận động hỗ trợ") {
		t.Error("the list of drafts does not name the kind")
	}
	sent := again(changed)
	for name, value := range map[string]string{"kind": "flash", "what": "Sạt lở 20 m đê bao", "action": "send"} {
		sent.Set(name, value)
	}
	if a := cadre.post("/reports/new", sent); a.status != http.StatusSeeOther {
		t.Fatalf("status %d", a.status)
	}
	report := "/reports/" + sent.Get("report_id")
	amend := cadre.get(report + "/edit")
	if amend.page.Find(`main button[value^="kind:"]`).Length() != 0 {
		t.Error("the kind of a report that was sent can be changed")
	}
	forged := amend.form()
	forged.Set("kind", "situation")
	forged.Set("action", "send")
	if a := cadre.post(report+"/edit", forged); a.status != http.StatusUnprocessableEntity || s.count(`SELECT count(*) FROM reports WHERE kind = 'flash' AND version = 1`) != 1 {
		t.Errorf("a forged change of kind: status %d", a.status)
	}
	for _, kind := range []string{"", "gossip", "flash'"} {
		if got := cadre.get("/reports/new?kind=" + url.QueryEscape(kind)).form().Get("kind"); got != "situation" {
			t.Errorf("kind %q opens the form of %q", kind, got)
		}
	}
}
