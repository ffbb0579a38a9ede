package page

import (
	"context"

	"banam/internal/i18n"
	"banam/templates/component"
)

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
	Marks              []component.BadgeView // words that stand out, such as "quá hạn"
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
	Name, URL    string
	Open         string
	OpenURL      string
	Late         string // how many of them are overdue; empty for none
	Bar          component.BarView
	Last, Mine   string
	Silent       bool // nobody has reported for too long
	Promised     string
	PromisedLate bool
	ReportURL    string // to report from there
}

// Gap is one row of the coverage: how many of how many, and where the missing ones are listed.
type Gap struct {
	Label, Count string
	Bar          *component.BarView
	Missing      string // how many are missing; empty for none
	URL          string
	Have         int
	Before       string // the count of an earlier day, with the change since
}

// HomeView is the page that answers "what must I do now?".
type HomeView struct {
	component.Base
	NoPost   bool
	Tiles    []component.Tile
	Sections []Section
	Places   []PlaceCard
	Below    []PlaceCard
	AllBelow string // URL of all places below, where not all are shown
	Months   *component.ChartView
	Gaps     []Gap
	Recent   Section
}

// CoverageView counts what is covered and names one kind of gaps.
type CoverageView struct {
	component.Base
	AsOf   *component.AsOfView
	Gaps   []Gap
	Before string // heading of the numbers of an earlier day

	// The board.
	Communes     []CommuneCoverage
	CommunesMore string // says how many communes are not drawn
	Load         *component.ChartView
	LoadWays     []component.Action
	Export       *component.ExportView

	// The list behind one number.
	Heading string // empty shows the board
	People  bool   // the gaps are people, not places
	Back    string // to the board
	Rows    []GapPlace
	Pager   component.PagerView
}

// CommuneCoverage counts what is covered in one commune.
type CommuneCoverage struct {
	Name, URL, Above string
	TierOne          string
	Missing          bool // tier one
	Gaps             []Gap
}

// GapPlace is a place where somebody is missing, or a person with what they hold there.
type GapPlace struct{ Place, URL, Level, Above, Person, PersonURL, Post string }

// PlacesView lists the places that a person holds.
type PlacesView struct {
	component.Base
	AsOf *component.AsOfView
	Held []HeldPlace
	Tree []TreePlace
	Find component.Field // a place by its name, of today or before
}

// HeldPlace is a place with the post held there.
type HeldPlace struct{ Name, URL, Post string }

// TreePlace is a place of the tree with those below it, as far as they were read along.
type TreePlace struct {
	Name, URL, Count string // Count says how many lie right below; empty for none
	Below            []TreePlace
}

// PlaceView is the page of a place.
type PlaceView struct {
	component.Base
	AsOf       *component.AsOfView
	People     []PersonRow
	Children   []ChildRow
	ChildLeads bool              // the places below are desks, which somebody leads
	ChildOpen  bool              // open issues of the places below are counted
	ChildMore  *component.Action // leads to all of them where only the first ones stand here
	Export     *component.ExportView
	Issues     Section
	Reports    Section
	Households []component.Tile // numbers that name nobody
	History    []component.Moment
	Coverage   []Gap
	Past       []AssignmentRow // who was here before, the last one first
	PastMore   *component.Action
}

// PersonRow is who holds a post at a tier of the path. Name is empty for a vacant desk.
type PersonRow struct {
	Place, URL        string
	Post, Name, Phone string
	Tel               string // the number as telephones dial it
	Acting            bool
	NameURL           string // of the person; empty where the reader has no page of them
}

// ChildRow is a place directly below.
type ChildRow struct{ Name, URL, Lead, Supporters, Open string }

// childHeaders gives the columns of the places below; groups have no lead.
func childHeaders(ctx context.Context, leads, open bool) []component.Header {
	headers := []component.Header{{Label: i18n.T(ctx, "place.name")}}
	if leads {
		headers = append(headers, component.Header{Label: i18n.T(ctx, "place.lead")})
	}
	headers = append(headers, component.Header{Label: i18n.T(ctx, "place.supporters")})
	if open {
		headers = append(headers, component.Header{Label: i18n.T(ctx, "place.open"), Numeric: true})
	}
	return headers
}
