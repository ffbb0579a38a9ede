package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/i18n"
	"banam/internal/territory"
)

var manageRoute = regexp.MustCompile(`may\(cadre\.Manage\)\.post\(("[^"]+"|[a-zA-Z]+(?:\+"[^"]+")?)`)

// managePosts lists the forms of administrators as the sources of the routes name them.
func managePosts(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var routes []string
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range manageRoute.FindAllStringSubmatch(string(data), -1) {
			routes = append(routes, strings.Trim(strings.NewReplacer(`plansPath+"`, "/reorganisations", `agenciesPath+"`, "/agencies").Replace(m[1]), `"`))
		}
	}
	return routes
}

// administrative is how each form of administrators is sent so that it succeeds: its path and its fields. Whoever adds a form
// adds it here.
func (s *site) administrative(t *testing.T) map[string]func() (path string, form url.Values) {
	t.Helper()
	o := s.fill(t)
	today := territory.DayOf(time.Now())
	hamlet, district := o["{place} own"], placeID(s.actor(t, "admin"))
	person := s.person(t, "Lê Thị Thử", "district")
	commune := s.person(t, "Lê Thị Hai", "commune")
	s.person(t, "Lê Thị Tư", "commune")
	assigned := func() string {
		return s.id(t, `INSERT INTO assignments (cadre_id, post_id, locality_id, level, period, recorded_at)
			SELECT $1::bigint, p.id, $2::bigint, 'hamlet', daterange($3::date - 10, NULL), now() FROM posts p WHERE p.code = 'district_supporter' RETURNING id::text`,
			s.person(t, "Lê Thị "+uuid.NewString()[:4], "district"), hamlet, today.String())
	}
	at := func(path string, pairs ...string) func() (string, url.Values) {
		return func() (string, url.Values) {
			form := url.Values{}
			for i := 0; i < len(pairs); i += 2 {
				form.Add(pairs[i], pairs[i+1])
			}
			return path, form
		}
	}
	hours := url.Values{"version": {"0"}}
	page := parse(t, s.body(t, s.client(t, "admin"), "/calendar/hours"))
	for _, e := range page.Find("main form [name]").EachIter() {
		hours.Set(e.AttrOr("name", ""), e.AttrOr("value", ""))
	}
	deadlines := url.Values{}
	for _, e := range parse(t, s.body(t, s.client(t, "admin"), "/calendar/deadlines")).Find("main form [name]").EachIter() {
		deadlines.Set(e.AttrOr("name", ""), e.AttrOr("value", ""))
	}
	admin, communeID := s.client(t, "admin"), placeID(s.actor(t, "bithu"))
	postForm := func(change string) (string, url.Values) { // of the post that /posts/new makes
		path := "/posts/" + s.id(t, `SELECT id::text FROM posts WHERE name_vi LIKE 'Cán bộ thử%'`) + change
		form := fieldsOf(t, s.body(t, admin, path))
		form.Set("reason", "không cần nữa")
		if change == "/edit" {
			maps.Copy(form, url.Values{"name_vi": {"Cán bộ thử việc"}, "tier": {"district"}, "capability": {"support"}, "levels": {"group"}})
		}
		return path, form
	}
	version := func() string {
		return s.id(t, `SELECT coalesce((SELECT value FROM installation WHERE key = 'clock_version'), '0')`)
	}
	clock := func(path string, form url.Values) func() (string, url.Values) {
		return func() (string, url.Values) { return path, with(form, "version", version()) }
	}
	return map[string]func() (string, url.Values){
		"/calendar/hours":       clock("/calendar/hours", hours),
		"/calendar/deadlines":   clock("/calendar/deadlines", deadlines),
		"/calendar/days":        clock("/calendar/days", url.Values{"day": {today.Add(100).String()}, "name": {"Nghỉ bù"}}),
		"/calendar/days/remove": clock("/calendar/days/remove", url.Values{"day": {today.Add(100).String()}}),

		"/places/{place}/assign": at("/places/"+hamlet+"/assign", "cadre", person, "post", "district_supporter", "from", today.String()),
		"/assignments/{assignment}/end": func() (string, url.Values) {
			return "/assignments/" + assigned() + "/end", url.Values{"seen": {""}, "last": {today.String()}, "reason": {"nghỉ hưu"}}
		},
		"/assignments/{assignment}/void": func() (string, url.Values) {
			return "/assignments/" + assigned() + "/void", url.Values{"reason": {"nhập nhầm"}}
		},
		"/assignments/{assignment}/primary": func() (string, url.Values) { return "/assignments/" + assigned() + "/primary", url.Values{} },

		"/cadres/new":             at("/cadres/new", "name", "Lê Thị Mới", "tier", "commune", "home", district),
		"/cadres/{cadre}/edit":    at("/cadres/"+commune+"/edit", "name", "Lê Thị Ba", "tier", "commune", "version", "1"),
		"/cadres/{cadre}/disable": at("/cadres/"+commune+"/disable", "reason", "nghỉ hưu"),
		"/cadres/{cadre}/enable":  at("/cadres/" + commune + "/enable"),

		"/accounts/slips": func() (string, url.Values) {
			return "/accounts/slips", url.Values{"cadre": {s.id(t, `SELECT cadre_id::text FROM assignments WHERE cadre_id NOT IN (SELECT cadre_id FROM accounts) AND level = 'group' LIMIT 1`)}}
		},
		"/accounts/{account}/reset": at("/accounts/" + o["{account} own"] + "/reset"),
		"/accounts/{account}/close": at("/accounts/" + o["{account} own"] + "/close"),
		"/accounts/{account}/open":  at("/accounts/" + o["{account} own"] + "/open"),

		"/places/{place}/assign-many": func() (string, url.Values) {
			form := fieldsOf(t, s.body(t, admin, "/places/"+communeID+"/assign-many?what=commune_supporter@group"))
			form.Set("cadre-"+placeID(s.actor(t, "cbxa")), "Lê Thị Tư")
			form.Set("reason", "phân công lại")
			return "/places/" + communeID + "/assign-many", form
		},
		"/posts/new": func() (string, url.Values) {
			form := fieldsOf(t, s.body(t, admin, "/posts/new"))
			maps.Copy(form, url.Values{"name_vi": {"Cán bộ thử"}, "name_en": {"Trial cadre"}, "tier": {"district"}, "capability": {"support"}, "levels": {"group"}})
			return "/posts/new", form
		},
		"/agencies/new":           at("/agencies/new", "place", district, "name", "Đội thủy nông"),
		"/agencies/{agency}/edit": at("/agencies/"+o["{agency} own"]+"/edit", "name", "Ủy ban nhân dân xã", "version", "1"),

		"/posts/{post}/edit":   func() (string, url.Values) { return postForm("/edit") },
		"/posts/{post}/retire": func() (string, url.Values) { return postForm("/retire") },

		"/imports/new":              at("/imports/new", "list of people", oneCadre()),
		"/imports/{import}/accept":  func() (string, url.Values) { return s.uploaded(t, "admin", false) + "/accept", url.Values{} },
		"/imports/{import}/abandon": func() (string, url.Values) { return s.uploaded(t, "admin", false) + "/abandon", url.Values{} },
		"/imports/{import}/undo":    func() (string, url.Values) { return s.uploaded(t, "admin", true) + "/undo", url.Values{} },
		"/imports/{import}/export": func() (string, url.Values) {
			return "/imports/" + s.imported(t, "admin") + "/export", url.Values{"format": {"csv"}}
		},

		"/places/{place}/add":             at("/places/"+communeID+"/add", "level", "hamlet", "type", "Ấp", "name", "Ấp Thử Mới", "from", today.String()),
		"/reorganisations/new":            at("/reorganisations/new", "title", "Sắp xếp", "on", today.Add(30).String()),
		"/reorganisations/{plan}/edit":    s.planForm(t, "edit", url.Values{"title": {"Sắp xếp"}, "on": {today.Add(40).String()}}),
		"/reorganisations/{plan}/add":     s.planForm(t, "add", url.Values{"kind": {"rename"}, "units": {"Xã Châu Hưng"}, "name": {"Xã Châu Hưng Mới"}}),
		"/reorganisations/{plan}/list":    s.planForm(t, "list", url.Values{"list": {"effective_date,kind,old_code,old_name,new_code,new_name\n" + today.Add(30).String() + ",retype,29071,Xã Châu Hưng,29071,Thị trấn Châu Hưng"}}),
		"/reorganisations/{plan}/remove":  s.planForm(t, "remove", url.Values{"n": {"0"}}),
		"/reorganisations/{plan}/confirm": s.planForm(t, "confirm", url.Values{}),
		"/reorganisations/{plan}/cancel":  s.planForm(t, "cancel", url.Values{}),

		"/assignments/{assignment}/decision": func() (string, url.Values) {
			return "/assignments/" + assigned() + "/decision", url.Values{"decision": {"45-QĐ/HU"}}
		},

		"/cadres/export": at("/cadres/export"), "/accounts/export": at("/accounts/export"), "/audit/export": at("/audit/export"), "/posts/export": at("/posts/export"), "/imports/export": at("/imports/export"), "/reorganisations/export": at("/reorganisations/export"), "/handovers/export": at("/handovers/export"),
	}
}

