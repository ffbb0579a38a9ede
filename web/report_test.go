package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
)

func TestReportIsSent(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	form := cadre.get("/reports/new").form()
	if form.Get("locality") != "3" || form.Get("happened_on") != "2020-03-10" || form.Get("version") != "0" {
		t.Fatalf("got %v, want the own hamlet and today", form)
	}
	text := "Nước mặn vào sâu 4 km; bà con ấp 1 thiếu nước ngọt. <b>&\"'"
	form.Set("what", norm.NFD.String(text))
	form.Set("difficulties", "Ấp chưa có máy lọc.\r\nThiếu bồn chứa.")
	form.Set("rating_front", "good")
	form.Set("action", "send")
	sent := cadre.post("/reports/new", form)
	report := "/reports/" + form.Get("report_id")
	if sent.status != http.StatusSeeOther || sent.location != report {
		t.Fatalf("got %d to %q, want 303 to %s", sent.status, sent.location, report)
	}
	if again := cadre.post("/reports/new", form); again.status != http.StatusSeeOther || again.location != report {
		t.Errorf("sent again: got %d to %q, want the same answer", again.status, again.location)
	}
	if n := s.count(`SELECT count(*) FROM report_versions`); n != 1 {
		t.Errorf("got %d versions, want 1", n)
	}
	page := cadre.get(report)
	for _, want := range []string{text, "Ấp chưa có máy lọc.\nThiếu bồn chứa.", "Đã gửi báo cáo.", "Cán Bộ Ấp – Cán bộ huyện hỗ trợ ấp, khu phố, Ấp 1", "Bí Thư Xã", "Tốt"} {
		if !strings.Contains(page.main(), want) {
			t.Errorf("the report's page lacks %q", want)
		}
	}
	if got := page.page.Find(`main a[href^="/issues/new"]`).AttrOr("href", ""); got != fmt.Sprintf("/issues/new?report=%s&place=3", form.Get("report_id")) {
		t.Errorf("got the link %q", got)
	}
	for login, want := range map[string]int{"cadre": 1, "secretary": 1, "other": 0, "admin": 0} {
		v := s.visitor(login)
		if got := v.get("/reports").page.Find(`main tbody a[href="` + report + `"]`).Length(); got != want {
			t.Errorf("the list of %s has it %d times, want %d", login, got, want)
		}
		status := v.get(report).status
		if want == 1 && status != http.StatusOK || want == 0 && status != http.StatusNotFound {
			t.Errorf("%s gets status %d", login, status)
		}
	}
	other := s.visitor("other")
	if foreign, none := other.get(report), other.get("/reports/"+uuid.NewString()); withoutRequest(foreign) != withoutRequest(none) {
		t.Error("a foreign report is answered unlike one that does not exist")
	}
}

// withoutRequest gives a page's main part, in which no two answers may differ.
func withoutRequest(a reportAnswer) string { return fmt.Sprint(a.status, a.main()) }

// What says nothing concrete, or repeats an earlier report, is held back once with the reason, and goes out when sent again.
func TestReportIsHeldBackForHints(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	text := "Tình hình ấp ổn định, bà con phấn khởi, an tâm lao động sản xuất, tin tưởng vào sự lãnh đạo của cấp trên."
	for _, want := range []string{"Chưa thấy khó khăn, kiến nghị hay con số nào.", "Gần giống báo cáo ngày 10/03/2020 về Ấp 1."} {
		form := cadre.get("/reports/new").form()
		form.Set("what", text)
		form.Set("action", "send")
		held := cadre.post("/reports/new", form)
		if held.status != http.StatusUnprocessableEntity || !strings.Contains(held.page.Find(".hints").Text(), want) {
			t.Fatalf("got status %d with %q, want it held back with %q", held.status, held.page.Find(".hints").Text(), want)
		}
		again := held.form()
		if again.Get("what") != text || again.Get("report_id") != form.Get("report_id") {
			t.Fatalf("got %v, want what was typed", again)
		}
		again.Set("action", "send")
		if sent := cadre.post("/reports/new", again); sent.status != http.StatusSeeOther {
			t.Fatalf("sent again: got status %d, want 303", sent.status)
		}
	}
	if q := cadre.get("/reports/new"); q.page.Find(".hints").Length() != 0 {
		t.Error("an empty form has hints")
	}
	concrete := cadre.get("/reports/new").form()
	concrete.Set("what", "Hai cống ở ấp bị hư, 14 hộ thiếu nước tưới vườn dừa.")
	concrete.Set("action", "send")
	if sent := cadre.post("/reports/new", concrete); sent.status != http.StatusSeeOther {
		t.Errorf("a concrete report of its own words: got status %d, want 303", sent.status)
	}
}

