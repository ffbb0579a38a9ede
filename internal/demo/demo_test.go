package demo_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/demo"
	"banam/internal/testdb"
)

func options(seed int64) demo.Options {
	return demo.Options{
		Now:          time.Date(2020, time.March, 2, 1, 0, 0, 0, time.UTC),
		HashPassword: func(password string) (string, error) { return "hash of " + password, nil },
		Seed:         seed,
	}
}

// How long the district may take to load, and the whole demo with its year of work and its 45,000 households.
const (
	budget      = 5 * time.Second
	wholeBudget = 30 * time.Second
)

// Whoever starts the demo for the first time waits for all of it.
func TestSeedWhole(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t).App
	begin := time.Now()
	if err := demo.Seed(t.Context(), pool, options(1)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > wholeBudget {
		t.Errorf("seeding took %v, want at most %v", took, wholeBudget)
	}
	same(t, column[int](t, pool, `SELECT households FROM (SELECT sum(households)::int AS households FROM household_sums) s`), []int{45000})
}

func TestSeed(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t).App
	expect(t, pool, true, false)
	begin := time.Now()
	if err := demo.SeedDistrict(t.Context(), pool, options(1)); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begin); took > budget {
		t.Errorf("seeding took %v, want at most %v", took, budget)
	}
	expect(t, pool, false, true)
	if err := demo.Seed(t.Context(), pool, options(1)); !errors.Is(err, demo.ErrNotEmpty) {
		t.Errorf("a second time: got %v, want ErrNotEmpty", err)
	}
	same(t, column[string](t, pool, `SELECT level || ' ' || count(*) FROM localities GROUP BY level ORDER BY level`),
		[]string{"commune 157", "district 9", "group 1470", "hamlet 93", "province 1", "subregion 3"})
	same(t, column[string](t, pool, `SELECT p.code || ' ' || count(*) || ' ' || count(DISTINCT a.locality_id)
		FROM assignments a JOIN posts p ON p.id = a.post_id GROUP BY p.code ORDER BY p.code`), []string{
		"commune_lead 19 19", "commune_supporter 1470 1470", "commune_watcher 20 20", "district_admin 1 1", "district_lead 1 1",
		"district_supporter 93 92", "hamlet_lead 91 91", "province_lead 1 1", "province_supporter 20 20", "subregion_lead 3 3",
	})
	same(t, column[string](t, pool, `SELECT prefix || ' ' || v.name FROM issue_series s JOIN locality_versions v USING (locality_id)
		ORDER BY s.id`), []string{"BT Tỉnh Bến Tre", "BĐ Huyện Bình Đại"})
}

func TestSeededPlaces(t *testing.T) {
	t.Parallel()
	pool := seeded(t, 1)
	same(t, column[string](t, pool, `SELECT c.level || ' ' || c.name FROM localities l
		JOIN locality_versions v ON v.locality_id = l.id JOIN locality_versions h ON h.locality_id = v.parent_id,
		locality_chain(l.id, '2020-02-15') c WHERE v.name = 'Tổ 1' AND h.name = 'Ấp Hưng Chánh' ORDER BY c.depth`), []string{
		"group Tổ 1", "hamlet Ấp Hưng Chánh", "commune Xã Châu Hưng", "subregion Tiểu vùng I", "district Huyện Bình Đại",
		"province Tỉnh Bến Tre",
	})
	same(t, column[string](t, pool, `SELECT DISTINCT valid::text FROM locality_versions`), []string{"[2020-02-01,)"})
	same(t, column[string](t, pool, `SELECT v.code || ' ' || v.type || ' ' || v.name FROM locality_versions v WHERE code IN ('83', '835', '29050', '29071')
		ORDER BY v.code`), []string{
		"29050 Thị trấn Thị trấn Bình Đại", "29071 Xã Xã Châu Hưng", "83 Tỉnh Tỉnh Bến Tre", "835 Huyện Huyện Bình Đại",
	})
}

