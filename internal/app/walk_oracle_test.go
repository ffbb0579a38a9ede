package app_test

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// This file is domain.md section 4 written down again, for the random walks: what an issue may become by whom, and how its clocks stand. It
// calls none of the rules under test.

// The desks of the way from the hamlet upward, as indexes.
const (
	atGroup = iota - 1
	atHamlet
	atCommune
	atSubregion
	atDistrict
	atProvince
)

// walkSeat is a post on the way of the issues with the one who holds it. Everybody of the walk has one seat.
type walkSeat struct {
	login      string
	post       string
	capability string
	level      int // of its place
	person     cadre.ID
	assignment cadre.AssignmentID
	held       bool
}

// ideal is an issue as it must be after its events.
type ideal struct {
	id         uuid.UUID
	severity   casework.Severity
	group      bool // raised at the group, not at the hamlet
	raiser     string
	raisedPost string

	state    string
	desk     int
	asked    string
	resume   string
	resolver string
	appealed bool
	passed   bool
	version  int
	lastMove int // the event that was no comment

	arrived, acknowledgeBy, due, warn, firstWarn, lapsed, confirmBy, closed time.Time

	left time.Duration
}

func (i ideal) open() bool {
	return i.state != "closed" && i.state != "declined" && i.state != "merged"
}
func (i ideal) ticks() bool {
	return slices.Contains([]string{"new", "acknowledged", "in_progress"}, i.state)
}

// wish is what somebody asks for.
type wish struct {
	who  string
	seen int // the version of the issue
	casework.Request
	into *ideal // the issue to merge with, as it is then
}

// accepted stands for an answer without a fault.
const accepted = fault.Kind(-1)

// cast is everybody of the walk as they are seated now.
type cast struct {
	seats   []walkSeat
	desks   [5]territory.LocalityID
	minutes minuteClock
}

func (c *cast) seat(login string) *walkSeat {
	for n := range c.seats {
		if c.seats[n].login == login {
			return &c.seats[n]
		}
	}
	return nil
}

func (c *cast) loginOf(id cadre.ID) string {
	for _, s := range c.seats {
		if s.person == id {
			return s.login
		}
	}
	return ""
}

func (c *cast) deskOf(id territory.LocalityID) int { return slices.Index(c.desks[:], id) }

// holds tells whether somebody has a post on the way.
func (c *cast) holds(i ideal, login string) bool {
	s := c.seat(login)
	return s != nil && s.held && (s.level > atGroup || i.group)
}

func (c *cast) reads(i ideal, login string) bool { return c.holds(i, login) || login == i.raiser }

func (c *cast) leads(login string, desk int) bool {
	s := c.seat(login)
	return s != nil && s.held && s.capability == "lead" && s.level == desk
}

func (c *cast) vacant(desk int) bool {
	return !slices.ContainsFunc(c.seats, func(s walkSeat) bool { return c.leads(s.login, desk) })
}

// above gives the next desk with a lead strictly above.
func (c *cast) above(desk int) (int, bool) {
	for d := desk + 1; d <= atProvince; d++ {
		if !c.vacant(d) {
			return d, true
		}
	}
	return 0, false
}

// upward gives the desk itself, or the next one above with a lead, or else the highest with a lead.
func (c *cast) upward(desk int) (int, bool) {
	if d, ok := c.above(desk - 1); ok {
		return d, true
	}
	for d := atProvince; d >= atHamlet; d-- {
		if !c.vacant(d) {
			return d, true
		}
	}
	return 0, false
}

func (c *cast) below(desk int) []int {
	var list []int
	for d := desk - 1; d >= atHamlet; d-- {
		if !c.vacant(d) {
			list = append(list, d)
		}
	}
	return list
}

// confirmers may say that a resolved issue is really solved.
func (c *cast) confirmers(i ideal) []string {
	if i.raiser != i.resolver && c.holds(i, i.raiser) {
		return []string{i.raiser}
	}
	var successors, supporters, belows []string
	for _, s := range c.seats {
		if !c.holds(i, s.login) || s.login == i.resolver {
			continue
		}
		if s.post == i.raisedPost && i.raiser != i.resolver { // every post of the walk is at one place
			successors = append(successors, s.login)
		}
		if s.capability == "support" {
			supporters = append(supporters, s.login)
		}
	}
	if len(successors) > 0 {
		return successors
	}
	if len(supporters) > 0 {
		return supporters
	}
	for d := i.desk - 1; d >= atHamlet && len(belows) == 0; d-- {
		for _, s := range c.seats {
			if c.leads(s.login, d) && s.login != i.resolver {
				belows = append(belows, s.login)
			}
		}
	}
	return belows
}

// candidates can be asked for information.
func (c *cast) candidates(i ideal, asker string) []string {
	var list []string
	for _, s := range c.seats {
		if s.login != asker && c.holds(i, s.login) {
			list = append(list, s.login)
		}
	}
	return list
}

// walkRight is a move that somebody of a relation may make in some states.
type walkRight struct {
	move, states, relation string
}

