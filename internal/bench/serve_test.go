package bench_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/territory"
	"banam/internal/testdb"
)

// serve listens for the time of a test.
func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// submitForm gives the form of a report of the secretary's commune, with ids of its own each time.
func submitForm(t testing.TB, db *testdb.DB) func() url.Values {
	t.Helper()
	var place string
	if err := db.Owner.QueryRow(t.Context(), `SELECT s.locality_id::text FROM assignments s JOIN accounts a ON a.cadre_id = s.cadre_id AND a.login = 'bithu' LIMIT 1`).
		Scan(&place); err != nil {
		t.Fatal(err)
	}
	return func() url.Values {
		return url.Values{
			"submission_id": {uuid.NewString()}, "report_id": {uuid.Must(uuid.NewV7()).String()}, "version": {"0"}, "kind": {"situation"}, "action": {"send"},
			"locality": {place}, "happened_on": {territory.DayOf(time.Now()).String()}, "what": {"Kiểm tra bờ bao trước rằm: 3 chỗ thấp, đã đắp bao đất 40 m."}, "hinted": {"1"},
			"difficulties": {"Thiếu đất đắp, phải mua xa 4 km."}, "proposals": {"Xin 300 bao tải dự phòng."},
		}
	}
}
