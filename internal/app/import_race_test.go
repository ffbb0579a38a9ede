package app_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
)

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
