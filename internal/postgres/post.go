package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// postOn is the condition that the post with the alias p can be given on a day ($2) somewhere in a tree; flat is the SQL of whether that
// tree has no district.
func postOn(flat string) string {
	return `(p.valid_from <= $2::date AND (p.retired_on IS NULL OR p.retired_on > $2::date)
		AND p.structure IN ('any', CASE WHEN ` + flat + ` THEN 'flat' ELSE 'district' END))`
}

// flatAt tells whether there is no district at or above a place on a day.
func flatAt(place, day string) string {
	return `NOT EXISTS (SELECT FROM locality_chain(` + place + `, ` + day + `) ch WHERE ch.level = 'district')`
}

const catalogueSQL = `SELECT p.id, p.code, p.name_vi, p.name_en, p.tier, p.capability,
	ARRAY(SELECT l.level FROM post_levels l WHERE l.post_id = p.id ORDER BY array_position(ARRAY['province', 'district', 'subregion', 'commune', 'hamlet', 'group'], l.level)),
	p.position, p.valid_from, p.retired_on, p.structure, p.version,
	(SELECT count(*)::int FROM assignments s WHERE s.post_id = p.id AND s.voided_at IS NULL AND coalesce(upper(s.period) > $1::date, true)),
	EXISTS (SELECT FROM assignments s WHERE s.post_id = p.id AND s.voided_at IS NULL)
	FROM posts p`

func scanCataloguePost(row pgx.CollectableRow) (cadre.CataloguePost, error) {
	var p cadre.CataloguePost
	err := row.Scan(&p.ID, &p.Code, &p.NameVi, &p.NameEn, &p.Tier, &p.Capability, &p.Levels, &p.Position, &p.From, &p.Until, &p.Structure, &p.Version, &p.Now, &p.Ever)
	return p, err
}

// queueDated reads a post that is not there during a whole term.
func queueDated(b *batch, dst *[]cadre.CataloguePost, code string, term cadre.Term, day territory.Day) {
	if term.From.IsZero() {
		return
	}
	queueAll(b, dst, scanCataloguePost, catalogueSQL+` WHERE p.code = $2 AND NOT daterange(p.valid_from, p.retired_on) @> daterange($3, $4)`, day, code, term.From, term.Until)
}

// Catalogue is the catalogue of posts.
type Catalogue struct {
	Posts  []cadre.CataloguePost
	Higher bool // somebody administers above or beside the reader's places: the catalogue is not theirs
}

// Catalogue reads all posts with how many hold them on the day or later, in their order. Own are the places that the reader administers.
func (r reader) Catalogue(ctx context.Context, own []territory.LocalityID, day territory.Day) (Catalogue, error) {
	var c Catalogue
	b := &batch{}
	queueAll(b, &c.Posts, scanCataloguePost, catalogueSQL+` ORDER BY p.position, p.id`, day)
	b.Queue(`SELECT `+administered, int64s(own), day).QueryRow(func(row pgx.Row) error { return row.Scan(&c.Higher) })
	return c, r.run(ctx, b)
}

// PostCase is a post that is to be changed.
type PostCase struct {
	Post   cadre.CataloguePost // the zero one for a new one
	Higher bool
	Codes  []string // that are taken
	NextID int64
}

// LockPost reads a post after everybody who was changing it or giving it to somebody, or what a new one needs (id zero). NotFound if
// there is no such post.
func (t *Tx) LockPost(ctx context.Context, id int64, own []territory.LocalityID, day territory.Day) (PostCase, error) {
	var c PostCase
	found := id == 0
	if id == 0 {
		t.tx.queue(`SELECT pg_advisory_xact_lock(hashtextextended('posts', 0))`)
	} else {
		t.tx.queue(`SELECT 1 FROM posts WHERE id = $1 FOR UPDATE`, id)
	}
	b := &batch{}
	queueOne(b, &c.Post, &found, scanCataloguePost, catalogueSQL+` WHERE p.id = $2`, day, id)
	queueAll(b, &c.Codes, pgx.RowTo[string], `SELECT code FROM posts`)
	b.Queue(`SELECT nextval(pg_get_serial_sequence('posts', 'id'))`).QueryRow(func(row pgx.Row) error { return row.Scan(&c.NextID) })
	b.Queue(`SELECT `+administered, int64s(own), day).QueryRow(func(row pgx.Row) error { return row.Scan(&c.Higher) })
	if err := t.run(ctx, b); err != nil {
		return PostCase{}, err
	}
	if !found {
		return PostCase{}, fault.NotFound()
	}
	return c, nil
}

