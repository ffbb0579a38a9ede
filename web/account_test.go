package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/demo"
)

const goodPassword = "con mèo trèo cây cau cao"

// newcomer adds a person with a one-time password, as the command line does.
func (s *site) newcomer(t *testing.T, login string) (oneTime string) {
	t.Helper()
	oneTime, err := s.app.AddUser(t.Context(), app.NewUser{Login: login, Name: "Lê Thị Mới", Post: "commune_lead", Place: "Xã Châu Hưng, Huyện Bình Đại"})
	if err != nil {
		t.Fatalf("adding %s: %v", login, err)
	}
	return oneTime
}

func passwordForm(old, chosen, again string) url.Values {
	return url.Values{"submission_id": {uuid.NewString()}, "old": {old}, "new": {chosen}, "again": {again}}
}

// A first password opens nothing but the choice of one's own, for pages and for forms.
func TestFirstPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	oneTime := s.newcomer(t, "moi")
	client := s.newClient(t)
	typed := strings.ToLower(strings.ReplaceAll(oneTime, "-", " "))
	if status, _, _ := s.post(t, client, "/sign-in", url.Values{"login": {"moi"}, "password": {typed}}); status != http.StatusSeeOther {
		t.Fatalf("signing in with the first password: got %d", status)
	}
	for _, path := range []string{"/", "/reports", "/issues", "/account", "/notices"} {
		if status, to, _ := s.do(t, client, http.MethodGet, path, nil); status != http.StatusSeeOther || to != "/account/password" {
			t.Errorf("%s: got %d to %q", path, status, to)
		}
	}
	if status, to, _ := s.post(t, client, "/issues/new", url.Values{"submission_id": {uuid.NewString()}}); status != http.StatusSeeOther || to != "/account/password" {
		t.Errorf("a form: got %d to %q", status, to)
	}
	_, body := s.get(t, client, "/account/password")
	if page := parse(t, body); page.Find("#f-old").Length() != 0 || page.Find("nav.side-nav").Length() != 0 || page.Find("#f-new").Length() != 1 {
		t.Error("the page of the first password asks for the old one or leads elsewhere")
	}
	if status, _, _ := s.post(t, client, "/account/password", passwordForm("", oneTime, oneTime)); status != http.StatusUnprocessableEntity {
		t.Errorf("the one-time password as one's own: got %d", status)
	}
	if status, to, _ := s.post(t, client, "/account/password", passwordForm("", goodPassword, goodPassword)); status != http.StatusSeeOther || to != "/" {
		t.Fatalf("choosing: got %d to %q", status, to)
	}
	if status, _ := s.get(t, client, "/"); status != http.StatusOK {
		t.Errorf("afterwards: got %d", status)
	}
	if status, _, _ := s.post(t, s.newClient(t), "/sign-in", url.Values{"login": {"moi"}, "password": {oneTime}}); status != http.StatusUnprocessableEntity {
		t.Errorf("the first password once more: got %d", status)
	}
	if status, _, _ := s.post(t, s.newClient(t), "/sign-in", url.Values{"login": {"moi"}, "password": {goodPassword}}); status != http.StatusSeeOther {
		t.Errorf("the new password: got %d", status)
	}
}

func TestExpiredFirstPassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	oneTime := s.newcomer(t, "moi")
	s.exec(t, `UPDATE accounts SET one_time_until = now() - interval '1 second' WHERE login = 'moi'`)
	if status, _, _ := s.post(t, s.newClient(t), "/sign-in", url.Values{"login": {"moi"}, "password": {oneTime}}); status != http.StatusUnprocessableEntity {
		t.Errorf("got %d", status)
	}
}

