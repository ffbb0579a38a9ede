package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// A small world of places that come, move and go, with people sent to them, and what coverage is by the words of domain.md section 2,
// day by day and place by place, without any of the code under test. Days are numbers of days since 1 January 2020.
type (
	coverageWorld struct {
		places  []coveragePlace
		people  []coveragePerson
		sent    []coverageSent
		today   int
		below   []int // places with all below them
		alone   []int
		commune int // whose gaps alone are listed; -1 for all
	}
	coveragePlace struct {
		level    territory.Level
		versions []coverageVersion
	}
	coverageVersion struct{ from, until, parent int } // parent -1 for none
	coveragePerson  struct {
		disabled int // the day on which they were; never where negative
		home     int // -1 for none
		account  bool
	}
	coverageSent struct {
		person, place, from, until int // until is the first day after; forever where zero
		post                       coveragePost
		voided, acting, household  bool
	}
	coveragePost struct {
		code       string
		level      territory.Level
		tier       cadre.Tier
		capability cadre.Capability
	}
)

var coveragePosts = []coveragePost{
	{"province_supporter", territory.Commune, cadre.ProvinceTier, cadre.Support},
	{"district_supporter", territory.Hamlet, cadre.DistrictTier, cadre.Support},
	{"commune_hamlet_supporter", territory.Hamlet, cadre.CommuneTier, cadre.Support},
	{"commune_supporter", territory.Group, cadre.CommuneTier, cadre.Support},
	{"commune_supporter", territory.Hamlet, cadre.CommuneTier, cadre.Support},
	{"hamlet_lead", territory.Hamlet, cadre.CommuneTier, cadre.Lead},
	{"commune_lead", territory.Commune, cadre.CommuneTier, cadre.Lead},
	{"commune_watcher", territory.Commune, cadre.DistrictTier, cadre.Watch},
	{"subregion_lead", territory.Subregion, cadre.DistrictTier, cadre.Lead},
	{"district_lead", territory.District, cadre.DistrictTier, cadre.Lead},
	{"province_lead", territory.Province, cadre.ProvinceTier, cadre.Lead},
	{"district_admin", territory.District, cadre.DistrictTier, cadre.Administer},
	{"commune_admin", territory.Commune, cadre.CommuneTier, cadre.Administer},
}

const coverageDays = 60

func drawCoverageWorld(t *rapid.T) coverageWorld {
	w := coverageWorld{today: rapid.IntRange(0, coverageDays).Draw(t, "today")}
	day := rapid.IntRange(0, coverageDays)
	for i := range rapid.IntRange(1, 16).Draw(t, "places") {
		p := coveragePlace{level: rapid.SampledFrom(territory.Levels()).Draw(t, "level")}
		var above []int
		for j, q := range w.places {
			if q.level.Above(p.level) {
				above = append(above, j)
			}
		}
		for from := 0; from < coverageDays && len(p.versions) < 4; {
			v := coverageVersion{from: from + rapid.IntRange(0, 5).Draw(t, "gap"), parent: -1}
			v.until = v.from + rapid.IntRange(1, coverageDays).Draw(t, "length")
			if len(above) > 0 && rapid.IntRange(0, 7).Draw(t, "has parent") > 0 {
				v.parent = rapid.SampledFrom(above).Draw(t, "parent")
			}
			p.versions, from = append(p.versions, v), v.until
		}
		w.places = append(w.places, p)
		if rapid.IntRange(0, 3).Draw(t, "asked") == 0 || i == 0 {
			w.below = append(w.below, i)
		} else if rapid.IntRange(0, 5).Draw(t, "alone") == 0 {
			w.alone = append(w.alone, i)
		}
	}
	for range rapid.IntRange(1, 5).Draw(t, "people") {
		p := coveragePerson{disabled: rapid.IntRange(-40, coverageDays).Draw(t, "disabled"), home: rapid.IntRange(-1, len(w.places)-1).Draw(t, "home"), account: rapid.Bool().Draw(t, "account")}
		w.people = append(w.people, p)
	}
	for range rapid.IntRange(0, 20).Draw(t, "sent") {
		s := coverageSent{person: rapid.IntRange(0, len(w.people)-1).Draw(t, "person"), place: rapid.IntRange(0, len(w.places)-1).Draw(t, "place")}
		var fit []coveragePost
		for _, p := range coveragePosts {
			if p.level == w.places[s.place].level {
				fit = append(fit, p)
			}
		}
		s.post, s.from = rapid.SampledFrom(fit).Draw(t, "post"), day.Draw(t, "from")
		if length := rapid.IntRange(0, 30).Draw(t, "length"); length > 0 {
			s.until = s.from + length
		}
		s.voided, s.acting = rapid.IntRange(0, 5).Draw(t, "voided") == 0, rapid.Bool().Draw(t, "acting")
		s.household = s.post.level == territory.Group && rapid.IntRange(0, 3).Draw(t, "household") == 0
		if !slices.ContainsFunc(w.sent, s.clashes) {
			w.sent = append(w.sent, s)
		}
	}
	w.commune = -1
	if of := rapid.IntRange(-1, len(w.places)-1).Draw(t, "commune"); of >= 0 && w.places[of].level == territory.Commune {
		w.commune = of
	}
	return w
}

