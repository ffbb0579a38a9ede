package app_test

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

func TestDraftInTwoTabs(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	actor := w.actor(author)
	d, s := reportOf(wHamlet, "2020-03-09"), sending()
	for range 3 { // sent again, it is saved once
		if err := w.app.SaveDraft(ctx, actor, s, d); err != nil {
			t.Fatal(err)
		}
	}
	first, second := saying(d, "tab một"), saying(d, "tab hai")
	first.Version, second.Version = 1, 1
	if err := w.app.SaveDraft(ctx, actor, sending(), first); err != nil {
		t.Fatal(err)
	}
	_, submit := w.app.SubmitReport(ctx, actor, sending(), second)
	for what, err := range map[string]error{
		"save": w.app.SaveDraft(ctx, actor, sending(), second), "submit": submit,
		"discard": w.app.DiscardDraft(ctx, actor, sending(), d.ReportID, 1),
	} {
		if verdict(err) != "conflict report.draft_changed" {
			t.Errorf("%s from the second tab: got %v, want a conflict", what, err)
		}
	}
	form, err := w.app.DraftForm(ctx, actor, d.ReportID)
	if err != nil || form.Draft.Input.Content["what"] != "tab một" || form.Draft.Version != 2 {
		t.Errorf("got %+v, %v, want the first tab's text in version 2", form.Draft, err)
	}
	second.Version = 2
	if err := w.app.SaveDraft(ctx, actor, sending(), second); err != nil {
		t.Errorf("saving knowingly: %v", err)
	}
	discard := sending()
	for range 2 {
		if err := w.app.DiscardDraft(ctx, actor, discard, d.ReportID, 3); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.app.SaveDraft(ctx, actor, sending(), second); verdict(err) != "conflict report.draft_gone" {
		t.Errorf("saving what was discarded: got %v, want a conflict", err)
	}
	if err := w.app.DiscardDraft(ctx, actor, sending(), d.ReportID, 3); verdict(err) != "not found fault.not_found" {
		t.Errorf("discarding twice: got %v, want not found", err)
	}
}

// Ten tabs save the same version at once: one wins.
func TestDraftSavedAtOnce(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	actor := w.actor(w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""}))
	d := reportOf(wHamlet, "2020-03-09")
	verdicts := make([]string, 10)
	var all sync.WaitGroup
	for i := range verdicts {
		mine := saying(d, strings.Repeat("a", i+1))
		all.Go(func() { verdicts[i] = verdict(w.app.SaveDraft(context.Background(), actor, sending(), mine)) })
	}
	all.Wait()
	slices.Sort(verdicts)
	if verdicts[9] != "ok" || verdicts[8] != "conflict report.draft_changed" || verdicts[0] != verdicts[8] {
		t.Errorf("got %v, want one ok and nine conflicts", verdicts)
	}
}

func TestDraftKeepsWhatIsWrong(t *testing.T) {
	w := newReportWorld(t)
	ctx := context.Background()
	actor := w.actor(w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""}))
	for name, change := range map[string]func(*casework.ReportInput){
		"future day": func(in *casework.ReportInput) { in.HappenedOn = "2999-01-01" },
		"no day":     func(in *casework.ReportInput) { in.HappenedOn = "hôm qua" },
		"no place":   func(in *casework.ReportInput) { in.Locality = "Ấp 3" },
		"huge place": func(in *casework.ReportInput) { in.Locality = strings.Repeat("9", 30) },
		"foreign":    func(in *casework.ReportInput) { in.Locality = "9" },
		"too long":   func(in *casework.ReportInput) { in.Content["what"] = strings.Repeat("ố", casework.MaxText+1) },
		"odd rating": func(in *casework.ReportInput) {
			in.Content["rating_front"], in.Content["remark_front"] = "?", "\"'<b>"
		},
		"nothing": func(in *casework.ReportInput) { *in = casework.ReportInput{Kind: casework.SituationReport} },
	} {
		t.Run(name, func(t *testing.T) {
			d := reportOf(wHamlet, "2020-03-09")
			change(&d.Input)
			if err := w.app.SaveDraft(ctx, actor, sending(), d); err != nil {
				t.Fatal(err)
			}
			form, err := w.app.DraftForm(ctx, actor, d.ReportID)
			if err != nil || form.Draft.Input.Content["what"] != d.Input.Content["what"] || form.Draft.Input.Locality != d.Input.Locality ||
				form.Draft.Input.HappenedOn != d.Input.HappenedOn || form.Draft.Input.Content["remark_front"] != d.Input.Content["remark_front"] {
				t.Errorf("got %+v, %v, want it as typed", form.Draft, err)
			}
			for _, p := range form.Asked {
				if p.ID == wOtherHamlet {
					t.Error("a foreign place was named")
				}
			}
		})
	}
	if list, err := w.app.Drafts(ctx, actor); err != nil || len(list) != 8 {
		t.Errorf("got %d drafts, %v, want 8", len(list), err)
	}
	endless := reportOf(wHamlet, "2020-03-09")
	endless.Input.Content["mood"] = strings.Repeat("a", casework.MaxDraft+1)
	if err := w.app.SaveDraft(ctx, actor, sending(), endless); verdict(err) != "mood field.too_long" {
		t.Errorf("a text without end: got %v", err)
	}
}

