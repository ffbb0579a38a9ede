package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/sheet"
	"banam/templates/component"
	"banam/templates/page"
)

// importsPath is where administrators upload lists.
const importsPath = "/imports"

// importRoutes are those of lists that are uploaded.
func (s *Server) importRoutes(may func(cadre.Action) access) {
	may(cadre.Manage).get(importsPath, s.imports)
	may(cadre.Manage).post("/imports/export", s.exportImports)
	may(cadre.Manage).get("/imports/new", s.newImportForm)
	may(cadre.Manage).post("/imports/new", s.uploadList)
	may(cadre.Manage).get("/imports/templates/{kind}", s.importTemplate)
	may(cadre.Manage).get("/imports/{import}", s.importPage)
	may(cadre.Manage).post("/imports/{import}/accept", s.acceptImport)
	may(cadre.Manage).post("/imports/{import}/abandon", s.abandonImport)
	may(cadre.Manage).post("/imports/{import}/undo", s.undoImport)
	may(cadre.Manage).post("/imports/{import}/export", s.exportFailed)
}

// busyRefresh is after how many seconds the page of an import that a job is at comes anew, without any script.
const busyRefresh = "2"

// imports lists what was uploaded before, and leads to the kinds of lists.
func (s *Server) imports(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	after := r.URL.Query().Get("after")
	list, err := s.app.Imports(ctx, actor, app.ListPage{After: after, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.ImportsView{Base: s.base(w, r, "imports.title")}
	v.Description = i18n.T(ctx, "imports.help")
	for _, k := range app.ImportKinds() {
		v.Kinds = append(v.Kinds, page.ImportWay{
			Title: i18n.T(ctx, "import.kind."+string(k)), Help: i18n.T(ctx, "import.kind_help."+string(k)), URL: importsPath + "/new?kind=" + string(k),
			TemplateURL: importsPath + "/templates/" + string(k),
		})
	}
	for _, i := range list.Rows {
		row := page.ImportLine{
			Title: i18n.T(ctx, "import.kind."+string(i.Kind)), By: i.MakerName, Place: i.Place, At: component.StampOf(ctx, i.CreatedAt, actor.At),
			State: importBadge(ctx, i.State), Result: importResult(ctx, i),
		}
		if i.Maker == actor.CadreID {
			row.URL, row.File = importURL(i), i.FileName
		}
		v.Rows = append(v.Rows, row)
	}
	if list.Next != "" {
		v.Pager.NextURL = importsPath + "?after=" + url.QueryEscape(list.Next)
	}
	if after != "" {
		v.Pager.FirstURL = importsPath
	}
	if len(list.Rows) > 0 {
		v.Pager.Export = exportOf(importsPath)
	}
	return s.render(w, r, http.StatusOK, page.Imports(v))
}

func importURL(i app.Import) string { return importsPath + "/" + i.ID.String() }

func importBadge(ctx context.Context, state app.ImportState) component.BadgeView {
	tone := component.Neutral
	switch {
	case state.Busy():
		tone = component.Info
	case state == "ready":
		tone = component.Warn
	case state == "done":
		tone = component.Success
	case state == "failed":
		tone = component.Danger
	}
	return component.BadgeView{Label: i18n.T(ctx, "import.state."+string(state)), Tone: tone}
}

// importResult words the numbers of an import.
func importResult(ctx context.Context, i app.Import) string {
	if i.State == "checking" {
		return i18n.Plural(ctx, "import.rows", i.Total)
	}
	var parts []string
	for _, v := range app.Verdicts() {
		if n := i.Counts[v]; n > 0 {
			parts = append(parts, i18n.T(ctx, "import.count."+verdictWord(i.Kind, v), "n", i18n.Count(ctx, n)))
		}
	}
	return strings.Join(parts, ", ")
}

// importKind reads the kind of a list; NotFound for none that can be uploaded.
func importKind(text string) (app.ImportKind, error) {
	k := app.ImportKind(text)
	if !slices.Contains(app.ImportKinds(), k) {
		return "", fault.NotFound()
	}
	return k, nil
}

func (s *Server) newImportForm(w http.ResponseWriter, r *http.Request) error {
	kind, err := importKind(r.URL.Query().Get("kind"))
	if r.URL.Query().Get("kind") == "" {
		kind, err = app.ImportCadres, nil
	}
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.NewImport(s.newImportView(w, r, kind, nil)))
}

func (s *Server) newImportView(w http.ResponseWriter, r *http.Request, kind app.ImportKind, cause error) page.NewImportView {
	ctx := r.Context()
	v := page.NewImportView{
		Base: s.base(w, r, i18n.T(ctx, "import.new_title", "kind", strings.ToLower(i18n.T(ctx, "import.kind."+string(kind))))), Action: importsPath + "/new",
		SubmissionID: newID(), Kind: string(kind), TemplateURL: importsPath + "/templates/" + string(kind), BackURL: importsPath,
		File: component.Field{
			Name: "file", Label: i18n.T(ctx, "import.file"), Hint: i18n.T(ctx, "import.file_hint", "limit", app.MaxFile>>20), Error: fieldErrors(ctx, cause)["file"], Required: true,
			Value: spreadsheets,
		},
	}
	v.Description, v.Summary, v.Narrow = i18n.T(ctx, "import.kind_help."+string(kind)), summary(ctx, cause), true
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "imports.title"), URL: importsPath}}
	for _, f := range app.ImportFields(kind) {
		v.Columns = append(v.Columns, page.ImportColumnHelp{Name: i18n.T(ctx, "import.column."+f.Key), Help: i18n.T(ctx, "import.hint."+f.Key), Required: f.Required})
	}
	return v
}

