package app_test

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
)

// merge is a request to merge an issue with another one, by number or id.
func merge(into string) casework.Request {
	return casework.Request{Move: casework.Merge, Into: into, Reason: "cùng một cây cầu"}
}

// TestMerge follows two issues that are one: the survivor takes over reports, followers and what was said, and the other one leads to it.
func TestMerge(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.raise("cbhuyen", s.bridge())
	twin := s.bridge()
	twin.Title = "Cầu qua rạch bị sập, học sinh đi vòng"
	second := s.raise("dangvien", twin)
	report := reportOf(twin.Locality, "2020-03-02")
	if _, err := s.app.SubmitReport(t.Context(), s.as("cbhuyen"), sending(), report); err != nil {
		t.Fatal(err)
	}
	s.exec(`INSERT INTO issue_reports (issue_id, report_id) VALUES ($1, $2)`, second, report.ReportID)
	s.move("dangvien", second, casework.Request{Move: casework.CommentOn, Reason: "Cầu này sập tuần trước"})
	if err := s.app.Follow(t.Context(), s.as("huyenuyvien"), second, app.FollowAll); err != nil {
		t.Fatal(err)
	}
	if near := s.issue("bithu", second).Similar; len(near) != 1 || near[0].ID != first {
		t.Fatalf("similar to the second: got %+v, want the first", near)
	}
	s.move("bithu", second, merge("bđ-2020-1")) // as people type it

	v := s.issue("dangvien", second)
	if v.Issue.State != casework.Merged || len(v.Into) != 1 || v.Into[0].ID != first || v.Into[0].Number != "BĐ-2020-000001" || !v.Into[0].Readable {
		t.Errorf("the merged one: got %s into %+v", v.Issue.State, v.Into)
	}
	if len(v.Moves) != 0 || v.Issue.Number != "BĐ-2020-000002" {
		t.Errorf("the merged one: got moves %+v, number %s", v.Moves, v.Issue.Number)
	}
	got := s.issue("huyenuyvien", first)
	last := got.Events[len(got.Events)-1]
	if len(got.Merged) != 1 || got.Merged[0].ID != second || last.Move != casework.Absorb || last.OtherNumber != "BĐ-2020-000002" {
		t.Errorf("the survivor: got %+v after %s of %s", got.Merged, last.Move, last.OtherNumber)
	}
	if len(got.TwinSaid) != 1 || got.TwinSaid[0].Reason != "Cầu này sập tuần trước" || !got.Follow.Following || !s.issue("dangvien", first).Follow.Following {
		t.Errorf("the survivor: got %+v said, following %v", got.TwinSaid, got.Follow)
	}
	if n := s.number(`SELECT count(*) FROM issue_reports WHERE issue_id = $1`, first); n != 1 {
		t.Errorf("reports of the survivor: got %d, want 1", n)
	}
	s.work()
	s.wantTold("issue.absorb", "cbhuyen", "dangvien", "huyenuyvien")
	list, err := s.app.Issues(t.Context(), s.as("bithu"), app.IssueFilter{Words: app.ParseWords("BD-2020-000002")}, app.ListPage{Limit: 10})
	if err != nil || len(list.Rows) != 1 || list.Rows[0].ID != second {
		t.Errorf("the number of the merged one is found: got %+v, %v", list.Rows, err)
	}
	wantKind(t, "a word on the merged one", s.try("huyenuyvien", second, s.request(casework.CommentOn)), fault.KindConflict, "issue.moved_on")

	// What the survivor is merged into becomes the survivor of both.
	third := s.raise("cbhuyen", s.bridge())
	s.move("bithu", first, merge(third.String()))
	if v := s.issue("dangvien", second); len(v.Into) != 1 || v.Into[0].ID != third {
		t.Errorf("after a second merge: got %+v, want the third", v.Into)
	}
	if v := s.issue("bithu", third); len(v.Merged) != 2 || len(v.TwinSaid) != 1 {
		t.Errorf("the last survivor: got %d merged, %d said", len(v.Merged), len(v.TwinSaid))
	}
	s.history()
}

func TestMergeRefusals(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	other := s.raise("cbhuyen", s.bridge())
	elsewhere := s.elsewhere()
	for name, c := range map[string]struct {
		into string
		key  string
	}{
		"nothing": {"", "issue.into_required"}, "no number": {"cầu", "issue.into_unknown"}, "none": {uuid.NewString(), "issue.into_unknown"},
		"itself": {id.String(), "issue.into_self"}, "out of scope": {elsewhere.String(), "issue.into_unknown"},
	} {
		f := fault.As(s.try("bithu", id, merge(c.into)))
		if f == nil || f.Kind != fault.KindInvalid || f.Fields[0].Name != "into" || f.Fields[0].Key != c.key {
			t.Errorf("%s: got %v, want %s", name, f, c.key)
		}
	}
	wantKind(t, "by a watcher", s.try("huyenuyvien", id, merge(other.String())), fault.KindForbidden, "issue.not_yours")
	wantKind(t, "by the desk above", s.try("tieuvung1", id, merge(other.String())), fault.KindForbidden, "issue.not_yours")
	s.move("bithu", id, merge(other.String()))
	s.history()
}

// elsewhere raises an issue in another sub-region, past the rules.
func (s *stage) elsewhere() uuid.UUID {
	s.Helper()
	in := s.bridge()
	in.Locality = s.place("Xã Thới Thuận")
	in.Desk = in.Locality
	return s.raise("huyenuy", app.RaiseInput{
		Locality: in.Locality, Title: in.Title, Description: in.Description, Field: in.Field, Severity: in.Severity, Desk: s.place("Huyện Bình Đại"),
	})
}

