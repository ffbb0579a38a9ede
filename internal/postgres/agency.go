package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/fault"
	"banam/internal/territory"
)

// Agency is an agency of the catalogue.
type Agency struct {
	ID      int64
	Place   territory.LocalityID // that it serves
	At      string               // the name of it today
	Name    string
	Phone   string
	Email   string
	Contact string
	Retired bool
	Version int
}

const agencyColumns = `a.id, a.locality_id, coalesce(av.name, ''), a.name, a.phone, a.email, a.contact, a.retired_at IS NOT NULL, a.version`

// agenciesShown bounds a list of agencies.
const agenciesShown = 300

// AgencyList are agencies with the places to which one can be added.
type AgencyList struct {
	Rows   []Agency
	Over   bool                 // there are more than are listed
	Places []territory.Locality // own ones and those below, down to the communes
}

// downToCommunes walks from some places down to the communes.
const downToCommunes = `b AS (SELECT unnest($1::bigint[]) AS id UNION SELECT v.locality_id FROM b JOIN locality_versions v ON v.parent_id = b.id AND v.valid @> $2::date
	JOIN localities l ON l.id = v.locality_id AND l.level IN ('district', 'subregion', 'commune'))`

// Agencies lists the agencies of some places, of those below them down to the communes, and of those above; words narrow the names, place
// to those of one place.
func (r reader) Agencies(ctx context.Context, own, above []territory.LocalityID, words string, place territory.LocalityID, day territory.Day) (AgencyList, error) {
	var list AgencyList
	b := &batch{}
	queueAll(b, &list.Rows, pgx.RowToStructByPos[Agency], `WITH RECURSIVE `+downToCommunes+`, seen AS (SELECT id FROM b UNION SELECT unnest($3::bigint[]))
		SELECT `+agencyColumns+` FROM agencies a JOIN seen ON seen.id = a.locality_id
		JOIN localities al ON al.id = a.locality_id LEFT JOIN locality_versions av ON av.locality_id = a.locality_id AND av.valid @> $2::date
		WHERE strpos(search_key(a.name), search_key($4)) > 0 AND ($5 = 0 OR a.locality_id = $5)
		ORDER BY a.retired_at IS NOT NULL, array_position(ARRAY['province', 'district', 'subregion', 'commune'], al.level), av.name COLLATE "vi-x-icu", a.name COLLATE "vi-x-icu", a.id LIMIT $6`,
		int64s(own), day, int64s(above), words, int64(place), agenciesShown+1)
	queueAll(b, &list.Places, scanLocality, `WITH RECURSIVE `+downToCommunes+` SELECT v.locality_id, l.level, v.type, v.name, coalesce(v.code, '') FROM b
		JOIN locality_versions v ON v.locality_id = b.id AND v.valid @> $2::date JOIN localities l ON l.id = b.id AND l.level IN ('province', 'district', 'commune')
		ORDER BY array_position(ARRAY['province', 'district', 'commune'], l.level), v.name COLLATE "vi-x-icu", v.locality_id`, int64s(own), day)
	err := r.run(ctx, b)
	if len(list.Rows) > agenciesShown {
		list.Rows, list.Over = list.Rows[:agenciesShown], true
	}
	return list, err
}

// AgencyCase is an agency with the places above the one that it serves.
type AgencyCase struct {
	Agency
	Chain territory.Chain
}

// Agency reads an agency, or for the id 0 the place that a new one is to serve; NotFound if there is none.
func (r reader) Agency(ctx context.Context, id int64, place territory.LocalityID, day territory.Day) (AgencyCase, error) {
	b := &batch{}
	c, found := queueAgency(b, id, place, day)
	if err := r.run(ctx, b); err != nil {
		return AgencyCase{}, err
	}
	if id != 0 && !*found {
		return AgencyCase{}, fault.NotFound()
	}
	return *c, nil
}

func queueAgency(b *batch, id int64, place territory.LocalityID, day territory.Day) (*AgencyCase, *bool) {
	c, found := &AgencyCase{}, new(bool)
	queueOne(b, &c.Agency, found, pgx.RowToStructByPos[Agency], `SELECT `+agencyColumns+` FROM agencies a
		LEFT JOIN locality_versions av ON av.locality_id = a.locality_id AND av.valid @> $2::date WHERE a.id = $1`, id, day)
	queueChain(b, &c.Chain, "coalesce((SELECT locality_id FROM agencies WHERE id = $3), $1)", place, day, id)
	return c, found
}

// LockedAgency is an agency, or the place of a new one, that is held fast.
type LockedAgency struct {
	AgencyCase
	NextID int64 // for a new one
	Taken  bool  // another one of the place has the name
}

// LockAgency is Agency with the catalogue of its place held fast, and with whether a name is taken there.
func (t *Tx) LockAgency(ctx context.Context, id int64, place territory.LocalityID, name string, day territory.Day) (LockedAgency, error) {
	var l LockedAgency
	b := &batch{}
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('agencies', coalesce((SELECT locality_id FROM agencies WHERE id = $1), $2)))`, id, int64(place))
	c, found := queueAgency(b, id, place, day)
	b.Queue(`SELECT nextval(pg_get_serial_sequence('agencies', 'id')), EXISTS (SELECT FROM agencies a WHERE a.id <> $1 AND a.retired_at IS NULL
		AND a.locality_id = coalesce((SELECT locality_id FROM agencies WHERE id = $1), $2) AND search_key(a.name) = search_key($3))`, id, int64(place), name).
		QueryRow(func(row pgx.Row) error { return row.Scan(&l.NextID, &l.Taken) })
	if err := t.run(ctx, b); err != nil {
		return LockedAgency{}, err
	}
	if id != 0 && !*found {
		return LockedAgency{}, fault.NotFound()
	}
	l.AgencyCase = *c
	return l, nil
}

// InsertAgency keeps a new agency.
func (t *Tx) InsertAgency(a Agency) {
	t.tx.queue(`INSERT INTO agencies (id, locality_id, name, phone, email, contact) OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6)`,
		a.ID, a.Place, a.Name, a.Phone, a.Email, a.Contact)
}

// UpdateAgency keeps what was changed of an agency.
func (t *Tx) UpdateAgency(a Agency, at time.Time) {
	t.tx.queue(`UPDATE agencies SET name = $2, phone = $3, email = $4, contact = $5, retired_at = CASE WHEN $6 THEN coalesce(retired_at, $7) END, version = version + 1
		WHERE id = $1`, a.ID, a.Name, a.Phone, a.Email, a.Contact, a.Retired, at)
}

// queueAgencies adds the agencies that serve the place of an issue or one above it, the nearest first.
func queueAgencies(b *batch, dst *[]Agency, issue uuid.UUID, day territory.Day) {
	queueAll(b, dst, pgx.RowToStructByPos[Agency], `SELECT `+agencyColumns+` FROM issues i
		CROSS JOIN LATERAL locality_chain(locality_today(i.locality_id, $2::date), $2) ch JOIN agencies a ON a.locality_id = ch.locality_id AND a.retired_at IS NULL
		LEFT JOIN locality_versions av ON av.locality_id = a.locality_id AND av.valid @> $2::date
		WHERE i.id = $1 ORDER BY ch.depth, a.name COLLATE "vi-x-icu", a.id`, issue, day)
}
