package page

import "banam/templates/component"

// FiguresView says how long desks take, what is solved where, and how that changes.
type FiguresView struct {
	component.Base
	Filter  component.Filter
	Fields  []component.Field
	Tiles   []component.Tile
	Tables  []FigureTable
	Months  *component.ChartView
	Nothing bool // nothing was done in the period
	Export  *component.ExportView
}

// FigureTable is the figures of one kind.
type FigureTable struct {
	ID, Title, Help string
	Head            string // of the first column
	Rows            []FigureRow
	More            string // how many are left out; empty for none
}

// FigureRow is the figures of one desk, field, level or month.
type FigureRow struct {
	Name                   string
	Acknowledged, Resolved FigureCell
	Share                  string // of all that was resolved
	Bar                    component.BarView
	Reopened, ReopenedURL  string
}

// FigureCell is how often something was done, with a link to it, and how long it took. The zero cell stands for never.
type FigureCell struct{ Count, URL, Median, Ninetieth string }

// FigureRowsView lists what is behind one figure.
type FigureRowsView struct {
	component.Base
	Rows    []HandledRow
	Pager   component.PagerView
	Nothing component.Empty
}

// HandledRow is one thing that a desk did with an issue.
type HandledRow struct {
	Title, URL, Number, Place, Done, Desk string
	At                                    component.Stamp
	AtDesk, Waited                        string
	Reopened                              bool
}
