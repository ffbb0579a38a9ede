package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"banam/internal/casework"
)

// raiseFields is a form that raises an issue, whole and right.
func (s *site) raiseFields(t *testing.T, login string) url.Values {
	t.Helper()
	actor := s.actor(t, login)
	form, err := s.app.RaiseForm(t.Context(), actor, actor.Grants[0].Locality.ID, uuid.Nil)
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{
		"submission_id": {uuid.NewString()}, "place": {placeID(actor)}, "title": {"Đường vào ấp ngập"}, "description": {"Ngập từ đầu tháng."},
		"field": {"roads"}, "severity": {"2"}, "desk": {strconv.FormatInt(int64(form.Desks[0].ID), 10)},
	}
}

func parse(t *testing.T, body string) *goquery.Document {
	t.Helper()
	page, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestRaiseBadInput(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	client := site.client(t, "cbhuyen")
	foreign := placeID(site.actor(t, "bithu2"))
	tests := []struct {
		name   string
		change map[string]string
		status int
		field  string // that says what is wrong; empty for a 404
	}{
		{"nothing typed", map[string]string{"title": "", "description": ""}, 422, "title"},
		{"a megabyte of text", map[string]string{"description": strings.Repeat("ấp ", 350_000)}, 422, "description"},
		{"a NUL", map[string]string{"title": "Đường\x00 ngập"}, 422, "title"},
		{"broken UTF-8", map[string]string{"description": "Ngập \xff\xfe"}, 422, "description"},
		{"an unknown field of work", map[string]string{"field": "magic"}, 422, "field"},
		{"an unknown severity", map[string]string{"severity": "9"}, 422, "severity"},
		{"no number for a severity", map[string]string{"severity": "rất gấp"}, 422, "severity"},
		{"a desk that is not on the path", map[string]string{"desk": foreign}, 422, "desk"},
		{"somebody else's place", map[string]string{"place": foreign}, 404, ""},
		{"a place that does not exist", map[string]string{"place": "999999999"}, 404, ""},
		{"no place id at all", map[string]string{"place": "ấp"}, 422, ""},
		{"an unknown report", map[string]string{"report": uuid.NewString()}, 404, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := site.raiseFields(t, "cbhuyen")
			for name, value := range tt.change {
				form.Set(name, value)
			}
			status, _, body := site.post(t, client, "/issues/new", form)
			if status != tt.status {
				t.Fatalf("got %d, want %d", status, tt.status)
			}
			if tt.field == "" {
				return
			}
			page := parse(t, body)
			if page.Find("#f-"+tt.field+"-error").Length() != 1 {
				t.Errorf("the field %s does not say what is wrong", tt.field)
			}
			if page.Find(".error-summary a[href='#f-"+tt.field+"']").Length() == 0 {
				t.Errorf("the summary does not lead to %s", tt.field)
			}
			if got := page.Find("input[name=submission_id]").AttrOr("value", ""); got != form.Get("submission_id") {
				t.Error("the form that comes back has another submission id")
			}
			if tt.change["title"] == "" && form.Get("title") != "" && page.Find("input[name=title]").AttrOr("value", "") != form.Get("title") {
				t.Error("the typed title is lost")
			}
		})
	}
	if n := site.id(t, `SELECT count(*)::text FROM issues`); n != "0" {
		t.Errorf("got %s issues after refused forms, want none", n)
	}
}

func TestRaiseStoresNFC(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	form := site.raiseFields(t, "cbhuyen")
	form.Set("title", norm.NFD.String("Cống Rạch Gừa hư"))
	status, location, _ := site.post(t, site.client(t, "cbhuyen"), "/issues/new", form)
	if status != http.StatusSeeOther {
		t.Fatalf("got %d, want 303", status)
	}
	if got := site.id(t, `SELECT title FROM issues WHERE id::text = $1`, strings.TrimPrefix(location, "/issues/")); got != "Cống Rạch Gừa hư" {
		t.Errorf("got %q, want NFC", got)
	}
}

