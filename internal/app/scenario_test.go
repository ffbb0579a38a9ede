package app_test

import (
	"testing"
	"time"

	"banam/internal/casework"
	"banam/internal/territory"
)

// TestUrgentBeforeTet raises an urgent matter at 16:00 on the last working day before Tết 2021 (9 February): its eight working hours are one on
// that day and seven on the first one after the holiday, and nobody is reminded, nor does it move, in between.
func TestUrgentBeforeTet(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2021, month, day, hour, minute, 0, 0, territory.Zone)
	}
	s.setClock(at(2, 9, 16, 0))
	in := s.bridge()
	in.Severity = casework.Urgent
	id := s.raise("cbhuyen", in)
	if due := s.issue("bithu", id).Issue.DueAt; !due.Equal(at(2, 17, 16, 0)) {
		t.Fatalf("due: got %v, want 17 February at 16:00", due.In(territory.Zone))
	}
	for day := 10; day <= 16; day++ {
		if n := s.lapse(at(2, day, 10, 0)); n != 0 {
			t.Errorf("on %d February: got %d moved", day, n)
		}
	}
	s.wantTold("issue.warn")
	s.lapse(at(2, 17, 14, 30)) // 6.5 of 8 hours have passed
	s.wantTold("issue.warn", "bithu")
	if n := s.lapse(at(2, 17, 16, 0)); n != 1 || s.issue("tinhuy", id).Desk.Name != "Tiểu vùng I" {
		t.Errorf("when the time was up: got %d moved to %s", n, s.issue("tinhuy", id).Desk.Name)
	}
	s.history()
}

// TestARaiserWhoWasTransferred: the successor confirms, and the raiser, who holds nothing there any more, keeps reading what they wrote and is
// told how it ends.
func TestARaiserWhoWasTransferred(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	for _, m := range []casework.Move{casework.Acknowledge, casework.Start} {
		s.move("bithu", id, s.request(m))
	}
	successor := s.number(`INSERT INTO cadres (full_name, tier) VALUES ('Lê Thị Kế', 'district') RETURNING id`)
	s.exec(`INSERT INTO accounts (cadre_id, login, password_hash) VALUES ($1, 'kenhiem', 'x')`, successor)
	s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period)
		SELECT $1, post_id, locality_id, level, daterange($2, NULL) FROM assignments WHERE cadre_id = $3`, successor, territory.DayOf(monday).Add(1), s.as("cbhuyen").CadreID)
	s.exec(`UPDATE assignments SET period = daterange(lower(period), $1) WHERE cadre_id = $2`, territory.DayOf(monday).Add(1), s.as("cbhuyen").CadreID)
	s.setClock(monday.AddDate(0, 0, 1))
	s.move("bithu", id, s.request(casework.Resolve))
	if v := s.issue("kenhiem", id); v.May(casework.Confirm) == nil || len(v.WaitsFor) != 1 || v.WaitsFor[0].Name != "Lê Thị Kế" {
		t.Errorf("the successor: got %+v, waiting for %+v", v.Moves, v.WaitsFor)
	}
	if v := s.issue("cbhuyen", id); v.May(casework.Confirm) != nil || v.Issue.State != casework.Resolved {
		t.Errorf("the raiser who left: got %+v", v.Moves)
	}
	s.move("kenhiem", id, s.request(casework.Confirm))
	s.work()
	s.wantTold("issue.confirm", "bithu", "cbhuyen")
	s.history()
}
