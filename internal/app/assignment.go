package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the pages of assignments.
type (
	Assignment     = postgres.Assignment
	AssignmentCase = postgres.AssignmentCase
	CadreRow       = postgres.CadreRow
)

// candidatesAtOnce is how many people are offered to choose from.
const candidatesAtOnce = 20

// PlaceAssignments is who holds and held what at a place, with what the reader may do about it.
type PlaceAssignments struct {
	postgres.PlaceAssignments
	Offered []cadre.Post // that the reader may give to somebody
}

// MayChange tells whether the reader may end, void or mark the assignment, as far as its post decides it.
func (p PlaceAssignments) MayChange(actor cadre.Actor, a Assignment) bool {
	return a.Cadre != actor.CadreID && !a.Over(actor.Today()) &&
		slices.ContainsFunc(actor.Grants, func(g cadre.Grant) bool {
			return g.Offers(cadre.Appointment{Post: a.Post, Level: a.Level, Place: p.Chain.Place()})
		})
}

// PlaceAssignments gives the assignments of a place as of a day: all on today, those begun by then on another day, on which none can
// be changed. NotFound if the actor has no right to know of the place, NotThere if it does not exist then, Forbidden if they may not
// see who is missing and who was there.
func (a *App) PlaceAssignments(ctx context.Context, actor cadre.Actor, id territory.LocalityID, day territory.Day) (PlaceAssignments, error) {
	found, err := a.db.PlaceAssignments(ctx, id, day, actor.Today())
	if err != nil {
		return PlaceAssignments{}, fmt.Errorf("reading the assignments of place %d: %w", id, err)
	}
	if len(found.Chain) == 0 {
		return PlaceAssignments{}, notThere(actor, cadre.SeeCoverage, found.There, day)
	}
	if err := reachable(actor, cadre.SeeCoverage, judge(actor, cadre.SeeCoverage, found.There.Judged, found.Chain, day)); err != nil {
		return PlaceAssignments{}, err
	}
	if day != actor.Today() {
		found.Rows = slices.DeleteFunc(found.Rows, func(r Assignment) bool { return r.Term.From.After(day) })
		for i, r := range found.Rows {
			if r.Term.Holds(day) { // how it ended belongs to a later day, perhaps to another administrator's
				found.Rows[i].Term.Until, found.Rows[i].Reason = territory.Day{}, ""
			}
		}
		return PlaceAssignments{PlaceAssignments: found}, nil
	}
	return PlaceAssignments{PlaceAssignments: found, Offered: cadre.Offered(actor, found.Posts, found.Chain.Self().Level, found.Chain.Place())}, nil
}

// reachable tells whether the actor may do the action at a place: NotFound where they may not know of it, Forbidden where they
// may know of it and no more.
func reachable(actor cadre.Actor, action cadre.Action, chain territory.Chain) error {
	object := cadre.Object{Place: chain.Place()}
	switch {
	case len(chain) == 0 || !cadre.Can(actor, cadre.ViewPlace, object):
		return fault.NotFound()
	case !cadre.Can(actor, action, object):
		return fault.Forbidden("assignment.not_yours")
	}
	return nil
}

// administered gives the places that the actor administers.
func administered(actor cadre.Actor) []territory.LocalityID {
	var ids []territory.LocalityID
	for _, g := range actor.Grants {
		if g.Allows(cadre.Manage) {
			ids = append(ids, g.Locality.ID)
		}
	}
	return ids
}

// AssignPage is the page on which somebody is assigned to a place, perhaps in place of somebody.
type AssignPage struct {
	postgres.AssignPage
	More bool // there are more people than are listed
}

// AssignQuery says for which place, whom, in whose place, or whom to look for.
type AssignQuery struct {
	Place    territory.LocalityID
	Cadre    cadre.ID           // zero while nobody is chosen
	Replaces cadre.AssignmentID // zero for none
	Words    postgres.Words     // of a name
}

