package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/sheet"
	"banam/internal/territory"
)

// assignmentImport gives people posts at places.
type assignmentImport struct {
	*importWork
	places *importPlaces
	people *importPeople
	posts  []cadre.CataloguePost
	ids    []int64
	at     map[int]*postgres.KnownPlace // by row
	lost   map[int]placeFault
	seats  map[seatKey][]seatTerm
	named  map[territory.LocalityID]map[int]uuid.UUID // households by their group and number

	plans map[int]*assignmentPlan
}

// seatKey is a post at a place, or for one household of it.
type seatKey struct {
	post      string
	place     territory.LocalityID
	household uuid.UUID
}

// seatTerm is who holds a seat, by an assignment that is stored or, with row set, by a row above.
type seatTerm struct {
	postgres.SeatTerm
	row *assignmentPlan
}

// assignmentPlan is what a row gives or marks.
type assignmentPlan struct {
	grant   cadre.Grant
	who     *postgres.KnownCadre
	post    cadre.CataloguePost
	place   *postgres.KnownPlace
	term    cadre.Term
	in      cadre.AssignInput
	house   uuid.UUID            // that it is about; the zero one for the place itself
	held    cadre.AssignmentID   // that stands already; zero for none
	cleared []cadre.AssignmentID // that lose the mark of the primary one
	marked  bool                 // the one that stands gets the mark
	account bool                 // is to be made
	line    int
	decided *decided // the number of the decision, where it differs
}

// seat is what the row is about.
func (p *assignmentPlan) seat() seatKey {
	return seatKey{p.post.Code, p.place.ID, p.house}
}

// assignmentUndo is what it takes to undo a row about an assignment.
type assignmentUndo struct {
	New     bool                 `json:"new,omitempty"`
	Marked  bool                 `json:"marked,omitempty"`
	Cleared []cadre.AssignmentID `json:"cleared,omitempty"`
	Account int64                `json:"account,omitempty"`
	Decided *decided             `json:"decided,omitempty"`
}

// decided is a decision number that was changed.
type decided struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func (m *assignmentImport) read(ctx context.Context, tx *postgres.Tx) error {
	q := postgres.GroundQuery{Below: administered(m.actor), Day: m.actor.Today(), People: m.wanted(), Posts: true}
	if m.apply {
		q.New, q.Count = "assignments", len(m.rows)
	}
	ground, err := tx.ImportGround(ctx, q)
	if err != nil {
		return err
	}
	m.places, m.people, m.posts, m.ids = newImportPlaces(ground.Places), newImportPeople(ground.People), ground.Posts, ground.IDs
	m.at, m.lost, m.plans, m.seats = map[int]*postgres.KnownPlace{}, map[int]placeFault{}, map[int]*assignmentPlan{}, map[seatKey][]seatTerm{}
	wanted, numbered := map[territory.LocalityID]bool{}, map[territory.LocalityID]bool{}
	for _, row := range m.rows {
		if k, f := m.locate(row, m.places); f.wrong == "" {
			m.at[row.N], wanted[k.ID] = k, true
			if m.text(row, "household_number") != "" {
				numbered[k.ID] = true
			}
		} else {
			m.lost[row.N] = f
		}
	}
	if m.apply {
		tx.HoldPosts(m.postCodes())
	}
	found, err := tx.Seating(ctx, slices.Sorted(maps.Keys(wanted)), slices.Sorted(maps.Keys(numbered)), m.apply)
	for _, t := range found.Terms {
		key := seatKey{t.Post, t.Place, t.Household}
		m.seats[key] = append(m.seats[key], seatTerm{SeatTerm: t})
	}
	m.named = found.Named
	return err
}

func (m *assignmentImport) postCodes() []string {
	codes := make([]string, 0, len(m.posts))
	for _, p := range m.posts {
		codes = append(codes, p.Code)
	}
	return codes
}

