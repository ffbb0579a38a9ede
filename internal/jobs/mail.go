package jobs

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"banam/internal/app"
)

// Limits of the work on letters and of what is told in the morning.
const (
	mailWorkers  = 2
	mailEvery    = 20 * time.Second
	morningEvery = 10 * time.Minute
)

// addMailWorkers adds the work on letters.
func addMailWorkers(list *river.Workers, a *app.App, log *slog.Logger) {
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, _ *river.Job[app.QueueMails]) error {
		_, err := a.QueueMails(ctx)
		return err
	}))
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, j *river.Job[app.SendMail]) error {
		return given(a.SendMail(ctx, j.Args.MailID, j.Attempt >= j.MaxAttempts))
	}))
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, _ *river.Job[app.SweepMails]) error {
		return a.SweepMails(ctx)
	}))
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, _ *river.Job[app.TellMornings]) error {
		reminded, err := a.RemindOwed(ctx) // first, so that the letter of the morning has it
		letters, failed := a.MakeDigests(ctx)
		if reminded+letters > 0 {
			log.InfoContext(ctx, "told in the morning", "reminded", reminded, "letters", letters)
		}
		return errors.Join(err, failed)
	}))
}
