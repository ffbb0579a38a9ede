package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// hashing is Argon2id with 46 MiB, one pass, one lane (quality.md, "Sign-in and sessions").
var hashing = &argon2id.Params{Memory: 46 * 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// hashesAtOnce bounds the memory of sign-ins; hashWait is how long one waits for its turn before it is told to come back.
const (
	hashesAtOnce = 2
	hashWait     = 5 * time.Second
	maxPassword  = 1024 // bytes; longer input is never hashed
)

// HashPassword makes the stored form of a password, normalised so that every keyboard gives the same.
func HashPassword(password string) (string, error) {
	hash, err := argon2id.CreateHash(cadre.NormalPassword(password), hashing)
	if err != nil {
		return "", fmt.Errorf("hashing a password: %w", err)
	}
	return hash, nil
}

func dummyHash() func() string {
	return sync.OnceValue(func() string {
		hash, err := HashPassword("no account has this password")
		if err != nil { // the random source of the system is broken; then nothing here works
			return ""
		}
		return hash
	})
}

// Credentials is what a person types to sign in, and the device it is typed on.
type Credentials struct {
	Login    string
	Password string
	Device   string // token of a device on which somebody signed in before; empty if unknown
	Agent    string // the browser in plain words, for the person's list of devices
}

// complete tells what was not typed.
func (c Credentials) complete(login string) error {
	var fields fault.Fields
	if login == "" {
		fields.Add("login", "signin.login_required")
	}
	if c.Password == "" {
		fields.Add("password", "signin.password_required")
	}
	return fields.Err()
}

// SignIn gives the account of the credentials. Wrong ones are an Invalid fault that never says which part was wrong;
// after several failures the wait grows (Unavailable with the time), per account and device, never a hard lock.
func (a *App) SignIn(ctx context.Context, c Credentials) (accountID int64, err error) {
	login := normalLogin(c.Login)
	if err := c.complete(login); err != nil {
		return 0, err
	}
	account, err := a.db.AccountByLogin(ctx, login)
	known := fault.KindOf(err) != fault.KindNotFound
	if err != nil && known {
		return 0, fmt.Errorf("reading an account: %w", err)
	}
	bucket, err := a.bucket(ctx, account, login, c.Device)
	if err != nil {
		return 0, err
	}
	// The attempt is counted before the password is looked at, so that parallel tries cannot outrun the throttle.
	if err := a.db.CountSignIn(ctx, bucket, a.now()); err != nil {
		return 0, err
	}
	oneTime := opens(account.OneTime, c.Password, a.now())
	right, rehash := oneTime, ""
	if !oneTime {
		if right, rehash, err = a.check(ctx, account.Hash, c.Password); err != nil {
			return 0, err
		}
	}
	if !known || !right || account.Disabled {
		return 0, wrongCredentials()
	}
	in := postgres.SignIn{At: a.now(), Agent: c.Agent, OneTime: oneTime}
	return account.ID, a.noteSignIn(ctx, account, bucket, in, rehash)
}

// noteSignIn keeps that somebody has signed in; with the code of a reset, only the first one does (Invalid for the others).
func (a *App) noteSignIn(ctx context.Context, account postgres.Account, bucket string, in postgres.SignIn, rehash string) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		if in.OneTime && account.OneTime.Kind == postgres.ResetCode {
			first, err := tx.UseReset(ctx, account.ID, account.OneTime.Hash)
			if err != nil {
				return err
			}
			if !first {
				return wrongCredentials()
			}
		}
		if err := tx.ForgiveSignIn(ctx, bucket); err != nil {
			return err
		}
		return tx.SignedIn(ctx, account.ID, in, rehash)
	})
	if err != nil {
		return fmt.Errorf("noting a sign-in: %w", err)
	}
	return nil
}

func wrongCredentials() error { return &fault.Error{Kind: fault.KindInvalid, Key: "signin.wrong"} }

// bucket names the throttle of an attempt: a known device of the account keeps its own, so that strangers cannot slow
// down the owner.
func (a *App) bucket(ctx context.Context, account postgres.Account, login, device string) (string, error) {
	if account.ID != 0 && device != "" {
		known, err := a.db.DeviceKnown(ctx, account.ID, device)
		if err != nil {
			return "", fmt.Errorf("looking up a device: %w", err)
		}
		if known {
			return fmt.Sprintf("device:%d:%x", account.ID, sha256.Sum256([]byte(device))), nil
		}
	}
	return fmt.Sprintf("login:%x", sha256.Sum256([]byte(login))), nil
}

// check compares a password with a hash, taking as long for names that nobody has. rehash is a new hash where the stored
// one was made with other settings.
func (a *App) check(ctx context.Context, hash, password string) (right bool, rehash string, err error) {
	done, err := a.slot(ctx)
	if err != nil {
		return false, "", err
	}
	defer done()
	if len(password) > maxPassword {
		password = ""
	}
	if hash == "" {
		hash = a.dummy()
	}
	right, params, err := argon2id.CheckHash(cadre.NormalPassword(password), hash)
	if err != nil {
		return false, "", fmt.Errorf("checking a password: %w", err)
	}
	if right && *params != *hashing {
		rehash, err = HashPassword(password)
	}
	return right, rehash, err
}

// slot waits for the turn to hash one password; done gives the turn back.
func (a *App) slot(ctx context.Context) (done func(), err error) {
	wait, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case a.slots <- struct{}{}:
		return func() { <-a.slots }, nil
	case <-wait.Done():
		return nil, fault.Unavailable("fault.busy", wait.Err())
	}
}

// KnowDevice notes that the account has signed in on the device.
func (a *App) KnowDevice(ctx context.Context, accountID int64, device string) error {
	return a.db.KnowDevice(ctx, accountID, device, a.now())
}

// ChooseLanguage keeps the interface language of the actor's account: "vi" or "en".
func (a *App) ChooseLanguage(ctx context.Context, actor cadre.Actor, language string) error {
	return a.db.ChooseLanguage(ctx, actor.AccountID, language)
}
