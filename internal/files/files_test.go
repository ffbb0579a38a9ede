package files_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"

	"banam/internal/fault"
	"banam/internal/files"
)

func TestStore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := files.Open(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	one, err := s.Put([]byte("một"))
	if err != nil {
		t.Fatal(err)
	}
	two, err := s.Put([]byte("hai"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := files.Open(filepath.Join(dir, "files")) // after a restart
	if err != nil {
		t.Fatal(err)
	}
	if data, err := again.Get(one); err != nil || string(data) != "một" {
		t.Errorf("got %q, %v", data, err)
	}
	if _, err := s.Get(files.HashOf([]byte("ba"))); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("a content that is not there: got %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "files", "new-cut"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	keep := func([]files.Hash) (map[files.Hash]bool, error) { return map[files.Hash]bool{one: true}, nil }
	if n, err := s.Sweep(time.Now().Add(-time.Hour), keep); n != 0 || err != nil {
		t.Errorf("what is new: got %d, %v", n, err)
	}
	if n, err := s.Sweep(time.Now().Add(time.Hour), keep); n != 1 || err != nil {
		t.Errorf("what nobody needs: got %d, %v, want 1", n, err)
	}
	if _, err := s.Get(two); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("it is still there: %v", err)
	}
	if _, err := s.Get(one); err != nil {
		t.Errorf("what is needed is gone: %v", err)
	}
}

// photo makes a JPEG of two halves, dark on the left, with an EXIF orientation and words that must not be kept.
func photo(t *testing.T, orientation uint16) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 80, 40))
	for y := range 40 {
		for x := range 80 {
			c := color.RGBA{230, 230, 230, 255}
			if x < 40 {
				c = color.RGBA{10, 10, 10, 255}
			}
			img.Set(x, y, c)
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	tiff := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00 10.1N 106.7E")
	binary.BigEndian.PutUint16(tiff[18:], orientation)
	body := append([]byte("Exif\x00\x00"), tiff...)
	head := []byte{0xff, 0xe1, 0, 0}
	binary.BigEndian.PutUint16(head[2:], uint16(len(body)+2))
	return bytes.Join([][]byte{plain.Bytes()[:2], head, body, plain.Bytes()[2:]}, nil)
}

func TestPhotosAreMadeAnew(t *testing.T) {
	t.Parallel()
	for orientation, dark := range map[uint16]image.Point{1: {2, 20}, 2: {77, 20}, 3: {77, 20}, 4: {2, 20}, 5: {20, 2}, 6: {20, 2}, 7: {20, 77}, 8: {20, 77}} {
		media, data, err := files.Inspect(photo(t, orientation))
		if err != nil || media != files.JPEG {
			t.Fatalf("orientation %d: got %s, %v", orientation, media, err)
		}
		if bytes.Contains(data, []byte("106.7E")) || bytes.Contains(data, []byte("Exif")) {
			t.Error("it still says where it was taken")
		}
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, _, _ := img.At(dark.X, dark.Y).RGBA(); r > 0x8000 {
			t.Errorf("orientation %d: it is not upright", orientation)
		}
	}
}

func TestInspect(t *testing.T) {
	t.Parallel()
	var scan bytes.Buffer
	if err := png.Encode(&scan, image.NewGray(image.Rect(0, 0, 3000, 40))); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		data []byte
		want files.Media
		key  string
	}{
		{"a PDF", []byte("%PDF-1.7\n…\n%%EOF\n"), files.PDF, ""},
		{"the beginning of a PDF", []byte("%PDF-1.7\n…"), "", "file.unknown"},
		{"a web page", []byte("<html><script>alert(1)</script>"), "", "file.unknown"},
		{"a web page that names itself a PDF later", []byte("<html>%PDF-1.7 %%EOF"), "", "file.unknown"},
		{"nothing", nil, "", "file.unknown"},
		{"a scan", scan.Bytes(), files.JPEG, ""},
		{"a cut photo", photo(t, 1)[:200], "", "file.unknown"},
		{"a bomb", pngHead(20000, 20000), "", "file.too_many_points"},
		{"too much", make([]byte, files.MaxBytes+1), "", "file.too_large"},
	} {
		media, data, err := files.Inspect(tt.data)
		key := ""
		if f := fault.As(err); f != nil {
			key = f.Fields[0].Key
		}
		if media != tt.want || key != tt.key {
			t.Errorf("%s: got %q and %q, want %q and %q", tt.name, media, key, tt.want, tt.key)
		}
		if tt.name == "a scan" {
			if c, _, err := image.DecodeConfig(bytes.NewReader(data)); err != nil || c.Width != 2600 {
				t.Errorf("a scan: got %d points wide, %v", c.Width, err)
			}
		}
	}
}

// pngHead is a PNG that says it is very large.
func pngHead(w, h uint32) []byte {
	body := append([]byte("IHDR"), make([]byte, 13)...)
	binary.BigEndian.PutUint32(body[4:], w)
	binary.BigEndian.PutUint32(body[8:], h)
	body[12], body[13] = 8, 6
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), body...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
}

func FuzzInspect(f *testing.F) {
	f.Add([]byte("%PDF-1.7\n%%EOF"))
	f.Add(pngHead(3, 3))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00\x2a\x00\x00\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if media, kept, err := files.Inspect(data); err == nil && (media == "" || len(kept) == 0) {
			t.Error("taken, and nothing kept")
		}
	})
}