func TestReportFormPlaces(t *testing.T) {
	w := newReportWorld(t)
	hamlet := w.person("Cán Bộ", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	commune := w.person("Bí Thư", held{"commune_lead", wCommune, "2020-02-01", ""})
	district := w.person("Thường Trực", held{"district_lead", wDistrict, "2020-02-01", ""})
	former := w.person("Đã Thôi", held{cadre.DistrictSupporter, wOtherHamlet, "2019-02-01", "2020-03-01"})
	admin := w.person("Quản Trị", held{"district_admin", wDistrict, "2019-01-01", ""})
	tests := []struct {
		name    string
		account int64
		at      territory.LocalityID
		want    []territory.LocalityID
		err     string
	}{
		{"a hamlet's cadre", hamlet, 0, []territory.LocalityID{wHamlet, wGroup}, "ok"},
		{"a hamlet's cadre at the group", hamlet, wGroup, []territory.LocalityID{wHamlet, wGroup}, "ok"},
		{"a hamlet's cadre at the hamlet beside", hamlet, wHamlet2, nil, "not found fault.not_found"},
		{"a hamlet's cadre at the commune above", hamlet, wCommune, nil, "not found fault.not_found"},
		{"a hamlet's cadre at no place", hamlet, 4711, nil, "not found fault.not_found"},
		{"a commune's secretary", commune, 0, []territory.LocalityID{wCommune, wHamlet, wHamlet2, wGroup, wNewHamlet}, "ok"},
		{"a district's lead", district, 0, []territory.LocalityID{wDistrict}, "ok"},
		{"a district's lead below the district", district, wDistrict, []territory.LocalityID{wDistrict, wSubregion, wOtherCommune}, "ok"},
		{"a district's lead at a hamlet", district, wHamlet,
			[]territory.LocalityID{wDistrict, wCommune, wHamlet, wHamlet2, wGroup, wNewHamlet}, "ok"},
		{"somebody whose assignment has ended", former, 0, []territory.LocalityID{wOtherHamlet}, "ok"},
		{"an administrator", admin, 0, nil, "forbidden report.nothing_held"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form, err := w.app.NewReport(context.Background(), w.actor(tt.account), app.NewReportQuery{Asked: tt.at})
			if got := verdict(err); got != tt.err {
				t.Fatalf("got %s, want %s", got, tt.err)
			}
			var got []territory.LocalityID
			for _, p := range form.Places {
				got = append(got, p.ID)
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	form, err := w.app.NewReport(context.Background(), w.actor(former), app.NewReportQuery{})
	if err != nil || form.Own[0].Until != territory.NewDay(2020, 2, 29) {
		t.Errorf("got %+v, %v, want the last day 29/02/2020", form.Own, err)
	}
}

func TestDraftsHaveALimit(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	actor := w.actor(w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""}))
	w.exec(`INSERT INTO report_drafts (report_id, author_id, kind, form, updated_at)
		SELECT gen_random_uuid(), $1, 'situation', '{}', now() FROM generate_series(1, 100)`, actor.CadreID)
	d := reportOf(wHamlet, "2020-03-09")
	if err := w.app.SaveDraft(ctx, actor, sending(), d); verdict(err) != "invalid report.too_many_drafts" {
		t.Errorf("got %v, want a refusal", err)
	}
	if _, err := w.app.SubmitReport(ctx, actor, sending(), d); err != nil {
		t.Errorf("sending is still possible: %v", err)
	}
	nobody := w.actor(w.person("Chưa Phân Công"))
	if err := w.app.SaveDraft(ctx, nobody, sending(), reportOf(wHamlet, "2020-03-09")); verdict(err) != "forbidden report.nothing_held" {
		t.Errorf("somebody who never held anything: got %v, want forbidden", err)
	}
}

// What is being written goes on being kept after the assignment and the time for late filing have ended; only a new draft is refused.
func TestDraftOutlivesItsAssignment(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", "2020-03-11"})
	d := reportOf(wHamlet, "2020-03-09")
	d.Form = sending().ID
	for turn := range int64(4) {
		d.Turn = turn + 1
		if turn == 2 {
			w.set("2020-06-01 09:00")
		}
		version, err := w.app.KeepDraft(ctx, w.actor(author), saying(d, strings.Repeat("a", int(turn)+1)))
		if err != nil || version != int(turn)+1 {
			t.Fatalf("saving %d: got version %d, %v", turn, version, err)
		}
		d.Version = version
	}
	fresh := reportOf(wHamlet, "2020-03-09")
	fresh.Form, fresh.Turn = sending().ID, 1
	if _, err := w.app.KeepDraft(ctx, w.actor(author), fresh); verdict(err) != "forbidden report.nothing_held" {
		t.Errorf("a new draft: got %v, want forbidden", err)
	}
	form, err := w.app.DraftForm(ctx, w.actor(author), d.ReportID)
	if err != nil || form.Draft.Input.Content["what"] != "aaaa" {
		t.Errorf("got %+v, %v, want the last words", form.Draft, err)
	}
}
