package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"banam/internal/fault"
)

// book is an .xlsx that is being read. All its parts together unpack to no more than left says, whatever their headers claim.
type book struct {
	files    map[string]*zip.File
	limits   Limits
	left     int64
	shared   []string
	date1904 bool
}

// budget stops reading where the limit of what is unpacked ends.
type budget struct {
	r    io.Reader
	left *int64
}

var errTooLarge = errors.New("unpacks to too much")

func (b budget) Read(p []byte) (int, error) {
	if *b.left <= 0 {
		return 0, errTooLarge
	}
	n, err := b.r.Read(p[:min(int64(len(p)), *b.left)])
	*b.left -= int64(n)
	return n, err
}

// maxParts is how many files an .xlsx may consist of; those of Excel have a dozen.
const maxParts = 500

func readXLSX(data []byte, limits Limits, pick Pick) (Table, error) {
	t, err := readParts(data, limits, pick)
	switch {
	case err == nil || fault.As(err) != nil:
		return t, err
	case errors.Is(err, errTooLarge):
		return Table{}, wrong("sheet.too_large", "limit", limits.Unzipped>>20)
	}
	return Table{}, wrong("sheet.broken")
}

func readParts(data []byte, limits Limits, pick Pick) (Table, error) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return Table{}, wrong("sheet.broken")
	}
	if len(archive.File) > maxParts {
		return Table{}, wrong("sheet.broken")
	}
	w := &book{files: map[string]*zip.File{}, limits: limits, left: limits.Unzipped}
	for _, f := range archive.File {
		if f.Flags&1 != 0 {
			return Table{}, wrong("sheet.encrypted")
		}
		if name := strings.ToLower(strings.TrimPrefix(f.Name, "/")); w.files[name] == nil {
			w.files[name] = f
		}
	}
	if w.files["xl/workbook.xml"] == nil {
		return Table{}, wrong("sheet.not_a_list")
	}
	sheets, err := w.sheets()
	if err != nil {
		return Table{}, err
	}
	if len(sheets) > limits.Sheets {
		return Table{}, wrong("sheet.too_many_sheets", "limit", limits.Sheets)
	}
	if err := w.strings(); err != nil {
		return Table{}, err
	}
	return w.pickSheet(sheets, pick)
}

func (w *book) pickSheet(sheets []part, pick Pick) (Table, error) {
	var seen []string
	for _, s := range sheets {
		c := &collector{limits: w.limits, pick: pick}
		c.table.Sheet, c.table.Date1904 = s.name, w.date1904
		if err := w.rows(s.file, c); err != nil {
			return Table{}, err
		}
		if c.found {
			return c.result()
		}
		if len(seen) == 0 {
			seen = c.first
		}
	}
	return Table{}, noHeadings(seen)
}

// part is a sheet with the file that holds its rows.
type part struct{ name, file string }

// each reads one part and calls do for each tag and text; nothing happens where there is no such part. do returns io.EOF to stop.
func (w *book) each(name string, do func(s *scanner) error) error {
	f := w.files[strings.ToLower(name)]
	if f == nil {
		return nil
	}
	r, err := f.Open()
	if err != nil {
		return wrong("sheet.broken")
	}
	defer func() { _ = r.Close() }() // reads only
	s := newScanner(budget{r, &w.left})
	for {
		err := s.next()
		if err == nil {
			err = do(s)
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err == nil:
		case w.left <= 0:
			return errTooLarge
		default:
			return err
		}
	}
}

