// Package static owns the browser assets inside the binary: it names them by their hashed paths and serves them. It
// knows nothing of pages. The files are built by tools/assets into dist; without them the package still compiles,
// Built tells so, and pages come without style.
package static

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"sort"
	"strings"
)

// Prefix is the URL path under which Handler must be mounted.
const Prefix = "/static/"

//go:embed all:dist
var embedded embed.FS

var dist = load(embedded)

// bundle is a set of built files and the manifest from logical to hashed names.
type bundle struct {
	files    fs.FS
	manifest map[string]string
}

func load(root fs.FS) bundle {
	files, err := fs.Sub(root, "dist")
	if err != nil {
		panic(fmt.Sprintf("opening the embedded assets: %v", err))
	}
	b := bundle{files: files, manifest: map[string]string{}}
	data, err := fs.ReadFile(files, "manifest.json")
	if err != nil {
		return b // not built
	}
	if err := json.Unmarshal(data, &b.manifest); err != nil {
		panic(fmt.Sprintf("reading the asset manifest: %v", err))
	}
	return b
}

// Built tells whether the assets were built before the binary was compiled.
func Built() bool { return len(dist.manifest) > 0 }

// Path gives the URL path of an asset by its logical name ("app.css", "app.js", "mark.svg"). A name that the manifest
// lacks comes back unhashed; the handler answers 404 for it.
func Path(name string) string {
	if hashed, ok := dist.manifest[name]; ok {
		return Prefix + hashed
	}
	return Prefix + name
}

// Fonts lists the URL paths of the fonts that the first screen needs, for preloading, in stable order.
func Fonts() []string {
	var paths []string
	for name, hashed := range dist.manifest {
		if strings.HasSuffix(name, "-400-normal.woff2") {
			paths = append(paths, Prefix+hashed)
		}
	}
	sort.Strings(paths)
	return paths
}
