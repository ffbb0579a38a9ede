package app

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

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
	basis  string
	from   territory.Day
}

// importTypes are the types of places that a list can add, by level (domain.md section 1). Provinces, districts and sub-regions are made
// by plans.
var importTypes = []struct {
	level territory.Level
	types []string
}{
	{territory.Commune, []string{"Xã", "Phường", "Thị trấn", "Đặc khu"}}, {territory.Hamlet, []string{"Ấp", "Khu phố"}}, {territory.Group, []string{"Tổ"}},
}

func (p *placeImport) read(ctx context.Context, tx *postgres.Tx) error {
	q := postgres.GroundQuery{Below: administered(p.actor), Day: p.actor.Today(), Lock: p.apply, New: "localities"}
	if p.apply {
		q.Count = len(p.rows)
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

func (p *placeImport) judge(row *ImportRow) {
	p.begin(row)
	plan := &placePlan{basis: p.text(row, "legal_basis"), place: &postgres.KnownPlace{Mine: true}}
	l := &plan.place.Locality
	p.named(row, l)
	l.Code = p.text(row, "place_code")
	if strings.ContainsFunc(l.Code, func(r rune) bool { return r < '0' || r > '9' }) || len(l.Code) > 10 {
		p.wrong(row, "place_code", "import.code_wrong")
	}
	in := cadre.AssignInput{From: isoDay(p.text(row, "from"))}
	term, fields := in.Check(p.actor.Today())
	p.wrongs(row, fields.Err())
	plan.from = term.From
	parent, wrong := p.places.find(pathOf(p.text(row, "parent")))
	if wrong != "" {
		p.wrong(row, "parent", wrong)
	}
	if row.Verdict == postgres.RowError {
		return
	}
	plan.parent = parent
	p.below(row, plan, term)
}

// named reads the type and the name of a place; the name is stored with its type.
func (p *placeImport) named(row *ImportRow, l *territory.Locality) {
	kind, name := p.text(row, "type"), p.text(row, "place_name")
	for _, lt := range importTypes {
		for _, t := range lt.types {
			if placeKey(t) == placeKey(kind) || shortTypes[cadre.PlainName(kind)] == placeKey(t) {
				l.Level, l.Type = lt.level, t
			}
		}
	}
	if l.Level == "" {
		p.wrong(row, "type", "import.choice_unknown")
		return
	}
	if name == "" {
		p.wrong(row, "place_name", "import.name_required")
		return
	}
	l.Name = name
	if !strings.HasPrefix(placeKey(name), placeKey(l.Type)+" ") {
		l.Name = l.Type + " " + name
	}
	if n := utf8.RuneCountInString(l.Name); n > cadre.MaxField {
		p.wrong(row, "place_name", "field.too_long", "length", n, "limit", cadre.MaxField)
	}
}

// below judges the place under its parent.
func (p *placeImport) below(row *ImportRow, plan *placePlan, term cadre.Term) {
	l := &plan.place.Locality
	if known := p.names[plan.parent.ID][placeKey(l.Name)]; known != nil {
		switch {
		case known.ID == 0:
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
	case !parentOf(plan.parent.Level, l.Level):
		p.wrong(row, "parent", "import.parent_unfit")
	case !exists(plan.parent, cadre.Term{From: term.From}):
		p.wrong(row, "from", "assignment.place_gone")
	case l.Code != "" && p.places.byCode[l.Code] != nil:
		p.wrong(row, "place_code", "import.code_taken")
	default:
		plan.grant, row.Verdict = grant, postgres.RowNew
		plan.place.Parent = plan.parent.ID
		p.enter(plan.place)
		if l.Code != "" {
			p.places.byCode[l.Code] = plan.place
		}
		p.plans[row.N] = plan
	}
}

// parentOf tells whether a place of a level can lie right below one of another.
func parentOf(parent, child territory.Level) bool {
	switch child {
	case territory.Commune:
		return parent == territory.Province || parent == territory.District || parent == territory.Subregion
	case territory.Hamlet:
		return parent == territory.Commune
	case territory.Group:
		return parent == territory.Hamlet || parent == territory.Commune
	case territory.Province, territory.District, territory.Subregion:
	}
	return false
}

func (p *placeImport) write(_ context.Context, tx *postgres.Tx) error {
	var log importLog
	var made []postgres.NewPlace
	for _, row := range p.rows {
		plan := p.plans[row.N]
		if plan == nil || row.Verdict != postgres.RowNew {
			continue
		}
		plan.place.ID = territory.LocalityID(p.ids[len(made)])
		made = append(made, postgres.NewPlace{Locality: plan.place.Locality, Parent: plan.parent.ID, From: plan.from, Basis: plan.basis})
		row.Applied, row.ObjectID = true, strconv.FormatInt(int64(plan.place.ID), 10)
		log.add(postgres.AuditEntry{
			At: p.actor.At, Actor: p.actor.CadreID, Assignment: plan.grant.AssignmentID, Locality: plan.parent.ID, Action: "place.add", Object: "place", ObjectID: row.ObjectID,
		}, p.places.placeOf(plan.parent.ID))
	}
	if len(made) > 0 {
		tx.InsertPlaces(made)
	}
	log.write(tx, p.actor)
	return nil
}
