package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"banam/internal/cadre"
)

func cadreForm(fields ...string) url.Values {
	form := url.Values{"submission_id": {uuid.NewString()}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

func TestCadresAreAddedAndEdited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, home := s.client(t, "admin"), placeID(s.actor(t, "admin"))
	form := cadreForm("name", "Đoàn Thị Hoà", "tier", "commune", "phone", "0913 000 111", "home", home)
	status, _, body := s.post(t, admin, "/cadres/new", with(form, "tier", ""))
	if page := parse(t, body); status != http.StatusUnprocessableEntity || page.Find("[name=name]").AttrOr("value", "") != "Đoàn Thị Hoà" ||
		page.Find("[name=tier][aria-invalid]").Length() != 1 {
		t.Errorf("without a tier: got %d", status)
	}
	status, to, _ := s.post(t, admin, "/cadres/new", form)
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/cadres/") {
		t.Fatalf("got %d to %q", status, to)
	}
	if again, same, _ := s.post(t, admin, "/cadres/new", form); again != http.StatusSeeOther || same != to {
		t.Errorf("sent twice: got %d to %q, want %q", again, same, to)
	}
	if page := parse(t, s.body(t, admin, "/cadres?q=doan+thi+hoa")); page.Find("main tbody tr").Length() != 1 || page.Find("main tbody a").AttrOr("href", "") != to {
		t.Errorf("the list shows %q", page.Find("main table").Text())
	}
	if status, _, _ := s.post(t, s.client(t, "bithu"), "/cadres/new", form); status != http.StatusForbidden {
		t.Errorf("a lead: got %d", status)
	}

	edit := with(with(form, "version", "1"), "phone", "0913 000 222")
	edit.Set("submission_id", uuid.NewString())
	if status, where, _ := s.post(t, admin, to+"/edit", edit); status != http.StatusSeeOther || where != to {
		t.Fatalf("editing: got %d to %q", status, where)
	}
	late := with(with(edit, "phone", "0913 000 333"), "submission_id", uuid.NewString())
	status, _, body = s.post(t, admin, to+"/edit", late)
	if page := parse(t, body); status != http.StatusConflict || page.Find("[name=phone]").AttrOr("value", "") != "0913 000 333" ||
		page.Find("[name=version]").AttrOr("value", "") != "2" || !strings.Contains(page.Find(".conflict").Text(), "0913 000 222") {
		t.Errorf("a late change: got %d", status)
	}
	if status, _, _ := s.post(t, admin, to+"/edit", with(late, "email", "không")); status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong address: got %d", status)
	}
	if got := s.id(t, `SELECT fields::text FROM audit_entries WHERE action = 'cadre.edit'`); got != "{phone}" {
		t.Errorf("the audit log names %s", got)
	}
	for _, path := range []string{"/edit", "/disable", "/enable"} {
		if status, _, _ := s.post(t, s.client(t, "bithu"), to+path, late); status != http.StatusForbidden {
			t.Errorf("%s by a lead: got %d", path, status)
		}
	}
}

// Whoever is disabled is out with the next request, and back after being enabled.
func TestCadresAreDisabled(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, client := s.client(t, "admin"), s.client(t, "cbhuyen")
	path := "/cadres/" + strconv.FormatInt(int64(s.actor(t, "cbhuyen").CadreID), 10)
	if status, _, _ := s.post(t, admin, path+"/disable", cadreForm()); status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: got %d", status)
	}
	if status, _, _ := s.post(t, admin, path+"/disable", cadreForm("reason", "nghỉ hưu")); status != http.StatusSeeOther {
		t.Fatalf("got %d", status)
	}
	if status, _ := s.get(t, client, "/"); status != http.StatusSeeOther {
		t.Errorf("the session goes on: got %d", status)
	}
	if page := parse(t, s.body(t, admin, path)); !strings.Contains(page.Find("main").Text(), "nghỉ hưu") || page.Find("main form[action$='/enable']").Length() != 1 {
		t.Error("the page does not say so")
	}
	if status, _, _ := s.post(t, admin, path+"/disable", cadreForm("reason", "lần nữa")); status != http.StatusConflict {
		t.Errorf("a second time: got %d", status)
	}
	if status, _, _ := s.post(t, admin, path+"/enable", cadreForm()); status != http.StatusSeeOther {
		t.Fatalf("enabling: got %d", status)
	}
	s.client(t, "cbhuyen")
}

