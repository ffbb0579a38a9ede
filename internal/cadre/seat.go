package cadre

import (
	"banam/internal/fault"
	"banam/internal/territory"
)

// Seat is a post at a place as somebody may be given it, with who holds it today or later.
type Seat struct {
	Level   territory.Level
	Place   territory.Place
	Exists  bool // the place exists during the whole term asked for
	Holders []Holder
}

// Holder is somebody who holds a seat.
type Holder struct {
	Assignment AssignmentID
	Cadre      ID
	Name       string
	Term       Term
	Primary    bool
	Acting     bool
	Reason     string // for which the end was fixed already; empty for none
}

// Overlaps tells whether two terms have a day in common.
func (t Term) Overlaps(o Term) bool {
	return (o.Until.IsZero() || t.From.Before(o.Until)) && (t.Until.IsZero() || o.From.Before(t.Until))
}

// Same gives the term in which the person holds the seat already during one of the days of the term asked for, which nobody may
// twice; false if there is none.
func (s Seat) Same(who ID, term Term) (Term, bool) {
	for _, h := range s.Holders {
		if h.Cadre == who && h.Term.Overlaps(term) {
			return h.Term, true
		}
	}
	return Term{}, false
}

// On gives those who hold the seat on a day.
func (s Seat) On(day territory.Day) []Holder {
	var on []Holder
	for _, h := range s.Holders {
		if h.Term.Holds(day) {
			on = append(on, h)
		}
	}
	return on
}

// SameError is the error, at a field, of a person who holds the seat already: it says from when until when.
func SameError(field string, held Term) fault.Field {
	if held.Until.IsZero() {
		return fault.At(field, "assignment.holds_since", "from", written(held.From))
	}
	return fault.At(field, "assignment.holds_until", "from", written(held.From), "last", written(held.Until.Add(-1)))
}

// Filling is how a seat is to be filled.
type Filling struct {
	Who     ID
	Term    Term
	Replace bool // whoever holds it on the first day gives way; otherwise the new one comes beside them
}

// Fill judges whether somebody can be given the seat. Old is who gives way; nil for nobody. What is wrong is an error at the field.
func (s Seat) Fill(f Filling, field string) (old *Holder, wrong *fault.Field) {
	bad := func(key string, args ...any) (*Holder, *fault.Field) {
		at := fault.At(field, key, args...)
		return nil, &at
	}
	if !s.Exists {
		return bad("assignment.place_gone")
	}
	if held, ok := s.Same(f.Who, f.Term); ok {
		at := SameError(field, held)
		return nil, &at
	}
	now := s.On(f.Term.From)
	switch {
	case !f.Replace || len(now) == 0:
		return nil, nil
	case len(now) > 1:
		return bad("assignment.several_hold", "n", len(now))
	case !f.Term.From.After(now[0].Term.From):
		return bad("assignment.began_later", "name", now[0].Name, "from", written(now[0].Term.From))
	}
	return &now[0], nil
}

// FirstIn tells whether somebody who fills the seat should be marked as the primary one: there is no other supporter during the
// term, or the one who gives way had the mark.
func (s Seat) FirstIn(term Term, old *Holder) bool {
	if old != nil {
		return old.Primary
	}
	for _, h := range s.Holders {
		if h.Term.Overlaps(term) {
			return false
		}
	}
	return true
}

// MostPlaces is how many places one person can hold before the board of coverage asks whether it is too much.
const MostPlaces = 3
