package cadre

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"banam/internal/territory"
)

// Held is what somebody holds today or later or, when that is nothing, what they held last: the ground on which an
// administrator keeps their account.
type Held struct {
	Capability Capability
	Level      territory.Level
	Place      territory.Place
}

// Keeper gives the grant under which the actor may make, reset, disable and enable the account of a person; false if no
// grant allows it. Every place where the person holds something must lie in the grant's subtree: whoever could reset an
// account that also reaches elsewhere would reach there, too. The account of an administrator is kept from strictly above
// each of their places, so that nobody touches a peer's; nobody keeps their own; that of a person who never held anything is
// nobody's yet (domain.md section 2: "Nobody gives themselves a post").
func Keeper(a Actor, person ID, held []Held) (Grant, bool) {
	if person == a.CadreID || len(held) == 0 {
		return Grant{}, false
	}
	for _, g := range a.Grants {
		if g.Allows(Manage) && !slices.ContainsFunc(held, func(h Held) bool { return !g.keeps(h) }) {
			return g, true
		}
	}
	return Grant{}, false
}

// keeps tells whether the place of what is held lies in the grant's subtree and, for an administrator's post, below it.
func (g Grant) keeps(h Held) bool {
	if h.Capability == Administer && !g.Locality.Level.Above(h.Level) {
		return false
	}
	return g.permits(Manage, Object{Place: h.Place})
}

// LoginStem makes the usual sign-in name of a person: the given name and the first letters of the others, without
// diacritics. "Nguyễn Thị Thu Hà" gives "hantt"; empty if the name has no letters.
func LoginStem(fullName string) string {
	parts := strings.Fields(plain(fullName))
	if len(parts) == 0 {
		return ""
	}
	var stem strings.Builder
	stem.WriteString(parts[len(parts)-1])
	for _, p := range parts[:len(parts)-1] {
		stem.WriteByte(p[0])
	}
	return stem.String()
}

// LoginOf gives the first sign-in name of a stem that is not taken: the stem, then the stem with 2, 3 and so on.
func LoginOf(stem string, taken func(string) bool) string {
	if stem == "" {
		stem = "canbo"
	}
	login := stem
	for n := 2; taken(login); n++ {
		login = stem + strconv.Itoa(n)
	}
	return login
}

// plain writes a text in small letters a to z and digits, with single spaces for everything else.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// PlainName writes a name without case and diacritics, by which names are compared.
func PlainName(name string) string { return plain(name) }
