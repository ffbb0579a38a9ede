package app_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/sheet"
	"banam/internal/territory"
	"banam/internal/testdb"
)

// upload sends a list as a CSV and gives its page.
func (s *stage) upload(login string, kind app.ImportKind, lines ...string) app.ImportView {
	s.Helper()
	id, err := s.app.UploadList(s.Context(), s.as(login), sending(), app.Upload{Kind: kind, FileName: "danh-sach.csv", Data: []byte(strings.Join(lines, "\r\n"))})
	if err != nil {
		s.Fatalf("uploading: %v", err)
	}
	return s.seeImport(login, id)
}

func (s *stage) seeImport(login string, id uuid.UUID) app.ImportView {
	s.Helper()
	v, err := s.app.Import(s.Context(), s.as(login), id, "", 0, 5000)
	if err != nil {
		s.Fatalf("reading an import: %v", err)
	}
	return v
}

// accept stores the good rows of a list, as its job does.
func (s *stage) accept(login string, id uuid.UUID) app.ImportView {
	s.Helper()
	if err := s.app.AcceptImport(s.Context(), s.as(login), sending(), id); err != nil {
		s.Fatalf("accepting: %v", err)
	}
	if err := s.app.RunImport(s.Context(), id); err != nil {
		s.Fatalf("running: %v", err)
	}
	return s.seeImport(login, id)
}

// rowVerdicts words what became of each row: the verdict, and the columns and keys of errors.
func rowVerdicts(v app.ImportView) []string {
	var list []string
	for _, r := range v.Rows {
		text := string(r.Verdict)
		for _, f := range r.Faults {
			text += " " + f.Name + ":" + f.Key
		}
		if len(r.Fields) > 0 && r.Verdict == app.RowChanged {
			text += " " + strings.Join(r.Fields, ",")
		}
		list = append(list, text)
	}
	return list
}

