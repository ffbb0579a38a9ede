package page

import "banam/templates/component"

// OwedView is the list of places of which nobody has reported in a month.
type OwedView struct {
	component.Base
	Views   []component.NavItem // the lists about reports
	Filter  component.Filter
	Fields  []component.Field
	Count   string // how many of all; empty where that is not known
	Rows    []OwedRow
	Pager   component.PagerView
	Nothing component.Empty
}

// OwedRow is a place with who owes a report of it.
type OwedRow struct {
	Place, Above, PlaceURL string
	Name, NameURL, Post    string
	Last                   string // when they last reported
}
