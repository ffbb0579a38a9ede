package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

const bom = "\ufeff"

// readCSV reads a text of rows. UTF-8 with or without a byte order mark and UTF-16 with one are known; any other encoding is told,
// since Vietnamese read in the wrong one would be stored as rubbish.
func readCSV(data []byte, limits Limits, pick Pick) (Table, error) {
	if int64(len(data)) > limits.Unzipped {
		return Table{}, wrong("sheet.too_large", "limit", limits.Unzipped>>20)
	}
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return Table{}, wrong("sheet.encoding")
		}
		data = decoded
	}
	if bytes.IndexByte(data, 0) >= 0 || !utf8.Valid(data) || bytes.ContainsRune(data, utf8.RuneError) {
		return Table{}, wrong("sheet.encoding")
	}
	data = bytes.TrimPrefix(data, []byte(bom))
	comma, skipped := separator(data)
	for range skipped { // Excel's own line that names the separator
		_, data, _ = bytes.Cut(data, []byte("\n"))
	}
	c := &collector{limits: limits, pick: pick}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = comma, -1, true, true
	extra := 0 // lines that are the second and further of a cell, which spreadsheets do not count as rows
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Table{}, wrong("sheet.broken")
		}
		at, _ := r.FieldPos(0)
		number := at + skipped - extra
		cells := make([]Value, 0, min(len(record), limits.Columns))
		for i, text := range record {
			extra += strings.Count(text, "\n")
			if i < limits.Columns {
				cells = append(cells, Value{Text: plainText(unguarded(text))})
			}
		}
		if err := c.row(number, cells); err != nil {
			return Table{}, err
		}
		if c.done() {
			break
		}
	}
	if !c.found {
		return Table{}, noHeadings(c.first)
	}
	return c.result()
}

// unguarded takes off the apostrophe by which a CSV is kept from being read as a formula: what was written by us comes back as it was.
func unguarded(text string) string {
	if len(text) > 1 && text[0] == '\'' && strings.IndexByte("=+-@\t\r", text[1]) >= 0 {
		return text[1:]
	}
	return text
}

// separator finds what stands between the values: what is most frequent outside of quotes in the first rows. skipped counts the lines
// before the rows.
func separator(data []byte) (comma rune, skipped int) {
	line, _, _ := bytes.Cut(data, []byte("\n"))
	if rest, ok := bytes.CutPrefix(bytes.ToLower(bytes.TrimRight(line, "\r")), []byte("sep=")); ok && len(rest) == 1 && strings.IndexByte(";,\t|", rest[0]) >= 0 {
		return rune(rest[0]), 1
	}
	counts := map[byte]int{}
	quoted, lines := false, 0
	for _, c := range data[:min(len(data), 64<<10)] {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			lines++
		case c == ';', c == ',', c == '\t':
			counts[c]++
		}
		if lines == headWithin {
			break
		}
	}
	comma = ','
	if counts[';'] > counts[','] {
		comma = ';'
	}
	if counts['\t'] > counts[byte(comma)] {
		comma = '\t'
	}
	return comma, 0
}
