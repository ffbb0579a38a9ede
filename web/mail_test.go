package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"banam/internal/mail"
)

// withMail lets the site send letters, to a server that is not there.
func (s *site) withMail(t *testing.T) {
	t.Helper()
	sender, err := mail.New(mail.Settings{Server: "smtp://127.0.0.1:1", From: "banam@example.vn", Public: "https://banam.example.vn"})
	if err != nil {
		t.Fatal(err)
	}
	s.app.MailThrough(sender)
}

func (s *site) address(t *testing.T, login, address string) {
	t.Helper()
	s.exec(t, `UPDATE cadres SET email = $2 WHERE id = (SELECT cadre_id FROM accounts WHERE login = $1)`, login, address)
}

func chosen(choice, seen string) url.Values {
	return url.Values{"submission_id": {uuid.NewString()}, "mail": {choice}, "seen": {seen}}
}

// Somebody chooses what comes by e-mail, and sees it on their account page.
func TestMailChoice(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.withMail(t)
	client := s.client(t, "bithu")
	_, body := s.get(t, client, "/account/mail")
	if form := parse(t, body); form.Find(`input[name="mail"][value="each"][disabled]`).Length() != 1 || !strings.Contains(body, "Chưa có địa chỉ thư điện tử") {
		t.Error("without an address letters can be chosen")
	}
	s.address(t, "bithu", "bithu@example.vn")
	_, body = s.get(t, client, "/account/mail")
	form := parse(t, body)
	if form.Find(`input[name="mail"][value="none"][checked]`).Length() != 1 || form.Find(`input[name="seen"]`).AttrOr("value", "") != "bithu@example.vn" {
		t.Error("the form does not show what is so far")
	}
	for name, sent := range map[string]url.Values{
		"nothing": chosen("", "bithu@example.vn"), "what is none": chosen("often", "bithu@example.vn"), "another address": chosen("each", "old@example.vn"),
	} {
		status, _, body := s.post(t, client, "/account/mail", sent)
		if page := parse(t, body); status != http.StatusUnprocessableEntity || page.Find("#f-mail-error").Length() != 1 || page.Find(`input[name="seen"]`).AttrOr("value", "") != "bithu@example.vn" {
			t.Errorf("%s: got %d", name, status)
		}
	}
	if status, to, _ := s.post(t, client, "/account/mail", chosen("digest", "bithu@example.vn")); status != http.StatusSeeOther || to != "/account" {
		t.Fatalf("got %d to %q", status, to)
	}
	if _, body := s.get(t, client, "/account"); !strings.Contains(body, "Mỗi sáng một thư") || !strings.Contains(body, "bithu@example.vn") {
		t.Error("the account page does not show it")
	}
	s.address(t, "bithu", "khac@example.vn")
	if _, body := s.get(t, client, "/account"); !strings.Contains(body, "Đang tạm dừng vì địa chỉ đã đổi") {
		t.Error("the account page does not say that letters wait for another look")
	}
}

// Where no mail server is named, the account page says so and nothing can be chosen.
func TestMailNotSetUp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.address(t, "bithu", "bithu@example.vn")
	client := s.client(t, "bithu")
	if _, body := s.get(t, client, "/account"); !strings.Contains(body, "chưa được cài đặt để gửi thư") || strings.Contains(body, `href="/account/mail"`) {
		t.Error("the account page does not say that there is no e-mail")
	}
	if status, _, _ := s.post(t, client, "/account/mail", chosen("each", "bithu@example.vn")); status != http.StatusUnprocessableEntity {
		t.Errorf("got %d", status)
	}
}

// Whoever keeps a person sees since when letters do not reach them.
func TestMailFailureIsShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.exec(t, `UPDATE accounts SET mail_failed_at = '2026-11-20 08:00+07', mail_failure = 'address' WHERE login = 'bithu'`)
	path := "/cadres/" + s.id(t, `SELECT cadre_id::text FROM accounts WHERE login = 'bithu'`)
	if _, body := s.get(t, s.client(t, "admin"), path); !strings.Contains(body, "Thư không gửi được từ 20/11/2026") {
		t.Error("the administrator does not see it")
	}
	if _, body := s.get(t, s.client(t, "tieuvung1"), path); strings.Contains(body, "Thư không gửi được") {
		t.Error("a lead sees it")
	}
}

// The link of a letter marks the notice as seen and leads to what it is about; to others it does not exist.
func TestLinkOfALetter(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	objects := s.fill(t)
	link := "/notices/" + objects["{notice} own"]
	if status, _ := s.get(t, s.client(t, "cbhuyen"), link); status != http.StatusNotFound {
		t.Errorf("somebody else: got %d", status)
	}
	if status, to, _ := s.do(t, s.newClient(t), http.MethodGet, link, nil); status != http.StatusSeeOther || !strings.HasPrefix(to, "/sign-in?") || !strings.Contains(to, objects["{notice} own"]) {
		t.Errorf("nobody: got %d to %q", status, to)
	}
	if status, to, _ := s.do(t, s.client(t, "bithu"), http.MethodGet, link, nil); status != http.StatusSeeOther || to != "/issues/"+objects["{issue} own"] {
		t.Errorf("got %d to %q", status, to)
	}
	if n := s.id(t, `SELECT count(*)::text FROM notices WHERE id = $1 AND seen_at IS NOT NULL`, objects["{notice} own"]); n != "1" {
		t.Error("it is not marked as seen")
	}
}
