package app

import (
	"context"
	"fmt"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// MostPrinted is how many reports a set can have that is printed.
const MostPrinted = 100

// ReportSet is a set of reports to be printed: the newest of a filter, with what everybody who reads them may read. What visits say about
// households is not in it. In whose name it is printed follows from the reader's own place.
type ReportSet struct {
	Rows []ReportRow
	More bool            // there are others
	Post cadre.Post      // of the reader, under which it is printed
	Own  territory.Chain // of the place where they hold it
}

// ReportSet gives the newest reports of a filter that the actor may read, to be printed, and notes that as an export of so many reports.
func (a *App) ReportSet(ctx context.Context, actor cadre.Actor, f ReportFilter, fields []string) (ReportSet, error) {
	f.Whole = true
	list, err := a.Reports(ctx, actor, f, ListPage{Limit: MostPrinted})
	if err != nil {
		return ReportSet{}, err
	}
	set := ReportSet{Rows: list.Rows, More: list.Next != ""}
	for _, g := range actor.Grants {
		if g.Allows(cadre.ReadReport) && (set.Post.Code == "" || g.Locality.Level.Above(set.Own.Self().Level)) {
			set.Post = g.Post
			set.Own = territory.Chain{g.Locality}
		}
	}
	if len(set.Own) > 0 {
		if set.Own, err = a.db.ChainOf(ctx, set.Own.Self().ID, actor.Today()); err != nil {
			return ReportSet{}, fmt.Errorf("reading where a set of reports is printed: %w", err)
		}
	}
	if len(set.Rows) == 0 {
		return set, nil
	}
	return set, a.NoteExport(ctx, actor, Export{List: "report_set", Action: cadre.ReadReport, Fields: fields, Rows: len(set.Rows)})
}
