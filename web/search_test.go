package web_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/text/unicode/norm"
)

// hits are the titles of what a search found, kind by kind.
type hits map[string][]string

// find searches as somebody; more are further parameters.
func (s *site) find(t *testing.T, client *http.Client, words string, more ...string) hits {
	t.Helper()
	query := url.Values{"q": {words}}
	for _, name := range more {
		query.Set(name, "1")
	}
	status, body := s.get(t, client, "/search?"+query.Encode())
	if status != http.StatusOK {
		t.Fatalf("searching for %q: got %d", words, status)
	}
	found := hits{}
	parse(t, body).Find("main section").Each(func(_ int, e *goquery.Selection) {
		kind := e.AttrOr("aria-labelledby", "")
		e.Find(".line-title").Each(func(_ int, hit *goquery.Selection) { found[kind] = append(found[kind], hit.Text()) })
	})
	return found
}

// Search ignores case, diacritics and the place of tone marks, and works for what is not composed (domain.md section 8).
func TestSearchAsPeopleType(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	report, issue := "Nước mặn vào sâu ở Cống Đình, thủy lợi chậm sửa", "Đường vào Hòa Lợi sụt lún"
	s.report(t, "cbhuyen", report, true)
	s.raise(t, "cbhuyen", issue)
	c := s.client(t, "bithu")
	for _, tt := range []struct{ words, kind, want string }{
		{"Hưng Chánh", "places", "Ấp Hưng Chánh"},
		{"  HUNG   chanh ", "places", "Ấp Hưng Chánh"},
		{"hung cha", "places", "Ấp Hưng Chánh"}, // as far as typed
		{"chánh hưng", "places", "Ấp Hưng Chánh"},
		{norm.NFD.String("Hưng Chánh"), "places", "Ấp Hưng Chánh"},
		{"hung chanh chau hung", "places", "Ấp Hưng Chánh"}, // a place by its name and that of one above it
		{"tổ 1 hưng chánh", "places", "Tổ 1"},
		{"tổ 1 châu hưng", "places", "Tổ 1"},
		{"hưng chánh lộc thuận", "", ""},
		{"cong dinh", "reports", report},
		{"CỐNG ĐÌNH", "reports", report},
		{"thuỷ lợi", "reports", report}, // "thủy"
		{norm.NFD.String("thuỷ lợi"), "reports", report},
		{"chậm nước", "reports", report},
		{"hoà lợi", "issues", issue}, // "Hòa"
		{"hoa loi", "issues", issue},
		{`"hòa" (lợi) 100% _ \ ' & | ! :* <->`, "", ""},
		{"nước mận", "reports", report}, // no diacritics fit exactly, the rest does
		{"ước", "", ""},                 // no word begins so
		{"'; DROP TABLE reports --", "", ""},
		{"%", "", ""},
		{"__", "", ""},
	} {
		found := s.find(t, c, tt.words)
		if tt.kind == "" && len(found) > 0 {
			t.Errorf("%q: got %v, want nothing", tt.words, found)
		}
		if tt.kind != "" && !slices.Contains(found[tt.kind], tt.want) {
			t.Errorf("%q: got %v, want %s among the %s", tt.words, found, tt.want, tt.kind)
		}
	}
}

