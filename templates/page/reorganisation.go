package page

import "banam/templates/component"

// PlanRow is a plan of reorganisation in the list.
type PlanRow struct {
	Title, URL, On, Decree, Changes, Author string
	State                                   component.BadgeView
}

// PlansView is the list of plans.
type PlansView struct {
	component.Base
	Rows    []PlanRow
	Export  *component.ExportView
	Nothing component.Empty
}

// PlannedChange is a change of a plan.
type PlannedChange struct{ Number, N, Text string }

// EndingRow is an assignment that a plan ends.
type EndingRow struct {
	Name, Post, Place string
	Heir              string // the place that follows
	AssignURL         string // to assign the person there; empty where that is not offered
	Settled           bool   // the person has something there already
}

// PlanView is the page of one plan.
type PlanView struct {
	component.Base
	URL, SubmissionID, Version string
	State                      component.BadgeView
	Facts                      []component.Fact
	Changes                    []PlannedChange
	Draft                      bool
	Late                       bool // its day has passed
	Add                        []component.Action
	Wrong                      []string // why it cannot be carried out
	Numbers                    []component.Tile
	Units                      []string // what becomes of each unit
	Endings                    []EndingRow
	MayConfirm, MayCancel      bool
}
