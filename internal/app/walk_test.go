package app_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// walksAtATime is how many walks share a database, one after the other: rapid.checks' own default.
const walksAtATime = 100

// TestRandomWalks lets eight people make random moves at the same time on the same issues while the clock moves on and the software's own work
// runs beside them, and holds what is kept against the model of walk_oracle_test.go. BANAM_WALKS says how many walks; a failure names the
// seed and tells the walk's story. The average number of steps of a walk is -rapid.steps.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	walks := 25
	if n, err := strconv.Atoi(os.Getenv("BANAM_WALKS")); err == nil {
		walks = n
	}
	tally := &walkTally{count: map[string]int{}}
	began := time.Now()
	t.Cleanup(func() { t.Logf("%d walks in %v: %s", walks, time.Since(began).Round(time.Second), tally) })
	for first := 0; first < walks; first += walksAtATime {
		t.Run(strconv.Itoa(first), func(t *testing.T) {
			t.Parallel()
			ground, left, failed := newWalkGround(t, tally), min(walksAtATime, walks-first), false
			rapid.Check(t, func(rt *rapid.T) {
				if left == 0 && !failed {
					return
				}
				left = max(0, left-1)
				w := ground.walk(rt)
				defer func() {
					if r := recover(); r != nil {
						if !failed {
							t.Log(w.story())
						}
						failed = true
						panic(r)
					}
				}()
				w.raise(rt)
				rt.Repeat(map[string]func(*rapid.T){
					"people at once": w.peopleAtOnce, "people again": w.peopleAtOnce, "time passes": w.timePasses, "somebody leaves or comes": w.change,
				})
				w.end(rt)
			})
		})
	}
}

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

// walkIssue is an issue of a walk.
type walkIssue struct {
	ideal
	states []ideal // by version
	events []walkEvent
}

func (i *walkIssue) at(version int) ideal { return i.states[version] }

// walk is one history.
type walk struct {
	*walkGround
	issues []*walkIssue
	actors map[string]cadre.Actor
	casts  []string // the eight
	sent   []*walkSending
	tokens int
	lines  []string
}

// walkSending is a wish as it was sent, once or several times at the same time.
type walkSending struct {
	wish
	issue    int
	sub      app.Submission
	copies   int
	persists bool // reads the page again after a conflict
	pick     int
	before   bool // it was accepted in an earlier step already: nothing may happen any more
	differs  bool // another body under the submission of before

	mu      sync.Mutex
	answers []error
	reread  bool
	then    *walkSending
	page    *app.IssueView
}

func (g *walkGround) walk(rt *rapid.T) *walk {
	g.exec(`TRUNCATE issues, submissions, notices, issue_counters CASCADE`)
	g.exec(`DELETE FROM river.river_job`)
	for n := range g.seats {
		g.seats[n].held = g.seats[n].login != "kethuc"
	}
	g.exec(`UPDATE assignments SET period = daterange(lower(period), CASE WHEN id = $1 THEN date '2020-02-16' END) WHERE id = ANY($2)`,
		g.seat("kethuc").assignment, g.assignments())
	from := rapid.SampledFrom(g.moment).Draw(rt, "near")
	g.setClock(from.Add(time.Duration(rapid.IntRange(-4*minutesOfADay, minutesOfADay).Draw(rt, "minutes")) * time.Minute))
	w := &walk{walkGround: g}
	w.meet()
	g.tally.add("walks")
	return w
}

func (g *walkGround) assignments() []cadre.AssignmentID {
	var ids []cadre.AssignmentID
	for _, s := range g.seats {
		ids = append(ids, s.assignment)
	}
	return ids
}

// meet reads who everybody is today.
func (w *walk) meet() {
	w.actors = map[string]cadre.Actor{"tieuvung2": w.as("tieuvung2")}
	for _, s := range w.seats {
		w.actors[s.login] = w.as(s.login)
	}
}

func (w *walk) sayf(format string, args ...any) {
	w.lines = append(w.lines, fmt.Sprintf(format, args...))
}

func (w *walk) story() string { return "the walk:\n" + strings.Join(w.lines, "\n") }

func (w *walk) token() string {
	w.tokens++
	return "lời " + strconv.Itoa(w.tokens)
}

