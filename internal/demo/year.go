package demo

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Length of the year of work, in days before the seeding.
const yearDays = 365

// yearStream keeps the random numbers of the year apart from those of the people, who stay the same with and without it.
const yearStream = 0xBA_2021

// year makes the work of the last twelve months: reports, issues with their events, and notices. Everything happens under a
// clock of its own and through the rules of casework, so that nothing stands in the demo that the application would refuse.
type year struct {
	*world
	random *rand.Rand
	kinds  *rand.Rand                           // of the kinds of reports
	homes  map[territory.LocalityID][]uuid.UUID // households by their numbers
	now    time.Time
	begin  time.Time // the later of twelve months ago and the people's first full day
	texts  *library
	used   map[string]bool        // texts that stand somewhere already
	silent map[cadre.ID]time.Time // who reports nothing any more, and since when
	told   map[*story]int
	byPost map[string][]duty

	reports  []*report
	issues   []*issueFile
	counters []counter
	notices  []notice
}

func newYear(w *world, o Options) (*year, error) {
	texts, err := newLibrary()
	if err != nil {
		return nil, err
	}
	y := &year{
		world: w, random: rand.New(rand.NewPCG(uint64(o.Seed), yearStream)), now: o.Now.Truncate(time.Second), texts: texts,
		kinds: rand.New(rand.NewPCG(uint64(o.Seed), kindStream)), homes: homesOf(w.tree, o),
		used: map[string]bool{}, silent: map[cadre.ID]time.Time{}, told: map[*story]int{},
	}
	y.begin = y.now.AddDate(0, 0, -yearDays)
	if first := assignedSince.Add(1).Start(); y.begin.Before(first) {
		y.begin = first
	}
	return y, nil
}

// work makes the whole year.
func (y *year) work() error {
	y.fallSilent()
	if err := y.raiseIssues(); err != nil {
		return err
	}
	if err := y.writeReports(); err != nil {
		return err
	}
	if err := y.writeMonths(); err != nil {
		return err
	}
	if err := y.reviewReports(); err != nil {
		return err
	}
	y.tell()
	return nil
}

// store enters the year.
func (y *year) store(ctx context.Context, tx pgx.Tx) error {
	for _, step := range []func(context.Context, pgx.Tx) error{y.storeReports, y.storeReviews, y.storeSources, y.storeIssues, y.storeEvents, y.storeNotices} {
		if err := step(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// seedYear makes and enters the year of work of the people who were entered before.
func seedYear(ctx context.Context, tx pgx.Tx, t *tree, r *roster, o Options) (*year, error) {
	w, err := newWorld(ctx, tx, t, r)
	if err != nil {
		return nil, err
	}
	y, err := newYear(w, o)
	if err != nil {
		return nil, err
	}
	if err := y.work(); err != nil {
		return nil, fmt.Errorf("making the year of work: %w", err)
	}
	return y, y.store(ctx, tx)
}

// id makes a UUIDv7 of an instant.
func (y *year) id(at time.Time) uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], uint64(at.UnixMilli())<<16|uint64(y.random.IntN(1<<12)))
	binary.BigEndian.PutUint64(id[8:], y.random.Uint64())
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}

// ago gives the instant from which the given working time has passed until now.
func (y *year) ago(working time.Duration) time.Time {
	const week = 7 * 24 * time.Hour
	early := y.now
	for y.clock.Calendar.Between(early, y.now) < working {
		early = early.Add(-week)
	}
	late := early.Add(week)
	if late.After(y.now) {
		late = y.now
	}
	for late.Sub(early) > time.Second {
		middle := early.Add(late.Sub(early) / 2)
		if y.clock.Calendar.Between(middle, y.now) < working {
			late = middle
		} else {
			early = middle
		}
	}
	return early.Truncate(time.Second)
}

// workingMoment gives a moment of the working time of the day, or of the next working day after it.
func (y *year) workingMoment(day territory.Day) time.Time {
	for !y.clock.Calendar.IsWorkingDay(day) {
		day = day.Add(1)
	}
	first := day.At(0)
	return y.clock.Calendar.Add(first, y.between(10*time.Minute, 8*time.Hour-10*time.Minute))
}

// between gives a duration of the range, in whole seconds.
func (y *year) between(low, high time.Duration) time.Duration {
	return low + time.Duration(y.random.Int64N(int64((high-low)/time.Second)+1))*time.Second
}

// chance tells true in so many of a hundred cases.
func (y *year) chance(percent int) bool { return y.random.IntN(100) < percent }

// fresh marks a text as used and tells whether it was new.
func (y *year) fresh(text string) bool {
	if y.used[text] {
		return false
	}
	y.used[text] = true
	return true
}

// onDay gives the day of an instant.
func onDay(at time.Time) territory.Day { return territory.DayOf(at) }