// TestRaiseTwentyTimes sends one form twenty times at once: one issue, and every answer leads to it.
func TestRaiseTwentyTimes(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	client, form := site.client(t, "cbhuyen"), site.raiseFields(t, "cbhuyen")
	var mu sync.Mutex
	locations := map[string]int{}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			status, location, _ := site.post(t, client, "/issues/new", form)
			mu.Lock()
			defer mu.Unlock()
			locations[strconv.Itoa(status)+" "+location]++
		})
	}
	wg.Wait()
	if len(locations) != 1 {
		t.Errorf("got answers %v, want one place that all lead to", locations)
	}
	if n := site.id(t, `SELECT count(*)::text FROM issues`); n != "1" {
		t.Errorf("got %s issues, want 1", n)
	}
	if n := site.id(t, `SELECT count(*)::text FROM river.river_job WHERE kind = 'notify_issue'`); n != "1" {
		t.Errorf("got %s notices to send, want 1", n)
	}
	form.Set("title", "Chuyện khác hẳn")
	status, _, body := site.post(t, client, "/issues/new", form)
	if status != http.StatusConflict || !strings.Contains(body, "Chuyện khác hẳn") {
		t.Errorf("the same submission with another body: got %d, want 409 with the text kept", status)
	}
}

// TestLateMoveKeepsText has two people at one issue: the second sees what happened, with the own text kept.
func TestLateMoveKeepsText(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	issue := site.raise(t, "cbhuyen", "Cống hư")
	path := "/issues/" + issue + "/moves/"
	secretary, member := site.client(t, "bithu"), site.client(t, "tieuvung1")
	form := func(version string, more ...string) url.Values {
		v := url.Values{"submission_id": {uuid.NewString()}, "version": {version}}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	if status, _, _ := site.post(t, secretary, path+"acknowledge", form("1")); status != http.StatusSeeOther {
		t.Fatalf("acknowledge: got %d", status)
	}
	if status, _, _ := site.post(t, member, path+"pull_up", form("2", "reason", "Việc này cần họp gấp")); status != http.StatusSeeOther {
		t.Fatalf("pull up: got %d", status)
	}
	status, _, body := site.post(t, secretary, path+"start", form("2", "agency", "Ban quản lý xã", "due_on", site.actor(t, "bithu").Today().Add(3).String()))
	if status != http.StatusConflict {
		t.Fatalf("the second: got %d, want 409", status)
	}
	page := parse(t, body)
	if got := page.Find("input[name=agency]").AttrOr("value", ""); got != "Ban quản lý xã" {
		t.Errorf("the typed agency is lost: got %q", got)
	}
	if !strings.Contains(page.Find(".conflict").Text(), "Việc này cần họp gấp") {
		t.Error("the page does not show what the first one did")
	}
	if got := site.id(t, `SELECT state FROM issues WHERE id::text = $1`, issue); got != string(casework.Acknowledged) {
		t.Errorf("got state %s, want that of the first one", got)
	}
}

func TestMoveBadInput(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	issue := site.raise(t, "cbhuyen", "Cống hư")
	path := "/issues/" + issue + "/moves/"
	client := site.client(t, "bithu")
	if status, _, _ := site.post(t, client, path+"acknowledge", url.Values{"submission_id": {uuid.NewString()}, "version": {"1"}}); status != http.StatusSeeOther {
		t.Fatalf("acknowledge: got %d", status)
	}
	today := site.actor(t, "bithu").Today()
	tests := []struct {
		name, move string
		form       url.Values
		field      string
	}{
		{"escalate without a reason", "escalate", url.Values{}, "reason"},
		{"start without an agency", "start", url.Values{"due_on": {today.Add(2).String()}}, "agency"},
		{"start with a day that has passed", "start", url.Values{"agency": {"Xã"}, "due_on": {today.Add(-1).String()}}, "due_on"},
		{"start with no day", "start", url.Values{"agency": {"Xã"}, "due_on": {"31/02/2020"}}, "due_on"},
		{"start in a far year", "start", url.Values{"agency": {"Xã"}, "due_on": {"9999-12-31"}}, "due_on"},
		{"send down to a foreign desk", "send_down", url.Values{"reason": {"Làm đi"}, "due_on": {today.Add(2).String()}, "desk": {"1"}}, "desk"},
		{"ask a stranger", "ask_info", url.Values{"reason": {"Bao nhiêu?"}, "asked": {"999999"}}, "asked"},
		{"a megabyte of reason", "escalate", url.Values{"reason": {strings.Repeat("x", 1<<20)}}, "reason"},
		{"a NUL in the reason", "escalate", url.Values{"reason": {"a\x00b"}}, "reason"},
		{"an empty comment", "comment", url.Values{}, "reason"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.form.Set("submission_id", uuid.NewString())
			tt.form.Set("version", "2")
			status, _, body := site.post(t, client, path+tt.move, tt.form)
			if status != http.StatusUnprocessableEntity {
				t.Fatalf("got %d, want 422", status)
			}
			if parse(t, body).Find("#f-"+tt.field+"-error").Length() != 1 {
				t.Errorf("the field %s does not say what is wrong", tt.field)
			}
		})
	}
	if n := site.id(t, `SELECT count(*)::text FROM issue_events WHERE issue_id::text = $1`, issue); n != "2" {
		t.Errorf("got %s events after refused moves, want 2", n)
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	client := site.newClient(t)
	for _, tt := range []struct {
		name, login, password, next string
		status                      int
		location                    string
	}{
		{"nothing typed", "", "", "", 422, ""},
		{"a wrong password", "bithu", "sai mật khẩu", "", 422, ""},
		{"nobody's name", "khong-ai", "BaNam-demo-2020", "", 422, ""},
		{"a password of a megabyte", "bithu", strings.Repeat("x", 1<<20), "", 422, ""},
		{"a path of another site", "bithu", "BaNam-demo-2020", "//example.org/x", 303, "/"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, location, _ := site.post(t, client, "/sign-in", url.Values{"login": {tt.login}, "password": {tt.password}, "next": {tt.next}})
			if status != tt.status || location != tt.location {
				t.Errorf("got %d %q, want %d %q", status, location, tt.status, tt.location)
			}
		})
	}
}

