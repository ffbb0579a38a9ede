package static

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"
)

func sample() bundle {
	return load(fstest.MapFS{
		"dist/manifest.json":      {Data: []byte(`{"app.css":"app-AB12.css","logo.svg":"logo-1.svg"}`)},
		"dist/app-AB12.css":       {Data: []byte("body{}")},
		"dist/app-AB12.css.br":    {Data: []byte("brotli")},
		"dist/app-AB12.css.gz":    {Data: []byte("gzipped")},
		"dist/logo-1.svg":         {Data: []byte("<svg/>")},
		"dist/not-in-manifest.js": {Data: []byte("1")},
	})
}

func TestHandlerPicksTheEncoding(t *testing.T) {
	cases := []struct {
		path, accept, wantEncoding, wantBody, wantType string
		wantStatus                                     int
	}{
		{"/static/app-AB12.css", "gzip, deflate, br", "br", "brotli", "text/css; charset=utf-8", 200},
		{"/static/app-AB12.css", "gzip", "gzip", "gzipped", "text/css; charset=utf-8", 200},
		{"/static/app-AB12.css", "br;q=0, gzip;q=0.5", "gzip", "gzipped", "text/css; charset=utf-8", 200},
		{"/static/app-AB12.css", "", "", "body{}", "text/css; charset=utf-8", 200},
		{"/static/logo-1.svg", "br", "", "<svg/>", "image/svg+xml", 200},
	}
	for _, c := range cases {
		r := httptest.NewRequest(http.MethodGet, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		sample().handler().ServeHTTP(w, r)
		if w.Code != c.wantStatus || w.Body.String() != c.wantBody {
			t.Errorf("%s with %q: got %d %q, want %d %q", c.path, c.accept, w.Code, w.Body, c.wantStatus, c.wantBody)
		}
		if got := w.Header().Get("Content-Encoding"); got != c.wantEncoding {
			t.Errorf("%s with %q: got encoding %q, want %q", c.path, c.accept, got, c.wantEncoding)
		}
		if got := w.Header().Get("Content-Type"); got != c.wantType {
			t.Errorf("%s: got type %q, want %q", c.path, got, c.wantType)
		}
		if got := w.Header().Get("Cache-Control"); got != immutable {
			t.Errorf("%s: got cache control %q, want %q", c.path, got, immutable)
		}
	}
}

func TestHandlerServesOnlyTheManifest(t *testing.T) {
	for _, path := range []string{"/static/", "/static/manifest.json", "/static/not-in-manifest.js", "/static/../embed.go", "/static/app-AB12.css.br"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = path
		w := httptest.NewRecorder()
		sample().handler().ServeHTTP(w, r)
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: got %d, want 404", path, w.Code)
		}
		if got := w.Header().Get("Cache-Control"); got == immutable {
			t.Errorf("%s: a 404 must not be cached for a year", path)
		}
	}
}

func TestUnbuiltBundle(t *testing.T) {
	b := load(fstest.MapFS{"dist/.gitkeep": {}})
	if len(b.manifest) != 0 {
		t.Errorf("got a manifest of %d, want none", len(b.manifest))
	}
}
