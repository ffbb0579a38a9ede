package app_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/territory"
)

// A list in pages, with or without a place in the filter, has exactly the reports that the scope covers, each once and in
// order, for readers of every size.
func TestReportListAgainstScope(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	accounts := map[string]int64{
		"province":                         w.person("A", held{"province_lead", wProvince, "2020-01-01", ""}),
		"district":                         w.person("B", held{"district_lead", wDistrict, "2020-01-01", ""}),
		"subregion and a hamlet elsewhere": w.person("C", held{"subregion_lead", wSubregion, "2020-01-01", ""}, held{cadre.DistrictSupporter, wOtherHamlet, "2020-01-01", ""}),
		"commune":                          w.person("D", held{"commune_lead", wCommune, "2020-01-01", ""}), "hamlet": w.person("E", held{cadre.DistrictSupporter, wHamlet, "2020-01-01", ""}),
		"group and hamlet": w.person("F", held{cadre.CommuneSupporter, wGroup, "2020-01-01", ""}, held{cadre.CommuneSupporter, wHamlet, "2020-01-01", ""}),
		"nothing":          w.person("G"), "administrator": w.person("H", held{"district_admin", wDistrict, "2020-01-01", ""}),
	}
	type fact struct {
		id    uuid.UUID
		place territory.Place
		by    cadre.ID
	}
	var facts []fact
	random := rand.New(rand.NewPCG(1, 2))
	for i := range 150 {
		p := worldPlaces[random.IntN(len(worldPlaces))]
		f := fact{id: uuid.Must(uuid.NewV7()), by: cadre.ID(1 + random.IntN(len(accounts)))}
		f.place = territory.Place{Locality: p.id}
		for id := p.id; id != 0; id = worldPlaces[id-1].parent {
			switch worldPlaces[id-1].level {
			case territory.Province:
				f.place.Province = id
			case territory.District:
				f.place.District = id
			case territory.Commune:
				f.place.Commune = id
			case territory.Hamlet:
				f.place.Hamlet = id
			case territory.Subregion, territory.Group:
			}
		}
		w.exec(`INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id,
				state, summary, content, received_at)
			VALUES ($1, $2, 1, 'situation', CASE WHEN $3 = 11 THEN date '2020-02-01' ELSE date '2020-03-02' END, $3, nullif($4, 0), nullif($5, 0), nullif($6, 0),
				nullif($7, 0), 'submitted', 'x', '{}', timestamptz '2020-03-03 00:00+07' + ($8::int / 4) * interval '1 second')`,
			f.id, f.by, p.id, f.place.Province, f.place.District, f.place.Commune, f.place.Hamlet, i)
		facts = append(facts, f)
	}
	for name, account := range accounts {
		actor := w.actor(account)
		scope := actor.Scope(cadre.ReadReport)
		for place := range territory.LocalityID(len(worldPlaces) + 1) {
			for _, author := range []cadre.ID{0, actor.CadreID} {
				var want []uuid.UUID
				for _, f := range facts {
					if scope.Covers(cadre.Object{Place: f.place, Author: f.by}) && (place == 0 || lies(f.place.Locality, place)) && (author == 0 || f.by == author) {
						want = append(want, f.id)
					}
				}
				got := w.wholeList(ctx, actor, app.ReportFilter{Place: place, Author: author})
				slices.SortFunc(want, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
				slices.SortFunc(got, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
				if !slices.Equal(got, want) {
					t.Errorf("%s, place %d, author %d: got %d reports, want %d", name, place, author, len(got), len(want))
				}
			}
		}
	}
}

// wholeList reads a list page by page and fails where it is out of order.
func (w *reportWorld) wholeList(ctx context.Context, actor cadre.Actor, f app.ReportFilter) []uuid.UUID {
	w.Helper()
	var ids []uuid.UUID
	page := app.ListPage{Limit: 7}
	for range 100 {
		list, err := w.app.Reports(ctx, actor, f, page)
		if err != nil {
			w.Fatal(err)
		}
		for i, row := range list.Rows {
			if i > 0 && row.ReceivedAt.After(list.Rows[i-1].ReceivedAt) {
				w.Errorf("a later report follows an earlier one")
			}
			ids = append(ids, row.ID)
		}
		if list.Next == "" {
			return ids
		}
		page.After = list.Next
	}
	w.Fatal("the list has no end")
	return nil
}

func TestReportShowsOnlyIssuesInScope(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	secretary := w.person("Bí Thư", held{"commune_lead", wCommune, "2020-01-01", ""})
	d := reportOf(wHamlet, "2020-03-09")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	for i, at := range []territory.LocalityID{wHamlet, wHamlet2} {
		id := uuid.New()
		w.exec(`INSERT INTO issues (id, number, title, description, field, severity, locality_id, commune_id, hamlet_id, raiser_id, assignment_id, raised_at, state,
				desk_id, arrived_at)
			VALUES ($1, $2::int::text, 'Khó', 'x', 'roads', 1, $3, $4, $3, 2, 1, now(), 'new', $4, now())`, id, i, at, wCommune)
		w.exec(`INSERT INTO issue_reports VALUES ($1, $2)`, id, d.ReportID)
	}
	for account, want := range map[int64]int{author: 1, secretary: 2} {
		got, err := w.app.Report(ctx, w.actor(account), d.ReportID)
		if err != nil || len(got.Issues) != want {
			t.Errorf("account %d: got %d issues, %v, want %d", account, len(got.Issues), err, want)
		}
	}
}
