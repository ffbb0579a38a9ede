package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/territory"
)

// fields gives what a form would send as it stands.
func fieldsOf(t *testing.T, body string) url.Values {
	t.Helper()
	form := url.Values{}
	for _, e := range parse(t, body).Find("main form[method=post] input, main form[method=post] select").EachIter() {
		kind := e.AttrOr("type", "")
		_, checked := e.Attr("checked")
		if name := e.AttrOr("name", ""); name != "" && (checked || kind != "radio" && kind != "checkbox") {
			form.Set(name, e.AttrOr("value", ""))
		}
	}
	return form
}

func TestAssigningManyOnThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	commune := "/places/" + placeID(s.actor(t, "bithu"))
	group := placeID(s.actor(t, "cbxa"))
	person, other := s.person(t, "Lê Thị Hoà", "commune"), s.person(t, "Trần Văn Hai", "commune")
	if chooser := parse(t, s.body(t, admin, commune+"/assign-many")); chooser.Find("select[name=what] option").Length() < 2 || chooser.Find("datalist").Length() != 0 {
		t.Error("without a post there is nothing to choose it by")
	}
	body := s.body(t, admin, parse(t, s.body(t, admin, commune+"/assignments")).Find("a[href*=assign-many]").AttrOr("href", ""))
	page := parse(t, body)
	if page.Find("datalist option[value='Lê Thị Hoà']").Length() != 1 || page.Find("input[list=people]").Length() < 20 {
		t.Fatalf("got %d rows", page.Find("input[list=people]").Length())
	}
	form := fieldsOf(t, body)
	form.Set("cadre-"+group, "le thi hoa")
	status, _, body := s.post(t, admin, commune+"/assign-many", form)
	again := parse(t, body)
	if status != http.StatusUnprocessableEntity || again.Find("[name=reason][aria-invalid]").Length() != 1 || again.Find("[name=cadre-"+group+"]").AttrOr("value", "") != "le thi hoa" {
		t.Errorf("without a reason: got %d", status)
	}
	form.Set("reason", "phân công lại")
	wrong := with(form, "cadre-"+group, "Không Có Ai")
	status, _, body = s.post(t, admin, commune+"/assign-many", wrong)
	if again := parse(t, body); status != http.StatusUnprocessableEntity || again.Find(".error-summary a[href='#f-cadre-"+group+"']").Length() != 1 || again.Find("#f-cadre-"+group).Length() != 1 {
		t.Errorf("an unknown name: got %d", status)
	}
	status, to, _ := s.post(t, admin, commune+"/assign-many", form)
	if status != http.StatusSeeOther || !strings.HasPrefix(to, commune+"/assign-many?what=commune_supporter") {
		t.Fatalf("got %d to %q", status, to)
	}
	if n := s.id(t, `SELECT count(*)::text FROM assignments WHERE cadre_id = $1::bigint AND locality_id = $2::bigint`, person, group); n != "1" {
		t.Errorf("got %s assignments", n)
	}
	if !strings.Contains(parse(t, s.body(t, admin, to)).Find("main table").Text(), "Lê Thị Hoà") {
		t.Error("the page does not show who holds it now")
	}
	for login, want := range map[string]int{"bithu": http.StatusForbidden, "bithu2": http.StatusForbidden, "cbxa": http.StatusForbidden} {
		if status, _, _ := s.post(t, s.client(t, login), commune+"/assign-many", with(form, "submission_id", uuid.NewString())); status != want {
			t.Errorf("%s: got %d, want %d", login, status, want)
		}
	}
	page = parse(t, s.body(t, admin, "/cadres/"+other+"/assign?q=to+1+hung+chanh"))
	link := page.Find("main table a").AttrOr("href", "")
	if !strings.HasSuffix(link, "/assign?cadre="+other) {
		t.Fatalf("the cadre's page leads to %q", link)
	}
	if status, body := s.get(t, admin, link); status != http.StatusOK || !strings.Contains(body, "Trần Văn Hai") {
		t.Errorf("the form for the chosen place: got %d", status)
	}
}

// Where the post is held by the same person, the field says since when.
func TestConflictIsNamed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, holder := s.client(t, "admin"), s.actor(t, "cbhuyen")
	form := url.Values{
		"submission_id": {uuid.NewString()}, "cadre": {s.id(t, `SELECT cadre_id::text FROM accounts WHERE login = 'cbhuyen'`)},
		"post": {"district_supporter"}, "from": {territory.DayOf(time.Now()).String()},
	}
	_, _, body := s.post(t, admin, "/places/"+placeID(holder)+"/assign", form)
	if text := parse(t, body).Find(".error-summary").Text(); !strings.Contains(text, "từ 15/02/2020, chưa có hạn") {
		t.Errorf("got %q", text)
	}
}

// The households of a group stand on one screen by number; nothing else of them is shown to who administers.
func TestAssigningManyHouseholdsOnThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, group := s.client(t, "admin"), "/places/"+placeID(s.actor(t, "cbxa"))
	household := s.household(t, "cbxa", "Hộ Kín")
	person := s.person(t, "Lê Thị Hoà", "commune")
	link := parse(t, s.body(t, admin, group+"/assignments")).Find("a[href*=assign-many]").AttrOr("href", "")
	body := s.body(t, admin, link)
	page := parse(t, body)
	if page.Find("[name=cadre-"+household+"]").Length() != 1 || !strings.Contains(page.Find("main table").Text(), "Hộ số ") || strings.Contains(body, "Hộ Kín") {
		t.Fatalf("%s shows %q", link, page.Find("main table").Text())
	}
	form := fieldsOf(t, body)
	form.Set("cadre-"+household, "Lê Thị Hoà")
	if status, to, body := s.post(t, admin, group+"/assign-many", form); status != http.StatusSeeOther {
		t.Fatalf("got %d to %q: %s", status, to, parse(t, body).Find(".error-summary").Text())
	}
	if n := s.id(t, `SELECT count(*)::text FROM assignments WHERE cadre_id = $1::bigint AND household_id = $2::uuid`, person, household); n != "1" {
		t.Errorf("got %s assignments", n)
	}
	if again := parse(t, s.body(t, admin, link)); !strings.Contains(again.Find("main tbody").Text(), "Lê Thị Hoà") {
		t.Error("the page does not show who follows the household")
	}
}
