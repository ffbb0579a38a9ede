package demo

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"banam/internal/casework"
	"banam/internal/territory"
)

// theme is what people report about: what happened, and the difficulties and proposals that go with it.
type theme struct {
	name         string
	months       season
	zones        string
	what         []string
	difficulties []string
	proposals    []string
}

// story is an issue as it may happen, with the words of everybody on its way. Its texts belong together.
type story struct {
	name       string
	field      string
	severities []casework.Severity
	months     season
	zones      string
	levels     string // g, h, c: of the place
	lines      map[string][]string
	spans      map[string]string
}

// one gives a text of the story; empty if it has none.
func (s *story) one(key string) string { return block{lines: s.lines}.one(key) }

// library is all texts.
type library struct {
	themes  []theme
	stories []story
	pools   []pool
	words   map[string][]string // by block and key: "remark_front good", "empty text" …
}

// pool is texts for one part of a report that fit a season and some zones.
type pool struct {
	name   string
	months season
	zones  string
	texts  []string
}

func newLibrary() (*library, error) {
	l := &library{words: map[string][]string{}}
	for _, part := range []struct {
		word string
		add  func(block) error
	}{{"report_", l.addTheme}, {"issue_", l.addStory}, {"pool_", l.addPool}, {"words_", l.addWords}} {
		all, err := blocks(part.word)
		if err != nil {
			return nil, err
		}
		for _, b := range all {
			if err := part.add(b); err != nil {
				return nil, fmt.Errorf("reading texts: %s: %w", b.head[0], err)
			}
		}
	}
	return l, nil
}

// addTheme reads "# name | months | zones" with lines what, hard (difficulties) and ask (proposals).
func (l *library) addTheme(b block) error {
	if len(b.head) != 3 {
		return errHead
	}
	months, err := parseSeason(b.head[1])
	l.themes = append(l.themes, theme{
		name: b.head[0], months: months, zones: b.head[2], what: b.lines["what"], difficulties: b.lines["hard"], proposals: b.lines["ask"],
	})
	return err
}

// addStory reads "# name | field | severities | months | zones | levels".
func (l *library) addStory(b block) error {
	if len(b.head) != 6 {
		return errHead
	}
	months, err := parseSeason(b.head[3])
	s := story{name: b.head[0], field: b.head[1], months: months, zones: b.head[4], levels: b.head[5], lines: b.lines, spans: spansOf(b)}
	for _, c := range b.head[2] {
		s.severities = append(s.severities, casework.Severity(c-'0'))
	}
	l.stories = append(l.stories, s)
	return err
}

// addPool reads "# name | months | zones" with lines text.
func (l *library) addPool(b block) error {
	if len(b.head) != 3 {
		return errHead
	}
	months, err := parseSeason(b.head[1])
	l.pools = append(l.pools, pool{name: b.head[0], months: months, zones: b.head[2], texts: b.lines["text"]})
	return err
}

func (l *library) addWords(b block) error {
	for key, texts := range b.lines {
		l.words[b.head[0]+" "+key] = texts
	}
	return nil
}

// fits tells whether a text plays in the place's zone in the month of the day.
func fits(months season, zones string, at *place, on territory.Day) bool {
	return months[on.Start().Month()] && strings.Contains(zones, at.zone())
}

// themesFor lists the themes of a place on a day.
func (l *library) themesFor(at *place, on territory.Day) []*theme {
	var found []*theme
	for i := range l.themes {
		if t := &l.themes[i]; fits(t.months, t.zones, at, on) {
			found = append(found, t)
		}
	}
	return found
}

// storiesFor lists the stories of a place on a day, of a severity unless that is zero.
func (l *library) storiesFor(at *place, on territory.Day, severity casework.Severity) []*story {
	level := map[territory.Level]string{territory.Group: "g", territory.Hamlet: "h", territory.Commune: "c"}[at.level]
	var found []*story
	for i := range l.stories {
		s := &l.stories[i]
		if fits(s.months, s.zones, at, on) && strings.Contains(s.levels, level) && (severity == 0 || slices.Contains(s.severities, severity)) {
			found = append(found, s)
		}
	}
	return found
}

// storiesNamed gives the story of a name.
func (l *library) storiesNamed(name string) []*story {
	for i := range l.stories {
		if l.stories[i].name == name {
			return []*story{&l.stories[i]}
		}
	}
	return nil
}

// namedRange is a slot that gives a name to a range: {m:60-400}.
var namedRange = regexp.MustCompile(`\{([a-z]+[0-9]?):([0-9,]+-[0-9,]+)\}`)

// spansOf gives the ranges of the named slots of a block.
func spansOf(b block) map[string]string {
	spans := map[string]string{}
	for _, texts := range b.lines {
		for _, text := range texts {
			for _, m := range namedRange.FindAllStringSubmatch(text, -1) {
				spans[m[1]] = m[2]
			}
		}
	}
	return spans
}
