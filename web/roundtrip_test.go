package web_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/app"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/web"
)

// How often a page that is only read, and a form that is sent, may go to the database, the session included
// (architecture.md, "Budget").
const (
	readBudget  = 3
	writeBudget = 5
)

// turns counts how often a connection began to speak after it had listened: a round trip each, whatever was sent in it.
type turns struct {
	net.Conn
	n        *atomic.Int64
	speaking atomic.Bool
}

func (c *turns) Write(b []byte) (int, error) {
	if !c.speaking.Swap(true) {
		c.n.Add(1)
	}
	return c.Conn.Write(b)
}

func (c *turns) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 {
		c.speaking.Store(false)
	}
	return n, err
}

// countTrips serves the site over a single connection to the database whose round trips are counted.
func (s *site) countTrips(t *testing.T) *atomic.Int64 {
	t.Helper()
	config, err := postgres.PoolConfig(s.db.AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	n := &atomic.Int64{}
	dial := config.ConnConfig.DialFunc
	config.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		return &turns{Conn: conn, n: n}, err
	}
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	storage, err := postgres.New(pool)
	if err != nil {
		t.Fatal(err)
	}
	listener := httptest.NewServer(web.New(web.Config{
		App: app.New(storage, time.Now), Sessions: postgres.NewSessions(storage, time.Now), Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return nil },
	}))
	t.Cleanup(listener.Close)
	s.url = listener.URL
	return n
}

func TestRoundTripsOfReading(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	objects := s.fill(t)
	visit, at := s.visit(t)
	group := strconv.FormatInt(at, 10)
	s.exec(t, `UPDATE notices SET seen_at = now()`) // the seen marks of a first look are writes
	n := s.countTrips(t)
	for _, login := range []string{"admin", "bithu", "cbhuyen", "tieuvung1", "tinhuy"} {
		client := s.client(t, login)
		for _, path := range []string{
			"/", "/administration", "/places/" + objects["{place} own"] + "/add", "/reorganisations", "/reorganisations/" + objects["{plan} own"], "/reorganisations/" + objects["{plan} own"] + "/add", "/audit", "/audit?q=le&action=cadre.edit", "/audit?place=" + objects["{place} own"], "/audit?cadre=" + objects["{cadre} own"], "/coverage", "/calendar", "/places", "/places/" + objects["{place} own"], "/reports", "/reports?q=hoang+yen", "/reports/owed", "/reports/talk", "/reports/filters?query=state%3Dreturned", "/reports/drafts", "/reports/new",
			"/reports/" + objects["{report} own"], "/reports/" + objects["{report} own"] + "/changes", "/reports/" + objects["{report} own"] + "/moves/comment", "/reports/" + objects["{report} own"] + "/edit", "/issues", "/issues?q=ngap", "/issues/new", "/issues/" + objects["{issue} own"],
			"/issues/similar?title=duong+hu+nang&place=" + objects["{place} own"], "/issues/" + objects["{issue} own"] + "/files/" + objects["{file}"], "/issues/" + objects["{issue} own"] + "/moves/merge",
			"/agencies", "/agencies?q=dien+luc", "/agencies/new", "/agencies/" + objects["{agency} own"] + "/edit", "/meetings", "/meetings/new", "/meetings/conclusions", "/meetings/" + objects["{meeting} own"], "/meetings/" + objects["{meeting} own"] + "/conclusions", "/meetings/" + objects["{meeting} own"] + "/edit", "/meetings/" + objects["{meeting} own"] + "/print", "/meetings/pick?issue=" + objects["{issue} own"],
			"/reports/new?kind=cell_meeting", "/reports/new?kind=monthly", "/reports/new?kind=household_visit&place=" + group, "/reports?kind=household_visit", visit, visit + "/changes",
			"/issues/" + objects["{issue} own"] + "/moves/comment", "/review", "/review?age=7-30&place=" + objects["{place} own"], "/review/many?do=pull_up&issue=" + objects["{issue} own"], "/review/figures", "/review/figures/issues?what=resolve&level=commune", "/notices", "/search?q=hoang+yen", "/no/such/page", "/account", "/account/mail", "/account/password",
			"/coverage?on=2020-03-01", "/coverage?kind=many", "/places/" + objects["{place} own"] + "?on=2020-03-01", "/places/" + objects["{place} own"] + "/assignments?on=1901-01-01",
			"/places/" + objects["{place} own"] + "/assignments", "/places/" + objects["{place} own"] + "/assign", "/assignments/" + objects["{assignment} own"] + "/end",
			"/imports", "/imports/new", "/imports/templates/assignments", "/imports/" + objects["{import} own"], "/imports/" + objects["{import} own"] + "?verdict=error",
			"/cadres", "/cadres?q=le&place=" + objects["{place} own"], "/cadres/" + objects["{cadre} own"], "/cadres/" + objects["{cadre} own"] + "/edit", "/accounts", "/accounts?q=nguyen&state=none",
			"/places/" + objects["{place} above"] + "/assign-many?what=district_supporter@hamlet", "/cadres/" + objects["{cadre} own"] + "/assign",
			"/assignments/" + objects["{assignment} own"] + "/file", "/assignments/" + objects["{assignment} own"] + "/decision",
			"/handovers", "/handovers?state=done", "/handovers/" + objects["{handover} mine"],
			"/posts", "/posts/" + objects["{post} held"] + "/edit", "/accounts/" + objects["{account} own"],
			"/places/" + objects["{place} own"] + "/households", "/places/" + objects["{place} own"] + "/households?q=tuoc&class=poor", "/households/" + objects["{household} own"],
			"/households/" + objects["{household} own"] + "/access", "/households/" + objects["{household} own"] + "/edit", "/households/" + objects["{household} own"] + "/move",
			"/places/" + objects["{place} own"] + "/households", "/places/" + objects["{place} own"] + "/households?q=tuoc&class=poor", "/households/" + objects["{household} own"], "/households/" + objects["{household} own"] + "/access",
			"/households/" + objects["{household} own"] + "/edit",
		} {
			s.get(t, client, path) // statements are prepared once on each connection
			before := n.Load()
			status, _ := s.get(t, client, path)
			if got := n.Load() - before; got > readBudget {
				t.Errorf("%s as %s (%d): got %d round trips, want at most %d", path, login, status, got, readBudget)
			}
		}
	}
}

