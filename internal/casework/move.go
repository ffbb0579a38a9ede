package casework

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Move is what moves an issue on, or adds to it.
type Move string

// The moves of domain.md section 4. The last four are the software's own: a desk that nobody leads passes the issue upward;
// so does the end of a desk's time, which at the top is marked; what was resolved closes after long silence. Absorb is the
// other side of Merge, on the survivor; Conclude comes from a meeting.
const (
	Raise       Move = "raise"
	Acknowledge Move = "acknowledge"
	Start       Move = "start"
	Escalate    Move = "escalate"
	SendDown    Move = "send_down"
	PullUp      Move = "pull_up"
	AskInfo     Move = "ask_info"
	AnswerInfo  Move = "answer"
	Resolve     Move = "resolve"
	Decline     Move = "decline"
	Confirm     Move = "confirm"
	Reopen      Move = "reopen"
	Merge       Move = "merge"
	AgencyReply Move = "agency_answer" // what the agency that works on it answered
	CommentOn   Move = "comment"
	Absorb      Move = "absorb"
	Conclude    Move = "conclude"
	PassVacant  Move = "pass_vacant"
	Lapse       Move = "lapse"
	MarkOverdue Move = "overdue"
	CloseSilent Move = "close_silent"
)

// Moves lists the moves that a person can make on the page of an issue, in the order in which it offers them.
func Moves() []Move {
	return []Move{Acknowledge, Resolve, Start, AgencyReply, Escalate, SendDown, AskInfo, AnswerInfo, Confirm, Reopen, PullUp, Merge, Decline, CommentOn}
}

// who says which relation to the issue a move needs.
type who int

const (
	holder    who = iota // leads the desk that holds it
	above                // leads a desk above the one that holds it
	asked                // was asked for information; the holder too where whoever was asked is gone
	confirmer            // may say that it is really solved
	reopener             // the raiser or any follower, for a time after the end
	appellant            // the raiser of a declined issue, once
	follower             // anyone who may comment
)

// rule is one row of the state machine.
type rule struct {
	move Move
	from []State
	by   who
}

// rules is the state machine: every pair of state and move that is not here is refused.
var rules = []rule{
	{Acknowledge, []State{New}, holder},
	{Start, []State{Acknowledged, InProgress}, holder}, // also to hand it to another agency
	{Escalate, []State{Acknowledged, InProgress}, holder},
	{Escalate, []State{Declined}, appellant},
	{SendDown, []State{Acknowledged, InProgress}, holder},
	{AskInfo, []State{Acknowledged, InProgress}, holder},
	{AnswerInfo, []State{AwaitingInfo}, asked},
	{Resolve, []State{InProgress}, holder},
	{Decline, []State{Acknowledged, InProgress}, holder},
	{PullUp, []State{New, Acknowledged, InProgress, AwaitingInfo}, above},
	{Confirm, []State{Resolved}, confirmer},
	{Reopen, []State{Resolved}, confirmer},
	{Reopen, []State{Closed}, reopener},
	{Merge, []State{New, Acknowledged, InProgress}, holder},
	{AgencyReply, []State{InProgress}, holder},
	{Conclude, unmerged(), holder},
	{Conclude, unmerged(), above},
	{CommentOn, unmerged(), follower},
}

// unmerged lists the states of an issue that stands for itself. What was merged is spoken of in the thread of the survivor.
func unmerged() []State {
	return slices.DeleteFunc(States(), func(s State) bool { return s == Merged })
}

// Situation is an issue with everything by which a move is judged, all of one instant.
type Situation struct {
	Issue    Issue
	Desks    cadre.Desks     // of the issue's place, from the place upward
	Holdings []cadre.Holding // everybody who holds a post on the path today
	Clock    Clock
	At       time.Time
	Heir     territory.LocalityID // the place that follows the issue's desk, where that was closed
	Survivor *Issue               // with which the actor wants to merge the issue; nil where there is none that they may read
}

// Allowed lists the moves that the actor may make now, in the order of Moves.
func (s Situation) Allowed(a cadre.Actor) []Move {
	var moves []Move
	for _, m := range Moves() {
		if s.permits(a, m) {
			moves = append(moves, m)
		}
	}
	return moves
}

// May judges a move as Apply would, but for the words that come with it: nil if the actor may make it now.
func (s Situation) May(a cadre.Actor, m Move) error {
	if !s.permits(a, m) {
		return s.refusal(a, m)
	}
	return nil
}

