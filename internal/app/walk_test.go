package app_test

import (
	"context"
	"fmt"
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
