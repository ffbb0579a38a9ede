package casework_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"banam/internal/casework"
)

// A meter measures as its calendar does, inside and outside of the days that it summed up.
func TestMeterEqualsTheCalendar(t *testing.T) {
	t.Parallel()
	start := at(t, "2021-01-01 00:00")
	rapid.Check(t, func(t *rapid.T) {
		c := casework.NewCalendar(officeHours(), specialDays())
		if rapid.Bool().Draw(t, "no hours") {
			c = casework.Calendar{}
		}
		minute := rapid.IntRange(-5*24*60, 70*24*60)
		from := start.Add(time.Duration(minute.Draw(t, "from")) * time.Minute)
		to := start.Add(time.Duration(minute.Draw(t, "to")) * time.Minute)
		m := c.Meter(start, start.AddDate(0, 0, 60))
		if got, want := m.Between(from, to), c.Between(from, to); got != want {
			t.Fatalf("Between(%v, %v): got %v, want %v", from, to, got, want)
		}
	})
}

func TestDurations(t *testing.T) {
	t.Parallel()
	hours := func(list ...int) (all []time.Duration) {
		for _, h := range list {
			all = append(all, time.Duration(h)*time.Hour)
		}
		return all
	}
	for _, tt := range []struct {
		name              string
		list              []time.Duration
		median, ninetieth int
	}{
		{"none", nil, 0, 0}, {"one", hours(7), 7, 7}, {"two", hours(9, 1), 1, 9}, {"three", hours(3, 1, 2), 2, 3},
		{"ten", hours(10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 5, 9}, {"eleven", hours(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), 6, 10},
	} {
		got := casework.DurationsOf(tt.list)
		if want := (casework.Durations{Count: len(tt.list), Median: time.Duration(tt.median) * time.Hour, Ninetieth: time.Duration(tt.ninetieth) * time.Hour}); got != want {
			t.Errorf("%s: got %v, want %v", tt.name, got, want)
		}
	}
}
