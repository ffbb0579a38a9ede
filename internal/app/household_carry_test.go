package app_test

import (
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
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

// A household goes along also where the group that follows has the same head at the same address: both are there, and told apart.
func TestHouseholdsOfTheSameHeadComeAlong(t *testing.T) {
	t.Parallel()
	r := planning(t)
	groups := r.groups(3)
	names := make([]string, len(groups))
	for i, g := range groups {
		if _, err := r.app.AddHouseholds(t.Context(), r.as("admin"), sending(), []app.NewHousehold{listedAt(g, "Lê Thị Hoà", "Số 5", "4")}); err != nil {
			t.Fatal(err)
		}
		if err := r.db.Owner.QueryRow(t.Context(), `SELECT v.name || ', ' || h.name || ', Xã Châu Hưng' FROM locality_versions v JOIN locality_versions h ON h.locality_id = v.parent_id WHERE v.locality_id = $1`, int64(g)).Scan(&names[i]); err != nil {
			t.Fatal(err)
		}
	}
	r.mustCarry("admin", "2020-03-02", app.ChangeInput{Kind: territory.MergeUnits, Units: names[0] + "\n" + names[1] + "\n" + names[2], Type: "Tổ", Name: "Tổ Gộp"})
	for range 2 {
		if _, err := r.app.ApplyReorganisations(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	r.wantNumber(`SELECT count(DISTINCT (h.address, h.number)) FROM households h JOIN locality_versions v ON v.locality_id = h.locality_id AND v.name = 'Tổ Gộp' WHERE h.closed_on IS NULL`, 3, "households told apart in the group that follows")
	r.wantNumber(`SELECT count(*) FROM households WHERE address LIKE 'Số 5 (Tổ % đến 01/03/2020, hộ 1%)'`, 2, "of them with where they came from")
}

// A household that moves to another commune counts there, and no longer where it was.
func TestAMovedHouseholdCountsWhereItIs(t *testing.T) {
	t.Parallel()
	r := planning(t)
	from, to := r.groups(1)[0], territory.LocalityID(r.number(`SELECT min(v.locality_id) FROM locality_versions v JOIN localities l ON l.id = v.locality_id AND l.level = 'group'
		JOIN locality_versions h ON h.locality_id = v.parent_id JOIN locality_versions c ON c.locality_id = h.parent_id WHERE c.name <> 'Xã Châu Hưng'`))
	r.hired("haixa", cadre.CommuneTier, map[string]territory.LocalityID{"commune_lead": r.place("Xã Châu Hưng")})
	r.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, ch.locality_id, 'commune', daterange('2020-02-01', NULL)
		FROM accounts a, posts p, locality_chain($1, '2020-03-02') ch WHERE a.login = 'haixa' AND p.code = 'commune_lead' AND ch.level = 'commune'`, int64(to))
	for range 2 { // to a group of a smaller number and back
		if _, err := r.app.AddHouseholds(t.Context(), r.as("admin"), sending(), []app.NewHousehold{listedAt(from, "Lê Thị Hoà", "Số 5", "4")}); err != nil {
			t.Fatal(err)
		}
		var id uuid.UUID
		if err := r.db.Owner.QueryRow(t.Context(), `SELECT id FROM households WHERE locality_id = $1`, int64(from)).Scan(&id); err != nil {
			t.Fatal(err)
		}
		if err := r.app.MoveHousehold(t.Context(), r.as("haixa"), sending(), id, 1, to); err != nil {
			t.Fatal(err)
		}
		for group, want := range map[territory.LocalityID]int64{from: 0, to: 1} {
			var n int64
			err := r.db.Owner.QueryRow(t.Context(), `SELECT coalesce((SELECT s.households FROM household_sums s, locality_chain($1, '2020-03-02') ch WHERE ch.level = 'commune' AND s.commune_id = ch.locality_id), 0)`, int64(group)).Scan(&n)
			if err != nil || n != want {
				t.Errorf("the commune of group %d counts %d households, want %d", group, n, want)
			}
		}
		r.exec(`DELETE FROM household_classes`)
		r.exec(`DELETE FROM households`)
		r.exec(`DELETE FROM household_sums`)
		from, to = to, from
	}
}
