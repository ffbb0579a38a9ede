package web_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/territory"
)

// fill makes the things that routes are tried on.
func (s *site) fill(t *testing.T) objects {
	t.Helper()
	o := objects{
		"{report} own": s.report(t, "cbhuyen", canary, true), "{report} sibling": s.report(t, "bithu2", "Việc của xã bên", true),
		"{report} draft": s.report(t, "cbhuyen", canary, false), "{report} nonexistent": uuid.NewString(),
		"{issue} own": s.raise(t, "cbhuyen", canary), "{issue} sibling": s.raise(t, "bithu2", "Việc của xã bên"), "{issue} nonexistent": uuid.NewString(),
		"{notice} own": uuid.NewString(), "{notice} nonexistent": uuid.NewString(), "{place} nonexistent": "999999999",
	}
	for relation, login := range map[string]string{"own": "huyenuy", "sibling": "bithu2"} {
		o["{meeting} "+relation] = s.meeting(t, login, o["{issue} "+relation])
	}
	o["{agency} own"] = s.id(t, `SELECT min(a.id)::text FROM agencies a WHERE a.locality_id = (SELECT locality_id FROM locality_versions WHERE name = 'Xã Châu Hưng')`)
	o["{agency} above"] = s.id(t, `SELECT min(a.id)::text FROM agencies a JOIN localities l ON l.id = a.locality_id AND l.level = 'province'`)
	o["{agency} nonexistent"] = "999999999"
	o["{meeting} nonexistent"] = uuid.NewString()
	o["{import} own"], o["{import} sibling"], o["{import} nonexistent"] = s.imported(t, "admin"), s.imported(t, "bithu2"), uuid.NewString()
	o["{kind} own"], o["{kind} nonexistent"] = "cadres", "nothing"
	o["{place} own"] = placeID(s.actor(t, "cbhuyen"))
	o["{place} sibling"] = placeID(s.actor(t, "bithu2"))
	o["{place} above"] = placeID(s.actor(t, "huyenuy"))
	for relation, login := range map[string]string{"own": "cbhuyen", "sibling": "bithu2", "above": "tinhuy", "peer": "admin"} {
		o["{assignment} "+relation] = strconv.FormatInt(int64(s.actor(t, login).Grants[0].AssignmentID), 10)
		o["{cadre} "+relation] = strconv.FormatInt(int64(s.actor(t, login).CadreID), 10)
	}
	s.attach(t, o["{assignment} own"])
	o["{file}"] = s.evidence(t, o["{issue} own"])
	o["{assignment} nonexistent"], o["{cadre} nonexistent"] = "999999999", "999999999"
	o["{cadre} elsewhere"] = s.id(t, `INSERT INTO cadres (full_name, tier) VALUES ('Người Nơi Khác', 'commune') RETURNING id::text`)
	for relation, login := range map[string]string{"mine": "dangvien", "sibling": "bithu2"} {
		o["{handover} "+relation] = s.handover(t, login)
	}
	o["{handover} nonexistent"] = uuid.NewString()
	for relation, login := range map[string]string{"own": "admin", "sibling": "tinhuy"} {
		o["{plan} "+relation] = s.id(t, `INSERT INTO reorganisations (id, title, effective_on, locality_id, author_id, created_at)
			SELECT gen_random_uuid(), 'Kế hoạch', current_date + 30, s.locality_id, s.cadre_id, now() FROM accounts a JOIN assignments s ON s.cadre_id = a.cadre_id WHERE a.login = $1 RETURNING id::text`, login)
	}
	o["{plan} nonexistent"] = uuid.NewString()
	o["{post} held"], o["{post} nonexistent"] = s.id(t, `SELECT id::text FROM posts WHERE code = 'commune_lead'`), "999999999"
	o["{household} own"] = s.household(t, "cbxa", houseCanary)
	o["{household} sibling"] = s.household(t, "bithu2", "Người Xã Bên")
	o["{household} nonexistent"] = uuid.NewString()
	s.client(t, "bithu2")
	o["{device} sibling"] = s.id(t, `SELECT max(id)::text FROM sessions`)
	o["{device} nonexistent"], o["{account} nonexistent"] = "999999999", "999999999"
	for relation, login := range map[string]string{"own": "dangvien", "sibling": "bithu2", "above": "tinhuy", "peer": "admin"} {
		o["{account} "+relation] = s.accountLike(t, login)
	}
	s.exec(t, `INSERT INTO notices (id, cadre_id, event_key, kind, args, issue_id, at)
		SELECT $1, cadre_id, 'test', 'issue.raise', jsonb_build_object('title', $2::text), $3, now() FROM accounts WHERE login = 'bithu'`,
		o["{notice} own"], canary, o["{issue} own"])
	return o
}

// attach gives an assignment the file of a decision.
func (s *site) attach(t *testing.T, assignment string) {
	t.Helper()
	s.exec(t, `UPDATE assignments SET file_id = $1 WHERE id = $2::bigint`, s.file(t), assignment)
}