// Exact diacritics come before others, names that begin so before names that only have the words, the newest first.
func TestSearchOrder(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.raise(t, "cbhuyen", "Cống mận") // older than all that follow
	s.report(t, "cbhuyen", "Vườn mận thất mùa", true)
	for range 3 {
		s.report(t, "cbhuyen", "Nước mặn xâm nhập", true)
	}
	s.exec(t, `INSERT INTO reports (id, author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id, state, summary,
			content, received_at)
		SELECT gen_random_uuid(), author_id, assignment_id, kind, happened_on, locality_id, province_id, district_id, commune_id, hamlet_id, state, summary,
			content, received_at FROM reports, generate_series(1, 80) WHERE summary = 'Nước mặn xâm nhập'`)
	number := s.id(t, `SELECT number FROM issues WHERE id = $1`, s.raise(t, "cbhuyen", "Cống mặn"))
	s.raise(t, "cbhuyen", "Nhắc lại "+number)
	s.exec(t, `UPDATE cadres SET full_name = 'Trần Mận' WHERE id = (SELECT cadre_id FROM accounts WHERE login = 'cbhuyen')`)
	s.exec(t, `UPDATE cadres SET full_name = 'Lê Văn Măn' WHERE id = (SELECT cadre_id FROM accounts WHERE login = 'dangvien')`)
	s.exec(t, `UPDATE cadres SET full_name = 'Mạn Thị Ba' WHERE id = (SELECT cadre_id FROM accounts WHERE login = 'cbxa')`)
	c := s.client(t, "bithu")
	first := func(words, kind string) string {
		if found := s.find(t, c, words); len(found[kind]) > 0 {
			return found[kind][0]
		}
		return ""
	}
	for _, tt := range []struct{ words, kind, want string }{
		{"mận", "reports", "Vườn mận thất mùa"},
		{"mặn", "reports", "Nước mặn xâm nhập"},
		{"man", "reports", "Nước mặn xâm nhập"}, // the newest
		{"mận", "issues", "Cống mận"},
		{"măn", "cadres", "Lê Văn Măn"},
		{number, "issues", "Cống mặn"},
		{"bd-2026-" + strings.TrimLeft(number[len(number)-6:], "0"), "issues", "Cống mặn"},
		{strings.ToLower(number), "issues", "Cống mặn"},
		{strings.TrimLeft(number[len(number)-6:], "0") + " ", "issues", "Cống mặn"},
		{"chau hung", "places", "Xã Châu Hưng"},
	} {
		if strings.HasPrefix(tt.words, "bd-") {
			tt.words = strings.Replace(tt.words, "2026", number[len(number)-11:len(number)-7], 1)
		}
		if tt.words = strings.TrimSpace(tt.words); len(tt.words) == 1 {
			tt.words = "00000" + tt.words
		}
		if got := first(tt.words, tt.kind); got != tt.want {
			t.Errorf("%q: got %q first among the %s, want %q; all: %v", tt.words, got, tt.kind, tt.want, s.find(t, c, tt.words)[tt.kind])
		}
	}
}

// A search shows what its reader may know: places below and the desks above, people at them, own writings; no drafts.
func TestSearchScope(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.fill(t)
	s.makeOutsiders(t)
	s.exec(t, `UPDATE cadres SET full_name = 'Người Tương Lai' WHERE id IN (SELECT cadre_id FROM accounts WHERE login IN ('future', 'former'))`)
	s.exec(t, `UPDATE reports SET author_id = (SELECT cadre_id FROM accounts WHERE login = 'former') WHERE summary = 'Việc của xã bên'`)
	for _, tt := range []struct {
		login, words, kind string
		found              bool
	}{
		{"cbhuyen", "hung chanh", "places", true},
		{"cbhuyen", "chau hung", "places", true},   // above
		{"cbhuyen", "hung thanh", "places", false}, // beside
		{"bithu2", "hung chanh", "places", false},  // in another commune
		{"admin", "hung chanh", "places", true},
		{"tinhuy", "ba tri", "places", true},
		{"huyenuy", "ba tri", "places", false}, // another district
		{"former", "hung chanh", "places", false},
		{"bithu", "tuong lai", "cadres", false}, // holds nothing today
		{"bithu", "hoang yen", "reports", true},
		{"bithu2", "hoang yen", "reports", false},
		{"admin", "hoang yen", "reports", false}, // numbers only
		{"admin", "hoang yen", "issues", false},
		{"cbhuyen", "hoang yen", "issues", true},
		{"former", "xa ben", "reports", true}, // an author keeps reading
		{"future", "xa ben", "reports", false},
		{"former", "xa ben", "issues", false},
	} {
		found := s.find(t, s.client(t, tt.login), tt.words)[tt.kind]
		if (len(found) > 0) != tt.found {
			t.Errorf("%s looks for %q: got %v among the %s, want any: %t", tt.login, tt.words, found, tt.kind, tt.found)
		}
	}
	if found := s.find(t, s.client(t, "bithu"), "hoang yen")["reports"]; len(found) != 1 {
		t.Errorf("got %v, want the report that was sent and not the draft", found)
	}
}

