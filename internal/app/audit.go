package app

import (
	"context"
	"fmt"

	"banam/internal/cadre"
	"banam/internal/postgres"
)

// Rows of the audit log.
type (
	AuditFilter = postgres.AuditFilter
	AuditRow    = postgres.AuditRow
	AuditList   = postgres.AuditList
)

// manyRows is how many rows are a file and no page: nobody follows links there.
const manyRows = 500

// AuditLog lists what was changed, by whom and under which post, in the places that the actor administers. A place of the
// filter is named only where the actor may know of it.
func (a *App) AuditLog(ctx context.Context, actor cadre.Actor, f AuditFilter, page ListPage) (AuditList, error) {
	f.Inside = f.Place != 0 && !aboveOwn(actor, f.Place)
	list, err := a.db.AuditLog(ctx, postgres.AuditQuery{
		Scope: actor.Scope(cadre.Manage), Below: administered(actor), Filter: f, Day: actor.Today(), Links: page.Limit < manyRows,
	}, page)
	if err != nil {
		return AuditList{}, fmt.Errorf("listing the audit log: %w", err)
	}
	list.Place = viewable(actor, list.Place)
	return list, nil
}
