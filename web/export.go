package web

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/sheet"
	"banam/internal/territory"
	"banam/templates/component"
)

const (
	exportLimit   = 50_000 // rows of a file
	exportBatch   = 2_000  // rows read at once
	exportTime    = 40 * time.Second
	exportsAtOnce = 2
)

// listing is a list as it is exported: exactly the rows of its filter and of the reader's scope, all pages of them.
type listing[T any] struct {
	name    string               // in the audit log; export.<name> words it, export.<name>_file names the file
	url     string               // of the list with its filter, without a cursor
	action  cadre.Action         // that allows to read it
	place   territory.LocalityID // whose list it is; zero for none
	columns []column[T]
	batch   func(ctx context.Context, page app.ListPage) (rows []T, next string, err error)
}

// column is one column of a list: its heading and the value of a row.
type column[T any] struct {
	head  string // message key, or the heading itself where there is no message of the key
	width int    // in characters; zero for a usual one
	cell  func(T) sheet.Cell
}

// exportOf offers the list at a URL as a file: its path with /export takes the filter by POST.
func exportOf(listURL string) *component.ExportView {
	path, filter := splitURL(listURL)
	v := &component.ExportView{Action: path + "/export"}
	for _, name := range slices.Sorted(maps.Keys(filter)) {
		v.Hidden = append(v.Hidden, component.HiddenValue{Name: name, Value: filter.Get(name)})
	}
	return v
}

func splitURL(listURL string) (path string, filter url.Values) {
	path, query, _ := strings.Cut(listURL, "?")
	filter, err := url.ParseQuery(query)
	if err != nil {
		return path, nil // never: the URLs are made by url.Values
	}
	return path, filter
}

// decodeExport reads the filter of a list and the format from the form that asks for the file.
func decodeExport(r *http.Request, filter any) (sheet.Format, error) {
	if err := decode(r, filter); err != nil {
		return "", err
	}
	if r.PostForm.Get("format") == string(sheet.CSV) {
		return sheet.CSV, nil
	}
	return sheet.XLSX, nil
}

// exported answers with a list as a file. The rows are read batch by batch and written to a file that has no name any more, so
// that memory stays small, a list that is too long or a fault in the middle is a page and not half a file, and the audit log
// knows how many rows there are before the first of them leaves.
func exported[T any](s *Server, w http.ResponseWriter, r *http.Request, format sheet.Format, l listing[T]) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), exportTime)
	defer cancel()
	select {
	case s.exports <- struct{}{}:
		defer func() { <-s.exports }()
	case <-r.Context().Done():
		return fault.Unavailable("export.busy", r.Context().Err())
	}
	file, err := os.CreateTemp("", "export-")
	if err != nil {
		return fmt.Errorf("making a file for an export: %w", err)
	}
	defer func() { _ = file.Close() }()
	if err := os.Remove(file.Name()); err != nil {
		return fmt.Errorf("taking the name off the file of an export: %w", err)
	}
	rows, err := l.write(ctx, file, format)
	if fault.KindOf(err) == fault.KindInvalid {
		return keeping{error: err, back: &component.Action{Label: i18n.T(ctx, "export.back"), URL: l.url, Icon: "back"}}
	}
	if err != nil {
		return err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return fmt.Errorf("reading the file of an export: %w", err)
	}
	actor := session(r).Actor
	_, filter := splitURL(l.url)
	if err := s.app.NoteExport(ctx, actor, app.Export{
		List: l.name, Action: l.action, Fields: slices.Sorted(maps.Keys(filter)), Rows: rows, Place: l.place,
	}); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", format.ContentType())
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", `attachment; filename="`+i18n.T(ctx, "export."+l.name+"_file")+"-"+actor.Today().String()+"."+string(format)+`"`)
	h.Set(gzhttp.HeaderNoCompression, "1")
	if _, err := io.Copy(w, file); err != nil {
		s.log.Debug("the visitor left", "id", requestID(r))
	}
	return nil
}

// write writes all rows and gives their number. Invalid if there are too many for a file.
func (l listing[T]) write(ctx context.Context, to io.Writer, format sheet.Format) (int, error) {
	heads := make([]sheet.Column, len(l.columns))
	for i, c := range l.columns {
		heads[i] = sheet.Column{Head: c.head, Width: c.width}
		if i18n.Has(c.head) {
			heads[i].Head = i18n.T(ctx, c.head)
		}
	}
	out, err := sheet.NewWriter(to, format, i18n.T(ctx, "export."+l.name), heads)
	if err != nil {
		return 0, fmt.Errorf("exporting %s: %w", l.name, err)
	}
	n, cells := 0, make([]sheet.Cell, len(l.columns))
	for after := ""; ; {
		rows, next, err := l.batch(ctx, app.ListPage{After: after, Limit: exportBatch})
		if err != nil {
			return 0, err
		}
		if n += len(rows); n > exportLimit || n == exportLimit && next != "" {
			return 0, &fault.Error{Kind: fault.KindInvalid, Key: "export.too_long", Args: []any{"n", i18n.Count(ctx, exportLimit)}}
		}
		for _, row := range rows {
			for i, c := range l.columns {
				cells[i] = c.cell(row)
			}
			if err := out.Row(cells); err != nil {
				return 0, fmt.Errorf("exporting %s: %w", l.name, err)
			}
		}
		if after = next; after == "" {
			break
		}
	}
	if err := out.Close(); err != nil {
		return 0, fmt.Errorf("exporting %s: %w", l.name, err)
	}
	return n, nil
}

// textColumn makes a column of texts.
func textColumn[T any](head string, width int, value func(T) string) column[T] {
	return column[T]{head, width, func(row T) sheet.Cell { return sheet.Text(value(row)) }}
}

// dayColumn makes a column of days.
func dayColumn[T any](head string, value func(T) territory.Day) column[T] {
	return column[T]{head, 12, func(row T) sheet.Cell {
		if d := value(row); !d.IsZero() {
			return sheet.Day(d.Start().In(i18n.Zone))
		}
		return sheet.Cell{}
	}}
}

// momentColumn makes a column of instants.
func momentColumn[T any](head string, value func(T) time.Time) column[T] {
	return column[T]{head, 17, func(row T) sheet.Cell { return sheet.Moment(value(row).In(i18n.Zone)) }}
}
