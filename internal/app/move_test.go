package app_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// TestTheWholePath walks every move that a person can make and looks at the issue as its page shows it after each.
func TestTheWholePath(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	for n, step := range []struct {
		who   string
		move  casework.Move
		state casework.State
		desk  string
		told  string // one of those who are told
	}{
		{"bithu", casework.Acknowledge, casework.Acknowledged, "Xã Châu Hưng", "cbhuyen"},
		{"bithu", casework.SendDown, casework.New, "Ấp Hưng Chánh", "dangvien"},
		{"dangvien", casework.Acknowledge, casework.Acknowledged, "Ấp Hưng Chánh", "cbhuyen"},
		{"dangvien", casework.Escalate, casework.New, "Xã Châu Hưng", "bithu"},
		{"tieuvung1", casework.PullUp, casework.Acknowledged, "Tiểu vùng I", "bithu"},
		{"tieuvung1", casework.AskInfo, casework.AwaitingInfo, "Tiểu vùng I", "dangvien"},
		{"dangvien", casework.AnswerInfo, casework.Acknowledged, "Tiểu vùng I", "tieuvung1"},
		{"tieuvung1", casework.Start, casework.InProgress, "Tiểu vùng I", "cbhuyen"},
		{"huyenuyvien", casework.CommentOn, casework.InProgress, "Tiểu vùng I", "tieuvung1"},
		{"tieuvung1", casework.Resolve, casework.Resolved, "Tiểu vùng I", "cbhuyen"},
		{"cbhuyen", casework.Reopen, casework.New, "Tiểu vùng I", "tieuvung1"},
		{"tieuvung1", casework.Acknowledge, casework.Acknowledged, "Tiểu vùng I", "cbhuyen"},
		{"tieuvung1", casework.Decline, casework.Declined, "Tiểu vùng I", "cbhuyen"},
		{"cbhuyen", casework.Escalate, casework.New, "Huyện Bình Đại", "huyenuy"},
		{"huyenuy", casework.Acknowledge, casework.Acknowledged, "Huyện Bình Đại", "cbhuyen"},
		{"huyenuy", casework.Start, casework.InProgress, "Huyện Bình Đại", "cbhuyen"},
		{"huyenuy", casework.Resolve, casework.Resolved, "Huyện Bình Đại", "cbhuyen"},
		{"cbhuyen", casework.Confirm, casework.Closed, "Huyện Bình Đại", "huyenuy"},
	} {
		s.setClock(monday.Add(time.Duration(n+1) * time.Hour))
		s.move(step.who, id, s.request(step.move))
		v := s.issue("huyenuyvien", id)
		if v.Issue.State != step.state || v.Desk.Name != step.desk {
			t.Fatalf("%s: got %s at %s, want %s at %s", step.move, v.Issue.State, v.Desk.Name, step.state, step.desk)
		}
		event := v.Events[len(v.Events)-1]
		if event.Move != step.move || event.ActorName != s.as(step.who).Name || event.Post.NameVi == "" || event.ToDeskName != step.desk {
			t.Errorf("%s: got event %+v", step.move, event)
		}
		if stop := v.Stops[len(v.Stops)-1]; stop.Name != step.desk || stop.Current != step.state.Open() {
			t.Errorf("%s: got last stop %+v", step.move, stop)
		}
		if open := v.Issue.State.Open(); open != (len(v.WaitsFor) > 0) || open && v.WaitsFor[0].Name == "" {
			t.Errorf("%s: got waiting for %+v", step.move, v.WaitsFor)
		}
		if err := s.app.DeliverIssueNotices(t.Context(), event.ID); err != nil {
			t.Fatal(err)
		}
		if n := s.number(`SELECT count(*) FROM notices n JOIN accounts a USING (cadre_id) WHERE event_key = $1 AND a.login = $2 AND kind = $3
			AND args ->> 'number' = 'BĐ-2020-000001'`, "issue:"+event.ID.String(), step.told, "issue."+string(step.move)); n != 1 {
			t.Errorf("%s: %s has %d notices, want 1", step.move, step.told, n)
		}
	}
	v := s.issue("cbhuyen", id)
	var way []string
	for _, stop := range v.Stops {
		way = append(way, fmt.Sprintf("%s %v", stop.Name, stop.Working))
	}
	// By working time: nothing counts between 11:00 and 13:00 nor after 17:00.
	want := []string{"Xã Châu Hưng 2h0m0s", "Ấp Hưng Chánh 0s", "Xã Châu Hưng 1h0m0s", "Tiểu vùng I 3h0m0s", "Huyện Bình Đại 0s"}
	if !slices.Equal(way, want) {
		t.Errorf("way: got %v, want %v", way, want)
	}
	s.history()
}

