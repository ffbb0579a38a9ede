package casework_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

func TestHoursInput(t *testing.T) {
	t.Parallel()
	good := casework.HoursInput{"07:00-11:00, 13:00-17:00", "7h30 – 11h30; 13.30-17.30", "", "13:00-17:00,07:00-11:00"}
	hours, err := good.Check()
	if err != nil {
		t.Fatal(err)
	}
	for weekday, want := range map[time.Weekday]string{
		time.Monday: "07:00-11:00, 13:00-17:00", time.Tuesday: "07:30-11:30, 13:30-17:30", time.Wednesday: "", time.Thursday: "07:00-11:00, 13:00-17:00", time.Sunday: "",
	} {
		if got := casework.HoursText(hours, weekday); got != want {
			t.Errorf("%s: got %q, want %q", weekday, got, want)
		}
	}
	for text, want := range map[string]string{
		"7-11": "calendar.hours_wrong", "sáng": "calendar.hours_wrong", "11:00-07:00": "calendar.hours_order", "07:00-25:00": "calendar.hours_order",
		"07:00-11:75": "calendar.hours_order", "07:00-11:00, 10:00-12:00": "calendar.hours_overlap", "": "calendar.hours_none", "99:99-99:99": "calendar.hours_order",
	} {
		_, err := casework.HoursInput{text}.Check()
		if f := fault.As(err); f == nil || len(f.Fields) != 1 || f.Fields[0].Name != "hours_1" || f.Fields[0].Key != want {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

func TestDeadlinesInput(t *testing.T) {
	t.Parallel()
	in := casework.DeadlinesInput{}
	for _, key := range casework.DeadlineKeys() {
		in[key] = casework.DeadlineInput{Acknowledge: "16", Act: "7,5"}
	}
	good, err := in.Check()
	if want := (casework.Deadline{Acknowledge: 16 * time.Hour, Act: 7*time.Hour + 30*time.Minute}); err != nil || good.Of(territory.Commune, casework.Urgent) != want {
		t.Errorf("got %v, %v", good.Of(territory.Commune, casework.Urgent), err)
	}
	for _, text := range []string{"", "abc", "0", "-3", "2001", "NaN", "Inf", "0,4", "1e9"} {
		bad := maps.Clone(in)
		bad[casework.DeadlineKey{Level: territory.District, Severity: casework.Normal}] = casework.DeadlineInput{Acknowledge: "16", Act: text}
		_, err := bad.Check()
		if f := fault.As(err); f == nil || !slices.ContainsFunc(f.Fields, func(f fault.Field) bool { return f.Name == "act_district_1" }) || len(f.Fields) != 1 {
			t.Errorf("%q: got %v", text, err)
		}
	}
}

func TestSpecialDayInput(t *testing.T) {
	t.Parallel()
	today := territory.NewDay(2026, time.November, 23)
	for _, tt := range []struct {
		in   casework.SpecialDayInput
		want string
	}{
		{casework.SpecialDayInput{Day: "2027-02-05", Name: "Tết"}, ""},
		{casework.SpecialDayInput{Day: "", Name: "Tết"}, "day"},
		{casework.SpecialDayInput{Day: "05/02/2027", Name: "Tết"}, "day"},
		{casework.SpecialDayInput{Day: "2019-02-05", Name: "Tết"}, "day"},
		{casework.SpecialDayInput{Day: "2127-02-05", Name: "Tết"}, "day"},
		{casework.SpecialDayInput{Day: "2027-02-05"}, "name"},
	} {
		_, err := tt.in.Check(today)
		f := fault.As(err)
		if tt.want == "" && err != nil || tt.want != "" && (f == nil || f.Fields[0].Name != tt.want) {
			t.Errorf("%+v: got %v, want a fault at %q", tt.in, err, tt.want)
		}
	}
}
