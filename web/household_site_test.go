package web_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

// What stands in the register for the chain of the demo accounts; nobody without the right may ever see it.
const (
	houseCanary   = "Ngô Thị Kim Tước 8842"
	addressCanary = "Số 977 rạch Hoàng Oanh"
	phoneCanary   = "0987 654 321"
	phoneDigits   = "654"
)

// household enters a household in the first group below what somebody holds, or in the group itself, and gives its id.
func (s *site) household(t *testing.T, login, head string) string {
	t.Helper()
	group := s.groupOf(t, login)
	id := uuid.NewString()
	s.exec(t, `INSERT INTO households (id, locality_id, number, head, address, members, workers, livelihood, phone, entered_at)
		VALUES ($1, $2, next_household_number($2), $3, $4, 4, 2, 'Nuôi tôm', $5, now())`, id, group, head, addressOf(head), phoneCanary)
	s.exec(t, `INSERT INTO household_classes (household_id, locality_id, class, scale, period, decision)
		VALUES ($1, $2, 'poor', 'living', daterange('2020-01-01', NULL), '12/QĐ-UBND')`, id, group)
	s.exec(t, `SELECT recount_households(ARRAY[$1::bigint], current_date)`, group)
	return id
}

func addressOf(head string) string {
	if strings.Contains(head, "8842") {
		return addressCanary
	}
	return "Số 1 lộ làng"
}

// groupOf gives the group that somebody holds, or the first one below what they hold.
func (s *site) groupOf(t *testing.T, login string) int64 {
	t.Helper()
	var group int64
	err := s.db.Owner.QueryRow(t.Context(), `WITH RECURSIVE down AS (
			SELECT $1::bigint AS id UNION ALL SELECT v.locality_id FROM down JOIN locality_versions v ON v.parent_id = down.id AND upper_inf(v.valid))
		SELECT down.id FROM down JOIN localities l ON l.id = down.id AND l.level = 'group' ORDER BY down.id LIMIT 1`, int64(s.actor(t, login).Grants[0].Locality.ID)).Scan(&group)
	if err != nil {
		t.Fatalf("finding a group of %s: %v", login, err)
	}
	return group
}
