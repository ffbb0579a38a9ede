package casework

import (
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"banam/internal/territory"
)

// Bounds of the hints on quality (domain.md section 3, "Quality"): a hint never stops anybody.
const (
	NearCopy    = 0.6  // trigram similarity from which two reports of one author count as nearly the same
	CopyLetters = 4000 // of each text that are compared, from its beginning: two closely written pages
	CopyReports = 24   // how many of the author's last reports are compared: two years of the monthly duty
	CopyPassage = 12   // words from which a run of the same words counts as a passage
)

// Concrete tells whether a report of the kind says something that somebody can act on: a difficulty, a proposal, or a number anywhere.
func (c Content) Concrete(kind ReportKind) bool {
	form, _ := kind.Form()
	if form.Concrete {
		return true
	}
	return slices.ContainsFunc(form.Fields(), func(f ReportField) bool {
		return c[f.Name] != "" && (f.Concrete || f.Type == LongText && strings.ContainsFunc(c[f.Name], unicode.IsDigit))
	})
}

// EarlierReport is a report that another one resembles.
type EarlierReport struct {
	ID         uuid.UUID
	HappenedOn territory.Day
	Place      string
	Content    Content
	Similarity float64 // of their trigrams, 0 to 1
}

// Shared gives the longest passage that the two reports have word for word; empty if none is as long as CopyPassage words.
// Case and punctuation do not count.
func (c Content) Shared(o Content) string {
	mine, theirs := c.words(), o.words()
	if len(mine) > maxWords || len(theirs) > maxWords {
		mine, theirs = mine[:min(len(mine), maxWords)], theirs[:min(len(theirs), maxWords)]
	}
	best, end := 0, 0
	run := make([]int, len(theirs)+1) // run[j]: how long the run is that ends at the present word of mine and word j of theirs
	for i := range mine {
		for j := len(theirs); j > 0; j-- {
			if bare(mine[i]) != bare(theirs[j-1]) {
				run[j] = 0
				continue
			}
			run[j] = run[j-1] + 1
			if run[j] > best {
				best, end = run[j], i+1
			}
		}
	}
	if best < CopyPassage {
		return ""
	}
	return strings.Join(mine[end-best:end], " ")
}

// maxWords bounds the comparison of two texts: its cost grows with the product of their lengths.
const maxWords = 1500

// words gives the words of all long texts, in an order that two reports share.
func (c Content) words() []string {
	var texts []string
	seen := map[string]bool{}
	for _, form := range reportForms {
		for _, f := range form.Fields() {
			if f.Type == LongText && !seen[f.Name] && !strings.HasPrefix(f.Name, "remark_") {
				seen[f.Name] = true
				texts = append(texts, c[f.Name])
			}
		}
	}
	return strings.Fields(strings.Join(texts, "\n"))
}

// bare gives a word without what stands around it.
func bare(word string) string {
	return strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}