// clashes tells whether both cannot stand in the database beside each other.
func (s coverageSent) clashes(o coverageSent) bool {
	return s.person == o.person && s.place == o.place && s.post.code == o.post.code && s.household == o.household && !s.voided && !o.voided &&
		(s.until == 0 || o.from < s.until) && (o.until == 0 || s.from < o.until)
}

func (s coverageSent) on(day int) bool {
	return !s.voided && s.from <= day && (s.until == 0 || day < s.until)
}

// at gives the version of a place on a day.
func (w coverageWorld) at(place, day int) (coverageVersion, bool) {
	for _, v := range w.places[place].versions {
		if v.from <= day && day < v.until {
			return v, true
		}
	}
	return coverageVersion{}, false
}

// way gives a place that exists on a day and those above it.
func (w coverageWorld) way(place, day int) []int {
	var list []int
	for place >= 0 {
		v, ok := w.at(place, day)
		if !ok {
			break
		}
		list, place = append(list, place), v.parent
	}
	return list
}

// lies tells whether a place exists on a day and is one of those asked for or lies below one.
func (w coverageWorld) lies(place, day int) bool {
	return slices.ContainsFunc(w.way(place, day), func(p int) bool { return slices.Contains(w.below, p) })
}

// counted tells whether a place belongs to what is counted on a day.
func (w coverageWorld) counted(place, day int) bool {
	_, there := w.at(place, day)
	if there && slices.Contains(w.alone, place) {
		return true
	}
	return w.reached(place, day)
}

// reached tells whether a place lies on a day below those asked for. Of days to come it does not if it lies elsewhere today.
func (w coverageWorld) reached(place, day int) bool {
	_, already := w.at(place, w.today)
	return w.lies(place, day) && (day <= w.today || !already || w.lies(place, w.today))
}

func (w coverageWorld) active(person, day int) bool {
	return w.people[person].disabled < 0 || w.people[person].disabled > day
}

// has tells whether somebody holds at a place what makes it covered; a desk's lead if lead is asked for.
func (w coverageWorld) has(place, day int, lead bool) bool {
	districted := slices.ContainsFunc(w.way(place, day), func(p int) bool { return w.places[p].level == territory.District })
	if !w.reached(place, day) {
		districted = true
	}
	return slices.ContainsFunc(w.sent, func(s coverageSent) bool {
		if s.place != place || !s.on(day) || !w.active(s.person, day) {
			return false
		}
		if lead {
			return s.post.capability == cadre.Lead
		}
		if s.post.capability != cadre.Support || s.household {
			return false
		}
		switch w.places[place].level {
		case territory.Commune:
			return s.post.tier == cadre.ProvinceTier
		case territory.Hamlet:
			return s.post.tier == cadre.DistrictTier || !districted
		case territory.Group:
			return s.post.tier == cadre.CommuneTier
		case territory.Province, territory.District, territory.Subregion:
		}
		return false
	})
}

func (w coverageWorld) communeOf(place, day int) int {
	if !w.reached(place, day) {
		return -1
	}
	for _, p := range w.way(place, day) {
		if w.places[p].level == territory.Commune {
			return p
		}
	}
	return -1
}

