package app_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// verdict words an error as "kind field key", for comparisons.
func verdict(err error) string {
	f := fault.As(err)
	switch {
	case err == nil:
		return "ok"
	case f == nil:
		return err.Error()
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Key
	}
	return f.Kind.String() + " " + f.Key
}

func TestSubmitReport(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	lead := w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", ""})
	w.person("Bí Thư", held{"commune_lead", wCommune, "2020-01-01", ""})
	stranger := w.person("Người Khác", held{cadre.DistrictSupporter, wOtherHamlet, "2020-01-01", ""})
	d := reportOf(wGroup, "2020-03-09")
	d.Input.Content["rating_front"] = "good"
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	got, err := w.app.Report(ctx, w.actor(lead), d.ReportID)
	if err != nil {
		t.Fatal(err)
	}
	if got.Author != "Người Báo" || got.Desk != "Tiểu vùng I" || !slices.Equal(got.Told, []string{"Ủy Viên", "Bí Thư"}) ||
		got.Report.State != casework.ReportSubmitted || !got.CanRaise || len(got.Versions) != 1 || got.Grant.Post.Code != cadre.DistrictSupporter {
		t.Errorf("got %+v", got)
	}
	want := territory.Place{Locality: wGroup, Province: wProvince, District: wDistrict, Commune: wCommune, Hamlet: wHamlet}
	if got.Report.Place != want || got.Chain.Self().Name != "Tổ 1" || got.Report.Content["rating_front"] != "good" {
		t.Errorf("got place %+v in %v, want %+v", got.Report.Place, got.Chain, want)
	}
	if n := w.count(`SELECT count(*) FROM river.river_job WHERE kind = 'notify_report' AND args->>'report_id' = $1`, d.ReportID.String()); n != 1 {
		t.Errorf("got %d jobs, want 1", n)
	}
	if told, err := w.app.ReportTold(ctx, d.ReportID); err != nil || len(told) != 2 {
		t.Errorf("the job tells %v, %v, want two people", told, err)
	}
	for _, id := range []uuid.UUID{d.ReportID, uuid.New()} {
		if _, err := w.app.Report(ctx, w.actor(stranger), id); verdict(err) != "not found fault.not_found" {
			t.Errorf("a stranger asking for %s: got %v, want not found", id, err)
		}
	}
	list, err := w.app.Reports(ctx, w.actor(stranger), app.ReportFilter{}, app.ListPage{Limit: 10})
	if err != nil || len(list.Rows) != 0 {
		t.Errorf("a stranger's list: got %d rows, %v", len(list.Rows), err)
	}
}

func TestSubmitReportRefused(t *testing.T) {
	w := newReportWorld(t)
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""}, held{"commune_lead", wOtherCommune, "2019-01-01", "2019-02-01"})
	admin := w.person("Quản Trị", held{"district_admin", wDistrict, "2019-01-01", ""})
	tests := []struct {
		name    string
		account int64
		at      territory.LocalityID
		day     string
		change  func(*app.Draft)
		want    string
	}{
		{"foreign place", author, wOtherHamlet, "2020-03-01", nil, "locality report.locality_unknown"},
		{"no such place", author, 4711, "2020-03-01", nil, "locality report.locality_unknown"},
		{"its own hamlet's commune", author, wCommune, "2020-03-01", nil, "locality report.locality_unknown"},
		{"before the assignment", author, wHamlet, "2020-01-31", nil, "happened_on report.not_assigned_then"},
		{"tomorrow", author, wHamlet, "2020-03-11", nil, "happened_on report.day_future"},
		{"nothing written", author, wHamlet, "2020-03-01", func(d *app.Draft) { d.Input.Content["what"] = "" }, "what report.what_required"},
		{"administrator", admin, wHamlet, "2020-03-01", nil, "locality report.locality_unknown"},
		{"a version that is not there", author, wHamlet, "2020-03-01", func(d *app.Draft) { d.Version = 3 }, "conflict report.draft_gone"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := reportOf(tt.at, tt.day)
			if tt.change != nil {
				tt.change(&d)
			}
			_, err := w.app.SubmitReport(context.Background(), w.actor(tt.account), sending(), d)
			if got := verdict(err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if n := w.count(`SELECT count(*) FROM reports WHERE id = $1`, d.ReportID); n != 0 {
				t.Error("a refused report was kept as one that was sent")
			}
		})
	}
}

func TestRefusedReportIsKeptAsDraft(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	d, s := reportOf(wHamlet, "2020-01-15"), sending()
	for range 2 { // the same refused sending arrives twice
		version, err := w.app.SubmitReport(ctx, w.actor(author), s, d)
		if verdict(err) != "happened_on report.not_assigned_then" || version != 1 {
			t.Fatalf("got version %d and %v, want the draft's first version and the reason", version, err)
		}
	}
	form, err := w.app.DraftForm(ctx, w.actor(author), d.ReportID)
	if err != nil || form.Draft.Input.Content["what"] != d.Input.Content["what"] {
		t.Fatalf("got %+v, %v, want the text kept", form.Draft, err)
	}
	d.Version, d.Input.HappenedOn = 1, "2020-02-15"
	if _, err := w.app.SubmitReport(ctx, w.actor(author), s, d); err != nil { // the submission was not used up
		t.Fatal(err)
	}
	if n := w.count(`SELECT count(*) FROM report_drafts`); n != 0 {
		t.Errorf("got %d drafts after sending, want none", n)
	}
}

