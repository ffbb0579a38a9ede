package postgres

import (
	"strings"
	"unicode/utf8"
)

// Part is a piece of a text. Hit tells that it is what was searched for.
type Part struct {
	Text string
	Hit  bool
}

// fits tells whether a word of a text is one of those searched for.
func (w Words) fits(plain string) bool {
	for i, word := range w.plain {
		if plain == word || i == len(w.plain)-1 && w.prefix() && strings.HasPrefix(plain, word) {
			return true
		}
	}
	return false
}

// Mark parts a text where its words are those searched for. The parts together are the text.
func (w Words) Mark(text string) []Part {
	var parts []Part
	at := 0
	add := func(end int, hit bool) {
		if end > at {
			parts = append(parts, Part{text[at:end], hit})
			at = end
		}
	}
	for _, s := range wordsOf(text) {
		if w.fits(s.plain) {
			add(s.start, false)
			add(s.end, true)
		}
	}
	add(len(text), false)
	return parts
}

// excerptRadius is how much an excerpt shows on either side of what was found, in bytes.
const excerptRadius = 90

// Excerpt gives the piece of a text around the words searched for: around all of them one behind the other or, if they
// stand so nowhere, around the first. nil if none is in it.
func (w Words) Excerpt(text string) []Part {
	spans := wordsOf(text)
	from := -1
	for i, s := range spans {
		if !w.fits(s.plain) {
			continue
		}
		if from < 0 {
			from = i
		}
		if w.begins(spans[i:]) {
			from = i
			break
		}
	}
	if from < 0 {
		return nil
	}
	start, end := spans[from].start, spans[from].end
	for i := from; i >= 0 && spans[from].start-spans[i].start <= excerptRadius; i-- {
		start = spans[i].start
	}
	for _, s := range spans[from:] {
		if s.end-spans[from].end <= excerptRadius {
			end = s.end
		}
	}
	cut := text[start:end]
	if start > spans[0].start {
		cut = "… " + cut
	}
	if rest := text[end:]; utf8.RuneCountInString(rest) > 1 {
		cut += " …"
	}
	return w.Mark(cut)
}

// begins tells whether the words searched for stand at the beginning of the spans, one behind the other.
func (w Words) begins(spans []span) bool {
	if len(spans) < len(w.plain) {
		return false
	}
	for i, word := range w.plain {
		last := i == len(w.plain)-1 && w.prefix()
		if spans[i].plain != word && (!last || !strings.HasPrefix(spans[i].plain, word)) {
			return false
		}
	}
	return true
}
