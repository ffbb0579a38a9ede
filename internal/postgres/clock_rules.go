package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ClockRules is the working clock as it is stored, with the version that a change must have seen.
type ClockRules struct {
	Version   int
	Hours     []casework.WorkingHours
	Special   []casework.SpecialDay // of one year, the earliest first
	Deadlines casework.Deadlines
	Years     []int // that have special days
	Higher    bool  // somebody administers above or beside the reader's places: the clock is not theirs
}

const clockVersion = `coalesce((SELECT value::int FROM installation WHERE key = 'clock_version'), 0)`

// administered tells whether somebody who is not disabled administers, on the day ($2), anything that is neither one of the places ($1) nor
// below them. What holds for the whole installation belongs to administrators of a province (domain.md section 2); where there are none, to
// one who administers all that is administered.
const administered = `EXISTS (SELECT FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability = 'administer'
	JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
	WHERE s.voided_at IS NULL AND s.period @> $2::date AND NOT EXISTS (SELECT FROM localities o WHERE o.id = ANY($1) AND o.level = 'province')
		AND NOT EXISTS (SELECT FROM locality_chain(s.locality_id, $2) ch WHERE ch.locality_id = ANY($1)))`

// ClockRules reads the working clock with the special days of a year, in one round trip. Own are the places that the reader
// administers.
func (r reader) ClockRules(ctx context.Context, year int, own []territory.LocalityID, day territory.Day) (ClockRules, error) {
	var rules ClockRules
	var rows clockRows
	b := &batch{}
	queueClock(b, &rows)
	b.Queue(`SELECT ` + clockVersion).QueryRow(func(row pgx.Row) error { return row.Scan(&rules.Version) })
	queueAll(b, &rules.Special, pgx.RowToStructByPos[casework.SpecialDay], `SELECT day, working, name FROM special_days
		WHERE extract(year FROM day) = $1::int ORDER BY day`, year)
	queueAll(b, &rules.Years, pgx.RowTo[int], `SELECT DISTINCT extract(year FROM day)::int FROM special_days ORDER BY 1`)
	b.Queue(`SELECT `+administered, int64s(own), day).QueryRow(func(row pgx.Row) error { return row.Scan(&rules.Higher) })
	if err := r.run(ctx, b); err != nil {
		return ClockRules{}, err
	}
	rules.Hours, rules.Deadlines = rows.hours, rows.clock().Deadlines
	return rules, nil
}

// TouchClock takes the next version of the clock, which makes changes of it follow one another. Conflict if the stored version
// is another one than was seen, Forbidden if somebody administers above or beside.
func (t *Tx) TouchClock(ctx context.Context, seen int, own []territory.LocalityID, day territory.Day) error {
	var higher bool
	if err := t.tx.QueryRow(ctx, `SELECT `+administered, int64s(own), day).Scan(&higher); err != nil {
		return translate(err)
	}
	if higher {
		return fault.Forbidden("calendar.not_yours")
	}
	tag, err := t.tx.Exec(ctx, `INSERT INTO installation AS i (key, value) SELECT 'clock_version', '1' WHERE $1::int = `+clockVersion+`
		ON CONFLICT (key) DO UPDATE SET value = ($1::int + 1)::text WHERE i.value::int = $1::int`, seen)
	if err != nil {
		return translate(err)
	}
	if tag.RowsAffected() == 0 {
		return fault.Conflict("calendar.changed")
	}
	return nil
}

// ReplaceHours stores the working hours of the whole week.
func (t *Tx) ReplaceHours(ctx context.Context, hours []casework.WorkingHours) error {
	b := &batch{}
	b.Queue(`DELETE FROM working_hours`)
	for _, h := range hours {
		b.Queue(`INSERT INTO working_hours (weekday, starts, ends) VALUES ($1, $2, $3)`, isoWeekday(h.Weekday), timeOfDay(h.Starts), timeOfDay(h.Ends))
	}
	return t.run(ctx, b)
}

// isoWeekday counts from Monday, 1, to Sunday, 7.
func isoWeekday(d time.Weekday) int { return (int(d)+6)%7 + 1 }

// timeOfDay writes a time since midnight; the end of the day is 24:00.
func timeOfDay(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d.Hours()), int(d.Minutes())%60)
}

// ReplaceDeadlines stores all deadlines.
func (t *Tx) ReplaceDeadlines(ctx context.Context, deadlines casework.Deadlines) error {
	b := &batch{}
	for _, key := range casework.DeadlineKeys() {
		d := deadlines.Of(key.Level, key.Severity)
		b.Queue(`INSERT INTO deadlines (level, severity, acknowledge, act) VALUES ($1, $2, $3, $4)
			ON CONFLICT (level, severity) DO UPDATE SET acknowledge = excluded.acknowledge, act = excluded.act`,
			key.Level, key.Severity, int(d.Acknowledge.Minutes()), int(d.Act.Minutes()))
	}
	return t.run(ctx, b)
}

// PutSpecialDay stores a special day, in place of what the day was before.
func (t *Tx) PutSpecialDay(ctx context.Context, d casework.SpecialDay) error {
	_, err := t.tx.Exec(ctx, `INSERT INTO special_days (day, working, name) VALUES ($1, $2, $3)
		ON CONFLICT (day) DO UPDATE SET working = excluded.working, name = excluded.name`, d.Day, d.Working, d.Name)
	return translate(err)
}

// RemoveSpecialDay makes a day one like others of its weekday again.
func (t *Tx) RemoveSpecialDay(ctx context.Context, day territory.Day) error {
	_, err := t.tx.Exec(ctx, `DELETE FROM special_days WHERE day = $1`, day)
	return translate(err)
}
