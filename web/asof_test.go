package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"banam/internal/territory"
)

// A page of another day says so, leads back to today, and shows who was there then.
func TestAsOf(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	hamlet := placeID(s.actor(t, "cbhuyen"))
	begun := s.id(t, `SELECT min(lower(period))::text FROM assignments WHERE locality_id = $1::text::bigint`, hamlet)
	first, err := territory.ParseDay(begun)
	if err != nil {
		t.Fatal(err)
	}
	before, tomorrow := first.Add(-1), s.actor(t, "admin").Today().Add(1)
	s.exec(t, `UPDATE locality_versions SET valid = daterange('1950-01-01', upper(valid)), known = daterange('1950-01-01', upper(known))`)
	name := s.id(t, `SELECT c.full_name FROM assignments s JOIN cadres c ON c.id = s.cadre_id WHERE s.locality_id = $1::text::bigint ORDER BY lower(s.period) LIMIT 1`, hamlet)
	for _, tt := range []struct {
		path, banner string
		held         bool
	}{
		{"/places/" + hamlet, "", true},
		{"/places/" + hamlet + "?on=" + first.String(), "Số liệu ngày " + first.Start().Format("02/01/2006"), true},
		{"/places/" + hamlet + "?on=" + before.String(), "Số liệu ngày " + before.Start().Format("02/01/2006"), false},
		{"/places/" + hamlet + "?on=" + tomorrow.String(), "Số liệu dự kiến ngày " + tomorrow.Start().Format("02/01/2006"), true},
		{"/places/" + hamlet + "/assignments", "", true},
		{"/places/" + hamlet + "/assignments?on=" + first.String(), "Số liệu ngày " + first.Start().Format("02/01/2006"), true},
		{"/places/" + hamlet + "/assignments?on=" + before.String(), "Số liệu ngày " + before.Start().Format("02/01/2006"), false},
	} {
		page := s.page(t, "admin", tt.path)
		banner := page.Find(".asof-banner")
		if got := strings.TrimSpace(banner.Find("strong").Text()); got != tt.banner {
			t.Errorf("%s: banner %q, want %q", tt.path, got, tt.banner)
		}
		if back := banner.Find("a").AttrOr("href", ""); tt.banner != "" && back != strings.Split(tt.path, "?")[0] {
			t.Errorf("%s: leads back to %q", tt.path, back)
		}
		if got := strings.Contains(page.Find("main table").Text(), name); got != tt.held {
			t.Errorf("%s: %s is there: %t, want %t", tt.path, name, got, tt.held)
		}
		if tt.banner != "" && page.Find(".row-actions").Length() > 0 {
			t.Errorf("%s: offers changes on another day", tt.path)
		}
	}
}

// What is no day is told at the field, and today is shown.
func TestAsOfBadDay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, bad := range []string{"31/12/2020", "2020-02-30", "0000-01-01", "9999-12-31", "x"} {
		for _, path := range []string{"/coverage", "/places/" + placeID(s.actor(t, "admin")), "/places/" + placeID(s.actor(t, "admin")) + "/assignments"} {
			page := s.page(t, "admin", path+"?on="+bad)
			if field := page.Find("input[name=on]"); !field.HasClass("is-invalid") || page.Find(".asof[open]").Length() != 1 {
				t.Errorf("%s on %q: nothing at the field", path, bad)
			}
			if page.Find(".asof-banner").Length() > 0 || page.Find("main table").Length() == 0 {
				t.Errorf("%s on %q: not today's", path, bad)
			}
		}
	}
}

// A place of the reader's scope that is not there on the day has a page that says when it is; out of scope it is no place at all.
func TestAsOfNotThere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	hamlet := placeID(s.actor(t, "cbhuyen"))
	gone := s.actor(t, "admin").Today().Add(-10)
	s.exec(t, `UPDATE locality_versions SET valid = daterange(lower(valid), $2::date) WHERE locality_id = $1::text::bigint`, hamlet, gone.String())
	for path, there := range map[string]bool{
		"/places/" + hamlet: false, "/places/" + hamlet + "/assignments": false, "/places/" + hamlet + "?on=1900-01-01": false,
		"/places/" + hamlet + "?on=" + gone.Add(-1).String(): true, "/places/" + hamlet + "/assignments?on=" + gone.Add(-1).String(): true,
	} {
		page := s.page(t, "admin", path)
		if got := page.Find("#spans").Length() == 0; got != there {
			t.Errorf("%s: is there: %t, want %t", path, got, there)
		}
		last := gone.Add(-1).Start().Add(12 * time.Hour).Format("02/01/2006")
		if !there && !strings.Contains(page.Find("main").Text(), last) {
			t.Errorf("%s: does not say that it was there until %s", path, last)
		}
		for _, login := range []string{"bithu2", "tieuvung2"} {
			client, never := s.client(t, login), strings.Replace(path, "/places/"+hamlet, "/places/999999999", 1)
			status, body := s.get(t, client, path)
			if status != http.StatusNotFound || strings.ReplaceAll(body, "/places/"+hamlet, "/places/999999999") != s.body(t, client, never) {
				t.Errorf("%s, %s: got %d, or not the page of what never was", login, path, status)
			}
		}
	}
}