// sheets lists the sheets in their order, the visible ones first.
func (w *book) sheets() ([]part, error) {
	targets := map[string]string{}
	err := w.each("xl/_rels/workbook.xml.rels", func(s *scanner) error {
		if s.opens && s.name == "Relationship" {
			target := s.attribute("Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("xl", target)
			}
			targets[s.attribute("Id")] = strings.TrimPrefix(target, "/")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var visible, hidden []part
	err = w.each("xl/workbook.xml", func(s *scanner) error {
		switch {
		case !s.opens:
		case s.name == "workbookPr":
			v := s.attribute("date1904")
			w.date1904 = v == "1" || v == "true"
		case s.name == "sheet":
			p := part{plainText(s.attribute("name")), targets[s.attribute("id")]}
			if s.attribute("state") == "" || s.attribute("state") == "visible" {
				visible = append(visible, p)
			} else {
				hidden = append(hidden, p)
			}
		}
		return nil
	})
	return append(visible, hidden...), err
}

// strings reads the table of texts that cells point to. Phonetic notes are no part of them.
func (w *book) strings() error {
	var text strings.Builder
	inText, phonetic := false, 0
	name := "xl/sharedStrings.xml"
	return w.each(name, func(s *scanner) error {
		switch {
		case s.opens && s.closes:
			if s.name == "si" {
				w.shared = append(w.shared, "")
			}
		case s.name == "t":
			inText = s.opens
		case s.name == "rPh" && s.opens:
			phonetic++
		case s.name == "rPh":
			phonetic--
		case s.name == "si" && s.opens:
			text.Reset()
		case s.name == "si":
			w.shared = append(w.shared, plainText(uncoded(text.String())))
		case s.text != nil && inText && phonetic == 0:
			text.WriteString(unescape(s.text))
		}
		if text.Len() > textSize || len(w.shared) > maxShared {
			return errTooLarge
		}
		return nil
	})
}

// What one text of several pieces may come to, in bytes, and how many texts a workbook may share.
const (
	textSize  = 256 << 10
	maxShared = 1_000_000
)

// rows reads the cells of a sheet, row by row.
func (w *book) rows(name string, c *collector) error {
	var cells []Value
	var text strings.Builder
	row, column, kind := 0, -1, ""
	inValue := false
	err := w.each(name, func(s *scanner) error {
		switch {
		case s.text != nil:
			if inValue && text.Len() < textSize {
				text.WriteString(unescape(s.text))
			}
		case s.name == "row" && s.opens:
			cells, column = nil, -1
			row++
			if n, err := strconv.Atoi(s.attribute("r")); err == nil && n >= row {
				row = n
			}
			if s.closes {
				return nil
			}
		case s.name == "row":
			if err := c.row(row, cells); err != nil {
				return err
			}
			if c.done() {
				return io.EOF
			}
		case s.name == "c" && s.opens:
			column = columnOf(s.attribute("r"), column+1)
			kind = s.attribute("t")
			text.Reset()
		case s.name == "c":
			if text.Len() > 0 && c.wants(column) {
				for len(cells) <= column {
					cells = append(cells, Value{})
				}
				cells[column] = w.value(kind, text.String())
			}
		case s.name == "v", s.name == "t":
			inValue = s.opens && !s.closes
		case s.name == "rPh":
			inValue = false
		case s.name == "sheetData" && s.closes:
			return io.EOF
		}
		return nil
	})
	return err
}

// columnOf reads the column of an address such as C17, from 0; without one it is the next.
func columnOf(address string, next int) int {
	column := 0
	for _, r := range address {
		if r < 'A' || r > 'Z' || column > 1<<20 {
			break
		}
		column = column*26 + int(r-'A') + 1
	}
	if column == 0 {
		return next
	}
	return column - 1
}

// value reads a cell by its kind. An error of a formula counts as an empty cell.
func (w *book) value(kind, text string) Value {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || i < 0 || i >= len(w.shared) {
			return Value{}
		}
		return Value{Text: w.shared[i]}
	case "str", "inlineStr", "d":
		return Value{Text: plainText(uncoded(text))}
	case "b":
		return Value{Text: strings.TrimSpace(text)}
	case "e":
		return Value{}
	}
	return number(strings.TrimSpace(text))
}

// number writes a number without an exponent, and a whole one without a fraction.
func number(text string) Value {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || n != n || n > 1e15 || n < -1e15 {
		return Value{Text: plainText(text)}
	}
	return Value{Text: strconv.FormatFloat(n, 'f', -1, 64), Serial: true}
}

// uncoded resolves the codes by which spreadsheets write characters that XML does not know: _x000D_.
func uncoded(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return coded.ReplaceAllStringFunc(s, func(m string) string {
		n, err := strconv.ParseUint(m[2:6], 16, 16)
		if err != nil || n >= 0xd800 && n < 0xe000 {
			return m
		}
		return string(rune(n))
	})
}
