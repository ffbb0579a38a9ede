package casework

import (
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/fault"
	"banam/internal/territory"
)

// MaxPromises is how many actions can be promised at one visit.
const MaxPromises = 3

// Visit is what a report says about a household. It is kept apart from everything else in the report, since not everybody who may
// read that may know this (domain.md section 2).
type Visit struct {
	Household uuid.UUID
	Group     territory.LocalityID
	Number    int // of the household within its group
	Content   Content
}

// Promise is an action that was promised at a visit.
type Promise struct {
	Position int // from 1
	Text     string
	Due      territory.Day
}

// Promises lists what was promised.
func (v Visit) Promises() []Promise { return v.Content.Promises() }

// Promises lists what was promised at a visit, as far as it is whole.
func (c Content) Promises() []Promise {
	var list []Promise
	for i := range MaxPromises {
		due, err := territory.ParseDay(c[promiseDue(i+1)])
		if text := c[promiseText(i+1)]; text != "" && err == nil {
			list = append(list, Promise{Position: i + 1, Text: text, Due: due})
		}
	}
	return list
}

func promiseText(n int) string { return fmt.Sprintf("promise_%d", n) }
func promiseDue(n int) string  { return fmt.Sprintf("promise_due_%d", n) }

// PromisesPart is the part whose fields come in pairs: what was promised and by when.
const PromisesPart = "promises"

// HouseholdField is the field that names the household by its number within the group.
const HouseholdField = "household"

func promiseFields() []ReportField {
	var list []ReportField
	for i := range MaxPromises {
		list = append(list, ReportField{Name: promiseText(i + 1), Type: LineText, Private: true},
			ReportField{Name: promiseDue(i + 1), Type: DayField, Future: true, Private: true})
	}
	return list
}

var visitForm = ReportForm{
	Kind: HouseholdVisit,
	Parts: []ReportPart{
		{Name: "visited", Fields: []ReportField{
			{Name: HouseholdField, Type: CountField, Missing: "report.household_required", Private: true},
			{Name: "met", Type: LineText, Missing: "report.met_required", Private: true},
		}},
		{Fields: []ReportField{
			{Name: "circumstances", Missing: "report.circumstances_required", Private: true}, {Name: "wishes", Short: true, Private: true},
			{Name: "needs", Short: true, Private: true},
		}},
		{Name: PromisesPart, Fields: promiseFields()},
		{Name: "without_names", Fields: []ReportField{difficultiesField, proposalsField}},
	},
	Line: []string{"difficulties"}, Concrete: true,
	check: func(c Content, fields *fault.Fields) {
		for i := range MaxPromises {
			switch text, due := c[promiseText(i+1)], c[promiseDue(i+1)]; {
			case text != "" && due == "":
				fields.Add(promiseDue(i+1), "report.promise_due_required")
			case text == "" && due != "":
				fields.Add(promiseText(i+1), "report.promise_required")
			}
		}
	},
}

// Part parts the content of a kind into what everybody may read who reads the report, and what belongs to a household.
func (c Content) Part(kind ReportKind) (common, private Content) {
	common, private = Content{}, Content{}
	form, _ := kind.Form()
	for _, f := range form.Fields() {
		if f.Private {
			private.Set(f.Name, c[f.Name])
		} else {
			common.Set(f.Name, c[f.Name])
		}
	}
	return common, private
}

// privateFields are the names of the fields that belong to a household, whatever kind a form is of at the moment.
var privateFields = func() map[string]bool {
	names := map[string]bool{}
	for _, form := range reportForms {
		for _, f := range form.Fields() {
			if f.Private {
				names[f.Name] = true
			}
		}
	}
	return names
}()

// Part parts what was typed into what may lie beside other drafts, and what belongs to a household. Unlike a report, a draft may still
// have the fields of another kind than its own.
func (in ReportInput) Part() (common ReportInput, private Content) {
	common, private = in, Content{}
	common.Content = Content{}
	for name, text := range in.Content {
		if privateFields[name] {
			private.Set(name, text)
		} else {
			common.Content.Set(name, text)
		}
	}
	return common, private
}

// HouseholdNumber gives the number of the household that was typed; zero for none.
func (c Content) HouseholdNumber() int {
	n, err := strconv.Atoi(c[HouseholdField])
	if err != nil {
		return 0
	}
	return n
}
