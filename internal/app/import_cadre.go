package app

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// cadreImport enters people and changes their data.
type cadreImport struct {
	*importWork
	places *importPlaces
	people *importPeople
	ids    []int64
	homes  []territory.LocalityID // that the actor administers

	plans map[int]*cadrePlan // by row
}

// cadrePlan is what a row makes or changes.
type cadrePlan struct {
	grant   cadre.Grant
	known   *postgres.KnownCadre // nil for somebody new
	home    territory.LocalityID
	person  cadre.Person
	fields  []string
	account bool // is to be made
	id      cadre.ID
}

// cadreUndo is what it takes to undo a row about a person.
type cadreUndo struct {
	Before  *cadre.Person `json:"before,omitempty"` // nil for somebody new
	Version int           `json:"version"`          // that the row left
	Account int64         `json:"account,omitempty"`
}

func (c *cadreImport) read(ctx context.Context, tx *postgres.Tx) error {
	q := postgres.GroundQuery{Below: administered(c.actor), Day: c.actor.Today(), People: c.wanted(), Lock: c.apply, New: "cadres"}
	if c.apply {
		q.Count = len(c.rows)
	}
	ground, err := tx.ImportGround(ctx, q)
	if err != nil {
		return err
	}
	c.places, c.people, c.ids, c.homes = newImportPlaces(ground.Places), newImportPeople(ground.People), ground.IDs, q.Below
	c.plans = map[int]*cadrePlan{}
	return nil
}

func (c *cadreImport) judge(row *ImportRow) {
	c.begin(row)
	typed, ok := c.person(row)
	if !ok {
		return
	}
	known, column, wrong := c.people.find(c.text(row, "code"), typed)
	if wrong != "" {
		c.wrong(row, column, wrong)
		return
	}
	plan := &cadrePlan{known: known, person: typed}
	if plan.home, ok = c.home(row, known); !ok {
		return
	}
	account := c.yes(row, "account")
	if row.Verdict == postgres.RowError || !c.once(row, "name", "person", personKey(known, typed)) {
		return
	}
	if known == nil {
		c.enter(row, plan)
	} else {
		c.change(row, plan)
	}
	if row.Verdict != postgres.RowError && account {
		c.account(row, plan)
	}
	c.plans[row.N] = plan
}

// personKey tells the people of a list apart.
func personKey(known *postgres.KnownCadre, p cadre.Person) string {
	if known != nil {
		return strconv.FormatInt(int64(known.ID), 10)
	}
	return fmt.Sprint(toneLast(p.Name), p.BirthYear, digits(p.Phone), p.Email)
}

// person reads what the row says of the person, and judges it by the rules of the form.
func (c *cadreImport) person(row *ImportRow) (cadre.Person, bool) {
	in := cadre.PersonInput{
		Name: c.text(row, "name"), BirthYear: yearOf(c.text(row, "birth_year")), Position: c.text(row, "position"), Agency: c.text(row, "agency"),
		Phone: c.text(row, "phone"), Email: c.text(row, "email"),
	}
	tier, ok := chosen(c.text(row, "tier"), "tier", cadre.Tiers())
	in.Tier = string(tier)
	if !ok && c.text(row, "tier") != "" {
		c.wrong(row, "tier", "import.choice_unknown")
		in.Tier = string(cadre.CommuneTier) // so that the others are judged, too
	}
	p, err := in.Check(c.actor.Today())
	c.wrongs(row, err)
	return p, row.Verdict != postgres.RowError
}

// home finds the place for which somebody is entered: the one named, or the administrator's own.
func (c *cadreImport) home(row *ImportRow, known *postgres.KnownCadre) (territory.LocalityID, bool) {
	text := c.text(row, "home")
	switch {
	case text != "":
		place, wrong := c.places.find(pathOf(text))
		if wrong != "" {
			c.wrong(row, "home", wrong)
			return 0, false
		}
		return place.ID, true
	case known != nil:
		return 0, true
	case len(c.homes) == 1:
		return c.homes[0], true
	}
	c.wrong(row, "home", "cadre.home_required")
	return 0, false
}

func (c *cadreImport) enter(row *ImportRow, plan *cadrePlan) {
	grant, ok := cadre.Enters(c.actor, plan.person.Tier, c.places.placeOf(plan.home))
	if !ok {
		c.wrong(row, "tier", "cadre.tier_not_yours")
		return
	}
	plan.grant = grant
	row.Verdict = postgres.RowNew
}

// change takes over what the row says; what it leaves empty stays.
func (c *cadreImport) change(row *ImportRow, plan *cadrePlan) {
	before := cadre.InputOf(plan.known.Person)
	after, typed := before, cadre.InputOf(plan.person)
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&after.BirthYear, typed.BirthYear}, {&after.Position, typed.Position}, {&after.Agency, typed.Agency}, {&after.Tier, typed.Tier}, {&after.Phone, typed.Phone},
		{&after.Email, typed.Email},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if digits(typed.Phone) == digits(before.Phone) {
		after.Phone = before.Phone // the same, written otherwise
	}
	row.Verdict = postgres.RowSame
	plan.fields = changedFields(before, after)
	row.Fields = plan.fields
	if len(plan.fields) == 0 {
		return
	}
	if plan.known.Disabled {
		c.wrong(row, "name", "assignment.cadre_disabled")
		return
	}
	registered := cadre.Registered{ID: plan.known.ID, Tier: plan.known.Person.Tier, Home: plan.known.Home, Held: plan.known.Held}
	grant, ok := cadre.Registrar(c.actor, registered)
	if !ok {
		c.wrong(row, "name", "cadre.not_yours")
		return
	}
	plan.person, _ = after.Check(c.actor.Today()) // was judged as typed; what is not typed was stored before
	if plan.person.Name == "" {
		plan.person = plan.known.Person
		c.wrong(row, "name", "import.register_wrong")
		return
	}
	registered.Tier = plan.person.Tier
	if _, ok := cadre.Registrar(c.actor, registered); !ok {
		c.wrong(row, "tier", "cadre.tier_not_yours")
		return
	}
	plan.grant = grant
	row.Verdict = postgres.RowChanged
}

