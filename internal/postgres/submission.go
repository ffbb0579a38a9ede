package postgres

import (
	"context"
	"crypto/sha256"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/fault"
)

// Submission is the identity of something a person sends: sent twice it has one effect (architecture.md, "Identity of what
// people send").
type Submission struct {
	ID   uuid.UUID // made by the client
	Body []byte    // what was sent, in a fixed order; only its hash is kept
}

// Claim takes the submission for this transaction. A second sending of the same body gives the first one's result with
// again true; the same id with another body is a Conflict. It waits for a first sending that is still under way.
func (t *Tx) Claim(ctx context.Context, author cadre.ID, s Submission, at time.Time) (result string, again bool, err error) {
	hash := sha256.Sum256(s.Body)
	tag, err := t.tx.Exec(ctx, `INSERT INTO submissions (cadre_id, submission_id, body_hash, at) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, author, s.ID, hash[:], at)
	if err != nil || tag.RowsAffected() == 1 {
		return "", false, translate(err)
	}
	var same bool
	err = t.tx.QueryRow(ctx, `SELECT result, body_hash = $3 FROM submissions WHERE cadre_id = $1 AND submission_id = $2`,
		author, s.ID, hash[:]).Scan(&result, &same)
	if err != nil {
		return "", false, translate(err)
	}
	if !same {
		return "", false, fault.Conflict("fault.submission_differs")
	}
	return result, true, nil
}

// Settle keeps the result of a submission that was claimed in this transaction.
func (t *Tx) Settle(ctx context.Context, author cadre.ID, id uuid.UUID, result string) error {
	_, err := t.tx.Exec(ctx, `UPDATE submissions SET result = $3 WHERE cadre_id = $1 AND submission_id = $2`, author, id, result)
	return translate(err)
}
