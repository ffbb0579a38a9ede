package app_test

import (
	"testing"
	"time"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/territory"
	"banam/internal/testdb"
)

const (
	chauHung   = "Xã Châu Hưng, Huyện Bình Đại"
	locThuan   = "Xã Lộc Thuận, Huyện Bình Đại"
	hungChanh  = "Ấp Hưng Chánh, Xã Châu Hưng, Huyện Bình Đại"
	twoMonths  = 60
	afterwards = "2020-06-01"
)

// planning is the demo on a Monday morning.
func planning(t *testing.T) *reform {
	t.Helper()
	r := newReform(t, testdb.District(t))
	r.setClock(monday)
	return r
}

// hired enters a person with an account who holds some posts since 01/02/2020.
func (r *reform) hired(login string, tier cadre.Tier, posts map[string]territory.LocalityID) {
	r.Helper()
	id := r.number(`WITH c AS (INSERT INTO cadres (full_name, tier) VALUES ($1, $2) RETURNING id) INSERT INTO accounts (cadre_id, login, password_hash) SELECT id, $3, 'x' FROM c RETURNING cadre_id`,
		"Người "+login, tier, login)
	for code, at := range posts {
		r.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT $1, p.id, l.id, l.level, daterange('2020-02-01', NULL)
			FROM posts p, localities l WHERE p.code = $2 AND l.id = $3`, id, code, int64(at))
	}
}

// drafted makes a plan of a day with some changes.
func (r *reform) drafted(who, on string, changes ...app.ChangeInput) (app.PlanRef, error) {
	r.Helper()
	id, err := r.app.NewReorganisation(r.Context(), r.as(who), sending(), app.PlanInput{Title: "Kế hoạch " + on, Decree: "Nghị quyết " + on, On: on})
	if err != nil {
		return app.PlanRef{}, err
	}
	p := app.PlanRef{ID: id, Version: 1}
	for _, c := range changes {
		if err := r.app.AddChange(r.Context(), r.as(who), sending(), p, c); err != nil {
			return p, err
		}
		p.Version++
	}
	return p, nil
}

// carried makes a plan and confirms it.
func (r *reform) carried(who, on string, changes ...app.ChangeInput) (app.PlanRef, error) {
	r.Helper()
	p, err := r.drafted(who, on, changes...)
	if err != nil {
		return p, err
	}
	err = r.app.ConfirmReorganisation(r.Context(), r.as(who), sending(), p)
	p.Version++
	return p, err
}

func (r *reform) mustCarry(who, on string, changes ...app.ChangeInput) app.PlanRef {
	r.Helper()
	p, err := r.carried(who, on, changes...)
	if err != nil {
		r.Fatalf("a plan of %s: %v %v", on, err, fieldsOf(err))
	}
	return p
}

func (r *reform) wantRefused(err error, want, what string) {
	r.Helper()
	if verdict(err) != want {
		r.Errorf("%s: got %s, want %s", what, verdict(err), want)
	}
}

func (r *reform) assignmentOf(login string) cadre.AssignmentID {
	r.Helper()
	return cadre.AssignmentID(r.number(`SELECT min(s.id) FROM assignments s JOIN accounts a USING (cadre_id) WHERE a.login = $1`, login))
}

func (r *reform) dismiss(who, login string) {
	r.Helper()
	id := r.assignmentOf(login)
	c, err := r.app.Assignment(r.Context(), r.as(who), id)
	if err != nil {
		r.Fatal(err)
	}
	if _, err := r.app.EndAssignment(r.Context(), r.as(who), sending(), id, app.EndInput{Seen: c.Term.Until, EndInput: cadre.EndInput{Reason: "Thôi nhiệm vụ"}}); err != nil {
		r.Fatal(err)
	}
}

func moved(units, parent string) app.ChangeInput {
	return app.ChangeInput{Kind: territory.MoveUnit, Units: units, Parent: parent}
}

// What came with a commune or a hamlet leaves with it: its lead and administrators of a while have no right to what happens there later.
func TestAPlaceThatLeavesTakesItsRightsAlong(t *testing.T) {
	t.Parallel()
	r := planning(t)
	r.hired("qtlocthuan", cadre.CommuneTier, map[string]territory.LocalityID{"commune_admin": r.place("Xã Lộc Thuận")})
	r.mustCarry("admin", "2020-03-03", moved(chauHung, "Tiểu vùng II, Huyện Bình Đại"))
	r.setClock(monday.AddDate(0, 0, 1))
	while := r.raise("cbhuyen", r.bridge())
	if _, err := r.app.Issue(t.Context(), r.as("tieuvung2"), while); err != nil {
		t.Errorf("while it is there the issue is read: got %v", err)
	}
	r.mustCarry("admin", "2020-03-04", moved(chauHung, "Tiểu vùng I, Huyện Bình Đại"), moved(hungChanh, locThuan))
	r.mustCarry("admin", "2020-03-05", moved("Ấp Hưng Chánh, Xã Lộc Thuận", "Xã Châu Hưng"))
	r.setClock(monday.AddDate(0, 0, twoMonths))
	id := r.raise("cbhuyen", r.bridge())
	_, err := r.app.Issue(t.Context(), r.as("tieuvung2"), id)
	r.wantRefused(err, "not found fault.not_found", "a new issue, by the lead of the sub-region of before")
	_, err = r.app.AssignPage(t.Context(), r.as("qtlocthuan"), app.AssignQuery{Place: r.place("Ấp Hưng Chánh")})
	r.wantRefused(err, "not found fault.not_found", "assigning at the hamlet, by the administrator of the commune of before")
	if _, err := r.app.Issue(t.Context(), r.as("tieuvung1"), id); err != nil {
		t.Errorf("the lead of its sub-region: got %v", err)
	}
}

// A backdated plan touches nothing that has changed since, lies elsewhere since, or hangs on what is closed since.
func TestABackdatedPlanLeavesAloneWhatHasChanged(t *testing.T) {
	t.Parallel()
	r := planning(t)
	r.mustCarry("quantritinh", "2020-03-10", moved(chauHung, "Huyện Ba Tri"))
	r.mustCarry("admin", "2020-03-10", app.ChangeInput{Kind: territory.MergeUnits, Units: locThuan + "\nXã Vang Quới Tây, Huyện Bình Đại", Type: "Xã", Name: "Xã Gộp"})
	r.setClock(monday.AddDate(0, 0, twoMonths))
	_, err := r.carried("admin", "2020-03-05", moved(hungChanh, locThuan))
	r.wantRefused(err, "units reorganisation.not_yours_place", "a hamlet that has left the district")
	_, err = r.carried("quantritinh", "2020-03-05", moved(hungChanh, "Xã Phú Long, Huyện Bình Đại"))
	r.wantRefused(err, "conflict reorganisation.changed_later", "a hamlet whose commune has moved since")
	_, err = r.carried("admin", "2020-03-05", moved("Ấp 1, Xã Phú Long", locThuan))
	r.wantRefused(err, "conflict reorganisation.changed_later", "to a commune that is closed since")
	r.mustCarry("admin", "2020-03-12", moved("Tổ 1, Ấp 1, Xã Phú Long", "Ấp 2, Xã Phú Long"))
	_, err = r.carried("admin", "2020-03-05", app.ChangeInput{Kind: territory.DissolveUnit, Units: "Ấp 2, Xã Phú Long"})
	r.wantRefused(err, "conflict reorganisation.changed_later", "a hamlet to which a group has come since")
	_, err = r.carried("admin", "2019-03-01", app.ChangeInput{Kind: territory.RenameUnit, Units: "Xã Phú Long", Name: "Xã Mới"})
	r.wantRefused(err, "on reorganisation.day_long_past", "more than a year back, by a district")

	p, _ := r.drafted("admin", "2020-03-05", app.ChangeInput{Kind: territory.DissolveUnit, Units: hungChanh})
	v, err := r.app.Reorganisation(t.Context(), r.as("admin"), p.ID)
	if err != nil || len(v.Endings)+len(v.Counts) != 0 && v.Wrong != nil {
		t.Errorf("a draft about others' places: got %d endings, %d counts, %v", len(v.Endings), len(v.Counts), err)
	}
}

// Whoever was dismissed or disabled while a plan waited stays so, whether it is cancelled or its day comes.
func TestADismissalOutlastsAPlan(t *testing.T) {
	t.Parallel()
	merge := app.ChangeInput{Kind: territory.MergeUnits, Units: chauHung + "\n" + locThuan, Type: "Xã", Name: "Xã Mới"}
	r := planning(t)
	p := r.mustCarry("admin", afterwards, merge)
	r.dismiss("admin", "bithu")
	if err := r.app.CancelReorganisation(t.Context(), r.as("admin"), sending(), p); err != nil {
		t.Fatal(err)
	}
	if n := len(r.as("bithu").Grants); n != 0 {
		t.Errorf("after the cancellation the dismissed secretary holds %d posts, want none", n)
	}
	if n := len(r.as("dangvien").Grants); n != 1 {
		t.Errorf("after the cancellation the hamlet's lead holds %d posts, want 1", n)
	}

	for _, login := range []string{"mot", "hai", "ba"} {
		r.hired(login, cadre.CommuneTier, map[string]territory.LocalityID{"commune_admin": r.place("Xã Lộc Thuận")})
	}
	r.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, $1, 'commune', daterange('2020-02-01', NULL)
		FROM accounts a, posts p WHERE a.login = 'ba' AND p.code = 'commune_admin'`, int64(r.place("Xã Châu Hưng"))) // of both: they go on once
	r.mustCarry("admin", afterwards, merge)
	r.dismiss("admin", "mot")
	account := r.number(`SELECT id FROM accounts WHERE login = 'hai'`)
	if _, _, err := r.app.ResetAccount(t.Context(), r.as("admin"), sending(), account); err != nil {
		t.Errorf("resetting the account of an administrator before the day: got %v", err)
	}
	r.setClock(time.Date(2020, 6, 1, 0, 5, 0, 0, territory.Zone))
	for range 2 {
		if _, err := r.app.ApplyReorganisations(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for login, want := range map[string]int{"mot": 0, "hai": 1, "ba": 1} {
		if n := len(r.as(login).Grants); n != want {
			t.Errorf("on the day %s administers %d communes, want %d", login, n, want)
		}
	}
	r.wantNumber(`SELECT count(*) FROM audit_entries WHERE action = 'assignment.end' AND object = 'assignment'`,
		r.number(`SELECT count(*) FROM reorganisation_endings`)*2-1, "endings noted: of two plans, and of two people")
}

// Somebody assigned at a place to come can be managed before its day.
func TestPeopleOfAPlaceToComeAreKept(t *testing.T) {
	t.Parallel()
	r := planning(t)
	r.mustCarry("admin", afterwards, app.ChangeInput{Kind: territory.MergeUnits, Units: chauHung + "\n" + locThuan, Type: "Xã", Name: "Xã Mới"})
	next := territory.LocalityID(r.number(`SELECT locality_id FROM locality_versions WHERE name = 'Xã Mới'`))
	r.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, $1, 'commune', daterange('2020-06-01', NULL)
		FROM accounts a, posts p WHERE a.login = 'bithu' AND p.code = 'commune_lead'`, int64(next))
	id := cadre.AssignmentID(r.number(`SELECT max(s.id) FROM assignments s JOIN accounts a USING (cadre_id) WHERE a.login = 'bithu'`))
	if _, err := r.app.Assignment(t.Context(), r.as("admin"), id); err != nil {
		t.Errorf("the assignment at the place to come: got %v", err)
	}
	account := r.number(`SELECT id FROM accounts WHERE login = 'bithu'`)
	if _, _, err := r.app.ResetAccount(t.Context(), r.as("admin"), sending(), account); err != nil {
		t.Errorf("resetting the account: got %v", err)
	}
}

// The people of a closed commune stay in the hands of whoever administers the one that follows it: their accounts can be found, reset and
// closed, and what they held can be looked at.
func TestPeopleOfAClosedPlaceAreKept(t *testing.T) {
	t.Parallel()
	r := planning(t)
	chauHungID := r.place("Xã Châu Hưng")
	r.hired("cu", cadre.CommuneTier, map[string]territory.LocalityID{"commune_lead": chauHungID})
	r.mustCarry("admin", "2020-03-02", app.ChangeInput{Kind: territory.MergeUnits, Units: chauHung + "\n" + locThuan, Type: "Xã", Name: "Xã Mới"})
	r.setClock(monday.AddDate(0, 1, 0))
	if len(r.as("cu").Grants) != 0 {
		t.Fatal("the post of the closed commune goes on")
	}
	list, err := r.app.Accounts(t.Context(), r.as("admin"), app.AccountQuery{Words: app.ParseWords("Người cu"), Limit: 50})
	if err != nil || len(list.Rows) != 1 || !list.Rows[0].Mine {
		t.Fatalf("the accounts: got %+v, %v, want the lead of the closed commune, to keep", list.Rows, err)
	}
	if h := list.Rows[0].Holds; len(h) != 1 || h[0].Place != "Xã Châu Hưng" || h[0].Commune != r.place("Xã Mới") {
		t.Errorf("held last: got %+v, want Xã Châu Hưng, judged by Xã Mới", h)
	}
	narrowed, err := r.app.Accounts(t.Context(), r.as("admin"), app.AccountQuery{Place: r.place("Xã Mới"), Words: app.ParseWords("Người cu"), Limit: 50})
	if err != nil || len(narrowed.Rows) != 1 {
		t.Errorf("the accounts of the new commune: got %+v, %v", narrowed.Rows, err)
	}
	id := r.number(`SELECT id FROM accounts WHERE login = 'cu'`)
	if _, err := r.app.Account(t.Context(), r.as("admin"), id); err != nil {
		t.Errorf("the account: got %v", err)
	}
	if _, _, err := r.app.ResetAccount(t.Context(), r.as("admin"), sending(), id); err != nil {
		t.Errorf("resetting it: got %v", err)
	}
	if _, _, err := r.app.ResetAccount(t.Context(), r.as("bithu"), sending(), id); verdict(err) != "not found fault.not_found" {
		t.Errorf("resetting it by who administers nothing: got %s", verdict(err))
	}
	if err := r.app.CloseAccount(t.Context(), r.as("admin"), sending(), id, true); err != nil {
		t.Errorf("closing it: got %v", err)
	}
	r.wantNumber(`SELECT count(*) FROM accounts WHERE login = 'cu' AND disabled_at IS NOT NULL`, 1, "closed accounts")
	if _, err := r.app.Assignment(t.Context(), r.as("admin"), r.assignmentOf("cu")); err != nil {
		t.Errorf("the assignment that ended: got %v", err)
	}
}

// Nobody gives themselves a place by a plan, and a commune ends no posts given from above.
func TestAPlanGoesRoundNoRight(t *testing.T) {
	t.Parallel()
	r := planning(t)
	own := territory.LocalityID(r.number(`SELECT v.locality_id FROM locality_versions v JOIN localities l ON l.id = v.locality_id AND l.level = 'hamlet'
		JOIN locality_versions c ON c.locality_id = v.parent_id AND c.name = 'Xã Lộc Thuận' WHERE v.name = 'Ấp 1'`))
	r.hired("tuphong", cadre.DistrictTier, map[string]territory.LocalityID{"district_admin": r.place("Huyện Bình Đại"), "district_supporter": own})
	group := moved("Tổ 1, Ấp Hưng Chánh, Xã Châu Hưng", "Ấp 1, Xã Lộc Thuận")
	_, err := r.carried("tuphong", "2020-03-02", group)
	r.wantRefused(err, "change reorganisation.own_gain", "a group brought to where one supports a hamlet")

	r.hired("qtxa", cadre.CommuneTier, map[string]territory.LocalityID{"commune_admin": r.place("Xã Châu Hưng")})
	_, err = r.carried("qtxa", "2020-03-02", app.ChangeInput{Kind: territory.MergeUnits, Units: hungChanh, Type: "Ấp", Name: "Ấp Hưng Chánh"})
	r.wantRefused(err, "units reorganisation.ends_above", "a hamlet closed by its commune under the district's cadre")
	if n := len(r.as("cbhuyen").Grants); n != 1 {
		t.Errorf("the district's cadre holds %d posts, want 1", n)
	}
	r.mustCarry("qtxa", "2020-03-02", app.ChangeInput{Kind: territory.DissolveUnit, Units: "Tổ 1, Ấp Hưng Chánh, Xã Châu Hưng"})
	r.mustCarry("admin", "2020-03-03", moved("Tổ 2, Ấp Hưng Chánh, Xã Châu Hưng", "Ấp 1, Xã Lộc Thuận"))
}

// A plan that touches more than one administrator's places is cancelled only by whoever administers them all.
func TestAPlanOfTwoDistrictsIsCancelledByBoth(t *testing.T) {
	t.Parallel()
	r := planning(t)
	batri := territory.LocalityID(r.number(`SELECT v.locality_id FROM locality_versions v WHERE name = 'Huyện Ba Tri'`))
	r.hired("haihuyen", cadre.DistrictTier, map[string]territory.LocalityID{"district_admin": r.place("Huyện Bình Đại")})
	r.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, $1, 'district', daterange('2020-02-01', NULL)
		FROM accounts a, posts p WHERE a.login = 'haihuyen' AND p.code = 'district_admin'`, int64(batri))
	p := r.mustCarry("haihuyen", afterwards, moved(locThuan, "Huyện Ba Tri"))
	at := "admin"
	if _, err := r.app.Reorganisation(t.Context(), r.as(at), p.ID); err == nil {
		r.wantRefused(r.app.CancelReorganisation(t.Context(), r.as(at), sending(), p), "forbidden reorganisation.not_yours", "the administrator of one of them")
	}
	if err := r.app.CancelReorganisation(t.Context(), r.as("haihuyen"), sending(), p); err != nil {
		t.Errorf("the administrator of both: got %v", err)
	}
}

// What was held was held: a decree entered after its day ends an assignment that began in between, and does not undo it.
func TestABackdatedPlanVoidsNothingThatWasHeld(t *testing.T) {
	t.Parallel()
	r := planning(t)
	r.setClock(monday.AddDate(0, 0, twoMonths)) // 01/05/2020
	r.exec(`UPDATE assignments s SET period = daterange('2020-03-15', NULL) FROM accounts a WHERE a.cadre_id = s.cadre_id AND a.login = 'cbhuyen'`)
	r.raise("cbhuyen", r.bridge())
	r.mustCarry("admin", "2020-03-10", app.ChangeInput{Kind: territory.DissolveUnit, Units: hungChanh})
	r.wantNumber(`SELECT count(*) FROM assignments WHERE voided_at IS NOT NULL`, 0, "assignments voided")
	for login, want := range map[string]string{"cbhuyen": "[2020-03-15,2020-05-01)", "dangvien": "[2020-02-15,2020-03-10)"} {
		if r.number(`SELECT count(*) FROM assignments WHERE id = $1 AND period = $2::daterange`, int64(r.assignmentOf(login)), want) != 1 {
			t.Errorf("the assignment of %s is not %s", login, want)
		}
	}
	if n := len(r.as("cbhuyen").Grants); n != 0 {
		t.Errorf("afterwards they hold %d posts, want none", n)
	}
}

// A place that is added while a plan is confirmed does not end below one that has closed.
func TestAPlaceAddedDuringAConfirmationHangsOnTheTree(t *testing.T) {
	t.Parallel()
	for range 4 {
		r := planning(t)
		p, err := r.drafted("admin", "2020-03-02", app.ChangeInput{Kind: territory.MergeUnits, Units: locThuan + "\nXã Vang Quới Tây, Huyện Bình Đại", Type: "Xã", Name: "Xã Gộp"})
		if err != nil {
			t.Fatal(err)
		}
		admin, parent, added := r.as("admin"), r.place("Xã Lộc Thuận"), make(chan error, 1)
		go func() {
			added <- r.app.AddPlace(t.Context(), admin, sending(), parent, territory.AddInput{Level: "hamlet", Type: "Ấp", Name: "Ấp Mới Thêm", From: "2020-03-02", Decree: "Nghị quyết 1"})
		}()
		confirmed := r.app.ConfirmReorganisation(t.Context(), admin, sending(), p)
		was := <-added
		r.wantNumber(`SELECT count(*) FROM locality_versions v WHERE v.name = 'Ấp Mới Thêm' AND upper(v.valid) IS NULL
			AND NOT EXISTS (SELECT FROM locality_chain(v.locality_id, '2020-03-02') ch WHERE ch.level = 'province')`, 0, "places off the tree")
		if confirmed != nil && was != nil {
			t.Errorf("neither went through: %v, %v", confirmed, was)
		}
	}
}
