package sheet_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"

	"banam/internal/fault"
	"banam/internal/sheet"
)

// heads picks the columns of a row that has all the headings.
func heads(names ...string) sheet.Pick {
	return func(head []string) []int {
		var columns []int
		for _, n := range names {
			i := slices.IndexFunc(head, func(h string) bool { return strings.EqualFold(h, n) })
			if i < 0 {
				return nil
			}
			columns = append(columns, i)
		}
		return columns
	}
}

var nameAndDay = heads("Họ tên", "Từ ngày")

// lines writes what was read: the row's number, then its values.
func lines(t sheet.Table) []string {
	var out []string
	for _, l := range t.Lines {
		text := fmt.Sprint(l.Number)
		for _, v := range l.Values {
			text += "|" + v.Text
		}
		out = append(out, text)
	}
	return out
}

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	f := fault.As(err)
	if f == nil || len(f.Fields) != 1 || f.Fields[0].Key != key || f.Fields[0].Name != "file" {
		t.Errorf("got %v, want %s", err, key)
	}
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("Họ tên\tTừ ngày\r\nLê Thị Hoà\t1/2/2020\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		file string
		want []string
		key  string
	}{
		"commas":                  {"Họ tên,Từ ngày\nLê A,01/02/2020\n", []string{"2|Lê A|01/02/2020"}, ""},
		"BOM, semicolons, CRLF":   {"\ufeffHọ tên;Từ ngày\r\nLê A;01/02/2020\r\n", []string{"2|Lê A|01/02/2020"}, ""},
		"tabs":                    {"Họ tên\tTừ ngày\nLê A, B\t01/02/2020\n", []string{"2|Lê A, B|01/02/2020"}, ""},
		"Excel's own first line":  {"sep=;\r\nHọ tên;Từ ngày\r\nLê A;x\r\n", []string{"3|Lê A|x"}, ""},
		"UTF-16 with a mark":      {utf16, []string{"2|Lê Thị Hoà|1/2/2020"}, ""},
		"quotes":                  {"Họ tên,Từ ngày\n\"Lê \"\"A\"\", B\",1\n", []string{`2|Lê "A", B|1`}, ""},
		"two lines in a cell":     {"Họ tên,Từ ngày\n\"Lê\nA\",1\nLê B,2\n", []string{"2|Lê A|1", "3|Lê B|2"}, ""},
		"a stray quote":           {"Họ tên,Từ ngày\nTổ 1 \"mới\",1\n", []string{`2|Tổ 1 "mới"|1`}, ""},
		"other columns, order":    {"STT,Từ ngày,x,Họ tên\n1,2020,,Lê A\n", []string{"2|Lê A|2020"}, ""},
		"short and empty rows":    {"Họ tên,Từ ngày\n\nLê A\n,,\n ,2\n", []string{"3|Lê A|", "5||2"}, ""},
		"a title above":           {"DANH SÁCH CÁN BỘ\n\nHọ tên,Từ ngày\nLê A,1\n", []string{"4|Lê A|1"}, ""},
		"NFD":                     {norm.NFD.String("Họ tên,Từ ngày\nLê Thị Hoà,1\n"), []string{"2|Lê Thị Hoà|1"}, ""},
		"guarded formulas":        {"Họ tên,Từ ngày\n'+84 913,'khong\n", []string{"2|+84 913|'khong"}, ""},
		"invisible characters":    {"Họ tên,Từ ngày\n\u200bLê\u00a0A\u00ad,1\n", []string{"2|Lê A|1"}, ""},
		"Windows-1258":            {"H\xf2 t\xean,T\xec ng\xe0y\nL\xea,1\n", nil, "sheet.encoding"},
		"UTF-16 without a mark":   {utf16[2:], nil, "sheet.encoding"},
		"the wrong list":          {"Mã,Tên hàng\n1,Gạo\n", nil, "sheet.other_headings"},
		"no headings":             {",,\n", nil, "sheet.no_headings"},
		"headings alone":          {"Họ tên,Từ ngày\n", nil, "sheet.no_rows"},
		"nothing":                 {" \n", nil, "sheet.empty"},
		"a page of the web":       {"\n<html><table><tr><td>Họ tên</td></tr></table></html>", nil, "sheet.html"},
		"a picture":               {"\x89PNG\r\n\x1a\n", nil, "sheet.not_a_list"},
		"an unclosed quote":       {"Họ tên,Từ ngày\n\"Lê A,1\n" + strings.Repeat("Lê B,2\n", 500), nil, "sheet.cell_too_long"},
		"Excel of before 2007":    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more", nil, "sheet.old_excel"},
		"encrypted":               {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00", nil, "sheet.encrypted"},
		"a zip of something else": {archive(map[string]string{"readme.txt": "x"}), nil, "sheet.not_a_list"},
		"a broken zip":            {"PK\x03\x04 nothing", nil, "sheet.broken"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, err := sheet.Read([]byte(tt.file), sheet.Usual(), nameAndDay)
			if tt.key != "" {
				wantKey(t, err, tt.key)
				return
			}
			if got := lines(table); err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

// archive makes a zip of files.
func archive(files map[string]string) string {
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for name, content := range files {
		f, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(f, content)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return buf.String()
}

const (
	oneSheet = `<workbook xmlns:r="x"><workbookPr/><sheets><sheet name="Bìa" sheetId="1" state="hidden" r:id="a"/><sheet name="Danh sách" sheetId="2" r:id="b"/></sheets></workbook>`
	rels     = `<Relationships><Relationship Id="b" Target="/xl/worksheets/two.xml"/><Relationship Id="a" Target="worksheets/one.xml"/></Relationships>`
	strs     = `<?xml version="1.0"?><!-- x > y --><x:sst xmlns:x="y"><x:si><x:t>Họ tên</x:t></x:si><x:si><x:r><x:t>Từ </x:t></x:r><x:r><x:t>ngày</x:t></x:r><x:rPh><x:t>zzz</x:t></x:rPh></x:si>` +
		`<x:si><x:t xml:space="preserve"> Lê &amp; A&#x1EA1; &lt;</x:t></x:si><x:si/><x:si><x:t><![CDATA[a & b]]></x:t></x:si><x:si><x:t>Tổ_x000D_1</x:t></x:si></x:sst>`
)

func xlsx(sheet string) string {
	return archive(map[string]string{
		"xl/workbook.xml": oneSheet, "xl/_rels/workbook.xml.rels": rels, "xl/sharedStrings.xml": strs,
		"xl/worksheets/one.xml": "<worksheet><sheetData><row><c t='inlineStr'><is><t>Bìa</t></is></c></row></sheetData></worksheet>",
		"xl/worksheets/two.xml": `<worksheet><sheetData><row r="3"><c r="B3" t="s"><v>0</v></c><c r="D3" t="s"><v>1</v></c></row>` + sheet + `</sheetData></worksheet>`,
	})
}

func TestReadXLSX(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rows string
		want []string
		key  string
	}{
		"shared strings":       {`<row r="4"><c r="B4" t="s"><v>2</v></c><c r="D4" t="s"><v>4</v></c></row>`, []string{"4|Lê & Aạ <|a & b"}, ""},
		"inline and formulas":  {`<row r="5"><c r="B5" t="inlineStr"><is><r><t>Lê</t></r><r><t> A</t></r></is></c><c r="D5" t="str"><f>A1&gt;"x"</f><v>1/2/2020</v></c></row>`, []string{"5|Lê A|1/2/2020"}, ""},
		"numbers":              {`<row r="4"><c r="B4"><v>9.12345678E8</v></c><c r="D4"><v>43862.5</v></c></row>`, []string{"4|912345678|43862.5"}, ""},
		"errors and booleans":  {`<row r="4"><c r="B4" t="e"><v>#N/A</v></c><c r="D4" t="b"><v>1</v></c></row>`, []string{"4||1"}, ""},
		"no addresses":         {`<row><c/><c t="s"><v>2</v></c><c/><c t="str"><v>x</v></c></row>`, []string{"4|Lê & Aạ <|x"}, ""},
		"coded characters":     {`<row r="9"><c r="B9" t="s"><v>5</v></c></row>`, []string{"9|Tổ 1|"}, ""},
		"a text that is not":   {`<row r="4"><c r="B4" t="s"><v>99</v></c><c r="D4"><v>x</v></c></row>`, []string{"4||x"}, ""},
		"far columns":          {`<row r="4"><c r="B4"><v>1</v></c><c r="XFD4"><v>2</v></c><c r="ZZZZZZZZZ4"><v>3</v></c></row>`, []string{"4|1|"}, ""},
		"only rows of nothing": {`<row r="4"><c r="A4"><v>1</v></c></row>`, nil, "sheet.no_rows"},
		"torn in the middle":   {`<row r="4"><c r="B4`, nil, "sheet.broken"},
		"a document type":      {`<!DOCTYPE x [<!ENTITY a "b">]>`, nil, "sheet.broken"},
		"one endless tag":      {`<row ` + strings.Repeat("x", 100_000) + `>`, nil, "sheet.broken"},
		"a cell too long":      {`<row r="4"><c r="B4" t="str"><v>` + strings.Repeat("ă", 2001) + `</v></c></row>`, nil, "sheet.cell_too_long"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, err := sheet.Read([]byte(xlsx(tt.rows)), sheet.Usual(), nameAndDay)
			if tt.key != "" {
				wantKey(t, err, tt.key)
				return
			}
			if got := lines(table); err != nil || !slices.Equal(got, tt.want) {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if table.Sheet != "Danh sách" || table.HeadLine != 3 {
				t.Errorf("got sheet %q, headings in row %d", table.Sheet, table.HeadLine)
			}
		})
	}
}

// What we write ourselves is read as it was.
func TestReadWhatIsWritten(t *testing.T) {
	t.Parallel()
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		var buf bytes.Buffer
		w, err := sheet.NewWriter(&buf, f, "Danh sách", []sheet.Column{{Head: "Họ tên"}, {Head: "Từ ngày"}})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Lê Thị Hoà", "+84 913", "=1+1", "a;b,\"c\""} {
			if err := w.Row([]sheet.Cell{sheet.Text(name), sheet.Day(time.Date(2020, 2, 1, 0, 0, 0, 0, zone))}); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		table, err := sheet.Read(buf.Bytes(), sheet.Usual(), nameAndDay)
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for i, want := range []string{"Lê Thị Hoà", "+84 913", "=1+1", "a;b,\"c\""} {
			day, ok := table.Lines[i].Values[1].DayOf(table.Date1904)
			if got := table.Lines[i].Values[0].Text; got != want || !ok || day != "2020-02-01" {
				t.Errorf("%s: got %q, %q, want %q, 2020-02-01", f, got, day, want)
			}
		}
	}
}

// memory runs something and gives by how many bytes the heap grew beyond what it was before, at the most.
func memory(do func()) uint64 {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	stop, most := make(chan struct{}), make(chan uint64)
	go func() {
		var peak uint64
		for {
			select {
			case <-stop:
				most <- peak
				return
			case <-time.After(2 * time.Millisecond):
				runtime.ReadMemStats(&now)
				if now.HeapAlloc > before.HeapAlloc {
					peak = max(peak, now.HeapAlloc-before.HeapAlloc)
				}
			}
		}
	}()
	do()
	close(stop)
	return <-most
}

// packed makes a zip with a part of repeated text, as a bomb has.
func packed(t *testing.T, name, before, repeated string, times int) []byte {
	t.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, p := range [][2]string{{"xl/workbook.xml", oneSheet}, {"xl/_rels/workbook.xml.rels", rels}} {
		f, err := z.Create(p[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, p[1]); err != nil {
			t.Fatal(err)
		}
	}
	f, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	block := []byte(strings.Repeat(repeated, 1000))
	if _, err := io.WriteString(f, before); err != nil {
		t.Fatal(err)
	}
	for range times / 1000 {
		if _, err := f.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// Files made to cost memory are refused before they do.
func TestReadIsBounded(t *testing.T) {
	head := `<worksheet><sheetData><row><c t="str"><v>Họ tên</v></c><c t="str"><v>Từ ngày</v></c></row>`
	for name, tt := range map[string]struct {
		file []byte
		key  string
	}{
		"a bomb of one text":     {packed(t, "xl/sharedStrings.xml", "<sst><si><t>", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 20_000_000), "sheet.broken"},
		"a bomb of texts":        {packed(t, "xl/sharedStrings.xml", "<sst>", "<si/>", 20_000_000), "sheet.too_large"},
		"a bomb of one long si":  {packed(t, "xl/sharedStrings.xml", "<sst><si>", "<t>AAAAAAAAAAAAAAAA</t>", 10_000_000), "sheet.too_large"},
		"a bomb of spaces":       {packed(t, "xl/worksheets/two.xml", head, "<row>                                </row>", 10_000_000), "sheet.too_large"},
		"a million rows":         {packed(t, "xl/worksheets/two.xml", head, `<row><c t="str"><v>Lê A</v></c></row>`, 1_000_000), "sheet.too_many_rows"},
		"a million rows of csv":  {[]byte("Họ tên,Từ ngày\n" + strings.Repeat("Lê A,1\n", 1_000_000)), "sheet.too_many_rows"},
		"16,384 columns":         {[]byte("Họ tên,Từ ngày" + strings.Repeat(",x", 16_382) + "\n" + strings.Repeat("Lê A,1"+strings.Repeat(",x", 16_382)+"\n", 100)), ""},
		"headings far below":     {[]byte(strings.Repeat("x,y\n", 30) + "Họ tên,Từ ngày\nLê A,1\n"), "sheet.other_headings"},
		"a thousand parts":       {[]byte(archive(manyParts(1000))), "sheet.broken"},
		"a heading of 1,000,000": {[]byte(strings.Repeat("x", 1_000_000) + ",y\n"), "sheet.other_headings"},
	} {
		t.Run(name, func(t *testing.T) {
			var err error
			grown := memory(func() { _, err = sheet.Read(tt.file, sheet.Usual(), nameAndDay) })
			if tt.key == "" && err != nil {
				t.Errorf("got %v", err)
			}
			if tt.key != "" {
				wantKey(t, err, tt.key)
			}
			if grown > 128<<20 {
				t.Errorf("the heap grew by %d MB, want at most 128", grown>>20)
			}
		})
	}
}

func manyParts(n int) map[string]string {
	files := map[string]string{"xl/workbook.xml": oneSheet}
	for i := range n {
		files[fmt.Sprint("xl/", i)] = ""
	}
	return files
}

func TestTooManySheets(t *testing.T) {
	t.Parallel()
	file := archive(map[string]string{"xl/workbook.xml": `<workbook><sheets>` + strings.Repeat(`<sheet name="a" r:id="b"/>`, 31) + `</sheets></workbook>`})
	_, err := sheet.Read([]byte(file), sheet.Usual(), nameAndDay)
	wantKey(t, err, "sheet.too_many_sheets")
}

func TestDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"01/02/2020": "2020-02-01", "1/2/2020": "2020-02-01", "1-2-2020": "2020-02-01", "1.2.2020": "2020-02-01", "2020-02-01": "2020-02-01", "2020-2-1 00:00:00": "2020-02-01",
		"2020-02-01T00:00:00": "2020-02-01", "01/02/2020 07:30": "2020-02-01", "29/02/2020": "2020-02-29", " 31/12/1999 ": "1999-12-31",
		"29/02/2021": "", "13/13/2020": "", "1/2/20": "", "2020": "", "": "", "1/2": "", "1//2020": "", "a/b/cccc": "", "01/02/2020/": "", "00/01/2020": "", "01/02/0020": "",
	} {
		if got, _ := sheet.ParseDay(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	for text, want := range map[string]string{"43862": "2020-02-01", "43862.75": "2020-02-01", "61": "", "1975": "1905-05-28", "1e9": "", "NaN": ""} {
		if got, _ := (sheet.Value{Text: text, Serial: true}).DayOf(false); got != want {
			t.Errorf("number %s: got %q, want %q", text, got, want)
		}
	}
	if got, _ := (sheet.Value{Text: "42400", Serial: true}).DayOf(true); got != "2020-02-01" {
		t.Errorf("counted from 1904: got %q", got)
	}
}

func TestCellNames(t *testing.T) {
	t.Parallel()
	for want, at := range map[string][2]int{"A1": {0, 1}, "Z9": {25, 9}, "AA10": {26, 10}, "AZ2": {51, 2}, "BA3": {52, 3}, "ZZ4": {701, 4}, "AAA5": {702, 5}} {
		if got := sheet.CellName(at[0], at[1]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("Họ tên;Từ ngày\r\n\"Lê\nA\";1/2/2020\r\n"))
	f.Add([]byte("sep=\t\nHọ tên\tTừ ngày\nx\ty"))
	f.Add([]byte(xlsx(`<row r="4"><c r="B4" t="s"><v>2</v></c></row>`)))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := sheet.Read(data, sheet.Limits{Unzipped: 1 << 20, Rows: 100, Columns: 20, Cell: 200, Sheets: 3}, nameAndDay)
		check(t, table, err)
	})
}

// FuzzSheetXML reads rows of a workbook whose XML is anything.
func FuzzSheetXML(f *testing.F) {
	f.Add(`<row r="4"><c r="B4" t="s"><v>2</v></c><c r="D4" t="inlineStr"><is><t>&#x1EA1;&amp;</t></is></c></row>`)
	f.Add(`<row><c><v>1E5</v></c></row><!-- --><![CDATA[x]]></sheetData>`)
	f.Add(`<row r="99999999999"><c r="ZZZZ1"><v/></c></row>`)
	f.Fuzz(func(t *testing.T, rows string) {
		table, err := sheet.Read([]byte(xlsx(rows)), sheet.Limits{Unzipped: 1 << 20, Rows: 100, Columns: 20, Cell: 200, Sheets: 3}, nameAndDay)
		check(t, table, err)
	})
}

func FuzzParseDay(f *testing.F) {
	f.Add("01/02/2020")
	f.Add("2020-02-30")
	f.Fuzz(func(t *testing.T, text string) {
		if day, ok := sheet.ParseDay(text); ok {
			if _, err := time.Parse(time.DateOnly, day); err != nil {
				t.Errorf("%q: got %q", text, day)
			}
		}
	})
}

func check(t *testing.T, table sheet.Table, err error) {
	t.Helper()
	if err != nil {
		if f := fault.As(err); f == nil || f.Kind != fault.KindInvalid || table.Lines != nil {
			t.Fatalf("got %v with %d rows", err, len(table.Lines))
		}
		return
	}
	if len(table.Lines) == 0 || len(table.Lines) > 100 {
		t.Fatalf("got %d rows", len(table.Lines))
	}
	for _, l := range table.Lines {
		for _, v := range l.Values {
			if !norm.NFC.IsNormalString(v.Text) || strings.ContainsAny(v.Text, "\n\x00") || len([]rune(v.Text)) > 200 {
				t.Fatalf("got %q", v.Text)
			}
		}
	}
}
