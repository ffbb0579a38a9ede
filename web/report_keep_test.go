package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// keptAnswer is what the form hears that saves itself.
type keptAnswer struct {
	status  int
	Version int    `json:"version"`
	Said    string `json:"said"`
}

// keepBody is what the script of a form sends: every field that is not empty.
func keepBody(t *testing.T, account string, form url.Values, turn int64) []byte {
	t.Helper()
	fields := map[string]string{"account": account}
	for name := range form {
		if v := form.Get(name); v != "" && name != "action" {
			fields[name] = v
		}
	}
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false)
	if err := e.Encode(map[string]any{"turn": turn, "fields": fields}); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

func keep(t *testing.T, client *http.Client, site string, body []byte) keptAnswer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+"/reports/keep", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json")
	w, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Body.Close() }()
	text, err := io.ReadAll(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := keptAnswer{status: w.StatusCode}
	if err := json.Unmarshal(text, &a); err != nil {
		t.Fatalf("%d: %v in %s", w.StatusCode, err, text)
	}
	return a
}

// keeps saves a form of a page as its script does.
func (v *reportVisitor) keeps(form url.Values, turn int64) keptAnswer {
	v.site.Helper()
	account := v.get("/reports/drafts").page.Find("[data-account]").AttrOr("data-account", "")
	return keep(v.site.T, v.client, v.site.url, keepBody(v.site.T, account, form, turn))
}

func TestFormKeepsItself(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	page := cadre.get("/reports/new")
	if got := page.page.Find("form#report").AttrOr("data-keep", ""); got != "/reports/keep" {
		t.Fatalf("the form saves itself to %q", got)
	}
	form := page.form()
	if a := cadre.keeps(form, 1); a.status != http.StatusOK || a.Version != 0 || s.count(`SELECT count(*) FROM report_drafts`) != 0 {
		t.Errorf("nothing written yet: got %+v and a draft", a)
	}
	form.Set("what", "Nước mặn\x00 vào sâu")
	if a := cadre.keeps(form, 2); a.status != http.StatusOK || a.Version != 1 || a.Said != "Đã lưu nháp lúc 09:00" {
		t.Fatalf("got %+v, want version 1", a)
	}
	form.Set("what", "Nước mặn vào sâu 4 km") // the answer to the saving before never arrived: the version is still 0
	if a := cadre.keeps(form, 3); a.status != http.StatusOK || a.Version != 2 {
		t.Errorf("after a lost answer: got %+v, want version 2", a)
	}
	old := with(form, "what", "Nước mặn")
	if a := cadre.keeps(old, 2); a.status != http.StatusConflict {
		t.Errorf("an older saving that comes late: got %+v, want a conflict", a)
	}
	path := "/reports/" + form.Get("report_id") + "/edit"
	if got := cadre.get(path).form().Get("what"); got != "Nước mặn vào sâu 4 km" {
		t.Errorf("the draft says %q", got)
	}
	form.Set("what", "Nước mặn vào sâu 4 km, 12 hộ thiếu nước ngọt") // and is sent without ever having heard of a version
	form.Set("hinted", "1")
	form.Set("action", "send")
	if a := cadre.post("/reports/new", form); a.status != http.StatusSeeOther {
		t.Fatalf("sending: got %d: %s", a.status, a.main())
	}
	if a := cadre.keeps(form, 9); a.status != http.StatusConflict || s.count(`SELECT count(*) FROM report_drafts`) != 0 {
		t.Errorf("a saving that comes after the sending: got %+v", a)
	}
}

