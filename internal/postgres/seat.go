package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Seat is a place below another one where a post can be held, with who holds it today or later.
type Seat struct {
	ID        territory.LocalityID
	Name      string
	Above     string    // what lies between it and the place whose list this is
	Household uuid.UUID // of the place, which the post is given for; the zero one for the whole place
	Number    int       // of that household
	cadre.Seat
}

// ForHouseholds stands for the level of a seat where a post is given for single households of a group.
const ForHouseholds territory.Level = "household"

// SeatKind is a post at a level below a place, and how many places of that level there are.
type SeatKind struct {
	Post   cadre.Post
	Level  territory.Level
	Places int
}

// Candidate is a person among whom people of the same name are told apart.
type Candidate struct {
	ID        cadre.ID
	Name      string
	BirthYear int // 0 where it is not known
	Position  string
	Agency    string
	Tier      cadre.Tier
	Disabled  bool
	Posts     int // held today, wherever
}

const candidateColumns = `c.id, c.full_name, coalesce(c.birth_year, 0), c.position, c.agency, c.tier, c.disabled_at IS NOT NULL,
	(SELECT count(*)::int FROM assignments s WHERE s.cadre_id = c.id AND s.voided_at IS NULL AND s.period @> $2::date)`

// SeatsPage is what the page shows on which many are assigned at once.
type SeatsPage struct {
	Chain  territory.Chain // of the place; empty where there is no such place
	Kinds  []SeatKind
	Seats  []Seat
	People []Candidate // who can be offered for the post, by given name
	Nearer []Child     // places below with less below them, where there are too many seats for one page
}

// SeatsQuery says which seats are read: those of a post at a level below a place.
type SeatsQuery struct {
	Place  territory.LocalityID
	Post   string
	Level  territory.Level
	Below  []territory.LocalityID // that the administrator knows people of
	Term   cadre.Term             // for which the places must exist; the zero Term for today
	Day    territory.Day
	Limit  int // of seats
	People int // how many people are offered at most
}

// SeatsPage reads the page in one round trip, one seat more than the limit where there are more.
func (r reader) SeatsPage(ctx context.Context, q SeatsQuery) (SeatsPage, error) {
	var page SeatsPage
	b := &batch{}
	queueChain(b, &page.Chain, "$1", q.Place, q.Day)
	queueSeatKinds(b, &page.Kinds, q.Place, q.Day)
	queueSeats(b, &page.Seats, q, nil)
	queueAll(b, &page.People, pgx.RowToStructByPos[Candidate], down+`, inside AS (
			SELECT id FROM down WHERE id = coalesce((SELECT ch.locality_id FROM locality_chain($3, $2) ch WHERE ch.level = 'commune'), $3)
			UNION SELECT v.locality_id FROM inside JOIN locality_versions v ON v.parent_id = inside.id AND v.valid @> $2::date)
		SELECT `+candidateColumns+` FROM cadres c JOIN posts p ON p.code = $4 AND p.tier = c.tier
		WHERE c.disabled_at IS NULL AND `+knownBelow+` AND (c.home_id IN (SELECT id FROM inside)
			OR EXISTS (SELECT FROM assignments s JOIN inside i ON i.id = s.locality_id WHERE s.cadre_id = c.id AND s.voided_at IS NULL)
			OR NOT EXISTS (SELECT FROM assignments s WHERE s.cadre_id = c.id AND s.voided_at IS NULL AND s.period @> $2::date))
		ORDER BY c.given_name COLLATE "vi-x-icu", c.full_name COLLATE "vi-x-icu", c.id LIMIT $5`, int64s(q.Below), q.Day, q.Place, q.Post, q.People)
	queueAll(b, &page.Nearer, func(row pgx.CollectableRow) (Child, error) {
		var c Child
		err := row.Scan(&c.Locality.ID, &c.Locality.Level, &c.Locality.Name, &c.Open)
		return c, err
	}, `WITH RECURSIVE nearer AS (
			SELECT v.locality_id AS id, l.level, v.name FROM locality_versions v JOIN localities l ON l.id = v.locality_id WHERE v.parent_id = $1 AND v.valid @> $2::date
			UNION ALL
			SELECT v.locality_id, l.level, v.name FROM nearer JOIN locality_versions v ON v.parent_id = nearer.id AND v.valid @> $2::date
				JOIN localities l ON l.id = v.locality_id WHERE nearer.level IN ('district', 'subregion'))
		SELECT id, level, name, 0 FROM nearer WHERE level IN ('commune', 'hamlet') AND level <> $3 ORDER BY `+natural("name")+`, id LIMIT 300`, q.Place, q.Day, q.Level)
	return page, r.run(ctx, b)
}

