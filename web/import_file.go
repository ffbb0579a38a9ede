package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/sheet"
)

type importID = uuid.UUID

// spreadsheets are the kinds of lists that a browser offers to choose.
const spreadsheets = ".xlsx,.csv,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// readList reads the file of a form that carries one. It counts for the identity of what is sent.
func readList(r *http.Request) (name string, data []byte, err error) {
	broken := func(err error) error {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return &fault.Error{Kind: fault.KindInvalid, Key: "fault.too_large", Err: err}
		}
		return &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		return "", nil, nil // a form without a file, which the use case refuses
	}
	if err := r.ParseMultipartForm(inMemory); err != nil {
		return "", nil, broken(err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what is left on disk is the system's to clear
	sent, head, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, broken(err)
	}
	defer func() { _ = sent.Close() }() // only read
	if data, err = io.ReadAll(sent); err != nil {
		return "", nil, broken(err)
	}
	r.PostForm.Set("file_hash", app.FileHash(data))
	return head.Filename, data, nil
}

// importTemplate gives a workbook to fill in: the headings with an example, and a sheet that explains them.
func (s *Server) importTemplate(w http.ResponseWriter, r *http.Request) error {
	kind, err := importKind(chi.URLParam(r, "kind"))
	if err != nil {
		return err
	}
	ctx := r.Context()
	posts, err := s.app.ImportPosts(ctx, session(r).Actor)
	if err != nil {
		return err
	}
	list := sheet.Sheet{Name: i18n.T(ctx, "import.sheet_list"), Rows: [][]sheet.Cell{{}}}
	help := sheet.Sheet{Name: i18n.T(ctx, "import.sheet_help"), Columns: []sheet.Column{
		{Head: i18n.T(ctx, "import.help_column"), Width: 24}, {Head: i18n.T(ctx, "import.help_required"), Width: 12}, {Head: i18n.T(ctx, "import.help_how"), Width: 90},
	}}
	for _, f := range app.ImportFields(kind) {
		name := i18n.T(ctx, "import.column."+f.Key)
		list.Columns = append(list.Columns, sheet.Column{Head: name, Width: 20})
		example := ""
		if i18n.Has("import.example." + f.Key) {
			example = i18n.T(ctx, "import.example."+f.Key)
		}
		list.Rows[0] = append(list.Rows[0], sheet.Text(example))
		required := ""
		if f.Required {
			required = i18n.T(ctx, "import.help_yes")
		}
		help.Rows = append(help.Rows, []sheet.Cell{sheet.Text(name), sheet.Text(required), sheet.Text(i18n.T(ctx, "import.hint."+f.Key))})
		if f.Key == "post" {
			for _, p := range posts {
				help.Rows = append(help.Rows, []sheet.Cell{{}, {}, sheet.Text(postName(ctx, p.Post) + levelsOf(ctx, p))})
			}
		}
	}
	return s.sendTemplate(w, r, i18n.T(ctx, "import.template_file."+string(kind)), list, help)
}

// sendTemplate gives a workbook to fill in.
func (s *Server) sendTemplate(w http.ResponseWriter, r *http.Request, name string, sheets ...sheet.Sheet) error {
	var buf bytes.Buffer
	if err := sheet.WriteBook(&buf, sheets); err != nil {
		return fmt.Errorf("writing a template: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", sheet.XLSX.ContentType())
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	h.Set("Content-Disposition", `attachment; filename="`+name+`.xlsx"`)
	if _, err := buf.WriteTo(w); err != nil {
		s.log.Debug("the visitor left", "id", requestID(r))
	}
	return nil
}

// levelsOf says at which levels a post is held.
func levelsOf(ctx context.Context, p cadre.CataloguePost) string {
	var names []string
	for _, l := range p.Levels {
		names = append(names, i18n.T(ctx, "level."+string(l)))
	}
	return " (" + strings.Join(names, ", ") + ")"
}

// exportFailed gives the rows of a list that could not be taken, as they were typed, with the reasons: to be mended and uploaded again.
func (s *Server) exportFailed(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "import"))
	if err != nil {
		return err
	}
	var in struct{}
	format, err := decodeExport(r, &in)
	if err != nil {
		return err
	}
	actor := session(r).Actor
	first, err := s.app.Import(r.Context(), actor, id, app.RowError, 0, 1)
	if err != nil {
		return err
	}
	l := listing[app.ImportRow]{name: "failed_rows", url: importURL(first.Import), action: cadre.Manage}
	for at, c := range first.Columns {
		l.columns = append(l.columns, textColumn("import.column."+c.Key, 0, func(row app.ImportRow) string {
			if at < len(row.Typed) {
				return row.Typed[at]
			}
			return ""
		}))
	}
	l.columns = append(l.columns, textColumn("import.reasons", 70, func(row app.ImportRow) string {
		var texts []string
		for _, f := range row.Faults {
			texts = append(texts, faultText(r.Context(), first.Import, row.Line, f))
		}
		return strings.Join(texts, "; ")
	}))
	l.batch = func(ctx context.Context, p app.ListPage) ([]app.ImportRow, string, error) {
		found, err := s.app.Import(ctx, actor, id, app.RowError, int(number(p.After)), p.Limit)
		next := ""
		if found.Next > 0 {
			next = strconv.Itoa(found.Next)
		}
		return found.Rows, next, err
	}
	return exported(s, w, r, format, l)
}