// walkStarts are the desks at which each may raise an issue, from domain.md section 4, "Start".
var walkStarts = map[string][]int{
	"cbhuyen": {atCommune, atSubregion, atHamlet}, "cbxa": {atCommune, atHamlet}, "cbtinh": {atCommune, atProvince}, "dangvien": {atHamlet, atCommune},
}

// raise begins a walk with two issues of one raiser, sent at the same time and more than once.
func (w *walk) raise(rt *rapid.T) {
	raiser := rapid.SampledFrom([]string{"cbhuyen", "cbhuyen", "cbxa", "cbtinh", "dangvien"}).Draw(rt, "raiser")
	others := slices.DeleteFunc([]string{"cbhuyen", "cbtinh", "cbxa", "tinhuy"}, func(l string) bool { return l == raiser })
	w.casts = append([]string{"dangvien", "bithu", "huyenuyvien", "tieuvung1", "huyenuy", "tieuvung2"}, rapid.Permutation(others).Draw(rt, "others")...)
	if raiser != "dangvien" {
		w.casts = append([]string{raiser}, w.casts...)
	}
	w.casts = w.casts[:8]
	place := w.desks[atHamlet]
	if raiser == "cbxa" {
		place = w.group
	}
	var group sync.WaitGroup
	wrong := make(chan error, 100)
	ids := make([][]uuid.UUID, 2)
	var wanted [2]ideal
	at := w.clock()
	for n := range ids {
		desk, severity := rapid.SampledFrom(walkStarts[raiser]).Draw(rt, "desk"), rapid.SampledFrom(casework.Severities()).Draw(rt, "severity")
		in := app.RaiseInput{
			Locality: place, Title: "Cầu " + w.token(), Description: "Sập", Field: "roads", Severity: severity, Desk: w.desks[desk],
		}
		wanted[n] = w.arrive(ideal{severity: severity, group: place == w.group, raiser: raiser, raisedPost: w.seat(raiser).post, version: 1, lastMove: 1}, desk, at)
		sub, copies := sending(), rapid.IntRange(1, 3).Draw(rt, "copies")
		ids[n] = make([]uuid.UUID, copies)
		for k := range copies {
			group.Go(func() {
				id, err := w.app.Raise(w.Context(), w.actors[raiser], sub, in)
				if err != nil {
					wrong <- fmt.Errorf("raising: %w", err)
				}
				ids[n][k] = id
			})
		}
		bad := in
		bad.Desk = w.desks[atDistrict]
		group.Go(func() {
			_, err := w.app.Raise(w.Context(), w.actors[raiser], sending(), bad)
			if fault.KindOf(err) != fault.KindInvalid {
				wrong <- fmt.Errorf("raising at a desk that is not offered: got %w, want invalid", err)
			}
		})
	}
	group.Wait()
	if len(wrong) > 0 {
		rt.Fatal(<-wrong)
	}
	for n := range ids {
		if len(slices.Compact(ids[n])) != 1 {
			rt.Fatalf("raising several times: got %v", ids[n])
		}
		i := wanted[n]
		i.id = ids[n][0]
		w.issues = append(w.issues, &walkIssue{ideal: i, states: []ideal{i, i}})
		w.sayf("%s raises %d at desk %d, severity %d, at %s", raiser, n, i.desk, i.severity, at.In(territory.Zone))
	}
	w.settle(rt, nil, nil, at)
	if n := w.number(`SELECT count(*) FROM issues`); n != 2 {
		rt.Fatalf("issues: got %d, want 2", n)
	}
}

// jump draws how far the clock goes on: minutes, hours, days, or to an instant at which something is due.
func (w *walk) jump(rt *rapid.T) time.Duration {
	minutes := func(low, high int) time.Duration {
		return time.Duration(rapid.IntRange(low*60, high*60).Draw(rt, "seconds")) * time.Second
	}
	switch rapid.SampledFrom([]string{"minutes", "minutes", "minutes", "minutes", "minutes", "hours", "hours", "hours", "night", "due", "due", "days", "weeks"}).Draw(rt, "jump") {
	case "minutes":
		return minutes(0, 90)
	case "hours":
		return minutes(60, 9*60)
	case "night":
		return minutes(12*60, 20*60)
	case "days":
		return minutes(minutesOfADay, 4*minutesOfADay)
	case "weeks":
		return minutes(minutesOfADay, 16*minutesOfADay)
	}
	i := rapid.SampledFrom(w.issues).Draw(rt, "issue")
	var list []time.Time
	for _, at := range []time.Time{i.due, i.warn, i.confirmBy, i.acknowledgeBy} {
		if at.After(w.clock()) {
			list = append(list, at)
		}
	}
	if i.state == "closed" {
		list = append(list, i.closed.Add(reopenTime))
	}
	if len(list) == 0 {
		return minutes(0, 90)
	}
	at := rapid.SampledFrom(list).Draw(rt, "instant").Add(time.Duration(rapid.IntRange(-1, 1).Draw(rt, "beside")) * time.Minute)
	return max(0, at.Sub(w.clock()))
}

