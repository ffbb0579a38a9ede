package casework

import (
	"slices"
	"strings"
	"unicode"
)

// Change is a field in which two versions of a report differ.
type Change struct {
	Field string // name in the form
	Parts []ChangePart
}

// ChangePart is a piece of a text that both versions have, or only one of them.
type ChangePart struct {
	Text string
	Kind ChangeKind
}

// ChangeKind says which version has a piece of a text.
type ChangeKind int

// The kinds of pieces.
const (
	Kept ChangeKind = iota
	Removed
	Added
)

// Changes lists in which fields a version differs from an earlier one, in the order of the form.
func (in ReportInput) Changes(earlier ReportInput) []Change {
	var list []Change
	add := func(name, old, text string) {
		if old != text {
			list = append(list, Change{Field: name, Parts: compare(old, text)})
		}
	}
	add("locality", earlier.Locality, in.Locality)
	add("happened_on", earlier.HappenedOn, in.HappenedOn)
	form, _ := in.Kind.Form()
	for _, f := range form.Fields() {
		add(f.Name, earlier.Content[f.Name], in.Content[f.Name])
	}
	return list
}

// compare parts two texts into what both have and what only one has, word by word. The kept and the removed pieces
// together are the old text, the kept and the added ones the new. Texts too long for that are given whole, the old one
// removed and the new one added.
func compare(old, text string) []ChangePart {
	a, b := pieces(old), pieces(text)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	d := differ{}
	d.add(Kept, a[:head]...)
	d.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	d.add(Kept, a[len(a)-tail:]...)
	return d.parts
}

// pieces cuts a text into words, each with the space before it: what is added at the end then leaves the last word as it was.
func pieces(text string) []string {
	var list []string
	for text != "" {
		word := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsSpace(r) })
		if word < 0 {
			return append(list, text)
		}
		end := strings.IndexFunc(text[word:], unicode.IsSpace)
		if end < 0 {
			return append(list, text)
		}
		list = append(list, text[:word+end])
		text = text[word+end:]
	}
	return list
}

type differ struct{ parts []ChangePart }

func (d *differ) add(kind ChangeKind, words ...string) {
	text := strings.Join(words, "")
	if text == "" {
		return
	}
	if n := len(d.parts); n > 0 && d.parts[n-1].Kind == kind {
		d.parts[n-1].Text += text
		return
	}
	d.parts = append(d.parts, ChangePart{text, kind})
}

// middle compares by the longest common subsequence of words.
func (d *differ) middle(a, b []string) {
	if len(a) == 0 || len(b) == 0 || len(a)*len(b) > maxWords*maxWords {
		d.add(Removed, a...)
		d.add(Added, b...)
		return
	}
	width := len(b) + 1
	common := make([]int32, (len(a)+1)*width) // of the rests from i and j on
	for i, word := range slices.Backward(a) {
		for j, other := range slices.Backward(b) {
			if word == other {
				common[i*width+j] = common[(i+1)*width+j+1] + 1
			} else {
				common[i*width+j] = max(common[(i+1)*width+j], common[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			d.add(Kept, a[i])
			i, j = i+1, j+1
		case common[(i+1)*width+j] >= common[i*width+j+1]:
			d.add(Removed, a[i])
			i++
		default:
			d.add(Added, b[j])
			j++
		}
	}
	d.add(Removed, a[i:]...)
	d.add(Added, b[j:]...)
}
