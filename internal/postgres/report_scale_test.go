package postgres_test

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// archive fills the demo district with 100,000 reports of eight years by the people who are sent there, one of them with 600, in words of
// the fields that reports tell of. One in five hundred is of a rare kind.
var archive = []string{
	`CREATE TEMP TABLE author AS SELECT row_number() OVER (ORDER BY s.id) AS n, s.id, s.cadre_id, s.locality_id, ch.province, ch.district, ch.commune, ch.hamlet
		FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability = 'support' CROSS JOIN LATERAL (
			SELECT max(c.locality_id) FILTER (WHERE c.level = 'province') AS province, max(c.locality_id) FILTER (WHERE c.level = 'district') AS district,
				max(c.locality_id) FILTER (WHERE c.level = 'commune') AS commune, max(c.locality_id) FILTER (WHERE c.level = 'hamlet') AS hamlet
			FROM locality_chain(s.locality_id, '2020-03-01') c) ch WHERE s.voided_at IS NULL`,
	`INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id, state, summary, content, received_at)
		SELECT gen_random_uuid(), a.cadre_id, a.id, CASE WHEN i % 500 = 0 THEN 'sponsorship' ELSE 'situation' END, d.day, a.locality_id, a.province, a.district, a.commune, a.hamlet,
			CASE WHEN i % 40 = 0 THEN 'submitted' ELSE 'acknowledged' END, left(t.text, 100), jsonb_build_object('what', t.text, 'difficulties', t.more), d.day + time '09:00' + i % 500 * interval '1 minute'
		FROM generate_series(1, 100000) i JOIN author a ON a.n = CASE WHEN i <= 600 THEN 1 ELSE 1 + i % (SELECT max(n) FROM author) END
		CROSS JOIN LATERAL (SELECT date '2020-03-02' + i * 2900 / 100000 AS day) d
		CROSS JOIN LATERAL (SELECT string_agg(w.word, ' ') FILTER (WHERE k <= 40) AS text, string_agg(w.word, ' ') FILTER (WHERE k > 40) AS more
			FROM generate_series(1, 60) k CROSS JOIN LATERAL (SELECT (hashtext(i || '.' || k) & 1023) % 400 AS at) h
			CROSS JOIN LATERAL (SELECT coalesce((ARRAY['bà', 'con', 'ấp', 'xuống', 'giống', 'lúa', 'nước', 'mặn', 'cống', 'đê', 'bao', 'sạt', 'lở', 'đường', 'cầu', 'trường',
				'học', 'nghèo', 'vay', 'vốn'])[h.at], 'từ' || h.at) AS word) w) t`,
	`ANALYZE reports`,
}

