// Package browser_test runs the browser walks: the real binary, a private PostgreSQL and a real Chromium.
package browser_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestBrowser builds the binary and runs every walk with Node's own test runner, whose report is printed.
func TestBrowser(t *testing.T) {
	if os.Getenv("BANAM_CHROMIUM") == "" {
		t.Fatal("BANAM_CHROMIUM must name a Chromium; make test finds or installs one")
	}
	binary := filepath.Join(t.TempDir(), "banam")
	run(t, exec.CommandContext(t.Context(), "go", "build", "-o", binary, "banam/cmd/banam"))
	walks, err := filepath.Glob("*.test.mjs")
	if err != nil || len(walks) == 0 {
		t.Fatalf("finding the walks: %v, %d found", err, len(walks))
	}
	node := exec.CommandContext(t.Context(), "node", append([]string{"--test", "--test-concurrency=1"}, walks...)...)
	node.Env = append(os.Environ(), "BANAM_BINARY="+binary)
	run(t, node)
}

func run(t *testing.T, c *exec.Cmd) {
	t.Helper()
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		t.Fatalf("running %s: %v", c.Path, err)
	}
}