// permits tells whether some rule lets the actor make the move in the present state, and the move has somewhere to go.
func (s Situation) permits(a cadre.Actor, m Move) bool {
	if !slices.ContainsFunc(rules, func(r rule) bool {
		return r.move == m && slices.Contains(r.from, s.Issue.State) && s.is(a, r.by)
	}) {
		return false
	}
	switch m {
	case SendDown:
		return len(s.Desks.Below(s.Issue.Desk)) > 0
	case AskInfo:
		return len(s.AskCandidates(a.CadreID)) > 0
	case Escalate, PullUp, Reopen:
		_, ok := s.Destination(a, m)
		return ok
	default:
		return true
	}
}

// Destination gives the desk at which the issue arrives by a move that chooses its desk itself; false for other moves and
// where there is no such desk.
func (s Situation) Destination(a cadre.Actor, m Move) (cadre.Desk, bool) {
	var desk cadre.Desk
	ok := false
	switch m {
	case Escalate:
		desk, _, ok = s.Desks.NextAbove(s.Issue.Desk)
	case Reopen:
		desk, _, ok = s.Desks.FromUpward(s.Issue.Desk)
	case PullUp: // to the actor's own desk, the lowest above the one that holds it
		if g, leads := cadre.GrantFor(a, cadre.PullUpIssue, s.Issue.Object(s.Desks)); leads {
			desk, ok = s.Desks.Find(g.Locality.ID)
		}
	default:
	}
	return desk, ok
}

// nowhere words why a move that the actor may make has nobody to go to.
var nowhere = map[Move]string{
	Escalate: "issue.no_desk_above", SendDown: "issue.no_desk_below", AskInfo: "issue.nobody_to_ask", PullUp: "issue.no_desk", Reopen: "issue.no_desk",
}

func (s Situation) is(a cadre.Actor, w who) bool {
	object := s.Issue.Object(s.Desks)
	switch w {
	case holder:
		return cadre.Can(a, cadre.DecideIssue, object)
	case above:
		return cadre.Can(a, cadre.PullUpIssue, object)
	case asked:
		return s.Issue.Asked == a.CadreID || s.Issue.Asked != 0 && !s.holds(s.Issue.Asked) && s.is(a, holder)
	case confirmer:
		return slices.Contains(s.Confirmers(), a.CadreID)
	case reopener:
		return !s.reopenOver() && (s.Issue.Raiser == a.CadreID || cadre.Can(a, cadre.Comment, object))
	case appellant:
		return s.Issue.Raiser == a.CadreID && !s.Issue.Appealed
	case follower:
		return cadre.Can(a, cadre.Comment, object)
	}
	return false
}

// Confirmers gives those who may confirm that a resolved issue is really solved, or send it back: the raiser while
// holding the place; else the successor in the same post at the same place; where the raiser is also the resolver, or
// there is no successor, the supporters of the place, or else the lead of the next desk down.
func (s Situation) Confirmers() []cadre.ID {
	i := s.Issue
	if i.Raiser != i.Resolver && s.holds(i.Raiser) {
		return []cadre.ID{i.Raiser}
	}
	var successors, supporters []cadre.ID
	for _, h := range s.Holdings {
		if h.CadreID == i.Resolver {
			continue
		}
		if h.Post.Code == i.RaisedPost && h.Locality == i.RaisedAs && i.Raiser != i.Resolver {
			successors = append(successors, h.CadreID)
		}
		if h.Post.Capability == cadre.Support {
			supporters = append(supporters, h.CadreID)
		}
	}
	if len(successors) > 0 {
		return unique(successors)
	}
	if len(supporters) > 0 {
		return unique(supporters)
	}
	for _, d := range s.Desks.Below(i.Desk) {
		if ids := leadsBut(d, i.Resolver); len(ids) > 0 {
			return ids
		}
	}
	return nil
}

// WaitsFor gives those who have to act now: the leads of the desk, whoever was asked, or those who may confirm.
func (s Situation) WaitsFor() []cadre.ID {
	switch s.Issue.State {
	case New, Acknowledged, InProgress:
		return s.leadsOf(s.Issue.Desk)
	case AwaitingInfo:
		return []cadre.ID{s.Issue.Asked}
	case Resolved:
		return s.Confirmers()
	case Closed, Declined, Merged:
	}
	return nil
}

// AskCandidates gives those who can be asked for information: the raiser first, then the others who hold a post on the
// path, without the one who asks.
func (s Situation) AskCandidates(asker cadre.ID) []cadre.ID {
	ids := []cadre.ID{}
	if s.holds(s.Issue.Raiser) {
		ids = append(ids, s.Issue.Raiser)
	}
	for _, h := range s.Holdings {
		if h.Post.Capability != cadre.Administer {
			ids = append(ids, h.CadreID)
		}
	}
	return slices.DeleteFunc(unique(ids), func(id cadre.ID) bool { return id == asker })
}

