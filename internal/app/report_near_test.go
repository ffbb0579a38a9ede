package app_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"

	"banam/internal/app"
	"banam/internal/cadre"
)

// Long texts are compared by their beginnings; short ones whole. A report that was withdrawn is nothing that another one repeats.
func TestNearCopies(t *testing.T) {
	t.Parallel()
	w := newReportWorld(t)
	ctx := context.Background()
	author := w.person("Người Báo", held{cadre.DistrictSupporter, wHamlet, "2020-02-01", ""})
	letters := func(n int, seed uint32) string { // words that have little in common
		var b strings.Builder
		for b.Len() < n {
			seed = seed*1664525 + 1013904223
			b.WriteString(strconv.FormatUint(uint64(seed), 36) + " ")
		}
		return b.String()
	}
	long := letters(6000, 1)
	sent := saying(reportOf(wHamlet, "2020-03-09"), long)
	if _, err := w.app.SubmitReport(ctx, w.actor(author), sending(), sent); err != nil {
		t.Fatal(err)
	}
	near := func(text string) bool {
		t.Helper()
		d := saying(reportOf(wHamlet, "2020-03-10"), text)
		d.Ask = true
		d.Input.Content["difficulties"] = "Ấp không đủ 12 triệu."
		_, err := w.app.SubmitReport(ctx, w.actor(author), sending(), d)
		if hints, ok := errors.AsType[app.ReportHints](err); ok {
			return hints.Near != nil && hints.Near.ID == sent.ReportID
		}
		if err != nil {
			t.Fatal(err)
		}
		return false
	}
	if !near(long + " thêm vài chữ") {
		t.Error("a long report sent again is not noticed")
	}
	if near(letters(6000, 2)) {
		t.Error("another long report is taken for a copy")
	}
	if err := w.app.ReviewReport(ctx, w.actor(author), sending(), sent.ReportID, 1, withdrawal); err != nil {
		t.Fatal(err)
	}
	if near(long) {
		t.Error("what was withdrawn counts as an earlier report")
	}
}
