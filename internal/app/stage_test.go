package app_test

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/jobs"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// stage is the demo district with the use cases over it and a clock that stands.
type stage struct {
	*testing.T
	db  *testdb.DB
	app *app.App

	mu  sync.Mutex
	now time.Time
}

// monday is a Monday morning within working hours, after the assignments of the demo have begun.
var monday = time.Date(2020, 3, 2, 9, 0, 0, 0, territory.Zone)

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t, db: testdb.District(t), now: monday}
	db, err := postgres.New(s.db.App)
	if err != nil {
		t.Fatal(err)
	}
	s.app = app.New(db, s.clock)
	return s
}

func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *stage) setClock(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = at
}

// as gives the person behind a demo account, as a request of this moment would.
func (s *stage) as(login string) cadre.Actor {
	s.Helper()
	session, err := s.app.SessionOf(s.Context(), s.number(`SELECT id FROM accounts WHERE login = $1`, login))
	if err != nil {
		s.Fatalf("signing in as %s: %v", login, err)
	}
	return session.Actor
}

// place finds a place by its name; where several have it, the one on the chain of the accounts.
func (s *stage) place(name string) territory.LocalityID {
	s.Helper()
	return territory.LocalityID(s.number(`SELECT v.locality_id FROM locality_versions v WHERE v.name = $1 ORDER BY (
		SELECT count(*) FROM locality_chain(v.locality_id, '2020-03-01') ch WHERE ch.name IN ('Ấp Hưng Chánh', 'Xã Châu Hưng')) DESC, v.locality_id LIMIT 1`, name))
}

