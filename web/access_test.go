package web_test

import (
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/web"
)

// The matrix in testdata/access.csv says for every route, for each relation of its object to the actor, what each kind of
// actor gets. It is read and corrected by eye; BANAM_WRITE_MATRIX=1 writes what is true now, for a look at the difference.
const matrixFile = "testdata/access.csv"

// actors are the columns of the matrix. Those after bithu2 are made by the test: the assignment of the first ended
// yesterday, that of the second begins tomorrow, the third was disabled after signing in, and the fourth has no password of
// their own yet.
var actors = []string{
	"anonymous", "admin", "tinhuy", "huyenuy", "tieuvung1", "huyenuyvien", "bithu", "dangvien", "cbtinh", "cbhuyen", "cbxa",
	"tieuvung2", "bithu2", "former", "future", "disabled", "unarmed",
}

// relations of the object in a route, seen from the chain of the demo accounts: its own hamlet, a place beside it, one
// above it, and nothing at all.
var relations = map[string][]string{
	"{place}":   {"own", "sibling", "above", "nonexistent"},
	"{report}":  {"own", "sibling", "draft", "nonexistent"},
	"{issue}":   {"own", "sibling", "nonexistent"},
	"{notice}":  {"own", "nonexistent"},
	"{meeting}": {"own", "sibling", "nonexistent"},
	"{device}":  {"sibling", "nonexistent"},
	"{account}": {"own", "sibling", "above", "peer", "nonexistent"},

	"{agency}": {"own", "above", "nonexistent"},

	"{post}": {"held", "nonexistent"},
	"{plan}": {"own", "sibling", "nonexistent"},

	"{handover}": {"mine", "sibling", "nonexistent"}, // mine: dangvien follows, somebody at the same hamlet before

	"{assignment}": {"own", "sibling", "above", "peer", "nonexistent"},

	"{household}": {"own", "sibling", "nonexistent"},

	"{import}": {"own", "sibling", "nonexistent"},
	"{kind}":   {"own", "nonexistent"},

	"{cadre}": {"own", "sibling", "above", "peer", "elsewhere", "nonexistent"},
}

func TestAccessMatrix(t *testing.T) {
	site := newSite(t)
	objects := site.fill(t)
	site.makeOutsiders(t)
	clients := map[string]*http.Client{}
	for _, actor := range actors {
		clients[actor] = site.client(t, actor)
	}
	site.exec(t, `UPDATE accounts SET disabled_at = now() WHERE login = 'disabled'`)
	site.exec(t, `UPDATE accounts SET password_hash = '' WHERE login = 'unarmed'`)
	want := readMatrix(t)
	var got [][]string
	for _, row := range allRows(t, site.server) {
		line := slices.Clone(row)
		for _, actor := range actors {
			if row[0] == http.MethodPost && row[2] == "own" && row[3] == "acknowledge" { // the one move that needs no words
				objects["{issue} own"] = site.raise(t, "cbhuyen", canary)
			}
			line = append(line, strconv.Itoa(site.ask(t, clients[actor], row[0], objects.path(row[1], row[2], row[3]), actor)))
		}
		got = append(got, line)
	}
	if os.Getenv("BANAM_WRITE_MATRIX") != "" {
		writeMatrix(t, got)
		return
	}
	compareMatrix(t, got, want)
}

// allRows walks the route table; reading comes before writing, so that no row meets what another one left.
func allRows(t *testing.T, server *web.Server) [][]string {
	t.Helper()
	var rows [][]string
	err := chi.Walk(server.Routes(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		rows = append(rows, rowsOf(method, route)...)
		return nil
	})
	if err != nil {
		t.Fatalf("walking the routes: %v", err)
	}
	slices.SortStableFunc(rows, func(a, b []string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) })
	return rows
}

// rowsOf gives the rows that a route needs: one for each relation of its object, and for each move of an issue.
func rowsOf(method, route string) [][]string {
	kinds := []string{"-"}
	for param, list := range relations {
		if strings.Contains(route, param) {
			kinds = list
		}
	}
	moves := []string{"-"}
	switch {
	case strings.Contains(route, "{report}/moves/{move}"):
		moves = []string{"acknowledge", "return", "comment", "withdraw", "unknown"}
	case strings.Contains(route, "{move}"):
		moves = []string{
			"acknowledge", "start", "escalate", "send_down", "pull_up", "ask_info", "answer", "resolve", "decline", "confirm", "reopen", "comment", "merge", "agency_answer", "conclude", "unknown",
		}
	}
	var rows [][]string
	for _, kind := range kinds {
		for _, move := range moves {
			rows = append(rows, []string{method, route, kind, move})
		}
	}
	return rows
}

// objects are the things that routes are tried on, by "{param} relation".
type objects map[string]string

func (o objects) path(route, relation, move string) string {
	for param := range relations {
		route = strings.ReplaceAll(route, param, o[param+" "+relation])
	}
	route = strings.NewReplacer("{move}", move, "{file}", o["{file}"]).Replace(route)
	return strings.ReplaceAll(route, "/static/*", "/static/none.css")
}

