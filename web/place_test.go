package web_test

import (
	"net/http"
	"strings"
	"testing"
)

// Administrators see numbers only (domain.md section 2): the count of open issues, never which ones.
func TestPlaceCountsForAdministrators(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.raise(t, "cbxa", canary)
	commune := "/places/" + placeID(s.actor(t, "bithu"))
	for login, want := range map[string]string{"admin": "1", "bithu": "1"} {
		status, body := s.get(t, s.client(t, login), commune)
		if status != http.StatusOK {
			t.Fatalf("%s: got %d", login, status)
		}
		row := rowOf(parse(t, body), "Ấp Hưng Chánh")
		if got := row.Find("td.num").Text(); got != want {
			t.Errorf("%s counts %q open issues in the hamlet, want %s", login, got, want)
		}
	}
}

// Whoever may see who is missing sees on a place's page what is covered there and who was there before; others don't.
func TestPlaceTellsWhoWasThereAndWhatIsCovered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	secretary := s.actor(t, "bithu")
	commune, today := "/places/"+placeID(secretary), secretary.Today()
	s.exec(t, `INSERT INTO cadres (full_name, tier) VALUES ('Người Đi Trước', 'commune')`)
	s.exec(t, `INSERT INTO assignments (cadre_id, post_id, locality_id, level, period, ended_reason) SELECT c.id, p.id, $1, 'commune', daterange('2020-02-01', $2), 'Nghỉ hưu'
		FROM cadres c, posts p WHERE c.full_name = 'Người Đi Trước' AND p.code = 'commune_lead'`, int64(secretary.Grants[0].Locality.ID), today.Add(-400))
	for login, may := range map[string]bool{"bithu": true, "admin": true, "tieuvung1": true, "cbtinh": false} {
		status, body := s.get(t, s.client(t, login), commune)
		if status != http.StatusOK {
			t.Fatalf("%s: got %d", login, status)
		}
		doc := parse(t, body)
		if past := doc.Find("#past").Length() == 1 && strings.Contains(doc.Find("section[aria-labelledby=past]").Text(), "Người Đi Trước"); past != may {
			t.Errorf("%s sees who was there before: got %v, want %v", login, past, may)
		}
		if covered := doc.Find("section[aria-labelledby=coverage] tbody tr").Length() == 4; covered != may {
			t.Errorf("%s sees what is covered: got %v, want %v", login, covered, may)
		}
	}
}

// A province without districts has its communes right below it: the first ones stand on its page, which leads to all.
func TestPlaceWithManyBelow(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.exec(t, `WITH made AS (INSERT INTO localities (level) SELECT 'commune' FROM generate_series(1, 60) RETURNING id)
		INSERT INTO locality_versions (locality_id, parent_id, type, name, valid) SELECT made.id, p.id, 'Xã', 'Xã ' || made.id, daterange('2020-01-01', NULL) FROM made, localities p WHERE p.level = 'province'`)
	path := "/places/" + s.id(t, `SELECT id::text FROM localities WHERE level = 'province'`)
	c := s.client(t, "tinhuy")
	page := parse(t, s.body(t, c, path))
	if n := page.Find("section[aria-labelledby=below] tbody tr").Length(); n != 40 {
		t.Errorf("got %d places at once, want 40", n)
	}
	all := page.Find("section[aria-labelledby=below] p a")
	if text := all.Text(); text != "Xem cả 69 địa bàn trực thuộc" {
		t.Errorf("the link to all: got %q", text)
	}
	page = parse(t, s.body(t, c, strings.TrimSuffix(all.AttrOr("href", ""), "#below")))
	if n := page.Find("section[aria-labelledby=below] tbody tr").Length(); n != 69 || page.Find("section[aria-labelledby=below] p a").Length() != 0 {
		t.Errorf("got %d of all places, want 69 and no link to more", n)
	}
}
