package app_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// lapse lets the clock work at an instant and gives how many issues moved.
func (s *stage) lapse(at time.Time) int {
	s.Helper()
	s.setClock(at)
	n, err := s.app.LapseIssues(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return n
}

// friday is the Friday after monday, by when 24 working hours (bức xúc) and 40 (thường) have passed.
func friday(hour int) time.Time { return time.Date(2020, 3, 6, hour, 0, 0, 0, territory.Zone) }

func TestAnIssueLapsesUpToTheTop(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge()) // pressing, on Monday at 9:00: due on Thursday at 9:00
	for _, step := range []struct {
		at    time.Time
		moved int
		desk  string
	}{
		{monday.AddDate(0, 0, 3).Add(-time.Minute), 0, "Xã Châu Hưng"},
		{monday.AddDate(0, 0, 3), 1, "Tiểu vùng I"},
		{monday.AddDate(0, 0, 3).Add(time.Minute), 0, "Tiểu vùng I"},
		{time.Date(2020, 3, 10, 3, 0, 0, 0, territory.Zone), 0, "Tiểu vùng I"}, // due on Tuesday at 9:00, and it is night
		{time.Date(2020, 3, 10, 9, 0, 0, 0, territory.Zone), 1, "Huyện Bình Đại"},
		{time.Date(2020, 3, 13, 9, 0, 0, 0, territory.Zone), 1, "Tỉnh Bến Tre"},
		{time.Date(2020, 3, 18, 9, 0, 0, 0, territory.Zone), 1, "Tỉnh Bến Tre"}, // marked
		{time.Date(2020, 3, 19, 9, 0, 0, 0, territory.Zone), 0, "Tỉnh Bến Tre"},
	} {
		if got := s.lapse(step.at); got != step.moved {
			t.Errorf("%v: got %d moved, want %d", step.at, got, step.moved)
		}
		if v := s.issue("tinhuy", id); v.Desk.Name != step.desk {
			t.Errorf("%v: got at %s, want %s", step.at, v.Desk.Name, step.desk)
		}
	}
	v := s.issue("tinhuy", id)
	if last := v.Events[len(v.Events)-1]; last.Move != casework.MarkOverdue || last.ActorName != "" || !v.Issue.Overdue(s.clock()) || !v.Issue.PassedDesk {
		t.Errorf("got the last event %s by %q", last.Move, last.ActorName)
	}
	s.work()
	s.wantTold("issue.lapse", "bithu", "cbhuyen", "cbhuyen", "cbhuyen", "huyenuy", "huyenuy", "tieuvung1", "tieuvung1", "tinhuy")
	s.wantTold("issue.overdue", "cbhuyen", "tinhuy")
	s.wantTold("issue.warn", "bithu") // a minute before the time was up; the others were late without a look in between
	s.history()
}

func TestADeskIsRemindedOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.raise("cbhuyen", s.bridge()) // 19.2 of 24 working hours have passed on Wednesday at 12:12
	s.lapse(monday.AddDate(0, 0, 2).Add(time.Hour))
	s.wantTold("issue.warn")
	for range 3 {
		s.lapse(monday.AddDate(0, 0, 2).Add(7 * time.Hour))
		s.wantTold("issue.warn", "bithu")
	}
}

func TestSilenceClosesWhatWasResolved(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	for _, m := range []casework.Move{casework.Acknowledge, casework.Start, casework.Resolve} {
		s.move("bithu", id, s.request(m))
	}
	if n := s.lapse(time.Date(2020, 3, 16, 16, 59, 0, 0, territory.Zone)); n != 0 {
		t.Errorf("on the tenth working day: got %d closed", n)
	}
	if n := s.lapse(time.Date(2020, 3, 17, 7, 0, 0, 0, territory.Zone)); n != 1 {
		t.Errorf("on the eleventh: got %d closed", n)
	}
	if v := s.issue("cbhuyen", id); v.Issue.State != casework.Closed || v.Events[len(v.Events)-1].Move != casework.CloseSilent || v.May(casework.Reopen) == nil {
		t.Errorf("got %s", v.Issue.State)
	}
	s.work()
	s.wantTold("issue.close_silent", "bithu", "cbhuyen")
	s.history()
}

// Many runners at once, and a person who decides in the same second: one of them wins, whole.
func TestLapseAgainstRunnersAndAPerson(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var ids []uuid.UUID
	for range 12 {
		id := s.raise("cbhuyen", s.bridge())
		s.move("bithu", id, s.request(casework.Acknowledge))
		ids = append(ids, id)
	}
	secretary := s.as("bithu")
	s.setClock(friday(9))
	var group sync.WaitGroup
	moved := make([]int, 4)
	for i := range moved {
		group.Go(func() {
			n, err := s.app.LapseIssues(t.Context())
			if err != nil {
				t.Error(err)
			}
			moved[i] = n
		})
	}
	won := make([]bool, len(ids))
	for i, id := range ids {
		group.Go(func() {
			err := s.app.Move(t.Context(), secretary, sending(), id, 2, s.request(casework.Start))
			won[i] = err == nil
			if k := fault.KindOf(err); err != nil && k != fault.KindConflict && k != fault.KindForbidden {
				t.Errorf("the person's move: %v", err)
			}
		})
	}
	group.Wait()
	lapses := int(s.number(`SELECT count(*) FROM issue_events WHERE move = 'lapse'`))
	if sum := moved[0] + moved[1] + moved[2] + moved[3]; sum != lapses || lapses != len(ids) {
		t.Errorf("the runners say %d, the events %d, want %d: once each, before or after the person", sum, lapses, len(ids))
	}
	for i, id := range ids {
		started := s.number(`SELECT count(*) FROM issue_events WHERE issue_id = $1 AND move = 'start'`, id) == 1
		if started != won[i] {
			t.Errorf("issue %d: told the person %v, kept %v", i, won[i], started)
		}
	}
	s.history()
}
