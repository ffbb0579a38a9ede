package casework

import (
	"testing"
	"time"

	"banam/internal/territory"
)

// TestAcknowledgeIsNeverAfterAct puts an issue of each severity on a desk: no page may ask to acknowledge later than to act.
func TestAcknowledgeIsNeverAfterAct(t *testing.T) {
	t.Parallel()
	s := Situation{At: time.Date(2020, 3, 10, 9, 0, 0, 0, territory.Zone)}
	for _, severity := range Severities() {
		i := s.arrive(Issue{Severity: severity}, territory.Locality{ID: 1, Level: territory.Commune})
		if i.AcknowledgeBy.After(i.DueAt) {
			t.Errorf("severity %d: got acknowledge by %v after due %v", severity, i.AcknowledgeBy, i.DueAt)
		}
	}
}
