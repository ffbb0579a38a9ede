package casework

// The kinds of field reports (domain.md section 3).
const (
	SituationReport ReportKind = "situation"
)

// reportForms describes every kind, in the order in which they are offered.
var reportForms = []ReportForm{situationForm}

// The fields that most kinds have.
var (
	whatField         = ReportField{Name: "what", Missing: "report.what_required"}
	difficultiesField = ReportField{Name: "difficulties", Concrete: true}
	proposalsField    = ReportField{Name: "proposals", Concrete: true}
	upward            = ReportPart{Fields: []ReportField{difficultiesField, proposalsField}}
	positionPart      = ReportPart{Name: "position", Folded: true, Fields: []ReportField{{Name: "position", Type: PositionField}}}
)

// Organisations lists the codes of the grass-roots organisations that a situation report rates.
func Organisations() []string { return []string{"security", "front", "mass", "groups"} }

// Ratings lists the ratings of an organisation; "" is not rated.
func Ratings() []string { return []string{"good", "fair", "weak"} }

// OrganisationsPart is the part whose fields come in pairs: the rating of an organisation and a remark on it.
const OrganisationsPart = "organisations"

func organisationFields() []ReportField {
	var list []ReportField
	for _, code := range Organisations() {
		list = append(list, ReportField{Name: "rating_" + code, Type: ChoiceField, Options: Ratings()}, ReportField{Name: "remark_" + code, Short: true})
	}
	return list
}

var situationForm = ReportForm{
	Kind:    SituationReport,
	Opening: ReportPart{Fields: []ReportField{whatField}},
	Parts: []ReportPart{
		upward,
		{Name: "areas", Folded: true, Fields: []ReportField{{Name: "production"}, {Name: "order"}, {Name: "mood"}, {Name: "pressing", Concrete: true}}},
		{Name: OrganisationsPart, Folded: true, Fields: organisationFields()},
		{Name: "policies", Folded: true, Fields: []ReportField{{Name: "policies_heard"}, {Name: "policy_reaction"}}},
		positionPart,
	},
	Line: []string{"what"},
}
