package postgres

import (
	"context"
	"crypto/sha256"
	"time"

	"banam/internal/fault"
)

// Growth of the wait after failed sign-ins: the first tries are free, then it doubles up to a quarter of an hour and never
// becomes a lock.
const (
	freeTries  = 5
	firstWait  = 2 * time.Second
	longest    = 15 * time.Minute
	forgetting = 24 * time.Hour
)

// waitAfter gives the wait after so many tries in a row.
func waitAfter(tries int) time.Duration {
	wait := firstWait
	for range tries - freeTries {
		wait *= 2
		if wait >= longest {
			return longest
		}
	}
	if tries < freeTries {
		return 0
	}
	return wait
}

// CountSignIn counts one try in a bucket before it is judged. Unavailable with the time of the next try if it comes too
// early; such a try is not counted.
func (db *DB) CountSignIn(ctx context.Context, bucket string, at time.Time) error {
	return db.InTx(ctx, func(tx *Tx) error {
		var tries int
		var open time.Time
		// One statement makes or locks the row: between two of them somebody who got in could empty the bucket.
		err := tx.tx.QueryRow(ctx, `INSERT INTO sign_in_throttles AS t (bucket, failures, open_again) VALUES ($1, 0, $2)
			ON CONFLICT (bucket) DO UPDATE SET failures = t.failures RETURNING failures, open_again`, bucket, at).Scan(&tries, &open)
		if err != nil {
			return translate(err)
		}
		if at.Before(open) {
			return &fault.Error{Kind: fault.KindUnavailable, Key: "signin.wait", Args: []any{"seconds", int(open.Sub(at).Seconds()) + 1}}
		}
		if at.Sub(open) > forgetting {
			tries = 0
		}
		tries++
		_, err = tx.tx.Exec(ctx, `UPDATE sign_in_throttles SET failures = $2, open_again = $3 WHERE bucket = $1`, bucket, tries, at.Add(waitAfter(tries)))
		return translate(err)
	})
}

// ForgiveSignIn empties a bucket after a right password.
func (t *Tx) ForgiveSignIn(ctx context.Context, bucket string) error {
	_, err := t.tx.Exec(ctx, `DELETE FROM sign_in_throttles WHERE bucket = $1`, bucket)
	return translate(err)
}

// DeviceKnown tells whether the account has signed in on the device before.
func (r reader) DeviceKnown(ctx context.Context, accountID int64, device string) (bool, error) {
	hash := sha256.Sum256([]byte(device))
	var known bool
	err := r.q.QueryRow(ctx, `SELECT EXISTS (SELECT 1 FROM known_devices WHERE token_hash = $1 AND account_id = $2)`, hash[:], accountID).Scan(&known)
	return known, translate(err)
}

// KnowDevice notes that the account has signed in on the device.
func (db *DB) KnowDevice(ctx context.Context, accountID int64, device string, at time.Time) error {
	hash := sha256.Sum256([]byte(device))
	_, err := db.pool.Exec(ctx, `INSERT INTO known_devices (token_hash, account_id, seen_at) VALUES ($1, $2, $3)
		ON CONFLICT (token_hash, account_id) DO UPDATE SET seen_at = excluded.seen_at`, hash[:], accountID, at)
	return translate(err)
}

// ChooseLanguage keeps the interface language of an account.
func (db *DB) ChooseLanguage(ctx context.Context, accountID int64, language string) error {
	_, err := db.pool.Exec(ctx, `UPDATE accounts SET language = $2 WHERE id = $1`, accountID, language)
	return translate(err)
}
