package casework_test

import (
	"testing"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// on gives an hour of a day of the week that begins with Monday, 2 March 2020.
func on(day, hour, minute int) time.Time {
	return time.Date(2020, time.March, 1+day, hour, minute, 0, 0, territory.Zone)
}

func TestLapse(t *testing.T) {
	tests := []struct {
		name    string
		vacant  []cadre.ID // whose posts nobody holds
		state   casework.State
		due     time.Time
		at      time.Time
		want    casework.Move // empty for nothing
		desk    territory.LocalityID
		skipped int
	}{
		{"not yet", nil, casework.InProgress, on(2, 10, 0), on(2, 9, 59), "", commune, 0},
		{"to the next desk", nil, casework.InProgress, on(2, 10, 0), on(2, 10, 0), casework.Lapse, subregion, 0},
		{"past a vacant desk", []cadre.ID{subregionLead}, casework.New, on(2, 10, 0), on(2, 10, 1), casework.Lapse, district, 1},
		{"not at night", nil, casework.Acknowledged, on(2, 17, 0), on(2, 17, 1), "", commune, 0},
		{"the next morning", nil, casework.Acknowledged, on(2, 17, 0), on(3, 7, 0), casework.Lapse, subregion, 0},
		{"not on Sunday", nil, casework.Acknowledged, on(5, 17, 0), on(7, 9, 0), "", commune, 0},
		{"nobody above", []cadre.ID{subregionLead, districtLead, provinceLead}, casework.New, on(2, 10, 0), on(2, 10, 0), casework.MarkOverdue, commune, 0},
		{"the clock stands", nil, casework.AwaitingInfo, time.Time{}, on(40, 10, 0), "", commune, 0},
		{"closed", nil, casework.Closed, on(2, 10, 0), on(3, 10, 0), "", commune, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := situation(without(seats(), tt.vacant...), tt.state)
			s.Clock.Calendar, s.At, s.Issue.DueAt = weekdays(), tt.at, tt.due
			issue, event, ok := s.Lapse()
			if ok != (tt.want != "") || event.Move != tt.want {
				t.Fatalf("got %q (%v), want %q", event.Move, ok, tt.want)
			}
			if !ok {
				return
			}
			if issue.Desk != tt.desk || event.ToDesk != tt.desk || len(event.Detail.Vacant) != tt.skipped || event.Actor != 0 || issue.Version != 2 {
				t.Errorf("got desk %d after %d vacant by %d, version %d", issue.Desk, len(event.Detail.Vacant), event.Actor, issue.Version)
			}
			if tt.want == casework.Lapse && (issue.State != casework.New || !issue.PassedDesk || issue.DueAt.Before(tt.at.Add(39*time.Hour)) || issue.WarnAt.IsZero()) {
				t.Errorf("got %s due %v, want a new clock", issue.State, issue.DueAt)
			}
			s.Issue = issue
			if _, again, ok := s.Lapse(); ok {
				t.Errorf("a second time at once: got %s", again.Move)
			}
		})
	}
}

// What was resolved closes at the first working minute after the tenth working day, and not before.
func TestCloseAfterSilence(t *testing.T) {
	s := situation(seats(), casework.InProgress)
	s.Clock.Calendar, s.At = weekdays(), on(2, 10, 0)
	issue, _, err := s.Apply(actor(seats(), communeLead), casework.Request{Move: casework.Resolve, Outcome: "Đã sửa cống", Evidence: "Biên bản"})
	if err != nil {
		t.Fatal(err)
	}
	s.Issue = issue
	for _, at := range []time.Time{on(16, 16, 59), on(17, 0, 0), on(17, 6, 59)} {
		s.At = at
		if _, e, ok := s.Lapse(); ok {
			t.Fatalf("%v: got %s, want nothing yet", at, e.Move)
		}
	}
	s.At = on(17, 7, 0)
	closed, event, ok := s.Lapse()
	if !ok || event.Move != casework.CloseSilent || closed.State != casework.Closed || !closed.ClosedAt.Equal(s.At) {
		t.Fatalf("got %q in %s", event.Move, closed.State)
	}
	s.Issue = issue
	s.At = on(16, 9, 0)
	reopened, _, err := s.Apply(actor(seats(), supporter), casework.Request{Move: casework.Reopen, Reason: "Còn rò"})
	if err != nil || !reopened.ConfirmBy.IsZero() {
		t.Errorf("reopened: %v, closes by itself at %v", err, reopened.ConfirmBy)
	}
}

// A desk is reminded when four fifths of its time have passed; a stop of the clock moves the reminder.
func TestRemind(t *testing.T) {
	s := situation(seats(), casework.Acknowledged)
	s.Clock.Calendar, s.At = weekdays(), on(2, 7, 0)
	up, _, err := s.Apply(actor(seats(), communeLead), casework.Request{Move: casework.Escalate, Reason: "Vượt thẩm quyền"})
	if err != nil {
		t.Fatal(err)
	}
	if want := on(5, 17, 0); !up.WarnAt.Equal(want) { // 32 of 40 hours
		t.Fatalf("got the reminder at %v, want %v", up.WarnAt, want)
	}
	s.Issue = up
	for at, want := range map[time.Time]bool{on(5, 16, 59): false, on(5, 17, 0): false, on(6, 9, 0): false, on(8, 7, 0): true, on(8, 17, 0): false} {
		if s.At = at; s.Remind() != want {
			t.Errorf("%v: got %v, want %v", at, !want, want)
		}
	}
	waiting := situation(seats(), casework.AwaitingInfo) // 30 hours are left
	waiting.Clock.Calendar, waiting.At = weekdays(), on(2, 7, 0)
	answered, _, err := waiting.Apply(actor(seats(), caretaker), casework.Request{Move: casework.AnswerInfo, Reason: "Có 14 hộ"})
	if err != nil || !answered.WarnAt.Equal(on(4, 17, 0)) {
		t.Errorf("answered: %v, reminder at %v, want after 24 of 30 hours", err, answered.WarnAt)
	}
}
