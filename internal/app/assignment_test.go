package app_test

import (
	"sync"
	"testing"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// person enters somebody of a tier for the district, who holds nothing.
func (s *stage) person(name string, tier cadre.Tier) cadre.ID {
	s.Helper()
	return cadre.ID(s.number(`INSERT INTO cadres (full_name, tier, home_id) VALUES ($1, $2, $3) RETURNING id`, name, tier, s.place("Huyện Bình Đại")))
}

// appoint makes a demo account hold something else from the first day on.
func (s *stage) appoint(login, post string, place territory.LocalityID) {
	s.Helper()
	s.exec(`DELETE FROM assignments WHERE cadre_id = (SELECT cadre_id FROM accounts WHERE login = $1)
		AND NOT EXISTS (SELECT FROM reports WHERE assignment_id = assignments.id)`, login)
	s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, l.id, l.level, daterange('2020-02-15', NULL)
		FROM accounts a, posts p, localities l WHERE a.login = $1 AND p.code = $2 AND l.id = $3`, login, post, place)
}

func (s *stage) assigning(person cadre.ID, post string) app.AssignInput {
	return app.AssignInput{Place: s.place("Ấp Hưng Chánh"), Cadre: person, AssignInput: cadre.AssignInput{Post: post, From: territory.DayOf(s.clock()).String()}}
}

func (s *stage) assigned(person cadre.ID) cadre.AssignmentID {
	s.Helper()
	return cadre.AssignmentID(s.number(`SELECT max(id) FROM assignments WHERE cadre_id = $1`, person))
}

func TestAssigning(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin := t.Context(), s.as("admin")
	person := s.person("Lê Thị Thử", cadre.DistrictTier)
	in := s.assigning(person, cadre.DistrictSupporter)
	in.Decision, in.Primary = " 45-QĐ/HU ", true
	if err := s.app.Assign(ctx, admin, sending(), in); err != nil {
		t.Fatal(err)
	}
	id := s.assigned(person)
	if n := s.number(`SELECT count(*) FROM assignments WHERE id = $1 AND decision = '45-QĐ/HU' AND upper_inf(period) AND recorded_at IS NOT NULL`, id); n != 1 {
		t.Error("it is not stored as it was sent")
	}
	if n := s.number(`SELECT count(*) FROM assignments s JOIN posts p ON p.id = s.post_id
		WHERE p.code = 'district_supporter' AND is_primary AND locality_id = $1`, in.Place); n != 1 {
		t.Errorf("got %d primary ones, want 1", n)
	}
	if n := s.number(`SELECT count(*) FROM audit_entries WHERE action = 'assignment.assign' 
		AND object_id = $1::bigint::text AND locality_id = $2 AND actor_id = $3`, id, in.Place, admin.CadreID); n != 1 {
		t.Errorf("got %d audit entries, want 1", n)
	}
	wrong := func(name, field string, change func(*app.AssignInput)) {
		t.Helper()
		in := s.assigning(person, cadre.DistrictSupporter)
		change(&in)
		err := s.app.Assign(ctx, admin, sending(), in)
		if f := fault.As(err); f == nil || f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: got %v, want an error at %s", name, err, field)
		}
	}
	wrong("the same again", "cadre", func(*app.AssignInput) {})
	wrong("an overlapping one", "cadre", func(in *app.AssignInput) { in.From = "2020-05-01" })
	wrong("another tier's post", "cadre", func(in *app.AssignInput) { in.Post = "hamlet_lead" })
	wrong("another level's post", "post", func(in *app.AssignInput) { in.Post = "commune_watcher" })
	wrong("nobody", "cadre", func(in *app.AssignInput) { in.Cadre = 999999 })
	s.exec(`UPDATE cadres SET disabled_at = now() WHERE id = $1`, person)
	wrong("a disabled person", "cadre", func(*app.AssignInput) {})
	s.exec(`UPDATE cadres SET disabled_at = NULL WHERE id = $1`, person)
	s.exec(`UPDATE locality_versions SET valid = daterange(lower(valid), '2020-06-01') WHERE locality_id = $1`, in.Place)
	wrong("a place that will be gone", "from", func(in *app.AssignInput) { in.Acting = true })
}

// Rights begin and end with the assignment, for people who are signed in already.
func TestAssignmentsWorkAtOnce(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, place := t.Context(), cadre.Object{Place: territory.Place{}}
	admin, other := s.as("admin"), s.as("cbxa")
	in := s.assigning(other.CadreID, "hamlet_lead")
	path := s.as("dangvien").Grants[0]
	place.Place = territory.Place{Locality: path.Locality.ID, Hamlet: path.Locality.ID}
	if cadre.Can(other, cadre.ReviewBoard, place) {
		t.Fatal("leads the hamlet already")
	}
	if err := s.app.Assign(ctx, admin, sending(), in); err != nil {
		t.Fatal(err)
	}
	if !cadre.Can(s.as("cbxa"), cadre.ReviewBoard, place) {
		t.Error("does not lead the hamlet right after the assignment")
	}
	id := s.assigned(other.CadreID)
	s.setClock(monday.AddDate(0, 0, 1))
	if _, err := s.app.EndAssignment(ctx, s.as("admin"), sending(), id, app.EndInput{EndInput: cadre.EndInput{Reason: "chuyển công tác"}}); err != nil {
		t.Fatal(err)
	}
	if cadre.Can(s.as("cbxa"), cadre.ReviewBoard, place) {
		t.Error("still leads the hamlet after the end")
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE id = $1 AND upper(period) = '2020-03-03' AND ended_reason = 'chuyển công tác'`, id); n != 1 {
		t.Error("what ended is not noted")
	}
	if _, err := s.app.EndAssignment(ctx, s.as("admin"), sending(), id, app.EndInput{EndInput: cadre.EndInput{Reason: "lần nữa"}}); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("ending a second time: got %v, want a conflict", err)
	}
}

