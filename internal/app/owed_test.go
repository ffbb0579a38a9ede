package app_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// told inserts a sent report of somebody, as of a place and its day.
func (w *reportWorld) told(account int64, at territory.LocalityID, day string) {
	w.Helper()
	w.exec(`INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, district_id, commune_id, hamlet_id, state, summary, content, received_at)
		SELECT gen_random_uuid(), a.cadre_id, (SELECT min(id) FROM assignments WHERE cadre_id = a.cadre_id), 'situation', $3::date, $2::bigint,
			(SELECT locality_id FROM locality_chain($2::bigint, $3::date) WHERE level = 'district'), (SELECT locality_id FROM locality_chain($2::bigint, $3::date) WHERE level = 'commune'),
			(SELECT locality_id FROM locality_chain($2::bigint, $3::date) WHERE level = 'hamlet'), 'submitted', 'x', '{}', $3::date + 1 FROM accounts a WHERE a.id = $1`, account, at, day)
}

// owed lists the debts that somebody sees, as "place: person".
func (w *reportWorld) owed(account int64, f app.OwedFilter, limit int) []string {
	w.Helper()
	var got []string
	page := app.ListPage{Limit: limit}
	for {
		list, err := w.app.Owed(w.Context(), w.actor(account), f, page)
		if err != nil {
			w.Fatal(err)
		}
		for _, row := range list.Rows {
			got = append(got, row.Name+": "+row.Person)
		}
		if page.After = list.Next; page.After == "" {
			return got
		}
	}
}

