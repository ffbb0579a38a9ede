package page

import "banam/templates/component"

// ClockView shows the working hours, the special days of a year and the deadlines.
type ClockView struct {
	component.Base
	Hours         []component.Fact
	HoursURL      string // to change them; empty for those who may not
	Years         []component.NavItem
	Days          []SpecialDayRow
	Add           *SpecialDayForm
	Deadlines     []DeadlineRow
	DeadlinesURL  string
	Version       string
	YearTitle     string
	RemoveURL     string
	SubmissionIDs []string // one for each day's button
}

// SpecialDayRow is a holiday or a swapped working day.
type SpecialDayRow struct {
	Date, ISO, Weekday, Name string
	Kind                     component.BadgeView
}

// SpecialDayForm is the form that adds a special day.
type SpecialDayForm struct {
	Action, SubmissionID, Version string
	Day, Name, Kind               component.Field
}

// DeadlineRow is the deadlines of one severity at one level.
type DeadlineRow struct{ Level, Severity, Acknowledge, Act string }

// ClockFormView is the form of the hours or of the deadlines.
type ClockFormView struct {
	component.Base
	Action, SubmissionID, Version string
	Groups                        []ClockGroup
	Back                          string
}

// ClockGroup is fields under a heading; the heading may be empty.
type ClockGroup struct {
	Title  string
	Fields []component.Field
}
