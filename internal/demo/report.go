package demo

import (
	"maps"
	"strings"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// report is a report that was sent.
type report struct {
	casework.Report
	grant      cadre.Grant
	place      *place
	submission uuid.UUID
	fault      reportFault
	versions   []sentVersion
	events     []casework.ReportEvent
}

// reportFault is what is wrong with a report on purpose.
type reportFault int

const (
	sound     reportFault = iota
	emptyWord             // says nothing concrete
	copied                // nearly the words of an earlier one of the same author
)

// rhythm is how many reports a holder of a post sends in thirty days.
var rhythm = map[string]float64{
	cadre.ProvinceSupporter: 2, cadre.DistrictSupporter: 2.4, cadre.CommuneSupporter: 0.86, cadre.CommuneWatcher: 0.8,
	communeLead: 0.6, hamletLead: 0.5,
}

// Shares of the supporters with a fault, in percent.
const (
	silentShare = 3 // nothing for sixty days and more
	copyShare   = 3
	emptyShare  = 4
)

// fallSilent chooses the supporters who have stopped reporting, none of them with a demo account.
func (y *year) fallSilent() {
	known := y.known()
	for _, d := range y.duties {
		if strings.HasSuffix(d.post, "_supporter") && !known[d.person.id] && y.chance(silentShare) {
			y.silent[d.person.id] = y.now.AddDate(0, 0, -62-y.random.IntN(150))
		}
	}
}

// known tells who has a demo account.
func (y *year) known() map[cadre.ID]bool {
	known := map[cadre.ID]bool{}
	for _, a := range Accounts() {
		known[y.holder(a.PostCode, y.tree.find(a.path()...))] = true
	}
	return known
}

// writer is somebody who reports on a place, with their habits.
type writer struct {
	duty   duty
	rate   float64 // reports in thirty days
	until  time.Time
	habit  reportFault
	before []*report // own earlier ones
}

// writeReports lets everybody report through the year.
func (y *year) writeReports() error {
	known := y.known()
	for _, d := range y.duties {
		rate, ok := rhythm[d.post]
		if !ok {
			continue
		}
		w := &writer{duty: d, rate: rate * (0.6 + 0.8*y.random.Float64()), until: y.now}
		switch n := y.random.IntN(100); {
		case known[d.person.id]:
			w.rate = max(rate, 1.8)
		case d.post == cadre.CommuneSupporter && n < copyShare:
			w.habit = copied
		case d.post == cadre.CommuneSupporter && n < copyShare+emptyShare:
			w.habit = emptyWord
		}
		if since, quiet := y.silent[d.person.id]; quiet {
			w.until = since
		}
		if err := y.writeAll(w); err != nil {
			return err
		}
	}
	return nil
}

// writeAll lets one writer report in an uneven rhythm.
func (y *year) writeAll(w *writer) error {
	gap := func() time.Duration {
		return time.Duration(30 / w.rate * (0.5 + y.random.Float64()) * float64(24*time.Hour))
	}
	for at := y.begin.Add(gap() / 2); at.Before(w.until); at = at.Add(gap()) {
		happened := onDay(at)
		sent := y.workingMoment(happened.Add(y.delay()))
		if sent.After(w.until) {
			continue
		}
		r := y.write(w, happened, sent)
		if r.fault == sound && w.habit == sound {
			if err := y.turn(r, w.duty.post); err != nil {
				return err
			}
		}
		w.before = append(w.before, r)
		y.reports = append(y.reports, r)
	}
	return nil
}

// delay is how many days after it happened a report is sent: mostly the same day or soon, sometimes late.
func (y *year) delay() int {
	if y.chance(5) {
		return 5 + y.random.IntN(20)
	}
	return max(0, y.random.IntN(6)-2)
}

// write makes one report of a writer.
func (y *year) write(w *writer, happened territory.Day, sent time.Time) *report {
	at := w.duty.place
	if below := y.tree.below(at); (w.duty.post == cadre.DistrictSupporter || w.duty.post == cadre.ProvinceSupporter) && y.chance(22) {
		at = pick(y.random, below)
	}
	r := y.file(w.duty.person.id, at, happened, sent)
	s := newScene(y.random, y.tree, at)
	switch {
	case w.habit == copied && len(w.before) > 0:
		r.fault = copied
		r.Content = y.copyOf(pick(y.random, w.before).Content, s, happened)
	case w.habit == emptyWord && y.chance(80):
		r.fault = emptyWord
		r.Content = casework.Content{"what": y.word(s, happened, pick(y.random, y.texts.words["empty text"]))}
	default:
		r.Content = y.content(s, happened, w.duty.post)
	}
	return r
}

// file makes a report as the application does when it is sent: under the nearest grant, to the desk of the rules.
func (y *year) file(author cadre.ID, at *place, happened territory.Day, sent time.Time) *report {
	p := y.path(at)
	grant, _ := cadre.GrantFor(y.actor(author, sent), cadre.FileReport, cadre.Object{Place: p.place})
	desk, _, _ := casework.ReceivingDesk(grant, author, p.desks)
	begun := sent.Add(-y.between(3*time.Minute, 40*time.Minute))
	return &report{
		Report: casework.Report{
			ID: y.id(begun), Author: author, Assignment: grant.AssignmentID, Kind: casework.SituationReport, HappenedOn: happened,
			Place: p.place, State: casework.ReportSubmitted, Desk: desk.Locality.ID, Number: 1, Version: 1, ReceivedAt: sent,
		},
		grant: grant, place: at, submission: y.id(begun),
	}
}

// copyOf gives the words of an earlier report, at most with one sentence left out or a day put before.
func (y *year) copyOf(earlier casework.Content, s *scene, on territory.Day) casework.Content {
	c := maps.Clone(earlier)
	if y.chance(50) {
		c["what"] = s.fill(pick(y.random, y.texts.words["copy text"]), on) + " " + c["what"]
	}
	if y.chance(30) {
		delete(c, "mood")
	}
	return c
}

// content words a report on what worries the place in that season.
func (y *year) content(s *scene, on territory.Day, post string) casework.Content {
	themes := y.texts.themesFor(s.place, on)
	main, second := pick(y.random, themes), pick(y.random, themes)
	what := s.fill(pick(y.random, main.what), on)
	if second.name != main.name && y.chance(34) {
		what += " " + s.fill(pick(y.random, second.what), on)
	}
	if y.used[what] {
		what = s.fill(pick(y.random, y.texts.words["lead text"]), on) + " " + what
	}
	for !y.fresh(what) {
		what += " " + s.fill(pick(y.random, y.texts.words["tail text"]), on)
	}
	c := casework.Content{"what": what}
	full := 100
	if post == cadre.CommuneSupporter { // tier 3 writes on the telephone, and shorter
		full = 55
	}
	if y.chance(full * 62 / 100) {
		c.Set("difficulties", y.maybe(s, on, main.difficulties))
		if y.chance(75) {
			c.Set("proposals", y.maybe(s, on, main.proposals))
		}
	}
	for _, part := range []struct {
		into, from string
		odds       int
	}{{"production", "production", 40}, {"order", "order", 40}, {"mood", "mood", 45}, {"policies_heard", "policy", 25}} {
		if y.chance(full * part.odds / 100) {
			c.Set(part.into, y.maybe(s, on, y.inSeason(part.from, s.place, on)))
		}
	}
	if c["policies_heard"] != "" {
		c.Set("policy_reaction", y.maybe(s, on, y.texts.words["reaction text"]))
	}
	y.opinions(c, s, on, full)
	return c
}

// inSeason gives the texts of a pool that fit the place and the season.
func (y *year) inSeason(pool string, at *place, on territory.Day) []string {
	var found []string
	for _, p := range y.texts.pools {
		if p.name == pool && fits(p.months, p.zones, at, on) {
			found = append(found, p.texts...)
		}
	}
	return found
}

// maybe gives one of the texts that stands nowhere else yet; empty if it finds none in a few tries.
func (y *year) maybe(s *scene, on territory.Day, texts []string) string {
	for range 4 {
		if len(texts) == 0 {
			break
		}
		if text := s.fill(pick(y.random, texts), on); y.fresh(text) {
			return text
		}
	}
	return ""
}

// opinions rates some of the organisations, with a remark on some of those.
func (y *year) opinions(c casework.Content, s *scene, on territory.Day, full int) {
	for _, code := range casework.Organisations() {
		if !y.chance(full * 35 / 100) {
			continue
		}
		rating := "good"
		switch n := y.random.IntN(10); {
		case n < 1:
			rating = "weak"
		case n < 4:
			rating = "fair"
		}
		c["rating_"+code] = rating
		if rating != "good" || y.chance(40) {
			c.Set("remark_"+code, y.maybe(s, on, y.texts.words["remark_"+code+" "+rating]))
		}
	}
}

// sourceReport makes the report from which an issue was raised, sent shortly before it by the same person.
func (y *year) sourceReport(f *issueFile) *report {
	sent := f.issue.RaisedAt.Add(-y.between(4*time.Minute, 25*time.Minute))
	happened := onDay(sent).Add(-y.random.IntN(2))
	r := y.file(f.issue.Raiser, f.place, happened, sent)
	r.Content = y.content(f.scene, happened, cadre.CommuneSupporter)
	first, _, _ := strings.Cut(f.issue.Description, ". ")
	first = strings.TrimSuffix(first, ".") + "."
	if f.issue.Severity == casework.Normal {
		r.Content["difficulties"] = first
	} else {
		r.Content["pressing"] = first
	}
	r.Content["what"] = y.word(f.scene, happened, pick(y.random, y.texts.words["source text"])) + " " + r.Content["what"]
	y.reports = append(y.reports, r)
	return r
}
