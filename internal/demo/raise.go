package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// issuesPerYear is how many issues are raised in twelve months.
const issuesPerYear = 860

// raiseIssues makes the issues that are open today, those of the demo accounts, and the rest, which have ended.
func (y *year) raiseIssues() error {
	for _, t := range openToday() {
		for range max(1, t.count) {
			if err := y.open(t); err != nil {
				return err
			}
		}
	}
	for _, o := range ofAccounts {
		for range o.count {
			if err := y.ended(y.seat(o.login)); err != nil {
				return err
			}
		}
	}
	days := int(y.now.Sub(y.begin).Hours() / 24)
	for len(y.issues) < issuesPerYear*days/yearDays {
		if err := y.ended(y.someSeat(nil)); err != nil {
			return err
		}
	}
	for _, f := range y.issues { // desks that are to be reminded by now were
		if f.issue.WarnAt.Before(y.now) {
			f.issue.WarnAt = time.Time{}
		}
	}
	y.number()
	return nil
}

// seat is who raises an issue where, and at which desk.
type seat struct {
	raiser cadre.ID
	post   string
	place  *place
	desk   territory.Level
}

// ofAccounts says how many ended issues the demo accounts have raised, besides those that are open.
var ofAccounts = []struct {
	login string
	count int
}{{"cbhuyen", 9}, {"cbxa", 5}, {"cbtinh", 5}, {"huyenuyvien", 3}, {"dangvien", 4}, {"bithu", 3}, {"bithu2", 2}}

// seat gives a place of the person of a demo account, and a desk for an issue there.
func (y *year) seat(login string) seat {
	all := Accounts()
	a := all[slices.IndexFunc(all, func(a Account) bool { return a.Login == login })]
	p := y.tree.find(a.path()...)
	s := seat{raiser: y.holder(a.PostCode, p), post: a.PostCode, place: p}
	s.desk = y.deskFor(s)
	return s
}

// someSeat gives a random person with a place below the given one, or anywhere in the district if that is nil.
func (y *year) someSeat(within *place) seat {
	for {
		d := y.someDuty(within)
		if _, quiet := y.silent[d.person.id]; quiet {
			continue
		}
		s := seat{raiser: d.person.id, post: d.post, place: d.place}
		if below := y.tree.below(d.place); d.post == cadre.DistrictSupporter && y.chance(25) {
			s.place = pick(y.random, below)
		}
		s.desk = y.deskFor(s)
		return s
	}
}

// someDuty draws a tier first, since tier 3 has a hundred times as many people as tier 1 but does not raise a hundred times
// as many issues.
func (y *year) someDuty(within *place) duty {
	post := cadre.DistrictSupporter
	switch n := y.random.IntN(100); {
	case n < 46:
		post = cadre.CommuneSupporter
	case n < 55:
		post = cadre.ProvinceSupporter
	case n < 60:
		post = hamletLead
	case n < 64:
		post = cadre.CommuneWatcher
	}
	if within != nil && within.level == territory.Hamlet && (post == cadre.ProvinceSupporter || post == cadre.CommuneWatcher) {
		post = cadre.CommuneSupporter
	}
	for {
		d := pick(y.random, y.dutiesOf(post))
		if within == nil || d.place == within || d.place.above(within.level) == within {
			return d
		}
	}
}

// dutiesOf lists the duties of a post.
func (y *year) dutiesOf(post string) []duty {
	if y.byPost == nil {
		y.byPost = map[string][]duty{}
		for _, d := range y.duties {
			y.byPost[d.post] = append(y.byPost[d.post], d)
		}
	}
	return y.byPost[post]
}

// deskFor chooses among the desks at which the person may raise an issue of the place: mostly the commune's, sometimes tier
// 2's direct line, the hamlet's for small things, the province's for tier 1.
func (y *year) deskFor(s seat) territory.Level {
	hamlet, hasHamlet := y.path(s.place).desks.AtLevel(territory.Hamlet)
	small := hasHamlet && !hamlet.Vacant() && !strings.HasSuffix(s.post, "_lead") && y.chance(14)
	switch {
	case s.post == communeLead:
		return territory.Subregion
	case s.post == cadre.DistrictSupporter && y.chance(18), s.post == cadre.CommuneWatcher && y.chance(40):
		return territory.Subregion
	case s.post == cadre.ProvinceSupporter && y.chance(25):
		return territory.Province
	case small && s.post != cadre.CommuneWatcher && s.post != cadre.ProvinceSupporter:
		return territory.Hamlet
	}
	return territory.Commune
}

// ended raises an issue at some time of the year that has ended by now.
func (y *year) ended(s seat) error {
	p := y.path(s.place)
	severity := y.severity()
	first, _ := p.desks.AtLevel(s.desk)
	steps := y.life(p, first.Locality.ID, severity)
	latest := y.ago(length(steps) + time.Hour)
	if latest.Before(y.begin) {
		steps, latest = nil, y.ago(time.Hour) // the year is too short for this life: it stays as raised
	}
	at := y.workingMoment(onDay(y.begin.Add(y.between(0, latest.Sub(y.begin)))))
	if at.After(latest) {
		at = latest
	}
	return y.enter(s, at, severity, "", steps)
}

// severity draws how pressing an issue is.
func (y *year) severity() casework.Severity {
	switch n := y.random.IntN(100); {
	case n < 62:
		return casework.Normal
	case n < 94:
		return casework.Pressing
	default:
		return casework.Urgent
	}
}

// enter raises an issue with a story that fits the place, the season and the severity.
func (y *year) enter(s seat, at time.Time, severity casework.Severity, name string, steps []step) error {
	stories := y.texts.storiesFor(s.place, onDay(at), severity)
	if name != "" {
		stories = y.texts.storiesNamed(name)
	}
	if len(stories) == 0 {
		return fmt.Errorf("no story fits %s on %s with severity %d", s.place.name, onDay(at), severity)
	}
	_, err := y.raise(opening{
		at: at, place: s.place, raiser: s.raiser, desk: s.desk, severity: severity, story: y.leastTold(stories),
		reported: strings.HasSuffix(s.post, "_supporter") && y.chance(60),
	}, steps)
	return err
}

// leastTold gives one of the stories that were told least often so far.
func (y *year) leastTold(stories []*story) *story {
	least := slices.MinFunc(stories, func(a, b *story) int { return y.told[a] - y.told[b] })
	few := slices.DeleteFunc(slices.Clone(stories), func(s *story) bool { return y.told[s] > y.told[least]+1 })
	chosen := pick(y.random, few)
	y.told[chosen]++
	return chosen
}
