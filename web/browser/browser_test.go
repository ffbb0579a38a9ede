// Package browser_test runs the browser walks: the real binary, a private PostgreSQL and a real Chromium.
package browser_test

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-chi/chi/v5"

	"banam/web"
)

// TestBrowser builds the binary and runs every walk with Node's own test runner, whose report is printed. Then it holds
// what was walked against the route table: a page that nobody in the walks sees fails it.
func TestBrowser(t *testing.T) {
	if os.Getenv("BANAM_CHROMIUM") == "" {
		t.Fatal("BANAM_CHROMIUM must name a Chromium; make test finds or installs one")
	}
	dir := t.TempDir()
	binary, walked := filepath.Join(dir, "banam"), filepath.Join(dir, "walked")
	run(t, exec.CommandContext(t.Context(), "go", "build", "-o", binary, "banam/cmd/banam"))
	walks, err := filepath.Glob("*.test.mjs")
	if err != nil || len(walks) == 0 {
		t.Fatalf("finding the walks: %v, %d found", err, len(walks))
	}
	node := exec.CommandContext(t.Context(), "node", append([]string{"--test", "--test-concurrency=1"}, walks...)...)
	node.Env = append(os.Environ(), "BANAM_BINARY="+binary, "BANAM_WALKED="+walked, "BANAM_SEEDED="+filepath.Join(dir, "seeded"))
	run(t, node)
	everyRouteWalked(t, walked)
}

func run(t *testing.T, c *exec.Cmd) {
	t.Helper()
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		t.Fatalf("running %s: %v", c.Path, err)
	}
}

// everyRouteWalked compares the route table with the paths in a file, one a line, that somebody got an answer from.
func everyRouteWalked(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	routes := web.New(web.Config{}).Routes()
	seen := map[string]bool{}
	for path := range bytes.Lines(text) {
		at := chi.NewRouteContext()
		if routes.Match(at, http.MethodGet, string(bytes.TrimSpace(path))) {
			seen[at.RoutePattern()] = true
		}
	}
	err = chi.Walk(routes, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if method == http.MethodGet && !seen[route] {
			t.Errorf("%s is walked by nobody: give it to a post in map.mjs", route)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
