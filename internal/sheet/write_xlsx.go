package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The parts of a workbook (ECMA-376, part 1) besides its sheets. Styles: 0 plain, 1 heading, 2 day,
// 3 moment.
const (
	xmlHead      = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	spreadsheet  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`%s<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>`
	contentType = `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`
	packageRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	workbook = xmlHead + `<workbook xmlns="` + spreadsheet + `" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets>%s</sheets></workbook>`
	workbookSheet = `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`
	workbookRels  = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`%s<Relationship Id="styles" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>`
	workbookRel = `<Relationship Id="rId%d" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet%[1]d.xml"/>`
	styles      = xmlHead + `<styleSheet xmlns="` + spreadsheet + `">` +
		`<numFmts count="2"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="dd/mm/yyyy\ hh:mm"/></numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>` +
		`<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
		`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>` +
		`<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`
)

const (
	usualWidth = 22
	cellLimit  = 32767 // characters that a cell of Excel holds
	nameLimit  = 31    // characters of a sheet's name
)

// xlsxWriter writes the sheet straight into the zip. The standard library is enough: all words stand in their cells as inline
// strings, so nothing has to be kept until the end, which a table of shared strings would need.
type xlsxWriter struct {
	zip   *zip.Writer
	out   *bufio.Writer // of the sheet
	row   int
	sheet int // its number, from 1
}

// newXLSX begins a workbook with sheets of the names, and the first of them.
func newXLSX(w io.Writer, columns []Column, names ...string) (*xlsxWriter, error) {
	x := &xlsxWriter{zip: zip.NewWriter(w)}
	var types, sheets, rels strings.Builder
	for i, name := range names {
		fmt.Fprintf(&types, contentType, i+1)
		fmt.Fprintf(&sheets, workbookSheet, escaped(sheetName(name)), i+1, i+1)
		fmt.Fprintf(&rels, workbookRel, i+1)
	}
	for _, part := range []struct{ path, content string }{
		{"[Content_Types].xml", fmt.Sprintf(contentTypes, types.String())}, {"_rels/.rels", packageRels}, {"xl/workbook.xml", fmt.Sprintf(workbook, sheets.String())},
		{"xl/_rels/workbook.xml.rels", fmt.Sprintf(workbookRels, rels.String())}, {"xl/styles.xml", styles},
	} {
		f, err := x.zip.Create(part.path)
		if err == nil {
			_, err = io.WriteString(f, part.content)
		}
		if err != nil {
			return nil, fmt.Errorf("beginning a workbook: %w", err)
		}
	}
	return x, x.beginSheet(columns)
}

// beginSheet begins the next sheet with its headings.
func (x *xlsxWriter) beginSheet(columns []Column) error {
	x.sheet++
	x.row = 0
	f, err := x.zip.Create("xl/worksheets/sheet" + strconv.Itoa(x.sheet) + ".xml")
	if err != nil {
		return fmt.Errorf("beginning a sheet: %w", err)
	}
	x.out = bufio.NewWriterSize(f, 1<<16)
	x.put(xmlHead + `<worksheet xmlns="` + spreadsheet + `"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>` +
		`</sheetView></sheetViews>`)
	x.widths(columns)
	x.put(`<sheetData>`)
	x.begin()
	for i, c := range columns {
		x.words(i, c.Head, ` s="1"`)
	}
	return x.end()
}

// endSheet ends the sheet that rows are written to.
func (x *xlsxWriter) endSheet() error {
	x.put(`</sheetData></worksheet>`)
	if err := x.out.Flush(); err != nil {
		return fmt.Errorf("ending a sheet: %w", err)
	}
	return nil
}

func (x *xlsxWriter) widths(columns []Column) {
	if len(columns) == 0 {
		return
	}
	x.put(`<cols>`)
	for i, c := range columns {
		width := c.Width
		if width == 0 {
			width = usualWidth
		}
		x.put(fmt.Sprintf(`<col min="%d" max="%d" width="%d" customWidth="1"/>`, i+1, i+1, width))
	}
	x.put(`</cols>`)
}

// put writes text; the buffer keeps the first error, which end and Close report.
func (x *xlsxWriter) put(s string) { _, _ = x.out.WriteString(s) }

func (x *xlsxWriter) begin() {
	x.row++
	x.put(`<row r="` + strconv.Itoa(x.row) + `">`)
}

func (x *xlsxWriter) end() error {
	if _, err := x.out.WriteString(`</row>`); err != nil {
		return fmt.Errorf("writing a row: %w", err)
	}
	return nil
}

func (x *xlsxWriter) Row(cells []Cell) error {
	x.begin()
	for i, c := range cells {
		switch c.kind {
		case cellText:
			if c.text != "" {
				x.words(i, c.text, "")
			}
		case cellNumber:
			x.value(i, "", strconv.FormatInt(c.num, 10))
		case cellDecimal:
			x.value(i, "", c.decimal())
		case cellDay:
			x.value(i, ` s="2"`, strconv.Itoa(int(serial(c.at))))
		case cellMoment:
			x.value(i, ` s="3"`, strconv.FormatFloat(serial(c.at), 'f', 6, 64))
		}
	}
	return x.end()
}

// words writes a cell with an inline string, which no spreadsheet takes for a formula.
func (x *xlsxWriter) words(column int, s, style string) {
	x.put(`<c r="` + columnName(column) + strconv.Itoa(x.row) + `"` + style + ` t="inlineStr"><is><t xml:space="preserve">` + escaped(cut(s)) + `</t></is></c>`)
}

func (x *xlsxWriter) value(column int, style, v string) {
	x.put(`<c r="` + columnName(column) + strconv.Itoa(x.row) + `"` + style + `><v>` + v + `</v></c>`)
}

func (x *xlsxWriter) Close() error {
	if err := x.endSheet(); err != nil {
		return err
	}
	if err := x.zip.Close(); err != nil {
		return fmt.Errorf("ending a workbook: %w", err)
	}
	return nil
}

// serial gives the days since the epoch of spreadsheets, by the wall clock of the instant's zone.
func serial(t time.Time) float64 {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
	return wall.Sub(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
}

// columnName gives the letters of a column: A for 0, AA for 26.
func columnName(n int) string {
	name := ""
	for n++; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}

// coded finds what a spreadsheet would read as the code of a character.
var coded = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// escaped makes text safe inside XML; characters that XML does not know are replaced.
func escaped(s string) string {
	s = coded.ReplaceAllStringFunc(s, func(m string) string { return "_x005F" + m })
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a builder takes everything
	return b.String()
}

// cut shortens text to what a cell holds, counted as spreadsheets do, and says so.
func cut(s string) string {
	if len(s) <= cellLimit {
		return s
	}
	units := 0
	for i, r := range s {
		if units += len16(r); units > cellLimit-1 {
			return s[:i] + "…"
		}
	}
	return s
}

func len16(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// sheetName makes a name that spreadsheets take.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\/?*[]:'`, r) {
			return ' '
		}
		return r
	}, s)
	for utf8.RuneCountInString(s) > nameLimit {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	if s = strings.TrimSpace(s); s == "" {
		return "1"
	}
	return s
}
