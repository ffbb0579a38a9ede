package app_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
)

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

// A list that changed nothing when it was accepted does not stand in the way of undoing the one before.
func TestUndoBehindAListThatChangedNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	list := []string{"Họ tên;Cấp", "Người Hai Lần;Huyện"}
	first, again := s.upload("admin", app.ImportCadres, list...), s.upload("admin", app.ImportCadres, list...)
	s.accept("admin", first.ID)
	s.setClock(monday.Add(time.Minute))
	if v := s.accept("admin", again.ID); v.Counts[postgres.RowSame] != 1 {
		t.Fatalf("the second list: got %v, want its row to be the same", v.Counts)
	}
	s.undone(first.ID, "")
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
