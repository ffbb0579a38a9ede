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
	Quantity   *int     // of what it tells at once, such as exported rows; nil for one thing
}

// Audit writes an entry in the same transaction as the change that it tells of, together with what is sent next. It keeps the
// places above its own on its day.
func (t *Tx) Audit(_ context.Context, e AuditEntry) error {
	fields := e.Fields
	if fields == nil {
		fields = []string{}
	}
	t.tx.queue(`INSERT INTO audit_entries (at, actor_id, assignment_id, locality_id, action, object, object_id, fields, quantity, province_id, district_id, commune_id, hamlet_id)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, `+placeColumns("ch.locality_id", "ch.level")+`
		FROM locality_chain($4, $10) ch`,
		e.At, orNobody(e.Actor), orNobody(e.Assignment), orNull(e.Locality), e.Action, e.Object, e.ObjectID, fields, e.Quantity, territory.DayOf(e.At))
	return nil
}
