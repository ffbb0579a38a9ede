package app_test

import (
	"testing"
	"time"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Two issues, one solved by the commune, one passed on and opened again: each desk is measured in working time from the arrival
// at it, the whole from the raising, and behind each figure stand as many rows as it says.
func TestFigures(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	at := func(day, hour, minute int) { s.setClock(time.Date(2020, 3, day, hour, minute, 0, 0, territory.Zone)) }
	at(2, 9, 0) // a Monday; 07:00–11:00 and 13:00–17:00 are working time
	simple, hard := s.raise("cbhuyen", s.bridge()), s.raise("cbhuyen", s.bridge())
	at(2, 10, 0)
	s.move("bithu", simple, s.request(casework.Acknowledge))
	s.move("bithu", simple, s.request(casework.Start))
	at(2, 14, 0)
	s.move("bithu", simple, s.request(casework.Resolve))
	at(2, 15, 0)
	s.move("bithu", hard, s.request(casework.Acknowledge))
	at(2, 16, 0)
	s.move("bithu", hard, s.request(casework.Escalate))
	at(3, 8, 0)
	s.move("tieuvung1", hard, s.request(casework.Acknowledge))
	s.move("tieuvung1", hard, s.request(casework.Start))
	at(3, 10, 0)
	s.move("tieuvung1", hard, s.request(casework.Resolve))
	at(3, 12, 0)
	s.move("cbhuyen", hard, s.request(casework.Reopen))
	at(3, 14, 0)
	s.move("tieuvung1", hard, s.request(casework.Acknowledge))
	s.move("tieuvung1", hard, s.request(casework.Start))
	at(3, 15, 0)
	s.move("tieuvung1", hard, s.request(casework.Resolve))
	at(20, 9, 0)

	march := app.FiguresFilter{From: territory.NewDay(2020, 2, 1), To: territory.NewDay(2020, 3, 20)}
	read := func(login string, f app.FiguresFilter) app.Figures {
		t.Helper()
		found, err := s.app.Figures(t.Context(), s.as(login), f)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	hours := func(count, median, ninetieth int) casework.Durations {
		return casework.Durations{Count: count, Median: time.Duration(median) * time.Hour, Ninetieth: time.Duration(ninetieth) * time.Hour}
	}
	check := func(name string, got app.Figure, acknowledged, resolved casework.Durations, reopened int) {
		t.Helper()
		if got.Acknowledged != acknowledged || got.Resolved != resolved || got.Reopened != reopened {
			t.Errorf("%s: got %v, %v and %d, want %v, %v and %d", name, got.Acknowledged, got.Resolved, got.Reopened, acknowledged, resolved, reopened)
		}
	}
	found := read("tieuvung1", march)
	if len(found.Desks) != 2 || found.Desks[0].Name != "Tiểu vùng I" || found.Desks[1].Name != "Xã Châu Hưng" {
		t.Fatalf("got desks %+v", found.Desks)
	}
	check("the sub-region", found.Desks[0], hours(2, 1, 2), hours(2, 2, 4), 1)
	check("the commune", found.Desks[1], hours(2, 1, 4), hours(1, 3, 3), 0)
	check("all", found.All, hours(4, 4, 11), hours(3, 9, 12), 1)
	check("the one field", found.Fields[0], hours(4, 4, 11), hours(3, 9, 12), 1)
	if len(found.Levels) != 2 || found.Levels[0].Level != territory.Commune || found.Levels[0].Resolved.Count != 1 || found.Levels[1].Resolved.Count != 2 {
		t.Errorf("got levels %+v", found.Levels)
	}
	if len(found.Months) != 2 || found.Months[0].Resolved.Count != 0 || found.Months[1].Resolved.Count != 3 || found.Months[1].Month != territory.NewDay(2020, 3, 1) {
		t.Errorf("got months %+v", found.Months)
	}

	second := march
	second.From = territory.NewDay(2020, 3, 3)
	check("from the second day on", read("tieuvung1", second).All, hours(2, 7, 11), hours(2, 9, 12), 1)
	for _, tt := range []struct {
		login string
		f     func(*app.FiguresFilter)
	}{
		{"tieuvung2", func(*app.FiguresFilter) {}}, {"bithu2", func(f *app.FiguresFilter) { f.Place = s.place("Xã Châu Hưng") }},
		{"tieuvung1", func(f *app.FiguresFilter) { f.Field = "water" }}, {"tieuvung1", func(f *app.FiguresFilter) { f.Place = s.place("Xã Lộc Thuận") }},
		{"tieuvung1", func(f *app.FiguresFilter) { f.To = territory.NewDay(2020, 2, 29) }},
	} {
		f := march
		tt.f(&f)
		if got := read(tt.login, f); got.All.Acknowledged.Count+got.All.Resolved.Count != 0 {
			t.Errorf("%s, %+v: got %+v", tt.login, f, got.All)
		}
	}
	if _, err := s.app.Figures(t.Context(), s.as("admin"), march); fault.KindOf(err) != fault.KindForbidden {
		t.Errorf("an administrator: got %v", err)
	}

	for _, tt := range []struct {
		name string
		f    func(*app.FiguresFilter)
		want int
	}{
		{"all", func(*app.FiguresFilter) {}, 7}, {"resolved", func(f *app.FiguresFilter) { f.Move = casework.Resolve }, 3},
		{"by the commune", func(f *app.FiguresFilter) { f.Move, f.Desk = casework.Acknowledge, s.place("Xã Châu Hưng") }, 2},
		{"by sub-regions", func(f *app.FiguresFilter) { f.Level = territory.Subregion }, 4}, {"opened again", func(f *app.FiguresFilter) { f.Reopened = true }, 1},
	} {
		f, n := march, 0
		tt.f(&f)
		for after := ""; ; {
			list, err := s.app.HandledIssues(t.Context(), s.as("tieuvung1"), f, app.ListPage{After: after, Limit: 2})
			if err != nil {
				t.Fatal(err)
			}
			n += len(list.Rows)
			for _, row := range list.Rows {
				if row.Issue.Title == "" || row.AtDesk > row.Waited {
					t.Errorf("%s: got %+v", tt.name, row)
				}
			}
			if after = list.Next; after == "" {
				break
			}
		}
		if n != tt.want {
			t.Errorf("%s: got %d rows, want %d", tt.name, n, tt.want)
		}
	}
}
