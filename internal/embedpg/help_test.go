package embedpg

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// tempFolder is a folder that also PostgreSQL's user may enter; that of testing.TB belongs to the tester alone.
func tempFolder(t *testing.T) string {
	t.Helper()
	dir, err := openTemp()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func openTemp() (string, error) {
	dir, err := os.MkdirTemp("", "embedpg-")
	if err != nil {
		return "", err
	}
	return dir, os.Chmod(dir, 0o755)
}

// pattern is a stopped cluster, for tests that need one but not its making. It lies in a folder that TestMain removes.
var (
	patternFolder string
	pattern       = sync.OnceValues(func() (string, error) {
		var err error
		if patternFolder, err = openTemp(); err != nil {
			return "", err
		}
		dir := filepath.Join(patternFolder, "postgres")
		s, err := Start(context.Background(), Config{Dir: dir})
		if err != nil {
			return "", err
		}
		return dir, s.Stop(context.Background())
	})
)

func TestMain(m *testing.M) {
	code := m.Run()
	if err := os.RemoveAll(patternFolder); err != nil {
		panic(err)
	}
	os.Exit(code)
}

// madeBefore is the folder of a cluster that need not be made.
func madeBefore(t *testing.T) string {
	t.Helper()
	from, err := pattern()
	if err != nil {
		t.Fatalf("making the pattern of a cluster: %v", err)
	}
	dir := filepath.Join(tempFolder(t), "postgres")
	if out, err := exec.CommandContext(t.Context(), "cp", "-a", from, dir).CombinedOutput(); err != nil {
		t.Fatalf("copying the cluster: %v: %s", err, out)
	}
	return dir
}

// start runs a server until the end of the test.
func start(t *testing.T, c Config) *Server {
	t.Helper()
	s, err := Start(t.Context(), c)
	if err != nil {
		t.Fatalf("Start: %v", err)
	}
	t.Cleanup(func() { stop(t, s) })
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), politeStop)
	defer cancel()
	if err := s.Stop(ctx); err != nil {
		t.Errorf("Stop: %v", err)
	}
}

func connect(t *testing.T, s *Server, role string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.DSN(role, Database))
	if err != nil {
		t.Fatalf("connecting as %s: %v", role, err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) }) // often cut off by the test itself
	return c
}

func exec1(t *testing.T, c *pgx.Conn, sql string) {
	t.Helper()
	if _, err := c.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func ask[T any](t *testing.T, c *pgx.Conn, sql string) T {
	t.Helper()
	var answer T
	if err := c.QueryRow(t.Context(), sql).Scan(&answer); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return answer
}

// want asserts the answer of a query.
func want[T comparable](t *testing.T, c *pgx.Conn, sql string, want T) {
	t.Helper()
	if got := ask[T](t, c, sql); got != want {
		t.Errorf("%s: got %v, want %v", sql, got, want)
	}
}

// tree lists all names below a folder.
func tree(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		names = append(names, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// eventually waits up to ten seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
