package bench_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"banam/internal/testdb"
)

func drained(t testing.TB, answer *http.Response) int {
	t.Helper()
	n, err := io.Copy(io.Discard, answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

// results is everything that a run measured.
type results struct {
	names  []visit
	visits map[string]page
	runs   []compared
	wire   []int // by the order of names
	memory int64
	start  time.Duration
	facts  string
}

func verdict(ok bool) string {
	if ok {
		return "met"
	}
	return "**missed**"
}

// markdown writes the page of the documentation.
func (r results) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmarks\n\nWritten by `make bench` on %s: %s.\n\n", time.Now().Format(time.DateOnly), r.facts)
	b.WriteString("Each page is compared with a minimal chi and pgx handler that sends the same statements to the same database in the same round trips, reads every row, and answers\n" +
		"with the same bytes, packed the same way. It replays the statements of the session too, but knows no rule and no template, so the ratio is a hard one: rendering counts against the application. PostgreSQL runs as in the tests, in memory\nand without fsync, so that a submit is no durable write here. Both run in turn, three\n" +
		"times 1.5 s each; the ratio is the median of the pairs. Absolute figures are of that machine; only ratios are compared with the budget (70 % at 8 and 32 connections for the list, one report, submit and the board).\n\n")
	b.WriteString("| page | connections | answers/s | minimal | ratio | from–to | budget |\n| --- | ---: | ---: | ---: | ---: | ---: | --- |\n")
	for _, c := range r.runs {
		word := "–"
		if c.connections > 1 && c.page != "home" && c.page != "one issue" {
			word = verdict(c.ratio >= leastRatio)
		}
		fmt.Fprintf(&b, "| %s | %d | %.0f | %.0f | %.0f %% | %.0f–%.0f %% | %s |\n", c.page, c.connections, c.own, c.least, 100*c.ratio, 100*c.low, 100*c.high, word)
	}
	b.WriteString("\nOne page at a time, in one process, without a network: how long it takes, how much of that is spent in PostgreSQL, how often it goes there, what it weighs over the wire.\n\n" +
		"| page | whole | in PostgreSQL | outside | round trips | budget | bytes | budget |\n| --- | ---: | ---: | ---: | ---: | --- | ---: | --- |\n")
	for i, v := range r.names {
		p, most := r.visits[v.name], readTrips
		if v.form != nil {
			most = writeTrips
		}
		const rounds = 40
		fmt.Fprintf(&b, "| %s | %.2f ms | %.2f ms | %.0f %% | %d | %s | %d | %s |\n", v.name, ms(p.whole)/rounds, ms(p.inside)/rounds, 100*(1-p.inside.Seconds()/p.whole.Seconds()),
			len(p.trips), verdict(len(p.trips) <= most), r.wire[i], verdict(r.wire[i] <= mostPage))
	}
	fmt.Fprintf(&b, "\n- Memory of the application at 128 connections, at its peak: %.0f MB (budget 150 MB: %s).\n", float64(r.memory)/1e6, verdict(r.memory <= mostMemory))
	fmt.Fprintf(&b, "- From the start of the process to ready, on a ready database: %.2f s (budget 1 s: %s).\n", r.start.Seconds(), verdict(r.start <= mostStart))
	b.WriteString("\n“Outside” holds the rendering, the session and the rules; packing is left out, and reading rows counts as PostgreSQL. The budget of 20 % leaves rendering out too and is not shown here.\n")
	return b.String()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// TestBenchWorks runs each part of the benchmark for a moment, so that it does not rot.
func TestBenchWorks(t *testing.T) {
	t.Parallel()
	db := testdb.District(t)
	site := newSite(t, db.AppDSN)
	cookies := signIn(t, site.handler, "bithu")
	site.record(t, visit{name: "submit", path: "/reports/new", cookies: cookies, form: submitForm(t, db)})
	r := results{visits: map[string]page{}, wire: []int{1, 2}, facts: "here"}
	for _, v := range []visit{{name: "list", path: "/reports", cookies: cookies}, {name: "submit", path: "/reports/new", cookies: cookies, form: submitForm(t, db)}} {
		p := site.record(t, v)
		if len(p.trips) == 0 || len(p.trips) > writeTrips || p.inside <= 0 || p.inside >= p.whole {
			t.Errorf("%s: got %d round trips, %v of %v in the database", v.name, len(p.trips), p.inside, p.whole)
		}
		r.names, r.visits[v.name] = append(r.names, v), p
		own, least := serve(t, site.handler), serve(t, minimal(t, db.AppDSN, []page{p}))
		c := compare(t, v, own, least, 2, 2, 80*time.Millisecond)
		if c.own <= 0 || c.least <= 0 || c.ratio <= 0 {
			t.Errorf("%s: got %+v", v.name, c)
		}
		r.runs = append(r.runs, c)
		if v.form != nil && grown(t, db, func() { load(t, v, least, 1, 100*time.Millisecond) }) == 0 {
			t.Error("the minimal handler submits nothing")
		}
	}
	var sent, kept int
	if err := db.Owner.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM reports), (SELECT count(*) FROM report_versions)`).Scan(&sent, &kept); err != nil || sent < 60 || sent != kept {
		t.Errorf("got %d reports and %d versions, %v", sent, kept, err)
	}
	if text := r.markdown(); !strings.Contains(text, "| submit | 2 |") {
		t.Errorf("the results lack a row: %s", text)
	}
}

// grown gives how many reports came while something was done.
func grown(t testing.TB, db *testdb.DB, do func()) int {
	t.Helper()
	count := func() (n int) {
		if err := db.Owner.QueryRow(context.Background(), `SELECT count(*) FROM reports`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	do()
	return count() - before
}
