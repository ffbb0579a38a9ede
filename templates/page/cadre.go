package page

import "banam/templates/component"

// CadresView is the list of cadres.
type CadresView struct {
	component.Base
	Filter  component.Filter
	Hidden  []HiddenValue // of the filter
	Fields  []component.Field
	Rows    []CadreLine
	Pager   component.PagerView
	Nothing component.Empty
}

// CadreLine is a person in the list.
type CadreLine struct {
	Name, URL, Tier, Work, Post string
	Disabled                    bool
	Same, SameURL               string // what tells them apart from others of the name; empty where there is but one
}

// CadreView is the page of a person.
type CadreView struct {
	component.Base
	Disabled  string // when and why; empty for who is not
	Enable    *PrimaryForm
	Facts     []component.Fact
	Now       []AssignmentRow
	Before    []AssignmentRow
	Elsewhere string // how many are held outside the reader's places; empty for none
	Activity  []component.Fact
	Charts    []component.ChartView
	Card      bool // for leads: without activity
}
