package postgres

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Submission is the identity of something a person sends: sent twice it has one effect (architecture.md, "Identity of what
// people send").
type Submission struct {
	ID   uuid.UUID // made by the client
	Body []byte    // what was sent, in a fixed order; only its hash is kept
}

// Sender is who sends a submission, and when.
type Sender struct {
	Cadre   cadre.ID
	Account int64
	At      time.Time
}

// renewed is who is behind an account, as it was read inside the transaction.
type renewed struct {
	account int64
	day     territory.Day
	found   bool
	present Present
}

// Claim takes the submission for this transaction. A second sending of the same body gives the first one's result with
// again true; the same id with another body is a Conflict. It waits for a first sending that is still under way, and then
// reads, in the same round trip, who is behind the account: Renewed gives that.
func (t *Tx) Claim(ctx context.Context, from Sender, s Submission) (result string, again bool, err error) {
	hash := sha256.Sum256(s.Body)
	var won, same bool
	who := &renewed{account: from.Account, day: territory.DayOf(from.At)}
	b := &batch{}
	b.Queue(`INSERT INTO submissions (cadre_id, submission_id, body_hash, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
		from.Cadre, s.ID, hash[:], from.At).Exec(func(tag pgconn.CommandTag) error {
		won = tag.RowsAffected() == 1
		return nil
	})
	b.Queue(`SELECT result, body_hash = $3 FROM submissions WHERE cadre_id = $1 AND submission_id = $2`, from.Cadre, s.ID, hash[:]).
		QueryRow(func(row pgx.Row) error { return row.Scan(&result, &same) })
	queuePresent(b, &who.present, &who.found, from.Account, who.day)
	if err := t.run(ctx, b); err != nil {
		return "", false, err
	}
	t.present = who
	switch {
	case won:
		return "", false, nil
	case !same:
		return "", false, fault.Conflict("fault.submission_differs")
	}
	return result, true, nil
}

// Renewed gives who is behind an account on a day, read inside the transaction: with the claim, or now. NotFound if there
// is no such account.
func (t *Tx) Renewed(ctx context.Context, account int64, day territory.Day) (Present, error) {
	if p := t.present; p != nil && p.account == account && p.day == day {
		if !p.found {
			return Present{}, fault.NotFound()
		}
		return p.present, nil
	}
	return t.Present(ctx, account, day)
}

// Settle keeps the result of a submission that was claimed in this transaction.
func (t *Tx) Settle(author cadre.ID, id uuid.UUID, result string) {
	t.tx.queue(`UPDATE submissions SET result = $3 WHERE cadre_id = $1 AND submission_id = $2`, author, id, result)
}
