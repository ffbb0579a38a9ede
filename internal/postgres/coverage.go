package postgres

import (
	"github.com/jackc/pgx/v5"

	"banam/internal/territory"
)

// Gaps counts what is covered on a day below an administrator's place.
type Gaps struct {
	Communes, CommunesCovered int // with a tier-1 cadre
	Hamlets, HamletsCovered   int // with a tier-2 cadre
	Groups, GroupsCovered     int // with a tier-3 cadre
	Desks, DesksCovered       int // with a lead
	Accounts                  int // cadres who hold something and cannot sign in
	Households                int // of today that nobody follows: their group has no tier 3, and they were given to nobody by themselves
}

// GapKind says what is missing: a tier, the lead of a desk, or an account.
type GapKind string

// The kinds of gaps (domain.md section 2, "Coverage").
const (
	NoTierOne   GapKind = "communes"
	NoTierTwo   GapKind = "hamlets"
	NoTierThree GapKind = "groups"
	NoLead      GapKind = "desks"
	NoAccount   GapKind = "accounts"
	TooMany     GapKind = "many" // people who hold more places than cadre.MostPlaces
	Idle        GapKind = "idle" // people of these places who hold nothing
)

// GapKinds lists all kinds of gaps.
func GapKinds() []GapKind {
	return []GapKind{NoTierOne, NoTierTwo, NoTierThree, NoLead, NoAccount, TooMany, Idle}
}

// OfPeople tells whether people are listed, not places.
func (k GapKind) OfPeople() bool { return k == NoAccount || k == TooMany || k == Idle }

// GapRow is a place where somebody is missing, or a person with what they hold there; the place of a person who holds nothing is empty.
type GapRow struct {
	Key    int64 // of the place or the person, by which pages go on
	Place  territory.LocalityID
	Level  territory.Level
	Name   string // of the place
	Above  string // of the place above it
	Person string
	PostVi string
	PostEn string
	Places int // that the person holds
}

// CoverageOf says what coverage is counted of: places as they are on a day, so far as today's rights reach.
type CoverageOf struct {
	Below []territory.LocalityID // with everything below them on the day
	Alone []territory.LocalityID // themselves only
	Day   territory.Day
	Today territory.Day
}

func (o CoverageOf) args(more ...any) []any {
	return append([]any{int64s(o.Below), o.Day, int64s(o.Alone), o.Today}, more...)
}

// during is the condition that a range holds a day, written so that planners do not take the index of an exclusion constraint for it,
// which reads many times as much as the plain index of the place beside it (migration 00023).
func during(period, day string) string {
	return `coalesce(lower(` + period + `) <= ` + day + `::date, true) AND coalesce(upper(` + period + `) > ` + day + `::date, true)`
}

// below walks down from the places $1 on a day, and adds the places $3. Districted says whether a district lies
// on the way, commune which commune.
func below(name, day string) string {
	there := during("v.valid", day)
	return name + ` AS (
		SELECT l.id, l.level, EXISTS (SELECT FROM locality_chain(l.id, ` + day + `) ch WHERE ch.level = 'district') AS districted,
			(SELECT ch.locality_id FROM locality_chain(l.id, ` + day + `) ch WHERE ch.level = 'commune') AS commune
		FROM localities l JOIN locality_versions v ON v.locality_id = l.id AND ` + there + ` WHERE l.id = ANY($1)
		UNION
		SELECT l.id, l.level, d.districted OR l.level = 'district', CASE WHEN l.level = 'commune' THEN l.id ELSE d.commune END
		FROM ` + name + ` d JOIN locality_versions v ON v.parent_id = d.id AND ` + there + ` JOIN localities l ON l.id = v.locality_id
	)`
}

