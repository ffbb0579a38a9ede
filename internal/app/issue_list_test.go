package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// scatter raises issues all over the tree by SQL, with one event each, and gives them as the policy and the rules see them.
func (s *stage) scatter(n int) []casework.Issue {
	s.Helper()
	random := rand.New(rand.NewPCG(7, 7))
	names := []string{"Tổ 1", "Ấp Hưng Chánh", "Xã Châu Hưng", "Xã Lộc Thuận", "Tiểu vùng I", "Tiểu vùng II", "Huyện Bình Đại", "Tỉnh Bến Tre", "Huyện Ba Tri"}
	db, err := postgres.New(s.db.App)
	if err != nil {
		s.Fatal(err)
	}
	authors := []cadre.Actor{s.as("cbhuyen"), s.as("bithu"), s.as("tinhuy")}
	var issues []casework.Issue
	for i := range n {
		path, err := db.Path(s.Context(), s.place(names[random.IntN(len(names))]), territory.DayOf(monday))
		if err != nil {
			s.Fatal(err)
		}
		desks, author := path.Desks(), authors[random.IntN(len(authors))]
		issue := casework.Issue{
			ID: uuid.Must(uuid.NewV7()), Number: fmt.Sprintf("BĐ-2020-%06d", i+1), Title: []string{"Đường sụt lún", "Cống hỏng", "Thiếu nước"}[random.IntN(3)],
			Field: []string{"roads", "water_control"}[random.IntN(2)], Severity: casework.Severity(1 + random.IntN(3)), Place: path.Chain.Place(),
			Raiser: author.CadreID, RaisedAt: monday.Add(-time.Duration(random.IntN(20*24)) * time.Hour), State: casework.States()[random.IntN(7)],
			Desk: desks[random.IntN(len(desks))].Locality.ID,
		}
		var due, closed *time.Time
		var asked *int64
		at := issue.RaisedAt.Add(14 * 24 * time.Hour)
		switch {
		case issue.State.Ticks():
			due, issue.DueAt = &at, at
		case !issue.State.Open():
			closed, issue.ClosedAt = &at, at
		case issue.State == casework.AwaitingInfo:
			id := int64(author.CadreID)
			asked = &id
		}
		null := func(id territory.LocalityID) *territory.LocalityID {
			if id == 0 {
				return nil
			}
			return &id
		}
		s.exec(`INSERT INTO issues (id, number, title, description, field, severity, locality_id, province_id, district_id, commune_id, hamlet_id,
				raiser_id, assignment_id, raised_at, state, desk_id, arrived_at, due_at, closed_at, asked_id)
			VALUES ($1, $2, $3, '', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $13, $16, $17, $18)`,
			issue.ID, issue.Number, issue.Title, issue.Field, issue.Severity, issue.Place.Locality, null(issue.Place.Province), null(issue.Place.District),
			null(issue.Place.Commune), null(issue.Place.Hamlet), issue.Raiser, author.Grants[0].AssignmentID, issue.RaisedAt, issue.State, issue.Desk, due, closed, asked)
		s.exec(`INSERT INTO issue_events (id, issue_id, seq, move, at, from_state, to_state, to_desk_id) VALUES ($1, $2, 1, 'raise', $3, '', 'new', $4)`,
			uuid.Must(uuid.NewV7()), issue.ID, issue.RaisedAt, issue.Desk)
		issues = append(issues, issue)
	}
	return issues
}

// under tells whether an issue's place is the place or lies below it, by walking the tree.
func (s *stage) under(place territory.LocalityID) func(territory.Place) bool {
	below := map[territory.LocalityID]bool{}
	rows, err := s.db.Owner.Query(s.Context(), `SELECT l.id FROM localities l WHERE EXISTS (
		SELECT FROM locality_chain(l.id, '2020-03-02') ch WHERE ch.locality_id = $1)`, place)
	if err != nil {
		s.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id territory.LocalityID
		if err := rows.Scan(&id); err != nil {
			s.Fatal(err)
		}
		below[id] = true
	}
	return func(p territory.Place) bool { return below[p.Locality] }
}

var readers = []string{"tinhuy", "huyenuy", "tieuvung1", "huyenuyvien", "bithu", "dangvien", "cbtinh", "cbhuyen", "cbxa", "tieuvung2", "bithu2", "admin"}