// TestMergeBothWaysAtOnce lets two people merge two issues into each other at the same moment, over and over: one wins, the other sees what
// happened.
func TestMergeBothWaysAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secretary := s.as("bithu")
	for round := range 50 {
		pair := [2]uuid.UUID{s.raise("cbhuyen", s.bridge()), s.raise("cbhuyen", s.bridge())}
		var errs [2]error
		var wg sync.WaitGroup
		for i := range pair {
			wg.Go(func() {
				errs[i] = s.app.Move(t.Context(), secretary, sending(), pair[i], 1, merge(pair[1-i].String()))
			})
		}
		wg.Wait()
		won := slices.IndexFunc(errs[:], func(err error) bool { return err == nil })
		if won < 0 || fault.KindOf(errs[1-won]) != fault.KindConflict || fault.As(errs[1-won]).Key != "issue.moved_on" {
			t.Fatalf("round %d: got %v and %v, want one to win and one conflict", round, errs[0], errs[1])
		}
		if v := s.issue("bithu", pair[1-won]); v.Issue.State != casework.New || len(v.Merged) != 1 {
			t.Fatalf("round %d: the survivor is %s with %d merged", round, v.Issue.State, len(v.Merged))
		}
	}
	s.history()
}

// TestTheRaiserOfATwinIsTold tells somebody who cannot read the survivor how it goes on, through their own issue.
func TestTheRaiserOfATwinIsTold(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	survivor := s.raise("cbhuyen", s.bridge())
	own := s.bridge()
	own.Locality = s.place("Tổ 1")
	twin := s.raise("cbxa", own)
	s.move("bithu", twin, merge(survivor.String()))
	v := s.issue("cbxa", twin)
	if len(v.Into) != 1 || v.Into[0].Readable || v.Into[0].Title != "" || v.Into[0].Number == "" {
		t.Fatalf("what the raiser sees of a survivor out of scope: got %+v", v.Into)
	}
	for _, m := range []casework.Move{casework.Acknowledge, casework.Start, casework.Resolve} {
		s.move("bithu", survivor, s.request(m))
	}
	s.work()
	s.wantTold("issue.twin_resolve", "cbxa")
	if n := s.number(`SELECT count(*) FROM notices WHERE kind = 'issue.twin_resolve' AND issue_id = $1`, twin); n != 1 {
		t.Errorf("the notice is about their own issue: got %d", n)
	}
}

// TestFollowMuteMention holds that people are told what they asked for, and spoken to whatever they asked for.
func TestFollowMuteMention(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	id := s.raise("cbhuyen", s.bridge())
	for who, choice := range map[string]app.FollowChoice{"huyenuyvien": app.FollowAll, "cbhuyen": app.FollowMute} {
		for range 2 {
			if err := s.app.Follow(t.Context(), s.as(who), id, choice); err != nil {
				t.Fatal(err)
			}
		}
	}
	wantKind(t, "out of scope", s.app.Follow(t.Context(), s.as("bithu2"), id, app.FollowAll), fault.KindNotFound, "")
	wantKind(t, "no such choice", s.app.Follow(t.Context(), s.as("bithu"), id, "loud"), fault.KindNotFound, "")
	s.move("bithu", id, s.request(casework.Acknowledge))
	s.work()
	s.wantTold("issue.acknowledge", "huyenuyvien")
	if err := s.app.Follow(t.Context(), s.as("huyenuyvien"), id, app.FollowPost); err != nil {
		t.Fatal(err)
	}
	spoken := casework.Request{Move: casework.CommentOn, Reason: "Mời đồng chí xem", Mentioned: []cadre.ID{s.as("cbhuyen").CadreID, s.as("tieuvung1").CadreID}}
	s.move("huyenuyvien", id, spoken)
	s.work()
	s.wantTold("issue.mention", "cbhuyen", "tieuvung1")
	s.wantTold("issue.comment", "bithu")
	if e := s.issue("cbhuyen", id).Events[2]; !slices.Contains(e.Mentioned, s.as("tieuvung1").Name) {
		t.Errorf("the thread names those spoken to: got %v", e.Mentioned)
	}
	spoken.Mentioned = []cadre.ID{s.as("bithu2").CadreID}
	if got := fieldsOf(s.try("huyenuyvien", id, spoken)); !slices.Equal(got, []string{"mentioned"}) {
		t.Errorf("speaking to somebody off the path: got %v", got)
	}
}

// TestSimilarByWhatTheySay: a title that shares nothing but the place with another one is not offered.
func TestSimilarByWhatTheySay(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	bridge, pigs := s.bridge(), s.bridge()
	bridge.Title, pigs.Title, pigs.Field = "Cầu ván bị sập ở ấp Hưng Chánh, xã Châu Hưng", "Heo chết nghi dịch tả ở ấp Hưng Chánh, xã Châu Hưng", "agriculture"
	first := s.raise("cbhuyen", bridge)
	s.raise("cbhuyen", pigs)
	for title, want := range map[string]int{"Cầu ván gãy sập ở ấp Hưng Chánh, xã Châu Hưng": 1, "Điện yếu ở ấp Hưng Chánh, xã Châu Hưng": 0, "Cầu": 0} {
		found, err := s.app.SimilarIssues(t.Context(), s.as("cbhuyen"), bridge.Locality, title)
		if err != nil || len(found) != want || want > 0 && found[0].ID != first {
			t.Errorf("%s: got %+v, %v, want %d", title, found, err, want)
		}
	}
	if near := s.issue("bithu", first).Similar; len(near) != 0 {
		t.Errorf("the bridge and the pigs: got %+v", near)
	}
	if found, err := s.app.SimilarIssues(t.Context(), s.as("bithu2"), bridge.Locality, bridge.Title); err != nil || len(found) != 0 {
		t.Errorf("a neighbour: got %+v, %v", found, err)
	}
}
