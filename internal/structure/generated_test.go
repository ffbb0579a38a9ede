package structure_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGeneratedFresh writes the generated files of the templates again, in a copy, and compares.
func TestGeneratedFresh(t *testing.T) {
	t.Parallel()
	templates := filepath.Join(filepath.FromSlash(root), "templates")
	copied := filepath.Join(t.TempDir(), "templates")
	if err := os.CopyFS(copied, os.DirFS(templates)); err != nil {
		t.Fatal(err)
	}
	remove(t, copied)
	// Generated files name their sources as seen from -path, so this must be that of make generate.
	c := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/go.mod", "templ", "generate", "-path", copied)
	c.Dir = filepath.FromSlash(root)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("templ generate: %v\n%s", err, out)
	}
	got, want := generated(t, templates), generated(t, copied)
	for name, text := range want {
		if !bytes.Equal(got[name], text) {
			t.Errorf("templates/%s is not what its source gives: run make generate", name)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("templates/%s has no source any more", name)
		}
	}
}

func remove(t *testing.T, dir string) {
	t.Helper()
	for name := range generated(t, dir) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// generated gives the generated files below dir by their path there.
func generated(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_templ.go") {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = text
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
