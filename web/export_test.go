package web_test

import (
	"archive/zip"
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"banam/internal/territory"
)

// take sends the form of a list that gives it as a file, as the page has it, and gives the rows below the heading.
func (s *site) take(t *testing.T, client *http.Client, path string) [][]string {
	t.Helper()
	form := parse(t, s.body(t, client, path)).Find("form.export")
	if form.Length() != 1 {
		t.Fatalf("%s offers %d files", path, form.Length())
	}
	values := url.Values{"format": {"csv"}}
	for _, in := range form.Find("input").EachIter() {
		values.Add(in.AttrOr("name", ""), in.AttrOr("value", ""))
	}
	return s.rows(t, client, form.AttrOr("action", ""), values)
}

func (s *site) rows(t *testing.T, client *http.Client, path string, form url.Values) [][]string {
	t.Helper()
	status, _, body := s.post(t, client, path, form)
	if status != http.StatusOK {
		t.Fatalf("%s: got %d", path, status)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return rows[1:]
}

// walked gives the first cell of every row of a list, page after page.
func (s *site) walked(t *testing.T, client *http.Client, path string) []string {
	t.Helper()
	var names []string
	for path != "" {
		page := parse(t, s.body(t, client, path))
		for _, row := range page.Find("main table").Last().Find("tbody tr").EachIter() {
			cell := row.Find("th")
			cell.Find("small").Remove() // what tells people of one name apart
			if a := cell.Find("a"); a.Length() > 0 {
				cell = a
			}
			names = append(names, strings.TrimSpace(cell.First().Text()))
		}
		path = page.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	}
	return names
}

// Every list gives exactly the rows of its filter, those of all pages, in their order.
func TestFilesEqualTheirLists(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for n := range 35 {
		s.report(t, "cbhuyen", "Báo cáo số "+strconv.Itoa(n), true)
		s.raise(t, "cbhuyen", "Vướng mắc số "+strconv.Itoa(n))
	}
	s.raise(t, "bithu2", "Việc của xã bên")
	commune := placeID(s.actor(t, "bithu"))
	for _, tt := range []struct {
		login, path string
		column      int
		least       int
	}{
		{"cbhuyen", "/reports", 0, 35}, {"bithu", "/reports?q=so+1", 0, 1}, {"cbhuyen", "/issues?state=all", 1, 35},
		{"admin", "/cadres?place=" + commune, 0, 50}, {"admin", "/cadres?tier=province&q=le", 0, 1}, {"admin", "/accounts?state=none&place=" + commune, 0, 50},
		{"admin", "/coverage?kind=desks", 1, 3}, {"admin", "/coverage?kind=accounts", 4, 1600},
	} {
		client := s.client(t, tt.login)
		want := s.walked(t, client, tt.path)
		var got []string
		for _, row := range s.take(t, client, tt.path) {
			got = append(got, row[tt.column])
		}
		if len(want) < tt.least || !slices.Equal(got, want) {
			t.Errorf("%s: got %d rows, want %d (at least %d)", tt.path, len(got), len(want), tt.least)
		}
	}
	s.handover(t, "dangvien")
	if handovers := s.take(t, s.client(t, "admin"), "/handovers"); len(handovers) != 1 || handovers[0][2] != "Người Giữ Trước" {
		t.Errorf("the handovers: got %q", handovers)
	}
	if posts := s.take(t, s.client(t, "admin"), "/posts"); len(posts) < 10 || posts[0][0] == "" {
		t.Errorf("the catalogue of posts: got %q", posts)
	}
	lead := s.client(t, "bithu")
	board := s.take(t, lead, "/review")
	if len(board) != 35 || board[0][0] == "" || !strings.Contains(strings.Join(board[0], "|"), "Vướng mắc số") {
		t.Errorf("the board: got %d rows", len(board))
	}
	if got := s.take(t, lead, "/review?severity=3"); len(got) != 0 {
		t.Errorf("the urgent ones of the board: got %d rows", len(got))
	}
}

// A place is given with everything below it, each place before what lies below.
func TestFilesOfPlaces(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	district := placeID(s.actor(t, "admin"))
	rows := s.take(t, admin, "/places/"+district)
	want := s.id(t, `WITH RECURSIVE down AS (SELECT $1::bigint AS id UNION SELECT v.locality_id FROM down JOIN locality_versions v ON v.parent_id = down.id)
		SELECT count(*)::text FROM down`, district)
	if strconv.Itoa(len(rows)) != want || rows[0][1] != "Huyện Bình Đại" {
		t.Errorf("got %d places from %s, want %s", len(rows), rows[0][1], want)
	}
	seen := map[string]bool{"": true}
	for _, row := range rows {
		if !seen[row[3]] {
			t.Fatalf("%q comes before %q", row[1], row[3])
		}
		above := row[1]
		if row[3] != "" {
			above += ", " + row[3]
		}
		seen[above] = true
	}
	i := slices.IndexFunc(rows, func(r []string) bool { return r[1] == "Ấp Hưng Chánh" })
	if !strings.Contains(rows[i][5], s.actor(t, "cbhuyen").Name) || !strings.Contains(rows[i][4], s.actor(t, "dangvien").Name) {
		t.Errorf("got %q", rows[i])
	}
	if status, _, _ := s.post(t, s.client(t, "bithu"), "/places/"+district+"/export", url.Values{}); status != http.StatusForbidden {
		t.Errorf("a place above one's own: got %d", status)
	}
	held := s.take(t, admin, "/places/"+placeID(s.actor(t, "cbhuyen"))+"/assignments")
	if len(held) < 2 || !slices.ContainsFunc(held, func(r []string) bool { return r[0] == s.actor(t, "cbhuyen").Name }) {
		t.Errorf("assignments: got %q", held)
	}
}

// Nobody takes along what they may not read, nothing is taken for a formula, and the log says what was taken without a word of
// what was in it.
func TestFilesAreSafeAndLogged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.report(t, "cbhuyen", `=HYPERLINK("http://x","`+canary+`")`, true)
	s.raise(t, "cbhuyen", canary)
	lead := s.client(t, "bithu")
	rows := s.rows(t, lead, "/reports/export", url.Values{"format": {"csv"}, "q": {"hoang yen"}, "after": {"nonsense"}})
	if len(rows) != 1 || !strings.HasPrefix(rows[0][0], "'=HYPERLINK") {
		t.Errorf("got %q", rows)
	}
	grant := s.actor(t, "bithu").Grants[0]
	if got := s.id(t, `SELECT concat_ws(' ', action, object, object_id, fields::text, quantity, actor_id, assignment_id, locality_id, commune_id = locality_id, province_id IS NOT NULL)
		FROM audit_entries`); got != strings.Join([]string{"list.export list reports {q} 1", strconv.FormatInt(int64(s.actor(t, "bithu").CadreID), 10),
		strconv.FormatInt(int64(grant.AssignmentID), 10), strconv.FormatInt(int64(grant.Locality.ID), 10), "t t"}, " ") {
		t.Errorf("the log says %q", got)
	}
	if got := s.id(t, `SELECT count(*)::text FROM audit_entries e WHERE e::text ~* 'hoang|hoàng|yến'`); got != "0" {
		t.Error("the log holds what was searched for")
	}
	for _, login := range []string{"admin", "bithu2", "tieuvung2", "cbxa"} {
		client := s.client(t, login)
		for _, path := range []string{"/reports/export", "/issues/export", "/review/export"} {
			_, _, body := s.post(t, client, path, url.Values{"format": {"csv"}, "state": {"all"}})
			if strings.Contains(body, canary) {
				t.Errorf("%s takes along the canary from %s", login, path)
			}
		}
	}
}

