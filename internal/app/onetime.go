package app

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"time"

	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// How long one-time passwords serve: the first one until the slips have reached everybody, the code of a reset as long as a
// telephone call (quality.md, "Sign-in and sessions").
const (
	FirstPasswordLife = 14 * 24 * time.Hour
	ResetCodeLife     = 10 * time.Minute
)

// oneTimeAlphabet has no signs that are read for each other (0 O, 1 I): 32 signs, 5 bits each.
const (
	oneTimeAlphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	oneTimeLength   = 16
	oneTimeGroup    = 4
)

// newOneTime makes a one-time password: 16 random signs, 80 bits, written in groups. It is kept as a plain SHA-256: Argon2 makes
// guessing slow where people choose what can be guessed, but nobody guesses 80 random bits at any speed, and 1,470 slips at once
// would take almost two minutes of hashing.
func newOneTime(kind postgres.OneTimeKind, now time.Time) (text string, kept postgres.OneTime) {
	random := make([]byte, oneTimeLength)
	_, _ = rand.Read(random) // never fails (crypto/rand)
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%oneTimeGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(oneTimeAlphabet[int(r)%len(oneTimeAlphabet)])
	}
	until := territory.DayOf(now.Add(FirstPasswordLife)).Add(1).Start().Add(-time.Second) // a slip names a day: it serves to its end
	if kind == postgres.ResetCode {
		until = now.Add(ResetCodeLife)
	}
	return b.String(), postgres.OneTime{Hash: oneTimeHash(b.String()), Kind: kind, Until: until}
}

// oneTimeHash hashes a one-time password however it was typed: in small letters, without hyphens, with spaces.
func oneTimeHash(typed string) []byte {
	signs := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '–' {
			return -1
		}
		return r
	}, strings.ToUpper(cadre.NormalPassword(typed)))
	hash := sha256.Sum256([]byte(signs))
	return hash[:]
}

// opens tells whether what was typed is the one-time password, still in time.
func opens(code *postgres.OneTime, typed string, now time.Time) bool {
	return code != nil && len(typed) <= maxPassword && now.Before(code.Until) && subtle.ConstantTimeCompare(code.Hash, oneTimeHash(typed)) == 1
}
