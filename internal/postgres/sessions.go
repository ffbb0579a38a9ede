package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5"
)

// IdleLimit ends a session that nobody used for so long; seenStep is how exactly the last use is noted.
const (
	IdleLimit = 12 * time.Hour
	seenStep  = 5 * time.Minute
)

// Sessions keeps the sessions of scs. A session that ended leaves a tombstone, so that a request still in flight cannot
// bring it back by its commit; tokens are kept as hashes.
type Sessions struct {
	db  *DB
	now func() time.Time
}

// NewSessions makes the store.
func NewSessions(db *DB, now func() time.Time) *Sessions { return &Sessions{db: db, now: now} }

var errNoContext = errors.New("the session store needs a context")

// FindCtx reads the data of a live session.
func (s *Sessions) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	now := s.now()
	var data []byte
	var seen time.Time
	hash := tokenHash(token)
	err := s.db.pool.QueryRow(ctx, `SELECT data, seen_at FROM sessions WHERE token_hash = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $3`,
		hash, now, now.Add(-IdleLimit)).Scan(&data, &seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("finding a session: %w", translate(err))
	}
	if now.Sub(seen) > seenStep {
		if _, err := s.db.pool.Exec(ctx, `UPDATE sessions SET seen_at = $2 WHERE token_hash = $1`, hash, now); err != nil {
			return nil, false, fmt.Errorf("noting a session's use: %w", translate(err))
		}
	}
	return data, true, nil
}

// Names under which a session keeps whose it is and on which browser it began.
const (
	SessionAccount = "account"
	SessionAgent   = "agent"
)

// CommitCtx keeps the data of a session, unless it has ended meanwhile, and beside it whose it is.
func (s *Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	_, values, err := scs.GobCodec{}.Decode(data)
	if err != nil {
		return fmt.Errorf("reading a session's owner: %w", err)
	}
	account, _ := values[SessionAccount].(int64) // zero before anybody has signed in
	agent, _ := values[SessionAgent].(string)
	_, err = s.db.pool.Exec(ctx, `INSERT INTO sessions (token_hash, data, expires_at, seen_at, created_at, account_id, agent) VALUES ($1, $2, $3, $4, $4, $5, $6)
		ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at, account_id = excluded.account_id, agent = excluded.agent
		WHERE sessions.ended_at IS NULL`, tokenHash(token), data, expiry, s.now(), orNobody(account), agent)
	if err != nil {
		return fmt.Errorf("keeping a session: %w", translate(err))
	}
	return nil
}

// DeleteCtx ends a session for good.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	_, err := s.db.pool.Exec(ctx, `INSERT INTO sessions (token_hash, data, expires_at, ended_at) VALUES ($1, '', $2::timestamptz + interval '1 day', $2)
		ON CONFLICT (token_hash) DO UPDATE SET ended_at = excluded.ended_at, data = ''`, tokenHash(token), s.now())
	if err != nil {
		return fmt.Errorf("ending a session: %w", translate(err))
	}
	return nil
}

// Find is never called: scs prefers FindCtx.
func (s *Sessions) Find(string) ([]byte, bool, error) { return nil, false, errNoContext }

// Commit is never called: scs prefers CommitCtx.
func (s *Sessions) Commit(string, []byte, time.Time) error { return errNoContext }

// Delete is never called: scs prefers DeleteCtx.
func (s *Sessions) Delete(string) error { return errNoContext }

// SweepSessions forgets sessions and tombstones that have expired, and throttles that nobody ran into for long.
func (db *DB) SweepSessions(ctx context.Context, now time.Time) error {
	_, err := db.pool.Exec(ctx, `DELETE FROM sessions WHERE expires_at < $1`, now)
	if err != nil {
		return translate(err)
	}
	_, err = db.pool.Exec(ctx, `DELETE FROM sign_ins WHERE at < $1`, now.Add(-rememberSignIns))
	if err != nil {
		return translate(err)
	}
	_, err = db.pool.Exec(ctx, `DELETE FROM sign_in_throttles WHERE open_again < $1`, now.Add(-forgetting))
	return translate(err)
}

func tokenHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