func monthOf(t *testing.T, s string) casework.Month {
	t.Helper()
	m, err := casework.ParseMonth(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Who owes and has sent nothing: by place held, whatever lies below it and whatever the kind; leads see their own places only.
func TestOwed(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	lead := w.person("Bí thư", held{"commune_lead", wCommune, "2020-01-01", ""})
	district := w.person("Huyện ủy", held{"district_lead", wDistrict, "2020-01-01", ""})
	an := w.person("An", held{"district_supporter", wHamlet, "2020-01-01", ""}, held{"district_supporter", wHamlet2, "2020-01-01", ""})
	binh := w.person("Bình", held{"commune_supporter", wGroup, "2020-01-01", ""})
	chi := w.person("Chi", held{"province_supporter", wCommune, "2020-01-01", ""})
	w.person("Dũng", held{"district_supporter", wOtherHamlet, "2020-03-19", ""})
	w.person("Em", held{"district_supporter", wOtherHamlet, "2020-03-20", ""})
	w.person("Giang", held{"district_supporter", wHamlet, "2020-01-01", "2020-03-20"})
	out := w.person("Hà", held{"district_supporter", wHamlet, "2020-01-01", ""})
	w.exec(`UPDATE cadres SET disabled_at = '2020-03-05' WHERE id = (SELECT cadre_id FROM accounts WHERE id = $1)`, out)
	w.set("2020-03-26 08:00")
	march := app.OwedFilter{Month: monthOf(t, "2020-03")}
	equal := func(what string, got []string, want ...string) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	all := []string{"Xã A: Chi", "Ấp 1: An", "Tổ 1: Bình", "Ấp 2: An"}
	equal("nobody has reported", w.owed(lead, march, 50), all...)
	equal("page by page", w.owed(lead, march, 1), all...)
	equal("the whole district", w.owed(district, march, 50), append(slices.Clone(all), "Ấp 1: Dũng")...)
	equal("one hamlet", w.owed(lead, app.OwedFilter{Month: march.Month, Place: wHamlet}, 50), "Ấp 1: An", "Tổ 1: Bình")
	equal("a place beside", w.owed(lead, app.OwedFilter{Month: march.Month, Place: wOtherCommune}, 50))
	equal("who leads nothing", w.owed(an, march, 50))
	w.told(an, wGroup, "2020-03-01") // below the hamlet
	w.told(binh, wGroup, "2020-02-29")
	w.told(chi, wHamlet2, "2020-03-31")
	w.told(chi, wOtherHamlet, "2020-03-10")
	equal("some have", w.owed(lead, march, 50), "Tổ 1: Bình", "Ấp 2: An")
	equal("in February", w.owed(lead, app.OwedFilter{Month: monthOf(t, "2020-02")}, 50), "Xã A: Chi", "Ấp 1: An", "Ấp 1: Giang", "Ấp 1: Hà", "Ấp 2: An")
	list, err := w.app.Owed(t.Context(), w.actor(district), march, app.ListPage{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	if want := []app.OwedCommune{{ID: wCommune, Name: "Xã A", Owed: 4, Missing: 2}, {ID: wOtherCommune, Name: "Xã B", Owed: 1, Missing: 1}}; !slices.Equal(list.Communes, want) {
		t.Errorf("got %v, want %v", list.Communes, want)
	}
	home, err := w.app.Home(t.Context(), w.actor(an))
	if err != nil || len(home.Owed) != 1 || home.Owed[0] != (app.OwedPlace{ID: wHamlet2, Name: "Ấp 2", Above: "Xã A"}) {
		t.Errorf("on the home page: got %v, %v", home.Owed, err)
	}
	if home, err := w.app.Home(t.Context(), w.actor(lead)); err != nil || len(home.Owed) != 0 {
		t.Errorf("on a lead's home page: got %v, %v", home.Owed, err)
	}
	if _, err := w.app.Owed(t.Context(), w.actor(lead), march, app.ListPage{After: "x!", Limit: 10}); err == nil {
		t.Error("a cursor that is none: no error")
	}
}

// The query owes what the rule says, over random terms and months.
func TestOwedEqualsTheRule(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	district := w.person("Huyện ủy", held{"district_lead", wDistrict, "2019-01-01", ""})
	w.set("2021-01-10 08:00")
	random := rand.New(rand.NewPCG(7, 31))
	base := territory.NewDay(2020, 1, 1)
	terms := map[string]cadre.Term{}
	for n := range 120 {
		name := fmt.Sprintf("Người %03d", n)
		term := cadre.Term{From: base.Add(random.IntN(300))}
		h := held{"district_supporter", wHamlet, term.From.String(), ""}
		if random.IntN(3) > 0 {
			term.Until = term.From.Add(1 + random.IntN(120))
			h.to = term.Until.String()
		}
		terms[name] = term
		w.person(name, h)
	}
	found := 0
	for m := monthOf(t, "2020-01"); !m.After(monthOf(t, "2020-12")); m = m.Add(1) {
		var want []string
		for name, term := range terms {
			if casework.OwesReport(term, m) {
				want = append(want, "Ấp 1: "+name)
			}
		}
		got := w.owed(district, app.OwedFilter{Month: m}, 50)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %d debts, want %d", m, len(got), len(want))
		}
		found += len(got)
	}
	if found < 100 {
		t.Errorf("got %d debts: the test says nothing", found)
	}
}

// Reminders go out on the first working morning from the 25th on and on the last one, once to each however many workers there are, and never to
// people who are disabled or cannot sign in, or who owe nothing.
func TestRemindOwed(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	many := w.person("An", held{"district_supporter", wHamlet, "2020-01-01", ""}, held{"district_supporter", wHamlet2, "2020-01-01", ""},
		held{"district_supporter", wOtherHamlet, "2020-01-01", ""}, held{"commune_supporter", wGroup, "2020-01-01", ""})
	paid := w.person("Bình", held{"commune_supporter", wGroup, "2020-01-01", ""})
	w.told(paid, wGroup, "2020-03-02")
	one := w.person("Chi", held{"province_supporter", wCommune, "2020-01-01", ""})
	w.person("Lãnh đạo", held{"commune_lead", wCommune, "2020-01-01", ""})
	for _, change := range []string{
		`UPDATE cadres SET disabled_at = '2020-03-05' WHERE id = (SELECT cadre_id FROM accounts WHERE id = $1)`, `UPDATE accounts SET disabled_at = '2020-03-05' WHERE id = $1`, `DELETE FROM accounts WHERE id = $1`,
	} {
		w.exec(change, w.person("Không "+uuid.NewString(), held{"district_supporter", wHamlet, "2020-01-01", ""}))
	}
	remind := func(at string) int {
		t.Helper()
		w.set(at)
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				if _, err := w.app.RemindOwed(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		return w.count(`SELECT count(*) FROM notices WHERE kind LIKE 'report.owed%'`)
	}
	for _, step := range []struct {
		at   string
		want int
	}{
		{"2020-03-24 08:00", 0}, {"2020-03-25 06:30", 0}, {"2020-03-25 14:00", 0}, {"2020-03-26 08:00", 2}, {"2020-03-26 08:10", 2}, {"2020-03-27 08:00", 2},
		{"2020-03-28 08:00", 2}, {"2020-03-31 07:30", 4}, {"2020-03-31 09:00", 4},
	} {
		if got := remind(step.at); got != step.want {
			t.Errorf("%s: got %d reminders so far, want %d", step.at, got, step.want)
		}
	}
	texts := map[int64]string{}
	for _, account := range []int64{many, one} {
		list, err := w.app.Notices(t.Context(), w.actor(account), app.ListPage{Limit: 10})
		if err != nil || len(list.Rows) != 2 {
			t.Fatalf("got %v, %v", list.Rows, err)
		}
		texts[account] = app.NoticeText(t.Context(), list.Rows[0])
	}
	if want := "Tháng 03/2020 đồng chí chưa có báo cáo ở Xã A."; texts[one] != want {
		t.Errorf("got %q, want %q", texts[one], want)
	}
	if want := "Tháng 03/2020 đồng chí chưa có báo cáo ở Ấp 1, Xã A; Ấp 1, Xã B; Ấp 2, Xã A và 1 nơi khác."; texts[many] != want {
		t.Errorf("got %q, want %q", texts[many], want)
	}
}
