package app_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// handedTo lists the handovers that wait for a person, as home shows them.
func (s *stage) handedTo(login string) []app.Handover {
	s.Helper()
	h, err := s.app.Home(s.Context(), s.as(login))
	if err != nil {
		s.Fatal(err)
	}
	return h.Handovers
}

func TestHandingOver(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin, old := t.Context(), s.as("admin"), s.as("dangvien")
	s.raise("cbhuyen", s.bridge())
	next := s.as("cbxa")
	in := s.assigning(next.CadreID, "hamlet_lead")
	in.Replaces, in.Reason = old.Grants[0].AssignmentID, "nghỉ hưu"
	if err := s.app.Assign(ctx, admin, sending(), in); err != nil {
		t.Fatal(err)
	}
	list := s.handedTo("cbxa")
	if len(list) != 1 || list[0].From != old.CadreID || list[0].To != next.CadreID {
		t.Fatalf("got %v, want one handover from the old lead", list)
	}
	s.wantTold("handover.given", "cbxa")
	id := list[0].ID
	page, err := s.app.Handover(ctx, s.as("cbxa"), id)
	if err != nil || !page.Confirms || page.Counts.Open != 1 || len(page.Issues) != 1 {
		t.Errorf("the successor sees %d open issues, %d listed, confirms %v (%v)", page.Counts.Open, len(page.Issues), page.Confirms, err)
	}
	for login, kind := range map[string]fault.Kind{"bithu2": fault.KindNotFound, "bithu": fault.KindNotFound, "admin": fault.KindForbidden, "dangvien": fault.KindForbidden} {
		if err := s.app.ConfirmHandover(ctx, s.as(login), sending(), id, ""); fault.KindOf(err) != kind {
			t.Errorf("confirming as %s: got %v, want %s", login, err, kind)
		}
	}
	if seen, err := s.app.Handover(ctx, s.as("admin"), id); err != nil || len(seen.Issues) != 0 || seen.Counts.Open != 1 {
		t.Errorf("the administrator: got %d issues and %d counted (%v), want numbers only", len(seen.Issues), seen.Counts.Open, err)
	}
	if seen, err := s.app.Handover(ctx, s.as("dangvien"), id); err != nil || seen.Counted {
		t.Errorf("the one before sees numbers of a place they have left: %v", err)
	}
	if err := s.app.ConfirmHandover(ctx, s.as("cbxa"), sending(), id, " đã  gặp "); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT open_issues FROM handovers WHERE id = $1 AND note = 'đã gặp' AND confirmed_at IS NOT NULL`, id); n != 1 {
		t.Errorf("got %d open issues kept", n)
	}
	s.wantTold("handover.confirmed", "dangvien")
	if before, err := s.app.Home(ctx, s.as("dangvien")); err != nil || len(before.HandedOver) != 1 || before.HandedOver[0].Confirmed == nil {
		t.Errorf("home of the one before does not tell that it arrived: %v", err)
	}
	if err := s.app.ConfirmHandover(ctx, s.as("cbxa"), sending(), id, ""); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("a second time: got %v", err)
	}
	if len(s.handedTo("cbxa")) != 0 {
		t.Error("home still shows it")
	}
	if seen, err := s.app.Handovers(ctx, s.as("dangvien"), true, app.ListPage{Limit: 10}); err != nil || len(seen.Rows) != 1 {
		t.Errorf("the one before does not see that it was received: %v %v", seen, err)
	}
	if n := s.number(`SELECT count(*) FROM audit_entries WHERE action = 'handover.confirm' AND object_id = $1`, id.String()); n != 1 {
		t.Errorf("got %d audit entries", n)
	}
}

// An assignment that ends without a successor waits for whoever follows; who holds the same post there follows at once.
func TestHandoverWaitsForASuccessor(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin, old := t.Context(), s.as("admin"), s.as("cbhuyen")
	if _, err := s.app.EndAssignment(ctx, admin, sending(), old.Grants[0].AssignmentID, app.EndInput{EndInput: cadre.EndInput{Reason: "chuyển công tác"}}); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM handovers WHERE assignment_id = $1 AND successor_id IS NULL`, old.Grants[0].AssignmentID); n != 1 {
		t.Fatal("nothing waits for a successor")
	}
	first := s.person("Lê Thị Sau", cadre.DistrictTier)
	if err := s.app.Assign(ctx, admin, sending(), s.assigning(first, cadre.DistrictSupporter)); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT n.cadre_id FROM handovers h JOIN assignments n ON n.id = h.successor_id WHERE h.assignment_id = $1`, old.Grants[0].AssignmentID); n != int64(first) {
		t.Errorf("got successor %d, want %d", n, first)
	}
	if _, err := s.app.VoidAssignment(ctx, admin, sending(), s.assigned(first), "nhầm người"); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM handovers WHERE successor_id IS NULL`); n != 1 {
		t.Error("after a voided assignment it does not wait again")
	}
	second, third := s.person("Lê Văn Hai", cadre.DistrictTier), s.person("Lê Văn Ba", cadre.DistrictTier)
	for _, id := range []cadre.ID{second, third} {
		if err := s.app.Assign(ctx, admin, sending(), s.assigning(id, cadre.DistrictSupporter)); err != nil {
			t.Fatal(err)
		}
	}
	s.setClock(monday.AddDate(0, 0, 1))
	if _, err := s.app.EndAssignment(ctx, s.as("admin"), sending(), s.assigned(second), app.EndInput{EndInput: cadre.EndInput{Reason: "chuyển"}}); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM handovers h JOIN assignments n ON n.id = h.successor_id WHERE n.cadre_id = $1 AND h.confirmed_at IS NULL`, third); n != 2 {
		t.Errorf("got %d handovers for who stays, want that of the second and the one that the second had not confirmed", n)
	}
}

// Assignments that end by themselves get their handover from the job, once, and open sessions of their people end.
func TestDueHandovers(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	old := s.as("cbhuyen")
	s.exec(`UPDATE assignments SET period = daterange(lower(period), '2020-03-04') WHERE id = $1`, old.Grants[0].AssignmentID)
	s.exec(`INSERT INTO sessions (token_hash, data, expires_at, created_at, account_id) SELECT '\x01', '\x01', '2030-01-01', '2020-03-02', id FROM accounts WHERE login IN ('cbhuyen')`)
	s.exec(`INSERT INTO sessions (token_hash, data, expires_at, created_at, account_id) SELECT '\x02', '\x01', '2030-01-01', '2020-03-02', id FROM accounts WHERE login IN ('bithu')`)
	for day, want := range []int{0, 0, 1, 0} {
		s.setClock(monday.AddDate(0, 0, day))
		if n, err := s.app.OpenDueHandovers(t.Context()); err != nil || n != want {
			t.Errorf("day %d: got %d, %v, want %d", day, n, err, want)
		}
	}
	if n := s.number(`SELECT count(*) FROM sessions WHERE ended_at IS NOT NULL AND token_hash = '\x01'`); n != 1 {
		t.Error("the session of who holds nothing any more goes on")
	}
	if n := s.number(`SELECT count(*) FROM sessions WHERE ended_at IS NULL AND token_hash = '\x02'`); n != 1 {
		t.Error("somebody else's session ended")
	}
	s.exec(`INSERT INTO sessions (token_hash, data, expires_at, created_at, account_id) SELECT '\x03', '\x01', '2030-01-01', $1, id FROM accounts WHERE login IN ('cbhuyen')`, s.clock())
	if _, err := s.app.OpenDueHandovers(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM sessions WHERE ended_at IS NULL AND token_hash = '\x03'`); n != 1 {
		t.Error("the narrow home of who signed in afterwards is taken away")
	}
	if _, err := s.app.Handover(t.Context(), s.as("admin"), uuid.New()); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("no such handover: got %v", err)
	}
}

