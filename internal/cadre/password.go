package cadre

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"banam/internal/fault"
)

// Lengths of a password in characters after normalisation (quality.md, "Sign-in and sessions"; ASVS 5.0.0, 6.2.1, 6.2.9).
// Nothing is ever cut off: what is longer is refused.
const (
	PasswordLength       = 15
	PasswordLengthSecond = 8 // for accounts with a second factor
	PasswordLimit        = 128
)

// fewestPieces is how many pieces a password must at least be made of; see pieces.
const fewestPieces = 4

// ownWords are words that people here would take: of the product, and Vietnamese ones that the list lacks.
var ownWords = []string{
	"banam", "bananam", "matkhau", "vietnam", "xinchao", "anhyeuem", "emyeuanh", "tinhyeu", "hanhphuc", "canbo", "dangvien", "bithu",
	"huyenuy", "tinhuy", "tinh", "huyen", "thitran", "phuong", "khupho", "quantri", "admin", "chutich", "hochiminh", "saigon", "hanoi",
}

// Secretive is what is known of the person who chooses a password.
type Secretive struct {
	Name         string
	Login        string
	Places       []string // names of places that stand in the password, without their type
	SecondFactor bool
	Common       func(word string) bool // whether a word in small letters is a common password
}

// NormalPassword is the form in which a password is measured and hashed: NFKC, so that every keyboard gives the same.
func NormalPassword(password string) string { return norm.NFKC.String(password) }

// CheckPassword judges a new password: its length, and that it is not put together from what is tried first: common
// passwords, names of places, the person's own name and sign-in name, years, and runs along the alphabet or the keyboard. There
// are no rules on kinds of characters. What is wrong comes as a field error at the given form field.
func CheckPassword(field, password string, of Secretive) error {
	least := PasswordLength
	if of.SecondFactor {
		least = PasswordLengthSecond
	}
	var fields fault.Fields
	switch n := utf8.RuneCountInString(NormalPassword(password)); {
	case n == 0:
		fields.Add(field, "password.required")
	case n < least:
		fields.Add(field, "password.too_short", "n", least, "missing", least-n)
	case n > PasswordLimit:
		fields.Add(field, "password.too_long", "n", PasswordLimit)
	case pieces(PlainPassword(password), of.known())+otherLetters(password) < fewestPieces:
		fields.Add(field, "password.too_easy")
	}
	return fields.Err()
}

// PlainPassword writes a password as it is compared with words: small, without diacritics, letters and digits together and each
// other sign as a space; the usual disguises of letters ("@" for "a") are taken off.
func PlainPassword(password string) string {
	return plain(strings.NewReplacer("@", "a", "$", "s").Replace(NormalPassword(password)))
}

// otherLetters counts the different letters of other scripts, which no list here knows.
func otherLetters(password string) int {
	seen := map[rune]bool{}
	for _, r := range norm.NFKD.String(password) {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) {
			seen[r] = true
		}
	}
	return len(seen)
}

// known gives the test for words that somebody who wants to guess would try as a whole.
func (s Secretive) known() func(string) bool {
	own := s.words()
	return func(w string) bool { return own[w] || s.Common != nil && s.Common(w) || slices.Contains(ownWords, w) }
}

// words are the person's own words as they would stand in a password.
func (s Secretive) words() map[string]bool {
	set := map[string]bool{}
	add := func(w string) {
		if len(w) >= 2 {
			set[w] = true
		}
	}
	parts := strings.Fields(plain(s.Name))
	for i := range parts {
		for j := i + 1; j <= len(parts); j++ {
			add(strings.Join(parts[i:j], ""))
		}
	}
	add(LoginStem(s.Name))
	add(strings.ReplaceAll(plain(s.Login), " ", ""))
	for _, p := range s.Places {
		add(strings.ReplaceAll(plain(p), " ", ""))
	}
	return set
}

// pieces gives the least number of pieces that a plain password can be cut into, where a known word, a year, a run ("12345",
// "qwerty", "aaaa") and a repetition of what stands before it each count one, like any other single character. It is what a
// guesser needs to get right, so that four common words in a row are enough.
func pieces(password string, known func(string) bool) int {
	text := strings.ReplaceAll(password, " ", "")
	least := make([]int, len(text)+1)
	for end := 1; end <= len(text); end++ {
		least[end] = least[end-1] + 1
		for start := max(0, end-longestPiece); start < end-1; start++ {
			if least[start]+1 < least[end] && onePiece(text, start, end, known) {
				least[end] = least[start] + 1
			}
		}
	}
	return least[len(text)]
}

// longestPiece bounds the work on one password.
const longestPiece = 64

func onePiece(text string, start, end int, known func(string) bool) bool {
	part := text[start:end]
	return known(part) || isYear(part) || isRun(part) || repeats(text, start, end)
}

func isYear(s string) bool {
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20") && s[2] >= '0' && s[2] <= '9' && s[3] >= '0' && s[3] <= '9'
}

// rows are the orders that fingers follow.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"}

// isRun tells whether the text is three or more of one character, or a stretch of a row, forward or backward.
func isRun(s string) bool {
	if len(s) < 3 {
		return false
	}
	if strings.Count(s, s[:1]) == len(s) {
		return true
	}
	back := []byte(s)
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	for _, row := range rows {
		if strings.Contains(row, s) || strings.Contains(row, string(back)) {
			return true
		}
	}
	return false
}

// repeats tells whether the part is made of one or more copies of what stands right before it.
func repeats(text string, start, end int) bool {
	for unit := 1; unit <= start && unit <= end-start; unit++ {
		if (end-start)%unit == 0 && strings.Repeat(text[start-unit:start], (end-start)/unit) == text[start:end] {
			return true
		}
	}
	return false
}
