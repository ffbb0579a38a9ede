package app_test

import (
	"sync"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
)

// seen gives issues with the versions that somebody looks at.
func (s *stage) seen(login string, ids ...uuid.UUID) []app.SeenIssue {
	s.Helper()
	var list []app.SeenIssue
	for _, id := range ids {
		list = append(list, app.SeenIssue{ID: id, Version: s.issue(login, id).Issue.Version})
	}
	return list
}

// TestManyAtOnce decides on several issues from the board: each for itself, once, and nothing in a neighbouring area.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var ids []uuid.UUID
	for range 3 {
		ids = append(ids, s.raise("cbhuyen", s.bridge()))
	}
	list := append(s.seen("bithu", ids...), app.SeenIssue{ID: s.elsewhere(), Version: 1}, app.SeenIssue{ID: uuid.New(), Version: 1})
	s.move("bithu", ids[1], s.request(casework.Acknowledge)) // somebody is faster with one of them
	who, sub, r := s.as("bithu"), sending(), s.request(casework.Acknowledge)
	for range 2 { // sent twice
		results, err := s.app.MoveMany(t.Context(), who, sub, list, r)
		if err != nil {
			t.Fatal(err)
		}
		if results[0] != nil || results[2] != nil {
			t.Errorf("those that stood: got %v and %v", results[0], results[2])
		}
		wantKind(t, "one that somebody moved", results[1], fault.KindConflict, "issue.moved_on")
		wantKind(t, "one of a neighbour", results[3], fault.KindNotFound, "")
		wantKind(t, "none", results[4], fault.KindNotFound, fault.As(results[3]).Key)
	}
	if n := s.number(`SELECT count(*) FROM issue_events WHERE move = 'acknowledge'`); n != 3 {
		t.Errorf("acknowledged: got %d, want 3", n)
	}
	found, err := s.app.ManyIssues(t.Context(), who, append([]uuid.UUID{list[3].ID}, ids...), casework.SendDown)
	if err != nil || len(found) != 3 || found[0].Err != nil || found[0].To != "Ấp Hưng Chánh" {
		t.Errorf("before sending down: got %+v, %v", found, err)
	}
	r = s.request(casework.SendDown)
	r.Desk = 0
	if _, err := s.app.MoveMany(t.Context(), who, sending(), s.seen("bithu", ids...), casework.Request{Move: casework.SendDown}); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("without words: got %v, want invalid", err)
	}
	results, err := s.app.MoveMany(t.Context(), who, sending(), s.seen("bithu", ids...), r)
	if err != nil || results[0] != nil || s.issue("bithu", ids[0]).Desk.Name != "Ấp Hưng Chánh" {
		t.Errorf("sent down: got %v, %v", results, err)
	}
	for _, move := range []casework.Move{casework.Resolve, casework.Merge, "explode"} {
		_, err := s.app.MoveMany(t.Context(), who, sending(), s.seen("bithu", ids...), casework.Request{Move: move})
		wantKind(t, string(move)+" on many", err, fault.KindNotFound, "")
	}
	s.history()
}

// TestManyBySeveralAtOnce lets two reviewers decide on the same issues at the same moment: each issue goes to one of them, whole.
func TestManyBySeveralAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var ids []uuid.UUID
	for range 10 {
		ids = append(ids, s.raise("cbhuyen", s.bridge()))
	}
	list := s.seen("bithu", ids...)
	var results [2][]error
	var wg sync.WaitGroup
	for i, by := range []struct {
		who  string
		move casework.Move
	}{{"bithu", casework.Acknowledge}, {"tieuvung1", casework.PullUp}} {
		actor, request := s.as(by.who), s.request(by.move)
		wg.Go(func() {
			var err error
			if results[i], err = s.app.MoveMany(t.Context(), actor, sending(), list, request); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for i := range ids {
		if (results[0][i] == nil) == (results[1][i] == nil) {
			t.Errorf("issue %d: got %v and %v, want one", i, results[0][i], results[1][i])
		}
	}
	s.history()
}
