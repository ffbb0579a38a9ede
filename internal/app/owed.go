package app

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the list of places without a report.
type (
	OwedFilter  = postgres.OwedFilter
	OwedRow     = postgres.OwedRow
	OwedList    = postgres.OwedList
	OwedPlace   = postgres.OwedPlace
	OwedCommune = postgres.OwedCommune
)

// Kinds of notices that remind of reports; the second one names some of many places.
const (
	NoticeOwed     = "report.owed"
	NoticeOwedMore = "report.owed_more"
)

// Owed lists who owes a report of a month below the places that the actor leads, and has sent none.
func (a *App) Owed(ctx context.Context, actor cadre.Actor, f OwedFilter, page ListPage) (OwedList, error) {
	list, err := a.db.Owed(ctx, ledBelow(actor, f.Month.Last()), f, page)
	if err != nil {
		return OwedList{}, fmt.Errorf("listing places without a report of %s: %w", f.Month, err)
	}
	return list, nil
}

// RemindOwed reminds people on the mornings that casework names of the places of which they have not reported, and gives the number of the
// reminded. Each is reminded once, however often and in however many processes it runs.
func (a *App) RemindOwed(ctx context.Context) (reminded int, err error) {
	calendar, err := a.db.Calendar(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the calendar: %w", err)
	}
	which := calendar.ReminderAt(a.now())
	if which == casework.NoReminder {
		return 0, nil
	}
	today := territory.DayOf(a.now())
	month, after := casework.MonthOf(today), cadre.ID(0)
	key := fmt.Sprintf("owed:%s:%s", month, which)
	for {
		var debtors []postgres.Debtor
		err := a.db.InTx(ctx, func(tx *postgres.Tx) error {
			if debtors, err = tx.Debtors(ctx, month, key, today, after, atOnce); err != nil {
				return err
			}
			var notices []Notice
			for _, d := range debtors {
				notices = append(notices, a.owedNotice(d, month, key))
			}
			return tx.InsertNotices(ctx, notices)
		})
		if err != nil {
			return reminded, fmt.Errorf("reminding of reports of %s: %w", month, err)
		}
		reminded += len(debtors)
		if len(debtors) < atOnce {
			return reminded, nil
		}
		after = debtors[len(debtors)-1].Cadre
	}
}

func (a *App) owedNotice(d postgres.Debtor, month casework.Month, key string) Notice {
	n := Notice{
		ID: uuid.Must(uuid.NewV7()), Cadre: d.Cadre, Event: key, Kind: NoticeOwed, At: a.now(),
		Args: map[string]string{"month": month.First().Start().Format("01/2006"), "places": strings.Join(d.Places, "; ")},
	}
	if more := d.Count - len(d.Places); more > 0 {
		n.Kind, n.Args["n"] = NoticeOwedMore, strconv.Itoa(more)
	}
	return n
}
