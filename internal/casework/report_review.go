package casework

import (
	"slices"
	"time"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ReportMove is what happens to a report after it was first sent.
type ReportMove string

// What can happen to a report (domain.md section 3, "Life").
const (
	AcknowledgeReport ReportMove = "acknowledge"
	ReturnReport      ReportMove = "return"
	AmendReport       ReportMove = "amend"
	CommentReport     ReportMove = "comment"
	WithdrawReport    ReportMove = "withdraw"
)

// ReportMoves lists them.
func ReportMoves() []ReportMove {
	return []ReportMove{AcknowledgeReport, ReturnReport, AmendReport, CommentReport, WithdrawReport}
}

// Usefulness is how useful the lead found a report who acknowledged it; zero where nobody said.
type Usefulness int

// The steps of usefulness.
const (
	LittleUse Usefulness = 1 + iota
	Useful
	VeryUseful
)

// Usefulnesses lists the steps.
func Usefulnesses() []Usefulness { return []Usefulness{LittleUse, Useful, VeryUseful} }

// ReportStates lists the states of a sent report.
func ReportStates() []ReportState {
	return []ReportState{ReportSubmitted, ReportReturned, ReportAcknowledged, ReportWithdrawn}
}

// reportRules is the state machine of a sent report: from which states a move is made, and where it ends. A comment leaves
// the state as it is.
var reportRules = map[ReportMove]struct {
	from []ReportState
	to   ReportState
}{
	AcknowledgeReport: {[]ReportState{ReportSubmitted}, ReportAcknowledged},
	ReturnReport:      {[]ReportState{ReportSubmitted}, ReportReturned},
	AmendReport:       {[]ReportState{ReportSubmitted, ReportReturned, ReportAcknowledged}, ReportSubmitted},
	CommentReport:     {ReportStates(), ""},
	WithdrawReport:    {[]ReportState{ReportSubmitted}, ReportWithdrawn},
}

// After gives the state of a report after a move; false if the move cannot be made in that state.
func (s ReportState) After(m ReportMove) (ReportState, bool) {
	rule, known := reportRules[m]
	if !known || !slices.Contains(rule.from, s) {
		return s, false
	}
	if rule.to == "" {
		return s, true
	}
	return rule.to, true
}

// ReportEvent is one thing that happened to a report after it was first sent. Events are only ever added: the sequence is
// the version of the report after it, so that the first one has 2.
type ReportEvent struct {
	Seq        int
	Move       ReportMove
	Number     int // the version of the text that it is about; of an amendment, the new one
	Actor      cadre.ID
	Assignment cadre.AssignmentID // zero for an author who holds nothing any more
	At         time.Time
	Usefulness Usefulness
	Reason     string // of a return or a withdrawal; the remark of an acknowledgement; the words of a comment
}

// ReportCase is a sent report with everything by which it is judged what may happen to it, all of one instant.
type ReportCase struct {
	Report   Report
	Grant    cadre.Grant // under which it was written: its post and place
	Desks    cadre.Desks // of the place today or, where that is gone, of its nearest ancestor that is not
	Holdings []cadre.Holding
	Judged   bool // a lead has acknowledged or returned it before, whatever its author did to it since
	At       time.Time
}

// Desk gives the desk at which the report is received today: the one that it reached, as long as somebody but the author
// leads it; else the next one of today that has a lead. False if there is none.
func (c ReportCase) Desk() (cadre.Desk, bool) {
	if d, ok := c.Desks.Find(c.Report.Desk); ok && len(leadsBut(d, c.Report.Author)) > 0 {
		return d, true
	}
	d, _, ok := ReceivingDesk(c.Grant, c.Report.Author, c.Desks)
	return d, ok
}

// Object gives what the policy judges of the report today.
func (c ReportCase) Object() cadre.Object {
	o := cadre.Object{Place: c.Report.Place, Author: c.Report.Author}
	if d, ok := c.Desk(); ok {
		o.Desk, o.DeskLevel = d.Locality.ID, d.Locality.Level
	}
	return o
}

// entitled tells whether the actor is the one to make the move, whatever the state.
func (c ReportCase) entitled(a cadre.Actor, m ReportMove) bool {
	switch m {
	case AcknowledgeReport, ReturnReport:
		return cadre.Can(a, cadre.ReviewReport, c.Object())
	case AmendReport, WithdrawReport:
		return a.CadreID != 0 && a.CadreID == c.Report.Author
	case CommentReport: // an author answers on their own report, also when they hold the place no more
		return a.CadreID != 0 && a.CadreID == c.Report.Author || cadre.Can(a, cadre.Comment, c.Object())
	}
	return false
}

// May tells whether the actor may make the move now.
func (c ReportCase) May(a cadre.Actor, m ReportMove) bool {
	_, ok := c.Report.State.After(m)
	return ok && c.entitled(a, m) && (m != WithdrawReport || !c.Judged)
}

// ReportRequest is what somebody wants to do to a report.
type ReportRequest struct {
	Move       ReportMove
	Usefulness Usefulness
	Reason     string
}

// Apply acknowledges, returns or comments on the report and gives it as it is afterwards, with the event. Forbidden if that
// is not the actor's to do, Conflict (report.moved_on) if it was decided already, Invalid at the fields usefulness and
// reason. An amendment brings a text and goes by Amend.
func (c ReportCase) Apply(a cadre.Actor, r ReportRequest) (Report, ReportEvent, error) {
	if !c.entitled(a, r.Move) || r.Move == AmendReport {
		if a.CadreID == c.Report.Author {
			return Report{}, ReportEvent{}, fault.Forbidden("report.review_own")
		}
		return Report{}, ReportEvent{}, fault.Forbidden("report.review_not_yours")
	}
	if _, ok := c.Report.State.After(r.Move); !ok {
		return Report{}, ReportEvent{}, fault.Conflict("report.moved_on")
	}
	if r.Move == WithdrawReport && c.Judged { // what a lead has worked on stays on record
		return Report{}, ReportEvent{}, fault.Conflict("report.withdraw_judged")
	}
	if err := r.check(); err != nil {
		return Report{}, ReportEvent{}, err
	}
	e := ReportEvent{Move: r.Move, Number: c.Report.Number, Actor: a.CadreID, Assignment: c.assignmentOf(a, r.Move), At: c.At, Reason: r.Reason}
	if r.Move == AcknowledgeReport {
		e.Usefulness = r.Usefulness
	}
	next, e := c.Report.follow(e)
	if d, ok := c.Desk(); ok && r.Move != CommentReport && r.Move != WithdrawReport {
		next.Desk = d.Locality.ID // it says for good who decided
	}
	return next, e, nil
}

func (r ReportRequest) check() error {
	var fields fault.Fields
	switch r.Move {
	case AcknowledgeReport:
		if !slices.Contains(Usefulnesses(), r.Usefulness) {
			fields.Add("usefulness", "report.usefulness_required")
		}
		checkLength(&fields, "reason", r.Reason, MaxText)
	case ReturnReport, WithdrawReport:
		checkText(&fields, "reason", r.Reason, MaxText, "report.reason_required")
	case CommentReport:
		checkText(&fields, "reason", r.Reason, MaxText, "report.comment_required")
	case AmendReport: // its text was checked as a report
	}
	return fields.Err()
}

// follow makes the report as it is after an event, and completes the event.
func (r Report) follow(e ReportEvent) (Report, ReportEvent) {
	next := r
	next.State, _ = r.State.After(e.Move)
	next.Version++
	if e.Move == AcknowledgeReport || e.Move == AmendReport {
		next.Usefulness = e.Usefulness
	}
	e.Seq = next.Version
	return next, e
}

// assignmentOf gives the assignment under which the actor acts; zero for an author who holds nothing there any more.
func (c ReportCase) assignmentOf(a cadre.Actor, m ReportMove) cadre.AssignmentID {
	action := cadre.Comment
	if m == AcknowledgeReport || m == ReturnReport {
		action = cadre.ReviewReport
	}
	g, ok := cadre.GrantFor(a, action, c.Object())
	if !ok {
		return 0
	}
	return g.AssignmentID
}

// Amend gives the report with a new text that its author sends, judged like a new report (filed), and the event. It waits
// for acknowledgement again, at the desk of today, and keeps the place in lists that its first arrival gave it. Invalid if
// it now tells of a day after that arrival, or of a place in another commune: that would be another report, and whoever reads
// there has no right to what it said before.
func (r Report) Amend(filed Report) (Report, ReportEvent, error) {
	_, open := r.State.After(AmendReport)
	switch {
	case filed.Author != r.Author:
		return Report{}, ReportEvent{}, fault.NotFound()
	case !open:
		return Report{}, ReportEvent{}, fault.Conflict("report.withdrawn_already")
	case filed.Kind != r.Kind:
		return Report{}, ReportEvent{}, fault.Invalid(fault.At("kind", "report.kind_fixed"))
	case filed.HappenedOn.After(territory.DayOf(r.ReceivedAt)):
		return Report{}, ReportEvent{}, fault.Invalid(fault.At("happened_on", "report.day_after_first"))
	case filed.Place.Locality != r.Place.Locality && (filed.Place.Commune == 0 || filed.Place.Commune != r.Place.Commune):
		return Report{}, ReportEvent{}, fault.Invalid(fault.At("locality", "report.place_elsewhere"))
	}
	next, e := r.follow(ReportEvent{
		Move: AmendReport, Number: r.Number + 1, Actor: filed.Author, Assignment: filed.Assignment, At: filed.ReceivedAt,
	})
	next.Number = e.Number
	next.Kind, next.Assignment, next.HappenedOn, next.Place = filed.Kind, filed.Assignment, filed.HappenedOn, filed.Place
	next.Desk, next.Content, next.Visit = filed.Desk, filed.Content, filed.Visit
	return next, e, nil
}

// EventTold gives those who are told of an event of a report: the author of what was decided on it; of a comment or a withdrawal the
// author, those who were told of the report, and those who have spoken before. Never the actor, each person once, and only
// people who hold something on the path, or wrote the report.
func (c ReportCase) EventTold(e ReportEvent, commenters []cadre.ID) []cadre.ID {
	ids := []cadre.ID{c.Report.Author}
	switch e.Move {
	case CommentReport, WithdrawReport:
		ids = append(append(ids, ReportTold(c.Grant, c.Report.Author, c.Desks, c.Holdings)...), commenters...)
	case AmendReport:
		ids = ReportTold(c.Grant, c.Report.Author, c.Desks, c.Holdings)
	case AcknowledgeReport, ReturnReport:
	}
	return slices.DeleteFunc(unique(ids), func(id cadre.ID) bool {
		return id == e.Actor || id != c.Report.Author && !slices.ContainsFunc(c.Holdings, func(h cadre.Holding) bool {
			return h.CadreID == id && h.Post.Capability != cadre.Administer
		})
	})
}
