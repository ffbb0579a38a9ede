package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The language is the account's; before anybody signs in it is the device's.
func TestLanguage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	visitor := s.newClient(t)
	if status, to, _ := s.post(t, visitor, "/language", url.Values{"language": {"en"}, "next": {"/sign-in"}}); status != http.StatusSeeOther || to != "/sign-in" {
		t.Fatalf("got %d to %q", status, to)
	}
	for path, want := range map[string]int{"/sign-in": http.StatusOK, "/no/such/page": http.StatusNotFound} {
		status, body := s.get(t, visitor, path)
		if status != want || parse(t, body).Find("html").AttrOr("lang", "") != "en" {
			t.Errorf("%s: got %d, want %d in English", path, status, want)
		}
	}
	signedIn := s.client(t, "bithu")
	status, body := s.get(t, signedIn, "/no/such/page")
	page := parse(t, body)
	if status != http.StatusNotFound || page.Find("nav.side-nav").Length() != 1 || page.Find("html").AttrOr("lang", "") != "vi" {
		t.Errorf("a missing page of a signed-in person: got %d, %d navigations", status, page.Find("nav.side-nav").Length())
	}
	s.post(t, signedIn, "/language", url.Values{"language": {"en"}, "next": {"//elsewhere.example"}})
	if _, body := s.get(t, s.client(t, "bithu"), "/"); !strings.Contains(body, `lang="en"`) {
		t.Error("the account's language is forgotten on another device")
	}
	if _, to, _ := s.post(t, signedIn, "/language", url.Values{"language": {"vi"}, "next": {"//elsewhere.example"}}); to != "/" {
		t.Errorf("the way back leads to %q", to)
	}
}
