// Package jobs runs the background work: River workers that call use cases of app, each of which can be run twice without
// a second effect. It owns no rule and no SQL.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// Limits of the work. A job whose process died is taken up again after rescueAfter.
const (
	workers     = 4
	jobTime     = time.Minute
	rescueAfter = 2 * time.Minute
	vacantEvery = 5 * time.Minute
	lapseEvery  = time.Minute
	sweepEvery  = time.Hour
	importTries = 5 // after which an import counts as failed
	handEvery   = 15 * time.Minute
	filesEvery  = 6 * time.Hour
)

// Runner works jobs off until it is stopped. Several runners on one database share the work.
type Runner struct {
	client  *river.Client[pgx.Tx]
	working atomic.Bool
}

// New makes a runner over a pool. It holds one connection to hear of new jobs, and one for each job under way.
func New(a *app.App, pool *pgxpool.Pool, log *slog.Logger) (*Runner, error) {
	list := river.NewWorkers()
	addIssueWorkers(list, a, log)
	addKeepingWorkers(list, a, log)
	addMailWorkers(list, a, log)
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema: postgres.JobSchema, Workers: list, Logger: log, JobTimeout: jobTime, RescueStuckJobsAfter: rescueAfter,
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: workers}, app.PeriodicQueue: {MaxWorkers: 1}, app.MailQueue: {MaxWorkers: mailWorkers},
		},
		PeriodicJobs: []*river.PeriodicJob{
			periodic("pass_vacant", vacantEvery, app.PassVacant{}), periodic("lapse_issues", lapseEvery, app.LapseIssues{}), periodic("sweep_sessions", sweepEvery, app.SweepSessions{}),
			periodic("sweep_imports", sweepEvery, app.SweepImports{}),
			periodic("sweep_files", filesEvery, app.SweepFiles{}), periodic("open_handovers", handEvery, app.OpenHandovers{}),
			periodic("apply_reorganisations", vacantEvery, app.ApplyReorganisations{}), periodic("recount_households", sweepEvery, app.RecountHouseholds{}),
			periodic("queue_mails", mailEvery, app.QueueMails{}), periodic("tell_mornings", morningEvery, app.TellMornings{}), periodic("sweep_mails", filesEvery, app.SweepMails{}),
		},
	})
	if err != nil {
		return nil, fmt.Errorf("making the job runner: %w", err)
	}
	return &Runner{client: client}, nil
}

// addIssueWorkers adds the work that people wait for: notices, and issues and reports that move on by themselves.
func addIssueWorkers(list *river.Workers, a *app.App, log *slog.Logger) {
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, j *river.Job[app.NotifyIssue]) error {
		return given(a.DeliverIssueNotices(ctx, j.Args.EventID))
	}))
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, j *river.Job[app.NotifyReport]) error {
		return given(a.DeliverReportNotices(ctx, j.Args.ReportID, j.Args.Number))
	}))
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, j *river.Job[app.NotifyReportEvent]) error {
		return given(a.DeliverReportEventNotices(ctx, j.Args.ReportID, j.Args.Seq))
	}))
	tend[app.PassVacant](list, log, "passed on from vacant desks", func(ctx context.Context) (int, error) {
		issues, err := a.PassVacantDesks(ctx)
		reports, failed := a.PassWaitingReports(ctx)
		return issues + reports, errors.Join(err, failed)
	})
	tend[app.LapseIssues](list, log, "issues moved on by the clock", a.LapseIssues)
}

// addKeepingWorkers adds the work that keeps what is stored in order.
func addKeepingWorkers(list *river.Workers, a *app.App, log *slog.Logger) {
	tend[app.ApplyReorganisations](list, log, "reorganisations applied", a.ApplyReorganisations)
	tend[app.OpenHandovers](list, log, "handovers of assignments that ended", a.OpenDueHandovers)
	tend[app.RecountHouseholds](list, log, "communes whose households were counted anew", a.RecountHouseholds)
	tend[app.SweepFiles](list, log, "files that belonged to nothing", a.SweepFiles)
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, _ *river.Job[app.SweepSessions]) error {
		return a.SweepSessions(ctx)
	}))
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, _ *river.Job[app.SweepImports]) error {
		return a.PurgeImports(ctx)
	}))
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, j *river.Job[app.RunImport]) error {
		err := given(a.RunImport(ctx, j.Args.ImportID))
		if err != nil && j.Attempt >= importTries {
			return errors.Join(err, a.FailImport(context.WithoutCancel(ctx), j.Args.ImportID))
		}
		return err
	}))
}

// tend adds the worker of a job that does something so many times, which is logged.
func tend[T river.JobArgs](list *river.Workers, log *slog.Logger, done string, do func(context.Context) (int, error)) {
	river.AddWorker(list, river.WorkFunc(func(ctx context.Context, _ *river.Job[T]) error {
		n, err := do(ctx)
		if n > 0 {
			log.InfoContext(ctx, done, "count", n)
		}
		return err
	}))
}

// periodic runs a job by the clock, also right after the start. At most one of its kind waits at a time, however many nodes
// there are.
func periodic(id string, every time.Duration, args river.JobArgs) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return args, &river.InsertOpts{Queue: app.PeriodicQueue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: every / 2}}
	}, &river.PeriodicJobOpts{ID: id, RunOnStart: true})
}

// given cancels a job whose subject is not there: another try would not find it either.
func given(err error) error {
	if fault.KindOf(err) == fault.KindNotFound {
		return fmt.Errorf("nothing to tell of: %w", river.JobCancel(err))
	}
	return err
}

// Start begins to work. The context is that of the process, not of the start.
func (r *Runner) Start(ctx context.Context) error {
	if err := r.client.Start(ctx); err != nil {
		return fmt.Errorf("starting the job runner: %w", err)
	}
	r.working.Store(true)
	return nil
}

// Stop takes no new jobs and waits for those under way until the context ends; then it cuts them off. They run again later.
func (r *Runner) Stop(ctx context.Context) error {
	r.working.Store(false)
	err := r.client.Stop(ctx)
	if err != nil && ctx.Err() != nil {
		cut, cancel := context.WithTimeout(context.WithoutCancel(ctx), cutOff)
		defer cancel()
		err = r.client.StopAndCancel(cut)
	}
	if err != nil {
		return fmt.Errorf("stopping the job runner: %w", err)
	}
	return nil
}

const cutOff = 2 * time.Second

var errStopped = errors.New("the job runner is not running")

// Healthy tells whether the runner works, for the readiness check.
func (r *Runner) Healthy() error {
	if !r.working.Load() {
		return errStopped
	}
	select {
	case <-r.client.Stopped():
		return errStopped
	default:
		return nil
	}
}
