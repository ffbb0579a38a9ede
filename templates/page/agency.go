package page

import "banam/templates/component"

// AgencyRow is one agency of the catalogue.
type AgencyRow struct {
	Name, Place, Phone, PhoneURL, Email, Contact string
	Retired                                      bool
	EditURL                                      string // empty for who does not keep it
}

// AgenciesView is the catalogue of agencies.
type AgenciesView struct {
	component.Base
	Filter  component.Filter
	Fields  []component.Field
	Rows    []AgencyRow
	More    string // says that there are more than are listed
	Nothing component.Empty
}
