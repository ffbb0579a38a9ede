package casework

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// needsReason lists the moves that say why, with the message for a missing reason.
var needsReason = map[Move]string{
	Escalate:   "issue.reason_required",
	SendDown:   "issue.instruction_required",
	PullUp:     "issue.reason_required",
	AskInfo:    "issue.question_required",
	AnswerInfo: "issue.answer_required",
	Decline:    "issue.reason_required",
	Reopen:     "issue.reason_required",
	CommentOn:  "issue.comment_required",

	AgencyReply: "issue.agency_answer_required",
	Conclude:    "issue.conclusion_required",
}

// MaxMentioned is how many people a comment can speak to.
const MaxMentioned = 10

// check looks for missing or wrong words of a move that is allowed.
func (s Situation) check(a cadre.Actor, r Request) error {
	var fields fault.Fields
	if key, needed := needsReason[r.Move]; needed && r.Reason == "" {
		fields.Add("reason", key)
	}
	checkLength(&fields, "reason", r.Reason, MaxText)
	today := territory.DayOf(s.At)
	switch r.Move {
	case Start:
		checkText(&fields, "agency", r.Agency, MaxTitle, "issue.agency_required")
		checkDue(&fields, r.DueOn, today)
	case SendDown:
		if !slices.ContainsFunc(s.Desks.Below(s.Issue.Desk), func(d cadre.Desk) bool { return d.Locality.ID == r.Desk }) {
			fields.Add("desk", "issue.desk_required")
		}
		checkDue(&fields, r.DueOn, today)
	case AskInfo:
		if !slices.Contains(s.AskCandidates(a.CadreID), r.Asked) {
			fields.Add("asked", "issue.asked_required")
		}
	case Resolve:
		checkText(&fields, "outcome", r.Outcome, MaxText, "issue.outcome_required")
		if !r.Attached && r.Evidence == "" {
			fields.Add("evidence", "issue.evidence_required")
		}
		checkLength(&fields, "evidence", r.Evidence, MaxText)
	case Merge:
		s.checkSurvivor(&fields, r)
	case AgencyReply:
		if r.AnsweredOn.IsZero() {
			fields.Add("answered_on", "issue.answered_on_required")
		} else if r.AnsweredOn.After(today) {
			fields.Add("answered_on", "issue.answered_on_future")
		}
	case Conclude:
		if r.DueOn.After(today.Add(5 * 366)) { // it may be written down after its day
			fields.Add("due_on", "issue.due_far")
		}
	case CommentOn:
		if slices.ContainsFunc(r.Mentioned, func(id cadre.ID) bool { return !slices.Contains(s.AskCandidates(a.CadreID), id) }) {
			fields.Add("mentioned", "issue.mentioned_unknown")
		} else if len(r.Mentioned) > MaxMentioned {
			fields.Add("mentioned", "issue.mentioned_many", "limit", MaxMentioned)
		}
	case Raise, Acknowledge, Escalate, PullUp, AnswerInfo, Decline, Confirm, Reopen, Absorb, PassVacant, Lapse, MarkOverdue, CloseSilent:
		// the reason is all
	}
	return fields.Err()
}

// checkSurvivor judges the issue that is to go on in this one's stead. One that the actor may not read is like one that is not there.
func (s Situation) checkSurvivor(fields *fault.Fields, r Request) {
	switch {
	case r.Into == "":
		fields.Add("into", "issue.into_required")
	case s.Survivor == nil:
		fields.Add("into", "issue.into_unknown")
	case s.Survivor.ID == s.Issue.ID:
		fields.Add("into", "issue.into_self")
	case !s.Survivor.State.Open():
		fields.Add("into", "issue.into_ended")
	}
}

func checkText(fields *fault.Fields, name, text string, limit int, missing string) {
	if text == "" {
		fields.Add(name, missing)
	}
	checkLength(fields, name, text, limit)
}

func checkLength(fields *fault.Fields, name, text string, limit int) {
	if n := utf8.RuneCountInString(text); n > limit {
		fields.Add(name, "field.too_long", "limit", limit, "length", n)
	}
}

func checkDue(fields *fault.Fields, due, today territory.Day) {
	switch {
	case due.IsZero():
		fields.Add("due_on", "issue.due_required")
	case due.Before(today):
		fields.Add("due_on", "issue.due_past")
	case due.After(today.Add(5 * 366)):
		fields.Add("due_on", "issue.due_far")
	}
}