func (s Situation) holds(id cadre.ID) bool {
	return slices.ContainsFunc(s.Holdings, func(h cadre.Holding) bool {
		return h.CadreID == id && h.Post.Capability != cadre.Administer
	})
}

// Request is what a person asks for with a move; which fields matter depends on the move.
type Request struct {
	Move     Move
	Reason   string               // why; the instruction, question, answer or comment
	Desk     territory.LocalityID // where to send down
	Nearest  bool                 // to the nearest desk below, whichever that is
	DueOn    territory.Day
	Agency   string
	Asked    cadre.ID
	Outcome  string
	Evidence string

	Attached   bool          // files come with it
	AnsweredOn territory.Day // of an agency's answer
	Into       string        // number or id of the issue to merge with
	Meeting    uuid.UUID     // whose conclusion it is
	Mentioned  []cadre.ID    // whom a comment speaks to
}

// Apply judges a move and gives the issue after it with the event to keep. It returns a Forbidden fault when the actor
// may never make the move here, a Conflict when the issue has moved on, and Invalid for missing words.
func (s Situation) Apply(a cadre.Actor, r Request) (Issue, Event, error) {
	if !s.permits(a, r.Move) {
		return Issue{}, Event{}, s.refusal(a, r.Move)
	}
	if below := s.Desks.Below(s.Issue.Desk); r.Nearest && len(below) > 0 {
		r.Desk = below[0].Locality.ID
	}
	if err := s.check(a, r); err != nil {
		return Issue{}, Event{}, err
	}
	next, detail := s.carryOut(a, r)
	return s.finish(next, Event{
		Move: r.Move, Actor: a.CadreID, Assignment: s.assignmentOf(a, r.Move), Reason: r.Reason, Detail: detail,
	})
}

func (s Situation) finish(next Issue, e Event) (Issue, Event, error) {
	next.Version = s.Issue.Version + 1
	e.ID = uuid.Must(uuid.NewV7())
	e.Seq = next.Version
	e.At = s.At
	e.FromState, e.ToState = s.Issue.State, next.State
	e.FromDesk, e.ToDesk = s.Issue.Desk, next.Desk
	return next, e, nil
}

// reopenOver tells whether the time in which a closed issue can be reopened has passed.
func (s Situation) reopenOver() bool { return s.At.After(s.Issue.ClosedAt.AddDate(0, 0, ReopenDays)) }

// refusal tells a move that this person can never make here (Forbidden) from one that came too late or has nowhere to go
// (Conflict).
func (s Situation) refusal(a cadre.Actor, m Move) error {
	switch {
	case m == Reopen && s.Issue.State == Closed && s.reopenOver():
		return fault.Forbidden("issue.reopen_over", "days", ReopenDays)
	case m == Escalate && s.Issue.State == Declined && s.Issue.Raiser == a.CadreID && s.Issue.Appealed:
		return fault.Forbidden("issue.appealed")
	}
	late := false
	for _, r := range rules {
		if r.move != m || !s.is(a, r.by) {
			continue
		}
		if slices.Contains(r.from, s.Issue.State) {
			return fault.Conflict(nowhere[m])
		}
		late = true
	}
	if late {
		return fault.Conflict("issue.moved_on")
	}
	return fault.Forbidden("issue.not_yours")
}

// assignmentOf gives the assignment under which the actor makes the move; zero for a person who holds nothing on the
// path any more, such as a raiser who appeals.
func (s Situation) assignmentOf(a cadre.Actor, m Move) cadre.AssignmentID {
	action := cadre.Comment
	for _, r := range rules {
		if r.move == m && slices.Contains(r.from, s.Issue.State) && s.is(a, r.by) {
			switch r.by {
			case holder:
				action = cadre.DecideIssue
			case above:
				action = cadre.PullUpIssue
			case asked, confirmer, reopener, appellant, follower:
				action = cadre.Comment
			}
		}
	}
	g, ok := cadre.GrantFor(a, action, s.Issue.Object(s.Desks))
	if !ok {
		return 0
	}
	return g.AssignmentID
}

func leadsBut(d cadre.Desk, but cadre.ID) []cadre.ID {
	var ids []cadre.ID
	for _, h := range d.Leads {
		if h.CadreID != but {
			ids = append(ids, h.CadreID)
		}
	}
	return unique(ids)
}

// unique keeps the first of each id, in order.
func unique(ids []cadre.ID) []cadre.ID {
	var kept []cadre.ID
	for _, id := range ids {
		if id != 0 && !slices.Contains(kept, id) {
			kept = append(kept, id)
		}
	}
	return kept
}