func TestReportRefusedAtItsField(t *testing.T) {
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	tests := []struct {
		name, field, value, at string
		want                   string
	}{
		{"empty", "what", "", "what", "Ghi nội dung sự việc."},
		{"no place", "locality", "", "locality", "Chọn địa bàn."},
		{"foreign place", "locality", "5", "locality", "Chọn một địa bàn trong phân công của đồng chí."},
		{"place that is not there", "locality", "4711", "locality", "Chọn một địa bàn trong phân công của đồng chí."},
		{"place in words", "locality", "Ấp 1'; --", "locality", "Chọn một địa bàn trong phân công của đồng chí."},
		{"no day", "happened_on", "", "happened_on", "Nhập ngày xảy ra."},
		{"wrong day", "happened_on", "31/02/2020", "happened_on", "Ngày chưa đúng, ví dụ đúng: 05/03/2020."},
		{"tomorrow", "happened_on", "2020-03-11", "happened_on", "Ngày xảy ra không được sau hôm nay."},
		{"before the assignment", "happened_on", "2020-01-31", "happened_on", "Ngày đó đồng chí không được phân công tại Ấp 1."},
		{"a megabyte", "mood", strings.Repeat("ă", 1<<19), "mood", "Nội dung dài 524.288 ký tự, tối đa 10.000 ký tự."},
		{"NUL", "what", "Có ký tự\x00 lạ", "what", "Nội dung có ký tự không đọc được. Mời xóa ký tự lạ và nhập lại."},
		{"broken UTF-8", "what", "Có ký tự \xff\xfe lạ", "what", "Nội dung có ký tự không đọc được. Mời xóa ký tự lạ và nhập lại."},
		{"unknown rating", "rating_mass", "splendid", "rating_mass", "Chọn một mức đánh giá trong danh sách."},
		{"position off the earth", "position", "95, 200", "position", "Ghi vĩ độ, kinh độ bằng số, ví dụ 10.1957, 106.6912."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := cadre.get("/reports/new").form()
			form.Set("what", "Nước mặn vào sâu.")
			form.Set("proposals", "Đắp đập tạm.")
			form.Set(tt.field, tt.value)
			form.Set("action", "send")
			a := cadre.post("/reports/new", form)
			if a.status != http.StatusUnprocessableEntity {
				t.Fatalf("got status %d, want 422", a.status)
			}
			if got := a.errorAt(tt.at); !sameWords(got, tt.want) {
				t.Errorf("got %q at %s, want %q", got, tt.at, tt.want)
			}
			if got := a.page.Find(`.error-summary a[href="#f-` + tt.at + `"]`).Length(); got != 1 {
				t.Errorf("the summary leads to %s %d times, want once", tt.at, got)
			}
			if e := a.page.Find("#f-" + tt.at); e.Length() != 1 || e.Closest("details:not([open])").Length() != 0 {
				t.Errorf("the field %s is missing or folded away", tt.at)
			}
			back := a.form()
			if back.Get("submission_id") != form.Get("submission_id") || back.Get("report_id") != form.Get("report_id") {
				t.Error("the form came back under another identity")
			}
			if back.Get("proposals") != "Đắp đập tạm." {
				t.Errorf("got the proposals %q, want what was typed", back.Get("proposals"))
			}
			if tt.field == "mood" && back.Get("mood") != tt.value {
				t.Error("the long text was not kept")
			}
			back.Set(tt.field, map[string]string{"locality": "4", "happened_on": "2020-03-09", "what": "Nước mặn vào sâu."}[tt.field])
			back.Set("action", "send")
			back.Set("hinted", "1") // the same words each time
			if mended := cadre.post("/reports/new", back); mended.status != http.StatusSeeOther {
				t.Errorf("mended: got status %d, want 303", mended.status)
			}
		})
	}
	if n := s.count(`SELECT count(*) FROM reports`); n != len(tests) {
		t.Errorf("got %d reports, want %d", n, len(tests))
	}
	if n := s.count(`SELECT count(*) FROM report_drafts`); n != 0 {
		t.Errorf("got %d drafts left behind, want none", n)
	}
}

// sameWords compares texts, whatever their thousands marks.
func sameWords(a, b string) bool {
	plain := func(s string) string { return strings.NewReplacer(".", "", ",", "").Replace(s) }
	return plain(a) == plain(b)
}

func TestReportOfAnUnknownKind(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	form := cadre.get("/reports/new").form()
	form.Set("what", "Nước mặn vào sâu.")
	form.Set("kind", "gossip")
	for _, action := range []string{"send", "save"} {
		form.Set("action", action)
		a := cadre.post("/reports/new", form)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.main(), "Loại báo cáo này không có.") || a.form().Get("what") != "Nước mặn vào sâu." {
			t.Errorf("%s: got status %d, want 422 with the reason and the text kept", action, a.status)
		}
	}
}

