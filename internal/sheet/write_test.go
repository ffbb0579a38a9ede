package sheet_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"banam/internal/sheet"
)

var zone = time.FixedZone("+7", 7*3600)

// nasty are words that must come out as they are.
var nasty = []string{
	"Ấp Hưng Chánh", "a,b;c\"d\"", "hai\ndòng", " khoảng trắng ", "<b>&amp;</b>", "_x0041_", "0913 000 111", "00123", "",
}

// formulas are words that spreadsheets would take for a formula.
var formulas = []string{`=HYPERLINK("http://x","y")`, "+84 913", "-1+2", "@SUM(A1)", "\t=1", "\r=1"}

func write(t *testing.T, f sheet.Format, columns []sheet.Column, rows ...[]sheet.Cell) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := sheet.NewWriter(&buf, f, "Cán bộ: [2026]/'xã' với một cái tên rất dài", columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Row(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func rowOf(words []string) []sheet.Cell {
	row := make([]sheet.Cell, len(words))
	for i, w := range words {
		row[i] = sheet.Text(w)
	}
	return row
}

// part reads one file of a workbook.
func part(t *testing.T, data []byte, name string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatalf("the workbook has no %s: %v", name, err)
	}
	defer func() { _ = f.Close() }()
	content, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// read is the sheet of a workbook as its XML has it.
type read struct {
	Rows []struct {
		Cells []struct {
			Ref     string  `xml:"r,attr"`
			Type    string  `xml:"t,attr"`
			Style   string  `xml:"s,attr"`
			Value   string  `xml:"v"`
			Formula *string `xml:"f"`
			Inline  string  `xml:"is>t"`
		} `xml:"c"`
	} `xml:"sheetData>row"`
}

func readSheet(t *testing.T, data []byte) read {
	t.Helper()
	var s read
	if err := xml.Unmarshal(part(t, data, "xl/worksheets/sheet1.xml"), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestXLSXKeepsWordsAsWords(t *testing.T) {
	t.Parallel()
	words := slices.Concat(nasty, formulas)
	s := readSheet(t, write(t, sheet.XLSX, []sheet.Column{{Head: "Tên"}}, rowOf(words)))
	if len(s.Rows) != 2 || s.Rows[0].Cells[0].Inline != "Tên" {
		t.Fatalf("got %d rows", len(s.Rows))
	}
	got := map[string]string{}
	for _, c := range s.Rows[1].Cells {
		if c.Type != "inlineStr" || c.Formula != nil {
			t.Errorf("%s is of type %q", c.Ref, c.Type)
		}
		got[c.Ref] = strings.ReplaceAll(c.Inline, "_x005F_", "_")
	}
	for i, want := range words {
		ref := string(rune('A'+i)) + "2"
		if got[ref] != want {
			t.Errorf("%s: got %q, want %q", ref, got[ref], want)
		}
	}
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"} {
		if err := xml.Unmarshal(part(t, write(t, sheet.XLSX, nil), name), new(struct{})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestXLSXValues(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 2, 29, 15, 30, 59, 0, zone)
	s := readSheet(t, write(t, sheet.XLSX, nil, []sheet.Cell{
		sheet.Number(-1470), sheet.Day(at), sheet.Moment(at), sheet.Day(time.Time{}), sheet.Text("a\x01b\xffc"), sheet.Text(strings.Repeat("ế", 40000)),
	}))
	cells := s.Rows[1].Cells
	if len(cells) != 5 {
		t.Fatalf("got %d cells, want 5: an empty one is left out", len(cells))
	}
	for i, want := range []string{"-1470", "43890", "43890.645833"} {
		if got := cells[i].Value; got != want {
			t.Errorf("cell %d: got %q, want %q", i, got, want)
		}
	}
	if cells[1].Style != "2" || cells[2].Style != "3" {
		t.Errorf("days have the styles %q and %q", cells[1].Style, cells[2].Style)
	}
	if got := cells[3].Inline; got != "a\uFFFDb\uFFFDc" {
		t.Errorf("what XML does not know: got %q", got)
	}
	if n := len([]rune(cells[4].Inline)); n != 32767 {
		t.Errorf("a long text: got %d characters", n)
	}
}

func TestColumnsBeyondZ(t *testing.T) {
	t.Parallel()
	s := readSheet(t, write(t, sheet.XLSX, nil, rowOf(slices.Repeat([]string{"x"}, 703))))
	cells := s.Rows[1].Cells
	for n, want := range map[int]string{0: "A2", 25: "Z2", 26: "AA2", 701: "ZZ2", 702: "AAA2"} {
		if got := cells[n].Ref; got != want {
			t.Errorf("column %d: got %s, want %s", n, got, want)
		}
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	at := time.Date(2020, 2, 9, 8, 5, 0, 0, zone)
	data := write(t, sheet.CSV, []sheet.Column{{Head: "Tên"}, {Head: "=1"}}, rowOf(nasty), rowOf(formulas), []sheet.Cell{sheet.Number(-5), sheet.Day(at), sheet.Moment(at)})
	plain, bom := bytes.CutPrefix(data, []byte("\ufeff"))
	if !bom || !bytes.Contains(plain, []byte("\r\n")) {
		t.Error("no byte order mark or no CRLF")
	}
	r := csv.NewReader(bytes.NewReader(plain))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(rows[0], []string{"Tên", "'=1"}) || !slices.Equal(rows[3], []string{"-5", "09/02/2020", "09/02/2020 08:05"}) {
		t.Errorf("got %q and %q", rows[0], rows[3])
	}
	if !slices.Equal(rows[1], nasty) {
		t.Errorf("got %q, want %q", rows[1], nasty)
	}
	for i, got := range rows[2] {
		if want := "'" + formulas[i]; strings.ReplaceAll(got, "\r", "") != strings.ReplaceAll(want, "\r", "") {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// However many rows there are, the writer holds none of them.
func TestMemoryIsBounded(t *testing.T) {
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		w, err := sheet.NewWriter(io.Discard, f, "x", nil)
		if err != nil {
			t.Fatal(err)
		}
		row := rowOf(slices.Repeat([]string{"Nước mặn vào sâu 4 km"}, 10))
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		for range 50_000 {
			if err := w.Row(row); err != nil {
				t.Fatal(err)
			}
		}
		took := time.Since(start)
		runtime.GC()
		runtime.ReadMemStats(&after)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 4<<20 {
			t.Errorf("%s: grew by %d bytes", f, grown)
		}
		t.Logf("%s: 50,000 rows of 10 cells in %v", f, took)
	}
}
