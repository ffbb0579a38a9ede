package app_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// Who follows one household knows of it as long as it is where they follow it, and learns nothing about its neighbours.
func TestFollowingOneHousehold(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, groups := t.Context(), s.groups(2)
	if _, err := s.app.AddHouseholds(ctx, s.as("admin"), sending(), []app.NewHousehold{listedAt(groups[0], "Lê Thị Hoà", "Số 5", "4"), listedAt(groups[0], "Trần Văn Tám", "Số 7", "3")}); err != nil {
		t.Fatal(err)
	}
	id := func(head string) (id uuid.UUID) {
		if err := s.db.Owner.QueryRow(ctx, `SELECT id FROM households WHERE head = $1`, head).Scan(&id); err != nil {
			t.Fatal(err)
		}
		return id
	}
	own, other := id("Lê Thị Hoà"), id("Trần Văn Tám")
	s.exec(`WITH c AS (INSERT INTO cadres (full_name, tier) VALUES ('Người Theo Hộ', 'commune') RETURNING id),
			u AS (INSERT INTO accounts (cadre_id, login, password_hash) SELECT id, 'theoho', 'x' FROM c)
		INSERT INTO assignments (cadre_id, post_id, locality_id, level, period, household_id)
		SELECT c.id, p.id, $1, 'group', daterange('2020-02-01', NULL), $2 FROM c, posts p WHERE p.code = 'commune_supporter'`, int64(groups[0]), own)
	follower := s.as("theoho")
	edit := func(head, address string) error {
		return s.app.EditHousehold(ctx, follower, sending(), own, app.HouseholdEdit{Seen: 1, HouseholdInput: casework.HouseholdInput{Head: head, Address: address, Members: "5", Workers: "0"}})
	}
	for head, address := range map[string]string{"Trần Văn Tám": "Số 7", "Trần Văn Tư": "Số 7", "Lê Thị Hoà": "Số 7"} {
		if got := verdict(edit(head, address)); got != "head household.identity_fixed" {
			t.Errorf("%s, %s: got %s", head, address, got)
		}
	}
	if err := edit("Lê Thị Hoà", "Số 5"); err != nil {
		t.Errorf("one more member: got %v", err)
	}
	s.exec(`UPDATE households SET locality_id = $1, number = 90 WHERE id = $2`, int64(groups[1]), own)
	for what, id := range map[string]uuid.UUID{"after it moved": own, "a neighbour": other, "none": uuid.New()} {
		if _, err := s.app.Household(ctx, follower, id); verdict(err) != "not found fault.not_found" {
			t.Errorf("%s: got %v", what, err)
		}
	}
}

// As of a day gone by nothing is told of how an assignment ended since.
func TestAssignmentsAsOfADayKeepWhatCameLater(t *testing.T) {
	t.Parallel()
	r := planning(t)
	commune := r.place("Xã Châu Hưng")
	r.setClock(monday.AddDate(0, 0, twoMonths))
	r.dismiss("admin", "bithu")
	r.setClock(monday.AddDate(0, 0, twoMonths+5))
	for day, want := range map[territory.Day]string{territory.NewDay(2020, 3, 5): "", r.as("admin").Today(): "Thôi nhiệm vụ"} {
		list, err := r.app.PlaceAssignments(t.Context(), r.as("admin"), commune, day)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, row := range list.Rows {
			if row.ID == r.assignmentOf("bithu") {
				found = true
				if row.Reason != want || row.Term.Until.IsZero() != (want == "") {
					t.Errorf("%s: got %q until %s, want %q", day, row.Reason, row.Term.Until, want)
				}
			}
		}
		if !found {
			t.Errorf("%s: the assignment is not there", day)
		}
	}
}

