package app_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// walkEvent is an event as it is kept.
type walkEvent struct {
	seq                int
	move, actor        string
	assignment         cadre.AssignmentID
	at                 time.Time
	fromState, toState string
	fromDesk, toDesk   territory.LocalityID
	reason             string
	detail             casework.Detail
	asked              *walkSending // the wish that it answers
}

func (e walkEvent) String() string {
	return fmt.Sprintf("  %d %s %s by %q: %s → %s, desk %d → %d, %.20q", e.seq, e.at.In(territory.Zone).Format("2006-01-02 15:04:05"), e.move, e.actor, e.fromState,
		e.toState, e.fromDesk, e.toDesk, e.reason)
}

// settle reads what was kept since the last look, replays it on the model and compares all answers with it.
func (w *walk) settle(rt *rapid.T, all []*walkSending, runs *walkRuns, from time.Time) {
	began, kept := make([]int, len(w.issues)), make([]int, len(w.issues))
	moved := map[string]int{}
	for n, i := range w.issues {
		began[n], kept[n] = i.version, len(i.events)
		fresh := w.eventsAfter(i.id, len(i.events))
		i.events = append(i.events, fresh...)
		for _, e := range fresh {
			w.sayf("issue %d %s", n, e)
			w.tally.add("event " + e.move)
			moved[e.move]++
		}
	}
	for _, s := range all {
		w.sayf("issue %d: %s asks %s on version %d (%.20q), copies %d, earlier %v, other body %v: %v", s.issue, s.who, s.Move, s.seen, s.Reason, s.copies, s.before, s.differs, s.answers)
	}
	w.match(rt, all, began)
	w.replay(rt, kept)
	for _, s := range all {
		w.explain(rt, s, began, from)
		if s.page != nil {
			w.samePage(rt, s.issue, s.who, *s.page, []time.Time{from, w.clock()})
		}
	}
	if runs != nil {
		w.sums(rt, runs, moved)
	}
	for n := range w.issues {
		w.stored(rt, n)
	}
	for _, s := range all {
		if !s.before && s.wins() {
			w.sent = append(w.sent, s)
		}
	}
}

