package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// versionURL leads to what a version of a report changed.
func versionURL(id uuid.UUID, n int) string {
	return fmt.Sprintf("%s/changes?number=%d", reportURL(id), n)
}

// reportChanges shows in what a version of a report differs from the one before it.
func (s *Server) reportChanges(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "report"))
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	found, err := s.app.Report(ctx, actor, id)
	if err != nil {
		return err
	}
	n := len(found.Versions)
	if text := r.URL.Query().Get("number"); text != "" {
		n = version(text)
	}
	if n < 1 || n > len(found.Versions) {
		return fault.NotFound()
	}
	at := len(found.Versions) - n // the newest stand first
	this := found.Versions[at]
	v := page.ChangesView{Base: s.base(w, r, i18n.T(ctx, "report.changes_title", "n", n))}
	v.Description = i18n.T(ctx, "report.changes_help", "time", i18n.DateTime(ctx, this.SentAt), "name", found.Author)
	v.Crumbs = crumbs(found.Chain)
	v.Back = component.Action{Label: i18n.T(ctx, "report.back"), URL: reportURL(id)}
	if n > 1 {
		for _, c := range versionInput(ctx, found, this).Changes(versionInput(ctx, found, found.Versions[at+1])) {
			text := page.ChangedText{Title: reportFieldName(ctx, found.Report.Kind, c.Field)}
			for _, p := range c.Parts {
				text.Parts = append(text.Parts, page.ChangedPart{Text: p.Text, Removed: p.Kind == casework.Removed, Added: p.Kind == casework.Added})
			}
			v.Changes = append(v.Changes, text)
		}
	}
	for i, other := range found.Versions {
		if i != at && other.Number > 1 {
			v.Others = append(v.Others, component.Action{Label: i18n.T(ctx, "report.version", "n", other.Number), URL: versionURL(id, other.Number)})
		}
	}
	return s.render(w, r, http.StatusOK, page.Changes(v))
}

// versionInput gives a version with its place and everything in it in words.
func versionInput(ctx context.Context, f app.Report, n app.ReportVersion) casework.ReportInput {
	in := casework.ReportInput{Kind: f.Report.Kind, Locality: n.Place, HappenedOn: dayText(ctx, n.HappenedOn), Content: casework.Content{}}
	form, _ := f.Report.Kind.Form()
	for _, field := range form.Fields() {
		in.Content.Set(field.Name, reportValue(ctx, field, n.Content[field.Name]))
	}
	return in
}

// reportFieldName words the name of a field of the form.
func reportFieldName(ctx context.Context, kind casework.ReportKind, name string) string {
	for _, part := range []string{"rating", "remark"} {
		if code, ok := strings.CutPrefix(name, part+"_"); ok {
			return i18n.T(ctx, "report.organisation."+code) + ": " + i18n.T(ctx, "report."+part)
		}
	}
	switch name {
	case "locality":
		return i18n.T(ctx, "report.place")
	case "what":
		if kind == casework.SituationReport {
			return i18n.T(ctx, "report.what")
		}
	}
	return reportFieldLabel(ctx, kind, name)
}
