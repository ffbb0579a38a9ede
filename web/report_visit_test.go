package web_test

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/territory"
)

// visitCanary stands in everything that a visit says about its household.
const visitCanary = "gãy cầu Lá Sen 7313"

// visitForm is what somebody types about a visit at the group.
func (s *site) visitForm(group int64, number string) url.Values {
	today := territory.DayOf(time.Now())
	return url.Values{
		"submission_id": {uuid.NewString()}, "report_id": {uuid.NewString()}, "version": {"0"}, "kind": {"household_visit"}, "action": {"send"}, "hinted": {"1"},
		"locality": {strconv.FormatInt(group, 10)}, "happened_on": {today.String()}, "household": {number}, "met": {"Người nhà " + visitCanary},
		"circumstances": {"Hoàn cảnh " + visitCanary}, "wishes": {"Mong " + visitCanary}, "needs": {"Cần " + visitCanary},
		"promise_1": {"Hứa " + visitCanary}, "promise_due_1": {today.Add(7).String()}, "difficulties": {"Đường vào tổ ngập 40 cm"},
	}
}

// visit has the commune's cadre of the demo visit the household with the canary, and gives the report.
func (s *site) visit(t *testing.T) (report string, group int64) {
	t.Helper()
	group = s.groupOf(t, "cbxa")
	if s.id(t, `SELECT count(*)::text FROM households WHERE head = $1`, houseCanary) == "0" {
		s.household(t, "cbxa", houseCanary)
	}
	form := s.visitForm(group, s.id(t, `SELECT number::text FROM households WHERE head = $1`, houseCanary))
	status, location, body := s.post(t, s.client(t, "cbxa"), "/reports/new", form)
	if status != http.StatusSeeOther || location != "/reports/"+form.Get("report_id") {
		t.Fatalf("got %d to %q: %s", status, location, parse(t, body).Find("main").Text())
	}
	return location, group
}

func TestVisitIsWritten(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.household(t, "cbxa", houseCanary)
	group := s.groupOf(t, "cbxa")
	number := s.id(t, `SELECT number::text FROM households WHERE id = $1`, id)
	client := s.client(t, "cbxa")
	path := "/reports/new?kind=household_visit&place=" + strconv.FormatInt(group, 10)
	open := parse(t, s.body(t, client, path))
	if got := open.Find(`select[name="household"] option[value="` + number + `"]`).Text(); !strings.Contains(got, houseCanary) {
		t.Errorf("the choice of households shows %q", got)
	}
	if n := s.id(t, `SELECT count(*)::text FROM household_reads WHERE purpose = 'list' AND households @> ARRAY[$1::uuid]`, id); n != "1" {
		t.Errorf("showing the choice made %s entries in the access log, want 1", n)
	}
	form := s.visitForm(group, "999")
	status, _, body := s.post(t, client, "/reports/new", form)
	again := parse(t, body)
	if status != http.StatusUnprocessableEntity || again.Find("#f-household-error").Length() != 1 || !strings.Contains(again.Find(`textarea[name="needs"]`).Text(), visitCanary) {
		t.Fatalf("a household that is none: status %d", status)
	}
	form.Set("household", number)
	form.Set("version", again.Find(`input[name="version"]`).First().AttrOr("value", ""))
	form.Set("submission_id", uuid.NewString())
	second := maps.Clone(form)
	status, report, body := s.post(t, client, "/reports/new", form)
	if status != http.StatusSeeOther {
		t.Fatalf("got %d: %s", status, parse(t, body).Find("main .error-summary").Text())
	}
	second.Set("submission_id", uuid.NewString())
	second.Set("needs", "Chữ của tab thứ hai")
	if status, _, body := s.post(t, client, "/reports/new", second); status != http.StatusConflict || !strings.Contains(body, "Chữ của tab thứ hai") {
		t.Errorf("the second tab: status %d, want a conflict with its text", status)
	}
	shown := parse(t, s.body(t, client, report))
	printed := shown.Find("main").Clone()
	printed.Find(".form, .page-actions, .no-print").Remove()
	for _, want := range []string{"Hoàn cảnh " + visitCanary, "Hứa " + visitCanary, houseCanary, "Đường vào tổ ngập 40 cm"} {
		if !strings.Contains(printed.Text(), want) {
			t.Errorf("the author's page and its print lack %q", want)
		}
	}
	edit := parse(t, s.body(t, client, report+"/edit"))
	if got := edit.Find(`textarea[name="circumstances"]`).Text(); !strings.Contains(got, visitCanary) {
		t.Errorf("an amendment begins with %q", got)
	}
	change := s.visitForm(group, number)
	change.Set("base", "1")
	change.Set("needs", "Cần thêm con giống "+visitCanary)
	change.Set("promise_due_1", territory.DayOf(time.Now()).Add(3).String())
	if status, _, body := s.post(t, client, report+"/edit", change); status != http.StatusSeeOther {
		t.Fatalf("amending: got %d: %s", status, parse(t, body).Find("main").Text())
	}
	if got := parse(t, s.body(t, client, report+"/changes")).Find("main ins").Text(); !strings.Contains(got, "thêm con giống") {
		t.Errorf("the author's comparison shows %q", got)
	}
	if n := s.id(t, `SELECT count(*)::text FROM report_promises WHERE due_on = $1`, territory.DayOf(time.Now()).Add(3)); n != "1" {
		t.Errorf("got %s promises of the new day, want 1", n)
	}
	if n := s.id(t, `SELECT concat_ws('/', (SELECT count(*) FROM report_visits), (SELECT count(*) FROM report_versions WHERE report_id = $1))`, strings.TrimPrefix(report, "/reports/")); n != "2/2" {
		t.Errorf("got visits and versions %s, want one of each for both sendings", n)
	}
}