// The list has exactly those who hold or held something in the subtree or were entered for it, page by page and by given name.
func TestListOfCadres(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.exec(t, `INSERT INTO cadres (full_name, tier) VALUES ('Người Nơi Khác', 'commune')`)
	s.exec(t, `INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, l.id, 'commune', daterange('2020-02-15', NULL)
		FROM accounts a, posts p, localities l WHERE a.login = 'cbxa' AND p.code = 'commune_admin' AND l.id = $1`, s.actor(t, "bithu").Grants[0].Locality.ID)
	for _, login := range []string{"admin", "cbxa"} {
		client, actor := s.client(t, login), s.actor(t, login)
		top := actor.Grants[slices.IndexFunc(actor.Grants, func(g cadre.Grant) bool { return g.Post.Capability == "administer" })].Locality.ID
		var names []string
		pages := 0
		for path := "/cadres"; path != ""; pages++ {
			page := parse(t, s.body(t, client, path))
			for _, e := range page.Find("main tbody th a").EachIter() {
				names = append(names, e.Text())
			}
			path = page.Find("a[rel=next]").AttrOr("href", "")
		}
		want := s.id(t, `WITH RECURSIVE down AS (SELECT $1::bigint AS id UNION SELECT v.locality_id FROM down JOIN locality_versions v ON v.parent_id = down.id)
			SELECT count(DISTINCT cadre_id)::text FROM assignments WHERE locality_id IN (SELECT id FROM down)`, int64(top))
		if strconv.Itoa(len(names)) != want || pages < 2 {
			t.Errorf("%s: got %d names on %d pages, want %s", login, len(names), pages, want)
		}
		if slices.Contains(names, "Người Nơi Khác") {
			t.Errorf("%s sees somebody of nowhere", login)
		}
	}
	admin := s.client(t, "admin")
	if status, _ := s.get(t, admin, "/cadres?after=nonsense"); status != http.StatusNotFound {
		t.Errorf("a cursor that is none: got %d", status)
	}
	page := parse(t, s.body(t, admin, "/cadres?tier=province&held=yes&place="+placeID(s.actor(t, "bithu"))))
	if rows := page.Find("main tbody tr"); rows.Length() == 0 || rows.Length() > 3 || strings.Contains(rows.Text(), "Cấp xã") {
		t.Errorf("a commune's province cadres: got %q", rows.Text())
	}
	for _, path := range []string{"/cadres?place=999999999", "/cadres?q=---"} {
		if page := parse(t, s.body(t, admin, path)); page.Find("main tbody tr").Length() != 0 {
			t.Errorf("%s: somebody is found by a place or a name that is none", path)
		}
	}
}

