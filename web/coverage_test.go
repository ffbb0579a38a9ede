package web_test

import (
	"net/http"
	"net/url"
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
		{"admin", "hamlets", "Ấp, khu phố có cán bộ hỗ trợ", []string{"Ấp 4"}},
		{"admin", "desks", "Địa bàn có người phụ trách", []string{"Xã Thừa Đức", "Ấp 3", "Ấp 1"}},
		{"tieuvung1", "hamlets", "Ấp, khu phố có cán bộ hỗ trợ", nil},
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

// The board says for each commune what is missing, leads to the names, and compares with a month before.
func TestCoverageBoard(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	page := s.page(t, "admin", "/coverage")
	if got := strings.TrimSpace(rowOf(page, "Xã, thị trấn có cán bộ tỉnh").Find("td").Eq(0).Text()); got != "20/20" {
		t.Errorf("communes with a province cadre: got %q", got)
	}
	communes := page.Find("#communes").Parent()
	if got := communes.Find("tbody tr").Length(); got != 20 {
		t.Errorf("got %d communes, want 20", got)
	}
	links := communes.Find(`tbody td a`)
	if links.Length() == 0 {
		t.Fatal("no commune has a gap")
	}
	for _, link := range links.EachIter() {
		path := link.AttrOr("href", "")
		have, all, _ := strings.Cut(strings.TrimSpace(link.Text()), "/")
		a, _ := strconv.Atoi(all)
		h, _ := strconv.Atoi(have)
		if got := s.page(t, "admin", path).Find("#missing").Parent().Find("tbody tr").Length(); got != a-h {
			t.Errorf("%s: got %d names for %s", path, got, link.Text())
		}
	}
	if got := s.page(t, "bithu", "/coverage").Find("#communes").Length(); got != 0 {
		t.Error("a commune of its own is compared with none")
	}
}

// Whoever holds many places, or none any more, is counted and named.
func TestCoverageLoad(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	busy := strconv.FormatInt(int64(s.actor(t, "cbxa").CadreID), 10)
	s.exec(t, `INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT $1::text::bigint, s.post_id, s.locality_id, s.level, daterange(current_date - 5, NULL)
		FROM assignments s JOIN posts p ON p.id = s.post_id WHERE p.code = 'commune_supporter' AND s.cadre_id <> $1::text::bigint ORDER BY s.id LIMIT 4`, busy)
	over := s.id(t, `UPDATE assignments SET period = daterange(lower(period), current_date - 3) WHERE cadre_id = (SELECT cadre_id FROM accounts WHERE login = 'cbhuyen') RETURNING cadre_id::text`)
	for kind, cadre := range map[string]string{"many": busy, "idle": over} {
		if s.page(t, "admin", "/coverage").Find(`main a[href="/coverage?kind=`+kind+`"]`).Length() != 1 {
			t.Errorf("the board does not lead to %s", kind)
		}
		if s.page(t, "admin", "/coverage?kind="+kind).Find(`#missing ~ * a[href="/cadres/`+cadre+`"]`).Length() != 1 {
			t.Errorf("%s does not name cadre %s", kind, cadre)
		}
	}
}

func TestCoverageDayBefore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for on, want := range map[string]string{"2021-03-31": "28/02/2021", "2020-03-30": "29/02/2020", "2021-01-15": "15/12/2020", "2021-07-31": "30/06/2021"} {
		if !strings.Contains(s.page(t, "admin", "/coverage?on="+on).Find("main th").Text(), want) {
			t.Errorf("%s is not compared with %s", on, want)
		}
	}
}

// The board is given as a file, too: a line for each commune, as it is drawn.
func TestCoverageBoardAsAFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	client := s.client(t, "admin")
	if parse(t, s.body(t, client, "/coverage")).Find(`form[action="/coverage/export"]`).Length() == 0 {
		t.Error("the board offers no file")
	}
	status, _, body := s.post(t, client, "/coverage/export", url.Values{"format": {"csv"}})
	lines := strings.Split(strings.TrimSpace(body), "\n")
	if status != http.StatusOK || len(lines) != 21 || !strings.Contains(body, "Xã Châu Hưng") {
		t.Errorf("got %d with %d lines, want a heading and 20 communes", status, len(lines))
	}
}
