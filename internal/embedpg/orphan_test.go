package embedpg

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestHealsWhenTheServerIsKilled(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: madeBefore(t)})
	exec1(t, connect(t, s, RoleOwner), `CREATE TABLE kept AS SELECT 1 AS n`)
	for range 2 {
		old := s.Pid()
		if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		eventually(t, "a new connection", func() bool {
			c, err := pgx.Connect(t.Context(), s.DSN(RoleApp, Database))
			return err == nil && c.Close(t.Context()) == nil && s.Pid() != old
		})
		t.Logf("healed after %v", time.Since(began))
		want(t, connect(t, s, RoleApp), `SELECT n FROM kept`, 1)
	}
	select {
	case <-s.Done():
		t.Error("Done is closed though the server lives")
	default:
	}
}

// TestStopWhileHealing stops between the death of the server and its restart. The next start clears what is left.
func TestStopWhileHealing(t *testing.T) {
	t.Parallel()
	c := Config{Dir: madeBefore(t)}
	s := start(t, c)
	old := s.Pid()
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	if pid := s.Pid(); pid != 0 {
		t.Errorf("Pid after Stop: got %d, want 0", pid)
	}
	want(t, connect(t, start(t, c), RoleApp), `SELECT 1`, 1)
}

const childVariable = "BANAM_EMBEDPG_CHILD"

// TestChild is no test of its own: TestParentIsKilled runs it in a process of its own and kills that.
func TestChild(t *testing.T) {
	dir := os.Getenv(childVariable)
	if dir == "" {
		return
	}
	s := start(t, Config{Dir: dir})
	exec1(t, connect(t, s, RoleOwner), `CREATE TABLE kept AS SELECT 1 AS n`)
	fmt.Printf("\nready %d\n", s.Pid())
	time.Sleep(time.Minute)
}

func TestParentIsKilled(t *testing.T) {
	t.Parallel()
	dir := madeBefore(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), childVariable+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid int
	for lines := bufio.NewScanner(out); pid == 0 && lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "ready "); ok {
			pid, _ = strconv.Atoi(text) // 0 is refused below
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if pid == 0 {
		t.Fatal("the child process did not start its server")
	}
	s := start(t, Config{Dir: dir})
	want(t, connect(t, s, RoleApp), `SELECT n FROM kept`, 1)
	if s.worksHere(pid) {
		t.Errorf("the server %d of the killed process still runs", pid)
	}
}

// orphan starts a server on a stopped cluster by hand, as if its parent had gone without telling it.
func orphan(t *testing.T, s *Server) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(filepath.Join(s.bin.dir, "postgres"), s.arguments()...)
	cmd.Env, cmd.Dir, cmd.SysProcAttr = childEnv(), s.folder.data, s.user.attr(0)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = cmd.Wait() }() // leaves no zombie; how it ended is not asked
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	eventually(t, "the orphan takes connections", func() bool {
		c, err := pgx.Connect(t.Context(), s.DSN(RoleApp, Database))
		return err == nil && c.Close(t.Context()) == nil
	})
	return cmd
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	c := Config{Dir: madeBefore(t)}
	s := start(t, c)
	exec1(t, connect(t, s, RoleOwner), `CREATE TABLE kept AS SELECT 1 AS n`)
	data, socketLock := s.folder.data, filepath.Join(s.socket, ".s.PGSQL."+socketPort+".lock")
	again := func(t *testing.T) {
		t.Helper()
		s = start(t, c)
		want(t, connect(t, s, RoleApp), `SELECT n FROM kept`, 1)
	}
	t.Run("live orphan", func(t *testing.T) {
		stop(t, s)
		pid := orphan(t, s).Process.Pid
		again(t)
		if s.worksHere(pid) {
			t.Errorf("the orphan %d still runs", pid)
		}
	})
	t.Run("orphan killed, its children still there", func(t *testing.T) {
		stop(t, s)
		cmd := orphan(t, s)
		connect(t, s, RoleApp)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		again(t)
	})
	for name, pid := range map[string]string{
		"pid file of a stranger":     strconv.Itoa(os.Getpid()),
		"pid file of the first one":  "1",
		"pid file of a gone process": "2147483646",
		"pid file cut off":           "",
	} {
		t.Run(name, func(t *testing.T) {
			stop(t, s)
			text := pid + "\n" + data + "\n1700000000\n" + socketPort + "\n" + s.socket + "\n\n  1234567         0\nready   \n"
			for _, path := range []string{s.folder.pidFile(), socketLock} {
				write(t, path, text)
				giveAway(t, path)
			}
			again(t)
		})
	}
}