// A workbook comes under a name with the day, and as a file that opens.
func TestFileOfExcel(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/cadres/export", strings.NewReader("held=yes"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := s.client(t, "admin").Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := `attachment; filename="can-bo-` + territory.DayOf(time.Now()).String() + `.xlsx"`; answer.Header.Get("Content-Disposition") != want {
		t.Errorf("got %q, want %q", answer.Header.Get("Content-Disposition"), want)
	}
	z, err := zip.NewReader(strings.NewReader(string(data)), int64(len(data)))
	if err != nil || len(z.File) != 6 {
		t.Errorf("got no workbook: %v", err)
	}
}

// A short list costs no more round trips than any form.
func TestRoundTripsOfFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	objects := s.fill(t)
	n := s.countTrips(t)
	for login, paths := range map[string][]string{
		"admin": {"/cadres/export", "/accounts/export", "/coverage/export", "/places/" + objects["{place} own"] + "/export", "/places/" + objects["{place} own"] + "/assignments/export"},
		"bithu": {"/reports/export", "/issues/export", "/review/export"},
	} {
		client := s.client(t, login)
		for _, path := range paths {
			for round := range 3 {
				before := n.Load()
				status, _, _ := s.post(t, client, path, url.Values{"q": {"le"}})
				if got := n.Load() - before; status != http.StatusOK || round > 0 && got > writeBudget {
					t.Errorf("%s (%d): got %d round trips, want at most %d", path, status, got, writeBudget)
				}
			}
		}
	}
}
