package app

import "github.com/google/uuid"

// NotifyReport is the job that tells people of a report that was sent.
type NotifyReport struct {
	ReportID uuid.UUID `json:"report_id"`
	Number   int       `json:"number"` // of the version that was sent
}

// Kind names the job.
func (NotifyReport) Kind() string { return "notify_report" }
