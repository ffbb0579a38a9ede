package app_test

import (
	"time"

	"banam/internal/casework"
)

// after gives the issue after an accepted wish.
func (c *cast) after(i ideal, w wish, at time.Time) ideal {
	i.version++
	if w.Move != "comment" {
		i.lastMove = i.version
	}
	switch string(w.Move) {
	case "acknowledge":
		i.state, i.acknowledgeBy = "acknowledged", time.Time{}
	case "start":
		i.state = "in_progress"
	case "escalate":
		i.appealed = i.appealed || i.state == "declined"
		desk, _ := c.above(i.desk)
		i = c.arrive(i, desk, at)
		i.passed = true
	case "send_down":
		i = c.arrive(i, c.deskOf(w.Desk), at)
	case "pull_up": // who takes it has seen it
		i = c.arrive(i, c.seat(w.who).level, at)
		i.state, i.acknowledgeBy, i.passed = "acknowledged", time.Time{}, true
	case "ask_info":
		i = c.stop(i, at)
		i.resume, i.state, i.asked = i.state, "awaiting_info", c.loginOf(w.Asked)
	case "answer":
		i.state, i.resume, i.asked = i.resume, "", ""
		i.due, i.warn, i.left = c.minutes.add(at, i.left), c.minutes.add(at, i.left*8/10), 0
	case "resolve":
		i = c.stop(i, at)
		i.state, i.resolver, i.confirmBy = "resolved", w.who, c.minutes.afterDays(at, 10)
	case "decline":
		i = c.stop(i, at)
		i.state, i.closed = "declined", at
	case "merge":
		i = c.stop(i, at)
		i.state, i.acknowledgeBy, i.closed = "merged", time.Time{}, at
	case "confirm":
		i.state, i.closed, i.confirmBy = "closed", at, time.Time{}
	case "reopen":
		desk, _ := c.upward(i.desk)
		i = c.arrive(i, desk, at)
	}
	return i
}

// arrive puts the issue on a desk, where its clock begins anew: 16 working hours to acknowledge; to act 40, 24 or 8 (khẩn, which so must be
// acknowledged within those), reminded after 80 %.
func (c *cast) arrive(i ideal, desk int, at time.Time) ideal {
	act := map[casework.Severity]time.Duration{casework.Normal: 40 * time.Hour, casework.Pressing: 24 * time.Hour, casework.Urgent: 8 * time.Hour}[i.severity]
	i.state, i.desk, i.arrived = "new", desk, at
	i.acknowledgeBy, i.due, i.warn = c.minutes.add(at, min(16*time.Hour, act)), c.minutes.add(at, act), c.minutes.add(at, act*8/10)
	i.firstWarn, i.left = i.warn, 0
	i.lapsed, i.confirmBy, i.closed = time.Time{}, time.Time{}, time.Time{}
	i.asked, i.resume, i.resolver = "", "", ""
	return i
}

// stop keeps the working time that is left, in whole minutes begun.
func (c *cast) stop(i ideal, at time.Time) ideal {
	i.left = (c.minutes.between(at, i.due) + time.Minute - 1).Truncate(time.Minute)
	i.due, i.warn = time.Time{}, time.Time{}
	return i
}

// byItself gives the issue after a move of the software's own, and whether that was right at the instant.
func (c *cast) byItself(i ideal, move string, at time.Time) (ideal, bool) {
	late := c.minutes.worksAt(at) && i.ticks() && !i.due.IsZero() && !at.Before(i.due) && i.lapsed.IsZero()
	up, higher := c.above(i.desk)
	ok := false
	next := i
	switch move {
	case "lapse":
		ok = late && higher
		next = c.arrive(i, up, at)
		next.passed = true
	case "overdue":
		ok = late && !higher
		next.lapsed, next.warn = at, time.Time{}
	case "close_silent":
		ok = c.minutes.worksAt(at) && i.state == "resolved" && !at.Before(i.confirmBy)
		next.state, next.closed, next.confirmBy = "closed", at, time.Time{}
	case "pass_vacant":
		var desk int
		desk, ok = c.upward(i.desk)
		ok = ok && i.open() && c.vacant(i.desk)
		if i.state == "resolved" { // waits for the confirmation only
			next.desk, next.arrived = desk, at
		} else {
			next = c.arrive(i, desk, at)
		}
		next.passed = i.passed || desk > i.desk
	}
	next.version++
	next.lastMove = next.version
	return next, ok
}

// pending names what the software ought to have done by itself at an instant; empty if nothing.
func (c *cast) pending(i ideal, at time.Time) string {
	for _, move := range []string{"lapse", "overdue", "close_silent", "pass_vacant"} {
		if _, ok := c.byItself(i, move, at); ok {
			return move
		}
	}
	return ""
}
