// Package casework owns the work itself: field reports, issues with their states and moves, and the working clock. Its
// rules are pure functions over the people of a path, the clock and the thing itself (domain.md sections 3 and 4). It
// knows no database and no pages.
package casework

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// State is the state of an issue (domain.md section 4).
type State string

// The states of an issue.
const (
	New          State = "new"
	Acknowledged State = "acknowledged"
	InProgress   State = "in_progress"
	AwaitingInfo State = "awaiting_info"
	Resolved     State = "resolved"
	Closed       State = "closed"
	Declined     State = "declined"
	Merged       State = "merged" // into another issue, which goes on in its stead
)

// States lists all states in the order of an issue's life.
func States() []State {
	return []State{New, Acknowledged, InProgress, AwaitingInfo, Resolved, Closed, Declined, Merged}
}

// Open tells whether somebody still has to act: everything but closed, declined and merged.
func (s State) Open() bool { return s != Closed && s != Declined && s != Merged }

// Ticks tells whether the desk's clock runs in the state.
func (s State) Ticks() bool { return s == New || s == Acknowledged || s == InProgress }

// Severity says how pressing an issue is.
type Severity int

// The severities: thường, bức xúc, khẩn.
const (
	Normal   Severity = 1
	Pressing Severity = 2
	Urgent   Severity = 3
)

// Severities lists all severities, the mildest first.
func Severities() []Severity { return []Severity{Normal, Pressing, Urgent} }

// Valid tells whether s is a known severity.
func (s Severity) Valid() bool { return s >= Normal && s <= Urgent }

// ReopenDays is how long after its end an issue can be reopened (domain.md section 4).
const ReopenDays = 90

// Limits of an issue's texts, in characters.
const (
	MaxTitle = 200
	MaxText  = 10000
)

// Issue is a difficulty on its way to whoever can unblock it. Origin fields never change; the desk changes only by an
// event.
type Issue struct {
	ID          uuid.UUID
	Number      string // BĐ-2020-000123
	Title       string
	Description string
	Field       string // code of the field of work
	Severity    Severity
	Place       territory.Place
	Raiser      cadre.ID
	Assignment  cadre.AssignmentID // under which it was raised
	RaisedPost  string             // post code of that assignment
	RaisedAs    territory.LocalityID
	RaisedAt    time.Time

	State          State
	Desk           territory.LocalityID
	ArrivedAt      time.Time // at the present desk
	AcknowledgeBy  time.Time
	DueAt          time.Time     // zero while the clock stands
	Left           time.Duration // working time left while the clock stands
	WarnAt         time.Time     // when the desk is to be reminded; zero once it was, and while the clock stands
	LapsedAt       time.Time     // when the desk's time was up with nobody above to go to; zero before
	ConfirmBy      time.Time     // when a resolved issue closes by itself
	Asked          cadre.ID      // who owes information
	Resume         State         // where the answer leads back to
	Agency         string        // who works on it
	AgencyDue      territory.Day
	InstructionDue territory.Day // set by the desk that sent it down
	Resolver       cadre.ID
	Outcome        string
	Evidence       string
	Appealed       bool // the raiser has used the one escalation after a decline
	PassedDesk     bool // it has left a desk upward: a bottleneck
	Reopened       bool // it was said to be solved, and was not
	ClosedAt       time.Time
	MergedInto     uuid.UUID // the survivor of a merged issue; zero for any other
	Version        int
}

// Overdue tells whether the present desk is late.
func (i Issue) Overdue(now time.Time) bool {
	return i.State.Ticks() && !i.DueAt.IsZero() && now.After(i.DueAt)
}

// Object gives what the policy judges of the issue.
func (i Issue) Object(desks cadre.Desks) cadre.Object {
	o := cadre.Object{Place: i.Place, Author: i.Raiser, Desk: i.Desk}
	if d, ok := desks.Find(i.Desk); ok {
		o.DeskLevel = d.Locality.Level
	}
	return o
}

// Event is one move of an issue, never changed afterwards.
type Event struct {
	ID         uuid.UUID
	Seq        int
	Move       Move
	At         time.Time
	Actor      cadre.ID // zero where the software moved it
	Assignment cadre.AssignmentID
	FromState  State
	ToState    State
	FromDesk   territory.LocalityID // zero for the first event
	ToDesk     territory.LocalityID
	Reason     string
	Detail     Detail
}

// Detail is what a move carries besides its reason.
type Detail struct {
	Agency   string                 `json:"agency,omitempty"`
	DueOn    territory.Day          `json:"due_on,omitzero"`
	Asked    cadre.ID               `json:"asked,omitempty"`
	Outcome  string                 `json:"outcome,omitempty"`
	Evidence string                 `json:"evidence,omitempty"`
	Vacant   []territory.LocalityID `json:"vacant,omitempty"` // desks passed over because nobody leads them
	Direct   bool                   `json:"direct,omitempty"` // tier 2's direct line

	Other      uuid.UUID     `json:"other,omitzero"`       // the survivor of a merge, or what it absorbed
	AnsweredOn territory.Day `json:"answered_on,omitzero"` // when the agency answered
	Meeting    uuid.UUID     `json:"meeting,omitzero"`     // whose conclusion it is
	Mentioned  []cadre.ID    `json:"mentioned,omitempty"`  // whom a comment speaks to
}

