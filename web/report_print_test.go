package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// On paper a visit says no more to anybody than on the screen, and nothing of a household in a set, whoever prints it.
func TestPrintedVisit(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	report, _ := s.visit(t)
	for login, want := range map[string]bool{"cbxa": true, "bithu": true, "tieuvung1": false, "huyenuyvien": false} {
		status, body := s.get(t, s.client(t, login), report+"/print")
		if status != http.StatusOK || strings.Contains(body, visitCanary) != want || strings.Contains(body, "không hiển thị") && want {
			t.Errorf("%s: status %d, the household's part on paper: %t, want %t", login, status, !want, want)
		}
		status, _, body = s.post(t, s.client(t, login), "/reports/print", url.Values{"kind": {"household_visit"}})
		if status != http.StatusOK || strings.Contains(body, visitCanary) || strings.Contains(body, houseCanary) || !strings.Contains(body, "Đường vào tổ ngập 40 cm") || !strings.Contains(body, "Phần về hộ gia đình không in trong tập.") {
			t.Errorf("%s prints a set: status %d, %t", login, status, strings.Contains(body, visitCanary))
		}
	}
	if status, _ := s.get(t, s.client(t, "bithu2"), report+"/print"); status != http.StatusNotFound {
		t.Errorf("a neighbour: status %d", status)
	}
}

// A set of reports is printed in the name of the reader's committee, the newest first, with what was chosen as its title; that is noted like an
// export. In English it is the same document.
func TestPrintedSet(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.report(t, "cbhuyen", "Cống Đình bị kẹt cửa", true)
	s.report(t, "cbtinh", "Đường tỉnh lộ hư", true)
	lead := s.client(t, "bithu")
	status, _, body := s.post(t, lead, "/reports/print", url.Values{"tier": {"district"}})
	sheet := strings.Join(strings.Fields(parse(t, body).Find("article.sheet").Text()), " ")
	for _, want := range []string{"ĐẢNG BỘ HUYỆN BÌNH ĐẠIĐẢNG ỦY XÃ CHÂU HƯNG*", "-BC/ĐU", "Châu Hưng, ngày", "Tập hợp báo cáo: Cấp huyện", "1. Tình hình Ấp Hưng Chánh", "Cống Đình bị kẹt cửa", "NGƯỜI TỔNG HỢP", "1 báo cáo."} {
		if status != http.StatusOK || !strings.Contains(sheet, want) {
			t.Errorf("status %d, lacks %q: %s", status, want, sheet)
		}
	}
	if strings.Contains(sheet, "tỉnh lộ") {
		t.Error("the set has what was not chosen")
	}
	if n := s.id(t, `SELECT count(*)::text FROM audit_entries WHERE action = 'list.export' AND object_id = 'report_set' AND quantity = 1 AND fields = '{tier}'`); n != "1" {
		t.Errorf("got %s entries of the set", n)
	}
	if status, _, body := s.post(t, lead, "/reports/print", url.Values{"from": {"2999-01-01"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Không có báo cáo nào để in.") {
		t.Errorf("nothing to print: status %d", status)
	}
	s.exec(t, `INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id, state, summary, content, received_at)
		SELECT gen_random_uuid(), author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id, state, summary, content, received_at FROM reports, generate_series(1, 120)`)
	_, _, body = s.post(t, lead, "/reports/print", nil)
	if page := parse(t, body); page.Find(".sheet-report").Length() != 100 || !strings.Contains(page.Find(".sheet-mark").Text(), "Chỉ có 100 báo cáo mới nhất") {
		t.Errorf("of many reports %d are printed: %s", page.Find(".sheet-report").Length(), page.Find(".sheet-mark").Text())
	}
}