// TestVisitCanaries looks for the words about a household wherever a report goes: only those who may see the household's data find them,
// and those only on the pages of the report itself.
func TestVisitCanaries(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	report, group := s.visit(t)
	s.makeOutsiders(t)
	client := s.client(t, "cbxa")
	change := s.visitForm(group, s.id(t, `SELECT household_number::text FROM report_visits LIMIT 1`))
	change.Set("base", "1")
	change.Set("needs", "Cần nữa "+visitCanary)
	if status, _, _ := s.post(t, client, report+"/edit", change); status != http.StatusSeeOther {
		t.Fatalf("amending: got %d", status)
	}
	for login, want := range map[string]bool{"cbxa": true, "bithu": true, "dangvien": true, "cbhuyen": true, "tieuvung1": false, "huyenuy": false, "tinhuy": false, "huyenuyvien": false, "cbtinh": false} {
		client := s.client(t, login)
		for _, path := range []string{report, report + "/changes"} {
			status, body := s.get(t, client, path)
			if status != http.StatusOK || strings.Contains(body, visitCanary) != want {
				t.Errorf("%s at %s: status %d, shows the household's part: %t, want %t", login, path, status, !want, want)
			}
		}
		if body := s.body(t, client, report); strings.Contains(body, houseCanary) != want || !strings.Contains(body, "Đường vào tổ ngập 40 cm") {
			t.Errorf("%s: the name shows: %t, want %t, and the difficulty that everybody reads", login, !want, want)
		} else if redacted := parse(t, body).Find("main .redacted").Length() == 1; redacted == want {
			t.Errorf("%s is told that something is left out: %t, want %t", login, redacted, !want)
		}
		for _, path := range []string{"/", "/reports", "/reports?kind=household_visit", "/search?q=la+sen+7313&all=1", "/reports?q=7313", "/notices", "/reports/drafts", report + "/moves/comment", "/places/" + strconv.FormatInt(group, 10)} {
			if _, body := s.get(t, client, path); strings.Contains(strings.NewReplacer("<mark>", "", "</mark>", "").Replace(body), visitCanary) || strings.Contains(body, houseCanary) {
				t.Errorf("%s finds the household's part at %s", login, path)
			}
		}
		for _, format := range []string{"csv", "xlsx"} {
			if _, _, body := s.post(t, client, "/reports/export", url.Values{"format": {format}}); strings.Contains(body, visitCanary) {
				t.Errorf("%s exports the household's part as %s", login, format)
			}
		}
	}
	for _, login := range []string{"bithu2", "tieuvung2", "admin", "former", "future"} {
		client := s.client(t, login)
		for _, path := range []string{report, report + "/changes", report + "/edit"} {
			if status, body := s.get(t, client, path); status != http.StatusNotFound && status != http.StatusForbidden || strings.Contains(body, visitCanary) {
				t.Errorf("%s at %s: status %d", login, path, status)
			}
		}
	}
	s.post(t, s.client(t, "bithu"), report+"/moves/comment", url.Values{"submission_id": {uuid.NewString()}, "version": {"2"}, "reason": {"Đã đọc"}})
	everything := s.id(t, `SELECT concat((SELECT string_agg(concat(r.content, r.summary, r.words), ' ') FROM reports r), (SELECT string_agg(v.content::text, ' ') FROM report_versions v),
		(SELECT string_agg(n::text, ' ') FROM notices n), (SELECT string_agg(a::text, ' ') FROM audit_entries a), (SELECT string_agg(p::text, ' ') FROM report_promises p), (SELECT string_agg(r::text, ' ') FROM household_reads r))`)
	if strings.Contains(everything, visitCanary) || strings.Contains(everything, "Lá Sen") {
		t.Error("what a visit says about the household is kept outside of its own table")
	}
}

