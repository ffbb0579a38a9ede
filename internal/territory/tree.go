package territory

import (
	"maps"
	"slices"
)

// Unit is a place of one day with the place it hangs on. In a plan, places that do not exist yet have negative ids.
type Unit struct {
	Locality
	Parent LocalityID // zero for a province
}

// Tree is the places of one day by their ids, or the part of them that somebody has to do with.
type Tree map[LocalityID]Unit

// TreeOf gives the tree of some units.
func TreeOf(units []Unit) Tree {
	t := Tree{}
	for _, u := range units {
		t[u.ID] = u
	}
	return t
}

// Chain gives a place and its ancestors, from the place upward; empty if it is not there.
func (t Tree) Chain(id LocalityID) Chain {
	var c Chain
	for u, ok := t[id]; ok && len(c) < len(Levels()); u, ok = t[u.Parent] {
		c = append(c, u.Locality)
	}
	return c
}

// Below gives the places that hang directly on another one, in the order of their ids.
func (t Tree) Below(id LocalityID) []LocalityID {
	var ids []LocalityID
	for _, u := range t {
		if u.Parent == id {
			ids = append(ids, u.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// clone gives a tree that can be changed apart.
func (t Tree) clone() Tree { return maps.Clone(t) }
