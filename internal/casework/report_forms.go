package casework

import (
	"slices"

	"banam/internal/fault"
)

// The kinds of field reports (domain.md section 3).
const (
	SituationReport   ReportKind = "situation"
	FlashReport       ReportKind = "flash"
	CellMeetingReport ReportKind = "cell_meeting"
	TargetReport      ReportKind = "target_progress"
	SponsorReport     ReportKind = "sponsorship"
	HouseholdVisit    ReportKind = "household_visit"
	MonthlyReport     ReportKind = "monthly"
)

// reportForms describes every kind, in the order in which they are offered.
var reportForms = []ReportForm{situationForm, flashForm, cellMeetingForm, visitForm, targetForm, sponsorForm, monthlyForm}

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

// flashForm is short: it is written on the road.
var flashForm = ReportForm{
	Kind:    FlashReport,
	Opening: ReportPart{Fields: []ReportField{whatField}},
	Parts: []ReportPart{
		{Fields: []ReportField{{Name: "clock", Type: ClockField}, {Name: "done_so_far", Short: true}, {Name: "proposals", Short: true, Concrete: true}}},
		positionPart,
	},
	Line: []string{"what"}, Columns: []string{"clock"},
}

// MeetingTypes lists what a meeting of a party cell can be.
func MeetingTypes() []string { return []string{"regular", "thematic"} }

var cellMeetingForm = ReportForm{
	Kind: CellMeetingReport,
	Opening: ReportPart{Name: "meeting", Fields: []ReportField{
		{Name: "cell", Type: LineText, Missing: "report.cell_required"},
		{Name: "meeting_type", Type: ChoiceField, Options: MeetingTypes(), Missing: "report.choice_required"},
	}},
	Parts: []ReportPart{
		{Name: "attendance", Fields: []ReportField{
			{Name: "starts", Type: ClockField, Missing: "report.clock_required"}, {Name: "ends", Type: ClockField, Missing: "report.clock_required"},
			{Name: "members_total", Type: CountField, Missing: "report.count_required"}, {Name: "members_present", Type: CountField, Missing: "report.count_required"},
			{Name: "members_excused", Type: CountField},
		}},
		{Fields: []ReportField{{Name: "what"}, {Name: "contribution", Missing: "report.contribution_required"}, {Name: "conclusions"}}},
		upward,
		{Name: "admission", Folded: true, Fields: []ReportField{
			{Name: "outstanding", Type: CountField}, {Name: "candidates", Type: CountField}, {Name: "admission_note", Short: true},
		}},
		positionPart,
	},
	Line: []string{"cell", "contribution"}, Columns: []string{"meeting_type", "members_present", "members_total"}, Concrete: true,
	check: func(c Content, fields *fault.Fields) {
		total, present, excused := c.count("members_total"), c.count("members_present"), c.count("members_excused")
		switch {
		case c["members_total"] != "" && total == 0:
			fields.Add("members_total", "report.members_none")
		case present > total:
			fields.Add("members_present", "report.members_many")
		case present+excused > total:
			fields.Add("members_excused", "report.members_many")
		}
		if c["starts"] != "" && c["ends"] != "" && c["ends"] <= c["starts"] {
			fields.Add("ends", "report.ends_before")
		}
	},
}

// Standings lists how the way to a target can stand.
func Standings() []string { return []string{"on_track", "behind", "reached"} }

var targetForm = ReportForm{
	Kind: TargetReport,
	Opening: ReportPart{Fields: []ReportField{
		{Name: "target", Type: LineText, Missing: "report.target_required"},
	}},
	Parts: []ReportPart{
		{Name: "progress", Fields: []ReportField{
			{Name: "actual", Type: DecimalField, Missing: "report.decimal_required"}, {Name: "planned", Type: DecimalField}, {Name: "unit", Type: LineText},
			{Name: "as_of", Type: DayField, Missing: "report.day_required"},
			{Name: "standing", Type: ChoiceField, Options: Standings(), Missing: "report.choice_required"},
			{Name: "reason_behind", Concrete: true},
		}},
		{Fields: []ReportField{{Name: "evidence"}, {Name: "what"}}},
		upward, positionPart,
	},
	Line: []string{"target", "what"}, Columns: []string{"actual", "planned", "unit", "standing"}, Concrete: true,
	check: func(c Content, fields *fault.Fields) {
		if c["standing"] == "behind" && c["reason_behind"] == "" {
			fields.Add("reason_behind", "report.reason_behind_required")
		}
	},
}

// Gifts lists what can be given.
func Gifts() []string {
	return []string{"gift", "school_supplies", "gratitude_house", "charity_house", "unity_house", "other"}
}

var sponsorForm = ReportForm{
	Kind: SponsorReport,
	Opening: ReportPart{Fields: []ReportField{
		{Name: "sponsor", Type: LineText, Missing: "report.sponsor_required"},
		{Name: "gift", Type: ChoiceField, Options: Gifts(), Missing: "report.choice_required"},
	}},
	Parts: []ReportPart{
		{Name: "giving", Fields: []ReportField{
			{Name: "quantity", Type: LineText}, {Name: "value", Type: MoneyField},
			{Name: "pledged_on", Type: DayField}, {Name: "received_on", Type: DayField}, {Name: "handed_over_on", Type: DayField},
			{Name: "beneficiaries", Short: true},
		}},
		{Fields: []ReportField{{Name: "what"}}},
		upward, positionPart,
	},
	Line: []string{"sponsor", "quantity", "what"}, Columns: []string{"gift", "value", "handed_over_on"}, Concrete: true,
	check: func(c Content, fields *fault.Fields) {
		if c["quantity"] == "" && c["value"] == "" {
			fields.Add("quantity", "report.gift_empty")
		}
		days := []string{"pledged_on", "received_on", "handed_over_on"}
		last := ""
		for _, name := range days {
			if c[name] == "" {
				continue
			}
			if c[name] < last && !slices.ContainsFunc(*fields, func(f fault.Field) bool { return f.Name == name }) {
				fields.Add(name, "report.gift_order")
			}
			last = max(last, c[name])
		}
		if last == "" {
			fields.Add("pledged_on", "report.gift_day")
		}
	},
}
