package app_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

func listedAt(group territory.LocalityID, head, address, members string) app.NewHousehold {
	return app.NewHousehold{Group: group, HouseholdInput: casework.HouseholdInput{Head: head, Address: address, Members: members}}
}

func verdicts(list []app.HouseholdVerdict) []casework.Verdict {
	var out []casework.Verdict
	for _, v := range list {
		out = append(out, v.Verdict)
	}
	return out
}

// A list is entered once, however often it comes; what differs changes, what is wrong is left out and says why, and what a list leaves empty
// stays as it is.
func TestListOfHouseholds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, admin, groups := t.Context(), s.as("admin"), s.groups(2)
	rows := []app.NewHousehold{
		listedAt(groups[0], "Lê Thị Hoà", "Số 5", "4"), listedAt(groups[0], "Trần Văn Tám", "Số 7", "3"), listedAt(groups[1], "Lê Thị Hoà", "Số 5", "2"),
		listedAt(groups[0], "LE THI HOA", "số 5", "4"), listedAt(groups[0], "", "Số 8", "nhiều"), listedAt(s.place("Xã Châu Hưng"), "Võ Văn Lạc", "", "1"),
	}
	rows[0].Phone, rows[0].Workers, rows[0].Classes = "0913 000 222", "3", []casework.ClassInput{{Class: "poor", From: "2020-01-01", Decision: "1/QĐ"}}
	want := []casework.Verdict{"new", "new", "new", "error", "error", "error"}
	preview, err := s.app.PreviewHouseholds(ctx, admin, rows)
	if err != nil || !slices.Equal(verdicts(preview), want) || s.number(`SELECT count(*) FROM households`) != 0 {
		t.Fatalf("preview: got %v, %v", verdicts(preview), err)
	}
	sent := sending()
	for range 2 {
		got, err := s.app.AddHouseholds(ctx, admin, sent, rows)
		if err != nil || len(got) != 6 || s.number(`SELECT count(*) FROM households`) != 3 {
			t.Fatalf("got %v, %v", verdicts(got), err)
		}
		for i, field := range map[int]string{3: "head", 4: "head", 5: "group"} {
			if f := fault.As(got[i].Err); f == nil || f.Fields[0].Name != field {
				t.Errorf("row %d: got %v, want an error at %s", i, got[i].Err, field)
			}
		}
	}
	if n := s.number(`SELECT count(*) FROM households WHERE locality_id = $1 AND number IN (1, 2)`, groups[0]); n != 2 {
		t.Error("the numbers of a group do not follow one another")
	}

	again := []app.NewHousehold{listedAt(groups[0], "Le Thi Hoa", "so 5", "4"), listedAt(groups[0], "Trần Văn Tám", "Số 7", "5")}
	again[0].Classes = []casework.ClassInput{{Class: "near_poor", From: "2020-03-01", Decision: "9/QĐ"}}
	got, err := s.app.AddHouseholds(ctx, admin, sending(), again)
	if err != nil || !slices.Equal(verdicts(got), []casework.Verdict{"changed", "changed"}) || !slices.Equal(got[0].Changed, []string{"class"}) || !slices.Equal(got[1].Changed, []string{"members"}) {
		t.Fatalf("again: got %+v, %v", got, err)
	}
	if n := s.number(`SELECT count(*) FROM households WHERE head = 'Lê Thị Hoà' AND phone = '0913 000 222' AND workers = 3`); n != 1 {
		t.Error("what the list leaves empty is lost")
	}
	if n := s.number(`SELECT count(*) FROM household_classes WHERE class = 'poor' AND period = daterange('2020-01-01', '2020-03-01')`); n != 1 {
		t.Error("the former class goes on")
	}
	got, err = s.app.AddHouseholds(ctx, admin, sending(), again)
	if err != nil || !slices.Equal(verdicts(got), []casework.Verdict{"same", "same"}) {
		t.Errorf("a third time: got %v, %v", verdicts(got), err)
	}
	if n := s.number(`SELECT count(*) FROM household_reads WHERE purpose = 'import'`); n < 3 {
		t.Errorf("the access log has %d entries", n)
	}
	if _, err := s.app.Register(ctx, admin, groups[0], app.HouseholdFilter{}, app.ListPage{Limit: 5}); fault.KindOf(err) != fault.KindForbidden {
		t.Errorf("who enters a list reads it back: %v", err)
	}
}

func TestWhoEntersListsOfHouseholds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	group := s.groups(1)[0]
	for login, want := range map[string]fault.Kind{"cbhuyen": fault.KindForbidden, "huyenuy": fault.KindForbidden, "tinhuy": fault.KindForbidden, "huyenuyvien": fault.KindForbidden} {
		if _, err := s.app.AddHouseholds(t.Context(), s.as(login), sending(), []app.NewHousehold{listedAt(group, "Lê Thị Hoà", "", "4")}); fault.KindOf(err) != want {
			t.Errorf("%s: got %v", login, err)
		}
	}
	got, err := s.app.AddHouseholds(t.Context(), s.as("bithu2"), sending(), []app.NewHousehold{listedAt(group, "Lê Thị Hoà", "", "4")})
	if err != nil || got[0].Verdict != casework.RowWrong {
		t.Errorf("a place of another commune: got %+v, %v", got, err)
	}
}

// A district's register is judged and entered in seconds.
func TestLongListOfHouseholds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	s := newStage(t)
	groups := s.groups(50)
	var rows []app.NewHousehold
	for i := range 15_000 {
		rows = append(rows, listedAt(groups[i%len(groups)], fmt.Sprintf("Nguyễn Văn Mười %d", i), fmt.Sprintf("Số %d", i), "4"))
	}
	got, err := s.app.AddHouseholds(t.Context(), s.as("admin"), sending(), rows)
	if err != nil || len(got) != len(rows) || s.number(`SELECT count(*) FROM households`) != int64(len(rows)) {
		t.Fatalf("got %d, %v", len(got), err)
	}
	begin := time.Now()
	if got, err := s.app.PreviewHouseholds(t.Context(), s.as("admin"), rows); err != nil || got[7].Verdict != casework.RowSame {
		t.Fatalf("got %v, %v", got[7], err)
	}
	if took := time.Since(begin); took > 20*time.Second { // where the second line hides the index, it takes two minutes
		t.Errorf("judged in %s", took)
	}
}