var walkRights = []walkRight{
	{"acknowledge", "new", "holder"},
	{"start", "acknowledged in_progress", "holder"},
	{"escalate", "acknowledged in_progress", "holder"},
	{"escalate", "declined", "appellant"},
	{"send_down", "acknowledged in_progress", "holder"},
	{"ask_info", "acknowledged in_progress", "holder"},
	{"answer", "awaiting_info", "asked"},
	{"resolve", "in_progress", "holder"},
	{"decline", "acknowledged in_progress", "holder"},
	{"pull_up", "new acknowledged in_progress awaiting_info", "above"},
	{"confirm", "resolved", "confirmer"},
	{"reopen", "resolved", "confirmer"},
	{"reopen", "closed", "reopener"},
	{"merge", "new acknowledged in_progress", "holder"},
	{"agency_answer", "in_progress", "holder"},
	{"comment", "new acknowledged in_progress awaiting_info resolved closed declined", "follower"},
}

const reopenTime = 90 * 24 * time.Hour

func (c *cast) is(i ideal, login, relation string, at time.Time) bool {
	switch relation {
	case "holder":
		return c.leads(login, i.desk)
	case "above":
		s := c.seat(login)
		return s != nil && s.held && s.capability == "lead" && s.level > i.desk
	case "asked":
		return i.asked != "" && (i.asked == login || !c.holds(i, i.asked) && c.leads(login, i.desk))
	case "confirmer":
		return slices.Contains(c.confirmers(i), login)
	case "reopener": // of whatever has ended
		return !i.closed.IsZero() && !at.After(i.closed.Add(reopenTime)) && c.reads(i, login)
	case "appellant":
		return login == i.raiser && !i.appealed
	case "follower":
		return c.holds(i, login)
	}
	return false
}

// may tells whether somebody may make a move, if it has somewhere to go.
func (c *cast) may(i ideal, login, move string, at time.Time) bool {
	return slices.ContainsFunc(walkRights, func(r walkRight) bool {
		return r.move == move && slices.Contains(strings.Fields(r.states), i.state) && c.is(i, login, r.relation, at)
	})
}

// goes tells whether a move has somewhere to go.
func (c *cast) goes(i ideal, login, move string) bool {
	ok := true
	switch move {
	case "escalate":
		_, ok = c.above(i.desk)
	case "reopen":
		_, ok = c.upward(i.desk)
	case "send_down":
		ok = len(c.below(i.desk)) > 0
	case "ask_info":
		ok = len(c.candidates(i, login)) > 0
	}
	return ok
}

// offers lists the moves that the page offers somebody.
func (c *cast) offers(i ideal, login string, at time.Time) []string {
	var list []string
	for _, m := range casework.Moves() {
		if c.reads(i, login) && c.may(i, login, string(m), at) && c.goes(i, login, string(m)) && !slices.Contains(list, string(m)) {
			list = append(list, string(m))
		}
	}
	return list
}

// judge answers a wish as domain.md does, on an issue of this state at an instant.
func (c *cast) judge(i ideal, w wish, at time.Time) fault.Kind {
	move := string(w.Move)
	switch {
	case !c.reads(i, w.who):
		return fault.KindNotFound
	case move != "comment" && (w.seen < i.lastMove || w.seen > i.version):
		return fault.KindConflict
	case !c.may(i, w.who, move, at):
		return c.refusal(i, w.who, move, at)
	case !c.goes(i, w.who, move):
		return fault.KindConflict
	case !c.complete(i, w, at):
		return fault.KindInvalid
	}
	return accepted
}

// refusal tells a move that came too late from one that was never theirs.
func (c *cast) refusal(i ideal, login, move string, at time.Time) fault.Kind {
	if move == "reopen" && i.state == "closed" || move == "escalate" && i.state == "declined" && login == i.raiser && i.appealed {
		return fault.KindForbidden
	}
	for _, r := range walkRights {
		if r.move == move && c.is(i, login, r.relation, at) {
			return fault.KindConflict
		}
	}
	return fault.KindForbidden
}

// complete tells whether a wish has all the words that its move needs.
func (c *cast) complete(i ideal, w wish, at time.Time) bool {
	if slices.Contains([]string{"escalate", "send_down", "pull_up", "ask_info", "answer", "decline", "reopen", "comment", "agency_answer"}, string(w.Move)) && w.Reason == "" {
		return false
	}
	today := territory.DayOf(at)
	due := !w.DueOn.IsZero() && !w.DueOn.Before(today) && !w.DueOn.After(today.Add(5*366))
	ok := utf8.RuneCountInString(w.Reason) <= 10000
	switch string(w.Move) {
	case "start":
		ok = ok && w.Agency != "" && utf8.RuneCountInString(w.Agency) <= 200 && due
	case "send_down":
		ok = ok && slices.Contains(c.below(i.desk), c.deskOf(w.Desk)) && due
	case "ask_info":
		ok = ok && slices.Contains(c.candidates(i, w.who), c.loginOf(w.Asked))
	case "merge":
		ok = ok && w.into != nil && c.reads(*w.into, w.who) && w.into.id != i.id && w.into.open()
	case "agency_answer":
		ok = ok && !w.AnsweredOn.IsZero() && !w.AnsweredOn.After(today)
	case "resolve":
		ok = ok && w.Outcome != "" && w.Evidence != ""
	}
	return ok
}