// carryOut changes a copy of the issue by a move that is allowed and complete.
func (s Situation) carryOut(a cadre.Actor, r Request) (Issue, Detail) {
	next, detail := s.Issue, Detail{}
	switch r.Move {
	case Acknowledge:
		next.State, next.AcknowledgeBy = Acknowledged, time.Time{}
	case Start:
		next.State, next.Agency, next.AgencyDue = InProgress, r.Agency, r.DueOn
		detail.Agency, detail.DueOn = r.Agency, r.DueOn
	case Escalate:
		desk, passed, _ := s.Desks.NextAbove(s.Issue.Desk)
		next = s.arrive(next, desk.Locality)
		next.PassedDesk = true
		next.Appealed = next.Appealed || s.Issue.State == Declined
		detail.Vacant = idsOf(passed)
	case SendDown:
		desk, _ := s.Desks.Find(r.Desk)
		next = s.arrive(next, desk.Locality)
		next.InstructionDue, detail.DueOn = r.DueOn, r.DueOn
	case PullUp:
		desk, _ := s.Destination(a, PullUp)
		next = s.arrive(next, desk.Locality)
		next.State, next.AcknowledgeBy, next.PassedDesk = Acknowledged, time.Time{}, true
	case AskInfo:
		next = s.stopClock(next)
		next.State, next.Resume, next.Asked = AwaitingInfo, s.Issue.State, r.Asked
		detail.Asked = r.Asked
	case AnswerInfo:
		next.State, next.Resume, next.Asked = s.Issue.Resume, "", 0
		next.DueAt, next.Left = s.Clock.Calendar.Add(s.At, s.Issue.Left), 0
		next.WarnAt = s.warnAt(s.Issue.Left)
	case Resolve:
		next = s.stopClock(next)
		next.State, next.Resolver, next.Outcome, next.Evidence = Resolved, a.CadreID, r.Outcome, r.Evidence
		next.ConfirmBy = s.confirmBy()
		detail.Outcome, detail.Evidence = r.Outcome, r.Evidence
	case Decline:
		next = s.stopClock(next)
		next.State, next.ClosedAt = Declined, s.At
	case Confirm:
		next.State, next.ClosedAt, next.ConfirmBy = Closed, s.At, time.Time{}
	case Reopen:
		desk, passed, _ := s.Desks.FromUpward(s.Issue.Desk)
		next = s.arrive(next, desk.Locality)
		next.Reopened = true
		detail.Vacant = idsOf(passed)
	case Merge:
		next = s.stopClock(next)
		next.State, next.AcknowledgeBy, next.ClosedAt, next.MergedInto = Merged, time.Time{}, s.At, s.Survivor.ID
		detail.Other = s.Survivor.ID
	case AgencyReply:
		detail.Agency, detail.AnsweredOn = s.Issue.Agency, r.AnsweredOn
	case Conclude:
		detail.Meeting, detail.DueOn = r.Meeting, r.DueOn
	case CommentOn:
		detail.Mentioned = unique(r.Mentioned)
	case Raise, Absorb, PassVacant, Lapse, MarkOverdue, CloseSilent:
		// a comment changes nothing but the thread
	}
	return next, detail
}

// AbsorbedBy gives the survivor of a merge after it, with the event to keep in its thread: it takes over followers, comments and
// reports, and nothing else changes. The merge is the event of the issue that ended.
func (i Issue) AbsorbedBy(survivor Issue, merge Event) (Issue, Event) {
	s := Situation{Issue: survivor, At: merge.At}
	issue, event, _ := s.finish(survivor, Event{
		Move: Absorb, Actor: merge.Actor, Assignment: merge.Assignment, Reason: merge.Reason, Detail: Detail{Other: i.ID},
	})
	return issue, event
}

// arrive puts the issue on a desk, with the clock begun anew.
func (s Situation) arrive(i Issue, desk territory.Locality) Issue {
	d := s.Clock.Deadlines.Of(desk.Level, i.Severity)
	i.State, i.Desk, i.ArrivedAt = New, desk.ID, s.At
	// What must be acted on sooner than acknowledged (khẩn: 8 h against 16 h) must be acknowledged by then too.
	i.AcknowledgeBy = s.Clock.Calendar.Add(s.At, min(d.Acknowledge, d.Act))
	i.DueAt, i.Left = s.Clock.Calendar.Add(s.At, d.Act), 0
	i.WarnAt, i.LapsedAt, i.ConfirmBy = s.warnAt(d.Act), time.Time{}, time.Time{}
	i.Asked, i.Resume = 0, ""
	i.Agency, i.AgencyDue, i.InstructionDue = "", territory.Day{}, territory.Day{}
	i.Resolver, i.Outcome, i.Evidence = 0, "", ""
	i.ClosedAt = time.Time{}
	return i
}

