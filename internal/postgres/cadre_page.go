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

	ReportMonths []MonthCount // how many reports happened, month by month, the oldest first
	IssueMonths  []MonthCount // how many issues were raised
	Account      bool
	SignedIn     *time.Time
	MailFailedAt *time.Time // since when letters do not arrive; nil where they do
	MailFailure  MailFailure
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
	queueAll(b, &page.Rows, scanAssignment, down+assignmentSQL+` WHERE s.cadre_id = $3 AND s.locality_id IN (SELECT id FROM down)
		ORDER BY lower(s.period) DESC, s.id DESC`, int64s(q.Below), q.Day, q.ID)
	b.Queue(down+`SELECT count(*) FROM assignments s WHERE s.cadre_id = $3 AND s.voided_at IS NULL AND s.period @> $2::date AND s.locality_id NOT IN (SELECT id FROM down)`,
		int64s(q.Below), q.Day, q.ID).QueryRow(func(row pgx.Row) error { return row.Scan(&page.Elsewhere) })
	p := &params{}
	author := p.add(q.ID)
	b.Queue(`SELECT count(*), max(t.happened_on) FROM reports t WHERE t.author_id = `+author+` AND `+counts("t")+` AND `+within(q.Numbers, "t", "author_id", p), p.list...).
		QueryRow(func(row pgx.Row) error { return row.Scan(&page.Reports, &page.LastOn) })
	p = &params{}
	author = p.add(q.ID)
	b.Queue(`SELECT count(*) FROM issues t WHERE t.raiser_id = `+author+` AND `+within(q.Numbers, "t", "raiser_id", p), p.list...).
		QueryRow(func(row pgx.Row) error { return row.Scan(&page.Issues) })
	queueActivity(b, &page.ReportMonths, q, activity{"reports", "author_id", "t.happened_on"})
	queueActivity(b, &page.IssueMonths, q, activity{"issues", "raiser_id", localDay("t.raised_at")})
	b.Queue(`SELECT signed_in_at, mail_failed_at, coalesce(mail_failure, '') FROM accounts WHERE cadre_id = $1`, q.ID).Query(func(rows pgx.Rows) error {
		_, err := pgx.ForEachRow(rows, []any{&page.SignedIn, &page.MailFailedAt, &page.MailFailure}, func() error {
			page.Account = true
			return nil
		})
		return translate(err)
	})
	if err := r.run(ctx, b); err != nil {
		return CadrePage{}, err
	}
	if !found {
		return CadrePage{}, fault.NotFound()
	}
	return page, nil
}

// activity names what of a person's work is counted, and by which day.
type activity struct{ table, author, day string }

// queueActivity counts what a person wrote in the last twelve months, as far as the reader may count it.
func queueActivity(b *batch, dst *[]MonthCount, q CadreQuery, a activity) {
	now := q.Day.Start()
	first := time.Date(now.Year(), now.Month()-monthsShown+1, 1, 0, 0, 0, 0, territory.Zone)
	p := &params{list: []any{q.ID, territory.DayOf(first), q.Day}}
	queueAll(b, dst, pgx.RowToStructByPos[MonthCount], `SELECT m.month::date, count(t.id)
		FROM generate_series($2::date, $3::date, interval '1 month') AS m (month)
		LEFT JOIN `+a.table+` t ON t.`+a.author+` = $1 AND `+a.day+` >= m.month AND `+a.day+` < m.month + interval '1 month' AND `+within(q.Numbers, "t", a.author, p)+`
		GROUP BY m.month ORDER BY m.month`, p.list...)
}

// CadreCard is what the leads of a place know of a person who holds or held something there.
type CadreCard struct {
	ID       cadre.ID
	Person   cadre.Person // without year of birth and e-mail
	Disabled bool
	Rows     []Assignment // below the reader's places, the last begun first
}

// CadreCard reads a person for the leads of some places; NotFound if the person never held anything below them.
func (r reader) CadreCard(ctx context.Context, id cadre.ID, below []territory.LocalityID, day territory.Day) (CadreCard, error) {
	var card CadreCard
	var found bool
	b := &batch{}
	queueOne(b, &card, &found, func(row pgx.CollectableRow) (CadreCard, error) {
		var c CadreCard
		err := row.Scan(&c.ID, &c.Person.Name, &c.Person.Position, &c.Person.Agency, &c.Person.Tier, &c.Person.Phone, &c.Disabled)
		return c, err
	}, down+`SELECT c.id, c.full_name, c.position, c.agency, c.tier, c.phone, c.disabled_at IS NOT NULL FROM cadres c
		WHERE c.id = $3 AND EXISTS (SELECT FROM assignments s JOIN down ON down.id = s.locality_id WHERE s.cadre_id = c.id AND s.voided_at IS NULL)`, int64s(below), day, id)
	var rows []Assignment
	queueAll(b, &rows, scanAssignment, down+assignmentSQL+` WHERE s.cadre_id = $3 AND s.voided_at IS NULL AND s.locality_id IN (SELECT id FROM down)
		ORDER BY lower(s.period) DESC, s.id DESC`, int64s(below), day, id)
	if err := r.run(ctx, b); err != nil {
		return CadreCard{}, err
	}
	if !found {
		return CadreCard{}, fault.NotFound()
	}
	card.Rows = rows
	return card, nil
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

// CadreToBe is what it takes to enter a person.
type CadreToBe struct {
	ID        cadre.ID
	Home      territory.Chain // of the place that they are to be entered for
	Namesakes []Candidate     // whom the administrators know
}

// NextCadre reads what it takes to enter a person of a name for a place.
func (t *Tx) NextCadre(ctx context.Context, home territory.LocalityID, name string, below []territory.LocalityID, day territory.Day) (c CadreToBe, err error) {
	b := &batch{}
	queueAll(b, &c.Namesakes, pgx.RowToStructByPos[Candidate], namesakesSQL, int64s(below), day, name)
	b.Queue(`SELECT nextval(pg_get_serial_sequence('cadres', 'id'))`).QueryRow(func(row pgx.Row) error { return row.Scan(&c.ID) })
	queueChain(b, &c.Home, "$1", home, day)
	err = t.run(ctx, b)
	return c, err
}

// InsertCadre stores a new person with the transaction.
func (t *Tx) InsertCadre(id cadre.ID, home territory.LocalityID, p cadre.Person) {
	t.tx.queue(`INSERT INTO cadres (id, full_name, birth_year, position, agency, tier, phone, email, home_id) OVERRIDING SYSTEM VALUE
		VALUES ($1, $2, nullif($3, 0), $4, $5, $6, $7, $8, $9)`, id, p.Name, p.BirthYear, p.Position, p.Agency, p.Tier, p.Phone, p.Email, home)
}

// UpdateCadre stores changed data of a person; it belongs after LockCadre.
func (t *Tx) UpdateCadre(id cadre.ID, p cadre.Person) {
	t.tellOfAddresses([]int64{int64(id)}, []string{p.Email})
	t.tx.queue(`UPDATE cadres SET full_name = $2, birth_year = nullif($3, 0), position = $4, agency = $5, tier = $6, phone = $7, email = $8, version = version + 1
		WHERE id = $1`, id, p.Name, p.BirthYear, p.Position, p.Agency, p.Tier, p.Phone, p.Email)
}

// DisableCadre bars a person from now on; a nil time lets them in again. It belongs after LockCadre.
func (t *Tx) DisableCadre(id cadre.ID, at *time.Time, reason string) {
	t.tx.queue(`UPDATE cadres SET disabled_at = $2, disabled_reason = $3, version = version + 1 WHERE id = $1`, id, at, reason)
}
