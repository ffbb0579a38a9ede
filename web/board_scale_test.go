package web_test

import (
	"io"
	"net/http"
	"testing"
)

// TestBoardOfAProvince holds the board over 5,000 open issues of a province within the budget of a page: its weight, its rows, and the round
// trips to PostgreSQL, which TestRoundTrips counts for every page (quality.md; architecture.md, "Budget").
func TestBoardOfAProvince(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.exec(t, `INSERT INTO issues (id, number, title, description, field, severity, locality_id, province_id, district_id, commune_id, raiser_id, assignment_id,
			raised_at, state, desk_id, arrived_at, acknowledge_by, due_at)
		SELECT gen_random_uuid(), 'BT-2020-' || lpad(n::text, 6, '0'), 'Đường liên ấp số ' || n || ' sạt lở, xe tải không qua được', 'Bà con phản ánh.', 'roads', 1 + n % 3,
			c.locality_id, p.locality_id, d.locality_id, c.locality_id, a.cadre_id, a.id, now() - n * interval '20 minutes', 'new', c.locality_id,
			now() - n * interval '10 minutes', now() + (n - 2500) * interval '1 hour', now() + (n - 2500) * interval '1 hour'
		FROM generate_series(1, 5000) n
		JOIN LATERAL (SELECT v.locality_id, v.parent_id FROM locality_versions v JOIN localities l ON l.id = v.locality_id AND l.level = 'commune'
			ORDER BY v.locality_id LIMIT 1 OFFSET n % 150) c ON true
		JOIN LATERAL (SELECT ch.locality_id FROM locality_chain(c.locality_id, current_date) ch WHERE ch.level = 'district') d ON true
		JOIN LATERAL (SELECT ch.locality_id FROM locality_chain(c.locality_id, current_date) ch WHERE ch.level = 'province') p ON true
		CROSS JOIN LATERAL (SELECT id, cadre_id FROM assignments ORDER BY id LIMIT 1) a`)
	s.exec(t, `INSERT INTO issue_events (id, issue_id, seq, move, at, from_state, to_state, to_desk_id)
		SELECT gen_random_uuid(), id, 1, 'raise', raised_at, '', 'new', desk_id FROM issues`)
	if n := s.id(t, `SELECT count(*)::text FROM issues WHERE closed_at IS NULL`); n != "5000" {
		t.Fatalf("open issues: got %s, want 5000", n)
	}
	client := s.client(t, "tinhuy")
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/review", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", "gzip") // as browsers do; the client leaves it packed
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	packed, err := io.Copy(io.Discard, answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("got %d, %v", answer.StatusCode, err)
	}
	t.Logf("%d bytes over the wire", packed)
	if packed > 20_000 {
		t.Errorf("the board weighs %d bytes over the wire, want 20,000 at the most", packed)
	}
	page := parse(t, s.body(t, client, "/review"))
	if n := page.Find("li.board-line").Length(); n == 0 || n > 100 {
		t.Errorf("got %d rows", n)
	}
	if n := page.Find(".glance-table tbody tr").Length(); n == 0 || n > 70 {
		t.Errorf("got %d rows at a glance", n)
	}
}
