package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/sheet"
)

// imported gives an import of an account's that waits for its maker.
func (s *site) imported(t *testing.T, login string) string {
	t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	actor := s.actor(t, login)
	s.exec(t, `INSERT INTO imports (id, kind, state, cadre_id, account_id, assignment_id, locality_id, file_name, columns, created_at, total, made)
		VALUES ($1, 'cadres', 'ready', $2, $3, $4, $5, $6, '[{"k":"name","a":0},{"k":"tier","a":1}]', now(), 1, 0)`,
		id, actor.CadreID, actor.AccountID, actor.Grants[0].AssignmentID, actor.Grants[0].Locality.ID, canary+".csv")
	s.exec(t, `INSERT INTO import_rows (import_id, n, line, typed, verdict, faults) VALUES ($1, 1, 2, jsonb_build_array($2::text, 'Xã'), 'error', '[{"c":"tier","k":"import.choice_unknown"}]')`, id, canary)
	return id
}

// oneCadre is a list of one person whom nobody knows yet.
func oneCadre() string { return "Họ tên;Cấp\r\nLê Thị " + uuid.NewString() + ";Huyện\r\n" }

// uploaded gives the page of a list that waits for its maker to accept it; applied, of one that was.
func (s *site) uploaded(t *testing.T, login string, applied bool) string {
	t.Helper()
	id, err := s.app.UploadList(t.Context(), s.actor(t, login), submission(), app.Upload{Kind: app.ImportCadres, FileName: "danh-sach.csv", Data: []byte(oneCadre())})
	if err == nil && applied {
		if err = s.app.AcceptImport(t.Context(), s.actor(t, login), submission(), id); err == nil {
			err = s.app.RunImport(t.Context(), id)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return "/imports/" + id.String()
}

func kindForm() url.Values {
	return url.Values{"submission_id": {uuid.NewString()}, "kind": {"cadres"}}
}

// An administrator's list, from the template to the undo.
func TestImport(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	status, template := s.get(t, admin, "/imports/templates/cadres")
	if status != http.StatusOK || !strings.HasPrefix(template, "PK") {
		t.Fatalf("the template: got %d", status)
	}
	heads := func(head []string) []int {
		if head[1] != "Họ và tên" {
			return nil
		}
		return []int{1}
	}
	if table, err := sheet.Read([]byte(template), sheet.Usual(), heads); err != nil || len(table.Lines) != 1 {
		t.Errorf("the template has %d rows below its headings: %v", len(table.Lines), err)
	}
	if status, _, body := s.sendFile(t, admin, "/imports/new", kindForm(), "mau.xlsx", template); status != http.StatusUnprocessableEntity {
		t.Errorf("the template as it is: got %d: %s", status, parse(t, body).Find("main").Text())
	}
	list := "Họ tên;Năm sinh;Cấp;Ghi chú\r\nLê Thị Trang;1980;Xã;x\r\n=Lê Văn Sai;1;Xã;y\r\n"
	status, page, body := s.sendFile(t, admin, "/imports/new", kindForm(), "danh-sach.csv", list)
	if status != http.StatusSeeOther {
		t.Fatalf("uploading: got %d: %s", status, parse(t, body).Find("main").Text())
	}
	seen := parse(t, s.body(t, admin, page))
	if text := words(seen.Find("main")); !strings.Contains(text, "Ô B3:") || !strings.Contains(text, "Ghi chú") || seen.Find("tbody tr").Length() != 2 {
		t.Errorf("the preview: %s", text)
	}
	if n := parse(t, s.body(t, admin, page+"?verdict=error")).Find("tbody tr").Length(); n != 1 {
		t.Errorf("errors alone: got %d rows", n)
	}
	_, _, failed := s.post(t, admin, page+"/export", url.Values{"format": {"csv"}})
	if !strings.HasPrefix(failed, "\ufeff") || !strings.Contains(failed, "'=Lê Văn Sai") || !strings.Contains(failed, "Ô B3") || strings.Contains(failed, "Trang") {
		t.Errorf("the failed rows: %q", failed)
	}
	form := sent()
	if status, to, _ := s.post(t, admin, page+"/accept", form); status != http.StatusSeeOther || to != page {
		t.Errorf("accepting: got %d to %s", status, to)
	}
	if status, _, _ := s.post(t, admin, page+"/accept", form); status != http.StatusSeeOther {
		t.Errorf("the same form again: got %d", status)
	}
	if status, _, body := s.post(t, admin, page+"/abandon", sent()); status != http.StatusConflict || !strings.Contains(body, "Đang ghi") {
		t.Errorf("abandoning what is under way: got %d", status)
	}
	if status, _, _ := s.post(t, admin, page+"/undo", sent()); status != http.StatusConflict {
		t.Errorf("undoing what is under way: got %d", status)
	}
	if body := s.body(t, admin, page); parse(t, body).Find("progress").Length() != 1 {
		t.Error("no progress is shown")
	}
	if err := s.app.RunImport(t.Context(), uuid.MustParse(strings.TrimPrefix(page, "/imports/"))); err != nil {
		t.Fatal(err)
	}
	if text := words(parse(t, s.body(t, admin, page)).Find("main")); !strings.Contains(text, "Đã ghi") || !strings.Contains(text, "Hoàn tác") {
		t.Errorf("afterwards: %s", text)
	}
	if text := words(parse(t, s.body(t, admin, "/imports")).Find("main")); !strings.Contains(text, "danh-sach.csv") || !strings.Contains(text, "1 mới, 1 lỗi") {
		t.Errorf("the list: %s", text)
	}
	if status, _, _ := s.post(t, admin, page+"/undo", sent()); status != http.StatusSeeOther {
		t.Errorf("undoing: got %d", status)
	}
}

func words(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

func TestImportRefusals(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	for name, tt := range map[string]struct {
		file, content, says string
	}{
		"nothing":    {"", "", "Hãy chọn tệp"},
		"a picture":  {"x.png", "\x89PNG\r\n\x1a\n", "không phải bảng tính"},
		"old Excel":  {"x.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel cũ"},
		"other list": {"x.csv", "Mã;Hàng\n1;Gạo\n", "Mã, Hàng"},
		"no tier":    {"x.csv", "Họ tên;Năm sinh\nA;1\n", "Tệp thiếu cột: Cấp"},
	} {
		status, _, body := s.sendFile(t, admin, "/imports/new", kindForm(), tt.file, tt.content)
		if text := words(parse(t, body).Find("main")); status != http.StatusUnprocessableEntity || !strings.Contains(text, tt.says) {
			t.Errorf("%s: got %d: %s", name, status, text)
		}
	}
	if n := s.id(t, `SELECT count(*)::text FROM imports`); n != "0" {
		t.Errorf("what was refused left %s imports", n)
	}
	if status, _, _ := s.sendFile(t, s.client(t, "bithu"), "/imports/new", kindForm(), "x.csv", "Họ tên;Cấp\nLê A;Xã\n"); status != http.StatusForbidden {
		t.Errorf("a secretary: got %d", status)
	}
	start := time.Now()
	if status, _, _ := s.sendFile(t, admin, "/imports/new", kindForm(), "x.csv", strings.Repeat("x", 20<<20)); status < 400 || status >= 500 {
		t.Errorf("20 MB: got %d after %v", status, time.Since(start))
	}
}

// The lists of lists and of plans are given as files: their rows, and no name of a file, which may name people.
func TestListsOfListsAndPlansAsFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	client := s.client(t, "admin")
	s.imported(t, "admin")
	path, _ := s.planForm(t, "edit", url.Values{})()
	if path == "" {
		t.Fatal("no plan")
	}
	for list, want := range map[string]string{"/imports": "Cán bộ", "/reorganisations": "Nghị quyết"} {
		if parse(t, s.body(t, client, list)).Find(`form[action="`+list+`/export"]`).Length() == 0 {
			t.Errorf("%s offers no file", list)
		}
		status, _, body := s.post(t, client, list+"/export", url.Values{"format": {"csv"}})
		lines := strings.Split(strings.TrimSpace(body), "\n")
		if status != http.StatusOK || len(lines) != 2 || !strings.Contains(lines[1], want) || strings.Contains(body, canary) {
			t.Errorf("%s: got %d: %s", list, status, body)
		}
	}
}
