package postgres

import (
	"fmt"
	"strings"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// facts is a search by words in one table of facts, the newest first. Its index holds the words together with where a fact
// belongs, who wrote it and in which month it came. Months are looked through in three steps, each only if those before gave
// too few: a common word then costs what one month holds, a rare one a few look-ups (architecture.md, "Search").
type facts struct {
	table   string // with the alias t
	author  string // column of t that names who wrote it
	at      string // column of t by which facts are sorted
	columns string // further columns of t that the guard needs
	guard   string // condition on t
	also    string // condition on t that finds facts without their words; empty for none
	day     territory.Day
	since   territory.Day // nothing that came before is wanted; zero for no bound
	limit   int
}

// candidates is how many of the newest matches are ranked: what stands nearest to the words as typed is put first among them.
const candidates = 200

// matches makes the condition that t has what a tsquery asks for.
func matches(query string, p *params) string { return `t.words @@ ` + p.add(query) + `::tsquery` }

// numberAndTitle is what the index issues_search holds.
const numberAndTitle = `search_key(coalesce(t.number, '') || ' ' || t.title)`

// tokens makes the tsquery of a scope, as search_tokens in SQL writes it. Nothing has the first token.
func tokens(s cadre.Scope) string {
	parts := []string{"'@'"}
	for _, b := range s.Branches {
		parts = append(parts, fmt.Sprintf("'@%d'", b.ID))
	}
	if s.Author != 0 {
		parts = append(parts, fmt.Sprintf("'~%d'", s.Author))
	}
	return "(" + strings.Join(parts, " | ") + ")"
}

// Months of the first two steps.
const (
	recentMonths = 2
	yearMonths   = 13
)

// steps makes the tsqueries of the months to look through one after the other: this month and the last one, the year before
// and, unless that is far enough, the rest.
func steps(day, since territory.Day) []string {
	var recent, year []string
	first := day.Start().AddDate(0, 0, 1-day.Start().Day())
	for n := range yearMonths {
		if !since.IsZero() && first.AddDate(0, 1-n, 0).Compare(since.Start()) <= 0 {
			return queries(recent, year)
		}
		month := first.AddDate(0, -n, 0)
		token := fmt.Sprintf("'#%d'", month.Year()*100+int(month.Month()))
		if n < recentMonths {
			recent = append(recent, token)
		} else {
			year = append(year, token)
		}
	}
	list := queries(recent, year)
	if oldest := first.AddDate(0, 1-yearMonths, 0); since.IsZero() || since.Start().Before(oldest) {
		list = append(list, "!("+strings.Join(append(recent, year...), " | ")+")")
	}
	return list
}

func queries(sets ...[]string) []string {
	var list []string
	for _, tokens := range sets {
		if len(tokens) > 0 {
			list = append(list, "("+strings.Join(tokens, " | ")+")")
		}
	}
	return list
}

// sql makes a query of the id and time of the newest facts that a tsquery finds inside a scope.
func (f facts) sql(s cadre.Scope, query string, p *params) string {
	limit := p.add(f.limit)
	scope := tokens(s) + " & "
	var with, parts []string
	step := func(where string) {
		name := fmt.Sprintf("step%d", len(with))
		with = append(with, name+` AS MATERIALIZED (SELECT t.id, `+f.columns+`, t.`+f.author+`, t.locality_id, t.province_id, t.district_id,
			t.commune_id, t.hamlet_id FROM `+f.table+` t WHERE `+where+`)`)
		parts = append(parts, `(SELECT t.id, t.`+f.at+` FROM `+name+` t WHERE `+f.guard+` ORDER BY t.`+f.at+` DESC, t.id DESC LIMIT `+limit+`)`)
	}
	if f.also != "" {
		step(f.also)
	}
	for _, months := range steps(f.day, f.since) {
		step(matches(scope+months+" & "+query, p))
	}
	return `WITH ` + strings.Join(with, ", ") + ` SELECT x.* FROM (` + strings.Join(parts, " UNION ALL ") + `) x LIMIT ` + limit
}

// ranked makes a query of the ids of the best facts with their tier: those that fit the first rank, then the second, and so
// on, the newest first among equals. What fits as it was typed is looked for by itself, so that it is found even where much
// else fits without diacritics.
func (f facts) ranked(q SearchQuery, s cadre.Scope, ranks []string, p *params) string {
	var tier strings.Builder
	for i, rank := range ranks {
		fmt.Fprintf(&tier, ` WHEN %s THEN %d`, rank, i)
	}
	found := `SELECT c.id FROM (` + f.sql(s, q.Words.every(), p) + `) c`
	if typed := q.Words.asTyped(); typed != q.Words.every() {
		f.also = ""
		found += ` UNION SELECT c.id FROM (` + f.sql(s, typed, p) + `) c`
	}
	return `SELECT CASE` + tier.String() + fmt.Sprintf(` ELSE %d END AS tier, t.id`, len(ranks)) + ` FROM ` + f.table + ` t WHERE t.id IN (` + found + `)
		ORDER BY 1, t.` + f.at + ` DESC, t.id DESC LIMIT ` + p.add(q.Limit+1)
}
