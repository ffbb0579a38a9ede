package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/mail"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// What somebody wants by e-mail.
type (
	MailChoice  = postgres.MailChoice
	MailState   = postgres.MailState
	MailFailure = postgres.MailFailure
)

// What may be chosen.
const (
	NoMail     = postgres.NoMail
	EachMail   = postgres.EachMail
	DigestMail = postgres.DigestMail
)

// MailChoices lists what may be chosen.
func MailChoices() []MailChoice { return postgres.MailChoices() }

// NoticeAddress is the kind of notice that tells somebody of another e-mail address of theirs in the register.
const NoticeAddress = "account.mail_changed"

// Limits of letters.
const (
	linesInLetter  = 50
	mailsAtOnce    = 200
	mailTries      = 14                  // by River's delays of n⁴ seconds: a day and a half
	mailStale      = 3 * 24 * time.Hour  // what is older is no news
	mailsKept      = 90 * 24 * time.Hour // for a look at what was sent
	mailsAreFailed = 4 * 24 * time.Hour
)

// MailQueue is the queue of letters, apart from other work: a mail server may be slow.
const MailQueue = "mail"

// SendMail is the job that sends one letter.
type SendMail struct {
	MailID uuid.UUID `json:"mail_id"`
}

// Kind names the job.
func (SendMail) Kind() string { return "send_mail" }

// InsertOpts say where the job waits and how often it is tried.
func (SendMail) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: MailQueue, MaxAttempts: mailTries}
}

// QueueMails is the job that gives new letters to jobs of their own.
type QueueMails struct{}

// Kind names the job.
func (QueueMails) Kind() string { return "queue_mails" }

// TellMornings is the job that tells people on working mornings of what is not pressing.
type TellMornings struct{}

// Kind names the job.
func (TellMornings) Kind() string { return "tell_mornings" }

// SweepMails is the job that forgets old letters.
type SweepMails struct{}

// Kind names the job.
func (SweepMails) Kind() string { return "sweep_mails" }

// MailThrough lets the use cases send letters; without a sender there is no e-mail. It belongs before the first request.
func (a *App) MailThrough(s *mail.Sender) { a.mail = s }

// Mails tells whether e-mail is set up.
func (a *App) Mails() bool { return a.mail != nil }

// ChooseMail stores what the actor wants by e-mail, and that they saw the address to which it goes. Invalid at mail where that cannot be.
func (a *App) ChooseMail(ctx context.Context, actor cadre.Actor, s Submission, choice MailChoice, seen string) error {
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		now, err := tx.LockMailState(ctx, actor.AccountID)
		switch {
		case err != nil:
			return uuid.Nil, err
		case !slices.Contains(MailChoices(), choice):
			return uuid.Nil, fault.Invalid(fault.At("mail", "mail.choose"))
		case choice == NoMail:
		case !a.Mails():
			return uuid.Nil, fault.Invalid(fault.At("mail", "mail.not_set_up"))
		case now.Address == "":
			return uuid.Nil, fault.Invalid(fault.At("mail", "mail.no_address"))
		case now.Address != seen:
			return uuid.Nil, fault.Invalid(fault.At("mail", "mail.address_changed"))
		}
		tx.ChooseMail(actor.AccountID, choice, now.Address, a.now())
		return s.ID, nil
	})
	if err != nil {
		return fmt.Errorf("choosing e-mail: %w", err)
	}
	return nil
}

// QueueMails gives new letters to jobs and gives their number.
func (a *App) QueueMails(ctx context.Context) (queued int, err error) {
	for a.Mails() {
		n := 0
		err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
			n, err = tx.QueueMails(ctx, a.now(), mailsAtOnce, func(id uuid.UUID) river.JobArgs { return SendMail{MailID: id} })
			return err
		})
		queued += n
		switch {
		case err != nil:
			return queued, fmt.Errorf("giving letters to jobs: %w", err)
		case n < mailsAtOnce:
			return queued, nil
		}
	}
	return 0, nil
}

// MakeDigests writes the letters of a working morning, one for each person and day however often it runs, and gives their number.
func (a *App) MakeDigests(ctx context.Context) (made int, err error) {
	if !a.Mails() {
		return 0, nil
	}
	calendar, err := a.db.Calendar(ctx)
	if err == nil && calendar.IsMorning(a.now()) {
		err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
			made, err = tx.MakeDigests(ctx, territory.DayOf(a.now()), a.now())
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("writing the letters of the morning: %w", err)
	}
	return made, nil
}

