// Package fault is the one error vocabulary of Ba Nắm: a small set of kinds, a message key for the user and, where a
// form was wrong, the fields at fault. Everything that is not a fault.Error is an internal error. The package knows
// no languages, no HTTP and no database.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says how the caller should treat an error.
type Kind int

// The kinds of fault. Internal is what every foreign error is.
const (
	KindInternal Kind = iota
	KindInvalid
	KindNotFound
	KindForbidden
	KindConflict
	KindUnavailable
)

// Error is an error that has a message for the user.
type Error struct {
	Kind   Kind
	Key    string // message key; worded by the web layer
	Args   []any  // name, value pairs of the message
	Fields []Field
	Err    error // cause, if any; never shown
}

// Field names one form field at fault and the message for it.
type Field struct {
	Name string
	Key  string
	Args []any
}

// At makes a field error: the field's form name, a message key and name/value pairs.
func At(name, key string, args ...any) Field { return Field{Name: name, Key: key, Args: args} }

// Error words the fault for logs: never personal data, only keys and field names.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Key != "" {
		fmt.Fprintf(&b, " (%s)", e.Key)
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " %s=%s", f.Name, f.Key)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// String names the kind for logs.
func (k Kind) String() string {
	switch k {
	case KindInvalid:
		return "invalid"
	case KindNotFound:
		return "not found"
	case KindForbidden:
		return "forbidden"
	case KindConflict:
		return "conflict"
	case KindUnavailable:
		return "unavailable"
	case KindInternal:
		return "internal"
	}
	return "internal"
}

// Invalid reports bad input at the given fields.
func Invalid(fields ...Field) error {
	return &Error{Kind: KindInvalid, Key: "fault.invalid", Fields: fields}
}

// NotFound reports a thing that does not exist or that the actor has no right to read: the two are never told apart.
func NotFound() error { return &Error{Kind: KindNotFound, Key: "fault.not_found"} }

// Forbidden reports a thing in scope that the actor may not do.
func Forbidden(key string, args ...any) error {
	return &Error{Kind: KindForbidden, Key: key, Args: args}
}

// Conflict reports that somebody else was first, or that the thing is no longer in a state that allows the change.
func Conflict(key string, args ...any) error {
	return &Error{Kind: KindConflict, Key: key, Args: args}
}

// Unavailable reports that a dependency is not to be had right now; the same request may succeed later.
func Unavailable(key string, cause error) error {
	return &Error{Kind: KindUnavailable, Key: key, Err: cause}
}

// As gives the fault inside err, or nil if there is none.
func As(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return nil
}

// KindOf gives the kind of err; KindInternal for an error that is no fault.
func KindOf(err error) Kind {
	if e := As(err); e != nil {
		return e.Kind
	}
	return KindInternal
}

// Fields collects field errors while a form is checked.
type Fields []Field

// Add notes one field error.
func (f *Fields) Add(name, key string, args ...any) { *f = append(*f, At(name, key, args...)) }

// Err gives an Invalid error if anything was added, else nil.
func (f Fields) Err() error {
	if len(f) == 0 {
		return nil
	}
	return Invalid(f...)
}
