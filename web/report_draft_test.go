package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// savedDraft makes a draft through the form and gives the path of its form.
func savedDraft(t *testing.T, v *reportVisitor, what string) string {
	t.Helper()
	form := v.get("/reports/new").form()
	form.Set("what", what)
	form.Set("action", "save")
	a := v.post("/reports/new", form)
	if a.status != http.StatusSeeOther || a.location != "/reports/"+form.Get("report_id")+"/edit" {
		t.Fatalf("got %d to %q, want 303 to the draft", a.status, a.location)
	}
	return a.location
}

func TestDraftIsSavedAndSent(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	path := savedDraft(t, cadre, "Đang viết dở")
	drafts := cadre.get("/reports/drafts")
	if got := drafts.page.Find(`main a[href="` + path + `"]`).Text(); got != "Đang viết dở" {
		t.Errorf("the list of drafts has %q", got)
	}
	if got := cadre.get("/reports").page.Find("main tbody tr").Length(); got != 0 {
		t.Errorf("got %d reports, want a draft to be none", got)
	}
	if got := cadre.get(strings.TrimSuffix(path, "/edit")).status; got != http.StatusNotFound {
		t.Errorf("a draft as a report: got status %d, want 404", got)
	}
	form := cadre.get(path).form()
	if form.Get("what") != "Đang viết dở" || form.Get("version") != "1" {
		t.Fatalf("got %v, want the draft", form)
	}
	form.Set("what", "Viết xong")
	form.Set("happened_on", "2030-01-01")
	form.Set("action", "send")
	refused := cadre.post(path, form)
	if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.main(), "đã được lưu thành bản nháp") {
		t.Fatalf("got status %d, want 422 and word that the draft was kept", refused.status)
	}
	if got := cadre.get(path).form().Get("what"); got != "Viết xong" {
		t.Errorf("after the refusal the draft says %q", got)
	}
	back := refused.form()
	back.Set("happened_on", "2020-03-09")
	back.Set("action", "send")
	back.Set("hinted", "1")
	sent := cadre.post(path, back)
	if want := strings.TrimSuffix(path, "/edit"); sent.status != http.StatusSeeOther || sent.location != want {
		t.Fatalf("got %d to %q, want 303 to %s", sent.status, sent.location, want)
	}
	if a := cadre.get(path); a.status != http.StatusOK || a.form().Get("base") != "1" || a.form().Get("what") != "Viết xong" {
		t.Errorf("the form of a sent report: got %d with %v, want that of an amendment", a.status, a.form())
	}
}

func TestDraftConflict(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	path := savedDraft(t, cadre, "Bản đầu")
	first, second := cadre.get(path).form(), cadre.get(path).form()
	first.Set("what", "Tab thứ nhất")
	first.Set("action", "save")
	if a := cadre.post(path, first); a.status != http.StatusSeeOther {
		t.Fatalf("the first tab: got status %d", a.status)
	}
	second.Set("what", "Tab thứ hai")
	for _, action := range []string{"save", "send"} {
		second.Set("action", action)
		a := cadre.post(path, second)
		if a.status != http.StatusConflict {
			t.Fatalf("the second tab, %s: got status %d, want 409", action, a.status)
		}
		form := a.form()
		if form.Get("what") != "Tab thứ hai" || !strings.Contains(a.main(), "Tab thứ nhất") {
			t.Errorf("%s: want the own text kept and the stored one shown", action)
		}
		if form.Get("version") != "2" || form.Get("submission_id") == second.Get("submission_id") {
			t.Errorf("%s: got version %s, want the stored one under a new submission", action, form.Get("version"))
		}
		if action == "send" {
			form.Set("action", "send")
			form.Set("hinted", "1")
			if again := cadre.post(path, form); again.status != http.StatusSeeOther {
				t.Errorf("knowingly sent again: got status %d, want 303", again.status)
			}
		}
	}
	first.Set("action", "save")
	first.Set("submission_id", uuid.NewString())
	late := cadre.post(path, first)
	report := strings.TrimSuffix(path, "/edit")
	if late.status != http.StatusConflict || late.page.Find(`.error-summary a[href="`+report+`"]`).Length() != 1 {
		t.Errorf("a tab left open after sending: got status %d, want 409 with a link to the report", late.status)
	}
	if form := late.form(); form.Get("what") != "Tab thứ nhất" || form.Get("report_id") == first.Get("report_id") {
		t.Errorf("got %v, want the own text for a new report", form)
	}
}

func TestDraftIsDiscarded(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	path := savedDraft(t, cadre, "Sẽ bỏ")
	discard := strings.TrimSuffix(path, "/edit") + "/discard"
	page := cadre.get(path)
	fields := url.Values{}
	for _, name := range []string{"submission_id", "version"} {
		fields.Set(name, page.page.Find(`form[action="`+discard+`"] input[name=`+name+`]`).AttrOr("value", ""))
	}
	newer := page.form()
	newer.Set("what", "Viết thêm ở tab khác")
	newer.Set("action", "save")
	cadre.post(path, newer)
	if a := cadre.post(discard, fields); a.status != http.StatusConflict || a.form().Get("what") != "Viết thêm ở tab khác" {
		t.Errorf("discarding an older version: got status %d, want 409 with what is stored", a.status)
	}
	fields.Set("version", "2")
	for range 2 {
		if a := cadre.post(discard, fields); a.status != http.StatusSeeOther || a.location != "/reports/drafts" {
			t.Errorf("got %d to %q, want 303 to the drafts", a.status, a.location)
		}
	}
	if n := s.count(`SELECT count(*) FROM report_drafts`); n != 0 {
		t.Errorf("got %d drafts, want none", n)
	}
	fields.Set("submission_id", "no id")
	if a := cadre.post(discard, fields); a.status != http.StatusConflict {
		t.Errorf("without a submission id: got status %d, want 409", a.status)
	}
}

func TestDraftOfAnotherPerson(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre, secretary := s.visitor("cadre"), s.visitor("secretary")
	path := savedDraft(t, cadre, "Chỉ mình tôi đọc")
	id := strings.Split(path, "/")[2]
	form := cadre.get(path).form()
	for _, base := range []string{"/reports/" + id, "/reports/" + uuid.NewString(), "/reports/no-id"} {
		for _, action := range []string{"save", "send"} {
			form.Set("action", action)
			form.Set("submission_id", uuid.NewString())
			a := secretary.post(base+"/edit", form)
			if base == "/reports/"+id && a.status != http.StatusNotFound {
				t.Errorf("%s on another one's draft: got status %d, want 404", action, a.status)
			}
		}
		if a := secretary.post(base+"/discard", url.Values{"submission_id": {uuid.NewString()}, "version": {"1"}}); a.status != http.StatusNotFound {
			t.Errorf("discard at %s: got status %d, want 404", base, a.status)
		}
		for _, p := range []string{base, base + "/edit"} {
			if a := secretary.get(p); a.status != http.StatusNotFound || strings.Contains(a.body, "Chỉ mình tôi") {
				t.Errorf("%s: got status %d, want 404", p, a.status)
			}
		}
	}
	if strings.Contains(secretary.get("/reports/drafts").body, "Chỉ mình tôi") || strings.Contains(secretary.get("/").body, "Chỉ mình tôi") {
		t.Error("a draft is shown to somebody else")
	}
	if got := cadre.get(path).form().Get("what"); got != "Chỉ mình tôi đọc" {
		t.Errorf("the draft now says %q", got)
	}
}
