package casework

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"banam/internal/fault"
	"banam/internal/territory"
)

// HoursInput is the working time of each weekday as an administrator types it, Monday first: "07:00-11:00, 13:00-17:00".
// Empty means a day off.
type HoursInput [7]string

// hoursText is one stretch of working time as people write it: 7:00-11:00, 07h00 – 11h30.
var hoursText = regexp.MustCompile(`^(\d{1,2})[:hH.](\d{2}) *[-–] *(\d{1,2})[:hH.](\d{2})$`)

// Check reads the typed hours. It returns an Invalid fault at the fields hours_1 (Monday) to hours_7.
func (in HoursInput) Check() ([]WorkingHours, error) {
	var fields fault.Fields
	var all []WorkingHours
	for i, text := range in {
		name := "hours_" + strconv.Itoa(i+1)
		day, wrong := parseHours(time.Weekday((i+1)%7), text)
		if wrong != "" {
			fields.Add(name, wrong)
		}
		all = append(all, day...)
	}
	if len(fields) == 0 && len(all) == 0 {
		fields.Add("hours_1", "calendar.hours_none")
	}
	return all, fields.Err()
}

// parseHours reads one day; wrong is the message key of what is wrong.
func parseHours(weekday time.Weekday, text string) (day []WorkingHours, wrong string) {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
		m := hoursText.FindStringSubmatch(strings.TrimSpace(part))
		if m == nil {
			return nil, "calendar.hours_wrong"
		}
		h := WorkingHours{Weekday: weekday, Starts: clockTime(m[1], m[2]), Ends: clockTime(m[3], m[4])}
		if h.Starts >= h.Ends || h.Ends > wholeDay {
			return nil, "calendar.hours_order"
		}
		day = append(day, h)
	}
	slices.SortFunc(day, func(a, b WorkingHours) int { return int(a.Starts - b.Starts) })
	for i := 1; i < len(day); i++ {
		if day[i].Starts < day[i-1].Ends {
			return nil, "calendar.hours_overlap"
		}
	}
	return day, ""
}

// clockTime reads an hour and minutes of at most two digits each; an impossible one lies after the end of the day.
func clockTime(hour, minute string) time.Duration {
	h, _ := strconv.Atoi(hour) // digits only, as the pattern says
	m, _ := strconv.Atoi(minute)
	if m > 59 {
		return 2 * wholeDay
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
}

// HoursText writes the working time of a weekday as HoursInput reads it.
func HoursText(hours []WorkingHours, weekday time.Weekday) string {
	var parts []string
	for _, h := range hours {
		if h.Weekday == weekday {
			parts = append(parts, clockText(h.Starts)+"-"+clockText(h.Ends))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

func clockText(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// Limits of deadlines, in working hours: half an hour to about a year.
const (
	minDeadline = 30 * time.Minute
	maxDeadline = 2000 * time.Hour
)

// DeadlineInput is one deadline as typed, in working hours: "16" or "7,5".
type DeadlineInput struct{ Acknowledge, Act string }

// DeadlinesInput are the deadlines as typed.
type DeadlinesInput map[DeadlineKey]DeadlineInput

// Check reads the typed deadlines of all desk levels and severities. It returns an Invalid fault at the fields
// ack_<level>_<severity> and act_<level>_<severity>.
func (in DeadlinesInput) Check() (Deadlines, error) {
	var fields fault.Fields
	out := Deadlines{}
	for _, key := range DeadlineKeys() {
		typed := in[key]
		suffix := "_" + string(key.Level) + "_" + strconv.Itoa(int(key.Severity))
		out[key] = Deadline{
			Acknowledge: checkHours(&fields, "ack"+suffix, typed.Acknowledge), Act: checkHours(&fields, "act"+suffix, typed.Act),
		}
	}
	return out, fields.Err()
}

func checkHours(fields *fault.Fields, name, text string) time.Duration {
	hours, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
	d := time.Duration(hours * float64(time.Hour)).Round(time.Minute)
	if err != nil || !(hours <= maxDeadline.Hours()) || d < minDeadline {
		fields.Add(name, "calendar.deadline_wrong", "min", "0,5", "max", int(maxDeadline.Hours()))
		return 0
	}
	return d
}

// DeadlineKeys lists all desk levels and severities, from the hamlet up.
func DeadlineKeys() []DeadlineKey {
	var keys []DeadlineKey
	for _, level := range []territory.Level{territory.Hamlet, territory.Commune, territory.Subregion, territory.District, territory.Province} {
		for _, severity := range Severities() {
			keys = append(keys, DeadlineKey{level, severity})
		}
	}
	return keys
}

// MaxDayName is the length of the name of a special day, in characters.
const MaxDayName = 100

// SpecialDayInput is a holiday or a swapped working day as typed.
type SpecialDayInput struct{ Day, Name, Working string }

// Check reads a typed special day. It returns an Invalid fault at the fields day and name.
func (in SpecialDayInput) Check(today territory.Day) (SpecialDay, error) {
	var fields fault.Fields
	day, err := territory.ParseDay(in.Day)
	switch {
	case in.Day == "":
		fields.Add("day", "calendar.day_required")
	case err != nil, day.Before(territory.NewDay(2020, time.January, 1)), day.After(today.Add(3 * 366)):
		fields.Add("day", "calendar.day_wrong")
	}
	checkText(&fields, "name", in.Name, MaxDayName, "calendar.name_required")
	return SpecialDay{Day: day, Working: in.Working != "", Name: in.Name}, fields.Err()
}
