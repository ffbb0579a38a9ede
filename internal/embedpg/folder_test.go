package embedpg

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestForeignFolderIsRefusedUntouched(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file, text string
		want             error
	}{
		{"somebody's files", "thesis.odt", "…", ErrNotOurs},
		{"a bare cluster of PostgreSQL", "PG_VERSION", "15\n", ErrNotOurs},
		{"a data folder that is none", "data/thesis.odt", "…", ErrNotOurs},
		{"a version that is no number", "data/PG_VERSION", "new\n", ErrNotOurs},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(tempFolder(t), "postgres")
			write(t, filepath.Join(dir, filepath.FromSlash(c.file)), c.text)
			before := tree(t, dir)
			if _, err := Start(t.Context(), Config{Dir: dir}); !errors.Is(err, c.want) {
				t.Errorf("Start: got %v, want %v", err, c.want)
			}
			if after := tree(t, dir); !slices.Equal(after, before) {
				t.Errorf("the folder changed: got %q, want %q", after, before)
			}
		})
	}
}

func TestVersionOfTheClusterDecides(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(tempFolder(t), "postgres")
	write(t, filepath.Join(dir, "data", "PG_VERSION"), "99\n")
	giveAway(t, filepath.Join(dir, "data"))
	_, err := Start(t.Context(), Config{Dir: dir})
	if !errors.Is(err, ErrNoBinaries) || !strings.Contains(err.Error(), "PostgreSQL 99") {
		t.Errorf("Start on a cluster of version 99: got %v, want ErrNoBinaries that names the version", err)
	}
	if got, err := os.ReadFile(filepath.Join(dir, "data", "PG_VERSION")); err != nil || string(got) != "99\n" {
		t.Errorf("PG_VERSION afterwards: got %q (%v), want it untouched", got, err)
	}
}

// serverUser is who should run the server: the tester, or in root's place postgres, else nobody.
func serverUser(t *testing.T) uint32 {
	t.Helper()
	if uid := os.Geteuid(); uid != 0 {
		return uint32(uid)
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		u, err = user.Lookup("nobody")
	}
	if err != nil {
		t.Fatal(err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(uid)
}

// giveAway makes the server's user the owner, where the tester is another one.
func giveAway(t *testing.T, path string) {
	t.Helper()
	if err := os.Chown(path, int(serverUser(t)), -1); err != nil {
		t.Fatal(err)
	}
}

func runsAs(t *testing.T, s *Server) uint32 {
	t.Helper()
	info, err := os.Stat(filepath.Join("/proc", strconv.Itoa(s.Pid())))
	if err != nil {
		t.Fatal(err)
	}
	return ownerOf(info)
}

func TestNeverRunsAsRoot(t *testing.T) {
	t.Parallel()
	s := start(t, Config{Dir: filepath.Join(tempFolder(t), "postgres")})
	if got, want := runsAs(t, s), serverUser(t); got != want {
		t.Errorf("user of the server: got %d, want %d", got, want)
	}
	info, err := os.Stat(s.folder.data)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ownerOf(info), serverUser(t); got != want {
		t.Errorf("owner of the cluster: got %d, want %d", got, want)
	}
}

// TestRunsAsTheOwnerOfTheFolder gives the folder to nobody where the tester is root; another tester owns it already.
func TestRunsAsTheOwnerOfTheFolder(t *testing.T) {
	t.Parallel()
	dir, owner := tempFolder(t), uint32(os.Geteuid())
	if owner == 0 {
		owner = 65534
		if err := os.Chown(dir, int(owner), -1); err != nil {
			t.Fatal(err)
		}
	}
	s := start(t, Config{Dir: dir})
	if got := runsAs(t, s); got != owner {
		t.Errorf("user of the server: got %d, want the folder's owner %d", got, owner)
	}
}

func TestReachability(t *testing.T) {
	t.Parallel()
	outer := tempFolder(t)
	inner := filepath.Join(outer, "inner")
	if err := os.Mkdir(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	stranger := account{name: "stranger", uid: 4_000_000_000, gid: 4_000_000_000, change: true}
	if err := stranger.reaches(inner); err != nil {
		t.Errorf("open folders: got %v, want no error", err)
	}
	if err := os.Chmod(outer, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := stranger.reaches(inner); err == nil || !strings.Contains(err.Error(), outer+" ") {
		t.Errorf("a closed folder above: got %v, want an error that names %s", err, outer)
	}
}

// TestAskedProgramsThatDoNotFit sets the environment, so it does not run beside others.
func TestAskedProgramsThatDoNotFit(t *testing.T) {
	t.Setenv("BANAM_PG_BIN", t.TempDir())
	b, err := findBinaries(t.Context(), account{name: "tester"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if b.dir == os.Getenv("BANAM_PG_BIN") || !strings.Contains(b.note, "BANAM_PG_BIN") {
		t.Errorf("got programs in %s with note %q, want others and a note", b.dir, b.note)
	}
	t.Setenv("BANAM_PG_BIN", b.dir)
	if got, err := findBinaries(t.Context(), account{name: "tester"}, b.major); err != nil || got.note != "" {
		t.Errorf("asked for what there is: got note %q (%v), want none", got.note, err)
	}
}