// account judges whether an account can be made. Nobody keeps the account of those who hold nothing yet: theirs comes with their first
// assignment.
func (c *cadreImport) account(row *ImportRow, plan *cadrePlan) {
	if plan.known == nil || plan.known.Account || len(plan.known.Held) == 0 {
		return
	}
	grant, ok := cadre.Keeper(c.actor, plan.known.ID, plan.known.Held)
	if !ok {
		c.wrong(row, "account", "accounts.not_yours")
		return
	}
	if row.Verdict == postgres.RowSame {
		row.Verdict, plan.grant = postgres.RowChanged, grant
	}
	plan.account = true
	row.Fields = append(row.Fields, "account")
}

func (c *cadreImport) write(ctx context.Context, tx *postgres.Tx) error {
	var made, changed []postgres.NewCadre
	var log importLog
	var accounts []accountPlan
	for _, row := range c.rows {
		plan := c.plans[row.N]
		if plan == nil || row.Verdict != postgres.RowNew && row.Verdict != postgres.RowChanged {
			continue
		}
		undo := cadreUndo{Version: 1}
		entry := cadreEntry(c.actor, plan.grant, 0, "cadre.add")
		if row.Verdict == postgres.RowNew {
			plan.id = cadre.ID(c.ids[len(made)])
			made = append(made, postgres.NewCadre{ID: plan.id, Home: plan.home, Person: plan.person})
		} else {
			plan.id = plan.known.ID
			before := plan.known.Person
			undo = cadreUndo{Before: &before, Version: plan.known.Version}
			if len(plan.fields) > 0 {
				undo.Version++
				changed = append(changed, postgres.NewCadre{ID: plan.id, Person: plan.person})
				entry = cadreEntry(c.actor, plan.grant, 0, "cadre.edit", plan.fields...)
			}
			if plan.account {
				accounts = append(accounts, accountPlan{row, plan.id, plan.person.Name, plan.grant, plan.grant.Locality.ID})
			}
		}
		row.Applied, row.ObjectID = true, strconv.FormatInt(int64(plan.id), 10)
		if row.Verdict == postgres.RowNew || len(plan.fields) > 0 {
			entry.ObjectID = row.ObjectID
			log.add(entry, c.places.placeOf(plan.grant.Locality.ID))
		}
		data, err := json.Marshal(undo)
		if err != nil {
			return fmt.Errorf("keeping what undoes a row: %w", err)
		}
		row.Undo = data
	}
	if len(made) > 0 {
		tx.InsertCadres(made)
	}
	if len(changed) > 0 {
		tx.UpdateCadres(changed)
	}
	log.write(tx, c.actor)
	return c.makeAccounts(ctx, tx, accounts, c.places)
}

// importLog collects what the audit log tells of the rows.
type importLog struct {
	entries []postgres.AuditEntry
	places  []territory.Place
}

func (l *importLog) add(e postgres.AuditEntry, at territory.Place) {
	l.entries, l.places = append(l.entries, e), append(l.places, at)
}

// write writes the entries, and holds the assignments under which they were made.
func (l *importLog) write(tx *postgres.Tx, actor cadre.Actor) {
	held := map[cadre.AssignmentID]bool{}
	for _, e := range l.entries {
		if !held[e.Assignment] {
			held[e.Assignment] = true
			hold(tx, actor, e.Assignment)
		}
	}
	tx.AuditMany(l.entries, l.places)
}

// accountPlan is an account to be made for the person of a row.
type accountPlan struct {
	row   *ImportRow
	who   cadre.ID
	name  string
	grant cadre.Grant
	place territory.LocalityID
}

// makeAccounts makes accounts without a password: slips give them the first one.
func (w *importWork) makeAccounts(ctx context.Context, tx *postgres.Tx, plans []accountPlan, places *importPlaces) error {
	if len(plans) == 0 {
		return nil
	}
	var stems []string
	for _, p := range plans {
		stems = append(stems, cadre.LoginStem(p.name), cadre.LoginOf("", never))
	}
	taken, err := tx.LockLogins(ctx, stems)
	if err != nil {
		return err
	}
	var made []postgres.BareAccount
	for _, p := range plans {
		login := cadre.LoginOf(cadre.LoginStem(p.name), func(l string) bool { return taken[l] })
		taken[login] = true
		made = append(made, postgres.BareAccount{Cadre: p.who, Login: login})
	}
	ids, err := tx.AddBareAccounts(ctx, made)
	if err != nil {
		return err
	}
	var log importLog
	for _, p := range plans {
		var undo map[string]any
		if err := json.Unmarshal(p.row.Undo, &undo); err != nil {
			return fmt.Errorf("reading what undoes a row: %w", err)
		}
		undo["account"] = ids[p.who]
		if p.row.Undo, err = json.Marshal(undo); err != nil {
			return fmt.Errorf("keeping what undoes a row: %w", err)
		}
		log.add(postgres.AuditEntry{
			At: w.actor.At, Actor: w.actor.CadreID, Assignment: p.grant.AssignmentID, Locality: p.place, Action: "account.create", Object: "account",
			ObjectID: strconv.FormatInt(ids[p.who], 10), Fields: []string{"login"},
		}, places.placeOf(p.place))
	}
	log.write(tx, w.actor)
	return nil
}
