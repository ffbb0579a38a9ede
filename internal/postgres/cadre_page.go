package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// RegisteredCadre is a person of the register with what it takes to judge who may change their data.
type RegisteredCadre struct {
	ID             cadre.ID
	Person         cadre.Person
	DisabledAt     *time.Time
	DisabledReason string
	Version        int
	HomeName       string // of the place under which they were entered; empty for none
	Home           territory.Chain
	Held           []cadre.Held // today or later
}

// Registered is the person in the eyes of the rule.
func (c RegisteredCadre) Registered() cadre.Registered {
	r := cadre.Registered{ID: c.ID, Tier: c.Person.Tier, Held: c.Held}
	if len(c.Home) > 0 {
		r.Home = c.Home.Place()
	}
	return r
}

// CadrePage is what the page of a person shows to an administrator.
type CadrePage struct {
	RegisteredCadre
	Rows      []Assignment // at places that the reader manages, the last begun first
	Elsewhere int          // at other places
	Reports   int          // that the reader may count
	LastOn    territory.Day
	Issues    int // raised, that the reader may count
}

// CadreQuery says which person is read, by administrators of which places.
type CadreQuery struct {
	ID      cadre.ID
	Below   []territory.LocalityID
	Day     territory.Day
	Numbers cadre.Scope
}

// CadrePage reads a person in one round trip; NotFound if the administrators do not know them.
func (r reader) CadrePage(ctx context.Context, q CadreQuery) (CadrePage, error) {
	var page CadrePage
	var found bool
	b := &batch{}
	queueRegistered(b, &page.RegisteredCadre, &found, q)
	queueAll(b, &page.Rows, scanAssignment, down+assignmentSQL("$2")+` WHERE s.cadre_id = $3 AND s.locality_id IN (SELECT id FROM down)
		ORDER BY lower(s.period) DESC, s.id DESC`, int64s(q.Below), q.Day, q.ID)
	b.Queue(down+`SELECT count(*) FROM assignments s WHERE s.cadre_id = $3 AND s.voided_at IS NULL AND s.period @> $2::date AND s.locality_id NOT IN (SELECT id FROM down)`,
		int64s(q.Below), q.Day, q.ID).QueryRow(func(row pgx.Row) error { return row.Scan(&page.Elsewhere) })
	p := &params{}
	author := p.add(q.ID)
	b.Queue(`SELECT count(*), max(t.happened_on) FROM reports t WHERE t.author_id = `+author+` AND `+within(q.Numbers, "t", "author_id", p), p.list...).
		QueryRow(func(row pgx.Row) error { return row.Scan(&page.Reports, &page.LastOn) })
	p = &params{}
	author = p.add(q.ID)
	b.Queue(`SELECT count(*) FROM issues t WHERE t.raiser_id = `+author+` AND `+within(q.Numbers, "t", "raiser_id", p), p.list...).
		QueryRow(func(row pgx.Row) error { return row.Scan(&page.Issues) })
	if err := r.run(ctx, b); err != nil {
		return CadrePage{}, err
	}
	if !found {
		return CadrePage{}, fault.NotFound()
	}
	return page, nil
}

// Registered reads the data of a person; NotFound if the administrators do not know them.
func (r reader) Registered(ctx context.Context, q CadreQuery) (RegisteredCadre, error) {
	var c RegisteredCadre
	var found bool
	b := &batch{}
	queueRegistered(b, &c, &found, q)
	if err := r.run(ctx, b); err != nil {
		return RegisteredCadre{}, err
	}
	if !found {
		return RegisteredCadre{}, fault.NotFound()
	}
	return c, nil
}

func queueRegistered(b *batch, dst *RegisteredCadre, found *bool, q CadreQuery) {
	scan := func(row pgx.CollectableRow) (RegisteredCadre, error) {
		var c RegisteredCadre
		p := &c.Person
		err := row.Scan(&c.ID, &p.Name, &p.BirthYear, &p.Position, &p.Agency, &p.Tier, &p.Phone, &p.Email, &c.DisabledAt, &c.DisabledReason, &c.Version, &c.HomeName)
		return c, err
	}
	queueOne(b, dst, found, scan, down+`SELECT c.id, c.full_name, coalesce(c.birth_year, 0), c.position, c.agency, c.tier, c.phone, c.email,
		c.disabled_at, c.disabled_reason, c.version, coalesce(v.name, '')
		FROM cadres c LEFT JOIN locality_versions v ON v.locality_id = c.home_id AND v.valid @> $2::date
		WHERE c.id = $3 AND `+knownBelow, int64s(q.Below), q.Day, q.ID)
	queueChain(b, &dst.Home, "(SELECT home_id FROM cadres WHERE id = $1)", q.ID, q.Day)
	queueHolds(b, &dst.Held, "$1", q.ID, q.Day)
}

// LockCadre reads the data of a person after everybody else who was changing it; NotFound as Registered.
func (t *Tx) LockCadre(ctx context.Context, q CadreQuery) (RegisteredCadre, error) {
	t.tx.queue(`SELECT 1 FROM cadres WHERE id = $1 FOR NO KEY UPDATE`, q.ID)
	return t.Registered(ctx, q)
}

// NextCadre gives the id of the next person, and the chain of the place that they are to be entered for.
func (t *Tx) NextCadre(ctx context.Context, home territory.LocalityID, day territory.Day) (id cadre.ID, chain territory.Chain, err error) {
	b := &batch{}
	b.Queue(`SELECT nextval(pg_get_serial_sequence('cadres', 'id'))`).QueryRow(func(row pgx.Row) error { return row.Scan(&id) })
	queueChain(b, &chain, "$1", home, day)
	err = t.run(ctx, b)
	return id, chain, err
}

// InsertCadre stores a new person with the transaction.
func (t *Tx) InsertCadre(id cadre.ID, home territory.LocalityID, p cadre.Person) {
	t.tx.queue(`INSERT INTO cadres (id, full_name, birth_year, position, agency, tier, phone, email, home_id) OVERRIDING SYSTEM VALUE
		VALUES ($1, $2, nullif($3, 0), $4, $5, $6, $7, $8, $9)`, id, p.Name, p.BirthYear, p.Position, p.Agency, p.Tier, p.Phone, p.Email, home)
}

// UpdateCadre stores changed data of a person; it belongs after LockCadre.
func (t *Tx) UpdateCadre(id cadre.ID, p cadre.Person) {
	t.tx.queue(`UPDATE cadres SET full_name = $2, birth_year = nullif($3, 0), position = $4, agency = $5, tier = $6, phone = $7, email = $8, version = version + 1
		WHERE id = $1`, id, p.Name, p.BirthYear, p.Position, p.Agency, p.Tier, p.Phone, p.Email)
}

// DisableCadre bars a person from now on; a nil time lets them in again. It belongs after LockCadre.
func (t *Tx) DisableCadre(id cadre.ID, at *time.Time, reason string) {
	t.tx.queue(`UPDATE cadres SET disabled_at = $2, disabled_reason = $3, version = version + 1 WHERE id = $1`, id, at, reason)
}