// An administrator sees of a person what they hold in the administrator's places, and only how much they hold elsewhere.
func TestPageOfACadre(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.report(t, "cbhuyen", canary, true)
	person := s.actor(t, "cbhuyen")
	path := "/cadres/" + strconv.FormatInt(int64(person.CadreID), 10)
	s.exec(t, `WITH l AS (INSERT INTO localities (level) VALUES ('hamlet') RETURNING id),
			v AS (INSERT INTO locality_versions (locality_id, type, name, valid) SELECT id, 'Ấp', 'Ấp Nơi Khác', daterange('2020-01-01', NULL) FROM l)
		INSERT INTO assignments (cadre_id, post_id, locality_id, level, period)
		SELECT $1, p.id, l.id, 'hamlet', daterange('2020-02-15', NULL) FROM l, posts p WHERE p.code = 'district_supporter'`, person.CadreID)
	page := parse(t, s.body(t, s.client(t, "admin"), path)).Find("main")
	for _, want := range []string{person.Name, person.Grants[0].Locality.Name, "1 phân công ngoài địa bàn", "Báo cáo đã gửi"} {
		if !strings.Contains(page.Text(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, never := range []string{"Ấp Nơi Khác", canary} {
		if strings.Contains(page.Text(), never) {
			t.Errorf("the page shows %q", never)
		}
	}
	if page.Find("a[href$='/edit']").Length() != 0 {
		t.Error("somebody who works elsewhere, too, can be edited")
	}
	if status, _ := s.get(t, s.client(t, "admin"), path+"/edit"); status != http.StatusForbidden {
		t.Errorf("editing: got %d, want 403", status)
	}
}

// A second person of a name is entered only by who says that they looked at the first.
func TestNamesakes(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, home := s.client(t, "admin"), placeID(s.actor(t, "admin"))
	first := s.person(t, "Đoàn Thị Hoà", "commune")
	s.exec(t, `UPDATE cadres SET birth_year = 1971, agency = 'Trạm y tế' WHERE id = $1::bigint`, first)
	form := cadreForm("name", "Đoàn Thị Hoà", "tier", "commune", "birth_year", "1980", "home", home)
	status, _, body := s.post(t, admin, "/cadres/new", form)
	page := parse(t, body)
	if status != http.StatusUnprocessableEntity || page.Find(".conflict a[href='/cadres/"+first+"']").Length() != 1 || !strings.Contains(page.Find(".conflict").Text(), "1971, Trạm y tế") ||
		page.Find("[name=birth_year]").AttrOr("value", "") != "1980" || page.Find("[name=another]").Length() != 1 {
		t.Fatalf("got %d: %s", status, page.Find(".conflict").Text())
	}
	form.Set("another", "true")
	if status, _, _ := s.post(t, admin, "/cadres/new", form); status != http.StatusSeeOther {
		t.Fatalf("somebody else: got %d", status)
	}
	list := parse(t, s.body(t, admin, "/cadres?q=doan+thi+hoa"))
	if rows := list.Find("main tbody tr"); rows.Length() != 2 || !strings.Contains(rows.Text(), "sinh 1971; có 1 người khác cùng tên") || !strings.Contains(rows.Text(), "sinh 1980") {
		t.Errorf("the list does not tell them apart: %s", list.Find("main tbody").Text())
	}
	if choose := parse(t, s.body(t, admin, "/places/"+placeID(s.actor(t, "dangvien"))+"/assign?q=doan+thi+hoa")); !strings.Contains(choose.Find("main tbody").Text(), "sinh 1971") {
		t.Error("who chooses somebody to assign cannot tell them apart")
	}
}

// Leads see a card of those who hold or held something in their places, and of nobody else.
func TestCardForLeads(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := func(login string) string {
		return "/cadres/" + strconv.FormatInt(int64(s.actor(t, login).CadreID), 10)
	}
	s.exec(t, `UPDATE cadres SET birth_year = 1971, email = 'kin@example.vn' WHERE id = (SELECT cadre_id FROM accounts WHERE login = 'cbhuyen')`)
	page := parse(t, s.body(t, s.client(t, "bithu"), path("cbhuyen")))
	text := page.Find("main").Text()
	if !strings.Contains(text, "Cán bộ huyện hỗ trợ") || page.Find("main a[href^='tel:']").Length() != 1 || strings.Contains(text, "1971") || strings.Contains(text, "kin@") || page.Find("#activity").Length() != 0 ||
		page.Find("main a[href$='/edit'], main form").Length() != 0 {
		t.Errorf("the card shows %q", text)
	}
	for login, want := range map[string]int{"bithu2": http.StatusNotFound, "huyenuy": http.StatusOK, "cbxa": http.StatusForbidden, "huyenuyvien": http.StatusForbidden} {
		if status, _ := s.get(t, s.client(t, login), path("cbhuyen")); status != want {
			t.Errorf("%s: got %d, want %d", login, status, want)
		}
	}
	if status, _ := s.get(t, s.client(t, "bithu"), path("huyenuy")); status != http.StatusNotFound {
		t.Errorf("somebody above: got %d", status)
	}
	s.exec(t, `UPDATE assignments SET period = daterange(lower(period), (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date), ended_reason = 'nghỉ hưu' WHERE cadre_id = (SELECT cadre_id FROM accounts WHERE login = 'cbhuyen')`)
	if before := parse(t, s.body(t, s.client(t, "dangvien"), path("cbhuyen"))).Find("[aria-labelledby=before]").Text(); !strings.Contains(before, "nghỉ hưu") {
		t.Errorf("who was here before: got %q", before)
	}
	place := parse(t, s.body(t, s.client(t, "dangvien"), "/places/"+placeID(s.actor(t, "dangvien"))))
	if place.Find("#people").Parent().Find("a[href^='/cadres/']").Length() == 0 {
		t.Error("names on the page of a place lead nowhere")
	}
}