// TestIssueListAgainstOracle reads every list to its end, page by page, and compares it with the rows that the policy lets the
// reader see and the filter lets through.
func TestIssueListAgainstOracle(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	issues := s.scatter(250)
	s.setClock(monday)
	commune, subregion := s.place("Xã Châu Hưng"), s.place("Tiểu vùng I")
	inCommune, inSubregion := s.under(commune), s.under(subregion)
	raiser := s.as("cbhuyen").CadreID
	for name, c := range map[string]struct {
		filter app.IssueFilter
		keep   func(casework.Issue) bool
	}{
		"all":          {app.IssueFilter{}, func(casework.Issue) bool { return true }},
		"open":         {app.IssueFilter{Group: app.OpenIssues}, func(i casework.Issue) bool { return i.State.Open() }},
		"closed":       {app.IssueFilter{Group: app.ClosedIssues}, func(i casework.Issue) bool { return !i.State.Open() }},
		"one state":    {app.IssueFilter{State: casework.Resolved}, func(i casework.Issue) bool { return i.State == casework.Resolved }},
		"severity":     {app.IssueFilter{Severity: casework.Urgent}, func(i casework.Issue) bool { return i.Severity == casework.Urgent }},
		"field":        {app.IssueFilter{Field: "roads"}, func(i casework.Issue) bool { return i.Field == "roads" }},
		"desk":         {app.IssueFilter{Desk: commune}, func(i casework.Issue) bool { return i.Desk == commune }},
		"overdue":      {app.IssueFilter{Overdue: true}, func(i casework.Issue) bool { return i.Overdue(monday) }},
		"commune":      {app.IssueFilter{Place: commune}, func(i casework.Issue) bool { return inCommune(i.Place) }},
		"sub-region":   {app.IssueFilter{Place: subregion}, func(i casework.Issue) bool { return inSubregion(i.Place) }},
		"own":          {app.IssueFilter{Raiser: raiser}, func(i casework.Issue) bool { return i.Raiser == raiser }},
		"own in place": {app.IssueFilter{Raiser: raiser, Place: commune}, func(i casework.Issue) bool { return i.Raiser == raiser && inCommune(i.Place) }},
		"words":        {app.IssueFilter{Words: app.ParseWords("DUONG SUT")}, func(i casework.Issue) bool { return i.Title == "Đường sụt lún" }},
		"wild card":    {app.IssueFilter{Words: app.ParseWords("%")}, func(casework.Issue) bool { return false }},
		"number":       {app.IssueFilter{Words: app.ParseWords("bđ-2020-000007")}, func(i casework.Issue) bool { return i.Number == "BĐ-2020-000007" }},
		"part of it":   {app.IssueFilter{Words: app.ParseWords("2020-00001")}, func(i casework.Issue) bool { return strings.Contains(i.Number, "2020-00001") }},
	} {
		for _, login := range readers {
			reader := s.as(login)
			var want []string
			for _, i := range issues {
				if cadre.Can(reader, cadre.ReadIssue, cadre.Object{Place: i.Place, Author: i.Raiser}) && c.keep(i) {
					want = append(want, i.RaisedAt.UTC().Format(time.RFC3339)+i.ID.String())
				}
			}
			slices.Sort(want)
			slices.Reverse(want)
			var got []string
			page := app.ListPage{Limit: 17}
			for {
				list, err := s.app.Issues(t.Context(), reader, c.filter, page)
				if err != nil {
					t.Fatalf("%s for %s: %v", name, login, err)
				}
				for _, row := range list.Rows {
					got = append(got, row.RaisedAt.UTC().Format(time.RFC3339)+row.ID.String())
				}
				if page.After = list.Next; page.After == "" {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s for %s: got %d rows, want %d", name, login, len(got), len(want))
			}
		}
	}
}

// TestBoardAgainstOracle compares every queue of the board with what domain.md section 4 asks for.
func TestBoardAgainstOracle(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	issues := s.scatter(250)
	s.setClock(monday)
	commune := s.place("Xã Châu Hưng")
	for _, login := range []string{"tinhuy", "huyenuy", "tieuvung1", "bithu", "dangvien", "bithu2"} {
		lead := s.as(login)
		mine, desk := s.under(lead.Grants[0].Locality.ID), lead.Grants[0].Locality
		below := s.under(desk.ID)
		for name, c := range map[string]struct {
			filter app.BoardFilter
			keep   func(casework.Issue) bool
		}{
			"all":      {app.BoardFilter{}, func(casework.Issue) bool { return true }},
			"field":    {app.BoardFilter{Field: "roads"}, func(i casework.Issue) bool { return i.Field == "roads" }},
			"severity": {app.BoardFilter{Severity: casework.Pressing}, func(i casework.Issue) bool { return i.Severity == casework.Pressing }},
			"age": {app.BoardFilter{MinDays: 10}, func(i casework.Issue) bool {
				return !i.RaisedAt.After(monday.AddDate(0, 0, -10))
			}},
			"commune": {app.BoardFilter{Place: commune}, func(i casework.Issue) bool { return i.Place.Commune == commune }},
		} {
			want := map[app.BoardGroup]int{}
			for _, i := range issues {
				heldBelow := below(territory.Place{Locality: i.Desk}) && i.Desk != desk.ID
				switch {
				case !mine(i.Place) || !i.State.Open() || !c.keep(i):
				case i.State == casework.Resolved:
					want[app.ToBeSettled]++
				case i.Desk == desk.ID:
					want[app.AtMyDesk]++
				case heldBelow && i.Overdue(monday):
					want[app.OverdueBelow]++
				case heldBelow && i.Severity > casework.Normal:
					want[app.PressingBelow]++
				case heldBelow && i.Reopened:
					want[app.ReopenedBelow]++
				case heldBelow:
					want[app.OthersBelow]++
				}
			}
			board, err := s.app.Board(t.Context(), lead, c.filter, "")
			if err != nil {
				t.Fatal(err)
			}
			open, sums := 0, map[app.GlanceBy]int{}
			for _, n := range want {
				open += n
			}
			for _, g := range board.Glance {
				sums[g.By] += g.Open
			}
			if sums[app.ByAge] != open || sums[app.ByDesk] != open || sums[app.ByPlace] > open {
				t.Errorf("%s, %s: at a glance %v, want %d as in the queues", login, name, sums, open)
			}
			for _, g := range board.Glance { // each number opens its rows
				f := c.filter
				switch g.By {
				case app.ByDesk:
					f.Desk = g.ID
				case app.ByPlace:
					f.Place = g.ID
				case app.ByAge:
					if ages := app.GlanceAges(); f.MinDays == 0 {
						f.MinDays = ages[g.Age]
						if g.Age+1 < len(ages) {
							f.MaxDays = ages[g.Age+1]
						}
					}
				}
				rows, err := s.app.Board(t.Context(), lead, f, "")
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for _, q := range rows.Queues {
					n += q.Count
				}
				if n != g.Open && (c.filter.MinDays == 0 || g.By != app.ByAge) {
					t.Errorf("%s, %s: %s %s %d says %d and opens %d", login, name, g.By, g.Name, g.Age, g.Open, n)
				}
			}
			for _, q := range board.Queues {
				if q.Count != want[q.Group] || len(q.Rows) != min(q.Count, 20) {
					t.Errorf("%s, %s, %s: got %d of %d rows, want %d", login, name, q.Group, len(q.Rows), q.Count, want[q.Group])
				}
				for n, row := range q.Rows {
					if n > 0 && row.Severity > q.Rows[n-1].Severity {
						t.Errorf("%s, %s, %s: row %d is more pressing than the one before", login, name, q.Group, n)
					}
					if len(row.Stops) != 1 || row.Stops[0].Name == "" || !row.Stops[0].Current || row.Place == "" || row.Desk == "" {
						t.Errorf("%s: got row %+v", login, row)
					}
				}
			}
		}
	}
	alone, err := s.app.Board(t.Context(), s.as("tinhuy"), app.BoardFilter{}, app.OthersBelow)
	if err != nil || len(alone.Queues) != 1 || len(alone.Queues[0].Rows) != alone.Queues[0].Count {
		t.Errorf("one queue: got %d queues, %v", len(alone.Queues), err)
	}
	if board, err := s.app.Board(t.Context(), s.as("huyenuy"), app.BoardFilter{}, ""); err != nil || len(board.Places) == 0 {
		t.Errorf("places to narrow by: got %d, %v", len(board.Places), err)
	}
	if _, err := s.app.Board(t.Context(), s.as("cbhuyen"), app.BoardFilter{}, ""); err == nil {
		t.Error("a supporter's board: got no error")
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	for range 7 {
		s.raise("huyenuyvien", s.bridge())
		s.setClock(s.clock().Add(time.Minute))
	}
	s.work()
	who := s.as("bithu")
	var seen []time.Time
	page := app.ListPage{Limit: 3}
	var first uuid.UUID
	for {
		list, err := s.app.Notices(t.Context(), who, page)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range list.Rows {
			seen, first = append(seen, n.At), n.ID
			if n.Kind != "issue.raise" || n.Issue == uuid.Nil || n.Seen || n.Closed || n.Args["title"] == "" || n.Args["number"] == "" || n.Args["actor"] == "" {
				t.Errorf("got notice %+v", n)
			}
		}
		if page.After = list.Next; page.After == "" {
			break
		}
	}
	if len(seen) != 7 || !slices.IsSortedFunc(seen, func(a, b time.Time) int { return b.Compare(a) }) {
		t.Errorf("got %v, want 7, the newest first", seen)
	}
	_, err := s.app.SeeNotice(t.Context(), s.as("cbhuyen"), first)
	wantKind(t, "somebody else's notice", err, fault.KindNotFound, "")
	unseen := func() int64 { return s.number(`SELECT count(*) FROM notices WHERE seen_at IS NULL`) }
	for range 2 {
		if n, err := s.app.SeeNotice(t.Context(), who, first); err != nil || n.ID != first {
			t.Error(n.ID, err)
		}
	}
	if n := unseen(); n != 6 {
		t.Errorf("after seeing one: got %d unseen, want 6", n)
	}
	if err := s.app.SeeAllNotices(t.Context(), s.as("bithu")); err != nil || unseen() != 0 {
		t.Errorf("after seeing all: got %d unseen, %v", unseen(), err)
	}
	s.exec(`UPDATE assignments SET period = daterange(lower(period), '2020-03-02') WHERE cadre_id = $1`, who.CadreID)
	list, err := s.app.Notices(t.Context(), s.as("bithu"), app.ListPage{Limit: 3})
	if err != nil || len(list.Rows) != 3 || !list.Rows[0].Closed || list.Rows[0].Args["title"] != "…" {
		t.Errorf("after the assignment: got %+v, %v, want no titles", list.Rows, err)
	}
}
