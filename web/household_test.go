package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func houseForm(fields ...string) url.Values {
	form := url.Values{"submission_id": {uuid.NewString()}, "version": {"1"}}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return form
}

func (s *site) count(t *testing.T, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := s.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func TestHouseholdsAreAddedAndEdited(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	client, group := s.client(t, "cbxa"), s.groupOf(t, "cbxa")
	path := "/places/" + strconv.FormatInt(group, 10) + "/households"
	good := houseForm("head", "Phan Thị Hoà", "address", "Số 12 lộ giữa", "members", "4", "workers", "2", "phone", "0913 000 111")
	status, _, body := s.post(t, client, path+"/new", with(good, "workers", "9"))
	if p := parse(t, body); status != http.StatusUnprocessableEntity || p.Find("[name=head]").AttrOr("value", "") != "Phan Thị Hoà" || p.Find("[name=workers][aria-invalid]").Length() != 1 {
		t.Errorf("more workers than members: got %d", status)
	}
	status, to, _ := s.post(t, client, path+"/new", good)
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/households/") {
		t.Fatalf("got %d to %q", status, to)
	}
	if again, same, _ := s.post(t, client, path+"/new", good); again != http.StatusSeeOther || same != to {
		t.Errorf("sent twice: got %d to %q, want %q", again, same, to)
	}
	twin := with(with(good, "submission_id", uuid.NewString()), "head", "PHAN THI HOA")
	status, _, body = s.post(t, client, path+"/new", twin)
	if p := parse(t, body); status != http.StatusUnprocessableEntity || p.Find("[name=head][aria-invalid]").Length() != 1 {
		t.Errorf("the same household again: got %d", status)
	}
	for _, q := range []string{"phan+thi+hoa", "Phan+Th%E1%BB%8B+H%C3%B2a", "lo+giua"} {
		if rows := parse(t, s.body(t, client, path+"?q="+q)).Find("main tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), "Phan Thị Hoà") {
			t.Errorf("searching %s: got %q", q, rows.Text())
		}
	}
	if status, _, _ := s.post(t, s.client(t, "cbhuyen"), path+"/new", good); status != http.StatusForbidden {
		t.Errorf("by the district's cadre: got %d", status)
	}

	edit := houseForm("head", "Phan Thị Hoà", "address", "Số 14 lộ giữa", "members", "5", "workers", "2")
	if status, where, _ := s.post(t, client, to+"/edit", edit); status != http.StatusSeeOther || where != to {
		t.Fatalf("editing: got %d to %q", status, where)
	}
	if got := s.id(t, `SELECT phone || '|' || version FROM households WHERE head = 'Phan Thị Hoà'`); got != "0913 000 111|2" {
		t.Errorf("an empty phone does not keep the stored one: %s", got)
	}
	late := with(with(edit, "address", "Số 16"), "submission_id", uuid.NewString())
	status, _, body = s.post(t, client, to+"/edit", late)
	if p := parse(t, body); status != http.StatusConflict || p.Find("[name=address]").AttrOr("value", "") != "Số 16" || p.Find("[name=version]").AttrOr("value", "") != "2" ||
		!strings.Contains(p.Find(".conflict").Text(), "Số 14 lộ giữa") {
		t.Errorf("a late change: got %d", status)
	}
	if status, _, _ := s.post(t, client, to+"/edit", with(late, "members", "0")); status != http.StatusUnprocessableEntity {
		t.Errorf("nobody in it: got %d", status)
	}
	if got := s.id(t, `SELECT fields::text FROM audit_entries WHERE action = 'household.edit'`); got != "{address,members}" {
		t.Errorf("the audit log names %s", got)
	}
	forget := with(with(with(edit, "version", "2"), "no_phone", "true"), "submission_id", uuid.NewString())
	if status, _, _ := s.post(t, client, to+"/edit", forget); status != http.StatusSeeOther || s.count(t, `SELECT count(*) FROM households WHERE phone <> ''`) != 0 {
		t.Errorf("forgetting the phone: got %d", status)
	}
}

