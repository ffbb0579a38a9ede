package postgres

import (
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// carried are the nouns that hang on a place and are counted before it closes. A noun that comes later adds a line here; <closed> are the places
// that close. Issues and reports move by themselves on the day, since nobody leads the closed desks any more; drafts and facts stay.
var carried = []struct{ name, count string }{
	{"issues", `SELECT count(*) FROM issues WHERE closed_at IS NULL AND desk_id IN <closed>`},
	{"reports", `SELECT count(*) FROM reports WHERE state = 'submitted' AND desk_id IN <closed>`},
	{"households", `SELECT households_below(ARRAY(SELECT x.* FROM <closed> x), (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)`},
	{"drafts", `SELECT count(*) FROM report_drafts WHERE CASE WHEN form->>'locality' ~ '^[0-9]{1,18}$' THEN (form->>'locality')::bigint END IN <closed>`},
}

// CarriedCount is how much of a noun hangs on the places that a plan closes.
type CarriedCount struct {
	Name  string
	Count int
}

// Ending is an assignment that a plan ends, or has ended, with the place that follows.
type Ending struct {
	Assignment cadre.AssignmentID
	Cadre      cadre.ID
	Name       string
	PostCode   string
	PostVi     string
	PostEn     string
	Place      string
	Level      territory.Level
	Heir       territory.LocalityID // zero before the plan is confirmed
	HeirName   string
	HeirLevel  territory.Level
	Fits       bool // the post can be held at the heir
	Settled    bool // that person holds something at the heir from the plan's day on
	Locality   territory.LocalityID
	Levels     []string // at which the post is held
}

// endingsShown bounds the list of endings of one plan.
const endingsShown = 3000

// closedBy is the units that the plan $1 closes, while it is a draft.
const closedBy = `(SELECT u::bigint FROM reorganisations r, jsonb_array_elements(r.changes) c, jsonb_array_elements_text(c -> 'units') u
	WHERE r.id = $1 AND r.state = 'draft' AND c ->> 'kind' IN ('merge', 'split', 'dissolve'))`

// levelsOfPost is the SQL of the levels at which the post p is held.
const levelsOfPost = `ARRAY(SELECT pl.level FROM post_levels pl WHERE pl.post_id = p.id)`

// queueCarried adds the reads of what hangs on the units that a plan closes; of a confirmed plan, those of what it ended.
func queueCarried(b *batch, dst *PlanPage, id uuid.UUID, day territory.Day) {
	dst.Counts = make([]CarriedCount, len(carried))
	for i, c := range carried {
		dst.Counts[i].Name = c.name
		b.Queue(strings.ReplaceAll(c.count, "<closed>", closedBy), id).QueryRow(func(row pgx.Row) error { return row.Scan(&dst.Counts[i].Count) })
	}
	queueAll(b, &dst.Planned, pgx.RowToStructByPos[Ending], `SELECT s.id, s.cadre_id, c.full_name, p.code, p.name_vi, p.name_en, v.name, s.level, 0, '', '', false,
		false, s.locality_id, `+levelsOfPost+`
		FROM reorganisations r JOIN assignments s ON s.locality_id IN `+closedBy+` AND s.voided_at IS NULL AND (upper(s.period) IS NULL OR upper(s.period) > r.effective_on)
		JOIN cadres c ON c.id = s.cadre_id JOIN posts p ON p.id = s.post_id
		JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> r.effective_on
		WHERE r.id = $1 ORDER BY p.position, v.name, s.id LIMIT $2`, id, endingsShown)
	queueAll(b, &dst.Ended, pgx.RowToStructByPos[Ending], `SELECT s.id, s.cadre_id, c.full_name, p.code, p.name_vi, p.name_en, v.name, s.level,
			coalesce(h.id, 0), coalesce(hv.name, ''), coalesce(hl.level, ''),
			EXISTS (SELECT FROM post_levels pl WHERE pl.post_id = p.id AND pl.level = hl.level),
			EXISTS (SELECT FROM assignments n WHERE n.cadre_id = s.cadre_id AND n.locality_id = h.id AND n.voided_at IS NULL
				AND (upper(n.period) IS NULL OR upper(n.period) > r.effective_on))
				OR p.capability = 'administer' AND hl.level = s.level AND r.applied_at IS NULL,
			s.locality_id, `+levelsOfPost+`
		FROM reorganisations r JOIN reorganisation_endings e ON e.reorganisation_id = r.id
		JOIN assignments s ON s.id = e.assignment_id JOIN cadres c ON c.id = s.cadre_id JOIN posts p ON p.id = s.post_id
		JOIN locality_versions v ON v.locality_id = s.locality_id AND v.closed_by = r.id
		CROSS JOIN LATERAL (SELECT locality_today(s.locality_id, greatest(r.effective_on, $2::date)) AS id) h
		LEFT JOIN localities hl ON hl.id = h.id LEFT JOIN locality_versions hv ON hv.locality_id = h.id AND hv.valid @> greatest(r.effective_on, $2::date)
		WHERE r.id = $1 ORDER BY p.position, v.name, s.id LIMIT $3`, id, day, endingsShown)
}