func (s *stage) number(sql string, args ...any) int64 {
	s.Helper()
	var n int64
	if err := s.db.Owner.QueryRow(s.Context(), sql, args...).Scan(&n); err != nil {
		s.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (s *stage) exec(sql string, args ...any) {
	s.Helper()
	if _, err := s.db.Owner.Exec(s.Context(), sql, args...); err != nil {
		s.Fatalf("%s: %v", sql, err)
	}
}

// vacate ends every lead's assignment at the places.
func (s *stage) vacate(places ...territory.LocalityID) {
	s.Helper()
	for _, p := range places {
		s.exec(`UPDATE assignments s SET period = daterange(lower(period), $2) FROM posts p
			WHERE p.id = s.post_id AND p.capability = 'lead' AND s.locality_id = $1`, p, territory.DayOf(s.clock()))
	}
}

// bridge is a complete issue of the hamlet, for the commune's desk.
func (s *stage) bridge() app.RaiseInput {
	return app.RaiseInput{
		Locality: s.place("Ấp Hưng Chánh"), Title: "Cầu qua rạch bị sập", Description: "Học sinh phải đi vòng 5 km.", Field: "roads",
		Severity: casework.Pressing, Desk: s.place("Xã Châu Hưng"),
	}
}

func (s *stage) raise(login string, in app.RaiseInput) uuid.UUID {
	s.Helper()
	id, err := s.app.Raise(s.Context(), s.as(login), sending(), in)
	if err != nil {
		s.Fatalf("raising as %s: %v", login, err)
	}
	return id
}

func (s *stage) issue(login string, id uuid.UUID) app.IssueView {
	s.Helper()
	v, err := s.app.Issue(s.Context(), s.as(login), id)
	if err != nil {
		s.Fatalf("reading the issue as %s: %v", login, err)
	}
	return v
}

// move makes a move on the version that the person sees.
func (s *stage) move(login string, id uuid.UUID, r casework.Request) {
	s.Helper()
	if err := s.try(login, id, r); err != nil {
		s.Fatalf("%s as %s: %v", r.Move, login, err)
	}
}

func (s *stage) try(login string, id uuid.UUID, r casework.Request) error {
	s.Helper()
	return s.app.Move(s.Context(), s.as(login), sending(), id, s.issue(login, id).Issue.Version, r)
}

// request is a complete request of a move.
func (s *stage) request(m casework.Move) casework.Request {
	return casework.Request{
		Move: m, Reason: "vì thế", Agency: "Ủy ban nhân dân xã", DueOn: territory.DayOf(s.clock()).Add(14), Desk: s.place("Ấp Hưng Chánh"),
		Asked: s.as("dangvien").CadreID, Outcome: "Đã bắc cầu tạm", Evidence: "Biên bản nghiệm thu",
	}
}

// work runs the jobs that wait until none is left.
func (s *stage) work() {
	s.Helper()
	runner, err := jobs.New(s.app, s.db.App, slog.New(slog.DiscardHandler))
	if err != nil {
		s.Fatal(err)
	}
	if err := runner.Start(context.WithoutCancel(s.Context())); err != nil {
		s.Fatal(err)
	}
	if err := runner.Healthy(); err != nil {
		s.Error(err)
	}
	deadline := time.Now().Add(20 * time.Second)
	for s.number(`SELECT count(*) FROM river.river_job WHERE kind LIKE 'notify%' AND finalized_at IS NULL`) > 0 {
		if time.Now().After(deadline) {
			s.Fatal("the jobs did not end")
		}
		time.Sleep(20 * time.Millisecond)
	}
	stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := runner.Stop(stop); err != nil {
		s.Fatal(err)
	}
	if runner.Healthy() == nil {
		s.Error("a stopped runner: got healthy")
	}
}

// told lists the accounts that have notices of a kind, each as often as it has one.
func (s *stage) told(kind string) []string {
	s.Helper()
	rows, err := s.db.Owner.Query(s.Context(), `SELECT coalesce(a.login, c.full_name) FROM notices n JOIN cadres c ON c.id = n.cadre_id
		LEFT JOIN accounts a ON a.cadre_id = c.id WHERE n.kind = $1 ORDER BY 1`, kind)
	if err != nil {
		s.Fatal(err)
	}
	defer rows.Close()
	logins := []string{}
	for rows.Next() {
		var login string
		if err := rows.Scan(&login); err != nil {
			s.Fatal(err)
		}
		logins = append(logins, login)
	}
	return logins
}

func (s *stage) wantTold(kind string, want ...string) {
	s.Helper()
	slices.Sort(want)
	if got := s.told(kind); !slices.Equal(got, want) {
		s.Errorf("told of %s: got %v, want %v", kind, got, want)
	}
}

func wantKind(t *testing.T, what string, err error, want fault.Kind, key string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Kind != want || key != "" && f.Key != key {
		t.Errorf("%s: got %v, want %s %s", what, err, want, key)
	}
}

// fieldsOf lists the fields at fault.
func fieldsOf(err error) []string {
	var names []string
	if f := fault.As(err); f != nil {
		for _, field := range f.Fields {
			names = append(names, field.Name)
		}
	}
	slices.Sort(names)
	return names
}

// history checks that every issue's events are a legal chain: numbered without a gap, each from where the last one ended,
// never back in time, and the issue as the last one left it.
func (s *stage) history() {
	s.Helper()
	if n := s.number(`SELECT count(*) FROM (
			SELECT e.seq <> row_number() OVER w AS gap, e.from_state IS DISTINCT FROM lag(e.to_state, 1, '') OVER w AS state,
				e.from_desk_id IS DISTINCT FROM lag(e.to_desk_id) OVER w AS desk, e.at < lag(e.at) OVER w AS back
			FROM issue_events e WINDOW w AS (PARTITION BY issue_id ORDER BY seq)) h WHERE gap OR state OR desk OR back`); n > 0 {
		s.Errorf("events that do not follow from the one before: got %d", n)
	}
	if n := s.number(`SELECT count(*) FROM issues i WHERE NOT EXISTS (SELECT FROM issue_events e
		WHERE e.issue_id = i.id AND e.seq = i.version AND e.to_state = i.state AND e.to_desk_id = i.desk_id)`); n > 0 {
		s.Errorf("issues that are not as their last event left them: got %d", n)
	}
}
