package app_test

import (
	"testing"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/territory"
)

// The numbers of a commune change on the day on which a class ends by itself, and are counted anew by the clock, each once.
func TestHouseholdsAreCountedAnewByTheClock(t *testing.T) {
	t.Parallel()
	r := planning(t)
	group := territory.LocalityID(r.number(`SELECT v.locality_id FROM locality_versions v JOIN locality_versions h ON h.locality_id = v.parent_id
		JOIN locality_versions c ON c.locality_id = h.parent_id WHERE v.name = 'Tổ 1' AND h.name = 'Ấp Hưng Chánh' AND c.name = 'Xã Châu Hưng'`))
	in := listedAt(group, "Lê Thị Hoà", "Số 5", "4")
	in.Classes = []casework.ClassInput{{Class: "poor", From: "2020-01-01", Last: "2020-12-31", Decision: "1/QĐ"}}
	if _, err := r.app.AddHouseholds(t.Context(), r.as("admin"), sending(), []app.NewHousehold{in}); err != nil {
		t.Fatal(err)
	}
	// Every commune of the demo has a row that is out of date: more than are counted in one go.
	r.exec(`INSERT INTO household_sums SELECT id, 0, 0, 0, 0, '2020-12-31' FROM localities WHERE level = 'commune' ON CONFLICT DO NOTHING`)
	stored, shown := `SELECT sum(poor)::bigint FROM household_sums`, `SELECT poor FROM household_counts((SELECT locality_id FROM locality_versions WHERE name = 'Xã Châu Hưng'), $1::date)`
	if n, err := r.app.RecountHouseholds(t.Context()); err != nil || n != 0 {
		t.Errorf("while the class lasts: got %d communes, %v", n, err)
	}
	r.wantNumber(stored, 1, "poor households stored in its year")
	r.setClock(monday.AddDate(1, 0, 0))
	today := territory.DayOf(r.clock())
	if got := r.number(shown, today); got != 0 {
		t.Errorf("shown after its year, not counted yet: %d", got)
	}
	r.wantNumber(stored, 1, "poor households stored until they are counted")
	communes := int(r.number(`SELECT count(*) FROM household_sums`))
	if n, err := r.app.RecountHouseholds(t.Context()); err != nil || n != communes || communes < 20 {
		t.Errorf("by the clock: got %d of %d communes, %v", n, communes, err)
	}
	r.wantNumber(stored, 0, "poor households stored after the count")
	if got := r.number(shown, today); got != 0 {
		t.Errorf("shown after the count: %d", got)
	}
	if n, err := r.app.RecountHouseholds(t.Context()); err != nil || n != 0 {
		t.Errorf("again: got %d communes, %v", n, err)
	}
}