func TestMoveRefusals(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	for _, m := range casework.Moves() {
		if m == casework.CommentOn {
			continue
		}
		for _, who := range []string{"huyenuyvien", "cbtinh", "dangvien"} {
			wantKind(t, fmt.Sprintf("%s by %s", m, who), s.try(who, id, s.request(m)), fault.KindForbidden, "issue.not_yours")
		}
	}
	wantKind(t, "a move that does not exist", s.try("bithu", id, s.request("explode")), fault.KindForbidden, "")
	wantKind(t, "resolving before starting", s.try("bithu", id, s.request(casework.Resolve)), fault.KindConflict, "issue.moved_on")
	s.move("bithu", id, s.request(casework.Acknowledge))
	for m, want := range map[casework.Move][]string{
		casework.Start: {"agency", "due_on"}, casework.Escalate: {"reason"}, casework.SendDown: {"desk", "due_on", "reason"},
		casework.AskInfo: {"asked", "reason"}, casework.Decline: {"reason"}, casework.CommentOn: {"reason"},
	} {
		err := s.try("bithu", id, casework.Request{Move: m, Reason: " \x00\n", Desk: 1 << 40, Asked: 1 << 40})
		if got := fieldsOf(err); !slices.Equal(got, want) {
			t.Errorf("%s without words: got fields %v, want %v", m, got, want)
		}
	}
	if n := s.issue("bithu", id).Issue.Version; n != 2 {
		t.Errorf("after refusals: got version %d, want 2", n)
	}
}

func TestOutOfScopeIsLikeNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	for _, who := range []string{"bithu2", "tieuvung2", "admin"} {
		actor := s.as(who)
		_, there := s.app.Issue(t.Context(), actor, id)
		_, nowhere := s.app.Issue(t.Context(), actor, uuid.New())
		wantKind(t, who+" reads", there, fault.KindNotFound, fault.As(nowhere).Key)
		for _, m := range casework.Moves() {
			there := s.app.Move(t.Context(), actor, sending(), id, 1, s.request(m))
			nowhere := s.app.Move(t.Context(), actor, sending(), uuid.New(), 1, s.request(m))
			wantKind(t, who+" moves", there, fault.KindNotFound, fault.As(nowhere).Key)
		}
		list, err := s.app.Issues(t.Context(), actor, app.IssueFilter{Words: app.ParseWords("cầu")}, app.ListPage{Limit: 10})
		if err != nil || len(list.Rows) != 0 {
			t.Errorf("%s lists: got %d rows, %v", who, len(list.Rows), err)
		}
	}
}

