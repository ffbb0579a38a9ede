package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestEditOfWhatIsNotMine sends a report to ids that are not the author's: all look alike, and the text comes back.
func TestEditOfWhatIsNotMine(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	other, sent := site.report(t, "bithu2", "Nháp của người khác", false), site.report(t, "bithu2", "Của người khác", true)
	client := site.client(t, "cbhuyen")
	bodies := map[string]bool{}
	for _, id := range []string{other, sent, uuid.NewString()} {
		status, _, body := site.post(t, client, "/reports/"+id+"/edit", url.Values{
			"submission_id": {uuid.NewString()}, "version": {"1"}, "action": {"send"}, "kind": {"situation"}, "what": {"Chữ của tôi"},
		})
		if status != http.StatusNotFound {
			t.Errorf("got %d, want 404", status)
		}
		if !strings.Contains(body, "Chữ của tôi") {
			t.Error("the typed text is lost")
		}
		bodies[strings.ReplaceAll(body, id, "ID")] = true
	}
	if len(bodies) != 1 {
		t.Errorf("got %d different pages, want one for all that is not the author's", len(bodies))
	}
}