func TestReplacing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, old := t.Context(), s.as("dangvien")
	person := s.person("Lê Thị Thay", cadre.CommuneTier)
	in := s.assigning(person, "hamlet_lead")
	in.Replaces = old.Grants[0].AssignmentID
	if err := s.app.Assign(ctx, s.as("admin"), sending(), in); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("without a reason: got %v", err)
	}
	in.Reason = "nghỉ hưu"
	if err := s.app.Assign(ctx, s.as("admin"), sending(), in); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM assignments s JOIN posts p ON p.id = s.post_id 
		WHERE locality_id = $1 AND p.code = 'hamlet_lead' AND period @> '2020-03-02'::date AND cadre_id = $2`, in.Place, person); n != 1 {
		t.Error("the new one does not hold the post")
	}
	if len(s.as("dangvien").Grants) != 0 {
		t.Error("the one before still holds it")
	}
	third := s.assigning(s.person("Lê Văn Ba", cadre.CommuneTier), "hamlet_lead")
	third.Replaces, third.Reason = in.Replaces, "nhầm"
	if err := s.app.Assign(ctx, s.as("admin"), sending(), third); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("replacing somebody who has ended: got %v, want a conflict", err)
	}
}

func TestVoidingAndPrimary(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin := t.Context(), s.as("admin")
	person := s.person("Lê Thị Nhầm", cadre.DistrictTier)
	if err := s.app.Assign(ctx, admin, sending(), s.assigning(person, cadre.DistrictSupporter)); err != nil {
		t.Fatal(err)
	}
	id := s.assigned(person)
	if _, err := s.app.MakePrimary(ctx, admin, sending(), id); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE is_primary AND cadre_id IN ($1, $2)`, person, s.as("cbhuyen").CadreID); n != 1 {
		t.Errorf("got %d primary ones, want 1", n)
	}
	if _, err := s.app.VoidAssignment(ctx, admin, sending(), id, ""); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("without a reason: got %v", err)
	}
	if _, err := s.app.VoidAssignment(ctx, admin, sending(), id, "nhầm người"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.app.VoidAssignment(ctx, admin, sending(), id, "nhầm người"); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("a second time: got %v", err)
	}
	if err := s.app.Assign(ctx, admin, sending(), s.assigning(person, cadre.DistrictSupporter)); err != nil {
		t.Errorf("assigning again after the mistake: %v", err)
	}
	s.setClock(monday.AddDate(0, 0, 1))
	if _, err := s.app.VoidAssignment(ctx, s.as("admin"), sending(), s.assigned(person), "nhầm"); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("on the next day: got %v, want a conflict", err)
	}
}

func TestWhoMayAssign(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := t.Context()
	s.appoint("cbxa", "commune_admin", s.place("Xã Châu Hưng"))
	tierTwo, tierThree := s.person("Lê Văn Hai", cadre.DistrictTier), s.person("Lê Văn Ba", cadre.CommuneTier)
	s.exec(`UPDATE cadres SET home_id = $1 WHERE id = ANY($2)`, s.place("Xã Châu Hưng"), []cadre.ID{tierTwo, tierThree})
	at := func(in app.AssignInput, place string) app.AssignInput {
		in.Place = s.place(place)
		return in
	}
	for _, tt := range []struct {
		name, login string
		in          app.AssignInput
		want        fault.Kind
	}{
		{"tier 3 by the commune", "cbxa", s.assigning(tierThree, cadre.CommuneSupporter), fault.KindInternal},
		{"tier 2 by the commune", "cbxa", s.assigning(tierTwo, cadre.DistrictSupporter), fault.KindForbidden},
		{"the commune's lead by the commune", "cbxa", at(s.assigning(tierThree, "commune_lead"), "Xã Châu Hưng"), fault.KindForbidden},
		{"another commune", "cbxa", at(s.assigning(tierThree, "commune_lead"), "Xã Vang Quới Tây"), fault.KindNotFound},
		{"the district above", "cbxa", at(s.assigning(tierTwo, "district_lead"), "Huyện Bình Đại"), fault.KindForbidden},
		{"a peer", "admin", at(s.assigning(tierTwo, "district_admin"), "Huyện Bình Đại"), fault.KindForbidden},
		{"oneself", "admin", s.assigning(s.as("admin").CadreID, cadre.DistrictSupporter), fault.KindForbidden},
		{"a lead", "bithu", s.assigning(tierThree, "hamlet_lead"), fault.KindForbidden},
	} {
		err := s.app.Assign(ctx, s.as(tt.login), sending(), tt.in)
		if got := fault.KindOf(err); (err != nil || tt.want != fault.KindInternal) && got != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

// Two administrators give the same post to the same person at the same moment: exactly one assignment exists.
func TestAssigningAtTheSameMoment(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.appoint("cbtinh", "province_admin", territory.LocalityID(s.number(`SELECT id FROM localities WHERE level = 'province'`)))
	admins := []cadre.Actor{s.as("admin"), s.as("cbtinh")}
	for range 50 {
		person := s.person("Lê Thị Cùng", cadre.DistrictTier)
		in := s.assigning(person, cadre.DistrictSupporter)
		errs := make([]error, len(admins))
		var both sync.WaitGroup
		for i, admin := range admins {
			both.Go(func() { errs[i] = s.app.Assign(t.Context(), admin, sending(), in) })
		}
		both.Wait()
		if n := s.number(`SELECT count(*) FROM assignments WHERE cadre_id = $1`, person); n != 1 {
			t.Fatalf("got %d assignments, want 1 (%v)", n, errs)
		}
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("got %v and %v, want one refusal", errs[0], errs[1])
		}
	}
}
