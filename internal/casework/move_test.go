package casework_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// moves is domain.md section 4 written down a second time: who may make which moves in which state, for an issue at the
// commune's desk whose raiser was transferred, so that the successor confirms.
var moves = map[casework.State]map[string]string{
	casework.New: {
		"holder": "acknowledge merge comment", "above": "pull_up comment",
	},
	casework.Acknowledged: {
		"holder": "start escalate send_down ask_info merge decline comment", "above": "pull_up comment",
	},
	casework.InProgress: {
		"holder": "start agency_answer resolve escalate send_down ask_info merge decline comment", "above": "pull_up comment",
	},
	casework.AwaitingInfo: {
		"holder": "comment", "above": "pull_up comment", "asked": "answer comment",
	},
	casework.Resolved: {
		"holder": "comment", "above": "comment", "confirmer": "confirm reopen comment",
	},
	casework.Closed: {
		"holder": "reopen comment", "above": "reopen comment", "asked": "reopen comment", "confirmer": "reopen comment",
		"follower": "reopen comment", "below": "reopen comment", "raiser": "reopen",
	},
	casework.Declined: {
		"holder": "comment", "above": "comment", "raiser": "escalate",
	},
	casework.Merged: {},
}

func TestEveryStateMoveAndRelation(t *testing.T) {
	all := append(without(seats(), supporter), seat{successor, hamlet, cadre.DistrictSupporter, cadre.DistrictTier, cadre.Support})
	people := map[string]cadre.ID{
		"holder": communeLead, "above": subregionLead, "raiser": supporter, "asked": caretaker, "confirmer": successor,
		"follower": watcher, "below": hamletLead, "neighbour": neighbour, "admin": admin, "stranger": stranger,
	}
	for _, state := range casework.States() {
		for relation, id := range people {
			want, said := moves[state][relation]
			if !said && state != casework.Merged && slices.Contains([]string{"asked", "confirmer", "follower", "below"}, relation) {
				want = "comment"
			}
			s, who := situation(all, state), actor(all, id)
			for _, m := range casework.Moves() {
				allowed := slices.Contains(s.Allowed(who), m)
				listed := slices.Contains(strings.Fields(want), string(m))
				if allowed != listed {
					t.Errorf("%s in %s, %s: got %v, want %v", m, state, relation, allowed, listed)
				}
				_, event, err := s.Apply(who, request(m))
				if (err == nil) != listed {
					t.Errorf("%s in %s, %s: got error %v, want allowed %v", m, state, relation, err, listed)
				}
				if err == nil && (event.Actor != id || event.FromState != state || event.Seq != 2) {
					t.Errorf("%s in %s, %s: got event %+v", m, state, relation, event)
				}
				if k := fault.KindOf(err); err != nil && k != fault.KindForbidden && k != fault.KindConflict {
					t.Errorf("%s in %s, %s: got %v, want forbidden or conflict", m, state, relation, err)
				}
			}
		}
	}
}

// request is a complete request of a move.
func request(m casework.Move) casework.Request {
	return casework.Request{
		Move: m, Reason: "because", Desk: hamlet, DueOn: territory.DayOf(noon).Add(7), Agency: "UBND", Asked: caretaker,
		Outcome: "paved", Evidence: "photo", Into: "BĐ-2020-000002", AnsweredOn: territory.DayOf(noon),
	}
}

func TestWhatAMoveLeavesBehind(t *testing.T) {
	type after struct {
		from  casework.State
		by    cadre.ID
		state casework.State
		desk  territory.LocalityID
	}
	for m, want := range map[casework.Move]after{
		casework.Acknowledge: {casework.New, communeLead, casework.Acknowledged, commune},
		casework.Start:       {casework.Acknowledged, communeLead, casework.InProgress, commune},
		casework.Escalate:    {casework.InProgress, communeLead, casework.New, subregion},
		casework.SendDown:    {casework.Acknowledged, communeLead, casework.New, hamlet},
		casework.PullUp:      {casework.New, districtLead, casework.Acknowledged, district},
		casework.AskInfo:     {casework.InProgress, communeLead, casework.AwaitingInfo, commune},
		casework.AnswerInfo:  {casework.AwaitingInfo, caretaker, casework.InProgress, commune},
		casework.Resolve:     {casework.InProgress, communeLead, casework.Resolved, commune},
		casework.Decline:     {casework.Acknowledged, communeLead, casework.Declined, commune},
		casework.Confirm:     {casework.Resolved, supporter, casework.Closed, commune},
		casework.Reopen:      {casework.Closed, watcher, casework.New, commune},
		casework.CommentOn:   {casework.Closed, watcher, casework.Closed, commune},
		casework.Merge:       {casework.New, communeLead, casework.Merged, commune},
		casework.AgencyReply: {casework.InProgress, communeLead, casework.InProgress, commune},
		casework.Conclude:    {casework.Closed, subregionLead, casework.Closed, commune},
	} {
		s := situation(seats(), want.from)
		got, event, err := s.Apply(actor(seats(), want.by), request(m))
		if err != nil {
			t.Fatalf("%s: %v", m, err)
		}
		if got.State != want.state || got.Desk != want.desk || got.Version != 2 {
			t.Errorf("%s: got %s at %d, version %d, want %s at %d, version 2", m, got.State, got.Desk, got.Version, want.state, want.desk)
		}
		if event.ToState != want.state || event.ToDesk != want.desk || event.FromDesk != commune || event.Assignment != cadre.AssignmentID(want.by) {
			t.Errorf("%s: got event %+v", m, event)
		}
		if got.State.Open() == !got.ClosedAt.IsZero() || (got.State == casework.Merged) != (got.MergedInto != uuid.Nil) || (got.State == casework.AwaitingInfo) != (got.Asked != 0) || got.State.Ticks() == got.DueAt.IsZero() {
			t.Errorf("%s: the issue contradicts itself: %+v", m, got)
		}
		if up := m == casework.Escalate || m == casework.PullUp; got.PassedDesk != up {
			t.Errorf("%s: got passed desk %v, want %v", m, got.PassedDesk, up)
		}
	}
}

