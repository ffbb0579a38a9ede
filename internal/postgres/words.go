package postgres

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Limits of what can be searched for: characters, words, and letters of the shortest search. The last word is taken as a
// beginning from prefixFrom letters on.
const (
	MaxWordsLength = 100
	maxWords       = 10
	minLetters     = 2
	prefixFrom     = 2
	maxSplit       = 6
)

// Words are what somebody searches for. Case, diacritics and the place of tone marks ("Hòa", "Hoà") make no difference
// (domain.md section 8). Each word is meant whole; in names, the last one as far as it is typed. Among the many words of
// reports, beginnings would find too much and cost a look at every word that begins so.
type Words struct {
	Text  string   // as it was typed, in one line
	Cut   bool     // something was left out, since it was too long
	whole bool     // the last word is meant whole too
	plain []string // each word without diacritics
	toned []string // each word with them, as tone_key in SQL writes it
}

// ParseWords reads what somebody typed. Characters that are neither letters nor digits only part words.
func ParseWords(typed string) Words {
	w := Words{Text: strings.Join(strings.Fields(norm.NFC.String(typed)), " ")}
	if runes := []rune(w.Text); len(runes) > MaxWordsLength {
		w.Text, w.Cut = strings.TrimSpace(string(runes[:MaxWordsLength])), true
	}
	for _, s := range wordsOf(w.Text) {
		if len(w.plain) == maxWords {
			w.Text, w.Cut = strings.TrimSpace(w.Text[:s.start]), true
			break
		}
		w.plain, w.toned = append(w.plain, s.plain), append(w.toned, toned(w.Text[s.start:s.end]))
	}
	return w
}

// TooShort tells whether there is too little to search for.
func (w Words) TooShort() bool { return len(strings.Join(w.plain, "")) < minLetters }

// Whole gives the words as they are meant in texts.
func (w Words) Whole() Words {
	w.whole = true
	return w
}

// splits gives the ways to read the words as a place's name followed by the name of one above it ("ấp 4 long định"): none for one
// word, or for more than anybody calls a place by.
func (w Words) splits() [][2]Words {
	var list [][2]Words
	for at := 1; at < len(w.plain) && len(w.plain) <= maxSplit; at++ {
		list = append(list, [2]Words{{plain: w.plain[:at], whole: true}, {plain: w.plain[at:], whole: w.whole}})
	}
	return list
}

// prefix tells whether the last word is taken as a beginning.
func (w Words) prefix() bool {
	return !w.whole && len(w.plain) > 0 && len(w.plain[len(w.plain)-1]) >= prefixFrom
}

// typed are the words as they were typed: with diacritics where any were.
func (w Words) typed() []string {
	if !slices.Equal(w.plain, w.toned) {
		return w.toned
	}
	return w.plain
}

// asTyped is the tsquery of all words as they were typed, wherever they stand.
func (w Words) asTyped() string { return lexemes(w.typed(), " & ", "") }

// exact is the tsquery of the words as they were typed, one behind the other.
func (w Words) exact(weight string) string { return lexemes(w.typed(), " <-> ", weight) }

// phrase is the tsquery of the words without diacritics, one behind the other.
func (w Words) phrase(weight string) string { return lexemes(w.plain, " <-> ", weight) }

// every is the tsquery of all words without diacritics, wherever they stand. No text has the one that stands for no word.
func (w Words) every() string {
	if len(w.plain) == 0 {
		return "'@'"
	}
	return lexemes(w.plain, " & ", "")
}

// lexemes joins words of letters and digits to a tsquery. A weight narrows it to a part of the text.
func lexemes(words []string, with, weight string) string {
	parts := make([]string, len(words))
	for i, word := range words {
		if parts[i] = "'" + word + "'"; weight != "" {
			parts[i] += ":" + weight
		}
	}
	return "(" + strings.Join(parts, with) + ")"
}

// longest is the longest word.
func (w Words) longest() string {
	return slices.MaxFunc(w.plain, func(a, b string) int { return len(a) - len(b) })
}

// patterns are the LIKE patterns that a name, with its words parted and framed by single spaces, fits.
func (w Words) patterns() []string {
	out := make([]string, len(w.plain))
	for i, word := range w.plain {
		if out[i] = "% " + word + " %"; i == len(w.plain)-1 && w.prefix() {
			out[i] = "% " + word + "%"
		}
	}
	return out
}

// looseNumber is what a number of an issue looks like, whole or without its series, its year or its leading zeros.
var looseNumber = regexp.MustCompile(`^(?:(?:([a-z]{1,8})[ -]*)?([0-9]{4})[ -]+)?([0-9]{1,9})$`)

// number gives the LIKE pattern of the issue number that the words may be, on search_key of number and title; empty if they
// are none.
func (w Words) number() string {
	m := looseNumber.FindStringSubmatch(fold(w.Text))
	if m == nil {
		return ""
	}
	running := m[3] + "%" // as far as typed: with the leading zeros
	if digits := strings.TrimLeft(m[3], "0"); len(digits) == len(m[3]) || len(m[3]) >= numberDigits {
		running = strings.Repeat("0", max(0, numberDigits-len(digits))) + digits + " %"
	}
	switch {
	case m[1] != "":
		return m[1] + "-" + m[2] + "-" + running
	case m[2] != "":
		return "%-" + m[2] + "-" + running
	}
	return "%-" + running
}

// numberDigits is how many digits the running part of an issue number has at least.
const numberDigits = 6

// span is a word in a text, by bytes, and what it is without diacritics.
type span struct {
	start, end int
	plain      string
}

// wordsOf finds the words of a text, parted like the text search of the database parts them.
func wordsOf(text string) []span {
	var out []span
	start := -1
	end := func(at int) {
		if start >= 0 {
			if plain := strings.Map(onlyPlain, fold(text[start:at])); plain != "" {
				out = append(out, span{start, at, plain})
			}
		}
		start = -1
	}
	for i, c := range text {
		switch word := unicode.In(c, unicode.Latin, unicode.Mn) || unicode.IsDigit(c); {
		case word && start < 0 && !unicode.Is(unicode.Mn, c):
			start = i
		case !word:
			end(i)
		}
	}
	end(len(text))
	return out
}

func onlyPlain(c rune) rune {
	if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
		return c
	}
	return -1
}

// fold takes case and diacritics off, as search_key does in SQL.
func fold(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case unicode.Is(unicode.Mn, c):
			return -1
		case c == 'đ':
			return 'd'
		}
		return c
	}, norm.NFD.String(strings.ToLower(norm.NFC.String(text))))
}

// tones are the combining marks of the five tones in the order of the digits that stand for them.
const tones = "\u0301\u0300\u0309\u0303\u0323"

// toned writes a word with its diacritics and the tone behind it, as tone_key does in SQL.
func toned(word string) string {
	var letters, tone strings.Builder
	for _, c := range norm.NFD.String(strings.ToLower(norm.NFC.String(word))) {
		if i := slices.Index([]rune(tones), c); i >= 0 {
			tone.WriteString(strconv.Itoa(i + 1))
		} else if c == 'đ' || c == '\u0302' || c == '\u0306' || c == '\u031b' || onlyPlain(c) >= 0 {
			letters.WriteRune(c)
		}
	}
	return norm.NFC.String(letters.String()) + tone.String()
}
