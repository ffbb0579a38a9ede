package app

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// Slip is the paper that a person gets with their first password. It is shown once and kept nowhere.
type Slip struct {
	Kept
	Password string
	Until    time.Time
}

// SlipsWanted says who shall get a first password: the chosen people or, with All, everybody of the list without an account.
type SlipsWanted struct {
	Cadres []cadre.ID
	All    bool
	Query  AccountQuery
}

// IssueSlips makes accounts for people who have none, and new first passwords for those who have not chosen their own yet. Others
// are left out, as are people whose account is not the actor's to keep. The same form sent again gives none: slips that were lost
// are issued anew.
func (a *App) IssueSlips(ctx context.Context, actor cadre.Actor, s Submission, want SlipsWanted) ([]Slip, error) {
	if len(want.Cadres) == 0 && !want.All {
		return nil, fault.Invalid(fault.At("cadre", "accounts.nobody_chosen"))
	}
	if want.All && want.Query.Place == 0 { // one press must not reach further than somebody has looked
		return nil, fault.Invalid(fault.At("place", "accounts.place_first"))
	}
	var slips []Slip
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		slips = nil // of an earlier try
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		query := keptQuery(actor, want.Query)
		query.Cadres, query.After, query.Limit = want.Cadres, 0, slipsAtOnce
		if want.All {
			query.Cadres, query.State = nil, NoAccountYet
		} else {
			query.Words, query.State = Words{}, ""
		}
		slips, err = a.issue(ctx, tx, actor, query)
		return s.ID, err
	})
	if err != nil {
		return nil, fmt.Errorf("issuing first passwords: %w", err)
	}
	return slips, nil
}

// issue makes the accounts and codes of those whom the actor keeps.
func (a *App) issue(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, query postgres.KeptQuery) ([]Slip, error) {
	people, err := tx.KeptChosen(ctx, query)
	if err != nil {
		return nil, err
	}
	var slips []Slip
	grants := map[cadre.ID]cadre.Grant{}
	var stems []string
	for _, k := range people {
		grant, ok := cadre.Keeper(actor, k.Cadre, k.Held())
		if ok && (k.State == NoAccountYet || k.State == FirstPending) {
			slips, grants[k.Cadre] = append(slips, Slip{Kept: k}), grant
			stems = append(stems, cadre.LoginStem(k.Name), cadre.LoginOf("", never))
		}
	}
	if len(slips) == 0 {
		return nil, fault.Invalid(fault.At("cadre", "accounts.nobody_left"))
	}
	taken, err := tx.LockLogins(ctx, stems)
	if err != nil {
		return nil, err
	}
	now := a.now()
	var made []postgres.NewAccount
	for i := range slips {
		p := &slips[i]
		var code postgres.OneTime
		p.Password, code = newOneTime(postgres.FirstPassword, now)
		p.Until = code.Until
		if p.Account != 0 {
			if err := tx.SetOneTime(ctx, p.Account, code, now); err != nil {
				return nil, err
			}
			continue
		}
		p.Login = cadre.LoginOf(cadre.LoginStem(p.Name), func(l string) bool { return taken[l] })
		taken[p.Login] = true
		made = append(made, postgres.NewAccount{Cadre: p.Cadre, Login: p.Login, Code: code})
	}
	ids, err := tx.AddAccounts(ctx, made)
	if err != nil {
		return nil, err
	}
	for i := range slips {
		if err := a.auditSlip(ctx, tx, actor, grants[slips[i].Cadre], &slips[i], ids); err != nil {
			return nil, err
		}
	}
	return slips, nil
}

func never(string) bool { return false }

func (a *App) auditSlip(ctx context.Context, tx *postgres.Tx, actor cadre.Actor, grant cadre.Grant, p *Slip, made map[cadre.ID]int64) error {
	entry := postgres.AuditEntry{
		At: a.now(), Actor: actor.CadreID, Assignment: grant.AssignmentID, Locality: grant.Locality.ID, Action: "account.first_password", Object: "account",
	}
	if p.Account == 0 {
		p.Account = made[p.Cadre]
		entry.Action, entry.Fields = "account.create", []string{"login"}
	}
	entry.ObjectID = strconv.FormatInt(p.Account, 10)
	return tx.Audit(ctx, entry)
}
