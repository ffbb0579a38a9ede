package cadre

import (
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"banam/internal/fault"
	"banam/internal/territory"
)

// MaxField is the limit of each text in the register of cadres, in characters.
const MaxField = 150

// Person is what the register of cadres keeps of somebody.
type Person struct {
	Name      string
	BirthYear int // 0 where it is not known
	Position  string
	Agency    string
	Tier      Tier
	Phone     string
	Email     string
}

// PersonInput is what is typed of a person, one line each.
type PersonInput struct{ Name, BirthYear, Position, Agency, Tier, Phone, Email string }

// InputOf gives the form of a person as it is stored.
func InputOf(p Person) PersonInput {
	in := PersonInput{Name: p.Name, Position: p.Position, Agency: p.Agency, Tier: string(p.Tier), Phone: p.Phone, Email: p.Email}
	if p.BirthYear != 0 {
		in.BirthYear = strconv.Itoa(p.BirthYear)
	}
	return in
}

// Tiers lists the tiers from the top.
func Tiers() []Tier { return []Tier{ProvinceTier, DistrictTier, CommuneTier} }

// Ages between which somebody can be a cadre, in years.
const (
	youngest = 16
	oldest   = 100
)

// Check judges what was typed. What is wrong comes as field errors at name, birth_year, position, agency, tier, phone and email.
func (in PersonInput) Check(today territory.Day) (Person, error) {
	p := Person{Name: in.Name, Position: in.Position, Agency: in.Agency, Tier: Tier(in.Tier), Phone: in.Phone, Email: in.Email}
	var fields fault.Fields
	for _, f := range []struct{ name, text string }{{"name", in.Name}, {"position", in.Position}, {"agency", in.Agency}, {"email", in.Email}} {
		if n := utf8.RuneCountInString(f.text); n > MaxField {
			fields.Add(f.name, "field.too_long", "length", n, "limit", MaxField)
		}
	}
	if !strings.ContainsFunc(in.Name, unicode.IsLetter) {
		fields.Add("name", "cadre.name_required")
	}
	if in.BirthYear != "" {
		year, err := strconv.Atoi(in.BirthYear)
		if err != nil || year < today.Year()-oldest || year > today.Year()-youngest {
			fields.Add("birth_year", "cadre.birth_year_wrong")
		}
		p.BirthYear = year
	}
	if !slices.Contains(Tiers(), p.Tier) {
		fields.Add("tier", "cadre.tier_required")
	}
	if in.Phone != "" && !IsPhone(in.Phone) {
		fields.Add("phone", "cadre.phone_wrong")
	}
	if in.Email != "" && !IsEmail(in.Email) {
		fields.Add("email", "cadre.email_wrong")
	}
	if err := fields.Err(); err != nil {
		return Person{}, err
	}
	return p, nil
}

// IsEmail tells whether the text is one bare e-mail address.
func IsEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text
}

// IsPhone tells whether the text has 8 to 15 digits and besides them only what stands between digits, and + before them.
func IsPhone(text string) bool {
	digits := 0
	for i, c := range text {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '+' && i == 0, strings.ContainsRune(" .-()", c):
		default:
			return false
		}
	}
	return digits >= 8 && digits <= 15
}

// Registered is a person of the register in the eyes of the rule of who keeps their data.
type Registered struct {
	ID   ID
	Tier Tier
	Home territory.Place // under which they were entered; the zero Place for none
	Held []Held          // what they hold today or later
}

// Registrar gives the grant under which the actor may change a person's data, disable and enable them; false if no grant allows
// it. As with accounts, everything that the person holds must lie in the grant's subtree, that of administrators strictly below
// it, and nobody keeps themselves. Who holds nothing is kept from the place under which they were entered. Administrators of
// communes keep their commune's own tier only.
func Registrar(a Actor, r Registered) (Grant, bool) {
	if r.ID == a.CadreID || r.ID == 0 {
		return Grant{}, false
	}
	for _, g := range a.Grants {
		home := r.Home.Locality != 0 && g.permits(Manage, Object{Place: r.Home})
		below := !slices.ContainsFunc(r.Held, func(h Held) bool { return !g.keeps(h) })
		if g.Allows(Manage) && g.mayEnter(r.Tier) && below && (home || len(r.Held) > 0) {
			return g, true
		}
	}
	return Grant{}, false
}

// Enters gives the grant under which the actor may enter a person of the tier for the place; false if no grant allows it.
func Enters(a Actor, tier Tier, home territory.Place) (Grant, bool) {
	for _, g := range a.Grants {
		if g.permits(Manage, Object{Place: home}) && g.mayEnter(tier) {
			return g, true
		}
	}
	return Grant{}, false
}

func (g Grant) mayEnter(t Tier) bool {
	return t == CommuneTier || g.Locality.Level.Above(territory.Commune)
}
