package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// clockForm is the form of the hours or of the deadlines: its fields with what is stored or was typed.
type clockForm struct {
	path, title, help string
	groups            func(ctx context.Context, rules app.ClockRules, typed func(name, stored string) string, errs map[string]string) []page.ClockGroup
	save              func(s *Server, r *http.Request, version int) error
}

func (s *Server) hoursForm(w http.ResponseWriter, r *http.Request) error {
	return s.showClockForm(w, r, hoursPage, nil)
}

func (s *Server) saveHours(w http.ResponseWriter, r *http.Request) error {
	return s.saveClockForm(w, r, hoursPage)
}

func (s *Server) deadlinesForm(w http.ResponseWriter, r *http.Request) error {
	return s.showClockForm(w, r, deadlinesPage, nil)
}

func (s *Server) saveDeadlines(w http.ResponseWriter, r *http.Request) error {
	return s.saveClockForm(w, r, deadlinesPage)
}

func (s *Server) saveClockForm(w http.ResponseWriter, r *http.Request, f clockForm) error {
	var in clockInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	if err == nil {
		err = f.save(s, r, clockVersion(in.Version))
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid, fault.KindConflict:
		return s.showClockForm(w, r, f, err)
	case fault.KindForbidden, fault.KindNotFound, fault.KindUnavailable, fault.KindInternal:
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, "/calendar", "flash.calendar_saved")
}

// showClockForm shows the form, after a refusal with everything that was typed.
func (s *Server) showClockForm(w http.ResponseWriter, r *http.Request, f clockForm, cause error) error {
	ctx, actor := r.Context(), session(r).Actor
	rules, err := s.app.ClockRules(ctx, actor, actor.Today().Year())
	if err != nil {
		return err
	}
	if !rules.Mine {
		return fault.Forbidden("calendar.not_yours")
	}
	v := page.ClockFormView{
		Base: s.base(w, r, f.title), Action: f.path, SubmissionID: newID(), Version: strconv.Itoa(rules.Version), Back: "/calendar",
	}
	v.Description, v.Summary, v.Narrow = i18n.T(ctx, f.help), summary(ctx, cause), true
	typed := func(_, stored string) string { return stored }
	status := http.StatusOK
	if cause != nil {
		status = statusOf(cause)
		typed = func(name, _ string) string { return r.PostForm.Get(name) }
		if fault.KindOf(cause) == fault.KindInvalid { // the same sending goes on; after a conflict a new one begins
			v.SubmissionID = r.PostForm.Get("submission_id")
		}
	}
	v.Groups = f.groups(ctx, rules, typed, fieldErrors(ctx, cause))
	return s.render(w, r, status, page.ClockForm(v))
}

var hoursPage = clockForm{
	path: "/calendar/hours", title: "calendar.change_hours", help: "calendar.change_hours_help",
	groups: func(ctx context.Context, rules app.ClockRules, typed func(name, stored string) string, errs map[string]string) []page.ClockGroup {
		var week page.ClockGroup
		for n := 1; n <= 7; n++ {
			name := "hours_" + strconv.Itoa(n)
			week.Fields = append(week.Fields, component.Field{
				Name: name, Label: i18n.T(ctx, "calendar.weekday."+strconv.Itoa(n)), Value: typed(name, casework.HoursText(rules.Hours, time.Weekday(n%7))),
				Error: errs[name], MaxLength: 100,
			})
		}
		return []page.ClockGroup{week}
	},
	save: func(s *Server, r *http.Request, version int) error {
		var in casework.HoursInput
		for i := range in {
			in[i] = r.PostForm.Get("hours_" + strconv.Itoa(i+1))
		}
		return s.app.SetHours(r.Context(), session(r).Actor, submission(r), version, in)
	},
}

var deadlinesPage = clockForm{
	path: "/calendar/deadlines", title: "calendar.change_deadlines", help: "calendar.change_deadlines_help",
	groups: func(ctx context.Context, rules app.ClockRules, typed func(name, stored string) string, errs map[string]string) []page.ClockGroup {
		var groups []page.ClockGroup
		for _, key := range casework.DeadlineKeys() {
			d := rules.Deadlines.Of(key.Level, key.Severity)
			field := func(kind, label string, stored time.Duration) component.Field {
				name := kind + deadlineSuffix(key)
				return component.Field{
					Name: name, Label: i18n.T(ctx, label), Value: typed(name, hoursText(ctx, stored)), Error: errs[name], Required: true,
					Suffix: i18n.T(ctx, "calendar.hours_unit"), InputMode: "decimal", MaxLength: 8,
				}
			}
			groups = append(groups, page.ClockGroup{
				Title:  i18n.T(ctx, "calendar.deadline_of", "level", i18n.T(ctx, "level."+string(key.Level)), "severity", i18n.T(ctx, "issue.severity."+strconv.Itoa(int(key.Severity)))),
				Fields: []component.Field{field("ack", "calendar.acknowledge", d.Acknowledge), field("act", "calendar.act", d.Act)},
			})
		}
		return groups
	},
	save: func(s *Server, r *http.Request, version int) error {
		in := casework.DeadlinesInput{}
		for _, key := range casework.DeadlineKeys() {
			in[key] = casework.DeadlineInput{Acknowledge: r.PostForm.Get("ack" + deadlineSuffix(key)), Act: r.PostForm.Get("act" + deadlineSuffix(key))}
		}
		return s.app.SetDeadlines(r.Context(), session(r).Actor, submission(r), version, in)
	},
}

// deadlineSuffix ends the names of the fields of a deadline, as casework.DeadlinesInput reports them.
func deadlineSuffix(key casework.DeadlineKey) string {
	return "_" + string(key.Level) + "_" + strconv.Itoa(int(key.Severity))
}
