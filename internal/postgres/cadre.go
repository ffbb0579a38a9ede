package postgres

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// grantColumns reads one grant; $2 is the day. The alias s is the assignment.
const grantColumns = `s.id, p.code, p.name_vi, p.name_en, p.tier, p.capability, s.locality_id, s.level, v.type, v.name,
	coalesce(v.code, ''), s.is_primary, s.acting, s.household_id,
	ARRAY(SELECT ch.locality_id FROM locality_chain(s.locality_id, $2) ch ORDER BY ch.depth),
	CASE WHEN s.level = 'subregion' THEN ARRAY(
		SELECT m.locality_id FROM locality_versions m JOIN localities l ON l.id = m.locality_id AND l.level = 'commune'
		WHERE m.parent_id = s.locality_id AND m.valid @> $2::date ORDER BY m.locality_id) END,
	ARRAY(SELECT lp.past_column || '=' || lp.past_id FROM locality_pasts lp WHERE lp.locality_id = s.locality_id AND lp.since <= $2::date AND coalesce(lp.until > $2::date, true)
		ORDER BY lp.past_column, lp.past_id)`

const grantFrom = ` FROM assignments s
	JOIN posts p ON p.id = s.post_id
	JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> $2::date
	WHERE s.voided_at IS NULL AND s.period @> $2::date`

const accountColumns = `a.id, a.cadre_id, a.login, a.password_hash, a.language, c.full_name, c.tier,
	a.disabled_at IS NOT NULL OR c.disabled_at IS NOT NULL, a.one_time_hash, a.one_time_kind, a.one_time_until`

// Account is an account as sign-in and every request need it.
type Account struct {
	ID       int64
	CadreID  cadre.ID
	Login    string
	Hash     string   // of the password of their own; empty until one was chosen
	OneTime  *OneTime // a first password or a code of a reset; nil for none
	Language string
	Name     string
	Tier     cadre.Tier
	Disabled bool
}

// Present is what every page knows of the signed-in person.
type Present struct {
	Account Account
	Grants  []cadre.Grant
	Unseen  int // notices not yet seen
}

// Present reads an account with what its cadre holds on the day; NotFound if there is no such account.
func (r reader) Present(ctx context.Context, accountID int64, day territory.Day) (Present, error) {
	var out Present
	var found bool
	b := &batch{}
	queuePresent(b, &out, &found, accountID, day)
	if err := r.run(ctx, b); err != nil {
		return Present{}, err
	}
	if !found {
		return Present{}, fault.NotFound()
	}
	return out, nil
}

// queuePresent adds the reads of who is behind an account to a batch.
func queuePresent(b *batch, out *Present, found *bool, accountID int64, day territory.Day) {
	queueOne(b, &out.Account, found, scanAccount, `SELECT `+accountColumns+` FROM accounts a JOIN cadres c ON c.id = a.cadre_id WHERE a.id = $1`, accountID)
	queueAll(b, &out.Grants, scanGrant, `SELECT `+grantColumns+grantFrom+`
		AND s.cadre_id = (SELECT cadre_id FROM accounts WHERE id = $1) ORDER BY s.is_primary DESC, p.position DESC, s.id`, accountID, day)
	b.Queue(`SELECT count(*) FROM (SELECT 1 FROM notices WHERE seen_at IS NULL
		AND cadre_id = (SELECT cadre_id FROM accounts WHERE id = $1) LIMIT 100) n`, accountID).
		QueryRow(func(row pgx.Row) error { return row.Scan(&out.Unseen) })
}

// Grants reads what a cadre holds, or held, on the day.
func (r reader) Grants(ctx context.Context, id cadre.ID, day territory.Day) ([]cadre.Grant, error) {
	rows, err := r.q.Query(ctx, `SELECT `+grantColumns+grantFrom+` AND s.cadre_id = $1 ORDER BY s.is_primary DESC, p.position DESC, s.id`, id, day)
	return all(rows, err, scanGrant)
}

