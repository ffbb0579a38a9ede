package territory

import (
	"database/sql/driver"
	"fmt"
	"time"
	_ "time/tzdata" // the zone must exist on every machine
)

// Zone is Asia/Ho_Chi_Minh: every day of Ba Nắm is a day there (domain.md section 2).
var Zone = func() *time.Location {
	z, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		panic(err)
	}
	return z
}()

// Day is a calendar day in Asia/Ho_Chi_Minh. The zero Day is no day.
type Day struct{ t time.Time } // midnight UTC of that calendar day

// NewDay makes the day of the given year, month and day of the month.
func NewDay(year int, month time.Month, day int) Day {
	return Day{time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

// DayOf gives the day in Asia/Ho_Chi_Minh on which the instant lies.
func DayOf(at time.Time) Day {
	y, m, d := at.In(Zone).Date()
	return NewDay(y, m, d)
}

// ParseDay reads yyyy-mm-dd, as a date input sends it.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, fmt.Errorf("parsing day: %w", err)
	}
	return Day{t}, nil
}

// IsZero tells whether this is no day.
func (d Day) IsZero() bool { return d.t.IsZero() }

// After tells whether d comes after o.
func (d Day) After(o Day) bool { return d.t.After(o.t) }

// Before tells whether d comes before o.
func (d Day) Before(o Day) bool { return d.t.Before(o.t) }

// Add gives the day n days later.
func (d Day) Add(n int) Day { return Day{d.t.AddDate(0, 0, n)} }

// Year gives the calendar year.
func (d Day) Year() int { return d.t.Year() }

// Weekday gives the day of the week.
func (d Day) Weekday() time.Weekday { return d.t.Weekday() }

// Start gives the first instant of the day.
func (d Day) Start() time.Time {
	y, m, day := d.t.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, Zone)
}

// At gives the instant of the day that lies the given time after midnight.
func (d Day) At(sinceMidnight time.Duration) time.Time { return d.Start().Add(sinceMidnight) }

// String writes yyyy-mm-dd; nothing for no day.
func (d Day) String() string {
	if d.IsZero() {
		return ""
	}
	return d.t.Format(time.DateOnly)
}

// MarshalText writes the day as String does.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Day{}
		return nil
	}
	day, err := ParseDay(string(text))
	*d = day
	return err
}

// Scan reads a date column.
func (d *Day) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Day{}
	case time.Time:
		*d = NewDay(v.Year(), v.Month(), v.Day())
	default:
		return fmt.Errorf("scanning %T as a day", src)
	}
	return nil
}

// Value writes a date column; NULL for no day.
func (d Day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.t, nil
}
