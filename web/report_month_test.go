package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/casework"
	"banam/internal/territory"
)

// A monthly report begins with the author's own reports of the month at the place, is edited, and leads to what it came from.
func TestMonthlyReportIsPutTogether(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	visit, _ := s.visit(t)
	author := s.client(t, "cbxa")
	actor := s.actor(t, "cbxa")
	month := casework.MonthOf(actor.Today()).String()
	place := placeID(actor)
	own := s.report(t, "cbxa", "Nước mặn vào sâu 4 km", true)
	s.report(t, "bithu", "Việc do người khác ghi", true)
	path := "/reports/new?" + url.Values{"kind": {"monthly"}, "place": {place}, "month": {month}}.Encode()
	body := s.body(t, author, path)
	page := parse(t, body)
	what := page.Find(`textarea[name="what"]`).Text()
	for _, want := range []string{"đã gửi 2 báo cáo", "Thăm hộ 1", "Nước mặn vào sâu 4 km"} {
		if !strings.Contains(what, want) {
			t.Errorf("the text that was put together lacks %q: %s", want, what)
		}
	}
	if got := page.Find(`textarea[name="difficulties"]`).Text(); !strings.Contains(got, "Đường vào tổ ngập 40 cm") {
		t.Errorf("the difficulties are %q", got)
	}
	if got := page.Find(`textarea[name="promised"]`).Text(); !strings.Contains(got, "Đã hứa 1 việc; đã xong 0; quá hẹn 0") {
		t.Errorf("the promises are %q", got)
	}
	for _, never := range []string{visitCanary, houseCanary, "Việc do người khác ghi"} {
		if strings.Contains(body, never) {
			t.Errorf("the monthly report takes along %q", never)
		}
	}
	if n := page.Find(`main a[href="` + visit + `"]`).Length(); n != 1 {
		t.Errorf("beside the form stands the visit %d times, want once", n)
	}
	form := url.Values{
		"submission_id": {uuid.NewString()}, "report_id": {uuid.NewString()}, "version": {"0"}, "kind": {"monthly"}, "action": {"send"}, "hinted": {"1"},
		"locality": {place}, "happened_on": {actor.Today().String()}, "month": {month}, "what": {what + "\nĐã sửa lại"},
	}
	for _, tt := range []struct{ field, value string }{{"month", ""}, {"month", "2999-01"}, {"month", "2020-13"}, {"what", ""}, {"happened_on", "2020-03-01"}} {
		wrong := maps.Clone(form)
		wrong.Set(tt.field, tt.value)
		wrong.Set("report_id", uuid.NewString())
		if status, _, body := s.post(t, author, "/reports/new", wrong); status != http.StatusUnprocessableEntity || parse(t, body).Find("#f-"+tt.field+"-error").Length() != 1 {
			t.Errorf("%s %q: status %d, want 422 and the error at the field", tt.field, tt.value, status)
		}
	}
	s.keepsSources(t, author, form, visit, own)
	status, report, body := s.post(t, author, "/reports/new", form)
	if status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", status, parse(t, body).Find("main").Text())
	}
	if sheet := parse(t, s.body(t, author, report+"/print")).Find("article.sheet").Text(); !strings.Contains(sheet, "Báo cáo tháng") || !strings.Contains(sheet, "Đã sửa lại") || !strings.Contains(sheet, "NGƯỜI BÁO CÁO") {
		t.Errorf("on paper: %s", sheet)
	}
	if n := parse(t, s.body(t, author, report+"/edit")).Find(`.beside a[href="` + visit + `"]`).Length(); n != 1 {
		t.Errorf("beside the form of an amendment stands the visit %d times, want once", n)
	}
	second := maps.Clone(form)
	second.Set("submission_id", uuid.NewString())
	second.Set("next_month", "Chữ của tab thứ hai")
	if status, _, body := s.post(t, author, "/reports/new", second); status != http.StatusConflict || !strings.Contains(body, "Chữ của tab thứ hai") {
		t.Errorf("the second tab: status %d", status)
	}
	for _, login := range []string{"cbxa", "bithu", "huyenuy"} {
		body := s.body(t, s.client(t, login), report)
		shown := parse(t, body)
		if shown.Find(`main a[href="`+visit+`"]`).Length() != 1 || shown.Find(`main a[href="/reports/`+own+`"]`).Length() != 1 || !strings.Contains(shown.Find("main").Text(), "Đã sửa lại") {
			t.Errorf("%s does not find the sources or the text", login)
		}
		if strings.Contains(body, visitCanary) || strings.Contains(body, houseCanary) {
			t.Errorf("%s finds the household's part in the monthly report", login)
		}
	}
	if status, _ := s.get(t, s.client(t, "bithu2"), report); status != http.StatusNotFound {
		t.Errorf("a foreign lead: status %d", status)
	}
	amended := maps.Clone(form)
	amended.Set("submission_id", uuid.NewString())
	amended.Set("base", "1")
	amended.Set("next_month", "Nạo vét 200 m mương")
	s.report(t, "cbxa", "Việc sau khi đã gửi", true)
	if status, _, _ := s.post(t, author, report+"/edit", amended); status != http.StatusSeeOther {
		t.Errorf("amending: status %d", status)
	}
	if n := s.id(t, `SELECT string_agg(n::text, ' ') FROM (SELECT count(*) AS n FROM report_sources GROUP BY number ORDER BY number) x`); n != "2 3" {
		t.Errorf("got sources %s, want those of each sending", n)
	}
	if got := parse(t, s.body(t, author, report)).Find("main").Text(); !strings.Contains(got, "Việc sau khi đã gửi") || !strings.Contains(got, "Nạo vét 200 m mương") {
		t.Error("the amended report lacks its text or the new source")
	}
}

