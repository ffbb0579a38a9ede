package app_test

import (
	"context"
	"testing"

	"banam/internal/territory"
)

func TestAddPlace(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	admin, commune := s.as("admin"), s.place("Xã Châu Hưng")
	add := func(in territory.AddInput) error {
		return s.app.AddPlace(t.Context(), admin, sending(), commune, in)
	}
	good := territory.AddInput{Level: "hamlet", Type: "Ấp", Name: " Hưng  Mới ", Code: "H99", From: "2020-03-02", Decree: "12/NQ-HĐND"}
	with := func(change func(*territory.AddInput)) territory.AddInput {
		in := good
		change(&in)
		return in
	}
	for want, in := range map[string]territory.AddInput{
		"level place.level_required": with(func(in *territory.AddInput) { in.Level = "commune" }),
		"type place.type_required":   with(func(in *territory.AddInput) { in.Type = "" }),
		"name place.name_required":   with(func(in *territory.AddInput) { in.Name = "" }),
		"name place.same_name":       with(func(in *territory.AddInput) { in.Name = "ấp hưng chánh" }),
		"code place.code_used":       with(func(in *territory.AddInput) { in.Code = "29050" }),
		"from place.day_wrong":       with(func(in *territory.AddInput) { in.From = "2020-02-31" }),
		"from place.parent_gone":     with(func(in *territory.AddInput) { in.From = "2019-01-01" }),
	} {
		if got := verdict(add(in)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	errs := make(chan error, 8) // eight add the same at once
	for range 8 {
		go func() { errs <- s.app.AddPlace(context.Background(), admin, sending(), commune, good) }()
	}
	won := 0
	for range 8 {
		switch err := <-errs; verdict(err) {
		case "ok":
			won++
		case "name place.same_name":
		default:
			t.Errorf("got %v", err)
		}
	}
	if n := s.number(`SELECT count(*) FROM locality_versions WHERE name = 'Ấp Hưng Mới' AND code = 'H99' AND parent_id = $1`, commune); won != 1 || n != 1 {
		t.Errorf("%d were told that they added it, %d are there, want one", won, n)
	}
	for login, want := range map[string]string{"tinhuy": "forbidden assignment.not_yours", "bithu2": "not found fault.not_found"} {
		if got := verdict(s.app.AddPlace(t.Context(), s.as(login), sending(), commune, good)); got != want {
			t.Errorf("%s: got %s, want %s", login, got, want)
		}
	}
}
