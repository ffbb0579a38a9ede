package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// OneTimeKind says what a one-time password is for.
type OneTimeKind string

// The kinds of one-time passwords: the first one serves until the person has chosen their own; that of a reset opens one
// session.
const (
	FirstPassword OneTimeKind = "first"
	ResetCode     OneTimeKind = "reset"
)

// OneTime is a one-time password as it is kept.
type OneTime struct {
	Hash  []byte
	Kind  OneTimeKind
	Until time.Time
}

// rememberSignIns is how long successful sign-ins are kept.
const rememberSignIns = 365 * 24 * time.Hour

// accountLock is the advisory lock under which sign-in names are given out.
const accountLock = 0xBA_ACC0

// LockLogins lets one transaction at a time give out sign-in names, and reads those that begin like one of the stems.
func (t *Tx) LockLogins(ctx context.Context, stems []string) (map[string]bool, error) {
	if _, err := t.q.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, accountLock); err != nil {
		return nil, translate(err)
	}
	rows, err := t.q.Query(ctx, `SELECT login FROM accounts WHERE rtrim(login, '0123456789') = ANY($1) OR login = ANY($1)`, stems)
	logins, err := all(rows, err, pgx.RowTo[string])
	taken := map[string]bool{}
	for _, l := range logins {
		taken[l] = true
	}
	return taken, err
}

// AddAccount makes an account that waits for its first password to be used.
func (t *Tx) AddAccount(ctx context.Context, person cadre.ID, login string, code OneTime) (int64, error) {
	var id int64
	err := t.q.QueryRow(ctx, `INSERT INTO accounts (cadre_id, login, password_hash, one_time_hash, one_time_kind, one_time_until)
		VALUES ($1, $2, '', $3, $4, $5) RETURNING id`, person, login, code.Hash, code.Kind, code.Until).Scan(&id)
	switch {
	case violates(err, "accounts_login_key"):
		return 0, fault.Invalid(fault.At("login", "account.login_taken"))
	case violates(err, "accounts_cadre_id_key"):
		return 0, fault.Conflict("account.exists")
	}
	return id, translate(err)
}

// SetOneTime replaces the password of an account by a one-time one, and ends what was open with the old.
func (t *Tx) SetOneTime(ctx context.Context, accountID int64, code OneTime, at time.Time) error {
	_, err := t.q.Exec(ctx, `UPDATE accounts SET password_hash = '', one_time_hash = $2, one_time_kind = $3, one_time_until = $4 WHERE id = $1`,
		accountID, code.Hash, code.Kind, code.Until)
	if err != nil {
		return translate(err)
	}
	return t.EndSessions(ctx, accountID, at)
}

// UseReset uses up the code of a reset; false if somebody was faster.
func (t *Tx) UseReset(ctx context.Context, accountID int64, hash []byte) (bool, error) {
	tag, err := t.q.Exec(ctx, `UPDATE accounts SET one_time_hash = NULL, one_time_kind = NULL, one_time_until = NULL
		WHERE id = $1 AND one_time_hash = $2`, accountID, hash)
	return tag.RowsAffected() == 1, translate(err)
}

// SetPassword gives an account a password of its own in place of the old one, and ends everything that was open. Conflict
// if the old one has changed meanwhile.
func (t *Tx) SetPassword(ctx context.Context, accountID int64, old, hash string, at time.Time) error {
	tag, err := t.q.Exec(ctx, `UPDATE accounts SET password_hash = $3, password_changed_at = $4, one_time_hash = NULL, one_time_kind = NULL,
		one_time_until = NULL WHERE id = $1 AND password_hash = $2 AND disabled_at IS NULL`, accountID, old, hash, at)
	if err != nil {
		return translate(err)
	}
	if tag.RowsAffected() == 0 {
		return fault.Conflict("password.changed_meanwhile")
	}
	return t.EndSessions(ctx, accountID, at)
}

