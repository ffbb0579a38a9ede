package cadre

import (
	"slices"
	"unicode/utf8"

	"banam/internal/fault"
	"banam/internal/territory"
)

// Limits of what is typed when assigning, in characters and days.
const (
	MaxDecision = 100
	MaxReason   = 300
	furthest    = 366      // days ahead that an assignment may begin or an ending be fixed
	longest     = 20 * 366 // days that an assignment may be fixed for
)

// earliest is the first day that an assignment may begin on: nobody keeps lists of before.
var earliest = territory.NewDay(2000, 1, 1)

// Appointment is what somebody is to be given or to lose: a post at a place.
type Appointment struct {
	Post  Post
	Level territory.Level
	Place territory.Place
}

// Offers tells whether the grant allows giving and ending the post at the place at all, whoever holds it (domain.md section 2):
// administrators do so in their subtree; administrators' posts are given from strictly above only; an administrator of a commune
// manages what is the commune's own plan, its tier 3 and the leads of its hamlets.
func (g Grant) Offers(to Appointment) bool {
	switch {
	case !g.permits(Manage, Object{Place: to.Place}):
		return false
	case to.Post.Capability == Administer:
		return g.Locality.Level.Above(to.Level)
	case g.Locality.Level == territory.Commune:
		return to.Post.Tier == CommuneTier && g.Locality.Level.Above(to.Level)
	}
	return true
}

// Appointer gives the grant under which the actor may give the person the post, or end it; false if no grant allows it. Held is
// what the person holds today or later. Nobody gives themselves anything, and nobody gives an administrator of their own level or
// above anything: "nobody raises themselves or a peer".
func Appointer(a Actor, person ID, held []Held, to Appointment) (Grant, bool) {
	if person == a.CadreID {
		return Grant{}, false
	}
	for _, g := range a.Grants {
		peer := func(h Held) bool { return h.Capability == Administer && !g.Locality.Level.Above(h.Level) }
		if g.Offers(to) && !slices.ContainsFunc(held, peer) {
			return g, true
		}
	}
	return Grant{}, false
}

// Offered gives those of the posts that the actor may give to somebody at the place.
func Offered(a Actor, posts []Post, level territory.Level, place territory.Place) []Post {
	var offered []Post
	for _, p := range posts {
		if slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Offers(Appointment{Post: p, Level: level, Place: place}) }) {
			offered = append(offered, p)
		}
	}
	return offered
}

// Term is the time of an assignment: from its first day to the day after its last one, the zero Day for no end.
type Term struct{ From, Until territory.Day }

// Holds tells whether the term covers the day.
func (t Term) Holds(day territory.Day) bool {
	return !day.Before(t.From) && (t.Until.IsZero() || day.Before(t.Until))
}

// AssignInput is what is typed to assign somebody, days as yyyy-mm-dd. Last is the last day, inclusive; empty for no end.
type AssignInput struct {
	Post, From, Last, Decision string
	Primary, Acting            bool
}

// Check judges the form of the days and the decision. What is wrong comes as field errors at from, last and decision; the term
// is then zero.
func (in AssignInput) Check(today territory.Day) (Term, fault.Fields) {
	var fields fault.Fields
	term := Term{From: CheckDay(&fields, "from", in.From, earliest, today.Add(furthest))}
	if in.Last != "" {
		least := earliest
		if !term.From.IsZero() {
			least = term.From
		}
		if last := CheckDay(&fields, "last", in.Last, least, least.Add(longest)); !last.IsZero() {
			term.Until = last.Add(1)
		}
	}
	if f := fault.As(CheckDecision(in.Decision)); f != nil {
		fields = append(fields, f.Fields...)
	}
	if len(fields) > 0 {
		return Term{}, fields
	}
	return term, nil
}

// CheckDecision judges the number of a decision; what is wrong comes as a field error at decision.
func CheckDecision(decision string) error {
	if n := utf8.RuneCountInString(decision); n > MaxDecision {
		return fault.Invalid(fault.At("decision", "field.too_long", "length", n, "limit", MaxDecision))
	}
	return nil
}

// CheckDay reads a day between two others, both inclusive; what is wrong is added at the field name.
func CheckDay(fields *fault.Fields, name, text string, least, most territory.Day) territory.Day {
	day, err := territory.ParseDay(text)
	switch {
	case text == "":
		fields.Add(name, "assignment.day_required")
	case err != nil:
		fields.Add(name, "assignment.day_unreadable")
	case day.Before(least):
		fields.Add(name, "assignment.day_too_early", "day", written(least))
	case day.After(most):
		fields.Add(name, "assignment.day_too_late", "day", written(most))
	default:
		return day
	}
	return territory.Day{}
}

// EndInput is what is typed to end an assignment. Last is the last day, inclusive; empty ends it at once, so that already today
// nothing is held any more.
type EndInput struct{ Last, Reason string }

// Check gives the day from which the assignment is over. What is wrong comes as field errors at last and reason.
func (in EndInput) Check(term Term, today territory.Day) (territory.Day, error) {
	var fields fault.Fields
	until := today
	if in.Last != "" {
		if last := CheckDay(&fields, "last", in.Last, term.From, today.Add(furthest)); !last.IsZero() {
			until = last.Add(1)
		}
	}
	switch {
	case len(fields) > 0:
	case !term.From.Before(until): // it began today, or has not begun yet
		fields.Add("last", "assignment.not_begun")
	case !term.Until.IsZero() && until.After(term.Until):
		fields.Add("last", "assignment.ends_before", "day", written(term.Until.Add(-1)))
	}
	checkReason(&fields, in.Reason)
	return until, fields.Err()
}

func checkReason(fields *fault.Fields, reason string) {
	switch {
	case reason == "":
		fields.Add("reason", "assignment.reason_required")
	case utf8.RuneCountInString(reason) > MaxReason:
		fields.Add("reason", "field.too_long", "length", utf8.RuneCountInString(reason), "limit", MaxReason)
	}
}

// CheckReason judges a reason; what is wrong comes as a field error at reason.
func CheckReason(reason string) error {
	var fields fault.Fields
	checkReason(&fields, reason)
	return fields.Err()
}

// CheckNote judges what may be added in words; what is wrong comes as a field error at note.
func CheckNote(note string) error {
	if n := utf8.RuneCountInString(note); n > MaxReason {
		return fault.Invalid(fault.At("note", "field.too_long", "length", n, "limit", MaxReason))
	}
	return nil
}

// written gives a day as messages show it in both languages.
func written(d territory.Day) string { return d.Start().Format("02/01/2006") }
