package app

import (
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/postgres"
	"banam/internal/sheet"
)

// columnForm says what the values of a column are, where spreadsheets write them in a form of their own.
type columnForm int

const (
	formText columnForm = iota
	formDay
	formYear
	formPhone
	formChoice // of allowed values that the page of explanations lists
)

// ImportField is a column that a list can have. import.column.<key> is its heading; import.also.<key> lists what else it is called.
type ImportField struct {
	Key      string
	Required bool // of the list; that a row has a value is judged row by row
	Form     columnForm
}

// importFields are the columns of each kind, in the order of the template.
var importFields = map[postgres.ImportKind][]ImportField{
	postgres.ImportPlaces: {
		{Key: "type", Required: true, Form: formChoice}, {Key: "place_name", Required: true}, {Key: "parent", Required: true}, {Key: "place_code"},
		{Key: "from", Required: true, Form: formDay}, {Key: "legal_basis"},
	},
	postgres.ImportCadres: {
		{Key: "code"}, {Key: "name", Required: true}, {Key: "birth_year", Form: formYear}, {Key: "tier", Required: true, Form: formChoice}, {Key: "position"}, {Key: "agency"},
		{Key: "phone", Form: formPhone}, {Key: "email"}, {Key: "home"}, {Key: "account", Form: formChoice},
	},
	postgres.ImportAssignments: {
		{Key: "code"}, {Key: "name", Required: true}, {Key: "birth_year", Form: formYear}, {Key: "phone", Form: formPhone}, {Key: "email"},
		{Key: "post", Required: true, Form: formChoice}, {Key: "place_code"}, {Key: "place"}, {Key: "group"}, {Key: "hamlet"}, {Key: "commune"}, {Key: "household_number"},
		{Key: "from", Required: true, Form: formDay}, {Key: "last", Form: formDay}, {Key: "decision"}, {Key: "primary", Form: formChoice}, {Key: "acting", Form: formChoice},
		{Key: "account", Form: formChoice},
	},
	postgres.ImportHouseholds: {
		{Key: "head", Required: true}, {Key: "address"}, {Key: "place"}, {Key: "group"}, {Key: "hamlet"}, {Key: "commune"}, {Key: "members", Required: true}, {Key: "workers"},
		{Key: "livelihood"}, {Key: "phone", Form: formPhone}, {Key: "class", Form: formChoice}, {Key: "class_from", Form: formDay}, {Key: "class_decision"},
	},
}

// ImportFields lists the columns that a list of the kind can have.
func ImportFields(k postgres.ImportKind) []ImportField { return importFields[k] }

// ImportKinds lists the kinds of lists that can be uploaded, in the order in which an empty register is filled.
func ImportKinds() []ImportKind {
	return slices.DeleteFunc([]ImportKind{ImportPlaces, ImportCadres, ImportAssignments, ImportHouseholds}, func(k ImportKind) bool { return importFields[k] == nil })
}

// knownWords keeps what importWords found.
var knownWords sync.Map

// importWords gives the words of a list in the catalogue, in both languages, as they are compared.
func importWords(key string) []string {
	if known, ok := knownWords.Load(key); ok {
		if words, ok := known.([]string); ok {
			return words
		}
	}
	var words []string
	for _, l := range []i18n.Language{i18n.Vi, i18n.En} {
		if !i18n.Has(key) {
			continue
		}
		for w := range strings.SplitSeq(i18n.T(i18n.With(context.Background(), l), key), "|") {
			words = append(words, cadre.PlainName(w))
		}
	}
	knownWords.Store(key, words)
	return words
}

var inBrackets = regexp.MustCompile(`[([][^)\]]*[)\]]`)

// headings finds the columns of a list.
type headings struct {
	fields  []ImportField
	columns []postgres.ImportColumn // that were found
	ignored []string
	nearest []string // keys of the required columns that the row most like headings lacked
	best    int
}