// keepsSources saves a monthly report as a draft and opens it again: what it was put together from still stands beside it, for the month and
// the place that it names now.
func (s *site) keepsSources(t *testing.T, author *http.Client, form url.Values, sources ...string) {
	t.Helper()
	form = with(form, "report_id", uuid.NewString())
	form.Set("submission_id", uuid.NewString())
	const title = "Tập hợp từ các báo cáo"
	beside := func(what, body string) {
		t.Helper()
		page := parse(t, body)
		if !strings.Contains(page.Find(".beside").Text(), title) {
			t.Errorf("%s: the list of sources is lost", what)
		}
		for _, source := range sources {
			if page.Find(`.beside a[href$="`+source+`"]`).Length() == 0 {
				t.Errorf("%s: %s does not stand beside the form", what, source)
			}
		}
	}
	refused := with(form, "what", "")
	_, _, body := s.post(t, author, "/reports/new", refused)
	beside("refused", body)
	for _, name := range []string{"version", "submission_id"} { // a refused report is a draft already
		form.Set(name, parse(t, body).Find(`form#report input[name="`+name+`"]`).AttrOr("value", ""))
	}
	form.Set("action", "save")
	status, to, body := s.post(t, author, "/reports/new", form)
	if status != http.StatusSeeOther {
		t.Fatalf("saving: got %d: %s", status, parse(t, body).Find("main").Text())
	}
	beside("saved", s.body(t, author, to))
	for _, month := range []string{"", "2019-01", "nonsense"} {
		s.exec(t, `UPDATE report_drafts SET form = jsonb_set(form, '{month}', to_jsonb($1::text))`, month)
		if got := parse(t, s.body(t, author, to)).Find(".beside").Text(); strings.Contains(got, title) {
			t.Errorf("the month %q has sources: %s", month, got)
		}
	}
	s.exec(t, `DELETE FROM report_drafts`)
}

// A month of which there is nothing gives an empty form, and one that is none the usual month.
func TestMonthlyReportOfAnEmptyMonth(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	actor := s.actor(t, "cbxa")
	author := s.client(t, "cbxa")
	usual := casework.ReportedMonth(territory.DayOf(time.Now())).String()
	for month, want := range map[string]string{"2020-03": "2020-03", "2999-01": usual, "nonsense": usual, "": usual} {
		page := parse(t, s.body(t, author, "/reports/new?"+url.Values{"kind": {"monthly"}, "place": {placeID(actor)}, "month": {month}}.Encode()))
		if got := page.Find(`input[name="month"]`).AttrOr("value", ""); got != want || page.Find(`textarea[name="what"]`).Text() != "" {
			t.Errorf("%q: got the month %q, want %q and nothing written", month, got, want)
		}
	}
}