// natural is the order of names with numbers in them.
func natural(name string) string {
	return `coalesce(substring(` + name + ` FROM '[0-9]+')::int, 0), ` + name + ` COLLATE "vi-x-icu"`
}

// queueSeatKinds reads which posts can be held at the levels below a place.
func queueSeatKinds(b *batch, dst *[]SeatKind, place territory.LocalityID, day territory.Day) {
	queueAll(b, dst, func(row pgx.CollectableRow) (SeatKind, error) {
		var k SeatKind
		po := &k.Post
		err := row.Scan(&po.Code, &po.NameVi, &po.NameEn, &po.Tier, &po.Capability, &k.Level, &k.Places)
		return k, err
	}, `WITH RECURSIVE inside AS (
			SELECT v.locality_id AS id FROM locality_versions v WHERE v.parent_id = $1 AND v.valid @> $2::date
			UNION ALL SELECT v.locality_id FROM inside JOIN locality_versions v ON v.parent_id = inside.id AND v.valid @> $2::date),
		levels AS MATERIALIZED (SELECT l.level, count(*)::int AS n FROM inside JOIN localities l ON l.id = inside.id GROUP BY l.level)
		SELECT code, name_vi, name_en, tier, capability, level, n FROM (
		SELECT p.code, p.name_vi, p.name_en, p.tier, p.capability, pl.level, levels.n, p.position
		FROM posts p JOIN post_levels pl ON pl.post_id = p.id JOIN levels ON levels.level = pl.level
		WHERE p.capability <> 'administer' AND `+postOn(`NOT EXISTS (SELECT FROM levels WHERE level = 'district') AND `+flatAt("$1", "$2"))+`
		UNION ALL SELECT p.code, p.name_vi, p.name_en, p.tier, p.capability, 'household', (SELECT count(*)::int FROM household_numbers($1)), p.position FROM posts p
			JOIN post_levels pl ON pl.post_id = p.id AND pl.level = 'group' JOIN localities g ON g.id = $1 AND g.level = 'group'
		WHERE p.tier = 'commune' AND p.capability = 'support' AND `+postOn(flatAt("$1", "$2"))+`
		) k ORDER BY position, level`, place, day)
}

// queueSeats reads the seats of a query; only narrows them to some places, nil to none.
func queueSeats(b *batch, dst *[]Seat, q SeatsQuery, only []territory.LocalityID) {
	if q.Level == ForHouseholds {
		queueHouseholdSeats(b, dst, q)
		return
	}
	term := q.Term
	if term.From.IsZero() {
		term = cadre.Term{From: q.Day, Until: q.Day.Add(1)}
	}
	p := &params{}
	place, day, post, level, from, until := p.add(q.Place), p.add(q.Day), p.add(q.Post), p.add(q.Level), p.add(term.From), p.add(term.Until)
	where := ""
	if only != nil {
		where = ` AND i.id = ANY(` + p.add(int64s(only)) + `)`
	}
	queueAll(b, dst, scanSeat, `WITH RECURSIVE inside AS (
			SELECT v.locality_id AS id, l.level, v.name, ''::text AS above, 1 AS depth, 0::bigint AS district, 0::bigint AS commune, 0::bigint AS hamlet
				FROM locality_versions v JOIN localities l ON l.id = v.locality_id WHERE v.parent_id = `+place+` AND v.valid @> `+day+`::date
			UNION ALL
			SELECT v.locality_id, l.level, v.name,
				CASE WHEN inside.level = 'subregion' THEN inside.above ELSE concat_ws(', ', inside.name, nullif(inside.above, '')) END, inside.depth + 1,
				CASE inside.level WHEN 'district' THEN inside.id ELSE inside.district END, CASE inside.level WHEN 'commune' THEN inside.id ELSE inside.commune END,
				CASE inside.level WHEN 'hamlet' THEN inside.id ELSE inside.hamlet END
				FROM inside JOIN locality_versions v ON v.parent_id = inside.id AND v.valid @> `+day+`::date JOIN localities l ON l.id = v.locality_id
				WHERE inside.depth < 10)
		SELECT i.id, i.level, i.name, i.above, i.district, i.commune, i.hamlet,
			(SELECT coalesce(range_agg(v.valid) @> daterange(`+from+`, `+until+`), false) FROM locality_versions v WHERE v.locality_id = i.id),
			`+holderColumns+`
		FROM inside i `+holdersOf(`s.locality_id = i.id AND s.household_id IS NULL`, post, day, from)+`
		WHERE i.level = `+level+where+` ORDER BY `+natural("i.above")+`, `+natural("i.name")+`, i.id LIMIT `+p.add(q.Limit+1), p.list...)
}

