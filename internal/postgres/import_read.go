package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// KnownPlace is a place as an import looks it up.
type KnownPlace struct {
	territory.Locality
	Parent territory.LocalityID
	Mine   bool // inside what the administrator manages, not above it
	Valid  []cadre.Term
}

// KnownCadre is a person as an import looks them up.
type KnownCadre struct {
	ID       cadre.ID
	Person   cadre.Person
	Disabled bool
	Version  int
	Home     territory.Place
	Held     []cadre.Held // today or later
	Account  bool         // they have one
}

// ImportPeople says which people are looked up: those of some names, with or without diacritics, and some by number.
type ImportPeople struct {
	Names []string
	IDs   []int64
}

// ImportGround is what rows of an import are judged by.
type ImportGround struct {
	Places   []KnownPlace
	People   []KnownCadre
	Posts    []cadre.CataloguePost
	IDs      []int64         // for what is new
	Logins   map[string]bool // that are taken, of those asked for
	Presence Present
}

// GroundQuery says what is needed to judge rows.
type GroundQuery struct {
	Below  []territory.LocalityID
	Day    territory.Day
	People *ImportPeople // nil for none
	Lock   bool          // the people stay as they are until the end of the transaction
	Posts  bool
	New    string // table that ids are needed for; empty for none
	Count  int    // of them
}

// ImportGround reads what it takes to judge rows, in one round trip.
func (t *Tx) ImportGround(ctx context.Context, q GroundQuery) (ImportGround, error) {
	var g ImportGround
	b := &batch{}
	if q.Lock { // imports of one kind follow one another: nobody else keeps two people of one name apart
		t.tx.queue(`SELECT pg_advisory_xact_lock(hashtext('import ' || $1))`, q.New)
	}
	queuePlaces(b, &g.Places, q.Below, q.Day)
	var held []heldBy
	if q.People != nil {
		if q.Lock {
			t.tx.queue(`SELECT 1 FROM cadres c WHERE `+wantedPeople("$1", "$2")+` ORDER BY c.id FOR NO KEY UPDATE`, q.People.Names, q.People.IDs)
		}
		queuePeople(b, &g.People, &held, q)
	}
	if q.Posts {
		queueAll(b, &g.Posts, scanCataloguePost, catalogueSQL+` ORDER BY p.position, p.id`, q.Day)
	}
	if q.New != "" && q.Count > 0 {
		queueAll(b, &g.IDs, pgx.RowTo[int64], `SELECT nextval(pg_get_serial_sequence($1, 'id')) FROM generate_series(1, $2::int)`, q.New, q.Count)
	}
	if err := t.run(ctx, b); err != nil {
		return ImportGround{}, err
	}
	g.give(held)
	return g, nil
}

func wantedPeople(names, ids string) string {
	return `(c.search_key IN (SELECT search_key(n) FROM unnest(` + names + `::text[]) n) OR c.id = ANY(` + ids + `::bigint[]))`
}

func queuePlaces(b *batch, dst *[]KnownPlace, below []territory.LocalityID, day territory.Day) {
	queueAll(b, dst, func(row pgx.CollectableRow) (KnownPlace, error) {
		var p KnownPlace
		var from, until []territory.Day
		err := row.Scan(&p.ID, &p.Level, &p.Type, &p.Name, &p.Code, &p.Parent, &p.Mine, &from, &until)
		for i := range from {
			if n := len(p.Valid); n > 0 && p.Valid[n-1].Until == from[i] {
				p.Valid[n-1].Until = until[i]
			} else {
				p.Valid = append(p.Valid, cadre.Term{From: from[i], Until: until[i]})
			}
		}
		return p, err
	}, `WITH RECURSIVE below AS (
			SELECT unnest($1::bigint[]) AS id
			UNION SELECT v.locality_id FROM below b JOIN locality_versions v ON v.parent_id = b.id AND v.valid @> $2::date),
		up AS (
			SELECT unnest($1::bigint[]) AS id
			UNION SELECT v.parent_id FROM up JOIN locality_versions v ON v.locality_id = up.id AND v.valid @> $2::date WHERE v.parent_id IS NOT NULL),
		found AS (SELECT id, true AS mine FROM below UNION SELECT id, false FROM up WHERE id NOT IN (SELECT id FROM below))
		SELECT l.id, l.level, v.type, v.name, coalesce(v.code, ''), coalesce(v.parent_id, 0), f.mine,
			ARRAY(SELECT coalesce(lower(o.valid), '1900-01-01') FROM locality_versions o WHERE o.locality_id = l.id ORDER BY o.valid),
			ARRAY(SELECT upper(o.valid) FROM locality_versions o WHERE o.locality_id = l.id ORDER BY o.valid)
		FROM found f JOIN localities l ON l.id = f.id JOIN locality_versions v ON v.locality_id = l.id AND v.valid @> $2::date ORDER BY l.id`, int64s(below), day)
}

// heldBy is something that a person holds, or the place they were entered for: that has no capability.
type heldBy struct {
	who  cadre.ID
	held cadre.Held
}

