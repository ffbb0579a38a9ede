package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestReportIsWithdrawn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	words := "Nước mặn vào sâu 4 km ở đầu kênh, mười hai hộ cuối kênh thiếu nước ngọt để ăn uống"
	id := s.report(t, "cbhuyen", words, true)
	report := "/reports/" + id
	issue := s.raise(t, "cbhuyen", "Cống hư")
	s.exec(t, `INSERT INTO issue_reports (issue_id, report_id) VALUES ($1, $2)`, issue, id)
	author, lead, secretary := s.client(t, "cbhuyen"), s.client(t, "tieuvung1"), s.client(t, "bithu")
	counted := func() string {
		t.Helper()
		return strings.Join(strings.Fields(parse(t, s.body(t, lead, "/")).Find("main").Text()), " ")
	}
	if !strings.Contains(counted(), words[:30]) {
		t.Fatal("the receiving desk's home page does not show what waits")
	}
	page := parse(t, s.body(t, author, report))
	if page.Find(`a[href="`+report+`/moves/withdraw"]`).Length() != 1 {
		t.Error("the author is not offered to withdraw")
	}
	for login, client := range map[string]*http.Client{"tieuvung1": lead, "bithu": secretary} {
		if parse(t, s.body(t, client, report)).Find(`a[href="`+report+`/moves/withdraw"]`).Length() != 0 {
			t.Errorf("%s is offered to withdraw", login)
		}
		if status, _ := s.get(t, client, report+"/moves/withdraw"); status != http.StatusForbidden {
			t.Errorf("%s opens the form: got %d, want 403", login, status)
		}
	}
	send := func(client *http.Client, version, reason string) (int, string) {
		t.Helper()
		status, _, body := s.post(t, client, report+"/moves/withdraw", url.Values{"submission_id": {uuid.NewString()}, "version": {version}, "reason": {reason}})
		return status, body
	}
	if status, body := send(author, "1", ""); status != http.StatusUnprocessableEntity || parse(t, body).Find("#f-reason[aria-invalid]").Length() != 1 {
		t.Errorf("without a reason: got %d, want 422 at the field", status)
	}
	if status, _ := send(secretary, "1", "x"); status != http.StatusForbidden {
		t.Errorf("by the secretary: got %d, want 403", status)
	}
	if status, _ := send(s.client(t, "bithu2"), "1", "x"); status != http.StatusNotFound {
		t.Errorf("by the secretary of another commune: got %d, want 404", status)
	}
	if status, _ := send(author, "1", "Ghi nhầm ấp"); status != http.StatusSeeOther {
		t.Fatalf("got %d, want 303", status)
	}
	if status, body := send(author, "1", "Lần nữa"); status != http.StatusConflict || !strings.Contains(body, "Lần nữa") {
		t.Errorf("withdrawing again: got %d, want a conflict with the words kept", status)
	}
	for login, client := range map[string]*http.Client{"author": author, "tieuvung1": lead, "bithu": secretary} {
		text := parse(t, s.body(t, client, report)).Find("main").Text()
		if !strings.Contains(text, "Ghi nhầm ấp") || !strings.Contains(text, "đã được người viết rút lại") || !strings.Contains(text, words) {
			t.Errorf("%s does not read the report as withdrawn with the reason", login)
		}
	}
	if got := parse(t, s.body(t, lead, "/search?q=nuoc+man+vao+sau+4+km+o+dau+kenh")).Find(`main li:has(a[href="` + report + `"])`).Text(); !strings.Contains(got, "Đã rút") {
		t.Errorf("a search finds it as %q, want it marked", got)
	}
	if got := parse(t, s.body(t, lead, "/issues/"+issue)).Find(`main li:has(a[href="` + report + `"])`).Text(); !strings.Contains(got, "Đã rút") {
		t.Errorf("the issue raised from it leads to it as %q, want it kept and marked", got)
	}
	if strings.Contains(counted(), words[:30]) {
		t.Error("it still stands on the home page of its desk")
	}
	_, body := s.get(t, lead, "/reports?state=withdrawn")
	if row := parse(t, body).Find("main tbody tr"); row.Length() != 1 || !strings.Contains(row.Text(), "Đã rút") {
		t.Errorf("the list of withdrawn reports has %d rows", row.Length())
	}
	if status, _ := s.get(t, author, "/issues/new?report="+id); status != http.StatusNotFound {
		t.Errorf("raising an issue from it: got %d, want 404", status)
	}
	s.writtenAnew(t, author, report, words)
}

