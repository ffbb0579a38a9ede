// Package web owns the pages: routes, sessions, forms and the wording of faults. It calls app and maps what it gets to
// views; it holds no rule and no SQL.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"

	"banam/internal/app"
)

// Config is what a server needs from outside.
type Config struct {
	App      *app.App
	Sessions scs.Store // must implement scs.CtxStore
	Log      *slog.Logger
	Secure   bool                        // served over https: cookies get __Host- and Secure
	Demo     []DemoAccount               // shown on the sign-in page in demo mode; empty otherwise
	DemoPass string                      // password of the demo accounts
	Ready    func(context.Context) error // database, schema and jobs
}

// DemoAccount is an account that the sign-in page of a demo offers.
type DemoAccount struct {
	Login string
	Post  string // post code, worded by the page
	Place string
}

// Server answers requests.
type Server struct {
	app      *app.App
	log      *slog.Logger
	sessions *scs.SessionManager
	secure   bool
	demo     []DemoAccount
	demoPass string
	ready    func(context.Context) error
	router   chi.Router
	exports  chan struct{} // files under way
}

// sessionLife is how long a session lasts at the most, however busy it is.
const sessionLife = 30 * 24 * time.Hour

// New makes a server.
func New(c Config) *Server {
	s := &Server{
		app: c.App, log: c.Log, sessions: scs.New(), secure: c.Secure, demo: c.Demo, demoPass: c.DemoPass, ready: c.Ready,
		exports: make(chan struct{}, exportsAtOnce),
	}
	s.sessions.Store = c.Sessions
	s.sessions.Lifetime = sessionLife
	s.sessions.Cookie.Name = s.cookieName("banam")
	s.sessions.Cookie.Secure = c.Secure
	s.sessions.Cookie.SameSite = http.SameSiteLaxMode
	s.sessions.ErrorFunc = s.fail
	s.router = s.routes()
	return s
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// Routes gives the route table, for the tests that walk it.
func (s *Server) Routes() chi.Routes { return s.router }

// cookieName gives a cookie's full name: over https the browser then binds it to this host.
func (s *Server) cookieName(name string) string {
	if s.secure {
		return "__Host-" + name
	}
	return name
}
