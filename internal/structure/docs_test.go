package structure_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// guides are the texts for people: they lie in the top folder and below docs.
func guides(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := fs.WalkDir(os.DirFS(root), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && path != "docs" && !strings.HasPrefix(path, "docs/") {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".md") {
			text, err := os.ReadFile(filepath.Join(root, path))
			texts[path] = string(text)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) < 5 {
		t.Fatalf("got %d guides, want several: the test looks in the wrong place", len(texts))
	}
	return texts
}

var link = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestGuidesLead follows every link within the project, and knows of every picture who shows it.
func TestGuidesLead(t *testing.T) {
	t.Parallel()
	shown := map[string]bool{}
	for name, text := range guides(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") {
				continue
			}
			path := filepath.Join(filepath.Dir(name), filepath.FromSlash(target))
			shown[path] = true
			if _, err := os.Stat(filepath.Join(root, path)); err != nil {
				t.Errorf("%s leads to %s, which is not there", name, m[1])
			}
		}
	}
	pictures, err := filepath.Glob(filepath.Join(root, "docs", "images", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pictures {
		const most = 120 << 10 // bytes; readers are on phones
		if info, err := os.Stat(p); err != nil || info.Size() > most {
			t.Errorf("%s: want at most %d bytes (%v)", p, most, err)
		}
		if name := filepath.Join("docs", "images", filepath.Base(p)); !shown[name] {
			t.Errorf("%s is shown by no guide", name)
		}
	}
}

var (
	making    = regexp.MustCompile("(?m)(?:^ {4}(?:sudo )?|`)make ([a-z-]+)")
	running   = regexp.MustCompile("(?m)(?:^ {4}(?:[A-Z_]+=\\S+ )?|`|then `)banam ([a-z]+)(?: ([a-z]+))?")
	variable  = regexp.MustCompile(`\bBANAM_[A-Z_]+\b`)
	subTarget = regexp.MustCompile(`(?m)^([a-z-]+):`)
	field     = regexp.MustCompile("(?m)^\\s+([A-Z][a-z]+)\\s+\\w+\\s+`cmd:")
)

// TestGuidesCommand knows every make target, every command and every variable that the guides name.
func TestGuidesCommand(t *testing.T) {
	t.Parallel()
	var source strings.Builder
	for _, pattern := range []string{"Makefile", "compose.yaml", "tools/*.sh", "tools/*/*.sh", "cmd/banam/*.go", "internal/*/*.go", "web/*_test.go", "web/browser/*"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d found", pattern, err, len(files))
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			source.Write(text)
		}
	}
	targets, commands := names(subTarget, source.String()), names(field, source.String())
	for name, text := range guides(t) {
		for _, m := range making.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(targets, m[1]) {
				t.Errorf("%s: there is no make %s", name, m[1])
			}
		}
		for _, m := range running.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(commands, m[1]) || m[1] == "user" && m[2] != "" && !slices.Contains(commands, m[2]) {
				t.Errorf("%s: there is no banam %s %s", name, m[1], m[2])
			}
		}
		for _, v := range variable.FindAllString(text, -1) {
			if !strings.Contains(source.String(), v) {
				t.Errorf("%s: nothing reads %s", name, v)
			}
		}
	}
}

// names gives what the first group of a pattern matches, in small letters.
func names(pattern *regexp.Regexp, text string) []string {
	var list []string
	for _, m := range pattern.FindAllStringSubmatch(text, -1) {
		list = append(list, strings.ToLower(m[1]))
	}
	return list
}
