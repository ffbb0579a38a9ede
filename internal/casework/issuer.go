package casework

import (
	"strings"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Issuer says in whose name a report is printed (domain.md section 8): a Party committee or, for who works in one, a People's Committee.
type Issuer struct {
	Agency string              // the People's Committee; empty for a Party committee
	Seat   territory.Locality  // of the committee
	Above  *territory.Locality // of the Party committee above it; nil at the top
}

// IssuerOf gives the issuer of a report: leads and watchers write in the name of the Party committee at the level of their post's tier, and so do
// supporters, unless their home agency is a People's Committee. The chain is that of the report's place on its day; where it has no district,
// the province's committee stands for that.
func IssuerOf(post cadre.Post, agency string, chain territory.Chain) Issuer {
	var list []territory.Locality // committees, from the tier upward
	for _, level := range []territory.Level{territory.Commune, territory.District, territory.Province} {
		if at, ok := chain.At(level); ok && (level == territory.Province || level == tierLevel(post.Tier) || len(list) > 0) {
			list = append(list, at)
		}
	}
	if len(list) == 0 {
		return Issuer{}
	}
	issuer := Issuer{Seat: list[0]}
	if len(list) > 1 {
		issuer.Above = &list[1]
	}
	if words := " " + cadre.PlainName(agency) + " "; post.Capability == cadre.Support && (strings.Contains(words, " uy ban nhan dan ") || strings.Contains(words, " ubnd ")) {
		issuer.Agency = agency
	}
	return issuer
}

func tierLevel(t cadre.Tier) territory.Level {
	switch t {
	case cadre.CommuneTier:
		return territory.Commune
	case cadre.DistrictTier:
		return territory.District
	case cadre.ProvinceTier:
	}
	return territory.Province
}
