package cadre

import (
	"slices"

	"github.com/google/uuid"

	"banam/internal/territory"
)

// Action is something a person may want to do with an object.
type Action string

// The actions, each a row of the table of capabilities in domain.md section 2.
const (
	ReadReport   Action = "read_report"
	ReadIssue    Action = "read_issue"
	FileReport   Action = "file_report"
	ReviewReport Action = "review_report" // acknowledge or return one that waits at one's desk, never one's own
	RaiseIssue   Action = "raise_issue"
	Comment      Action = "comment"
	DecideIssue  Action = "decide_issue" // on an issue held at one's desk
	PullUpIssue  Action = "pull_up_issue"
	ReviewBoard  Action = "review_board"
	ReadNumbers  Action = "read_numbers"
	ViewPlace    Action = "view_place"
	SeeCoverage  Action = "see_coverage" // who is missing where
	Manage       Action = "manage"       // localities, cadres, accounts, posts, assignments

	ReadHousehold   Action = "read_household"   // personal data
	KeepHousehold   Action = "keep_household"   // add, edit, class, move, close
	EnterHouseholds Action = "enter_households" // by import: write without reading
	AuditHousehold  Action = "audit_household"  // who read a household's data
)

// Actions lists all actions.
func Actions() []Action {
	return []Action{ReadReport, ReadIssue, FileReport, ReviewReport, RaiseIssue, Comment, DecideIssue, PullUpIssue, ReviewBoard, ReadNumbers, ViewPlace, SeeCoverage, Manage,
		ReadHousehold, KeepHousehold, EnterHouseholds, AuditHousehold}
}

var allowed = map[Action][]Capability{
	ReadReport:   {Support, Watch, Lead},
	ReadIssue:    {Support, Watch, Lead},
	FileReport:   {Support, Watch, Lead},
	ReviewReport: {Lead},
	RaiseIssue:   {Support, Watch, Lead},
	Comment:      {Support, Watch, Lead},
	DecideIssue:  {Lead},
	PullUpIssue:  {Lead},
	ReviewBoard:  {Lead},
	ReadNumbers:  {Support, Watch, Lead, Administer},
	ViewPlace:    {Support, Watch, Lead, Administer},
	SeeCoverage:  {Lead, Administer},
	Manage:       {Administer},

	ReadHousehold:   {Support, Lead},
	KeepHousehold:   {Support, Lead},
	EnterHouseholds: {Support, Lead, Administer},
	AuditHousehold:  {Lead},
}

func (a Action) allowedTo(c Capability) bool { return slices.Contains(allowed[a], c) }

// ownWritings tells whether having written the object is enough for the action: "an author keeps reading what they
// themselves wrote" (domain.md section 2).
func (a Action) ownWritings() bool { return a == ReadReport || a == ReadIssue }

// Object is what the policy judges: where something is, who wrote it and which desk holds it. It needs no casework.
type Object struct {
	Place     territory.Place
	Author    ID
	Desk      territory.LocalityID // the desk that holds it; zero if it is at no desk
	DeskLevel territory.Level
	Household uuid.UUID // that it is; the zero one for what is no household
}

// Can tells whether the actor may do the action on the object at the actor's instant. States of reports and issues are
// not judged here.
func Can(a Actor, action Action, o Object) bool {
	if action.ownWritings() && a.CadreID != 0 && o.Author == a.CadreID {
		return true
	}
	if action == ReviewReport && o.Author == a.CadreID {
		return false
	}
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.permits(action, o) })
}

// Allows tells whether the grant's post allows the action at all, at the level where it is held.
func (g Grant) Allows(action Action) bool {
	return action.allowedTo(g.Post.Capability) && g.nearEnough(action)
}

// GrantFor gives the actor's grant by which the action on the object is allowed: the lowest one, so that a person with
// several posts acts in the one nearest to the matter. False if no grant allows it.
func GrantFor(a Actor, action Action, o Object) (Grant, bool) {
	var best Grant
	found := false
	for _, g := range a.Grants {
		if g.permits(action, o) && (!found || best.Locality.Level.Above(g.Locality.Level)) {
			best, found = g, true
		}
	}
	return best, found
}

func (g Grant) permits(action Action, o Object) bool {
	if !g.Allows(action) {
		return false
	}
	covered := slices.ContainsFunc(g.Branches, func(b Branch) bool { return b.Covers(o.Place) })
	switch action {
	case DecideIssue, ReviewReport:
		return covered && o.Desk == g.Locality.ID
	case PullUpIssue:
		return covered && o.Desk != 0 && g.Locality.Level.Above(o.DeskLevel)
	case ViewPlace: // one's own places, all below them, and the desks above them
		return covered || slices.Contains(g.Path, o.Place.Locality)
	case ReadHousehold, KeepHousehold, EnterHouseholds, AuditHousehold:
		return g.stands(o.Place) && g.reaches(action, o.Household)
	case ReadReport, ReadIssue, FileReport, RaiseIssue, Comment, ReviewBoard, ReadNumbers, SeeCoverage, Manage:
		return covered
	}
	return false
}
