package app_test

import (
	"context"
	"testing"

	"banam/internal/cadre"
	"banam/internal/casework"
)

func TestReviewReport(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	lead := w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", ""})
	secretary := w.person("Bí Thư", held{"commune_lead", wCommune, "2020-01-01", ""})
	stranger := w.person("Người Khác", held{cadre.DistrictSupporter, wOtherHamlet, "2020-01-01", ""})
	d := reportOf(wGroup, "2020-03-09")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	ack := casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: casework.VeryUseful, Reason: "Rõ."}
	for _, tt := range []struct {
		who  int64
		r    casework.ReportRequest
		want string
	}{
		{stranger, ack, "not found fault.not_found"}, {author, ack, "forbidden report.review_own"}, {secretary, ack, "forbidden report.review_not_yours"},
		{lead, casework.ReportRequest{Move: casework.ReturnReport}, "reason report.reason_required"},
		{secretary, casework.ReportRequest{Move: casework.CommentReport, Reason: "Đã rõ"}, "ok"},
		{lead, ack, "ok"}, {lead, ack, "conflict report.moved_on"},
	} {
		if got := verdict(w.app.ReviewReport(ctx, w.actor(tt.who), sending(), d.ReportID, 1, tt.r)); got != tt.want {
			t.Errorf("%s by %d: got %s, want %s", tt.r.Move, tt.who, got, tt.want)
		}
	}
	if n := w.count(`SELECT count(*) FROM reports WHERE state = 'acknowledged' AND usefulness = 3 AND version = 3 AND desk_id = $1`, wSubregion); n != 1 {
		t.Errorf("got %d reports as the last event left them, want 1", n)
	}
	for range 2 {
		for seq := 2; seq <= 3; seq++ {
			if err := w.app.DeliverReportEventNotices(ctx, d.ReportID, seq); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := w.count(`SELECT count(*) FROM notices WHERE kind IN ('report.comment', 'report.acknowledge')`); n != 3 {
		t.Errorf("got %d notices, want 3: the author twice, the desk once", n)
	}
}

func TestWaitingReportsLeaveVacantDesks(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	w.person("Ủy Viên", held{"subregion_lead", wSubregion, "2020-01-01", "2020-03-20"})
	w.person("Thường Trực", held{"district_lead", wDistrict, "2020-01-01", ""})
	d := reportOf(wHamlet, "2020-03-09")
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		at   string
		want int
	}{{"2020-03-19 09:00", 0}, {"2020-03-20 09:00", 1}, {"2020-03-20 09:05", 0}} {
		w.set(step.at)
		if n, err := w.app.PassWaitingReports(ctx); err != nil || n != step.want {
			t.Errorf("%s: got %d passed, %v, want %d", step.at, n, err, step.want)
		}
	}
	if n := w.count(`SELECT count(*) FROM reports WHERE desk_id = $1`, wDistrict); n != 1 {
		t.Errorf("got %d reports at the district, want 1", n)
	}
}
