// Package sheet reads and writes tables as files that spreadsheets open. It knows rows, cells and formats, and no noun of the domain.
package sheet

import (
	"errors"
	"io"
	"math"
	"strconv"
	"time"
)

// Format is how a file holds its rows.
type Format string

// The formats that are written. A CSV has commas, CRLF and a byte order mark, by which spreadsheets know that it is UTF-8.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// ContentType gives the media type of a file of the format.
func (f Format) ContentType() string {
	if f == CSV {
		return "text/csv; charset=utf-8"
	}
	return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}

// Cell is one value. The zero Cell is empty.
type Cell struct {
	kind kind
	text string
	num  int64
	at   time.Time
}

type kind int

const (
	cellText kind = iota
	cellNumber
	cellDecimal
	cellDay
	cellMoment
)

// Text is a cell with words. Whatever they are, no spreadsheet takes them for a formula.
func Text(s string) Cell { return Cell{text: s} }

// Number is a cell to count with.
func Number(n int) Cell { return Cell{kind: cellNumber, num: int64(n)} }

// Decimal is Number with two decimals.
func Decimal(n float64) Cell { return Cell{kind: cellDecimal, num: int64(math.Round(n * 100))} }

// Day is a cell with the day of an instant in its own zone; empty for the zero time.
func Day(t time.Time) Cell { return timed(cellDay, t) }

// Moment is a cell with the minute of an instant in its own zone; empty for the zero time.
func Moment(t time.Time) Cell { return timed(cellMoment, t) }

func timed(k kind, t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{kind: k, at: t}
}

// plain writes the value as a CSV holds it: days as dd/mm/yyyy, as pages show them.
func (c Cell) plain() string {
	switch c.kind {
	case cellNumber:
		return strconv.FormatInt(c.num, 10)
	case cellDecimal:
		return c.decimal()
	case cellDay:
		return c.at.Format("02/01/2006")
	case cellMoment:
		return c.at.Format("02/01/2006 15:04")
	case cellText:
	}
	return defused(c.text)
}

func (c Cell) decimal() string { return strconv.FormatFloat(float64(c.num)/100, 'f', -1, 64) }

// Writer writes one table, row by row, and holds no row longer than it takes to write it.
type Writer interface {
	// Row writes the next row; an error is that of the file written to.
	Row(cells []Cell) error
	// Close ends the file, without which it cannot be read.
	Close() error
}

// Column is a column of a table: its heading and how wide a spreadsheet shows it, in characters.
type Column struct {
	Head  string
	Width int // zero for a usual width
}

// NewWriter begins a file in the format with a row of headings. Name is that of the sheet.
func NewWriter(w io.Writer, f Format, name string, columns []Column) (Writer, error) {
	if f == CSV {
		return newCSV(w, columns)
	}
	return newXLSX(w, columns, name)
}

// Sheet is a small table that is written as a whole.
type Sheet struct {
	Name    string
	Columns []Column
	Rows    [][]Cell
}

// WriteBook writes a workbook of several sheets.
func WriteBook(w io.Writer, sheets []Sheet) error {
	names := make([]string, len(sheets))
	for i, s := range sheets {
		names[i] = s.Name
	}
	x, err := newXLSX(w, sheets[0].Columns, names...)
	if err != nil {
		return err
	}
	for i, s := range sheets {
		if i > 0 {
			err = errors.Join(x.endSheet(), x.beginSheet(s.Columns))
		}
		for _, row := range s.Rows {
			err = errors.Join(err, x.Row(row))
		}
		if err != nil {
			return err
		}
	}
	return x.Close()
}