// A change of the password needs the old one, ends every other session and rotates the token of this one.
func TestChangePassword(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	here, there := s.client(t, "bithu"), s.client(t, "bithu")
	for name, tt := range map[string]struct {
		form  url.Values
		field string
	}{
		"wrong old": {passwordForm("not this one at all", goodPassword, goodPassword), "old"}, "no old": {passwordForm("", goodPassword, goodPassword), "old"},
		"short": {passwordForm(demo.Password, "ngắn quá", "ngắn quá"), "new"}, "easy": {passwordForm(demo.Password, "Châu Hưng 2026 12345", "Châu Hưng 2026 12345"), "new"},
		"differs": {passwordForm(demo.Password, goodPassword, goodPassword+" "), "again"}, "the same": {passwordForm(demo.Password, demo.Password, demo.Password), "new"},
	} {
		status, _, body := s.post(t, here, "/account/password", tt.form)
		page := parse(t, body)
		if status != http.StatusUnprocessableEntity || page.Find("#f-"+tt.field+"-error").Length() != 1 {
			t.Errorf("%s: got %d, %d errors at %s", name, status, page.Find("#f-"+tt.field+"-error").Length(), tt.field)
		}
		if strings.Contains(body, goodPassword) {
			t.Errorf("%s: the page shows what was typed", name)
		}
	}
	before := cookie(t, here, s.url, "banam")
	if status, to, _ := s.post(t, here, "/account/password", passwordForm(demo.Password, goodPassword, goodPassword)); status != http.StatusSeeOther || to != "/account" {
		t.Fatalf("got %d to %q", status, to)
	}
	if cookie(t, here, s.url, "banam") == before {
		t.Error("the token of the session did not change")
	}
	if status, _ := s.get(t, here, "/account"); status != http.StatusOK {
		t.Errorf("the session that changed it: got %d", status)
	}
	if status, _ := s.get(t, there, "/account"); status != http.StatusSeeOther {
		t.Errorf("another session: got %d", status)
	}
	if n := s.id(t, `SELECT count(*)::text FROM audit_entries WHERE action = 'account.password'`); n != "1" {
		t.Errorf("got %s audit entries", n)
	}
}

func TestPasswordThrottle(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	client := s.client(t, "bithu")
	var status int
	for range 7 {
		status, _, _ = s.post(t, client, "/account/password", passwordForm("wrong", goodPassword, goodPassword))
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("got %d", status)
	}
}

// The devices of an account: seen and ended one by one or all but this one; those of others are not there.
func TestDevices(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	here, there, third, foreign := s.client(t, "bithu"), s.client(t, "bithu"), s.client(t, "bithu"), s.client(t, "bithu2")
	_, body := s.get(t, here, "/account")
	ends := parse(t, body).Find(`form[action^="/account/devices/"][action$="/end"]`)
	if got := ends.Length(); got != 3 { // two devices, and all others
		t.Fatalf("got %d ways to sign out, want 3", got)
	}
	sent := func() url.Values { return url.Values{"submission_id": {uuid.NewString()}} }
	first := ends.First().AttrOr("action", "")
	hidden, _, hiddenBody := s.post(t, foreign, first, sent())
	missing, _, missingBody := s.post(t, foreign, "/account/devices/987654321/end", sent())
	hiddenBody = strings.ReplaceAll(hiddenBody, first, "PATH")
	missingBody = strings.ReplaceAll(missingBody, "/account/devices/987654321/end", "PATH")
	if hidden != http.StatusNotFound || missing != http.StatusNotFound || hiddenBody != missingBody {
		t.Errorf("somebody else's device: got %d, one that is not there: got %d", hidden, missing)
	}
	if status, _, _ := s.post(t, here, first, sent()); status != http.StatusSeeOther {
		t.Errorf("ending one: got %d", status)
	}
	left := 0
	for _, c := range []*http.Client{there, third} {
		if status, _ := s.get(t, c, "/account"); status == http.StatusOK {
			left++
		}
	}
	if left != 1 {
		t.Errorf("got %d devices left, want 1", left)
	}
	if status, _, _ := s.post(t, here, "/account/devices/end", sent()); status != http.StatusSeeOther {
		t.Errorf("ending the others: got %d", status)
	}
	for name, c := range map[string]*http.Client{"second": there, "third": third} {
		if status, _ := s.get(t, c, "/account"); status != http.StatusSeeOther {
			t.Errorf("the %s device is still signed in: got %d", name, status)
		}
	}
	if status, _ := s.get(t, here, "/account"); status != http.StatusOK {
		t.Errorf("this device: got %d", status)
	}
	if status, _ := s.get(t, foreign, "/account"); status != http.StatusOK {
		t.Errorf("somebody else: got %d", status)
	}
}

func cookie(t *testing.T, client *http.Client, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range client.Jar.Cookies(u) {
		if c.Name == name {
			return c.Value
		}
	}
	t.Fatalf("there is no cookie %s", name)
	return ""
}
