package web_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/sheet"
)

// planForm makes, each time, a plan of the district with one change, and a form about it.
func (s *site) planForm(t *testing.T, what string, form url.Values) func() (string, url.Values) {
	return func() (string, url.Values) {
		id := s.id(t, `INSERT INTO reorganisations (id, title, decree, effective_on, changes, locality_id, author_id, created_at)
			SELECT gen_random_uuid(), 'Kế hoạch', 'Nghị quyết', $1, jsonb_build_array(jsonb_build_object('kind', 'rename', 'units', jsonb_build_array(v.locality_id), 'name', 'Xã Thử')),
				s.locality_id, s.cadre_id, now()
			FROM accounts a JOIN assignments s ON s.cadre_id = a.cadre_id, locality_versions v WHERE a.login = 'admin' AND v.code = '29104' RETURNING id::text`,
			s.actor(t, "admin").Today().Add(30).String())
		return "/reorganisations/" + id + "/" + what, with(form, "version", "1")
	}
}

// An administrator plans a merger on the page, sees what it does, confirms it, and takes it back.
func TestReorganisationOnItsPages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	client := s.client(t, "admin")
	send := func(path string, form url.Values, want int) string {
		t.Helper()
		status, to, body := s.post(t, client, path, with(form, "submission_id", uuid.NewString()))
		if status != want {
			t.Fatalf("%s: got %d, want %d: %s", path, status, want, parse(t, body).Find("main").Text())
		}
		if want == http.StatusSeeOther {
			return to
		}
		return body
	}
	on := s.actor(t, "admin").Today().Add(40)
	refused := parse(t, send("/reorganisations/new", url.Values{"title": {""}, "on": {"31/02/2030"}, "decree": {"Nghị quyết 9"}}, http.StatusUnprocessableEntity))
	if refused.Find("#f-title[aria-invalid]").Length() != 1 || refused.Find("#f-on[aria-invalid]").Length() != 1 || refused.Find("#f-decree").AttrOr("value", "") != "Nghị quyết 9" {
		t.Error("a plan without a name and with a wrong day: want both told at their fields and the decree kept")
	}
	plan := send("/reorganisations/new", url.Values{"title": {"Nhập xã"}, "on": {on.String()}, "decree": {"Nghị quyết 9"}}, http.StatusSeeOther)
	wrong := parse(t, send(plan+"/add", url.Values{"version": {"1"}, "kind": {"merge"}, "units": {"Xã Long Hòa\nẤp 1"}, "type": {"Xã"}, "name": {"Xã Gộp"}}, http.StatusUnprocessableEntity))
	if !strings.Contains(wrong.Find("main").Text(), "Có nhiều nơi tên") || wrong.Find("textarea[name=units]").Text() == "" {
		t.Error("a name that several places have: want it told and the text kept")
	}
	send(plan+"/add", url.Values{"version": {"1"}, "kind": {"merge"}, "units": {"Xã Long Hòa\n29071"}, "type": {"Xã"}, "name": {"Xã Long Hưng"}, "code": {"29059"}}, http.StatusSeeOther)
	_, body := s.get(t, client, plan)
	page := parse(t, body)
	if text := page.Find("main").Text(); !strings.Contains(text, "Xã Châu Hưng, Tiểu vùng I → Xã Long Hưng") || page.Find(`form[action$="/confirm"]`).Length() != 1 || page.Find("table tbody tr").Length() != 6 {
		t.Fatalf("the preview lacks what becomes of the communes, whose assignments end, or the way to confirm: %s", text)
	}
	send(plan+"/confirm", url.Values{"version": {"1"}}, http.StatusConflict)
	send(plan+"/confirm", url.Values{"version": {"2"}}, http.StatusSeeOther)
	_, body = s.get(t, client, plan)
	if page := parse(t, body); page.Find(`a[href*="/assign?cadre="]`).Length() == 0 || page.Find(`form[action$="/confirm"]`).Length() != 0 {
		t.Error("a confirmed plan: want a work list with ways to assign, and nothing more to confirm")
	}
	send(plan+"/cancel", url.Values{"version": {"3"}}, http.StatusSeeOther)
	if n := s.id(t, `SELECT count(*)::text FROM locality_versions WHERE name = 'Xã Long Hưng'`); n != "0" {
		t.Errorf("after the cancellation there are %s communes of the plan", n)
	}
}

