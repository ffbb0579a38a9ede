package web

import (
	"context"
	"net/http"
	"time"

	"banam/web/static"
)

// readyWait is how long the readiness check waits for the database.
const readyWait = 2 * time.Second

// healthz says that the process is alive, whatever the database does.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "alive\n") }

// readyz says whether requests can be served: the database answers, the schema is new enough, jobs run.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWait)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		s.log.Warn("not ready", "id", requestID(r), "error", err)
		plain(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	plain(w, http.StatusOK, "ready\n")
}

func (s *Server) favicon(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, static.Path("icon.svg"), http.StatusMovedPermanently)
	return nil
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text)) // whoever asked has gone; nothing to do about it
}
