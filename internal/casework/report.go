package casework

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ReportKind is a kind of field report.
type ReportKind string

// SituationReport is the report on the situation of a place (nắm tình hình địa bàn).
const SituationReport ReportKind = "situation"

// ReportKinds lists the kinds that can be written.
func ReportKinds() []ReportKind { return []ReportKind{SituationReport} }

// ReportState is the state of a report that was sent.
type ReportState string

// The states of a sent report.
const (
	ReportSubmitted    ReportState = "submitted"
	ReportAcknowledged ReportState = "acknowledged"
	ReportReturned     ReportState = "returned"
)

// LateDays is how long somebody who holds nothing any more may still file what they saw (domain.md section 2).
const LateDays = 30

// Organisations lists the codes of the grass-roots organisations that a situation report rates.
func Organisations() []string { return []string{"security", "front", "mass", "groups"} }

// Ratings lists the ratings of an organisation; "" is not rated.
func Ratings() []string { return []string{"good", "fair", "weak"} }

// ReportInput is what the author typed, exactly so: a draft keeps it whole, however wrong it still is.
type ReportInput struct {
	Kind           ReportKind         `json:"kind"`
	Locality       string             `json:"locality"`
	HappenedOn     string             `json:"happened_on"`
	What           string             `json:"what"`
	Difficulties   string             `json:"difficulties"`
	Proposals      string             `json:"proposals"`
	Production     string             `json:"production"`
	Order          string             `json:"order"`
	Mood           string             `json:"mood"`
	Pressing       string             `json:"pressing"`
	Organisations  map[string]Opinion `json:"organisations"`
	PoliciesHeard  string             `json:"policies_heard"`
	PolicyReaction string             `json:"policy_reaction"`
	Position       string             `json:"position"` // "latitude, longitude" in degrees
}

// Opinion is the rating of one organisation and a remark on it.
type Opinion struct {
	Rating string `json:"rating"`
	Remark string `json:"remark"`
}

// Content is a report that was checked.
type Content struct {
	What           string             `json:"what"`
	Difficulties   string             `json:"difficulties,omitempty"`
	Proposals      string             `json:"proposals,omitempty"`
	Production     string             `json:"production,omitempty"`
	Order          string             `json:"order,omitempty"`
	Mood           string             `json:"mood,omitempty"`
	Pressing       string             `json:"pressing,omitempty"`
	Organisations  map[string]Opinion `json:"organisations,omitempty"`
	PoliciesHeard  string             `json:"policies_heard,omitempty"`
	PolicyReaction string             `json:"policy_reaction,omitempty"`
	Position       string             `json:"position,omitempty"`
}

// Report is a report that was sent.
type Report struct {
	ID         uuid.UUID
	Author     cadre.ID
	Assignment cadre.AssignmentID
	Kind       ReportKind
	HappenedOn territory.Day
	Place      territory.Place
	State      ReportState
	Desk       territory.LocalityID // the receiving desk; zero if every desk is vacant
	Content    Content
	Usefulness Usefulness // what the lead said who acknowledged it; zero until then
	Number     int        // of the newest version of the text
	Version    int        // grows with everything that happens to it
	ReceivedAt time.Time
}

// Object gives what the policy judges of the report.
func (r Report) Object() cadre.Object {
	return cadre.Object{Place: r.Place, Author: r.Author, Desk: r.Desk}
}

// MaxSummary is the length of the line that lists show of a report, in characters.
const MaxSummary = 160

// Summary gives the line that lists show.
func (c Content) Summary() string {
	line := strings.Join(strings.Fields(c.What), " ")
	runes := []rune(line)
	if len(runes) <= MaxSummary {
		return line
	}
	cut := string(runes[:MaxSummary-1])
	if i := strings.LastIndexByte(cut, ' '); i > MaxSummary/2 {
		cut = cut[:i]
	}
	return cut + "…"
}

// CheckedReport is an input without faults of its own; whether the author held the place on that day is judged elsewhere.
type CheckedReport struct {
	Kind       ReportKind
	Locality   territory.LocalityID
	HappenedOn territory.Day
	Content    Content
}

// Check reads what was typed. It returns an Invalid fault that names every wrong field.
func (in ReportInput) Check(today territory.Day) (CheckedReport, error) {
	var fields fault.Fields
	out := CheckedReport{Kind: in.Kind}
	if in.Kind != SituationReport {
		fields.Add("kind", "report.kind_unknown")
	}
	id, err := strconv.ParseInt(in.Locality, 10, 64)
	switch {
	case in.Locality == "":
		fields.Add("locality", "report.locality_required")
	case err != nil || id <= 0: // the same words as for a place that the author may not know of
		fields.Add("locality", "report.locality_unknown")
	}
	out.Locality = territory.LocalityID(id)
	out.HappenedOn = in.checkDay(&fields, today)
	out.Content = in.checkContent(&fields)
	return out, fields.Err()
}

