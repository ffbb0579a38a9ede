package i18n_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"banam/internal/i18n"
)

var place = regexp.MustCompile(`\{[a-z_]+\}`)

// TestBothLanguages holds every message in both languages, with the same places for arguments.
func TestBothLanguages(t *testing.T) {
	t.Parallel()
	vi, en := i18n.With(t.Context(), i18n.Vi), i18n.With(t.Context(), i18n.En)
	for _, key := range i18n.Keys() {
		a, b := i18n.T(vi, key), i18n.T(en, key)
		if a == "" || a == key && a != "Ba Nắm" || b == "" || b == key {
			t.Errorf("%s: lacks a language: %q, %q", key, a, b)
		}
		if strings.HasSuffix(key, ".one") {
			continue // says the one in words
		}
		for _, arg := range place.FindAllString(a, -1) {
			if !strings.Contains(b, arg) {
				t.Errorf("%s: English lacks %s", key, arg)
			}
		}
		for _, arg := range place.FindAllString(b, -1) {
			if !strings.Contains(a, arg) {
				t.Errorf("%s: Vietnamese lacks %s", key, arg)
			}
		}
	}
}

var (
	keyText    = regexp.MustCompile(`"((?:administration|agency|asof|audit|export|figures|calendar|chart|coverage|fault|field|files?|flash|form|filter|handovers?|home|household|imports?|sheet|issues?|layout|level|mail|many|meeting|owed|nav|notices?|person|places?|posts?|print|reorganisation|report|review|search|signin|talk|time|error|demo|board)\.[a-z0-9_.]*[a-z0-9])"`)
	vietnamese = regexp.MustCompile("[\"`>][^\"`<>]*[ăâđêôơưĂÂĐÊÔƠƯàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")
)

// TestWordsComeFromTheCatalogue reads the sources of pages and rules: every key they name exists, and no Vietnamese stands
// in a template or a handler itself.
func TestWordsComeFromTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, root := range []string{"../../web", "../../templates", "../app", "../casework", "../cadre", "../postgres"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() && d.Name() == "static" {
				return fs.SkipDir
			}
			if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_templ.go") || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".templ" {
				return nil
			}
			checkSource(t, path)
			return nil
		})
		if err != nil {
			t.Fatalf("walking %s: %v", root, err)
		}
	}
}

func checkSource(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Contains(path, "/web/") || strings.Contains(path, "/templates/")
	for n, line := range strings.Split(string(data), "\n") {
		code, _, _ := strings.Cut(line, "//")
		for _, m := range keyText.FindAllStringSubmatch(code, -1) {
			if !i18n.Has(m[1]) && !notKeys[m[1]] {
				t.Errorf("%s:%d: no message %s", path, n+1, m[1])
			}
		}
		if pages && vietnamese.MatchString(code) {
			t.Errorf("%s:%d: words of its own: %s", path, n+1, strings.TrimSpace(line))
		}
	}
}

// notKeys look like message keys and are kinds of notices, which stand behind "notice.", or actions of the audit log behind "audit.action.".
var notKeys = map[string]bool{"issue.direct": true, "issue.warn": true, "issue.vacant": true, "report.sent": true, "report.owed": true, "report.owed_more": true, "handover.given": true, "handover.confirmed": true, "handover.confirm": true, "household.list": true, "reorganisation.plan": true, "place.add": true, "agency.add": true, "agency.edit": true, "import.upload": true}

func TestFormats(t *testing.T) {
	t.Parallel()
	vi, en := i18n.With(t.Context(), i18n.Vi), i18n.With(t.Context(), i18n.En)
	midnight := time.Date(2019, 12, 31, 17, 0, 0, 0, time.UTC) // 00:00 of the new year in Asia/Ho_Chi_Minh
	for _, tt := range []struct{ name, got, want string }{
		{"a day by the local calendar", i18n.Date(vi, midnight), "01/01/2020"},
		{"a moment", i18n.DateTime(vi, midnight.Add(7*time.Hour)), "01/01/2020 07:00"},
		{"no day", i18n.Date(vi, time.Time{}), ""},
		{"thousands", i18n.Count(vi, 1470), "1.470"},
		{"thousands in English", i18n.Count(en, 1234567), "1,234,567"},
		{"a negative number", i18n.Count(vi, -1470), "-1.470"},
		{"one in English", i18n.Ago(en, midnight, midnight.Add(time.Hour)), "1 hour ago"},
		{"several in English", i18n.Ago(en, midnight, midnight.Add(3*time.Hour)), "3 hours ago"},
		{"a span", i18n.Span(vi, 51*time.Hour), "2 ngày 3 giờ"},
		{"arguments", i18n.T(vi, "issue.escalate_to", "desk", "Tiểu vùng I"), "Chuyển lên Tiểu vùng I"},
		{"an unknown key", i18n.T(context.Background(), "no.such"), "no.such"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, tt.got, tt.want)
		}
	}
}
