package web_test

import (
	"net/http"
	"net/url"
	"slices"
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
