package casework_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"banam/internal/casework"
	"banam/internal/territory"
)

// officeHours are the seeded hours: Monday to Friday, 07:00–11:00 and 13:00–17:00.
func officeHours() []casework.WorkingHours {
	var hours []casework.WorkingHours
	for d := time.Monday; d <= time.Friday; d++ {
		hours = append(hours,
			casework.WorkingHours{Weekday: d, Starts: 7 * time.Hour, Ends: 11 * time.Hour},
			casework.WorkingHours{Weekday: d, Starts: 13 * time.Hour, Ends: 17 * time.Hour})
	}
	return hours
}

// Tết of 2021 with the days off as announced, New Year, and a Saturday worked in exchange (invented).
func specialDays() []casework.SpecialDay {
	days := []casework.SpecialDay{
		{Day: territory.NewDay(2021, time.January, 1), Name: "Tết Dương lịch"},
		{Day: territory.NewDay(2021, time.January, 9), Working: true, Name: "Làm bù"},
	}
	for d := 10; d <= 16; d++ {
		days = append(days, casework.SpecialDay{Day: territory.NewDay(2021, time.February, d), Name: "Tết Tân Sửu"})
	}
	return days
}

func at(t *testing.T, s string) time.Time {
	t.Helper()
	got, err := time.ParseInLocation("2006-01-02 15:04", s, territory.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCalendarAdd(t *testing.T) {
	c := casework.NewCalendar(officeHours(), specialDays())
	tests := []struct {
		name, from string
		working    time.Duration
		want       string
	}{
		{"within the morning", "2021-01-04 08:00", time.Hour, "2021-01-04 09:00"},
		{"to the very end of the day", "2021-01-04 16:00", time.Hour, "2021-01-04 17:00"},
		{"over noon", "2021-01-04 10:30", time.Hour, "2021-01-04 13:30"},
		{"from noon", "2021-01-04 12:00", time.Hour, "2021-01-04 14:00"},
		{"into the night", "2021-01-04 16:30", time.Hour, "2021-01-05 07:30"},
		{"from the night", "2021-01-04 23:59", 8 * time.Hour, "2021-01-05 17:00"},
		{"from midnight", "2021-01-05 00:00", time.Minute, "2021-01-05 07:01"},
		{"over the weekend", "2021-01-15 16:00", 2 * time.Hour, "2021-01-18 08:00"},
		{"into a Saturday worked", "2021-01-08 16:00", 2 * time.Hour, "2021-01-09 08:00"},
		{"over the year's end", "2020-12-31 16:00", 2 * time.Hour, "2021-01-04 08:00"},
		{"over Tết, 16:00 on the last working day and 8 h", "2021-02-09 16:00", 8 * time.Hour, "2021-02-17 16:00"},
		{"from the middle of Tết", "2021-02-12 09:00", 8 * time.Hour, "2021-02-17 17:00"},
		{"40 h are a week", "2021-03-01 07:00", 40 * time.Hour, "2021-03-05 17:00"},
		{"no time", "2021-02-12 09:00", 0, "2021-02-12 09:00"},
		{"a negative time", "2021-02-12 09:00", -time.Hour, "2021-02-12 09:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := c.Add(at(t, tt.from), tt.working)
			if want := at(t, tt.want); !got.Equal(want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestCalendarReadsInstantsOfAnyZone(t *testing.T) {
	c := casework.NewCalendar(officeHours(), specialDays())
	// 23:30 UTC on Sunday is 06:30 on Monday in Asia/Ho_Chi_Minh.
	from := time.Date(2021, time.January, 17, 23, 30, 0, 0, time.UTC)
	if got, want := c.Add(from, time.Hour), at(t, "2021-01-18 08:00"); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestCalendarWithoutHours(t *testing.T) {
	from := at(t, "2021-02-12 09:00")
	for name, c := range map[string]casework.Calendar{
		"zero":          {},
		"no hours":      casework.NewCalendar(nil, specialDays()),
		"hours of none": casework.NewCalendar([]casework.WorkingHours{{Weekday: time.Monday, Starts: 9 * time.Hour, Ends: 9 * time.Hour}}, nil),
	} {
		t.Run(name, func(t *testing.T) {
			if got, want := c.Add(from, 30*time.Hour), from.Add(30*time.Hour); !got.Equal(want) {
				t.Errorf("Add: got %v, want %v", got, want)
			}
			if got, want := c.Between(from, from.Add(30*time.Hour)), 30*time.Hour; got != want {
				t.Errorf("Between: got %v, want %v", got, want)
			}
			if !c.IsWorking(from) {
				t.Error("IsWorking: got false, want true")
			}
			day := territory.DayOf(from)
			if got, want := c.AddDays(day, 2), day.Add(2); got != want {
				t.Errorf("AddDays: got %v, want %v", got, want)
			}
		})
	}
}

func TestCalendarIsWorking(t *testing.T) {
	c := casework.NewCalendar(officeHours(), specialDays())
	for s, want := range map[string]bool{
		"2021-01-04 06:59": false, "2021-01-04 07:00": true, "2021-01-04 10:59": true, "2021-01-04 11:00": false,
		"2021-01-04 13:00": true, "2021-01-04 17:00": false, "2021-01-09 08:00": true, "2021-01-16 08:00": false,
		"2021-02-12 08:00": false, "2021-02-17 08:00": true,
	} {
		if got := c.IsWorking(at(t, s)); got != want {
			t.Errorf("%s: got %v, want %v", s, got, want)
		}
	}
}

func TestCalendarAddDays(t *testing.T) {
	c := casework.NewCalendar(officeHours(), specialDays())
	for _, tt := range []struct {
		from string
		n    int
		want string
	}{
		{"2021-02-09", 1, "2021-02-17"},
		{"2021-02-12", 1, "2021-02-17"},
		{"2021-02-09", 0, "2021-02-09"},
		{"2021-02-13", -1, "2021-02-13"},
		{"2021-01-08", 1, "2021-01-09"}, // the Saturday worked
		{"2020-12-31", 1, "2021-01-04"},
		{"2021-03-01", 10, "2021-03-15"},
	} {
		from, err := territory.ParseDay(tt.from)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.AddDays(from, tt.n).String(); got != tt.want {
			t.Errorf("%s + %d: got %s, want %s", tt.from, tt.n, got, tt.want)
		}
	}
}

func TestCalendarJoinsOverlappingHours(t *testing.T) {
	c := casework.NewCalendar([]casework.WorkingHours{
		{Weekday: time.Monday, Starts: 9 * time.Hour, Ends: 12 * time.Hour},
		{Weekday: time.Monday, Starts: -time.Hour, Ends: 10 * time.Hour},
		{Weekday: time.Monday, Starts: 12 * time.Hour, Ends: 30 * time.Hour},
	}, nil)
	if got := c.Between(at(t, "2021-01-03 00:00"), at(t, "2021-01-10 00:00")); got != 24*time.Hour {
		t.Errorf("got %v, want 24h", got)
	}
}

// oracle counts minute by minute, straight from the tables.
type oracle struct {
	hours   []casework.WorkingHours
	special []casework.SpecialDay
}

func (o oracle) working(at time.Time) bool {
	local := at.In(territory.Zone)
	weekday := local.Weekday()
	for _, s := range o.special {
		if s.Day.String() == local.Format(time.DateOnly) {
			if !s.Working {
				return false
			}
			weekday = time.Monday
		}
	}
	since := time.Duration(local.Hour())*time.Hour + time.Duration(local.Minute())*time.Minute
	for _, h := range o.hours {
		if h.Weekday == weekday && h.Starts <= since && since < h.Ends {
			return true
		}
	}
	return false
}

func (o oracle) between(from, to time.Time) time.Duration {
	var total time.Duration
	for at := from; at.Before(to); at = at.Add(time.Minute) {
		if o.working(at) {
			total += time.Minute
		}
	}
	return total
}

func (o oracle) add(from time.Time, working time.Duration) time.Time {
	at := from
	for working > 0 {
		if o.working(at) {
			working -= time.Minute
		}
		at = at.Add(time.Minute)
	}
	return at
}

// drawCalendar draws hours for some weekdays, Monday among them, and special days around Tết and the year's end.
func drawCalendar(t *rapid.T) (casework.Calendar, oracle) {
	o := oracle{hours: officeHours()}
	if rapid.Bool().Draw(t, "odd hours") {
		o.hours = []casework.WorkingHours{{Weekday: time.Monday, Starts: 0, Ends: 24 * time.Hour}}
		for range rapid.IntRange(0, 8).Draw(t, "stretches") {
			starts := rapid.IntRange(0, 24*60).Draw(t, "starts")
			ends := rapid.IntRange(0, 24*60).Draw(t, "ends")
			o.hours = append(o.hours, casework.WorkingHours{
				Weekday: time.Weekday(rapid.IntRange(0, 6).Draw(t, "weekday")),
				Starts:  time.Duration(starts) * time.Minute, Ends: time.Duration(ends) * time.Minute,
			})
		}
	}
	o.special = specialDays()
	offsets := rapid.SliceOfNDistinct(rapid.IntRange(0, 40), 0, 6, rapid.ID[int]).Draw(t, "more special days")
	for _, n := range offsets {
		day := territory.NewDay(2020, time.December, 15).Add(n)
		if day.String() != "2021-01-01" && day.String() != "2021-01-09" {
			o.special = append(o.special, casework.SpecialDay{Day: day, Working: rapid.Bool().Draw(t, "working")})
		}
	}
	return casework.NewCalendar(o.hours, o.special), o
}

// drawMinute draws a minute between mid December 2020 and the end of February 2021, half of them close to midnight.
func drawMinute(t *rapid.T, label string) time.Time {
	day := territory.NewDay(2020, time.December, 15).Add(rapid.IntRange(0, 75).Draw(t, label+" day"))
	minute := rapid.OneOf(rapid.IntRange(0, 24*60-1), rapid.IntRange(-2, 2)).Draw(t, label+" minute")
	return day.At(time.Duration(minute) * time.Minute)
}

func TestCalendarAgainstOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, o := drawCalendar(t)
		from, to := drawMinute(t, "from"), drawMinute(t, "to")
		if got, want := c.Between(from, to), o.between(from, to); got != want {
			t.Fatalf("Between(%v, %v): got %v, want %v", from, to, got, want)
		}
		working := time.Duration(rapid.IntRange(0, 45*60).Draw(t, "working")) * time.Minute
		if got, want := c.Add(from, working), o.add(from, working); !got.Equal(want) {
			t.Fatalf("Add(%v, %v): got %v, want %v", from, working, got, want)
		}
		if got, want := c.IsWorking(from), o.working(from); got != want {
			t.Fatalf("IsWorking(%v): got %v, want %v", from, got, want)
		}
	})
}

func TestCalendarLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, _ := drawCalendar(t)
		from := drawMinute(t, "from").Add(time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "nanoseconds")))
		a := time.Duration(rapid.Int64Range(0, int64(50*time.Hour)).Draw(t, "a"))
		b := time.Duration(rapid.Int64Range(0, int64(50*time.Hour)).Draw(t, "b"))
		after := c.Add(from, a)
		if got := c.Between(from, after); got != a {
			t.Fatalf("Between(from, Add(from, %v)): got %v", a, got)
		}
		if got, want := c.Add(after, b), c.Add(from, a+b); !got.Equal(want) {
			t.Fatalf("Add in two steps: got %v, want %v", got, want)
		}
		if got := c.Between(after, from); got != 0 {
			t.Fatalf("Between backward: got %v, want 0", got)
		}
		middle := drawMinute(t, "middle")
		if from.Before(middle) && middle.Before(after) && c.Between(from, middle)+c.Between(middle, after) != a {
			t.Fatalf("Between does not add up at %v", middle)
		}
	})
}

