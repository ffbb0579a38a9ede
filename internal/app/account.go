package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Kept is a person with their account in the eyes of an administrator.
type Kept = postgres.Kept

// KeptState says how far an account is.
type KeptState = postgres.KeptState

// The states of accounts.
const (
	NoAccountYet  = postgres.NoAccountYet
	FirstPending  = postgres.FirstPending
	AccountOpen   = postgres.AccountOpen
	AccountClosed = postgres.AccountClosed
)

// KeptStates lists the states.
func KeptStates() []KeptState { return postgres.KeptStates() }

// slipsAtOnce is how many first passwords one form may ask for: those of a district fit.
const slipsAtOnce = 2000

// AccountQuery chooses among the accounts that an administrator sees.
type AccountQuery struct {
	Words Words
	State KeptState            // empty for all
	Place territory.LocalityID // only those who hold something there or below; zero for all
	After cadre.ID
	Limit int
}

// AccountLine is a row of the list; Mine tells that the actor may keep the account.
type AccountLine struct {
	Kept
	Mine bool
}

// AccountList is one page of the list.
type AccountList struct {
	Rows   []AccountLine
	Counts map[KeptState]int

	Communes []territory.Locality // by which the list can be narrowed
	Next     cadre.ID             // behind whom the next page begins; zero on the last one
}

// Accounts lists the people who hold something below the actor's places, or held something there last, with their accounts. A
// place out of scope has none.
func (a *App) Accounts(ctx context.Context, actor cadre.Actor, q AccountQuery) (AccountList, error) {
	page, err := a.db.KeptPeople(ctx, keptQuery(actor, q))
	if err != nil {
		return AccountList{}, fmt.Errorf("reading accounts: %w", err)
	}
	list, rows := AccountList{Counts: page.Counts, Communes: page.Communes}, page.Rows
	if len(rows) > q.Limit {
		rows = rows[:q.Limit]
		list.Next = rows[q.Limit-1].Cadre
	}
	for _, k := range rows {
		_, mine := cadre.Keeper(actor, k.Cadre, k.Held())
		list.Rows = append(list.Rows, AccountLine{k, mine})
	}
	return list, nil
}

// keptQuery narrows a query to what the actor manages.
func keptQuery(actor cadre.Actor, q AccountQuery) postgres.KeptQuery {
	var places []territory.LocalityID
	for _, g := range actor.Grants {
		if g.Allows(cadre.Manage) {
			places = append(places, g.Locality.ID)
		}
	}
	return postgres.KeptQuery{Places: places, Place: q.Place, Day: actor.Today(), Words: q.Words, State: q.State, After: q.After, Limit: q.Limit}
}

// Account reads one account for an administrator. NotFound if its person holds nothing below the actor's places, Forbidden if
// it is not theirs to keep: their own, a peer's, or one of somebody who holds something elsewhere, too.
func (a *App) Account(ctx context.Context, actor cadre.Actor, id int64) (Kept, error) {
	k, err := a.db.KeptAccount(ctx, id, actor.Today())
	if err != nil {
		return Kept{}, fmt.Errorf("reading an account: %w", err)
	}
	_, err = keeper(actor, k)
	return k, err
}

// keeper gives the grant by which the actor keeps an account, or the refusal.
func keeper(actor cadre.Actor, k Kept) (cadre.Grant, error) {
	held := k.Held()
	if g, ok := cadre.Keeper(actor, k.Cadre, held); ok {
		return g, nil
	}
	if !slices.ContainsFunc(held, func(h cadre.Held) bool { return cadre.Can(actor, cadre.Manage, cadre.Object{Place: h.Place}) }) {
		return cadre.Grant{}, fault.NotFound()
	}
	if k.Cadre == actor.CadreID {
		return cadre.Grant{}, fault.Forbidden("accounts.own")
	}
	return cadre.Grant{}, fault.Forbidden("accounts.not_yours")
}

// ResetAccount ends the password and the sessions of an account and gives a code that opens one session within ten minutes, to
// choose a new password in. The code is empty if the same form was sent before: it is shown once.
func (a *App) ResetAccount(ctx context.Context, actor cadre.Actor, s Submission, id int64) (code string, until time.Time, err error) {
	err = a.keep(ctx, actor, s, id, "account.reset", func(tx *postgres.Tx, k Kept) error {
		if k.State == AccountClosed {
			return fault.Conflict("accounts.closed_first")
		}
		var kept postgres.OneTime
		code, kept = newOneTime(postgres.ResetCode, a.now())
		until = kept.Until
		return tx.SetOneTime(ctx, id, kept, a.now())
	})
	if err != nil {
		code = ""
	}
	return code, until, err
}

// CloseAccount closes an account and ends its sessions, or opens it again.
func (a *App) CloseAccount(ctx context.Context, actor cadre.Actor, s Submission, id int64, closed bool) error {
	action := "account.enable"
	if closed {
		action = "account.disable"
	}
	return a.keep(ctx, actor, s, id, action, func(tx *postgres.Tx, _ Kept) error {
		_, err := tx.SetDisabled(ctx, id, closed, a.now())
		return err
	})
}

// keep changes one account under the grant by which the actor keeps it, with its audit entry.
func (a *App) keep(ctx context.Context, actor cadre.Actor, s Submission, id int64, action string, do func(*postgres.Tx, Kept) error) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		if err := tx.LockAccount(ctx, id); err != nil {
			return uuid.Nil, err
		}
		k, err := tx.KeptAccount(ctx, id, actor.Today())
		if err != nil {
			return uuid.Nil, err
		}
		grant, err := keeper(actor, k)
		if err != nil {
			return uuid.Nil, err
		}
		hold(tx, actor, grant.AssignmentID)
		if err := do(tx, k); err != nil {
			return uuid.Nil, err
		}
		return s.ID, tx.Audit(ctx, postgres.AuditEntry{
			At: a.now(), Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: grant.Locality.ID, Action: action, Object: "account", ObjectID: strconv.FormatInt(id, 10),
		})
	})
	if err != nil {
		return fmt.Errorf("%s: %w", action, err)
	}
	return nil
}
