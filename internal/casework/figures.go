package casework

import (
	"slices"
	"time"

	"banam/internal/territory"
)

// Meter is a calendar with its working time summed up over some days, so that the working time of thousands of spans costs one
// subtraction each. It equals Calendar.Between.
type Meter struct {
	calendar Calendar
	first    territory.Day
	sums     []time.Duration // working time before the nth day since the first
}

// Meter sums the calendar up from one instant to another. Spans beyond them are measured all the same, day by day.
func (c Calendar) Meter(from, to time.Time) Meter {
	m := Meter{calendar: c, first: territory.DayOf(from)}
	var sum time.Duration
	for day, last := m.first, territory.DayOf(to); !day.After(last); day = day.Add(1) {
		m.sums = append(m.sums, sum)
		for _, s := range c.of(day) {
			sum += s.to - s.from
		}
	}
	return m
}

// Between gives the working time between two instants; nothing if to is not after from.
func (m Meter) Between(from, to time.Time) time.Duration {
	a, known := m.since(from)
	b, alsoKnown := m.since(to)
	if !known || !alsoKnown {
		return m.calendar.Between(from, to)
	}
	return max(0, b-a)
}

// since gives the working time from the first day until an instant; false outside of the days summed up.
func (m Meter) since(at time.Time) (time.Duration, bool) {
	day := territory.DayOf(at)
	n := int(day.Start().Sub(m.first.Start()) / wholeDay) // no day of the zone is longer or shorter
	if n < 0 || n >= len(m.sums) || day.Before(m.first) {
		return 0, false
	}
	sum, until := m.sums[n], at.Sub(day.Start())
	for _, s := range m.calendar.of(day) {
		sum += max(0, min(s.to, until)-s.from)
	}
	return sum, true
}

// Durations are what many durations are like: half of them are not longer than the median, nine of ten not longer than the
// ninetieth percentile.
type Durations struct {
	Count             int
	Median, Ninetieth time.Duration
}

// DurationsOf sums durations up by nearest rank, so that each figure is one that occurred. It sorts the list.
func DurationsOf(list []time.Duration) Durations {
	if len(list) == 0 {
		return Durations{}
	}
	slices.Sort(list)
	rank := func(percent int) time.Duration { return list[(len(list)*percent+99)/100-1] }
	return Durations{Count: len(list), Median: rank(50), Ninetieth: rank(90)}
}
