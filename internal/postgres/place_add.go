package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"banam/internal/territory"
)

// AddTarget is what it takes to judge a new place.
type AddTarget struct {
	NextID   territory.LocalityID
	Chain    territory.Chain // of the place above, today
	Exists   bool            // the place above exists from the day of the new one on
	Siblings []string        // names of the places right below it, on that day or later
	CodeOf   string          // name of the place that has the code on that day or later; empty for none
}

// HoldTree keeps plans of reorganisation from being confirmed until the end of the transaction, so that no place ends below a closed one.
func (t *Tx) HoldTree() { t.tx.queue(`SELECT pg_advisory_xact_lock_shared(` + alone + `)`) }

// LockParent reads what it takes to add a place below another one, after everybody else who was adding one there.
func (t *Tx) LockParent(ctx context.Context, parent territory.LocalityID, a territory.Addition, day territory.Day) (AddTarget, error) {
	var found AddTarget
	t.HoldTree()
	t.tx.queue(`SELECT 1 FROM localities WHERE id = $1 FOR NO KEY UPDATE`, parent)
	b := &batch{}
	b.Queue(`SELECT nextval(pg_get_serial_sequence('localities', 'id'))`).QueryRow(func(row pgx.Row) error { return row.Scan(&found.NextID) })
	queueChain(b, &found.Chain, "$1", parent, day)
	if !a.From.IsZero() {
		b.Queue(`SELECT coalesce(range_agg(valid) @> daterange($2, NULL), false) FROM locality_versions WHERE locality_id = $1`, parent, a.From).
			QueryRow(func(row pgx.Row) error { return row.Scan(&found.Exists) })
		queueAll(b, &found.Siblings, pgx.RowTo[string], `SELECT name FROM locality_versions WHERE parent_id = $1 AND valid && daterange($2, NULL)
			AND search_key = search_key($3)`, parent, a.From, a.Name)
		b.Queue(`SELECT coalesce((SELECT name FROM locality_versions WHERE code = $1 AND valid && daterange($2, NULL) LIMIT 1), '')`, a.Code, a.From).
			QueryRow(func(row pgx.Row) error { return row.Scan(&found.CodeOf) })
	}
	return found, t.run(ctx, b)
}

// InsertPlace keeps a new place, with the id of its target, below another one.
func (t *Tx) InsertPlace(a territory.Addition, parent territory.LocalityID) {
	b := &batch{}
	b.Queue(`INSERT INTO localities (id, level) OVERRIDING SYSTEM VALUE VALUES ($1, $2)`, a.ID, a.Level)
	b.Queue(`INSERT INTO locality_versions (locality_id, parent_id, code, type, name, legal_basis, valid) VALUES ($1, $2, nullif($3, ''), $4, $5, $6, daterange($7, NULL))`,
		a.ID, parent, a.Code, a.Type, a.Name, a.Decree, a.From)
	t.tx.put(b)
}