// holderColumns are the holders that holdersOf joins.
const holderColumns = `coalesce(h.assignments, '{}'), coalesce(h.cadres, '{}'), coalesce(h.names, '{}'), coalesce(h.froms, '{}'), coalesce(h.untils, '{}'),
	coalesce(h.mains, '{}'), coalesce(h.actings, '{}'), coalesce(h.reasons, '{}')`

// holdersOf joins who holds a post today or later where the condition on the assignment s says.
func holdersOf(where, post, day, from string) string {
	return `LEFT JOIN LATERAL (
		SELECT array_agg(s.id ORDER BY s.is_primary DESC, s.id) AS assignments, array_agg(s.cadre_id ORDER BY s.is_primary DESC, s.id) AS cadres,
			array_agg(c.full_name ORDER BY s.is_primary DESC, s.id) AS names, array_agg(lower(s.period) ORDER BY s.is_primary DESC, s.id) AS froms,
			array_agg(upper(s.period) ORDER BY s.is_primary DESC, s.id) AS untils, array_agg(s.is_primary ORDER BY s.is_primary DESC, s.id) AS mains,
			array_agg(s.acting ORDER BY s.is_primary DESC, s.id) AS actings, array_agg(s.ended_reason ORDER BY s.is_primary DESC, s.id) AS reasons
		FROM assignments s JOIN cadres c ON c.id = s.cadre_id
		WHERE ` + where + ` AND s.post_id = (SELECT id FROM posts WHERE code = ` + post + `) AND s.voided_at IS NULL
			AND coalesce(upper(s.period) > least(` + day + `::date, ` + from + `::date), true)) h ON true`
}

// queueHouseholdSeats reads the households of a group as seats, by number alone: who administers reads no households.
func queueHouseholdSeats(b *batch, dst *[]Seat, q SeatsQuery) {
	term := q.Term
	if term.From.IsZero() {
		term = cadre.Term{From: q.Day, Until: q.Day.Add(1)}
	}
	queueAll(b, dst, func(row pgx.CollectableRow) (Seat, error) {
		var s Seat
		var holders holderRows
		err := row.Scan(append([]any{&s.Household, &s.Number, &s.Exists}, holders.targets()...)...)
		s.ID, s.Level, s.Place.Locality, s.Holders = q.Place, territory.Group, q.Place, holders.list()
		return s, err
	}, `SELECT n.id, n.number, (SELECT coalesce(range_agg(v.valid) @> daterange($4, $5), false) FROM locality_versions v WHERE v.locality_id = $1), `+holderColumns+`
		FROM household_numbers($1) n `+holdersOf(`s.household_id = n.id`, "$3", "$2", "$4")+` ORDER BY n.number LIMIT $6`, q.Place, q.Day, q.Post, term.From, term.Until, q.Limit+1)
}

// holderRows is what holderColumns gives.
type holderRows struct {
	ids, cadres    []int64
	names, reasons []string
	froms, untils  []*time.Time
	mains, actings []bool
}

func (h *holderRows) targets() []any {
	return []any{&h.ids, &h.cadres, &h.names, &h.froms, &h.untils, &h.mains, &h.actings, &h.reasons}
}

func (h *holderRows) list() []cadre.Holder {
	var list []cadre.Holder
	for i := range h.ids {
		list = append(list, cadre.Holder{
			Assignment: cadre.AssignmentID(h.ids[i]), Cadre: cadre.ID(h.cadres[i]), Name: h.names[i], Term: cadre.Term{From: dayOf(h.froms[i]), Until: dayOf(h.untils[i])},
			Primary: h.mains[i], Acting: h.actings[i], Reason: h.reasons[i],
		})
	}
	return list
}