// EndSessions ends every session of an account and forgets its devices.
func (t *Tx) EndSessions(ctx context.Context, accountID int64, at time.Time) error {
	_, err := t.q.Exec(ctx, `UPDATE sessions SET ended_at = $2, data = '' WHERE account_id = $1 AND ended_at IS NULL`, accountID, at)
	if err != nil {
		return translate(err)
	}
	_, err = t.q.Exec(ctx, `DELETE FROM known_devices WHERE account_id = $1`, accountID)
	return translate(err)
}

// SetDisabled closes an account and everything that is open with it, or opens it again; false if it was so already.
func (t *Tx) SetDisabled(ctx context.Context, accountID int64, disabled bool, at time.Time) (bool, error) {
	tag, err := t.q.Exec(ctx, `UPDATE accounts SET disabled_at = CASE WHEN $2 THEN $3::timestamptz END
		WHERE id = $1 AND (disabled_at IS NOT NULL) <> $2`, accountID, disabled, at)
	if err != nil || tag.RowsAffected() == 0 || !disabled {
		return tag.RowsAffected() == 1, translate(err)
	}
	return true, t.EndSessions(ctx, accountID, at)
}

// SignIn is a sign-in that succeeded.
type SignIn struct {
	At      time.Time
	Agent   string // the browser in plain words; empty if unknown
	OneTime bool
}

// SignedIn notes a sign-in and, where the hash was made anew, keeps it.
func (t *Tx) SignedIn(ctx context.Context, accountID int64, in SignIn, newHash string) error {
	_, err := t.q.Exec(ctx, `WITH noted AS (INSERT INTO sign_ins (account_id, at, agent, one_time) VALUES ($1, $2, $3, $4))
		UPDATE accounts SET signed_in_at = $2, password_hash = coalesce(nullif($5, ''), password_hash) WHERE id = $1`,
		accountID, in.At, in.Agent, in.OneTime, newHash)
	return translate(err)
}

// Device is a browser on which an account is signed in.
type Device struct {
	ID      int64
	Agent   string
	Since   time.Time
	Seen    time.Time
	Current bool
}

// Devices reads where an account is signed in now, the session of the token first, and its last sign-ins.
func (r reader) Devices(ctx context.Context, accountID int64, token string, now time.Time, limit int) ([]Device, []SignIn, MailState, error) {
	var devices []Device
	var last []SignIn
	var mail MailState
	b := &batch{}
	queueMailState(b, &mail, accountID)
	queueAll(b, &devices, pgx.RowToStructByPos[Device], `SELECT id, agent, created_at, seen_at, token_hash = $2 AS current FROM sessions
		WHERE account_id = $1 AND ended_at IS NULL AND expires_at > $3 AND seen_at > $4 ORDER BY current DESC, seen_at DESC, id DESC`,
		accountID, tokenHash(token), now, now.Add(-IdleLimit))
	queueAll(b, &last, pgx.RowToStructByPos[SignIn], `SELECT at, agent, one_time FROM sign_ins WHERE account_id = $1 ORDER BY at DESC, id DESC LIMIT $2`,
		accountID, limit)
	err := r.run(ctx, b)
	return devices, last, mail, err
}

// EndDevice ends one session of an account; NotFound if it has no such session.
func (t *Tx) EndDevice(ctx context.Context, accountID, session int64, at time.Time) error {
	tag, err := t.q.Exec(ctx, `UPDATE sessions SET ended_at = coalesce(ended_at, $3), data = '' WHERE id = $2 AND account_id = $1`, accountID, session, at)
	if err == nil && tag.RowsAffected() == 0 {
		return fault.NotFound()
	}
	return translate(err)
}

// EndOthers ends every session of an account but that of the token.
func (t *Tx) EndOthers(ctx context.Context, accountID int64, token string, at time.Time) error {
	_, err := t.q.Exec(ctx, `UPDATE sessions SET ended_at = $3, data = '' WHERE account_id = $1 AND ended_at IS NULL AND token_hash <> $2`,
		accountID, tokenHash(token), at)
	return translate(err)
}