func TestSubmitReportOnce(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	actor, d, s := w.actor(author), reportOf(wHamlet, "2020-03-09"), sending()
	errs := make([]error, 20)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = w.app.SubmitReport(context.Background(), actor, s, d) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`SELECT count(*) FROM reports`, `SELECT count(*) FROM report_versions`, `SELECT count(*) FROM river.river_job`} {
		if n := w.count(sql); n != 1 {
			t.Errorf("%s: got %d, want 1", sql, n)
		}
	}
	other := s
	other.Body = []byte("another text")
	if _, err := w.app.SubmitReport(context.Background(), actor, other, d); verdict(err) != "conflict fault.submission_differs" {
		t.Errorf("the same submission with another text: got %v, want a conflict", err)
	}
	if _, err := w.app.SubmitReport(context.Background(), actor, sending(), d); verdict(err) != "conflict report.already_sent" {
		t.Errorf("the same report under another submission: got %v, want a conflict", err)
	}
	if err := w.app.SaveDraft(context.Background(), actor, sending(), d); verdict(err) != "conflict report.already_sent" {
		t.Errorf("a draft of a report that was sent: got %v, want a conflict", err)
	}
}

// Saving and sending the same report at once never leaves a draft of a report that was sent.
func TestSaveAndSubmitAtOnce(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	actor := w.actor(w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""}))
	for range 30 {
		d := reportOf(wHamlet, "2020-03-09")
		other := saying(d, "Tab khác")
		var submit, save error
		var both sync.WaitGroup
		both.Go(func() { _, submit = w.app.SubmitReport(ctx, actor, sending(), d) })
		both.Go(func() { save = w.app.SaveDraft(ctx, actor, sending(), other) })
		both.Wait()
		sent := submit == nil && verdict(save) == "conflict report.already_sent"
		kept := save == nil && verdict(submit) == "conflict report.draft_changed"
		if !sent && !kept {
			t.Fatalf("got submit %v and save %v, want one of them to win", submit, save)
		}
	}
	if n := w.count(`SELECT count(*) FROM report_drafts d JOIN reports r ON r.id = d.report_id`); n != 0 {
		t.Errorf("got %d drafts of reports that were sent, want none", n)
	}
}

// Twenty tabs send the same report, each under a submission of its own: one wins.
func TestSubmitReportFromManyTabs(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	actor, d := w.actor(author), reportOf(wHamlet, "2020-03-09")
	verdicts := make([]string, 20)
	var all sync.WaitGroup
	for i := range verdicts {
		all.Go(func() {
			_, err := w.app.SubmitReport(context.Background(), actor, sending(), d)
			verdicts[i] = verdict(err)
		})
	}
	all.Wait()
	slices.Sort(verdicts)
	if verdicts[19] != "ok" || slices.ContainsFunc(verdicts[:19], func(v string) bool { return v != "conflict report.already_sent" }) {
		t.Errorf("got %v, want one ok and nineteen conflicts", verdicts)
	}
}

func TestReportIDOfAnotherAuthor(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	other := w.person("Người Khác", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	draft, sent := reportOf(wHamlet, "2020-03-09"), reportOf(wHamlet, "2020-03-09")
	if err := w.app.SaveDraft(ctx, w.actor(author), sending(), draft); err != nil {
		t.Fatal(err)
	}
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), sent); err != nil {
		t.Fatal(err)
	}
	for name, d := range map[string]app.Draft{"draft": draft, "report": sent} {
		for _, version := range []int{0, 1} {
			d.Version = version
			_, submit := w.app.SubmitReport(ctx, w.actor(other), sending(), d)
			save := w.app.SaveDraft(ctx, w.actor(other), sending(), d)
			discard := w.app.DiscardDraft(ctx, w.actor(other), sending(), d.ReportID, version)
			_, form := w.app.DraftForm(ctx, w.actor(other), d.ReportID)
			for what, err := range map[string]error{"submit": submit, "save": save, "discard": discard, "open": form} {
				if verdict(err) != "not found fault.not_found" {
					t.Errorf("%s on another one's %s: got %v, want not found", what, name, err)
				}
			}
		}
	}
	if drafts, err := w.app.Drafts(ctx, w.actor(other)); err != nil || len(drafts) != 0 {
		t.Errorf("another one's drafts: got %d, %v, want none", len(drafts), err)
	}
	if n := w.count(`SELECT count(*) FROM report_drafts WHERE version = 1`); n != 1 {
		t.Errorf("got %d untouched drafts, want 1", n)
	}
}