func TestMissingWords(t *testing.T) {
	for m, fields := range map[casework.Move]string{
		casework.Start: "agency due_on", casework.Escalate: "reason", casework.SendDown: "reason desk due_on", casework.PullUp: "reason",
		casework.AskInfo: "reason asked", casework.AnswerInfo: "reason", casework.Resolve: "outcome evidence", casework.Decline: "reason",
		casework.Reopen: "reason", casework.CommentOn: "reason", casework.Acknowledge: "", casework.Confirm: "", casework.Merge: "into", casework.AgencyReply: "reason answered_on",
	} {
		for _, state := range casework.States() {
			for _, p := range seats() {
				s, who := situation(seats(), state), actor(seats(), p.id)
				if !slices.Contains(s.Allowed(who), m) || m == casework.Escalate && state == casework.Declined {
					continue
				}
				_, _, err := s.Apply(who, casework.Request{Move: m})
				var got []string
				if f := fault.As(err); f != nil {
					for _, field := range f.Fields {
						got = append(got, field.Name)
					}
				}
				if strings.Join(got, " ") != fields {
					t.Errorf("%s in %s: got fields %q, want %q", m, state, got, fields)
				}
			}
		}
	}
	long := request(casework.CommentOn)
	long.Reason = strings.Repeat("ơ", casework.MaxText+1)
	if _, _, err := situation(seats(), casework.New).Apply(actor(seats(), watcher), long); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("too long a comment: got %v, want invalid", err)
	}
	past := request(casework.Start)
	past.DueOn = territory.DayOf(noon).Add(-1)
	if _, _, err := situation(seats(), casework.Acknowledged).Apply(actor(seats(), communeLead), past); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("due date in the past: got %v, want invalid", err)
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	closedLong := situation(seats(), casework.Closed)
	closedLong.At = noon.AddDate(0, 0, casework.ReopenDays).Add(time.Minute)
	lastMoment := closedLong
	lastMoment.At = noon.AddDate(0, 0, casework.ReopenDays)
	appealed := situation(seats(), casework.Declined)
	appealed.Issue.Appealed = true
	atTop := situation(seats(), casework.Acknowledged)
	atTop.Issue.Desk = province
	atBottom := situation(seats(), casework.Acknowledged)
	atBottom.Issue.Desk = hamlet
	for name, c := range map[string]struct {
		s    casework.Situation
		by   cadre.ID
		move casework.Move
		key  string
	}{
		"too late to reopen":   {closedLong, watcher, casework.Reopen, "issue.reopen_over"},
		"just in time":         {lastMoment, watcher, casework.Reopen, ""},
		"appealed before":      {appealed, supporter, casework.Escalate, "issue.appealed"},
		"nobody above":         {atTop, provinceLead, casework.Escalate, "issue.no_desk_above"},
		"nobody below":         {atBottom, hamletLead, casework.SendDown, "issue.no_desk_below"},
		"acknowledged already": {situation(seats(), casework.Acknowledged), communeLead, casework.Acknowledge, "issue.moved_on"},
		"not the holder":       {situation(seats(), casework.New), watcher, casework.Acknowledge, "issue.not_yours"},
		"the software's move":  {situation(seats(), casework.New), communeLead, casework.PassVacant, "issue.not_yours"},
		"an unknown move":      {situation(seats(), casework.New), communeLead, "explode", "issue.not_yours"},
	} {
		_, _, err := c.s.Apply(actor(seats(), c.by), request(c.move))
		key := ""
		if f := fault.As(err); f != nil {
			key = f.Key
		}
		if key != c.key {
			t.Errorf("%s: got %q, want %q", name, key, c.key)
		}
	}
}

func TestADeclinedIssueGoesUpOnce(t *testing.T) {
	s := situation(seats(), casework.Declined)
	raiser := actor(seats(), supporter)
	next, event, err := s.Apply(raiser, request(casework.Escalate))
	if err != nil || next.Desk != subregion || !next.Appealed || !next.ClosedAt.IsZero() || event.FromState != casework.Declined {
		t.Fatalf("first appeal: got %+v, %v", next, err)
	}
	next.State, next.ClosedAt = casework.Declined, noon
	s.Issue = next
	if slices.Contains(s.Allowed(raiser), casework.Escalate) {
		t.Error("second appeal: got allowed, want refused")
	}
}

func TestAQuestionNobodyCanAnswerGoesBackToTheHolder(t *testing.T) {
	all := without(seats(), caretaker)
	s := situation(all, casework.AwaitingInfo)
	if !slices.Contains(s.Allowed(actor(all, communeLead)), casework.AnswerInfo) {
		t.Error("holder, the asked one is gone: got refused, want allowed")
	}
	if slices.Contains(s.Allowed(actor(all, watcher)), casework.AnswerInfo) {
		t.Error("follower, the asked one is gone: got allowed, want refused")
	}
}
