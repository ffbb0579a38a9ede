package page

import "banam/templates/component"

// SearchView is the page of a search.
type SearchView struct {
	component.Base
	Query    component.Field
	All      bool   // reports of all times are looked through
	Hint     string // why nothing was searched for, or what was left out
	Groups   []SearchGroup
	Nothing  *component.Empty
	Window   string // how far back reports were looked for; empty where nobody's reports could be found
	WidenURL string // the same search through all times; empty where it does so already
}

// SearchGroup is the hits of one kind.
type SearchGroup struct {
	ID, Title string
	Hits      []SearchHit
	More      string // label of the link to all hits, or the advice where there is none
	URL       string // of all hits; empty where no list shows them
}

// SearchHit is one thing that was found.
type SearchHit struct {
	URL     string
	Title   []Mark
	Badge   *component.BadgeView
	Number  []Mark
	Facts   []string
	Excerpt []Mark // the text around what was found, where the title does not show it
}

// Mark is a piece of a text; a hit is what was searched for.
type Mark struct {
	Text string
	Hit  bool
}