// upload reads a list and leads to what it would do.
func (s *Server) uploadList(w http.ResponseWriter, r *http.Request) error {
	name, data, err := readList(r)
	if err != nil {
		return err
	}
	var in struct {
		SubmissionID string `form:"submission_id"`
		Kind         string `form:"kind"`
	}
	if err := decode(r, &in); err != nil {
		return err
	}
	kind, err := importKind(in.Kind)
	if in.Kind == "" {
		kind, err = app.ImportCadres, nil
	}
	if err != nil {
		return err
	}
	id, err := s.app.UploadList(r.Context(), session(r).Actor, submission(r), app.Upload{Kind: kind, FileName: name, Data: data})
	if fault.KindOf(err) == fault.KindInvalid {
		return s.render(w, r, statusOf(err), page.NewImport(s.newImportView(w, r, kind, err)))
	}
	if err != nil {
		return err
	}
	return s.seeOther(w, r, importsPath+"/"+id.String(), "")
}

// typedShown is how many values of a row are shown, the first ones.
const typedShown = 8

// importPage shows what a list would do, does, or did.
func (s *Server) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.importView(w, r, nil)
}

func (s *Server) importView(w http.ResponseWriter, r *http.Request, cause error) error {
	id, err := uuidParam(chi.URLParam(r, "import"))
	if err != nil {
		return err
	}
	ctx, actor, q := r.Context(), session(r).Actor, r.URL.Query()
	verdict := app.Verdict(q.Get("verdict"))
	if !slices.Contains(app.Verdicts(), verdict) {
		verdict = ""
	}
	i, err := s.app.Import(ctx, actor, id, verdict, int(number(q.Get("after"))), rowsPerPage)
	if err != nil {
		return err
	}
	if i.State.Busy() {
		w.Header().Set("Refresh", busyRefresh)
	}
	base := importURL(i.Import)
	v := page.ImportView{
		Base: s.base(w, r, i18n.T(ctx, "import.page_title", "kind", strings.ToLower(i18n.T(ctx, "import.kind."+string(i.Kind))))), State: importBadge(ctx, i.State),
		SubmissionID: newID(), OtherID: newID(),
		AcceptURL: base + "/accept", AbandonURL: base + "/abandon", UndoURL: base + "/undo", NewURL: importsPath + "/new?kind=" + string(i.Kind),
	}
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "imports.title"), URL: importsPath}}
	v.Description, v.Summary = i18n.T(ctx, "import.state_help."+string(i.State)), summary(ctx, cause)
	v.Facts = importFacts(ctx, i.Import)
	status := http.StatusOK
	if cause != nil {
		status = statusOf(cause)
	}
	if i.State.Busy() {
		v.Progress, v.Handled, v.Total = i18n.T(ctx, "import.progress", "n", i18n.Count(ctx, i.Handled), "total", i18n.Count(ctx, i.Total)), i.Handled, i.Total
		return s.render(w, r, status, page.Import(v))
	}
	for _, k := range app.Verdicts() {
		t := component.Tile{Number: i18n.Count(ctx, i.Counts[k]), Label: i18n.T(ctx, "import.verdict."+verdictWord(i.Kind, k))}
		if i.PurgedAt == nil && i.Counts[k] > 0 {
			t.URL = base + "?verdict=" + string(k)
		}
		if k == app.RowError && i.Counts[k] > 0 {
			t.Tone = component.Warn
		}
		v.Tiles = append(v.Tiles, t)
	}
	good := i.Counts[app.RowNew] + i.Counts[app.RowChanged]
	if i.State == "ready" {
		v.Abandon = true
		if good > 0 {
			v.Accept = i18n.Plural(ctx, "import.accept", good)
		}
	}
	v.Undo = app.Undoable(i.Import)
	if verdict != "" {
		v.Chosen, v.AllURL = i18n.T(ctx, "import.verdict."+verdictWord(i.Kind, verdict)), base
	}
	for _, row := range i.Rows {
		v.Rows = append(v.Rows, importRow(ctx, i.Import, row))
	}
	if i.Counts[app.RowError] > 0 && i.PurgedAt == nil {
		v.Failed = &component.ExportView{Action: base + "/export"}
	}
	more := func(after int) string {
		values := url.Values{}
		if verdict != "" {
			values.Set("verdict", string(verdict))
		}
		if after > 0 {
			values.Set("after", strconv.Itoa(after))
		}
		if len(values) == 0 {
			return base
		}
		return base + "?" + values.Encode()
	}
	if i.Next > 0 {
		v.Pager.NextURL = more(i.Next)
	}
	if q.Get("after") != "" {
		v.Pager.FirstURL = more(0)
	}
	return s.render(w, r, status, page.Import(v))
}

