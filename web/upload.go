package web

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// maxUpload is the largest form with a file that is read.
const maxUpload = app.MaxFile + 1<<20

// inMemory is how much of a form with files is held in memory while it is read; the rest waits on disk.
const inMemory = 2 << 20

// acceptFiles are the kinds that a browser offers to choose.
const acceptFiles = "application/pdf,image/jpeg,image/png"

// upload is the file of a form as it is posted: a new one, or the id of one that came before.
type upload struct {
	input app.FileInput
	name  string // of the file that came before
	err   error  // what is wrong with a new one
}

// readUpload reads the file of a form that may carry one, before the rest of the form is decoded. A file that came before is named by the
// fields file_id and file_name. The file counts for the identity of what is sent. The error is of the form as a whole.
func (s *Server) readUpload(r *http.Request) (*upload, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "multipart/form-data" {
		return &upload{}, nil // decode reads it
	}
	if err := r.ParseMultipartForm(inMemory); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return nil, &fault.Error{Kind: fault.KindInvalid, Key: "fault.too_large", Err: err}
		}
		return nil, &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }() // what is left on disk is the system's to clear
	up := &upload{name: r.PostForm.Get("file_name")}
	if id, err := uuid.Parse(r.PostForm.Get("file_id")); err == nil {
		up.input.Kept = id
	}
	sent, head, err := r.FormFile("file")
	if errors.Is(err, http.ErrMissingFile) {
		return up, nil
	}
	if err != nil {
		return nil, &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
	}
	defer func() { _ = sent.Close() }() // only read
	data, err := io.ReadAll(io.LimitReader(sent, app.MaxFile+1))
	if err != nil {
		return nil, &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
	}
	if len(data) == 0 && head.Filename == "" {
		return up, nil
	}
	r.PostForm.Set("file_hash", app.FileHash(data))
	received, err := s.app.ReceiveFile(head.Filename, data)
	switch {
	case fault.KindOf(err) == fault.KindInvalid:
		up.err = err
	case err != nil:
		return nil, err
	default:
		up.input, up.name = app.FileInput{Received: received}, head.Filename
	}
	return up, nil
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

// keep has a file that is all right wait while the rest of the form is mended.
func (s *Server) keep(r *http.Request, up *upload) error {
	if up.input.Received == nil {
		return nil
	}
	if err := s.app.KeepFile(r.Context(), session(r).Actor, up.input.Received); err != nil {
		return err
	}
	up.input = app.FileInput{Kept: up.input.Received.ID}
	return nil
}

// fileField is the field of a form for the file of a decision, with what came before.
func (s *Server) fileField(r *http.Request, up *upload, errs map[string]string) (component.Field, []page.HiddenValue) {
	ctx := r.Context()
	field := component.Field{
		Name: "file", Label: i18n.T(ctx, "file.decision"), Hint: i18n.T(ctx, "file.hint", "limit", app.MaxFile>>20), Error: errs["file"], Optional: true, Value: acceptFiles,
	}
	if up == nil || up.input.Kept == uuid.Nil {
		return field, nil
	}
	field.Hint = i18n.T(ctx, "file.kept", "name", up.name)
	return field, []page.HiddenValue{{Name: "file_id", Value: up.input.Kept.String()}, {Name: "file_name", Value: up.name}}
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
