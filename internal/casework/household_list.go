package casework

import (
	"slices"
	"strconv"

	"banam/internal/fault"
	"banam/internal/territory"
)

// Verdict says what a row of a list means for the register.
type Verdict string

// The verdicts.
const (
	RowNew     Verdict = "new"
	RowChanged Verdict = "changed"
	RowSame    Verdict = "same"
	RowWrong   Verdict = "error"
)

// ListedHousehold is a household as a list says it is. What an optional column leaves empty keeps what is stored.
type ListedHousehold struct {
	Group territory.LocalityID
	HouseholdInput
	Classes []ClassInput
}

// KnownHousehold is what the register says of the household that a row means.
type KnownHousehold struct {
	Household
	Classes []HouseholdClass
}

// HouseholdJudgement is what a row means, and what is to be stored if it is new or changed.
type HouseholdJudgement struct {
	Verdict Verdict
	Changed []string // fields that a changed one changes
	Data    HouseholdData
	Ends    []HouseholdClass // classes that the list takes away on the day before a new one of their scale; Term.Until is the day from which they are over
	Begins  []HouseholdClass
	Err     error // Invalid at the fields of HouseholdInput and ClassInput, and at group, for a wrong one
}

// JudgeHousehold judges a row. Known is nil for a household that the group does not have yet.
func JudgeHousehold(row ListedHousehold, known *KnownHousehold, kinds []HouseholdKind, today territory.Day) HouseholdJudgement {
	if known != nil {
		row.HouseholdInput = row.filledFrom(known.HouseholdData)
	}
	data, err := row.Check()
	j := HouseholdJudgement{Data: data}
	var fields fault.Fields
	if err != nil {
		fields = append(fields, fault.As(err).Fields...)
	}
	var has []HouseholdClass
	if known != nil {
		has = slices.Clone(known.Classes)
	}
	for _, in := range row.Classes {
		class, err := in.Check(kinds, today)
		if err != nil {
			fields = append(fields, fault.As(err).Fields...)
			continue
		}
		if !j.give(&has, class) {
			fields.Add("class", "household.class_overlap")
		}
	}
	switch j.Err = fields.Err(); {
	case j.Err != nil:
		j.Verdict = RowWrong
	case known == nil:
		j.Verdict = RowNew
	default:
		j.Changed = known.Changed(data)
		if len(j.Begins) > 0 {
			j.Changed = append(j.Changed, "class")
		}
		if j.Verdict = RowSame; len(j.Changed) > 0 {
			j.Verdict = RowChanged
		}
	}
	return j
}

// filledFrom takes what the row leaves empty from what is stored. Head and address are how the two were found to be the same, and keep
// the spelling of the register where the list only writes them without diacritics.
func (l ListedHousehold) filledFrom(d HouseholdData) HouseholdInput {
	in := l.HouseholdInput
	in.Head, in.Address = d.Head, d.Address
	if in.Workers == "" {
		in.Workers = strconv.Itoa(d.Workers)
	}
	if in.Livelihood == "" {
		in.Livelihood = d.Livelihood
	}
	if in.Phone == "" {
		in.Phone = d.Phone
	}
	return in
}

// give adds a class: none where the household has it then, by the same decision; one of the same scale before it ends. False if
// the household has another one of the scale that this would not end.
func (j *HouseholdJudgement) give(has *[]HouseholdClass, class HouseholdClass) bool {
	for i := range *has {
		old := &(*has)[i]
		if old.Kind.Scale != class.Kind.Scale || !old.Term.Overlaps(class.Term) {
			continue
		}
		if old.Kind.Code == class.Kind.Code && old.Decision == class.Decision && old.Term.Holds(class.Term.From) {
			return true
		}
		if !old.Term.From.Before(class.Term.From) {
			return false
		}
		old.Term.Until = class.Term.From
		if old.ID != 0 {
			j.Ends = append(j.Ends, *old)
		}
	}
	*has = append(*has, class)
	j.Begins = append(j.Begins, class)
	return true
}