// People are found by posts of today at places that the reader may know; who was disabled is not found.
func TestSearchPeople(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.exec(t, `UPDATE cadres SET full_name = 'Phạm Kỳ Lạ' WHERE id = (SELECT cadre_id FROM accounts WHERE login = 'dangvien')`)
	for login, want := range map[string]int{"bithu": 1, "cbhuyen": 1, "bithu2": 0, "admin": 1} {
		if found := s.find(t, s.client(t, login), "ky la")["cadres"]; len(found) != want {
			t.Errorf("%s: got %v, want %d", login, found, want)
		}
	}
	s.exec(t, `UPDATE cadres SET disabled_at = now() WHERE full_name = 'Phạm Kỳ Lạ'`)
	if found := s.find(t, s.client(t, "bithu"), "ky la")["cadres"]; len(found) > 0 {
		t.Errorf("disabled: got %v", found)
	}
}

// Old names stay searchable (domain.md section 1): they lead to the place as it is called today.
func TestSearchOldNames(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.exec(t, `UPDATE locality_versions SET valid = daterange('2020-01-01', NULL) WHERE name = 'Ấp Hưng Chánh'`)
	s.exec(t, `INSERT INTO locality_versions (locality_id, parent_id, type, name, valid)
		SELECT locality_id, parent_id, type, 'Ấp Rạch Miễu', daterange(NULL, '2020-01-01') FROM locality_versions WHERE name = 'Ấp Hưng Chánh'`)
	client := s.client(t, "bithu")
	if found := s.find(t, client, "rạch miễu")["places"]; !slices.Equal(found, []string{"Ấp Hưng Chánh"}) {
		t.Errorf("got %v, want the place by its name of today", found)
	}
	if _, body := s.get(t, client, "/search?q=rach+mieu"); !strings.Contains(parse(t, body).Find(".search-excerpt").Text(), "Ấp Rạch Miễu") {
		t.Error("the old name is not shown")
	}
}

// Reports are looked for in the last twelve months, unless all are asked for; the page says so. More than fit lead to the list.
func TestSearchWindowAndMore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	client := s.client(t, "bithu")
	old := s.report(t, "cbhuyen", "Chuyện năm xưa", true)
	s.exec(t, `UPDATE reports SET happened_on = happened_on - 500, received_at = received_at - interval '500 days' WHERE id = $1`, old)
	if found := s.find(t, client, "nam xua"); len(found) > 0 {
		t.Errorf("got %v, want nothing from before", found)
	}
	if found := s.find(t, client, "nam xua", "all")["reports"]; len(found) != 1 {
		t.Errorf("got %v of all times, want the old report", found)
	}
	for _, days := range []int{0, 40, 100, 360} {
		s.exec(t, `UPDATE reports SET happened_on = current_date - $2::int, received_at = now() - make_interval(days => $2) WHERE id = $1`, old, days)
		if found := s.find(t, client, "nam xua")["reports"]; len(found) != 1 {
			t.Errorf("%d days ago: got %v, want the report", days, found)
		}
	}
	for range 9 {
		s.report(t, "cbhuyen", "Hạn mặn <b>gay gắt</b> ở kinh Giữa", true)
	}
	_, body := s.get(t, client, "/search?q=gay+gat")
	doc := parse(t, body)
	if n := doc.Find("#reports + ul .line").Length(); n != 8 {
		t.Errorf("got %d reports, want 8", n)
	}
	if doc.Find("main b").Length() > 0 || doc.Find("#reports + ul mark").First().Text() != "gay" {
		t.Error("words of a report became markup, or were not marked")
	}
	more, _ := doc.Find(`main a[href^="/reports?"]`).Attr("href")
	if _, body = s.get(t, client, more); parse(t, body).Find("main tbody tr").Length() != 9 {
		t.Errorf("%s does not list all that was found", more)
	}
	for words, want := range map[string]string{"a": "ít nhất 2", strings.Repeat("dài ", 60): "quá dài"} {
		if _, body := s.get(t, client, "/search?"+url.Values{"q": {words}}.Encode()); !strings.Contains(parse(t, body).Find(".search-hint").Text(), want) {
			t.Errorf("%.10q: the page does not say %q", words, want)
		}
	}
}