// The phone is masked until it is asked for, and that is noted; loading the page again masks it.
func TestPhoneIsMaskedUntilOpened(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.household(t, "cbxa", houseCanary)
	path := "/households/" + id
	for _, login := range []string{"cbxa", "cbhuyen", "dangvien", "bithu"} {
		client := s.client(t, login)
		for _, p := range []string{path, path + "/edit"} {
			if body := s.body(t, client, p); strings.Contains(body, phoneCanary) {
				t.Errorf("%s as %s shows the phone", p, login)
			}
		}
		before := s.count(t, `SELECT count(*) FROM household_reads WHERE purpose = 'phone' AND households = ARRAY[$1::uuid]`, id)
		if status, _, body := s.post(t, client, path, url.Values{}); status != http.StatusOK || !strings.Contains(body, phoneCanary) {
			t.Errorf("opening it as %s: got %d", login, status)
		}
		if n := s.count(t, `SELECT count(*) FROM household_reads WHERE purpose = 'phone' AND households = ARRAY[$1::uuid]`, id); n != before+1 {
			t.Errorf("opened by %s: got %d entries more, want 1", login, n-before)
		}
	}
	log := parse(t, s.body(t, s.client(t, "bithu"), path+"/access")).Find("main tbody")
	if rows := log.Find("tr").Length(); rows < 8 || !strings.Contains(log.Text(), "Xem số điện thoại") || !strings.Contains(log.Text(), s.actor(t, "cbxa").Name) {
		t.Errorf("the access log has %d rows: %s", rows, log.Text())
	}
	if status, _ := s.get(t, s.client(t, "cbxa"), path+"/access"); status != http.StatusForbidden {
		t.Errorf("the access log for a supporter: got %d", status)
	}
}

func TestClassesOfAHousehold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	path := "/households/" + s.household(t, "cbxa", houseCanary)
	client := s.client(t, "dangvien")
	today := s.actor(t, "dangvien").Today()
	near := houseForm("class", "near_poor", "from", today.String(), "decision", "34/QĐ-UBND")
	status, _, body := s.post(t, client, path+"/class", near)
	if p := parse(t, body); status != http.StatusUnprocessableEntity || p.Find("[name=class][aria-invalid]").Length() != 1 || p.Find("[name=decision]").AttrOr("value", "") != "34/QĐ-UBND" {
		t.Errorf("poor and near-poor at once: got %d", status)
	}
	poor := s.id(t, `SELECT id::text FROM household_classes`)
	if status, _, _ := s.post(t, client, path+"/class-end", houseForm("class", poor)); status != http.StatusUnprocessableEntity {
		t.Errorf("ending without a reason: got %d", status)
	}
	if status, _, _ := s.post(t, client, path+"/class-end", houseForm("class", "999999", "reason", "x")); status != http.StatusUnprocessableEntity {
		t.Errorf("ending one that is none: got %d", status)
	}
	if status, _, _ := s.post(t, client, path+"/class-end", houseForm("class", poor, "reason", "Thoát nghèo")); status != http.StatusSeeOther {
		t.Fatalf("ending: got %d", status)
	}
	if status, _, _ := s.post(t, client, path+"/class", with(near, "submission_id", uuid.NewString())); status != http.StatusSeeOther {
		t.Fatalf("adding: got %d", status)
	}
	if status, _, _ := s.post(t, client, path+"/class", houseForm("class", "policy", "from", today.String())); status != http.StatusUnprocessableEntity {
		t.Errorf("without a decision: got %d", status)
	}
	if status, _, _ := s.post(t, client, path+"/class", houseForm("class", "policy", "from", today.String(), "decision", "5/QĐ")); status != http.StatusSeeOther {
		t.Errorf("another scale beside it: got %d", status)
	}
	if rows := parse(t, s.body(t, client, path)).Find("main tbody tr"); rows.Length() != 3 || !strings.Contains(rows.Text(), "Thoát nghèo") {
		t.Errorf("the page shows %q", rows.Text())
	}
	for _, change := range []string{"/class", "/class-end"} {
		if status, _, _ := s.post(t, s.client(t, "cbhuyen"), path+change, near); status != http.StatusForbidden {
			t.Errorf("%s by the district's cadre: got %d", change, status)
		}
	}
	register := "/places/" + placeID(s.actor(t, "dangvien")) + "/households?class="
	for class, want := range map[string]int{"poor": 0, "near_poor": 1, "policy": 1, "none": 0} {
		if n := parse(t, s.body(t, client, register+class)).Find("main tbody tr").Length(); n != want {
			t.Errorf("households of class %s: got %d, want %d", class, n, want)
		}
	}
	if text := parse(t, s.body(t, s.client(t, "huyenuy"), "/places/"+placeID(s.actor(t, "huyenuy")))).Find("main .tiles").Text(); !strings.Contains(text, "hộ cận nghèo") {
		t.Errorf("the district sees no numbers: %q", text)
	}
}