func TestDeadlinesOf(t *testing.T) {
	data := casework.Deadlines{
		{Level: territory.Commune, Severity: casework.Urgent}: {Acknowledge: time.Hour, Act: 4 * time.Hour},
	}
	for _, tt := range []struct {
		level    territory.Level
		severity casework.Severity
		want     casework.Deadline
	}{
		{territory.Commune, casework.Urgent, casework.Deadline{Acknowledge: time.Hour, Act: 4 * time.Hour}},
		{territory.District, casework.Urgent, casework.Deadline{Acknowledge: 16 * time.Hour, Act: 8 * time.Hour}},
		{territory.Hamlet, casework.Pressing, casework.Deadline{Acknowledge: 16 * time.Hour, Act: 24 * time.Hour}},
		{territory.Province, casework.Normal, casework.Deadline{Acknowledge: 16 * time.Hour, Act: 40 * time.Hour}},
	} {
		if got := data.Of(tt.level, tt.severity); got != tt.want {
			t.Errorf("%s, %d: got %+v, want %+v", tt.level, tt.severity, got, tt.want)
		}
	}
}

func BenchmarkCalendarAdd(b *testing.B) {
	c := casework.NewCalendar(officeHours(), specialDays())
	from := territory.NewDay(2021, time.February, 9).At(16 * time.Hour)
	for b.Loop() {
		c.Add(from, 40*time.Hour)
	}
}
