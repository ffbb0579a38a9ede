package web_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/app"
	"banam/internal/postgres"
	"banam/web"
)

// tripBudget is how often a page that is only read may go to the database, its session included (architecture.md, "Budget").
const tripBudget = 3

// tripCounter counts what is sent to the database: single queries and whole batches.
type tripCounter struct{ n atomic.Int64 }

func (c *tripCounter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (*tripCounter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (c *tripCounter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (*tripCounter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (*tripCounter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	objects := s.fill(t)
	s.exec(t, `UPDATE notices SET seen_at = now()`) // the seen marks of a first look are writes
	config, err := postgres.PoolConfig(s.db.AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	counter := &tripCounter{}
	config.ConnConfig.Tracer = counter
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
	for _, login := range []string{"admin", "bithu", "cbhuyen", "tieuvung1", "tinhuy"} {
		client := s.client(t, login)
		for _, path := range []string{
			"/", "/places", "/places/" + objects["{place} own"], "/reports", "/reports/drafts", "/reports/new", "/reports/" + objects["{report} own"],
			"/issues", "/issues?q=ngap", "/issues/new", "/issues/" + objects["{issue} own"], "/issues/" + objects["{issue} own"] + "/moves/comment", "/review", "/notices",
			"/search", "/search?q=hoang+yen", "/search?q=bd-2026-1&all=1",
		} {
			before := counter.n.Load()
			status, _ := s.get(t, client, path)
			if got := counter.n.Load() - before; got > tripBudget {
				t.Errorf("%s as %s (%d): got %d round trips, want at most %d", path, login, status, got, tripBudget)
			}
		}
	}
}