// Every form of administrators leaves an entry in the log, with words for what was done, under the post that allowed it, and at a
// place by whose administrators it can be read.
func TestEveryAdministrativeFormIsLogged(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	forms := s.administrative(t)
	admin := s.client(t, "admin")
	for _, route := range managePosts(t) {
		fill, ok := forms[route]
		if !ok {
			t.Errorf("%s is sent by nobody: add it to administrative, so that it is shown to be logged", route)
			continue
		}
		before := s.id(t, `SELECT coalesce(max(id), 0)::text FROM audit_entries`)
		path, form := fill()
		status, to, body := s.post(t, admin, path, with(form, "submission_id", uuid.NewString()))
		if list := form.Get("list of people"); list != "" {
			status, to, body = s.sendFile(t, admin, path, kindForm(), "danh-sach.csv", list)
		}
		if status != http.StatusSeeOther && status != http.StatusOK {
			t.Errorf("%s: got %d to %q: %s", route, status, to, parse(t, body).Find(".error-summary").Text())
			continue
		}
		action := s.id(t, `SELECT coalesce(min(action), '') FROM audit_entries WHERE id > $1::bigint AND actor_id IS NOT NULL AND assignment_id IS NOT NULL
			AND locality_id IS NOT NULL AND district_id IS NOT NULL AND object_id <> ''`, before)
		if action == "" || !i18n.Has("audit.action."+action) {
			t.Errorf("%s: left the entry %q, which has no words, no post or no place", route, action)
		}
	}
}

