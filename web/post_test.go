package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestPostsOnThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	admin := s.client(t, "admin")
	form := fieldsOf(t, s.body(t, admin, "/posts/new"))
	form.Set("name_vi", "Cán bộ huyện theo dõi tổ")
	form.Set("name_en", "District cadre of a group")
	form.Set("tier", "district")
	form.Set("capability", "support")
	status, _, body := s.post(t, admin, "/posts/new", form)
	if again := parse(t, body); status != http.StatusUnprocessableEntity || again.Find(".error-summary a[href='#f-levels']").Length() != 1 ||
		again.Find("[name=name_vi]").AttrOr("value", "") != "Cán bộ huyện theo dõi tổ" {
		t.Errorf("without a level: got %d", status)
	}
	form.Add("levels", "group")
	if status, to, body := s.post(t, admin, "/posts/new", form); status != http.StatusSeeOther || to != "/posts" {
		t.Fatalf("got %d to %q: %s", status, to, parse(t, body).Find(".error-summary").Text())
	}
	row := rowOf(parse(t, s.body(t, admin, "/posts")), "Cán bộ huyện theo dõi tổ")
	if !strings.Contains(row.Text(), "Tổ nhân dân tự quản") {
		t.Errorf("the catalogue shows %q", row.Text())
	}
	retire := row.Find("a[href$='/retire']").AttrOr("href", "")
	form = fieldsOf(t, s.body(t, admin, retire))
	form.Set("reason", "không cần nữa")
	if status, _, _ := s.post(t, admin, retire, form); status != http.StatusSeeOther {
		t.Errorf("retiring: got %d", status)
	}
	if status, _, _ := s.post(t, admin, retire, with(form, "submission_id", uuid.NewString())); status != http.StatusConflict {
		t.Errorf("retiring twice: got %d", status)
	}
	lead := rowOf(parse(t, s.body(t, admin, "/posts")), "Bí thư Đảng ủy xã, thị trấn")
	edit := parse(t, s.body(t, admin, lead.Find("a[href$='/edit']").AttrOr("href", "")))
	if edit.Find("[name=tier]").Length() != 0 || edit.Find("[name=name_vi]").Length() != 1 {
		t.Error("a post that somebody holds can change more than its names")
	}
	if status, _, _ := s.post(t, s.client(t, "bithu"), "/posts/new", form); status != http.StatusForbidden {
		t.Errorf("a lead: got %d", status)
	}
}
