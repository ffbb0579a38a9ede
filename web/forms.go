package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/form/v4"
	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"banam/internal/app"
	"banam/internal/fault"
)

var decoder = form.NewDecoder()

// verbatim lists fields that are taken as typed: a password may begin with a space.
var verbatim = []string{"password", "old", "new", "again"}

// decode reads a posted form into dst, a struct of strings with form tags. Text becomes NFC with plain line ends and no
// space around it. Characters that cannot be stored are taken out and reported as an Invalid fault at their field, with dst
// filled all the same, so that the form can be shown again.
func decode(r *http.Request, dst any) error {
	if err := r.ParseForm(); err != nil {
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			return &fault.Error{Kind: fault.KindInvalid, Key: "fault.too_large", Err: err}
		}
		return &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
	}
	fields := clean(r.PostForm)
	if err := decoder.Decode(dst, r.PostForm); err != nil {
		return &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
	}
	return fields.Err()
}

// unread tells whether nothing of a posted form could be read, so that there is nothing to show again.
func unread(err error) bool {
	f := fault.As(err)
	return f != nil && len(f.Fields) == 0
}

// decodeQuery reads the filters of a list from the URL; what cannot be read counts as not given.
func decodeQuery(r *http.Request, dst any) {
	values := r.URL.Query()
	clean(values)
	if err := decoder.Decode(dst, values); err != nil {
		return // a filter that is no filter
	}
}

// clean normalises every value in place and reports the fields that held characters which cannot be stored.
func clean(values url.Values) fault.Fields {
	var fields fault.Fields
	for name, list := range values {
		for i, v := range list {
			good := strings.ToValidUTF8(v, "")
			good = strings.Map(func(c rune) rune {
				if c == 0 || c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == utf8.RuneError {
					return -1
				}
				return c
			}, good)
			if good != v {
				fields.Add(name, "field.bad_text")
			}
			good = norm.NFC.String(strings.ReplaceAll(good, "\r\n", "\n"))
			if !slices.Contains(verbatim, name) {
				good = strings.TrimSpace(good)
			}
			list[i] = good
		}
	}
	slices.SortFunc(fields, func(a, b fault.Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// submission gives the identity of a posted form: its submission id, and everything typed in a fixed order.
func submission(r *http.Request) app.Submission {
	id, err := uuid.Parse(r.PostForm.Get("submission_id"))
	if err != nil {
		id = uuid.Nil // the use case refuses it
	}
	return app.Submission{ID: id, Body: []byte(r.URL.Path + "\n" + r.PostForm.Encode())}
}

// newID makes the id that a form carries for what it will send.
func newID() string { return uuid.Must(uuid.NewV7()).String() }

// uuidParam reads an id of the path; NotFound for what is no id.
func uuidParam(value string) (uuid.UUID, error) {
	id, err := uuid.Parse(value)
	if err != nil {
		return uuid.Nil, fault.NotFound()
	}
	return id, nil
}