func wantVerdicts(t *testing.T, what string, v app.ImportView, want ...string) {
	t.Helper()
	if got := rowVerdicts(v); !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

const cadreHead = "STT;HỌ VÀ TÊN;nam sinh;Cấp;Chức vụ (hiện nay);Cơ quan;SĐT;Email;Tạo tài khoản"

func TestImportCadres(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	list := []string{
		"DANH SÁCH CÁN BỘ", cadreHead,
		"1;Lê Thị Nhập;1975;Xã;Công chức;UBND xã;0100 999 001;;",
		"2;Trần Văn Sai;abc;Xã;;;123;không phải;",
		"3;Lê Thị Nhập;1975;Xã;;;0100 999 001;;",
		"4;Phạm Văn Tỉnh;12/03/1980;tỉnh;;;;;",
		";;;;;;;;",
		"5;Võ Thị Lạ;1980;hành tinh;;;;;",
		"6;;1980;Xã;;;;;",
	}
	v := s.upload("admin", app.ImportCadres, list...)
	wantVerdicts(t, "the preview", v, "new", "error birth_year:cadre.birth_year_wrong phone:cadre.phone_wrong email:cadre.email_wrong", "error name:import.row_twice", "new",
		"error tier:import.choice_unknown", "error name:cadre.name_required")
	if v.State != postgres.ImportReady || v.Counts[app.RowNew] != 2 || v.Counts[app.RowError] != 4 || !slices.Equal(v.Ignored, []string{"STT"}) {
		t.Errorf("got %s, %v, ignored %q", v.State, v.Counts, v.Ignored)
	}
	if at := v.Rows[1].Line; at != 4 {
		t.Errorf("got row %d, want 4", at)
	}
	if n := s.number(`SELECT count(*) FROM cadres WHERE full_name = 'Lê Thị Nhập'`); n != 0 {
		t.Fatal("a preview wrote")
	}
	v = s.accept("admin", v.ID)
	if v.State != postgres.ImportDone || s.number(`SELECT count(*) FROM cadres WHERE full_name IN ('Lê Thị Nhập', 'Phạm Văn Tỉnh') AND home_id IS NOT NULL`) != 2 {
		t.Errorf("got %s", v.State)
	}
	if n := s.number(`SELECT count(*) FROM audit_entries WHERE action = 'cadre.add'`) + 10*s.number(`SELECT count(*) FROM audit_entries WHERE action = 'import.accept' AND quantity = 2`); n != 12 {
		t.Errorf("got %d audit entries, want 2 and 1", n)
	}
	if n := s.number(`SELECT count(*) FROM import_rows WHERE verdict <> 'error' AND typed <> '[]'`); n != 0 {
		t.Errorf("%d good rows still say what was typed", n)
	}
	again := s.upload("admin", app.ImportCadres, list...)
	if again.Counts[app.RowSame] != 2 || again.Counts[app.RowNew]+again.Counts[app.RowChanged] != 0 {
		t.Errorf("the same file again: got %q", rowVerdicts(again))
	}
	if err := s.app.AcceptImport(t.Context(), s.as("admin"), sending(), again.ID); fault.KindOf(err) != fault.KindConflict {
		t.Errorf("accepting nothing: got %v", err)
	}
	changed := s.upload("admin", app.ImportCadres, cadreHead, "1;LE THI NHAP;1975;Xã;Phó Chủ tịch;;+84 100 999 001;;", "2;Lê Thị Nhập;1990;Xã;;;0100 999 001;;", "3;Lê Thị Nháp;1975;Xã;;;;;", "4;Lê Thị Nhập;;Xã;;;;;")
	wantVerdicts(t, "changes", changed, "changed position", "error name:import.person_unsure", "new", "error name:import.row_twice")
	s.accept("admin", changed.ID)
	if n := s.number(`SELECT count(*) FROM cadres WHERE full_name = 'Lê Thị Nhập' AND position = 'Phó Chủ tịch' AND agency = 'UBND xã' AND version = 2`); n != 1 {
		t.Error("the change is not stored, or took more than was typed")
	}
}

// What is not the administrator's looks as if it were not there, and rules hold as by hand.
func TestImportOutOfReach(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.appoint("cbxa", "commune_admin", s.place("Xã Châu Hưng"))
	v := s.upload("cbxa", app.ImportCadres, "Họ tên;Năm sinh;Cấp;Địa bàn quản lý", "Lê A;1980;Huyện;", "Lê B;1980;Xã;Xã Lộc Thuận", "Lê C;1980;Xã;Xã Không Có", "Lê D;1980;Xã;Ấp Hưng Chánh")
	wantVerdicts(t, "a commune's administrator", v, "error tier:cadre.tier_not_yours", "error home:import.place_unknown", "error home:import.place_unknown", "new")
	v = s.upload("cbxa", app.ImportCadres, "Họ tên;Năm sinh;Cấp;Chức vụ", nameOf(s, "bithu2")+";;Xã;Khác", nameOf(s, "cbxa")+";;Xã;Khác", nameOf(s, "bithu")+";;Xã;Khác")
	if got := rowVerdicts(v); got[0] != "new" || !strings.HasPrefix(got[1], "error name:cadre.not_yours") {
		t.Errorf("a neighbour, oneself: got %q", got)
	}
	_, err := s.app.Import(t.Context(), s.as("admin"), v.ID, "", 0, 50)
	wantKind(t, "somebody else's import", err, fault.KindNotFound, "")
	wantKind(t, "accepting somebody else's", s.app.AcceptImport(t.Context(), s.as("admin"), sending(), v.ID), fault.KindNotFound, "")
	_, err = s.app.UploadList(t.Context(), s.as("bithu"), sending(), app.Upload{Kind: app.ImportCadres, Data: []byte("Họ tên;Cấp\nLê A;Xã")})
	wantKind(t, "a secretary", err, fault.KindForbidden, "")
	_, err = s.app.UploadList(t.Context(), s.as("admin"), sending(), app.Upload{Kind: app.ImportCadres, Data: []byte("Họ tên;Năm sinh\nLê A;1980")})
	if f := fault.As(err); f == nil || f.Fields[0].Key != "import.columns_missing" {
		t.Errorf("without a column: got %v", err)
	}
	if n := s.number(`SELECT count(*) FROM imports`); n != 2 {
		t.Errorf("got %d imports, want 2: what is refused leaves nothing", n)
	}
}

func nameOf(s *stage, login string) string {
	s.Helper()
	var name string
	if err := s.db.Owner.QueryRow(s.Context(), `SELECT c.full_name FROM cadres c JOIN accounts a ON a.cadre_id = c.id WHERE a.login = $1`, login).Scan(&name); err != nil {
		s.Fatal(err)
	}
	return name
}

const assignmentHead = "Họ và tên,Năm sinh,Chức trách,Xã,Ấp,Tổ,Từ ngày,Đến ngày,Quyết định,Tạo tài khoản"

func TestImportAssignments(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	three, two := s.person("Lê Thị Tổ", cadre.CommuneTier), s.person("Lê Văn Ấp", cadre.DistrictTier)
	s.person("Lê Thị Trùng", cadre.CommuneTier)
	s.person("Lê Thị Trùng", cadre.CommuneTier)
	s.exec(`UPDATE cadres SET birth_year = 1980 WHERE id = $1`, three)
	list := []string{
		assignmentHead,
		`Lê Thị Tổ,1980,Cán bộ xã theo dõi tổ NDTQ,Châu Hưng,Hưng Chánh,01,1/3/2020,,12-QĐ/ĐU,Có`,
		`LE VAN AP,,district_supporter,Xã Châu Hưng,Ấp Hưng Chánh,,01/03/2020,31/12/2020,,`,
		`Lê Thị Tổ,1980,Cán bộ xã,Xã Châu Hưng,Ấp Hưng Chánh,Tổ 1,01/03/2020,,,`,
		`Lê Thị Tổ,1985,Cán bộ xã,Xã Châu Hưng,Ấp Hưng Chánh,Tổ 2,01/03/2020,,,`,
		`Lê Thị Trùng,,Cán bộ xã,Xã Châu Hưng,Ấp Hưng Chánh,Tổ 2,01/03/2020,,,`,
		`Lê Thị Tổ,1980,Cán bộ huyện,Xã Châu Hưng,Ấp Hưng Chánh,,01/03/2020,,,`,
		`Lê Thị Tổ,1980,Cán bộ xã,Xã Châu Hưng,,,01/03/2020,,,`,
		`Lê Thị Tổ,1980,Cán bộ xã,Xã Không Có,Ấp 1,Tổ 1,01/03/2020,,,`,
		`Lê Thị Tổ,1980,Cán bộ xã,Xã Châu Hưng,Ấp Hưng Chánh,Tổ 3,30/02/2020,,,`,
		`Lê Thị Tổ,1980,Cán bộ lạ,Xã Châu Hưng,Ấp Hưng Chánh,Tổ 3,01/03/2020,,,`,
		`Lê Thị Tổ,1980,Quản trị huyện,,,,01/03/2020,,,`,
	}
	v := s.upload("admin", app.ImportAssignments, list...)
	wantVerdicts(t, "the preview", v, "new", "new", "error name:import.row_twice", "error name:import.person_unknown", "error name:import.person_ambiguous", "error name:assignment.tier_unfit",
		"error post:import.post_unfit", "error group:import.place_unknown", "error from:assignment.day_unreadable", "error post:import.post_unknown", "error group:import.place_required name:assignment.tier_unfit")
	s.accept("admin", v.ID)
	group := s.place("Tổ 1")
	if n := s.number(`SELECT count(*) FROM assignments WHERE cadre_id = $1 AND locality_id = $2 AND decision = '12-QĐ/ĐU' AND lower(period) = '2020-03-01' AND recorded_at IS NOT NULL`, three, group); n != 1 {
		t.Errorf("got %d assignments of the group", n)
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE cadre_id = $1 AND upper(period) = '2021-01-01'`, two); n != 1 {
		t.Error("the last day is not the last")
	}
	if n := s.number(`SELECT count(*) FROM accounts WHERE cadre_id = $1 AND password_hash = '' AND one_time_hash IS NULL`, three); n != 1 {
		t.Error("no account without a password was made")
	}
	again := s.upload("admin", app.ImportAssignments, list[:3]...)
	wantVerdicts(t, "again", again, "same", "same")
	decided := s.accept("admin", s.upload("admin", app.ImportAssignments, assignmentHead, strings.Replace(list[1], "12-QĐ/ĐU", "15-QĐ/ĐU", 1)).ID)
	decision := func() (text string) {
		if err := s.db.Owner.QueryRow(t.Context(), `SELECT decision FROM assignments WHERE cadre_id = $1 AND locality_id = $2`, three, group).Scan(&text); err != nil {
			t.Fatal(err)
		}
		return text
	}
	if got := decision(); got != "15-QĐ/ĐU" || decided.Counts[app.RowChanged] != 1 || s.number(`SELECT count(*) FROM audit_entries WHERE action = 'assignment.decision'`) != 1 {
		t.Errorf("another decision: got %s, %v", got, decided.Counts)
	}
	if s.undone(decided.ID, ""); decision() != "12-QĐ/ĐU" {
		t.Errorf("undone: got %s", decision())
	}
	overlap := s.upload("admin", app.ImportAssignments, assignmentHead, `Lê Thị Tổ,1980,Cán bộ xã,Xã Châu Hưng,Ấp Hưng Chánh,Tổ 1,02/03/2020,,,`)
	wantVerdicts(t, "an overlapping one", overlap, "error name:assignment.holds_since")
	if n := s.number(`SELECT count(*) FROM audit_entries WHERE action = 'assignment.assign' AND commune_id IS NOT NULL AND hamlet_id IS NOT NULL`); n != 2 {
		t.Errorf("got %d audit entries, want 2", n)
	}
	if err := s.app.UndoImport(t.Context(), s.as("admin"), sending(), v.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.app.RunImport(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if got := s.seeImport("admin", v.ID); got.State != postgres.ImportUndone {
		t.Errorf("got %s %s", got.State, got.Refusal)
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE cadre_id IN ($1, $2) AND voided_at IS NULL`, three, two) + s.number(`SELECT count(*) FROM accounts WHERE cadre_id = $1`, three); n != 0 {
		t.Errorf("%d are left after the undo", n)
	}
}

// Only the last import can be undone, all of it or nothing, and only while nobody has touched what it made.
func TestUndoOfCadres(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx := t.Context()
	undo := func(v app.ImportView) app.ImportView {
		t.Helper()
		if err := s.app.UndoImport(ctx, s.as("admin"), sending(), v.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.app.RunImport(ctx, v.ID); err != nil {
			t.Fatal(err)
		}
		return s.seeImport("admin", v.ID)
	}
	first := s.accept("admin", s.upload("admin", app.ImportCadres, cadreHead, "1;Lê Một;1975;Xã;;;;;").ID)
	s.setClock(monday.Add(time.Minute))
	second := s.accept("admin", s.upload("admin", app.ImportCadres, cadreHead, "1;Lê Một;1975;Xã;Chủ tịch;;;;", "2;Lê Hai;1976;Xã;;;;;").ID)
	wantKind(t, "one that is not the last", s.app.UndoImport(ctx, s.as("admin"), sending(), first.ID), fault.KindConflict, "import.not_undoable")
	s.exec(`UPDATE cadres SET version = version + 1 WHERE full_name = 'Lê Hai'`)
	if got := undo(second); got.State != postgres.ImportDone || got.Refusal != "import.undo_touched" {
		t.Errorf("touched since: got %s %q", got.State, got.Refusal)
	}
	if n := s.number(`SELECT count(*) FROM cadres WHERE full_name = 'Lê Hai' OR full_name = 'Lê Một' AND position = 'Chủ tịch'`); n != 2 {
		t.Errorf("a refused undo changed something: got %d", n)
	}
	s.exec(`UPDATE cadres SET version = 1 WHERE full_name = 'Lê Hai'`)
	s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT c.id, p.id, $1, 'hamlet', daterange('2020-03-01', NULL) FROM cadres c, posts p WHERE c.full_name = 'Lê Hai' AND p.code = 'hamlet_lead'`, s.place("Ấp Hưng Chánh"))
	if got := undo(second); got.Refusal != "import.undo_used" {
		t.Errorf("in use: got %s %q", got.State, got.Refusal)
	}
	s.exec(`DELETE FROM assignments WHERE cadre_id = (SELECT id FROM cadres WHERE full_name = 'Lê Hai')`)
	if got := undo(second); got.State != postgres.ImportUndone {
		t.Errorf("got %s %q", got.State, got.Refusal)
	}
	if n := s.number(`SELECT count(*) FROM cadres WHERE full_name = 'Lê Một' AND position = ''`) + 10*s.number(`SELECT count(*) FROM cadres WHERE full_name = 'Lê Hai'`); n != 1 {
		t.Errorf("after the undo: got %d", n)
	}
}

// Two administrators import overlapping lists at the same moment: every person is entered once.
func TestImportsAtTheSameMoment(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.appoint("cbtinh", "province_admin", territory.LocalityID(s.number(`SELECT id FROM localities WHERE level = 'province'`)))
	logins := []string{"admin", "cbtinh"}
	lists := make([][]string, 2)
	for i := range lists {
		lists[i] = []string{"Họ tên;Năm sinh;Cấp;Địa bàn quản lý"}
		for n := range 300 {
			lists[i] = append(lists[i], fmt.Sprintf("Lê Cùng %c%c;%d;Xã;Xã Châu Hưng", 'A'+(n+i*100)/26%26, 'A'+(n+i*100)%26, 1970+(n+i*100)/100))
		}
	}
	ids := make([]uuid.UUID, 2)
	for i := range lists {
		ids[i] = s.upload(logins[i], app.ImportCadres, lists[i]...).ID
		if err := s.app.AcceptImport(t.Context(), s.as(logins[i]), sending(), ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	var both sync.WaitGroup
	for _, id := range slices.Concat(ids, ids) { // each job twice, too
		both.Go(func() {
			if err := s.app.RunImport(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	made := 0
	for i, id := range ids {
		v := s.seeImport(logins[i], id)
		made += v.Counts[app.RowNew]
		if v.State != postgres.ImportDone || v.Counts[app.RowNew]+v.Counts[app.RowSame] != 300 {
			t.Errorf("got %s, %v", v.State, v.Counts)
		}
	}
	if n := s.number(`SELECT count(*) FROM cadres WHERE full_name LIKE 'Lê Cùng %'`); n != 400 || made != 400 {
		t.Errorf("got %d people by %d rows, want 400", n, made)
	}
}

// The same for what two lists give at the same moment: places are there once, and nobody holds a seat twice.
func TestListsOfOneGroundAtTheSameMoment(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.appoint("cbtinh", "province_admin", territory.LocalityID(s.number(`SELECT id FROM localities WHERE level = 'province'`)))
	s.person("Người Chung", cadre.CommuneTier)
	places, seats := []string{"Loại;Tên;Thuộc;Từ ngày"}, []string{"Họ tên;Đầu mối;Địa bàn;Từ ngày"}
	for n := range 60 {
		places = append(places, fmt.Sprintf("Tổ;Tổ %d;Ấp Hưng Chánh, Xã Châu Hưng;01/03/2020", 500+n))
		seats = append(seats, fmt.Sprintf("Người Chung;commune_supporter;Tổ %d, Ấp Hưng Chánh, Xã Châu Hưng;02/03/2020", 500+n))
	}
	for _, step := range []struct {
		kind  app.ImportKind
		list  []string
		count string
	}{
		{app.ImportPlaces, places, `SELECT count(*) FROM locality_versions WHERE name ~ '^Tổ 5[0-9][0-9]$'`},
		{app.ImportAssignments, seats, `SELECT count(*) FROM assignments s JOIN cadres c ON c.id = s.cadre_id WHERE c.full_name = 'Người Chung' AND s.voided_at IS NULL`},
	} {
		var views [2]app.ImportView
		for i, login := range []string{"admin", "cbtinh"} {
			views[i] = s.upload(login, step.kind, step.list...)
			if err := s.app.AcceptImport(t.Context(), s.as(login), sending(), views[i].ID); err != nil {
				t.Fatal(err)
			}
		}
		var both sync.WaitGroup
		for _, v := range views {
			both.Go(func() {
				if err := s.app.RunImport(t.Context(), v.ID); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		made := 0
		for i, login := range []string{"admin", "cbtinh"} {
			v := s.seeImport(login, views[i].ID)
			made += v.Counts[app.RowNew]
			if v.State != postgres.ImportDone || v.Counts[app.RowNew]+v.Counts[app.RowSame] != 60 {
				t.Errorf("%s of %s: got %s, %v", step.kind, login, v.State, v.Counts)
			}
		}
		if n := s.number(step.count); n != 60 || made != 60 {
			t.Errorf("%s: %d are there by %d rows, want 60", step.kind, n, made)
		}
	}
}

// A job that is cut off has done a number of whole chunks; the next one goes on there, and nothing is doubled.
func TestImportGoesOn(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	list := []string{"Họ tên;Năm sinh;Cấp"}
	const rows = 12_000
	for n := range rows {
		list = append(list, fmt.Sprintf("Lê Dài %c%c%c%c;%d;Xã", 'A'+n/17576, 'A'+n/676%26, 'A'+n/26%26, 'A'+n%26, 1950+n%40))
	}
	v := s.upload("admin", app.ImportCadres, list...)
	if v.State != postgres.ImportChecking {
		t.Fatalf("a long list: got %s, want a job to check it", v.State)
	}
	if err := s.app.RunImport(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.app.AcceptImport(t.Context(), s.as("admin"), sending(), v.ID); err != nil {
		t.Fatal(err)
	}
	// PostgreSQL cuts the connection of whoever stores the second chunk
	s.exec(`CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF NEW.handled = 10000 AND NOT EXISTS (SELECT FROM installation WHERE key = 'cut off') THEN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(10); END IF; RETURN NEW; END $$`)
	s.exec(`CREATE TRIGGER cut BEFORE UPDATE ON imports FOR EACH ROW EXECUTE FUNCTION cut()`)
	if err := s.app.RunImport(t.Context(), v.ID); err == nil {
		t.Fatal("the job was not cut off")
	}
	half := s.seeImport("admin", v.ID)
	if n := s.number(`SELECT count(*) FROM cadres WHERE full_name LIKE 'Lê Dài %'`); n != 5000 || half.Handled != 5000 || half.State != postgres.ImportRunning {
		t.Errorf("half-way: got %d people, %d rows handled, %s", n, half.Handled, half.State)
	}
	s.exec(`DROP TRIGGER cut ON imports`)
	if err := s.app.RunImport(t.Context(), v.ID); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM cadres WHERE full_name LIKE 'Lê Dài %'`); n != rows {
		t.Errorf("got %d people, want %d", n, rows)
	}
}

// The list of a district's tier 3: 1,470 assignments are checked while their sender waits.
func TestImportOfADistrict(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.exec(`UPDATE assignments SET voided_at = now() WHERE level = 'group'`)
	s.exec(`UPDATE cadres SET home_id = (SELECT locality_id FROM locality_versions WHERE name = 'Huyện Bình Đại')`)
	rows, err := s.db.Owner.Query(t.Context(), `SELECT c.full_name, c.birth_year, g.name, h.name, x.name FROM assignments s JOIN cadres c ON c.id = s.cadre_id
		JOIN locality_versions g ON g.locality_id = s.locality_id JOIN locality_versions h ON h.locality_id = g.parent_id JOIN locality_versions x ON x.locality_id = h.parent_id
		WHERE s.level = 'group' ORDER BY s.id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var file bytes.Buffer
	heads := []sheet.Column{{Head: "Họ và tên"}, {Head: "Năm sinh"}, {Head: "Chức trách"}, {Head: "Địa bàn"}, {Head: "Từ ngày"}}
	w, err := sheet.NewWriter(&file, sheet.XLSX, "Tổ", heads)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name, group, hamlet, commune string
		var year int
		if err := rows.Scan(&name, &year, &group, &hamlet, &commune); err != nil {
			t.Fatal(err)
		}
		err := w.Row([]sheet.Cell{sheet.Text(name), sheet.Number(year), sheet.Text("commune_supporter"), sheet.Text(group + ", " + hamlet + ", " + commune), sheet.Day(monday)})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	id, err := s.app.UploadList(t.Context(), s.as("admin"), sending(), app.Upload{Kind: app.ImportAssignments, FileName: "to.xlsx", Data: file.Bytes()})
	if err != nil {
		t.Fatal(err)
	}
	checked := time.Since(start)
	v := s.seeImport("admin", id)
	if v.Counts[app.RowNew] < 1400 {
		t.Fatalf("got %v; the first errors: %q", v.Counts, rowVerdicts(v)[:5])
	}
	if checked > 3*time.Second {
		t.Errorf("the preview took %v, want at most 3 s", checked)
	}
	start = time.Now()
	done := s.accept("admin", id)
	t.Logf("%d rows: checked in %v, stored in %v", v.Total, checked, time.Since(start))
	if n := s.number(`SELECT count(*) FROM assignments WHERE level = 'group' AND voided_at IS NULL`); int(n) != done.Counts[app.RowNew] {
		t.Errorf("got %d assignments, want %d", n, done.Counts[app.RowNew])
	}
	if n := s.number(`SELECT count(*) FROM assignments WHERE level = 'group' AND voided_at IS NULL AND NOT is_primary`); n != 0 {
		t.Errorf("%d first supporters are not the primary ones", n)
	}
}

// What was typed is deleted after a week, and an import that nobody accepted is over.
func TestPurgeOfImports(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	v := s.upload("admin", app.ImportCadres, cadreHead, "1;Lê Thị Quên;1975;Xã;;;;;")
	s.setClock(monday.AddDate(0, 0, 6))
	if err := s.app.PurgeImports(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.number(`SELECT count(*) FROM import_rows`); n != 1 {
		t.Fatalf("after six days: got %d rows", n)
	}
	s.setClock(monday.AddDate(0, 0, 8))
	if err := s.app.PurgeImports(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.seeImport("admin", v.ID); got.State != postgres.ImportAbandoned || s.number(`SELECT count(*) FROM import_rows`) != 0 {
		t.Errorf("after eight days: got %s", got.State)
	}
}

const householdHead = "Chủ hộ;Địa chỉ;Xã;Ấp;Tổ;Số khẩu;Lao động;Điện thoại;Diện hộ;Diện từ ngày;Quyết định công nhận"

func TestImportHouseholds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	list := []string{
		householdHead,
		"Lê Thị Hộ;Số 1;Châu Hưng;Hưng Chánh;1;4;2;0913 000 222;Hộ nghèo;01/01/2020;1/QĐ",
		"Trần Văn Hộ;Số 2;Châu Hưng;Hưng Chánh;Tổ 1;nhiều;2;;;;",
		"LE THI HO;số 1;Châu Hưng;Hưng Chánh;Tổ 1;4;2;;;;",
		"Võ Văn Hộ;Số 3;Châu Hưng;Hưng Chánh;;4;;;;;",
		"Võ Văn Hộ;Số 3;Châu Hưng;Ấp Không Có;Tổ 1;4;;;;;",
		"Võ Văn Hộ;Số 3;Châu Hưng;Hưng Chánh;Tổ 2;4;;;Hộ giàu;01/01/2020;1/QĐ",
	}
	v := s.upload("admin", app.ImportHouseholds, list...)
	wantVerdicts(t, "the preview", v, "new", "error members:household.members_wrong", "error head:household.row_twice", "error group:household.group_required", "error group:import.place_unknown", "error class:household.class_required")
	if line := v.Rows[2].Faults[0].Args[1]; line != 2 {
		t.Errorf("the same household: got row %v of the spreadsheet, want 2", line)
	}
	if n := s.number(`SELECT count(*) FROM households`); n != 0 {
		t.Fatal("a preview wrote")
	}
	first := s.accept("admin", v.ID)
	if n := s.number(`SELECT count(*) FROM households h JOIN household_classes c ON c.household_id = h.id WHERE h.head = 'Lê Thị Hộ' AND h.phone = '0913 000 222' AND c.class = 'poor'`); n != 1 {
		t.Errorf("got %d households", n)
	}
	if n := s.number(`SELECT count(*) FROM import_rows WHERE verdict <> 'error' AND typed::text LIKE '%Hộ%'`); n != 0 {
		t.Error("what was typed of a household is kept")
	}
	again := s.upload("admin", app.ImportHouseholds, list[:2]...)
	wantVerdicts(t, "again", again, "changed")
	if err := s.app.UndoImport(t.Context(), s.as("admin"), sending(), first.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.app.RunImport(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	if got := s.seeImport("admin", first.ID); got.State != postgres.ImportUndone || s.number(`SELECT count(*) FROM households`) != 0 {
		t.Errorf("undone: got %s %s", got.State, got.Refusal)
	}
	// who only administers a province brings no households
	s.appoint("cbtinh", "province_admin", territory.LocalityID(s.number(`SELECT id FROM localities WHERE level = 'province'`)))
	_, err := s.app.UploadList(t.Context(), s.as("cbtinh"), sending(), app.Upload{Kind: app.ImportHouseholds, Data: []byte(strings.Join(list, "\n"))})
	wantKind(t, "a province's administrator", err, fault.KindForbidden, "household.enter_not_yours")
}

// The register of a whole district goes in as a job.
func TestImportOfADistrictsHouseholds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	rows, err := s.db.Owner.Query(t.Context(), `SELECT g.name || ', ' || h.name || ', ' || x.name FROM locality_versions g JOIN localities l ON l.id = g.locality_id AND l.level = 'group'
		JOIN locality_versions h ON h.locality_id = g.parent_id JOIN locality_versions x ON x.locality_id = h.parent_id ORDER BY g.locality_id`)
	if err != nil {
		t.Fatal(err)
	}
	places, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	w, err := sheet.NewWriter(&file, sheet.XLSX, "Hộ", []sheet.Column{{Head: "Chủ hộ"}, {Head: "Địa chỉ"}, {Head: "Địa bàn"}, {Head: "Nhân khẩu"}, {Head: "Lao động"}, {Head: "Nghề nghiệp"}, {Head: "Điện thoại"}})
	if err != nil {
		t.Fatal(err)
	}
	households, limit := 45_000, time.Minute
	if testdb.Race { // its instructions make this several times slower, and share the machine with every other test
		households, limit = 9_000, limit*4/5
	}
	for n := range households {
		err := w.Row([]sheet.Cell{
			sheet.Text(fmt.Sprintf("Nguyễn Thị Số %d", n)), sheet.Text(fmt.Sprintf("Số %d", n)), sheet.Text(places[n%len(places)]), sheet.Number(1 + n%7), sheet.Number(n % 2), sheet.Text("Trồng dừa"), sheet.Text("0100 000 000"),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	step := func(what string, do func() error) {
		t.Helper()
		before := time.Now()
		if err := do(); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		t.Logf("%s: %v", what, time.Since(before))
	}
	var id uuid.UUID
	step("upload", func() (err error) {
		id, err = s.app.UploadList(t.Context(), s.as("admin"), sending(), app.Upload{Kind: app.ImportHouseholds, FileName: "ho.xlsx", Data: file.Bytes()})
		return err
	})
	step("check", func() error { return s.app.RunImport(t.Context(), id) })
	if v := s.seeImport("admin", id); v.State != postgres.ImportReady || v.Counts[app.RowNew] != households {
		t.Fatalf("got %s, %v, %q", v.State, v.Counts, rowVerdicts(v)[:3])
	}
	step("accept", func() error { return s.app.AcceptImport(t.Context(), s.as("admin"), sending(), id) })
	step("store", func() error { return s.app.RunImport(t.Context(), id) })
	if took := time.Since(start); took > limit {
		t.Errorf("%d households took %v, want at most %v", households, took, limit)
	}
	if n := s.number(`SELECT count(*) FROM households`); n != int64(households) {
		t.Errorf("got %d households", n)
	}
}

func TestImportPlaces(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	list := []string{
		"Loại;Tên;Thuộc;Mã địa bàn;Từ ngày;Căn cứ",
		"Tổ;Tổ 77;Ấp Hưng Chánh, Xã Châu Hưng;;01/03/2020;12/QĐ",
		"Tổ;78;Châu Hưng > Hưng Chánh;;01/03/2020;",
		"Tổ;077;Ấp Hưng Chánh, Xã Châu Hưng;;01/03/2020;",
		"Tổ;Tổ 1;Ấp Hưng Chánh, Xã Châu Hưng;;01/03/2020;",
		"Ấp;Ấp Mới;Xã Châu Hưng;;01/03/2020;",
		"Ấp;Ấp Mới;Ấp Hưng Chánh, Xã Châu Hưng;;01/03/2020;",
		"Tổ;Tổ 1;Xã Ở Đâu;;01/03/2020;",
		"Làng;Làng Mới;Xã Châu Hưng;mã 1;01/03/2020;",
		"Tổ;Tổ 99;Ấp Hưng Chánh, Xã Châu Hưng;;01/01/2019;",
	}
	v := s.upload("admin", app.ImportPlaces, list...)
	wantVerdicts(t, "the preview", v, "new", "new", "error place_name:import.row_again", "same", "new", "error parent:import.parent_unfit", "error parent:import.place_unknown",
		"error type:import.choice_unknown place_code:place.code_wrong", "error from:assignment.place_gone")
	v = s.accept("admin", v.ID)
	if n := s.number(`SELECT count(*) FROM locality_versions v JOIN localities l ON l.id = v.locality_id WHERE v.name IN ('Tổ 77', 'Tổ 78') AND v.type = 'Tổ' AND l.level = 'group'
		AND v.parent_id = $1 AND lower(v.valid) = '2020-03-01'`, s.place("Ấp Hưng Chánh")); n != 2 {
		t.Errorf("got %d groups, want 2", n)
	}
	again := s.upload("admin", app.ImportPlaces, list...)
	if again.Counts[app.RowNew] != 0 || again.Counts[app.RowSame] != 5 {
		t.Errorf("again: got %v", again.Counts)
	}
	child := s.number(`INSERT INTO localities (level) VALUES ('group') RETURNING id`)
	s.exec(`INSERT INTO locality_versions (locality_id, parent_id, type, name, valid) VALUES ($1, $2, 'Tổ', 'Tổ con', daterange('2020-03-01', NULL))`, child, s.place("Ấp Mới"))
	for _, want := range []string{"import.undo_used", ""} {
		if err := s.app.UndoImport(t.Context(), s.as("admin"), sending(), v.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.app.RunImport(t.Context(), v.ID); err != nil {
			t.Fatal(err)
		}
		if got := s.seeImport("admin", v.ID); got.Refusal != want {
			t.Errorf("got %s %q, want %q", got.State, got.Refusal, want)
		}
		s.exec(`DELETE FROM locality_versions WHERE locality_id = $1`, child)
	}
	if n := s.number(`SELECT count(*) FROM locality_versions WHERE name IN ('Tổ 77', 'Tổ 78', 'Ấp Mới')`); n != 0 {
		t.Errorf("%d places are left after the undo", n)
	}
}

// undone has the administrator undo an import, and wants the refusal; an empty one for none.
func (s *stage) undone(id uuid.UUID, refusal string) {
	s.Helper()
	if err := s.app.UndoImport(s.Context(), s.as("admin"), sending(), id); err != nil {
		s.Fatal(err)
	}
	if err := s.app.RunImport(s.Context(), id); err != nil {
		s.Fatal(err)
	}
	want := postgres.ImportUndone
	if refusal != "" {
		want = postgres.ImportDone
	}
	if v := s.seeImport("admin", id); v.State != want || v.Refusal != refusal {
		s.Errorf("undone: got %s %q, want %s %q", v.State, v.Refusal, want, refusal)
	}
}

// An import is undone by whoever administers there today, not by who did.
func TestUndoByTodaysRights(t *testing.T) {
	t.Parallel()
	for kind, list := range map[app.ImportKind][2]string{
		app.ImportAssignments: {"Họ tên;Đầu mối;Địa bàn;Từ ngày", "Người Được Giao;district_supporter;Ấp Hưng Chánh, Xã Châu Hưng;02/03/2020"},
		app.ImportCadres:      {"Họ tên;Cấp;Đơn vị", "Người Được Nhập;Huyện;"},
		app.ImportPlaces:      {"Cấp;Loại;Tên;Thuộc;Từ ngày", "Ấp;Ấp;Ấp Mới;Xã Châu Hưng;02/03/2020"},
		app.ImportHouseholds:  {householdHead, "Lê Thị Mới;Số 9;Châu Hưng;Hưng Chánh;1;4;2;;;;"},
	} {
		t.Run(string(kind), func(t *testing.T) {
			s := newStage(t)
			s.person("Người Được Giao", cadre.DistrictTier)
			v := s.upload("admin", kind, list[:]...)
			v = s.accept("admin", v.ID)
			if v.State != postgres.ImportDone || v.Counts[app.RowNew] != 1 {
				t.Fatalf("got %s %v %q", v.State, v.Counts, rowVerdicts(v))
			}
			s.exec(`UPDATE assignments SET period = daterange(lower(period), '2020-03-03') WHERE cadre_id = (SELECT cadre_id FROM accounts WHERE login = 'admin')`)
			s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, v.locality_id, 'district', daterange('2020-03-03', NULL)
				FROM accounts a, posts p, locality_versions v WHERE a.login = 'admin' AND p.code = 'district_admin' AND v.name = 'Huyện Ba Tri'`)
			s.setClock(monday.AddDate(0, 0, 2))
			s.undone(v.ID, "import.undo_no_right")
		})
	}
}

