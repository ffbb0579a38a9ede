package app_test

import (
	"testing"
	"time"

	"banam/internal/postgres"
	"banam/internal/territory"
)

// minuteClock reckons working time minute by minute, straight from domain.md section 4: 07:00–11:00 and 13:00–17:00 from Monday to Friday, the
// holidays off, a swapped day worked like a Monday. It shares nothing with the calendar under test but the table of special days: days are
// counted from 1970-01-01 in a zone seven hours before UTC.
type minuteClock struct {
	special map[int64]bool // by day: worked or not
}

const (
	zoneAhead     = 7 * 3600
	minutesOfADay = 24 * 60
)

// minuteClock reads the special days.
func (s *stage) minuteClock() minuteClock {
	s.Helper()
	c := minuteClock{special: map[int64]bool{}}
	rows, err := s.db.Owner.Query(s.Context(), `SELECT day - date '1970-01-01', working FROM special_days`)
	if err != nil {
		s.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var day int64
		var working bool
		if err := rows.Scan(&day, &working); err != nil {
			s.Fatal(err)
		}
		c.special[day] = working
	}
	if err := rows.Err(); err != nil || len(c.special) < 80 {
		s.Fatalf("special days: got %d, %v", len(c.special), err)
	}
	return c
}

// minuteOf gives the minute in which an instant lies, counted from 1970-01-01 in the zone.
func minuteOf(at time.Time) int64 { return (at.Unix() + zoneAhead) / 60 }

func startOf(minute int64) time.Time { return time.Unix(minute*60-zoneAhead, 0) }

// works tells whether a minute is working time.
func (c minuteClock) works(minute int64) bool {
	hour := minute % minutesOfADay / 60
	return c.worksDay(minute/minutesOfADay) && (7 <= hour && hour < 11 || 13 <= hour && hour < 17)
}

func (c minuteClock) worksDay(day int64) bool {
	if working, ok := c.special[day]; ok {
		return working
	}
	weekday := (day + 4) % 7 // 1970-01-01 was a Thursday; 0 is Sunday
	return weekday != 0 && weekday != 6
}

func (c minuteClock) worksAt(at time.Time) bool { return c.works(minuteOf(at)) }

// add gives the first instant by which so much working time has passed.
func (c minuteClock) add(from time.Time, working time.Duration) time.Time {
	at := from
	for m := minuteOf(from); working > 0; m++ {
		next := startOf(m + 1)
		if c.works(m) {
			if working <= next.Sub(at) {
				return at.Add(working)
			}
			working -= next.Sub(at)
		}
		at = next
	}
	return at
}

// between gives the working time between two instants.
func (c minuteClock) between(from, to time.Time) time.Duration {
	var total time.Duration
	for m, at := minuteOf(from), from; at.Before(to); m++ {
		next := startOf(m + 1)
		if c.works(m) {
			total += min(next.Sub(at), to.Sub(at))
		}
		at = next
	}
	return total
}

// afterDays gives the end of the nth working day after the day of an instant.
func (c minuteClock) afterDays(at time.Time, n int) time.Time {
	day := minuteOf(at) / minutesOfADay
	for n > 0 {
		day++
		if c.worksDay(day) {
			n--
		}
	}
	return startOf((day + 1) * minutesOfADay)
}

// TestSeededCalendarMinuteByMinute walks every minute around each Tết, each end of a year and each swapped day of the seeded years, and
// compares the calendar with the naive reckoning.
func TestSeededCalendarMinuteByMinute(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	db, err := postgres.New(s.db.App)
	if err != nil {
		t.Fatal(err)
	}
	calendar, err := db.Calendar(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	clock := s.minuteClock()
	for _, around := range clock.turns() {
		from, passed := startOf((around-8)*minutesOfADay), time.Duration(0)
		for m := minuteOf(from); m < (around+9)*minutesOfADay; m++ {
			at := startOf(m)
			if got, want := calendar.IsWorking(at), clock.works(m); got != want {
				t.Fatalf("IsWorking(%v): got %v, want %v", at.In(territory.Zone), got, want)
			}
			if m%7 == 0 { // each minute of the day comes up on some day of the window
				if got := calendar.Between(from, at); got != passed {
					t.Fatalf("Between(%v, %v): got %v, want %v", from.In(territory.Zone), at.In(territory.Zone), got, passed)
				}
			}
			if clock.works(m) {
				passed += time.Minute
				if got, want := calendar.Add(from, passed), startOf(m+1); !got.Equal(want) {
					t.Fatalf("Add(%v, %v): got %v, want %v", from.In(territory.Zone), passed, got.In(territory.Zone), want.In(territory.Zone))
				}
			}
		}
	}
}

// turns gives the days around which time is odd: the first day off and the last of each Tết and other holiday, swapped days, the year's ends.
func (c minuteClock) turns() []int64 {
	var days []int64
	for day := range c.special {
		if _, before := c.special[day-1]; !before { // the first of several in a row
			days = append(days, day)
		}
	}
	for year := 2019; year <= 2027; year++ {
		days = append(days, minuteOf(time.Date(year, time.December, 31, 12, 0, 0, 0, time.UTC))/minutesOfADay)
	}
	return days
}
