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

// covered gives the places below some others ($1) on a day ($2) with whether each has what it should have.
const covered = `WITH RECURSIVE down AS (
		SELECT l.id, l.level FROM localities l WHERE l.id = ANY($1)
		UNION
		SELECT l.id, l.level FROM down JOIN locality_versions v ON v.parent_id = down.id AND v.valid @> $2::date JOIN localities l ON l.id = v.locality_id
	), held AS MATERIALIZED (
		SELECT s.locality_id, s.cadre_id, s.post_id, p.tier, p.capability FROM assignments s JOIN posts p ON p.id = s.post_id
		JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
		WHERE s.voided_at IS NULL AND s.period @> $2::date
	), place AS (
		SELECT d.id, d.level,
			EXISTS (SELECT 1 FROM held h WHERE h.locality_id = d.id AND h.capability = 'support' AND h.tier = CASE d.level
				WHEN 'commune' THEN 'province' WHEN 'hamlet' THEN 'district' WHEN 'group' THEN 'commune' END) AS supported,
			EXISTS (SELECT 1 FROM held h WHERE h.locality_id = d.id AND h.capability = 'lead') AS led
		FROM down d
	)`

// queueGaps counts coverage below some places on a day.
func queueGaps(b *batch, g *Gaps, below []territory.LocalityID, day territory.Day) {
	b.Queue(covered+`
		SELECT count(*) FILTER (WHERE level = 'commune'), count(*) FILTER (WHERE level = 'commune' AND supported),
			count(*) FILTER (WHERE level = 'hamlet'), count(*) FILTER (WHERE level = 'hamlet' AND supported),
			count(*) FILTER (WHERE level = 'group'), count(*) FILTER (WHERE level = 'group' AND supported),
			count(*) FILTER (WHERE level <> 'group'), count(*) FILTER (WHERE level <> 'group' AND led),
			(SELECT count(DISTINCT h.cadre_id) FROM held h JOIN place ON place.id = h.locality_id
				WHERE NOT EXISTS (SELECT 1 FROM accounts a WHERE a.cadre_id = h.cadre_id AND a.disabled_at IS NULL))
		FROM place`, int64s(below), day).QueryRow(func(row pgx.Row) error {
		return row.Scan(&g.Communes, &g.CommunesCovered, &g.Hamlets, &g.HamletsCovered, &g.Groups, &g.GroupsCovered,
			&g.Desks, &g.DesksCovered, &g.Accounts)
	})
}

// missing gives the condition on a place for each kind of gap but that of accounts.
var missing = map[GapKind]string{
	NoTierOne: `p.level = 'commune' AND NOT p.supported`, NoTierTwo: `p.level = 'hamlet' AND NOT p.supported`,
	NoTierThree: `p.level = 'group' AND NOT p.supported`, NoLead: `p.level <> 'group' AND NOT p.led`,
}

// GapsBelow counts the gaps below some places on a day and lists those of one kind whose key comes after the given one, at
// most limit of them, in one round trip.
func (r reader) GapsBelow(ctx context.Context, below []territory.LocalityID, day territory.Day, kind GapKind, after int64, limit int) (Gaps, []GapRow, error) {
	var g Gaps
	var rows []GapRow
	b := &batch{}
	queueGaps(b, &g, below, day)
	const names = ` JOIN locality_versions v ON v.locality_id = p.id AND v.valid @> $2::date
		LEFT JOIN locality_versions pv ON pv.locality_id = v.parent_id AND pv.valid @> $2::date`
	if condition, ok := missing[kind]; ok {
		queueAll(b, &rows, pgx.RowToStructByPos[GapRow], covered+`
			SELECT p.id, p.id, p.level, v.name, coalesce(pv.name, ''), '', '', '' FROM place p`+names+`
			WHERE `+condition+` AND p.id > $3 ORDER BY p.id LIMIT $4`, int64s(below), day, after, limit)
	} else {
		queueAll(b, &rows, pgx.RowToStructByPos[GapRow], covered+`
			SELECT DISTINCT ON (h.cadre_id) h.cadre_id, p.id, p.level, v.name, coalesce(pv.name, ''), c.full_name, po.name_vi, po.name_en
			FROM held h JOIN place p ON p.id = h.locality_id JOIN cadres c ON c.id = h.cadre_id JOIN posts po ON po.id = h.post_id`+names+`
			WHERE h.cadre_id > $3 AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.cadre_id = h.cadre_id AND a.disabled_at IS NULL)
			ORDER BY h.cadre_id, p.id LIMIT $4`, int64s(below), day, after, limit)
	}
	err := r.run(ctx, b)
	return g, rows, err
}