// InsertPost stores a new post with the transaction.
func (t *Tx) InsertPost(p cadre.CataloguePost) {
	t.tx.queue(`INSERT INTO posts (id, code, name_vi, name_en, tier, capability, position, valid_from, structure) OVERRIDING SYSTEM VALUE
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, p.ID, p.Code, p.NameVi, p.NameEn, p.Tier, p.Capability, p.Position, p.From, p.Structure)
	t.putLevels(p)
}

func (t *Tx) putLevels(p cadre.CataloguePost) {
	levels := make([]string, len(p.Levels))
	for i, l := range p.Levels {
		levels[i] = string(l)
	}
	t.tx.queue(`INSERT INTO post_levels (post_id, level) SELECT $1, unnest($2::text[])`, p.ID, levels)
}

// RenamePost stores the names of a post and its place in lists. It belongs after LockPost.
func (t *Tx) RenamePost(p cadre.CataloguePost) {
	t.tx.queue(`UPDATE posts SET name_vi = $2, name_en = $3, position = $4, version = version + 1 WHERE id = $1`, p.ID, p.NameVi, p.NameEn, p.Position)
}

// UpdatePost stores everything of a post that nobody has held. It belongs after LockPost.
func (t *Tx) UpdatePost(p cadre.CataloguePost) {
	t.RenamePost(p)
	t.tx.queue(`UPDATE posts SET tier = $2, capability = $3, valid_from = $4, structure = $5 WHERE id = $1`, p.ID, p.Tier, p.Capability, p.From, p.Structure)
	t.tx.queue(`DELETE FROM post_levels WHERE post_id = $1 AND NOT EXISTS (SELECT FROM assignments s WHERE s.post_id = $1)`, p.ID)
	t.putLevels(p)
}

// RetirePost sets the first day on which a post is no more, ends what runs beyond it and voids what would begin later, with an audit
// entry for each. It belongs after LockPost.
func (t *Tx) RetirePost(p cadre.CataloguePost, until territory.Day, reason string, by AuditEntry, at time.Time) {
	t.tx.queue(`UPDATE posts SET retired_on = $2, version = version + 1 WHERE id = $1`, p.ID, until)
	t.tx.queue(`WITH over AS (
			UPDATE assignments SET ended_reason = $3,
				voided_at = CASE WHEN lower(period) >= $2::date THEN $4::timestamptz END,
				period = CASE WHEN lower(period) >= $2::date THEN period ELSE daterange(lower(period), $2::date) END
			WHERE post_id = $1 AND voided_at IS NULL AND coalesce(upper(period) > $2::date, true) RETURNING id, locality_id)
		INSERT INTO audit_entries (at, actor_id, assignment_id, locality_id, action, object, object_id, fields, province_id, district_id, commune_id, hamlet_id)
		SELECT $4, $5, $6, over.locality_id, 'assignment.end', 'assignment', over.id::text, '{period,ended_reason}', ch.province, ch.district, ch.commune, ch.hamlet
		FROM over CROSS JOIN LATERAL (
			SELECT `+placeColumns("ch.locality_id", "ch.level")+`
			FROM locality_chain(over.locality_id, $7) ch) ch`,
		p.ID, until, reason, at, orNobody(by.Actor), orNobody(by.Assignment), territory.DayOf(at))
}