// Every form is sent three times, each time anew: with the first, statements are prepared on the connection.
func TestRoundTripsOfWriting(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	objects := s.fill(t)
	cadre, secretary := s.actor(t, "cbhuyen"), s.client(t, "bithu")
	client := s.client(t, "cbhuyen")
	commune := placeID(s.actor(t, "bithu"))
	admin, person := s.client(t, "admin"), s.person(t, "Lê Thị Thử", "district")
	holder := s.client(t, "dangvien")
	secretaryActor := s.actor(t, "bithu")
	many := url.Values{"what": {"commune_supporter@group"}, "from": {territory.DayOf(time.Now()).String()}, "if_held": {"replace"}, "reason": {"phân công lại"}}
	n := s.countTrips(t)
	day := territory.DayOf(time.Now()).String()
	assignment := url.Values{"cadre": {person}, "post": {"district_supporter"}, "from": {day}, "last": {day}}
	assigned := 0
	assigning := func() string { // another day each time
		assigned++
		day := territory.DayOf(time.Now()).Add(assigned).String()
		assignment.Set("from", day)
		assignment.Set("last", day)
		return "/places/" + placeID(cadre) + "/assign"
	}
	report := url.Values{"kind": {"situation"}, "locality": {placeID(cadre)}, "happened_on": {territory.DayOf(time.Now()).String()}, "what": {"Nước mặn vào sâu 4 km"}, "version": {"0"}, "hinted": {"1"}}
	issue := url.Values{"place": {placeID(cadre)}, "title": {"Cống rò"}, "description": {"Nước mặn rò qua cống."}, "field": {"roads"}, "severity": {"1"}, "desk": {commune}}
	houses, newHouse := 0, url.Values{"head": {"Phan Thị Mới"}, "members": {"3"}}
	edited := url.Values{"version": {"1"}, "head": {"Phan Văn Sửa"}, "members": {"3"}}
	house := func() string { // another one each time
		houses++
		return "/households/" + s.household(t, "cbxa", "Phan Văn "+strconv.Itoa(houses))
	}
	s.household(t, "cbxa", "Phan Văn Thăm")
	visit := s.visitForm(s.groupOf(t, "cbxa"), "1")
	elsewhere := s.id(t, `SELECT locality_id::text FROM locality_versions WHERE locality_id <> $1
		AND parent_id = (SELECT parent_id FROM locality_versions WHERE locality_id = $1) LIMIT 1`, s.groupOf(t, "cbxa"))
	planned := func(what string) func() string {
		return func() string { path, _ := s.planForm(t, what, url.Values{})(); return path }
	}
	renamed := 0
	renaming := func() string { // another commune each time
		renamed++
		return "/reorganisations/" + s.id(t, `INSERT INTO reorganisations (id, title, decree, effective_on, changes, locality_id, author_id, created_at)
			SELECT gen_random_uuid(), 'Kế hoạch', 'Nghị quyết', $1, jsonb_build_array(jsonb_build_object('kind', 'rename', 'units', jsonb_build_array((SELECT v.locality_id FROM locality_versions v
				JOIN localities l ON l.id = v.locality_id AND l.level = 'commune' JOIN locality_versions p ON p.locality_id = v.parent_id AND p.parent_id = s.locality_id ORDER BY v.code DESC LIMIT 1 OFFSET $2)), 'name', 'Xã Thử')),
				s.locality_id, s.cadre_id, now()
			FROM accounts a JOIN assignments s ON s.cadre_id = a.cadre_id WHERE a.login = 'admin' RETURNING id::text`, s.actor(t, "admin").Today().Add(30).String(), renamed-1) + "/confirm"
	}
	tests := []struct {
		name   string
		client *http.Client
		path   func() string
		form   url.Values
	}{
		{"accepting a list", admin, func() string { return s.uploaded(t, "admin", false) + "/accept" }, url.Values{}},
		{"giving up a list", admin, func() string { return s.uploaded(t, "admin", false) + "/abandon" }, url.Values{}},
		{"undoing a list", admin, func() string { return s.uploaded(t, "admin", true) + "/undo" }, url.Values{}},
		{"making a plan", admin, is("/reorganisations/new"), url.Values{"title": {"Sắp xếp"}, "on": {territory.DayOf(time.Now()).Add(40).String()}}},
		{"adding a change to a plan", admin, planned("add"), url.Values{"version": {"1"}, "kind": {"rename"}, "units": {"29071"}, "type": {"Xã"}}},
		{"giving up a plan", admin, planned("cancel"), url.Values{"version": {"1"}}},
		{"confirming a plan", admin, renaming, url.Values{"version": {"1"}}},
		{"saving a draft", client, is("/reports/new"), with(report, "action", "save")},
		{"sending a report", client, is("/reports/new"), with(report, "action", "send")},
		{"sending a visit to a household", s.client(t, "cbxa"), is("/reports/new"), visit},
		{"keeping a promise", s.client(t, "cbxa"), func() string { path, _ := s.visit(t); return path + "/promises" }, url.Values{"position": {"1"}}},
		{"raising an issue", client, is("/issues/new"), issue},
		{"acknowledging", secretary, func() string { return "/issues/" + s.raise(t, "cbhuyen", "Đường hư") + "/moves/acknowledge" }, url.Values{"version": {"1"}}},
		{"commenting", client, is("/issues/" + objects["{issue} own"] + "/moves/comment"), url.Values{"version": {"1"}, "reason": {"Đã xem tại chỗ"}}},
		{"merging", secretary, func() string { return "/issues/" + s.raise(t, "cbhuyen", "Đường hư") + "/moves/merge" }, url.Values{"version": {"1"}, "into": {objects["{issue} own"]}}},
		{"adding an agency", admin, is("/agencies/new"), url.Values{"place": {placeID(s.actor(t, "admin"))}}},
		{"making a meeting", secretary, is("/meetings/new"), url.Values{"title": {"Họp"}, "day": {territory.DayOf(time.Now()).Add(3).String()}, "hour": {"08:00"},
			"desk": {placeID(s.actor(t, "bithu"))}, "issue": {objects["{issue} own"]}}},
		{"adding to a meeting", s.client(t, "huyenuy"), is("/meetings/pick"), url.Values{"meeting": {objects["{meeting} own"]}, "issue": {objects["{issue} own"]}}},
		{"following", client, is("/issues/" + objects["{issue} own"] + "/follow"), url.Values{"choice": {"mute"}}},
		{"acknowledging a report", s.client(t, "tieuvung1"), func() string {
			return "/reports/" + s.report(t, "cbhuyen", "Nước mặn", true) + "/moves/acknowledge"
		}, url.Values{"version": {"1"}, "usefulness": {"2"}}},
		{"withdrawing a report", client, func() string {
			return "/reports/" + s.report(t, "cbhuyen", "Nước mặn", true) + "/moves/withdraw"
		}, url.Values{"version": {"1"}, "reason": {"Nhầm ấp"}}},
		{"amending a report", client, func() string { return "/reports/" + s.report(t, "cbhuyen", "Nước mặn", true) + "/edit" }, with(with(report, "action", "send"), "base", "1")},
		{"adding a household", secretary, func() string {
			newHouse.Set("head", "Phan Thị "+uuid.NewString())
			return "/places/" + strconv.FormatInt(s.groupOf(t, "cbxa"), 10) + "/households/new"
		}, newHouse},
		{"editing a household", secretary, func() string {
			edited.Set("address", uuid.NewString())
			return house() + "/edit"
		}, edited},
		{"moving a household", secretary, func() string { return house() + "/move" }, url.Values{"version": {"1"}, "group": {elsewhere}}},
		{"merging a household", secretary, func() string { return house() + "/close" }, url.Values{"version": {"1"}, "as": {"merged"}, "into": {"1"}, "on": {day}, "reason": {"Về ở chung"}}},
		{"choosing the language", client, is("/language"), url.Values{"language": {"vi"}, "next": {"/"}}},
		{"choosing e-mail", client, is("/account/mail"), url.Values{"mail": {"none"}}},
		{"seeing all notices", client, is("/notices/seen"), url.Values{}},
		{"adding a cadre", admin, is("/cadres/new"), url.Values{"another": {"true"}, "name": {"Lê Thị Mới"}, "tier": {"commune"}, "home": {placeID(s.actor(t, "admin"))}}},
		{"assigning", admin, assigning, assignment},
		{"assigning many", admin, func() string { return "/places/" + placeID(secretaryActor) + "/assign-many" }, many},
		{"adding a post", admin, is("/posts/new"), url.Values{
			"name_vi": {"Theo dõi tổ"}, "name_en": {"Group"}, "tier": {"district"}, "capability": {"support"}, "structure": {"any"}, "levels": {"group"}, "position": {"9"}, "from": {day},
		}},
		{"confirming a handover", holder, func() string { return "/handovers/" + s.handover(t, "dangvien") }, url.Values{"note": {"đã nhận"}}},
		{"storing a decision", admin, is("/assignments/" + objects["{assignment} own"] + "/decision"), url.Values{"decision": {"45-QĐ/HU"}}},
		{"adding a place", admin, is("/places/" + commune + "/add"), url.Values{"level": {"hamlet"}, "type": {"Ấp"}, "from": {day}}},
		{"marking as primary", admin, is("/assignments/" + objects["{assignment} own"] + "/primary"), url.Values{}},
	}
	for round := range 3 {
		before := n.Load()
		status, to, body := s.sendFile(t, admin, "/imports/new", kindForm(), "danh-sach.csv", oneCadre())
		if got := n.Load() - before; status != http.StatusSeeOther || round > 0 && got > writeBudget {
			t.Errorf("uploading a list (%d to %q): got %d round trips, want at most %d: %s", status, to, got, writeBudget, parse(t, body).Find("main").Text())
		}
	}
	for _, tt := range tests {
		for round := range 3 {
			form := with(tt.form, "submission_id", uuid.NewString())
			form.Set("name", cmp.Or(form.Get("name"), "Ấp "+uuid.NewString()[:8]))
			path := tt.path()
			if strings.HasPrefix(path, "/reports") {
				form.Set("report_id", uuid.Must(uuid.NewV7()).String())
			}
			if tt.name == "assigning many" { // people whom nobody has seen yet, at sixty groups
				s.fillMany(t, form, secretaryActor.Grants[0].Locality.ID, round)
			}
			before := n.Load()
			status, to, body := s.post(t, tt.client, path, form)
			if got := n.Load() - before; round > 0 && got > writeBudget {
				t.Errorf("%s: got %d round trips, want at most %d", tt.name, got, writeBudget)
			}
			if status != http.StatusSeeOther {
				t.Fatalf("%s: got %d to %q: %s", tt.name, status, to, parse(t, body).Find("main").Text())
			}
		}
	}
}

// fillMany types a new name for each of the groups of a commune.
func (s *site) fillMany(t *testing.T, form url.Values, commune territory.LocalityID, round int) {
	t.Helper()
	rows, err := s.db.Owner.Query(t.Context(), `SELECT g.locality_id::text FROM locality_versions g JOIN locality_versions h ON h.locality_id = g.parent_id
		WHERE h.parent_id = $1 ORDER BY 1 LIMIT 60`, commune)
	if err != nil {
		t.Fatal(err)
	}
	groups, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(groups) < 20 {
		t.Fatalf("got %d groups: %v", len(groups), err)
	}
	s.exec(t, `UPDATE assignments SET period = daterange(lower(period) - 1, upper(period)) WHERE lower(period) = $1::date`, territory.DayOf(time.Now()))
	for i, g := range groups {
		name := fmt.Sprintf("Lê Nhiều Người %c%c%c", 'A'+round, 'A'+i/26, 'A'+i%26)
		s.person(t, name, "commune")
		form.Set("cadre-"+g, name)
	}
}

func is(path string) func() string { return func() string { return path } }

// with adds a value to a copy of a form.
func with(form url.Values, name, value string) url.Values {
	form = maps.Clone(form)
	form.Set(name, value)
	return form
}
