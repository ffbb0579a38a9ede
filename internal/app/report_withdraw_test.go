package app_test

import (
	"context"
	"sync"
	"testing"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
)

var withdrawal = casework.ReportRequest{Move: casework.WithdrawReport, Reason: "Ghi nhầm ấp."}

func TestWithdrawReport(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	lead := w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", ""})
	w.person("Bí Thư", held{"commune_lead", wCommune, "2020-01-01", ""})
	stranger := w.person("Người Khác", held{cadre.DistrictSupporter, wOtherHamlet, "2020-01-01", ""})
	d := reportOf(wHamlet, "2020-03-09")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	writing := amended(t, w, author, d, "Đang sửa dở")
	if err := w.app.SaveDraft(ctx, w.actor(author), sending(), writing); err != nil {
		t.Fatal(err)
	}
	w.exec(`INSERT INTO report_promises (report_id, position, author_id, locality_id, household_number, due_on, done_on, done_by)
		SELECT $1, p, author_id, 7, 1, '2020-03-20', CASE p WHEN 1 THEN '2020-03-09'::date END, CASE p WHEN 1 THEN author_id END FROM reports, generate_series(1, 2) p`, d.ReportID)
	for _, tt := range []struct {
		who  int64
		r    casework.ReportRequest
		want string
	}{
		{stranger, withdrawal, "not found fault.not_found"}, {lead, withdrawal, "forbidden report.review_not_yours"},
		{author, casework.ReportRequest{Move: casework.WithdrawReport, Reason: " "}, "reason report.reason_required"},
	} {
		if got := verdict(w.app.ReviewReport(ctx, w.actor(tt.who), sending(), d.ReportID, 1, tt.r)); got != tt.want {
			t.Errorf("by %d: got %s, want %s", tt.who, got, tt.want)
		}
	}
	w.exec(`UPDATE assignments SET period = daterange(lower(period), '2020-03-10') WHERE cadre_id = (SELECT cadre_id FROM accounts WHERE id = $1)`, author)
	s := sending()
	for range 2 { // sent twice, it is withdrawn once; nobody needs to hold the place for it
		if err := w.app.ReviewReport(ctx, w.actor(author), s, d.ReportID, 1, withdrawal); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := w.app.DeliverReportEventNotices(ctx, d.ReportID, 2); err != nil {
			t.Fatal(err)
		}
	}
	if n := w.count(`SELECT count(*) FROM notices WHERE kind = 'report.withdraw'`); n != 2 {
		t.Errorf("got %d notices, want one each for the desk and the secretary", n)
	}
	if n := w.count(`SELECT count(*) FROM report_promises WHERE done_on IS NULL`); n != 0 || w.count(`SELECT count(*) FROM report_promises`) != 1 {
		t.Errorf("got %d open promises, want none, and the one that was kept", n)
	}
	if list, err := w.app.Drafts(ctx, w.actor(author)); err != nil || len(list) != 1 || list[0].Amends || list[0].ReportID == d.ReportID || list[0].What != "Đang sửa dở" {
		t.Errorf("got drafts %+v, %v, want what was being written as a draft of its own", list, err)
	}
	writing.Version, writing.Input.Content["what"] = 1, "Vẫn sửa tiếp"
	_, sent := w.app.SubmitReport(ctx, w.actor(author), sending(), writing)
	_, kept := w.app.KeepDraft(ctx, w.actor(author), func() app.Draft { k := writing; k.Form, k.Turn = sending().ID, 1; return k }())
	for what, err := range map[string]error{"saving": w.app.SaveDraft(ctx, w.actor(author), sending(), writing), "sending": sent, "keeping": kept} {
		if verdict(err) != "conflict report.withdrawn_already" {
			t.Errorf("%s an amendment of a withdrawn report: got %v", what, err)
		}
	}
	if err := w.app.ReviewReport(ctx, w.actor(lead), sending(), d.ReportID, 2, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: 1}); verdict(err) != "conflict report.moved_on" {
		t.Errorf("acknowledging it: got %v", err)
	}
	got, err := w.app.Report(ctx, w.actor(lead), d.ReportID)
	if err != nil || got.Report.State != casework.ReportWithdrawn || got.CanRaise {
		t.Errorf("the desk reads %+v, %v, want it withdrawn", got.Report, err)
	}
}

// What a lead has dealt with stays on record, also after its author amended it.
func TestJudgedReportIsNotWithdrawn(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	lead := w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", ""})
	d := reportOf(wHamlet, "2020-03-09")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	if err := w.app.ReviewReport(ctx, w.actor(lead), sending(), d.ReportID, 1, casework.ReportRequest{Move: casework.ReturnReport, Reason: "Bao nhiêu hộ?"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), amended(t, w, author, d, "12 hộ")); err != nil {
		t.Fatal(err)
	}
	if err := w.app.ReviewReport(ctx, w.actor(author), sending(), d.ReportID, 3, withdrawal); verdict(err) != "conflict report.withdraw_judged" {
		t.Errorf("got %v, want a refusal", err)
	}
	if got, err := w.app.Report(ctx, w.actor(author), d.ReportID); err != nil || got.May(casework.WithdrawReport) || !got.May(casework.AmendReport) {
		t.Errorf("got %v, %v, want only to amend", got.Moves, err)
	}
}

// An author withdraws while a lead acknowledges and, in the other tab, amends, many times over: exactly one wins.
func TestWithdrawAndAcknowledgeAtOnce(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	lead := w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", ""})
	won := map[string]int{}
	for range 30 {
		d := reportOf(wHamlet, "2020-03-09")
		if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
			t.Fatal(err)
		}
		next := amended(t, w, author, d, "Nói rõ hơn")
		writing, reading := w.actor(author), w.actor(lead)
		verdicts := map[string]string{}
		var mu sync.Mutex
		var all sync.WaitGroup
		try := func(what string, do func() error) {
			all.Go(func() {
				got := verdict(do())
				mu.Lock()
				defer mu.Unlock()
				verdicts[what] = got
			})
		}
		try("withdraw", func() error { return w.app.ReviewReport(ctx, writing, sending(), d.ReportID, 1, withdrawal) })
		try("acknowledge", func() error {
			return w.app.ReviewReport(ctx, reading, sending(), d.ReportID, 1, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: casework.Useful})
		})
		try("amend", func() error { _, err := w.app.SubmitReport(ctx, writing, sending(), next); return err })
		all.Wait()
		winners := 0
		for what, got := range verdicts {
			if got == "ok" {
				winners++
				won[what]++
			} else if got != "conflict report.moved_on" && got != "conflict report.withdrawn_already" {
				t.Fatalf("%s: got %s", what, got)
			}
		}
		if winners != 1 {
			t.Fatalf("got %v, want exactly one to win", verdicts)
		}
	}
	t.Logf("won: %v", won)
	if n := w.count(`SELECT count(*) FROM reports r WHERE r.version <> 1 + (SELECT count(*) FROM report_events e WHERE e.report_id = r.id)
		OR (r.state = 'withdrawn') <> EXISTS (SELECT FROM report_events e WHERE e.report_id = r.id AND e.move = 'withdraw')`); n != 0 {
		t.Errorf("got %d reports whose history does not add up", n)
	}
}