// entries reads the log as somebody sees it: what, whose and where.
func (s *site) entries(t *testing.T, client *http.Client, path string) []string {
	t.Helper()
	var rows []string
	for path != "" {
		page := parse(t, s.body(t, client, path))
		for _, row := range page.Find("main tbody tr").EachIter() {
			rows = append(rows, strings.Join(strings.Fields(row.Text()), " "))
		}
		path = page.Find(`.pager a[rel="next"]`).AttrOr("href", "")
	}
	return rows
}

// The log shows the newest entry first, found by person, place, kind and period, to the administrators of its place only.
func TestAuditLog(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.actor(t, "admin")
	hamlet, beside, commune := placeID(s.actor(t, "cbhuyen")), placeID(s.actor(t, "bithu2")), placeID(s.actor(t, "bithu"))
	cbhuyen := strconv.FormatInt(int64(s.actor(t, "cbhuyen").CadreID), 10)
	s.exec(t, `INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT a.cadre_id, p.id, $1::bigint, 'commune', daterange('2020-02-15', NULL)
		FROM accounts a, posts p WHERE a.login = 'cbxa' AND p.code = 'commune_admin'`, commune)
	add := func(action, object, id, place string, days int) {
		s.exec(t, `INSERT INTO audit_entries (at, actor_id, assignment_id, locality_id, action, object, object_id, fields, province_id, district_id, commune_id, hamlet_id)
			SELECT now() - make_interval(days => $5::int), $6, $7, $4::bigint, $1, $2, $3, '{phone}', max(ch.locality_id) FILTER (WHERE ch.level = 'province'),
				max(ch.locality_id) FILTER (WHERE ch.level = 'district'), max(ch.locality_id) FILTER (WHERE ch.level = 'commune'), max(ch.locality_id) FILTER (WHERE ch.level = 'hamlet')
			FROM locality_chain($4::bigint, current_date) ch`, action, object, id, place, days, int64(admin.CadreID), int64(admin.Grants[0].AssignmentID))
	}
	assignment := strconv.FormatInt(int64(s.actor(t, "cbhuyen").Grants[0].AssignmentID), 10)
	account := s.id(t, `SELECT id::text FROM accounts WHERE login = 'cbhuyen'`)
	add("cadre.edit", "cadre", cbhuyen, hamlet, 0)
	add("assignment.end", "assignment", assignment, hamlet, 3)
	add("account.reset", "account", account, commune, 5)
	add("cadre.edit", "cadre", strconv.FormatInt(int64(s.actor(t, "bithu2").CadreID), 10), beside, 10)
	add("cadre.disable", "cadre", cbhuyen, s.id(t, `SELECT locality_id::text FROM locality_versions WHERE name = 'Tỉnh Bến Tre'`), 11)
	add("clock.hours", "clock", "clock", placeID(admin), 20)
	for range 40 {
		add("cadre.add", "cadre", "999999999", beside, 30)
	}
	name := s.actor(t, "cbhuyen").Name
	day := func(ago int) string { return territory.DayOf(time.Now()).Add(-ago).String() }
	for _, tt := range []struct {
		login, query string
		want         []string // what each entry begins with
	}{
		{"admin", "?to=" + day(1) + "&from=" + day(25), []string{"Kết thúc phân công", "Đặt lại mật khẩu", "Sửa thông tin cán bộ", "Sửa giờ làm việc"}},
		{"admin", "?action=cadre.edit", []string{"Sửa thông tin cán bộ " + name, "Sửa thông tin cán bộ " + s.actor(t, "bithu2").Name}},
		{"admin", "?place=" + hamlet, []string{"Sửa thông tin cán bộ " + name, "Kết thúc phân công " + name}},
		{"admin", "?place=" + commune + "&action=account.reset", []string{"Đặt lại mật khẩu " + name}},
		{"admin", "?cadre=" + cbhuyen, []string{"Sửa thông tin cán bộ", "Kết thúc phân công", "Đặt lại mật khẩu"}},
		{"admin", "?q=" + url.QueryEscape(name), []string{"Sửa thông tin cán bộ", "Kết thúc phân công", "Đặt lại mật khẩu"}},
		{"admin", "?q=" + url.QueryEscape(name) + "&place=" + hamlet + "&action=assignment.end", []string{"Kết thúc phân công"}},
		{"admin", "?q=---", nil},
		{"admin", "?q=khong+co+ai", nil},
		{"cbxa", "", []string{"Sửa thông tin cán bộ " + name, "Kết thúc phân công", "Đặt lại mật khẩu"}},
		{"cbxa", "?place=" + beside, nil},
		{"cbxa", "?place=" + placeID(admin), []string{"Sửa thông tin cán bộ", "Kết thúc phân công", "Đặt lại mật khẩu"}},
		{"cbxa", "?q=" + url.QueryEscape(name) + "&action=cadre.edit", []string{"Sửa thông tin cán bộ " + name}},
		{"cbxa", "?cadre=" + strconv.FormatInt(int64(admin.CadreID), 10), []string{"Sửa thông tin cán bộ", "Kết thúc phân công", "Đặt lại mật khẩu"}},
	} {
		got := s.entries(t, s.client(t, tt.login), "/audit"+tt.query)
		if len(got) != len(tt.want) || slices.ContainsFunc(got, func(row string) bool { return !strings.HasPrefix(row, tt.want[slices.Index(got, row)]) }) {
			t.Errorf("%s, %s: got %q, want %q", tt.login, tt.query, got, tt.want)
		}
	}
	client := s.client(t, "admin")
	all := s.entries(t, client, "/audit")
	if len(all) != 45 {
		t.Errorf("got %d entries on all pages, want 45", len(all))
	}
	if files := s.take(t, client, "/audit"); len(files) != 45 {
		t.Errorf("got %d entries in the file, want 45", len(files))
	}
	page := parse(t, s.body(t, client, "/audit?place="+hamlet))
	if row := page.Find("main tbody tr").First(); !strings.Contains(row.Text(), "điện thoại") || !strings.Contains(row.Text(), "Quản trị huyện – Huyện Bình Đại") ||
		row.Find("a[href='/cadres/"+cbhuyen+"']").Length() != 1 {
		t.Errorf("the entry shows %q", row.Text())
	}
	for _, a := range page.Find("main tbody a").EachIter() {
		if status, _ := s.get(t, client, a.AttrOr("href", "")); status != http.StatusOK {
			t.Errorf("%s: got %d", a.AttrOr("href", ""), status)
		}
	}
	below := parse(t, s.body(t, s.client(t, "cbxa"), "/audit"))
	if below.Find("main tbody tr").Find("a[href='/cadres/"+strconv.FormatInt(int64(admin.CadreID), 10)+"']").Length() != 0 {
		t.Error("a commune's administrator is led to a page of the district's, which they do not have")
	}
	for _, path := range []string{"/cadres/" + cbhuyen, "/places/" + hamlet} {
		if link := parse(t, s.body(t, client, path)).Find("main a[href^='/audit?']"); link.Length() != 1 || len(s.entries(t, client, link.AttrOr("href", ""))) == 0 {
			t.Errorf("%s does not lead to its entries", path)
		}
	}
	if status, _ := s.get(t, client, "/audit?after=nonsense"); status != http.StatusNotFound {
		t.Errorf("a cursor that is none: got %d", status)
	}
}