// After a merger whoever is given the post at the place that follows takes over.
func TestHandoverFollowsPlaces(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, old := t.Context(), s.as("cbhuyen")
	closed, next := old.Grants[0].Locality.ID, s.place("Ấp 1")
	s.exec(`INSERT INTO reorganisations (id, title, effective_on, state, locality_id, author_id, created_at, confirmed_at)
		SELECT '00000000-0000-7000-8000-000000000001', 'Sáp nhập', '2020-03-02', 'confirmed', $1, cadre_id, now(), now() FROM accounts WHERE login = 'admin'`, closed)
	s.exec(`UPDATE assignments SET period = daterange(lower(period), '2020-03-02'), ended_reason = 'sáp nhập' WHERE locality_id IN ($1, $2)`, closed, next)
	s.exec(`UPDATE locality_versions SET valid = daterange(lower(valid), '2020-03-02') WHERE locality_id = $1`, closed)
	s.exec(`INSERT INTO successions (reorganisation_id, from_id, to_id, part, on_day) VALUES ('00000000-0000-7000-8000-000000000001', $1, $2, false, '2020-03-02')`, closed, next)
	if _, err := s.app.OpenDueHandovers(ctx); err != nil {
		t.Fatal(err)
	}
	person := s.person("Lê Thị Sau", cadre.DistrictTier)
	in := s.assigning(person, cadre.DistrictSupporter)
	in.Place = next
	if err := s.app.Assign(ctx, s.as("admin"), sending(), in); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM handovers h JOIN assignments n ON n.id = h.successor_id WHERE h.assignment_id = $1 AND n.cadre_id = $2`, old.Grants[0].AssignmentID, person); n != 1 {
		t.Error("nobody takes over the place that was merged")
	}
}

// A merger that the district plans and carries out leaves its hamlets' handovers to whoever is sent to the new one: they find the open issue
// there and confirm, and the one before learns of it.
func TestHandoverOfAMergedPlaceIsConfirmed(t *testing.T) {
	t.Parallel()
	r := planning(t)
	ctx := t.Context()
	raised := r.raise("cbhuyen", r.bridge())
	before := r.assignmentOf("cbhuyen")
	sibling := territory.LocalityID(r.number(`SELECT min(o.locality_id) FROM locality_versions v JOIN locality_versions o ON o.parent_id = v.parent_id AND o.locality_id <> v.locality_id
		WHERE v.locality_id = $1`, int64(r.bridge().Locality)))
	name := func(id territory.LocalityID) string {
		var text string
		if err := r.db.Owner.QueryRow(ctx, `SELECT v.name || ', Xã Châu Hưng, Huyện Bình Đại' FROM locality_versions v WHERE v.locality_id = $1`, int64(id)).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	// What its cadre promised to a household of one of its groups is passed on, too; what was promised elsewhere is not.
	r.promised(before, r.group("Tổ 1", "Ấp Hưng Chánh"), r.group("Tổ 1", "Ấp 1"))
	r.mustCarry("admin", "2020-03-03", app.ChangeInput{Kind: territory.MergeUnits, Units: name(r.bridge().Locality) + "\n" + name(sibling), Type: "Ấp", Name: "Ấp Hưng Mới"})
	r.hired("nguoisau", cadre.DistrictTier, map[string]territory.LocalityID{cadre.DistrictSupporter: r.place("Ấp 1")})
	r.setClock(monday.AddDate(0, 0, 1))
	for _, job := range []func(context.Context) (int, error){r.app.ApplyReorganisations, r.app.OpenDueHandovers} {
		if _, err := job(ctx); err != nil {
			t.Fatal(err)
		}
	}
	in := app.AssignInput{Place: r.place("Ấp Hưng Mới"), Cadre: r.as("nguoisau").CadreID, AssignInput: cadre.AssignInput{Post: cadre.DistrictSupporter, From: "2020-03-03"}}
	if err := r.app.Assign(ctx, r.as("admin"), sending(), in); err != nil {
		t.Fatal(err, fieldsOf(err))
	}
	var mine app.Handover
	for _, h := range r.handedTo("nguoisau") {
		if h.Ended == before {
			mine = h
		}
	}
	page, err := r.app.Handover(ctx, r.as("nguoisau"), mine.ID)
	if err != nil || !page.Confirms || len(page.Issues) != 1 || page.Issues[0].ID != raised {
		t.Fatalf("the successor sees %+v, confirms %v (%v), want the issue of the hamlet that is gone", page.Issues, page.Confirms, err)
	}
	if len(page.Owed) != 1 || page.Owed[0].Number != 7 || page.Counts.Owed != 1 {
		t.Errorf("promised to households: got %+v, %d counted, want one", page.Owed, page.Counts.Owed)
	}
	if err := r.app.ConfirmHandover(ctx, r.as("nguoisau"), sending(), mine.ID, ""); err != nil {
		t.Fatal(err)
	}
	r.wantNumber(`SELECT open_issues * 10 + owed FROM handovers WHERE confirmed_at IS NOT NULL AND assignment_id = `+strconv.FormatInt(int64(before), 10), 11, "open issues and promises kept with the confirmation")
	r.wantTold("handover.confirmed", "cbhuyen")
}

// promised enters a visit of an assignment's holder at which something was promised to household 7 of each group.
func (r *reform) promised(by cadre.AssignmentID, groups ...territory.LocalityID) {
	r.Helper()
	for _, g := range groups {
		r.exec(`WITH visit AS (INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id, state, summary, content, received_at)
				SELECT gen_random_uuid(), s.cadre_id, s.id, 'household_visit', '2020-03-01', $2, max(c.locality_id) FILTER (WHERE c.level = 'province'),
					max(c.locality_id) FILTER (WHERE c.level = 'district'), max(c.locality_id) FILTER (WHERE c.level = 'commune'), max(c.locality_id) FILTER (WHERE c.level = 'hamlet'), 'submitted', 'x', '{}', '2020-03-01'
				FROM assignments s, locality_chain($2, '2020-03-01') c WHERE s.id = $1 GROUP BY s.id RETURNING id, author_id)
			INSERT INTO report_promises (report_id, position, author_id, locality_id, household_number, due_on) SELECT id, 1, author_id, $2, 7, '2020-03-20' FROM visit`, by, int64(g))
	}
}

// group gives a group of a hamlet by their names, the first one of the demo.
func (r *reform) group(name, hamlet string) territory.LocalityID {
	r.Helper()
	return territory.LocalityID(r.number(`SELECT v.locality_id FROM locality_versions v JOIN locality_versions h ON h.locality_id = v.parent_id WHERE v.name = $1 AND h.name = $2
		ORDER BY v.locality_id LIMIT 1`, name, hamlet))
}

// What was promised in a group waits for whoever looks after the one that follows it, and they can say that it is done.
func TestPromisesFollowAMergedGroup(t *testing.T) {
	t.Parallel()
	r := planning(t)
	r.promised(r.assignmentOf("cbhuyen"), r.group("Tổ 1", "Ấp Hưng Chánh"))
	const at = ", Ấp Hưng Chánh, Xã Châu Hưng"
	r.mustCarry("admin", "2020-03-02", app.ChangeInput{Kind: territory.MergeUnits, Units: "Tổ 1" + at + "\nTổ 2" + at, Type: "Tổ", Name: "Tổ Mới"})
	next := r.group("Tổ Mới", "Ấp Hưng Chánh")
	r.hired("theodoi", cadre.CommuneTier, map[string]territory.LocalityID{"commune_supporter": next})
	r.hired("benkia", cadre.CommuneTier, map[string]territory.LocalityID{"commune_supporter": r.group("Tổ 3", "Ấp Hưng Chánh")})
	home, err := r.app.Home(t.Context(), r.as("theodoi"))
	if err != nil || len(home.Promises) != 1 {
		t.Fatalf("home of who looks after the new group: got %+v, %v, want what was promised", home.Promises, err)
	}
	if err := r.app.KeepPromise(t.Context(), r.as("benkia"), sending(), home.Promises[0].Report, 1); err == nil {
		t.Error("a neighbour's supporter says that it is done")
	}
	if err := r.app.KeepPromise(t.Context(), r.as("theodoi"), sending(), home.Promises[0].Report, 1); err != nil {
		t.Errorf("saying that it is done: %v", err)
	}
}
