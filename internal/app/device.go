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

// Devices gives where the actor is signed in, the session of the token marked, and the last sign-ins.
func (a *App) Devices(ctx context.Context, actor cadre.Actor, token string) ([]Device, []postgres.SignIn, error) {
	devices, last, err := a.db.Devices(ctx, actor.AccountID, token, actor.At, signInsShown)
	if err != nil {
		return nil, nil, fmt.Errorf("reading devices: %w", err)
	}
	return devices, last, nil
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
