package app_test

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"pgregory.net/rapid"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// walkMoves are what people ask for: the moves, the software's own, and nonsense.
func walkMoves() []casework.Move {
	return append(casework.Moves(), casework.Lapse, casework.CloseSilent, casework.Absorb, "explode")
}

// wishOf draws what somebody asks for, judging by the page as it was at the beginning of the step.
func (w *walk) wishOf(rt *rapid.T, who string) *walkSending {
	s := &walkSending{issue: rapid.IntRange(0, 3).Draw(rt, "issue") / 3, sub: sending(), copies: 1, pick: rapid.IntRange(0, 1000).Draw(rt, "pick")}
	i := w.issues[s.issue].ideal
	if len(w.sent) > 0 && rapid.IntRange(0, 9).Draw(rt, "again") == 0 {
		if old := rapid.SampledFrom(w.sent).Draw(rt, "earlier"); old.who == who {
			s.wish, s.sub, s.issue, s.before = old.wish, old.sub, old.issue, true
			if rapid.Bool().Draw(rt, "differs") {
				s.differs, s.sub.Body = true, []byte("other")
			}
			return s
		}
	}
	offered := w.offers(i, who, w.clock())
	move := rapid.SampledFrom(walkMoves()).Draw(rt, "any")
	if len(offered) > 0 && rapid.IntRange(0, 9).Draw(rt, "sensible") < 8 {
		move = casework.Move(likely(offered, s.pick))
	}
	s.wish = w.fill(i, who, move, s.pick)
	s.seen = max(0, i.version-max(0, rapid.IntRange(-14, 3).Draw(rt, "stale")))
	if rapid.IntRange(0, 30).Draw(rt, "ahead") == 0 {
		s.seen = i.version + 1
	}
	switch rapid.IntRange(0, 24).Draw(rt, "flaw") {
	case 0:
		s.Reason = ""
	case 1:
		s.Reason = strings.Repeat("ơ", casework.MaxText+1)
	case 2:
		s.DueOn = territory.DayOf(w.clock()).Add(-1)
	case 3:
		s.Desk, s.Asked, s.Into = w.desks[i.desk], w.actors[who].CadreID, i.id.String()
	case 4:
		s.Agency, s.Outcome, s.AnsweredOn = "", "", territory.DayOf(w.clock()).Add(4)
	}
	s.copies = max(1, rapid.IntRange(-4, 3).Draw(rt, "copies"))
	s.persists = rapid.Bool().Draw(rt, "persists")
	return s
}

// likely chooses among what is offered: mostly what brings the issue on to its end, seldom what everybody can do at any time.
func likely(offered []string, pick int) string {
	for _, often := range [][]string{{"acknowledge", "start", "resolve", "confirm", "answer"}, {"escalate", "send_down", "ask_info", "decline", "reopen", "agency_answer"}} {
		list := slices.DeleteFunc(slices.Clone(offered), func(m string) bool { return !slices.Contains(often, m) })
		if pick%2 == 0 && len(list) > 0 {
			return list[pick/2%len(list)]
		}
		pick /= 2
	}
	return offered[pick%len(offered)]
}

// fill makes a complete wish.
func (w *walk) fill(i ideal, who string, move casework.Move, pick int) wish {
	today := territory.DayOf(w.clock())
	r := casework.Request{
		Move: move, Reason: w.token(), Agency: "Sở " + strconv.Itoa(pick), DueOn: today.Add(14), AnsweredOn: today, Outcome: "Xong " + strconv.Itoa(pick), Evidence: "Biên bản",
		Desk: w.desks[atHamlet], Into: w.issues[0].id.String(),
	}
	if i.id == w.issues[0].id {
		r.Into = w.issues[1].id.String()
	}
	if below := w.below(i.desk); len(below) > 0 {
		r.Desk = w.desks[below[pick%len(below)]]
	}
	if list := w.candidates(i, who); len(list) > 0 {
		r.Asked = w.seat(list[pick%len(list)]).person
	}
	return wish{who: who, Request: r}
}

// send sends a wish once; whoever persists reads the page again after a conflict and makes another move that it offers.
func (w *walk) send(s *walkSending) {
	err := w.app.Move(w.Context(), w.actors[s.who], s.sub, w.issues[s.issue].id, s.seen, s.Request)
	s.mu.Lock()
	s.answers = append(s.answers, err)
	again := s.persists && !s.reread && fault.KindOf(err) == fault.KindConflict
	s.reread = s.reread || again
	s.mu.Unlock()
	if !again {
		return
	}
	actor := w.actors[s.who]
	actor.At = w.clock()
	page, err := w.app.Issue(w.Context(), actor, w.issues[s.issue].id)
	if err != nil || len(page.Moves) == 0 {
		return // what may be read is looked at when the walk ends
	}
	t := &walkSending{issue: s.issue, sub: sending(), pick: s.pick, wish: s.wish, page: &page}
	t.Move, t.Reason, t.seen = page.Moves[s.pick%len(page.Moves)].Move, strings.TrimSpace(s.Reason+" nữa"), page.Issue.Version
	if o := page.May(casework.SendDown); o != nil {
		t.Desk = o.Desks[s.pick%len(o.Desks)].ID
	}
	if o := page.May(casework.AskInfo); o != nil {
		t.Asked = o.People[s.pick%len(o.People)].ID
	}
	t.answers = []error{w.app.Move(w.Context(), w.actors[s.who], t.sub, w.issues[s.issue].id, t.seen, t.Request)}
	s.mu.Lock()
	s.then = t
	s.mu.Unlock()
}

// peopleAtOnce lets all eight act at the same time, mostly with the clock moving on and the software's own work beside them.
func (w *walk) peopleAtOnce(rt *rapid.T) {
	var all []*walkSending
	for _, who := range w.casts {
		all = append(all, w.wishOf(rt, who))
	}
	if rapid.IntRange(0, 7).Draw(rt, "merge both ways") == 0 {
		all = append(all, w.mergers()...)
	}
	var jumps []time.Duration
	for range rapid.IntRange(0, 2).Draw(rt, "jumps") {
		jumps = append(jumps, w.jump(rt))
	}
	beside := rapid.Bool().Draw(rt, "the software's work beside")
	from := w.clock()
	var group sync.WaitGroup
	for _, s := range all {
		for range s.copies {
			group.Go(func() { w.send(s) })
		}
	}
	var runs *walkRuns
	if beside {
		runs = w.run(&group)
	}
	group.Go(func() {
		for _, d := range jumps {
			time.Sleep(2 * time.Millisecond)
			w.setClock(w.clock().Add(d))
		}
	})
	group.Wait()
	for _, s := range all {
		if s.then != nil {
			all = append(all, s.then)
		}
	}
	w.settle(rt, all, runs, from)
}

// mergers are those who hold the two issues and merge each with the other at the same time.
func (w *walk) mergers() []*walkSending {
	var all []*walkSending
	for n, i := range w.issues {
		for _, who := range w.casts {
			if w.leads(who, i.desk) && w.may(i.ideal, who, "merge", w.clock()) {
				s := &walkSending{issue: n, sub: sending(), copies: 1, wish: w.fill(i.ideal, who, casework.Merge, 0)}
				s.seen = i.version
				all = append(all, s)
			}
		}
	}
	if len(all) == 2 {
		w.tally.add("merged both ways at once")
	}
	return all
}
