package cadre

import (
	"slices"

	"banam/internal/territory"
)

// Desk is a place on the path of an issue that can hold it, with those who lead it on that day. A desk without a lead is
// vacant.
type Desk struct {
	Locality territory.Locality
	Leads    []Holding
}

// Vacant tells whether nobody leads the desk.
func (d Desk) Vacant() bool { return len(d.Leads) == 0 }

// Desks are the desks of a place on one day, from the place upward, vacant ones included. Groups have no desk.
type Desks []Desk

// DesksOf finds the desks of a chain among those who hold posts on it.
func DesksOf(chain territory.Chain, holdings []Holding) Desks {
	desks := make(Desks, 0, len(chain))
	for _, l := range chain {
		if l.Level == territory.Group {
			continue
		}
		d := Desk{Locality: l}
		for _, h := range holdings {
			if h.Locality == l.ID && h.Post.Capability == Lead {
				d.Leads = append(d.Leads, h)
			}
		}
		desks = append(desks, d)
	}
	return desks
}

// Index gives the position of a desk, -1 if it is not among them.
func (d Desks) Index(id territory.LocalityID) int {
	return slices.IndexFunc(d, func(k Desk) bool { return k.Locality.ID == id })
}

// Find gives the desk of a place.
func (d Desks) Find(id territory.LocalityID) (Desk, bool) {
	if i := d.Index(id); i >= 0 {
		return d[i], true
	}
	return Desk{}, false
}

// AtLevel gives the desk of a level.
func (d Desks) AtLevel(l territory.Level) (Desk, bool) {
	i := slices.IndexFunc(d, func(k Desk) bool { return k.Locality.Level == l })
	if i < 0 {
		return Desk{}, false
	}
	return d[i], true
}

// FromUpward gives the first desk with a lead at or above the given one, and the vacant ones passed over on the way. If
// every desk from there upward is vacant, it is the highest desk below that has a lead; false if no desk has one.
func (d Desks) FromUpward(id territory.LocalityID) (found Desk, passed []Desk, ok bool) {
	start := d.Index(id)
	if start < 0 {
		return Desk{}, nil, false
	}
	for i := start; i < len(d); i++ {
		if !d[i].Vacant() {
			return d[i], passed, true
		}
		passed = append(passed, d[i])
	}
	for i := start - 1; i >= 0; i-- {
		if !d[i].Vacant() {
			return d[i], passed, true
		}
	}
	return Desk{}, passed, false
}

// NextAbove gives the next desk with a lead strictly above the given one, and the vacant ones passed over; false if there
// is none: then the given desk is the top for this day.
func (d Desks) NextAbove(id territory.LocalityID) (next Desk, passed []Desk, ok bool) {
	i := d.Index(id)
	if i < 0 {
		return Desk{}, nil, false
	}
	for _, k := range d[i+1:] {
		if !k.Vacant() {
			return k, passed, true
		}
		passed = append(passed, k)
	}
	return Desk{}, passed, false
}

// Below gives the desks with a lead strictly below the given one, the nearest first.
func (d Desks) Below(id territory.LocalityID) []Desk {
	var below []Desk
	for i := d.Index(id) - 1; i >= 0; i-- {
		if !d[i].Vacant() {
			below = append(below, d[i])
		}
	}
	return below
}
