package app_test

import (
	"context"
	"sync"
	"testing"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
)

// amended is the form of an amendment as its author gets it, with other words.
func amended(t *testing.T, w *reportWorld, author int64, sent app.Draft, words string) app.Draft {
	t.Helper()
	form, err := w.app.DraftForm(context.Background(), w.actor(author), sent.ReportID)
	if err != nil {
		t.Fatal(err)
	}
	form.Draft.Input.Content["what"] = words
	return *form.Draft
}

func TestAmendReport(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""}, held{cadre.DistrictSupporter, wHamlet2, "2020-02-01", ""})
	lead := w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", ""})
	other := w.person("Người Khác", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	d := reportOf(wHamlet, "2020-03-09")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	if _, err := w.app.DraftForm(ctx, w.actor(other), d.ReportID); verdict(err) != "not found fault.not_found" {
		t.Errorf("another one opens the form of an amendment: got %v, want not found", err)
	}
	stale := amended(t, w, author, d, "Bản sửa chậm")
	returned := casework.ReportRequest{Move: casework.ReturnReport, Reason: "Bao nhiêu hộ?"}
	if err := w.app.ReviewReport(ctx, w.actor(lead), sending(), d.ReportID, 1, returned); err != nil {
		t.Fatal(err)
	}
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), stale); verdict(err) != "conflict report.moved_on" {
		t.Errorf("an amendment of what was returned meanwhile: got %v, want a conflict", err)
	}
	next := amended(t, w, author, d, "12 hộ thiếu nước")
	next.Input.Locality = "6"
	if err := w.app.SaveDraft(ctx, w.actor(author), sending(), next); err != nil {
		t.Fatal(err)
	}
	if list, err := w.app.Drafts(ctx, w.actor(author)); err != nil || len(list) != 1 || !list[0].Amends {
		t.Errorf("got drafts %v, %v, want one that amends", list, err)
	}
	next = amended(t, w, author, d, "12 hộ thiếu nước")
	if next.Version != 1 || next.Base != 2 || next.Input.Locality != "6" {
		t.Errorf("got the draft %+v, want the stored one", next)
	}
	s := sending()
	for range 2 { // sent twice it is one amendment
		if _, err := w.app.SubmitReport(ctx, w.actor(author), s, next); err != nil {
			t.Fatal(err)
		}
	}
	got, err := w.app.Report(ctx, w.actor(lead), d.ReportID)
	if err != nil {
		t.Fatal(err)
	}
	if r := got.Report; r.State != casework.ReportSubmitted || r.Number != 2 || r.Version != 3 || r.Place.Locality != wHamlet2 || r.Content["what"] != "12 hộ thiếu nước" {
		t.Errorf("got %+v, want the amended report, waiting again", r)
	}
	if len(got.Versions) != 2 || got.Versions[1].Place != "Ấp 1" || got.Versions[0].Place != "Ấp 2" || len(got.Events) != 2 {
		t.Errorf("got versions %+v and events %+v", got.Versions, got.Events)
	}
	if n := w.count(`SELECT count(*) FROM report_drafts`); n != 0 {
		t.Errorf("got %d drafts after the amendment, want none", n)
	}
	if err := w.app.ReviewReport(ctx, w.actor(lead), sending(), d.ReportID, 2, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: casework.Useful}); verdict(err) != "conflict report.moved_on" {
		t.Errorf("acknowledging what was amended under one's hands: got %v, want a conflict", err)
	}
	late := amended(t, w, author, d, "Việc mới")
	late.Input.HappenedOn = "2020-03-12"
	w.set("2020-03-12 09:00")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), late); verdict(err) != "happened_on report.day_after_first" {
		t.Errorf("an amendment that tells of a later day: got %v", err)
	}
}

// An author amends while a reviewer decides, many times over: one of them wins whole, and what both did stands in order.
func TestAmendAndReviewAtOnce(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	lead := w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", ""})
	for range 30 {
		d := reportOf(wHamlet, "2020-03-09")
		if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
			t.Fatal(err)
		}
		next := amended(t, w, author, d, "Nói rõ hơn")
		writing, reading := w.actor(author), w.actor(lead)
		var amend, review error
		var both sync.WaitGroup
		both.Go(func() { _, amend = w.app.SubmitReport(ctx, writing, sending(), next) })
		both.Go(func() {
			review = w.app.ReviewReport(ctx, reading, sending(), d.ReportID, 1, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: casework.Useful})
		})
		both.Wait()
		if (amend == nil) == (review == nil) || verdict(amend) != "ok" && verdict(amend) != "conflict report.moved_on" || verdict(review) != "ok" && verdict(review) != "conflict report.moved_on" {
			t.Fatalf("got amendment %v and review %v, want one to win", amend, review)
		}
	}
	if n := w.count(`SELECT count(*) FROM reports r WHERE r.version <> 1 + (SELECT count(*) FROM report_events e WHERE e.report_id = r.id)
		OR r.number <> (SELECT count(*) FROM report_versions v WHERE v.report_id = r.id)`); n != 0 {
		t.Errorf("got %d reports whose history does not add up", n)
	}
}

// A report does not move to another commune: who reads there would read what it said before.
func TestAmendmentStaysInItsCommune(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := t.Context()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""}, held{cadre.DistrictSupporter, wOtherHamlet, "2020-02-01", ""})
	foreign := w.person("Bí Thư B", held{"commune_lead", wOtherCommune, "2020-01-01", ""})
	d := reportOf(wHamlet, "2020-03-09")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	next := amended(t, w, author, d, "Việc khác")
	next.Input.Locality = "9"
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), next); verdict(err) != "locality report.place_elsewhere" {
		t.Errorf("got %s, want a refusal at the place", verdict(err))
	}
	if _, err := w.app.Report(ctx, w.actor(foreign), d.ReportID); verdict(err) != "not found fault.not_found" {
		t.Errorf("the secretary of the other commune: got %v", err)
	}
}
