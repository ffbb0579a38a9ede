package app_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/sheet"
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