// A household that moves gets a number of its new group and takes its classes along; who has only its old group sees it no more.
func TestHouseholdsMove(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.household(t, "cbxa", houseCanary)
	path, own := "/households/"+id, s.groupOf(t, "cbxa")
	lead := s.client(t, "dangvien")
	options := parse(t, s.body(t, lead, path+"/move")).Find("[name=group] option")
	other := options.Last().AttrOr("value", "")
	if options.Length() < 10 || other == strconv.FormatInt(own, 10) {
		t.Fatalf("got %d groups to choose from, the last is %s", options.Length(), other)
	}
	outside := strconv.FormatInt(s.groupOf(t, "bithu2"), 10)
	for _, wrong := range []string{"", outside, strconv.FormatInt(own, 10), placeID(s.actor(t, "dangvien"))} {
		if status, _, body := s.post(t, lead, path+"/move", houseForm("group", wrong)); status != http.StatusUnprocessableEntity || parse(t, body).Find("[name=group][aria-invalid]").Length() != 1 {
			t.Errorf("to %q: got %d", wrong, status)
		}
	}
	if status, _, _ := s.post(t, s.client(t, "cbxa"), path+"/move", houseForm("group", other)); status != http.StatusUnprocessableEntity {
		t.Errorf("to a group that is not theirs: got %d", status)
	}
	if status, _, _ := s.post(t, lead, path+"/move", houseForm("group", other, "version", "7")); status != http.StatusConflict {
		t.Errorf("on another version: got %d", status)
	}
	if status, _, _ := s.post(t, lead, path+"/move", houseForm("group", other)); status != http.StatusSeeOther {
		t.Fatalf("moving: got %d", status)
	}
	if got := s.id(t, `SELECT c.locality_id::text FROM household_classes c WHERE household_id = $1`, id); got != other {
		t.Errorf("its class stayed at %s", got)
	}
	if status, _ := s.get(t, s.client(t, "cbxa"), path); status != http.StatusNotFound {
		t.Errorf("the old group's supporter: got %d", status)
	}
	if status, _ := s.get(t, lead, path); status != http.StatusOK {
		t.Errorf("the hamlet's lead: got %d", status)
	}
}

func TestHouseholdsLeaveTheRegister(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	gone, merged, stays := s.household(t, "cbxa", houseCanary), s.household(t, "cbxa", "Phan Văn Nhập"), s.household(t, "cbxa", "Phan Văn Còn")
	client, today := s.client(t, "cbxa"), s.actor(t, "cbxa").Today()
	leave := func(id string, fields ...string) int {
		status, _, _ := s.post(t, client, "/households/"+id+"/close", houseForm(append(fields, "on", today.String())...))
		return status
	}
	if got := leave(gone, "as", "moved_away"); got != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: got %d", got)
	}
	if got := leave(merged, "as", "merged", "reason", "Về ở chung", "into", "2"); got != http.StatusUnprocessableEntity {
		t.Errorf("merged into itself: got %d", got)
	}
	if got := leave(gone, "as", "moved_away", "reason", "Đi Bình Dương"); got != http.StatusSeeOther {
		t.Fatalf("moving away: got %d", got)
	}
	if got := leave(merged, "as", "merged", "reason", "Về ở chung", "into", "3"); got != http.StatusSeeOther {
		t.Fatalf("merging: got %d", got)
	}
	if got := leave(gone, "as", "moved_away", "reason", "lần nữa"); got != http.StatusConflict {
		t.Errorf("a second time: got %d", got)
	}
	register := "/places/" + strconv.FormatInt(s.groupOf(t, "cbxa"), 10) + "/households"
	if rows := parse(t, s.body(t, client, register)).Find("main tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), "Phan Văn Còn") {
		t.Errorf("the register has %q", rows.Text())
	}
	if rows := parse(t, s.body(t, client, register+"?state=closed")).Find("main tbody tr"); rows.Length() != 2 {
		t.Errorf("%d have left", rows.Length())
	}
	if text := parse(t, s.body(t, client, "/households/"+merged)).Find("main").Text(); !strings.Contains(text, "Nhập vào hộ số 3") {
		t.Errorf("the page of the merged one says %q", text)
	}
	if n := s.count(t, `SELECT count(*) FROM household_classes WHERE household_id = $1 AND upper_inf(period)`, gone); n != 0 {
		t.Error("its class goes on")
	}
	if status, _, _ := s.post(t, s.client(t, "cbhuyen"), "/households/"+stays+"/close", houseForm()); status != http.StatusForbidden {
		t.Errorf("by the district's cadre: got %d", status)
	}
}

