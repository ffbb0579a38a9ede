package app

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// ReportEvent is something that happened to a report, with the names of who did it.
type ReportEvent = postgres.ReportEvent

// NotifyReportEvent is the job that tells people of what happened to a report after it was sent.
type NotifyReportEvent struct {
	ReportID uuid.UUID `json:"report_id"`
	Seq      int       `json:"seq"`
}

// Kind names the job.
func (NotifyReportEvent) Kind() string { return "notify_report_event" }

// ReviewReport acknowledges, returns, withdraws or comments on a report that the actor saw in the given version. Conflict
// (report.moved_on) if its author amended it since, or somebody else decided; a comment never conflicts. Forbidden if it is
// not the actor's to do, Invalid at the fields usefulness and reason, NotFound out of scope. The same submission again has no
// second effect.
func (a *App) ReviewReport(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, version int, r casework.ReportRequest) error {
	r.Reason = plain(r.Reason)
	_, err := a.once(ctx, actor, s, func(tx *postgres.Tx) (uuid.UUID, error) {
		actor, err := a.renew(ctx, tx, actor)
		if err != nil {
			return uuid.Nil, err
		}
		if r.Move == casework.WithdrawReport { // whatever its author is writing to amend it waits
			tx.LockReportSoon(id, actor.CadreID)
		}
		found, err := tx.LockSentReport(ctx, id, actor.Scope(cadre.ReadReport), actor.Today(), version)
		if err != nil {
			return uuid.Nil, err
		}
		c := found.Case(a.now()) // read again under the lock: events never go back in time
		report, event, err := c.Apply(actor, r)
		switch {
		case err != nil:
			return uuid.Nil, err
		case found.Moved && r.Move != casework.CommentReport:
			return uuid.Nil, fault.Conflict("report.moved_on")
		}
		if r.Move == casework.WithdrawReport { // nobody needs to hold anything to take back what they wrote
			event.Assignment = 0
			tx.EndWithdrawn(id)
		}
		hold(tx, actor, event.Assignment)
		return id, keepReport(ctx, tx, report, event)
	})
	if err != nil {
		return fmt.Errorf("reviewing report %s (%s): %w", id, r.Move, err)
	}
	return nil
}

// keepReport saves a report after something happened to it, with its event and the job that tells people.
func keepReport(ctx context.Context, tx *postgres.Tx, r casework.Report, e casework.ReportEvent) error {
	tx.SaveReportEvent(r, e)
	return tx.Enqueue(ctx, NotifyReportEvent{ReportID: r.ID, Seq: e.Seq})
}

// SeeReport marks what the actor was told of a report as seen, since they opened its page. It may be repeated.
func (a *App) SeeReport(ctx context.Context, actor cadre.Actor, id uuid.UUID) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.SeeReport(ctx, id, actor.CadreID, a.now()) })
	if err != nil {
		return fmt.Errorf("marking notices of report %s: %w", id, err)
	}
	return nil
}

// DeliverReportEventNotices tells people of one event of a report. Run twice it tells once.
func (a *App) DeliverReportEventNotices(ctx context.Context, id uuid.UUID, seq int) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		found, err := tx.TellableReport(ctx, id, seq, territory.DayOf(a.now()))
		if err != nil {
			return err
		}
		var notices []Notice
		for _, to := range found.Case(a.now()).EventTold(found.Event.ReportEvent, found.Commenters) {
			notices = append(notices, Notice{
				ID: uuid.Must(uuid.NewV7()), Cadre: to, Event: fmt.Sprintf("report:%s:e%d", id, seq), Kind: "report." + string(found.Event.Move),
				Report: id, At: found.Event.At, Args: map[string]string{"place": found.Place, "actor": found.Event.ActorName},
			})
		}
		return tx.InsertNotices(ctx, notices)
	})
	if err != nil {
		return fmt.Errorf("telling of event %d of report %s: %w", seq, id, err)
	}
	return nil
}

// PassWaitingReports moves every report that waits where nobody may receive it to the desk that does today, each in a
// transaction of its own, so that it stands in that desk's list. Reports that no desk above can receive stay. It gives the
// number of reports that moved; one that fails does not stop the others.
func (a *App) PassWaitingReports(ctx context.Context) (passed int, err error) {
	return a.each("passing a report on", func(after uuid.UUID) ([]uuid.UUID, error) {
		return a.db.ReportsAtVacantDesks(ctx, territory.DayOf(a.now()), after, atOnce)
	}, func(id uuid.UUID) (bool, error) { return a.passWaiting(ctx, id) })
}

func (a *App) passWaiting(ctx context.Context, id uuid.UUID) (moved bool, err error) {
	err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
		now := a.now()
		found, err := tx.LockAnySentReport(ctx, id, territory.DayOf(now))
		if err != nil {
			return err
		}
		desk, ok := found.Case(now).Desk()
		moved = ok && desk.Locality.ID != found.Report.Desk && found.Report.State == casework.ReportSubmitted
		if !moved {
			return nil
		}
		return tx.PassReport(ctx, id, desk.Locality.ID)
	})
	return moved, err
}
