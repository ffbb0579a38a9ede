package app

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// SavedFilter is a filter of a list under the name that its owner gave it.
type SavedFilter = postgres.SavedFilter

// MaxFilterName is how long the name of a saved filter can be, in characters.
const MaxFilterName = 40

// SavedReportFilters lists the filters that the actor keeps of the list of reports.
func (a *App) SavedReportFilters(ctx context.Context, actor cadre.Actor) ([]SavedFilter, error) {
	saved, err := a.db.SavedFilters(ctx, actor.CadreID, postgres.ReportsList)
	if err != nil {
		return nil, fmt.Errorf("reading saved filters: %w", err)
	}
	return saved, nil
}

// SaveReportFilter keeps a filter of the list of reports for the actor, in the place of one of the same name. The caller has read the query
// and written it anew. Invalid at name, Conflict if the actor keeps as many as can be.
func (a *App) SaveReportFilter(ctx context.Context, actor cadre.Actor, s Submission, f SavedFilter) error {
	f.Name = oneLine(f.Name)
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		switch n := utf8.RuneCountInString(f.Name); {
		case n == 0:
			return uuid.Nil, fault.Invalid(fault.At("name", "filter.name_required"))
		case n > MaxFilterName:
			return uuid.Nil, fault.Invalid(fault.At("name", "filter.name_long", "max", MaxFilterName))
		case f.Query == "":
			return uuid.Nil, fault.Conflict("filter.nothing")
		}
		tx.SaveFilter(actor.CadreID, postgres.ReportsList, f, a.now())
		return s.ID, nil
	})
	if err != nil {
		return fmt.Errorf("saving a filter: %w", err)
	}
	return nil
}

// RemoveReportFilter forgets a saved filter of the actor's.
func (a *App) RemoveReportFilter(ctx context.Context, actor cadre.Actor, s Submission, name string) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		tx.RemoveFilter(actor.CadreID, postgres.ReportsList, oneLine(name))
		return s.ID, nil
	})
	if err != nil {
		return fmt.Errorf("removing a saved filter: %w", err)
	}
	return nil
}
