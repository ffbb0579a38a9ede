package casework_test

import (
	"testing"
	"time"

	"banam/internal/casework"
	"banam/internal/territory"
)

func TestSilent(t *testing.T) {
	today := territory.NewDay(2026, time.March, 1)
	for _, tt := range []struct {
		name string
		last territory.Day
		want bool
	}{
		{"never", territory.Day{}, true},
		{"today", today, false},
		{"the last day that is in time", today.Add(-casework.SilentDays), false},
		{"a day more", today.Add(-casework.SilentDays - 1), true},
	} {
		if got := casework.Silent(tt.last, today); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
