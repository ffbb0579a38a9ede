package web_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/google/uuid"
)

// TestNumbersOutOfRange sends numbers that no column can hold: never a 500.
func TestNumbersOutOfRange(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	issue, client := site.raise(t, "cbhuyen", "Cống hư"), site.client(t, "bithu")
	const huge = "99999999999"
	for _, path := range []string{
		"/review?age=" + huge, "/review?severity=" + huge, "/review?place=" + huge, "/issues?severity=" + huge + "&place=" + huge,
		"/reports?place=" + huge, "/places/" + huge, "/issues/new?place=" + huge, "/reports/new?place=" + huge,
	} {
		if status, _ := site.get(t, client, path); status >= http.StatusInternalServerError {
			t.Errorf("GET %s: got %d", path, status)
		}
	}
	form := url.Values{
		"version": {huge}, "reason": {"x"}, "desk": {huge}, "asked": {huge}, "place": {huge}, "severity": {huge}, "locality": {huge}, "title": {"x"},
		"description": {"x"}, "field": {"roads"}, "what": {"x"}, "kind": {"situation"}, "happened_on": {"2020-03-01"}, "action": {"send"},
	}
	for _, path := range []string{
		"/issues/" + issue + "/moves/acknowledge", "/issues/" + issue + "/moves/comment", "/issues/" + issue + "/moves/send_down", "/issues/new", "/reports/new",
	} {
		form.Set("submission_id", uuid.NewString())
		if status, _, _ := site.post(t, client, path, form); status >= http.StatusInternalServerError {
			t.Errorf("POST %s: got %d", path, status)
		}
	}
}
