package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the page of notices.
type (
	Notice     = postgres.Notice
	NoticeList = postgres.NoticeList
)

// Kinds of notices that are no move of an issue. The others are "issue." and the move.
const (
	noticeDirect  = "issue.direct" // tier 2 used the direct line past the reader's desk
	noticeVacant  = "issue.vacant" // for administrators: a desk has nobody to lead it; numbers and places only
	noticeReport  = "report.sent"
	noticeMention = "issue.mention" // a comment speaks to the reader
	noticeTwin    = "issue.twin_"   // and the move: of the survivor of the reader's own issue
	noticeWarn    = "issue.warn"    // most of a desk's time has passed
)

// Notices lists what the actor was told, the newest first. What may not be read any more has no title and is marked closed.
func (a *App) Notices(ctx context.Context, actor cadre.Actor, page ListPage) (NoticeList, error) {
	list, err := a.db.Notices(ctx, actor.CadreID, actor.Scope(cadre.ReadIssue), actor.Scope(cadre.ReadReport), page)
	if err != nil {
		return NoticeList{}, fmt.Errorf("listing notices: %w", err)
	}
	return list, nil
}

// SeeNotice marks one of the actor's notices as seen and gives it; NotFound if there is no such notice. It may be repeated. What the notice is
// about is not judged: its page does that.
func (a *App) SeeNotice(ctx context.Context, actor cadre.Actor, id uuid.UUID) (n Notice, err error) {
	err = a.db.InTx(ctx, func(tx *postgres.Tx) error {
		n, err = tx.SeeNotice(ctx, id, actor.CadreID, a.now())
		return err
	})
	if err != nil {
		return Notice{}, fmt.Errorf("marking notice %s: %w", id, err)
	}
	return n, nil
}

// SeeAllNotices marks everything that the actor was told up to the request as seen. It may be repeated.
func (a *App) SeeAllNotices(ctx context.Context, actor cadre.Actor) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.SeeAllNotices(ctx, actor.CadreID, actor.At, a.now()) })
	if err != nil {
		return fmt.Errorf("marking all notices: %w", err)
	}
	return nil
}

// SeeIssue marks what the actor was told of an issue as seen, since they opened its page. It may be repeated.
func (a *App) SeeIssue(ctx context.Context, actor cadre.Actor, id uuid.UUID) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error { return tx.SeeIssue(ctx, id, actor.CadreID, a.now()) })
	if err != nil {
		return fmt.Errorf("marking notices of issue %s: %w", id, err)
	}
	return nil
}

// DeliverIssueNotices tells people of one event of an issue. Run twice it tells once.
func (a *App) DeliverIssueNotices(ctx context.Context, event uuid.UUID) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		now := a.now()
		found, err := tx.TellableEvent(ctx, event, territory.DayOf(now))
		if err != nil {
			return err
		}
		return tx.InsertNotices(ctx, issueNotices(found, found.Case.Situation(now)))
	})
	if err != nil {
		return fmt.Errorf("telling of event %s: %w", event, err)
	}
	return nil
}

func issueNotices(t postgres.TellableEvent, s casework.Situation) []Notice {
	e, issue := t.Event.Event, t.Case.Issue
	kind, leads := "issue."+string(e.Move), []cadre.ID(nil)
	if desk, ok := s.Desks.Find(e.ToDesk); ok {
		for _, h := range desk.Leads {
			leads = append(leads, h.CadreID)
		}
	}
	var notices []Notice
	for _, id := range s.Told(e, t.Audience) {
		n := Notice{
			ID: uuid.Must(uuid.NewV7()), Cadre: id, Event: "issue:" + e.ID.String(), Kind: kind, Issue: issue.ID, At: e.At,
			Args: map[string]string{"number": issue.Number, "title": issue.Title, "desk": t.Event.ToDeskName, "actor": t.Event.ActorName},
		}
		if e.Move == casework.Raise && e.Detail.Direct && !slices.Contains(leads, id) {
			n.Kind = noticeDirect
		}
		if slices.Contains(e.Detail.Mentioned, id) {
			n.Kind = noticeMention
		}
		notices = append(notices, n)
	}
	notices = append(notices, twinNotices(t, notices)...)
	for _, id := range s.TellAdministrators(e) {
		notices = append(notices, vacancy(id, "vacant:"+e.ID.String(), issue.Number, t.Event.ToDeskName, s))
	}
	return notices
}

// twinNotices tell those whose issues were merged into this one how that goes on, where they are not told of it already: they may not be
// able to read the survivor, so that the notice is about their own issue and names the survivor by its number.
func twinNotices(t postgres.TellableEvent, told []Notice) []Notice {
	e := t.Event.Event
	switch e.Move {
	case casework.Resolve, casework.Decline, casework.Confirm, casework.CloseSilent, casework.Reopen:
	default:
		return nil
	}
	var notices []Notice
	for _, m := range t.Merged {
		if m.Raiser == e.Actor || slices.ContainsFunc(slices.Concat(told, notices), func(n Notice) bool { return n.Cadre == m.Raiser }) {
			continue
		}
		notices = append(notices, Notice{
			ID: uuid.Must(uuid.NewV7()), Cadre: m.Raiser, Event: "issue:" + e.ID.String(), Kind: noticeTwin + string(e.Move), Issue: m.ID, At: e.At,
			Args: map[string]string{"number": m.Number, "title": m.Title, "into": t.Case.Issue.Number, "desk": t.Event.ToDeskName},
		})
	}
	return notices
}

// vacancy tells an administrator that desks of an issue's path have nobody. Administrators see numbers only: there is no
// title in it and no way to the issue.
func vacancy(id cadre.ID, key, number, desk string, s casework.Situation) Notice {
	return Notice{
		ID: uuid.Must(uuid.NewV7()), Cadre: id, Event: key, Kind: noticeVacant, At: s.At,
		Args: map[string]string{"number": number, "desk": desk},
	}
}

// DeliverReportNotices tells people of one sending of a report. Run twice it tells once.
func (a *App) DeliverReportNotices(ctx context.Context, id uuid.UUID, number int) error {
	err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
		page, err := tx.AnyReport(ctx, id)
		if err != nil {
			return err
		}
		var notices []Notice
		for _, to := range toldOf(page) {
			notices = append(notices, Notice{
				ID: uuid.Must(uuid.NewV7()), Cadre: to, Event: fmt.Sprintf("report:%s:%d", id, number), Kind: noticeReport, Report: id,
				At: page.Report.ReceivedAt, Args: map[string]string{"place": page.Chain.Self().Name, "actor": page.Author},
			})
		}
		return tx.InsertNotices(ctx, notices)
	})
	if err != nil {
		return fmt.Errorf("telling of report %s: %w", id, err)
	}
	return nil
}
