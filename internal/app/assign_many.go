package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the page on which many are assigned at once.
type (
	Seat      = postgres.Seat
	SeatKind  = postgres.SeatKind
	Candidate = postgres.Candidate
	Reach     = postgres.Reach
)

// How many places one form fills, and how many people it offers; others are found by their full name all the same.
const (
	seatsAtOnce   = 150
	peopleOffered = 400
)

// textParts stands between the parts of the text by which a person is named in a form.
const textParts = " · "

// CandidateText names a person so that people of the same name are told apart: "Lê Thị Hoà · 1975 · Văn phòng xã".
func CandidateText(c Candidate) string { return strings.Join(c.Parts(), textParts) }

// ManyKind says which post is given, at which level below the place.
type ManyKind struct {
	Post  string
	Level territory.Level
}

// ManyPage is the page on which a post is given at many places at once.
type ManyPage struct {
	postgres.SeatsPage
	Kind    SeatKind // the zero one while it is not chosen
	TooMany bool     // there are more places than one form fills; Nearer leads on
}

// ManyPage gives the seats of a post below a place. NotFound and Forbidden as for the place; Forbidden, too, if there is no post that
// the actor may give below it.
func (a *App) ManyPage(ctx context.Context, actor cadre.Actor, place territory.LocalityID, kind ManyKind) (ManyPage, error) {
	q := postgres.SeatsQuery{
		Place: place, Post: kind.Post, Level: kind.Level, Below: administered(actor), Day: actor.Today(), Limit: seatsAtOnce, People: peopleOffered,
	}
	found, err := a.db.SeatsPage(ctx, q)
	if err != nil {
		return ManyPage{}, fmt.Errorf("reading seats below place %d: %w", place, err)
	}
	if err := reachable(actor, cadre.Manage, found.Chain); err != nil {
		return ManyPage{}, err
	}
	page := ManyPage{SeatsPage: found}
	page.Kinds = offeredKinds(actor, found.Kinds, found.Chain.Place())
	if len(page.Kinds) == 0 {
		return ManyPage{}, fault.Forbidden("assignment.nothing_below")
	}
	i := slices.IndexFunc(page.Kinds, kind.is)
	if i < 0 { // to be chosen first
		page.Seats, page.People = nil, nil
		return page, nil
	}
	page.Kind = page.Kinds[i]
	if page.TooMany = len(page.Seats) > seatsAtOnce; page.TooMany {
		page.Seats = nil
	}
	return page, nil
}

func (k ManyKind) is(o SeatKind) bool { return o.Post.Code == k.Post && o.Level == k.Level }

// ForHouseholds stands for the level where a post is given for single households of a group.
const ForHouseholds = postgres.ForHouseholds

// UsualKind is what is most likely given at many places below one of a level.
func UsualKind(level territory.Level) ManyKind {
	switch level {
	case territory.Province:
		return ManyKind{cadre.ProvinceSupporter, territory.Commune}
	case territory.District, territory.Subregion:
		return ManyKind{cadre.DistrictSupporter, territory.Hamlet}
	case territory.Group:
		return ManyKind{cadre.CommuneSupporter, ForHouseholds}
	case territory.Commune, territory.Hamlet:
	}
	return ManyKind{cadre.CommuneSupporter, territory.Group}
}

// offeredKinds leaves out what the actor may give nowhere below the place. Everything below it has the columns of the place itself, so
// that it can stand for them.
func offeredKinds(actor cadre.Actor, kinds []SeatKind, place territory.Place) []SeatKind {
	return slices.DeleteFunc(slices.Clone(kinds), func(k SeatKind) bool {
		level := k.Level
		if level == ForHouseholds {
			level = territory.Group
		}
		return len(cadre.Offered(actor, []cadre.Post{k.Post}, level, place)) == 0
	})
}

// ManyRow is who was typed for a place.
type ManyRow struct {
	Place     territory.LocalityID
	Household uuid.UUID // of the place; the zero one for the whole place
	Who       string    // full name, or what CandidateText gives; empty rows are left alone
}

// ManyInput is what is sent to give a post at many places.
type ManyInput struct {
	Place    territory.LocalityID
	Kind     ManyKind
	From     string
	Last     string
	Decision string
	Replace  bool   // whoever holds the post gives way
	Reason   string // for which they do
	Acting   bool
	File     FileInput // of the decision, one for all
	Rows     []ManyRow
}

// ManyField is the name of the field of a place in the form.
func ManyField(id territory.LocalityID) string { return "cadre-" + strconv.FormatInt(int64(id), 10) }

