package app

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// householdImport enters the households of groups. To who may not read the register there it tells only which ones it has: neither what
// differs nor whether anything does, until the list is accepted and logged; then which rows do not fit the register, not why.
type householdImport struct {
	*importWork
	plan    householdPlan
	results map[int]HouseholdVerdict // by row
	lost    map[int]placeFault
	blind   map[int]bool // rows of groups whose register the actor may not read
	lines   []int        // of the spreadsheet, in the order of the list that was judged
}

// householdClasses are the classes of the register, as lists name them.
var householdClasses = []string{"poor", "near_poor", "average", "policy", "protected"}

func (h *householdImport) read(ctx context.Context, tx *postgres.Tx) error {
	q := postgres.GroundQuery{Below: administered(h.actor), Day: h.actor.Today()}
	ground, err := tx.ImportGround(ctx, q)
	if err != nil {
		return err
	}
	places := newImportPlaces(ground.Places)
	h.results, h.lost, h.blind = map[int]HouseholdVerdict{}, map[int]placeFault{}, map[int]bool{}
	var list []NewHousehold
	var rows []int
	for _, row := range h.rows {
		place, lost := h.locate(row, places)
		if lost.wrong != "" {
			h.lost[row.N] = lost
			continue
		}
		grant, reads := cadre.RegisterAt(h.actor, cadre.ReadHousehold, places.placeOf(place.ID))
		h.blind[row.N] = !reads || grant.Household != uuid.Nil
		in := casework.HouseholdInput{
			Head: h.text(row, "head"), Address: h.text(row, "address"), Members: h.text(row, "members"), Workers: h.text(row, "workers"),
			Livelihood: h.text(row, "livelihood"), Phone: h.text(row, "phone"),
		}
		list, rows, h.lines = append(list, NewHousehold{Group: place.ID, HouseholdInput: in, Classes: h.classes(row)}), append(rows, row.N), append(h.lines, row.Line)
	}
	if h.plan, err = planHouseholds(ctx, tx, h.actor, list); err != nil {
		return err
	}
	for i, v := range h.plan.verdicts {
		h.results[rows[i]] = v
	}
	return nil
}

// classes reads the classes of a row, which share the day and the decision: "Hộ nghèo; Gia đình chính sách".
func (h *householdImport) classes(row *ImportRow) []casework.ClassInput {
	var list []casework.ClassInput
	for _, text := range strings.FieldsFunc(h.text(row, "class"), func(r rune) bool { return r == ',' || r == ';' || r == '+' }) {
		class, _ := chosen(text, "class", householdClasses) // an unknown one is the rule's to refuse
		list = append(list, casework.ClassInput{Class: class, From: listedDay(h.text(row, "class_from")), Decision: h.text(row, "class_decision")})
	}
	return list
}

func (h *householdImport) judge(row *ImportRow) {
	h.begin(row)
	if lost, ok := h.lost[row.N]; ok {
		h.wrong(row, lost.column, lost.wrong)
		return
	}
	result := h.results[row.N]
	if result.Known && h.blind[row.N] {
		h.judgeBlind(row, result)
		return
	}
	if f := fault.As(result.Err); f != nil {
		for _, field := range f.Fields {
			h.fault(row, field)
		}
		return
	}
	row.Verdict = Verdict(result.Verdict)
	if row.Verdict == postgres.RowChanged {
		row.Fields = result.Changed
	}
}

// judgeBlind gives a row of a household that the register has and the actor may not read the one verdict that tells nothing of it.
func (h *householdImport) judgeBlind(row *ImportRow, result HouseholdVerdict) {
	switch f := fault.As(result.Alone); {
	case f != nil:
		for _, field := range f.Fields {
			h.fault(row, field)
		}
	case result.Err != nil && h.apply:
		h.wrong(row, "head", "household.list_unfit")
	default:
		row.Verdict = postgres.RowChanged
	}
}

// fault notes an error of the rule at the column of its field, with the row of the spreadsheet where it names another one.
func (h *householdImport) fault(row *ImportRow, field fault.Field) {
	column, args := field.Name, slices.Clone(field.Args)
	switch field.Name {
	case "from", "decision":
		column = "class_" + field.Name
	}
	if field.Key == "household.row_twice" && len(args) == 2 {
		if n, ok := args[1].(int); ok && n >= 1 && n <= len(h.lines) {
			args[1] = h.lines[n-1]
		}
	}
	h.wrong(row, column, field.Key, args...)
}

func (h *householdImport) write(ctx context.Context, tx *postgres.Tx) error {
	for _, row := range h.rows {
		if v := h.results[row.N].Verdict; v == casework.RowNew || v == casework.RowChanged {
			row.Applied = true
			if id := h.results[row.N].ID; id != uuid.Nil {
				row.ObjectID = id.String()
			}
		}
	}
	if len(h.plan.stored) == 0 {
		return nil
	}
	var changed []uuid.UUID
	for _, s := range h.plan.stored {
		if !s.New {
			changed = append(changed, s.ID)
		}
	}
	tx.KeepHouseholds(h.imp.ID, changed)
	return h.plan.store(ctx, tx)
}

// mayEnterHouseholds tells whether the actor may enter households anywhere.
func mayEnterHouseholds(actor cadre.Actor) bool {
	return slices.ContainsFunc(actor.Grants, func(g cadre.Grant) bool { return g.Allows(cadre.EnterHouseholds) && g.Household == uuid.Nil })
}
