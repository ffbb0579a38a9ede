package web

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// reportFields makes the fields of the form.
type reportFields struct {
	ctx    context.Context
	errs   map[string]string
	today  territory.Day
	kind   casework.ReportKind
	beside app.Beside
}

// reportFieldLabel words the name of a field; a kind may have words of its own for a field that others have, too.
func reportFieldLabel(ctx context.Context, kind casework.ReportKind, name string) string {
	for _, key := range []string{"report." + string(kind) + "." + name, "report." + name + "_label"} {
		if i18n.Has(key) {
			return i18n.T(ctx, key)
		}
	}
	if prefix, n, ok := numbered(name); ok {
		return i18n.T(ctx, "report."+prefix, "n", n)
	}
	return i18n.T(ctx, "report."+name)
}

// numbered parts the name of a field of which there are several, such as promise_2.
func numbered(name string) (prefix, n string, ok bool) {
	i := strings.LastIndexByte(name, '_')
	if i < 0 || len(name) != i+2 || name[i+1] < '1' || name[i+1] > '9' {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

// hint gives the help under a field, if there is any.
func (f reportFields) hint(name string) string {
	for _, key := range []string{"report." + string(f.kind) + "." + name + "_hint", "report." + name + "_hint"} {
		if i18n.Has(key) {
			return i18n.T(f.ctx, key)
		}
	}
	return ""
}

// control makes the field of the form for one of the kind.
func (f reportFields) control(field casework.ReportField, value string) page.MoveField {
	c := page.MoveField{Field: component.Field{
		Name: field.Name, Label: reportFieldLabel(f.ctx, f.kind, field.Name), Hint: f.hint(field.Name), Value: value, Error: f.errs[field.Name],
		Required: field.Missing != "", Autocomplete: "off",
	}}
	switch field.Type {
	case casework.LongText:
		c.Control, c.MaxLength, c.Rows, c.Autocomplete = page.ControlTextarea, casework.MaxText, 3, ""
		switch {
		case field.Short:
			c.Rows = 2
		case field.Name == "what" && field.Missing != "": // the heart of the report
			c.Rows = 8
		}
	case casework.LineText:
		c.MaxLength = casework.MaxTitle
	case casework.CountField:
		c.InputMode, c.Size = "numeric", "short"
	case casework.MoneyField:
		c.InputMode, c.Size, c.Suffix = "numeric", "medium", i18n.T(f.ctx, "report.dong")
	case casework.DecimalField:
		c.InputMode, c.Size = "decimal", "medium"
	case casework.DayField:
		c.Control = page.ControlDate
		if !field.Future {
			c.Max = f.today.String()
		}
	case casework.MonthField:
		c.Type, c.Size, c.Max = "month", "medium", f.today.String()[:len("2006-01")]
	case casework.ClockField:
		c.Type, c.Size = "time", "short"
	case casework.ChoiceField:
		c.Control, c.Empty = page.ControlSelect, i18n.T(f.ctx, "report.choose")
		for _, o := range field.Options {
			c.Options = append(c.Options, component.Option{Value: o, Label: reportChoice(f.ctx, field.Name, o)})
		}
	case casework.PositionField:
		c.Size = "medium"
	}
	if field.Name == casework.HouseholdField {
		c = f.household(c)
	}
	return c
}

// reportChoice words a choice of a field.
func reportChoice(ctx context.Context, name, value string) string {
	if strings.HasPrefix(name, "rating_") {
		name = "rating"
	}
	return i18n.T(ctx, "report."+name+"."+value)
}

// part makes the fields of a part of the form, short ones side by side.
func (f reportFields) part(p casework.ReportPart, c casework.Content) page.ReportFormPart {
	part := page.ReportFormPart{Name: p.Name, Folded: p.Folded, Opinions: p.Name == casework.OrganisationsPart}
	if p.Name != "" {
		part.Title, part.Hint = i18n.T(f.ctx, "report."+p.Name), f.partHint(p.Name)
	}
	for _, field := range p.Fields {
		control := f.control(field, c[field.Name])
		part.Open = part.Open || fieldUsed(control.Field)
		if part.Opinions {
			part.Rows = append(part.Rows, f.opinion(control, field.Name))
			continue
		}
		wide := field.Type == casework.LongText || field.Type == casework.PositionField || field.Type == casework.LineText
		if n := len(part.Rows); n > 0 && !wide && !part.Rows[n-1].Wide && len(part.Rows[n-1].Fields) < 3 {
			part.Rows[n-1].Fields = append(part.Rows[n-1].Fields, control)
			continue
		}
		part.Rows = append(part.Rows, page.ReportFormRow{Fields: []page.MoveField{control}, Wide: wide})
	}
	if part.Opinions {
		part.Rows = pairs(part.Rows)
	}
	return part
}

// partHint gives the help of a part; the only field of a part says it itself.
func (f reportFields) partHint(name string) string {
	if key := "report." + name + "_hint"; i18n.Has(key) && !i18n.Has("report."+name+"_label") {
		return i18n.T(f.ctx, key)
	}
	return ""
}

// opinion words a rating or remark under the name of its organisation.
func (f reportFields) opinion(c page.MoveField, name string) page.ReportFormRow {
	kind, code, _ := strings.Cut(name, "_")
	c.Label, c.Hint = i18n.T(f.ctx, "report."+kind), ""
	if c.Control == page.ControlSelect {
		c.Empty = i18n.T(f.ctx, "report.rating_none")
	}
	return page.ReportFormRow{Title: i18n.T(f.ctx, "report.organisation."+code), Fields: []page.MoveField{c}}
}

// pairs joins each two rows.
func pairs(rows []page.ReportFormRow) []page.ReportFormRow {
	var joined []page.ReportFormRow
	for two := range slices.Chunk(rows, 2) {
		row := two[0]
		for _, other := range two[1:] {
			row.Fields = append(row.Fields, other.Fields...)
		}
		joined = append(joined, row)
	}
	return joined
}

func fieldUsed(f component.Field) bool { return f.Value != "" || f.Error != "" }

func (f reportFields) day(value string) component.Field {
	hint := f.hint("happened_on") // of a kind that means another day by it
	if hint == "" {
		hint = i18n.T(f.ctx, "report.day_hint")
	}
	return component.Field{
		Name: "happened_on", Label: reportFieldLabel(f.ctx, f.kind, "happened_on"), Hint: hint, Value: value,
		Error: f.errs["happened_on"], Required: true, Max: f.today.String(),
	}
}

func (f reportFields) locality(value string, form app.ReportForm) component.Field {
	field := component.Field{
		Name: "locality", Label: i18n.T(f.ctx, "report.place"), Hint: i18n.T(f.ctx, "report.locality_hint"), Value: value,
		Error: f.errs["locality"], Required: true, Options: f.places(form),
	}
	if !slices.ContainsFunc(field.Options, func(o component.Option) bool { return o.Value == value }) {
		field.Empty, field.Value = i18n.T(f.ctx, "report.locality_choose"), ""
	}
	return field
}

// places lists the places to choose from as a tree: the actor's own ones, then what lies directly below each.
func (f reportFields) places(form app.ReportForm) []component.Option {
	own := map[territory.LocalityID]bool{}
	known := map[territory.LocalityID]bool{}
	below := map[territory.LocalityID][]app.FilingPlace{}
	for _, p := range form.Own {
		own[p.ID] = true
	}
	for _, p := range form.Places {
		known[p.ID] = true
	}
	var options []component.Option
	var tops []app.FilingPlace
	for _, p := range form.Places {
		switch {
		case own[p.ID]:
			options = append(options, f.place(p, i18n.T(f.ctx, "report.mine"), true))
			tops = append(tops, p)
		case known[p.Parent]:
			below[p.Parent] = append(below[p.Parent], p)
		default:
			options = append(options, f.place(p, p.Above, false))
			tops = append(tops, p)
		}
	}
	var visit func(p app.FilingPlace)
	visit = func(p app.FilingPlace) {
		for _, c := range below[p.ID] {
			options = append(options, f.place(c, p.Name, false))
		}
		for _, c := range below[p.ID] {
			visit(c)
		}
	}
	for _, p := range tops {
		visit(p)
	}
	return options
}

func (f reportFields) place(p app.FilingPlace, group string, full bool) component.Option {
	label := p.Name
	if full && p.Above != "" && territory.Commune.Above(p.Level) {
		label = i18n.T(f.ctx, "report.place_in", "place", p.Name, "commune", p.Above)
	}
	if !p.Until.IsZero() {
		label = i18n.T(f.ctx, "report.until", "place", label, "date", dayText(f.ctx, p.Until))
	}
	return component.Option{Value: strconv.FormatInt(int64(p.ID), 10), Label: label, Group: group}
}