// ask sends one request and gives the status. A POST carries a submission id and nothing else: who may not write gets the
// refusal, who may gets told what is missing, so that nothing changes between the columns.
func (s *site) ask(t *testing.T, client *http.Client, method, path, actor string) int {
	t.Helper()
	if path == "/sign-out" { // would end the session of the column
		client = s.newClient(t)
	}
	var body io.Reader
	if method == http.MethodPost {
		form := url.Values{"submission_id": {uuid.NewString()}, "version": {"1"}, "action": {"send"}, "choice": {"usual"}}
		if strings.HasPrefix(path, "/reports/") { // begun anew: nothing is stored yet
			form.Set("version", "0")
		}
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := client.Do(r)
	if err != nil {
		t.Fatalf("%s %s as %s: %v", method, path, actor, err)
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode >= 500 {
		t.Errorf("%s %s as %s: got %d", method, path, actor, answer.StatusCode)
	}
	return answer.StatusCode
}

func readMatrix(t *testing.T) map[string][]string {
	t.Helper()
	file, err := os.Open(matrixFile)
	if err != nil {
		if os.Getenv("BANAM_WRITE_MATRIX") != "" {
			return nil
		}
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatalf("reading the matrix: %v", err)
	}
	matrix := map[string][]string{}
	for _, row := range rows[1:] {
		matrix[strings.Join(row[:4], " ")] = row[4:]
	}
	return matrix
}

func compareMatrix(t *testing.T, got [][]string, want map[string][]string) {
	t.Helper()
	for _, row := range got {
		key := strings.Join(row[:4], " ")
		expected, ok := want[key]
		if !ok {
			t.Errorf("%s has no row in %s", key, matrixFile)
			continue
		}
		for i, actor := range actors {
			if row[4+i] != expected[i] {
				t.Errorf("%s as %s: got %s, want %s", key, actor, row[4+i], expected[i])
			}
		}
		delete(want, key)
	}
	for key := range want {
		t.Errorf("%s stands in %s but is no route", key, matrixFile)
	}
}

func writeMatrix(t *testing.T, rows [][]string) {
	t.Helper()
	file, err := os.Create(matrixFile)
	if err != nil {
		t.Fatal(err)
	}
	w := csv.NewWriter(file)
	if err := w.Write(append([]string{"method", "route", "object", "move"}, actors...)); err != nil {
		t.Fatal(err)
	}
	if err := w.WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("wrote %d rows", len(rows))
}

// TestCanaries looks for the words of a report and an issue on every page of people who must not know of them.
func TestCanaries(t *testing.T) {
	site := newSite(t)
	objects := site.fill(t)
	site.makeOutsiders(t)
	for _, actor := range []string{"admin", "tieuvung2", "bithu2", "former", "future"} {
		client := site.client(t, actor)
		for _, path := range []string{
			"/", "/places", "/meetings", "/meetings/" + objects["{meeting} own"], "/meetings/conclusions?state=", "/meetings/pick?issue=" + objects["{issue} own"], "/issues/similar?title=hoang+yen+7731&place=" + objects["{place} own"], "/reports", "/reports?q=hoang+yen", "/issues", "/issues?state=all", "/issues?q=hoang+yen", "/issues?q=BD-", "/review", "/notices", "/reports/drafts", "/coverage?kind=desks",
			"/search?q=hoang+yen", "/search?q=7731&all=1", "/search?q=BD-",
			"/places/" + objects["{place} above"], "/places/" + objects["{place} own"], "/reports/" + objects["{report} own"], "/issues/" + objects["{issue} own"],
			"/issues/new?report=" + objects["{report} own"], "/issues/new?place=" + objects["{place} own"],
		} {
			body := strings.NewReplacer("<mark>", "", "</mark>", "").Replace(site.body(t, client, path))
			if strings.Contains(body, canary) {
				t.Errorf("%s shows %s what lies out of scope", path, actor)
			}
		}
	}
}

// TestOutOfScopeLooksLikeNothing compares, byte by byte, the answer for what may not be known with that for what is not.
func TestOutOfScopeLooksLikeNothing(t *testing.T) {
	site := newSite(t)
	objects := site.fill(t)
	client := site.client(t, "bithu2")
	for route, pair := range map[string][2]string{
		"/reports/": {objects["{report} own"], objects["{report} nonexistent"]}, "/issues/": {objects["{issue} own"], objects["{issue} nonexistent"]},
		"/places/": {objects["{place} own"], objects["{place} nonexistent"]}, "/notices/": {objects["{notice} own"], objects["{notice} nonexistent"]},
	} {
		hidden, missing := site.body(t, client, route+pair[0]), site.body(t, client, route+pair[1])
		// the language switch names the address that was asked for
		hidden, missing = strings.ReplaceAll(hidden, pair[0], "ID"), strings.ReplaceAll(missing, pair[1], "ID")
		if hidden != missing {
			t.Errorf("%s: what is out of scope and what does not exist look different", route)
		}
	}
}

func (s *site) body(t *testing.T, client *http.Client, path string) string {
	t.Helper()
	_, body := s.get(t, client, path)
	return body
}
