package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// defused puts an apostrophe before words that a spreadsheet would take for a formula.
func defused(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

type csvWriter struct{ w *csv.Writer }

func newCSV(w io.Writer, columns []Column) (*csvWriter, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("beginning a csv: %w", err)
	}
	out := &csvWriter{csv.NewWriter(w)}
	out.w.UseCRLF = true
	head := make([]Cell, len(columns))
	for i, c := range columns {
		head[i] = Text(c.Head)
	}
	return out, out.Row(head)
}

func (c *csvWriter) Row(cells []Cell) error {
	record := make([]string, len(cells))
	for i, cell := range cells {
		record[i] = cell.plain()
	}
	if err := c.w.Write(record); err != nil {
		return fmt.Errorf("writing a row: %w", err)
	}
	return nil
}

func (c *csvWriter) Close() error {
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return fmt.Errorf("ending a csv: %w", err)
	}
	return nil
}
