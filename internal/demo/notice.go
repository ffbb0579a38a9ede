package demo

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
)

// noticeDays is how far back people were told of what happened; older notices are not kept in the demo.
const noticeDays = 14

// notice is what a person was told.
type notice struct {
	id     uuid.UUID
	to     cadre.ID
	event  string
	kind   string
	args   map[string]string
	issue  uuid.UUID
	report uuid.UUID
	at     time.Time
	seen   time.Time
}

// happening is one event of an issue.
type happening struct {
	file *issueFile
	n    int
}

func (h happening) event() casework.Event { return h.file.events[h.n] }

// history gives all events of all issues in the order of their times.
func (y *year) history() []happening {
	var all []happening
	for _, f := range y.issues {
		for n := range f.events {
			all = append(all, happening{f, n})
		}
	}
	slices.SortStableFunc(all, func(a, b happening) int { return a.event().At.Compare(b.event().At) })
	return all
}

// tell makes the notices of the last days, as the jobs of the application would have made them.
func (y *year) tell() {
	since := y.now.AddDate(0, 0, -noticeDays)
	for _, h := range y.history() {
		if h.event().At.After(since) {
			y.tellIssue(h)
		}
	}
	for _, r := range y.reports {
		if r.ReceivedAt.After(since) {
			y.tellReport(r)
		}
		y.tellReview(r, since)
	}
	slices.SortStableFunc(y.notices, func(a, b notice) int { return a.at.Compare(b.at) })
	y.see()
}

func (y *year) tellIssue(h happening) {
	e, f := h.event(), h.file
	s := y.situation(f, e.At)
	s.Issue = f.after[h.n]
	desk, _ := s.Desks.Find(e.ToDesk)
	for _, id := range s.Told(e, casework.Audience{Commenters: f.commenters(h.n)}) {
		kind := "issue." + string(e.Move)
		leads := slices.ContainsFunc(desk.Leads, func(l cadre.Holding) bool { return l.CadreID == id })
		if e.Move == casework.Raise && e.Detail.Direct && !leads {
			kind = "issue.direct"
		}
		y.notices = append(y.notices, notice{
			id: y.id(e.At.Add(time.Second)), to: id, event: "issue:" + e.ID.String(), kind: kind, issue: f.issue.ID, at: e.At,
			args: map[string]string{"number": f.issue.Number, "title": f.issue.Title, "desk": desk.Locality.Name, "actor": y.nameOf(e.Actor)},
		})
	}
}

// nameOf gives a person's name; none for the clock.
func (y *year) nameOf(id cadre.ID) string {
	if p, ok := y.people[id]; ok {
		return p.name
	}
	return ""
}

// commenters gives those who spoke before the nth event.
func (f *issueFile) commenters(n int) []cadre.ID {
	var ids []cadre.ID
	for _, e := range f.events[:n] {
		if e.Move == casework.CommentOn && !slices.Contains(ids, e.Actor) {
			ids = append(ids, e.Actor)
		}
	}
	slices.Sort(ids)
	return ids
}

func (y *year) tellReport(r *report) {
	p := y.path(r.place)
	for _, id := range casework.ReportTold(r.grant, r.Author, p.desks, p.holdings) {
		y.notices = append(y.notices, notice{
			id: y.id(r.ReceivedAt.Add(time.Second)), to: id, event: fmt.Sprintf("report:%s:%d", r.ID, r.Number), kind: "report.sent",
			report: r.ID, at: r.ReceivedAt, args: map[string]string{"place": r.place.name, "actor": y.people[r.Author].name},
		})
	}
}

// see leaves the newest few notices of everybody unseen; the others were seen within a working day or so.
func (y *year) see() {
	left := map[cadre.ID]int{}
	for i := len(y.notices) - 1; i >= 0; i-- {
		n := &y.notices[i]
		if _, ok := left[n.to]; !ok {
			left[n.to] = 3 + y.random.IntN(8)
		}
		if left[n.to]--; left[n.to] >= 0 {
			continue
		}
		n.seen = y.clock.Calendar.Add(n.at, y.between(10*time.Minute, 7*time.Hour))
		if n.seen.After(y.now) {
			n.seen = y.now
		}
	}
}
