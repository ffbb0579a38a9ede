package app

import (
	"context"
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// commonPasswords are the 10,000 most common passwords of four and more ASCII letters, the most common first, in small letters:
// from @zxcvbn-ts/language-common 4.1.3 (MIT, Dan Wheeler, Dropbox and the zxcvbn-ts authors).
//
//go:embed common_passwords.txt
var commonPasswords string

var commonSet = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(commonPasswords) {
		set[w] = true
	}
	return set
})

func isCommon(word string) bool { return commonSet()[word] }

// NewPassword is what a person types to choose a password.
type NewPassword struct {
	Old   string // ignored while there is only a one-time password, which the session was opened with
	New   string
	Again string
}

// ChoosePassword gives the signed-in person's account a new password and ends every session of it, the present one too: the
// caller begins a new one. Wrong input is Invalid at its field; tries at the old password are throttled like sign-ins.
func (a *App) ChoosePassword(ctx context.Context, who Session, s Submission, p NewPassword) error {
	account, err := a.db.AccountByLogin(ctx, who.Login)
	if err != nil {
		return fmt.Errorf("reading an account: %w", err)
	}
	if account.Disabled {
		return fault.Forbidden("fault.disabled")
	}
	if err := a.checkNew(ctx, account, p); err != nil {
		return err
	}
	if account.Hash != "" {
		if err := a.checkOld(ctx, account, p.Old); err != nil {
			return err
		}
	}
	done, err := a.slot(ctx)
	if err != nil {
		return err
	}
	hash, err := HashPassword(p.New)
	done()
	if err != nil {
		return err
	}
	_, err = a.once(ctx, who.Actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		if err := tx.SetPassword(ctx, account.ID, account.Hash, hash, a.now()); err != nil {
			return uuid.Nil, err
		}
		return s.ID, tx.Audit(ctx, postgres.AuditEntry{
			At: a.now(), Actor: who.Actor.CadreID, Action: "account.password", Object: "account", ObjectID: strconv.FormatInt(account.ID, 10), Fields: []string{"password"},
		})
	})
	if err != nil {
		return fmt.Errorf("choosing a password: %w", err)
	}
	return nil
}

// checkNew judges a new password before any work is spent on it.
func (a *App) checkNew(ctx context.Context, account postgres.Account, p NewPassword) error {
	places, err := a.db.PlacesIn(ctx, strings.ReplaceAll(cadre.PlainPassword(short(p.New)), " ", ""))
	if err != nil {
		return fmt.Errorf("looking for places in a password: %w", err)
	}
	var fields fault.Fields
	if account.Hash != "" && p.Old == "" {
		fields.Add("old", "password.old_required")
	}
	if f := fault.As(cadre.CheckPassword("new", p.New, cadre.Secretive{Name: account.Name, Login: account.Login, Places: places, Common: isCommon})); f != nil {
		fields = append(fields, f.Fields...)
	}
	switch {
	case p.New == "":
	case cadre.NormalPassword(p.New) != cadre.NormalPassword(p.Again):
		fields.Add("again", "password.differs")
	case p.New == p.Old || opens(account.OneTime, p.New, a.now()):
		fields.Add("new", "password.same")
	}
	return fields.Err()
}

// checkOld compares the old password, with a throttle of its own for each account.
func (a *App) checkOld(ctx context.Context, account postgres.Account, old string) error {
	bucket := fmt.Sprintf("password:%d", account.ID)
	if err := a.db.CountSignIn(ctx, bucket, a.now()); err != nil {
		return err
	}
	right, _, err := a.check(ctx, account.Hash, old)
	if err != nil {
		return err
	}
	if !right {
		return fault.Invalid(fault.At("old", "password.old_wrong"))
	}
	return a.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.ForgiveSignIn(ctx, bucket) })
}

// short bounds what is looked at of something typed.
func short(s string) string {
	if len(s) > maxPassword {
		return ""
	}
	return s
}
