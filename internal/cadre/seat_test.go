package cadre_test

import (
	"slices"
	"testing"
	"time"

	"banam/internal/cadre"
	"banam/internal/territory"
)

func TestFillingASeat(t *testing.T) {
	t.Parallel()
	day := func(d int) territory.Day { return territory.NewDay(2020, time.March, d) }
	holder := func(id cadre.AssignmentID, who cadre.ID, from, until territory.Day) cadre.Holder {
		return cadre.Holder{Assignment: id, Cadre: who, Name: "Lê Văn A", Term: cadre.Term{From: from, Until: until}}
	}
	one := []cadre.Holder{holder(1, 7, day(1), territory.Day{})}
	two := slices.Concat(one, []cadre.Holder{holder(2, 8, day(2), territory.Day{})})
	over := []cadre.Holder{holder(1, 7, day(1), day(9))}
	later := []cadre.Holder{holder(1, 7, day(20), territory.Day{})}
	for _, tt := range []struct {
		name    string
		gone    bool
		holders []cadre.Holder
		who     cadre.ID
		replace bool
		old     cadre.AssignmentID
		want    string
	}{
		{"empty", false, nil, 9, true, 0, ""},
		{"a place that is gone", true, nil, 9, true, 0, "assignment.place_gone"},
		{"in place of somebody", false, one, 9, true, 1, ""},
		{"beside somebody", false, one, 9, false, 0, ""},
		{"in place of one of two", false, two, 9, true, 0, "assignment.several_hold"},
		{"beside two", false, two, 9, false, 0, ""},
		{"who holds it already", false, one, 7, true, 0, "assignment.holds_since"},
		{"who held it until before", false, over, 7, true, 0, ""},
		{"after somebody whose end is fixed", false, over, 9, true, 0, ""},
		{"who holds it later", false, later, 7, false, 0, "assignment.holds_since"},
		{"before somebody", false, later, 9, true, 0, ""},
		{"on the first day of somebody", false, []cadre.Holder{holder(1, 7, day(10), territory.Day{})}, 9, true, 0, "assignment.began_later"},
	} {
		seat := cadre.Seat{Exists: !tt.gone, Holders: tt.holders}
		old, wrong := seat.Fill(cadre.Filling{Who: tt.who, Term: cadre.Term{From: day(10)}, Replace: tt.replace}, "x")
		got, id := "", cadre.AssignmentID(0)
		if wrong != nil {
			got = wrong.Key
		}
		if old != nil {
			id = old.Assignment
		}
		if got != tt.want || id != tt.old {
			t.Errorf("%s: got %q and %d, want %q and %d", tt.name, got, id, tt.want, tt.old)
		}
	}
	if !(cadre.Seat{}).FirstIn(cadre.Term{From: day(1)}, nil) || (cadre.Seat{Holders: one}).FirstIn(cadre.Term{From: day(1)}, nil) {
		t.Error("the first supporter is the primary one, the second is not")
	}
	if (cadre.Seat{Holders: one}).FirstIn(cadre.Term{From: day(9)}, &one[0]) {
		t.Error("who replaces somebody without the mark gets it")
	}
}