func scanSeat(row pgx.CollectableRow) (Seat, error) {
	var s Seat
	var holders holderRows
	err := row.Scan(append([]any{&s.ID, &s.Level, &s.Name, &s.Above, &s.Place.District, &s.Place.Commune, &s.Place.Hamlet, &s.Exists}, holders.targets()...)...)
	s.Place.Locality, s.Holders = s.ID, holders.list()
	switch s.Level {
	case territory.District:
		s.Place.District = s.ID
	case territory.Commune:
		s.Place.Commune = s.ID
	case territory.Hamlet:
		s.Place.Hamlet = s.ID
	case territory.Province, territory.Subregion, territory.Group:
	}
	return s, err
}

func dayOf(t *time.Time) territory.Day {
	if t == nil {
		return territory.Day{}
	}
	return territory.NewDay(t.Year(), t.Month(), t.Day())
}

// within gives the seat's place with the columns that the place above adds to those read below it.
func (s Seat) within(above territory.Place) territory.Place {
	p := s.Place
	for _, c := range []struct{ mine, theirs *territory.LocalityID }{
		{&p.Province, &above.Province}, {&p.District, &above.District}, {&p.Commune, &above.Commune}, {&p.Hamlet, &above.Hamlet},
	} {
		if *c.mine == 0 {
			*c.mine = *c.theirs
		}
	}
	return p
}

// SeatsTarget is what it takes to judge many new assignments.
type SeatsTarget struct {
	Chain  territory.Chain
	Kinds  []SeatKind
	Seats  []Seat                    // asked for that there are
	Dated  []cadre.CataloguePost     // the post, if it is not there during the whole term; empty otherwise
	People []Candidate               // of the names, whom the administrator knows
	Held   map[cadre.ID][]cadre.Held // what each of them, and whoever holds something at the places, holds today or later
	IDs    []cadre.AssignmentID      // one for each seat
}