// covered gives the places of a CoverageOf with whether each has what it should have (domain.md section 2). Where there is no district a
// hamlet's supporter is of any tier; who follows single households does not cover their group. Of days to come it leaves out what lies elsewhere today.
// What is found is kept before it is narrowed: planners think that a filter leaves one place, and would look for its people in a loop.
var covered = `WITH RECURSIVE ` + below("down", "$2") + `, ` + below("now", "$4") + `, reach AS (
		SELECT id, level, districted, commune FROM down
		WHERE $2::date <= $4::date OR id IN (SELECT id FROM now) OR NOT EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = down.id AND v.valid @> $4::date)
	), every AS (
		SELECT * FROM reach
		UNION ALL
		SELECT l.id, l.level, true, NULL FROM localities l JOIN locality_versions v ON v.locality_id = l.id AND v.valid @> $2::date
		WHERE l.id = ANY($3) AND l.id NOT IN (SELECT id FROM reach)
	), held AS MATERIALIZED (
		SELECT e.id AS locality_id, s.cadre_id, s.post_id, s.household_id,
			p.capability <> 'administer' AS works, p.capability = 'lead' AS lead, p.capability = 'support' AND s.household_id IS NULL
				AND CASE e.level WHEN 'commune' THEN p.tier = 'province'
				WHEN 'hamlet' THEN p.tier = 'district' OR NOT e.districted WHEN 'group' THEN p.tier = 'commune' ELSE false END AS support
		FROM every e JOIN assignments s ON s.locality_id = e.id AND s.voided_at IS NULL AND ` + during("s.period", "$2") + `
		JOIN posts p ON p.id = s.post_id JOIN cadres c ON c.id = s.cadre_id AND ` + activeOn("$2") + `
	), place AS MATERIALIZED (
		SELECT e.id, e.level, e.commune, coalesce(bool_or(h.support), false) AS supported, coalesce(bool_or(h.lead), false) AS led
		FROM every e LEFT JOIN held h ON h.locality_id = e.id GROUP BY e.id, e.level, e.commune
	), idle AS (
		SELECT c.id, c.full_name FROM cadres c WHERE ` + activeOn("$2") + `
		AND c.id IN (SELECT hc.id FROM every e JOIN cadres hc ON hc.home_id = e.id
			UNION ALL SELECT s.cadre_id FROM every e JOIN assignments s ON s.locality_id = e.id AND s.voided_at IS NULL AND lower(s.period) <= $2::date)
		AND NOT EXISTS (SELECT FROM assignments s WHERE s.cadre_id = c.id AND s.voided_at IS NULL AND ` + during("s.period", "$2") + `)
	)`

// queueGaps counts coverage.
func queueGaps(b *batch, g *Gaps, of CoverageOf) {
	b.Queue(covered+`
		SELECT count(*) FILTER (WHERE level = 'commune'), count(*) FILTER (WHERE level = 'commune' AND supported),
			count(*) FILTER (WHERE level = 'hamlet'), count(*) FILTER (WHERE level = 'hamlet' AND supported),
			count(*) FILTER (WHERE level = 'group'), count(*) FILTER (WHERE level = 'group' AND supported),
			count(*) FILTER (WHERE level <> 'group'), count(*) FILTER (WHERE level <> 'group' AND led),
			(SELECT count(DISTINCT h.cadre_id) FROM held h
				WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.cadre_id = h.cadre_id AND a.disabled_at IS NULL)),
			households_below(ARRAY(SELECT id FROM place WHERE level = 'group' AND NOT supported), $2::date) - (SELECT count(DISTINCT h.household_id)
				FROM held h JOIN place p ON p.id = h.locality_id AND NOT p.supported CROSS JOIN LATERAL household_numbers(h.locality_id) n WHERE n.id = h.household_id)
		FROM place`, of.args()...).QueryRow(func(row pgx.Row) error {
		return row.Scan(&g.Communes, &g.CommunesCovered, &g.Hamlets, &g.HamletsCovered, &g.Groups, &g.GroupsCovered,
			&g.Desks, &g.DesksCovered, &g.Accounts, &g.Households)
	})
}
