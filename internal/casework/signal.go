package casework

import "banam/internal/territory"

// SilentDays is after how many days without a report a place counts as silent: the duty is monthly, and half a month is
// left for being late (domain.md section 7, "Signals for leads").
const SilentDays = 45

// Silent tells whether nobody has reported from a place for too long. No day is never.
func Silent(last, today territory.Day) bool {
	return last.IsZero() || last.Add(SilentDays).Before(today)
}