// TestHouseholdCanaries looks for a head's name, address and phone on every page of people who must not know of them, and in what is
// logged.
func TestHouseholdCanaries(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	objects := s.fill(t)
	s.makeOutsiders(t)
	group := strconv.FormatInt(s.groupOf(t, "cbxa"), 10)
	for _, login := range []string{"admin", "tinhuy", "huyenuy", "tieuvung1", "huyenuyvien", "cbtinh", "tieuvung2", "bithu2", "former", "future"} {
		client := s.client(t, login)
		for _, path := range []string{
			"/", "/places", "/reports", "/issues", "/review", "/notices", "/coverage", "/administration", "/cadres", "/search?q=kim+tuoc", "/search?q=8842&all=1", "/search?q=hoang+oanh&all=1", "/search?q=0987654321&all=1",
			"/places/" + objects["{place} own"], "/places/" + group, "/places/" + objects["{place} above"], "/places/" + objects["{place} own"] + "/assignments", "/places/" + group + "/assign",
			"/places/" + objects["{place} own"] + "/households", "/places/" + group + "/households", "/places/" + group + "/households?q=kim+tuoc", "/places/" + objects["{place} above"] + "/households?q=kim+tuoc",
			"/households/" + objects["{household} own"], "/households/" + objects["{household} own"] + "/edit", "/households/" + objects["{household} own"] + "/access",
		} {
			s.hides(t, login+" at "+path, s.body(t, client, path))
		}
		for _, path := range []string{"/households/" + objects["{household} own"], "/places/" + group + "/households/export", "/places/" + objects["{place} own"] + "/households/export"} {
			_, _, body := s.post(t, client, path, url.Values{"format": {"csv"}})
			s.hides(t, login+" posting to "+path, body)
		}
	}
	for _, login := range []string{"cbxa", "bithu"} { // who may read it finds it in the register, and nowhere else
		client := s.client(t, login)
		for _, path := range []string{"/search?q=kim+tuoc", "/search?q=8842&all=1", "/search?q=hoang+oanh&all=1", "/places/" + group, "/"} {
			s.hides(t, login+" at "+path, s.body(t, client, path))
		}
		if _, body := s.get(t, client, "/places/"+group+"/households"); !strings.Contains(body, houseCanary) {
			t.Errorf("%s does not find it in the register", login)
		}
	}
	s.hides(t, "the logs", s.id(t, `SELECT concat((SELECT string_agg(a::text, ' ') FROM audit_entries a), (SELECT string_agg(r::text, ' ') FROM household_reads r), (SELECT string_agg(n::text, ' ') FROM notices n))`))
}

func (s *site) hides(t *testing.T, where, body string) {
	t.Helper()
	body = strings.NewReplacer("<mark>", "", "</mark>", "").Replace(body)
	for _, never := range []string{houseCanary, addressCanary, phoneCanary} {
		if strings.Contains(body, never) {
			t.Errorf("%s shows %q", where, never)
		}
	}
}

// An export names every household in the access log, and stands in the audit log by its number of rows.
func TestRegisterIsExported(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.household(t, "cbxa", houseCanary)
	path := "/places/" + placeID(s.actor(t, "dangvien")) + "/households/export"
	status, _, body := s.post(t, s.client(t, "dangvien"), path, url.Values{"format": {"csv"}, "class": {"poor"}})
	if status != http.StatusOK || !strings.Contains(body, houseCanary) || strings.Contains(body, phoneCanary) || strings.Contains(body, phoneDigits) {
		t.Errorf("got %d: %s", status, body)
	}
	if n := s.count(t, `SELECT count(*) FROM household_reads WHERE purpose = 'export' AND households @> ARRAY[$1::uuid]`, id); n != 1 {
		t.Errorf("the access log has %d entries", n)
	}
	if got := s.id(t, `SELECT object_id || quantity || fields::text FROM audit_entries WHERE action = 'list.export'`); got != "households1{class}" {
		t.Errorf("the audit log has %s", got)
	}
}

