package app

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// NewUser is a person whom the command line gives an account. What the command line does needs no right but that to reach the
// database, and is audited without an actor.
type NewUser struct {
	Login string
	Name  string
	Post  string // code of a post
	Place string // its code, or its name with those above: "Xã Châu Hưng, Huyện Bình Đại"
}

// AddUser enters a person with a post from today on and an account, and gives the one-time first password. Invalid if the post
// cannot be held at the place, or if the place cannot be told.
func (a *App) AddUser(ctx context.Context, u NewUser) (password string, err error) {
	now := a.now()
	today := territory.DayOf(now)
	login := normalLogin(u.Login)
	name := strings.Join(strings.Fields(norm.NFC.String(u.Name)), " ")
	if login == "" || name == "" {
		return "", fault.Invalid(fault.At("login", "account.login_and_name"))
	}
	place, err := a.placeCalled(ctx, u.Place, today)
	if err != nil {
		return "", err
	}
	post, err := a.db.PostAt(ctx, u.Post, place.Level)
	if fault.KindOf(err) == fault.KindNotFound {
		return "", fault.Invalid(fault.At("post", "account.post_unfit"))
	}
	if err != nil {
		return "", fmt.Errorf("reading a post: %w", err)
	}
	password, code := newOneTime(postgres.FirstPassword, now)
	err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
		person, err := tx.AddHolder(ctx, name, post, place.ID, today)
		if err != nil {
			return err
		}
		account, err := tx.AddAccount(ctx, person, login, code)
		if err != nil {
			return err
		}
		return tx.Audit(ctx, postgres.AuditEntry{
			At: now, Locality: place.ID, Action: "account.create", Object: "account", ObjectID: strconv.FormatInt(account, 10), Fields: []string{"name", "post", "place", "login"},
		})
	})
	if err != nil {
		return "", fmt.Errorf("adding a user: %w", err)
	}
	return password, nil
}

// ResetUser replaces the password of an account by a one-time first password and ends its sessions; NotFound if there is no
// such account.
func (a *App) ResetUser(ctx context.Context, login string) (password string, err error) {
	password, code := newOneTime(postgres.FirstPassword, a.now())
	return password, a.operate(ctx, login, "account.reset", func(tx *postgres.Tx, account int64) error {
		return tx.SetOneTime(ctx, account, code, a.now())
	})
}

// DisableUser closes an account, or opens it again; NotFound if there is no such account.
func (a *App) DisableUser(ctx context.Context, login string, disabled bool) error {
	action := "account.enable"
	if disabled {
		action = "account.disable"
	}
	return a.operate(ctx, login, action, func(tx *postgres.Tx, account int64) error {
		_, err := tx.SetDisabled(ctx, account, disabled, a.now())
		return err
	})
}

// operate changes one account in a transaction with its audit entry.
func (a *App) operate(ctx context.Context, login, action string, do func(*postgres.Tx, int64) error) error {
	account, err := a.db.AccountByLogin(ctx, normalLogin(login))
	if err != nil {
		return fmt.Errorf("finding the account: %w", err)
	}
	err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
		if err := do(tx, account.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, postgres.AuditEntry{At: a.now(), Action: action, Object: "account", ObjectID: strconv.FormatInt(account.ID, 10)})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}

// Users lists all accounts with what their people hold today, for the command line.
func (a *App) Users(ctx context.Context) ([]postgres.User, error) {
	users, err := a.db.Users(ctx, territory.DayOf(a.now()))
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	return users, nil
}

func (a *App) placeCalled(ctx context.Context, name string, day territory.Day) (territory.Locality, error) {
	var path []string
	for part := range strings.SplitSeq(norm.NFC.String(name), ",") {
		if part = strings.TrimSpace(part); part != "" {
			path = append(path, part)
		}
	}
	found, err := a.db.PlacesCalled(ctx, path, day)
	if err != nil {
		return territory.Locality{}, fmt.Errorf("finding a place: %w", err)
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return territory.Locality{}, fault.Invalid(fault.At("place", "account.place_unknown"))
	}
	return territory.Locality{}, fault.Invalid(fault.At("place", "account.place_ambiguous", "n", len(found)))
}

// normalLogin writes a sign-in name as it is kept.
func normalLogin(login string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFC.String(login)))
}