func (w *walk) eventsAfter(id uuid.UUID, seq int) []walkEvent {
	rows, err := w.db.Owner.Query(w.Context(), `SELECT e.seq, e.move, coalesce(e.actor_id, 0), coalesce(e.assignment_id, 0), e.at, e.from_state, e.to_state,
		coalesce(e.from_desk_id, 0), e.to_desk_id, e.reason, e.detail FROM issue_events e WHERE e.issue_id = $1 AND e.seq > $2 ORDER BY e.seq`, id, seq)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	var list []walkEvent
	for rows.Next() {
		var e walkEvent
		var actor cadre.ID
		if err := rows.Scan(&e.seq, &e.move, &actor, &e.assignment, &e.at, &e.fromState, &e.toState, &e.fromDesk, &e.toDesk, &e.reason, &e.detail); err != nil {
			w.Fatal(err)
		}
		if actor != 0 {
			e.actor = w.loginOf(actor)
		}
		list = append(list, e)
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return list
}

func (s *walkSending) wins() bool { return slices.Contains(s.answers, nil) }

// match finds the one event of each wish that was accepted; an event of a person that nobody asked for is a fault, and so is a lost one.
func (w *walk) match(rt *rapid.T, all []*walkSending, began []int) {
	for _, s := range all {
		if s.before || !s.wins() {
			continue
		}
		events := w.issues[s.issue].events
		n := slices.IndexFunc(events, func(e walkEvent) bool {
			return e.seq > began[s.issue] && e.asked == nil && e.actor == s.who && e.move == string(s.Move) && e.reason == s.Reason && sameDetail(e, s)
		})
		if n < 0 {
			rt.Fatalf("issue %d: %s by %s (%q) was accepted and is lost", s.issue, s.Move, s.who, s.Reason)
		}
		events[n].asked = s
	}
	for n, i := range w.issues {
		for _, e := range i.events {
			if e.seq > began[n] && e.actor != "" && e.asked == nil && e.move != "absorb" {
				rt.Fatalf("issue %d: nobody asked for event %v", n, e)
			}
		}
	}
}

func sameDetail(e walkEvent, s *walkSending) bool {
	d := e.detail
	switch s.Move {
	case casework.Start:
		return d.Agency == s.Agency && d.DueOn == s.DueOn
	case casework.SendDown:
		return d.DueOn == s.DueOn && e.toDesk == s.Desk
	case casework.AskInfo:
		return d.Asked == s.Asked
	case casework.Resolve:
		return d.Outcome == s.Outcome && d.Evidence == s.Evidence
	case casework.Merge:
		return d.Other.String() == s.Into
	default:
		return true
	}
}

// replay judges each new event on the model and carries it out there.
func (w *walk) replay(rt *rapid.T, kept []int) {
	for n, i := range w.issues {
		for k, e := range i.events {
			if k < kept[n] {
				continue
			}
			last, next, ok := i.ideal, i.ideal, true
			switch {
			case e.seq != k+1 || k > 0 && e.at.Before(i.events[k-1].at):
				rt.Fatalf("issue %d: event %v leaves a gap or goes back in time", n, e)
			case e.move == "raise":
				ok = e.seq == 1 && e.actor == i.raiser && e.fromState == ""
			case e.move == "absorb":
				ok = i.open() && w.absorbed(n, e)
				next.version++
				next.lastMove = next.version
			case e.actor == "":
				next, ok = w.byItself(last, e.move, e.at)
			default:
				wish := e.asked.wish
				if e.move == "merge" { // the other one is judged where it absorbs
					into := w.issues[1-n].states[1]
					wish.into = &into
				}
				ok = w.judge(last, wish, e.at) == accepted
				next = w.after(last, wish, e.at)
			}
			post := cadre.AssignmentID(0)
			if e.actor != "" && w.holds(last, e.actor) {
				post = w.seat(e.actor).assignment
			}
			if !ok || e.toState != next.state || w.deskOf(e.toDesk) != next.desk || e.move != "raise" && (e.fromState != last.state || w.deskOf(e.fromDesk) != last.desk) ||
				e.assignment != post {
				rt.Fatalf("issue %d: event %v of post %d is none that the model allows: it was in %s at desk %d and is to be in %s at %d, post %d", n, e, e.assignment, last.state, last.desk,
					next.state, next.desk, post)
			}
			i.ideal = next
			if e.move != "raise" {
				i.states = append(i.states, next)
			}
		}
	}
}

// absorbed tells whether the other issue was merged into this one by the same person at the same instant.
func (w *walk) absorbed(n int, e walkEvent) bool {
	other := w.issues[1-n]
	return e.detail.Other == other.id && slices.ContainsFunc(other.events, func(m walkEvent) bool {
		return m.move == "merge" && m.actor == e.actor && m.at.Equal(e.at) && m.detail.Other == w.issues[n].id
	})
}

// explain finds, for each answer, a state of the issue during the step in which it is right.
func (w *walk) explain(rt *rapid.T, s *walkSending, began []int, from time.Time) {
	i := w.issues[s.issue]
	until := i.version
	for _, e := range i.events {
		if e.asked == s {
			until = e.seq - 1 // from then on the same submission is answered as the first time
		}
	}
	for _, err := range s.answers {
		got := accepted
		if err != nil {
			got = fault.KindOf(err)
		}
		w.tally.add("answer " + kindName(got))
		switch {
		case got == fault.KindUnavailable:
			continue
		case s.before:
			want := accepted
			if s.differs {
				want = fault.KindConflict
			}
			if got != want {
				rt.Fatalf("issue %d: %s by %s again (other body: %v): got %v, want %s", s.issue, s.Move, s.who, s.differs, err, kindName(want))
			}
		case got == accepted: // replayed already
		case !w.explained(s, got, began, until, from):
			rt.Fatalf("issue %d: %s by %s on version %d: got %v, which is right in no state of versions %d to %d", s.issue, s.Move, s.who, s.seen, err, began[s.issue], until)
		}
	}
}

func (w *walk) explained(s *walkSending, got fault.Kind, began []int, until int, from time.Time) bool {
	i, other := w.issues[s.issue], w.issues[1-s.issue]
	for version := began[s.issue]; version <= until; version++ {
		times := []time.Time{from, w.clock()}
		if version < len(i.events) {
			times = append(times, i.events[version].at)
		}
		for _, at := range times {
			wish := s.wish
			if s.Move != casework.Merge {
				if w.judge(i.at(version), wish, at) == got {
					return true
				}
				continue
			}
			for into := began[1-s.issue]; into <= other.version; into++ {
				state := other.at(into)
				if s.Into == i.id.String() {
					state = i.at(version)
				}
				wish.into = &state
				if w.judge(i.at(version), wish, at) == got {
					return true
				}
			}
		}
	}
	return false
}

func kindName(k fault.Kind) string {
	if k == accepted {
		return "accepted"
	}
	return k.String()
}

// sums compares what the runners say with what was kept.
func (w *walk) sums(rt *rapid.T, runs *walkRuns, moved map[string]int) {
	for _, err := range runs.errs {
		if fault.KindOf(err) != fault.KindUnavailable {
			rt.Fatalf("the software's own work: %v", err)
		}
	}
	if n := moved["lapse"] + moved["overdue"] + moved["close_silent"]; n != runs.lapsed {
		rt.Fatalf("runners say that %d lapsed, kept are %d", runs.lapsed, n)
	}
	if runs.passed != moved["pass_vacant"] {
		rt.Fatalf("runners say that %d passed on, kept are %d", runs.passed, moved["pass_vacant"])
	}
}

// stored compares the issue's row with the model, the clocks with the naive reckoning.
func (w *walk) stored(rt *rapid.T, n int) {
	i := &w.issues[n].ideal
	var state, resume string
	var desk territory.LocalityID
	var asked, resolver cadre.ID
	var appealed, passed bool
	var version, left int
	var times [7]*time.Time
	if err := w.db.Owner.QueryRow(w.Context(), `SELECT state, coalesce(resume_state, ''), desk_id, coalesce(asked_id, 0), coalesce(resolver_id, 0), appealed, passed_desk, version,
			coalesce(left_minutes, 0), arrived_at, acknowledge_by, due_at, lapsed_at, confirm_by, closed_at, warn_at FROM issues WHERE id = $1`, i.id).
		Scan(&state, &resume, &desk, &asked, &resolver, &appealed, &passed, &version, &left, &times[0], &times[1], &times[2], &times[3], &times[4], &times[5], &times[6]); err != nil {
		w.Fatal(err)
	}
	var at [7]time.Time
	for k, t := range times {
		if t != nil {
			at[k] = *t
		}
	}
	if at[6].IsZero() && !i.warn.IsZero() && w.reminded(*i) {
		i.warn = time.Time{}
	}
	for k, want := range []time.Time{i.arrived, i.acknowledgeBy, i.due, i.lapsed, i.confirmBy, i.closed, i.warn} {
		if !at[k].Equal(want) {
			rt.Fatalf("issue %d, version %d: %s is %v, the reckoning gives %v", n, version, []string{"arrived_at", "acknowledge_by", "due_at", "lapsed_at", "confirm_by", "closed_at", "warn_at"}[k],
				at[k].In(territory.Zone), want.In(territory.Zone))
		}
	}
	if time.Duration(left)*time.Minute != i.left {
		rt.Fatalf("issue %d, version %d: %d minutes left, the reckoning gives %v", n, version, left, i.left)
	}
	if state != i.state || resume != i.resume || w.deskOf(desk) != i.desk || w.loginOf(asked) != i.asked || w.loginOf(resolver) != i.resolver || appealed != i.appealed || passed != i.passed || version != i.version {
		rt.Fatalf("issue %d: kept %s (%s) at desk %d, asked %d, resolver %d, appealed %v, passed %v, version %d; the model has %+v", n, state, resume, w.deskOf(desk), asked, resolver, appealed, passed,
			version, *i)
	}
}

// reminded tells whether the desk was rightly reminded in this stay, or has nobody to remind.
func (w *walk) reminded(i ideal) bool {
	if w.vacant(i.desk) {
		return true
	}
	var at time.Time
	var each bool
	err := w.db.Owner.QueryRow(w.Context(), `SELECT min(at), count(*) = count(DISTINCT cadre_id) FROM notices WHERE event_key = $1 HAVING count(*) > 0`,
		fmt.Sprintf("warn:%s:%d", i.id, i.arrived.Unix())).Scan(&at, &each)
	return err == nil && each && w.minutes.worksAt(at) && !at.Before(i.firstWarn) && at.Before(i.due)
}
