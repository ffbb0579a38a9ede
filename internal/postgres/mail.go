package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// MailChoice is what somebody wants by e-mail.
type MailChoice string

// What may be chosen.
const (
	NoMail     MailChoice = "none"
	EachMail   MailChoice = "each"   // a letter for each notice, at once
	DigestMail MailChoice = "digest" // one letter on working mornings
)

// MailChoices lists them.
func MailChoices() []MailChoice { return []MailChoice{NoMail, DigestMail, EachMail} }

// MailFailure says why letters do not arrive.
type MailFailure string

// The reasons: the address or a letter was refused, or the server took nothing for days.
const (
	AddressRefused MailFailure = "address"
	MessageRefused MailFailure = "message"
	NeverTaken     MailFailure = "late"
)

// MailState is what somebody chose, for which address, and since when letters do not arrive.
type MailState struct {
	Choice   MailChoice
	Chosen   string // the address for which it was chosen; empty for none
	Address  string // that the register has
	FailedAt *time.Time
	Failure  MailFailure // empty where letters arrive
}

// Paused tells that nothing is sent, since the address is another one than that for which letters were chosen, or was refused.
func (m MailState) Paused() bool {
	return m.Choice != NoMail && (m.Chosen != m.Address || m.Failure == AddressRefused)
}

const mailStateColumns = `a.mail, a.mail_to, c.email, a.mail_failed_at, coalesce(a.mail_failure, '')`

// queueMailState reads what the person of an account chose.
func queueMailState(b *batch, dst *MailState, account int64) {
	var found bool
	queueOne(b, dst, &found, pgx.RowToStructByPos[MailState], `SELECT `+mailStateColumns+` FROM accounts a JOIN cadres c ON c.id = a.cadre_id WHERE a.id = $1`, account)
}

// LockMailState reads what the person of an account chose, and holds the account fast.
func (t *Tx) LockMailState(ctx context.Context, account int64) (MailState, error) {
	var m MailState
	var found bool
	b := &batch{}
	queueOne(b, &m, &found, pgx.RowToStructByPos[MailState], `SELECT `+mailStateColumns+` FROM accounts a JOIN cadres c ON c.id = a.cadre_id
		WHERE a.id = $1 FOR UPDATE OF a`, account)
	if err := t.run(ctx, b); err != nil {
		return MailState{}, err
	}
	if !found {
		return MailState{}, fault.NotFound()
	}
	return m, nil
}

// ChooseMail stores what somebody wants for the address of the register; past failures are forgotten. It belongs after LockMailState.
func (t *Tx) ChooseMail(account int64, choice MailChoice, address string, at time.Time) {
	t.tx.queue(`UPDATE accounts SET mail = $2, mail_to = CASE WHEN $2 = 'none' THEN '' ELSE $3 END, mail_failed_at = NULL, mail_failure = NULL,
		mail_since = CASE WHEN mail = 'none' OR mail_to <> $3 OR mail_failure IS NOT NULL THEN $4 ELSE mail_since END WHERE id = $1`, account, string(choice), address, at)
}

// tellOfAddresses tells people with an account that the register gets another e-mail address of theirs. It belongs before the change.
func (t *Tx) tellOfAddresses(ids []int64, addresses []string) {
	t.tx.queue(`INSERT INTO notices (id, cadre_id, event_key, kind, at)
		SELECT gen_random_uuid(), c.id, 'mail:' || c.id || ':' || c.version + 1, 'account.mail_changed', now()
		FROM cadres c JOIN unnest($1::bigint[], $2::text[]) AS x (id, email) ON x.id = c.id AND x.email <> c.email JOIN accounts a ON a.cadre_id = c.id
		ON CONFLICT (cadre_id, event_key) DO NOTHING`, ids, addresses)
}

// MakeDigests writes the letters of a morning: for everybody who wants one and was told something since they chose it that they have not seen.
// Each notice is in one letter, and each person gets one a day, however often this runs. It gives the number of letters.
func (t *Tx) MakeDigests(ctx context.Context, day territory.Day, now time.Time) (int, error) {
	var made int
	err := t.tx.QueryRow(ctx, `WITH made AS (
			INSERT INTO mails (id, cadre_id, digest_on, made_at)
			SELECT gen_random_uuid(), c.id, $1::date, $2 FROM accounts a JOIN cadres c ON c.id = a.cadre_id
			WHERE a.mail = 'digest' AND `+mailable+` AND EXISTS (SELECT FROM notices n WHERE n.cadre_id = c.id AND `+undigested+`)
			ON CONFLICT (cadre_id, digest_on) DO NOTHING RETURNING id, cadre_id
		), marked AS (
			UPDATE notices n SET digest_id = made.id FROM made JOIN accounts a ON a.cadre_id = made.cadre_id WHERE n.cadre_id = made.cadre_id AND `+undigested+`
		) SELECT count(*) FROM made`, day, now).Scan(&made)
	return made, translate(err)
}

// undigested is the condition that a notice n belongs into the next letter of the morning of an account a.
const undigested = `n.seen_at IS NULL AND n.digest_id IS NULL AND n.at >= a.mail_since`

