package jobs_test

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/jobs"
	"banam/internal/mail"
	"banam/internal/postgres"
	"banam/internal/testdb"
	"banam/internal/testmail"
)

// Environment of the process that TestMailWorkerKilled kills.
const (
	workerDSN  = "BANAM_TEST_WORKER_DSN"
	workerMail = "BANAM_TEST_WORKER_MAIL"
)

// TestMain runs a worker instead of the tests where the environment says so.
func TestMain(m *testing.M) {
	if dsn := os.Getenv(workerDSN); dsn != "" {
		if err := work(dsn, os.Getenv(workerMail)); err != nil {
			slog.Error("the worker failed", "err", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func work(dsn, addr string) error {
	db, err := postgres.Open(context.Background(), dsn)
	if err != nil {
		return err
	}
	runner, err := mailRunner(db, addr)
	if err == nil {
		err = runner.Start(context.Background())
	}
	if err != nil {
		return err
	}
	time.Sleep(time.Minute) // it is killed before
	return nil
}

func mailRunner(db *postgres.DB, addr string) (*jobs.Runner, error) {
	sender, err := mail.New(mail.Settings{Server: "smtp://" + addr, From: "banam@example.vn", Public: "https://banam.example.vn"})
	if err != nil {
		return nil, err
	}
	a := app.New(db, time.Now)
	a.MailThrough(sender)
	return jobs.New(a, db.Pool(), slog.New(slog.DiscardHandler))
}

// start runs a worker until the test ends.
func start(t *testing.T, db *postgres.DB, addr string) {
	t.Helper()
	runner, err := mailRunner(db, addr)
	if err == nil {
		err = runner.Start(context.WithoutCancel(t.Context()))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := runner.Stop(stop); err != nil {
			t.Error(err)
		}
	})
}

// reader makes somebody who wants a letter for each notice and is told so many.
func reader(t *testing.T, d *testdb.DB, notices int) *postgres.DB {
	t.Helper()
	change(t, d, `WITH person AS (INSERT INTO cadres (full_name, tier, email) VALUES ('Nguyễn Thị Được', 'commune', 'duoc@example.vn') RETURNING id)
		INSERT INTO accounts (cadre_id, login, password_hash, mail, mail_to, mail_since) SELECT id, 'duoc', 'x', 'each', 'duoc@example.vn', now() FROM person`)
	for range notices {
		change(t, d, `INSERT INTO notices (id, cadre_id, event_key, kind, at) SELECT $1::uuid, cadre_id, $1::uuid::text, 'account.mail_changed', now() FROM accounts`, uuid.New())
	}
	db, err := postgres.New(d.App)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func change(t *testing.T, d *testdb.DB, sql string, args ...any) {
	t.Helper()
	if _, err := d.Owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, d *testdb.DB, sql string) int {
	t.Helper()
	var n int
	if err := d.Owner.QueryRow(t.Context(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it did not come to that", what)
		}
	}
}

func ids(server *testmail.Server) []string {
	var list []string
	for _, l := range server.Taken() {
		list = append(list, l.Mail.Header.Get("Message-ID"))
	}
	slices.Sort(list)
	return list
}

// TestMailIsWrittenWithItsNotice holds that a letter is there if and only if its notice is.
func TestMailIsWrittenWithItsNotice(t *testing.T) {
	t.Parallel()
	d := testdb.New(t)
	reader(t, d, 1)
	change(t, d, `INSERT INTO cadres (full_name, tier) VALUES ('Lê Văn Không', 'commune')`)
	tx, err := d.App.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const tell = `INSERT INTO notices (id, cadre_id, event_key, kind, at) SELECT gen_random_uuid(), id, 'again', 'account.mail_changed', now() FROM cadres`
	if _, err := tx.Exec(t.Context(), tell); err != nil {
		t.Fatal(err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := number(t, d, `SELECT count(*) FROM mails`); n != 1 {
		t.Errorf("after a transaction that was undone: got %d letters, want 1", n)
	}
	change(t, d, tell) // two people, one of whom wants letters
	if n := number(t, d, `SELECT count(*) FROM mails m JOIN notices n ON n.id = m.notice_id AND n.cadre_id = m.cadre_id`); n != 2 {
		t.Errorf("got %d letters, want 2", n)
	}
}

// TestMailWorkers lets two workers share the letters: each goes out once.
func TestMailWorkers(t *testing.T) {
	t.Parallel()
	d, server := testdb.New(t), testmail.Start(t)
	db := reader(t, d, 30)
	start(t, db, server.Addr)
	start(t, db, server.Addr)
	await(t, "30 letters", func() bool { return number(t, d, `SELECT count(*) FROM mails WHERE outcome = 'sent'`) == 30 })
	got := ids(server)
	if len(got) != 30 || len(slices.Compact(got)) != 30 {
		t.Errorf("got %d letters", len(got))
	}
}

// TestMailServerDown keeps letters while the mail server is down, refuses for now, or breaks off, and sends them when it is there.
func TestMailServerDown(t *testing.T) {
	t.Parallel()
	d, server := testdb.New(t), testmail.Start(t)
	server.Down()
	db := reader(t, d, 1)
	start(t, db, server.Addr)
	tried := func(n int) func() bool {
		return func() bool {
			return number(t, d, `SELECT coalesce(max(cardinality(errors)), 0) FROM river.river_job WHERE kind = 'send_mail'`) >= n
		}
	}
	await(t, "a failed try", tried(1))
	server.OnLetter(func(n int) error {
		return []error{testmail.Refuse(421, [3]int{4, 3, 2}), testmail.ErrCut, nil}[min(n, 2)]
	})
	server.Up(t, server.Addr)
	again := func() { // what River would do some seconds later
		change(t, d, `UPDATE river.river_job SET state = 'available', scheduled_at = now() WHERE kind = 'send_mail' AND state = 'retryable'`)
	}
	for n := 2; n <= 3; n++ {
		again()
		await(t, "another failed try", tried(n))
	}
	again()
	await(t, "a letter", func() bool { return number(t, d, `SELECT count(*) FROM mails WHERE outcome = 'sent'`) == 1 })
	got := ids(server)
	if len(got) != 3 || len(slices.Compact(got)) != 1 {
		t.Errorf("got %v, want one Message-ID three times", got)
	}
	if n := number(t, d, `SELECT count(*) FROM river.river_job WHERE kind = 'send_mail' AND array_to_string(errors, ' ') LIKE '%duoc@%'`); n != 0 {
		t.Error("an error has the address")
	}
}

// TestMailWorkerKilled kills the process of the worker when the server has a letter and the worker has not noted it: the next worker sends the
// letter once more, under the same Message-ID, and notes it.
func TestMailWorkerKilled(t *testing.T) {
	t.Parallel()
	d, server := testdb.New(t), testmail.Start(t)
	db := reader(t, d, 1)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	worker := spawn(t, program, d.AppDSN, server.Addr)
	var killed atomic.Bool
	server.OnLetter(func(n int) error {
		if n == 0 {
			killed.Store(worker.Process.Signal(syscall.SIGKILL) == nil)
			_, _ = worker.Process.Wait() // it is dead before the server answers
		}
		return nil
	})
	await(t, "the kill", func() bool { return killed.Load() && len(server.Taken()) == 1 })
	if n := number(t, d, `SELECT count(*) FROM mails WHERE done_at IS NULL`); n != 1 {
		t.Fatalf("got %d letters open after the kill, want 1", n)
	}
	start(t, db, server.Addr)
	change(t, d, `UPDATE river.river_job SET state = 'available' WHERE kind = 'send_mail' AND state = 'running'`) // what River does after two minutes
	await(t, "the letter noted", func() bool { return number(t, d, `SELECT count(*) FROM mails WHERE outcome = 'sent'`) == 1 })
	got := ids(server)
	if len(got) != 2 || got[0] != got[1] {
		t.Errorf("got %v, want one Message-ID twice", got)
	}
}

// spawn starts a process that works off the jobs.
func spawn(t *testing.T, program, dsn, addr string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(context.WithoutCancel(t.Context()), program)
	c.Env = append(os.Environ(), workerDSN+"="+dsn, workerMail+"="+addr)
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() }) // it is dead by then, unless the test failed
	return c
}
