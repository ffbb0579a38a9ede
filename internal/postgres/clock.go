package postgres

import (
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/casework"
)

// clockRows is the working calendar and the deadlines as they are stored.
type clockRows struct {
	hours     []casework.WorkingHours
	special   []casework.SpecialDay
	deadlines []deadlineRow
}

type deadlineRow struct {
	key      casework.DeadlineKey
	deadline casework.Deadline
}

// queueClock adds the reads of the clock to a batch: some two hundred short rows.
func queueClock(b *batch, dst *clockRows) {
	queueAll(b, &dst.hours, func(row pgx.CollectableRow) (casework.WorkingHours, error) {
		var weekday, starts, ends int
		err := row.Scan(&weekday, &starts, &ends)
		return casework.WorkingHours{
			Weekday: time.Weekday(weekday % 7), Starts: time.Duration(starts) * time.Second, Ends: time.Duration(ends) * time.Second,
		}, err
	}, `SELECT weekday, extract(epoch FROM starts)::int, extract(epoch FROM ends)::int FROM working_hours`)
	queueAll(b, &dst.special, pgx.RowToStructByPos[casework.SpecialDay], `SELECT day, working, name FROM special_days`)
	queueAll(b, &dst.deadlines, func(row pgx.CollectableRow) (deadlineRow, error) {
		var d deadlineRow
		var acknowledge, act int
		err := row.Scan(&d.key.Level, &d.key.Severity, &acknowledge, &act)
		d.deadline = casework.Deadline{Acknowledge: time.Duration(acknowledge) * time.Minute, Act: time.Duration(act) * time.Minute}
		return d, err
	}, `SELECT level, severity, acknowledge, act FROM deadlines`)
}

func (c clockRows) clock() casework.Clock {
	deadlines := casework.Deadlines{}
	for _, d := range c.deadlines {
		deadlines[d.key] = d.deadline
	}
	return casework.Clock{Calendar: casework.NewCalendar(c.hours, c.special), Deadlines: deadlines}
}

// localDay is the SQL of the day in Asia/Ho_Chi_Minh on which an instant lies.
func localDay(instant string) string {
	return `(` + instant + ` AT TIME ZONE 'Asia/Ho_Chi_Minh')::date`
}
