package page

import (
	"context"

	"banam/internal/i18n"
	"banam/templates/component"
)

// AssignmentsView is who holds and held what at a place.
type AssignmentsView struct {
	component.Base
	AsOf        *component.AsOfView
	Now, Before []AssignmentRow
	Changes     bool // the reader may change some of them
	Export      *component.ExportView
}

// AssignmentRow is one assignment, on the page of its place or of its person.
type AssignmentRow struct {
	Person, PersonURL string // on the page of a place; no URL where the reader has no page of the person
	Place, PlaceURL   string // on the page of a person
	Post, Period      string
	Decision, Reason  string
	FileURL           string // of the decision; empty for none
	Marks             []component.BadgeView
	Ways              []component.Action // to end, replace or void it
	Primary           *PrimaryForm       // marks it as the primary one
}

// PrimaryForm is the button that marks an assignment as the primary one.
type PrimaryForm struct{ Action, SubmissionID string }

// ChooseCadreView is the page on which somebody is chosen for a place.
type ChooseCadreView struct {
	component.Base
	Filter component.Filter
	Hidden []HiddenValue // that the search keeps
	Rows   []CadreChoice
	More   bool
	AddURL string
	Back   string
}

// HiddenValue is a value of a form that nobody types.
type HiddenValue = component.HiddenValue

// CadreChoice is a person who can be chosen.
type CadreChoice struct {
	Name, URL, Tier, Work, Post string
	Same                        string // what tells them apart from others of the name
}

// FormView is a page with one form: assign, end, void, and the forms of a cadre.
type FormView struct {
	component.Base
	Action    string
	Multipart bool // carries a file
	Hidden    []HiddenValue
	Facts     []component.Fact
	Fields    []MoveField
	Submit    component.Button
	Ways      []component.Action // elsewhere, under the form
	Changed   []component.Fact   // what others stored since the form was opened

	ChangedTitle string // of that; the usual one if empty
}

// assignmentHeaders gives the columns of a table of assignments, which begins with the person or with the place.
func assignmentHeaders(ctx context.Context, rows []AssignmentRow, ended, changes bool) []component.Header {
	first := "assignment.cadre"
	if len(rows) > 0 && rows[0].Person == "" {
		first = "place.name"
	}
	headers := []component.Header{
		{Label: i18n.T(ctx, first)}, {Label: i18n.T(ctx, "assignment.post")}, {Label: i18n.T(ctx, "assignment.period")}, {Label: i18n.T(ctx, "assignment.decision")},
	}
	if ended {
		headers = append(headers, component.Header{Label: i18n.T(ctx, "assignment.reason")})
	}
	if changes {
		headers = append(headers, component.Header{Label: i18n.T(ctx, "assignment.actions"), Hidden: true})
	}
	return headers
}
