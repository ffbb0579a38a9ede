package territory

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"banam/internal/fault"
)

// AddInput is what is typed to add a place below another one; From is yyyy-mm-dd.
type AddInput struct{ Level, Type, Name, Code, From, Decree string }

// MaxDecree is how long the number of a decree may be, in characters.
const MaxDecree = 200

// earliestPlace is the first day that a place may begin on.
var earliestPlace = NewDay(1900, 1, 1)

// LevelsBelow lists the levels that a place can have below one of a level: any lower one, since levels may be absent.
func LevelsBelow(l Level) []Level { return Levels()[l.Rank()+1:] }

// Addition is a place to be added.
type Addition struct {
	Locality
	From   Day
	Decree string
}

// Check reads what was typed, with the name as it begins with its type. What is wrong comes as field errors at level, type, name, code,
// from and decree.
func (in AddInput) Check(parent Level, today Day) (Addition, fault.Fields) {
	var fields fault.Fields
	a := Addition{Locality: Locality{Level: Level(in.Level), Type: in.Type, Name: in.Name, Code: in.Code}, Decree: in.Decree}
	if !slices.Contains(LevelsBelow(parent), a.Level) {
		fields.Add("level", "place.level_required")
	}
	switch {
	case a.Type == "":
		fields.Add("type", "place.type_required")
	case utf8.RuneCountInString(a.Type) > MaxUnitName:
		fields.Add("type", "field.too_long", "length", utf8.RuneCountInString(a.Type), "limit", MaxUnitName)
	case a.Level.Rank() >= 0:
		var fits bool
		if a.Type, fits = a.Level.Typed(a.Type); !fits {
			fields.Add("type", "place.type_unfit", "types", strings.Join(a.Level.Types(), ", "))
		}
	}
	switch {
	case a.Name == "":
		fields.Add("name", "place.name_required")
	case utf8.RuneCountInString(a.Name) > MaxUnitName:
		fields.Add("name", "field.too_long", "length", utf8.RuneCountInString(a.Name), "limit", MaxUnitName)
	default:
		a.Name = Named(a.Type, a.Name)
	}
	switch n := utf8.RuneCountInString(a.Code); {
	case n > MaxCode:
		fields.Add("code", "field.too_long", "length", n, "limit", MaxCode)
	case strings.ContainsFunc(a.Code, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '.' && r != '-' }):
		fields.Add("code", "place.code_wrong")
	}
	if n := utf8.RuneCountInString(a.Decree); n > MaxDecree {
		fields.Add("decree", "field.too_long", "length", n, "limit", MaxDecree)
	}
	from, err := ParseDay(in.From)
	switch {
	case in.From == "":
		fields.Add("from", "place.day_required")
	case err == nil && from.Before(earliestPlace):
		fields.Add("from", "place.day_early", "year", earliestPlace.Year())
	case err != nil, from.After(today.Add(366)):
		fields.Add("from", "place.day_wrong")
	default:
		a.From = from
	}
	return a, fields
}
