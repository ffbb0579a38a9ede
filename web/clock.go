package web

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// clockInput is what the forms of the clock post besides their own fields.
type clockInput struct {
	SubmissionID string `form:"submission_id"`
	Version      string `form:"version"`
	Day          string `form:"day"`
	Name         string `form:"name"`
	Working      string `form:"working"`
}

// calendar shows the working hours, the special days of a year and the deadlines.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request) error {
	return s.showCalendar(w, r, clockInput{}, nil)
}

// showCalendar shows the page, after a refused day with what was typed.
func (s *Server) showCalendar(w http.ResponseWriter, r *http.Request, in clockInput, cause error) error {
	ctx, actor := r.Context(), session(r).Actor
	year := int(number(r.URL.Query().Get("year")))
	if day, err := territory.ParseDay(in.Day); err == nil {
		year = day.Year()
	}
	if year < 2000 || year > 2999 {
		year = actor.Today().Year()
	}
	rules, err := s.app.ClockRules(ctx, actor, year)
	if err != nil {
		return err
	}
	v := page.ClockView{Base: s.base(w, r, "calendar.title"), Version: strconv.Itoa(rules.Version)}
	v.Description, v.YearTitle, v.Summary = i18n.T(ctx, "calendar.help"), i18n.T(ctx, "calendar.days_of", "year", year), summary(ctx, cause)
	for n := 1; n <= 7; n++ {
		text := casework.HoursText(rules.Hours, time.Weekday(n%7))
		if text == "" {
			text = i18n.T(ctx, "calendar.day_off")
		}
		v.Hours = append(v.Hours, component.Fact{Label: i18n.T(ctx, "calendar.weekday."+strconv.Itoa(n)), Value: text})
	}
	for _, key := range casework.DeadlineKeys() {
		d := rules.Deadlines.Of(key.Level, key.Severity)
		v.Deadlines = append(v.Deadlines, page.DeadlineRow{
			Level: i18n.T(ctx, "level."+string(key.Level)), Severity: i18n.T(ctx, "issue.severity."+strconv.Itoa(int(key.Severity))),
			Acknowledge: hoursWords(ctx, d.Acknowledge), Act: hoursWords(ctx, d.Act),
		})
	}
	v.Years = yearLinks(rules.Years, year, actor.Today().Year())
	for _, d := range rules.Special {
		v.Days = append(v.Days, specialDayRow(ctx, d))
		v.SubmissionIDs = append(v.SubmissionIDs, newID())
	}
	if rules.Mine {
		v.HoursURL, v.DeadlinesURL, v.RemoveURL = "/calendar/hours", "/calendar/deadlines", "/calendar/days/remove"
		v.Add = specialDayForm(ctx, in, v.Version, cause)
	}
	status := http.StatusOK
	if cause != nil {
		status = statusOf(cause)
	}
	return s.render(w, r, status, page.Clock(v))
}

// hoursWords words a deadline in working hours.
func hoursWords(ctx context.Context, d time.Duration) string {
	return i18n.T(ctx, "calendar.hours_of", "n", hoursText(ctx, d))
}

// hoursText writes hours with at most two decimals, in the way of the language.
func hoursText(ctx context.Context, d time.Duration) string {
	text := strconv.FormatFloat(math.Round(d.Hours()*100)/100, 'f', -1, 64)
	if i18n.Of(ctx) == i18n.Vi {
		return strings.ReplaceAll(text, ".", ",")
	}
	return text
}

// yearLinks leads to the years that have special days, the present and the next one.
func yearLinks(years []int, shown, present int) []component.NavItem {
	first, last := present, present+1
	for _, y := range years {
		first, last = min(first, y), max(last, y)
	}
	var links []component.NavItem
	for y := first; y <= last; y++ {
		links = append(links, component.NavItem{Label: strconv.Itoa(y), URL: "/calendar?year=" + strconv.Itoa(y) + "#days", Active: y == shown})
	}
	return links
}

func specialDayRow(ctx context.Context, d casework.SpecialDay) page.SpecialDayRow {
	row := page.SpecialDayRow{
		Date: dayText(ctx, d.Day), ISO: d.Day.String(), Name: d.Name, Weekday: i18n.T(ctx, "calendar.weekday."+strconv.Itoa((int(d.Day.Weekday())+6)%7+1)),
		Kind: component.BadgeView{Label: i18n.T(ctx, "calendar.off"), Tone: component.Neutral},
	}
	if d.Working {
		row.Kind = component.BadgeView{Label: i18n.T(ctx, "calendar.swapped"), Tone: component.Info}
	}
	return row
}

func specialDayForm(ctx context.Context, in clockInput, version string, cause error) *page.SpecialDayForm {
	errs := fieldErrors(ctx, cause)
	id := in.SubmissionID
	if id == "" || fault.KindOf(cause) == fault.KindConflict {
		id = newID()
	}
	return &page.SpecialDayForm{
		Action: "/calendar/days", SubmissionID: id, Version: version,
		Day:  component.Field{Name: "day", Label: i18n.T(ctx, "calendar.day"), Value: in.Day, Error: errs["day"], Required: true, Min: "2020-01-01"},
		Name: component.Field{Name: "name", Label: i18n.T(ctx, "calendar.name"), Value: in.Name, Error: errs["name"], Required: true, MaxLength: casework.MaxDayName},
		Kind: component.Field{Name: "working", Label: i18n.T(ctx, "calendar.kind"), Value: in.Working, Inline: true, Options: []component.Option{
			{Value: "", Label: i18n.T(ctx, "calendar.off")}, {Value: "1", Label: i18n.T(ctx, "calendar.swapped"), Hint: i18n.T(ctx, "calendar.swapped_hint")},
		}},
	}
}

func (s *Server) putSpecialDay(w http.ResponseWriter, r *http.Request) error {
	var in clockInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	if err == nil {
		err = s.app.PutSpecialDay(r.Context(), session(r).Actor, submission(r), clockVersion(in.Version),
			casework.SpecialDayInput{Day: in.Day, Name: in.Name, Working: in.Working})
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid, fault.KindConflict:
		return s.showCalendar(w, r, in, err)
	case fault.KindForbidden, fault.KindNotFound, fault.KindUnavailable, fault.KindInternal:
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/calendar?year="+in.Day[:4]+"#days", "flash.calendar_saved")
}

func (s *Server) removeSpecialDay(w http.ResponseWriter, r *http.Request) error {
	var in clockInput
	if err := decode(r, &in); err != nil {
		return err
	}
	day, err := territory.ParseDay(in.Day)
	if err != nil {
		return fault.NotFound()
	}
	err = s.app.RemoveSpecialDay(r.Context(), session(r).Actor, submission(r), clockVersion(in.Version), day)
	if fault.KindOf(err) == fault.KindConflict {
		return s.showCalendar(w, r, clockInput{}, err)
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/calendar?year="+strconv.Itoa(day.Year())+"#days", "flash.calendar_saved")
}

// clockVersion reads the version that a form was made from; -1, which never is the present one, for anything else.
func clockVersion(text string) int {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 0 {
		return -1
	}
	return int(n)
}