func TestFormThatCannotKeepItself(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre, other := s.visitor("cadre"), s.visitor("other")
	form := cadre.get("/reports/new").form()
	form.Set("what", "Chỉ mình tôi đọc")
	account := cadre.get("/").page.Find("[data-account]").AttrOr("data-account", "")
	if a := keep(t, s.visitor("").client, s.url, keepBody(t, account, form, 1)); a.status != http.StatusUnauthorized {
		t.Errorf("without a session: got %d, want 401 and no redirect", a.status)
	}
	if a := keep(t, other.client, s.url, keepBody(t, account, form, 1)); a.status != http.StatusForbidden || s.count(`SELECT count(*) FROM report_drafts`) != 0 {
		t.Errorf("somebody else signed in behind the form: got %+v, want 403 and nothing stored", a)
	}
	if a := cadre.keeps(form, 1); a.status != http.StatusOK {
		t.Fatalf("got %+v", a)
	}
	for name, change := range map[string]func(url.Values){
		"under the same form":    func(url.Values) {},
		"with the same version":  func(f url.Values) { f.Set("version", "1") },
		"under a form of theirs": func(f url.Values) { f.Set("submission_id", uuid.NewString()) },
	} {
		theirs := with(form, "what", "Chữ của người khác")
		change(theirs)
		if a := other.keeps(theirs, 5); a.status != http.StatusNotFound {
			t.Errorf("somebody else's draft, %s: got %+v, want 404", name, a)
		}
	}
	if a := cadre.keeps(with(form, "kind", "nonsense"), 6); a.status != http.StatusUnprocessableEntity || a.Said == "" {
		t.Errorf("an unknown kind: got %+v, want 422", a)
	}
	if a := cadre.keeps(with(form, "what", strings.Repeat("a", 1<<17)), 7); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a text without end: got %+v, want 422", a)
	}
	if a := keep(t, cadre.client, s.url, []byte(`{"turn": "x"`)); a.status != http.StatusUnprocessableEntity {
		t.Errorf("broken JSON: got %+v, want 422", a)
	}
	if a := keep(t, s.visitor("admin").client, s.url, keepBody(t, s.visitor("admin").get("/").page.Find("[data-account]").AttrOr("data-account", ""), with(form, "report_id", uuid.NewString()), 1)); a.status != http.StatusForbidden {
		t.Errorf("somebody who has nothing to report under: got %+v, want 403", a)
	}
	if got := cadre.get("/reports/" + form.Get("report_id") + "/edit").form().Get("what"); got != "Chỉ mình tôi đọc" {
		t.Errorf("the draft now says %q", got)
	}
}

func TestTwoTabsKeepThemselves(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	path := savedDraft(t, cadre, "Bản đầu")
	first, second := cadre.get(path).form(), cadre.get(path).form()
	first.Set("what", "Tab thứ nhất")
	if a := cadre.keeps(first, 100); a.status != http.StatusOK || a.Version != 2 {
		t.Fatalf("the first tab: got %+v", a)
	}
	second.Set("what", "Tab thứ hai")
	if a := cadre.keeps(second, 200); a.status != http.StatusConflict || !strings.Contains(a.Said, "thẻ hoặc máy khác") {
		t.Errorf("the second tab: got %+v, want to be told", a)
	}
	if got := cadre.get(path).form().Get("what"); got != "Tab thứ nhất" {
		t.Errorf("the draft says %q, want nothing overwritten", got)
	}
	second.Set("action", "save") // the loser asks: both texts are shown, and the form goes on from there
	shown := cadre.post(path, second)
	if shown.status != http.StatusConflict || shown.form().Get("what") != "Tab thứ hai" || !strings.Contains(shown.main(), "Tab thứ nhất") {
		t.Fatalf("got %d", shown.status)
	}
	if a := cadre.keeps(shown.form(), 300); a.status != http.StatusOK || a.Version != 3 {
		t.Errorf("having looked at both: got %+v", a)
	}
	if a := cadre.keeps(first, 400); a.status != http.StatusConflict {
		t.Errorf("now the first tab is the older one: got %+v", a)
	}
	id := strings.Split(path, "/")[2]
	cadre.post("/reports/"+id+"/discard", url.Values{"submission_id": {uuid.NewString()}, "version": {"3"}})
	if a := cadre.keeps(first, 500); a.status != http.StatusConflict || !strings.Contains(a.Said, "bị bỏ") {
		t.Errorf("after the draft was thrown away: got %+v", a)
	}
}

// An amendment that was sent is not followed by a draft of it that was still on its way.
func TestAmendmentIsNotOvertaken(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	form := cadre.get("/reports/new").form()
	form.Set("what", "Nước mặn vào sâu 4 km")
	form.Set("hinted", "1")
	form.Set("action", "send")
	cadre.post("/reports/new", form)
	path := "/reports/" + form.Get("report_id") + "/edit"
	amended := cadre.get(path).form()
	amended.Set("what", "Nước mặn vào sâu 5 km")
	if a := cadre.keeps(amended, 1); a.status != http.StatusOK || a.Version != 1 {
		t.Fatalf("keeping an amendment: got %+v", a)
	}
	amended.Set("hinted", "1")
	amended.Set("action", "send")
	if a := cadre.post(path, amended); a.status != http.StatusSeeOther {
		t.Fatalf("sending it: got %d: %s", a.status, a.main())
	}
	if a := cadre.keeps(amended, 2); a.status != http.StatusConflict || s.count(`SELECT count(*) FROM report_drafts`) != 0 {
		t.Errorf("a late saving: got %+v, want a conflict and no draft", a)
	}
}

