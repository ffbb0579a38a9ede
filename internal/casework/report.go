package casework

import (
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
	Number     int // of the newest version
	Version    int
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
	if err != nil || id <= 0 {
		fields.Add("locality", "report.locality_required")
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
	for _, f := range []struct{ name, text string }{
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
		known := o.Rating == ""
		for _, r := range Ratings() {
			known = known || o.Rating == r
		}
		if !known {
			fields.Add("rating_"+code, "report.rating_unknown")
		}
		checkLength(fields, "remark_"+code, o.Remark, MaxText)
		if o != (Opinion{}) {
			out[code] = o
		}
	}
	return out
}

// validPosition tells whether the text is "latitude, longitude" in degrees.
func validPosition(s string) bool {
	lat, lng, ok := strings.Cut(s, ",")
	if !ok {
		return false
	}
	a, errA := strconv.ParseFloat(strings.TrimSpace(lat), 64)
	b, errB := strconv.ParseFloat(strings.TrimSpace(lng), 64)
	return errA == nil && errB == nil && a >= -90 && a <= 90 && b >= -180 && b <= 180
}

// ReceivingDesk gives the desk that receives a report written under the grant, and the vacant desks passed over (the table
// of domain.md section 3). False if no desk above has a lead.
func ReceivingDesk(g cadre.Grant, desks cadre.Desks) (cadre.Desk, []cadre.Desk, bool) {
	if g.Post.Capability != cadre.Support {
		return desks.NextAbove(g.Locality.ID)
	}
	level := territory.Hamlet
	switch g.Post.Tier {
	case cadre.CommuneTier:
		level = territory.Hamlet
	case cadre.DistrictTier:
		level = territory.Subregion
	case cadre.ProvinceTier:
		level = territory.Province
	}
	for _, d := range desks {
		if !level.Above(d.Locality.Level) { // the level itself or, where it is absent, the next one up
			return desks.FromUpward(d.Locality.ID)
		}
	}
	return cadre.Desk{}, nil, false
}

// ReportTold gives those who are told of a sent report: the receiving desk and the copies of domain.md section 3, never
// the author, each person once.
func ReportTold(g cadre.Grant, author cadre.ID, desks cadre.Desks, holdings []cadre.Holding) []cadre.ID {
	var ids []cadre.ID
	desk, _, ok := ReceivingDesk(g, desks)
	if ok {
		ids = append(ids, leadsBut(desk, author)...)
	}
	for _, d := range desks {
		if copyTo(g, d.Locality.Level) || g.Post.Capability != cadre.Support && ok && desk.Locality.Level.Above(d.Locality.Level) {
			ids = append(ids, leadsBut(d, author)...)
		}
	}
	for _, h := range holdings {
		supports := h.Post.Capability == cadre.Support && h.Post.Tier == cadre.DistrictTier
		if g.Post.Capability == cadre.Support && (g.Post.Tier == cadre.CommuneTier && supports ||
			g.Post.Tier == cadre.DistrictTier && h.Post.Capability == cadre.Watch) && h.CadreID != author {
			ids = append(ids, h.CadreID)
		}
	}
	return unique(ids)
}

// copyTo tells whether the leads of a level get a copy of a supporter's report.
func copyTo(g cadre.Grant, l territory.Level) bool {
	if g.Post.Capability != cadre.Support {
		return false
	}
	switch g.Post.Tier {
	case cadre.CommuneTier:
		return l == territory.Commune
	case cadre.DistrictTier:
		return l == territory.Commune || l == territory.Hamlet
	case cadre.ProvinceTier:
		return l == territory.District || l == territory.Subregion || l == territory.Commune
	}
	return false
}
