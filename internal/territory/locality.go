// Package territory owns places: their levels, the chain from a place upward, and days. A place has an id that lasts;
// its code, name, type and parent are dated (domain.md section 1). The package knows no people, no work and no database.
package territory

import (
	"slices"
	"strings"
	"unicode"
)

// LocalityID identifies a place through all its renamings and moves.
type LocalityID int64

// Level is a level of the tree. Any level may be absent on a path.
type Level string

// The levels of the tree, from the top. Households are a register of their own and no level.
const (
	Province  Level = "province"
	District  Level = "district"
	Subregion Level = "subregion"
	Commune   Level = "commune"
	Hamlet    Level = "hamlet"
	Group     Level = "group"
)

// Levels lists all levels from the top.
func Levels() []Level { return []Level{Province, District, Subregion, Commune, Hamlet, Group} }

// Rank gives the height in the tree: 0 for a province, larger further down; -1 for an unknown level.
func (l Level) Rank() int { return slices.Index(Levels(), l) }

// Above tells whether l stands higher in the tree than o.
func (l Level) Above(o Level) bool { return l.Rank() < o.Rank() }

// Types lists the types that places of the level have (domain.md section 1). A sub-region's number is part of its name.
func (l Level) Types() []string {
	switch l {
	case Province:
		return []string{"Tỉnh", "Thành phố", "Thành phố Trung ương"}
	case District:
		return []string{"Huyện", "Quận", "Thị xã", "Thành phố"}
	case Subregion:
		return []string{"Tiểu vùng"}
	case Commune:
		return []string{"Xã", "Phường", "Thị trấn", "Đặc khu"}
	case Hamlet:
		return []string{"Ấp", "Khu phố"}
	case Group:
		return []string{"Tổ"}
	}
	return nil
}

// Typed gives a type as it is written, whatever its case; false if places of the level have no such type.
func (l Level) Typed(kind string) (string, bool) {
	i := slices.IndexFunc(l.Types(), func(t string) bool { return strings.EqualFold(t, kind) })
	if i < 0 {
		return kind, false
	}
	return l.Types()[i], true
}

// Named gives a name as it is stored, which begins with the type: "3" is "Ấp 3".
func Named(kind, name string) string {
	if kind == "" || name == "" || strings.HasPrefix(strings.ToLower(name), strings.ToLower(kind)) {
		return name
	}
	return kind + " " + name
}

// Locality is a place as it is called on some day.
type Locality struct {
	ID    LocalityID
	Level Level
	Type  string // Xã, Thị trấn, Ấp …
	Name  string // with its type: "Xã Long Hòa"
	Code  string // statistics code of that day; empty where there is none
}

// Initials gives the first letters of the bare name, as numbers begin with: "BĐ" of "Huyện Bình Đại".
func (l Locality) Initials() string {
	var out []rune
	for word := range strings.FieldsSeq(strings.TrimPrefix(l.Name, l.Type)) {
		out = append(out, unicode.ToUpper([]rune(word)[0]))
	}
	return string(out)
}

// Chain is a place and its ancestors of one day, from the place upward. "One level up" is the next element, whatever its
// level: after 1 July 2025 a commune hangs on the province.
type Chain []Locality

// Self gives the place that the chain starts from; the zero Locality for an empty chain.
func (c Chain) Self() Locality {
	if len(c) == 0 {
		return Locality{}
	}
	return c[0]
}

// Index gives the position of a place in the chain, 0 for the place itself, -1 if it is not on the chain.
func (c Chain) Index(id LocalityID) int {
	return slices.IndexFunc(c, func(l Locality) bool { return l.ID == id })
}

// At gives the chain's place of a level and whether there is one.
func (c Chain) At(level Level) (Locality, bool) {
	i := slices.IndexFunc(c, func(l Locality) bool { return l.Level == level })
	if i < 0 {
		return Locality{}, false
	}
	return c[i], true
}

// Place gives the columns by which facts that happen at the chain's place are found.
func (c Chain) Place() Place {
	p := Place{Locality: c.Self().ID}
	for _, l := range c {
		switch l.Level {
		case Province:
			p.Province = l.ID
		case District:
			p.District = l.ID
		case Commune:
			p.Commune = l.ID
		case Hamlet:
			p.Hamlet = l.ID
		case Subregion, Group:
			// a sub-region is no column of facts, since it is re-cut; a group is found by the place itself
		}
	}
	return p
}

// Place says where a fact happened, with the ancestors of that day (architecture.md, "Facts keep the ancestors of the
// day"). A level that is absent is zero. A fact at a commune has that commune as Locality and as Commune.
type Place struct {
	Locality LocalityID
	Province LocalityID
	District LocalityID
	Commune  LocalityID
	Hamlet   LocalityID
}
