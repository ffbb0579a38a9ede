package app_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// committee is a complete meeting of the district's committee in a week.
func (s *stage) committee() app.MeetingInput {
	return app.MeetingInput{
		MeetingInput: casework.MeetingInput{Title: "Hội nghị tháng 3", Place: "Phòng họp 1", Day: territory.DayOf(s.clock()).Add(7).String(), Hour: "08:30"},
		Desk:         s.place("Huyện Bình Đại"),
	}
}

func (s *stage) meet(login string, in app.MeetingInput, issues ...uuid.UUID) uuid.UUID {
	s.Helper()
	id, err := s.app.AddMeeting(s.Context(), s.as(login), sending(), in, issues)
	if err != nil {
		s.Fatalf("making a meeting as %s: %v", login, err)
	}
	return id
}

func (s *stage) meeting(login string, id uuid.UUID) app.MeetingView {
	s.Helper()
	v, err := s.app.Meeting(s.Context(), s.as(login), id)
	if err != nil {
		s.Fatalf("reading the meeting as %s: %v", login, err)
	}
	return v
}

// TestAMeetingFromAgendaToOutcome walks a meeting: issues picked by the district and by a member, ordered, concluded on all at once, and what
// became of it.
func TestAMeetingFromAgendaToOutcome(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first, second := s.raise("cbhuyen", s.bridge()), s.raise("cbhuyen", s.bridge())
	id := s.meet("huyenuy", s.committee(), first)
	if err := s.app.AddToMeeting(t.Context(), s.as("tieuvung1"), sending(), id, []uuid.UUID{second, first, uuid.New()}); err != nil {
		t.Fatal(err)
	}
	v := s.meeting("huyenuy", id)
	if len(v.Items) != 2 || v.Items[0].ID != first || !v.Mine || v.At.In(territory.Zone).Format("15:04") != "08:30" {
		t.Fatalf("the agenda: got %+v", v)
	}
	if err := s.app.SaveAgenda(t.Context(), s.as("huyenuy"), sending(), id, v.Version, []casework.AgendaInput{{Issue: first, Position: 9, Minutes: 5}, {Issue: second, Position: 1, Minutes: 25}}); err != nil {
		t.Fatal(err)
	}
	v = s.meeting("huyenuy", id)
	if v.Items[0].ID != second || v.Begins[1].Sub(v.Begins[0]) != 25*time.Minute || v.Items[1].Position != 2 {
		t.Errorf("in its order: got %+v", v.Items)
	}
	s.setClock(monday.AddDate(0, 0, 8))
	due := territory.DayOf(s.clock()).Add(5)
	rows := []app.ConclusionInput{{Issue: first, Text: "Giao UBND xã sửa cầu", DueOn: due}, {Issue: second}}
	if err := s.app.Conclude(t.Context(), s.as("huyenuy"), sending(), id, v.Version, rows); err != nil {
		t.Fatal(err)
	}
	events := s.issue("cbhuyen", first).Events
	if e := events[len(events)-1]; e.Move != casework.Conclude || e.Reason != "Giao UBND xã sửa cầu" || e.Detail.Meeting != id || e.Detail.DueOn != due {
		t.Errorf("the thread: got %+v", e)
	}
	if err := s.app.DeliverIssueNotices(t.Context(), events[len(events)-1].ID); err != nil { // alone: the clock would move the issue on
		t.Fatal(err)
	}
	s.wantTold("issue.conclude", "bithu", "cbhuyen", "cbtinh", "dangvien", "huyenuyvien")
	count := func(login string, state app.ConclusionState) int {
		items, _, err := s.app.Conclusions(t.Context(), s.as(login), state, app.ListPage{Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		return len(items)
	}
	if count("huyenuy", app.ConclusionOpen) != 1 || count("huyenuy", app.ConclusionLate) != 0 || count("tieuvung2", "") != 0 || count("tieuvung1", "") != 1 {
		t.Error("conclusions: got others than the one that is being done")
	}
	s.setClock(s.clock().AddDate(0, 0, 6))
	if count("huyenuy", app.ConclusionLate) != 1 {
		t.Error("after its day: got none late")
	}
	for _, m := range []casework.Move{casework.Acknowledge, casework.Start, casework.Resolve} {
		s.move("bithu", first, s.request(m))
	}
	s.move("cbhuyen", first, s.request(casework.Confirm))
	if count("huyenuy", app.ConclusionDone) != 1 || count("huyenuy", app.ConclusionOpen) != 0 {
		t.Error("once the issue has ended: got it still open")
	}
	s.history()
}

func TestMeetingRefusals(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	mine, foreign := s.raise("cbhuyen", s.bridge()), s.elsewhere()
	id := s.meet("huyenuy", s.committee(), mine, foreign)
	for name, in := range map[string]casework.MeetingInput{
		"title": {Day: "2020-03-09", Hour: "08:00"}, "day": {Title: "Họp", Day: "2030-01-01", Hour: "08:00"}, "hour": {Title: "Họp", Day: "2020-03-09", Hour: "25:00"},
		"place": {Title: "Họp", Day: "2020-03-09", Hour: "08:00", Place: strings.Repeat("ơ", casework.MaxTitle+1)},
	} {
		_, err := s.app.AddMeeting(t.Context(), s.as("huyenuy"), sending(), app.MeetingInput{MeetingInput: in, Desk: s.place("Huyện Bình Đại")}, nil)
		if got := fieldsOf(err); !slices.Equal(got, []string{name}) {
			t.Errorf("%s: got fields %v", name, got)
		}
	}
	_, err := s.app.AddMeeting(t.Context(), s.as("tieuvung1"), sending(), s.committee(), nil)
	if got := fieldsOf(err); !slices.Equal(got, []string{"desk"}) {
		t.Errorf("a meeting of another desk: got %v", got)
	}
	// A sub-region's member sees of the district's agenda only what lies in the own sub-region, and orders nothing.
	if v := s.meeting("tieuvung1", id); len(v.Items) != 1 || v.Items[0].ID != mine || v.MeetingPage.Meeting.Items != 1 || v.Mine {
		t.Errorf("a member: got %d items of %d", len(v.Items), v.MeetingPage.Meeting.Items)
	}
	member, seen := s.as("tieuvung1"), s.meeting("huyenuy", id).Version
	wantKind(t, "a member concludes", s.app.Conclude(t.Context(), member, sending(), id, seen, []app.ConclusionInput{{Issue: mine, Text: "x"}}), fault.KindForbidden, "meeting.not_yours")
	wantKind(t, "a member edits", s.app.EditMeeting(t.Context(), member, sending(), id, seen, s.committee()), fault.KindForbidden, "meeting.not_yours")
	if err := s.app.SaveAgenda(t.Context(), member, sending(), id, seen, []casework.AgendaInput{{Issue: foreign, Remove: true}, {Issue: mine, Position: 7, Minutes: 99}}); err != nil {
		t.Fatal(err)
	}
	if v := s.meeting("huyenuy", id); len(v.Items) != 2 || v.Items[0].Minutes != casework.UsualMinutes {
		t.Errorf("after a member tried to take off a foreign issue and to change the time: got %+v", v.Items)
	}
	for _, who := range []string{"bithu", "dangvien"} {
		_, err := s.app.Meeting(t.Context(), s.as(who), id)
		wantKind(t, who+" reads", err, fault.KindNotFound, "")
		wantKind(t, who+" adds", s.app.AddToMeeting(t.Context(), s.as(who), sending(), id, []uuid.UUID{mine}), fault.KindNotFound, "")
	}
	_, err = s.app.Meetings(t.Context(), s.as("cbhuyen"), app.ListPage{Limit: 5})
	wantKind(t, "who leads nothing", err, fault.KindForbidden, "")

	seen = s.meeting("huyenuy", id).Version
	lead := s.as("huyenuy")
	wantKind(t, "nothing typed", s.app.Conclude(t.Context(), lead, sending(), id, seen, []app.ConclusionInput{{Issue: mine}}), fault.KindConflict, "meeting.nothing_concluded")
	err = s.app.Conclude(t.Context(), lead, sending(), id, seen, []app.ConclusionInput{{Issue: mine, Text: "được"}, {Issue: foreign, DueOn: territory.DayOf(monday)}})
	if got := fieldsOf(err); !slices.Equal(got, []string{"conclusion_" + foreign.String()}) {
		t.Errorf("a day without words: got %v", got)
	}
	if n := s.number(`SELECT count(*) FROM issue_events WHERE move = 'conclude'`); n != 0 {
		t.Errorf("one row was wrong, and %d were kept", n)
	}
	if err := s.app.CancelMeeting(t.Context(), lead, sending(), id, seen); err != nil {
		t.Fatal(err)
	}
	wantKind(t, "after it was cancelled", s.app.AddToMeeting(t.Context(), lead, sending(), id, []uuid.UUID{mine}), fault.KindConflict, "meeting.is_cancelled")
}

// TestConcludeAgainstADecision lets the committee conclude while the secretary decides, and two people conclude at once: nothing is lost.
func TestConcludeAgainstADecision(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	lead, secretary := s.as("huyenuy"), s.as("bithu")
	for round := range 20 {
		issue := s.raise("cbhuyen", s.bridge())
		id := s.meet("huyenuy", s.committee(), issue)
		var errs [3]error
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				errs[i] = s.app.Conclude(t.Context(), lead, sending(), id, 1, []app.ConclusionInput{{Issue: issue, Text: "Giao xã"}})
			})
		}
		wg.Go(func() {
			errs[2] = s.app.Move(t.Context(), secretary, sending(), issue, 1, s.request(casework.Acknowledge))
		})
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("round %d: two who conclude at once: got %v and %v, want one", round, errs[0], errs[1])
		}
		if k := fault.KindOf(errs[2]); errs[2] != nil && k != fault.KindConflict {
			t.Fatalf("round %d: the decision: got %v", round, errs[2])
		}
		if n := s.number(`SELECT count(*) FROM issue_events WHERE issue_id = $1 AND move = 'conclude'`, issue); n != 1 {
			t.Fatalf("round %d: got %d conclusions in the thread", round, n)
		}
	}
	s.history()
}