// recount counts one by one what the board shows of a day.
func (w coverageWorld) recount(day int) (g postgres.Gaps, communes map[int]postgres.Gaps, loads map[int]int, gaps map[postgres.GapKind][]int64) {
	communes, loads, gaps = map[int]postgres.Gaps{}, map[int]int{}, map[postgres.GapKind][]int64{}
	for p, place := range w.places {
		if !w.counted(p, day) {
			continue
		}
		supported, led, in := w.has(p, day, false), w.has(p, day, true), w.communeOf(p, day)
		c := communes[in]
		miss := func(kind postgres.GapKind, covered bool) {
			if !covered && (w.commune < 0 || in == w.commune) {
				gaps[kind] = append(gaps[kind], int64(p+1))
			}
		}
		tally := func(all, have *int, covered bool) {
			*all++
			if covered {
				*have++
			}
		}
		switch place.level {
		case territory.Commune:
			tally(&g.Communes, &g.CommunesCovered, supported)
			miss(postgres.NoTierOne, supported)
		case territory.Hamlet:
			tally(&g.Hamlets, &g.HamletsCovered, supported)
			tally(&c.Hamlets, &c.HamletsCovered, supported)
			miss(postgres.NoTierTwo, supported)
		case territory.Group:
			tally(&g.Groups, &g.GroupsCovered, supported)
			tally(&c.Groups, &c.GroupsCovered, supported)
			miss(postgres.NoTierThree, supported)
			alone := slices.ContainsFunc(w.sent, func(s coverageSent) bool { return s.place == p && s.household && s.on(day) && w.active(s.person, day) })
			if !supported && !alone { // each group has one household
				g.Households++
			}
		case territory.Province, territory.District, territory.Subregion:
		}
		if place.level != territory.Group {
			tally(&g.Desks, &g.DesksCovered, led)
			tally(&c.Desks, &c.DesksCovered, led)
			miss(postgres.NoLead, led)
		}
		communes[in] = c
	}
	delete(communes, -1)
	loads[0] = 0
	for i, person := range w.people {
		if !w.active(i, day) {
			continue
		}
		anything, mine, here, known := false, false, map[int]bool{}, person.home >= 0 && w.counted(person.home, day)
		for _, s := range w.sent {
			if s.person != i || s.voided {
				continue
			}
			counts := w.counted(s.place, day)
			anything = anything || s.on(day)
			known = known || counts && s.from <= day
			mine = mine || counts && s.on(day)
			if counts && s.on(day) && s.post.capability != cadre.Administer {
				here[s.place] = true
			}
		}
		if mine && !person.account {
			g.Accounts++
		}
		if n := len(here); n > 0 {
			loads[min(n, cadre.MostPlaces+1)]++
			if n > cadre.MostPlaces && (w.commune < 0 || slices.ContainsFunc(w.sent, func(s coverageSent) bool {
				return s.person == i && here[s.place] && s.on(day) && s.post.capability != cadre.Administer && w.communeOf(s.place, day) == w.commune
			})) {
				gaps[postgres.TooMany] = append(gaps[postgres.TooMany], int64(i+1))
			}
		}
		if !anything && known {
			loads[0]++
			if w.commune < 0 {
				gaps[postgres.Idle] = append(gaps[postgres.Idle], int64(i+1))
			}
		}
	}
	return g, communes, loads, gaps
}

func coverageDay(n int) territory.Day { return territory.NewDay(2020, 1, 1).Add(n) }

