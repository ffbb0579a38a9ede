package app_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// many is a form that gives tier 3 of the groups of a commune.
func (s *stage) many(rows ...app.ManyRow) app.ManyInput {
	return app.ManyInput{
		Place: s.place("Xã Châu Hưng"), Kind: app.ManyKind{Post: cadre.CommuneSupporter, Level: territory.Group},
		From: territory.DayOf(s.clock()).String(), Reason: "phân công lại", Replace: true, Rows: rows,
	}
}

// groups gives groups of the commune of the demo accounts.
func (s *stage) groups(n int) []territory.LocalityID {
	s.Helper()
	page, err := s.app.ManyPage(s.Context(), s.as("admin"), s.place("Xã Châu Hưng"), app.ManyKind{Post: cadre.CommuneSupporter, Level: territory.Group})
	if err != nil {
		s.Fatal(err)
	}
	var ids []territory.LocalityID
	for _, seat := range page.Seats[:n] {
		ids = append(ids, seat.ID)
	}
	return ids
}

func TestAssigningMany(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin, groups := t.Context(), s.as("admin"), s.groups(3)
	hoa, second := s.person("Lê Thị Hoà", cadre.CommuneTier), s.person("Trần Văn Đạt", cadre.CommuneTier)
	s.exec(`DELETE FROM assignments WHERE locality_id = $1`, groups[2])
	in := s.many(app.ManyRow{Place: groups[0], Who: "le thi hoa"}, app.ManyRow{Place: groups[1], Who: ""}, app.ManyRow{Place: groups[2], Who: "Trần Văn Đạt"})
	n, err := s.app.AssignMany(ctx, admin, sending(), in)
	if err != nil || n != 2 {
		t.Fatalf("got %d, %v", n, err)
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE locality_id = $1 AND cadre_id = $2 AND upper_inf(period) AND is_primary`, groups[0], hoa); n != 1 {
		t.Error("the first row is not stored, or without the mark of whom it replaced")
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE locality_id = $1 AND upper(period) = '2020-03-02' AND ended_reason = 'phân công lại'`, groups[0]); n != 1 {
		t.Error("who held the first place did not give way")
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE locality_id = $1 AND cadre_id = $2 AND is_primary`, groups[2], second); n != 1 {
		t.Error("the empty place has no primary supporter now")
	}
	if n := s.number(`SELECT count(*) FROM audit_entries WHERE action IN ('assignment.assign', 'assignment.end') AND actor_id = $1`, admin.CadreID); n != 3 {
		t.Errorf("got %d audit entries, want 3", n)
	}
}

// One wrong row stores nothing, and every wrong row is named.
func TestAssigningManyAllOrNone(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin, groups := t.Context(), s.as("admin"), s.groups(8)
	s.person("Lê Thị Hoà", cadre.CommuneTier)
	s.person("Võ Thị Cùng", cadre.CommuneTier)
	s.exec(`UPDATE cadres SET birth_year = 1971 WHERE full_name = 'Võ Thị Cùng'`)
	s.person("Võ Thị Cùng", cadre.CommuneTier)
	s.person("Mai Cấp Huyện", cadre.DistrictTier)
	s.exec(`UPDATE cadres SET disabled_at = now() WHERE id = $1`, s.person("Mai Đã Khoá", cadre.CommuneTier))
	holds := s.as("cbxa")
	rows := []app.ManyRow{
		{Place: groups[0], Who: "Lê Thị Hoà"}, {Place: groups[1], Who: "Không Có Ai"}, {Place: groups[2], Who: "Võ Thị Cùng"}, {Place: groups[3], Who: "Mai Cấp Huyện"},
		{Place: groups[4], Who: "Mai Đã Khoá"}, {Place: holds.Grants[0].Locality.ID, Who: holds.Name}, {Place: s.place("Xã Lộc Thuận"), Who: "Lê Thị Hoà"},
	}
	before := s.number(`SELECT count(*) FROM assignments`)
	_, err := s.app.AssignMany(ctx, admin, sending(), s.many(rows...))
	want := []string{}
	for _, r := range rows[1:] {
		want = append(want, app.ManyField(r.Place))
	}
	slices.Sort(want)
	if got := fieldsOf(err); fault.KindOf(err) != fault.KindInvalid || !slices.Equal(got, want) {
		t.Errorf("got errors at %v (%v), want %v", got, err, want)
	}
	if n := s.number(`SELECT count(*) FROM assignments`); n != before {
		t.Errorf("%d assignments were stored with wrong ones", n-before)
	}
	if _, err := s.app.AssignMany(ctx, admin, sending(), s.many(app.ManyRow{Place: groups[2], Who: "Võ Thị Cùng · 1971"})); err != nil {
		t.Errorf("told apart by the year of birth: %v", err)
	}
	noReason := s.many(rows[0])
	noReason.Reason = ""
	if _, err := s.app.AssignMany(ctx, admin, sending(), noReason); !slices.Equal(fieldsOf(err), []string{"reason"}) {
		t.Errorf("replacing without a reason: got %v", err)
	}
	if _, err := s.app.AssignMany(ctx, admin, sending(), s.many()); !slices.Equal(fieldsOf(err), []string{"rows"}) {
		t.Errorf("nobody typed: got %v", err)
	}
	for login, kind := range map[string]fault.Kind{"bithu": fault.KindForbidden, "bithu2": fault.KindNotFound} {
		if _, err := s.app.AssignMany(ctx, s.as(login), sending(), s.many(rows[0])); fault.KindOf(err) != kind {
			t.Errorf("%s: got %v, want %s", login, err, kind)
		}
	}
}

// Two administrators send forms with the same people for the same places at the same moment: of each pair exactly one exists.
func TestAssigningManyAtTheSameMoment(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.appoint("cbtinh", "province_admin", territory.LocalityID(s.number(`SELECT id FROM localities WHERE level = 'province'`)))
	admins, groups := []cadre.Actor{s.as("admin"), s.as("cbtinh")}, s.groups(5)
	for round := range 50 {
		var rows []app.ManyRow
		for i, g := range groups {
			name := fmt.Sprintf("Lê Cùng Lúc %c%c", 'A'+round%26, 'A'+(round/26)*5+i)
			s.person(name, cadre.CommuneTier)
			rows = append(rows, app.ManyRow{Place: g, Who: name})
		}
		in := s.many(rows...)
		in.Replace = false
		backward := in
		backward.Rows = slices.Clone(in.Rows)
		slices.Reverse(backward.Rows)
		errs := make([]error, 2)
		var both sync.WaitGroup
		both.Go(func() { _, errs[0] = s.app.AssignMany(t.Context(), admins[0], sending(), in) })
		both.Go(func() { _, errs[1] = s.app.AssignMany(t.Context(), admins[1], sending(), backward) })
		both.Wait()
		if n := s.number(`SELECT count(*) FROM assignments s JOIN cadres c ON c.id = s.cadre_id WHERE c.full_name = ANY($1)`, namesOf(rows)); n != int64(len(rows)) {
			t.Fatalf("got %d assignments, want %d (%v)", n, len(rows), errs)
		}
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("got %v and %v, want one refusal", errs[0], errs[1])
		}
		if refused := errs[0]; refused != nil && fault.KindOf(refused) != fault.KindInvalid {
			t.Fatalf("got %v, want errors at the rows", refused)
		}
	}
}

func namesOf(rows []app.ManyRow) []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.Who)
	}
	return names
}

func TestReaches(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	person := s.person("Lê Thị Chọn", cadre.DistrictTier)
	_, rows, err := s.app.Reaches(t.Context(), s.as("admin"), person, app.ParseWords(""))
	if err != nil || len(rows) == 0 || rows[0].People != "" {
		t.Fatalf("places without anybody do not come first: %v %v", rows, err)
	}
	_, rows, err = s.app.Reaches(t.Context(), s.as("admin"), person, app.ParseWords("hung chanh chau hung"))
	if err != nil || len(rows) != 1 || rows[0].Name != "Ấp Hưng Chánh" || rows[0].Above != "Xã Châu Hưng" {
		t.Errorf("got %v, %v", rows, err)
	}
	if _, _, err := s.app.Reaches(t.Context(), s.as("admin"), 999999, app.ParseWords("")); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("somebody unknown: got %v", err)
	}
}

// Nobody raises themselves or a peer, in a form with many rows neither.
func TestWhoMayBeAssignedAmongMany(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := t.Context()
	s.appoint("cbxa", "commune_admin", s.place("Xã Châu Hưng"))
	self, groups := s.as("cbxa"), []territory.LocalityID{}
	page, err := s.app.ManyPage(ctx, self, s.place("Xã Châu Hưng"), app.ManyKind{Post: cadre.CommuneSupporter, Level: territory.Group})
	if err != nil {
		t.Fatal(err)
	}
	for _, seat := range page.Seats[:2] {
		groups = append(groups, seat.ID)
	}
	peer := s.person("Mai Quản Trị", cadre.CommuneTier)
	s.exec(`UPDATE cadres SET home_id = $1 WHERE id = $2`, s.place("Xã Châu Hưng"), peer)
	s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT $1, p.id, l.id, l.level, daterange('2020-02-15', NULL)
		FROM posts p, localities l WHERE p.code = 'commune_admin' AND l.id = $2`, peer, s.place("Xã Châu Hưng"))
	in := s.many(app.ManyRow{Place: groups[0], Who: self.Name}, app.ManyRow{Place: groups[1], Who: "Mai Quản Trị"})
	_, err = s.app.AssignMany(ctx, self, sending(), in)
	f := fault.As(err)
	if f == nil || len(f.Fields) != 2 || f.Fields[0].Key != "assignment.person_not_yours" || f.Fields[1].Key != "assignment.person_not_yours" {
		t.Errorf("oneself and a peer: got %v", err)
	}
	for _, k := range page.Kinds {
		if k.Post.Tier != cadre.CommuneTier {
			t.Errorf("a commune's administrator is offered %s", k.Post.Code)
		}
	}
	in.Kind = app.ManyKind{Post: cadre.DistrictSupporter, Level: territory.Hamlet}
	if _, err := s.app.AssignMany(ctx, self, sending(), in); fault.KindOf(err) != fault.KindForbidden {
		t.Errorf("tier 2 by the commune: got %v", err)
	}
}

