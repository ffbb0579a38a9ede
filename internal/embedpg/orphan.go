package embedpg

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// backendGrace is how long the children of a dead server have to notice its death.
const backendGrace = 2 * time.Second

func (f *folder) pidFile() string { return filepath.Join(f.data, "postmaster.pid") }

// clear stops a server that an earlier process left running on this folder, and removes its marks. A pid file whose process
// is gone, or is a stranger that got the number since, is stale. The lock says that no living process of ours is meant.
func (s *Server) clear() error {
	text, err := os.ReadFile(s.folder.pidFile())
	if errors.Is(err, fs.ErrNotExist) {
		return s.clearSocket()
	}
	if err != nil {
		return fmt.Errorf("reading the pid file: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		pid = 0 // half written; the processes themselves decide
	}
	if err := s.stopOrphans(pid); err != nil {
		return err
	}
	if err := os.Remove(s.folder.pidFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("clearing a stale pid file: %w", err)
	}
	return s.clearSocket()
}

// clearSocket removes the socket and its lock, which may name a process number that a stranger has by now.
func (s *Server) clearSocket() error {
	for _, name := range []string{".s.PGSQL." + socketPort, ".s.PGSQL." + socketPort + ".lock"} {
		if err := os.Remove(filepath.Join(s.socket, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing a stale socket: %w", err)
		}
	}
	return nil
}

// stopOrphans ends the server with this process number if it works in our cluster, and any process that outlived it there.
func (s *Server) stopOrphans(pid int) error {
	if s.worksHere(pid) {
		s.progress(fmt.Sprintf("stopping the PostgreSQL that an earlier run left behind (process %d)", pid))
		if s.endOrphans(syscall.SIGINT, []int{pid}, politeStop) || s.endOrphans(syscall.SIGQUIT, []int{pid}, abruptStop) {
			return nil
		}
	} else if s.endOrphans(0, nil, backendGrace) {
		return nil
	}
	if s.endOrphans(syscall.SIGQUIT, s.orphans(), abruptStop) || s.endOrphans(syscall.SIGKILL, s.orphans(), abruptStop) {
		return nil
	}
	return fmt.Errorf("an earlier PostgreSQL still runs on %s: processes %v", s.folder.data, s.orphans())
}

// endOrphans sends a signal, and tells whether within the limit no process is left in the cluster. Each number is looked at
// again before the signal: it may belong to a stranger by now.
func (s *Server) endOrphans(sig syscall.Signal, pids []int, limit time.Duration) bool {
	for _, pid := range pids {
		if s.worksHere(pid) {
			_ = syscall.Kill(pid, sig) // what counts is whether it goes, seen below
		}
	}
	for deadline := time.Now().Add(limit); ; time.Sleep(10 * time.Millisecond) {
		if len(s.orphans()) == 0 {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}

// orphans lists the PostgreSQL processes that work in our cluster.
func (s *Server) orphans() []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && s.worksHere(pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// worksHere tells whether the process is a PostgreSQL whose working folder is our cluster. Zombies have none.
func (s *Server) worksHere(pid int) bool {
	if pid <= 0 {
		return false
	}
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	comm, err := os.ReadFile(filepath.Join(proc, "comm"))
	if err != nil || strings.TrimSpace(string(comm)) != "postgres" {
		return false
	}
	cwd, err := os.Stat(filepath.Join(proc, "cwd"))
	if err != nil {
		return false
	}
	data, err := os.Stat(s.folder.data)
	return err == nil && os.SameFile(cwd, data)
}