// Somebody of the commune follows one household: an administrator chose it by its number and learnt no name; they read that one and no
// other, and nothing any more from the moment on which it ends.
func TestFollowingASingleHousehold(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	mine, other := s.household(t, "cbxa", houseCanary), s.household(t, "cbxa", "Phan Văn Láng Giềng")
	group := strconv.FormatInt(s.groupOf(t, "cbxa"), 10)
	admin, today := s.client(t, "admin"), s.actor(t, "admin").Today().String()
	person := s.person(t, "Võ Thị Theo Dõi", "commune")
	s.exec(t, `INSERT INTO accounts (cadre_id, login, password_hash) SELECT $1::bigint, 'theodoi', password_hash FROM accounts WHERE login = 'cbxa'`, person)
	body := s.body(t, admin, "/places/"+group+"/assign?cadre="+person)
	options := parse(t, body).Find("[name=household] option")
	if options.Length() != 3 || options.Eq(1).Text() != "Hộ số 1" {
		t.Fatalf("the administrator chooses among %q", options.Text())
	}
	s.hides(t, "the form of the administrator", body)
	form := houseForm("cadre", person, "post", "commune_supporter", "from", today, "primary", "true")
	for _, wrong := range []string{uuid.NewString(), "nonsense"} {
		status, _, body := s.post(t, admin, "/places/"+group+"/assign", with(with(form, "household", wrong), "submission_id", uuid.NewString()))
		if status != http.StatusUnprocessableEntity || parse(t, body).Find("[name=household][aria-invalid]").Length() != 1 {
			t.Errorf("household %s: got %d", wrong, status)
		}
	}
	if status, _, _ := s.post(t, admin, "/places/"+group+"/assign", with(with(form, "household", mine), "submission_id", uuid.NewString())); status != http.StatusSeeOther {
		t.Fatalf("assigning: got %d", status)
	}
	if n := s.count(t, `SELECT count(*) FROM assignments WHERE household_id = $1 AND NOT is_primary`, mine); n != 1 {
		t.Errorf("got %d assignments to the household that are not primary", n)
	}
	if status, _, _ := s.post(t, admin, "/places/"+group+"/assign", with(with(form, "household", mine), "submission_id", uuid.NewString())); status != http.StatusUnprocessableEntity {
		t.Errorf("the same again: got %d", status)
	}
	if text := parse(t, s.body(t, admin, "/places/"+group+"/assignments")).Find("main").Text(); !strings.Contains(text, "Hộ số 1") || strings.Contains(text, houseCanary) {
		t.Errorf("the list of assignments says %q", text)
	}

	client := s.client(t, "theodoi")
	if rows := parse(t, s.body(t, client, "/places/"+group+"/households")).Find("main tbody tr"); rows.Length() != 1 || !strings.Contains(rows.Text(), houseCanary) {
		t.Errorf("the register shows %q", rows.Text())
	}
	for path, want := range map[string]int{
		"/households/" + mine: http.StatusOK, "/households/" + mine + "/edit": http.StatusOK, "/households/" + other: http.StatusNotFound, "/households/" + other + "/edit": http.StatusNotFound,
		"/households/" + mine + "/access": http.StatusForbidden, "/places/" + group + "/households/new": http.StatusForbidden, "/places/" + group: http.StatusOK,
	} {
		if status, body := s.get(t, client, path); status != want || strings.Contains(body, "Láng Giềng") {
			t.Errorf("%s: got %d, want %d", path, status, want)
		}
	}
	if body := s.body(t, client, "/places/"+group+"/households?q=lang+gieng"); strings.Contains(body, "Phan Văn Láng Giềng") {
		t.Error("the search finds another household")
	}
	if n := s.count(t, `SELECT count(*) FROM household_reads r JOIN assignments a ON a.id = r.assignment_id WHERE a.household_id = $1 AND r.households <> ARRAY[$1::uuid]`, mine); n != 0 {
		t.Errorf("%d entries of the access log stand under the wrong assignment", n)
	}
	end := s.id(t, `SELECT id::text FROM assignments WHERE household_id = $1`, mine)
	if status, _, _ := s.post(t, admin, "/assignments/"+end+"/primary", houseForm()); status != http.StatusConflict {
		t.Errorf("making it primary: got %d", status)
	}
	// today is its first day, so it is taken back
	if status, _, _ := s.post(t, admin, "/assignments/"+end+"/void", houseForm("reason", "nhầm hộ")); status != http.StatusSeeOther {
		t.Fatalf("voiding: got %d", status)
	}
	if status, body := s.get(t, client, "/households/"+mine); status == http.StatusOK || strings.Contains(body, houseCanary) {
		t.Errorf("after its end: got %d", status)
	}
}
