package app_test

import (
	"testing"

	"banam/internal/casework"
	"banam/internal/fault"
)

func TestAVacantDeskPassesUpward(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	held, settled := s.raise("cbhuyen", s.bridge()), s.raise("cbhuyen", s.bridge())
	for _, m := range []casework.Move{casework.Acknowledge, casework.Start, casework.Resolve} {
		s.move("bithu", settled, s.request(m))
	}
	s.vacate(s.place("Xã Châu Hưng"))
	for round, want := range []int{2, 0} {
		if n, err := s.app.PassVacantDesks(t.Context()); n != want || err != nil {
			t.Errorf("round %d: got %d passed on, %v, want %d", round, n, err, want)
		}
	}
	v := s.issue("tieuvung1", held)
	last := v.Events[len(v.Events)-1]
	if v.Desk.Name != "Tiểu vùng I" || v.Issue.State != casework.New || last.Move != casework.PassVacant || last.ActorName != "" ||
		len(last.VacantNames) != 1 || last.VacantNames[0] != "Xã Châu Hưng" {
		t.Errorf("got %s at %s, event %+v", v.Issue.State, v.Desk.Name, last)
	}
	if v := s.issue("tieuvung1", settled); v.Desk.Name != "Tiểu vùng I" || v.Issue.State != casework.Resolved {
		t.Errorf("what waits for confirmation: got %s at %s", v.Issue.State, v.Desk.Name)
	}
	fresh := s.issue("tieuvung1", s.raise("cbhuyen", s.bridge()))
	if fresh.Desk.Name != "Tiểu vùng I" || fresh.Events[0].Detail.Direct || len(fresh.Events[0].VacantNames) != 1 {
		t.Errorf("raised at a vacant desk: got %s, event %+v", fresh.Desk.Name, fresh.Events[0])
	}
	s.work()
	s.wantTold("issue.pass_vacant", "cbhuyen", "cbhuyen", "tieuvung1", "tieuvung1")
	s.wantTold("issue.vacant")
	s.history()
}

func TestNobodyAtAllIsToldToAdministratorsOnceADay(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	s.vacate(s.place("Ấp Hưng Chánh"), s.place("Xã Châu Hưng"), s.place("Tiểu vùng I"), s.place("Huyện Bình Đại"), s.place("Tỉnh Bến Tre"))
	for range 3 {
		if n, err := s.app.PassVacantDesks(t.Context()); n != 0 || err != nil {
			t.Errorf("got %d passed on, %v, want none", n, err)
		}
	}
	s.wantTold("issue.vacant", "admin")
	if v := s.issue("cbhuyen", id); v.Desk.Name != "Xã Châu Hưng" || len(v.WaitsFor) != 0 || v.Issue.Version != 1 {
		t.Errorf("got at %s, waiting for %v, version %d", v.Desk.Name, v.WaitsFor, v.Issue.Version)
	}
	s.setClock(monday.AddDate(0, 0, 1))
	if _, err := s.app.PassVacantDesks(t.Context()); err != nil {
		t.Error(err)
	}
	s.wantTold("issue.vacant", "admin", "admin")
	if n := s.number(`SELECT count(*) FROM notices WHERE kind = 'issue.vacant' AND (args ? 'title' OR issue_id IS NOT NULL)`); n != 0 {
		t.Errorf("administrators see numbers only: got %d notices with more", n)
	}
}

func TestAVacantTopKeepsTheIssueAtTheHighestDeskWithALead(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	in := s.bridge()
	in.Desk = s.place("Tiểu vùng I")
	id := s.raise("cbhuyen", in)
	s.vacate(s.place("Tiểu vùng I"), s.place("Huyện Bình Đại"), s.place("Tỉnh Bến Tre"))
	if n, err := s.app.PassVacantDesks(t.Context()); n != 1 || err != nil {
		t.Fatalf("got %d passed on, %v, want 1", n, err)
	}
	if v := s.issue("bithu", id); v.Desk.Name != "Xã Châu Hưng" || v.Issue.PassedDesk || v.May(casework.Escalate) != nil {
		t.Errorf("got at %s, passed %v, moves %+v", v.Desk.Name, v.Issue.PassedDesk, v.Moves)
	}
	s.move("bithu", id, s.request(casework.Acknowledge))
	s.work()
	s.wantTold("issue.vacant", "admin")

	wantKind(t, "escalating to nobody", s.try("bithu", id, s.request(casework.Escalate)), fault.KindConflict, "issue.no_desk_above")
}
