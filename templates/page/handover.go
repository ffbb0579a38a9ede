package page

import "banam/templates/component"

// HandoversView is the list of handovers.
type HandoversView struct {
	component.Base
	Tabs    []component.NavItem
	Rows    []HandoverRow
	Pager   component.PagerView
	Nothing component.Empty
}

// HandoverRow is one handover in the list.
type HandoverRow struct {
	Place, Above, URL, Post, From, To string
	State                             component.BadgeView
}

// HandoverView is the page of one handover.
type HandoverView struct {
	component.Base
	Facts   []component.Fact
	Heading string           // of the numbers
	Tiles   []component.Tile // empty where the reader may not count
	Note    string           // under the numbers
	Issues  Section
	Owed    Section       // promised to households; without lines for nothing
	Form    *HandoverForm // for the successor
	Back    component.Action
}

// HandoverForm is the form by which receipt is confirmed.
type HandoverForm struct {
	Action, SubmissionID string
	Note                 component.Field
}