// AssignPage gives the posts that the actor may give at a place and the people to choose from. NotFound and Forbidden as for
// the place; NotFound for a person or an assignment to be replaced that the actor does not know.
func (a *App) AssignPage(ctx context.Context, actor cadre.Actor, q AssignQuery) (AssignPage, error) {
	found, err := a.db.AssignPage(ctx, postgres.AssignQuery{
		Place: q.Place, Cadre: q.Cadre, Replaces: q.Replaces, Below: administered(actor), Day: actor.Today(),
	}, q.Words, candidatesAtOnce)
	if err != nil {
		return AssignPage{}, fmt.Errorf("reading what can be assigned at place %d: %w", q.Place, err)
	}
	if err := reachable(actor, cadre.Manage, found.Chain); err != nil {
		return AssignPage{}, err
	}
	if q.Cadre != 0 && found.Cadre == nil || q.Replaces != 0 && (found.Replaced == nil || found.Replaced.Place != q.Place) {
		return AssignPage{}, fault.NotFound()
	}
	page := AssignPage{AssignPage: found}
	page.Posts = cadre.Offered(actor, found.Posts, found.Chain.Self().Level, found.Chain.Place())
	if len(page.Posts) == 0 {
		return AssignPage{}, fault.Forbidden("assignment.nothing_yours")
	}
	if len(page.Cadres) > candidatesAtOnce {
		page.Cadres, page.More = page.Cadres[:candidatesAtOnce], true
	}
	return page, nil
}

// AssignInput is what is sent to assign somebody. Reason is why the replaced one ends.
type AssignInput struct {
	Place     territory.LocalityID
	Cadre     cadre.ID
	Replaces  cadre.AssignmentID // zero for none; ends on the day before the new one begins
	Reason    string
	File      FileInput // of the decision
	Household uuid.UUID // the one of a group that is to be followed; the zero one for the whole place
	cadre.AssignInput
}

// Assign gives somebody a post at a place, and in the same transaction ends the one whom they replace. It is Invalid at the
// fields post, cadre, from, last, decision and reason; Forbidden if the actor may not give this post or not to this person.
func (a *App) Assign(ctx context.Context, actor cadre.Actor, s Submission, in AssignInput) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		return uuid.Nil, a.assign(ctx, tx, actor, in)
	})
	if err != nil {
		return fmt.Errorf("assigning at place %d: %w", in.Place, err)
	}
	return nil
}

func (a *App) assign(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, in AssignInput) error {
	in.Decision, in.Reason = oneLine(in.Decision), oneLine(in.Reason)
	term, fields := in.Check(actor.Today())
	target, err := tx.LockPlace(ctx, postgres.AssignQuery{
		Place: in.Place, Post: in.Post, Cadre: in.Cadre, Term: term, Replaces: in.Replaces, Named: in.Household != uuid.Nil, Below: administered(actor), Day: actor.Today(),
	})
	if err != nil {
		return err
	}
	if err := reachable(actor, cadre.Manage, target.Chain); err != nil {
		return err
	}
	post, err := judgeAssignment(target, in, term, fields)
	if err != nil {
		return err
	}
	to := cadre.Appointment{Post: post, Level: target.Chain.Self().Level, Place: target.Chain.Place()}
	grant, ok := cadre.Appointer(actor, in.Cadre, target.Held, to)
	if !ok {
		return fault.Forbidden("assignment.not_yours")
	}
	if old := target.Replaced; old != nil {
		if _, ok := cadre.Appointer(actor, old.Cadre, old.Held, old.Appointment()); !ok {
			return fault.Forbidden("assignment.not_yours")
		}
	}
	hold(tx, actor, grant.AssignmentID)
	return storeAssignment(ctx, tx, actor, grant, target, postgres.NewAssignment{
		ID: target.NextID, Cadre: in.Cadre, Post: post.Code, Place: in.Place, Household: in.Household, Term: term, Decision: in.Decision, At: actor.At,
		File: attach(tx, actor, in.File), Primary: in.Primary && in.Household == uuid.Nil, Acting: in.Acting,
	}, in.Reason)
}

// judgeAssignment judges what was sent against what is there, and gives the post; fields are the errors found so far.
func judgeAssignment(target postgres.AssignTarget, in AssignInput, term cadre.Term, fields fault.Fields) (cadre.Post, error) {
	post, ok := postOf(target.Posts, in.Post)
	if !ok {
		fields.Add("post", "assignment.post_required")
	}
	checkCadre(&fields, target, post)
	if !term.From.IsZero() && !target.Exists {
		fields.Add("from", "assignment.place_gone")
	}
	for _, p := range target.Dated {
		fields = append(fields, p.DatedError(term))
	}
	checkNamed(&fields, target, post, in.Household)
	if err := checkReplaced(&fields, target.Replaced, in, term); err != nil {
		return cadre.Post{}, err
	}
	if err := fields.Err(); err != nil {
		return cadre.Post{}, err
	}
	for _, own := range target.Own {
		if in.Household == uuid.Nil && own.Post == in.Post && own.Term.Overlaps(term) {
			return cadre.Post{}, fault.Invalid(cadre.SameError("cadre", own.Term))
		}
	}
	return post, nil
}