// PlacesIn reads the names, without their type, of provinces, districts, sub-regions and communes that stand in a plain text
// without spaces. Names of one syllable are left out: they stand in everything.
func (r reader) PlacesIn(ctx context.Context, text string) ([]string, error) {
	rows, err := r.q.Query(ctx, `SELECT DISTINCT n.name FROM locality_versions v JOIN localities l ON l.id = v.locality_id
		CROSS JOIN LATERAL (SELECT CASE WHEN starts_with(v.name, v.type || ' ') THEN substr(v.search_key, length(v.type) + 2) ELSE v.search_key END AS name) n
		WHERE l.level <> 'group' AND n.name ~ '^[a-z]+ ' AND position(replace(n.name, ' ', '') IN $1) > 0`, text)
	return all(rows, err, pgx.RowTo[string])
}

// PlacesCalled finds the places of a day by their code or by their name with those above it: "Xã Châu Hưng, Huyện Bình Đại". Parts
// may be left out.
func (r reader) PlacesCalled(ctx context.Context, path []string, day territory.Day) ([]territory.Locality, error) {
	rows, err := r.q.Query(ctx, `SELECT l.id, l.level, v.type, v.name, coalesce(v.code, '') FROM locality_versions v JOIN localities l ON l.id = v.locality_id
		WHERE v.valid @> $2::date AND (v.code = ($1::text[])[1] AND cardinality($1::text[]) = 1 OR v.search_key = search_key(($1::text[])[1])
			AND NOT EXISTS (SELECT FROM unnest($1::text[]) AS part WHERE search_key(part) NOT IN
				(SELECT search_key(ch.name) FROM locality_chain(v.locality_id, $2) ch))) ORDER BY l.id`, path, day)
	return all(rows, err, scanLocality)
}

// PostAt reads a post of the catalogue, if it can be held at the level; NotFound otherwise.
func (r reader) PostAt(ctx context.Context, code string, level territory.Level) (cadre.Post, error) {
	rows, err := r.q.Query(ctx, `SELECT p.code, p.name_vi, p.name_en, p.tier, p.capability FROM posts p JOIN post_levels l ON l.post_id = p.id
		WHERE p.code = $1 AND l.level = $2 AND p.retired_on IS NULL`, code, level)
	return one(rows, err, pgx.RowToStructByPos[cadre.Post])
}

// AddHolder enters a person who holds a post at a place from a day on, for the command line, where no assignment can allow it.
func (t *Tx) AddHolder(ctx context.Context, name string, post cadre.Post, place territory.LocalityID, from territory.Day) (cadre.ID, error) {
	var id cadre.ID
	err := t.q.QueryRow(ctx, `WITH person AS (INSERT INTO cadres (full_name, tier) VALUES ($1, $2) RETURNING id),
			held AS (INSERT INTO assignments (cadre_id, post_id, locality_id, level, period)
				SELECT person.id, p.id, l.id, l.level, daterange($5, NULL) FROM person, posts p, localities l WHERE p.code = $3 AND l.id = $4)
		SELECT id FROM person`, name, post.Tier, post.Code, place, from).Scan(&id)
	return id, translate(err)
}

// User is an account as the command line lists it.
type User struct {
	Login    string
	Name     string
	Holds    string // posts of the day with their places, in Vietnamese
	Disabled bool
	Waiting  bool // no password of their own yet
	SignedIn *time.Time
}

// Users lists all accounts with what their people hold on the day, by sign-in name.
func (r reader) Users(ctx context.Context, day territory.Day) ([]User, error) {
	rows, err := r.q.Query(ctx, `SELECT a.login, c.full_name, coalesce(h.held, ''), a.disabled_at IS NOT NULL OR c.disabled_at IS NOT NULL, a.password_hash = '', a.signed_in_at
		FROM accounts a JOIN cadres c ON c.id = a.cadre_id
		LEFT JOIN LATERAL (SELECT string_agg(p.name_vi || ' – ' || v.name, '; ' ORDER BY p.position DESC, s.id) AS held FROM assignments s JOIN posts p ON p.id = s.post_id
			JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> $1::date
			WHERE s.cadre_id = a.cadre_id AND s.voided_at IS NULL AND s.period @> $1::date) h ON true
		ORDER BY a.login`, day)
	return all(rows, err, pgx.RowToStructByPos[User])
}
