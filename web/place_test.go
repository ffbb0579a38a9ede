package web_test

import (
	"net/http"
	"testing"
)

// Administrators see numbers only (domain.md section 2): the count of open issues, never which ones.
func TestPlaceCountsForAdministrators(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.raise(t, "cbxa", canary)
	commune := "/places/" + placeID(s.actor(t, "bithu"))
	for login, want := range map[string]string{"admin": "1", "bithu": "1"} {
		status, body := s.get(t, s.client(t, login), commune)
		if status != http.StatusOK {
			t.Fatalf("%s: got %d", login, status)
		}
		row := rowOf(parse(t, body), "Ấp Hưng Chánh")
		if got := row.Find("td.num").Text(); got != want {
			t.Errorf("%s counts %q open issues in the hamlet, want %s", login, got, want)
		}
	}
}
