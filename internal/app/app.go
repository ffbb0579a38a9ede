// Package app owns the use cases, one file per noun: authorise, open the transaction, lock, ask the rule, save, note the
// event and insert the job. Meaning lives in casework and cadre, SQL in postgres, words and pages in web.
package app

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/files"
	"banam/internal/mail"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// App runs the use cases.
type App struct {
	db    *postgres.DB
	now   func() time.Time
	slots chan struct{} // password hashes under way
	lists chan struct{} // uploaded lists that are being read
	dummy func() string // a hash that no password fits, for unknown names
	files *files.Store  // nil where nothing can be attached
	mail  *mail.Sender  // nil where no e-mail is set up
}

// New makes the use cases over a database and a clock.
func New(db *postgres.DB, now func() time.Time) *App {
	return &App{db: db, now: now, slots: make(chan struct{}, hashesAtOnce), lists: make(chan struct{}, listsAtOnce), dummy: dummyHash()}
}

// Now gives the present instant of the injected clock.
func (a *App) Now() time.Time { return a.now() }

// Session is the signed-in person of a request with what pages show of them.
type Session struct {
	Actor    cadre.Actor
	Login    string
	Language string
	Unseen   int  // notices not yet seen
	Unarmed  bool // no password of their own yet: nothing else may be done before one is chosen
}

// SessionOf reads who is behind an account right now. NotFound if the account is gone or disabled: the session is then of
// no use any more.
func (a *App) SessionOf(ctx context.Context, accountID int64) (Session, error) {
	now := a.now()
	p, err := a.db.Present(ctx, accountID, territory.DayOf(now))
	if err != nil {
		return Session{}, fmt.Errorf("reading the session's person: %w", err)
	}
	if p.Account.Disabled {
		return Session{}, fault.NotFound()
	}
	return Session{
		Actor: cadre.Actor{
			CadreID: p.Account.CadreID, AccountID: p.Account.ID, Name: p.Account.Name, Tier: p.Account.Tier, At: now, Grants: p.Grants,
		},
		Login: p.Account.Login, Language: p.Account.Language, Unseen: p.Unseen, Unarmed: p.Account.Hash == "",
	}, nil
}

// once runs a use case that creates or moves something, in one transaction that has one effect however often the same
// submission arrives. do gives the result to remember: the id of what was made. A refused form (Invalid, Conflict) rolls
// back and so uses nothing up.
func (a *App) once(ctx context.Context, actor cadre.Actor, s postgres.Submission, do func(tx *postgres.Tx) (uuid.UUID, error)) (uuid.UUID, error) {
	if s.ID == uuid.Nil {
		return uuid.Nil, fault.Conflict("fault.submission_missing")
	}
	var result uuid.UUID
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		earlier, again, err := tx.Claim(ctx, postgres.Sender{Cadre: actor.CadreID, Account: actor.AccountID, At: a.now()}, s)
		if err != nil {
			return err
		}
		if again {
			if result, err = uuid.Parse(earlier); err != nil {
				return fmt.Errorf("reading an earlier result: %w", err)
			}
			return nil
		}
		result, err = do(tx)
		if err != nil {
			return err
		}
		tx.Settle(actor.CadreID, s.ID, result.String())
		return nil
	})
	return result, err
}

// renew reads again, inside the transaction, what the actor holds at this moment: a write is judged by what is true when
// it is written, not when the request came in.
func (a *App) renew(ctx context.Context, tx *postgres.Tx, actor cadre.Actor) (cadre.Actor, error) {
	now := a.now()
	p, err := tx.Renewed(ctx, actor.AccountID, territory.DayOf(now))
	if err != nil {
		return cadre.Actor{}, fmt.Errorf("reading the actor again: %w", err)
	}
	if p.Account.Disabled {
		return cadre.Actor{}, fault.Forbidden("fault.disabled")
	}
	actor.At, actor.Grants = now, p.Grants
	return actor, nil
}

// hold locks the assignment under which the actor writes, if there is one; the transaction ends with Forbidden if it no
// longer holds.
func hold(tx *postgres.Tx, actor cadre.Actor, id cadre.AssignmentID) {
	if id != 0 {
		tx.LockGrant(id, actor.Today())
	}
}

// Submission is the identity of something a person sends.
type Submission = postgres.Submission