// The households of a group, by number, are given to tier 3 on one screen; who follows the whole group stays.
func TestAssigningManyHouseholds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin, group := t.Context(), s.as("admin"), s.as("cbxa").Grants[0].Locality.ID
	for n := range 3 {
		s.exec(`INSERT INTO households (id, locality_id, number, head, members, workers, entered_at) VALUES (gen_random_uuid(), $1, $2::int, 'Hộ thử ' || $2::int, 3, 1, now())`, group, n+1)
	}
	kind := app.ManyKind{Post: cadre.CommuneSupporter, Level: app.ForHouseholds}
	page, err := s.app.ManyPage(ctx, admin, group, kind)
	if err != nil || len(page.Seats) != 3 || page.Seats[2].Number != 3 {
		t.Fatalf("got %d households, %v", len(page.Seats), err)
	}
	first, second := s.person("Lê Thị Hoà", cadre.CommuneTier), s.person("Trần Văn Hai", cadre.CommuneTier)
	rows := []app.ManyRow{{Place: group, Household: page.Seats[0].Household, Who: "Lê Thị Hoà"}, {Place: group, Household: page.Seats[1].Household, Who: "Lê Thị Hoà"}}
	in := s.many(rows...)
	in.Place, in.Kind, in.Reason = group, kind, ""
	if n, err := s.app.AssignMany(ctx, admin, sending(), in); err != nil || n != 2 {
		t.Fatalf("got %d, %v", n, err)
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE cadre_id = $1 AND locality_id = $2 AND household_id IS NOT NULL AND NOT is_primary`, first, group); n != 2 {
		t.Errorf("got %d households assigned, want 2", n)
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE cadre_id = $1 AND locality_id = $2 AND upper_inf(period)`, s.as("cbxa").CadreID, group); n != 1 {
		t.Error("who follows the group gave way")
	}
	again := in
	again.Rows = rows[:1]
	if _, err := s.app.AssignMany(ctx, admin, sending(), again); !slices.Equal(fieldsOf(err), []string{app.ManyHouseholdField(rows[0].Household)}) {
		t.Errorf("the same once more: got %v", err)
	}
	s.setClock(monday.AddDate(0, 0, 1))
	in = s.many(app.ManyRow{Place: group, Household: rows[0].Household, Who: "Trần Văn Hai"})
	in.Place, in.Kind = group, kind
	if _, err := s.app.AssignMany(ctx, s.as("admin"), sending(), in); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM handovers h JOIN assignments o ON o.id = h.assignment_id JOIN assignments n ON n.id = h.successor_id WHERE o.cadre_id = $1 AND n.cadre_id = $2`, first, second); n != 1 {
		t.Error("the household was not handed over")
	}
	elsewhere := in
	elsewhere.Rows = []app.ManyRow{{Place: group, Household: uuid.New(), Who: "Trần Văn Hai"}}
	if _, err := s.app.AssignMany(ctx, s.as("admin"), sending(), elsewhere); len(fieldsOf(err)) != 1 {
		t.Errorf("a household that is not there: got %v", err)
	}
}

// A peer, a superior and oneself give way to nobody whom one assigns, on the long form as on the short one.
func TestAssigningManyEndsNoPeer(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	admin, hamlet := s.as("admin"), s.place("Ấp Hưng Chánh")
	s.person("Lê Thị Hoà", cadre.DistrictTier)
	in := app.ManyInput{
		Place: s.place("Xã Châu Hưng"), Kind: app.ManyKind{Post: cadre.DistrictSupporter, Level: territory.Hamlet},
		From: "2020-03-02", Replace: true, Reason: "phân công lại", Rows: []app.ManyRow{{Place: hamlet, Who: "Lê Thị Hoà"}},
	}
	for _, holder := range []struct {
		name string
		id   int64
	}{{"a peer", int64(s.person("Quản Trị Hai", cadre.DistrictTier))}, {"oneself", int64(admin.CadreID)}} {
		s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT $1::bigint, p.id, l.id, l.level, daterange('2020-02-01', NULL)
			FROM posts p, localities l WHERE p.code = 'district_admin' AND l.id = $2 AND $1::bigint <> $3::bigint`, holder.id, int64(s.place("Huyện Bình Đại")), int64(admin.CadreID))
		s.exec(`UPDATE assignments SET cadre_id = $1 FROM posts p WHERE p.id = post_id AND p.code = 'district_supporter' AND locality_id = $2`, holder.id, int64(hamlet))
		_, err := s.app.AssignMany(t.Context(), s.as("admin"), sending(), in)
		if want := app.ManyField(hamlet) + " assignment.holder_not_yours"; verdict(err) != want {
			t.Errorf("%s: got %s, want %s", holder.name, verdict(err), want)
		}
	}
}
