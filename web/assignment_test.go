package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/territory"
)

// person enters somebody of a tier for the district, who holds nothing, and gives their id.
func (s *site) person(t *testing.T, name, tier string) string {
	t.Helper()
	return s.id(t, `INSERT INTO cadres (full_name, tier, home_id) SELECT $1, $2, locality_id
		FROM locality_versions WHERE name = 'Huyện Bình Đại' RETURNING id::text`, name, tier)
}

func TestAssigningOnThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	hamlet := "/places/" + placeID(s.actor(t, "cbhuyen"))
	person := s.person(t, "Lê Thị Hoà", "district")
	page := parse(t, s.body(t, admin, hamlet+"/assign?q=le+thi+hoa"))
	link := page.Find("main table a").AttrOr("href", "")
	if !strings.Contains(link, "cadre="+person) || page.Find("main tbody tr").Length() != 1 {
		t.Fatalf("the search finds %q", page.Find("main table").Text())
	}
	page = parse(t, s.body(t, admin, link))
	form := url.Values{}
	for _, e := range page.Find("main form input[type=hidden], main form input[type=date]").EachIter() {
		form.Set(e.AttrOr("name", ""), e.AttrOr("value", ""))
	}
	if got := page.Find("main [name=post] option[selected]").AttrOr("value", ""); got != "district_supporter" {
		t.Errorf("the only post that fits is not chosen: %q", got)
	}
	form.Set("post", "district_supporter")
	form.Set("decision", "45-QĐ/HU")
	wrong := with(form, "from", "ngày mai")
	status, _, body := s.post(t, admin, hamlet+"/assign", wrong)
	if again := parse(t, body); status != http.StatusUnprocessableEntity || again.Find("[name=decision]").AttrOr("value", "") != "45-QĐ/HU" ||
		again.Find("[name=from][aria-invalid]").Length() != 1 || again.Find(".error-summary a").Length() != 1 {
		t.Errorf("a wrong day: got %d", status)
	}
	if status, to, _ := s.post(t, admin, hamlet+"/assign", form); status != http.StatusSeeOther || to != hamlet+"/assignments" {
		t.Fatalf("got %d to %q", status, to)
	}
	if status, _, _ := s.post(t, admin, hamlet+"/assign", form); status != http.StatusSeeOther { // the same sending once more
		t.Errorf("sent twice: got %d", status)
	}
	status, _, body = s.post(t, admin, hamlet+"/assign", with(form, "submission_id", uuid.NewString()))
	if again := parse(t, body); status != http.StatusUnprocessableEntity || !strings.Contains(again.Find(".error-summary").Text(), "đã giữ chức trách đó ở đây") {
		t.Errorf("the same assignment anew: got %d", status)
	}
	row := rowOf(parse(t, s.body(t, admin, hamlet+"/assignments")), "Lê Thị Hoà")
	if !strings.Contains(row.Text(), "45-QĐ/HU") || row.Find("form").Length() != 1 || row.Find("a[href$='/void']").Length() != 1 {
		t.Errorf("the place's page shows %q", row.Text())
	}
	if status, _, _ := s.post(t, s.client(t, "bithu"), hamlet+"/assign", form); status != http.StatusForbidden {
		t.Errorf("a lead: got %d, want 403", status)
	}
	lead := parse(t, s.body(t, s.client(t, "bithu"), hamlet+"/assignments")).Find("main")
	if lead.Find("form:not(.export, .asof-form), a[href$='/end'], a[href*='/assign?']").Length() != 0 || !strings.Contains(lead.Text(), "Lê Thị Hoà") {
		t.Error("a lead does not see who is assigned, or is offered to change it")
	}
}

func TestEndingOnThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, cadre := s.client(t, "admin"), s.actor(t, "cbhuyen")
	signedIn := s.client(t, "cbhuyen")
	place := "/places/" + placeID(cadre)
	path := "/assignments/" + strconv.FormatInt(int64(cadre.Grants[0].AssignmentID), 10)
	form := url.Values{"submission_id": {uuid.NewString()}, "seen": {""}, "last": {""}, "reason": {""}}
	status, _, body := s.post(t, admin, path+"/end", form)
	if page := parse(t, body); status != http.StatusUnprocessableEntity || page.Find("[name=reason][aria-invalid]").Length() != 1 {
		t.Errorf("without a reason: got %d", status)
	}
	if status, _, _ := s.post(t, s.client(t, "bithu"), path+"/end", with(form, "reason", "vì thế")); status != http.StatusForbidden {
		t.Errorf("a lead: got %d, want 403", status)
	}
	if status, to, _ := s.post(t, admin, path+"/end", with(form, "reason", "chuyển công tác")); status != http.StatusSeeOther || to != place+"/assignments" {
		t.Fatalf("got %d to %q", status, to)
	}
	if status, _ := s.get(t, signedIn, place); status != http.StatusSeeOther {
		t.Errorf("the signed-in cadre still sees the place: got %d", status)
	}
	status, _, body = s.post(t, admin, path+"/end", url.Values{"submission_id": {uuid.NewString()}, "seen": {""}, "reason": {"Nghỉ hưu"}})
	if page := parse(t, body); status != http.StatusConflict || page.Find("[name=reason]").AttrOr("value", "") != "Nghỉ hưu" {
		t.Errorf("ended by somebody else: got %d", status)
	}
	before := parse(t, s.body(t, admin, place+"/assignments")).Find("#before").Parent()
	if !strings.Contains(before.Text(), cadre.Name) || !strings.Contains(before.Text(), "chuyển công tác") {
		t.Errorf("the history shows %q", before.Text())
	}
	status, _, _ = s.post(t, admin, path+"/void", url.Values{"submission_id": {uuid.NewString()}, "reason": {"nhầm"}})
	if status != http.StatusConflict {
		t.Errorf("voiding what is over: got %d", status)
	}
}

func TestReplacingOnThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, old := s.client(t, "admin"), s.actor(t, "dangvien")
	place, id := "/places/"+placeID(old), strconv.FormatInt(int64(old.Grants[0].AssignmentID), 10)
	person := s.person(t, "Lê Thị Thay", "commune")
	page := parse(t, s.body(t, admin, place+"/assign?replaces="+id+"&cadre="+person))
	if page.Find("[name=post] option[selected]").AttrOr("value", "") != "hamlet_lead" || page.Find("[name=replaces]").AttrOr("value", "") != id {
		t.Error("the form does not know whom to replace")
	}
	form := url.Values{
		"submission_id": {uuid.NewString()}, "cadre": {person}, "replaces": {id}, "post": {"hamlet_lead"},
		"from": {territory.DayOf(time.Now()).String()}, "reason": {"nghỉ hưu"},
	}
	if status, to, _ := s.post(t, admin, place+"/assign", form); status != http.StatusSeeOther || to != place+"/assignments" {
		t.Fatalf("got %d to %q", status, to)
	}
	page = parse(t, s.body(t, admin, place+"/assignments"))
	if !strings.Contains(page.Find("#now").Parent().Text(), "Lê Thị Thay") || !strings.Contains(page.Find("#before").Parent().Text(), old.Name) {
		t.Error("the one is not there, or the other has not gone")
	}
	now := s.id(t, `SELECT max(id)::text FROM assignments WHERE cadre_id = $1::bigint`, person)
	if status, _, _ := s.post(t, admin, "/assignments/"+now+"/void", url.Values{"submission_id": {uuid.NewString()}, "reason": {"nhầm người"}}); status != http.StatusSeeOther {
		t.Errorf("voiding: got %d", status)
	}
}

func TestPrimaryOnThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, cadre := s.client(t, "admin"), s.actor(t, "cbhuyen")
	path := "/assignments/" + strconv.FormatInt(int64(cadre.Grants[0].AssignmentID), 10) + "/primary"
	s.exec(t, `UPDATE assignments SET is_primary = false WHERE id = $1`, cadre.Grants[0].AssignmentID)
	form := url.Values{"submission_id": {uuid.NewString()}}
	for range 2 {
		if status, to, _ := s.post(t, admin, path, form); status != http.StatusSeeOther || to != "/places/"+placeID(cadre)+"/assignments" {
			t.Errorf("got %d to %q", status, to)
		}
	}
	if status, _, _ := s.post(t, admin, path, url.Values{}); status != http.StatusConflict {
		t.Errorf("without an id: got %d", status)
	}
	if status, _, _ := s.post(t, s.client(t, "bithu"), path, form); status != http.StatusForbidden {
		t.Errorf("a lead: got %d", status)
	}
}
