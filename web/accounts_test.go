package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func sent(values ...string) url.Values {
	form := url.Values{"submission_id": {uuid.NewString()}}
	for i := 0; i+1 < len(values); i += 2 {
		form.Add(values[i], values[i+1])
	}
	return form
}

// An administrator makes accounts for chosen people; each slip opens its account once, and only until a password is chosen.
func TestSlips(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	_, body := s.get(t, admin, "/accounts?state=none&q=nguyen")
	boxes := parse(t, body).Find("input[name=cadre]")
	if boxes.Length() < 2 {
		t.Fatalf("got %d people to choose", boxes.Length())
	}
	form := sent("cadre", boxes.Eq(0).AttrOr("value", ""), "cadre", boxes.Eq(1).AttrOr("value", ""))
	status, _, body := s.post(t, admin, "/accounts/slips", form)
	slips := parse(t, body).Find(".slip")
	if status != http.StatusOK || slips.Length() != 2 {
		t.Fatalf("got %d, %d slips, want 2", status, slips.Length())
	}
	codes := slips.Eq(0).Find("code")
	login, password := codes.Eq(0).Text(), codes.Eq(1).Text()
	if status, to, _ := s.post(t, s.newClient(t), "/sign-in", url.Values{"login": {login}, "password": {password}}); status != http.StatusSeeOther || to != "/" {
		t.Errorf("the slip of %s: got %d to %q", login, status, to)
	}
	status, _, again := s.post(t, admin, "/accounts/slips", form)
	if status != http.StatusOK || parse(t, again).Find(".slip").Length() != 0 || strings.Contains(again, password) {
		t.Errorf("the same form again: got %d and %d slips", status, parse(t, again).Find(".slip").Length())
	}
	_, _, anew := s.post(t, admin, "/accounts/slips", sent("cadre", boxes.Eq(0).AttrOr("value", "")))
	if fresh := parse(t, anew).Find(".slip code").Eq(1).Text(); fresh == "" || fresh == password {
		t.Errorf("a slip issued again has the password %q", fresh)
	}
	if status, _, _ := s.post(t, s.newClient(t), "/sign-in", url.Values{"login": {login}, "password": {password}}); status != http.StatusUnprocessableEntity {
		t.Errorf("the lost slip still opens: got %d", status)
	}
	if n := s.id(t, `SELECT count(*)::text FROM audit_entries WHERE action LIKE 'account.%' AND assignment_id IS NOT NULL`); n != "3" {
		t.Errorf("got %s audit entries, want 3", n)
	}
	if status, _, _ := s.post(t, admin, "/accounts/slips", sent()); status != http.StatusUnprocessableEntity {
		t.Errorf("nobody chosen: got %d", status)
	}
	if status, _, _ := s.post(t, s.client(t, "bithu"), "/accounts/slips", sent("all", "1")); status != http.StatusForbidden {
		t.Errorf("a secretary: got %d", status)
	}
}

// Slips of people whose accounts somebody else keeps cannot be had by naming them.
func TestSlipsOutOfReach(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(t)
	for _, login := range []string{"tinhuy", "admin", "like-tinhuy", "like-admin"} {
		s.exec(t, `UPDATE accounts SET password_hash = CASE WHEN login LIKE 'like-%' THEN '' ELSE password_hash END WHERE login = $1`, login)
		person := s.id(t, `SELECT cadre_id::text FROM accounts WHERE login = $1`, login)
		if status, _, body := s.post(t, s.client(t, "admin"), "/accounts/slips", sent("cadre", person)); status != http.StatusUnprocessableEntity || strings.Contains(body, `class="slip"`) {
			t.Errorf("%s: got %d", login, status)
		}
	}
}

// All of a district at once.
func TestSlipsForAll(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	if status, _, body := s.post(t, admin, "/accounts/slips", sent("all", "1")); status != http.StatusUnprocessableEntity || !strings.Contains(parse(t, body).Find(".error-summary").Text(), "chọn địa bàn") {
		t.Errorf("without a place: got %d", status)
	}
	if page := parse(t, s.body(t, admin, "/accounts")); page.Find("[name=all]").Length() != 0 {
		t.Error("everybody's accounts can be made before a place is chosen")
	}
	district := placeID(s.actor(t, "admin"))
	page := parse(t, s.body(t, admin, "/accounts?place="+district))
	if told := page.Find("form:has([name=all]) button").Text(); !strings.Contains(told, "1.6") {
		t.Errorf("the button says %q, not how many", told)
	}
	all := sent("all", "1")
	all.Set("place", district)
	status, _, body := s.post(t, admin, "/accounts/slips", all)
	made := parse(t, body).Find(".slip").Length()
	if kept := s.id(t, `SELECT count(*)::text FROM accounts WHERE password_hash = ''`); status != http.StatusOK || made < 1500 || kept != strconv.Itoa(made) {
		t.Errorf("got %d, %d slips, %s accounts", status, made, kept)
	}
	if n := s.id(t, `SELECT (count(*) - count(DISTINCT login))::text FROM accounts`); n != "0" {
		t.Errorf("%s sign-in names stand twice", n)
	}
}

