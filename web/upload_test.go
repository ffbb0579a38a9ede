package web_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/territory"
)

const pdf = "%PDF-1.7\nQuyết định 45-QĐ/HU\n%%EOF\n"

// sendFile posts a form with a file.
func (s *site) sendFile(t *testing.T, client *http.Client, path string, form url.Values, name, content string) (status int, location, body string) {
	t.Helper()
	var sent bytes.Buffer
	w := multipart.NewWriter(&sent)
	for field, list := range form {
		for _, v := range list {
			if err := w.WriteField(field, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if name != "" {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, &sent)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

func TestDecisionFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, hamlet := s.client(t, "admin"), "/places/"+placeID(s.actor(t, "cbhuyen"))
	person := s.person(t, "Lê Thị Hoà", "district")
	form := url.Values{
		"submission_id": {uuid.NewString()}, "cadre": {person}, "post": {"district_supporter"}, "from": {"ngày mai"}, "decision": {"45-QĐ/HU"},
	}
	if page := parse(t, s.body(t, admin, hamlet+"/assign?cadre="+person)); page.Find("form[enctype='multipart/form-data'] input[type=file]").Length() != 1 {
		t.Fatal("the form takes no file")
	}
	status, _, body := s.sendFile(t, admin, hamlet+"/assign", form, "qd.pdf", "<script>")
	if page := parse(t, body); status != http.StatusUnprocessableEntity || page.Find("#f-file[aria-invalid]").Length() != 1 {
		t.Errorf("what is no PDF: got %d", status)
	}
	status, _, body = s.sendFile(t, admin, hamlet+"/assign", form, `C:\Quét\qd 45.pdf`, pdf)
	page := parse(t, body)
	kept := page.Find("[name=file_id]").AttrOr("value", "")
	if status != http.StatusUnprocessableEntity || kept == "" || !strings.Contains(page.Find("#f-file-hint").Text(), "qd 45.pdf") {
		t.Fatalf("a form with a mistake: got %d, kept %q", status, kept)
	}
	form.Set("from", territory.DayOf(time.Now()).String())
	form.Set("file_id", kept)
	if status, _, _ := s.sendFile(t, s.client(t, "bithu"), hamlet+"/assign", form, "", ""); status != http.StatusForbidden {
		t.Errorf("a lead: got %d", status)
	}
	if status, to, body := s.sendFile(t, admin, hamlet+"/assign", form, "", ""); status != http.StatusSeeOther {
		t.Fatalf("mended: got %d to %q: %s", status, to, parse(t, body).Find(".error-summary").Text())
	}
	file := rowOf(parse(t, s.body(t, admin, hamlet+"/assignments")), "Lê Thị Hoà").Find("a[href$='/file']").AttrOr("href", "")
	r, err := admin.Get(s.url + file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	data, _ := io.ReadAll(r.Body)
	if string(data) != pdf || r.Header.Get("Content-Type") != "application/pdf" || r.Header.Get("Content-Disposition") != "attachment; filename*=UTF-8''qd%2045.pdf" ||
		!strings.Contains(r.Header.Get("Content-Security-Policy"), "sandbox") || r.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("got %q with %v", data, r.Header)
	}
	for login, want := range map[string]int{"bithu": http.StatusOK, "bithu2": http.StatusNotFound, "cbxa": http.StatusNotFound} {
		if status, _ := s.get(t, s.client(t, login), file); status != want {
			t.Errorf("%s: got %d, want %d", login, status, want)
		}
	}
}

// Another person's file cannot be taken by its id, and one's own decision can be read.
func TestDecisionComesLater(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin, holder := s.client(t, "admin"), s.actor(t, "cbxa")
	path := "/assignments/" + strconv.FormatInt(int64(holder.Grants[0].AssignmentID), 10)
	if status, _ := s.get(t, admin, path+"/file"); status != http.StatusNotFound {
		t.Errorf("without a file: got %d", status)
	}
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 30, 40)), nil); err != nil {
		t.Fatal(err)
	}
	form := url.Values{"submission_id": {uuid.NewString()}, "decision": {"12-QĐ/ĐU"}}
	for range 2 { // sent twice it is stored once
		if status, to, _ := s.sendFile(t, admin, path+"/decision", form, "anh.png", photo.String()); status != http.StatusSeeOther || !strings.HasSuffix(to, "/assignments") {
			t.Fatalf("got %d to %q", status, to)
		}
	}
	if n := s.id(t, `SELECT count(*)::text FROM files WHERE name = 'anh.jpg' AND media = 'image/jpeg'`); n != "1" {
		t.Errorf("got %s files", n)
	}
	if status, _ := s.get(t, s.client(t, "cbxa"), path+"/file"); status != http.StatusOK {
		t.Errorf("one's own decision: got %d", status)
	}
	theirs := s.id(t, `INSERT INTO files (id, sha256, size, media, name, made_by, made_at) SELECT gen_random_uuid(), sha256('x'), 1, 'application/pdf', 'x.pdf', $1, now() RETURNING id::text`, int64(holder.CadreID))
	stolen := url.Values{"submission_id": {uuid.NewString()}, "decision": {"1"}, "file_id": {theirs}}
	if status, _, _ := s.sendFile(t, admin, path+"/decision", stolen, "", ""); status != http.StatusConflict {
		t.Errorf("somebody else's file: got %d", status)
	}
	long := url.Values{"submission_id": {uuid.NewString()}, "decision": {strings.Repeat("1", 101)}}
	if status, _, body := s.post(t, admin, path+"/decision", long); status != http.StatusUnprocessableEntity || parse(t, body).Find("#f-decision[aria-invalid]").Length() != 1 {
		t.Errorf("too long a number: got %d", status)
	}
}

func TestSweepingFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	received, err := s.app.ReceiveFile("x.pdf", []byte(pdf))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.app.KeepFile(t.Context(), s.actor(t, "admin"), received); err != nil {
		t.Fatal(err)
	}
	s.exec(t, `UPDATE files SET made_at = made_at - interval '2 days'`)
	if _, err := s.app.SweepFiles(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.id(t, `SELECT count(*)::text FROM files`); n != "0" {
		t.Errorf("got %s files that belong to nothing", n)
	}
}