// With 100,000 reports of a district the lists and the search stay quick, and so does the look for a near-copy before one is sent: all of its
// time passes in a transaction that a person waits for.
func TestReportScale(t *testing.T) {
	if os.Getenv("BANAM_BENCH") == "" {
		t.Skip("set BANAM_BENCH to load 100,000 reports")
	}
	db := testdb.District(t)
	conn, err := db.Owner.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range archive {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	conn.Release()
	store, err := postgres.New(db.App)
	if err != nil {
		t.Fatal(err)
	}
	one := func(sql string) int64 {
		var n int64
		if err := db.Owner.QueryRow(t.Context(), sql).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ctx, today := t.Context(), territory.NewDay(2028, 3, 1)
	district := territory.LocalityID(one(`SELECT id FROM localities WHERE level = 'district' AND id IN (SELECT district_id FROM reports)`))
	commune := territory.LocalityID(one(`SELECT commune_id FROM reports WHERE commune_id IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`))
	author := cadre.ID(one(`SELECT author_id FROM reports GROUP BY 1 ORDER BY count(*) DESC LIMIT 1`))
	scope := cadre.Scope{Branches: []cadre.Branch{{Column: cadre.ByDistrict, ID: district}}}
	list := func(f postgres.ReportFilter) func() error {
		return func() error {
			found, err := store.Reports(ctx, scope, f, today, postgres.Page{Limit: 30})
			if err == nil && len(found.Rows) == 0 {
				t.Errorf("%+v finds nothing", f)
			}
			return err
		}
	}
	nearTo := func(author cadre.ID, c casework.Content) error {
		return store.InTx(ctx, func(tx *postgres.Tx) error {
			found, err := tx.NearReportSoon(author, uuid.Must(uuid.NewV7()), c)
			if err == nil {
				_, err = tx.FilingFacts(ctx, author, commune, today, today)
			}
			if err == nil {
				found()
			}
			return err
		})
	}
	near := func() error {
		return nearTo(author, casework.Content{"what": strings.Repeat("bà con ấp xuống giống lúa nước mặn cống đê bao sạt lở ", 12)})
	}
	// Somebody else who has sent 300 and writes at length: three texts as long as they may be.
	writer := cadre.ID(one(`SELECT author_id FROM reports GROUP BY 1 HAVING count(*) < 600 ORDER BY count(*) DESC LIMIT 1`))
	long := casework.Content{}
	for _, name := range []string{"what", "difficulties", "proposals"} {
		long[name] = strings.Repeat("bà con ấp "+name+" xuống giống lúa nước mặn cống đê bao sạt lở đường cầu ", casework.MaxText/70)
	}
	for _, sql := range []string{
		`UPDATE reports SET author_id = $1 WHERE id IN (SELECT id FROM reports WHERE author_id <> $2 AND author_id <> $1 ORDER BY id LIMIT greatest(0, 300 - (SELECT count(*) FROM reports WHERE author_id = $1)))`,
		`UPDATE reports SET content = (SELECT jsonb_object_agg(n, (SELECT string_agg('từ' || (hashtext(reports.id::text || n || i)::bigint & 1023), ' ') FROM generate_series(1, 1500) i))
			FROM unnest(ARRAY['what', 'difficulties', 'proposals']) n) WHERE author_id = $1 AND $2::bigint > 0`,
		`UPDATE reports SET state = 'submitted' WHERE id = (SELECT id FROM reports WHERE author_id = $1 AND $2::bigint > 0 ORDER BY received_at DESC LIMIT 1)`,
	} {
		if _, err := db.Owner.Exec(ctx, sql, int64(writer), int64(author)); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	if n := one(`SELECT count(*) FROM reports WHERE length(content ->> 'what') > 7000`); n < 300 {
		t.Fatalf("got %d long reports, want 300", n)
	}
	nearLong := func() error { return nearTo(writer, long) }
	var waiting uuid.UUID
	if err := db.Owner.QueryRow(ctx, `SELECT id FROM reports WHERE author_id = $1 AND state = 'submitted' ORDER BY received_at DESC LIMIT 1`, int64(writer)).Scan(&waiting); err != nil {
		t.Fatal(err)
	}
	month := uuid.New()
	if _, err := db.Owner.Exec(ctx, `INSERT INTO report_drafts (report_id, author_id, kind, form, updated_at)
		SELECT $1, author_id, 'monthly', jsonb_build_object('kind', 'monthly', 'month', to_char(happened_on, 'YYYY-MM'), 'locality', locality_id::text), now()
		FROM reports WHERE author_id = $2 ORDER BY received_at LIMIT 1`, month, int64(author)); err != nil {
		t.Fatal(err)
	}
	monthly := func() error {
		form, err := store.DraftForm(ctx, month, postgres.FormReader{Actor: cadre.Actor{CadreID: author, At: today.Start()}, Reports: scope, Issues: scope})
		if err == nil && len(form.Beside.Month.Reports) == 0 {
			t.Error("the draft of a monthly report has no sources")
		}
		return err
	}
	judging := func() error {
		_, err := store.Report(ctx, waiting, postgres.ReportReader{Reports: scope, Issues: scope, Actor: cadre.Actor{CadreID: author, At: today.Start()}, Day: today, Judges: true})
		return err
	}
	rows, err := db.App.Query(ctx, `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF, BUFFERS OFF) `+postgres.NearSent(),
		int64(writer), casework.NearCopy, casework.CopyReports, long, uuid.Nil)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if text := strings.Join(plan, "\n"); err != nil || !strings.Contains(text, "reports_author") || strings.Contains(text, "Seq Scan on reports") {
		t.Errorf("the look for near-copies does not follow the author's index: %v\n%s", err, text)
	} else {
		t.Logf("the plan that docs/plans.md keeps:\n%s", text)
	}
	for _, tt := range []struct {
		name   string
		within time.Duration // of 95 in 100
		read   func() error
	}{
		{"near-copy before sending", 100 * time.Millisecond, near},
		{"near-copy of longest texts", 100 * time.Millisecond, nearLong},
		{"their page before a lead", 100 * time.Millisecond, judging},
		{"a monthly draft's form", 100 * time.Millisecond, monthly},
		{"newest of the district", 50 * time.Millisecond, list(postgres.ReportFilter{})},
		{"of a commune", 50 * time.Millisecond, list(postgres.ReportFilter{Place: commune, Inside: true})},
		{"of an author", 50 * time.Millisecond, list(postgres.ReportFilter{Author: author})},
		{"waiting", 50 * time.Millisecond, list(postgres.ReportFilter{State: casework.ReportSubmitted})},
		{"of a rare kind", 50 * time.Millisecond, list(postgres.ReportFilter{Kind: casework.SponsorReport})},
		{"of a rare kind in a commune", 50 * time.Millisecond, list(postgres.ReportFilter{Kind: casework.SponsorReport, Place: commune, Inside: true})},
		{"of a month seven years ago", 100 * time.Millisecond, list(postgres.ReportFilter{From: territory.NewDay(2021, 3, 1), To: territory.NewDay(2021, 3, 31)})},
		{"with words", 100 * time.Millisecond, list(postgres.ReportFilter{Words: postgres.ParseWords("sạt lở đê bao").Whole()})},
	} {
		took := make([]time.Duration, 40)
		for i := range took {
			begun := time.Now()
			if err := tt.read(); err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			took[i] = time.Since(begun)
		}
		slices.Sort(took)
		p95 := took[len(took)*95/100]
		t.Logf("%-30s p50 %-8s p95 %s", tt.name, took[len(took)/2].Round(100*time.Microsecond), p95.Round(100*time.Microsecond))
		if p95 > tt.within {
			t.Errorf("%s: p95 %s, want at most %s", tt.name, p95, tt.within)
		}
	}
}
