package page

import "banam/templates/component"

// AdministrationView leads administrators to their pages.
type AdministrationView struct {
	component.Base
	Groups []AdminGroup
}

// AdminGroup is some pages under a heading.
type AdminGroup struct {
	ID, Title string
	Pages     []AdminPage
}

// AdminPage is one page with a sentence and the number that matters there.
type AdminPage struct {
	Title, Help, URL, Icon string
	Number                 component.BadgeView // an empty label for none
	NumberURL              string              // of what is counted; empty where that is the page itself
}
