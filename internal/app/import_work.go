package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// importWork is some rows of an import on their way to verdicts and, if they are applied, into the register.
type importWork struct {
	imp   Import
	actor cadre.Actor
	rows  []*ImportRow
	apply bool // under locks, with ids for what is new
	at    map[string]int
	seen  map[string]int // what rows above say already, with their line
}

func newWork(imp Import, actor cadre.Actor, rows []ImportRow, apply bool) *importWork {
	w := &importWork{imp: imp, actor: actor, apply: apply, at: map[string]int{}, seen: map[string]int{}}
	for i, c := range imp.Columns {
		w.at[c.Key] = i
	}
	for i := range rows {
		if !apply || rows[i].Verdict == postgres.RowNew || rows[i].Verdict == postgres.RowChanged {
			w.rows = append(w.rows, &rows[i])
		}
	}
	return w
}

// importJudge judges the rows of one kind by the rules that hold when the same is done by hand.
type importJudge interface {
	read(ctx context.Context, tx *postgres.Tx) error // what it takes to judge the rows
	judge(row *ImportRow)                            // gives the row its verdict
	write(ctx context.Context, tx *postgres.Tx) error
}

func (w *importWork) judgeOf() importJudge {
	switch w.imp.Kind {
	case ImportCadres:
		return &cadreImport{importWork: w}
	case ImportAssignments:
		return &assignmentImport{importWork: w}
	case ImportHouseholds:
		return &householdImport{importWork: w}
	case ImportPlaces:
		return &placeImport{importWork: w}
	}
	return nil
}

// has tells whether the list has the column.
func (w *importWork) has(key string) bool { return has(w.at, key) }

// text gives the value of a row in a column; empty where the list has none.
func (w *importWork) text(row *ImportRow, key string) string {
	if i, ok := w.at[key]; ok && i < len(row.Typed) {
		return row.Typed[i]
	}
	return ""
}

// texts gives the different values of some columns.
func (w *importWork) texts(keys ...string) []string {
	seen := map[string]bool{}
	list := []string{}
	for _, row := range w.rows {
		for _, key := range keys {
			if t := w.text(row, key); t != "" && !seen[t] {
				seen[t] = true
				list = append(list, t)
			}
		}
	}
	return list
}

// wrong notes an error of a row at a column. A column that the list lacks stands for the row.
func (w *importWork) wrong(row *ImportRow, key, message string, args ...any) {
	row.Verdict = postgres.RowError
	row.Faults = append(row.Faults, fault.At(key, message, args...))
}

// wrongs notes the errors of a rule, whose fields are called as columns.
func (w *importWork) wrongs(row *ImportRow, err error) {
	if f := fault.As(err); f != nil {
		for _, field := range f.Fields {
			w.wrong(row, field.Name, field.Key, field.Args...)
		}
	}
}

// begin takes off what an earlier judgement left.
func (w *importWork) begin(row *ImportRow) {
	row.Verdict, row.Faults, row.Fields, row.Undo, row.ObjectID = "", nil, nil, nil, ""
}

// once notes what a row says, and tells at the column which earlier row said the same.
func (w *importWork) once(row *ImportRow, column string, parts ...string) bool {
	key := strings.Join(parts, "\x00")
	if line, ok := w.seen[key]; ok {
		w.wrong(row, column, "import.row_twice", "line", line)
		return false
	}
	w.seen[key] = row.Line
	return true
}

// yes reads a choice of yes or no; an empty one is no. Something else is an error.
func (w *importWork) yes(row *ImportRow, key string) bool {
	text := w.text(row, key)
	if text == "" {
		return false
	}
	answer, ok := chosen(text, "answer", []string{"yes", "no"})
	if !ok {
		w.wrong(row, key, "import.yes_or_no")
	}
	return answer == "yes"
}

// importPlaces finds places by what lists call them.
type importPlaces struct {
	byID   map[territory.LocalityID]*postgres.KnownPlace
	byCode map[string]*postgres.KnownPlace
	byName map[string][]*postgres.KnownPlace // names as placeKeys gives them
	keys   map[territory.LocalityID][]string
	places map[territory.LocalityID]territory.Place
}

func newImportPlaces(list []postgres.KnownPlace) *importPlaces {
	p := &importPlaces{
		byID: map[territory.LocalityID]*postgres.KnownPlace{}, byCode: map[string]*postgres.KnownPlace{}, byName: map[string][]*postgres.KnownPlace{},
		places: map[territory.LocalityID]territory.Place{}, keys: map[territory.LocalityID][]string{},
	}
	for i := range list {
		p.add(&list[i])
	}
	return p
}

// add makes a place one that can be found.
func (p *importPlaces) add(k *postgres.KnownPlace) {
	p.byID[k.ID] = k
	if k.Code != "" {
		p.byCode[k.Code] = k
	}
	p.keys[k.ID] = placeKeys(k.Locality)
	for _, key := range p.keys[k.ID] {
		p.byName[key] = append(p.byName[key], k)
	}
}

