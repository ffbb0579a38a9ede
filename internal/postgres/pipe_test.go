package postgres

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"banam/internal/fault"
	"banam/internal/testdb"
)

// pipeDB is an empty database with a table of notes, whose transactions are seen from inside.
func pipeDB(t *testing.T) (*DB, func() int) {
	t.Helper()
	test := testdb.New(t)
	if _, err := test.Owner.Exec(t.Context(), `CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL);
		GRANT SELECT, INSERT, UPDATE ON notes TO banam_app`); err != nil {
		t.Fatal(err)
	}
	config, err := PoolConfig(test.AppDSN)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	db, err := New(pool)
	if err != nil {
		t.Fatal(err)
	}
	return db, func() int {
		var n int
		if err := test.Owner.QueryRow(t.Context(), `SELECT count(*) FROM notes`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
}

func note(tx *Tx, id int) { tx.tx.queue(`INSERT INTO notes VALUES ($1, 'x')`, id) }

// What is sent together with the commit is kept whole or not at all.
func TestPipeKeepsAllOrNothing(t *testing.T) {
	t.Parallel()
	db, count := pipeDB(t)
	stop := errors.New("stop")
	conflict := &fault.Error{Kind: fault.KindConflict, Key: "issue.moved_on"}
	forbidden := &fault.Error{Kind: fault.KindForbidden, Key: "fault.assignment_ended"}
	for _, tt := range []struct {
		name string
		do   func(tx *Tx) error
		want int
		kind fault.Kind
		key  string
		err  error
	}{
		{"only queued writes", func(tx *Tx) error { note(tx, 1); note(tx, 2); return nil }, 2, 0, "", nil},
		{"a refusal before the commit", func(tx *Tx) error {
			note(tx, 3)
			tx.tx.mustTouch(conflict, `UPDATE notes SET text = 'y' WHERE id = $1 RETURNING 1`, 99)
			note(tx, 4)
			return nil
		}, 2, fault.KindConflict, "issue.moved_on", nil},
		{"a refusal that comes with a read", func(tx *Tx) error {
			note(tx, 5)
			tx.tx.mustTouch(forbidden, `SELECT 1 FROM notes WHERE id = $1 FOR UPDATE`, 99)
			_, err := tx.tx.Exec(context.Background(), `SELECT 1`)
			return err
		}, 2, fault.KindForbidden, "fault.assignment_ended", nil},
		{"a row that is touched", func(tx *Tx) error {
			note(tx, 6)
			tx.tx.mustTouch(conflict, `UPDATE notes SET text = 'y' WHERE id = $1 RETURNING 1`, 1)
			return nil
		}, 3, 0, "", nil},
		{"a violation at the commit", func(tx *Tx) error { note(tx, 7); note(tx, 7); return nil }, 3, fault.KindInternal, "", nil},
		{"an error of the use case after a read", func(tx *Tx) error {
			note(tx, 8)
			if _, err := tx.tx.Exec(context.Background(), `SELECT 1`); err != nil {
				return err
			}
			return stop
		}, 3, fault.KindInternal, "", stop},
		{"an error of the use case before anything was sent", func(tx *Tx) error { note(tx, 9); return stop }, 3, fault.KindInternal, "", stop},
		{"nothing at all", func(*Tx) error { return nil }, 3, 0, "", nil},
	} {
		err := db.InTx(t.Context(), tt.do)
		if f := fault.As(err); tt.key != "" && (f == nil || f.Kind != tt.kind || f.Key != tt.key) {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.key)
		}
		if (err != nil) != (tt.key != "" || tt.err != nil || tt.name == "a violation at the commit") || tt.err != nil && !errors.Is(err, tt.err) {
			t.Errorf("%s: got %v", tt.name, err)
		}
		if got := count(); got != tt.want {
			t.Errorf("%s: got %d notes, want %d", tt.name, got, tt.want)
		}
	}
}

// PostgreSQL undoes one of two transactions that wait for each other; it is tried again, and both end well.
func TestPipeTriesAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	db, _ := pipeDB(t)
	if err := db.InTx(t.Context(), func(tx *Tx) error { note(tx, 1); note(tx, 2); return nil }); err != nil {
		t.Fatal(err)
	}
	first, second := make(chan struct{}), make(chan struct{})
	tries := make(chan int, 20)
	ended := map[int]chan struct{}{1: make(chan struct{}), 2: make(chan struct{})}
	lock := func(mine, other int, here, there chan struct{}) error {
		defer close(ended[mine])
		once := false
		return db.InTx(context.Background(), func(tx *Tx) error {
			tries <- mine
			if once {
				<-ended[other] // on a busy machine the two might meet like this again
			}
			if _, err := tx.tx.Exec(context.Background(), `UPDATE notes SET text = text || 'a' WHERE id = $1`, mine); err != nil {
				return err
			}
			if !once {
				once = true
				close(here)
				<-there
			}
			tx.tx.queue(`UPDATE notes SET text = text || 'b' WHERE id = $1`, other) // goes out with the commit
			return nil
		})
	}
	failed := make(chan error, 1)
	go func() { failed <- lock(1, 2, first, second) }()
	if err := lock(2, 1, second, first); err != nil {
		t.Error(err)
	}
	if err := <-failed; err != nil {
		t.Error(err)
	}
	if len(tries) != 3 {
		t.Errorf("got %d tries, want 3: one of the two a second time", len(tries))
	}
	var texts int
	if err := db.pool.QueryRow(t.Context(), `SELECT count(*) FROM notes WHERE length(text) = 3`).Scan(&texts); err != nil || texts != 2 {
		t.Errorf("got %d notes with one change by each, %v, want 2", texts, err)
	}
}