// writtenAnew has the author of a withdrawn report write another one from its text.
func (s *site) writtenAnew(t *testing.T, author *http.Client, report, words string) {
	t.Helper()
	page := parse(t, s.body(t, author, report))
	if page.Find(`.returned a[href="`+report+`/edit"]`).Length() != 1 {
		t.Error("the author is not led to write another one")
	}
	form := parse(t, s.body(t, author, report+"/edit")).Find("form#report")
	value := func(name string) string { return form.Find(`[name="`+name+`"]`).AttrOr("value", "") }
	if form.AttrOr("action", "") != "/reports/new" || value("base") != "0" || value("report_id") == strings.TrimPrefix(report, "/reports/") ||
		form.Find(`textarea[name="what"]`).Text() != words {
		t.Fatalf("the form goes to %s as %s on version %s", form.AttrOr("action", ""), value("report_id"), value("base"))
	}
	fields := url.Values{"what": {words}, "difficulties": {words}, "happened_on": {value("happened_on")}, "locality": {placeID(s.actor(t, "cbhuyen"))}, "kind": {"situation"}, "action": {"send"}}
	for _, name := range []string{"submission_id", "report_id", "version", "base"} {
		fields.Set(name, value(name))
	}
	status, to, body := s.post(t, author, "/reports/new", fields) // what was withdrawn is no earlier report that it copies
	if status != http.StatusSeeOther || to == report {
		t.Errorf("sending it: got %d to %q: %s", status, to, parse(t, body).Find("main .conflict").Text())
	}
	late := url.Values{"submission_id": {uuid.NewString()}, "version": {"0"}, "base": {"1"}, "kind": {"situation"}, "what": {"Sửa muộn"}, "action": {"save"},
		"happened_on": {value("happened_on")}, "locality": {placeID(s.actor(t, "cbhuyen"))}}
	status, _, body = s.post(t, author, report+"/edit", late)
	if again := parse(t, body); status != http.StatusConflict || again.Find(`textarea[name="what"]`).Text() != "Sửa muộn" || again.Find("form#report").AttrOr("action", "") != "/reports/new" {
		t.Errorf("saving an amendment of it: got %d, want a conflict whose form makes a new report", status)
	}
}

// What is withdrawn counts nowhere: not as the last word from a place, not in the months of its author, not in a monthly report, not
// against what is owed.
func TestWithdrawnCountsNowhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	actor := s.actor(t, "cbhuyen")
	s.exec(t, `DELETE FROM issue_reports`) // the demo's own reports do not disturb the counts
	s.exec(t, `UPDATE reports SET state = 'withdrawn' WHERE author_id = $1`, int64(actor.CadreID))
	client := s.client(t, "cbhuyen")
	before := map[string]string{}
	paths := map[string]*http.Client{
		"/": client, "/reports/new?kind=monthly&place=" + placeID(actor): client, "/reports/new": client,
		"/reports/owed": s.client(t, "bithu"), "/places/" + placeID(actor): s.client(t, "bithu"),
	}
	look := func(path string, client *http.Client) string {
		page := parse(t, s.body(t, client, path))
		page.Find("input[type=hidden], .top, footer").Remove()
		return strings.Join(strings.Fields(page.Find("main").Text()), " ")
	}
	for path, client := range paths {
		before[path] = look(path, client)
	}
	id := s.report(t, "cbhuyen", "Nước mặn vào sâu 4 km", true)
	changed := 0
	for path, client := range paths {
		if look(path, client) != before[path] {
			changed++
		}
	}
	if changed < 4 {
		t.Errorf("a report that counts changed %d of %d pages", changed, len(paths))
	}
	if status, to, _ := s.post(t, client, "/reports/"+id+"/moves/withdraw", url.Values{"submission_id": {uuid.NewString()}, "version": {"1"}, "reason": {"nhầm"}}); status != http.StatusSeeOther {
		t.Fatalf("got %d to %q", status, to)
	}
	s.get(t, client, "/reports/"+id) // takes the flash away
	for path, client := range paths {
		if got := look(path, client); got != before[path] {
			t.Errorf("%s still counts it:\n%s\nwant\n%s", path, got, before[path])
		}
	}
}