// pick looks at a row that may be the headings: they are if all required columns are there.
func (h *headings) pick(head []string) []int {
	found, ignored := map[string]int{}, []string(nil)
	for at, text := range head {
		if text == "" {
			continue
		}
		if key := h.keyOf(text); key != "" && !has(found, key) {
			found[key] = at
		} else {
			ignored = append(ignored, text)
		}
	}
	var missing []string
	h.columns = nil
	var columns []int
	for _, f := range h.fields {
		at, ok := found[f.Key]
		switch {
		case ok:
			h.columns, columns = append(h.columns, postgres.ImportColumn{Key: f.Key, At: at}), append(columns, at)
		case f.Required:
			missing = append(missing, f.Key)
		}
	}
	if len(missing) > 0 {
		if len(found) > h.best {
			h.best, h.nearest = len(found), missing
		}
		return nil
	}
	h.ignored = ignored
	return columns
}

func has(m map[string]int, key string) bool {
	_, ok := m[key]
	return ok
}

// keyOf gives the column of a heading, written with or without diacritics, in any case, with or without a remark in brackets.
func (h *headings) keyOf(text string) string {
	for _, t := range []string{text, inBrackets.ReplaceAllString(text, " ")} {
		plain := cadre.PlainName(t)
		for _, f := range h.fields {
			if plain != "" && (slices.Contains(importWords("import.column."+f.Key), plain) || slices.Contains(importWords("import.also."+f.Key), plain)) {
				return f.Key
			}
		}
	}
	return ""
}

// readList reads an uploaded list. Invalid at file if it is none of this kind.
func readList(data []byte, kind ImportKind) (sheet.Table, *headings, error) {
	h := &headings{fields: importFields[kind]}
	table, err := sheet.Read(data, sheet.Usual(), h.pick)
	if f := fault.As(err); f != nil && h.best >= 2 && (f.Fields[0].Key == "sheet.other_headings" || f.Fields[0].Key == "sheet.no_headings") {
		var names []string
		for _, key := range h.nearest {
			names = append(names, i18n.T(context.Background(), "import.column."+key))
		}
		err = fault.Invalid(fault.At("file", "import.columns_missing", "columns", strings.Join(names, ", ")))
	}
	return table, h, err
}

// typedRows makes the rows of an import. Values that spreadsheets write in a form of their own come back as people type them.
func typedRows(table sheet.Table, h *headings) []ImportRow {
	forms := map[string]columnForm{}
	for _, f := range h.fields {
		forms[f.Key] = f.Form
	}
	rows := make([]ImportRow, 0, len(table.Lines))
	for _, line := range table.Lines {
		row := ImportRow{Line: line.Number, Typed: make([]string, len(h.columns))}
		for i, c := range h.columns {
			row.Typed[i] = typedAs(forms[c.Key], line.Values[i], table.Date1904)
		}
		if isExample(row) {
			continue
		}
		row.N = len(rows) + 1
		rows = append(rows, row)
	}
	return rows
}

func typedAs(form columnForm, v sheet.Value, date1904 bool) string {
	if !v.Serial {
		return v.Text
	}
	switch form {
	case formDay:
		if day, ok := v.DayOf(date1904); ok {
			return day[8:] + "/" + day[5:7] + "/" + day[:4]
		}
	case formYear:
		if n, err := strconv.Atoi(v.Text); err == nil && n > 2200 {
			if day, ok := v.DayOf(date1904); ok {
				return day[:4]
			}
		}
	case formPhone: // a number has lost its first zero
		if _, err := strconv.Atoi(v.Text); err == nil && len(v.Text) == 9 {
			return "0" + v.Text
		}
	case formText, formChoice:
	}
	return v.Text
}

// isExample tells whether a row is the template's own, which people leave standing.
func isExample(row ImportRow) bool {
	mark := importWords("import.example_mark")
	return slices.ContainsFunc(row.Typed, func(t string) bool {
		plain := cadre.PlainName(t)
		return slices.ContainsFunc(mark, func(m string) bool { return strings.HasPrefix(plain, m) })
	})
}

// chosen gives which of the choices import.value.<list>.<choice> a text means.
func chosen[T ~string](text, list string, choices []T) (T, bool) {
	plain := cadre.PlainName(text)
	for _, c := range choices {
		if plain != "" && slices.Contains(importWords("import.value."+list+"."+string(c)), plain) {
			return c, true
		}
	}
	return "", false
}