// TestSignInWaitGrows tries wrong passwords until the throttle answers, and sees that a known device keeps its own.
func TestSignInWaitGrows(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	owner := site.client(t, "bithu") // this device is known from now on
	stranger := site.newClient(t)
	statuses := map[int]int{}
	for range 12 {
		status, _, _ := site.post(t, stranger, "/sign-in", url.Values{"login": {"bithu"}, "password": {"đoán mò"}})
		statuses[status]++
	}
	if statuses[422] != 5 || statuses[429] != 7 {
		t.Errorf("got %v, want 5 tries and then only waits", statuses)
	}
	if status, _, _ := site.post(t, owner, "/sign-out", url.Values{}); status != http.StatusSeeOther {
		t.Fatalf("sign-out: got %d", status)
	}
	if status, _, _ := site.post(t, owner, "/sign-in", url.Values{"login": {"bithu"}, "password": {"BaNam-demo-2020"}}); status != http.StatusSeeOther {
		t.Errorf("the owner on the known device: got %d, want 303", status)
	}
}

// TestSignedOutSessionStaysOut replays the cookie of a session that ended.
func TestSignedOutSessionStaysOut(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	client := site.client(t, "bithu")
	address, err := url.Parse(site.url)
	if err != nil {
		t.Fatal(err)
	}
	cookies := client.Jar.Cookies(address)
	if status, _, _ := site.post(t, client, "/sign-out", url.Values{}); status != http.StatusSeeOther {
		t.Fatalf("sign-out: got %d", status)
	}
	replay := site.newClient(t)
	replay.Jar.SetCookies(address, cookies)
	if status, _ := site.get(t, replay, "/reports"); status != http.StatusSeeOther {
		t.Errorf("the old cookie: got %d, want to be sent to sign in", status)
	}
}
