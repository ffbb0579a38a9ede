package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

// rowOf gives the row of a table that begins with the name.
func rowOf(page *goquery.Document, name string) *goquery.Selection {
	return page.Find("main tr").FilterFunction(func(_ int, e *goquery.Selection) bool { return strings.TrimSpace(e.Find("th").Text()) == name })
}

func (s *site) page(t *testing.T, login, path string) *goquery.Document {
	t.Helper()
	status, body := s.get(t, s.client(t, login), path)
	if status != http.StatusOK {
		t.Fatalf("%s as %s: got %d", path, login, status)
	}
	return parse(t, body)
}

func TestHomeOfASupporter(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	home := s.page(t, "cbhuyen", "/")
	if got := home.Find("main").Text(); !strings.Contains(got, "Hiện không có việc nào đang chờ.") {
		t.Error("the home page does not say that nothing waits")
	}
	if row := rowOf(home, "Ấp Hưng Chánh, Xã Châu Hưng"); !strings.Contains(row.Text(), "Lâu chưa có báo cáo") {
		t.Errorf("got the row %q, want the silence named", row.Text())
	}
	s.report(t, "cbhuyen", "Cống Hưng Chánh rò nước mặn", true)
	issue := s.raise(t, "cbhuyen", "Cống Hưng Chánh rò nước mặn")
	yesterday := time.Now().AddDate(0, 0, -1)
	s.exec(t, `UPDATE issues SET agency_due_on = $2::timestamptz, due_at = $2, severity = 3 WHERE id = $1`, issue, yesterday)
	home = s.page(t, "cbhuyen", "/")
	row := rowOf(home, "Ấp Hưng Chánh, Xã Châu Hưng")
	if strings.Contains(row.Text(), "Lâu chưa có báo cáo") || !strings.Contains(row.Text(), "1 quá hạn") {
		t.Errorf("got the row %q, want one overdue issue and no silence", row.Text())
	}
	if got := row.Find(".tag-danger").Text(); !strings.Contains(got, yesterday.Format("02/01/2006")) {
		t.Errorf("the broken promise shows as %q, want the day", got)
	}
	months := home.Find("section.chart tbody tr")
	if months.Length() != 12 || strings.TrimSpace(months.Last().Find("td").Text()) != "1" {
		t.Errorf("got %d months, the last one with %q", months.Length(), months.Last().Text())
	}
	if got := home.Find(".line .tag-danger").Text(); !strings.Contains(got, "Khẩn") || !strings.Contains(got, "Quá hạn") {
		t.Errorf("an urgent overdue issue is marked %q", got)
	}
}

// Groups have the same names in every hamlet: wherever one is named, its hamlet and commune are, too.
func TestGroupsAreToldApart(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const whole = "Tổ 1, Ấp Hưng Chánh, Xã Châu Hưng"
	s.report(t, "cbxa", "Bờ bao rò", true)
	s.raise(t, "cbxa", "Bờ bao rò")
	if rowOf(s.page(t, "cbxa", "/"), whole).Length() != 1 {
		t.Error("the home page does not name the group's hamlet")
	}
	if !strings.Contains(s.page(t, "admin", "/cadres?q="+url.QueryEscape(s.actor(t, "cbxa").Name)).Find("main tbody").Text(), whole) {
		t.Error("the list of cadres does not name the group's hamlet")
	}
	for _, path := range []string{"/reports", "/issues", "/review", "/", "/search?q=bo+bao"} {
		if !strings.Contains(s.page(t, "bithu", path).Find("main").Text(), whole) {
			t.Errorf("%s does not name the group's hamlet", path)
		}
	}
}

func TestHomeOfALead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.report(t, "cbhuyen", "Đường ấp đang sửa", true)
	s.raise(t, "cbhuyen", "Đường ấp đang sửa")
	due := time.Now().Add(-time.Hour)
	s.exec(t, `UPDATE issues SET due_at = $1`, due)
	home := s.page(t, "bithu", "/")
	row := rowOf(home, "Ấp Hưng Chánh")
	if row.Find(".bar-part").AttrOr("width", "") != "100%" || !strings.Contains(row.Text(), "1 quá hạn") {
		t.Errorf("got the row %q, want its one issue drawn as overdue", row.Text())
	}
	if other := rowOf(home, "Ấp Hưng Nhơn"); other.Length() > 0 && other.Find(".bar-part").Length() > 0 {
		t.Error("a hamlet without issues has an overdue bar")
	}
	above := s.page(t, "tieuvung1", "/")
	if got := rowOf(above, "Xã Châu Hưng").Find(`a[href^="/issues"]`).Text(); got != "1" {
		t.Errorf("the sub-region counts %q open issues in the commune, want 1", got)
	}
	if rowOf(above, "Ấp Hưng Chánh").Length() > 0 {
		t.Error("a sub-region's places below are its communes")
	}
	if own := s.page(t, "cbhuyen", "/"); strings.Contains(own.Find("#home-recent").Parent().Text(), "Đường ấp đang sửa") {
		t.Error("what I sent is no news to me")
	}
}

// A move that is not the person's gives the text back and leads to the issue.
func TestForbiddenMoveKeepsText(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	issue := s.raise(t, "cbhuyen", "Đường ấp hư")
	client := s.client(t, "cbhuyen")
	status, _, body := s.post(t, client, "/issues/"+issue+"/moves/decline", url.Values{
		"submission_id": {uuid.NewString()}, "version": {"1"}, "reason": {"Không đủ cơ sở để xem xét"},
	})
	page := parse(t, body)
	if status != http.StatusForbidden || page.Find("pre.kept-text").Text() != "Không đủ cơ sở để xem xét" {
		t.Errorf("got %d and kept %q", status, page.Find("pre.kept-text").Text())
	}
	if got := page.Find("main a.btn-primary").AttrOr("href", ""); got != "/issues/"+issue {
		t.Errorf("the way back leads to %q", got)
	}
}