// mailable is the condition that letters may go to the person c of an account a.
const mailable = `a.disabled_at IS NULL AND c.disabled_at IS NULL AND a.mail_to = c.email AND a.mail_failure IS DISTINCT FROM 'address'`

// QueueMails gives letters that wait to jobs, in one transaction, and gives their number. Several callers share the work.
func (t *Tx) QueueMails(ctx context.Context, now time.Time, limit int, job func(id uuid.UUID) river.JobArgs) (int, error) {
	rows, err := t.tx.Query(ctx, `UPDATE mails SET queued_at = $1 WHERE id IN (
			SELECT id FROM mails WHERE queued_at IS NULL ORDER BY made_at, id LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING id`, now, limit)
	ids, err := all(rows, err, pgx.RowTo[uuid.UUID])
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	list := make([]river.InsertManyParams, len(ids))
	for i, id := range ids {
		list[i] = river.InsertManyParams{Args: job(id)}
	}
	_, err = t.jobs.InsertManyTx(ctx, jobPipe{pipe: t.tx}, list)
	return len(ids), translate(err)
}

// Mail is a letter with who gets it.
type Mail struct {
	ID       uuid.UUID
	Cadre    cadre.ID
	Notice   *uuid.UUID // that it is about; nil for a digest
	DigestOn territory.Day
	MadeAt   time.Time
	Done     bool
	Wanted   bool // the person may get it and still wants letters of this kind
	Name     string
	Address  string
	Language string
}

// Mail reads a letter; NotFound if there is none.
func (r reader) Mail(ctx context.Context, id uuid.UUID) (Mail, error) {
	rows, err := r.q.Query(ctx, `SELECT m.id, m.cadre_id, m.notice_id, m.digest_on, m.made_at, m.done_at IS NOT NULL,
			a.mail = CASE WHEN m.digest_on IS NULL THEN 'each' ELSE 'digest' END AND `+mailable+`, c.full_name, c.email, a.language
		FROM mails m JOIN cadres c ON c.id = m.cadre_id JOIN accounts a ON a.cadre_id = c.id WHERE m.id = $1`, id)
	return one(rows, err, pgx.RowToStructByPos[Mail])
}

// MailNotices reads what a letter tells, the last first, as far as its reader may still read what it is about: for a digest what they have not
// seen, at most so many, and how many there are.
func (r reader) MailNotices(ctx context.Context, m Mail, issues, reports cadre.Scope, limit int) ([]Notice, int, error) {
	p := &params{}
	from := ` FROM notices n WHERE n.cadre_id = ` + p.add(m.Cadre)
	if m.Notice != nil {
		from += ` AND n.id = ` + p.add(*m.Notice)
	} else {
		from += ` AND n.seen_at IS NULL AND n.digest_id = ` + p.add(m.ID)
	}
	from += ` AND NOT ` + closedTo(issues, reports, p)
	var list []Notice
	total := 0
	b := &batch{}
	b.Queue(`SELECT count(*)`+from, p.list...).QueryRow(func(row pgx.Row) error { return row.Scan(&total) })
	queueAll(b, &list, scanNotice, `SELECT `+noticeColumns("false")+from+` ORDER BY n.at DESC, n.id DESC LIMIT `+p.add(limit), p.list...)
	err := r.run(ctx, b)
	return list, total, err
}

// MailOutcome says what became of a letter.
type MailOutcome string

// What may become of one.
const (
	MailSent    MailOutcome = "sent"
	MailDropped MailOutcome = "dropped" // nobody wants it any more, or there is nothing in it
	MailRefused MailOutcome = "refused" // by the server, for good
	MailGivenUp MailOutcome = "given_up"
)

// FinishMail notes what became of a letter, and with its reader whether letters arrive; a letter that is finished stays as it is.
func (t *Tx) FinishMail(m Mail, outcome MailOutcome, failure MailFailure, at time.Time) {
	t.tx.queue(`UPDATE mails SET done_at = $2, outcome = $3 WHERE id = $1 AND done_at IS NULL`, m.ID, at, string(outcome))
	switch {
	case outcome == MailSent:
		t.tx.queue(`UPDATE accounts SET mail_failed_at = NULL, mail_failure = NULL WHERE cadre_id = $1 AND mail_failure IS NOT NULL AND mail_to = $2`, m.Cadre, m.Address)
	case failure != "":
		t.tx.queue(`UPDATE accounts SET mail_failed_at = coalesce(mail_failed_at, $2), mail_failure = $3 WHERE cadre_id = $1 AND mail_to = $4`,
			m.Cadre, at, string(failure), m.Address)
	}
}

// SweepMails forgets letters of long ago, and gives up those whose job is gone.
func (db *DB) SweepMails(ctx context.Context, lost, old time.Time) error {
	return db.InTx(ctx, func(tx *Tx) error {
		tx.tx.queue(`UPDATE mails SET done_at = now(), outcome = 'given_up' WHERE done_at IS NULL AND made_at < $1`, lost)
		tx.tx.queue(`DELETE FROM mails WHERE done_at IS NOT NULL AND made_at < $1`, old)
		return nil
	})
}