func TestReportForbidden(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	admin := s.visitor("admin")
	if got := admin.get("/reports/new").status; got != http.StatusForbidden {
		t.Errorf("the form for an administrator: got status %d, want 403", got)
	}
	form := url.Values{"submission_id": {uuid.NewString()}, "report_id": {uuid.NewString()}, "version": {"0"}, "kind": {"situation"},
		"locality": {"3"}, "happened_on": {"2020-03-09"}, "what": {"Nước mặn vào sâu."}, "action": {"save"}}
	if a := admin.post("/reports/new", form); a.status != http.StatusForbidden || a.form().Get("what") != "Nước mặn vào sâu." {
		t.Errorf("a draft by an administrator: got status %d, want 403 with the text kept", a.status)
	}
	form.Set("action", "send")
	if a := admin.post("/reports/new", form); a.status != http.StatusUnprocessableEntity || a.errorAt("locality") == "" {
		t.Errorf("a report by an administrator: got status %d, want 422 at the place", a.status)
	}
	stranger := s.visitor("")
	for _, path := range []string{"/reports", "/reports/new", "/reports/drafts", "/reports/" + uuid.NewString() + "/edit"} {
		if a := stranger.get(path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/sign-in") {
			t.Errorf("%s without an account: got %d to %q, want the sign-in page", path, a.status, a.location)
		}
	}
	if a := stranger.post("/reports/new", form); a.status != http.StatusSeeOther || a.location != "/sign-in" {
		t.Errorf("a report without an account: got %d to %q", a.status, a.location)
	}
}

func TestReportList(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	s.exec(`INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, district_id, commune_id, hamlet_id, state, summary, content, received_at)
		SELECT gen_random_uuid(), 1, (SELECT id FROM assignments WHERE cadre_id = 1), 'situation', date '2020-03-01' + n % 5, 3 + n % 2, 1, 2, 3,
			CASE WHEN n % 4 = 0 THEN 'acknowledged' ELSE 'submitted' END, 'Báo cáo ' || n, '{"what": "x"}', timestamptz '2020-03-08 10:00+07' + (n / 3) * interval '1 minute'
		FROM generate_series(0, 70) n`)
	secretary := s.visitor("secretary")
	seen, pages := map[string]int{}, 0
	for path := "/reports"; path != ""; pages++ {
		a := secretary.get(path)
		a.page.Find("main tbody th a").Each(func(_ int, e *goquery.Selection) { seen[e.Text()]++ })
		path = a.page.Find(`a[rel=next]`).AttrOr("href", "")
	}
	if len(seen) != 71 || pages != 3 {
		t.Errorf("got %d different reports on %d pages, want 71 on 3", len(seen), pages)
	}
	for name, n := range seen {
		if n != 1 {
			t.Errorf("%s was listed %d times", name, n)
		}
	}
	counts := map[string]int{
		"?place=4": 30, "?place=3": 30, "?place=5": 0, "?place=4711": 0, "?place=abc": 30, "?from=2020-03-05": 14, "?from=2020-03-05&to=2020-03-04": 0,
		"?to=2020-03-01": 15, "?author=me": 0, "?state=acknowledged": 18, "?state=returned": 0, "?state=bogus": 30, "?from=31/02/2020": 30, "?kind=situation": 30,
	}
	for query, want := range counts {
		a := secretary.get("/reports" + query)
		if got := a.page.Find("main tbody tr").Length(); a.status != http.StatusOK || got != want {
			t.Errorf("%s: got status %d and %d rows, want %d", query, a.status, got, want)
		}
	}
	cadre := s.visitor("cadre")
	for query, want := range map[string]int{"?place=2": 30, "?place=1": 30, "?place=4": 30, "?place=5": 0, "?author=me&state=acknowledged": 18, "?author=me&place=4": 30} {
		if got := cadre.get("/reports" + query).page.Find("main tbody tr").Length(); got != want {
			t.Errorf("the hamlet's cadre with %s: got %d rows, want %d", query, got, want)
		}
	}
	other := s.visitor("other")
	for _, query := range []string{"", "?place=2", "?place=3", "?place=4", "?author=me"} {
		if got := other.get("/reports" + query).page.Find("main tbody tr").Length(); got != 0 {
			t.Errorf("the cadre beside with %q: got %d rows, want none", query, got)
		}
	}
	if strings.Contains(other.get("/reports?place=3").main(), "Ấp 1") {
		t.Error("the filter names a foreign place")
	}
	for _, cursor := range []string{"x", "eyJ0IjoxfQ", strings.Repeat("A", 5000)} {
		if a := secretary.get("/reports?after=" + cursor); a.status != http.StatusNotFound {
			t.Errorf("cursor %.10q: got status %d, want 404", cursor, a.status)
		}
	}
}