// run lets the software's own work run in two processes at once and gives how much each kind says it did.
func (w *walk) run(group *sync.WaitGroup) *walkRuns {
	runs := &walkRuns{}
	for range 2 {
		group.Go(func() { runs.note(&runs.lapsed, w.app.LapseIssues) })
		group.Go(func() { runs.note(&runs.passed, w.app.PassVacantDesks) })
	}
	return runs
}

type walkRuns struct {
	mu             sync.Mutex
	lapsed, passed int
	errs           []error
}

func (r *walkRuns) note(sum *int, work func(ctx context.Context) (int, error)) {
	n, err := work(context.Background())
	r.mu.Lock()
	defer r.mu.Unlock()
	*sum += n
	if err != nil {
		r.errs = append(r.errs, err)
	}
}

// timePasses moves the clock on and lets the software do its own work: after that nothing may be left undone.
func (w *walk) timePasses(rt *rapid.T) {
	at := w.clock().Add(w.jump(rt))
	w.setClock(at)
	w.sayf("it is %s", at.In(territory.Zone))
	var group sync.WaitGroup
	runs := w.run(&group)
	group.Wait()
	w.settle(rt, nil, runs, at)
	for n, i := range w.issues {
		if what := w.pending(i.ideal, at); what != "" {
			rt.Fatalf("issue %d at %v: %s is due and was not done", n, at, what)
		}
		if i.ticks() && !i.warn.IsZero() && !at.Before(i.warn) && at.Before(i.due) && w.minutes.worksAt(at) {
			rt.Fatalf("issue %d at %v: the desk was not reminded", n, at)
		}
	}
}

// change lets a post be left or taken up again: a desk falls vacant, the raiser is transferred, a successor comes.
func (w *walk) change(rt *rapid.T) {
	if rapid.IntRange(0, 2).Draw(rt, "nobody") > 0 {
		return
	}
	seat := &w.seats[rapid.IntRange(0, len(w.seats)-1).Draw(rt, "seat")]
	gone := 0
	for _, s := range w.seats {
		if !s.held && s.login != "kethuc" {
			gone++
		}
	}
	if gone > 2 && seat.held {
		return
	}
	seat.held = !seat.held
	today := territory.DayOf(w.clock())
	if seat.held {
		w.exec(`UPDATE assignments SET period = daterange(lower(period), NULL) WHERE id = $1`, seat.assignment)
	} else {
		w.exec(`UPDATE assignments SET period = daterange(lower(period), $2) WHERE id = $1`, seat.assignment, today)
	}
	w.sayf("%s holds the post: %v", seat.login, seat.held)
	w.meet()
}

// walkMoves are what people ask for: the moves, the software's own, and nonsense.
func walkMoves() []casework.Move {
	return append(casework.Moves(), casework.Lapse, casework.CloseSilent, casework.Absorb, "explode")
}

