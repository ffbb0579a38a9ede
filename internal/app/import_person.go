package app

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"banam/internal/cadre"
	"banam/internal/postgres"
)

// likeness says how surely a row means a person of the register who has its name.
type likeness int

const (
	unlike likeness = iota
	unsure          // nothing tells them apart for certain
	likely          // nothing speaks against it, and the list says no more
	surely
)

// likenessOf compares what a list says of a person with what the register knows. The year of birth, the telephone or the e-mail tell
// people of one name apart; what only one side has says nothing.
func likenessOf(typed, known cadre.Person) likeness {
	if !sameFullName(typed.Name, known.Name) {
		return unlike
	}
	year, phone, mail := compared(yearText(typed), yearText(known)), compared(digits(typed.Phone), digits(known.Phone)),
		compared(strings.ToLower(typed.Email), strings.ToLower(known.Email))
	same := phone > 0 || mail > 0
	switch {
	case year < 0 && same:
		return unsure
	case year < 0:
		return unlike
	case year > 0 || same:
		return surely
	case phone < 0 || mail < 0:
		return unsure
	case typed.BirthYear == 0 && typed.Phone == "" && typed.Email == "" && typed.Tier == known.Tier,
		typed.Agency != "" && strings.EqualFold(typed.Agency, known.Agency), typed.Position != "" && strings.EqualFold(typed.Position, known.Position):
		return likely
	}
	return unsure
}

func yearText(p cadre.Person) string {
	if p.BirthYear == 0 {
		return ""
	}
	return strconv.Itoa(p.BirthYear)
}

// compared gives 1 for the same, -1 for something else, and 0 where one side says nothing.
func compared(a, b string) int {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return 1
	}
	return -1
}

// digits gives the last nine digits of a telephone number, in which country codes and first zeros do not count.
func digits(phone string) string {
	only := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, phone)
	return only[max(0, len(only)-9):]
}

// sameFullName compares names. One that is written without diacritics may mean any that is the same without them; otherwise they count,
// wherever in the syllable the tone stands: Hoà is Hòa, and not Hoa.
func sameFullName(typed, known string) bool {
	if cadre.PlainName(typed) != cadre.PlainName(known) {
		return false
	}
	bare := !strings.ContainsFunc(typed, func(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) })
	return bare || toneLast(typed) == toneLast(known)
}

// toneLast moves the tone of each syllable behind it.
func toneLast(name string) string {
	var out strings.Builder
	for word := range strings.FieldsSeq(strings.ToLower(name)) {
		var tone []rune
		for _, r := range norm.NFD.String(word) {
			switch r {
			case '\u0300', '\u0301', '\u0303', '\u0309', '\u0323':
				tone = append(tone, r)
			default:
				out.WriteRune(r)
			}
		}
		out.WriteString(string(tone) + " ")
	}
	return out.String()
}

// importPeople finds people by what lists say of them.
type importPeople struct {
	byID   map[cadre.ID]*postgres.KnownCadre
	byName map[string][]*postgres.KnownCadre
}

func newImportPeople(list []postgres.KnownCadre) *importPeople {
	p := &importPeople{byID: map[cadre.ID]*postgres.KnownCadre{}, byName: map[string][]*postgres.KnownCadre{}}
	for i := range list {
		k := &list[i]
		p.byID[k.ID] = k
		key := cadre.PlainName(k.Person.Name)
		p.byName[key] = append(p.byName[key], k)
	}
	return p
}

// wanted says who has to be looked up for the rows.
func (w *importWork) wanted() *postgres.ImportPeople {
	p := &postgres.ImportPeople{Names: w.texts("name"), IDs: []int64{}}
	for _, code := range w.texts("code") {
		if id, err := strconv.ParseInt(code, 10, 64); err == nil {
			p.IDs = append(p.IDs, id)
		}
	}
	return p
}

// find gives the person of the register whom a row means, or nil, and the error if that cannot be told. The code is the number under
// which the register has them.
func (p *importPeople) find(code string, typed cadre.Person) (who *postgres.KnownCadre, column, wrong string) {
	if code != "" {
		id, err := strconv.ParseInt(code, 10, 64)
		who = p.byID[cadre.ID(id)]
		switch {
		case err != nil || who == nil:
			return nil, "code", "import.code_unknown"
		case typed.Name != "" && cadre.PlainName(typed.Name) != cadre.PlainName(who.Person.Name):
			return nil, "name", "import.code_other_name"
		}
		return who, "", ""
	}
	found := map[likeness][]*postgres.KnownCadre{}
	for _, k := range p.byName[cadre.PlainName(typed.Name)] {
		l := likenessOf(typed, k.Person)
		found[l] = append(found[l], k)
	}
	for _, l := range []likeness{surely, likely} {
		list := found[l]
		if open := slices.DeleteFunc(slices.Clone(list), func(k *postgres.KnownCadre) bool { return k.Disabled }); len(open) > 0 {
			list = open
		}
		switch {
		case len(list) > 1 || l == likely && len(list) > 0 && len(found[unsure]) > 0:
			return nil, "name", "import.person_ambiguous"
		case len(list) == 1:
			return list[0], "", ""
		}
	}
	if len(found[unsure]) > 0 {
		return nil, "name", "import.person_unsure"
	}
	return nil, "", ""
}

// yearOf reads a year of birth, of which some lists know the day: 1975, 12/03/1975.
func yearOf(text string) string {
	if len(text) > 4 && strings.ContainsAny(text, "/-.") {
		return text[len(text)-4:]
	}
	return text
}