// LockGrant holds the assignment fast from the next statement until the end of the transaction, so that it cannot end while
// something is written under it. If it no longer holds on the day, the transaction ends with Forbidden.
func (t *Tx) LockGrant(id cadre.AssignmentID, day territory.Day) {
	t.tx.mustTouch(&fault.Error{Kind: fault.KindForbidden, Key: "fault.assignment_ended"},
		`SELECT 1 FROM assignments WHERE id = $1 AND voided_at IS NULL AND period @> $2::date FOR SHARE`, id, day)
}

// LastHeld gives the last day on which the cadre held anything that lets people file reports; the zero Day if never.
func (r reader) LastHeld(ctx context.Context, id cadre.ID, today territory.Day) (territory.Day, error) {
	var day territory.Day
	err := r.q.QueryRow(ctx, `SELECT max(least(coalesce(upper(s.period) - 1, $2::date), $2::date))
		FROM assignments s JOIN posts p ON p.id = s.post_id
		WHERE s.cadre_id = $1 AND s.voided_at IS NULL AND lower(s.period) <= $2::date AND p.capability <> 'administer'`, id, today).Scan(&day)
	return day, translate(err)
}

// CadreNames reads the names of some cadres.
func (r reader) CadreNames(ctx context.Context, ids []cadre.ID) (map[cadre.ID]string, error) {
	list := make([]int64, len(ids))
	for i, id := range ids {
		list[i] = int64(id)
	}
	rows, err := r.q.Query(ctx, `SELECT id, full_name FROM cadres WHERE id = ANY($1)`, list)
	named, err := all(rows, err, pgx.RowToStructByPos[struct {
		ID   cadre.ID
		Name string
	}])
	names := make(map[cadre.ID]string, len(named))
	for _, n := range named {
		names[n.ID] = n.Name
	}
	return names, err
}

// AccountByLogin reads an account for sign-in; NotFound if there is none.
func (r reader) AccountByLogin(ctx context.Context, login string) (Account, error) {
	rows, err := r.q.Query(ctx, `SELECT `+accountColumns+` FROM accounts a JOIN cadres c ON c.id = a.cadre_id WHERE a.login = $1`, login)
	return one(rows, err, scanAccount)
}

func scanAccount(row pgx.CollectableRow) (Account, error) {
	var a Account
	var code OneTime
	var kind *OneTimeKind
	var until *time.Time
	err := row.Scan(&a.ID, &a.CadreID, &a.Login, &a.Hash, &a.Language, &a.Name, &a.Tier, &a.Disabled, &code.Hash, &kind, &until)
	if kind != nil && until != nil {
		code.Kind, code.Until = *kind, *until
		a.OneTime = &code
	}
	return a, err
}

func scanGrant(row pgx.CollectableRow) (cadre.Grant, error) {
	var g cadre.Grant
	var path, members []int64
	var pasts []string
	var household *uuid.UUID
	l := &g.Locality
	err := row.Scan(&g.AssignmentID, &g.Post.Code, &g.Post.NameVi, &g.Post.NameEn, &g.Post.Tier, &g.Post.Capability, &l.ID, &l.Level,
		&l.Type, &l.Name, &l.Code, &g.Primary, &g.Acting, &household, &path, &members, &pasts)
	if household != nil {
		g.Household = *household
	}
	g.Path = localityIDs(path)
	g.Branches = cadre.BranchesOf(g.Locality, localityIDs(members))
	for _, past := range pasts { // what happened in the places that this one follows, and in those that came to it (architecture.md, "Data")
		column, id, _ := strings.Cut(past, "=")
		n, _ := strconv.ParseInt(id, 10, 64) // made of a bigint
		g.Branches = append(g.Branches, cadre.Branch{Column: cadre.Column(column), ID: territory.LocalityID(n)})
	}
	return g, err
}

func localityIDs(ids []int64) []territory.LocalityID {
	out := make([]territory.LocalityID, len(ids))
	for i, id := range ids {
		out[i] = territory.LocalityID(id)
	}
	return out
}
