package structure_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// licences tells a kind of licence by words that stand in every copy of it. The first match counts, so a text that
// contains another one's words comes first.
var licences = []struct {
	kind  string
	words []string
}{
	{"MPL-2.0", []string{"mozilla public license", "version 2.0"}},
	{"Apache-2.0", []string{"apache license", "version 2.0"}},
	{"BSD", []string{"redistribution and use in source and binary forms", "provided that the following conditions"}},
	{"MIT", []string{"permission is hereby granted, free of charge", "the above copyright notice and this permission notice"}},
	{"ISC", []string{"permission to use, copy, modify, and", "distribute this software for any purpose"}},
	{"Unlicense", []string{"this is free and unencumbered software released into the public domain"}},
}

// The licences that the project may use: in what the binary or the pages carry, and in what serves only for building or
// testing. MPL-2.0 (River) binds changed copies of its own files only; we carry them unchanged.
var (
	carried = []string{"MIT", "BSD", "ISC", "Apache-2.0", "MPL-2.0", "Unlicense", "0BSD", "BSD-0-Clause", "BSD-2-Clause", "BSD-3-Clause", "OFL-1.1"}
	ownUse  = append([]string{"BlueOak-1.0.0", "CC0-1.0", "CC-BY-4.0"}, carried...)
)

// TestGoLicences looks into the modules that the binary and its tests are compiled from.
func TestGoLicences(t *testing.T) {
	t.Parallel()
	dirs := map[string]string{}
	for _, p := range goList(t, "-deps", "-test", "./...") {
		if p.Module != nil && p.Module.Path != module {
			dirs[p.Module.Path] = p.Module.Dir
		}
	}
	if len(dirs) < 10 {
		t.Errorf("got %d modules, want the dozens of go.mod: the test looks in the wrong place", len(dirs))
	}
	for path, dir := range dirs {
		if kind := licenceOf(t, dir); !slices.Contains(carried, kind) {
			t.Errorf("%s: licence %q, want one of %v", path, kind, carried)
		}
	}
}

func licenceOf(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := strings.ToLower(e.Name())
		if e.IsDir() || !slices.ContainsFunc([]string{"license", "licence", "copying", "unlicense"}, func(s string) bool { return strings.HasPrefix(name, s) }) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if kind := classify(string(text)); kind != "" {
			return kind
		}
	}
	return ""
}

func classify(text string) string {
	text = strings.ToLower(strings.Join(strings.Fields(text), " "))
	for _, l := range licences {
		if !slices.ContainsFunc(l.words, func(w string) bool { return !strings.Contains(text, w) }) {
			return l.kind
		}
	}
	return ""
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Apache License\n   Version 2.0, January 2004": "Apache-2.0",
		"Mozilla Public License\nVersion 2.0":          "MPL-2.0",
		"Redistribution and use in source and binary forms, with or\nwithout modification, are permitted provided that the\nfollowing conditions are met": "BSD",
		"GNU GENERAL PUBLIC LICENSE Version 3": "",
		"All rights reserved.":                 "",
	} {
		if got := classify(text); got != want {
			t.Errorf("classify(%q): got %q, want %q", text, got, want)
		}
	}
}

// TestNodeLicences reads what the lock file says of each npm package.
func TestNodeLicences(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(filepath.FromSlash(root), "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			License string `json:"license"`
			Dev     bool   `json:"dev"`
		} `json:"packages"`
	}
	if err := json.Unmarshal(data, &lock); err != nil {
		t.Fatal(err)
	}
	if len(lock.Packages) < 2 {
		t.Errorf("got %d packages in the lock file, want several", len(lock.Packages))
	}
	for path, p := range lock.Packages {
		allowed := carried
		if p.Dev {
			allowed = ownUse
		}
		if path != "" && !slices.Contains(allowed, p.License) {
			t.Errorf("%s: licence %q, want one of %v", path, p.License, allowed)
		}
	}
}
