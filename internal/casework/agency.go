package casework

import (
	"regexp"
	"strings"

	"banam/internal/fault"
)

// AgencyInput is an agency of the catalogue as typed.
type AgencyInput struct{ Name, Phone, Email, Contact string }

var (
	agencyPhone = regexp.MustCompile(`^\+?[0-9][0-9 .()-]{5,19}$`)
	agencyEmail = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s.]+$`)
)

// maxContact is how long an address or a contact may be, in characters.
const maxContact = 120

// Check judges a typed agency. It returns an Invalid fault at the fields name, phone, email and contact; only the name is required.
func (in AgencyInput) Check() error {
	var fields fault.Fields
	checkText(&fields, "name", in.Name, MaxTitle, "agency.name_required")
	if in.Phone != "" && !agencyPhone.MatchString(in.Phone) {
		fields.Add("phone", "agency.phone_wrong")
	}
	if in.Email != "" && (!agencyEmail.MatchString(in.Email) || len(in.Email) > maxContact) {
		fields.Add("email", "agency.email_wrong")
	}
	checkLength(&fields, "contact", in.Contact, maxContact)
	return fields.Err()
}

// PlainPhone is a telephone number as a link dials it.
func PlainPhone(phone string) string {
	return strings.Map(func(c rune) rune {
		if c == '+' || c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, phone)
}
