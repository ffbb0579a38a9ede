package app_test

import (
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// Households follow their group through a reorganisation: they hang on it where it stays, move to the group that follows where it is merged or
// dissolved, and the numbers above the commune say so on the same day.
func TestHouseholdsFollowTheirGroups(t *testing.T) {
	t.Parallel()
	r := newReform(t, testdb.District(t))
	group := func(name string) int64 {
		return r.number(`SELECT v.locality_id FROM locality_versions v JOIN locality_versions h ON h.locality_id = v.parent_id JOIN locality_versions c ON c.locality_id = h.parent_id
			WHERE v.name = $1 AND h.name = 'Ấp Hưng Chánh' AND c.name = 'Xã Châu Hưng'`, name)
	}
	first, second, third, fourth := group("Tổ 1"), group("Tổ 2"), group("Tổ 3"), group("Tổ 4")
	var rows []app.NewHousehold
	for _, g := range []int64{first, first, second, third, third, fourth} {
		in := listedAt(territory.LocalityID(g), "Lê Thị "+uuid.NewString(), "", "3")
		in.Classes = []casework.ClassInput{{Class: "poor", From: "2020-01-01", Decision: "1/QĐ"}}
		rows = append(rows, in)
	}
	if got, err := r.app.AddHouseholds(t.Context(), r.as("admin"), sending(), rows); err != nil || got[5].Verdict != casework.RowNew {
		t.Fatalf("got %+v, %v", got, err)
	}
	numbers := func(place string) int64 {
		return r.number(`SELECT c.households * 1000 + c.poor FROM household_counts((SELECT locality_id FROM locality_versions WHERE name = $1 AND valid @> $2::date), $2::date) c`, place, territory.DayOf(r.clock()))
	}
	for _, place := range []string{"Tỉnh Bến Tre", "Huyện Bình Đại", "Xã Châu Hưng"} {
		if got := numbers(place); got != 6006 {
			t.Errorf("numbers of %s: got %d, want 6006", place, got)
		}
	}
	id := r.nextYear()
	r.add(id, app.ChangeInput{Kind: territory.MergeUnits, Units: "Tổ 2, Ấp Hưng Chánh, Xã Châu Hưng\nTổ 3, Ấp Hưng Chánh, Xã Châu Hưng", Type: "Tổ", Name: "Tổ 2 và 3"})
	v, err := r.app.Reorganisation(t.Context(), r.actor(), id)
	if err != nil || v.Wrong != nil {
		t.Fatalf("the preview: %v, %v", v.Wrong, err)
	}
	counted := 0
	for _, c := range v.Counts {
		if c.Name == "households" {
			counted = c.Count
		}
	}
	if counted != 6 {
		t.Errorf("the preview counts %d households, want 6: the commune closes, and groups of it", counted)
	}
	r.confirm(id)
	r.setClock(r.now.AddDate(1, 1, 0))
	for range 2 {
		if _, err := r.app.ApplyReorganisations(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	day := territory.DayOf(r.clock())
	r.wantNumber(`SELECT count(*) FROM households h WHERE NOT EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = h.locality_id AND v.valid @> '`+day.String()+`'::date)`, 0, "households of places that are gone")
	r.wantNumber(`SELECT count(*) FROM households h JOIN locality_versions v ON v.locality_id = h.locality_id AND v.name = 'Tổ 2 và 3'`, 5, "households of the merged group, with those of the dissolved one")
	r.wantNumber(`SELECT count(DISTINCT number) FROM households h JOIN locality_versions v ON v.locality_id = h.locality_id AND v.name = 'Tổ 2 và 3'`, 5, "numbers in it")
	r.wantNumber(`SELECT count(*) FROM household_classes c JOIN households h ON h.id = c.household_id AND h.locality_id = c.locality_id`, 6, "classes that came along")
	for _, place := range []string{"Tỉnh Bến Tre", "Huyện Bình Đại", "Xã Long Hưng"} {
		if got := numbers(place); got != 6006 {
			t.Errorf("numbers of %s afterwards: got %d, want 6006", place, got)
		}
	}
}