// meeting makes a meeting of somebody's desk with an issue on its agenda.
func (s *site) meeting(t *testing.T, login, issue string) string {
	t.Helper()
	actor := s.actor(t, login)
	id, err := s.app.AddMeeting(t.Context(), actor, app.Submission{ID: uuid.New(), Body: []byte("x")}, app.MeetingInput{
		MeetingInput: casework.MeetingInput{Title: "Họp thường kỳ", Day: actor.Today().Add(3).String(), Hour: "08:00"}, Desk: actor.Grants[0].Locality.ID,
	}, []uuid.UUID{uuid.MustParse(issue)})
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

// evidence gives an issue a file, and its id.
func (s *site) evidence(t *testing.T, issue string) string {
	t.Helper()
	id := s.file(t)
	s.exec(t, `INSERT INTO issue_files (event_id, position, issue_id, file_id) SELECT id, 1, issue_id, $1 FROM issue_events WHERE issue_id = $2`, id, issue)
	return id.String()
}

// file keeps a file that belongs to nothing.
func (s *site) file(t *testing.T) uuid.UUID {
	t.Helper()
	received, err := s.app.ReceiveFile("quyet-dinh.pdf", []byte(pdf))
	if err == nil {
		err = s.app.KeepFile(t.Context(), s.actor(t, "admin"), received)
	}
	if err != nil {
		t.Fatal(err)
	}
	return received.ID
}

// handover begins one from somebody who held before what the demo account holds.
func (s *site) handover(t *testing.T, login string) string {
	t.Helper()
	return s.id(t, `WITH person AS (INSERT INTO cadres (full_name, tier) VALUES ('Người Giữ Trước', 'commune') RETURNING id),
			held AS (INSERT INTO assignments (cadre_id, post_id, locality_id, level, period, ended_reason)
				SELECT person.id, s.post_id, s.locality_id, s.level, daterange(lower(s.period) - 100, lower(s.period)), 'nghỉ hưu'
				FROM person, assignments s WHERE s.cadre_id = (SELECT cadre_id FROM accounts WHERE login = $1) ORDER BY s.id LIMIT 1 RETURNING id, upper(period) AS day)
		INSERT INTO handovers (id, assignment_id, successor_id, ends_on, made_at)
		SELECT gen_random_uuid(), held.id, (SELECT min(s.id) FROM assignments s WHERE s.cadre_id = (SELECT cadre_id FROM accounts WHERE login = $1)), held.day, now() FROM held RETURNING id::text`, login)
}

// accountLike adds an account of somebody who holds what the demo account holds, so that no actor of the matrix loses theirs.
func (s *site) accountLike(t *testing.T, login string) string {
	t.Helper()
	return s.id(t, `WITH like_one AS (SELECT cadre_id, password_hash FROM accounts WHERE login = $1),
			person AS (INSERT INTO cadres (full_name, tier) SELECT 'Người Giống ' || $1, c.tier FROM like_one JOIN cadres c ON c.id = like_one.cadre_id RETURNING id),
			held AS (INSERT INTO assignments (cadre_id, post_id, locality_id, level, period) SELECT person.id, s.post_id, s.locality_id, s.level, s.period
				FROM person, like_one JOIN assignments s ON s.cadre_id = like_one.cadre_id)
		INSERT INTO accounts (cadre_id, login, password_hash) SELECT person.id, 'like-' || $1, like_one.password_hash FROM person, like_one RETURNING id::text`, login)
}

// makeOutsiders adds people like cbhuyen whose assignment ended yesterday or begins tomorrow, or whose account is disabled.
func (s *site) makeOutsiders(t *testing.T) {
	t.Helper()
	day := territory.DayOf(time.Now()) // of the province, which is ahead of the database's
	long, ended := fmt.Sprintf(`daterange('%s', NULL)`, day.Add(-100)), fmt.Sprintf(`daterange('%s', '%s')`, day.Add(-100), day)
	for login, period := range map[string]string{
		"former": ended, "future": fmt.Sprintf(`daterange('%s', NULL)`, day.Add(1)), "disabled": long, "unarmed": long,
	} {
		s.exec(t, `WITH like_one AS (SELECT a.cadre_id, a.password_hash FROM accounts a WHERE a.login = 'cbhuyen'),
				person AS (INSERT INTO cadres (full_name, tier) VALUES ('Người Ngoài Cuộc', 'district') RETURNING id),
				account AS (INSERT INTO accounts (cadre_id, login, password_hash) SELECT person.id, $1, like_one.password_hash FROM person, like_one)
			INSERT INTO assignments (cadre_id, post_id, locality_id, level, period)
			SELECT person.id, s.post_id, s.locality_id, s.level, `+period+` FROM person, like_one JOIN assignments s ON s.cadre_id = like_one.cadre_id`, login)
	}
}
