package page

import "banam/templates/component"

// IssueRow is one issue in a list or on the board.
type IssueRow struct {
	ID                 string // on the board, to be chosen
	Number, Title, URL string
	Place, Desk, Field string
	State, Severity    component.BadgeView
	Due, DueDate       string // in words, and the bare date for a column that says what it is
	Overdue            bool
	Raised             component.Stamp
	Steps              []Step      // days at each desk, on the board
	Actions            []QuickMove // what the reader can do from the board
}

// Step is one stay on the way: a desk and the working time there.
type Step struct {
	Desk, Spent string
	Current     bool
	Late        bool
}

// QuickMove is a move offered as a link.
type QuickMove struct{ Label, URL, Icon string }

// IssuesView is the list of issues.
type IssuesView struct {
	component.Base
	Filter  component.Filter
	Fields  []component.Field // further filters, each drawn by its kind
	Rows    []IssueRow
	Pager   component.PagerView
	Nothing component.Empty
}

// RaiseView is the form that raises an issue.
type RaiseView struct {
	component.Base
	Action       string
	SubmissionID string
	Report       string // id of the report it comes from; empty for none
	FromReport   *Line
	PlaceID      string
	PlaceName    string
	ChangePlace  string // URL to choose another place; empty where it is fixed
	PlaceField   component.Field
	Choosing     bool            // the place is still to be chosen
	Heading      component.Field // the title of the issue
	Text         component.Field // what it is about
	Field        component.Field
	Severity     component.Field
	Desk         component.Field
	Files        []MoveField
	Hidden       []HiddenValue
	Multipart    bool
	SimilarURL   string // where a script asks for similar issues
	OpenURL      string // the open issues of the place
}

// IssueView is the page of one issue.
type IssueView struct {
	component.Base
	Number   string
	Badges   []component.BadgeView
	Facts    []component.Fact
	Text     string // what it is about
	Outcome  []component.Fact
	Moves    []component.Action
	Path     []component.DeskStep
	Timeline []component.Moment
	Reports  Section
	Similar  Section // that it may be the same as
	Into     *Line   // the survivor of a merged issue
	Merged   Section // into this one
	Follow   *FollowForm
	Comment  *CommentForm
}

// FollowForm lets a reader choose what they are told of an issue.
type FollowForm struct {
	Action, Now string
	Choices     []component.Button
}

// CommentForm is the form under the thread.
type CommentForm struct {
	Action, SubmissionID, Version string
	Text                          component.Field
	More                          []MoveField // folded away: whom to speak to, and files
	Multipart                     bool
}

// MoveView is the form of one move.
type MoveView struct {
	component.Base
	Action, SubmissionID, Version string
	About                         Line
	Facts                         []component.Fact
	Since                         []component.Moment // what others did meanwhile, after a conflict
	SinceText                     string
	Fields                        []MoveField
	Hidden                        []HiddenValue
	Multipart                     bool
	Submit                        component.Button
	Back                          component.Action
}

// MoveField is one field of a move's form with the control it wants.
type MoveField struct {
	component.Field
	Control Control
}

// Control names the control of a field.
type Control int

// The controls of a move's fields.
const (
	ControlText Control = iota
	ControlTextarea
	ControlDate
	ControlRadios
	ControlSelect
	ControlCheckbox
	ControlCheckboxes
	ControlFile // Value is what the browser offers to choose
)

// BoardGroup is one queue of the review board.
type BoardGroup struct {
	ID, Title, Help string
	Rows            []IssueRow
	More, MoreURL   string // says that there are more than shown, and where
	Empty           string
}

// BoardView is the review board.
type BoardView struct {
	component.Base
	Tiles  []component.Tile
	Glance []GlanceTable
	Many   []component.Button // what can be done with several issues at once
	Filter component.Filter
	Fields []component.Field
	Groups []BoardGroup
	Export *component.ExportView
}

// GlanceTable counts the open issues of an area in one way, with bars.
type GlanceTable struct {
	ID, Title, Head string
	Waiting         bool // has a column of the longest wait
	Rows, More      []GlanceRow
}

// GlanceRow is one number of it, which leads to its rows.
type GlanceRow struct {
	Name, URL, Open, Late, Waiting string
	Bar                            component.BarView
}

// NoticeRow is one notice.
type NoticeRow struct {
	Text, URL string
	When      component.Stamp
	New       bool
}

// NoticesView is the list of notices.
type NoticesView struct {
	component.Base
	Rows    []NoticeRow
	Pager   component.PagerView
	Nothing component.Empty
	Unseen  bool
}