// A list of households is taken back whole, with what it changed; not once somebody has touched one of them, and nobody reads what is kept.
func TestUndoOfChangedHouseholds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first := s.accept("admin", s.upload("admin", app.ImportHouseholds, householdHead, "Lê Thị Hộ;Số 1;Châu Hưng;Hưng Chánh;1;4;2;0913 000 222;Hộ nghèo;01/01/2020;1/QĐ").ID)
	state := func() string {
		var text string
		err := s.db.Owner.QueryRow(t.Context(), `SELECT string_agg(concat_ws('|', h.head, h.members, h.phone, (SELECT string_agg(concat(c.id, c.class, c.period, c.decision), ',' ORDER BY c.id) FROM household_classes c WHERE c.household_id = h.id)), E'\n' ORDER BY h.head)
			|| (SELECT string_agg(concat_ws('|', commune_id, households, members, poor, near_poor), ',' ORDER BY commune_id) FROM household_sums WHERE households > 0) FROM households h`).Scan(&text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	before := state()
	list := []string{householdHead, "Lê Thị Hộ;Số 1;Châu Hưng;Hưng Chánh;1;6;3;0913 000 999;Hộ cận nghèo;01/03/2020;2/QĐ", "Lê Thị Mới;Số 9;Châu Hưng;Hưng Chánh;1;3;1;;;;"}
	second := s.accept("admin", s.upload("admin", app.ImportHouseholds, list...).ID)
	if second.Counts[app.RowChanged] != 1 || second.Counts[app.RowNew] != 1 || state() == before {
		t.Fatalf("got %v", second.Counts)
	}
	if _, err := s.db.App.Exec(t.Context(), `SELECT FROM household_undo`); err == nil {
		t.Error("the application reads what is kept")
	}
	if s.undone(second.ID, ""); state() != before {
		t.Errorf("undone: got\n%s\nwant\n%s", state(), before)
	}
	if n := s.number(`SELECT count(*) FROM household_undo`); n != 0 {
		t.Errorf("%d households are kept after the undo", n)
	}
	third := s.accept("admin", s.upload("admin", app.ImportHouseholds, list[:2]...).ID)
	s.exec(`UPDATE households SET version = version + 1`)
	s.undone(third.ID, "import.undo_touched")
	if first.State != postgres.ImportDone {
		t.Errorf("the first: got %s", first.State)
	}
}

// A list is no way to ask the register: whoever may not read it learns which households it has, and nothing of them.
func TestImportTellsNothingOfHouseholds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	row := func(class, members, phone string) []string {
		return []string{householdHead, "LE THI HO;số 1;Châu Hưng;Hưng Chánh;1;" + members + ";;" + phone + ";" + class + ";01/01/2020;1/QĐ", "Võ Văn Khác;Số 3;Châu Hưng;Hưng Chánh;1;3;;;;;"}
	}
	s.accept("admin", s.upload("admin", app.ImportHouseholds, row("Hộ nghèo", "4", "0913 000 222")[:2]...).ID)
	for name, list := range map[string][]string{
		"the same": row("Hộ nghèo", "4", "0913 000 222"), "another phone": row("Hộ nghèo", "4", "0913 000 333"), "more members": row("Hộ nghèo", "5", ""), "another class": row("Hộ cận nghèo", "4", ""),
	} {
		wantVerdicts(t, name, s.upload("admin", app.ImportHouseholds, list...), "changed", "new")
	}
	wantVerdicts(t, "what is wrong by itself", s.upload("admin", app.ImportHouseholds, row("Hộ giàu", "nhiều", "")...), "error members:household.members_wrong class:household.class_required", "new")
	same := s.accept("admin", s.upload("admin", app.ImportHouseholds, row("Hộ nghèo", "4", "0913 000 222")[:2]...).ID)
	wantVerdicts(t, "the same, accepted", same, "changed")
	if n := s.number(`SELECT count(*) FROM households WHERE version = 1`); n != 1 {
		t.Error("a row that says what the register says changed it")
	}
	s.undone(same.ID, "")
	unfit := s.accept("admin", s.upload("admin", app.ImportHouseholds, row("Hộ cận nghèo", "9", "")[:2]...).ID)
	wantVerdicts(t, "another class, accepted", unfit, "error head:household.list_unfit")
	s.exec(`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, $1, 'commune', daterange('2020-02-15', NULL)
		FROM accounts a, posts p WHERE a.login = 'bithu' AND p.code = 'commune_admin'`, s.place("Xã Châu Hưng")) // who leads it, too
	wantVerdicts(t, "who may read", s.upload("bithu", app.ImportHouseholds, row("Hộ nghèo", "5", "")...), "changed members", "new")
	wantVerdicts(t, "who may read, the same", s.upload("bithu", app.ImportHouseholds, row("Hộ nghèo", "4", "")...), "same", "new")
}

