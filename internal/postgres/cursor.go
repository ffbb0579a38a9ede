package postgres

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"banam/internal/fault"
)

// Page asks for one page of a list that is sorted by a time, newest first, with the id as tie-break.
type Page struct {
	After string // cursor of the last page's end; empty for the first page
	Limit int    // rows wanted
}

// Cursor is where a page of a list ends.
type Cursor struct {
	At time.Time `json:"t"`
	ID uuid.UUID `json:"i"`
}

// String writes the cursor as opaque text for a URL.
func (c Cursor) String() string {
	data, err := json.Marshal(c)
	if err != nil { // a time beyond year 9999; no row has one
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// ParseCursor reads what String wrote; NotFound for anything else.
func ParseCursor(s string) (Cursor, error) {
	var c Cursor
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(data, &c) != nil || c.At.IsZero() {
		return Cursor{}, fault.NotFound()
	}
	return c, nil
}

// pathCursor writes where a list ends that is sorted by the way down to its rows.
func pathCursor(path []string) string {
	data, err := json.Marshal(path)
	if err != nil { // texts only
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(data)
}

// parsePath reads what pathCursor wrote, and gives an empty path for no cursor; NotFound for anything else.
func parsePath(s string) ([]string, error) {
	path := []string{}
	if s == "" {
		return path, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || json.Unmarshal(data, &path) != nil || slices.ContainsFunc(path, func(p string) bool { return strings.ContainsRune(p, 0) }) {
		return nil, fault.NotFound()
	}
	return path, nil
}