func (m *assignmentImport) judge(row *ImportRow) {
	m.begin(row)
	plan := &assignmentPlan{line: row.Line}
	m.findPost(row, plan)
	m.findPlace(row, plan)
	m.findHousehold(row, plan)
	m.findPerson(row, plan)
	m.readTerm(row, plan)
	if row.Verdict == postgres.RowError {
		return
	}
	if m.stands(row, plan, m.seats[plan.seat()]) {
		return
	}
	grant, ok := cadre.Appointer(m.actor, plan.who.ID, plan.who.Held, m.appointment(plan))
	if !ok {
		m.wrong(row, "name", "assignment.person_not_yours")
		return
	}
	plan.grant = grant
	m.account(row, plan)
	if row.Verdict == postgres.RowError {
		return
	}
	if row.Verdict == "" { // nothing stands that would be marked
		row.Verdict = postgres.RowNew
	}
	m.take(plan)
	m.plans[row.N] = plan
}

func (m *assignmentImport) appointment(plan *assignmentPlan) cadre.Appointment {
	return cadre.Appointment{Post: plan.post.Post, Level: plan.place.Level, Place: m.places.placeOf(plan.place.ID)}
}

func (m *assignmentImport) findPost(row *ImportRow, plan *assignmentPlan) {
	text := m.text(row, "post")
	plain := cadre.PlainName(text)
	i := slices.IndexFunc(m.posts, func(p cadre.CataloguePost) bool {
		return p.Code == text || plain != "" && (cadre.PlainName(p.NameVi) == plain || cadre.PlainName(p.NameEn) == plain ||
			slices.Contains(importWords("import.post."+p.Code), plain))
	})
	switch {
	case text == "":
		m.wrong(row, "post", "assignment.post_required")
	case i < 0:
		m.wrong(row, "post", "import.post_unknown")
	default:
		plan.post = m.posts[i]
	}
}

// findPlace also judges whether the post can be given there at all.
func (m *assignmentImport) findPlace(row *ImportRow, plan *assignmentPlan) {
	plan.place = m.at[row.N]
	if plan.place == nil {
		f := m.lost[row.N]
		m.wrong(row, f.column, f.wrong)
		return
	}
	if plan.post.Code == "" {
		return
	}
	structure := cadre.WithDistrict
	if m.places.flat(plan.place.ID) {
		structure = cadre.NoDistrict
	}
	today := m.actor.Today()
	switch p := plan.post; {
	case !slices.Contains(p.Levels, plan.place.Level), p.Structure != cadre.AnyStructure && p.Structure != structure, today.Before(p.From), p.Retired(today):
		m.wrong(row, "post", "import.post_unfit")
	case !slices.ContainsFunc(m.actor.Grants, func(g cadre.Grant) bool { return g.Offers(m.appointment(plan)) }):
		m.wrong(row, "post", "import.post_not_yours")
	}
}

// findHousehold finds the household that a row names by its number in the group.
func (m *assignmentImport) findHousehold(row *ImportRow, plan *assignmentPlan) {
	text := m.text(row, "household_number")
	if text == "" || plan.place == nil || plan.post.Code == "" {
		return
	}
	number, _ := strconv.Atoi(text) // what is no number is no household's
	household, ok := m.named[plan.place.ID][number]
	switch {
	case !plan.post.FollowsHouseholds(plan.place.Level):
		m.wrong(row, "household_number", "assignment.household_unfit")
	case !ok:
		m.wrong(row, "household_number", "import.household_unknown")
	default:
		plan.house = household
	}
}

func (m *assignmentImport) findPerson(row *ImportRow, plan *assignmentPlan) {
	typed := cadre.Person{Name: m.text(row, "name"), Phone: m.text(row, "phone"), Email: m.text(row, "email"), Tier: plan.post.Tier}
	typed.BirthYear, _ = strconv.Atoi(yearOf(m.text(row, "birth_year"))) // what is no year tells nobody apart
	if typed.Name == "" && m.text(row, "code") == "" {
		m.wrong(row, "name", "cadre.name_required")
		return
	}
	known, column, wrong := m.people.find(m.text(row, "code"), typed)
	switch {
	case wrong != "":
		m.wrong(row, column, wrong)
	case known == nil:
		m.wrong(row, "name", "import.person_unknown")
	case known.Disabled:
		m.wrong(row, "name", "assignment.cadre_disabled")
	case plan.post.Code != "" && known.Person.Tier != plan.post.Tier:
		m.wrong(row, "name", "assignment.tier_unfit")
	default:
		plan.who = known
	}
}