// A plan's changes come from a file or are pasted; what is wrong in them is told by its line, and nothing is lost.
func TestReorganisationFromASpreadsheet(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	client := s.client(t, "admin")
	on := s.actor(t, "admin").Today().Add(40)
	_, plan, _ := s.post(t, client, "/reorganisations/new", url.Values{"submission_id": {uuid.NewString()}, "title": {"Nhập xã"}, "on": {on.String()}, "decree": {"Nghị quyết 9"}})
	day := on.Start().Format("02/01/2006")
	book := func(kind string) string {
		var b bytes.Buffer
		text := func(list ...string) (cells []sheet.Cell) {
			for _, v := range list {
				cells = append(cells, sheet.Text(v))
			}
			return cells
		}
		list := sheet.Sheet{Name: "Danh sách", Rows: [][]sheet.Cell{text(day, kind, "29059", "Xã Long Hòa", "29059", "Xã Long Hưng"), text(day, kind, "29071", "Xã Châu Hưng", "29059", "Xã Long Hưng")}}
		for _, head := range []string{"Ngày hiệu lực", "Loai", "MÃ CŨ", "Tên cũ", "Mã mới", "Tên mới"} {
			list.Columns = append(list.Columns, sheet.Column{Head: head})
		}
		if err := sheet.WriteBook(&b, []sheet.Sheet{list}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	send := func(version string, list, name, content string) (int, string) {
		status, to, body := s.sendFile(t, client, plan+"/list", url.Values{"submission_id": {uuid.NewString()}, "version": {version}, "list": {list}}, name, content)
		return status, to + body
	}
	for _, tt := range []struct{ what, list, name, content, field, text, kept string }{
		{"nothing", "", "", "", "list", "rỗng", ""},
		{"no list", "", "anh.png", "\x89PNG\r\n\x1a\n", "file", "không phải bảng tính", ""},
		{"other columns", "", "khac.csv", "Họ tên;Năm sinh\nA;1970\n", "file", "Họ tên", ""},
		{"other columns, pasted", "Họ tên\tNăm sinh\nA\t1970", "", "", "list", "Họ tên", "Năm sinh"},
		{"a kind that there is not", "", "ke-hoach.xlsx", book("đổi chỗ"), "list", "Dòng 2", "Xã Long Hòa"},
	} {
		status, body := send("1", tt.list, tt.name, tt.content)
		page := parse(t, body)
		if wrong := page.Find("#f-" + tt.field + "[aria-invalid]"); status != http.StatusUnprocessableEntity || wrong.Length() != 1 || !strings.Contains(page.Find("main").Text(), tt.text) {
			t.Errorf("%s: got %d, want it told at %s: %s", tt.what, status, tt.field, page.Find("main").Text())
		}
		if kept := page.Find("textarea[name=list]").Text(); !strings.Contains(kept, tt.kept) {
			t.Errorf("%s: got %q kept, want %q in it", tt.what, kept, tt.kept)
		}
	}
	if status, body := send("1", "", "ke-hoach.xlsx", book("sáp nhập")); status != http.StatusSeeOther {
		t.Fatalf("a file: got %d %s", status, parse(t, body).Find("main").Text())
	}
	status, body := s.get(t, client, plan)
	if text := parse(t, body).Find("main").Text(); status != http.StatusOK || !strings.Contains(text, "Xã Châu Hưng, Tiểu vùng I → Xã Long Hưng") {
		t.Errorf("the plan lacks the merger of the file: %s", text)
	}
	status, body = s.get(t, client, "/reorganisations/template")
	rows, _, err := app.ReadPlanRows([]byte(body))
	if status != http.StatusOK || err != nil || len(rows) != 2 || rows[0].Kind != "merge" || rows[0].On != "2025-07-01" {
		t.Errorf("the template: got %d, %+v, %v", status, rows, err)
	}
}