// wishOf draws what somebody asks for, judging by the page as it was at the beginning of the step.
func (w *walk) wishOf(rt *rapid.T, who string) *walkSending {
	s := &walkSending{issue: rapid.IntRange(0, 3).Draw(rt, "issue") / 3, sub: sending(), copies: 1, pick: rapid.IntRange(0, 1000).Draw(rt, "pick")}
	i := w.issues[s.issue].ideal
	if len(w.sent) > 0 && rapid.IntRange(0, 9).Draw(rt, "again") == 0 {
		if old := rapid.SampledFrom(w.sent).Draw(rt, "earlier"); old.who == who {
			s.wish, s.sub, s.issue, s.before = old.wish, old.sub, old.issue, true
			if rapid.Bool().Draw(rt, "differs") {
				s.differs, s.sub.Body = true, []byte("other")
			}
			return s
		}
	}
	offered := w.offers(i, who, w.clock())
	move := rapid.SampledFrom(walkMoves()).Draw(rt, "any")
	if len(offered) > 0 && rapid.IntRange(0, 9).Draw(rt, "sensible") < 8 {
		move = casework.Move(likely(offered, s.pick))
	}
	s.wish = w.fill(i, who, move, s.pick)
	s.seen = max(0, i.version-max(0, rapid.IntRange(-14, 3).Draw(rt, "stale")))
	if rapid.IntRange(0, 30).Draw(rt, "ahead") == 0 {
		s.seen = i.version + 1
	}
	switch rapid.IntRange(0, 24).Draw(rt, "flaw") {
	case 0:
		s.Reason = ""
	case 1:
		s.Reason = strings.Repeat("ơ", casework.MaxText+1)
	case 2:
		s.DueOn = territory.DayOf(w.clock()).Add(-1)
	case 3:
		s.Desk, s.Asked, s.Into = w.desks[i.desk], w.actors[who].CadreID, i.id.String()
	case 4:
		s.Agency, s.Outcome, s.AnsweredOn = "", "", territory.DayOf(w.clock()).Add(4)
	}
	s.copies = max(1, rapid.IntRange(-4, 3).Draw(rt, "copies"))
	s.persists = rapid.Bool().Draw(rt, "persists")
	return s
}

// likely chooses among what is offered: mostly what brings the issue on to its end, seldom what everybody can do at any time.
func likely(offered []string, pick int) string {
	for _, often := range [][]string{{"acknowledge", "start", "resolve", "confirm", "answer"}, {"escalate", "send_down", "ask_info", "decline", "reopen", "agency_answer"}} {
		list := slices.DeleteFunc(slices.Clone(offered), func(m string) bool { return !slices.Contains(often, m) })
		if pick%2 == 0 && len(list) > 0 {
			return list[pick/2%len(list)]
		}
		pick /= 2
	}
	return offered[pick%len(offered)]
}

// fill makes a complete wish.
func (w *walk) fill(i ideal, who string, move casework.Move, pick int) wish {
	today := territory.DayOf(w.clock())
	r := casework.Request{
		Move: move, Reason: w.token(), Agency: "Sở " + strconv.Itoa(pick), DueOn: today.Add(14), AnsweredOn: today, Outcome: "Xong " + strconv.Itoa(pick), Evidence: "Biên bản",
		Desk: w.desks[atHamlet], Into: w.issues[0].id.String(),
	}
	if i.id == w.issues[0].id {
		r.Into = w.issues[1].id.String()
	}
	if below := w.below(i.desk); len(below) > 0 {
		r.Desk = w.desks[below[pick%len(below)]]
	}
	if list := w.candidates(i, who); len(list) > 0 {
		r.Asked = w.seat(list[pick%len(list)]).person
	}
	return wish{who: who, Request: r}
}

// send sends a wish once; whoever persists reads the page again after a conflict and makes another move that it offers.
func (w *walk) send(s *walkSending) {
	err := w.app.Move(w.Context(), w.actors[s.who], s.sub, w.issues[s.issue].id, s.seen, s.Request)
	s.mu.Lock()
	s.answers = append(s.answers, err)
	again := s.persists && !s.reread && fault.KindOf(err) == fault.KindConflict
	s.reread = s.reread || again
	s.mu.Unlock()
	if !again {
		return
	}
	actor := w.actors[s.who]
	actor.At = w.clock()
	page, err := w.app.Issue(w.Context(), actor, w.issues[s.issue].id)
	if err != nil || len(page.Moves) == 0 {
		return // what may be read is looked at when the walk ends
	}
	t := &walkSending{issue: s.issue, sub: sending(), pick: s.pick, wish: s.wish, page: &page}
	t.Move, t.Reason, t.seen = page.Moves[s.pick%len(page.Moves)].Move, strings.TrimSpace(s.Reason+" nữa"), page.Issue.Version
	if o := page.May(casework.SendDown); o != nil {
		t.Desk = o.Desks[s.pick%len(o.Desks)].ID
	}
	if o := page.May(casework.AskInfo); o != nil {
		t.Asked = o.People[s.pick%len(o.People)].ID
	}
	t.answers = []error{w.app.Move(w.Context(), w.actors[s.who], t.sub, w.issues[s.issue].id, t.seen, t.Request)}
	s.mu.Lock()
	s.then = t
	s.mu.Unlock()
}

