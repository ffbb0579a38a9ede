package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"banam/internal/app"
	"banam/internal/postgres"
	"banam/internal/territory"
	"banam/internal/testdb"
	"banam/web"
)

// reportSite is the real router over a small commune: Xã A (2) with Ấp 1 (3) and Tổ 1 (4) in it, and Ấp 2 (5), which is
// foreign to the people here but for the secretary.
type reportSite struct {
	*testing.T
	db  *postgres.DB
	url string
}

const sitePassword = "mot mat khau that dai"

var siteHash = sync.OnceValues(func() (string, error) { return app.HashPassword(sitePassword) })

func newReportSite(t *testing.T) *reportSite {
	t.Helper()
	db, err := postgres.Open(context.Background(), testdb.New(t).AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	s := &reportSite{T: t, db: db}
	now := func() time.Time { return time.Date(2020, 3, 10, 9, 0, 0, 0, territory.Zone) }
	server := httptest.NewServer(web.New(web.Config{
		App: app.New(s.db, now), Sessions: postgres.NewSessions(s.db, now), Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return nil },
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	hash, err := siteHash()
	if err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`INSERT INTO localities (level) VALUES ('district'), ('commune'), ('hamlet'), ('group'), ('hamlet')`,
		`INSERT INTO locality_versions (locality_id, parent_id, type, name, valid) VALUES (1, NULL, 'Huyện', 'Huyện Bình Đại', '[2000-01-01,)'),
			(2, 1, 'Xã', 'Xã A', '[2000-01-01,)'), (3, 2, 'Ấp', 'Ấp 1', '[2000-01-01,)'), (4, 3, 'Tổ', 'Tổ 1', '[2000-01-01,)'),
			(5, 2, 'Ấp', 'Ấp 2', '[2000-01-01,)')`,
		`INSERT INTO cadres (full_name, tier) VALUES ('Cán Bộ Ấp', 'district'), ('Bí Thư Xã', 'commune'), ('Cán Bộ Khác', 'district'), ('Quản Trị', 'district')`,
		`INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT h.cadre, p.id, h.place, l.level, '[2020-02-01,)'
			FROM (VALUES (1, 'district_supporter', 3), (2, 'commune_lead', 2), (3, 'district_supporter', 5), (4, 'district_admin', 1)) h (cadre, post, place)
			JOIN posts p ON p.code = h.post JOIN localities l ON l.id = h.place`,
	} {
		s.exec(sql)
	}
	s.exec(`INSERT INTO accounts (cadre_id, login, password_hash) VALUES (1, 'cadre', $1), (2, 'secretary', $1), (3, 'other', $1), (4, 'admin', $1)`, hash)
	return s
}

func (s *reportSite) exec(sql string, args ...any) {
	s.Helper()
	if _, err := s.db.Pool().Exec(context.Background(), sql, args...); err != nil {
		s.Fatalf("%s: %v", sql, err)
	}
}

func (s *reportSite) count(sql string) int {
	s.Helper()
	var n int
	if err := s.db.Pool().QueryRow(context.Background(), sql).Scan(&n); err != nil {
		s.Fatalf("%s: %v", sql, err)
	}
	return n
}

// reportVisitor is a signed-in person with cookies.
type reportVisitor struct {
	site   *reportSite
	client *http.Client
}

func (s *reportSite) visitor(login string) *reportVisitor {
	s.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	v := &reportVisitor{s, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if login != "" {
		if a := v.post("/sign-in", url.Values{"login": {login}, "password": {sitePassword}}); a.status != http.StatusSeeOther {
			s.Fatalf("%s cannot sign in: status %d", login, a.status)
		}
	}
	return v
}

// reportAnswer is what came back, parsed.
type reportAnswer struct {
	status   int
	location string
	body     string
	page     *goquery.Document
}

func (v *reportVisitor) get(path string) reportAnswer {
	v.site.Helper()
	return v.do(http.MethodGet, path, nil)
}

func (v *reportVisitor) post(path string, form url.Values) reportAnswer {
	v.site.Helper()
	return v.do(http.MethodPost, path, form)
}

func (v *reportVisitor) do(method, path string, form url.Values) reportAnswer {
	v.site.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, v.site.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.site.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w, err := v.client.Do(r)
	if err != nil {
		v.site.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }() // read to its end below
	body, err := io.ReadAll(w.Body)
	if err != nil {
		v.site.Fatal(err)
	}
	page, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		v.site.Fatal(err)
	}
	return reportAnswer{w.StatusCode, w.Header.Get("Location"), string(body), page}
}

// form reads the report form of a page as a browser would send it.
func (a reportAnswer) form() url.Values {
	form := url.Values{}
	a.page.Find("form#report input, form#report textarea").Each(func(_ int, e *goquery.Selection) {
		value, isInput := e.Attr("value")
		if !isInput {
			value = strings.TrimPrefix(e.Text(), "\n")
		}
		form.Set(e.AttrOr("name", ""), value)
	})
	a.page.Find("form#report select").Each(func(_ int, e *goquery.Selection) {
		chosen := e.Find("option[selected]")
		if chosen.Length() == 0 {
			chosen = e.Find("option").First()
		}
		form.Set(e.AttrOr("name", ""), chosen.AttrOr("value", ""))
	})
	return form
}

// errorAt gives the error text at a field.
func (a reportAnswer) errorAt(field string) string {
	e := a.page.Find("#f-" + field + "-error").Clone()
	e.Find(".visually-hidden").Remove()
	return strings.TrimSpace(e.Text())
}

func (a reportAnswer) main() string { return a.page.Find("main").Text() }