// storeAssignment writes a new assignment with what follows from it: the end of the one whom it replaces, and the handover.
func storeAssignment(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, grant cadre.Grant, target postgres.AssignTarget, n postgres.NewAssignment, reason string) error {
	old := target.Replaced
	if old != nil {
		tx.EndAssignment(old.ID, n.Term.From, reason)
		if err := tx.Audit(ctx, assignmentEntry(actor, grant, old.ID, n.Place, "assignment.end", "period", "ended_reason")); err != nil {
			return err
		}
	}
	tx.InsertAssignment(n)
	if old != nil {
		tx.OpenHandover(old.ID, n.ID, n.Term.From, actor.At)
		endsNow(tx, actor, old.Cadre, n.Term.From)
	} else {
		tx.TakeHandovers(actor.At, n.ID)
	}
	return tx.Audit(ctx, assignmentEntry(actor, grant, n.ID, n.Place, "assignment.assign"))
}

// endsNow ends the sessions of somebody whose assignment ended by today, if they hold nothing else.
func endsNow(tx *postgres.Tx, actor cadre.Actor, id cadre.ID, until territory.Day) {
	if !until.After(actor.Today()) {
		tx.EndIdleSessions(id, actor.Today(), actor.At)
	}
}

func postOf(posts []cadre.Post, code string) (cadre.Post, bool) {
	i := slices.IndexFunc(posts, func(p cadre.Post) bool { return p.Code == code })
	if i < 0 {
		return cadre.Post{}, false
	}
	return posts[i], true
}

func checkCadre(fields *fault.Fields, target postgres.AssignTarget, post cadre.Post) {
	switch {
	case target.Cadre == nil:
		fields.Add("cadre", "assignment.cadre_unknown")
	case target.Cadre.Disabled:
		fields.Add("cadre", "assignment.cadre_disabled")
	case post.Code != "" && target.Cadre.Tier != post.Tier:
		fields.Add("cadre", "assignment.tier_unfit")
	}
}

// checkNamed judges a household that is to be followed: one of the group's register, by a post that follows households.
func checkNamed(fields *fault.Fields, target postgres.AssignTarget, post cadre.Post, household uuid.UUID) {
	switch {
	case household == uuid.Nil:
	case post.Code != "" && !post.FollowsHouseholds(target.Chain.Self().Level):
		fields.Add("household", "assignment.household_unfit")
	case !slices.ContainsFunc(target.Named, func(n postgres.NumberedHousehold) bool { return n.ID == household }):
		fields.Add("household", "assignment.household_unknown")
	}
}

// checkReplaced judges whom the new one replaces: somebody of the same post and place who still holds it when the new one begins.
func checkReplaced(fields *fault.Fields, old *postgres.AssignmentCase, in AssignInput, term cadre.Term) error {
	switch {
	case in.Replaces == 0:
		return nil
	case old == nil || old.Place != in.Place:
		return fault.NotFound()
	case old.Voided || old.Reason != "" && !old.Term.Until.IsZero():
		return fault.Conflict("assignment.already_ended")
	case old.Post.Code != in.Post:
		fields.Add("post", "assignment.post_replaced")
	case old.Household != in.Household:
		fields.Add("household", "assignment.household_replaced")
	case old.Cadre == in.Cadre:
		fields.Add("cadre", "assignment.replaces_self")
	case term.From.IsZero():
	case !term.From.After(old.Term.From):
		fields.Add("from", "assignment.before_replaced")
	case !old.Term.Until.IsZero() && term.From.After(old.Term.Until):
		fields.Add("from", "assignment.after_replaced")
	}
	if err := cadre.CheckReason(in.Reason); err != nil {
		*fields = append(*fields, fault.As(err).Fields...)
	}
	return nil
}

func assignmentEntry(actor cadre.Actor, under cadre.Grant, id cadre.AssignmentID, place territory.LocalityID, action string, fields ...string) postgres.AuditEntry {
	return postgres.AuditEntry{
		At: actor.At, Actor: actor.CadreID, Assignment: under.AssignmentID, Locality: place, Action: action,
		Object: "assignment", ObjectID: strconv.FormatInt(int64(id), 10), Fields: fields,
	}
}
