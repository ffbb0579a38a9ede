package casework

import (
	"regexp"
	"strconv"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ReportState is the state of a report that was sent.
type ReportState string

// The states of a sent report.
const (
	ReportSubmitted    ReportState = "submitted"
	ReportAcknowledged ReportState = "acknowledged"
	ReportReturned     ReportState = "returned"
	ReportWithdrawn    ReportState = "withdrawn" // over: its author took it back before anybody had decided on it
)

// LateDays is how long somebody who holds nothing any more may still file what they saw (domain.md section 2).
const LateDays = 30

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
	Content    Content              // without what belongs to a household
	Visit      *Visit               // of a report that is about a household, as far as it is known to whoever reads it
	Usefulness Usefulness           // what the lead said who acknowledged it; zero until then
	Number     int                  // of the newest version of the text
	Version    int                  // grows with everything that happens to it
	ReceivedAt time.Time
}

// Object gives what the policy judges of the report.
func (r Report) Object() cadre.Object {
	return cadre.Object{Place: r.Place, Author: r.Author, Desk: r.Desk}
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
	form, ok := in.Kind.Form()
	if !ok {
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
	out.Content = in.checkContent(form, today, &fields)
	if month, err := ParseMonth(out.Content["month"]); err == nil && !out.HappenedOn.IsZero() && out.HappenedOn.Before(month.First()) {
		fields.Add("happened_on", "report.month_before")
	}
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

// checkContent reads the fields of the kind; what belongs to none of them is left behind.
func (in ReportInput) checkContent(form ReportForm, today territory.Day, fields *fault.Fields) Content {
	c := Content{}
	for _, f := range form.Fields() {
		c.Set(f.Name, f.read(in.Content[f.Name], today, fields))
	}
	if form.check != nil {
		form.check(c, fields)
	}
	return c
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
	form, ok := in.Kind.Form()
	if !ok {
		fields.Add("kind", "report.kind_unknown")
	}
	checkLength(&fields, "locality", in.Locality, MaxDraft)
	checkLength(&fields, "happened_on", in.HappenedOn, MaxDraft)
	known := form.Fields()
	for _, f := range known {
		checkLength(&fields, f.Name, in.Content[f.Name], MaxDraft)
	}
	return fields.Err()
}
