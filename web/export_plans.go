package web

import (
	"context"
	"net/http"
	"time"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/internal/sheet"
	"banam/internal/territory"
)

// exportPlans exports the plans of reorganisation.
func (s *Server) exportPlans(w http.ResponseWriter, r *http.Request) error {
	format, err := decodeExport(r, &struct{}{})
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	return exported(s, w, r, format, listing[app.Reorganisation]{
		name: "reorganisations", url: plansPath, action: cadre.Manage,
		columns: []column[app.Reorganisation]{
			textColumn("reorganisation.title_short", 40, func(p app.Reorganisation) string { return p.Title }),
			dayColumn("reorganisation.on", func(p app.Reorganisation) territory.Day { return p.On }),
			textColumn("reorganisation.decree", 34, func(p app.Reorganisation) string { return p.Decree }),
			{"reorganisation.changes_heading", 12, func(p app.Reorganisation) sheet.Cell { return sheet.Number(len(p.Changes)) }},
			textColumn("reorganisation.state", 24, func(p app.Reorganisation) string { return planState(ctx, p, actor.Today()).Label }),
			textColumn("import.by", 28, func(p app.Reorganisation) string { return p.AuthorName }),
		},
		batch: func(ctx context.Context, _ app.ListPage) ([]app.Reorganisation, string, error) {
			list, err := s.app.Reorganisations(ctx, actor)
			return list, "", err
		},
	})
}

// exportImports exports the lists that were uploaded; their file names are their makers' only.
func (s *Server) exportImports(w http.ResponseWriter, r *http.Request) error {
	format, err := decodeExport(r, &struct{}{})
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	return exported(s, w, r, format, listing[app.Import]{
		name: "imports", url: importsPath, action: cadre.Manage,
		columns: []column[app.Import]{
			textColumn("import.kind", 24, func(i app.Import) string { return i18n.T(ctx, "import.kind."+string(i.Kind)) }),
			momentColumn("import.at", func(i app.Import) time.Time { return i.CreatedAt }),
			textColumn("import.by", 28, func(i app.Import) string { return i.MakerName }),
			textColumn("place.name", 28, func(i app.Import) string { return i.Place }),
			textColumn("import.state", 24, func(i app.Import) string { return importBadge(ctx, i.State).Label }),
			textColumn("import.result", 44, func(i app.Import) string { return importResult(ctx, i) }),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.Import, string, error) {
			found, err := s.app.Imports(ctx, actor, page)
			return found.Rows, found.Next, err
		},
	})
}
