package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/postgres"
)

// Names of what a session keeps of the account and the browser.
const (
	SessionAccount = postgres.SessionAccount
	SessionAgent   = postgres.SessionAgent
)

// signInsShown is how many past sign-ins the account page shows.
const signInsShown = 10

// Device is a browser on which somebody is signed in.
type Device = postgres.Device

// OwnAccount is what somebody sees of their own account.
type OwnAccount struct {
	Devices []Device // where they are signed in, this one marked
	SignIns []postgres.SignIn
	Mail    MailState
}

// OwnAccount gives where the actor is signed in, the session of the token marked, the last sign-ins, and what they want by e-mail.
func (a *App) OwnAccount(ctx context.Context, actor cadre.Actor, token string) (o OwnAccount, err error) {
	o.Devices, o.SignIns, o.Mail, err = a.db.Devices(ctx, actor.AccountID, token, actor.At, signInsShown)
	if err != nil {
		return OwnAccount{}, fmt.Errorf("reading one's own account: %w", err)
	}
	return o, nil
}

// EndDevice signs the actor out on one other device; NotFound if it is none of theirs.
func (a *App) EndDevice(ctx context.Context, actor cadre.Actor, s Submission, id int64) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		return s.ID, tx.EndDevice(ctx, actor.AccountID, id, a.now())
	})
	if err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// EndOtherDevices signs the actor out everywhere but in the session of the token.
func (a *App) EndOtherDevices(ctx context.Context, actor cadre.Actor, s Submission, token string) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		return s.ID, tx.EndOthers(ctx, actor.AccountID, token, a.now())
	})
	if err != nil {
		return fmt.Errorf("ending other sessions: %w", err)
	}
	return nil
}
