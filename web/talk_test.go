package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

// Who talks with whom on reports: what others said on a supporter's reports and what a supporter said on those of others, for leads above and
// for nobody else.
func TestTalkOnReports(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	report := s.report(t, "cbhuyen", "Nước mặn vào kênh", true)
	lead, commune := s.client(t, "bithu"), placeID(s.actor(t, "bithu"))
	row := func(path string) string {
		found := parse(t, s.body(t, lead, path)).Find("main tbody tr").FilterFunction(func(_ int, tr *goquery.Selection) bool {
			return strings.Contains(tr.Find(".cell-main").Text(), "Ấp Hưng Chánh") && strings.Contains(tr.Text(), "Cán bộ huyện")
		})
		return strings.Join(strings.Fields(found.Text()), " ")
	}
	if got := row("/reports/talk"); !strings.Contains(got, "Chưa trao đổi với ai") {
		t.Errorf("before anybody said anything: %q", got)
	}
	comment := func(login, reason, version string) {
		t.Helper()
		if status, _, body := s.post(t, s.client(t, login), "/reports/"+report+"/moves/comment", url.Values{"submission_id": {uuid.NewString()}, "version": {version}, "reason": {reason}}); status != http.StatusSeeOther {
			t.Fatalf("%s comments: %d %.300s", login, status, body)
		}
	}
	comment("bithu", "Cho biết độ mặn.", "1")
	comment("cbhuyen", "Dạ, 4 phần nghìn.", "2") // one's own answer is not counted again
	comment("bithu", "Cảm ơn.", "3")
	if got, name := row("/reports/talk"), s.id(t, `SELECT full_name FROM cadres WHERE id = (SELECT cadre_id FROM accounts WHERE login = 'bithu')`); !strings.Contains(got, name) ||
		!strings.Contains(got, "2 lần") || strings.Contains(got, "Chưa trao đổi") {
		t.Errorf("after the secretary's words: %q", got)
	}
	if got := row("/reports/talk?quiet=yes"); got != "" {
		t.Errorf("among the quiet ones: %q", got)
	}
	page := parse(t, s.body(t, s.client(t, "huyenuy"), "/reports/talk?quiet=yes&place="+commune))
	if text := page.Find("main").Text(); strings.Contains(page.Find("tbody").Text(), "Lộc Thuận") || strings.Contains(page.Find("tbody").Text(), "Tổ ") || !strings.Contains(text, "nơi chưa trao đổi với ai") {
		t.Errorf("the district's list of a commune: %.400q", text)
	}
	if text := parse(t, s.body(t, s.client(t, "bithu2"), "/reports/talk")).Find("tbody").Text(); strings.Contains(text, "Hưng Chánh") {
		t.Error("a neighbour reads of the commune")
	}
	for login, want := range map[string]int{"cbhuyen": http.StatusForbidden, "admin": http.StatusForbidden, "huyenuyvien": http.StatusForbidden} {
		if status, _ := s.get(t, s.client(t, login), "/reports/talk"); status != want {
			t.Errorf("%s: got %d, want %d", login, status, want)
		}
	}
	for _, after := range []string{"x!", "WyJcdTAwMDAiXQ"} { // no cursor, and one with a NUL in it
		if status, _ := s.get(t, lead, "/reports/talk?after="+after); status != http.StatusNotFound {
			t.Errorf("the cursor %s: got %d", after, status)
		}
	}
	status, _, file := s.post(t, lead, "/reports/talk/export", url.Values{"format": {"csv"}})
	if status != http.StatusOK || !strings.Contains(file, "(2 lần)") {
		t.Errorf("the file: got %d, %.300s", status, file)
	}
	if page := parse(t, s.body(t, lead, "/places/"+commune)); page.Find(`a[href="/reports/talk?place=`+commune+`"]`).Length() != 1 {
		t.Error("the place does not lead there")
	}
}
