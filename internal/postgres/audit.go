package postgres

import (
	"context"
	"time"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// AuditEntry is one change of the administration. It never holds personal values, only which fields changed.
type AuditEntry struct {
	At         time.Time
	Actor      cadre.ID             // zero where the command line did it
	Assignment cadre.AssignmentID   // under which it was allowed; zero for none
	Locality   territory.LocalityID // whose administrators may read it; zero for nobody's
	Action     string               // such as assignment.end
	Object     string               // such as assignment
	ObjectID   string
	Fields     []string // that changed
}

// Audit writes an entry in the same transaction as the change that it tells of, together with what is sent next.
func (t *Tx) Audit(_ context.Context, e AuditEntry) error {
	fields := e.Fields
	if fields == nil {
		fields = []string{}
	}
	t.tx.queue(`INSERT INTO audit_entries (at, actor_id, assignment_id, locality_id, action, object, object_id, fields)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		e.At, orNobody(e.Actor), orNobody(e.Assignment), orNull(e.Locality), e.Action, e.Object, e.ObjectID, fields)
	return nil
}