func (m *assignmentImport) readTerm(row *ImportRow, plan *assignmentPlan) {
	plan.in = cadre.AssignInput{
		Post: plan.post.Code, From: listedDay(m.text(row, "from")), Last: listedDay(m.text(row, "last")), Decision: m.text(row, "decision"),
		Acting: m.yes(row, "acting"), Primary: m.yes(row, "primary"),
	}
	term, fields := plan.in.Check(m.actor.Today())
	m.wrongs(row, fields.Err())
	if plan.in.Primary && plan.house != uuid.Nil {
		m.wrong(row, "primary", "assignment.household_not_primary")
	}
	if len(fields) > 0 {
		return
	}
	plan.term = term
	if plan.place != nil && !exists(plan.place, term) {
		m.wrong(row, "from", "assignment.place_gone")
	}
	if p := plan.post; p.Code != "" && (term.From.Before(p.From) || !p.Until.IsZero() && (term.Until.IsZero() || term.Until.After(p.Until))) {
		field := p.DatedError(term)
		m.wrong(row, field.Name, field.Key, field.Args...)
	}
}

// stands tells whether the person holds the seat during the term already: the same again changes nothing but the mark of the primary
// one, the number of the decision and the account, everything else is an error.
func (m *assignmentImport) stands(row *ImportRow, plan *assignmentPlan, seat []seatTerm) bool {
	for _, s := range seat {
		if s.Cadre != plan.who.ID || !s.Term.Overlaps(plan.term) {
			continue
		}
		if s.row != nil {
			m.wrong(row, "name", "import.row_twice", "line", s.row.line)
			return true
		}
		if s.Term.From != plan.term.From || m.text(row, "last") != "" && s.Term.Until != plan.term.Until {
			field := cadre.SameError("name", s.Term)
			m.wrong(row, field.Name, field.Key, field.Args...)
			return true
		}
		plan.held = s.Assignment
		plan.marked = plan.in.Primary && !s.Primary
		wantsAccount := m.yes(row, "account") && !plan.who.Account
		if typed := plan.in.Decision; typed != "" && typed != s.Decision {
			plan.decided = &decided{From: s.Decision, To: typed}
		}
		if !plan.marked && plan.decided == nil && !wantsAccount {
			row.Verdict = postgres.RowSame
			return true
		}
		row.Verdict = postgres.RowChanged
		if plan.marked {
			row.Fields = append(row.Fields, "is_primary")
		}
		if plan.decided != nil {
			row.Fields = append(row.Fields, "decision")
		}
		return false
	}
	return false
}

// take gives the seat to the person of the row, for the rows below. The first supporter of a place is its primary one, as on the form
// for many.
func (m *assignmentImport) take(plan *assignmentPlan) {
	key := plan.seat()
	seat := m.seats[key]
	overlapping := func(s seatTerm) bool { return s.Term.Overlaps(plan.term) }
	if plan.house == uuid.Nil && plan.held == 0 && !m.has("primary") && plan.post.Capability == cadre.Support && !plan.in.Acting && !slices.ContainsFunc(seat, overlapping) {
		plan.in.Primary = true
	}
	if plan.in.Primary && (plan.held == 0 || plan.marked) {
		for i := range seat {
			if !seat[i].Primary || !overlapping(seat[i]) || seat[i].Assignment == plan.held && plan.held != 0 {
				continue
			}
			seat[i].Primary = false
			if seat[i].row != nil {
				seat[i].row.in.Primary = false
			} else {
				plan.cleared = append(plan.cleared, seat[i].Assignment)
			}
		}
	}
	if plan.held == 0 {
		m.seats[key] = append(seat, seatTerm{postgres.SeatTerm{Cadre: plan.who.ID, Post: plan.post.Code, Place: plan.place.ID, Term: plan.term,
			Primary: plan.in.Primary, Household: plan.house}, plan})
		plan.who.Held = append(plan.who.Held, cadre.Held{Capability: plan.post.Capability, Level: plan.place.Level, Place: m.places.placeOf(plan.place.ID)})
	}
}

