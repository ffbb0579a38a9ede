package demo

import (
	"fmt"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// target is an issue as it stands today.
type target struct {
	count    int             // how many of them; 0 is one
	at       []string        // path of the place to raise it at, or of a place above; none is anywhere
	desk     territory.Level // that holds it now
	state    casework.State
	severity casework.Severity
	low, top int    // how much of its time the desk has used, in percent
	late     bool   // it climbed there because the desk below let its time pass
	overdue  bool   // the time is up, and nobody is above
	login    string // of the demo account that raised it; somebody if empty
	direct   bool   // by tier 2's direct line
	story    string // its name; any that fits if empty
}

const (
	chauHung  = "Xã Châu Hưng"
	fresh     = casework.New
	taken     = casework.Acknowledged
	working   = casework.InProgress
	asked     = casework.AwaitingInfo
	solved    = casework.Resolved
	normal    = casework.Normal
	pressing  = casework.Pressing
	urgent    = casework.Urgent
	atHamlet  = territory.Hamlet
	atCommune = territory.Commune
	atRegion  = territory.Subregion
)

// openToday lists the issues that are open today. The desks of the demo accounts are laid out by hand, so that each shows
// what it is for; at the others the work is spread. Some have climbed because a desk let its time pass, at the top some are
// overdue, and the rest have used unlike parts of their time, so that nothing comes due in a burst.
func openToday() []target {
	var all []target
	for _, part := range [][]target{ofChauHung, ofTheChain, ofRegions, ofTheTop} {
		all = append(all, part...)
	}
	for i, c := range otherCommunes() {
		all = append(all, ofCommune(c, i)...)
	}
	return all
}

// ofChauHung is what the accounts bithu, dangvien, cbhuyen and cbxa see first.
var ofChauHung = []target{
	{at: []string{chauHung}, desk: atCommune, state: fresh, severity: normal, low: 8, top: 20, login: "cbxa"},
	{at: []string{chauHung}, desk: atCommune, state: fresh, severity: pressing, low: 10, top: 20},
	{at: []string{chauHung}, desk: atCommune, state: taken, severity: pressing, low: 86, top: 92, login: "cbhuyen"}, // a warning
	{at: []string{chauHung}, desk: atCommune, state: taken, severity: normal, low: 35, top: 50},
	{at: []string{chauHung}, desk: atCommune, state: working, severity: pressing, low: 88, top: 95},
	{at: []string{chauHung}, desk: atCommune, state: working, severity: normal, low: 30, top: 60, login: "cbxa"},
	{at: []string{chauHung}, desk: atCommune, state: working, severity: normal, low: 50, top: 70},
	{at: []string{chauHung}, desk: atCommune, state: asked, severity: normal, low: 20, top: 40, login: "cbhuyen"},
	{at: []string{chauHung}, desk: atCommune, state: asked, severity: normal, low: 20, top: 40},
	{at: []string{chauHung}, desk: atCommune, state: solved, severity: normal, low: 40, top: 70, login: "cbhuyen"},
	{at: []string{chauHung}, desk: atCommune, state: solved, severity: pressing, low: 40, top: 70, login: "cbxa"},
	{at: []string{chauHung}, desk: atCommune, state: solved, severity: normal, low: 40, top: 70},
	{at: []string{"Ấp Hưng Chánh", chauHung}, desk: atHamlet, state: fresh, severity: normal, low: 10, top: 20},
	{at: []string{"Ấp Hưng Chánh", chauHung}, desk: atHamlet, state: taken, severity: normal, low: 30, top: 50, login: "cbxa"},
	{at: []string{"Ấp Hưng Chánh", chauHung}, desk: atHamlet, state: working, severity: normal, low: 30, top: 60},
}

// ofTheChain is what has gone up from Châu Hưng to tieuvung1, among it the pressing matter of the last hours: a dyke.
var ofTheChain = []target{
	{at: []string{"Ấp Hưng Thạnh", chauHung}, desk: atRegion, state: fresh, severity: urgent, low: 28, top: 36, direct: true, story: "dyke-break"},
	{at: []string{chauHung}, desk: atRegion, state: working, severity: pressing, low: 40, top: 60, login: "cbhuyen"},
	{at: []string{chauHung}, desk: atRegion, state: solved, severity: pressing, low: 40, top: 60, login: "cbhuyen"},
	{at: []string{chauHung}, desk: atRegion, state: taken, severity: normal, low: 20, top: 40, login: "cbtinh"},
	{at: []string{chauHung}, desk: atRegion, state: asked, severity: normal, low: 20, top: 40, login: "cbtinh"},
	{at: []string{chauHung}, desk: atRegion, state: fresh, severity: normal, low: 5, top: 20, login: "huyenuyvien"},
	{at: []string{chauHung}, desk: territory.District, state: working, severity: pressing, low: 30, top: 50, login: "dangvien"},
}

// ofRegions is the rest at the desks of the sub-regions. The issues of Xã Thừa Đức have passed by its vacant desk.
var ofRegions = []target{
	{at: []string{"Tiểu vùng I"}, desk: atRegion, state: working, severity: urgent, low: 45, top: 70},
	{at: []string{chauHung}, desk: atRegion, state: taken, severity: pressing, low: 30, top: 60, late: true},
	{at: []string{"Tiểu vùng I"}, desk: atRegion, state: fresh, severity: pressing, low: 10, top: 30, late: true},
	{at: []string{"Tiểu vùng I"}, desk: atRegion, state: working, severity: normal, low: 20, top: 76, count: 2},
	{at: []string{"Tiểu vùng I"}, desk: atRegion, state: taken, severity: normal, low: 82, top: 88},
	{at: []string{"Tiểu vùng I"}, desk: atRegion, state: solved, severity: normal, low: 30, top: 80},
	{at: []string{"Tiểu vùng II"}, desk: atRegion, state: fresh, severity: pressing, low: 10, top: 30, direct: true},
	{at: []string{"Tiểu vùng II"}, desk: atRegion, state: taken, severity: pressing, low: 30, top: 60},
	{at: []string{"Tiểu vùng II"}, desk: atRegion, state: working, severity: normal, low: 40, top: 80, late: true},
	{at: []string{"Tiểu vùng II"}, desk: atRegion, state: working, severity: normal, low: 30, top: 70, count: 2},
	{at: []string{"Tiểu vùng II"}, desk: atRegion, state: asked, severity: pressing, low: 20, top: 40},
	{at: []string{"Tiểu vùng II"}, desk: atRegion, state: solved, severity: normal, low: 30, top: 80},
	{at: []string{"Xã Thừa Đức"}, desk: atRegion, state: fresh, severity: normal, low: 8, top: 25},
	{at: []string{"Xã Thừa Đức"}, desk: atRegion, state: working, severity: pressing, low: 40, top: 70, count: 2},
	{at: []string{"Xã Thừa Đức"}, desk: atRegion, state: solved, severity: normal, low: 30, top: 80},
	{at: []string{"Tiểu vùng III"}, desk: atRegion, state: taken, severity: urgent, low: 30, top: 60, direct: true},
	{at: []string{"Tiểu vùng III"}, desk: atRegion, state: working, severity: pressing, low: 30, top: 70, late: true},
	{at: []string{"Tiểu vùng III"}, desk: atRegion, state: working, severity: normal, low: 20, top: 75, count: 2},
	{at: []string{"Tiểu vùng III"}, desk: atRegion, state: asked, severity: normal, low: 20, top: 40},
}

// ofTheTop is what only the district or the province can settle.
var ofTheTop = []target{
	{desk: territory.District, state: fresh, severity: normal, low: 10, top: 25},
	{desk: territory.District, state: taken, severity: pressing, low: 30, top: 60},
	{desk: territory.District, state: working, severity: normal, low: 30, top: 70, count: 2},
	{desk: territory.District, state: taken, severity: normal, low: 30, top: 60, late: true, count: 2},
	{desk: territory.District, state: solved, severity: pressing, low: 30, top: 60, count: 2},
	{desk: territory.Province, state: fresh, severity: normal, low: 10, top: 25, login: "cbtinh"},
	{desk: territory.Province, state: taken, severity: normal, low: 30, top: 60},
	{desk: territory.Province, state: working, severity: pressing, low: 30, top: 70},
	{desk: territory.Province, state: working, severity: normal, low: 50, top: 90, overdue: true, count: 2},
	{desk: territory.Province, state: taken, severity: pressing, low: 30, top: 60, late: true},
	{desk: territory.Province, state: solved, severity: normal, low: 30, top: 60},
}

// otherCommunes lists the communes with a secretary, without that of the demo accounts.
func otherCommunes() []string {
	var names []string
	for _, s := range subregions {
		for _, c := range s.communes {
			if c != chauHung && c != "Xã Thừa Đức" {
				names = append(names, c)
			}
		}
	}
	return names
}

// ofCommune is the work at the desks of the nth other commune and of its hamlets.
func ofCommune(name string, n int) []target {
	here := []string{name}
	all := []target{
		{at: here, desk: atCommune, state: working, severity: normal, low: 15, top: 78},
		{at: here, desk: atCommune, state: solved, severity: normal, low: 30, top: 90},
	}
	if n%3 != 0 {
		all = append(all, target{at: here, desk: atCommune, state: taken, severity: pressing, low: 15, top: 78})
	}
	if n%2 == 0 || name == "Xã Lộc Thuận" {
		all = append(all, target{at: here, desk: atCommune, state: fresh, severity: normal, low: 4, top: 25})
	}
	switch {
	case name == "Xã Lộc Thuận": // of the account bithu2
		all = append(all, target{at: here, desk: atCommune, state: working, severity: pressing, low: 82, top: 90},
			target{at: here, desk: atCommune, state: asked, severity: normal, low: 20, top: 40},
			target{at: here, desk: atCommune, state: fresh, severity: pressing, low: 5, top: 20})
	case n%4 == 1:
		all = append(all, target{at: here, desk: atRegion, state: fresh, severity: pressing, low: 5, top: 40, late: true})
	case n%4 == 2:
		all = append(all, target{at: here, desk: atCommune, state: asked, severity: normal, low: 20, top: 50})
	case n%4 == 3:
		all = append(all, target{at: here, desk: atHamlet, state: working, severity: normal, low: 20, top: 75})
	}
	if n%6 == 5 {
		all = append(all, target{at: here, desk: atHamlet, state: fresh, severity: normal, low: 8, top: 25})
	}
	return all
}

// open raises the issue of a target at the time that leaves it as it stands today. Where the people were not there yet at
// that time it is left out.
func (y *year) open(t target) error {
	s := y.seatOf(t)
	p := y.path(s.place)
	first, ok := p.desks.AtLevel(s.desk)
	if !ok {
		return fmt.Errorf("%s has no desk of level %s", s.place.name, s.desk)
	}
	steps := y.towards(p, first.Locality.ID, t.desk, t.severity, t.late)
	last, rest := y.until(t.state, y.act(t.desk, t.severity), t.low+y.random.IntN(t.top-t.low+1))
	steps = append(steps, last...)
	if t.overdue {
		steps = append(steps, step{gap: max(0, y.act(t.desk, t.severity)-length(last)) + time.Minute, move: casework.Lapse})
		rest = y.between(2*time.Hour, 20*time.Hour)
	}
	at := y.ago(length(steps) + rest + time.Second)
	if at.Before(y.begin) {
		return nil
	}
	return y.enter(s, at, t.severity, t.story, steps)
}

// seatOf gives who raised the issue of a target, and at which desk first.
func (y *year) seatOf(t target) seat {
	var s seat
	switch {
	case t.login != "":
		s = y.seat(t.login)
	case t.direct:
		s = y.supporterBelow(y.tree.find(t.at...), cadre.DistrictSupporter)
	case t.desk == atHamlet:
		s = y.hamletSeat(y.tree.find(t.at...))
	case len(t.at) == 0:
		s = y.someSeat(nil)
	default:
		s = y.someSeat(y.tree.find(t.at...))
	}
	switch {
	case t.direct:
		s.desk = atRegion
	case t.desk == atHamlet:
		s.desk = atHamlet
	case t.desk == territory.Province && s.post == cadre.ProvinceSupporter:
		s.desk = territory.Province
	default:
		s.desk = atCommune
	}
	return s
}

// hamletSeat gives a tier 3 whose hamlet has a lead.
func (y *year) hamletSeat(within *place) seat {
	for {
		s := y.supporterBelow(within, cadre.CommuneSupporter)
		if hamlet, ok := y.path(s.place).desks.AtLevel(atHamlet); ok && !hamlet.Vacant() {
			return s
		}
	}
}

// supporterBelow gives somebody of a post with a place at or below the given one.
func (y *year) supporterBelow(within *place, post string) seat {
	for {
		d := pick(y.random, y.dutiesOf(post))
		_, quiet := y.silent[d.person.id]
		if !quiet && (d.place == within || d.place.above(within.level) == within) {
			return seat{raiser: d.person.id, post: post, place: d.place}
		}
	}
}
