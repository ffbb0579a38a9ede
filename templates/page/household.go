package page

import (
	"context"

	"banam/internal/i18n"
	"banam/templates/component"
)

// RegisterView is the register of households of a place.
type RegisterView struct {
	component.Base
	Tiles   []component.Tile
	Filter  component.Filter
	Fields  []component.Field
	Rows    []HouseholdLine
	ByGroup bool // the list has households of several groups
	Pager   component.PagerView
	Nothing component.Empty
}

// HouseholdLine is a household in a register.
type HouseholdLine struct {
	Number, Head, URL, Address, Members, Group string
	Classes                                    []component.BadgeView
	Closed                                     bool
}

// HouseholdView is the page of a household.
type HouseholdView struct {
	component.Base
	Closed   string // when and why it left the register; empty for one that is there
	Facts    []component.Fact
	PhoneURL string // where the phone is asked for
	Phone    string // opened; empty while it is masked
	Tel      string // as telephones dial it
	Masked   string // empty where there is no phone
	Classes  []ClassRow
	ClassURL string // to give it a class; empty where the reader may not
	Ways     []component.Action
}

// ClassRow is a class of a household.
type ClassRow struct {
	Name, Period, Decision, Reason string
	Now                            *component.BadgeView
	EndURL                         string
}

// HouseholdLogView is who read a household's data.
type HouseholdLogView struct {
	component.Base
	Rows    []HouseholdReadRow
	Pager   component.PagerView
	Nothing component.Empty
}

// HouseholdReadRow is one time that somebody read it.
type HouseholdReadRow struct {
	At                  component.Stamp
	Name, Post, Purpose string
}

// registerHeaders gives the columns of a register.
func registerHeaders(ctx context.Context, byGroup bool) []component.Header {
	headers := []component.Header{{Label: i18n.T(ctx, "household.head")}, {Label: i18n.T(ctx, "household.number")}}
	if byGroup {
		headers = append(headers, component.Header{Label: i18n.T(ctx, "household.group")})
	}
	return append(headers, component.Header{Label: i18n.T(ctx, "household.address")}, component.Header{Label: i18n.T(ctx, "household.members"), Numeric: true},
		component.Header{Label: i18n.T(ctx, "household.class")})
}
