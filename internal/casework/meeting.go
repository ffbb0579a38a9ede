package casework

import (
	"time"

	"github.com/google/uuid"

	"banam/internal/fault"
	"banam/internal/territory"
)

// Limits of a meeting: minutes of one issue, issues on one agenda, and how far ahead or back it lies.
const (
	MaxMinutes     = 480
	MaxAgenda      = 60
	UsualMinutes   = 10
	maxMeetingDays = 366
)

// MeetingInput is a meeting as typed: the day as yyyy-mm-dd and the hour as hh:mm, both in Asia/Ho_Chi_Minh.
type MeetingInput struct{ Title, Place, Day, Hour string }

// Check reads a typed meeting. It returns an Invalid fault at the fields title, place, day and hour. A meeting that is written down
// afterwards may lie in the past.
func (in MeetingInput) Check(today territory.Day) (at time.Time, err error) {
	var fields fault.Fields
	checkText(&fields, "title", in.Title, MaxTitle, "meeting.title_required")
	checkLength(&fields, "place", in.Place, MaxTitle)
	day, wrong := territory.ParseDay(in.Day)
	switch {
	case in.Day == "":
		fields.Add("day", "meeting.day_required")
	case wrong != nil, day.Before(today.Add(-maxMeetingDays)), day.After(today.Add(maxMeetingDays)):
		fields.Add("day", "meeting.day_wrong")
	}
	hour, wrong := time.Parse("15:04", in.Hour)
	if wrong != nil {
		fields.Add("hour", "meeting.hour_wrong")
	}
	if err := fields.Err(); err != nil {
		return time.Time{}, err
	}
	return day.Start().Add(time.Duration(hour.Hour())*time.Hour + time.Duration(hour.Minute())*time.Minute), nil
}

// AgendaInput is one row of an agenda as typed.
type AgendaInput struct {
	Issue             uuid.UUID
	Position, Minutes int
	Remove            bool
}

// CheckAgenda judges the rows of an agenda. It returns an Invalid fault at the fields position_ and minutes_, each with the issue's id.
func CheckAgenda(rows []AgendaInput) error {
	var fields fault.Fields
	for _, r := range rows {
		if r.Remove {
			continue
		}
		if r.Position < 1 || r.Position > 999 {
			fields.Add("position_"+r.Issue.String(), "meeting.position_wrong")
		}
		if r.Minutes < 1 || r.Minutes > MaxMinutes {
			fields.Add("minutes_"+r.Issue.String(), "meeting.minutes_wrong", "max", MaxMinutes)
		}
	}
	return fields.Err()
}

// Begins gives when each item of an agenda begins: one after the other from the beginning of the meeting.
func Begins(start time.Time, minutes []int) []time.Time {
	at := make([]time.Time, len(minutes))
	for i, m := range minutes {
		at[i] = start
		start = start.Add(time.Duration(m) * time.Minute)
	}
	return at
}
