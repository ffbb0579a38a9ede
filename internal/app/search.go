package app

import (
	"context"
	"fmt"
	"slices"

	"banam/internal/cadre"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// What a search is made of and what it finds.
type (
	Words     = postgres.Words
	WordsPart = postgres.Part
	PlaceHit  = postgres.PlaceHit
	CadreHit  = postgres.CadreHit
	IssueHit  = postgres.IssueHit
	ReportHit = postgres.ReportHit
)

// MaxWordsLength is how many characters of a search count.
const MaxWordsLength = postgres.MaxWordsLength

// SearchDays is how far back a search looks for reports, unless it is asked to look through all of them.
const SearchDays = 365

// SearchHits is how many hits of each kind a search gives.
const SearchHits = 8

// Search is what a search found. Each kind has at most SearchHits rows; the More flags tell of further ones.
type Search struct {
	postgres.Found
	Since                                           territory.Day // reports of what happened before were left out; zero for none
	MorePlaces, MoreCadres, MoreIssues, MoreReports bool
}

// ParseWords reads what somebody typed into a search box.
func ParseWords(typed string) Words { return postgres.ParseWords(typed) }

// Search looks for places that the actor may know of, for who holds a post there today, and for issues and reports that the
// actor may read. Reports of all times are only looked through when asked for. Too short a search finds nothing.
func (a *App) Search(ctx context.Context, actor cadre.Actor, words Words, allTimes bool) (Search, error) {
	var s Search
	if !allTimes {
		s.Since = actor.Today().Add(-SearchDays)
	}
	if words.TooShort() {
		return s, nil
	}
	q := postgres.SearchQuery{
		Words: words, Day: actor.Today(), Since: s.Since, Limit: SearchHits,
		Issues: actor.Scope(cadre.ReadIssue), Reports: actor.Scope(cadre.ReadReport),
	}
	for _, b := range actor.Scope(cadre.ViewPlace).Branches {
		q.Places = append(q.Places, b.ID)
	}
	for _, g := range actor.Grants { // the desks above one's own places are known too
		q.Above = append(q.Above, g.Path...)
	}
	slices.Sort(q.Above)
	q.Above = slices.Compact(q.Above)
	found, err := a.db.Search(ctx, q)
	if err != nil {
		return Search{}, fmt.Errorf("searching: %w", err)
	}
	s.Places, s.MorePlaces = firstHits(found.Places)
	s.Cadres, s.MoreCadres = firstHits(found.Cadres)
	s.Issues, s.MoreIssues = firstHits(found.Issues)
	s.Reports, s.MoreReports = firstHits(found.Reports)
	return s, nil
}

// firstHits gives as many hits as a search shows, and whether there are more.
func firstHits[T any](hits []T) ([]T, bool) {
	if len(hits) > SearchHits {
		return hits[:SearchHits], true
	}
	return hits, false
}
