package component

// TableView describes a table. Its rows are the children: tr elements whose cells are drawn by Cell.
type TableView struct {
	Caption     string // for screen readers; names what the table lists
	ShowCaption bool
	Headers     []Header
	Plain       bool // stays a table on phones; only for two or three narrow columns
}

// Header is a column heading. With a URL the column can be sorted.
type Header struct {
	Label   string
	URL     string
	Dir     string // "ascending" or "descending" when sorted by this column
	Numeric bool
	Hidden  bool // the heading is for screen readers only, as over buttons
}

func (h Header) sortIcon() string {
	switch h.Dir {
	case "ascending":
		return "sort-up"
	case "descending":
		return "sort-down"
	}
	return "sort"
}

// CellView is a cell: the label stands before it when the row becomes a card on a phone.
type CellView struct {
	Label   string
	Numeric bool
	Main    bool // names the row: a row heading, and the head of the card
}

// PagerView links the pages of a list by its cursor. Empty URLs draw nothing.
type PagerView struct {
	FirstURL, NextURL string
	Shown             string      // "50 báo cáo", formatted
	Export            *ExportView // gives the whole list as a file; nil for nothing
}

// Empty says that a list has nothing and what to do about it.
type Empty struct {
	Icon, Title, Text string
	Action            *Action
}

// BadgeView is a short word for a state or a severity.
type BadgeView struct {
	Label string
	Tone  Tone
	Icon  string // empty takes the icon of the tone
}

func (b BadgeView) icon() string {
	if b.Icon != "" {
		return b.Icon
	}
	return b.Tone.icon()
}

// Fact is one row of a definition list. With several Lines the value is a list of paragraphs.
type Fact struct {
	Label, Value, URL string
	Badge             *BadgeView
	Time              *Stamp
	Multiline         bool // keeps the line breaks of the value
}

// Tile is one number that leads to its rows.
type Tile struct {
	Number, Label, URL, Note string
	Tone                     Tone
}

// Filter describes the form above a list. Its children are the further filters.
type Filter struct {
	Action   string
	Query    *Field // the always visible search field; nil for none
	Open     bool   // the further filters are unfolded: set it when one of them is used
	Active   string // words for the filters in use: "Tiểu vùng I, quá hạn"
	ClearURL string // where the list is unfiltered; shown when Active is set
}
