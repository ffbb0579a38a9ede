package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// handle turns a handler's fault into a page.
func (s *Server) handle(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// statusOf gives the HTTP status of a fault.
func statusOf(err error) int {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return http.StatusRequestEntityTooLarge
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid:
		return http.StatusUnprocessableEntity
	case fault.KindNotFound:
		return http.StatusNotFound
	case fault.KindForbidden:
		return http.StatusForbidden
	case fault.KindConflict:
		return http.StatusConflict
	case fault.KindUnavailable:
		return http.StatusServiceUnavailable
	case fault.KindInternal:
		return http.StatusInternalServerError
	}
	return http.StatusInternalServerError
}

// retryAfter is how many seconds a client should wait before it tries again.
const retryAfter = 2

// keeping is a fault after which a form cannot be shown again: the page gives the typed text back and, where there is one,
// leads back to what the form was about.
type keeping struct {
	error
	typed string
	back  *component.Action
}

// joined puts the texts of a form one under the other, for a person to copy.
func joined(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(t string) bool { return t == "" }), "\n\n")
}

// Unwrap gives the fault itself.
func (k keeping) Unwrap() error { return k.error }

// fail answers with the page of an error. What nobody foresaw is logged once with the request id that the page shows.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	status := statusOf(err)
	key, args := "fault.internal", []any(nil)
	if f := fault.As(err); f != nil {
		key, args = f.Key, f.Args
	}
	if status == http.StatusInternalServerError || status == http.StatusServiceUnavailable {
		s.log.Error("request failed", "id", requestID(r), "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
	}
	view := page.ErrorView{Base: s.base(w, r, "fault.title"), What: i18n.T(r.Context(), key, args...), Next: nextStep(r, status)}
	view.Flash = nil
	if k, ok := errors.AsType[keeping](err); ok {
		view.Text = k.typed
		if k.back != nil && status != http.StatusNotFound { // what may not be known of is not led to
			view.Ways = []component.Action{*k.back}
		}
	}
	if status != http.StatusNotFound { // that body is the same for what does not exist and for what one may not know of
		view.RequestID = requestID(r)
	}
	if err := s.render(w, r, status, page.Error(view)); err != nil {
		s.log.Error("rendering the error page", "id", requestID(r), "error", err)
		http.Error(w, http.StatusText(status), status)
	}
}

// nextStep words what the visitor can do after an error of the status.
func nextStep(r *http.Request, status int) string {
	switch status {
	case http.StatusNotFound, http.StatusForbidden:
		return i18n.T(r.Context(), "fault.next_elsewhere")
	case http.StatusServiceUnavailable:
		return i18n.T(r.Context(), "fault.next_wait")
	case http.StatusConflict, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return i18n.T(r.Context(), "fault.next_back")
	}
	return i18n.T(r.Context(), "fault.next_report")
}

func (s *Server) notFound(http.ResponseWriter, *http.Request) error { return fault.NotFound() }

func (s *Server) methodNotAllowed(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return fault.NotFound()
	}
	w.WriteHeader(http.StatusMethodNotAllowed)
	return nil
}
