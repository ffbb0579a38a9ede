package demo_test

import (
	"testing"

	"banam/internal/testdb"
)

func TestSeededHouseholds(t *testing.T) {
	t.Parallel()
	db := testdb.Year(t)
	for _, tt := range []struct {
		what, sql string
		low, high int
	}{
		{"households", `SELECT count(*) FROM households`, 45_000, 45_000},
		{"groups with fewer than twenty", `SELECT count(*) FROM (SELECT FROM households GROUP BY locality_id HAVING count(*) < 20) g`, 0, 0},
		{"groups with households", `SELECT count(DISTINCT locality_id) FROM households`, 1_470, 1_470},
		{"poor ones", `SELECT count(*) FROM household_classes WHERE class = 'poor' AND period @> current_date`, 1_500, 2_000},
		{"former classes", `SELECT count(*) FROM household_classes WHERE NOT upper_inf(period)`, 1_000, 3_000},
		{"phones that may ring", `SELECT count(*) FROM households WHERE phone <> '' AND phone NOT LIKE '0100 %'`, 0, 0},
		{"ids that tell a time", `SELECT count(*) FROM households WHERE substring(id::text FROM 15 FOR 1) <> '4'`, 0, 0},
	} {
		var n int
		if err := db.Owner.QueryRow(t.Context(), tt.sql).Scan(&n); err != nil {
			t.Fatalf("%s: %v", tt.what, err)
		}
		if n < tt.low || n > tt.high {
			t.Errorf("%s: got %d, want %d to %d", tt.what, n, tt.low, tt.high)
		}
	}
}
