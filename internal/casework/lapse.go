package casework

import (
	"time"

	"banam/internal/territory"
)

// ConfirmDays is after how many working days of silence a resolved issue closes by itself (domain.md section 4).
const ConfirmDays = 10

// warnShare is the share of a desk's time after which its lead is reminded, in per cent (domain.md section 4, "Clock").
const warnShare = 80

// warnAt gives the instant of the reminder for a desk that has so much working time from now on.
func (s Situation) warnAt(left time.Duration) time.Time {
	return s.Clock.Calendar.Add(s.At, left*warnShare/100)
}

// confirmBy gives the instant until which somebody should confirm what was resolved just now: the end of the tenth working
// day after today.
func (s Situation) confirmBy() time.Time {
	calendar := s.Clock.Calendar
	return calendar.AddDays(territory.DayOf(s.At), ConfirmDays).Add(1).Start()
}

// Lapse moves an issue on whose time is up, as far as the clock alone decides: to the next desk upward that has a lead;
// where there is none the issue is marked overdue; what was resolved and not answered for ten working days is closed. It
// happens in working hours only. False if nothing is due, or was done already.
func (s Situation) Lapse() (Issue, Event, bool) {
	if !s.Clock.Calendar.IsWorking(s.At) {
		return Issue{}, Event{}, false
	}
	next, e := s.Issue, Event{}
	switch {
	case s.Issue.State == Resolved && due(s.Issue.ConfirmBy, s.At):
		next.State, next.ClosedAt, next.ConfirmBy = Closed, s.At, time.Time{}
		e.Move = CloseSilent
	case s.Issue.State.Ticks() && due(s.Issue.DueAt, s.At) && s.Issue.LapsedAt.IsZero():
		desk, passed, ok := s.Desks.NextAbove(s.Issue.Desk)
		if !ok { // the top desk, or nobody above it
			next.LapsedAt, next.WarnAt = s.At, time.Time{}
			e.Move = MarkOverdue
			break
		}
		next = s.arrive(next, desk.Locality)
		next.PassedDesk = true
		e.Move, e.Detail.Vacant = Lapse, idsOf(passed)
	default:
		return Issue{}, Event{}, false
	}
	issue, event, err := s.finish(next, e)
	return issue, event, err == nil
}

// Remind tells whether the desk is to be reminded now that most of its time has passed, in working hours only.
func (s Situation) Remind() bool {
	return s.Issue.State.Ticks() && due(s.Issue.WarnAt, s.At) && !due(s.Issue.DueAt, s.At) && s.Clock.Calendar.IsWorking(s.At)
}

// due tells whether an instant that was set has come.
func due(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }
