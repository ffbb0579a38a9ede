package migrations_test

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/testdb"
)

// TestHolidays holds the table against the law: a year has 11 days off (10 before the second day of Quốc khánh came in
// 2021); a holiday on a weekend is made up on a working day, and a swapped day is worked on a weekend, so that the days off
// less the days worked in exchange are that number in every year.
func TestHolidays(t *testing.T) {
	t.Parallel()
	rows, err := testdb.New(t).App.Query(t.Context(), `SELECT day, working FROM special_days ORDER BY day`)
	if err != nil {
		t.Fatal(err)
	}
	off := map[int]int{}
	var day time.Time
	var working bool
	_, err = pgx.ForEachRow(rows, []any{&day, &working}, func() error {
		weekend := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if weekend != working {
			t.Errorf("%s is a %s with working = %v", day.Format(time.DateOnly), day.Weekday(), working)
		}
		if working {
			off[day.Year()]--
		} else {
			off[day.Year()]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for year := 2020; year <= 2027; year++ {
		want := 11
		if year == 2020 {
			want = 10
		}
		if off[year] != want {
			t.Errorf("%d: got %d days off, want %d", year, off[year], want)
		}
	}
	if len(off) != 8 {
		t.Errorf("got the years %v, want 2020 to 2027", off)
	}
}
