package cadre

import (
	"slices"

	"github.com/google/uuid"

	"banam/internal/territory"
)

// Column names the column of a fact that a branch of a scope compares.
type Column string

// The columns by which facts are found.
const (
	ByLocality Column = "locality_id"
	ByProvince Column = "province_id"
	ByDistrict Column = "district_id"
	ByCommune  Column = "commune_id"
	ByHamlet   Column = "hamlet_id"
)

// Columns lists all columns of a branch.
func Columns() []Column { return []Column{ByLocality, ByProvince, ByDistrict, ByCommune, ByHamlet} }

// Branch is one part of a scope: the facts whose column holds the id.
type Branch struct {
	Column Column
	ID     territory.LocalityID
}

// Covers tells whether a fact at the place belongs to the branch.
func (b Branch) Covers(p territory.Place) bool {
	if b.ID == 0 {
		return false
	}
	switch b.Column {
	case ByLocality:
		return p.Locality == b.ID
	case ByProvince:
		return p.Province == b.ID
	case ByDistrict:
		return p.District == b.ID
	case ByCommune:
		return p.Commune == b.ID
	case ByHamlet:
		return p.Hamlet == b.ID
	}
	return false
}

// BranchesOf gives the branches of the subtree of a place. Members are the communes of a sub-region today, since a
// sub-region is no column of facts; other levels have none.
func BranchesOf(l territory.Locality, members []territory.LocalityID) []Branch {
	switch l.Level {
	case territory.Province:
		return []Branch{{ByProvince, l.ID}}
	case territory.District:
		return []Branch{{ByDistrict, l.ID}}
	case territory.Commune:
		return []Branch{{ByCommune, l.ID}}
	case territory.Hamlet:
		return []Branch{{ByHamlet, l.ID}}
	case territory.Group:
		return []Branch{{ByLocality, l.ID}}
	case territory.Subregion:
		branches := []Branch{{ByLocality, l.ID}}
		for _, m := range members {
			branches = append(branches, Branch{ByCommune, m})
		}
		return branches
	}
	return nil
}

// Scope is what an actor reaches with one action: the facts of any branch, and their own writings.
type Scope struct {
	Branches []Branch
	Author   ID // own writings; zero where authorship gives nothing
	Named    []NamedHousehold
}

// NamedHousehold is a single household that somebody follows, as long as it is at the place where they follow it.
type NamedHousehold struct {
	ID    uuid.UUID
	Group territory.LocalityID
}

// Empty tells whether nothing can be in the scope.
func (s Scope) Empty() bool { return len(s.Branches) == 0 && s.Author == 0 && len(s.Named) == 0 }

// Covers tells whether the object is in the scope. It is the Go side of the WHERE clause that the storage layer makes.
func (s Scope) Covers(o Object) bool {
	if s.Author != 0 && s.Author == o.Author {
		return true
	}
	if o.Household != uuid.Nil && slices.Contains(s.Named, NamedHousehold{o.Household, o.Place.Locality}) {
		return true
	}
	return slices.ContainsFunc(s.Branches, func(b Branch) bool { return b.Covers(o.Place) })
}

// Scope compiles what the actor may do the action on, as far as places and authorship decide it. A branch inside another
// one is left out.
func (a Actor) Scope(action Action) Scope {
	s := Scope{}
	if action.ownWritings() {
		s.Author = a.CadreID
	}
	for _, g := range a.Grants {
		if !g.Allows(action) || a.insideAnother(g, action) {
			continue
		}
		if g.Household != uuid.Nil && action.ofHouseholds() {
			if action.ofNamed() {
				s.Named = append(s.Named, NamedHousehold{g.Household, g.Locality.ID})
			}
			continue
		}
		branches := g.Branches
		if action.ofHouseholds() {
			branches = BranchesOf(g.Locality, nil)
		}
		for _, b := range branches {
			if !slices.Contains(s.Branches, b) {
				s.Branches = append(s.Branches, b)
			}
		}
	}
	return s
}

// insideAnother tells whether a higher grant that allows the same action covers the grant's place already.
func (a Actor) insideAnother(g Grant, action Action) bool {
	return slices.ContainsFunc(a.Grants, func(o Grant) bool {
		return o.Locality.ID != g.Locality.ID && o.Allows(action) &&
			slices.Contains(g.Path, o.Locality.ID)
	})
}
