package app_test

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// oldReport is one attempt to file late, with everything that decides about it, for the oracle.
type oldReport struct {
	holds      []held
	at         territory.LocalityID
	day, today territory.Day
}

// want is the verdict by the words of domain.md, day by day and place by place, without any of the code under test.
func (o oldReport) want() string {
	if o.day.After(o.today) {
		return "happened_on report.day_future"
	}
	last, known := territory.Day{}, false
	for d := territory.NewDay(2019, 6, 1); !d.After(o.today); d = d.Add(1) {
		if len(o.on(d)) > 0 {
			last = d
		}
	}
	holdsThen := false
	for _, p := range o.on(o.day) {
		holdsThen = holdsThen || exists(o.at, o.day) && lies(o.at, p)
		known = known || exists(o.at, o.today) && lies(o.at, p)
	}
	if holdsThen {
		if o.today.After(last.Add(30)) {
			return "happened_on report.late_over"
		}
		return "ok"
	}
	if !last.IsZero() {
		for _, p := range o.on(last) {
			known = known || (exists(o.at, o.today) || exists(o.at, o.day)) && lies(o.at, p)
		}
	}
	switch {
	case !known:
		return "locality report.locality_unknown"
	case !exists(o.at, o.day):
		return "happened_on report.place_not_then"
	}
	return "happened_on report.not_assigned_then"
}

// on gives the places that are held on a day.
func (o oldReport) on(d territory.Day) []territory.LocalityID {
	var places []territory.LocalityID
	for _, h := range o.holds {
		if day := d.String(); h.from <= day && (h.to == "" || day < h.to) {
			places = append(places, h.at)
		}
	}
	return places
}

func exists(id territory.LocalityID, d territory.Day) bool {
	for _, p := range worldPlaces {
		if p.id == id {
			return (p.from == "" || p.from <= d.String()) && (p.to == "" || d.String() < p.to)
		}
	}
	return false
}

// lies tells whether a place is another one or lies below it.
func lies(id, above territory.LocalityID) bool {
	for ; id != 0; id = worldPlaces[id-1].parent {
		if id == above {
			return true
		}
	}
	return false
}

// A late report is judged by who was assigned when it happened, not when it arrives (domain.md sections 2 and 3).
func TestLateReportsAgainstOracle(t *testing.T) {
	w := newReportWorld(t)
	posts := map[string][]territory.LocalityID{
		cadre.DistrictSupporter: {wHamlet, wHamlet2, wOtherHamlet}, cadre.CommuneSupporter: {wGroup, wHamlet}, "commune_lead": {wCommune, wOtherCommune},
		"subregion_lead": {wSubregion}, "district_lead": {wDistrict},
	}
	codes := []string{cadre.DistrictSupporter, cadre.CommuneSupporter, "commune_lead", "subregion_lead", "district_lead"}
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		start := territory.NewDay(2020, 1, 1)
		o := oldReport{
			at: territory.LocalityID(rapid.IntRange(1, len(worldPlaces)).Draw(t, "place")), today: start.Add(rapid.IntRange(40, 160).Draw(t, "today")),
			day: start.Add(rapid.IntRange(0, 160).Draw(t, "day")),
		}
		for i := range rapid.IntRange(0, 3).Draw(t, "assignments") {
			code := codes[(rapid.IntRange(0, len(codes)-1).Draw(t, "post")+i)%len(codes)]
			from := start.Add(rapid.IntRange(0, 100).Draw(t, "from"))
			h := held{post: code, at: rapid.SampledFrom(posts[code]).Draw(t, "at"), from: from.String()}
			if rapid.Bool().Draw(t, "ended") {
				h.to = from.Add(rapid.IntRange(1, 60).Draw(t, "days")).String()
			}
			if !o.holdsTwice(h) {
				o.holds = append(o.holds, h)
			}
		}
		if len(o.holds) > 0 && rapid.IntRange(0, 3).Draw(t, "held place") > 0 { // mostly about a place and a time that were held
			o.at = o.holds[0].at
			if from, err := territory.ParseDay(o.holds[0].from); err == nil {
				o.day = from.Add(rapid.IntRange(-3, 30).Draw(t, "days after"))
			}
		}
		holds := o.holds
		if rapid.Bool().Draw(t, "administers") {
			holds = append(holds, held{"district_admin", wDistrict, "2019-06-01", ""})
		}
		w.set(o.today.String() + " 09:00")
		actor := w.actor(w.person("Người Báo", holds...))
		_, err := w.app.SubmitReport(context.Background(), actor, sending(), reportOf(o.at, o.day.String()))
		if got, want := verdict(err), o.want(); got != want {
			t.Fatalf("%+v: got %s, want %s", o, got, want)
		}
		seen[o.want()]++
	})
	t.Logf("verdicts met: %v", seen)
}

