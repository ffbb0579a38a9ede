package casework

import (
	"cmp"
	"slices"
	"time"

	"banam/internal/territory"
)

const wholeDay = 24 * time.Hour

// WorkingHours is one stretch of working time of a weekday, counted from midnight in Asia/Ho_Chi_Minh: from Starts on,
// until before Ends.
type WorkingHours struct {
	Weekday      time.Weekday
	Starts, Ends time.Duration
}

// SpecialDay is a day that differs from its weekday: a holiday, or a swapped working day, which has Monday's hours.
type SpecialDay struct {
	Day     territory.Day
	Working bool
	Name    string
}

// Calendar is the working calendar: the hours of each weekday, the holidays and the swapped days (domain.md section 4,
// "Clock"). A calendar without any hours counts every hour of every day, so that a missing table makes deadlines short but
// never endless; the zero Calendar is such a one.
type Calendar struct {
	week    [7][]stretch // by weekday, sorted, without overlaps
	special map[territory.Day]bool
	counts  bool // false: no hours at all, every hour counts
}

// stretch is working time of one day, since midnight.
type stretch struct{ from, to time.Duration }

// NewCalendar makes a calendar. Stretches may touch or overlap; what lies outside of the day is cut off. Of several
// entries for one special day the last one counts.
func NewCalendar(hours []WorkingHours, special []SpecialDay) Calendar {
	c := Calendar{special: make(map[territory.Day]bool, len(special))}
	for weekday := range c.week {
		c.week[weekday] = stretchesOf(time.Weekday(weekday), hours)
		c.counts = c.counts || len(c.week[weekday]) > 0
	}
	for _, s := range special {
		c.special[s.Day] = s.Working
	}
	return c
}

// Add gives the first instant by which the given working time has passed since from: an hour that begins at 16:00 ends at
// 17:00, not at the next morning's opening. No time, or a negative one, gives from itself.
func (c Calendar) Add(from time.Time, working time.Duration) time.Time {
	if working <= 0 {
		return from
	}
	if !c.counts {
		return from.Add(working)
	}
	// The walk ends: some weekday has hours, and special days are finite.
	for day := territory.DayOf(from); ; day = day.Add(1) {
		start := day.Start()
		since := max(0, from.Sub(start))
		for _, s := range c.of(day) {
			left := s.to - max(s.from, since)
			if left <= 0 {
				continue
			}
			if working <= left {
				return start.Add(s.to - left + working)
			}
			working -= left
		}
	}
}

// Between gives the working time between two instants; nothing if to is not after from.
func (c Calendar) Between(from, to time.Time) time.Duration {
	if !to.After(from) {
		return 0
	}
	if !c.counts {
		return to.Sub(from)
	}
	var total time.Duration
	last := territory.DayOf(to)
	for day := territory.DayOf(from); !day.After(last); day = day.Add(1) {
		start := day.Start()
		since, until := max(0, from.Sub(start)), min(wholeDay, to.Sub(start))
		for _, s := range c.of(day) {
			total += max(0, min(s.to, until)-max(s.from, since))
		}
	}
	return total
}

// IsWorking tells whether the instant lies in working time; the end of a stretch does not.
func (c Calendar) IsWorking(at time.Time) bool {
	day := territory.DayOf(at)
	since := at.Sub(day.Start())
	return slices.ContainsFunc(c.of(day), func(s stretch) bool { return s.from <= since && since < s.to })
}

// IsMorning tells whether the instant lies in working time before noon: when people are told of what is not pressing.
func (c Calendar) IsMorning(at time.Time) bool {
	return c.IsWorking(at) && at.Sub(territory.DayOf(at).Start()) < noon
}

const noon = 12 * time.Hour

// IsWorkingDay tells whether the day has any working time.
func (c Calendar) IsWorkingDay(day territory.Day) bool { return len(c.of(day)) > 0 }

// AddDays gives the nth working day after from; from itself if n is not positive.
func (c Calendar) AddDays(from territory.Day, n int) territory.Day {
	for day := from; n > 0; {
		day = day.Add(1)
		if c.IsWorkingDay(day) {
			n--
			from = day
		}
	}
	return from
}

var everyHour = []stretch{{0, wholeDay}}

// of gives the working time of a day.
func (c Calendar) of(day territory.Day) []stretch {
	if !c.counts {
		return everyHour
	}
	if working, ok := c.special[day]; ok {
		if working {
			return c.week[time.Monday]
		}
		return nil
	}
	return c.week[day.Weekday()]
}

// stretchesOf gives the stretches of a weekday in order, joined where they touch.
func stretchesOf(weekday time.Weekday, hours []WorkingHours) []stretch {
	var all []stretch
	for _, h := range hours {
		s := stretch{max(0, h.Starts), min(wholeDay, h.Ends)}
		if h.Weekday == weekday && s.from < s.to {
			all = append(all, s)
		}
	}
	slices.SortFunc(all, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	var joined []stretch
	for _, s := range all {
		if n := len(joined); n > 0 && s.from <= joined[n-1].to {
			joined[n-1].to = max(joined[n-1].to, s.to)
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// Deadline is the working time a desk has from an issue's arrival.
type Deadline struct {
	Acknowledge, Act time.Duration
}

// DeadlineKey says whose deadline it is: the level of the desk and the severity of the issue.
type DeadlineKey struct {
	Level    territory.Level
	Severity Severity
}

// Deadlines are the deadlines of all levels and severities; they are data.
type Deadlines map[DeadlineKey]Deadline

// Of gives the deadline of a level and severity, and the default of domain.md section 4 where the data has none: to
// acknowledge 16 h; to act 40 h (thường), 24 h (bức xúc), 8 h (khẩn).
func (d Deadlines) Of(level territory.Level, severity Severity) Deadline {
	if found, ok := d[DeadlineKey{level, severity}]; ok {
		return found
	}
	act := 40 * time.Hour
	switch severity {
	case Normal:
	case Pressing:
		act = 24 * time.Hour
	case Urgent:
		act = 8 * time.Hour
	}
	return Deadline{Acknowledge: 16 * time.Hour, Act: act}
}
