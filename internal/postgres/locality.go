package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Path is a place of a day with its ancestors and everybody who holds a post on the way up.
type Path struct {
	Chain    territory.Chain
	Holdings []cadre.Holding
}

// Desks gives the desks of the path.
func (p Path) Desks() cadre.Desks { return cadre.DesksOf(p.Chain, p.Holdings) }

const chainSQL = `SELECT locality_id, level, type, name, coalesce(code, '') FROM locality_chain(<start>, $2) ORDER BY depth`

const holdingColumns = `s.id, s.cadre_id, c.full_name, c.phone, p.code, p.name_vi, p.name_en, p.tier, p.capability, s.locality_id, s.is_primary, s.acting`

const holdingSQL = `SELECT ` + holdingColumns + `
	FROM locality_chain(<start>, $2) ch
	JOIN assignments s ON s.locality_id = ch.locality_id AND s.voided_at IS NULL AND s.period @> $2::date
	JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
	JOIN posts p ON p.id = s.post_id
	ORDER BY ch.depth, p.position, s.is_primary DESC, s.acting, s.id`

// queuePath adds the reads of a path to a batch. Start is the SQL expression of the place, made from key as $1.
func queuePath(b *batch, dst *Path, start string, key any, day territory.Day) {
	queueAll(b, (*[]territory.Locality)(&dst.Chain), scanLocality, strings.Replace(chainSQL, "<start>", start, 1), key, day)
	queueAll(b, &dst.Holdings, scanHolding, strings.Replace(holdingSQL, "<start>", start, 1), key, day)
}

// Path reads the path of a place on a day; NotFound if the place did not exist then. It is not guarded: the caller judges
// by the policy whether the actor may know of the place.
func (r reader) Path(ctx context.Context, id territory.LocalityID, day territory.Day) (Path, error) {
	var p Path
	b := &batch{}
	queuePath(b, &p, "$1", id, day)
	if err := r.run(ctx, b); err != nil {
		return Path{}, err
	}
	if len(p.Chain) == 0 {
		return Path{}, fault.NotFound()
	}
	return p, nil
}

func scanLocality(row pgx.CollectableRow) (territory.Locality, error) {
	var l territory.Locality
	err := row.Scan(&l.ID, &l.Level, &l.Type, &l.Name, &l.Code)
	return l, err
}

func scanHolding(row pgx.CollectableRow) (cadre.Holding, error) {
	var h cadre.Holding
	err := row.Scan(&h.AssignmentID, &h.CadreID, &h.Name, &h.Phone, &h.Post.Code, &h.Post.NameVi, &h.Post.NameEn, &h.Post.Tier,
		&h.Post.Capability, &h.Locality, &h.Primary, &h.Acting)
	return h, err
}

// ChainOf reads a place with those above it on a day; empty if it does not exist then.
func (r reader) ChainOf(ctx context.Context, id territory.LocalityID, day territory.Day) (territory.Chain, error) {
	var chain territory.Chain
	b := &batch{}
	queueChain(b, &chain, "$1", id, day)
	err := r.run(ctx, b)
	return chain, err
}