func TestAStaleVersionIsAConflict(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	who, sub := s.as("bithu"), sending()
	s.move("cbhuyen", id, s.request(casework.CommentOn))
	// A comment since is no conflict, and the same submission again is answered as the first time, whatever the version.
	for range 2 {
		if err := s.app.Move(t.Context(), who, sub, id, 1, s.request(casework.Acknowledge)); err != nil {
			t.Fatalf("acknowledging after a comment: %v", err)
		}
	}
	err := s.app.Move(t.Context(), who, sending(), id, 2, s.request(casework.Escalate))
	wantKind(t, "escalating what was acknowledged since", err, fault.KindConflict, "issue.moved_on")
	if since := s.issue("bithu", id).Since(2); len(since) != 1 || since[0].Move != casework.Acknowledge {
		t.Errorf("since then: got %+v, want the acknowledgement", since)
	}
	err = s.app.Move(t.Context(), who, sending(), id, 99, s.request(casework.Escalate))
	wantKind(t, "a version that never was", err, fault.KindConflict, "issue.moved_on")
	if err := s.app.Move(t.Context(), s.as("huyenuyvien"), sending(), id, 1, s.request(casework.CommentOn)); err != nil {
		t.Errorf("a comment on an old version: %v", err)
	}
	other := sub
	other.Body = []byte("another")
	wantKind(t, "other body", s.app.Move(t.Context(), who, other, id, 3, s.request(casework.Escalate)), fault.KindConflict, "fault.submission_differs")
	s.history()
}

// TestTwoReviewersAtOnce lets the commune's secretary and the sub-region's member decide at the same moment, over and over.
func TestTwoReviewersAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secretary, member, raiser := s.as("bithu"), s.as("tieuvung1"), s.as("cbhuyen")
	in, up, take := s.bridge(), s.request(casework.PullUp), s.request(casework.Acknowledge)
	won := map[string]int{}
	for round := range 200 {
		id, err := s.app.Raise(t.Context(), raiser, sending(), in)
		if err != nil {
			t.Fatal(err)
		}
		var first, second error
		var wg sync.WaitGroup
		wg.Go(func() { first = s.app.Move(t.Context(), secretary, sending(), id, 1, take) })
		wg.Go(func() { second = s.app.Move(t.Context(), member, sending(), id, 1, up) })
		wg.Wait()
		switch {
		case first == nil && fault.KindOf(second) == fault.KindConflict:
			won["secretary"]++
		case second == nil && fault.KindOf(first) == fault.KindConflict:
			won["member"]++
		default:
			t.Fatalf("round %d: got %v and %v, want one to win and one conflict", round, first, second)
		}
	}
	t.Logf("won: %v", won)
	if n := s.number(`SELECT count(*) FROM issue_events`); n != 400 {
		t.Errorf("events: got %d, want 400", n)
	}
	s.history()
}

func TestASubmissionMovesOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	who, sub, r := s.as("bithu"), sending(), s.request(casework.Acknowledge)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := s.app.Move(t.Context(), who, sub, id, 1, r); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	s.work()
	s.wantTold("issue.acknowledge", "cbhuyen")
	if n := s.number(`SELECT count(*) FROM issue_events`); n != 2 {
		t.Errorf("events: got %d, want 2", n)
	}
}

func TestAWorkerThatRunsTwiceTellsOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	event := s.issue("cbhuyen", s.raise("cbhuyen", s.bridge())).Events[0].ID
	cut, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.app.DeliverIssueNotices(cut, event); err == nil {
		t.Error("a worker that was cut off: got no error")
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := s.app.DeliverIssueNotices(t.Context(), event); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	// A worker that died after the work and before it could say so leaves the job running; another one takes it up.
	s.exec(`UPDATE river.river_job SET state = 'running', attempt = 1, attempted_at = now() - interval '1 hour', attempted_by = '{gone}'
		WHERE kind = 'notify_issue'`)
	s.work()
	s.wantTold("issue.raise", "bithu")
	wantKind(t, "an event that does not exist", s.app.DeliverIssueNotices(t.Context(), uuid.New()), fault.KindNotFound, "")
}

func TestAnAssignmentThatEndsTakesItsRightsAlong(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	secretary := s.as("bithu") // the request came in before the assignment ended
	s.exec(`UPDATE assignments SET period = daterange(lower(period), $2) WHERE cadre_id = $1`, secretary.CadreID, territory.DayOf(monday))
	err := s.app.Move(t.Context(), secretary, sending(), id, 1, s.request(casework.Acknowledge))
	wantKind(t, "after the end", err, fault.KindNotFound, "")
}
