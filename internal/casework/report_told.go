package casework

import (
	"banam/internal/cadre"
	"banam/internal/territory"
)

// ReceivingDesk gives the desk that receives a report written under the grant, and the desks passed over because nobody
// leads them (the table of domain.md section 3). A desk that only the author leads counts as vacant, since nobody
// acknowledges their own report. False if no desk from there upward has anybody else.
func ReceivingDesk(g cadre.Grant, author cadre.ID, desks cadre.Desks) (desk cadre.Desk, passed []cadre.Desk, ok bool) {
	for _, d := range desks {
		if !mayReceive(g, d.Locality.Level) {
			continue
		}
		if len(leadsBut(d, author)) > 0 {
			return d, passed, true
		}
		passed = append(passed, d)
	}
	return cadre.Desk{}, passed, false
}

// mayReceive tells whether desks of the level can receive a report written under the grant: for a supporter the level of
// the table and, where it is absent or vacant, those above; for leads and watchers everything above their own desk.
func mayReceive(g cadre.Grant, desk territory.Level) bool {
	if g.Post.Capability != cadre.Support {
		return desk.Above(g.Locality.Level)
	}
	level := territory.Hamlet
	switch g.Post.Tier {
	case cadre.CommuneTier:
	case cadre.DistrictTier:
		level = territory.Subregion
	case cadre.ProvinceTier:
		level = territory.Province
	}
	return !level.Above(desk)
}

// ReportTold gives those who are told of a sent report: the receiving desk and the copies of domain.md section 3, never
// the author, each person once. Desks and holdings are those of the place on the day the report is received.
func ReportTold(g cadre.Grant, author cadre.ID, desks cadre.Desks, holdings []cadre.Holding) []cadre.ID {
	var ids []cadre.ID
	top := territory.Level("")
	if desk, _, ok := ReceivingDesk(g, author, desks); ok {
		ids = append(ids, leadsBut(desk, author)...)
		top = desk.Locality.Level
	}
	for _, d := range desks {
		if copyToLead(g, d.Locality.Level, top) {
			ids = append(ids, leadsBut(d, author)...)
		}
		for _, h := range holdings {
			if h.Locality == d.Locality.ID && h.CadreID != author && copyToHolder(g, h, d.Locality.Level) {
				ids = append(ids, h.CadreID)
			}
		}
	}
	return unique(ids)
}

// copyToLead tells whether the leads of a level get a copy. Top is the level of the receiving desk, empty if there is none.
func copyToLead(g cadre.Grant, level, top territory.Level) bool {
	if g.Post.Capability != cadre.Support { // the leads below the receiving desk; all of the path where nobody is above
		return top == "" || top.Above(level)
	}
	switch g.Post.Tier {
	case cadre.CommuneTier:
		return level == territory.Commune
	case cadre.DistrictTier:
		return level == territory.Commune || level == territory.Hamlet
	case cadre.ProvinceTier:
		return level == territory.District || level == territory.Subregion || level == territory.Commune
	}
	return false
}

// copyToHolder tells whether somebody who holds a post at a desk's place without leading it gets a copy: the hamlet's
// district supporter of a commune cadre's report, the commune's watcher of a district cadre's.
func copyToHolder(g cadre.Grant, h cadre.Holding, level territory.Level) bool {
	if g.Post.Capability != cadre.Support {
		return false
	}
	switch g.Post.Tier {
	case cadre.CommuneTier:
		return level == territory.Hamlet && h.Post.Capability == cadre.Support && h.Post.Tier == cadre.DistrictTier
	case cadre.DistrictTier:
		return level == territory.Commune && h.Post.Capability == cadre.Watch
	case cadre.ProvinceTier:
	}
	return false
}
