package postgres

import (
	"context"

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
)

// GapKinds lists all kinds of gaps.
func GapKinds() []GapKind { return []GapKind{NoTierOne, NoTierTwo, NoTierThree, NoLead, NoAccount} }

// GapRow is a place where somebody is missing or, among those without an account, a person with what they hold there.
type GapRow struct {
	Key    int64 // of the place or the person, by which pages go on
	Place  territory.LocalityID
	Level  territory.Level
	Name   string // of the place
	Above  string // of the place above it
	Person string
	PostVi string
	PostEn string
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

// below walks down from the places $1 on a day, and adds the places $3. Districted says whether a district lies on the way.
func below(name, day string) string {
	there := `v.valid @> ` + day + `::date`
	return name + ` AS (
		SELECT l.id, l.level, EXISTS (SELECT FROM locality_chain(l.id, ` + day + `) ch WHERE ch.level = 'district') AS districted
		FROM localities l JOIN locality_versions v ON v.locality_id = l.id AND ` + there + ` WHERE l.id = ANY($1)
		UNION
		SELECT l.id, l.level, d.districted OR l.level = 'district'
		FROM ` + name + ` d JOIN locality_versions v ON v.parent_id = d.id AND ` + there + ` JOIN localities l ON l.id = v.locality_id
	)`
}

// covered gives the places of a CoverageOf with whether each has what it should have (domain.md section 2). Where there is no district a
// hamlet's supporter is of any tier; who follows single households does not cover their group. Of days to come it leaves out what lies elsewhere today.
var covered = `WITH RECURSIVE ` + below("down", "$2") + `, ` + below("now", "$4") + `, every AS (
		SELECT id, level, districted FROM down
		WHERE $2::date <= $4::date OR id IN (SELECT id FROM now) OR NOT EXISTS (SELECT FROM locality_versions v WHERE v.locality_id = down.id AND v.valid @> $4::date)
		UNION
		SELECT l.id, l.level, true FROM localities l JOIN locality_versions v ON v.locality_id = l.id AND v.valid @> $2::date WHERE l.id = ANY($3)
	), held AS (
		SELECT e.id AS locality_id, s.cadre_id, s.post_id,
			p.capability = 'lead' AS lead, p.capability = 'support' AND s.household_id IS NULL AND CASE e.level WHEN 'commune' THEN p.tier = 'province'
				WHEN 'hamlet' THEN p.tier = 'district' OR NOT e.districted WHEN 'group' THEN p.tier = 'commune' ELSE false END AS support
		FROM every e JOIN assignments s ON s.locality_id = e.id AND s.voided_at IS NULL AND s.period @> $2::date
		JOIN posts p ON p.id = s.post_id JOIN cadres c ON c.id = s.cadre_id AND ` + activeOn("c", "$2") + `
	), place AS (
		SELECT e.id, e.level, coalesce(bool_or(h.support), false) AS supported, coalesce(bool_or(h.lead), false) AS led
		FROM every e LEFT JOIN held h ON h.locality_id = e.id GROUP BY e.id, e.level
	)`

// queueGaps counts coverage.
func queueGaps(b *batch, g *Gaps, of CoverageOf) {
	b.Queue(covered+`
		SELECT count(*) FILTER (WHERE level = 'commune'), count(*) FILTER (WHERE level = 'commune' AND supported),
			count(*) FILTER (WHERE level = 'hamlet'), count(*) FILTER (WHERE level = 'hamlet' AND supported),
			count(*) FILTER (WHERE level = 'group'), count(*) FILTER (WHERE level = 'group' AND supported),
			count(*) FILTER (WHERE level <> 'group'), count(*) FILTER (WHERE level <> 'group' AND led),
			(SELECT count(DISTINCT h.cadre_id) FROM held h
				WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.cadre_id = h.cadre_id AND a.disabled_at IS NULL))
		FROM place`, of.args()...).QueryRow(func(row pgx.Row) error {
		return row.Scan(&g.Communes, &g.CommunesCovered, &g.Hamlets, &g.HamletsCovered, &g.Groups, &g.GroupsCovered,
			&g.Desks, &g.DesksCovered, &g.Accounts)
	})
}

// missing gives the condition on a place for each kind of gap but that of accounts.
var missing = map[GapKind]string{
	NoTierOne: `p.level = 'commune' AND NOT p.supported`, NoTierTwo: `p.level = 'hamlet' AND NOT p.supported`,
	NoTierThree: `p.level = 'group' AND NOT p.supported`, NoLead: `p.level <> 'group' AND NOT p.led`,
}

// GapsBelow counts the gaps and lists those of one kind whose key comes after the given one, at most limit of them, in one round trip.
func (r reader) GapsBelow(ctx context.Context, of CoverageOf, kind GapKind, after int64, limit int) (Gaps, []GapRow, error) {
	var g Gaps
	var rows []GapRow
	b := &batch{}
	queueGaps(b, &g, of)
	const names = ` JOIN locality_versions v ON v.locality_id = p.id AND v.valid @> $2::date
		LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND pv.valid @> $2::date`
	if condition, ok := missing[kind]; ok {
		queueAll(b, &rows, pgx.RowToStructByPos[GapRow], covered+`
			SELECT p.id, p.id, p.level, v.name, coalesce(pv.name, ''), '', '', '' FROM place p`+names+`
			WHERE `+condition+` AND p.id > $5 ORDER BY p.id LIMIT $6`, of.args(after, limit)...)
	} else {
		queueAll(b, &rows, pgx.RowToStructByPos[GapRow], covered+`
			SELECT DISTINCT ON (h.cadre_id) h.cadre_id, p.id, p.level, v.name, coalesce(pv.name, ''), c.full_name, po.name_vi, po.name_en
			FROM held h JOIN place p ON p.id = h.locality_id JOIN cadres c ON c.id = h.cadre_id JOIN posts po ON po.id = h.post_id`+names+`
			WHERE h.cadre_id > $5 AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.cadre_id = h.cadre_id AND a.disabled_at IS NULL)
			ORDER BY h.cadre_id, p.id LIMIT $6`, of.args(after, limit)...)
	}
	err := r.run(ctx, b)
	return g, rows, err
}
