// Package bench_test measures what the application costs beyond the least that could do the same: its pages against a
// minimal chi and pgx handler that sends the same statements in the same round trips and answers with the same bytes, both
// in turn in one run (quality.md, "Speed"). `make bench` runs it and writes docs/benchmarks.md; verdicts rest on ratios only.
package bench_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"banam/internal/demo"
	"banam/internal/testdb"
)

// Budgets (architecture.md, "Budget").
const (
	leastRatio  = 0.70
	mostMemory  = 150 << 20
	mostStart   = time.Second
	mostPage    = 20_000
	readTrips   = 3
	writeTrips  = 5
	resultsPath = "../../docs/benchmarks.md"
)

// TestBench is the whole run; it takes minutes and needs BANAM_BENCH=1.
func TestBench(t *testing.T) {
	if os.Getenv("BANAM_BENCH") == "" {
		t.Log("BANAM_BENCH=1 runs the benchmark; the test of its parts is TestBenchWorks")
		return
	}
	db := testdb.Year(t)
	site := newSite(t, db.AppDSN)
	cookies := signIn(t, site.handler, "bithu")
	for _, sql := range []string{`UPDATE notices SET seen_at = now()`, `ANALYZE`} { // the seen marks of a first look are writes
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	visits := visitsOf(t, db, cookies)
	r := results{visits: map[string]page{}}
	var pages []page
	for _, v := range visits {
		p := site.record(t, v)
		pages, r.visits[v.name] = append(pages, p), p
	}
	least := httptest.NewServer(minimal(t, db.AppDSN, pages))
	defer least.Close()
	own := startServer(t, db)
	r.start = own.started
	for _, v := range visits {
		r.wire = append(r.wire, wireBytes(t, v, own.url))
		for _, connections := range []int{1, 8, 32} {
			c := compare(t, v, own.url, least.URL, connections, 3, 1500*time.Millisecond)
			t.Logf("%-12s %3d connections: %7.0f of %7.0f answers/s, %3.0f %%", c.page, c.connections, c.own, c.least, 100*c.ratio)
			r.runs = append(r.runs, c)
		}
	}
	load(t, visits[0], own.url, 128, 3*time.Second)
	r.memory = own.memory(t)
	r.facts = facts(t, db)
	r.names = visits
	text := r.markdown()
	if err := os.WriteFile(resultsPath, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	fmt.Println(text)
}

// visitsOf gives the pages that are measured, as a commune's secretary sees them.
func visitsOf(t *testing.T, db *testdb.DB, cookies []*http.Cookie) []visit {
	t.Helper()
	one := func(sql string) string {
		var id string
		if err := db.Owner.QueryRow(t.Context(), sql).Scan(&id); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		return id
	}
	const commune = `(SELECT s.locality_id FROM assignments s JOIN accounts a ON a.cadre_id = s.cadre_id AND a.login = 'bithu' LIMIT 1)`
	report := one(`SELECT id::text FROM reports WHERE commune_id = ` + commune + ` ORDER BY length(content::text) DESC LIMIT 1`)
	issue := one(`SELECT i.id::text FROM issues i WHERE i.commune_id = ` + commune + ` ORDER BY (SELECT count(*) FROM issue_events e WHERE e.issue_id = i.id) DESC LIMIT 1`)
	return []visit{
		{name: "list", path: "/reports", cookies: cookies}, {name: "one report", path: "/reports/" + report, cookies: cookies},
		{name: "submit", path: "/reports/new", cookies: cookies, form: submitForm(t, db)}, {name: "one issue", path: "/issues/" + issue, cookies: cookies},
		{name: "board", path: "/review", cookies: cookies}, {name: "home", path: "/", cookies: cookies},
	}
}

// signIn gives the cookies of a session.
func signIn(t *testing.T, handler http.Handler, login string) []*http.Cookie {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", formReader(url.Values{"login": {login}, "password": {demo.Password}}))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("signing in as %s: got %d", login, w.Code)
	}
	return w.Result().Cookies()
}

// server is the real binary in a process of its own.
type server struct {
	url     string
	pid     int
	started time.Duration // from its start until it is ready, on a ready database
}

func startServer(t *testing.T, db *testdb.DB) *server {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "banam")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", binary, "banam/cmd/banam").CombinedOutput(); err != nil {
		t.Fatalf("building: %v: %s", err, out)
	}
	free := httptest.NewServer(http.NotFoundHandler())
	addr := free.Listener.Addr().String()
	free.Close()
	c := exec.CommandContext(t.Context(), binary, "serve")
	c.Env = append(os.Environ(), "BANAM_ADDR="+addr, "BANAM_DATABASE_URL="+db.AppDSN, "BANAM_OWNER_URL="+db.OwnerDSN, "BANAM_DEMO=1", "BANAM_DATA="+t.TempDir())
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 20 * time.Second
	start := time.Now()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Signal(os.Interrupt)
		_ = c.Wait()
	})
	s := &server{url: "http://" + addr, pid: c.Process.Pid}
	for time.Since(start) < 30*time.Second {
		if r, err := http.Get(s.url + "/readyz"); err == nil {
			_ = r.Body.Close()
			if r.StatusCode == http.StatusOK {
				s.started = time.Since(start)
				return s
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("the server did not become ready")
	return nil
}

var peak = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// memory gives the most that the process has used, in bytes.
func (s *server) memory(t *testing.T) int64 {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.pid))
	if err != nil {
		t.Fatal(err)
	}
	m := peak.FindSubmatch(text)
	if m == nil {
		t.Fatal("no peak of memory is told")
	}
	kb, err := strconv.ParseInt(string(m[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kb << 10
}

// wireBytes gives the size of a page's body as it goes over the wire.
func wireBytes(t *testing.T, v visit, base string) int {
	t.Helper()
	r, err := v.request(context.Background(), base)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip, br, zstd")
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return drained(t, answer)
}

// facts names what the figures were measured on: no machine's name, only what decides.
func facts(t *testing.T, db *testdb.DB) string {
	t.Helper()
	var pg, reports, issues string
	if err := db.Owner.QueryRow(t.Context(), `SELECT current_setting('server_version'), (SELECT count(*)::text FROM reports), (SELECT count(*)::text FROM issues)`).
		Scan(&pg, &reports, &issues); err != nil {
		t.Fatal(err)
	}
	pg, _, _ = strings.Cut(pg, " ")
	return fmt.Sprintf("%d cores, %s, PostgreSQL %s, the demo district with %s reports and %s issues; the load, the minimal handler, the application and PostgreSQL share the cores",
		runtime.NumCPU(), runtime.Version(), pg, reports, issues)
}
