package app

import "github.com/google/uuid"

// PeriodicQueue is the queue of the jobs that run by the clock, apart from those that people wait for.
const PeriodicQueue = "periodic"

// NotifyIssue is the job that tells people of one event of an issue.
type NotifyIssue struct {
	EventID uuid.UUID `json:"event_id"`
}

// Kind names the job.
func (NotifyIssue) Kind() string { return "notify_issue" }

// PassVacant is the job that passes open issues on from desks that nobody leads.
type PassVacant struct{}

// Kind names the job.
func (PassVacant) Kind() string { return "pass_vacant" }

// SweepSessions is the job that forgets sessions which could not be used any more.
type SweepSessions struct{}

// Kind names the job.
func (SweepSessions) Kind() string { return "sweep_sessions" }

// LapseIssues is the job that does what the working clock does by itself.
type LapseIssues struct{}

// Kind names the job.
func (LapseIssues) Kind() string { return "lapse_issues" }

// SweepFiles is the job that removes what was attached to nothing.
type SweepFiles struct{}

// Kind names the job.
func (SweepFiles) Kind() string { return "sweep_files" }

// OpenHandovers is the job that begins the handovers of assignments that end by themselves.
type OpenHandovers struct{}

// Kind names the job.
func (OpenHandovers) Kind() string { return "open_handovers" }

// RecountHouseholds is the job that counts households anew where a class began or ended by itself.
type RecountHouseholds struct{}

// Kind names the job.
func (RecountHouseholds) Kind() string { return "recount_households" }
