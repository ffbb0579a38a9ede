package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the figures.
type (
	FiguresFilter = postgres.FiguresFilter
	HandledRow    = postgres.HandledRow
)

// Figure says how long something took, in working time, for one desk, field, level or month, or for all.
type Figure struct {
	Desk         territory.LocalityID
	Name         string          // of the desk
	Level        territory.Level // of the desk or desks
	Field        WorkField
	Month        territory.Day // its first day
	Acknowledged casework.Durations
	Resolved     casework.Durations
	Reopened     int // of what was resolved
}

// Figures are what desks did within a period with the issues that the reader leads. A desk is measured from the arrival at it,
// a field, a month and the whole from the raising: how long a place waited, whoever held the issue.
type Figures struct {
	All    Figure
	Desks  []Figure // the slowest first, those with only a few behind them
	Fields []Figure
	Levels []Figure // of those that resolved, from below
	Months []Figure // all of the period, the earliest first
	Place  territory.Chain
	Places []territory.Locality
	Chosen []WorkField // fields by which they can be narrowed
}

// Figures sums up what desks did within a period. Forbidden if the actor leads nothing.
func (a *App) Figures(ctx context.Context, actor cadre.Actor, f FiguresFilter) (Figures, error) {
	q, err := figuresQuery(actor, f)
	if err != nil {
		return Figures{}, err
	}
	found, err := a.db.Figures(ctx, q)
	if err != nil {
		return Figures{}, fmt.Errorf("reading figures: %w", err)
	}
	out := Figures{Place: viewable(actor, found.Place), Places: found.Below, Chosen: found.Fields}
	meter := found.Calendar.Meter(f.From.Add(-meteredBefore).Start(), f.To.Add(1).Start())
	all := sums[struct{}]{}
	desks, fields, levels, months := sums[territory.LocalityID]{}, sums[string]{}, sums[territory.Level]{}, sums[territory.Day]{}
	for m := monthOf(f.From.Start()); !m.After(f.To); m = nextMonth(m) {
		months.of(m)
	}
	for _, h := range found.Handled {
		atDesk, waited := meter.Between(h.Arrived, h.At), meter.Between(h.Raised, h.At)
		all.of(struct{}{}).add(h, waited)
		desks.of(h.Desk).add(h, atDesk)
		fields.of(h.Field.Code).add(h, waited)
		levels.of(h.Level).add(h, atDesk)
		months.of(monthOf(h.At)).add(h, waited)
	}
	out.All = all.of(struct{}{}).figure()
	out.Desks, out.Fields, out.Levels, out.Months = desks.figures(), fields.figures(), levels.figures(), months.figures()
	for i, m := range sortedKeys(months) {
		out.Months[i].Month = m
	}
	slices.SortFunc(out.Desks, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(a.few(), b.few()), cmp.Compare(b.Resolved.Ninetieth, a.Resolved.Ninetieth),
			cmp.Compare(b.Acknowledged.Ninetieth, a.Acknowledged.Ninetieth), cmp.Compare(a.Desk, b.Desk))
	})
	slices.SortFunc(out.Fields, func(a, b Figure) int {
		return cmp.Or(cmp.Compare(b.Resolved.Count, a.Resolved.Count), cmp.Compare(a.Field.Code, b.Field.Code))
	})
	slices.SortFunc(out.Levels, func(a, b Figure) int { return b.Level.Rank() - a.Level.Rank() })
	return out, nil
}

// fewHandled is below how many issues the times of a desk say little.
const fewHandled = 5

// few is 1 for a figure of too few issues, else 0.
func (f Figure) few() int {
	if f.Resolved.Count < fewHandled {
		return 1
	}
	return 0
}

// meteredBefore is how many days before the period the calendar is summed up: most issues were raised within them.
const meteredBefore = 366

func figuresQuery(actor cadre.Actor, f FiguresFilter) (postgres.FiguresQuery, error) {
	q := postgres.FiguresQuery{Scope: actor.Scope(cadre.ReviewBoard), Filter: f, Now: actor.At}
	if len(q.Scope.Branches) == 0 {
		return q, fault.Forbidden("fault.forbidden")
	}
	q.Filter.Inside = f.Place != 0 && !aboveOwn(actor, f.Place)
	q.Desks, _ = ownDesks(actor)
	return q, nil
}

// HandledList is a page of what is behind a figure, with the working time of each.
type HandledList struct {
	Rows []Handled
	Next string // cursor of the next page; empty on the last one
}

// Handled is one thing that a desk did, with how long it took.
type Handled struct {
	HandledRow
	AtDesk time.Duration // working time since the arrival at the desk
	Waited time.Duration // working time since the raising
}

// HandledIssues lists what is behind a figure, the last first. Forbidden if the actor leads nothing.
func (a *App) HandledIssues(ctx context.Context, actor cadre.Actor, f FiguresFilter, page ListPage) (HandledList, error) {
	q, err := figuresQuery(actor, f)
	if err != nil {
		return HandledList{}, err
	}
	found, err := a.db.HandledIssues(ctx, q, page)
	if err != nil {
		return HandledList{}, fmt.Errorf("reading what is behind a figure: %w", err)
	}
	list := HandledList{Next: found.Next}
	meter := found.Calendar.Meter(f.From.Add(-meteredBefore).Start(), f.To.Add(1).Start())
	for _, row := range found.Rows {
		list.Rows = append(list.Rows, Handled{HandledRow: row, AtDesk: meter.Between(row.Arrived, row.At), Waited: meter.Between(row.Raised, row.At)})
	}
	return list, nil
}

// sum collects durations towards one figure.
type sum struct {
	Figure
	acknowledged, resolved []time.Duration
}

func (s *sum) add(h postgres.Handled, took time.Duration) {
	s.Desk, s.Name, s.Level, s.Field = h.Desk, h.Name, h.Level, h.Field
	if h.Move == casework.Acknowledge {
		s.acknowledged = append(s.acknowledged, took)
		return
	}
	s.resolved = append(s.resolved, took)
	if h.Reopened {
		s.Reopened++
	}
}

func (s *sum) figure() Figure {
	s.Acknowledged, s.Resolved = casework.DurationsOf(s.acknowledged), casework.DurationsOf(s.resolved)
	return s.Figure
}

// sums are the sums of several figures by what tells them apart.
type sums[K comparable] map[K]*sum

func (s sums[K]) of(key K) *sum {
	if s[key] == nil {
		s[key] = &sum{}
	}
	return s[key]
}

// figures gives the figures in any order, but those of days in theirs.
func (s sums[K]) figures() []Figure {
	list := make([]Figure, 0, len(s))
	for _, key := range sortedKeys(s) {
		list = append(list, s[key].figure())
	}
	return list
}

func sortedKeys[K comparable](s sums[K]) []K {
	keys := make([]K, 0, len(s))
	for key := range s {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b K) int { return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return keys
}

// monthOf gives the first day of the month in which an instant lies.
func monthOf(at time.Time) territory.Day {
	local := at.In(territory.Zone)
	return territory.NewDay(local.Year(), local.Month(), 1)
}

func nextMonth(m territory.Day) territory.Day { return monthOf(m.Add(31).Start()) }