func (s Situation) stopClock(i Issue) Issue {
	i.Left = s.Clock.Calendar.Between(s.At, i.DueAt)
	i.DueAt, i.WarnAt = time.Time{}, time.Time{}
	return i
}

// Origin is what a person says when raising an issue.
type Origin struct {
	ID          uuid.UUID
	Title       string
	Description string
	Field       string
	Severity    Severity
	Place       territory.Place
	Desk        territory.LocalityID // one of RaiseOptions
}

// RaiseIssue makes a new issue at the chosen desk, or above it where that desk is vacant. The situation carries the desks and
// people of its place, and the clock; its Issue is not looked at. Fields of work are checked by the caller.
func (s Situation) RaiseIssue(a cadre.Actor, g cadre.Grant, o Origin) (Issue, Event, error) {
	var fields fault.Fields
	checkText(&fields, "title", o.Title, MaxTitle, "issue.title_required")
	checkText(&fields, "description", o.Description, MaxText, "issue.description_required")
	if !o.Severity.Valid() {
		fields.Add("severity", "issue.severity_required")
	}
	if !slices.ContainsFunc(RaiseOptions(g, s.Desks), func(d cadre.Desk) bool { return d.Locality.ID == o.Desk }) {
		fields.Add("desk", "issue.desk_required")
	}
	if err := fields.Err(); err != nil {
		return Issue{}, Event{}, err
	}
	desk, passed, ok := s.Desks.FromUpward(o.Desk)
	if !ok {
		return Issue{}, Event{}, fault.Invalid(fault.At("desk", "issue.no_desk"))
	}
	next := s.arrive(Issue{
		ID: o.ID, Title: o.Title, Description: o.Description, Field: o.Field, Severity: o.Severity, Place: o.Place,
		Raiser: a.CadreID, Assignment: g.AssignmentID, RaisedPost: g.Post.Code, RaisedAs: g.Locality.ID, RaisedAt: s.At,
	}, desk.Locality)
	chosen, _ := s.Desks.Find(o.Desk) // a commune's desk that passes the issue on, being vacant, is no direct line
	s.Issue = Issue{}
	return s.finish(next, Event{
		Move: Raise, Actor: a.CadreID, Assignment: g.AssignmentID, Detail: Detail{Vacant: idsOf(passed), Direct: DirectLine(g, chosen.Locality.Level)},
	})
}

// PassUpward moves an issue off a desk that nobody leads any more, to the next desk with a lead, or off one that was closed, to the desk
// that follows it; false if its desk has a lead or no desk has one ("stays at the highest desk", domain.md section 4).
func (s Situation) PassUpward() (Issue, Event, bool) {
	here, there := s.Desks.Find(s.Issue.Desk)
	if !s.Issue.State.Open() || there && !here.Vacant() {
		return Issue{}, Event{}, false
	}
	from := s.Issue.Desk
	if !there {
		if here, there = s.follower(); !there {
			return Issue{}, Event{}, false
		}
		from = here.Locality.ID
	}
	desk, passed, ok := s.Desks.FromUpward(from)
	if !ok {
		return Issue{}, Event{}, false
	}
	next := s.Issue
	if s.Issue.State == Resolved { // waits for the confirmation only: the desk changes, nothing else
		next.Desk, next.ArrivedAt = desk.Locality.ID, s.At
	} else {
		next = s.arrive(next, desk.Locality)
	}
	next.PassedDesk = next.PassedDesk || desk.Locality.Level.Above(here.Locality.Level)
	issue, event, err := s.finish(next, Event{Move: PassVacant, Detail: Detail{Vacant: idsOf(passed)}})
	return issue, event, err == nil
}

// follower gives the desk that stands in the place of a closed one: the one that follows it or, where that lies aside of the issue's way, the
// first one of the way.
func (s Situation) follower() (cadre.Desk, bool) {
	if d, ok := s.Desks.Find(s.Heir); ok {
		return d, true
	}
	if len(s.Desks) == 0 {
		return cadre.Desk{}, false
	}
	return s.Desks[0], true
}

func idsOf(desks []cadre.Desk) []territory.LocalityID {
	var ids []territory.LocalityID
	for _, d := range desks {
		ids = append(ids, d.Locality.ID)
	}
	return ids
}
