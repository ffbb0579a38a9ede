package page

import "banam/templates/component"

// AuditView is the log of what administrators changed.
type AuditView struct {
	component.Base
	Filter  component.Filter
	Hidden  []HiddenValue // of the filter
	Fields  []component.Field
	Rows    []AuditRow
	Pager   component.PagerView
	Nothing component.Empty
}

// AuditRow is one entry of the log. Names link to their pages where they have one.
type AuditRow struct {
	When            component.Stamp
	What, Fields    string
	Whose, WhoseURL string // whose data, account or assignment was changed; empty for nobody's
	Place, PlaceURL string
	Name, NameURL   string // who did it
	Post            string // under which it was allowed
}
