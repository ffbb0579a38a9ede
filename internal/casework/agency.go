package casework

import (
	"banam/internal/cadre"
	"banam/internal/fault"
)

// AgencyInput is an agency of the catalogue as typed.
type AgencyInput struct{ Name, Phone, Email, Contact string }

// maxContact is how long an address or a contact may be, in characters.
const maxContact = 120

// Check judges a typed agency. It returns an Invalid fault at the fields name, phone, email and contact; only the name is required.
func (in AgencyInput) Check() error {
	var fields fault.Fields
	checkText(&fields, "name", in.Name, MaxTitle, "agency.name_required")
	if in.Phone != "" && !cadre.IsPhone(in.Phone) {
		fields.Add("phone", "agency.phone_wrong")
	}
	if in.Email != "" && !cadre.IsEmail(in.Email) {
		fields.Add("email", "agency.email_wrong")
	}
	checkLength(&fields, "email", in.Email, maxContact)
	checkLength(&fields, "contact", in.Contact, maxContact)
	return fields.Err()
}
