package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
)

// ReportsList names the list of reports among those whose filters are kept.
const ReportsList = "reports"

// MaxSavedFilters is how many filters of a list one person keeps.
const MaxSavedFilters = 20

// SavedFilter is a filter of a list under the name that its owner gave it.
type SavedFilter struct {
	Name  string
	Query string // of the list's address, without the question mark
}

// queueSaved adds the filters that somebody keeps of a list.
func queueSaved(b *batch, dst *[]SavedFilter, owner cadre.ID, list string) {
	queueAll(b, dst, pgx.RowToStructByPos[SavedFilter], `SELECT name, query FROM saved_filters WHERE cadre_id = $1 AND list = $2 ORDER BY name COLLATE "vi-x-icu"`, owner, list)
}

// SavedFilters reads the filters that somebody keeps of a list.
func (r reader) SavedFilters(ctx context.Context, owner cadre.ID, list string) ([]SavedFilter, error) {
	var saved []SavedFilter
	b := &batch{}
	queueSaved(b, &saved, owner, list)
	err := r.run(ctx, b)
	return saved, err
}

// SaveFilter keeps a filter, in the place of one of the same name. Conflict if there are too many.
func (t *Tx) SaveFilter(owner cadre.ID, list string, f SavedFilter, at time.Time) {
	t.tx.mustTouch(&fault.Error{Kind: fault.KindConflict, Key: "filter.too_many"}, `INSERT INTO saved_filters (cadre_id, list, name, query, saved_at)
		SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM saved_filters WHERE cadre_id = $1 AND list = $2 AND name <> $3) < $6
		ON CONFLICT (cadre_id, list, name) DO UPDATE SET query = excluded.query, saved_at = excluded.saved_at RETURNING 1`, owner, list, f.Name, f.Query, at, MaxSavedFilters)
}

// RemoveFilter forgets a filter; nothing happens if there is none of the name.
func (t *Tx) RemoveFilter(owner cadre.ID, list, name string) {
	t.tx.queue(`DELETE FROM saved_filters WHERE cadre_id = $1 AND list = $2 AND name = $3`, owner, list, name)
}
