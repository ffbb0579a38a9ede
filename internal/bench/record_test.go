package bench_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/app"
	"banam/internal/postgres"
	"banam/web"
)

// statement is one statement as the application sent it.
type statement struct {
	sql  string
	args []any
}

// trip is what the application sent in one go.
type trip []statement

// page is a page as the application answered it: what it asked the database, and what it gave.
type page struct {
	visit
	trips  []trip
	status int
	header http.Header
	body   []byte
	inside time.Duration // spent in the database
	whole  time.Duration
}

// visit is a page with who looks at it, or a form with who sends it.
type visit struct {
	name, path string
	cookies    []*http.Cookie
	form       func() url.Values // nil for a page that is only read
}

func (v visit) request(ctx context.Context, base string) (*http.Request, error) {
	method, body := http.MethodGet, io.Reader(nil)
	if v.form != nil {
		method, body = http.MethodPost, formReader(v.form())
	}
	r, err := http.NewRequestWithContext(ctx, method, base+v.path, body)
	if err != nil {
		return nil, err
	}
	if v.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range v.cookies {
		r.AddCookie(c)
	}
	return r, nil
}

// recorder is a tracer that keeps what is sent to the database and how long that takes.
type recorder struct {
	mu     sync.Mutex
	trips  []trip
	inside time.Duration
	since  time.Time
}

func (r *recorder) start(t trip) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.trips = append(r.trips, t)
	r.since = time.Now()
}

func (r *recorder) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inside += time.Since(r.since)
}

func (r *recorder) take() ([]trip, time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	trips, inside := r.trips, r.inside
	r.trips, r.inside = nil, 0
	return trips, inside
}

// TraceQueryStart keeps a single statement.
func (r *recorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	r.start(trip{{d.SQL, d.Args}})
	return ctx
}

// TraceQueryEnd ends the time of a single statement.
func (r *recorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) { r.end() }

// TraceBatchStart keeps the statements of a batch.
func (r *recorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	var t trip
	for _, q := range d.Batch.QueuedQueries {
		t = append(t, statement{q.SQL, q.Arguments})
	}
	r.start(t)
	return ctx
}

// TraceBatchQuery does nothing: the batch as a whole counts.
func (r *recorder) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd ends the time of a batch.
func (r *recorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) { r.end() }

// site is the application in this process, watched.
type site struct {
	handler http.Handler
	seen    *recorder
}

func newSite(t testing.TB, dsn string) *site {
	t.Helper()
	config, err := postgres.PoolConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{seen: &recorder{}}
	config.ConnConfig.Tracer = s.seen
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	db, err := postgres.New(pool)
	if err != nil {
		t.Fatal(err)
	}
	s.handler = web.New(web.Config{
		App: app.New(db, time.Now), Sessions: postgres.NewSessions(db, time.Now), Log: slog.New(slog.DiscardHandler),
		Ready: func(context.Context) error { return nil },
	})
	return s
}

// record asks for a page twice, so that statements are prepared, and keeps the second time; many more give the times.
func (s *site) record(t testing.TB, v visit) page {
	t.Helper()
	p := page{visit: v}
	const rounds = 60
	for n := range rounds {
		r, err := v.request(context.Background(), "http://bench.invalid")
		if err != nil {
			t.Fatal(err)
		}
		s.seen.take()
		w := httptest.NewRecorder()
		start := time.Now()
		s.handler.ServeHTTP(w, r)
		whole := time.Since(start)
		trips, inside := s.seen.take()
		if w.Code >= http.StatusBadRequest {
			t.Fatalf("%s: got %d: %.300s", v.name, w.Code, w.Body)
		}
		if n == 1 {
			p.trips, p.status, p.header, p.body = trips, w.Code, w.Header(), w.Body.Bytes()
		}
		if n >= rounds/3 {
			p.whole += whole
			p.inside += inside
		}
	}
	return p
}

// renamed gives the arguments of a statement with ids of its own for what is made: the same statement again would be
// refused.
func renamed(args []any, ids map[uuid.UUID]uuid.UUID) []any {
	out := make([]any, len(args))
	for i, a := range args {
		switch v := a.(type) {
		case uuid.UUID:
			if id, ok := ids[v]; ok {
				a = id
			}
		case string: // an id in words, as of an advisory lock
			if id, err := uuid.Parse(v); err == nil && ids[id] != uuid.Nil {
				a = ids[id].String()
			}
		}
		out[i] = a
	}
	return out
}
