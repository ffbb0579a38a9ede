package postgres_test

import (
	"os"
	"testing"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// country fills a database with as many places as the country had in 2020: 63 provinces, 705 districts, 10,614 communes, and 100,000
// hamlets, with somebody sent and somebody leading nearly everywhere; and one as a province is since districts are gone, with 181 communes
// right below it. Names are numbers.
var country = []string{
	`CREATE TEMP TABLE made (n bigint, up bigint, level text, name text)`,
	`INSERT INTO made SELECT n, NULL::bigint, 'province', 'Tỉnh ' || n FROM generate_series(1, 63) n`,
	`INSERT INTO made SELECT 100 + n, 1 + n % 63, 'district', 'Huyện ' || n FROM generate_series(1, 705) n`,
	`INSERT INTO made SELECT 1000 + n, 101 + n % 705, 'commune', 'Xã ' || n FROM generate_series(1, 10614) n`,
	`INSERT INTO made SELECT 20000 + n, 1001 + n % 10614, 'hamlet', 'Ấp ' || n FROM generate_series(1, 100000) n`,
	`INSERT INTO made VALUES (64, NULL, 'province', 'Tỉnh mới')`,
	`INSERT INTO made SELECT 12000 + n, 64, 'commune', 'Xã mới ' || n FROM generate_series(1, 181) n`,
	`INSERT INTO made SELECT 200000 + n, 12001 + n % 181, 'hamlet', 'Ấp mới ' || n FROM generate_series(1, 2000) n`,
	`INSERT INTO localities (id, level) OVERRIDING SYSTEM VALUE SELECT n, level FROM made`,
	`INSERT INTO locality_versions (locality_id, parent_id, type, name, valid) SELECT n, up, 'x', name, daterange('2020-01-01', NULL) FROM made`,
	`INSERT INTO cadres (id, full_name, tier, home_id) OVERRIDING SYSTEM VALUE SELECT n, 'Nguyễn Văn ' || n, 'district', coalesce(up, n) FROM made`,
	`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT m.n, p.id, m.n, m.level, daterange('2020-01-01', NULL)
		FROM made m JOIN posts p ON p.code = CASE m.level WHEN 'commune' THEN 'province_supporter' WHEN 'hamlet' THEN 'district_supporter' END WHERE m.n % 97 > 0`,
	`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT m.n, p.id, m.n, m.level, daterange('2020-01-01', NULL)
		FROM made m JOIN posts p ON p.code = m.level || '_lead' WHERE m.n % 89 > 0`,
	`INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id, state, summary, content, received_at)
		SELECT gen_random_uuid(), s.cadre_id, s.id, 'situation', date '2020-04-05' + 30 * i, h.n, coalesce(d.up, d.n), CASE d.level WHEN 'district' THEN d.n END, h.up, h.n, 'submitted', 'x', '{}', date '2020-04-06' + 30 * i
		FROM made h JOIN made c ON c.n = h.up JOIN made d ON d.n = c.up JOIN assignments s ON s.locality_id = h.n JOIN posts p ON p.id = s.post_id AND p.capability = 'support',
			generate_series(0, 2) i WHERE h.level = 'hamlet' AND (h.n + i) % 7 > 0`,
	`INSERT INTO report_events (report_id, seq, move, number, actor_id, assignment_id, at, reason) SELECT r.id, 2, 'comment', 1, s.cadre_id, s.id, r.received_at + interval '1 day', 'x'
		FROM reports r JOIN assignments s ON s.locality_id = r.commune_id JOIN posts p ON p.id = s.post_id AND p.code = 'commune_lead' WHERE r.hamlet_id % 3 = 0`,
	`ANALYZE report_events, localities, locality_versions, cadres, assignments, posts, reports`,
}

// With the national list the board of coverage, the page of a place and its assignments are still quick.
func TestNationalScale(t *testing.T) {
	if os.Getenv("BANAM_BENCH") == "" {
		t.Skip("set BANAM_BENCH to load the country")
	}
	db := testdb.New(t)
	conn, err := db.Owner.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	for _, sql := range country {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	conn.Release()
	t.Logf("loading took %s", time.Since(begun))
	store, err := postgres.New(db.App)
	if err != nil {
		t.Fatal(err)
	}
	ctx, day, today := t.Context(), territory.NewDay(2020, 6, 1), territory.NewDay(2020, 7, 1)
	board := func(kind postgres.GapKind, day territory.Day, below ...territory.LocalityID) func() error {
		return func() error {
			found, err := store.Coverage(ctx, postgres.CoverageQuery{Of: postgres.CoverageOf{Below: below, Day: day, Today: today}, Before: day.Add(-30), Kind: kind, Limit: 101})
			if err == nil && (found.Gaps.Hamlets == 0 || found.Gaps.HamletsCovered == 0) {
				t.Errorf("counts %+v", found.Gaps)
			}
			return err
		}
	}
	place := func(id territory.LocalityID) func() error {
		return func() error {
			_, err := store.PlacePage(ctx, id, postgres.PlaceQuery{Day: today, Numbers: cadre.Scope{Branches: []cadre.Branch{{Column: cadre.ByProvince, ID: 1}}}, Counted: id > 1})
			return err
		}
	}
	tree := func(id territory.LocalityID) func() error {
		return func() error { _, err := store.PlaceTree(ctx, []territory.LocalityID{id}, today); return err }
	}
	names := func(text string, id territory.LocalityID) func() error {
		return func() error {
			found, err := store.Search(ctx, postgres.SearchQuery{Words: postgres.ParseWords(text), Day: today, Places: []territory.LocalityID{id}, Limit: 10})
			if err == nil && len(found.Places) == 0 {
				t.Errorf("nothing is called %s", text)
			}
			return err
		}
	}
	owed := func(id territory.LocalityID) func() error {
		return func() error {
			month := casework.MonthOf(territory.NewDay(2020, 6, 1))
			found, err := store.Owed(ctx, postgres.CoverageOf{Below: []territory.LocalityID{id}, Day: month.Last(), Today: today}, postgres.OwedFilter{Month: month}, postgres.Page{Limit: 30})
			if err == nil && (len(found.Rows) == 0 || len(found.Communes) == 0) {
				t.Errorf("nothing is owed below %d", id)
			}
			return err
		}
	}
	talk := func(id territory.LocalityID) func() error {
		return func() error {
			found, err := store.Talk(ctx, postgres.CoverageOf{Below: []territory.LocalityID{id}, Day: today, Today: today}, postgres.TalkFilter{Since: today.Add(-90).Start()}, false, postgres.Page{Limit: 30})
			if err == nil && len(found.Rows) == 0 {
				t.Errorf("nobody talks below %d", id)
			}
			return err
		}
	}
	for _, tt := range []struct {
		name   string
		within time.Duration
		read   func() error
	}{
		{"board of a commune", 50 * time.Millisecond, board("", today, 1001)},
		{"board of a district", 80 * time.Millisecond, board("", today, 101)},
		{"board of a province", 400 * time.Millisecond, board("", today, 1)},
		{"board of a province without districts", 400 * time.Millisecond, board("", today, 64)},
		{"gaps of a province without districts", 400 * time.Millisecond, board(postgres.NoTierTwo, today, 64)},
		{"board of a province on a day to come", 500 * time.Millisecond, board("", today.Add(30), 1)},
		{"gaps of a province", 400 * time.Millisecond, board(postgres.NoTierTwo, today, 1)},
		{"too many places, of a province", 400 * time.Millisecond, board(postgres.TooMany, today, 1)},
		{"people without an account of a province", 800 * time.Millisecond, board(postgres.NoAccount, today, 1)},
		{"idle people of a province", 400 * time.Millisecond, board(postgres.Idle, today, 1)},
		{"page of a cadre", 10 * time.Millisecond, func() error {
			_, err := store.CadrePage(ctx, postgres.CadreQuery{ID: 20001, Below: []territory.LocalityID{103}, Day: today, Numbers: cadre.Scope{Branches: []cadre.Branch{{Column: cadre.ByDistrict, ID: 103}}}})
			return err
		}},
		{"page of a province", 15 * time.Millisecond, place(1)},
		{"page of a province without districts", 50 * time.Millisecond, place(64)},
		{"page of a district", 15 * time.Millisecond, place(101)},
		{"page of a hamlet", 15 * time.Millisecond, place(20001)},
		{"page of a commune", 15 * time.Millisecond, place(1001)},
		{"a commune on another day", 50 * time.Millisecond, func() error { _, err := store.PlaceOn(ctx, 1001, day, today); return err }},
		{"tree of a province", 50 * time.Millisecond, tree(1)},
		{"tree of a district", 50 * time.Millisecond, tree(101)},
		{"tree of a province without districts", 50 * time.Millisecond, tree(64)},
		{"names in a province", 100 * time.Millisecond, names("xã 64", 1)},
		{"a name and one above it in a province", 100 * time.Millisecond, names("ấp 1 tỉnh 1", 1)},
		{"names in a district", 100 * time.Millisecond, names("xã", 101)},
		{"without a report in a province", 300 * time.Millisecond, owed(1)},
		{"without a report in a district", 50 * time.Millisecond, owed(101)},
		{"without a report in a commune", 20 * time.Millisecond, owed(1001)},
		{"talk in a province", 500 * time.Millisecond, talk(1)},
		{"talk in a district", 500 * time.Millisecond, talk(101)},
		{"assignments of a hamlet", 10 * time.Millisecond, func() error { _, err := store.PlaceAssignments(ctx, 20001, day, today); return err }},
	} {
		best := time.Hour
		for range 3 {
			begun := time.Now()
			if err := tt.read(); err != nil {
				t.Fatalf("%s: %v", tt.name, err)
			}
			best = min(best, time.Since(begun))
		}
		t.Logf("%-40s %s", tt.name, best.Round(100*time.Microsecond))
		if best > tt.within {
			t.Errorf("%s took %s, want at most %s", tt.name, best, tt.within)
		}
	}
}
