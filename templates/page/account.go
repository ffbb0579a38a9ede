package page

import "banam/templates/component"

// AccountView is the page of one's own account.
type AccountView struct {
	component.Base
	SubmissionID string
	Facts        []component.Fact
	PasswordURL  string
	Mail         []component.Fact // what comes by e-mail
	MailURL      string           // where that is chosen; empty where there is no e-mail
	Devices      []DeviceRow
	Others       bool // there are devices besides this one
	OthersURL    string
	SignIns      []SignInRow
}

// DeviceRow is a browser on which somebody is signed in.
type DeviceRow struct {
	Agent       string
	Since, Seen component.Stamp
	Current     bool

	EndURL, SubmissionID string
}

// SignInRow is a past sign-in.
type SignInRow struct {
	Agent, Note string
	At          component.Stamp
}

// PasswordView is the form in which a password is chosen.
type PasswordView struct {
	component.Base
	SubmissionID    string
	First           bool   // there is only a one-time password yet
	Login           string // for password managers
	Old, New, Again component.Field
	BackURL         string
}
