package app_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"banam/internal/territory"
)

// walkTally counts what happened in all walks.
type walkTally struct {
	mu    sync.Mutex
	count map[string]int
}

func (t *walkTally) add(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count[what]++
}

func (t *walkTally) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(t.count)) {
		parts = append(parts, fmt.Sprintf("%s %d", what, t.count[what]))
	}
	return strings.Join(parts, ", ")
}

// walkGround is a database that walks share.
type walkGround struct {
	*stage
	cast
	group  territory.LocalityID
	moment []time.Time // at which walks like to begin
	tally  *walkTally
}

func newWalkGround(t *testing.T, tally *walkTally) *walkGround {
	t.Helper()
	s := newStage(t)
	g := &walkGround{stage: s, tally: tally}
	g.minutes = s.minuteClock()
	for n, name := range []string{"Ấp Hưng Chánh", "Xã Châu Hưng", "Tiểu vùng I", "Huyện Bình Đại", "Tỉnh Bến Tre"} {
		g.desks[n] = s.place(name)
	}
	g.group = territory.LocalityID(s.number(`SELECT locality_id FROM assignments s JOIN accounts a USING (cadre_id) WHERE a.login = 'cbxa'`))
	// The successor of the raiser is a district cadre who supports another hamlet.
	s.exec(`INSERT INTO accounts (cadre_id, login, password_hash) SELECT s.cadre_id, 'kethuc', 'x' FROM assignments s JOIN posts p ON p.id = s.post_id
		WHERE p.code = 'district_supporter' AND NOT EXISTS (SELECT FROM accounts a WHERE a.cadre_id = s.cadre_id) ORDER BY s.id LIMIT 1`)
	s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period)
		SELECT a.cadre_id, p.id, $1, 'hamlet', daterange('2020-02-15', '2020-02-16') FROM accounts a, posts p
		WHERE a.login = 'kethuc' AND p.code = 'district_supporter'`,
		g.desks[atHamlet])
	rows, err := s.db.Owner.Query(t.Context(), `SELECT a.login, p.code, p.capability, s.locality_id, s.cadre_id, s.id FROM assignments s
		JOIN posts p ON p.id = s.post_id JOIN accounts a USING (cadre_id) WHERE p.capability <> 'administer' AND s.locality_id = ANY($1)
		ORDER BY s.id`, append(g.desks[:], g.group))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var seat walkSeat
		var place territory.LocalityID
		if err := rows.Scan(&seat.login, &seat.post, &seat.capability, &place, &seat.person, &seat.assignment); err != nil {
			t.Fatal(err)
		}
		seat.level, seat.held = g.deskOf(place), seat.login != "kethuc"
		g.seats = append(g.seats, seat)
	}
	if err := rows.Err(); err != nil || len(g.seats) != 10 {
		t.Fatalf("seats on the way: got %d, %v, want 10", len(g.seats), err)
	}
	for _, day := range g.minutes.turns() {
		if at := startOf((day-1)*minutesOfADay + 9*60); at.After(monday) {
			g.moment = append(g.moment, at)
		}
	}
	slices.SortFunc(g.moment, time.Time.Compare)
	return g
}