// holdsTwice tells whether the same post at the same place would overlap, which the database refuses.
func (o oldReport) holdsTwice(n held) bool {
	for _, h := range o.holds {
		if h.post == n.post && h.at == n.at && (h.to == "" || n.from < h.to) && (n.to == "" || h.from < n.to) {
			return true
		}
	}
	return false
}

func TestLateReportIsFiledUnderTheEndedAssignment(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	former := w.person("Đã Thôi", held{cadre.DistrictSupporter, wHamlet, "2019-06-01", "2020-02-10"})
	voided := w.person("Nhầm", held{cadre.DistrictSupporter, wHamlet, "2019-06-01", "2020-02-10"})
	w.exec(`UPDATE assignments SET voided_at = now() WHERE cadre_id = (SELECT cadre_id FROM accounts WHERE id = $1)`, voided)
	w.set("2020-03-10 23:59") // the last of the thirty days
	d := reportOf(wHamlet, "2020-02-09")
	if _, err := w.app.SubmitReport(ctx, w.actor(former), sending(), d); err != nil {
		t.Fatal(err)
	}
	got, err := w.app.Report(ctx, w.actor(former), d.ReportID)
	if err != nil || got.CanRaise || got.Grant.Post.Code != cadre.DistrictSupporter {
		t.Errorf("got %+v, %v, want the own report under the ended assignment, without the right to raise", got, err)
	}
	if list, err := w.app.Drafts(ctx, w.actor(former)); err != nil || len(list) != 0 {
		t.Errorf("got %d drafts, %v", len(list), err)
	}
	if _, err := w.app.SubmitReport(ctx, w.actor(voided), sending(), reportOf(wHamlet, "2020-02-09")); verdict(err) != "locality report.locality_unknown" {
		t.Errorf("under a voided assignment: got %v, want a refusal", err)
	}
	w.set("2020-03-11 00:01")
	if _, err := w.app.SubmitReport(ctx, w.actor(former), sending(), reportOf(wHamlet, "2020-02-09")); verdict(err) != "happened_on report.late_over" {
		t.Errorf("a day later: got %v, want a refusal", err)
	}
	if err := w.app.SaveDraft(ctx, w.actor(former), sending(), reportOf(wHamlet, "2020-02-09")); verdict(err) != "forbidden report.nothing_held" {
		t.Errorf("a draft a day later: got %v, want forbidden", err)
	}
}

func TestReportOfAVanishedPlaceGoesToThePresentDesks(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{"commune_lead", wCommune, "2019-06-01", ""})
	w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", ""})
	d := reportOf(wGoneHamlet, "2020-02-10")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	got, err := w.app.Report(ctx, w.actor(author), d.ReportID)
	if err != nil || got.Report.Desk != wSubregion || got.Chain.Self().Name != "Ấp 4" || got.Desk != "Tiểu vùng I" {
		t.Errorf("got desk %d %q at %v, %v", got.Report.Desk, got.Desk, got.Chain, err)
	}
}
