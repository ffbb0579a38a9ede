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
	NearCopy    = 0.6 // trigram similarity from which two reports of one author count as nearly the same
	CopyReports = 24  // how many of the author's last reports are compared: two years of the monthly duty
	CopyPassage = 12  // words from which a run of the same words counts as a passage
)

// Concrete tells whether a report says something that somebody can act on: a difficulty, a proposal, or a number anywhere.
func (c Content) Concrete() bool {
	if c.Difficulties != "" || c.Proposals != "" || c.Pressing != "" {
		return true
	}
	texts := []string{c.What, c.Production, c.Order, c.Mood, c.PoliciesHeard, c.PolicyReaction}
	for _, o := range c.Organisations {
		texts = append(texts, o.Remark)
	}
	return slices.ContainsFunc(texts, func(t string) bool { return strings.ContainsFunc(t, unicode.IsDigit) })
}

// Content gives what was typed as a report would have it, unchecked.
func (in ReportInput) Content() Content {
	return Content{
		What: in.What, Difficulties: in.Difficulties, Proposals: in.Proposals, Production: in.Production, Order: in.Order,
		Mood: in.Mood, Pressing: in.Pressing, PoliciesHeard: in.PoliciesHeard, PolicyReaction: in.PolicyReaction,
		Position: in.Position, Organisations: in.Organisations,
	}
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

func (c Content) words() []string {
	return strings.Fields(strings.Join([]string{
		c.What, c.Difficulties, c.Proposals, c.Production, c.Order, c.Mood, c.Pressing, c.PoliciesHeard, c.PolicyReaction,
	}, "\n"))
}

// bare gives a word without what stands around it.
func bare(word string) string {
	return strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }))
}