// store writes the world into an empty database. Places and people have their number and one as id.
func (w coverageWorld) store(t *rapid.T, db *testdb.DB) {
	b := &pgx.Batch{}
	for _, table := range []string{"assignments", "households", "accounts", "cadres", "locality_versions", "localities"} {
		b.Queue(`DELETE FROM ` + table)
	}
	until := func(n int) any {
		if n == 0 {
			return nil
		}
		return coverageDay(n)
	}
	ref := func(n int) any {
		if n < 0 {
			return nil
		}
		return n + 1
	}
	for i, p := range w.places {
		b.Queue(`INSERT INTO localities (id, level) OVERRIDING SYSTEM VALUE VALUES ($1, $2)`, i+1, p.level)
		for _, v := range p.versions {
			b.Queue(`INSERT INTO locality_versions (locality_id, parent_id, type, name, valid) VALUES ($1, $2, 'x', 'x', daterange($3, $4))`, i+1, ref(v.parent), coverageDay(v.from), coverageDay(v.until))
		}
		if p.level == territory.Group {
			b.Queue(`INSERT INTO households (id, locality_id, number, head, members, workers, entered_at) VALUES (lpad(($1::bigint)::text, 32, '0')::uuid, $1::bigint, 1, 'x', 1, 1, now())`, i+1)
		}
	}
	for i, p := range w.people {
		var disabled any
		if p.disabled >= 0 {
			disabled = coverageDay(p.disabled).Start().Add(12 * 60 * 60 * 1e9)
		}
		b.Queue(`INSERT INTO cadres (id, full_name, tier, disabled_at, home_id) OVERRIDING SYSTEM VALUE VALUES ($1, 'x', 'commune', $2, $3)`, i+1, disabled, ref(p.home))
		if p.account {
			b.Queue(`INSERT INTO accounts (cadre_id, login, password_hash) VALUES ($1, $2, 'x')`, i+1, fmt.Sprint("login", i))
		}
	}
	for _, s := range w.sent {
		b.Queue(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period, acting, voided_at, household_id)
			SELECT $1, id, $2::bigint, $3, daterange($4, $5), $6, CASE WHEN $7 THEN now() END, CASE WHEN $8 THEN lpad(($2::bigint)::text, 32, '0')::uuid END FROM posts WHERE code = $9`,
			s.person+1, s.place+1, s.post.level, coverageDay(s.from), until(s.until), s.acting, s.voided, s.household, s.post.code)
	}
	if err := db.Owner.SendBatch(context.Background(), b).Close(); err != nil {
		t.Fatalf("storing the world: %v", err)
	}
}

func (w coverageWorld) of(day int) postgres.CoverageOf {
	of := postgres.CoverageOf{Day: coverageDay(day), Today: coverageDay(w.today)}
	for _, p := range w.below {
		of.Below = append(of.Below, territory.LocalityID(p+1))
	}
	for _, p := range w.alone {
		of.Alone = append(of.Alone, territory.LocalityID(p+1))
	}
	return of
}

// Any date's coverage equals a naive recount: numbers, communes, what people hold, and the names behind each number.
func TestCoverageIsTheNaiveRecount(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	if _, err := db.Owner.Exec(t.Context(), `INSERT INTO post_levels (post_id, level) SELECT id, 'hamlet' FROM posts WHERE code = 'commune_supporter' ON CONFLICT DO NOTHING`); err != nil {
		t.Fatal(err)
	}
	store, err := postgres.New(db.App)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		w := drawCoverageWorld(t)
		w.store(t, db)
		day, before := rapid.IntRange(-2, coverageDays+10).Draw(t, "day"), rapid.IntRange(-2, coverageDays+10).Draw(t, "before")
		q := postgres.CoverageQuery{Of: w.of(day), Before: coverageDay(before), Limit: 1000}
		gaps, communes, loads, rows := w.recount(day)
		old, _, _, _ := w.recount(before)
		found, err := store.Coverage(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if found.Gaps != gaps || found.Before != old {
			t.Fatalf("got %+v and %+v before, want %+v and %+v", found.Gaps, found.Before, gaps, old)
		}
		if len(found.Communes) != len(communes) {
			t.Fatalf("got %d communes, want %d", len(found.Communes), len(communes))
		}
		for _, c := range found.Communes {
			p := int(c.ID - 1)
			if c.Gaps != communes[p] || c.Supported != (w.counted(p, day) && w.has(p, day, false)) {
				t.Fatalf("commune %d: got %+v, %t, want %+v", p, c.Gaps, c.Supported, communes[p])
			}
		}
		for _, l := range found.Loads {
			if loads[l.Places] != l.People {
				t.Fatalf("%d people hold %d, want %d", l.People, l.Places, loads[l.Places])
			}
			delete(loads, l.Places)
		}
		if len(loads) > 0 {
			t.Fatalf("nothing says that so many people hold so many places: %v", loads)
		}
		if w.commune >= 0 {
			q.Commune = territory.LocalityID(w.commune + 1)
		}
		for _, kind := range postgres.GapKinds() {
			if kind == postgres.NoAccount {
				continue // counted above; the list is of the same condition
			}
			q.Kind = kind
			found, err := store.Coverage(context.Background(), q)
			if err != nil {
				t.Fatal(err)
			}
			var keys []int64
			for _, row := range found.Rows {
				keys = append(keys, row.Key)
			}
			if !slices.Equal(keys, rows[kind]) {
				t.Fatalf("%s: got %v, want %v", kind, keys, rows[kind])
			}
		}
	})
}
