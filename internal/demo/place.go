package demo

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"banam/internal/territory"
)

const districtName = "Huyện Bình Đại"

// placesSince is the day from which the list of 2020 holds: Resolution 856/NQ-UBTVQH14 came into force.
var placesSince = territory.NewDay(2020, time.February, 1)

// place is one place of the demo, before and after it has an id.
type place struct {
	id     territory.LocalityID
	level  territory.Level
	kind   string // Xã, Ấp …
	name   string
	code   string
	basis  string
	parent *place
}

// tree is all places of the demo, parents before their children.
type tree struct{ places []*place }

// subregions are the groupings of Bình Đại's communes.
var subregions = []struct {
	name     string
	communes []string
}{
	{"Tiểu vùng I", []string{
		"Xã Long Định", "Xã Long Hòa", "Xã Phú Thuận", "Xã Tam Hiệp", "Xã Châu Hưng", "Xã Vang Quới Tây",
		"Xã Vang Quới Đông", "Xã Phú Vang",
	}},
	{"Tiểu vùng II", []string{
		"Thị trấn Bình Đại", "Xã Lộc Thuận", "Xã Định Trung", "Xã Phú Long", "Xã Bình Thới", "Xã Thới Lai",
	}},
	{"Tiểu vùng III", []string{
		"Xã Bình Thắng", "Xã Đại Hòa Lộc", "Xã Thạnh Trị", "Xã Thạnh Phước", "Xã Thừa Đức", "Xã Thới Thuận",
	}},
}

// hamletCount is how many hamlets a commune of Bình Đại gets, five where it is not named here: 93 in all. Châu Hưng's four
// are a fact, the others are invented.
var hamletCount = map[string]int{
	"Xã Châu Hưng": 4, "Xã Vang Quới Tây": 4, "Xã Vang Quới Đông": 4, "Xã Phú Thuận": 4, "Xã Bình Thắng": 4,
	"Xã Thừa Đức": 4, "Xã Long Hòa": 4,
}

const usualHamlets = 5

// bentre builds the places.
func bentre() (*tree, error) {
	all, err := units()
	if err != nil {
		return nil, err
	}
	basis, err := formed()
	if err != nil {
		return nil, err
	}
	names, err := attested()
	if err != nil {
		return nil, err
	}
	t := &tree{}
	byCode := make(map[string]*place, len(all))
	for _, u := range all {
		p := &place{level: territory.Level(u.level), kind: u.kind, name: u.name, code: u.code, basis: basis[u.code]}
		if u.parent != "" {
			p.parent = byCode[u.parent]
			if p.parent == nil {
				return nil, fmt.Errorf("unit %s comes before its parent %s", u.code, u.parent)
			}
		}
		byCode[u.code] = p
		t.places = append(t.places, p)
		if p.name == districtName {
			t.addSubregions(p)
		}
		if p.level == territory.Commune && p.parent.name == districtName {
			p.parent = t.subregionOf(p)
		}
	}
	t.addHamlets(names)
	t.addGroups()
	t.sort()
	return t, nil
}

func (t *tree) addSubregions(district *place) {
	for _, s := range subregions {
		t.places = append(t.places, &place{level: territory.Subregion, kind: "Tiểu vùng", name: s.name, parent: district})
	}
}

// subregionOf gives the parent of a commune of Bình Đại: its sub-region, or its district where no sub-region names it.
func (t *tree) subregionOf(commune *place) *place {
	for _, s := range subregions {
		if slices.Contains(s.communes, commune.name) {
			return t.find(s.name, commune.parent.name)
		}
	}
	return commune.parent
}

// addHamlets gives each commune of Bình Đại its hamlets: those that a source names, the rest plainly numbered.
func (t *tree) addHamlets(names map[string][]string) {
	for _, c := range t.communes() {
		kind := "Ấp"
		if c.kind == "Thị trấn" {
			kind = "Khu phố"
		}
		for _, name := range hamletNames(kind, names[c.code], hamletCountOf(c.name)) {
			t.places = append(t.places, &place{level: territory.Hamlet, kind: kind, name: name, parent: c})
		}
	}
}

func hamletCountOf(commune string) int {
	if n, ok := hamletCount[commune]; ok {
		return n
	}
	return usualHamlets
}

// hamletNames gives count names: the attested ones that are no numbers first, then numbers from 1. An attested number
// ("Ấp 2") is the hamlet of that number.
func hamletNames(kind string, attested []string, count int) []string {
	var names []string
	for _, a := range attested {
		if _, err := strconv.Atoi(a[len(kind)+1:]); err != nil {
			names = append(names, a)
		}
	}
	for n := 1; len(names) < count; n++ {
		names = append(names, fmt.Sprintf("%s %d", kind, n))
	}
	return names
}

