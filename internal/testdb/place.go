package testdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
)

// Names of what a test process leaves: the folder of its cluster, and beside it a lock that the process holds while it
// lives.
const (
	prefix     = "banam-test-"
	lockSuffix = ".lock"
)

// place is the folder of a test cluster.
type place struct {
	dir   string
	lock  *os.File
	shell *exec.Cmd // waits for the end of its input, which a collected command would close too early
	once  sync.Once
}

// newPlace chooses a folder for this process and has it removed when the process ends.
func newPlace(root string) (*place, error) {
	for range 10 {
		file, err := os.CreateTemp(root, prefix+"*"+lockSuffix)
		if err != nil {
			return nil, fmt.Errorf("making a folder for the test cluster: %w", err)
		}
		if !holds(file) { // a sweeping process was quicker
			_ = file.Close()
			continue
		}
		p := &place{dir: strings.TrimSuffix(file.Name(), lockSuffix), lock: file}
		return p, p.removeAtEnd()
	}
	return nil, errors.New("making a folder for the test cluster: every lock was swept away")
}

// holds locks the file, and tells whether that worked and the file still has its name.
func holds(file *os.File) bool {
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return false
	}
	mine, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(file.Name())
	return err == nil && os.SameFile(mine, named)
}

// removal waits for the end of its parent, which closes its input, then for the end of the server, and removes the folder
// and the lock. A kept cluster has no lock any more.
const removal = `read -r _
i=0
while [ -e "$1/data/postmaster.pid" ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i+1)); done
if [ -e "$2" ]; then rm -rf "$1" "$2"; fi`

// removeAtEnd leaves the removal to a shell, since a test process has no last word of its own.
func (p *place) removeAtEnd() error {
	cmd := exec.CommandContext(context.Background(), "sh", "-c", removal, "sh", p.dir, p.lock.Name())
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // out of reach of Ctrl-C, which ends the parent
	if _, err := cmd.StdinPipe(); err != nil {
		return fmt.Errorf("watching for the end of the tests: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("watching for the end of the tests: %w", err)
	}
	p.shell = cmd
	return nil
}

// keep saves the folder from being removed.
func (p *place) keep() {
	p.once.Do(func() { _ = os.Remove(p.lock.Name()) }) // at worst the folder goes, and the test says again what failed
}

// sweep removes what processes left that were killed together with their shell: folders whose lock nobody holds.
func sweep(root string) error {
	locks, err := filepath.Glob(filepath.Join(root, prefix+"*"+lockSuffix))
	if err != nil {
		return fmt.Errorf("finding left test clusters: %w", err)
	}
	for _, path := range locks {
		if err := sweepOne(path); err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return nil
}

func sweepOne(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return err // gone meanwhile, or another user's
	}
	defer func() { _ = file.Close() }() // only unlocks what is gone
	if !holds(file) {
		return nil
	}
	if err := os.RemoveAll(strings.TrimSuffix(path, lockSuffix)); err != nil {
		return nil // its server may be ending just now; the lock stays for the next sweep
	}
	return os.Remove(path)
}
