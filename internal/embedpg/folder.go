package embedpg

import (
	"context"
	"crypto/sha256"
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

// Names inside the folder: the lock, the cluster, the socket, and clusters whose making was cut off.
const (
	lockName   = "lock"
	dataName   = "data"
	socketName = "run"
	initPrefix = "initdb-"
	strayName  = "lost+found" // a folder that is a mount point of its own may have it
)

const (
	socketPort = "5432"
	// maxSocket is the longest path of a socket: sockaddr_un holds 108 bytes with the closing zero (unix(7)).
	maxSocket = 107
)

// lockPatience is how long a lock is waited for: a killed process may need a moment to go.
const lockPatience = 500 * time.Millisecond

// folder is the place of one cluster.
type folder struct {
	dir   string // absolute, without symbolic links
	data  string // the cluster inside
	major int    // major version of the cluster, 0 if there is none yet
}

// openFolder makes the folder if it is missing. A folder that holds something else is refused untouched.
func openFolder(path string) (folder, error) {
	if path == "" {
		return folder{}, errors.New("no database folder was given")
	}
	dir, err := filepath.Abs(path)
	if err != nil {
		return folder{}, fmt.Errorf("finding the database folder: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return folder{}, fmt.Errorf("making the database folder: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return folder{}, fmt.Errorf("making the database folder: %w", err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return folder{}, fmt.Errorf("finding the database folder: %w", err)
	}
	f := folder{dir: dir, data: filepath.Join(dir, dataName)}
	return f, f.inspect()
}

// inspect reads the major version of the cluster, and refuses what is not ours.
func (f *folder) inspect() error {
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return fmt.Errorf("reading the database folder: %w", err)
	}
	for _, e := range entries {
		switch name := e.Name(); {
		case name == lockName, name == dataName, name == socketName, name == strayName, strings.HasPrefix(name, initPrefix):
		default:
			return fmt.Errorf("%w: %s (it holds %s); choose another folder", ErrNotOurs, f.dir, name)
		}
	}
	version, err := os.ReadFile(filepath.Join(f.data, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return f.refuseData()
	}
	if err != nil {
		return fmt.Errorf("reading the version of the database: %w", err)
	}
	if f.major, err = strconv.Atoi(strings.TrimSpace(string(version))); err != nil || f.major <= 0 {
		return fmt.Errorf("%w: %s has no readable PG_VERSION", ErrNotOurs, f.data)
	}
	return nil
}

// refuseData refuses a cluster folder without a version, unless it is missing or empty.
func (f *folder) refuseData() error {
	entries, err := os.ReadDir(f.data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reading the database folder: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%w: %s has no PG_VERSION", ErrNotOurs, f.data)
	}
	return nil
}

// acquire locks the folder for this process; the kernel frees the lock when the process ends, however it ends.
func (f *folder) acquire(ctx context.Context) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(f.dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the database folder: %w", err)
	}
	for deadline := time.Now().Add(lockPatience); ; {
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) || time.Now().After(deadline) || ctx.Err() != nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		holder := make([]byte, 20)
		n, _ := file.ReadAt(holder, 0) // only for the message
		err = fmt.Errorf("%w: %s (process %s)", ErrInUse, f.dir, strings.TrimSpace(string(holder[:n])))
	}
	if err == nil {
		err = f.settle(file)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// settle signs the lock, looks again at what another process may have made meanwhile, and clears clusters cut off in the
// making.
func (f *folder) settle(lock *os.File) error {
	if err := lock.Truncate(0); err != nil {
		return fmt.Errorf("signing the lock of the database folder: %w", err)
	}
	if _, err := lock.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("signing the lock of the database folder: %w", err)
	}
	left, err := filepath.Glob(filepath.Join(globEscape(f.dir), initPrefix+"*"))
	if err != nil {
		return fmt.Errorf("finding cut off clusters: %w", err)
	}
	for _, path := range left {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("clearing a cut off cluster: %w", err)
		}
	}
	return f.inspect()
}

// socketFolder makes the folder of the socket, which only the server's user (and root) may enter. It lies beside the
// cluster, or in the temporary folder when that path is too long or cannot stand in a connection string.
func (f *folder) socketFolder(u account) (string, error) {
	path := filepath.Join(f.dir, socketName)
	if !fitsSocket(path) {
		sum := sha256.Sum256([]byte(f.dir))
		name := fmt.Sprintf("banam-%d-%x", u.uid, sum[:6])
		if path = filepath.Join(os.TempDir(), name); !fitsSocket(path) {
			path = filepath.Join("/tmp", name)
		}
	}
	if err := os.Mkdir(path, 0o700); err == nil {
		if err := u.own(path); err != nil {
			return "", err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("making the folder of the socket: %w", err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return "", fmt.Errorf("making the folder of the socket: %w", err)
	}
	if !info.IsDir() || ownerOf(info) != u.uid {
		return "", fmt.Errorf("the folder of the socket belongs to somebody else: %s", path)
	}
	if err := os.Chmod(path, 0o700); err != nil {
		return "", fmt.Errorf("closing the folder of the socket: %w", err)
	}
	return path, u.reaches(path)
}

// dropSocketFolder removes a socket folder outside of the database folder, where nobody would look for it.
func (f *folder) dropSocketFolder(path string) {
	if path != "" && filepath.Dir(path) != f.dir {
		_ = os.Remove(path) // one that is not empty stays and is used again
	}
}

func fitsSocket(dir string) bool {
	return len(filepath.Join(dir, ".s.PGSQL."+socketPort)) <= maxSocket && !strings.ContainsAny(dir, `,"`)
}

func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
