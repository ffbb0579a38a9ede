package page

import "banam/templates/component"

// SavedView is the page of the filters that somebody keeps of a list.
type SavedView struct {
	component.Base
	Query, Words string // of the filter that is to be kept; empty for none
	Name         component.Field
	SubmissionID string
	Rows         []SavedRow
	RemoveURL    string
	Nothing      component.Empty
}

// SavedRow is a filter that is kept.
type SavedRow struct {
	Name, URL    string
	Words        string // what it chooses
	SubmissionID string // of the form that removes it
}
