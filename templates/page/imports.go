package page

import "banam/templates/component"

// ImportsView lists the lists that were uploaded, and the kinds that can be.
type ImportsView struct {
	component.Base
	Kinds []ImportWay
	Rows  []ImportLine
	Pager component.PagerView
}

// ImportWay leads to the upload of one kind of lists.
type ImportWay struct{ Title, Help, URL, TemplateURL string }

// ImportLine is a list of the past.
type ImportLine struct {
	Title, URL, File, By, Place string // URL and file are empty for what somebody else uploaded
	At                          component.Stamp
	State                       component.BadgeView
	Result                      string
}

// NewImportView is the form that takes a list.
type NewImportView struct {
	component.Base
	Action, SubmissionID, Kind string
	TemplateURL, BackURL       string
	File                       component.Field
	Columns                    []ImportColumnHelp
}

// ImportColumnHelp explains a column of a list.
type ImportColumnHelp struct {
	Name, Help string
	Required   bool
}

// ImportView is a list that was uploaded.
type ImportView struct {
	component.Base
	State                          component.BadgeView
	Facts                          []component.Fact
	Progress                       string // while a job is at it; empty otherwise
	Handled, Total                 int
	Tiles                          []component.Tile
	SubmissionID, OtherID          string
	AcceptURL, AbandonURL, UndoURL string
	NewURL                         string
	Accept                         string // label of the button; empty where there is nothing to accept
	Abandon, Undo                  bool
	Chosen, AllURL                 string // which rows are shown; empty for all
	Rows                           []ImportRowView
	Failed                         *component.ExportView // the rows with errors as a file; nil for none
	Pager                          component.PagerView
}

// ImportRowView is a row of a list with what becomes of it.
type ImportRowView struct {
	Line, Typed string
	Verdict     component.BadgeView
	Notes       []string
}
