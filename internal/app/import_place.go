package app

import (
	"context"
	"strconv"
	"strings"

	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// placeImport adds places below those of the administrator. What exists is left as it is: names, types and parents change by events.
type placeImport struct {
	*importWork
	places *importPlaces
	ids    []int64
	names  map[territory.LocalityID]map[string]*postgres.KnownPlace // children by name

	plans map[int]*placePlan
}

type placePlan struct {
	grant  cadre.Grant
	parent *postgres.KnownPlace
	place  *postgres.KnownPlace
	above  *postgres.KnownPlace // the nearest one that was there before: under it the entry of the audit stands, which nothing deletes
	basis  string
	from   territory.Day
}

// listedLevels are the levels of places that a list can add. Provinces, districts and sub-regions are made by plans.
var listedLevels = []territory.Level{territory.Commune, territory.Hamlet, territory.Group}

func (p *placeImport) read(ctx context.Context, tx *postgres.Tx) error {
	q := postgres.GroundQuery{Below: administered(p.actor), Day: p.actor.Today(), Lock: p.apply, New: "localities"}
	if p.apply {
		q.Count = len(p.rows)
	}
	if p.apply {
		tx.HoldTree()
	}
	ground, err := tx.ImportGround(ctx, q)
	if err != nil {
		return err
	}
	p.places, p.ids, p.plans = newImportPlaces(ground.Places), ground.IDs, map[int]*placePlan{}
	p.names = map[territory.LocalityID]map[string]*postgres.KnownPlace{}
	for i := range ground.Places {
		p.enter(&ground.Places[i])
	}
	return nil
}

// enter makes a place findable below its parent.
func (p *placeImport) enter(k *postgres.KnownPlace) {
	if p.names[k.Parent] == nil {
		p.names[k.Parent] = map[string]*postgres.KnownPlace{}
	}
	p.names[k.Parent][placeKey(k.Name)] = k
}

// placeColumns names the columns of what a place is judged by (territory.AddInput).
var placeColumns = map[string]string{"level": "parent", "type": "type", "name": "place_name", "code": "place_code", "from": "from", "decree": "legal_basis"}

func (p *placeImport) judge(row *ImportRow) {
	p.begin(row)
	plan := &placePlan{basis: p.text(row, "legal_basis"), place: &postgres.KnownPlace{Mine: true}}
	level, kind := p.typed(row)
	parent, wrong := p.places.find(pathOf(p.text(row, "parent")))
	above := territory.Province // judged by whatever is above all, where the place above is unknown
	if wrong != "" {
		p.wrong(row, "parent", wrong)
	} else {
		above = parent.Level
	}
	in := territory.AddInput{
		Level: string(level), Type: kind, Name: p.text(row, "place_name"), Code: p.text(row, "place_code"), From: isoDay(p.text(row, "from")), Decree: plan.basis,
	}
	if in.Name != "" && strings.HasPrefix(placeKey(in.Name), placeKey(kind)+" ") && !strings.HasPrefix(in.Name, kind) { // "ap 3" is "Ấp 3"
		in.Name = strings.Join(append([]string{kind}, strings.Fields(in.Name)[len(strings.Fields(kind)):]...), " ")
	}
	place, fields := in.Check(above, p.actor.Today())
	for _, f := range fields {
		if level != "" || f.Name != "level" && f.Name != "type" { // the type was told already
			key := f.Key
			if f.Name == "level" {
				key = "import.parent_unfit"
			}
			p.wrong(row, placeColumns[f.Name], key, f.Args...)
		}
	}
	if row.Verdict == postgres.RowError {
		return
	}
	plan.place.Locality, plan.from, plan.parent = place.Locality, place.From, parent
	p.below(row, plan)
}

// typed reads the type of a place, which tells its level.
func (p *placeImport) typed(row *ImportRow) (territory.Level, string) {
	kind := p.text(row, "type")
	for _, level := range listedLevels {
		for _, t := range level.Types() {
			if placeKey(t) == placeKey(kind) || shortTypes[cadre.PlainName(kind)] == placeKey(t) {
				return level, t
			}
		}
	}
	p.wrong(row, "type", "import.choice_unknown")
	return "", ""
}

// below judges the place under its parent.
func (p *placeImport) below(row *ImportRow, plan *placePlan) {
	l := &plan.place.Locality
	if known := p.names[plan.parent.ID][placeKey(l.Name)]; known != nil {
		switch {
		case known.ID < 0:
			p.wrong(row, "place_name", "import.row_again")
		case l.Code != "" && known.Code != l.Code, known.Level != l.Level:
			p.wrong(row, "place_name", "import.place_differs")
		default:
			row.Verdict = postgres.RowSame
		}
		return
	}
	grant, ok := cadre.GrantFor(p.actor, cadre.Manage, cadre.Object{Place: p.places.placeOf(plan.parent.ID)})
	switch {
	case !ok:
		p.wrong(row, "parent", "import.place_unknown")
	case !exists(plan.parent, cadre.Term{From: plan.from}):
		p.wrong(row, "from", "assignment.place_gone")
	case l.Code != "" && p.places.byCode[l.Code] != nil:
		p.wrong(row, "place_code", "import.code_taken")
	default:
		plan.grant, row.Verdict = grant, postgres.RowNew
		plan.above = plan.parent
		if p.plans[int(-plan.parent.ID)] != nil {
			plan.above = p.plans[int(-plan.parent.ID)].above
		}
		plan.place.ID = territory.LocalityID(-row.N) // until it is stored: rows below may lie in it
		plan.place.Parent, plan.place.Valid = plan.parent.ID, []cadre.Term{{From: plan.from}}
		p.enter(plan.place)
		p.places.add(plan.place)
		p.plans[row.N] = plan
	}
}

func (p *placeImport) write(_ context.Context, tx *postgres.Tx) error {
	var log importLog
	var made []postgres.NewPlace
	for _, row := range p.rows {
		plan := p.plans[row.N]
		if plan == nil || row.Verdict != postgres.RowNew {
			continue
		}
		plan.place.ID, plan.place.Parent = territory.LocalityID(p.ids[len(made)]), plan.parent.ID
		made = append(made, postgres.NewPlace{Locality: plan.place.Locality, Parent: plan.parent.ID, From: plan.from, Basis: plan.basis})
		row.Applied, row.ObjectID = true, strconv.FormatInt(int64(plan.place.ID), 10)
		log.add(postgres.AuditEntry{
			At: p.actor.At, Actor: p.actor.CadreID, Assignment: plan.grant.AssignmentID, Locality: plan.above.ID, Action: "place.add", Object: "place", ObjectID: row.ObjectID,
		}, p.places.placeOf(plan.above.ID))
	}
	if len(made) > 0 {
		tx.InsertPlaces(made)
	}
	log.write(tx, p.actor)
	return nil
}