// The code of a reset ends what was open, serves once and only for ten minutes.
func TestResetAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, holder := s.client(t, "admin"), s.client(t, "bithu")
	path := "/accounts/" + s.id(t, `SELECT id::text FROM accounts WHERE login = 'bithu'`)
	status, _, body := s.post(t, admin, path+"/reset", sent())
	code := parse(t, body).Find(".one-time code").Text()
	if status != http.StatusOK || len(code) != 19 {
		t.Fatalf("got %d with the code %q", status, code)
	}
	if status, _ := s.get(t, holder, "/account"); status != http.StatusSeeOther {
		t.Errorf("the old session: got %d", status)
	}
	signIn := url.Values{"login": {"bithu"}, "password": {code}}
	client := s.newClient(t)
	if status, _, _ := s.post(t, client, "/sign-in", signIn); status != http.StatusSeeOther {
		t.Fatalf("the code: got %d", status)
	}
	if status, _, _ := s.post(t, s.newClient(t), "/sign-in", signIn); status != http.StatusUnprocessableEntity {
		t.Errorf("the code once more: got %d", status)
	}
	if status, to, _ := s.do(t, client, http.MethodGet, "/reports", nil); status != http.StatusSeeOther || to != "/account/password" {
		t.Errorf("with the code: got %d to %q", status, to)
	}
	if status, _, _ := s.post(t, client, "/account/password", passwordForm("", goodPassword, goodPassword)); status != http.StatusSeeOther {
		t.Errorf("choosing: got %d", status)
	}
	_, _, body = s.post(t, admin, path+"/reset", sent())
	late := parse(t, body).Find(".one-time code").Text()
	s.exec(t, `UPDATE accounts SET one_time_until = now() WHERE login = 'bithu'`)
	if status, _, _ := s.post(t, s.newClient(t), "/sign-in", url.Values{"login": {"bithu"}, "password": {late}}); status != http.StatusUnprocessableEntity {
		t.Errorf("the code after its time: got %d", status)
	}
}

func TestCloseAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, holder := s.client(t, "admin"), s.client(t, "bithu")
	path := "/accounts/" + s.id(t, `SELECT id::text FROM accounts WHERE login = 'bithu'`)
	if status, to, _ := s.post(t, admin, path+"/close", sent()); status != http.StatusSeeOther || to != path {
		t.Fatalf("closing: got %d to %q", status, to)
	}
	if status, _ := s.get(t, holder, "/"); status != http.StatusSeeOther {
		t.Errorf("the session of a closed account: got %d", status)
	}
	if status, _, _ := s.post(t, admin, path+"/reset", sent()); status != http.StatusConflict {
		t.Errorf("resetting a closed account: got %d", status)
	}
	if status, _, _ := s.post(t, admin, path+"/open", sent()); status != http.StatusSeeOther {
		t.Errorf("opening: got %d", status)
	}
	s.client(t, "bithu")
	own := "/accounts/" + s.id(t, `SELECT id::text FROM accounts WHERE login = 'admin'`)
	for _, move := range []string{"/close", "/reset", "/open"} {
		if status, _, _ := s.post(t, admin, own+move, sent()); status != http.StatusForbidden {
			t.Errorf("%s of one's own account: got %d", move, status)
		}
	}
}

// An account that an administrator may not know of looks like none.
func TestAccountOutOfScope(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	above := "/accounts/" + s.id(t, `SELECT id::text FROM accounts WHERE login = 'tinhuy'`)
	const missing = "/accounts/987654321"
	for _, move := range []string{"", "/reset", "/close", "/open"} {
		method, form := http.MethodPost, sent()
		if move == "" {
			method, form = http.MethodGet, nil
		}
		status, _, hidden := s.do(t, admin, method, above+move, form)
		_, _, nothing := s.do(t, admin, method, missing+move, form)
		if status != http.StatusNotFound || strings.ReplaceAll(hidden, above, "PATH") != strings.ReplaceAll(nothing, missing, "PATH") {
			t.Errorf("%s: got %d, and what is hidden differs from what is not there", move, status)
		}
	}
	if n := s.id(t, `SELECT count(*)::text FROM audit_entries`); n != "0" {
		t.Errorf("got %s audit entries for nothing", n)
	}
}
