package bench_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/klauspost/compress/gzhttp"

	"banam/internal/postgres"
)

func formReader(f url.Values) *strings.Reader { return strings.NewReader(f.Encode()) }

// minimal is the least that could answer the pages: a chi router whose handlers send the recorded statements to the same
// database in the same round trips, read every row, and answer with the recorded bytes, packed like the application's. It
// knows no session, no rule, no template: what the application costs beyond this is its own.
func minimal(t testing.TB, dsn string, pages []page) http.Handler {
	t.Helper()
	config, err := postgres.PoolConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	router := chi.NewRouter()
	router.Use(func(next http.Handler) http.Handler { return gzhttp.GzipHandler(next) })
	for _, p := range pages {
		made := madeBy(p)
		handle := func(w http.ResponseWriter, r *http.Request) {
			if err := replay(r.Context(), pool, p.trips, made); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			for name, values := range p.header {
				if name != "Content-Encoding" && name != "Content-Length" {
					w.Header()[name] = values
				}
			}
			w.WriteHeader(p.status)
			_, _ = w.Write(p.body)
		}
		path, _, _ := strings.Cut(p.path, "?")
		if p.form != nil {
			router.Post(path, handle)
		} else {
			router.Get(path, handle)
		}
	}
	return router
}

// madeBy lists the ids that a form made: those of the claim and of the first insert.
func madeBy(p page) []uuid.UUID {
	var ids []uuid.UUID
	if p.form == nil {
		return nil
	}
	for _, t := range p.trips {
		for _, s := range t {
			for _, a := range s.args {
				if id, ok := a.(uuid.UUID); ok {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}

// replay sends the trips again over one connection if they are a transaction, else over any.
func replay(ctx context.Context, pool *pgxpool.Pool, trips []trip, made []uuid.UUID) error {
	ids := map[uuid.UUID]uuid.UUID{}
	for _, id := range made {
		ids[id] = uuid.Must(uuid.NewV7())
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	for _, t := range trips {
		b := &pgx.Batch{}
		for _, s := range t {
			b.Queue(s.sql, renamed(s.args, ids)...).Query(func(rows pgx.Rows) error {
				for rows.Next() {
					_ = rows.RawValues()
				}
				return rows.Err()
			})
		}
		if err := conn.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
	}
	return nil
}
