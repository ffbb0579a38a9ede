package component

// AsOfView lets a page be shown as of another day, and says when it is.
type AsOfView struct {
	Action   string // local path of the page
	Hidden   []HiddenValue
	Field    Field
	Banner   string // which day is shown, if it is not today
	TodayURL string
}
