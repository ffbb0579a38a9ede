// Package structure_test holds what no single package can hold about itself: who may import whom, what lies in the top
// folder, that generated files are fresh and that every dependency has a licence which the project may use. The rules
// are those of docs/decisions.md, "Layers".
package structure_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "banam"
	root   = "../.."
)

// chain is the one direction of imports: each package may import those after it.
var chain = []string{
	"cmd/banam", "web", "internal/app", "internal/postgres", "internal/casework", "internal/cadre", "internal/territory",
	"internal/fault",
}

// leaves import none of ours, fault and i18n aside.
var leaves = []string{
	"templates/component", "templates/page", "web/static", "migrations", "internal/embedpg", "internal/files",
	"internal/sheet", "internal/i18n", "internal/mail",
}

// mayImport gives what a package may import of ours; ok is false for a package without a rule.
func mayImport(name string) (allowed []string, ok bool) {
	if i := slices.Index(chain, name); i >= 0 {
		allowed = slices.Concat(chain[i+1:], leaves)
		switch name {
		case "cmd/banam":
			return append(allowed, "internal/jobs", "internal/demo"), true
		case "web":
			return without(allowed, "internal/postgres", "internal/embedpg", "internal/mail", "migrations"), true
		case "internal/app":
			return without(allowed, "internal/embedpg", "web/static", "templates/component", "templates/page"), true
		case "internal/postgres":
			return append(chain[i+1:], "internal/postgres/dbgen"), true
		default:
			return chain[i+1:], true
		}
	}
	switch name {
	case "templates/page":
		return []string{"templates/component", "internal/i18n", "internal/fault"}, true
	case "internal/i18n":
		return []string{"internal/fault"}, true
	case "internal/postgres/dbgen":
		return nil, true
	case "internal/jobs":
		return append(chain[2:], "internal/i18n", "internal/files", "internal/sheet"), true
	case "internal/demo":
		return append(chain[3:], "internal/i18n"), true
	case "internal/testmail":
		return nil, true
	case "internal/testdb":
		return append(chain[3:], "migrations", "internal/embedpg", "internal/demo"), true
	}
	return []string{"internal/i18n", "internal/fault"}, slices.Contains(leaves, name)
}

func without(all []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(names, s) })
}

// foreign lists foreign packages that a package of ours must not reach: directly, or through others when deep. A name that
// ends in a slash stands for everything below it.
var foreign = []struct {
	name  string
	deep  bool
	never []string
}{
	{"web", false, storage},
	{"templates/component", true, storage},
	{"templates/page", true, storage},
	{"internal/casework", true, mechanism},
	{"internal/cadre", true, mechanism},
	{"internal/territory", true, mechanism},
	{"internal/fault", true, mechanism},
}

var (
	storage   = []string{"github.com/jackc/", "github.com/riverqueue/", "database/sql"}
	mechanism = append([]string{"github.com/a-h/", "github.com/go-chi/", "net/http", "html/template", "embed"}, storage...)
)

// goPackage is what `go list -json` tells of a package.
type goPackage struct {
	ImportPath string
	Imports    []string
	Deps       []string
	Module     *struct{ Path, Version, Dir string }
	GoFiles    []string
}

func (p goPackage) name() string { return strings.TrimPrefix(p.ImportPath, module+"/") }

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range goList(t, "./...") {
		if len(p.GoFiles) == 0 {
			continue // tests only, which are exempt
		}
		allowed, ok := mayImport(p.name())
		if !ok {
			t.Errorf("%s: no rule says what it may import; decide, write it in docs/decisions.md, add it here", p.name())
			continue
		}
		for _, imported := range p.Imports {
			ours, isOurs := strings.CutPrefix(imported, module+"/")
			if isOurs && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s; it may import only %v", p.name(), ours, allowed)
			}
		}
	}
}

func TestForeignImports(t *testing.T) {
	t.Parallel()
	packages := goList(t, "./...")
	for _, rule := range foreign {
		i := slices.IndexFunc(packages, func(p goPackage) bool { return p.name() == rule.name })
		if i < 0 {
			t.Errorf("%s does not exist, but has a rule", rule.name)
			continue
		}
		reached := packages[i].Imports
		if rule.deep {
			reached = packages[i].Deps
		}
		for _, r := range reached {
			if slices.ContainsFunc(rule.never, func(n string) bool { return r == n || strings.HasSuffix(n, "/") && strings.HasPrefix(r, n) }) {
				t.Errorf("%s reaches %s; it must know nothing of %v", rule.name, r, rule.never)
			}
		}
	}
}

// TestTopFolder keeps the first thing that a reader sees small. Names with a dot belong to tools and editors.
func TestTopFolder(t *testing.T) {
	t.Parallel()
	tracked := []string{
		"cmd", "docs", "internal", "migrations", "templates", "tools", "web",
		"Dockerfile", "LICENSE", "Makefile", "README.md", "README.vi.md", "compose.yaml", "go.mod", "go.sum",
		"package.json", "package-lock.json", "sqlc.yaml",
	}
	made := []string{"bin", "data", "node_modules"} // ignored by git
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, ".") && !slices.Contains(tracked, name) && !slices.Contains(made, name) {
			t.Errorf("%s in the top folder: find a place below %v", name, tracked[:7])
		}
	}
}

// goList runs `go list -json` with the given arguments at the root of the module. A package that does not compile is told
// by its own tests (-e), not here.
func goList(t *testing.T, args ...string) []goPackage {
	t.Helper()
	c := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", "-json=ImportPath,Imports,Deps,Module,GoFiles"}, args...)...)
	c.Dir = filepath.FromSlash(root)
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var packages []goPackage
	for d := json.NewDecoder(out); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("reading go list: %v", err)
		}
		packages = append(packages, p)
	}
	if err := c.Wait(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	return packages
}