// A list brings a hamlet and, below its row, the groups of that hamlet.
func TestImportOfPlacesOneBelowTheOther(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	list := []string{
		"Loại;Tên;Thuộc;Mã;Từ ngày", "Tổ;1;Ấp Mới, Xã Châu Hưng;;02/03/2020", "Ấp;Mới;Xã Châu Hưng;99001;01/03/2020",
		"Tổ;1;Ấp Mới, Xã Châu Hưng;;02/03/2020", "Tổ;2;99001;;29/02/2020", "Tổ;2;Mới, Châu Hưng;;01/03/2020",
	}
	v := s.upload("admin", app.ImportPlaces, list...)
	wantVerdicts(t, "the preview", v, "error parent:import.place_unknown", "new", "new", "error from:assignment.place_gone", "new")
	v = s.accept("admin", v.ID)
	if n := s.number(`SELECT count(*) FROM locality_versions g JOIN locality_versions h ON h.locality_id = g.parent_id AND h.name = 'Ấp Mới' AND h.code = '99001' WHERE g.name IN ('Tổ 1', 'Tổ 2')`); n != 2 {
		t.Errorf("got %d groups of the new hamlet, want 2", n)
	}
	if n := s.number(`SELECT count(*) FROM audit_entries a WHERE a.action = 'place.add' AND a.commune_id = $1`, int64(s.place("Xã Châu Hưng"))); n != 3 {
		t.Errorf("got %d entries of the audit at the commune, want 3", n)
	}
	again := s.upload("admin", app.ImportPlaces, append(list[:1:1], list[2:4]...)...)
	wantVerdicts(t, "again", again, "same", "same")
	s.undone(v.ID, "")
	if n := s.number(`SELECT count(*) FROM locality_versions WHERE name = 'Ấp Mới'`); n != 0 {
		t.Error("the hamlet is left after the undo")
	}
}

// The lists of a morning are undone one after the other, the last first.
func TestUndoOfTwoLists(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	people := s.accept("admin", s.upload("admin", app.ImportCadres, "Họ tên;Cấp", "Người Hai Lần;Huyện").ID)
	sent := s.accept("admin", s.upload("admin", app.ImportAssignments, "Họ tên;Đầu mối;Địa bàn;Từ ngày", "Người Hai Lần;district_supporter;Ấp Hưng Chánh, Xã Châu Hưng;02/03/2020").ID)
	s.undone(sent.ID, "")
	s.undone(people.ID, "")
	if n := s.number(`SELECT count(*) FROM cadres WHERE full_name = 'Người Hai Lần'`); n != 0 {
		t.Error("the person is left")
	}
}
