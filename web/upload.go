package web

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// The largest form with a file that is read, and the largest one with several, in bytes.
const (
	maxUpload  = app.MaxFile + 1<<20
	maxUploads = 30 << 20
)

// mostFiles is how many files can come with a move of an issue.
const mostFiles = 5

// fileNamePrefix begins the field that carries the name of a file that came before.
const fileNamePrefix = "file_name_"

// inMemory is how much of a form with files is held in memory while it is read; the rest waits on disk.
const inMemory = 2 << 20

// acceptFiles are the kinds that a browser offers to choose.
const acceptFiles = "application/pdf,image/jpeg,image/png"

// upload are the files of a form as it is posted: those that came with it before, by their ids, and new ones.
type upload struct {
	files []sentFile
	err   error // what is wrong with a new one
}

// sentFile is one of them, by the name that it was sent under.
type sentFile struct {
	app.FileInput
	name string
}

// one gives the file of a form that takes one; none for a form without.
func (up *upload) one() app.FileInput {
	if up == nil || len(up.files) == 0 {
		return app.FileInput{}
	}
	return up.files[len(up.files)-1].FileInput
}

// inputs gives the files of a form that takes several.
func (up *upload) inputs() []app.FileInput {
	list := make([]app.FileInput, len(up.files))
	for i, f := range up.files {
		list[i] = f.FileInput
	}
	return list
}

// readUpload reads the files of a form that may carry up to so many, before the rest of the form is decoded. Files that came before are
// named by the values file_id, their names by file_name_ and the id; where the form takes one file, a new one takes its place. The files
// count for the identity of what is sent. The error is of the form as a whole.
func (s *Server) readUpload(r *http.Request, most int) (*upload, error) {
	up := &upload{}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		if err := r.ParseForm(); err == nil {
			up.readKept(r.PostForm)
		}
		return up, nil // decode says what is wrong with the form
	}
	if err := r.ParseMultipartForm(inMemory); err != nil {
		return nil, broken(err)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what is left on disk is the system's to clear
	up.readKept(r.PostForm)
	for _, head := range r.MultipartForm.File["file"] {
		if head.Filename == "" && head.Size == 0 {
			continue // nothing was chosen
		}
		if len(up.files) >= most && most > 1 {
			up.err = fault.Invalid(fault.At("file", "file.too_many", "limit", most))
			break
		}
		if err := s.receive(r, head, up); err != nil {
			return nil, err
		}
	}
	if len(up.files) > most && most > 1 {
		up.err, up.files = fault.Invalid(fault.At("file", "file.too_many", "limit", most)), up.files[:most]
	}
	return up, nil
}

func (up *upload) readKept(values url.Values) {
	for _, text := range values["file_id"] {
		if id, err := uuid.Parse(text); err == nil && len(up.files) < mostFiles {
			up.files = append(up.files, sentFile{FileInput: app.FileInput{Kept: id}, name: values.Get(fileNamePrefix + id.String())})
		}
	}
}

// receive takes one new file in, or notes what is wrong with it.
func (s *Server) receive(r *http.Request, head *multipart.FileHeader, up *upload) error {
	sent, err := head.Open()
	if err != nil {
		return broken(err)
	}
	defer func() { _ = sent.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(sent, app.MaxFile+1))
	if err != nil {
		return broken(err)
	}
	r.PostForm.Add("file_hash", app.FileHash(data))
	received, err := s.app.ReceiveFile(head.Filename, data)
	switch {
	case fault.KindOf(err) == fault.KindInvalid:
		up.err = err
		return nil
	case err != nil:
		return err
	}
	up.files = append(up.files, sentFile{FileInput: app.FileInput{Received: received}, name: head.Filename})
	return nil
}

// broken says why a form could not be read.
func broken(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return &fault.Error{Kind: fault.KindInvalid, Key: "fault.too_large", Err: err}
	}
	return &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
}

// joinErrors puts what is wrong with the file to what is wrong with the rest of the form.
func (up *upload) joinErrors(err error) error {
	if up.err == nil {
		return err
	}
	if f := fault.As(err); f != nil && len(f.Fields) > 0 {
		return fault.Invalid(append(f.Fields, fault.As(up.err).Fields...)...)
	}
	return up.err
}

// keep has files that are all right wait while the rest of the form is mended.
func (s *Server) keep(r *http.Request, up *upload) error {
	for i, f := range up.files {
		if f.Received == nil {
			continue
		}
		if err := s.app.KeepFile(r.Context(), session(r).Actor, f.Received); err != nil {
			return err
		}
		up.files[i].FileInput = app.FileInput{Kept: f.Received.ID}
	}
	return nil
}

// fileField is the field of a form for the file of a decision, with what came before.
func (s *Server) fileField(r *http.Request, up *upload, errs map[string]string) (component.Field, []page.HiddenValue) {
	ctx := r.Context()
	field := component.Field{
		Name: "file", Label: i18n.T(ctx, "file.decision"), Hint: i18n.T(ctx, "file.hint", "limit", app.MaxFile>>20), Error: errs["file"], Optional: true, Value: acceptFiles,
	}
	if up == nil || up.one().Kept == uuid.Nil {
		return field, nil
	}
	f := up.files[len(up.files)-1]
	field.Hint = i18n.T(ctx, "file.kept", "name", f.name)
	return field, []page.HiddenValue{{Name: "file_id", Value: f.Kept.String()}, {Name: fileNamePrefix + f.Kept.String(), Value: f.name}}
}

// filesFields are the fields of a form for several files: those that came before, each to be kept or left out, and new ones.
func filesFields(ctx context.Context, up *upload, wrong string) ([]page.MoveField, []page.HiddenValue) {
	fields := []page.MoveField{{Control: page.ControlFile, Field: component.Field{
		Name: "file", Label: i18n.T(ctx, "file.several"), Hint: i18n.T(ctx, "file.several_hint", "n", mostFiles, "limit", app.MaxFile>>20), Error: wrong, Optional: true,
		Value: acceptFiles, Attrs: templ.Attributes{"multiple": true},
	}}}
	kept := component.Field{Name: "file_id", Label: i18n.T(ctx, "file.several_kept"), Hint: i18n.T(ctx, "file.several_kept_hint")}
	var hidden []page.HiddenValue
	if up != nil {
		for _, f := range up.files {
			if f.Kept != uuid.Nil {
				kept.Options = append(kept.Options, component.Option{Value: f.Kept.String(), Label: f.name})
				kept.Values = append(kept.Values, f.Kept.String())
				hidden = append(hidden, page.HiddenValue{Name: fileNamePrefix + f.Kept.String(), Value: f.name})
			}
		}
	}
	if len(kept.Options) > 0 {
		fields = append([]page.MoveField{{Control: page.ControlCheckboxes, Field: kept}}, fields...)
	}
	return fields, hidden
}

// sendFile answers with a file that is never opened inside a page: it is saved, and nothing in it may run.
func sendFile(w http.ResponseWriter, c app.Content) error {
	h := w.Header()
	h.Set("Content-Type", c.Media)
	h.Set("Content-Length", strconv.Itoa(len(c.Data)))
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(c.Name))
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	if _, err := w.Write(c.Data); err != nil {
		return nil //nolint:nilerr // the visitor left
	}
	return nil
}

// decisionFile sends the decision of an assignment.
func (s *Server) decisionFile(w http.ResponseWriter, r *http.Request) error {
	id, err := assignmentParam(r)
	if err != nil {
		return err
	}
	c, err := s.app.DecisionFile(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	return sendFile(w, c)
}