// SweepMails forgets letters of long ago.
func (a *App) SweepMails(ctx context.Context) error {
	now := a.now()
	if err := a.db.SweepMails(ctx, now.Add(-mailsAreFailed), now.Add(-mailsKept)); err != nil {
		return fmt.Errorf("sweeping letters: %w", err)
	}
	return nil
}

// SendMail sends a letter, unless that is done or nobody wants it any more. Rights are judged now: what the reader may not read any more
// is not in it. The server may get a letter twice, with the same Message-ID: it is noted as sent after the server has taken it. What may go right
// later is an error, unless it is the last try.
func (a *App) SendMail(ctx context.Context, id uuid.UUID, last bool) error {
	if !a.Mails() {
		return fault.NotFound() // it was turned off meanwhile
	}
	m, err := a.db.Mail(ctx, id)
	if err == nil && !m.Done {
		err = a.sendMail(ctx, m, last)
	}
	if err != nil {
		return fmt.Errorf("sending letter %s: %w", id, err)
	}
	return nil
}

func (a *App) sendMail(ctx context.Context, m postgres.Mail, last bool) error {
	letter, some, err := a.letter(ctx, m)
	if err != nil {
		return err
	}
	if !some {
		return a.finishMail(ctx, m, postgres.MailDropped, "")
	}
	err = a.mail.Send(ctx, letter)
	failed, _ := errors.AsType[*mail.SendError](err)
	switch {
	case err == nil:
		return a.finishMail(ctx, m, postgres.MailSent, "")
	case failed != nil && failed.Refused == mail.OfAddress:
		return a.finishMail(ctx, m, postgres.MailRefused, postgres.AddressRefused)
	case failed != nil && failed.Refused == mail.OfMessage:
		return a.finishMail(ctx, m, postgres.MailRefused, postgres.MessageRefused)
	case last:
		return errors.Join(err, a.finishMail(context.WithoutCancel(ctx), m, postgres.MailGivenUp, postgres.NeverTaken))
	}
	return err
}

func (a *App) finishMail(ctx context.Context, m postgres.Mail, outcome postgres.MailOutcome, failure MailFailure) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		tx.FinishMail(m, outcome, failure, a.now())
		return nil
	})
	if err != nil {
		return fmt.Errorf("noting that it is %s: %w", outcome, err)
	}
	return nil
}

// letter writes what a letter tells today; false if there is nothing to tell.
func (a *App) letter(ctx context.Context, m postgres.Mail) (mail.Letter, bool, error) {
	now := a.now()
	if !m.Wanted || m.MadeAt.Before(now.Add(-mailStale)) {
		return mail.Letter{}, false, nil
	}
	reader := cadre.Actor{CadreID: m.Cadre, At: now}
	var err error
	if reader.Grants, err = a.db.Grants(ctx, m.Cadre, territory.DayOf(now)); err != nil {
		return mail.Letter{}, false, err
	}
	notices, total, err := a.db.MailNotices(ctx, m, reader.Scope(cadre.ReadIssue), reader.Scope(cadre.ReadReport), linesInLetter)
	if err != nil || total == 0 {
		return mail.Letter{}, false, err
	}
	l := mail.Letter{
		ID: m.ID.String(), At: m.MadeAt, Name: m.Name, Address: m.Address, Lang: i18n.Language(m.Language), More: total - len(notices),
	}
	words := i18n.With(ctx, l.Lang)
	for _, n := range notices {
		l.Lines = append(l.Lines, mail.Line{Text: NoticeText(words, n), Path: "/notices/" + n.ID.String()})
	}
	l.Subject = i18n.T(words, "mail.subject", "what", l.Lines[0].Text)
	if m.Notice == nil {
		l.Subject = i18n.T(words, "mail.subject", "what", i18n.Plural(words, "mail.news", total))
	}
	return l, true, nil
}

// NoticeText words a notice in the language of the context.
func NoticeText(ctx context.Context, n Notice) string {
	args := make([]any, 0, 2*len(n.Args))
	for name, value := range n.Args {
		args = append(args, name, value)
	}
	return i18n.T(ctx, "notice."+n.Kind, args...)
}
