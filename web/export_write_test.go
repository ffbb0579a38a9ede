package web

import (
	"bytes"
	"context"
	"encoding/csv"
	"strconv"
	"testing"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/sheet"
)

// counted is a list of so many rows, read in batches.
func counted(total int) listing[int] {
	return listing[int]{
		name: "cadres", columns: []column[int]{{"cadre.name", 0, sheet.Number}},
		batch: func(_ context.Context, page app.ListPage) ([]int, string, error) {
			from, _ := strconv.Atoi(page.After) // empty on the first page
			to := min(from+page.Limit, total)
			var rows []int
			for n := from; n < to; n++ {
				rows = append(rows, n)
			}
			if to == total {
				return rows, "", nil
			}
			return rows, strconv.Itoa(to), nil
		},
	}
}

// A file has every row of the list once, however the batches fall, and is refused when it would have too many.
func TestFilesHaveEveryRowOrNone(t *testing.T) {
	t.Parallel()
	for _, total := range []int{0, 1, exportBatch, exportBatch + 1, exportLimit} {
		var file bytes.Buffer
		n, err := counted(total).write(t.Context(), &file, sheet.CSV)
		rows, parse := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(file.Bytes(), []byte("\ufeff")))).ReadAll()
		if err != nil || parse != nil || n != total || len(rows) != total+1 {
			t.Fatalf("%d rows: got %d, %d in the file: %v %v", total, n, len(rows)-1, err, parse)
		}
		for i, row := range rows[1:] {
			if row[0] != strconv.Itoa(i) {
				t.Fatalf("%d rows: row %d is %s", total, i, row[0])
			}
		}
	}
	var file bytes.Buffer
	if _, err := counted(exportLimit+1).write(t.Context(), &file, sheet.CSV); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("one row too many: got %v", err)
	}
}
