package component

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Field is one form field, whatever its control. Name and Label are always needed, the rest where it applies.
type Field struct {
	Name, ID     string // an empty ID takes FieldID(Name)
	Label, Hint  string
	Value, Error string   // what was typed, and what is wrong with it
	Values       []string // chosen values of Checkboxes
	Required     bool     // announced as required
	Optional     bool     // shows "(không bắt buộc)"
	ReadOnly     bool
	LabelHidden  bool   // the label is for screen readers only, as in filters
	Heading      bool   // the label or legend is a level-two heading
	Inline       bool   // radios and checkboxes in one row on wide screens
	Type         string // of Input: text, email, tel, number, password, search, month, time
	Size         string // width of the control: "short", "medium", or all of it
	Suffix       string // a unit after the control: "đồng", "%"
	MaxLength    int    // in characters; a Textarea then counts what is left
	Rows         int    // of Textarea; 4 if zero
	Min, Max     string // of dates (yyyy-mm-dd) and numbers
	Step         string
	Suggestions  []string // that an Input offers beside free text
	Empty        string   // text of the empty first Option of Select; none if empty
	Options      []Option
	Checked      bool // of Checkbox
	Autocomplete string
	InputMode    string
	Attrs        templ.Attributes // anything else on the control
}

// Option is one choice of Select, Radios or Checkboxes.
type Option struct {
	Value, Label, Hint string
	Group              string // options of one group stand together in Select
	Disabled           bool
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return FieldID(f.Name)
}

func (f Field) optionID(i int) string {
	if i == 0 {
		return f.id() // where the links of the error summary lead
	}
	return f.id() + "-" + strconv.Itoa(i)
}

func (f Field) hintID() string  { return f.id() + "-hint" }
func (f Field) errorID() string { return f.id() + "-error" }

// describedBy lists the ids of the texts that belong to the control; the error is read first.
func (f Field) describedBy() string {
	var ids []string
	if f.Error != "" {
		ids = append(ids, f.errorID())
	}
	if f.Hint != "" {
		ids = append(ids, f.hintID())
	}
	return strings.Join(ids, " ")
}

// common are the attributes of every single control.
func (f Field) common() templ.Attributes {
	a := templ.Attributes{"id": f.id(), "name": f.Name}
	if d := f.describedBy(); d != "" {
		a["aria-describedby"] = d
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	if f.Required {
		a["required"] = true
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	for key, value := range map[string]string{"autocomplete": f.Autocomplete, "inputmode": f.InputMode, "min": f.Min, "max": f.Max, "step": f.Step} {
		if value != "" {
			a[key] = value
		}
	}
	if len(f.Suggestions) > 0 {
		a["list"] = f.id() + "-list"
	}
	if f.MaxLength > 0 {
		a["maxlength"] = strconv.Itoa(f.MaxLength)
	}
	maps.Copy(a, f.Attrs)
	return a
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "4"
	}
	return strconv.Itoa(f.Rows)
}

func (f Field) chosen(value string) bool {
	if len(f.Values) > 0 {
		return slices.Contains(f.Values, value)
	}
	return f.Value == value && value != ""
}

// selected differs from chosen in that the empty value can be chosen in a list.
func (f Field) selected(value string) bool { return f.Value == value }

// optionGroup is a run of options with the same group.
type optionGroup struct {
	label   string
	options []Option
}

func (f Field) groups() []optionGroup {
	var all []optionGroup
	for _, o := range f.Options {
		if len(all) == 0 || all[len(all)-1].label != o.Group {
			all = append(all, optionGroup{label: o.Group})
		}
		last := &all[len(all)-1]
		last.options = append(last.options, o)
	}
	return all
}

func (f Field) boxClass() string {
	class := "field"
	if f.Error != "" {
		class += " field-bad"
	}
	if f.Size != "" {
		class += " field-" + f.Size
	}
	return class
}