// oldestReport is how far back a report may lie: the first assignments are of 2020, ten years are kept online.
const oldestReport = 10 * 366

func (in ReportInput) checkDay(fields *fault.Fields, today territory.Day) territory.Day {
	day, err := territory.ParseDay(in.HappenedOn)
	switch {
	case in.HappenedOn == "":
		fields.Add("happened_on", "report.day_required")
	case err != nil:
		fields.Add("happened_on", "report.day_wrong")
	case day.After(today):
		fields.Add("happened_on", "report.day_future")
	case day.Before(today.Add(-oldestReport)):
		fields.Add("happened_on", "report.day_old")
	}
	return day
}

func (in ReportInput) checkContent(fields *fault.Fields) Content {
	checkText(fields, "what", in.What, MaxText, "report.what_required")
	for _, f := range []namedText{
		{"difficulties", in.Difficulties}, {"proposals", in.Proposals}, {"production", in.Production}, {"order", in.Order},
		{"mood", in.Mood}, {"pressing", in.Pressing}, {"policies_heard", in.PoliciesHeard}, {"policy_reaction", in.PolicyReaction},
	} {
		checkLength(fields, f.name, f.text, MaxText)
	}
	if in.Position != "" && !validPosition(in.Position) {
		fields.Add("position", "report.position_wrong")
	}
	return Content{
		What: in.What, Difficulties: in.Difficulties, Proposals: in.Proposals, Production: in.Production, Order: in.Order,
		Mood: in.Mood, Pressing: in.Pressing, PoliciesHeard: in.PoliciesHeard, PolicyReaction: in.PolicyReaction,
		Position: in.Position, Organisations: checkOpinions(fields, in.Organisations),
	}
}

func checkOpinions(fields *fault.Fields, in map[string]Opinion) map[string]Opinion {
	out := map[string]Opinion{}
	for _, code := range Organisations() {
		o := in[code]
		if o.Rating != "" && !slices.Contains(Ratings(), o.Rating) {
			fields.Add("rating_"+code, "report.rating_unknown")
		}
		checkLength(fields, "remark_"+code, o.Remark, MaxText)
		if o != (Opinion{}) {
			out[code] = o
		}
	}
	return out
}

// position is "latitude, longitude" in plain decimal degrees.
var position = regexp.MustCompile(`^(-?[0-9]{1,2}(?:\.[0-9]{1,10})?) *, *(-?[0-9]{1,3}(?:\.[0-9]{1,10})?)$`)

// validPosition tells whether the text is a position on earth.
func validPosition(s string) bool {
	parts := position.FindStringSubmatch(s)
	if parts == nil {
		return false
	}
	lat, errLat := strconv.ParseFloat(parts[1], 64)
	lng, errLng := strconv.ParseFloat(parts[2], 64)
	return errLat == nil && errLng == nil && lat >= -90 && lat <= 90 && lng >= -180 && lng <= 180
}

// MaxDraft is how long one text of a draft may be, in characters: a draft may be too long to send, but not without end.
const MaxDraft = 10 * MaxText

// CheckDraft looks only for what cannot even be kept as a draft: an unknown kind, and texts without end.
func (in ReportInput) CheckDraft() error {
	var fields fault.Fields
	if in.Kind != SituationReport {
		fields.Add("kind", "report.kind_unknown")
	}
	for _, t := range in.texts() {
		checkLength(&fields, t.name, t.text, MaxDraft)
	}
	return fields.Err()
}

// Blank tells whether nothing was written yet; choosing a place and a day is no writing.
func (in ReportInput) Blank() bool {
	return !slices.ContainsFunc(in.texts(), func(t namedText) bool {
		return t.text != "" && t.name != "locality" && t.name != "happened_on"
	})
}

type namedText struct{ name, text string }

// texts lists what was typed by the names of its fields, in the order of the form.
func (in ReportInput) texts() []namedText {
	list := []namedText{
		{"locality", in.Locality}, {"happened_on", in.HappenedOn}, {"what", in.What}, {"difficulties", in.Difficulties},
		{"proposals", in.Proposals}, {"production", in.Production}, {"order", in.Order}, {"mood", in.Mood}, {"pressing", in.Pressing},
	}
	for _, code := range Organisations() {
		o := in.Organisations[code]
		list = append(list, namedText{"rating_" + code, o.Rating}, namedText{"remark_" + code, o.Remark})
	}
	return append(list, namedText{"policies_heard", in.PoliciesHeard}, namedText{"policy_reaction", in.PolicyReaction},
		namedText{"position", in.Position})
}