// Clock is the working calendar with the deadlines of each level and severity.
type Clock struct {
	Calendar  Calendar
	Deadlines Deadlines
}

// Stop is one stay of an issue at a desk.
type Stop struct {
	Desk    territory.LocalityID
	Arrived Move // the move that brought it here
	From    time.Time
	To      time.Time     // now, for the present stop of an open issue
	Working time.Duration // working time of the stay
	Current bool
}

// Path gives the stays of an issue at its desks in order, from its events: the bottleneck of information made visible.
func Path(events []Event, calendar Calendar, now time.Time) []Stop {
	var stops []Stop
	for _, e := range events {
		last := len(stops) - 1
		switch {
		case last < 0 || stops[last].Desk != e.ToDesk:
			if last >= 0 && e.FromState.Open() {
				stops[last].To = e.At
			}
			stops = append(stops, Stop{Desk: e.ToDesk, Arrived: e.Move, From: e.At, To: now})
		case !e.ToState.Open() && e.FromState.Open():
			stops[last].To = e.At
		case e.ToState.Open() && !e.FromState.Open(): // back to the same desk after its end
			stops = append(stops, Stop{Desk: e.ToDesk, Arrived: e.Move, From: e.At, To: now})
		}
	}
	for i := range stops {
		stops[i].Working = calendar.Between(stops[i].From, stops[i].To)
	}
	if n := len(stops); n > 0 && events[len(events)-1].ToState.Open() {
		stops[n-1].Current = true
	}
	return stops
}

// RaiseOptions gives the desks at which a person may raise an issue of a place under a grant, the default one first
// (domain.md section 4, "Start"): below the commune the commune's desk, or the hamlet's for what the hamlet can settle; tier 2 also
// straight to the sub-region's member, or where a district has no sub-regions to the next desk above the commune; tier 1 at
// the commune or the province; a lead at the own desk or the next one up.
// Vacant desks are offered too: the issue passes upward from them and says why.
func RaiseOptions(g cadre.Grant, desks cadre.Desks) []cadre.Desk {
	commune, hasCommune := desks.AtLevel(territory.Commune)
	hamlet, hasHamlet := desks.AtLevel(territory.Hamlet)
	province, hasProvince := desks.AtLevel(territory.Province)
	var options []cadre.Desk
	add := func(d cadre.Desk, ok bool) {
		if ok {
			options = append(options, d)
		}
	}
	switch g.Post.Capability {
	case cadre.Support:
		add(commune, hasCommune)
		switch g.Post.Tier {
		case cadre.CommuneTier:
			add(hamlet, hasHamlet)
		case cadre.DistrictTier:
			add(directDesk(desks))
			add(hamlet, hasHamlet)
		case cadre.ProvinceTier:
			add(province, hasProvince)
		}
	case cadre.Watch:
		add(commune, hasCommune)
		add(directDesk(desks))
	case cadre.Lead:
		return leadOptions(g, desks)
	case cadre.Administer:
		return nil
	}
	if len(options) == 0 && len(desks) > 0 { // a place above the usual ones, such as a sub-region itself
		options = append(options, desks[0])
	}
	return options
}

// DirectLine tells whether a desk of the level, chosen under the grant, is tier 2's direct line past the commune
// (domain.md section 4).
func DirectLine(g cadre.Grant, level territory.Level) bool {
	return g.Post.Capability == cadre.Support && g.Post.Tier == cadre.DistrictTier && level.Above(territory.Commune)
}

// directDesk gives the desk right above the commune's, whatever its level.
func directDesk(desks cadre.Desks) (cadre.Desk, bool) {
	i := slices.IndexFunc(desks, func(d cadre.Desk) bool { return d.Locality.Level == territory.Commune })
	if i < 0 || i+1 >= len(desks) {
		return cadre.Desk{}, false
	}
	return desks[i+1], true
}

func leadOptions(g cadre.Grant, desks cadre.Desks) []cadre.Desk {
	i := desks.Index(g.Locality.ID)
	if i < 0 {
		return nil
	}
	return slices.Clone(desks[i:min(i+2, len(desks))])
}

// Bypassed gives the desks of the path below the receiving one whose people must be told at once when tier 2 uses its
// direct line (domain.md section 4).
func Bypassed(desks cadre.Desks, desk territory.LocalityID) []cadre.Desk {
	i := desks.Index(desk)
	if i < 0 {
		return nil
	}
	return desks[:i]
}