// account judges whether an account can be made, with what the row gives.
func (m *assignmentImport) account(row *ImportRow, plan *assignmentPlan) {
	if !m.yes(row, "account") || plan.who.Account {
		return
	}
	place := m.appointment(plan)
	held := append(slices.Clone(plan.who.Held), cadre.Held{Capability: place.Post.Capability, Level: place.Level, Place: place.Place})
	if _, ok := cadre.Keeper(m.actor, plan.who.ID, held); !ok {
		m.wrong(row, "account", "accounts.not_yours")
		return
	}
	plan.account, plan.who.Account = true, true
	row.Fields = append(row.Fields, "account")
}

func (m *assignmentImport) write(ctx context.Context, tx *postgres.Tx) error {
	var made []postgres.NewAssignment
	var marked, cleared []cadre.AssignmentID
	var log importLog
	var accounts []accountPlan
	for _, row := range m.rows {
		plan := m.plans[row.N]
		if plan == nil || row.Verdict != postgres.RowNew && row.Verdict != postgres.RowChanged {
			continue
		}
		id, action, fields := plan.held, "assignment.primary", []string{"is_primary"}
		if plan.held == 0 {
			id, action, fields = cadre.AssignmentID(m.ids[len(made)]), "assignment.assign", nil
			made = append(made, postgres.NewAssignment{
				ID: id, Cadre: plan.who.ID, Post: plan.post.Code, Place: plan.place.ID, Household: plan.house, Term: plan.term, Decision: plan.in.Decision,
				Primary: plan.in.Primary, Acting: plan.in.Acting, At: m.actor.At,
			})
		}
		if plan.marked {
			marked = append(marked, id)
		}
		if plan.decided != nil {
			tx.SetDecision(id, plan.decided.To, uuid.Nil)
			log.add(assignmentEntry(m.actor, plan.grant, id, plan.place.ID, "assignment.decision", "decision"), m.places.placeOf(plan.place.ID))
		}
		cleared = append(cleared, plan.cleared...)
		if plan.held == 0 || plan.marked {
			log.add(assignmentEntry(m.actor, plan.grant, id, plan.place.ID, action, fields...), m.places.placeOf(plan.place.ID))
		}
		row.Applied, row.ObjectID = true, strconv.FormatInt(int64(id), 10)
		data, err := json.Marshal(assignmentUndo{New: plan.held == 0, Marked: plan.marked, Cleared: plan.cleared, Decided: plan.decided})
		if err != nil {
			return fmt.Errorf("keeping what undoes a row: %w", err)
		}
		row.Undo = data
		if plan.account {
			accounts = append(accounts, accountPlan{row, plan.who.ID, plan.who.Person.Name, plan.grant, plan.place.ID})
		}
	}
	tx.SetPrimary(cleared, false)
	tx.SetPrimary(marked, true)
	if len(made) > 0 {
		tx.InsertAssignments(made)
		ids := make([]cadre.AssignmentID, len(made))
		for i, n := range made {
			ids[i] = n.ID
		}
		tx.TakeHandovers(m.actor.At, ids...)
	}
	log.write(tx, m.actor)
	return m.makeAccounts(ctx, tx, accounts, m.places)
}

// listedDay reads a day as people type it into lists; what is none stays as it is, for the rule to say so.
func listedDay(text string) string {
	if day, ok := sheet.ParseDay(text); ok {
		return day
	}
	return text
}
