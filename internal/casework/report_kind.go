package casework

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"banam/internal/fault"
	"banam/internal/territory"
)

// ReportKind is a kind of field report.
type ReportKind string

// FieldType says what a field of a report holds, how it is typed and checked. Everything is kept as text.
type FieldType int

// The types.
const (
	LongText      FieldType = iota
	LineText                // of one line
	CountField              // a whole number that is not below zero
	MoneyField              // whole đồng, typed as 1.234.567
	DecimalField            // typed as 1.234,5
	DayField                // yyyy-mm-dd
	MonthField              // yyyy-mm
	ClockField              // hh:mm
	ChoiceField             // one of Options
	PositionField           // "latitude, longitude" in degrees
)

// ReportField describes one field of a kind of report.
type ReportField struct {
	Name     string // in the form and in what is stored
	Type     FieldType
	Missing  string   // the message where nothing was typed; empty for a field that may stay so
	Options  []string // of a choice
	Future   bool     // of a day that may lie ahead
	Concrete bool     // having it is something that somebody can act on
	Short    bool     // only a few lines long
	Private  bool     // belongs to a household: kept apart and read only by those who may see its data
}

// ReportPart is a group of fields that belong together on the form and the page.
type ReportPart struct {
	Name   string // of its heading; empty for the fields that need none
	Folded bool   // on the form, until something is typed in it
	Fields []ReportField
}

// ReportForm describes a kind of report: its fields, what must hold between them and what lists show of it. The form, the checks, the page, the
// comparison of versions, the hints and the print all come from it.
type ReportForm struct {
	Kind     ReportKind
	Opening  ReportPart   // before place and day
	Parts    []ReportPart // after them, in this order
	Line     []string     // the fields of which lists show the first one or more
	Columns  []string     // the fields that a list of this kind alone shows besides; none that tells of a household
	Concrete bool         // its fields themselves say something concrete
	check    func(c Content, fields *fault.Fields)
}

// Fields lists all fields in the order of the form.
func (f ReportForm) Fields() []ReportField {
	list := slices.Clone(f.Opening.Fields)
	for _, p := range f.Parts {
		list = append(list, p.Fields...)
	}
	return list
}

// Field gives the field of a name; false if the kind has none.
func (f ReportForm) Field(name string) (ReportField, bool) {
	for _, field := range f.Fields() {
		if field.Name == name {
			return field, true
		}
	}
	return ReportField{}, false
}

// ReportKinds lists the kinds that can be written.
func ReportKinds() []ReportKind {
	list := make([]ReportKind, 0, len(reportForms))
	for _, f := range reportForms {
		list = append(list, f.Kind)
	}
	return list
}

// Form describes the kind; false if there is none.
func (k ReportKind) Form() (ReportForm, bool) {
	for _, f := range reportForms {
		if f.Kind == k {
			return f, true
		}
	}
	return ReportForm{}, false
}

// read checks the text of a field and gives it as it is kept.
func (f ReportField) read(text string, today territory.Day, fields *fault.Fields) string {
	if text == "" {
		if f.Missing != "" {
			fields.Add(f.Name, f.Missing)
		}
		return ""
	}
	switch f.Type {
	case LongText:
		checkLength(fields, f.Name, text, MaxText)
	case LineText:
		checkLength(fields, f.Name, text, MaxTitle)
	case CountField, MoneyField, DecimalField:
		return f.readNumber(text, fields)
	case DayField:
		f.checkDay(text, today, fields)
	case MonthField:
		f.checkMonth(text, today, fields)
	case ClockField:
		if _, err := time.Parse("15:04", text); err != nil {
			fields.Add(f.Name, "report.clock_wrong")
		}
	case ChoiceField:
		if !slices.Contains(f.Options, text) {
			fields.Add(f.Name, f.unknown())
		}
	case PositionField:
		if !validPosition(text) {
			fields.Add(f.Name, "report.position_wrong")
		}
	}
	return text
}

