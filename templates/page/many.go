package page

import "banam/templates/component"

// ManyRow is one of many issues that are decided on at once.
type ManyRow struct {
	Title, Number, URL string
	State, Severity    component.BadgeView
	Note               string // where it goes
	Wrong              string // why the move is not possible, or was not made
}

// ManyView asks once for what a move on many issues needs, and then says what became of each.
type ManyView struct {
	component.Base
	Action string
	Hidden []HiddenValue
	Count  string
	Rows   []ManyRow
	Fields []MoveField
	Submit *component.Button // nil where the move is possible on none
	Done   bool
	Typed  string // what was typed, where not all were moved
	Back   component.Action
}
