package page

import "banam/templates/component"

// SignInView is the sign-in page.
type SignInView struct {
	component.Base
	Next            string
	Login, Password component.Field
	DemoHelp        string
	DemoAccounts    []DemoAccount
}

// DemoAccount is one account that a demo offers.
type DemoAccount struct{ Login, Post, Place string }

// Line is one line of a short list: a link with facts under it.
type Line struct {
	Title, URL, Number string
	Facts              []string
	Mark               string // a word that stands out, such as "quá hạn"
	MarkTone           component.Tone
}

// Section is a headed short list.
type Section struct {
	Title string
	Lines []Line
	Empty string // what to say when there is none; empty leaves the section out
	More  string // label of the link to all
	URL   string // of all
}

// PlaceCard is how things stand at one place.
type PlaceCard struct {
	Name, URL  string
	Open       string
	Last, Mine string
	ReportURL  string
}

// Gap is one row of the coverage: how many of how many.
type Gap struct {
	Label, Count string
	Share        int // per cent
	Full         bool
}

// HomeView is the page that answers "what must I do now?".
type HomeView struct {
	component.Base
	NoPost   bool
	Tiles    []component.Tile
	Sections []Section
	Places   []PlaceCard
	Gaps     []Gap
	Recent   Section
}

// PlacesView lists the places that a person holds.
type PlacesView struct {
	component.Base
	Held []HeldPlace
}

// HeldPlace is a place with the post held there and what lies above it.
type HeldPlace struct{ Name, URL, Post, Above string }

// PlaceView is the page of a place.
type PlaceView struct {
	component.Base
	People   []PersonRow
	Children []ChildRow
	Issues   Section
	Reports  Section
}

// PersonRow is who holds a post at a tier of the path. Name is empty for a vacant desk.
type PersonRow struct {
	Level, Place, URL string
	Post, Name, Phone string
	Acting, Here      bool
}

// ChildRow is a place directly below.
type ChildRow struct{ Name, URL, Lead, Supporters, Open string }
