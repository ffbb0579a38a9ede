package casework

import (
	"fmt"
	"time"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Month is a calendar month in Asia/Ho_Chi_Minh; the zero Month is none.
type Month struct{ first territory.Day }

// MonthOf gives the month of a day.
func MonthOf(day territory.Day) Month {
	at := day.Start()
	return Month{territory.NewDay(at.Year(), at.Month(), 1)}
}

// ParseMonth reads yyyy-mm.
func ParseMonth(s string) (Month, error) {
	day, err := territory.ParseDay(s + "-01")
	if err != nil {
		return Month{}, fmt.Errorf("reading a month: %w", err)
	}
	return Month{day}, nil
}

// IsZero tells whether it is no month.
func (m Month) IsZero() bool { return m.first.IsZero() }

// First gives the first day.
func (m Month) First() territory.Day { return m.first }

// Last gives the last day.
func (m Month) Last() territory.Day { return m.Add(1).first.Add(-1) }

// Add gives the month so many months later.
func (m Month) Add(n int) Month {
	at := m.first.Start()
	return Month{territory.NewDay(at.Year(), at.Month()+time.Month(n), 1)}
}

// After tells whether it comes after another one.
func (m Month) After(o Month) bool { return m.first.After(o.first) }

// String writes yyyy-mm; empty for none.
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return m.first.Start().Format("2006-01")
}

// duty* are days of a month: whoever begins later need not report of it, and from when on people are reminded.
const (
	dutyBegins  = 19 // the last day on which an assignment may begin for its month to count
	remindsFrom = 25
)

// OwesSince is the last day on which an assignment may have begun for the month to be owed.
func (m Month) OwesSince() territory.Day { return m.first.Add(dutyBegins - 1) }

// OwesReport tells whether a support assignment owes a report of the month: it lasts to the month's end and began before the 20th, so that
// there was time. Any report that was sent pays it, whatever its kind: of a day of the month, at the place held or below (domain.md section 3
// names the monthly report among seven kinds; section 7 counts "months reported", not monthly reports).
func OwesReport(t cadre.Term, m Month) bool {
	return !t.From.After(m.OwesSince()) && (t.Until.IsZero() || t.Until.After(m.Last()))
}

// MonthToAsk gives the month of which a day asks who has not reported: the present one from the 20th on, before that the one that is over.
func MonthToAsk(day territory.Day) Month {
	m := MonthOf(day)
	if day.After(m.OwesSince()) {
		return m
	}
	return m.Add(-1)
}

// Reminder says which of a month's reminders is due.
type Reminder string

// A month has two: the first on the first working morning from the 25th on, the last on its last working day.
const (
	NoReminder    Reminder = ""
	FirstReminder Reminder = "first"
	LastReminder  Reminder = "last"
)

// ReminderAt tells which reminder an instant asks for. Reminders go out on working mornings only; where Tết takes the end of a month, its last
// working day may lie before the 25th.
func (c Calendar) ReminderAt(at time.Time) Reminder {
	day := territory.DayOf(at)
	m := MonthOf(day)
	switch {
	case !c.IsMorning(at):
		return NoReminder
	case c.AddDays(day, 1).After(m.Last()):
		return LastReminder
	case !day.Before(m.first.Add(remindsFrom - 1)):
		return FirstReminder
	}
	return NoReminder
}
