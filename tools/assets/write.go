package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/andybalholm/brotli"
)

// digest is the part of a file name that changes with the contents, as esbuild writes it.
func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return base32.StdEncoding.EncodeToString(sum[:5])
}

// write empties dist but for .gitkeep and fills it: files, compressed forms, and the manifest last, so that an
// interrupted build counts as no build.
func write(dist string, files []built, manifest map[string]string) error {
	if err := empty(dist); err != nil {
		return err
	}
	for _, f := range files {
		if err := writeFile(filepath.Join(dist, f.name), f.contents); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(manifest, "", "  ")
	if err != nil {
		return fmt.Errorf("encoding the manifest: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dist, "manifest.json"), data, 0o644); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	return nil
}

func empty(dist string) error {
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("making dist: %w", err)
	}
	entries, err := os.ReadDir(dist)
	if err != nil {
		return fmt.Errorf("listing dist: %w", err)
	}
	for _, e := range entries {
		if e.Name() == ".gitkeep" {
			continue
		}
		if err := os.Remove(filepath.Join(dist, e.Name())); err != nil {
			return fmt.Errorf("emptying dist: %w", err)
		}
	}
	return nil
}

func writeFile(path string, contents []byte) error {
	if err := os.WriteFile(path, contents, 0o644); err != nil {
		return fmt.Errorf("writing an asset: %w", err)
	}
	if !compressible(path) {
		return nil
	}
	br, err := brotlied(contents)
	if err != nil {
		return err
	}
	gz, err := gzipped(contents)
	if err != nil {
		return err
	}
	for suffix, data := range map[string][]byte{".br": br, ".gz": gz} {
		if err := os.WriteFile(path+suffix, data, 0o644); err != nil {
			return fmt.Errorf("writing an asset: %w", err)
		}
	}
	return nil
}

// compressible leaves out fonts: woff2 is brotli inside.
func compressible(path string) bool { return !strings.HasSuffix(path, ".woff2") }

func brotlied(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	if _, err := w.Write(data); err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	return b.Bytes(), nil
}

func gzipped(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	if _, err := w.Write(data); err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compressing: %w", err)
	}
	return b.Bytes(), nil
}

// budget is what all assets may weigh over the wire in bytes, so that a first visit with its page, about 7 kB, stays
// below 100 kB and leaves room.
const budget = 88_000

// report prints each file with its size and its size over the wire in bytes, and the sum of the latter. A sum above
// the budget is an error.
func report(w io.Writer, files []built) error {
	sum := 0
	for _, f := range files {
		wire := f.contents
		if compressible(f.name) {
			var err error
			if wire, err = brotlied(f.contents); err != nil {
				return err
			}
		}
		sum += len(wire)
		fmt.Fprintf(w, "%8d %8d  %s\n", len(f.contents), len(wire), f.name)
	}
	fmt.Fprintf(w, "%8s %8d  over the wire\n", "", sum)
	if sum > budget {
		return fmt.Errorf("the assets weigh %d bytes over the wire, the budget is %d", sum, budget)
	}
	return nil
}
