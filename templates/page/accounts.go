package page

import "banam/templates/component"

// AccountsView lists people with their accounts for an administrator.
type AccountsView struct {
	component.Base
	SubmissionID        string // of the button for everybody
	ChosenID            string // of the form of those chosen
	Tiles               []component.Tile
	Filter              component.Filter
	Fields              []component.Field
	Rows                []AccountRow
	Choosable           bool   // somebody on the page can get a first password
	All                 string // label of the button for everybody without an account; empty for none
	PlaceFirst          string // why there is no such button yet; empty for none
	SlipsURL            string
	Query, State, Place string // as they are set, sent along with the button for everybody
	Pager               component.PagerView
}

// AccountRow is a person with their account.
type AccountRow struct {
	ID, Name, URL, Login string
	Post, Place          string
	State                component.BadgeView
	SignedIn             component.Stamp
	Mine                 bool // the reader keeps the account
	Choosable            bool // can get a first password
}

// SlipsView is the paper with first passwords.
type SlipsView struct {
	component.Base
	Slips   []SlipCard
	Address string
	BackURL string
}

// SlipCard is what one person gets.
type SlipCard struct{ Name, Post, Place, Login, Password, Until string }

// KeptAccountView is the page of somebody's account for an administrator.
type KeptAccountView struct {
	component.Base
	SubmissionID, CloseID       string
	Row                         AccountRow
	Facts                       []component.Fact
	Closed                      bool
	ResetURL, CloseURL, OpenURL string
	Code, CodeUntil             string // of a reset just made; empty otherwise
	BackURL                     string
}
