package territory

import (
	"maps"
	"slices"
)

// pasts finds, for every place whose readers come to read what happened elsewhere, the smallest set of pasts. A unit that closed or moved
// brings its facts to each place of its new chain that did not stand above it before: those found it by their own column already. A
// sub-region has no column: what closed inside it is brought, too.
func (a *application) pasts(known, lapsed []Past) []Past {
	own := map[LocalityID][]Past{}
	for _, p := range known {
		own[p.Place] = append(own[p.Place], p)
	}
	a.gone = lapsed
	arrived := map[LocalityID][]arrival{} // by the place they came to
	for _, id := range slices.Sorted(maps.Keys(a.before)) {
		old := a.before.Chain(id)
		for _, to := range a.placesOf(id) {
			for _, above := range a.after.Chain(to.LocalityID) {
				_, goesOn := a.after[id]
				if above.ID == id || old.Index(above.ID) >= 0 && (goesOn || above.Level != Subregion) {
					continue
				}
				arrived[above.ID] = append(arrived[above.ID], arrival{old, to.part})
			}
		}
	}
	var all []Past
	for _, place := range slices.Sorted(maps.Keys(arrived)) {
		all = append(all, a.brought(place, arrived[place], own)...)
	}
	return all
}

// arrival is a unit of before, with its chain of then, of which a part or the whole came to a place.
type arrival struct {
	chain Chain
	part  bool
}

type destination struct {
	LocalityID
	part bool
}

// placesOf gives where a unit of before is now: itself where it moved, its successors where it closed; nothing where it stayed.
func (a *application) placesOf(id LocalityID) []destination {
	if u, there := a.after[id]; there {
		if sameChain(a.before.Chain(id), a.after.Chain(id)) || u.ID == 0 {
			return nil
		}
		return []destination{{id, false}}
	}
	var all []destination
	for _, s := range a.succession {
		if s.From == id {
			all = append(all, destination{s.To, s.Part})
		}
	}
	return all
}

func sameChain(a, b Chain) bool {
	return slices.EqualFunc(a, b, func(x, y Locality) bool { return x.ID == y.ID })
}

// brought gives the pasts that units bring to a place. One that lay below another one that came as a whole, and still did when its facts
// happened, is found with that.
func (a *application) brought(place LocalityID, units []arrival, own map[LocalityID][]Past) []Past {
	whole := map[LocalityID]bool{}
	for _, u := range units {
		if !u.part && PastOf(u.chain.Self().Level) != ByItself {
			whole[u.chain.Self().ID] = true
		}
	}
	var list []Past
	add := func(p Past) {
		if p.ID != place && !slices.Contains(list, p) && (!slices.Contains(own[place], p) || slices.Contains(a.gone, p)) {
			list = append(list, p)
		}
	}
	for _, u := range units {
		self := u.chain.Self()
		for _, p := range own[self.ID] { // what it had been brought itself
			if !u.part {
				add(Past{place, p.Column, p.ID})
			}
		}
		if slices.ContainsFunc(u.chain[1:], func(l Locality) bool { return whole[l.ID] }) {
			continue
		}
		if u.part {
			add(Past{place, ByItself, self.ID})
		} else {
			add(Past{place, PastOf(self.Level), self.ID})
		}
	}
	return list
}

// lapsed finds the pasts that end: of those places to which nothing belongs any more that the past's unit is, or became. Its facts go on
// with it; what happened while it was there has the place's own column.
func (a *application) lapsed(h History) []Past {
	next := map[LocalityID][]LocalityID{}
	for _, s := range slices.Concat(h.Succession, a.succession) {
		next[s.From] = append(next[s.From], s.To)
	}
	var list []Past
	for _, p := range h.Pasts {
		if _, there := a.after[p.Place]; there && !a.belongs(p.ID, p.Place, next, len(next)+1) {
			list = append(list, p)
		}
	}
	return list
}

// belongs tells whether a unit, or something that followed it, is the place or lies below it.
func (a *application) belongs(id, place LocalityID, next map[LocalityID][]LocalityID, depth int) bool {
	if _, there := a.after[id]; there {
		return a.after.Chain(id).Index(place) >= 0
	}
	return depth > 0 && slices.ContainsFunc(next[id], func(to LocalityID) bool { return a.belongs(to, place, next, depth-1) })
}
