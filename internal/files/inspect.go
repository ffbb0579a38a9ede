package files

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // scans are often in this format

	"golang.org/x/image/draw"

	"banam/internal/fault"
)

// Limits of what is taken (quality.md, "Photos"). A picture is judged by its head before it is unpacked: a small file can have very many
// points.
const (
	MaxBytes  = 12 << 20
	maxPoints = 40_000_000
	longest   = 2600 // points of the longer side that are kept: an A4 page can be read, and printed
	quality   = 85
)

// Media is what a file is, found out by its content.
type Media string

// The kinds of files that are taken.
const (
	PDF  Media = "application/pdf"
	JPEG Media = "image/jpeg"
)

// Extension is how the name of such a file ends.
func (m Media) Extension() string {
	if m == PDF {
		return ".pdf"
	}
	return ".jpg"
}

// slots bounds how many pictures are unpacked at once: each may take some hundred megabytes.
var slots = make(chan struct{}, 2)

// Inspect judges a file that somebody sent and gives what is to be kept. A PDF stays as it is; a picture is made anew from its points,
// upright, so that places and devices noted in it are gone. It is Invalid at the field file.
func Inspect(data []byte) (Media, []byte, error) {
	switch {
	case len(data) > MaxBytes:
		return "", nil, fault.Invalid(fault.At("file", "file.too_large", "limit", MaxBytes>>20))
	case isPDF(data):
		return PDF, data, nil
	}
	config, _, err := image.DecodeConfig(bytes.NewReader(data))
	switch {
	case err != nil:
		return "", nil, fault.Invalid(fault.At("file", "file.unknown"))
	case config.Width <= 0 || config.Height <= 0 || config.Width*config.Height > maxPoints:
		return "", nil, fault.Invalid(fault.At("file", "file.too_many_points", "limit", maxPoints/1_000_000))
	}
	slots <- struct{}{}
	defer func() { <-slots }()
	clean, err := again(data)
	if err != nil {
		return "", nil, fault.Invalid(fault.At("file", "file.unknown"))
	}
	return JPEG, clean, nil
}

// isPDF tells whether the content begins and ends as a PDF does.
func isPDF(data []byte) bool {
	tail := data[max(0, len(data)-4096):]
	return bytes.HasPrefix(data, []byte("%PDF-")) && bytes.Contains(tail, []byte("%%EOF"))
}

// again makes a picture anew.
func again(data []byte) ([]byte, error) {
	src, format, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpacking a picture: %w", err)
	}
	size := src.Bounds().Size()
	if side := max(size.X, size.Y); side > longest {
		size = image.Pt(max(1, size.X*longest/side), max(1, size.Y*longest/side))
	}
	small := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src) // under what can be seen through
	draw.ApproxBiLinear.Scale(small, small.Bounds(), src, src.Bounds(), draw.Over, nil)
	if format == "jpeg" {
		small = upright(small, orientation(data))
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("packing a picture: %w", err)
	}
	return out.Bytes(), nil
}

// upright turns and mirrors a picture as its EXIF orientation (1 to 8) says.
func upright(src *image.RGBA, how int) *image.RGBA {
	w, h := src.Bounds().Dx(), src.Bounds().Dy()
	if how < 2 || how > 8 {
		return src
	}
	size := image.Pt(w, h)
	if how >= 5 {
		size = image.Pt(h, w)
	}
	dst := image.NewRGBA(image.Rectangle{Max: size})
	for y := range h {
		for x := range w {
			to := [9]image.Point{
				2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x},
			}[how]
			copy(dst.Pix[dst.PixOffset(to.X, to.Y):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}
