package app_test

import (
	"slices"
	"testing"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
)

// TestAgencies keeps the catalogue, and hands an issue to one of it.
func TestAgencies(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	admin, commune := s.as("admin"), s.place("Xã Châu Hưng")
	in := app.AgencyInput{Place: commune, AgencyInput: casework.AgencyInput{Name: " Đội  thủy nông ", Phone: "0275 3851 000", Contact: "Trực"}}
	sub := sending()
	for range 2 {
		if err := s.app.SaveAgency(t.Context(), admin, sub, 0, in); err != nil {
			t.Fatal(err)
		}
	}
	find := func(login, words string) []app.Agency {
		list, err := s.app.Agencies(t.Context(), s.as(login), words, 0)
		if err != nil {
			t.Fatal(err)
		}
		return list.Rows
	}
	rows := find("bithu", "doi thuy nong")
	if len(rows) != 1 || rows[0].Name != "Đội thủy nông" || rows[0].At != "Xã Châu Hưng" {
		t.Fatalf("the catalogue: got %+v", rows)
	}
	if got := find("bithu2", "doi thuy nong"); len(got) != 0 {
		t.Errorf("the neighbour's catalogue: got %+v", got)
	}
	id := s.raise("cbhuyen", s.bridge())
	s.move("bithu", id, s.request(casework.Acknowledge))
	if offered := s.issue("bithu", id).May(casework.Start).Agencies; !slices.Contains(offered, "Đội thủy nông") || len(offered) < 10 {
		t.Errorf("offered when handing over: got %v", offered)
	}
	for name, c := range map[string]struct {
		who  string
		id   int64
		in   app.AgencyInput
		kind fault.Kind
	}{
		"a name twice":   {"admin", 0, app.AgencyInput{Place: commune, AgencyInput: casework.AgencyInput{Name: "ĐỘI THUỶ NÔNG"}}, fault.KindInvalid},
		"no such place":  {"admin", 0, app.AgencyInput{Place: 1 << 40, AgencyInput: in.AgencyInput}, fault.KindNotFound},
		"a hamlet":       {"admin", 0, app.AgencyInput{Place: s.place("Ấp Hưng Chánh"), AgencyInput: in.AgencyInput}, fault.KindNotFound},
		"a place above":  {"admin", 0, app.AgencyInput{Place: s.place("Tỉnh Bến Tre"), AgencyInput: in.AgencyInput}, fault.KindForbidden},
		"by a lead":      {"bithu", 0, in, fault.KindForbidden},
		"an old version": {"admin", rows[0].ID, app.AgencyInput{AgencyInput: in.AgencyInput, Seen: 7}, fault.KindConflict},
		"none":           {"admin", 1 << 40, app.AgencyInput{AgencyInput: in.AgencyInput, Seen: 1}, fault.KindNotFound},
	} {
		wantKind(t, name, s.app.SaveAgency(t.Context(), s.as(c.who), sending(), c.id, c.in), c.kind, "")
	}
	in.Seen, in.Retired = 1, true
	if err := s.app.SaveAgency(t.Context(), admin, sending(), rows[0].ID, in); err != nil {
		t.Fatal(err)
	}
	if offered := s.issue("bithu", id).May(casework.Start).Agencies; slices.Contains(offered, "Đội thủy nông") {
		t.Error("one that is no longer used: got it offered")
	}
	if n := s.number(`SELECT count(*) FROM audit_entries WHERE action IN ('agency.add', 'agency.edit')`); n != 2 {
		t.Errorf("audit: got %d entries, want 2", n)
	}
}
