// Package component owns the building blocks of every page: the layout, form fields, tables, badges, the path of an
// issue. Components take display-ready values and know no nouns of the domain; nothing in them can fail.
package component

import (
	"context"
	"strings"
	"time"

	"banam/internal/i18n"
)

// Tone says how a thing should be felt. It is never shown by colour alone: each tone has an icon.
type Tone string

// The tones of badges, flashes and tiles.
const (
	Neutral Tone = "neutral"
	Info    Tone = "info"
	Success Tone = "success"
	Warn    Tone = "warn"
	Danger  Tone = "danger"
)

// icon is the drawing that goes with a tone where the caller names none.
func (t Tone) icon() string {
	switch t {
	case Info:
		return "info"
	case Success:
		return "success"
	case Warn:
		return "warn"
	case Danger:
		return "danger"
	case Neutral:
		return "dot"
	}
	return "dot"
}

func (t Tone) orNeutral() string {
	if t == "" {
		return string(Neutral)
	}
	return string(t)
}

// Stamp is a moment as pages show it: relative words with the absolute time as title.
type Stamp struct {
	ISO      string // machine form, RFC 3339 or yyyy-mm-dd
	Absolute string // dd/mm/yyyy hh:mm
	Relative string // "5 phút trước"; empty shows the absolute time
}

// StampOf words the moment t as seen at now; the zero Stamp for the zero time.
func StampOf(ctx context.Context, t, now time.Time) Stamp {
	if t.IsZero() {
		return Stamp{}
	}
	return Stamp{ISO: t.In(i18n.Zone).Format(time.RFC3339), Absolute: i18n.DateTime(ctx, t), Relative: i18n.Ago(ctx, t, now)}
}

// DayOf words the day of t without an hour.
func DayOf(ctx context.Context, t time.Time) Stamp {
	if t.IsZero() {
		return Stamp{}
	}
	return Stamp{ISO: t.In(i18n.Zone).Format(time.DateOnly), Absolute: i18n.Date(ctx, t)}
}

func (s Stamp) text() string {
	if s.Relative != "" {
		return s.Relative
	}
	return s.Absolute
}

// title is the absolute time where the text does not already show it.
func (s Stamp) title() string {
	if s.text() == s.Absolute {
		return ""
	}
	return s.Absolute
}

// FieldID gives the element id of a form field by its name, for labels and for the links of the error summary.
func FieldID(name string) string {
	return "f-" + strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_':
			return r
		}
		return '-'
	}, name)
}
