package demo

import (
	"slices"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// act is how long a desk has for an issue.
func (y *year) act(desk territory.Level, severity casework.Severity) time.Duration {
	return y.clock.Deadlines.Of(desk, severity).Act
}

// part gives a share of a duration between two percentages, in whole minutes and a few seconds.
func (y *year) part(whole time.Duration, low, high int) time.Duration {
	percent := low + y.random.IntN(high-low+1)
	return (whole * time.Duration(percent) / 100).Truncate(time.Minute) + y.between(5*time.Second, 55*time.Second)
}

// pace is how much of its time a desk takes, in percent: every desk has a temper of its own.
func (y *year) pace(desk territory.LocalityID) (low, high int) {
	switch desk % 5 {
	case 0: // slow
		return 55, 97
	case 1: // quick
		return 12, 35
	}
	return 25, 75
}

// stay is what a desk does with an issue until it resolves it, or for other ends until the last move here.
func (y *year) stay(desk cadre.Desk, severity casework.Severity, last casework.Move) []step {
	low, high := y.pace(desk.Locality.ID)
	whole := y.part(y.act(desk.Locality.Level, severity), low, high)
	steps := []step{{gap: y.part(whole, 8, 30), move: casework.Acknowledge}}
	if y.chance(14) {
		steps = append(steps, step{gap: y.part(whole, 2, 10), move: casework.AskInfo},
			step{gap: y.between(40*time.Minute, 14*time.Hour), move: casework.AnswerInfo})
	}
	if y.chance(25) {
		steps = append(steps, step{gap: y.part(whole, 2, 10), move: casework.CommentOn})
	}
	if last == casework.Resolve || y.chance(30) {
		steps = append(steps, step{gap: y.part(whole, 5, 15), move: casework.Start})
		if y.chance(25) {
			steps = append(steps, step{gap: y.part(whole, 5, 10), move: casework.CommentOn})
		}
	}
	return append(steps, step{gap: y.part(whole, 25, 40), move: last})
}

// late is what a desk does with an issue until it lets its time pass.
func (y *year) late(desk cadre.Desk, severity casework.Severity) []step {
	whole := y.act(desk.Locality.Level, severity)
	var steps []step
	if y.chance(80) {
		steps = append(steps, step{gap: y.part(whole, 10, 60), move: casework.Acknowledge})
		if y.chance(40) {
			steps = append(steps, step{gap: y.part(whole, 5, 20), move: casework.Start})
		}
	}
	return append(steps, step{gap: max(0, whole-length(steps)) + time.Minute, move: casework.Lapse})
}

// life is a whole life of an issue from its first desk to its end.
func (y *year) life(p *path, first territory.LocalityID, severity casework.Severity) []step {
	desk, _, _ := p.desks.FromUpward(first)
	var steps []step
	for ups := y.escalations(); ups > 0; ups-- {
		next, _, ok := p.desks.NextAbove(desk.Locality.ID)
		if !ok {
			break
		}
		if y.chance(15) {
			steps = append(steps, y.late(desk, severity)...)
		} else {
			steps = append(steps, y.stay(desk, severity, casework.Escalate)...)
		}
		desk = next
	}
	if below := p.desks.Below(desk.Locality.ID); y.chance(6) && desk.Locality.Level.Above(territory.Commune) && len(below) > 0 {
		steps = append(steps, y.stay(desk, severity, casework.SendDown)...)
		desk = below[len(below)-1]
		steps[len(steps)-1].to = desk.Locality.Level
	} else if next, _, ok := p.desks.NextAbove(desk.Locality.ID); ok && y.chance(4) {
		steps = append(steps, step{gap: y.part(y.act(desk.Locality.Level, severity), 20, 60), move: casework.PullUp, to: next.Locality.Level})
		return append(steps, y.afterAcknowledged(next, severity)...)
	}
	return append(steps, y.end(p, desk, severity)...)
}

// escalations is how many desks an issue passes upward: most are settled where they arrive.
func (y *year) escalations() int {
	switch n := y.random.IntN(100); {
	case n < 68:
		return 0
	case n < 91:
		return 1
	case n < 98:
		return 2
	default:
		return 3
	}
}

// afterAcknowledged settles an issue that a desk above has taken to itself, which acknowledges it.
func (y *year) afterAcknowledged(desk cadre.Desk, severity casework.Severity) []step {
	return append(y.stay(desk, severity, casework.Resolve)[1:], y.confirmed()...)
}

// end is the last stay of an issue: declined, or resolved and confirmed, at times only after it was sent back.
func (y *year) end(p *path, desk cadre.Desk, severity casework.Severity) []step {
	switch n := y.random.IntN(100); {
	case n < 7:
		return y.stay(desk, severity, casework.Decline)
	case n < 10:
		next, _, ok := p.desks.NextAbove(desk.Locality.ID)
		steps := y.stay(desk, severity, casework.Decline)
		if !ok {
			return steps
		}
		steps = append(steps, step{gap: y.between(2*time.Hour, 20*time.Hour), move: casework.Escalate})
		return append(append(steps, y.stay(next, severity, casework.Resolve)...), y.confirmed()...)
	case n < 16: // sent back once
		steps := append(y.stay(desk, severity, casework.Resolve), step{gap: y.between(time.Hour, 16*time.Hour), move: casework.Reopen})
		return append(append(steps, y.stay(desk, severity, casework.Resolve)...), y.confirmed()...)
	case n < 18: // opened again after it was closed
		steps := append(append(y.stay(desk, severity, casework.Resolve), y.confirmed()...), step{gap: y.between(20*time.Hour, 160*time.Hour), move: casework.Reopen})
		return append(append(steps, y.stay(desk, severity, casework.Resolve)...), y.confirmed()...)
	}
	return append(y.stay(desk, severity, casework.Resolve), y.confirmed()...)
}

func (y *year) confirmed() []step {
	return []step{{gap: y.between(30*time.Minute, 40*time.Hour), move: casework.Confirm}}
}

// length is the working time of all steps.
func length(steps []step) time.Duration {
	var sum time.Duration
	for _, s := range steps {
		sum += s.gap
	}
	return sum
}

// towards leads an issue upward from its first desk to the desk of a level; late tells that the desk before that one let its
// time pass.
func (y *year) towards(p *path, first territory.LocalityID, level territory.Level, severity casework.Severity, late bool) []step {
	desk, _, _ := p.desks.FromUpward(first)
	var steps []step
	for level.Above(desk.Locality.Level) {
		next, _, ok := p.desks.NextAbove(desk.Locality.ID)
		if !ok {
			break
		}
		if late && !level.Above(next.Locality.Level) {
			steps = append(steps, y.late(desk, severity)...)
		} else {
			steps = append(steps, y.stay(desk, severity, casework.Escalate)...)
		}
		desk = next
	}
	return steps
}

// until brings an issue at its last desk into a state, having used so much of the desk's time by now, in percent. It gives
// the steps and the working time from the last one until now.
func (y *year) until(state casework.State, whole time.Duration, used int) (steps []step, rest time.Duration) {
	spent := whole * time.Duration(used) / 100
	ack := step{gap: y.part(spent, 15, 35), move: casework.Acknowledge}
	start := step{gap: y.part(spent, 10, 30), move: casework.Start}
	switch state {
	case casework.New:
	case casework.Acknowledged:
		steps = []step{ack}
	case casework.InProgress:
		steps = []step{ack, start}
		if y.chance(40) {
			steps = append(steps, step{gap: y.part(spent, 3, 15), move: casework.CommentOn})
		}
	case casework.AwaitingInfo:
		return []step{ack, {gap: y.part(spent, 10, 30), move: casework.AskInfo}}, y.between(time.Hour, 20*time.Hour)
	case casework.Resolved:
		return []step{ack, start, {gap: y.part(spent, 20, 40), move: casework.Resolve}}, y.between(time.Hour, 44*time.Hour)
	case casework.Closed:
		return append([]step{ack, start, {gap: y.part(spent, 20, 40), move: casework.Resolve}}, y.confirmed()...), y.between(2*time.Hour, 200*time.Hour)
	case casework.Declined:
		return []step{ack, {gap: y.part(spent, 20, 40), move: casework.Decline}}, y.between(2*time.Hour, 200*time.Hour)
	}
	return slices.Clip(steps), max(spent-length(steps), time.Minute)
}
