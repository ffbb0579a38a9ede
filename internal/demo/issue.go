package demo

import (
	"fmt"
	"slices"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// issueFile is an issue with all that happened to it.
type issueFile struct {
	issue  casework.Issue
	place  *place
	story  *story
	scene  *scene
	events []casework.Event
	after  []casework.Issue // as the issue was after each event
	report *report          // it came from; nil if from none
}

// opening says who raises what where, and when.
type opening struct {
	at       time.Time
	place    *place
	raiser   cadre.ID
	desk     territory.Level // chosen desk
	severity casework.Severity
	story    *story
	reported bool // a report by the raiser comes first
}

// step is one move on the way of an issue.
type step struct {
	gap  time.Duration // working time since the move before
	move casework.Move
	to   territory.Level // of the desk, for send_down and pull_up
}

// raise makes an issue and carries out its steps.
func (y *year) raise(o opening, steps []step) (*issueFile, error) {
	f := &issueFile{place: o.place, story: o.story, scene: newScene(y.random, y.tree, o.place)}
	f.scene.spans = o.story.spans
	p := y.path(o.place)
	actor := y.actor(o.raiser, o.at)
	grant, ok := cadre.GrantFor(actor, cadre.RaiseIssue, cadre.Object{Place: p.place})
	if !ok {
		return nil, fmt.Errorf("cadre %d may not raise anything at %s", o.raiser, o.place.name)
	}
	desk, _ := p.desks.AtLevel(o.desk)
	day := onDay(o.at)
	origin := casework.Origin{
		ID: y.id(o.at), Title: f.scene.fill(o.story.one("title"), day), Description: y.word(f.scene, day, o.story.one("text")),
		Field: o.story.field, Severity: o.severity, Place: p.place, Desk: desk.Locality.ID,
	}
	issue, event, err := casework.Situation{Desks: p.desks, Holdings: p.holdings, Clock: y.clock, At: o.at}.RaiseIssue(actor, grant, origin)
	if err != nil {
		return nil, fmt.Errorf("raising %s at %s: %w", o.story.name, o.place.name, err)
	}
	f.keep(y, issue, event)
	if o.reported {
		f.report = y.sourceReport(f)
	}
	for _, s := range steps {
		if err := y.step(f, s); err != nil {
			return nil, fmt.Errorf("%s at %s, %s in state %s: %w", o.story.name, o.place.name, s.move, f.issue.State, err)
		}
	}
	y.issues = append(y.issues, f)
	return f, nil
}

// keep adds an event. Its id gets the time of the fake clock, and the time left is rounded up to minutes as the database does.
func (f *issueFile) keep(y *year, issue casework.Issue, event casework.Event) {
	event.ID = y.id(event.At)
	if rest := issue.Left % time.Minute; rest > 0 {
		issue.Left += time.Minute - rest
	}
	f.issue = issue
	f.events, f.after = append(f.events, event), append(f.after, issue)
}

func (y *year) situation(f *issueFile, at time.Time) casework.Situation {
	p := y.path(f.place)
	return casework.Situation{Issue: f.issue, Desks: p.desks, Holdings: p.holdings, Clock: y.clock, At: at}
}

// step carries out one move by whoever has to make it.
func (y *year) step(f *issueFile, s step) error {
	if s.move == casework.Lapse {
		return y.lapse(f)
	}
	at := y.clock.Calendar.Add(f.events[len(f.events)-1].At, y.inTime(f, s.gap))
	if at.After(y.now) {
		return fmt.Errorf("%s lies in the future", at)
	}
	situation := y.situation(f, at)
	by := y.mover(situation, s)
	issue, event, err := situation.Apply(y.actor(by, at), y.request(f, situation, by, s))
	if err != nil {
		return err
	}
	f.keep(y, issue, event)
	return nil
}

// inTime shortens a gap that would outlast the desk's time: the clock would move the issue on before.
func (y *year) inTime(f *issueFile, gap time.Duration) time.Duration {
	if !f.issue.State.Ticks() || !f.issue.LapsedAt.IsZero() {
		return gap
	}
	left := y.clock.Calendar.Between(f.events[len(f.events)-1].At, f.issue.DueAt)
	if gap < left {
		return gap
	}
	return left * time.Duration(80+y.random.IntN(18)) / 100
}

// lapse lets the clock move the issue on at the end of the desk's time, within a minute as the job does.
func (y *year) lapse(f *issueFile) error {
	at := f.issue.DueAt.Add(y.between(0, 50*time.Second))
	if !y.clock.Calendar.IsWorking(at) {
		at = y.clock.Calendar.Add(at, y.between(5*time.Second, 50*time.Second))
	}
	if at.After(y.now) {
		return fmt.Errorf("%s lies in the future", at)
	}
	issue, event, ok := y.situation(f, at).Lapse()
	if !ok {
		return fmt.Errorf("nothing is due at %s", at)
	}
	f.keep(y, issue, event)
	return nil
}

// mover gives who makes the move.
func (y *year) mover(s casework.Situation, st step) cadre.ID {
	switch st.move {
	case casework.AnswerInfo:
		return s.Issue.Asked
	case casework.Confirm:
		return s.Confirmers()[0]
	case casework.Reopen:
		if s.Issue.State == casework.Resolved {
			return s.Confirmers()[0]
		}
		return s.Issue.Raiser
	case casework.PullUp:
		desk, _ := s.Desks.AtLevel(st.to)
		return desk.Leads[0].CadreID
	case casework.CommentOn:
		return y.commenter(s)
	case casework.Escalate:
		if s.Issue.State == casework.Declined {
			return s.Issue.Raiser
		}
	case casework.Raise, casework.Acknowledge, casework.Start, casework.SendDown, casework.AskInfo, casework.Resolve, casework.Decline,
		casework.PassVacant, casework.Lapse, casework.MarkOverdue, casework.CloseSilent:
		// by the desk
	}
	desk, _ := s.Desks.Find(s.Issue.Desk)
	return desk.Leads[0].CadreID
}

// commenter gives somebody of the path who has to do with the matter.
func (y *year) commenter(s casework.Situation) cadre.ID {
	var near []cadre.ID
	for _, h := range s.Holdings {
		if h.Post.Capability == cadre.Support || h.Post.Capability == cadre.Watch || h.Post.Code == hamletLead {
			near = append(near, h.CadreID)
		}
	}
	return pick(y.random, near)
}

// request words the move.
func (y *year) request(f *issueFile, s casework.Situation, by cadre.ID, st step) casework.Request {
	day := onDay(s.At)
	say := func(key string) string { return y.word(f.scene, day, y.textOf(f.story, key)) }
	r := casework.Request{Move: st.move}
	switch st.move {
	case casework.Escalate:
		r.Reason = say("up")
		if f.issue.State == casework.Declined {
			r.Reason = say("appeal")
		}
	case casework.SendDown:
		desk, _ := s.Desks.AtLevel(st.to)
		r.Desk, r.DueOn, r.Reason = desk.Locality.ID, y.clock.Calendar.AddDays(day, 4+y.random.IntN(5)), say("order")
	case casework.PullUp:
		r.Reason = say("pull")
	case casework.AskInfo:
		r.Asked, r.Reason = s.AskCandidates(by)[0], say("question")
	case casework.AnswerInfo:
		r.Reason = say("answer")
	case casework.Start:
		r.Agency, r.DueOn = f.scene.fill(f.story.one("agency"), day), y.clock.Calendar.AddDays(day, 3+y.random.IntN(8))
	case casework.Resolve:
		r.Outcome, r.Evidence = say("done"), say("proof")
	case casework.Decline:
		r.Reason = say("no")
	case casework.Reopen:
		r.Reason = say("back")
	case casework.CommentOn:
		r.Reason = say("say")
	case casework.Confirm:
		if y.chance(50) {
			r.Reason = say("thanks")
		}
	case casework.Raise, casework.Acknowledge, casework.PassVacant, casework.Lapse, casework.MarkOverdue, casework.CloseSilent:
		// nothing to say
	}
	return r
}

// textOf gives a story's text for a key, or one that fits every story.
func (y *year) textOf(s *story, key string) string {
	if texts := s.lines[key]; len(texts) > 0 {
		return pick(y.random, texts)
	}
	return pick(y.random, y.texts.words["move "+key])
}

// word fills a text so that it stands nowhere else: if it does already, with words before it that say where and when.
func (y *year) word(s *scene, on territory.Day, template string) string {
	text := s.fill(template, on)
	for !y.fresh(text) {
		text = s.fill(pick(y.random, y.texts.words["lead text"]), on) + " " + text
	}
	return text
}

// number gives the issues their numbers in the order in which they were raised, and keeps how far each year has come.
func (y *year) number() {
	slices.SortStableFunc(y.issues, func(a, b *issueFile) int { return a.issue.RaisedAt.Compare(b.issue.RaisedAt) })
	for _, f := range y.issues {
		of := onDay(f.issue.RaisedAt).Year()
		if n := len(y.counters); n == 0 || y.counters[n-1].year != of {
			y.counters = append(y.counters, counter{year: of})
		}
		c := &y.counters[len(y.counters)-1]
		c.last++
		f.issue.Number = fmt.Sprintf("%s-%d-%06d", prefix, of, c.last)
	}
}