// ManyHouseholdField is the name of the field of a household in the form.
func ManyHouseholdField(id uuid.UUID) string { return "cadre-" + id.String() }

func (r ManyRow) field() string {
	if r.Household != uuid.Nil {
		return ManyHouseholdField(r.Household)
	}
	return ManyField(r.Place)
}

// AssignMany gives a post at many places in one transaction, all or none: a form with one wrong row stores nothing, so that what is on
// the screen is always either all stored or all still to be sent. It is Invalid at from, last, decision, reason and the fields of the
// rows; it gives how many were assigned.
func (a *App) AssignMany(ctx context.Context, actor cadre.Actor, s Submission, in ManyInput) (int, error) {
	in.Decision, in.Reason = oneLine(in.Decision), oneLine(in.Reason)
	var rows []ManyRow
	for _, r := range in.Rows {
		if r.Who = oneLine(r.Who); r.Who != "" {
			rows = append(rows, r)
		}
	}
	in.Rows = rows
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		return uuid.Nil, a.assignMany(ctx, tx, actor, in)
	})
	if err != nil {
		return 0, fmt.Errorf("assigning many below place %d: %w", in.Place, err)
	}
	return len(rows), nil
}

func (a *App) assignMany(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, in ManyInput) error {
	term, fields := cadre.AssignInput{From: in.From, Last: in.Last, Decision: in.Decision}.Check(actor.Today())
	places, names := make([]territory.LocalityID, len(in.Rows)), make([]string, len(in.Rows))
	for i, r := range in.Rows {
		name, _, _ := strings.Cut(r.Who, textParts)
		places[i], names[i] = r.Place, name
	}
	target, err := tx.LockSeats(ctx, postgres.SeatsQuery{
		Place: in.Place, Post: in.Kind.Post, Level: in.Kind.Level, Below: administered(actor), Term: term, Day: actor.Today(), Limit: seatsAtOnce,
	}, places, names)
	if err != nil {
		return err
	}
	if err := reachable(actor, cadre.Manage, target.Chain); err != nil {
		return err
	}
	kinds := offeredKinds(actor, target.Kinds, target.Chain.Place())
	i := slices.IndexFunc(kinds, in.Kind.is)
	switch {
	case in.Kind == (ManyKind{}):
		return fault.Invalid(fault.At("what", "assignment.post_required"))
	case i < 0:
		return fault.Forbidden("assignment.not_yours")
	case len(in.Rows) == 0:
		fields.Add("rows", "assignment.nobody_typed")
	case len(in.Rows) > seatsAtOnce:
		return fault.Invalid(fault.At("rows", "assignment.too_many_rows", "limit", seatsAtOnce))
	}
	for _, p := range target.Dated {
		fields = append(fields, p.DatedError(term))
	}
	m := many{actor: actor, target: target, post: kinds[i].Post, term: term, in: in}
	m.judge(&fields)
	if slices.ContainsFunc(m.new, func(n manyNew) bool { return n.old != nil }) {
		if err := cadre.CheckReason(in.Reason); err != nil {
			fields = append(fields, fault.As(err).Fields...)
		}
	}
	if err := fields.Err(); err != nil {
		return err
	}
	return m.store(ctx, tx)
}

// many is a form that fills many seats, on its way from what was typed to what is stored.
type many struct {
	actor  cadre.Actor
	target postgres.SeatsTarget
	post   cadre.Post
	term   cadre.Term
	in     ManyInput
	new    []manyNew
}

type manyNew struct {
	grant cadre.Grant
	who   cadre.ID
	seat  Seat
	old   *cadre.Holder // who gives way
}

// judge looks at each row. Without a term only the names are judged.
func (m *many) judge(fields *fault.Fields) {
	seen := map[string]bool{}
	for _, row := range m.in.Rows {
		field := row.field()
		who, wrong := m.find(row.Who, field)
		if wrong != nil {
			*fields = append(*fields, *wrong)
			continue
		}
		i := slices.IndexFunc(m.target.Seats, func(s Seat) bool { return s.ID == row.Place && s.Household == row.Household })
		if i < 0 || seen[field] {
			fields.Add(field, "assignment.place_gone")
			continue
		}
		seen[field] = true
		seat := m.target.Seats[i]
		to := cadre.Appointment{Post: m.post, Level: seat.Level, Place: seat.Place}
		grant, ok := cadre.Appointer(m.actor, who.ID, m.target.Held[who.ID], to)
		if !ok {
			fields.Add(field, "assignment.person_not_yours")
			continue
		}
		if m.term.From.IsZero() {
			continue
		}
		old, wrong := seat.Fill(cadre.Filling{Who: who.ID, Term: m.term, Replace: m.in.Replace}, field)
		if wrong != nil {
			*fields = append(*fields, *wrong)
			continue
		}
		if old != nil {
			if _, ok := cadre.Appointer(m.actor, old.Cadre, m.target.Held[old.Cadre], to); !ok {
				fields.Add(field, "assignment.holder_not_yours", "name", old.Name)
				continue
			}
		}
		m.new = append(m.new, manyNew{grant, who.ID, seat, old})
	}
}

