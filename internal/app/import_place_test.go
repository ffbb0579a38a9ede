package app_test

import (
	"testing"

	"banam/internal/app"
)

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
