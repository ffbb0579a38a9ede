package page

import "banam/templates/component"

// AssignManyView is the page on which one post is given at many places.
type AssignManyView struct {
	component.Base
	Kind       *component.Field // to choose the post; nil where there is but one
	Chosen     bool             // the post was chosen: there are rows, or too many
	ChooseURL  string
	Action     string
	Hidden     []HiddenValue
	From, Last component.Field
	Decision   component.Field
	Replace    component.Field // whether who holds the post gives way
	Reason     component.Field
	File       component.Field // of the decision, for all; no name where none is taken
	Acting     component.Field
	Rows       []SeatRow
	People     []string // offered while typing
	MorePeople bool     // there are more than are offered
	Nearer     []component.Action
	TooMany    string // why there are no rows; empty where there are some
	Shown      string // how many places there are
	Back       component.Action
	Save       component.Button
}

// SeatRow is a place with who holds the post, and the field for who shall.
type SeatRow struct {
	Place, Above, URL string
	Holders           []SeatHolder
	Who               component.Field
}

// SeatHolder is who holds a post.
type SeatHolder struct{ Name, URL, Period string }

// ReachView is the page on which a place is chosen for a person.
type ReachView struct {
	component.Base
	Filter component.Filter
	Rows   []ReachRow
	More   bool
	Back   component.Action
}

// ReachRow is a place for which somebody can be chosen.
type ReachRow struct{ Place, Above, URL, Level, People string }
