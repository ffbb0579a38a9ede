package demo

import (
	"embed"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"banam/internal/territory"
)

// Files of texts are blocks: a line "# name | …", then lines "key: text". In texts, {…} is a slot: see scene.value.
//
//go:embed data/texts/*.txt
var textFiles embed.FS

// block is one block of a file of texts.
type block struct {
	head  []string
	lines map[string][]string
}

// one gives the text of a key that stands once.
func (b block) one(key string) string {
	if len(b.lines[key]) == 0 {
		return ""
	}
	return b.lines[key][0]
}

// blocks reads the files whose names begin with the given word, in the order of their names.
func blocks(word string) ([]block, error) {
	files, err := textFiles.ReadDir("data/texts")
	if err != nil {
		return nil, fmt.Errorf("reading texts: %w", err)
	}
	var all []block
	for _, f := range files {
		if !strings.HasPrefix(f.Name(), word) {
			continue
		}
		content, err := textFiles.ReadFile("data/texts/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("reading texts: %w", err)
		}
		found, err := parseBlocks(string(content))
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", f.Name(), err)
		}
		all = append(all, found...)
	}
	return all, nil
}

func parseBlocks(content string) ([]block, error) {
	var all []block
	for n, line := range strings.Split(content, "\n") {
		head, isHead := strings.CutPrefix(line, "# ")
		key, text, isText := strings.Cut(line, ": ")
		switch {
		case isHead:
			all = append(all, block{head: strings.Split(head, " | "), lines: map[string][]string{}})
		case isText && len(all) > 0:
			lines := all[len(all)-1].lines
			lines[key] = append(lines[key], strings.TrimSpace(text))
		case strings.TrimSpace(line) != "":
			return nil, fmt.Errorf("line %d is no text of a block", n+1)
		}
	}
	return all, nil
}

var errHead = errors.New("the head of a block is wrong")

// season is the months in which a text fits.
type season [13]bool

// parseSeason reads "9-12,1"; "*" is the whole year.
func parseSeason(s string) (season, error) {
	var out season
	if s == "*" {
		s = "1-12"
	}
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		a, errA := strconv.Atoi(first)
		b, errB := strconv.Atoi(last)
		if errA != nil || errB != nil || a < 1 || b > 12 || a > b {
			return out, fmt.Errorf("%w: months %q", errHead, s)
		}
		for m := a; m <= b; m++ {
			out[m] = true
		}
	}
	return out, nil
}

// zone of a place: 1 upstream (coconut, fruit), 2 in the middle, 3 on the coast (shrimp, clams, fishing); the sub-regions.
func (p *place) zone() string {
	s := p.above(territory.Subregion)
	if s == nil {
		return ""
	}
	return strconv.Itoa(slices.IndexFunc(subregions, func(r struct {
		name     string
		communes []string
	}) bool {
		return r.name == s.name
	}) + 1)
}

// scene is where the texts of one report or issue play; a slot with a name keeps its value in all of them.
type scene struct {
	place  *place
	hamlet string
	group  string
	random *rand.Rand
	fixed  map[string]string
	spans  map[string]string // of named ranges, wherever in the scene's texts they are given
}

func newScene(random *rand.Rand, t *tree, at *place) *scene {
	s := &scene{place: at, random: random, fixed: map[string]string{}}
	hamlet := at.above(territory.Hamlet)
	if hamlet == nil && at.level == territory.Commune {
		hamlet = pick(random, t.below(at))
	}
	if hamlet != nil {
		s.hamlet = lowerKind(hamlet.name)
		group := at.above(territory.Group)
		if group == nil {
			group = pick(random, t.below(hamlet))
		}
		s.group = lowerKind(group.name)
	}
	return s
}

// amount is the range of a number for a group, a hamlet and a commune.
type amount [3][2]float64

// amounts are the numbers that depend on how large the place is.
var amounts = map[string]amount{
	"ho":    {{2, 9}, {8, 45}, {40, 200}}, // households
	"ha":    {{0.4, 3.5}, {4.2, 28}, {30, 160}},
	"nguoi": {{11, 27}, {34, 90}, {80, 220}}, // people at a meeting
}

// fill writes a text as of a day, with a capital at its start.
func (s *scene) fill(template string, on territory.Day) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		out.WriteString(before)
		slot, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return capital(out.String())
		}
		out.WriteString(s.value(slot, on))
		template = after
	}
}

// value fills one slot: places (noi, ap, to, xa; with a capital at the start of a sentence), the day and month of writing,
// a day shortly before (hom), numbers that fit the place (ho, ha, nguoi), and ranges: {3-9}, {1,5-4,0} anew each time,
// {m:60-400} once for the whole scene and {m} again.
func (s *scene) value(slot string, on territory.Day) string {
	switch slot {
	case "noi":
		return s.where()
	case "Noi":
		return capital(s.where())
	case "ap":
		return s.hamlet
	case "Ap":
		return capital(s.hamlet)
	case "to":
		return s.group
	case "xa":
		return s.commune()
	case "Xa":
		return capital(s.commune())
	case "ngay":
		return shortDay(on)
	case "thang":
		return strconv.Itoa(int(on.Start().Month()))
	case "hom":
		return s.keep(slot, func() string { return shortDay(on.Add(-1 - s.random.IntN(4))) })
	}
	if a, ok := amounts[slot]; ok {
		r := a[s.size()]
		return s.keep(slot, func() string { return s.number(r[0], r[1], slot == "ha" && r[0] < 10) })
	}
	name, span, named := strings.Cut(slot, ":")
	if !named {
		if span = s.spans[slot]; span == "" {
			return s.span(slot)
		}
	}
	return s.keep(name, func() string { return s.span(span) })
}

func (s *scene) keep(name string, write func() string) string {
	if _, ok := s.fixed[name]; !ok {
		s.fixed[name] = write()
	}
	return s.fixed[name]
}

func (s *scene) span(span string) string {
	low, high, _ := strings.Cut(span, "-")
	a, errA := strconv.ParseFloat(strings.ReplaceAll(low, ",", "."), 64)
	b, errB := strconv.ParseFloat(strings.ReplaceAll(high, ",", "."), 64)
	if errA != nil || errB != nil {
		return "{" + span + "}"
	}
	return s.number(a, b, strings.Contains(span, ","))
}

// number gives a number of the range in Vietnamese writing; whole ones from 100 on are rounded.
func (s *scene) number(low, high float64, decimal bool) string {
	if decimal {
		n := math.Round((low+s.random.Float64()*(high-low))*10) / 10
		return strings.ReplaceAll(strconv.FormatFloat(n, 'f', -1, 64), ".", ",")
	}
	n := int(low) + s.random.IntN(int(high)-int(low)+1)
	switch {
	case n >= 1000:
		return fmt.Sprintf("%d.%03d", n/1000, n%1000/100*100)
	case n >= 100:
		n = n / 10 * 10
	}
	return strconv.Itoa(n)
}

func (s *scene) size() int {
	switch s.place.level {
	case territory.Group:
		return 0
	case territory.Hamlet:
		return 1
	default:
		return 2
	}
}

// where names the place in a running text: "tổ 5, ấp 3".
func (s *scene) where() string {
	name := lowerKind(s.place.name)
	if s.place.level == territory.Group {
		name += ", " + lowerKind(s.place.parent.name)
	}
	return name
}

func (s *scene) commune() string {
	if c := s.place.above(territory.Commune); c != nil {
		return lowerKind(c.name)
	}
	return lowerKind(s.place.name)
}

func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func shortDay(d territory.Day) string { return d.Start().Format("02/01") }