// peopleAtOnce lets all eight act at the same time, mostly with the clock moving on and the software's own work beside them.
func (w *walk) peopleAtOnce(rt *rapid.T) {
	var all []*walkSending
	for _, who := range w.casts {
		all = append(all, w.wishOf(rt, who))
	}
	if rapid.IntRange(0, 7).Draw(rt, "merge both ways") == 0 {
		all = append(all, w.mergers()...)
	}
	var jumps []time.Duration
	for range rapid.IntRange(0, 2).Draw(rt, "jumps") {
		jumps = append(jumps, w.jump(rt))
	}
	beside := rapid.Bool().Draw(rt, "the software's work beside")
	from := w.clock()
	var group sync.WaitGroup
	for _, s := range all {
		for range s.copies {
			group.Go(func() { w.send(s) })
		}
	}
	var runs *walkRuns
	if beside {
		runs = w.run(&group)
	}
	group.Go(func() {
		for _, d := range jumps {
			time.Sleep(2 * time.Millisecond)
			w.setClock(w.clock().Add(d))
		}
	})
	group.Wait()
	for _, s := range all {
		if s.then != nil {
			all = append(all, s.then)
		}
	}
	w.settle(rt, all, runs, from)
}

// mergers are those who hold the two issues and merge each with the other at the same time.
func (w *walk) mergers() []*walkSending {
	var all []*walkSending
	for n, i := range w.issues {
		for _, who := range w.casts {
			if w.leads(who, i.desk) && w.may(i.ideal, who, "merge", w.clock()) {
				s := &walkSending{issue: n, sub: sending(), copies: 1, wish: w.fill(i.ideal, who, casework.Merge, 0)}
				s.seen = i.version
				all = append(all, s)
			}
		}
	}
	if len(all) == 2 {
		w.tally.add("merged both ways at once")
	}
	return all
}

// end looks at the issues as the pages show them, and at what was queued to tell people.
func (w *walk) end(rt *rapid.T) {
	now := w.clock()
	for n, i := range w.issues {
		for login, actor := range w.actors {
			actor.At = now
			page, err := w.app.Issue(w.Context(), actor, i.id)
			if reads := w.reads(i.ideal, login); reads != (err == nil) || err != nil && fault.KindOf(err) != fault.KindNotFound {
				rt.Fatalf("issue %d read by %s: got %v, want read %v", n, login, err, reads)
			}
			if err != nil {
				continue
			}
			w.samePage(rt, n, login, page, []time.Time{now})
			current := 0
			for _, stop := range page.Stops {
				if stop.Current {
					current++
				}
			}
			if (current == 1) != i.open() || current > 1 || len(page.Events) != i.version {
				rt.Fatalf("issue %d: got %d current desks, %d events, want one while it is open, %d events", n, current, len(page.Events), i.version)
			}
		}
	}
	events := w.number(`SELECT count(*) FROM issue_events`)
	if jobs := w.number(`SELECT count(DISTINCT args ->> 'event_id') FROM river.river_job WHERE kind = 'notify_issue'`); jobs != events {
		rt.Fatalf("jobs that tell people: got %d, want one for each of %d events", jobs, events)
	}
	if n := w.number(`SELECT count(DISTINCT number) FROM issues WHERE number ~ '-00000[12]$'`); n != 2 {
		rt.Fatalf("numbers 1 and 2: got %d of them", n)
	}
}

// samePage compares what a page offers with the model.
func (w *walk) samePage(rt *rapid.T, n int, login string, page app.IssueView, times []time.Time) {
	i := w.issues[n].at(page.Issue.Version)
	var got []string
	for _, o := range page.Moves {
		got = append(got, string(o.Move))
	}
	var want []string
	for _, at := range times {
		if want = w.offers(i, login, at); slices.Equal(got, want) && string(page.Issue.State) == i.state {
			return
		}
	}
	rt.Fatalf("issue %d, version %d, page of %s in %s: got %v, want %v in %s", n, page.Issue.Version, login, page.Issue.State, got, want, i.state)
}
