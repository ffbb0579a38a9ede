package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func clockForm(version string, fields ...string) url.Values {
	form := url.Values{"submission_id": {uuid.NewString()}, "version": {version}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

func TestHoursAreChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	week := []string{"hours_1", "07:30-11:30, 13:30-17:30", "hours_2", "07:00-11:00", "hours_3", "07:00-11:00", "hours_4", "07:00-11:00", "hours_5", "07:00-11:00", "hours_6", "08:00-10:00"}
	if status, to, _ := s.post(t, admin, "/calendar/hours", clockForm("0", week...)); status != http.StatusSeeOther || to != "/calendar" {
		t.Fatalf("got %d to %q", status, to)
	}
	page := s.page(t, "cbxa", "/calendar").Find("main")
	for _, want := range []string{"07:30-11:30, 13:30-17:30", "08:00-10:00", "Nghỉ", "40 giờ", "Tết Nguyên đán"} {
		if !strings.Contains(page.Text(), want) {
			t.Errorf("everybody's page lacks %q", want)
		}
	}
	if page.Find("form, a[href='/calendar/hours']").Length() != 0 {
		t.Error("somebody who may not change the calendar is offered it")
	}
	if n := s.id(t, `SELECT count(*)::text FROM audit_entries WHERE action = 'clock.hours' AND actor_id IS NOT NULL AND assignment_id IS NOT NULL`); n != "1" {
		t.Errorf("got %s audit entries, want 1", n)
	}

	status, _, body := s.post(t, admin, "/calendar/hours", clockForm("0", week...)) // made from what was there before
	if form := parse(t, body); status != http.StatusConflict || form.Find("[name=hours_1]").AttrOr("value", "") != week[1] || form.Find("[name=version]").AttrOr("value", "") != "1" {
		t.Errorf("a late change: got %d", status)
	}
	status, _, body = s.post(t, admin, "/calendar/hours", clockForm("1", "hours_1", "sáng", "hours_2", "07:00-11:00"))
	if form := parse(t, body); status != http.StatusUnprocessableEntity || form.Find("[name=hours_1]").AttrOr("value", "") != "sáng" ||
		form.Find("[name=hours_1][aria-invalid]").Length() != 1 || form.Find(".error-summary a").AttrOr("href", "") != "#"+form.Find("[name=hours_1]").AttrOr("id", "") {
		t.Errorf("wrong hours: got %d", status)
	}
	for _, login := range []string{"bithu", "cbxa", "tieuvung1"} {
		if status, _, _ := s.post(t, s.client(t, login), "/calendar/hours", clockForm("1", week...)); status != http.StatusForbidden {
			t.Errorf("%s: got %d, want 403", login, status)
		}
	}
	s.exec(t, `INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, l.id, 'province', daterange('2020-02-15', NULL)
		FROM accounts a, posts p, localities l WHERE a.login = 'tinhuy' AND p.code = 'province_admin' AND l.level = 'province'`)
	if status, _, _ := s.post(t, admin, "/calendar/hours", clockForm("1", week...)); status != http.StatusForbidden {
		t.Errorf("with somebody above who administers: got %d, want 403", status)
	}
	if status, _, _ := s.post(t, s.client(t, "tinhuy"), "/calendar/hours", clockForm("1", week...)); status != http.StatusSeeOther {
		t.Errorf("the one above: got %d", status)
	}
}

// New deadlines count from the next arrival; what runs already stays as it is.
func TestDeadlinesAreChanged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.raise(t, "cbhuyen", "Đường ấp hư")
	due := s.id(t, `SELECT due_at::text FROM issues WHERE id = $1`, before)
	admin := s.client(t, "admin")
	_, body := s.get(t, admin, "/calendar/deadlines")
	form := url.Values{}
	for _, e := range parse(t, body).Find("main form input").EachIter() {
		form.Set(e.AttrOr("name", ""), e.AttrOr("value", ""))
	}
	if form.Get("act_commune_1") != "40" || form.Get("ack_province_3") != "16" {
		t.Fatalf("the form shows %q and %q", form.Get("act_commune_1"), form.Get("ack_province_3"))
	}
	form.Set("act_commune_1", "nhiều")
	status, _, body := s.post(t, admin, "/calendar/deadlines", form)
	if page := parse(t, body); status != http.StatusUnprocessableEntity || page.Find("[name=act_commune_1]").AttrOr("value", "") != "nhiều" {
		t.Errorf("no number: got %d", status)
	}
	form.Set("act_commune_1", "0,5")
	if status, _, _ := s.post(t, admin, "/calendar/deadlines", form); status != http.StatusSeeOther {
		t.Fatalf("got %d", status)
	}
	if got := s.id(t, `SELECT due_at::text FROM issues WHERE id = $1`, before); got != due {
		t.Errorf("a running deadline moved from %s to %s", due, got)
	}
	after := s.raise(t, "cbhuyen", "Cầu ván mục")
	if got := s.id(t, `SELECT (due_at < $2::timestamptz)::text FROM issues WHERE id = $1`, after, due); got != "true" {
		t.Error("a new issue does not have the new deadline")
	}
}

func TestSpecialDays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	day := []string{"day", "2027-11-24", "name", "Ngày Văn hóa Việt Nam", "working", ""}
	if status, to, _ := s.post(t, admin, "/calendar/days", clockForm("0", day...)); status != http.StatusSeeOther || to != "/calendar?year=2027#days" {
		t.Fatalf("got %d to %q", status, to)
	}
	if page := s.page(t, "admin", "/calendar?year=2027"); !strings.Contains(page.Find("#days").Parent().Text(), "Ngày Văn hóa Việt Nam") {
		t.Error("the day is not listed")
	}
	status, _, body := s.post(t, admin, "/calendar/days", clockForm("1", "day", "2027-13-01", "name", "Lễ"))
	if page := parse(t, body); status != http.StatusUnprocessableEntity || page.Find("[name=name]").AttrOr("value", "") != "Lễ" || page.Find("[name=day][aria-invalid]").Length() != 1 {
		t.Errorf("a wrong day: got %d", status)
	}
	if status, _, _ := s.post(t, admin, "/calendar/days", clockForm("0", day...)); status != http.StatusConflict {
		t.Errorf("a late change: got %d", status)
	}
	if status, _, _ := s.post(t, admin, "/calendar/days/remove", clockForm("1", "day", "2027-11-24")); status != http.StatusSeeOther {
		t.Errorf("removing: got %d", status)
	}
	if n := s.id(t, `SELECT count(*)::text FROM special_days WHERE day = '2027-11-24'`); n != "0" {
		t.Error("the day is still there")
	}
}
