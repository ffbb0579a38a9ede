package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"banam/internal/casework"
	"banam/internal/territory"
)

// The list of places without a report: by month and commune, as a file, and only what lies below the reader's own places.
func TestOwedList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.exec(t, `UPDATE assignments SET period = daterange('2020-01-01', upper(period))`)
	lead, above := s.client(t, "bithu"), s.client(t, "huyenuy")
	path := "/reports/owed?month=" + casework.MonthOf(territory.DayOf(time.Now())).Add(-1).String()
	status, body := s.get(t, lead, path)
	page := parse(t, body)
	if status != http.StatusOK || page.Find("tbody tr").Length() == 0 || !strings.Contains(body, "Ấp Hưng Chánh") || strings.Contains(body, "Xã Lộc Thuận") || page.Find(`select[name="place"]`).Length() != 0 {
		t.Errorf("the secretary's list: got %d, %d rows", status, page.Find("tbody tr").Length())
	}
	commune := placeID(s.actor(t, "bithu"))
	_, body = s.get(t, above, path+"&place="+commune)
	if page := parse(t, body); page.Find(`select[name="place"] option[selected]`).AttrOr("value", "") != commune || strings.Contains(page.Find("tbody").Text(), "Lộc Thuận") || page.Find("tbody tr").Length() == 0 {
		t.Error("the list of one commune has others, or none")
	}
	for name, path := range map[string]string{"no month": "/reports/owed?month=soon", "a month to come": "/reports/owed?month=2199-01", "no place": path + "&place=x"} {
		if status, _ := s.get(t, lead, path); status != http.StatusOK {
			t.Errorf("%s: got %d", name, status)
		}
	}
	if status, _ := s.get(t, lead, path+"&after=x!"); status != http.StatusNotFound {
		t.Errorf("a cursor that is none: got %d", status)
	}
	if _, body := s.get(t, lead, path+"&place="+placeID(s.actor(t, "bithu2"))); strings.Contains(body, "Lộc Thuận") || parse(t, body).Find("tbody tr").Length() != 0 {
		t.Error("a place beside shows something")
	}
	status, _, file := s.post(t, lead, "/reports/owed/export", url.Values{"month": {"2026-01"}, "format": {"csv"}})
	if status != http.StatusOK || !strings.Contains(file, "Ấp Hưng Chánh") || !strings.Contains(file, "01/2026") || strings.Contains(file, "Lộc Thuận") {
		t.Errorf("the file: got %d, %.200s", status, file)
	}
	for _, path := range []string{"/reports", "/places/" + commune} {
		if _, body := s.get(t, lead, path); parse(t, body).Find(`a[href^="/reports/owed"]`).Length() == 0 {
			t.Errorf("%s does not lead there", path)
		}
	}
	if _, body := s.get(t, s.client(t, "cbhuyen"), "/reports"); strings.Contains(body, "/reports/owed") {
		t.Error("a supporter is led where they may not go")
	}
}

// A supporter sees on the home page what they owe this month, until they have sent something.
func TestOwedAtHome(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.exec(t, `UPDATE assignments SET period = daterange('2020-01-01', upper(period))`)
	client := s.client(t, "cbhuyen")
	owes := func() bool {
		_, body := s.get(t, client, "/")
		return strings.Contains(body, "Tháng này còn nợ báo cáo")
	}
	if !owes() {
		t.Error("nothing sent, nothing owed")
	}
	s.report(t, "cbhuyen", "Nước mặn", true)
	if owes() {
		t.Error("still owed after a report")
	}
	if _, body := s.get(t, s.client(t, "bithu"), "/"); strings.Contains(body, "còn nợ báo cáo") {
		t.Error("a lead owes")
	}
}