// placeKeys gives what a place is looked up by: its name with and without its type.
func placeKeys(l territory.Locality) []string {
	full, kind := placeKey(l.Name), placeKey(l.Type)
	if bare, ok := strings.CutPrefix(full, kind+" "); ok {
		return []string{full, bare}
	}
	return []string{full}
}

// shortTypes are what lists write for types of places.
var shortTypes = map[string]string{
	"tt": "thi tran", "tx": "thi xa", "tp": "thanh pho", "kp": "khu pho", "h": "huyen", "q": "quan", "x": "xa", "p": "phuong", "t": "tinh", "a": "ap",
}

// placeKey writes a name as names of places are compared: plain, with the type written out and numbers without zeros before them.
func placeKey(name string) string {
	words := strings.Fields(cadre.PlainName(name))
	for i, word := range words {
		if bare := strings.TrimLeft(word, "0"); bare != word && bare != "" {
			words[i] = bare
		}
	}
	if len(words) > 1 && shortTypes[words[0]] != "" {
		words[0] = shortTypes[words[0]]
	}
	return strings.Join(words, " ")
}

// placeOf gives the columns of a place by which scopes are judged.
func (p *importPlaces) placeOf(id territory.LocalityID) territory.Place {
	if known, ok := p.places[id]; ok {
		return known
	}
	var chain territory.Chain
	for k := p.byID[id]; k != nil; k = p.byID[k.Parent] {
		chain = append(chain, k.Locality)
	}
	p.places[id] = chain.Place()
	return p.places[id]
}

// flat tells whether there is no district at or above a place.
func (p *importPlaces) flat(id territory.LocalityID) bool { return p.placeOf(id).District == 0 }

// find finds a place of the administrator by a path of names, upward or downward, or by its code; what is above the administrator's
// own places may be named in the path. A place that is not theirs looks like one that does not exist.
func (p *importPlaces) find(path []string) (*postgres.KnownPlace, string) {
	var keys []string
	for _, name := range path {
		if key := placeKey(name); key != "" {
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil, "import.place_required"
	}
	if len(path) == 1 {
		if k := p.byCode[path[0]]; k != nil && k.Mine {
			return k, ""
		}
	}
	found := p.upward(keys)
	if len(found) == 0 && len(keys) > 1 {
		slices.Reverse(keys)
		found = p.upward(keys)
	}
	switch len(found) {
	case 0:
		return nil, "import.place_unknown"
	case 1:
		return found[0], ""
	}
	exact := slices.DeleteFunc(slices.Clone(found), func(k *postgres.KnownPlace) bool { return !strings.EqualFold(k.Name, path[0]) })
	if len(exact) == 1 {
		return exact[0], ""
	}
	return nil, "import.place_ambiguous"
}

// upward gives the places with the first name that have the other names above them, in this order.
func (p *importPlaces) upward(keys []string) []*postgres.KnownPlace {
	var found []*postgres.KnownPlace
	for _, k := range p.byName[keys[0]] {
		rest := keys[1:]
		for up := p.byID[k.Parent]; up != nil && len(rest) > 0; up = p.byID[up.Parent] {
			if slices.Contains(p.keys[up.ID], rest[0]) {
				rest = rest[1:]
			}
		}
		if len(rest) == 0 && k.Mine {
			found = append(found, k)
		}
	}
	return found
}

// pathOf takes the names of a path apart: "Tổ 1, Ấp Hưng Chánh, Xã Châu Hưng".
func pathOf(text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;>/|\\–", r) })
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return parts
}

// exists tells whether a place is there during a whole term.
func exists(k *postgres.KnownPlace, term cadre.Term) bool {
	return slices.ContainsFunc(k.Valid, func(v cadre.Term) bool {
		return !term.From.Before(v.From) && (v.Until.IsZero() || !term.Until.IsZero() && !term.Until.After(v.Until))
	})
}

type placeFault struct{ column, wrong string }

// locate finds the place of a row: by its code, or by the names in one column or in several.
func (w *importWork) locate(row *ImportRow, places *importPlaces) (*postgres.KnownPlace, placeFault) {
	if code := w.text(row, "place_code"); code != "" {
		if k := places.byCode[code]; k != nil && k.Mine {
			return k, placeFault{}
		}
		return nil, placeFault{"place_code", "import.place_unknown"}
	}
	path, column := pathOf(w.text(row, "place")), "place"
	for _, key := range []string{"group", "hamlet", "commune"} {
		if t := w.text(row, key); t != "" {
			if len(path) == 0 {
				column = key
			}
			path = append(path, levelled(key, t))
		}
	}
	if len(path) == 0 && !w.has("place") {
		for _, key := range []string{"commune", "hamlet", "group"} {
			if w.has(key) {
				column = key
			}
		}
	}
	k, wrong := places.find(path)
	return k, placeFault{column, wrong}
}

// levelled puts the type before a number that stands alone in the column of a level: 3 in the column of groups is Tổ 3.
func levelled(key, text string) string {
	if _, err := strconv.Atoi(text); err != nil {
		return text
	}
	if words := importWords("import.bare." + key); len(words) > 0 {
		return words[0] + " " + text
	}
	return text
}
