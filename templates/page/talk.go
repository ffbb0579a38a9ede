package page

import "banam/templates/component"

// TalkView is the list of who talks with whom on reports.
type TalkView struct {
	component.Base
	Views   []component.NavItem // the lists about reports
	Filter  component.Filter
	Fields  []component.Field
	Count   string // how many talked with nobody; empty where that is not known
	Rows    []TalkRow
	Pager   component.PagerView
	Nothing component.Empty
}

// TalkRow is a place with who supports it and with whom they talked.
type TalkRow struct {
	Place, Above, PlaceURL string
	Name, NameURL, Post    string
	Partners               []TalkPartner
	Last                   string // empty where there was no talk
}

// TalkPartner is somebody with whom a supporter talked.
type TalkPartner struct{ Name, Post, Count string }
