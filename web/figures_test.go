package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// Each figure leads to as many rows as it says, and the files say the same.
func TestFiguresLeadToTheirRows(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	lead := s.client(t, "bithu")
	for n := range 33 {
		issue := s.raise(t, "cbhuyen", "Đường hư số "+strconv.Itoa(n))
		form := url.Values{"submission_id": {uuid.NewString()}, "version": {"1"}}
		if status, _, _ := s.post(t, lead, "/issues/"+issue+"/moves/acknowledge", form); status != http.StatusSeeOther {
			t.Fatalf("got %d", status)
		}
	}
	page := parse(t, s.body(t, lead, "/review/figures"))
	if tile := page.Find(".tile-number").First(); strings.TrimSpace(tile.Text()) != "33" {
		t.Errorf("got %q acknowledged", tile.Text())
	}
	links := page.Find("main table a")
	if links.Length() < 4 {
		t.Fatalf("got %d links", links.Length())
	}
	for _, a := range links.EachIter() {
		if got := len(s.walked(t, lead, a.AttrOr("href", ""))); strconv.Itoa(got) != a.Text() {
			t.Errorf("%s: got %d rows, want %s", a.AttrOr("href", ""), got, a.Text())
		}
	}
	if rows := s.take(t, lead, "/review/figures/issues?what=acknowledge"); len(rows) != 33 || !strings.HasPrefix(rows[0][1], "Đường hư số") {
		t.Errorf("the file has %d rows", len(rows))
	}
	if rows := s.take(t, lead, "/review/figures"); rows[0][2] != "33" {
		t.Errorf("the file of figures begins with %q", rows[0])
	}
	for query, want := range map[string]int{"?from=2019-01-01&to=2019-02-01": 0, "?field=water": 0, "?from=nonsense&to=9999-99-99&place=x": 33} {
		if got := parse(t, s.body(t, lead, "/review/figures"+query)).Find(".tile-number").First().Text(); strings.TrimSpace(got) != strconv.Itoa(want) {
			t.Errorf("%s: got %q, want %d", query, got, want)
		}
	}
	if status, _ := s.get(t, lead, "/review/figures/issues?after=nonsense"); status != http.StatusNotFound {
		t.Errorf("a cursor that is none: got %d", status)
	}
}
