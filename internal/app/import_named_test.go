package app_test

import (
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
)

// A list gives single households of a group to people, by their numbers: once, beside who follows the whole group, and taken back whole.
func TestImportOfNamedHouseholds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.accept("admin", s.upload("admin", app.ImportHouseholds, householdHead,
		"Lê Thị Hoà;Số 5;Châu Hưng;Hưng Chánh;1;4;2;;;;", "Trần Văn Tám;Số 7;Châu Hưng;Hưng Chánh;1;3;1;;;;").ID)
	group := s.number(`SELECT DISTINCT locality_id FROM households`)
	s.accept("admin", s.upload("admin", app.ImportCadres, "Họ tên;Cấp;Thuộc", "Người Theo Hộ;Xã;Xã Châu Hưng").ID)
	const head, at = "Họ tên;Đầu mối;Tổ;Ấp;Xã;Hộ số;Từ ngày;Người chính", ";Tổ 1;Ấp Hưng Chánh;Xã Châu Hưng;"
	list := []string{
		head,
		"Người Theo Hộ;commune_supporter" + at + "1;02/03/2020;",
		"Người Theo Hộ;commune_supporter" + at + "2;02/03/2020;",
		"Người Theo Hộ;commune_supporter" + at + "1;02/03/2020;",
		"Người Theo Hộ;commune_supporter" + at + "9;02/03/2020;",
		"Người Theo Hộ;commune_supporter" + at + "hai;02/03/2020;",
		"Người Theo Hộ;commune_supporter;;Ấp Hưng Chánh;Xã Châu Hưng;1;02/03/2020;",
		"Người Theo Hộ;commune_supporter" + at + "2;02/03/2020;Có",
	}
	v := s.upload("admin", app.ImportAssignments, list...)
	wantVerdicts(t, "the list", v, "new", "new", "error name:import.row_twice", "error household_number:import.household_unknown", "error household_number:import.household_unknown",
		"error household_number:assignment.household_unfit", "error primary:assignment.household_not_primary")
	done := s.accept("admin", v.ID)
	of := `SELECT count(*) FROM assignments s JOIN households h ON h.id = s.household_id AND h.locality_id = s.locality_id JOIN cadres c ON c.id = s.cadre_id
		WHERE c.full_name = 'Người Theo Hộ' AND s.voided_at IS NULL AND NOT s.is_primary AND h.number IN (1, 2)`
	if n := s.number(of); n != 2 {
		t.Errorf("got %d households followed, want 2", n)
	}
	wantVerdicts(t, "the same list again", s.upload("admin", app.ImportAssignments, list[:3]...), "same", "same")
	wantVerdicts(t, "the whole group beside", s.upload("admin", app.ImportAssignments, head, "Người Theo Hộ;commune_supporter"+at+";02/03/2020;"), "new")
	s.undone(done.ID, "")
	if n := s.number(of); n != 0 {
		t.Errorf("%d households are followed after the undo", n)
	}
	if n := s.number(`SELECT count(*) FROM households WHERE locality_id = $1`, group); n != 2 || done.ID == uuid.Nil {
		t.Errorf("%d households are left, want both", n)
	}
}
