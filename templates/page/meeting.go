package page

import "banam/templates/component"

// MeetingRow is one meeting of a list.
type MeetingRow struct {
	Title, URL, When, Place, Desk, Items string
	Marks                                []component.BadgeView
}

// MeetingsView are the meetings to come and the past ones.
type MeetingsView struct {
	component.Base
	Views        []component.NavItem
	Coming, Past []MeetingRow
	Pager        component.PagerView
	Nothing      component.Empty
}

// AgendaRow is one issue on an agenda.
type AgendaRow struct {
	ID         string
	Time       string // when it begins
	Issue      IssueRow
	Position   component.Field
	Minutes    component.Field
	Remove     *component.Field // nil for what was concluded
	Conclusion string
	Concluded  string // when, and by which day it is to be done
	Late       bool
	Text       component.Field // on the form of conclusions
	Due        component.Field
}

// MeetingView is one meeting with its agenda.
type MeetingView struct {
	component.Base
	Facts        []component.Fact
	Action       string // of the form of the agenda
	SubmissionID string
	Version      string
	Issues       []string // on the form of conclusions
	Orders       bool     // the reader may change the order
	Rows         []AgendaRow
	Nothing      component.Empty
	Cancel       string // where the meeting is cancelled; empty if it cannot be
}

// ConclusionsView is the list of what was concluded.
type ConclusionsView struct {
	component.Base
	Views   []component.NavItem
	States  []component.NavItem
	Rows    []AgendaRow
	Pager   component.PagerView
	Nothing component.Empty
}
