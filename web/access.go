package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
)

// handler answers a request or says what went wrong; handle turns the fault into a page.
type handler func(w http.ResponseWriter, r *http.Request) error

// access registers routes that need the same thing of a person.
type access struct {
	server *Server
	router chi.Router
	check  func(http.ResponseWriter, *http.Request) (*http.Request, error) // gives the request with what is known of the visitor
}

func (a access) get(path string, h handler)  { a.router.Get(path, a.wrap(h)) }
func (a access) post(path string, h handler) { a.router.Post(path, a.wrap(h)) }

func (a access) wrap(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		known, err := a.check(w, r)
		switch {
		case errors.Is(err, errAnswered):
		case err != nil && known != nil: // the error page, too, is that of the signed-in person
			a.server.fail(w, known, err)
		case err != nil:
			a.server.fail(w, r, err)
		default:
			a.server.handle(h)(w, known)
		}
	}
}

// public lets everybody in; a signed-in person is known to the page all the same.
func (s *Server) public(r chi.Router) access {
	return access{s, r, func(_ http.ResponseWriter, r *http.Request) (*http.Request, error) { return s.recognise(r) }}
}

// signedIn lets people with an account in and sends others to sign in.
func (s *Server) signedIn(r chi.Router) access { return access{s, r, s.armed} }

// newcomer is signedIn for those, too, who have only a one-time password yet.
func (s *Server) newcomer(r chi.Router) access { return access{s, r, s.identify} }

// may lets people in who hold a post that allows the action somewhere.
func (s *Server) may(r chi.Router) func(cadre.Action) access {
	return func(action cadre.Action) access {
		return access{s, r, func(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
			r, err := s.armed(w, r)
			if err != nil {
				return nil, err
			}
			if scope := session(r).Actor.Scope(action); scope.Empty() {
				return r, fault.Forbidden("fault.forbidden")
			}
			return r, nil
		}}
	}
}

type contextKey int

const (
	sessionKey contextKey = iota
	requestKey
)

const accountField = app.SessionAccount

// errAnswered says that the visitor was sent to sign in or to choose a password already.
var errAnswered = errors.New("the visitor was sent elsewhere")

// recognise reads who is signed in and in which language to answer; a visitor's choice is in a cookie.
func (s *Server) recognise(r *http.Request) (*http.Request, error) {
	ctx := r.Context()
	if id := s.sessions.GetInt64(ctx, accountField); id != 0 {
		found, err := s.app.SessionOf(ctx, id)
		if err == nil {
			return r.WithContext(i18n.With(context.WithValue(ctx, sessionKey, found), i18n.Language(found.Language))), nil
		}
		if fault.KindOf(err) != fault.KindNotFound {
			return nil, err
		}
		if err := s.sessions.Destroy(ctx); err != nil {
			return nil, err
		}
	}
	return r.WithContext(i18n.With(ctx, s.chosenLanguage(r))), nil
}

// identify reads who is signed in, and sends others to sign in (errAnswered).
func (s *Server) identify(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	known, err := s.recognise(r)
	if err != nil || session(known).Actor.CadreID != 0 {
		return known, err
	}
	if scripted(r) { // nothing that was typed goes to a page which nobody sees
		return nil, errors.Join(errAnswered, s.answer(w, r, http.StatusUnauthorized, keptDraft{}))
	}
	target := "/sign-in"
	if next := r.URL.RequestURI(); r.Method == http.MethodGet && next != "/" {
		target += "?next=" + url.QueryEscape(next)
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
	return nil, errAnswered
}

// armed is identify for everything but the choice of a first password, to which people without one are sent (errAnswered).
func (s *Server) armed(w http.ResponseWriter, r *http.Request) (*http.Request, error) {
	known, err := s.identify(w, r)
	if err != nil || !session(known).Unarmed {
		return known, err
	}
	http.Redirect(w, r, passwordPath, http.StatusSeeOther)
	return nil, errAnswered
}

// session gives the signed-in person of a request; the zero Session where nobody is signed in.
func session(r *http.Request) app.Session {
	found, _ := r.Context().Value(sessionKey).(app.Session)
	return found
}

func (s *Server) withSession(next http.Handler) http.Handler { return s.sessions.LoadAndSave(next) }
