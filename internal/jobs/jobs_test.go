package jobs_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"banam/internal/app"
	"banam/internal/jobs"
	"banam/internal/postgres"
	"banam/internal/testdb"
)

// TestRunner starts a runner on jobs that wait: those that run by the clock run at once, one about nothing is given up.
func TestRunner(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	db, err := postgres.New(d.App)
	if err != nil {
		t.Fatal(err)
	}
	enqueue(t, db, app.NotifyIssue{EventID: uuid.New()})
	enqueue(t, db, app.NotifyReport{ReportID: uuid.New(), Number: 1})
	runner, err := jobs.New(app.New(db, time.Now), d.App, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if runner.Healthy() == nil {
		t.Error("before the start: got healthy")
	}
	if err := runner.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := runner.Healthy(); err != nil {
		t.Errorf("after the start: %v", err)
	}
	for kind, want := range map[string]string{
		"notify_issue": "cancelled", "notify_report": "cancelled", "pass_vacant": "completed", "sweep_sessions": "completed", "open_handovers": "completed",
		"queue_mails": "completed", "tell_mornings": "completed", "sweep_mails": "completed",
	} {
		if got := ended(t, d, kind); got != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
	stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := runner.Stop(stop); err != nil {
		t.Error(err)
	}
	if runner.Healthy() == nil {
		t.Error("after the stop: got healthy")
	}
}

func enqueue(t *testing.T, db *postgres.DB, args river.JobArgs) {
	t.Helper()
	err := db.InTx(t.Context(), func(tx *postgres.Tx) error {
		return tx.Enqueue(t.Context(), args)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// ended waits for the job of a kind to end and gives its state.
func ended(t *testing.T, d *testdb.DB, kind string) string {
	t.Helper()
	state := "missing"
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		err := d.Owner.QueryRow(t.Context(), `SELECT coalesce(max(state::text), 'missing') FROM river.river_job WHERE kind = $1 AND finalized_at IS NOT NULL`, kind).Scan(&state)
		if err != nil {
			t.Fatal(err)
		}
		if state != "missing" {
			break
		}
	}
	return state
}