// groupWave makes the number of groups differ from hamlet to hamlet; it sums to nothing over three and over six hamlets.
var groupWave = []int{0, 3, -3, 2, -2, 0}

// addGroups gives each hamlet its self-managed groups, numbered within the hamlet: 1,470 in 93 hamlets, as in Bình Đại.
func (t *tree) addGroups() {
	for i, h := range t.level(territory.Hamlet) {
		count := 15 + groupWave[i%len(groupWave)]
		if i < 75 {
			count++
		}
		for n := range count {
			t.places = append(t.places, &place{level: territory.Group, kind: "Tổ", name: fmt.Sprintf("Tổ %d", n+1), parent: h})
		}
	}
}

// sort puts the places in the order of their levels.
func (t *tree) sort() {
	slices.SortStableFunc(t.places, func(a, b *place) int { return a.level.Rank() - b.level.Rank() })
}

// level gives the places of a level.
func (t *tree) level(l territory.Level) []*place {
	var found []*place
	for _, p := range t.places {
		if p.level == l {
			found = append(found, p)
		}
	}
	return found
}

// communes gives the communes of Bình Đại.
func (t *tree) communes() []*place {
	return slices.DeleteFunc(t.level(territory.Commune), func(p *place) bool { return p.parent.level != territory.Subregion })
}

// below gives the places directly below another one.
func (t *tree) below(parent *place) []*place {
	var found []*place
	for _, p := range t.places {
		if p.parent == parent {
			found = append(found, p)
		}
	}
	return found
}

// find gives the first place whose name, parent's name and so on upward are the given ones; nil if there is none.
func (t *tree) find(path ...string) *place {
	for _, p := range t.places {
		if p.on(path) {
			return p
		}
	}
	return nil
}

// on tells whether the names of the place and of its ancestors begin with the path.
func (p *place) on(path []string) bool {
	for _, name := range path {
		if p == nil || p.name != name {
			return false
		}
		p = p.parent
	}
	return true
}

// above gives the nearest ancestor of a level, or the place itself if it is of that level.
func (p *place) above(l territory.Level) *place {
	for p != nil && p.level != l {
		p = p.parent
	}
	return p
}

// store enters the places with one version each, and the series of issue numbers.
func (t *tree) store(ctx context.Context, tx pgx.Tx) error {
	if err := t.number(ctx, tx); err != nil {
		return err
	}
	since, err := from(placesSince)
	if err != nil {
		return err
	}
	columns := []string{"locality_id", "parent_id", "code", "type", "name", "legal_basis", "valid"}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"locality_versions"}, columns, pgx.CopyFromSlice(len(t.places), func(i int) ([]any, error) {
		p := t.places[i]
		var parent, code any
		if p.parent != nil {
			parent = int64(p.parent.id)
		}
		if p.code != "" {
			code = p.code
		}
		return []any{int64(p.id), parent, code, p.kind, p.name, p.basis, since}, nil
	}))
	if err != nil {
		return fmt.Errorf("entering places: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO issue_series (prefix, locality_id, valid) VALUES ('BT', $1, $3), ('BĐ', $2, $3)`,
		int64(t.level(territory.Province)[0].id), int64(t.find(districtName).id), since)
	if err != nil {
		return fmt.Errorf("entering the series of issue numbers: %w", err)
	}
	return nil
}

// number gives every place its id. The database hands ids out in rising order, so the sorted ids fit the places one by one.
func (t *tree) number(ctx context.Context, tx pgx.Tx) error {
	levels := make([]string, len(t.places))
	for i, p := range t.places {
		levels[i] = string(p.level)
	}
	ids, err := newIDs(ctx, tx, `INSERT INTO localities (level)
		SELECT l.level FROM unnest($1::text[]) WITH ORDINALITY AS l (level, n) ORDER BY l.n RETURNING id`, levels)
	if err != nil {
		return fmt.Errorf("entering localities: %w", err)
	}
	for i, p := range t.places {
		p.id = territory.LocalityID(ids[i])
	}
	return nil
}

// newIDs runs an INSERT that returns ids and gives them in rising order.
func newIDs(ctx context.Context, tx pgx.Tx, sql string, args ...any) ([]int64, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("inserting: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	slices.Sort(ids)
	return ids, err
}

// from gives the period that begins on a day and has no end.
func from(day territory.Day) (pgtype.Range[pgtype.Date], error) {
	r := pgtype.Range[pgtype.Date]{LowerType: pgtype.Inclusive, UpperType: pgtype.Unbounded, Valid: true}
	if err := r.Lower.Scan(day.Start().Format(time.DateOnly)); err != nil {
		return r, fmt.Errorf("making a period: %w", err)
	}
	return r, nil
}
