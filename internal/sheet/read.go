package sheet

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"banam/internal/fault"
)

// Limits bound what is read of a file, so that no file costs more memory than they say, whatever it claims to be.
type Limits struct {
	Unzipped int64 // bytes of all parts of an .xlsx together
	Rows     int   // with anything in the columns that are wanted
	Columns  int   // up to the last one that is looked at
	Cell     int   // characters of one value
	Sheets   int
}

// Usual are the limits of an import: the register of households of a district, with room (quality.md, "Spreadsheets in").
func Usual() Limits {
	return Limits{Unzipped: 50 << 20, Rows: 50_000, Columns: 100, Cell: 2_000, Sheets: 30}
}

// Value is what stands in a cell, in NFC, on one line and without space around it. Serial tells that it is a number for the
// spreadsheet, as days are: see DayOf.
type Value struct {
	Text   string
	Serial bool
}

// Line is a row with anything in it. Number is that of the spreadsheet, from 1.
type Line struct {
	Number int
	Values []Value // one for each column that was wanted, in the order wanted
}

// Table is what was read of one sheet.
type Table struct {
	Sheet    string   // empty for a CSV
	Head     []string // headings as they are written, by column
	HeadLine int
	Columns  []int // the wanted columns, from 0
	Lines    []Line
	Date1904 bool // days are counted from 1904
}

// Pick looks at a row that may be the headings, and gives the columns that are wanted, from 0; nil if these are no headings that it
// knows.
type Pick func(head []string) []int

// headWithin is how many rows from the top the headings are looked for: official lists carry a letterhead and a title.
const headWithin = 25

// Read reads the first sheet of a file that has headings which pick knows, and all rows below them. A file that is none, that is no
// list of this kind or that is too large is Invalid at the field file, and then nothing of it was kept.
func Read(data []byte, limits Limits, pick Pick) (Table, error) {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return Table{}, wrong("sheet.empty")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("PK\x05\x06")):
		return readXLSX(data, limits, pick)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return Table{}, compound(data)
	case bytes.HasPrefix(data, []byte("%PDF")), bytes.HasPrefix(data, []byte("\x89PNG")), bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return Table{}, wrong("sheet.not_a_list")
	case looksLikeHTML(data):
		return Table{}, wrong("sheet.html")
	}
	return readCSV(data, limits, pick)
}

// compound tells what an OLE file is: Office wraps what it encrypts into one, and the Excel of before 2007 wrote nothing else.
func compound(data []byte) error {
	var name []byte
	for _, c := range []byte("EncryptedPackage") {
		name = append(name, c, 0)
	}
	if bytes.Contains(data, name) {
		return wrong("sheet.encrypted")
	}
	return wrong("sheet.old_excel")
}

func looksLikeHTML(data []byte) bool {
	head := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(data[:min(len(data), 512)], []byte(bom))))
	for _, mark := range []string{"<html", "<!doctype", "<table", "<?xml", "<meta"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return true
		}
	}
	return false
}

// wrong is the fault of a file that cannot be read.
func wrong(key string, args ...any) error { return fault.Invalid(fault.At("file", key, args...)) }

// plainText puts a value into one line of NFC without what cannot be seen.
func plainText(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] < 0x21 || s[i] > 0x7e { // spaces need a look, too
			ascii = false
			break
		}
	}
	if ascii {
		return s
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r == '\u00ad', r == '\ufeff', r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u2064':
			return -1
		case unicode.IsSpace(r), r == '\u00a0':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(strings.Join(strings.Fields(s), " "))
}

// collector takes the rows of one sheet as they come: first it looks for the headings, then it keeps what is wanted below them.
type collector struct {
	limits Limits
	pick   Pick
	table  Table
	found  bool
	looked int
	first  []string // the fullest row near the top, to tell what the headings of a wrong sheet are
}

// wants tells whether a column, from 0, is worth reading.
func (c *collector) wants(column int) bool {
	if !c.found {
		return column < c.limits.Columns
	}
	return slices.Contains(c.table.Columns, column)
}

// done tells that no headings will be found any more.
func (c *collector) done() bool { return !c.found && c.looked >= headWithin }

// row takes the cells of a row, by column from 0; they are its own.
func (c *collector) row(number int, cells []Value) error {
	if !c.found {
		c.looked++
		head := make([]string, len(cells))
		full := 0
		for i, v := range cells {
			if head[i] = v.Text; v.Text != "" {
				full++
			}
		}
		if full > count(c.first) {
			c.first = head
		}
		if columns := c.pick(head); columns != nil {
			c.found, c.table.Head, c.table.HeadLine, c.table.Columns = true, head, number, columns
		}
		return nil
	}
	line := Line{Number: number, Values: make([]Value, len(c.table.Columns))}
	empty := true
	for i, column := range c.table.Columns {
		if column >= len(cells) || cells[column].Text == "" {
			continue
		}
		v := cells[column]
		if len(v.Text) > c.limits.Cell && utf8.RuneCountInString(v.Text) > c.limits.Cell {
			return wrong("sheet.cell_too_long", "cell", CellName(column, number), "limit", c.limits.Cell)
		}
		line.Values[i], empty = v, false
	}
	if empty {
		return nil
	}
	if len(c.table.Lines) == c.limits.Rows {
		return wrong("sheet.too_many_rows", "limit", c.limits.Rows)
	}
	c.table.Lines = append(c.table.Lines, line)
	return nil
}

// result gives the table of a sheet with headings.
func (c *collector) result() (Table, error) {
	if len(c.table.Lines) == 0 {
		return Table{}, wrong("sheet.no_rows")
	}
	return c.table, nil
}

func count(list []string) int {
	n := 0
	for _, s := range list {
		if s != "" {
			n++
		}
	}
	return n
}

// noHeadings is the fault of a file without headings that are known; it names those of its fullest row.
func noHeadings(seen []string) error {
	var named []string
	for _, s := range seen {
		if r := []rune(s); len(r) > 30 {
			s = string(r[:30]) + "…"
		}
		if s != "" && len(named) < 8 {
			named = append(named, s)
		}
	}
	if len(named) == 0 {
		return wrong("sheet.no_headings")
	}
	return wrong("sheet.other_headings", "seen", strings.Join(named, ", "))
}

// CellName gives the address of a cell as spreadsheets show it: C17. The column counts from 0, the row from 1.
func CellName(column, row int) string { return columnName(column) + strconv.Itoa(row) }
