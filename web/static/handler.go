package static

import (
	"bytes"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// A hashed name never changes its content, so browsers may keep it for a year without asking.
const immutable = "public, max-age=31536000, immutable"

// Precompressed variants, best first.
var encodings = []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}}

// Handler serves the assets below Prefix: only names of the manifest, each with immutable caching and, where the
// browser accepts it, in its precompressed form. Everything else is 404.
func Handler() http.Handler { return dist.handler() }

func (b bundle) handler() http.Handler {
	known := make(map[string]bool, len(b.manifest))
	for _, hashed := range b.manifest {
		known[hashed] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, Prefix)
		if !known[name] {
			http.NotFound(w, r)
			return
		}
		b.serve(w, r, name)
	})
}

func (b bundle) serve(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", immutable)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Encoding")
	for _, e := range encodings {
		if !accepts(r.Header.Get("Accept-Encoding"), e.name) {
			continue
		}
		if data, err := fs.ReadFile(b.files, name+e.suffix); err == nil {
			h.Set("Content-Encoding", e.name)
			write(w, r, data)
			return
		}
	}
	data, err := fs.ReadFile(b.files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	write(w, r, data)
}

// write leaves HEAD and ranges to net/http; the length must be set by hand, since it is left out for encoded bodies.
func write(w http.ResponseWriter, r *http.Request, data []byte) {
	if r.Header.Get("Range") == "" {
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data))
}

// accepts tells whether an Accept-Encoding header names the coding with a weight above zero.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		weight, found := strings.CutPrefix(strings.ReplaceAll(params, " ", ""), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		return !found || err == nil && q > 0
	}
	return false
}

// contentType does not depend on the machine's MIME table for what we ship.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}