// What a draft says about a household lies behind the second line of access, whoever asks the database, and whatever kind the form has
// been changed to meanwhile.
func TestDraftOfAVisitIsItsAuthors(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.household(t, "cbxa", houseCanary)
	form := s.visitForm(s.groupOf(t, "cbxa"), "1")
	client := s.client(t, "cbxa")
	actor := s.actor(t, "cbxa")
	account := s.id(t, `SELECT id::text FROM accounts WHERE login = 'cbxa'`)
	if a := keep(t, client, s.url, keepBody(t, account, form, 1)); a.status != http.StatusOK || a.Version != 1 {
		t.Fatalf("got %+v", a)
	}
	path := "/reports/" + form.Get("report_id") + "/edit"
	edit := parse(t, s.body(t, client, path))
	if got := edit.Find(`textarea[name="needs"]`).Text(); !strings.Contains(got, visitCanary) {
		t.Errorf("the author's form says %q", got)
	}
	if _, here := edit.Find("form#report").Attr("data-keep-here"); here {
		t.Error("what is said about a household would be kept in the browser")
	}
	if _, here := parse(t, s.body(t, client, "/reports/new")).Find("form#report").Attr("data-keep-here"); !here {
		t.Error("other reports are not kept in the browser")
	}
	closed := func(when string) {
		t.Helper()
		if n := s.id(t, `SELECT count(*)::text FROM report_drafts WHERE form::text LIKE '%' || $1 || '%'`, visitCanary); n != "0" {
			t.Errorf("%s: the words lie open beside other drafts", when)
		}
		if n := s.id(t, `SELECT count(*)::text FROM report_draft_visits WHERE content::text LIKE '%' || $1 || '%'`, visitCanary); n != "1" {
			t.Errorf("%s: got %s rows apart, want 1", when, n)
		}
	}
	closed("kept")
	conn := s.db.App
	seen := func(author int64) (n int) {
		t.Helper()
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
		if author != 0 {
			if _, err := tx.Exec(t.Context(), `SELECT set_config('banam.author', $1::bigint::text, true)`, author); err != nil {
				t.Fatal(err)
			}
		}
		if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM report_draft_visits`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if mine, others, nobody := seen(int64(actor.CadreID)), seen(int64(actor.CadreID)+1), seen(0); mine != 1 || others != 0 || nobody != 0 {
		t.Errorf("the application sees %d rows for the author, %d for another person, %d for nobody; want 1, 0, 0", mine, others, nobody)
	}
	form.Set("version", "1")
	form.Set("action", "kind:situation") // another kind: the words stay with the draft, and apart
	status, to, _ := s.post(t, client, "/reports/new", form)
	if status != http.StatusSeeOther {
		t.Fatalf("changing the kind: got %d to %q", status, to)
	}
	closed("of another kind")
	back := parse(t, s.body(t, client, to))
	if back.Find(`textarea[name="needs"]`).Length() != 0 {
		t.Error("a situation report asks for needs")
	}
	form.Set("version", back.Find(`form#report input[name="version"]`).AttrOr("value", ""))
	form.Set("submission_id", uuid.NewString())
	form.Set("action", "send")
	if status, to, body := s.post(t, client, to, form); status != http.StatusSeeOther {
		t.Fatalf("sending: got %d to %q: %s", status, to, parse(t, body).Find("main").Text())
	}
	if n := s.id(t, `SELECT count(*)::text FROM report_draft_visits`); n != "0" {
		t.Errorf("after sending %s rows are left", n)
	}
}

// A saving is light: a report as the demo's cadres write them, with its own words and everything that the form says besides.
func TestKeepingWeighsLittle(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	form := s.visitor("cadre").get("/reports/new").form()
	form.Set("what", strings.Repeat("Nước mặn vào sâu 4 km, nhiều hộ thiếu nước ngọt sinh hoạt. ", 12))
	form.Set("difficulties", strings.Repeat("Cống hư từ mùng 3, ấp không đủ kinh phí. ", 5))
	form.Set("proposals", strings.Repeat("Đề nghị huyện hỗ trợ sửa cống trước rằm. ", 4))
	body := keepBody(t, "1234567", form, time.Now().UnixMilli())
	letters := len([]rune(form.Get("what") + form.Get("difficulties") + form.Get("proposals")))
	if len(body) > 2000 {
		t.Errorf("a report of %d letters weighs %d bytes a saving, want at most 2000", letters, len(body))
	}
	if posted := len(form.Encode()); posted < 3*len(body)/2 {
		t.Errorf("as a form it would weigh %d bytes, no more than %d: why JSON?", posted, len(body))
	}
	t.Logf("%d letters: %d bytes as JSON, %d as a form", letters, len(body), len(form.Encode()))
}

// packedBody is a body as the script packs long texts.
func packedBody(t *testing.T, body []byte) []byte {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}

// longText is prose of some length that does not repeat itself word by word.
const longText = `Sáng nay cùng trưởng ấp đi dọc tuyến kênh từ cống đầu ấp ra đến sông lớn. Nước mặn đã lấn vào sâu khoảng bốn cây số, độ mặn đo được ba phẩy hai
phần nghìn. Mười hai hộ cuối kênh không còn nước ngọt để nấu ăn, phải mua từng bình với giá cao gấp đôi tuần trước. Bà con đề nghị xã cho xe bồn chở nước
về nhà văn hóa ấp vào sáng thứ Ba và thứ Sáu. Hai hộ neo đơn nhờ đoàn viên thanh niên gánh giúp. Lúa đông xuân còn chừng mười lăm ngày nữa mới thu hoạch, một số
ruộng gần mé kênh lá đã vàng, năng suất ước giảm một phần ba. Anh Tư tổ trưởng cho biết cửa cống hư bản lề từ mùng ba, ấp góp được bốn triệu đồng nhưng thợ báo giá mười
một triệu. Chiều họp tổ, có hai mươi sáu người dự; nhiều ý kiến hỏi về hỗ trợ giống mùa sau, về lịch đóng mở cống, và về đoạn đường trước trường mẫu giáo bị
sụt sau đợt triều cường. Chị Năm bên Hội Phụ nữ nhận gom danh sách các cháu nghỉ học vì phải đi lấy nước. Tình hình trật tự yên, chỉ có một vụ cãi nhau
do giành bơm nước, công an viên đã hòa giải tại chỗ. Người dân phấn khởi khi nghe huyện sẽ nạo vét kênh trước rằm, nhưng lo làm không kịp con nước tới. `

func TestLongTextsArePacked(t *testing.T) {
	t.Parallel()
	s := newReportSite(t)
	cadre := s.visitor("cadre")
	account := cadre.get("/").page.Find("[data-account]").AttrOr("data-account", "")
	form := cadre.get("/reports/new").form()
	form.Set("what", longText+longText[:len(longText)/2])
	body := keepBody(t, account, form, 1)
	sent := packedBody(t, body)
	if len(sent) > 2000 || len(sent) > len(body)*6/10 {
		t.Errorf("%d letters weigh %d bytes packed, %d else", len([]rune(form.Get("what"))), len(sent), len(body))
	}
	t.Logf("%d letters: %d bytes packed, %d else", len([]rune(form.Get("what"))), len(sent), len(body))
	packedKeep := func(body []byte) keptAnswer {
		t.Helper()
		return keep(t, &http.Client{Jar: cadre.client.Jar, Transport: asPacked{}}, s.url, body)
	}
	if a := packedKeep(sent); a.status != http.StatusOK || a.Version != 1 {
		t.Errorf("packed: got %+v", a)
	}
	if got := cadre.get("/reports/" + form.Get("report_id") + "/edit").form().Get("what"); !strings.HasPrefix(got, "Sáng nay cùng trưởng ấp") {
		t.Errorf("the draft says %q", got)
	}
	if a := packedKeep([]byte("no gzip")); a.status != http.StatusUnprocessableEntity {
		t.Errorf("what is not packed: got %+v, want 422", a)
	}
	form.Set("what", strings.Repeat("a", 50<<20))
	if a := packedKeep(packedBody(t, keepBody(t, account, form, 2))); a.status != http.StatusUnprocessableEntity {
		t.Errorf("50 MB in a small parcel: got %+v, want 422", a)
	}
}

// asPacked says that bodies are packed.
type asPacked struct{}

func (asPacked) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Content-Encoding", "gzip")
	return http.DefaultTransport.RoundTrip(r)
}

func TestRoundTripsOfKeeping(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.household(t, "cbxa", houseCanary)
	form := s.visitForm(s.groupOf(t, "cbxa"), "1")
	account := s.id(t, `SELECT id::text FROM accounts WHERE login = 'cbxa'`)
	n := s.countTrips(t)
	client := s.client(t, "cbxa")
	for turn := range int64(4) {
		form.Set("needs", strings.Repeat("x", int(turn)+1))
		before := n.Load()
		a := keep(t, client, s.url, keepBody(t, account, form, turn+1))
		if got := n.Load() - before; a.status != http.StatusOK || turn > 0 && got > writeBudget {
			t.Errorf("saving %d: got %+v and %d round trips, want at most %d", turn, a, got, writeBudget)
		}
	}
}