func queuePeople(b *batch, people *[]KnownCadre, held *[]heldBy, q GroundQuery) {
	queueAll(b, people, func(row pgx.CollectableRow) (KnownCadre, error) {
		var k KnownCadre
		p := &k.Person
		err := row.Scan(&k.ID, &p.Name, &p.BirthYear, &p.Position, &p.Agency, &p.Tier, &p.Phone, &p.Email, &k.Disabled, &k.Version, &k.Account)
		return k, err
	}, down+`SELECT c.id, c.full_name, coalesce(c.birth_year, 0), c.position, c.agency, c.tier, c.phone, c.email, c.disabled_at IS NOT NULL, c.version,
			EXISTS (SELECT FROM accounts a WHERE a.cadre_id = c.id)
		FROM cadres c WHERE `+wantedPeople("$3", "$4")+` AND `+knownBelow+` ORDER BY c.id`, int64s(q.Below), q.Day, q.People.Names, q.People.IDs)
	queueAll(b, held, func(row pgx.CollectableRow) (heldBy, error) {
		var h heldBy
		p := &h.held.Place
		err := row.Scan(&h.who, &h.held.Capability, &h.held.Level, &p.Locality, &p.Province, &p.District, &p.Commune, &p.Hamlet)
		return h, err
	}, `WITH RECURSIVE who AS MATERIALIZED (SELECT c.id, c.home_id FROM cadres c WHERE `+wantedPeople("$1", "$2")+`),
		held AS MATERIALIZED (
			SELECT s.cadre_id, p.capability, s.level, s.locality_id FROM assignments s JOIN who ON who.id = s.cadre_id JOIN posts p ON p.id = s.post_id
			WHERE s.voided_at IS NULL AND coalesce(upper(s.period) > $3::date, true)
			UNION ALL SELECT id, '', '', home_id FROM who WHERE home_id IS NOT NULL),
		up (start, id, depth) AS (SELECT DISTINCT locality_id, locality_id, 0 FROM held
			UNION ALL SELECT up.start, v.parent_id, up.depth + 1 FROM up
				JOIN locality_versions v ON v.locality_id = up.id AND v.valid @> $3::date WHERE v.parent_id IS NOT NULL AND up.depth < 10),
		chains AS MATERIALIZED (SELECT up.start, `+placeColumns("up.id", "l.level")+`
			FROM up JOIN localities l ON l.id = up.id GROUP BY up.start)
		SELECT h.cadre_id, h.capability, h.level, h.locality_id, coalesce(c.province, 0), coalesce(c.district, 0), coalesce(c.commune, 0), coalesce(c.hamlet, 0)
		FROM held h JOIN chains c ON c.start = h.locality_id`, q.People.Names, q.People.IDs, q.Day)
}

// give hands out what people hold.
func (g *ImportGround) give(held []heldBy) {
	at := map[cadre.ID]int{}
	for i, k := range g.People {
		at[k.ID] = i
	}
	for _, h := range held {
		i, ok := at[h.who]
		switch {
		case !ok:
		case h.held.Capability == "":
			g.People[i].Home = h.held.Place
		default:
			g.People[i].Held = append(g.People[i].Held, h.held)
		}
	}
}

// SeatTerm is who holds or held a post at a place.
type SeatTerm struct {
	Assignment cadre.AssignmentID
	Cadre      cadre.ID
	Post       string
	Place      territory.LocalityID
	Term       cadre.Term
	Primary    bool
	Acting     bool
	Disabled   bool
	Decision   string
	Household  uuid.UUID // that it is about; the zero one for the place itself
}

// Seating is who holds what at some places, and which households their numbers mean.
type Seating struct {
	Terms []SeatTerm
	Named map[territory.LocalityID]map[int]uuid.UUID
}

// Seating reads all that is and was held at some places, after everybody else who was changing something there if lock is set.
func (t *Tx) Seating(ctx context.Context, places, numbered []territory.LocalityID, lock bool) (Seating, error) {
	if lock {
		t.tx.queue(`SELECT 1 FROM localities WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, int64s(places))
	}
	found := Seating{Named: map[territory.LocalityID]map[int]uuid.UUID{}}
	b := &batch{}
	queueAll(b, &found.Terms, func(row pgx.CollectableRow) (SeatTerm, error) {
		var s SeatTerm
		err := row.Scan(&s.Assignment, &s.Cadre, &s.Post, &s.Place, &s.Term.From, &s.Term.Until, &s.Primary, &s.Acting, &s.Decision, &s.Household)
		return s, err
	}, `SELECT s.id, s.cadre_id, p.code, s.locality_id, lower(s.period), upper(s.period), s.is_primary, s.acting, s.decision,
			coalesce(s.household_id, '00000000-0000-0000-0000-000000000000')
		FROM assignments s JOIN posts p ON p.id = s.post_id WHERE s.locality_id = ANY($1) AND s.voided_at IS NULL ORDER BY s.id`, int64s(places))
	var at territory.LocalityID
	var n NumberedHousehold
	b.Queue(`SELECT g.id, n.id, n.number FROM unnest($1::bigint[]) AS g (id) CROSS JOIN LATERAL household_numbers(g.id) n`, int64s(numbered)).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&at, &n.ID, &n.Number}, func() error {
			if found.Named[at] == nil {
				found.Named[at] = map[int]uuid.UUID{}
			}
			found.Named[at][n.Number] = n.ID
			return nil
		})
		return translate(err)
	})
	return found, t.run(ctx, b)
}