// The second line: without saying which reports it is about, the application's role sees no visit and writes none; nobody changes one.
func TestVisitsBehindTheSecondLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	report, _ := s.visit(t)
	pool := s.appPool(t)
	var n int
	if err := pool.QueryRow(context.Background(), `SELECT count(*) FROM report_visits`).Scan(&n); err != nil || n != 0 {
		t.Errorf("got %d visits, %v, want none to be seen", n, err)
	}
	if err := pool.QueryRow(context.Background(), `SELECT count(*) FROM visit_households($1)`, strings.TrimPrefix(report, "/reports/")).Scan(&n); err != nil || n != 1 {
		t.Errorf("got %d ids, %v, want the one household by its id", n, err)
	}
	if _, err := pool.Exec(context.Background(), `UPDATE report_visits SET content = '{}'`); err == nil {
		t.Error("the application can change a visit")
	}
	if _, err := pool.Exec(context.Background(), `INSERT INTO report_visits SELECT report_id, number, gen_random_uuid(), 1, 1, '{}' FROM report_versions LIMIT 1`); err == nil {
		t.Error("a visit can be written without saying of which report")
	}
}

func TestVisitIsNotEverybodys(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.household(t, "cbxa", houseCanary)
	group := s.groupOf(t, "cbxa")
	number := s.id(t, `SELECT number::text FROM households WHERE id = $1`, id)
	for _, login := range []string{"cbtinh", "tieuvung1", "huyenuyvien", "bithu2"} { // who see numbers only, or nothing
		client := s.client(t, login)
		status, body := s.get(t, client, "/reports/new?kind=household_visit&place="+strconv.FormatInt(group, 10))
		if strings.Contains(body, houseCanary) {
			t.Errorf("%s is shown the households (status %d)", login, status)
		}
		form := s.visitForm(group, number)
		if status, _, _ := s.post(t, client, "/reports/new", form); status != http.StatusUnprocessableEntity {
			t.Errorf("%s writes a visit: status %d, want 422", login, status)
		}
	}
	if n := s.id(t, `SELECT count(*)::text FROM reports`); n != "0" {
		t.Errorf("got %s reports, want none", n)
	}
}

func TestPromiseIsKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	report, _ := s.visit(t)
	author := s.client(t, "cbxa")
	if got := parse(t, s.body(t, author, "/")).Find(`main a[href="` + report + `#promises"]`).Length(); got != 1 {
		t.Errorf("the home page has the promise %d times, want once", got)
	}
	keep := func() url.Values { return url.Values{"submission_id": {uuid.NewString()}, "position": {"1"}} }
	for login, want := range map[string]int{"bithu": http.StatusForbidden, "cbhuyen": http.StatusForbidden, "huyenuy": http.StatusForbidden, "bithu2": http.StatusNotFound} {
		if status, _, _ := s.post(t, s.client(t, login), report+"/promises", keep()); status != want {
			t.Errorf("%s: status %d, want %d", login, status, want)
		}
	}
	if parse(t, s.body(t, s.client(t, "bithu"), report)).Find(`main form[action$="/promises"]`).Length() != 0 {
		t.Error("the commune's lead is offered to keep a promise of somebody else")
	}
	if status, _, _ := s.post(t, author, report+"/promises", url.Values{"submission_id": {uuid.NewString()}, "position": {"7"}}); status != http.StatusSeeOther {
		t.Errorf("a promise that is none: status %d", status)
	}
	for range 2 { // the second time it is done already
		if status, location, _ := s.post(t, author, report+"/promises", keep()); status != http.StatusSeeOther || location != report+"#promises" {
			t.Errorf("got %d to %q", status, location)
		}
	}
	if n := s.id(t, `SELECT count(*)::text FROM report_promises WHERE done_on = $1`, territory.DayOf(time.Now())); n != "1" {
		t.Errorf("got %s promises done, want 1", n)
	}
	if got := parse(t, s.body(t, author, "/")).Find(`main a[href="` + report + `#promises"]`).Length(); got != 0 {
		t.Error("the home page still has it")
	}
}

// appPool connects as the application does.
func (s *site) appPool(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool, err := pgxpool.New(t.Context(), s.db.AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}
