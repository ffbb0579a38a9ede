package embedpg

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Pauses before a restart: the first, the longest, and how long a server must have lived to count as healthy.
const (
	firstPause = 50 * time.Millisecond
	lastPause  = 5 * time.Second
	healthy    = time.Minute
)

// keep runs the child and, once the server heals, starts it again whenever it ends, until Stop. The first outcome of
// starting goes to started.
func (s *Server) keep(started chan<- error) {
	// The parent-death signal follows the thread that made the child, so this goroutine keeps its thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.done)
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		began := time.Now()
		cmd, err := s.spawn()
		select {
		case started <- err:
		default: // only the first is waited for
		}
		if err == nil {
			err = s.reap(cmd)
		}
		if time.Since(began) > healthy {
			pause = firstPause
		}
		if !s.heals() {
			return
		}
		s.log.Error("private PostgreSQL ended by itself, starting it again", "err", err, "pause", pause)
		select {
		case <-s.stop:
			return
		case <-time.After(pause):
		}
	}
}

func (s *Server) heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.healing = true
}

func (s *Server) heals() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.healing && !s.stopping
}

// spawn clears what an earlier server left and starts a new one.
func (s *Server) spawn() (*exec.Cmd, error) {
	if err := s.clear(); err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(s.bin.dir, "postgres"), s.arguments()...)
	cmd.Env, cmd.Dir, cmd.SysProcAttr = childEnv(), s.folder.data, s.user.attr(syscall.SIGINT)
	cmd.Stdout, cmd.Stderr = s.lines, s.lines
	cmd.WaitDelay = time.Second // its own children may hold the log a little longer
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopping {
		return nil, errors.New("the server is being stopped")
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting PostgreSQL: %w", err)
	}
	s.cmd = cmd
	return cmd, nil
}

func (s *Server) reap(cmd *exec.Cmd) error {
	err := cmd.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = nil
	return err
}

func (s *Server) signal(sig syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd != nil {
		_ = s.cmd.Process.Signal(sig) // fails only when the process has ended, which is what a stop wants
	}
}

// arguments of the server. Ours come last and win: no TCP, one socket. The log leaves out statements and values, which may
// be personal; the application reports its own errors.
func (s *Server) arguments() []string {
	args := []string{"-D", s.folder.data}
	for _, name := range slices.Sorted(maps.Keys(s.config.Settings)) {
		args = append(args, "-c", name+"="+s.config.Settings[name])
	}
	for _, setting := range []string{
		"listen_addresses=", "port=" + socketPort, "unix_socket_permissions=0700",
		`unix_socket_directories="` + s.socket + `"`,
		"hba_file=" + filepath.Join(s.folder.data, "pg_hba.conf"), "ident_file=" + filepath.Join(s.folder.data, "pg_ident.conf"),
		"logging_collector=off", "log_destination=stderr", "log_min_messages=log",
		"log_error_verbosity=terse", "log_line_prefix=", "lc_messages=C",
	} {
		args = append(args, "-c", setting)
	}
	return args
}

// waitReady waits until the server says in its pid file that it takes connections.
func (s *Server) waitReady(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.done:
			return fmt.Errorf("PostgreSQL ended while starting: %s", s.lines.tail())
		case <-ctx.Done():
			return fmt.Errorf("waiting for PostgreSQL: %w: %s", ctx.Err(), s.lines.tail())
		case <-tick.C:
			if s.ready() {
				return nil
			}
		}
	}
}

// ready reads the pid file: the process in line 1, its state in line 8 (PostgreSQL, src/include/utils/pidfile.h).
func (s *Server) ready() bool {
	text, err := os.ReadFile(s.folder.pidFile())
	if err != nil {
		return false
	}
	lines := strings.Split(string(text), "\n")
	return len(lines) >= 8 && lines[0] == strconv.Itoa(s.Pid()) && strings.TrimSpace(lines[7]) == "ready"
}
