package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestHandoverOnThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := "/handovers/" + s.handover(t, "dangvien")
	successor := s.client(t, "dangvien")
	if home := parse(t, s.body(t, successor, "/")); home.Find("a[href='"+path+"']").Length() != 1 {
		t.Error("home does not lead to the handover")
	}
	page := parse(t, s.body(t, successor, path))
	if page.Find("main form[method=post]").Length() != 1 || !strings.Contains(page.Text(), "Người Giữ Trước") {
		t.Error("the successor cannot confirm")
	}
	if admin := parse(t, s.body(t, s.client(t, "admin"), path)); admin.Find("main form[method=post]").Length() != 0 || admin.Find(".tile").Length() != 5 {
		t.Error("the administrator does not see numbers only")
	}
	form := url.Values{"submission_id": {uuid.NewString()}, "note": {strings.Repeat("a", 301)}}
	status, _, body := s.post(t, successor, path, form)
	if again := parse(t, body); status != http.StatusUnprocessableEntity || again.Find("[name=note][aria-invalid]").AttrOr("value", "") != form.Get("note") {
		t.Errorf("too long a note: got %d", status)
	}
	form.Set("note", "đã nhận hồ sơ")
	for range 2 {
		if status, to, _ := s.post(t, successor, path, form); status != http.StatusSeeOther || to != path {
			t.Errorf("got %d to %q", status, to)
		}
	}
	if status, _, _ := s.post(t, successor, path, with(form, "submission_id", uuid.NewString())); status != http.StatusConflict {
		t.Errorf("confirmed again: got %d", status)
	}
	done := parse(t, s.body(t, s.client(t, "admin"), "/handovers?state=done"))
	if !strings.Contains(done.Find("main table").Text(), "đã nhận") {
		t.Error("the administrator does not see that it is confirmed")
	}
	if status, _ := s.get(t, s.client(t, "bithu2"), path); status != http.StatusNotFound {
		t.Errorf("somebody else: got %d", status)
	}
}

// Open browsers gain and lose rights with the next request; with the last assignment the session ends, too.
func TestOpenSessionsFollowAssignments(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, cadre := s.client(t, "admin"), s.actor(t, "cbhuyen")
	browser := s.client(t, "cbhuyen")
	other := "/places/" + s.id(t, `SELECT locality_id::text FROM locality_versions WHERE name = 'Ấp 1' AND parent_id = (SELECT locality_id FROM locality_versions WHERE name = 'Xã Lộc Thuận')`)
	if status, _ := s.get(t, browser, other); status != http.StatusNotFound {
		t.Fatalf("before: got %d", status)
	}
	form := fieldsOf(t, s.body(t, admin, other+"/assign?cadre="+s.id(t, `SELECT cadre_id::text FROM accounts WHERE login = 'cbhuyen'`)))
	form.Set("post", "district_supporter")
	if status, _, body := s.post(t, admin, other+"/assign", form); status != http.StatusSeeOther {
		t.Fatalf("assigning: got %d %s", status, parse(t, body).Find(".error-summary").Text())
	}
	if status, _ := s.get(t, browser, other); status != http.StatusOK {
		t.Errorf("assigned: got %d, want 200", status)
	}
	last := func(place string) string {
		return s.id(t, `SELECT s.id::text FROM assignments s WHERE s.cadre_id = $1 AND s.locality_id = $2::bigint`, int64(cadre.CadreID), strings.TrimPrefix(place, "/places/"))
	}
	own := "/places/" + placeID(cadre)
	end := url.Values{"seen": {""}, "reason": {"chuyển công tác"}}
	if status, _, _ := s.post(t, admin, "/assignments/"+last(own)+"/end", with(end, "submission_id", uuid.NewString())); status != http.StatusSeeOther {
		t.Fatal("the first one does not end")
	}
	if status, _ := s.get(t, browser, own); status != http.StatusNotFound {
		t.Errorf("ended: got %d, want 404", status)
	}
	if status, _ := s.get(t, browser, other); status != http.StatusOK {
		t.Errorf("the other one: got %d, want 200", status)
	}
	void := "/assignments/" + last(other) + "/void"
	if status, _, _ := s.post(t, admin, void, url.Values{"submission_id": {uuid.NewString()}, "reason": {"nhầm"}}); status != http.StatusSeeOther {
		t.Fatalf("voiding: got %d", status)
	}
	if status, to, _ := s.do(t, browser, http.MethodGet, "/", nil); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("without any assignment: got %d to %q, want to sign in anew", status, to)
	}
	if status, _ := s.get(t, s.client(t, "cbhuyen"), "/"); status != http.StatusOK {
		t.Errorf("the narrow home: got %d", status)
	}
}
