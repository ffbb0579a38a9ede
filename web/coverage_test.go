package web_test

import (
	"strconv"
	"strings"
	"testing"
)

// The numbers equal the named lists behind them, and nobody sees the gaps of others.
func TestCoverage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, tt := range []struct {
		login, kind, gap string
		named            []string
	}{
		{"admin", "hamlets", "Ấp, khu phố có cán bộ huyện", []string{"Ấp 4"}},
		{"admin", "desks", "Địa bàn có người phụ trách", []string{"Xã Thừa Đức", "Ấp 3", "Ấp 1"}},
		{"tieuvung1", "hamlets", "Ấp, khu phố có cán bộ huyện", nil},
		{"bithu", "desks", "Địa bàn có người phụ trách", nil},
	} {
		page := s.page(t, tt.login, "/coverage?kind="+tt.kind)
		var names []string
		for _, n := range page.Find("#missing").Parent().Find("tbody th").EachIter() {
			names = append(names, strings.TrimSpace(n.Text()))
		}
		if tt.login == "tieuvung1" { // Xã Long Định lies in the first sub-region
			tt.named = []string{"Ấp 4"}
		}
		if strings.Join(names, "|") != strings.Join(tt.named, "|") {
			t.Errorf("%s, %s: got %v, want %v", tt.login, tt.kind, names, tt.named)
		}
		cells := rowOf(page, tt.gap).Find("td")
		if got := strings.TrimSpace(cells.Last().Text()); len(tt.named) > 0 && got != strconv.Itoa(len(tt.named)) || len(tt.named) == 0 && got != "Đủ" {
			t.Errorf("%s, %s: counts %q, names %d", tt.login, tt.kind, got, len(tt.named))
		}
	}
}

// People without an account are listed page after page, each once.
func TestCoveragePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	client := s.client(t, "bithu")
	want := s.id(t, `SELECT count(DISTINCT s.cadre_id)::text FROM assignments s JOIN locality_versions g ON g.locality_id = s.locality_id
		LEFT JOIN locality_versions h ON h.locality_id = g.parent_id LEFT JOIN locality_versions c ON c.locality_id = h.parent_id
		WHERE 'Xã Châu Hưng' IN (g.name, h.name, c.name) AND NOT EXISTS (SELECT FROM accounts a WHERE a.cadre_id = s.cadre_id)`)
	seen, path := map[string]bool{}, "/coverage?kind=accounts"
	for path != "" {
		_, body := s.get(t, client, path)
		page := parse(t, body)
		for _, row := range page.Find("#missing").Parent().Find("tbody tr").EachIter() {
			if seen[row.Text()] {
				t.Errorf("%q comes twice", row.Text())
			}
			seen[row.Text()] = true
		}
		path = page.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	}
	if got := strconv.Itoa(len(seen)); got != want {
		t.Errorf("got %s people, want %s", got, want)
	}
}