// What holds for the whole installation belongs to no district among others.
func TestTheCatalogueIsNoDistrictsAmongOthers(t *testing.T) {
	t.Parallel()
	r := &reform{stage: newStage(t)}
	mine := func(who string) [2]bool {
		posts, err := r.app.Posts(t.Context(), r.as(who))
		if err != nil {
			t.Fatal(err)
		}
		clock, err := r.app.ClockRules(t.Context(), r.as(who), 2020)
		if err != nil {
			t.Fatal(err)
		}
		return [2]bool{posts.Mine, clock.Mine}
	}
	if got := mine("admin"); got != [2]bool{true, true} {
		t.Errorf("the only district: got %v", got)
	}
	r.hired("adminbatri", "district", map[string]territory.LocalityID{"district_admin": r.place("Huyện Ba Tri")})
	r.hired("admintinh", "province", map[string]territory.LocalityID{"province_admin": r.place("Tỉnh Bến Tre")})
	r.exec(`UPDATE assignments s SET period = daterange('2020-03-03', NULL) FROM accounts a WHERE a.cadre_id = s.cadre_id AND a.login = 'admintinh'`)
	if got := mine("admin"); got != [2]bool{false, false} {
		t.Errorf("one of two districts: got %v", got)
	}
	r.setClock(monday.AddDate(0, 0, 1))
	if got := mine("admintinh"); got != [2]bool{true, true} {
		t.Errorf("the province: got %v", got)
	}
}