func importFacts(ctx context.Context, i app.Import) []component.Fact {
	facts := []component.Fact{{Label: i18n.T(ctx, "import.file_name"), Value: i.FileName}}
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, component.Fact{Label: i18n.T(ctx, key), Value: value})
		}
	}
	add("import.sheet", i.Sheet)
	add("import.rows_label", i18n.Count(ctx, i.Total))
	var read []string
	for _, c := range i.Columns {
		read = append(read, i18n.T(ctx, "import.column."+c.Key))
	}
	add("import.columns_read", strings.Join(read, ", "))
	add("import.columns_ignored", strings.Join(i.Ignored, ", "))
	if i.Refusal != "" {
		add("import.refusal", i18n.T(ctx, i.Refusal))
	}
	return facts
}

func importRow(ctx context.Context, i app.Import, row app.ImportRow) page.ImportRowView {
	v := page.ImportRowView{Line: i18n.T(ctx, "import.line", "n", row.Line), Verdict: verdictBadge(ctx, i.Kind, row.Verdict)}
	var typed []string
	for _, t := range row.Typed {
		if t != "" && len(typed) < typedShown {
			typed = append(typed, t)
		}
	}
	v.Typed = strings.Join(typed, " · ")
	for _, f := range row.Faults {
		v.Notes = append(v.Notes, faultText(ctx, i, row.Line, f))
	}
	if row.Verdict == app.RowChanged {
		var names []string
		for _, f := range row.Fields {
			names = append(names, i18n.T(ctx, "import.field."+f))
		}
		if len(names) > 0 {
			v.Notes = append(v.Notes, i18n.T(ctx, "import.changes", "fields", strings.Join(names, ", ")))
		}
	}
	return v
}

// verdictWord names a verdict: of households, a changed one may be one that is only known to be there.
func verdictWord(kind app.ImportKind, v app.Verdict) string {
	if kind == app.ImportHouseholds && v == app.RowChanged {
		return "known"
	}
	return string(v)
}

func verdictBadge(ctx context.Context, kind app.ImportKind, v app.Verdict) component.BadgeView {
	tone := map[app.Verdict]component.Tone{app.RowNew: component.Success, app.RowChanged: component.Info, app.RowSame: component.Neutral, app.RowError: component.Danger}[v]
	return component.BadgeView{Label: i18n.T(ctx, "import.verdict."+verdictWord(kind, v)), Tone: tone}
}

// faultText words an error of a row with the address of its cell: "Ô C17: …". A column that the file lacks has none.
func faultText(ctx context.Context, i app.Import, line int, f fault.Field) string {
	text := i18n.T(ctx, f.Key, f.Args...)
	for _, c := range i.Columns {
		if c.Key == f.Name {
			return i18n.T(ctx, "import.at_cell", "cell", sheet.CellName(c.At, line), "text", text)
		}
	}
	return text
}

func (s *Server) acceptImport(w http.ResponseWriter, r *http.Request) error {
	return s.moveImport(w, r, s.app.AcceptImport)
}

func (s *Server) abandonImport(w http.ResponseWriter, r *http.Request) error {
	return s.moveImport(w, r, s.app.AbandonImport)
}

func (s *Server) undoImport(w http.ResponseWriter, r *http.Request) error {
	return s.moveImport(w, r, s.app.UndoImport)
}

func (s *Server) moveImport(w http.ResponseWriter, r *http.Request, move func(context.Context, cadre.Actor, app.Submission, importID) error) error {
	id, err := uuidParam(chi.URLParam(r, "import"))
	if err != nil {
		return err
	}
	sent, err := s.sent(r)
	if err != nil {
		return err
	}
	if err := move(r.Context(), session(r).Actor, sent, id); err != nil {
		if fault.KindOf(err) == fault.KindConflict {
			return s.importView(w, r, err)
		}
		return err
	}
	return s.seeOther(w, r, importsPath+"/"+id.String(), "")
}
