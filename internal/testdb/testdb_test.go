package testdb

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestNewGivesEachTestItsOwn(t *testing.T) {
	t.Parallel()
	a, b := New(t), New(t)
	if _, err := a.Owner.Exec(t.Context(), `INSERT INTO installation (key, value) VALUES ('mark', 'a')`); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		db   *DB
		want int
	}{{a, 1}, {b, 0}} {
		var got int
		if err := c.db.App.QueryRow(t.Context(), `SELECT count(*) FROM installation WHERE key = 'mark'`).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != c.want {
			t.Errorf("%s: got %d marks, want %d", c.db.Name, got, c.want)
		}
	}
}

func TestRolesOfClone(t *testing.T) {
	t.Parallel()
	db := New(t)
	_, err := db.App.Exec(t.Context(), `CREATE TABLE t ()`)
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); !ok || pgErr.Code != "42501" {
		t.Errorf("the application made a table: got error %v, want insufficient_privilege", err)
	}
	if _, err := db.Owner.Exec(t.Context(), `CREATE TABLE t ()`); err != nil {
		t.Errorf("the owner could not make a table: %v", err)
	}
	if _, err := db.App.Exec(t.Context(), `SELECT FROM t`); err != nil {
		t.Errorf("the application could not read the owner's new table: %v", err)
	}
	if _, err := db.App.Exec(t.Context(), `SELECT FROM river.river_job`); err != nil {
		t.Errorf("the application could not read the jobs: %v", err)
	}
}

func TestDroppedAtEnd(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("inner", func(t *testing.T) { name = New(t).Name })
	outer := New(t)
	var exists bool
	if err := outer.Owner.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&exists); err != nil {
		t.Fatal(err)
	}
	if exists {
		t.Errorf("database %s outlived its test", name)
	}
}

const childVariable = "BANAM_TESTDB_CHILD"

// TestChild is no test of its own: TestNothingLeftBehind runs it in a process of its own and kills that.
func TestChild(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		return
	}
	New(t)
	c, err := shared()
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\nready %d %s\n", c.server.Pid(), c.place.dir)
	time.Sleep(time.Minute)
}

func TestNothingLeftBehind(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childVariable+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid, dir string
	for lines := bufio.NewScanner(out); pid == "" && lines.Scan(); {
		if f := strings.Fields(lines.Text()); len(f) == 3 && f[0] == "ready" {
			pid, dir = f[1], f[2]
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if pid == "" {
		t.Fatal("the child process did not start its cluster")
	}
	number, err := strconv.Atoi(pid)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server ends", func() bool { return errors.Is(syscall.Kill(number, 0), syscall.ESRCH) || zombie(pid) })
	eventually(t, "the folder goes", func() bool { return missing(dir) && missing(dir+lockSuffix) })
}

func TestSweepTakesOnlyWhatNobodyHolds(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	held, err := os.CreateTemp(root, prefix+"*"+lockSuffix)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = held.Close() }()
	if !holds(held) {
		t.Fatal("could not lock a new file")
	}
	left, err := os.CreateTemp(root, prefix+"*"+lockSuffix)
	if err != nil {
		t.Fatal(err)
	}
	if err := left.Close(); err != nil {
		t.Fatal(err)
	}
	for _, f := range []*os.File{held, left} {
		if err := os.MkdirAll(filepath.Join(strings.TrimSuffix(f.Name(), lockSuffix), "data"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := sweep(root); err != nil {
		t.Fatal(err)
	}
	if missing(strings.TrimSuffix(held.Name(), lockSuffix)) || missing(held.Name()) {
		t.Error("the folder of a living process was removed")
	}
	if !missing(strings.TrimSuffix(left.Name(), lockSuffix)) || !missing(left.Name()) {
		t.Error("the folder of a dead process stayed")
	}
}

func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func zombie(pid string) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	return err == nil && strings.Contains(string(stat), ") Z ")
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Errorf("waited in vain: %s", what)
}
