package casework

import (
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Filing is everything by which it is judged whether somebody may file a report: "a late report is judged by who was
// assigned when it happened, not when it arrived" (domain.md section 3).
type Filing struct {
	Author    cadre.ID
	Today     territory.Day
	LastHeld  territory.Day   // the last day on which the author held anything to report under; today for those who do now
	Then      []cadre.Grant   // what the author held when it happened
	Known     []cadre.Grant   // what the author holds today or, holding nothing, held last
	PlaceThen territory.Chain // empty if the place did not exist when it happened
	PlaceNow  territory.Chain // empty if the place does not exist today
}

// Judge gives the grant under which the report is filed. A refusal is an Invalid fault with the reason at its field. A
// place that the author has nothing to do with is answered like one that does not exist.
func (f Filing) Judge() (cadre.Grant, error) {
	if len(f.PlaceThen) > 0 {
		if g, ok := f.grant(f.Then, f.PlaceThen); ok {
			if f.Today.After(f.LastHeld.Add(LateDays)) {
				return cadre.Grant{}, fault.Invalid(fault.At("happened_on", "report.late_over", "days", LateDays))
			}
			return g, nil
		}
	}
	switch {
	case !f.knows():
		return cadre.Grant{}, fault.Invalid(fault.At("locality", "report.locality_unknown"))
	case len(f.PlaceThen) == 0:
		return cadre.Grant{}, fault.Invalid(fault.At("happened_on", "report.place_not_then"))
	}
	return cadre.Grant{}, fault.Invalid(fault.At("happened_on", "report.not_assigned_then", "place", f.PlaceThen.Self().Name))
}

// knows tells whether the author has to do with the place, so that the reason of a refusal may be told.
func (f Filing) knows() bool {
	for _, p := range []struct {
		grants []cadre.Grant
		chain  territory.Chain
	}{{f.Known, f.PlaceNow}, {f.Known, f.PlaceThen}, {f.Then, f.PlaceNow}} {
		if _, ok := f.grant(p.grants, p.chain); ok && len(p.chain) > 0 {
			return true
		}
	}
	return false
}

func (f Filing) grant(held []cadre.Grant, chain territory.Chain) (cadre.Grant, bool) {
	return cadre.GrantFor(cadre.Actor{CadreID: f.Author, Grants: held}, cadre.FileReport, cadre.Object{Place: chain.Place()})
}
