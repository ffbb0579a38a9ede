package casework

import (
	"strings"
	"time"

	"banam/internal/territory"
)

// Month is a calendar month as forms name it: yyyy-mm.
type Month string

// MonthOf gives the month of a day.
func MonthOf(day territory.Day) Month { return Month(day.String()[:len("2006-01")]) }

// ReportedMonth gives the month that a monthly report written on the day is most likely about: in its first days still the one before.
func ReportedMonth(day territory.Day) Month {
	return MonthOf(day.Add(-monthOverlap))
}

// monthOverlap is for how many days of a month the report of the one before is what is usually written.
const monthOverlap = 7

// Days gives the first day of the month and the first of the next; false for what is no month.
func (m Month) Days() (from, until territory.Day, ok bool) {
	from, err := territory.ParseDay(string(m) + "-01")
	if err != nil || strings.Count(string(m), "-") != 1 {
		return territory.Day{}, territory.Day{}, false
	}
	next := from.Start().In(territory.Zone).AddDate(0, 1, 0)
	return from, territory.DayOf(next), true
}

// Before gives the month before.
func (m Month) Before() Month {
	from, _, ok := m.Days()
	if !ok {
		return m
	}
	return MonthOf(from.Add(-1))
}

// String writes the month as people here do.
func (m Month) String() string {
	t, err := time.Parse("2006-01", string(m))
	if err != nil {
		return string(m)
	}
	return t.Format("01/2006")
}

var monthlyForm = ReportForm{
	Kind:    MonthlyReport,
	Opening: ReportPart{Fields: []ReportField{{Name: "month", Type: MonthField, Missing: "report.month_required"}}},
	Parts: []ReportPart{
		{Fields: []ReportField{whatField}}, upward,
		{Fields: []ReportField{{Name: "promised", Short: true}, {Name: "next_month"}}},
	},
	Line: []string{"what"},
}