func TestSeededPeople(t *testing.T) {
	t.Parallel()
	pool := seeded(t, 1)
	for name, query := range map[string]string{
		"assignments whose post does not fit the cadre's tier": `SELECT count(*) FROM assignments a JOIN posts p ON p.id = a.post_id
			JOIN cadres c ON c.id = a.cadre_id WHERE c.tier <> p.tier`,
		"assignments outside of the place's life": `SELECT count(*) FROM assignments a
			WHERE NOT EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = a.locality_id AND v.valid @> a.period)`,
		"cadres without an assignment": `SELECT count(*) FROM cadres c WHERE NOT EXISTS (SELECT FROM assignments a WHERE a.cadre_id = c.id)`,
		"supported places without exactly one primary": `SELECT count(*) FROM (SELECT FROM assignments a JOIN posts p ON p.id = a.post_id
			WHERE p.capability = 'support' GROUP BY a.locality_id, p.id HAVING count(*) FILTER (WHERE a.is_primary) <> 1) x`,
		"periods that do not begin on 15/02/2020": `SELECT count(*) FROM assignments WHERE period <> '[2020-02-15,)'`,
		"decisions that are not the plan's":       `SELECT count(*) FROM assignments WHERE decision <> 'Kế hoạch phân công năm 2020'`,
	} {
		if got := column[int](t, pool, query)[0]; got != 0 {
			t.Errorf("got %d %s, want 0", got, name)
		}
	}
}

func TestSeededAccounts(t *testing.T) {
	t.Parallel()
	pool := seeded(t, 1)
	var want []string
	for _, a := range demo.Accounts() {
		want = append(want, a.Login+" "+a.PostCode+" hash of "+demo.Password)
	}
	same(t, column[string](t, pool, `SELECT a.login || ' ' || p.code || ' ' || a.password_hash FROM accounts a
		JOIN assignments s USING (cadre_id) JOIN posts p ON p.id = s.post_id ORDER BY a.id`), want)
}

func TestSameSeedSameRows(t *testing.T) {
	t.Parallel()
	const dump = `SELECT c::text || a::text FROM cadres c JOIN assignments a ON a.cadre_id = c.id ORDER BY a.id`
	first := column[string](t, seeded(t, 3), dump)
	same(t, column[string](t, seeded(t, 3), dump), first)
	if slices.Equal(column[string](t, seeded(t, 4), dump), first) {
		t.Error("seeds 3 and 4 give the same people")
	}
}

func TestSeedPlaces(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t).App
	if err := demo.SeedPlaces(t.Context(), pool); err != nil {
		t.Fatal(err)
	}
	expect(t, pool, false, false)
	same(t, column[int](t, pool, `SELECT count(*) FROM localities UNION ALL SELECT count(*) FROM cadres`), []int{1733, 0})
	if err := demo.SeedDistrict(t.Context(), pool, options(1)); !errors.Is(err, demo.ErrNotEmpty) {
		t.Errorf("on top of places: got %v, want ErrNotEmpty", err)
	}
}

func TestSeedAtOnce(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t).App
	errs := make([]error, 4)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() { errs[i] = demo.Seed(t.Context(), pool, options(1)) })
	}
	wait.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case !errors.Is(err, demo.ErrNotEmpty):
			t.Errorf("got %v, want ErrNotEmpty", err)
		}
	}
	if done != 1 {
		t.Errorf("got %d seeds of four at once, want 1", done)
	}
}

func TestSeedLeavesNothingBehindWhenItFails(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t).App
	broken := options(1)
	broken.HashPassword = func(string) (string, error) { return "", errors.New("no entropy") }
	if err := demo.Seed(t.Context(), pool, broken); err == nil {
		t.Error("got no error")
	}
	expect(t, pool, true, false)
}

func seeded(t *testing.T, seed int64) *pgxpool.Pool {
	t.Helper()
	pool := testdb.New(t).App
	if err := demo.SeedDistrict(t.Context(), pool, options(seed)); err != nil {
		t.Fatal(err)
	}
	return pool
}

func expect(t *testing.T, pool *pgxpool.Pool, empty, isDemo bool) {
	t.Helper()
	gotEmpty, err := demo.Empty(t.Context(), pool)
	if err != nil || gotEmpty != empty {
		t.Errorf("Empty: got %v, %v, want %v", gotEmpty, err, empty)
	}
	gotDemo, err := demo.Is(t.Context(), pool)
	if err != nil || gotDemo != isDemo {
		t.Errorf("Is: got %v, %v, want %v", gotDemo, err, isDemo)
	}
}

func column[T any](t *testing.T, pool *pgxpool.Pool, sql string) []T {
	t.Helper()
	rows, err := pool.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		t.Fatal(err)
	}
	return values
}

func same[T comparable](t *testing.T, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