func (f ReportField) unknown() string {
	if strings.HasPrefix(f.Name, "rating_") {
		return "report.rating_unknown"
	}
	return "report.choice_unknown"
}

// Bounds of numbers: more is a slip of the finger.
const (
	maxCount   = 1_000_000
	maxMoney   = 1_000_000_000_000_000 // đồng
	maxDecimal = 1_000_000_000_000
)

func (f ReportField) readNumber(text string, fields *fault.Fields) string {
	plain := PlainNumber(text)
	limit := map[FieldType]float64{CountField: maxCount, MoneyField: maxMoney, DecimalField: maxDecimal}[f.Type]
	value, err := strconv.ParseFloat(plain, 64)
	whole := !strings.Contains(plain, ".")
	switch {
	case plain == "" || err != nil || !whole && f.Type != DecimalField:
		fields.Add(f.Name, map[FieldType]string{CountField: "report.count_wrong", MoneyField: "report.money_wrong", DecimalField: "report.decimal_wrong"}[f.Type])
		return text
	case value > limit:
		fields.Add(f.Name, "report.number_large")
		return text
	}
	if head, rest, _ := strings.Cut(plain, "."); len(head) > 1 {
		plain = strings.TrimSuffix(strings.TrimLeft(head[:len(head)-1], "0")+head[len(head)-1:]+"."+rest, ".")
	}
	return plain
}

// PlainNumber reads a number as people here type it (1.234.567,89) and gives it in digits with a point; empty for what is none. Points that do
// not part thousands are no number: 1.5 might mean either.
func PlainNumber(text string) string {
	text = strings.TrimSuffix(strings.ReplaceAll(text, " ", ""), "đ")
	head, rest, comma := strings.Cut(text, ",")
	if comma && (rest == "" || !digits(rest)) {
		return ""
	}
	groups := strings.Split(head, ".")
	for i, g := range groups {
		if !digits(g) || i > 0 && len(g) != 3 || i == 0 && len(groups) > 1 && len(g) > 3 {
			return ""
		}
	}
	head = strings.Join(groups, "")
	if comma {
		return head + "." + rest
	}
	return head
}

func digits(s string) bool {
	return s != "" && strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// TypedNumber gives a number that was kept as people here type it.
func TypedNumber(plain string) string {
	head, rest, point := strings.Cut(plain, ".")
	if !digits(head) || point && !digits(rest) {
		return plain
	}
	for i := len(head) - 3; i > 0; i -= 3 {
		head = head[:i] + "." + head[i:]
	}
	if point {
		return head + "," + rest
	}
	return head
}

func (f ReportField) checkDay(text string, today territory.Day, fields *fault.Fields) {
	day, err := territory.ParseDay(text)
	switch {
	case err != nil:
		fields.Add(f.Name, "report.day_wrong")
	case !f.Future && day.After(today):
		fields.Add(f.Name, "report.day_future")
	case day.Before(today.Add(-oldestReport)):
		fields.Add(f.Name, "report.day_old")
	case day.After(today.Add(furthestDay)):
		fields.Add(f.Name, "report.day_far")
	}
}

// furthestDay is how many days ahead something may be promised for.
const furthestDay = 5 * 366

func (f ReportField) checkMonth(text string, today territory.Day, fields *fault.Fields) {
	first, err := territory.ParseDay(text + "-01")
	switch {
	case err != nil:
		fields.Add(f.Name, "report.month_wrong")
	case first.After(today):
		fields.Add(f.Name, "report.month_future")
	case first.Before(today.Add(-oldestReport)):
		fields.Add(f.Name, "report.day_old")
	}
}

// typed gives what was kept of the field as its form has it.
func (f ReportField) typed(kept string) string {
	if f.Type == MoneyField || f.Type == DecimalField || f.Type == CountField {
		return TypedNumber(kept)
	}
	return kept
}
