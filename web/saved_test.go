package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// The list of reports by the tier of the author and by how useful a lead found them; the words searched for stand out, in the line of a report or
// in a piece of its text.
func TestReportListNarrowed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	near, far := s.report(t, "cbhuyen", "Cống Đình bị kẹt cửa", true), s.report(t, "cbtinh", "Đường tỉnh lộ hư", true)
	s.exec(t, `UPDATE reports SET usefulness = 3, state = 'acknowledged' WHERE id = $1`, near)
	lead := s.client(t, "tieuvung1")
	rows := func(query string) string {
		return strings.Join(strings.Fields(parse(t, s.body(t, lead, "/reports?"+query)).Find("main tbody").Text()), " ")
	}
	for query, want := range map[string][2]bool{
		"": {true, true}, "tier=district": {true, false}, "tier=province": {false, true}, "tier=commune": {false, false}, "tier=x": {true, true},
		"usefulness=3": {true, false}, "usefulness=1": {false, false}, "usefulness=9": {true, true}, "q=kẹt+cửa": {true, false}, "q=ket+cua&tier=district": {true, false},
	} {
		if text := rows(query); strings.Contains(text, "Cống Đình") != want[0] || strings.Contains(text, "tỉnh lộ") != want[1] {
			t.Errorf("?%s shows %q", query, text)
		}
	}
	if marked := parse(t, s.body(t, lead, "/reports?q=ket+cua")).Find("main tbody mark"); marked.Text() != "kẹtcửa" {
		t.Errorf("marked: %q", marked.Text())
	}
	s.exec(t, `UPDATE reports SET content = jsonb_set(content, '{difficulties}', '"Máy đóng mở đã gỉ sét nặng."') WHERE id = $1`, far)
	if found := parse(t, s.body(t, lead, "/reports?q=gi+set")).Find("main tbody small"); !strings.Contains(found.Text(), "Máy đóng mở đã gỉ sét") || found.Find("mark").Length() != 2 {
		t.Errorf("the piece of the text: %q", found.Text())
	}
	author := parse(t, s.body(t, lead, "/reports?q=ket+cua")).Find(`main tbody a[href^="/reports?author="]`)
	chosen := parse(t, s.body(t, lead, author.AttrOr("href", "")))
	if text := chosen.Find("main tbody").Text(); !strings.Contains(text, "Cống Đình") || strings.Contains(text, "tỉnh lộ") || !strings.Contains(chosen.Find(".filter-active").Text(), "của "+author.Text()) ||
		chosen.Find("select[name=author] option[selected]").Text() != author.Text() {
		t.Errorf("the reports of %s: %q", author.Text(), text)
	}
	if rows("author=999999") != "" || rows("author=-4") == "" {
		t.Error("an author who is none")
	}
	if text := parse(t, s.body(t, lead, "/reports?tier=district&usefulness=3")).Find(".filter-active").Text(); !strings.Contains(text, "Cấp huyện, Rất hữu ích") {
		t.Errorf("the filter in words: %q", text)
	}
	_, _, file := s.post(t, lead, "/reports/export", url.Values{"format": {"csv"}, "tier": {"district"}})
	if !strings.Contains(file, "Rất hữu ích") || strings.Contains(file, "tỉnh lộ") {
		t.Errorf("the file: %.300s", file)
	}
}

// A filter of the list of reports is kept under a name, for its owner alone.
func TestSavedFilters(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	lead, other := s.client(t, "bithu"), s.client(t, "cbhuyen")
	list := parse(t, s.body(t, lead, "/reports?kind=flash&state=returned&bogus=1&after="))
	link := list.Find(".filter-keep a").AttrOr("href", "")
	form := fieldsOf(t, s.body(t, lead, link))
	if form.Get("query") != "kind=flash&state=returned" {
		t.Fatalf("%s keeps %q", link, form.Get("query"))
	}
	form.Set("name", strings.Repeat("á", 41))
	status, _, body := s.post(t, lead, "/reports/filters", form)
	if again := parse(t, body); status != http.StatusUnprocessableEntity || again.Find("[name=name][aria-invalid]").AttrOr("value", "") != form.Get("name") || again.Find("[name=query]").AttrOr("value", "") != form.Get("query") {
		t.Errorf("too long a name: got %d", status)
	}
	form.Set("name", "  Tin nhanh   bị trả ")
	if status, to, _ := s.post(t, lead, "/reports/filters", form); status != http.StatusSeeOther || to != "/reports?kind=flash&state=returned" {
		t.Errorf("saving: got %d to %s", status, to)
	}
	list = parse(t, s.body(t, lead, "/reports?state=returned&kind=flash"))
	if tab := list.Find(".filter-keep a").First(); tab.Text() != "Tin nhanh bị trả" || tab.AttrOr("aria-current", "") != "page" {
		t.Errorf("the list leads to %q", tab.Text())
	}
	if list.Find(`.filter-keep a[href*="query="]`).Length() != 0 {
		t.Error("what is kept is offered to be kept again")
	}
	if page := parse(t, s.body(t, other, "/reports")); page.Find(".filter-keep").Length() != 0 {
		t.Error("somebody else sees it")
	}
	s.post(t, other, "/reports/filters/remove", url.Values{"submission_id": {uuid.NewString()}, "name": {"Tin nhanh bị trả"}})
	if n := s.id(t, `SELECT count(*)::text FROM saved_filters`); n != "1" {
		t.Errorf("somebody else's removal left %s", n)
	}
	replaced := url.Values{"submission_id": {uuid.NewString()}, "name": {"Tin nhanh bị trả"}, "query": {"kind=flash"}}
	if status, _, _ := s.post(t, lead, "/reports/filters", replaced); status != http.StatusSeeOther {
		t.Errorf("the same name again: got %d", status)
	}
	if q := s.id(t, `SELECT query FROM saved_filters`); q != "kind=flash" {
		t.Errorf("the name keeps %q", q)
	}
	if status, _, _ := s.post(t, lead, "/reports/filters", url.Values{"submission_id": {uuid.NewString()}, "name": {"Tất cả"}, "query": {"after=x&place=-4"}}); status != http.StatusConflict {
		t.Errorf("no filter at all: got %d", status)
	}
	for i := range 20 {
		status, _, _ := s.post(t, lead, "/reports/filters", url.Values{"submission_id": {uuid.NewString()}, "name": {fmt.Sprint("Bộ lọc ", i)}, "query": {"kind=flash"}})
		if want := map[bool]int{true: http.StatusSeeOther, false: http.StatusConflict}[i < 19]; status != want {
			t.Errorf("the filter %d: got %d, want %d", i+2, status, want)
		}
	}
	page := parse(t, s.body(t, lead, "/reports/filters"))
	if page.Find("tbody tr").Length() != 20 || !strings.Contains(page.Find("tbody").Text(), "Tin nhanh") {
		t.Errorf("the page lists %d", page.Find("tbody tr").Length())
	}
	s.post(t, lead, "/reports/filters/remove", url.Values{"submission_id": {uuid.NewString()}, "name": {"Tin nhanh bị trả"}})
	if n := s.id(t, `SELECT count(*)::text FROM saved_filters WHERE name LIKE 'Tin%'`); n != "0" {
		t.Error("the removed one is still there")
	}
}
