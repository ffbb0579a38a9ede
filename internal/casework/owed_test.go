package casework_test

import (
	"testing"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

func month(t *testing.T, s string) casework.Month {
	t.Helper()
	m, err := casework.ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMonth(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ month, first, last, next string }{
		{"2020-02", "2020-02-01", "2020-02-29", "2020-03"}, {"2021-02", "2021-02-01", "2021-02-28", "2021-03"}, {"2020-12", "2020-12-01", "2020-12-31", "2021-01"},
	} {
		m := month(t, tt.month)
		if m.First().String() != tt.first || m.Last().String() != tt.last || m.Add(1).String() != tt.next || m.String() != tt.month {
			t.Errorf("%s: got %s to %s, then %s", tt.month, m.First(), m.Last(), m.Add(1))
		}
	}
	for _, wrong := range []string{"", "2020", "2020-13", "2020-1", "2020-01-01", "x"} {
		if m, err := casework.ParseMonth(wrong); err == nil {
			t.Errorf("%q: got %s", wrong, m)
		}
	}
	newYear := time.Date(2019, 12, 31, 17, 30, 0, 0, time.UTC) // 00:30 of the new year in Asia/Ho_Chi_Minh
	if m := casework.MonthOf(territory.DayOf(newYear)); m.String() != "2020-01" {
		t.Errorf("half an hour into the year: got %s", m)
	}
}

func TestOwesReport(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		from, until string
		want        bool
	}{
		"for years":                         {"2019-01-01", "", true},
		"the whole month, no day more":      {"2020-03-01", "2020-04-01", true},
		"from the 19th on":                  {"2020-03-19", "", true},
		"from the 20th on":                  {"2020-03-20", "", false},
		"until the day before the last one": {"2020-01-01", "2020-03-31", false},
		"from the 19th until the end":       {"2020-03-19", "2020-04-01", true},
		"within the month":                  {"2020-03-02", "2020-03-20", false},
		"over before":                       {"2020-01-01", "2020-03-01", false},
		"begins later":                      {"2020-04-01", "", false},
	} {
		term := cadre.Term{From: dayOn(t, tt.from)}
		if tt.until != "" {
			term.Until = dayOn(t, tt.until)
		}
		if got := casework.OwesReport(term, month(t, "2020-03")); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestMonthToAsk(t *testing.T) {
	t.Parallel()
	for on, want := range map[string]string{"2020-03-01": "2020-02", "2020-03-19": "2020-02", "2020-03-20": "2020-03", "2020-03-31": "2020-03", "2020-01-05": "2019-12"} {
		if got := casework.MonthToAsk(dayOn(t, on)).String(); got != want {
			t.Errorf("on %s: got %s, want %s", on, got, want)
		}
	}
}

func TestReminderAt(t *testing.T) {
	t.Parallel()
	var week []casework.WorkingHours
	for d := time.Monday; d <= time.Friday; d++ {
		week = append(week, casework.WorkingHours{Weekday: d, Starts: 7 * time.Hour, Ends: 11 * time.Hour}, casework.WorkingHours{Weekday: d, Starts: 13 * time.Hour, Ends: 17 * time.Hour})
	}
	var special []casework.SpecialDay
	for d := dayOn(t, "2022-01-29"); d.Before(dayOn(t, "2022-02-07")); d = d.Add(1) { // Tết
		special = append(special, casework.SpecialDay{Day: d})
	}
	for d := dayOn(t, "2020-06-24"); d.Before(dayOn(t, "2020-07-01")); d = d.Add(1) { // all of the end of a month
		special = append(special, casework.SpecialDay{Day: d})
	}
	special = append(special, casework.SpecialDay{Day: dayOn(t, "2020-05-30"), Working: true}) // a Saturday swapped
	c := casework.NewCalendar(week, special)
	for at, want := range map[string]casework.Reminder{
		"2020-03-24 08:00": casework.NoReminder, "2020-03-25 08:00": casework.FirstReminder, "2020-03-25 06:59": casework.NoReminder, "2020-03-25 11:00": casework.NoReminder,
		"2020-03-25 14:00": casework.NoReminder, "2020-03-28 08:00": casework.NoReminder, "2020-03-30 07:00": casework.FirstReminder, "2020-03-31 08:00": casework.LastReminder,
		"2020-05-29 08:00": casework.FirstReminder, "2020-05-30 08:00": casework.LastReminder, "2020-05-31 08:00": casework.NoReminder, // 31/05 is a Sunday
		"2022-01-28 08:00": casework.LastReminder, "2022-01-31 08:00": casework.NoReminder,
		"2020-06-23 08:00": casework.LastReminder, "2020-06-25 08:00": casework.NoReminder,
	} {
		moment, err := time.ParseInLocation("2006-01-02 15:04", at, territory.Zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.ReminderAt(moment); got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
	}
}

func dayOn(t *testing.T, s string) territory.Day {
	t.Helper()
	d, err := territory.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