// find gives the person who was typed. A bare name is enough where only one person of the tier has it.
func (m *many) find(typed, field string) (Candidate, *fault.Field) {
	bad := func(key string, args ...any) (Candidate, *fault.Field) {
		at := fault.At(field, key, args...)
		return Candidate{}, &at
	}
	fit := called(m.target.People, typed)
	if len(fit) == 0 {
		return bad("assignment.name_unknown")
	}
	usable := slices.DeleteFunc(slices.Clone(fit), func(c Candidate) bool { return c.Disabled || c.Tier != m.post.Tier })
	switch {
	case len(usable) == 1:
		return usable[0], nil
	case len(usable) > 1:
		texts := make([]string, 0, len(usable))
		for _, c := range usable[:min(3, len(usable))] {
			texts = append(texts, strings.Join(c.Parts()[1:], ", "))
		}
		return bad("assignment.name_ambiguous", "n", len(usable), "who", strings.Join(texts, "; "))
	case fit[0].Disabled:
		return bad("assignment.cadre_disabled")
	}
	return bad("assignment.tier_unfit")
}

// called gives the people who are meant by a typed text: those whom it tells apart, or all who have the name, written exactly so
// where anybody is.
func called(people []Candidate, typed string) []Candidate {
	name, _, apart := strings.Cut(typed, textParts)
	if apart {
		return only(people, func(c Candidate) bool { return oneLine(CandidateText(c)) == typed })
	}
	if exact := only(people, func(c Candidate) bool { return strings.EqualFold(c.Name, name) }); len(exact) > 0 {
		return exact
	}
	key := cadre.PlainName(name)
	return only(people, func(c Candidate) bool { return cadre.PlainName(c.Name) == key })
}

func only(people []Candidate, fits func(Candidate) bool) []Candidate {
	var list []Candidate
	for _, c := range people {
		if fits(c) {
			list = append(list, c)
		}
	}
	return list
}

// store writes all rows with the transaction.
func (m *many) store(ctx context.Context, tx *postgres.Tx) error {
	held, file := map[cadre.AssignmentID]bool{}, attach(tx, m.actor, m.in.File)
	for i, n := range m.new {
		if !held[n.grant.AssignmentID] {
			held[n.grant.AssignmentID] = true
			hold(tx, m.actor, n.grant.AssignmentID)
		}
		if n.old != nil {
			tx.EndAssignment(n.old.Assignment, m.term.From, m.in.Reason)
			if err := tx.Audit(ctx, assignmentEntry(m.actor, n.grant, n.old.Assignment, n.seat.ID, "assignment.end", "period", "ended_reason")); err != nil {
				return err
			}
		}
		id := m.target.IDs[i]
		tx.InsertAssignment(postgres.NewAssignment{
			ID: id, Cadre: n.who, Post: m.post.Code, Place: n.seat.ID, Term: m.term, Decision: m.in.Decision, Acting: m.in.Acting,
			At: m.actor.At, File: file, Household: n.seat.Household,
			Primary: m.post.Capability == cadre.Support && !m.in.Acting && n.seat.Household == uuid.Nil && n.seat.FirstIn(m.term, n.old),
		})
		if n.old != nil {
			tx.OpenHandover(n.old.Assignment, id, m.term.From, m.actor.At)
			endsNow(tx, m.actor, n.old.Cadre, m.term.From)
		} else {
			tx.TakeHandovers(m.actor.At, id)
		}
		if err := tx.Audit(ctx, assignmentEntry(m.actor, n.grant, id, n.seat.ID, "assignment.assign")); err != nil {
			return err
		}
	}
	return nil
}

// Reaches lists where a person could be assigned: places that the actor administers, those first that lack somebody of the person's
// tier. NotFound if the actor does not know the person.
func (a *App) Reaches(ctx context.Context, actor cadre.Actor, id cadre.ID, words Words) (RegisteredCadre, []Reach, error) {
	who, rows, err := a.db.Reaches(ctx, cadreQuery(actor, id), words, candidatesAtOnce)
	if err != nil {
		return who, nil, fmt.Errorf("listing places for cadre %d: %w", id, err)
	}
	return who, rows, nil
}