// LockSeats reads what it takes to assign people at some places below another one, after everybody else who was changing something
// there. Names are full names, with or without diacritics.
func (t *Tx) LockSeats(ctx context.Context, q SeatsQuery, places []territory.LocalityID, names []string) (SeatsTarget, error) {
	found := SeatsTarget{Held: map[cadre.ID][]cadre.Held{}}
	t.tx.queue(`SELECT 1 FROM localities WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, int64s(places))
	t.tx.queue(`SELECT 1 FROM posts WHERE code = $1 FOR KEY SHARE`, q.Post)
	b := &batch{}
	queueDated(b, &found.Dated, q.Post, q.Term, q.Day)
	queueChain(b, &found.Chain, "$1", q.Place, q.Day)
	queueSeatKinds(b, &found.Kinds, q.Place, q.Day)
	queueSeats(b, &found.Seats, q, places)
	queueAll(b, &found.IDs, pgx.RowTo[cadre.AssignmentID], `SELECT nextval(pg_get_serial_sequence('assignments', 'id')) FROM generate_series(1, $1::int)`, len(places))
	const called = `c.search_key IN (SELECT search_key(n) FROM unnest($3::text[]) n)`
	queueAll(b, &found.People, pgx.RowToStructByPos[Candidate], down+`SELECT `+candidateColumns+` FROM cadres c WHERE `+called+` AND `+knownBelow+` ORDER BY c.id`,
		int64s(q.Below), q.Day, names)
	b.Queue(`SELECT s.cadre_id, p.capability, s.level, s.locality_id, coalesce(ch.province, 0), coalesce(ch.district, 0), coalesce(ch.commune, 0), coalesce(ch.hamlet, 0)
		FROM cadres c JOIN assignments s ON s.cadre_id = c.id JOIN posts p ON p.id = s.post_id CROSS JOIN LATERAL (
			SELECT `+placeColumns("ch.locality_id", "ch.level")+`
			FROM locality_chain(s.locality_id, `+firstThere("s.locality_id", "$2")+`) ch) ch
		WHERE c.id IN (SELECT n.id FROM cadres n WHERE n.search_key IN (SELECT search_key(x) FROM unnest($1::text[]) x)
				UNION SELECT o.cadre_id FROM assignments o WHERE o.locality_id = ANY($3) AND o.voided_at IS NULL AND coalesce(upper(o.period) > $2::date, true))
			AND s.voided_at IS NULL AND coalesce(upper(s.period) > $2::date, true)`, names, q.Day, int64s(places)).
		Query(func(rows pgx.Rows) error {
			var who cadre.ID
			var h cadre.Held
			place := &h.Place
			targets := []any{&who, &h.Capability, &h.Level, &place.Locality, &place.Province, &place.District, &place.Commune, &place.Hamlet}
			_, err := pgx.ForEachRow(rows, targets, func() error {
				found.Held[who] = append(found.Held[who], h)
				return nil
			})
			return translate(err)
		})
	if err := t.run(ctx, b); err != nil {
		return SeatsTarget{}, err
	}
	if len(found.Chain) == 0 {
		return SeatsTarget{}, fault.NotFound()
	}
	for i := range found.Seats {
		found.Seats[i].Place = found.Seats[i].within(found.Chain.Place())
	}
	return found, nil
}

// Reach is a place where somebody of a tier could be assigned, with who of that tier is there.
type Reach struct {
	ID     territory.LocalityID
	Level  territory.Level
	Name   string
	Above  string
	People string // names, joined; empty for nobody
}

// Reaches reads a person, and lists the places below those of the administrators at which somebody of the person's tier can hold a
// post, those without anybody first, narrowed by words of their names and of those above them. NotFound if the administrators do not
// know the person.
func (r reader) Reaches(ctx context.Context, q CadreQuery, words Words, limit int) (RegisteredCadre, []Reach, error) {
	p := &params{list: []any{int64s(q.Below), q.Day, q.ID}}
	where := ""
	if !words.TooShort() {
		where = ` AND ` + named(`concat_ws(' ', v.search_key, av.search_key, gv.search_key)`, words, p)
	}
	var who RegisteredCadre
	var known bool
	var rows []Reach
	b := &batch{}
	queueRegistered(b, &who, &known, q)
	queueAll(b, &rows, pgx.RowToStructByPos[Reach], down+`, fit AS MATERIALIZED (
			SELECT p.id, pl.level FROM posts p JOIN post_levels pl ON pl.post_id = p.id
			WHERE p.tier = (SELECT tier FROM cadres WHERE id = $3) AND p.capability <> 'administer'
				AND `+postOn(`NOT EXISTS (SELECT FROM down JOIN localities l ON l.id = down.id WHERE l.level = 'district')
				AND NOT EXISTS (SELECT FROM unnest($1::bigint[]) m CROSS JOIN LATERAL locality_chain(m, $2) ch WHERE ch.level = 'district')`)+`),
		there AS MATERIALIZED (SELECT s.locality_id, string_agg(c.full_name, ', ' ORDER BY s.is_primary DESC, s.id) AS names
			FROM assignments s JOIN fit ON fit.id = s.post_id AND fit.level = s.level JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
			WHERE s.voided_at IS NULL AND s.period @> $2::date GROUP BY s.locality_id)
		SELECT l.id, l.level, v.name, CASE l.level WHEN 'group' THEN concat_ws(', ', av.name, gv.name) ELSE coalesce(av.name, '') END, coalesce(t.names, '')
		FROM down JOIN localities l ON l.id = down.id AND l.level IN (SELECT level FROM fit)
		JOIN locality_versions v ON v.locality_id = l.id AND v.valid @> $2::date
		LEFT JOIN locality_versions av ON av.locality_id = v.parent_id AND av.valid @> $2::date
		LEFT JOIN locality_versions gv ON gv.locality_id = av.parent_id AND gv.valid @> $2::date
		LEFT JOIN there t ON t.locality_id = l.id
		WHERE true`+where+` ORDER BY t.names IS NOT NULL, array_position(ARRAY['province', 'district', 'subregion', 'commune', 'hamlet', 'group'], l.level),
			av.name COLLATE "vi-x-icu", `+natural("v.name")+`, l.id LIMIT `+p.add(limit+1), p.list...)
	if err := r.run(ctx, b); err != nil {
		return who, nil, err
	}
	if !known {
		return who, nil, fault.NotFound()
	}
	return who, rows, nil
}

// Parts gives what tells a person apart from others: name, year of birth, position and agency, as far as they are known.
func (c Candidate) Parts() []string {
	parts := []string{c.Name}
	if in := cadre.InputOf(cadre.Person{BirthYear: c.BirthYear}); in.BirthYear != "" {
		parts = append(parts, in.BirthYear)
	}
	if work := strings.TrimSuffix(strings.TrimPrefix(c.Position+", "+c.Agency, ", "), ", "); work != "" {
		parts = append(parts, work)
	}
	return parts
}
