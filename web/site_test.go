package web_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/demo"
	"banam/internal/files"
	"banam/internal/postgres"
	"banam/internal/testdb"
	"banam/web"
)

// canary stands in the report and the issue of the chain of the demo accounts; nobody out of scope may ever see it.
const canary = "Hoàng yến 7731"

// site is the real router over the demo district.
type site struct {
	db     *testdb.DB
	app    *app.App
	server *web.Server
	url    string
}

func newSite(t *testing.T) *site {
	t.Helper()
	db := testdb.District(t)
	storage, err := postgres.Open(context.Background(), db.AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(storage.Close)
	s := &site{db: db, app: app.New(storage, time.Now)}
	s.app.KeepFilesIn(folder(t))
	s.server = web.New(web.Config{
		App: s.app, Sessions: postgres.NewSessions(storage, time.Now), Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return nil },
	})
	listener := httptest.NewServer(s.server)
	t.Cleanup(listener.Close)
	s.url = listener.URL
	return s
}

// folder is a place for files.
func folder(t *testing.T) *files.Store {
	t.Helper()
	store, err := files.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func (s *site) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := s.db.Owner.Exec(context.WithoutCancel(t.Context()), sql, args...); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (s *site) id(t *testing.T, sql string, args ...any) string {
	t.Helper()
	var id string
	if err := s.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&id); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return id
}

// newClient is a browser without a session that does not follow redirects.
func (s *site) newClient(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// client is a browser in which the account has signed in.
func (s *site) client(t *testing.T, login string) *http.Client {
	t.Helper()
	client := s.newClient(t)
	if login == "anonymous" {
		return client
	}
	if status, _, _ := s.post(t, client, "/sign-in", url.Values{"login": {login}, "password": {demo.Password}}); status != http.StatusSeeOther {
		t.Fatalf("%s cannot sign in: got %d", login, status)
	}
	return client
}

// get reads a page as somebody sees it.
func (s *site) get(t *testing.T, client *http.Client, path string) (status int, body string) {
	t.Helper()
	status, _, body = s.do(t, client, http.MethodGet, path, nil)
	return status, body
}

// post sends a form and gives the status, where it leads, and the page.
func (s *site) post(t *testing.T, client *http.Client, path string, form url.Values) (status int, location, body string) {
	t.Helper()
	return s.do(t, client, http.MethodPost, path, form)
}

func (s *site) do(t *testing.T, client *http.Client, method, path string, form url.Values) (status int, location, body string) {
	t.Helper()
	var sent io.Reader
	if form != nil {
		sent = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, sent)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

// actor gives the demo account as use cases see it.
func (s *site) actor(t *testing.T, login string) cadre.Actor {
	t.Helper()
	var account int64
	if err := s.db.Owner.QueryRow(t.Context(), `SELECT id FROM accounts WHERE login = $1`, login).Scan(&account); err != nil {
		t.Fatalf("finding %s: %v", login, err)
	}
	found, err := s.app.SessionOf(t.Context(), account)
	if err != nil {
		t.Fatalf("reading %s: %v", login, err)
	}
	return found.Actor
}

func submission() app.Submission {
	id := uuid.New()
	return app.Submission{ID: id, Body: id[:]}
}

// report has somebody report from their first place, and gives its id.
func (s *site) report(t *testing.T, login, words string, send bool) string {
	t.Helper()
	actor := s.actor(t, login)
	draft := app.Draft{ReportID: uuid.New(), Input: casework.ReportInput{
		Kind: casework.SituationReport, Locality: placeID(actor), HappenedOn: actor.Today().String(),
		Content: casework.Content{"what": words, "difficulties": words},
	}}
	var err error
	if send {
		_, err = s.app.SubmitReport(t.Context(), actor, submission(), draft)
	} else {
		err = s.app.SaveDraft(t.Context(), actor, submission(), draft)
	}
	if err != nil {
		t.Fatalf("reporting as %s: %v", login, err)
	}
	return draft.ReportID.String()
}

// raise has somebody raise an issue at the usual desk, and gives its id.
func (s *site) raise(t *testing.T, login, words string) string {
	t.Helper()
	actor := s.actor(t, login)
	place := actor.Grants[0].Locality.ID
	form, err := s.app.RaiseForm(t.Context(), actor, place, uuid.Nil)
	if err != nil {
		t.Fatal(err)
	}
	id, err := s.app.Raise(t.Context(), actor, submission(), app.RaiseInput{
		Locality: place, Title: words, Description: words, Field: "roads", Severity: casework.Normal, Desk: form.Desks[0].ID,
	})
	if err != nil {
		t.Fatalf("raising as %s: %v", login, err)
	}
	return id.String()
}

func placeID(a cadre.Actor) string { return strconv.FormatInt(int64(a.Grants[0].Locality.ID), 10) }