// Where no district is, whoever supports a hamlet covers it, of whatever tier: on the board and in the list that is given as a file.
func TestAHamletWithoutADistrictIsCoveredByAnyTier(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	commune, hamlet := s.place("Xã Châu Hưng"), s.place("Ấp Hưng Chánh")
	s.exec(`UPDATE assignments a SET cadre_id = u.cadre_id, post_id = p.id FROM accounts u, posts p
		WHERE u.login = 'cbxa' AND p.code = 'commune_supporter' AND a.locality_id = $1 AND a.post_id = (SELECT id FROM posts WHERE code = 'district_supporter')`, int64(hamlet))
	covered := func() (bool, string) {
		rows, _, err := s.app.Subtree(t.Context(), s.as("bithu"), commune, app.ListPage{Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(rows, func(r app.SubtreeRow) bool { return r.ID == hamlet })
		found, err := s.app.Coverage(t.Context(), s.as("bithu"), app.CoverageQuery{Day: s.as("bithu").Today(), Kind: "hamlets", Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		return !slices.ContainsFunc(found.Rows, func(r app.GapRow) bool { return r.Place == hamlet }), rows[i].Supporters
	}
	if ok, names := covered(); ok || names != "" {
		t.Errorf("under a district: got covered %v by %q, want a gap", ok, names)
	}
	s.exec(`UPDATE locality_versions SET parent_id = (SELECT id FROM localities WHERE level = 'province') WHERE locality_id = $1`, int64(commune))
	if ok, names := covered(); !ok || names == "" {
		t.Errorf("right below the province: got covered %v by %q", ok, names)
	}
}

// The tree of another day is that day's, for the places that are one's own today.
func TestTreeAsOfADay(t *testing.T) {
	t.Parallel()
	r := planning(t)
	names := func(who string, day territory.Day) (list []string) {
		t.Helper()
		nodes, err := r.app.PlaceTree(t.Context(), r.as(who), day)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range nodes {
			if n.Level == territory.Commune {
				list = append(list, n.Name)
			}
		}
		slices.Sort(list)
		return list
	}
	r.mustCarry("admin", afterwards, app.ChangeInput{Kind: territory.MergeUnits, Units: chauHung + "\n" + locThuan, Type: "xã", Name: "Mới"})
	before, after := r.as("admin").Today(), territory.NewDay(2020, 6, 2)
	if got := names("admin", before); !slices.Contains(got, "Xã Châu Hưng") || slices.Contains(got, "Xã Mới") {
		t.Errorf("today: got %v", got)
	}
	if got := names("admin", after); slices.Contains(got, "Xã Châu Hưng") || !slices.Contains(got, "Xã Mới") {
		t.Errorf("after the merger: got %v", got)
	}
	if got, want := names("bithu", after), []string{"Xã Mới"}; !slices.Equal(got, want) {
		t.Errorf("the secretary, after the merger: got %v, want what follows", got)
	}
	r.hired("bithumoi", cadre.CommuneTier, map[string]territory.LocalityID{"commune_lead": territory.LocalityID(r.number(`SELECT locality_id FROM locality_versions WHERE name = 'Xã Mới'`))})
	r.setClock(after.Start().Add(9 * 3600e9))
	if got, want := names("bithumoi", before), []string{"Xã Châu Hưng", "Xã Lộc Thuận"}; !slices.Equal(got, want) {
		t.Errorf("the secretary of the new commune, before the merger: got %v, want %v", got, want)
	}
}

// A draft proposes where those go on whose assignments it ends, and a type that a level does not have is told.
func TestADraftProposesWhatFollows(t *testing.T) {
	t.Parallel()
	r := planning(t)
	p, err := r.drafted("admin", afterwards, app.ChangeInput{Kind: territory.MergeUnits, Units: chauHung + "\n" + locThuan, Type: "Xã", Name: "Xã Mới"},
		app.ChangeInput{Kind: territory.DissolveUnit, Units: "Tổ 1, Ấp Hưng Chánh, Xã Châu Hưng"})
	if err != nil {
		t.Fatal(err)
	}
	v, err := r.app.Reorganisation(t.Context(), r.as("admin"), p.ID)
	if err != nil || v.Wrong != nil {
		t.Fatal(err, v.Wrong)
	}
	seen := map[string]bool{}
	for _, e := range v.Endings {
		seen[e.PostCode] = true
		want := map[string]string{"commune_lead": "Xã Mới true", "commune_supporter": "Ấp Hưng Chánh true"}[e.PostCode]
		if got := fmt.Sprint(e.HeirName, " ", e.Fits); want != "" && got != want {
			t.Errorf("%s: got %s, want %s", e.PostCode, got, want)
		}
	}
	if !seen["commune_lead"] || !seen["commune_supporter"] {
		t.Errorf("got %v", seen)
	}
	p, err = r.drafted("admin", afterwards, app.ChangeInput{Kind: territory.MergeUnits, Units: chauHung + "\n" + locThuan, Type: "Quận", Name: "Lộc Hưng"})
	if err != nil {
		t.Fatal(err)
	}
	v, err = r.app.Reorganisation(t.Context(), r.as("admin"), p.ID)
	if err != nil || verdict(v.Wrong) != "change reorganisation.type_unfit" {
		t.Errorf("a district's type for a commune: got %v, %v", err, verdict(v.Wrong))
	}
	err = r.app.AddPlace(t.Context(), r.as("admin"), sending(), r.place("Xã Lộc Thuận"), territory.AddInput{Level: "hamlet", Type: "Quận", Name: "Thử", From: "2020-03-02"})
	if verdict(err) != "type place.type_unfit" {
		t.Errorf("a hamlet of a district's type: got %s", verdict(err))
	}
}

// A household is followed by whoever follows its group, or it alone.
func TestHouseholdsThatNobodyFollows(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	groups := s.groups(2)
	if _, err := s.app.AddHouseholds(t.Context(), s.as("admin"), sending(), []app.NewHousehold{
		listedAt(groups[0], "Lê Thị Hoà", "Số 5", "4"), listedAt(groups[0], "Trần Văn Tám", "Số 7", "3"), listedAt(groups[1], "Võ Thị Ba", "Số 9", "3"),
	}); err != nil {
		t.Fatal(err)
	}
	want := func(n int, what string) {
		t.Helper()
		found, err := s.app.Coverage(t.Context(), s.as("admin"), app.CoverageQuery{Day: s.as("admin").Today(), Limit: 1})
		if err != nil || found.Gaps.Households != n {
			t.Errorf("%s: got %d, %v, want %d", what, found.Gaps.Households, err, n)
		}
	}
	want(0, "all groups have somebody")
	s.exec(`UPDATE assignments SET voided_at = now() WHERE locality_id = $1`, int64(groups[0]))
	want(2, "a group has nobody")
	s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period, household_id) SELECT a.cadre_id, p.id, h.locality_id, 'group', daterange('2020-02-01', NULL), h.id
		FROM accounts a, posts p, households h WHERE a.login = 'cbxa' AND p.code = 'commune_supporter' AND h.head = 'Trần Văn Tám'`)
	want(1, "one of its households has somebody")
}
