package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestReportIsReviewed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.report(t, "cbhuyen", "Nước mặn vào sâu", true)
	report := "/reports/" + id
	author, lead, secretary := s.client(t, "cbhuyen"), s.client(t, "tieuvung1"), s.client(t, "bithu")
	_, body := s.get(t, secretary, report)
	if page := parse(t, body); page.Find(".review-form").Length() != 0 || page.Find(`form[action="`+report+`/moves/comment"]`).Length() != 1 {
		t.Error("the secretary, who only gets a copy, is offered to acknowledge, or cannot comment")
	}
	_, body = s.get(t, lead, report)
	if got := parse(t, body).Find(`.review-form input[name="usefulness"]`).Length(); got != 3 {
		t.Errorf("the receiving desk is offered %d steps of usefulness, want 3", got)
	}
	send := func(client *http.Client, move string, form url.Values) (int, string) {
		t.Helper()
		form.Set("submission_id", uuid.NewString())
		status, _, body := s.post(t, client, report+"/moves/"+move, form)
		return status, body
	}
	if status, body := send(lead, "return", url.Values{"version": {"1"}}); status != http.StatusUnprocessableEntity || parse(t, body).Find("#f-reason[aria-invalid]").Length() != 1 {
		t.Errorf("returning without a reason: got %d", status)
	}
	if status, _ := send(lead, "return", url.Values{"version": {"1"}, "reason": {"Bao nhiêu hộ?"}}); status != http.StatusSeeOther {
		t.Fatalf("returning: got %d", status)
	}
	_, body = s.get(t, author, report)
	if page := parse(t, body); !strings.Contains(page.Find(".returned").Text(), "Bao nhiêu hộ?") || page.Find(`.returned a[href="`+report+`/edit"]`).Length() != 1 {
		t.Error("the author does not see why the report came back, or cannot mend it")
	}
	_, body = s.get(t, author, report+"/edit")
	page := parse(t, body)
	if got := page.Find(`textarea[name="what"]`).Text(); got != "Nước mặn vào sâu" || page.Find(`input[name="base"]`).AttrOr("value", "") != "2" {
		t.Fatalf("the form of the amendment has %q", got)
	}
	form := url.Values{"submission_id": {uuid.NewString()}, "version": {"0"}, "base": {"1"}, "kind": {"situation"}, "locality": {placeID(s.actor(t, "cbhuyen"))},
		"happened_on": {s.actor(t, "cbhuyen").Today().String()}, "what": {"Nước mặn vào sâu, 12 hộ thiếu nước"}, "action": {"send"}}
	status, _, body := s.post(t, author, report+"/edit", form)
	page = parse(t, body)
	if status != http.StatusConflict || !strings.Contains(page.Find(".conflict").Text(), "Bao nhiêu hộ?") || page.Find(`input[name="base"]`).AttrOr("value", "") != "2" ||
		!strings.Contains(page.Find(`textarea[name="what"]`).Text(), "12 hộ") {
		t.Errorf("an amendment of an older version: got %d, want a conflict with what happened and the text kept", status)
	}
	form.Set("base", "2")
	form.Set("submission_id", uuid.NewString())
	if status, to, _ := s.post(t, author, report+"/edit", form); status != http.StatusSeeOther || to != report {
		t.Fatalf("amending: got %d to %q", status, to)
	}
	_, body = s.get(t, lead, report+"/changes")
	if got := strings.TrimSpace(parse(t, body).Find("ins").Last().Text()); !strings.Contains(got, "12 hộ thiếu nước") {
		t.Errorf("the changes show %q as added", got)
	}
	status, body = send(lead, "acknowledge", url.Values{"version": {"2"}, "usefulness": {"3"}, "reason": {"Đã rõ"}})
	if page := parse(t, body); status != http.StatusConflict || page.Find(".conflict li").Length() == 0 || page.Find("textarea").Text() != "Đã rõ" {
		t.Errorf("acknowledging a version that was amended: got %d, want a conflict that shows what happened and keeps the words", status)
	}
	if status, _ := send(lead, "acknowledge", url.Values{"version": {"3"}, "usefulness": {"3"}, "reason": {"Đã rõ"}}); status != http.StatusSeeOther {
		t.Errorf("acknowledging: got %d", status)
	}
	_, body = s.get(t, author, report)
	if text := parse(t, body).Find("main").Text(); !strings.Contains(text, "Đã tiếp nhận") || !strings.Contains(text, "Rất hữu ích") || !strings.Contains(text, "Đã rõ") {
		t.Error("the author does not see the acknowledgement")
	}
	if status, _ := send(author, "acknowledge", url.Values{"version": {"4"}, "usefulness": {"3"}}); status != http.StatusForbidden {
		t.Errorf("acknowledging one's own: got %d, want 403", status)
	}
}
