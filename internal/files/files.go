// Package files owns what people attach: it judges and cleans what was sent (inspect.go), and keeps it on disk by the hash of its content.
// It knows nothing of who may see what, and no database.
package files

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"banam/internal/fault"
)

// Hash names a content.
type Hash [sha256.Size]byte

// HashOf gives the name of a content.
func HashOf(data []byte) Hash { return sha256.Sum256(data) }

// String writes the hash in hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// ParseHash reads what String wrote; false for anything else.
func ParseHash(s string) (Hash, bool) {
	var h Hash
	data, err := hex.DecodeString(s)
	if err != nil || len(data) != len(h) {
		return Hash{}, false
	}
	copy(h[:], data)
	return h, true
}

// Store keeps contents in a folder. Each is written once and never changed; several processes may share the folder.
type Store struct{ dir string }

// Open makes the folder, readable by its owner alone, if it is not there yet.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder for files: %w", err)
	}
	return &Store{dir: dir}, nil
}

func (s *Store) path(h Hash) string {
	name := h.String()
	return filepath.Join(s.dir, name[:2], name)
}

// Put keeps a content. When it returns the content is on disk, whatever happens to the process or the machine afterwards. What is there
// already only gets a new time, so that Sweep leaves it alone.
func (s *Store) Put(data []byte) (Hash, error) {
	h := HashOf(data)
	path, now := s.path(h), time.Now()
	if err := os.Chtimes(path, now, now); err == nil {
		return h, nil
	}
	if err := s.write(path, data); err != nil {
		return Hash{}, fmt.Errorf("keeping a file: %w", err)
	}
	return h, nil
}

func (*Store) write(path string, data []byte) (err error) {
	folder := filepath.Dir(path)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("making its folder: %w", err)
	}
	temp, err := os.CreateTemp(folder, "new-*")
	if err != nil {
		return fmt.Errorf("writing it aside: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return fmt.Errorf("writing it aside: %w", err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return fmt.Errorf("giving it its name: %w", err)
	}
	return syncFolder(folder)
}

// syncFolder has the disk note the new name.
func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("opening its folder: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// Get reads a content; NotFound if it is not there.
func (s *Store) Get(h Hash) ([]byte, error) {
	data, err := os.ReadFile(s.path(h))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.NotFound()
	}
	if err != nil {
		return nil, fmt.Errorf("reading a file: %w", err)
	}
	return data, nil
}

// Sweep removes contents that were written or asked for last before the instant and that needed does not name, and gives how many.
// Needed is asked about at most a thousand at a time.
func (s *Store) Sweep(before time.Time, needed func([]Hash) (map[Hash]bool, error)) (int, error) {
	removed := 0
	old, err := s.old(before)
	for len(old) > 0 && err == nil {
		some := old[:min(sweepAtOnce, len(old))]
		old = old[len(some):]
		var n int
		n, err = s.drop(some, before, needed)
		removed += n
	}
	if err != nil {
		return removed, fmt.Errorf("sweeping files: %w", err)
	}
	return removed, nil
}

const sweepAtOnce = 1000

// old gives the contents that nobody wrote or asked for since the instant; what a write left that was cut off is removed on the way.
func (s *Store) old(before time.Time) (list []Hash, err error) {
	err = fs.WalkDir(os.DirFS(s.dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil || !info.ModTime().Before(before) {
			return nil //nolint:nilerr // gone meanwhile
		}
		if h, ok := ParseHash(d.Name()); ok {
			list = append(list, h)
			return nil
		}
		return os.Remove(filepath.Join(s.dir, path))
	})
	if err != nil {
		return nil, fmt.Errorf("looking through the folder: %w", err)
	}
	return list, nil
}

// drop removes those contents of a list that nobody needs.
func (s *Store) drop(list []Hash, before time.Time, needed func([]Hash) (map[Hash]bool, error)) (int, error) {
	keep, err := needed(list)
	if err != nil {
		return 0, err
	}
	removed := 0
	for _, h := range list {
		info, err := os.Stat(s.path(h))
		if keep[h] || err != nil || !info.ModTime().Before(before) { // needed, gone, or asked for meanwhile
			continue
		}
		if err := os.Remove(s.path(h)); err != nil {
			return removed, fmt.Errorf("removing a content: %w", err)
		}
		removed++
	}
	return removed, nil
}
