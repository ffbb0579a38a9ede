package app_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/sheet"
	"banam/internal/territory"
	"banam/internal/testdb"
)

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
