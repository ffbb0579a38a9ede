package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// Every page that the administrators' page leads to opens, each number equals what is behind it, and the navigation leads there.
func TestAdministration(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	page := parse(t, s.body(t, admin, "/administration"))
	links := page.Find("main .way a")
	if links.Length() < 6 {
		t.Fatalf("got %d links: %s", links.Length(), page.Find("main").Text())
	}
	for _, a := range links.EachIter() {
		if status, _ := s.get(t, admin, a.AttrOr("href", "")); status != http.StatusOK {
			t.Errorf("%s: got %d", a.AttrOr("href", ""), status)
		}
	}
	want := s.id(t, `SELECT count(DISTINCT s.cadre_id)::text FROM assignments s WHERE s.cadre_id NOT IN (SELECT cadre_id FROM accounts)
		AND s.locality_id IN (WITH RECURSIVE down AS (SELECT id FROM localities WHERE level = 'district'
			UNION SELECT v.locality_id FROM down JOIN locality_versions v ON v.parent_id = down.id) SELECT id FROM down)`)
	if got := strings.ReplaceAll(page.Find(`main .way a[href="/accounts?state=none"]`).Text(), ".", ""); !strings.Contains(got, want+" người") {
		t.Errorf("people without an account: got %q, want %s", strings.TrimSpace(got), want)
	}
	for path, active := range map[string]string{"/administration": "/administration", "/cadres": "/administration", "/accounts": "/administration", "/places": "/places"} {
		page := parse(t, s.body(t, admin, path))
		if got := page.Find(".side-nav a[aria-current]").AttrOr("href", ""); got != active {
			t.Errorf("%s: %s is marked in the navigation, want %s", path, got, active)
		}
		if got := page.Find(`.crumbs a[href="/administration"]`).Length() == 1; got != (path == "/cadres" || path == "/accounts") {
			t.Errorf("%s: leads back in its crumbs: %t", path, got)
		}
	}
	page = parse(t, s.body(t, s.client(t, "bithu"), "/calendar"))
	if page.Find(`a[href="/administration"]`).Length() != 0 {
		t.Error("a lead is led to the administration")
	}
}
