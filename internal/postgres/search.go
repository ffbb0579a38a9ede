package postgres

import (
	"context"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// SearchQuery says what is searched for, by whom and how far back.
type SearchQuery struct {
	Words   Words
	Day     territory.Day
	Places  []territory.LocalityID // whose subtrees of the day may be known
	Above   []territory.LocalityID // single places that may be known besides
	Issues  cadre.Scope
	Reports cadre.Scope
	Since   territory.Day // reports of things that happened before are left out; zero for none
	Limit   int           // hits of each kind
}

// PlaceHit is a place that was found.
type PlaceHit struct {
	ID   territory.LocalityID
	Name string // of today
	Old  string // the former name that was found; empty if it was today's
	In   string // names of the next places above
}

// CadreHit is a person that was found, with the first post held today at a place that the reader may know of.
type CadreHit struct {
	ID      cadre.ID
	Name    string
	Post    cadre.Post
	PlaceID territory.LocalityID
	Place   string
	In      string // names of the next places above
	More    int    // further posts at such places
}

// IssueHit is an issue that was found.
type IssueHit struct {
	IssueLine
	Description string
}

// ReportHit is a report that was found.
type ReportHit struct {
	ReportLine
	Text string // all that can be found of it
}

// Found is what a search found, the best first. Each list has one row more than asked for where there are more.
type Found struct {
	Places  []PlaceHit
	Cadres  []CadreHit
	Issues  []IssueHit
	Reports []ReportHit
}

// Search looks for places, people, issues and reports inside what the reader may know, in one round trip.
func (r reader) Search(ctx context.Context, q SearchQuery) (Found, error) {
	var found Found
	b := &batch{}
	queuePlaceHits(b, &found.Places, q)
	queueCadreHits(b, &found.Cadres, q)
	queueIssueHits(b, &found.Issues, q)
	queueReportHits(b, &found.Reports, q)
	if err := r.run(ctx, b); err != nil {
		return Found{}, err
	}
	return found, nil
}

// known makes the table "known" of the places whose names and people the reader may see.
func known(q SearchQuery, p *params) string {
	day := p.add(q.Day)
	return `RECURSIVE below (id) AS (
			SELECT unnest(` + p.add(int64s(q.Places)) + `::bigint[])
			UNION SELECT v.locality_id FROM below b JOIN locality_versions v ON v.parent_id = b.id AND v.valid @> ` + day + `::date),
		known AS MATERIALIZED (SELECT id FROM below UNION SELECT unnest(` + p.add(int64s(q.Above)) + `::bigint[]))`
}

// words makes the text of a key in which every word stands between single spaces.
func words(key string) string {
	return `' ' || translate(` + key + `, '-–/.,()''’', '         ') || ' '`
}

// named makes the condition that a name has all the words; no name has those that are only signs. The first part says nothing new,
// but an index answers it.
func named(key string, w Words, p *params) string {
	if len(w.plain) == 0 {
		return "false"
	}
	parts := []string{key + ` LIKE ` + p.add("%"+w.longest()+"%")}
	for _, pattern := range w.patterns() {
		parts = append(parts, `(`+words(key)+`) LIKE `+p.add(pattern))
	}
	return strings.Join(parts, " AND ")
}

// nearness makes the columns by which names are ranked: exact is 0 where the diacritics are as they were typed, place
// where the words stand in the name. Rest is the key without what stands before the name proper.
func nearness(key, tone, rest string, w Words, p *params) string {
	exact, plain := p.add(strings.Join(w.toned, " ")), p.add(strings.Join(w.plain, " "))
	return `CASE WHEN (` + words(tone) + `) LIKE '% ' || ` + exact + ` || ' %' THEN 0 ELSE 1 END AS exact,
		CASE WHEN ` + key + ` = ` + plain + ` OR ` + rest + ` = ` + plain + ` THEN 0
			WHEN starts_with(` + key + `, ` + plain + `) OR starts_with(` + rest + `, ` + plain + `) THEN 1
			WHEN (` + words(key) + `) LIKE '% ' || ` + plain + ` || '%' THEN 2 ELSE 3 END AS place`
}

// namesAbove makes the names of the next places above one, the sub-region aside.
func namesAbove(id, day string) string {
	return `coalesce((SELECT string_agg(u.name, ', ') FROM (SELECT ch.name FROM locality_chain(` + id + `, ` + day + `::date) ch
		WHERE ch.depth > 0 AND ch.level <> 'subregion' ORDER BY ch.depth LIMIT 2) u), '')`
}

func queuePlaceHits(b *batch, dst *[]PlaceHit, q SearchQuery) {
	p := &params{}
	with, day := known(q, p), p.add(q.Day)
	rest := `CASE WHEN starts_with(v.name, v.type || ' ') THEN substr(v.search_key, length(v.type) + 2) ELSE v.search_key END`
	queueAll(b, dst, pgx.RowToStructByPos[PlaceHit], `WITH `+with+`, direct AS (
			SELECT DISTINCT ON (v.locality_id) v.locality_id, v.name AS found, `+nearness("v.search_key", "v.tone_key", rest, q.Words, p)+`
			FROM known k JOIN locality_versions v ON v.locality_id = k.id
			WHERE coalesce(lower(v.valid), '-infinity') <= `+day+`::date AND `+named("v.search_key", q.Words, p)+`
			ORDER BY v.locality_id, v.valid @> `+day+`::date DESC, exact, place, upper(v.valid) DESC),
		`+insideSQL(q.Words, day, p)+`
		hits AS (SELECT * FROM direct UNION ALL SELECT * FROM inside WHERE locality_id NOT IN (SELECT locality_id FROM direct)),
		best AS (SELECT h.*, n.name, l.level FROM hits h JOIN localities l ON l.id = h.locality_id
			JOIN locality_versions n ON n.locality_id = h.locality_id AND n.valid @> `+day+`::date
			ORDER BY h.exact, h.place, h.found <> n.name, array_position(ARRAY['province', 'district', 'subregion', 'commune', 'hamlet', 'group'], l.level),
				coalesce(substring(n.name FROM '[0-9]{1,9}')::int, 0), n.name COLLATE "vi-x-icu", h.locality_id LIMIT `+p.add(q.Limit+1)+`)
		SELECT locality_id, name, CASE WHEN found <> name THEN found ELSE '' END, `+namesAbove("locality_id", day)+` FROM best`, p.list...)
}

// insideSQL makes the table "inside" of known places that have the first of the words in their name of today and lie inside a known one that
// has the others in its own: they come behind those that have all words themselves.
func insideSQL(w Words, day string, p *params) string {
	var outer, inner []string
	for i, split := range w.splits() {
		n := strconv.Itoa(i)
		outer = append(outer, `SELECT v.locality_id, `+n+` FROM known k JOIN locality_versions v ON v.locality_id = k.id AND v.valid @> `+day+`::date
			WHERE `+named("v.search_key", split[1], p))
		inner = append(inner, `t.split = `+n+` AND `+named("t.key", split[0], p))
	}
	if len(outer) == 0 {
		return `inside AS (SELECT * FROM direct WHERE false),`
	}
	return `through (id, split, depth, name, key) AS (SELECT o.locality_id, o.split, 0, '', '' FROM (` + strings.Join(outer, ` UNION ALL `) + `) AS o (locality_id, split)
			UNION ALL SELECT v.locality_id, t.split, t.depth + 1, v.name, v.search_key FROM through t JOIN locality_versions v ON v.parent_id = t.id AND v.valid @> ` + day + `::date
				WHERE t.depth < 4),
		inside AS (SELECT DISTINCT ON (t.id) t.id AS locality_id, t.name AS found, 1 AS exact, 4 AS place FROM through t JOIN known k ON k.id = t.id
			WHERE ` + strings.Join(inner, ` OR `) + ` ORDER BY t.id),`
}

func queueCadreHits(b *batch, dst *[]CadreHit, q SearchQuery) {
	p := &params{}
	with, day := known(q, p), p.add(q.Day)
	given := `substr(c.search_key, length(c.search_key) - length(` + p.add(strings.Join(q.Words.plain, " ")) + `) + 1)`
	queueAll(b, dst, scanCadreHit, `WITH `+with+`, hits AS (
			SELECT DISTINCT ON (c.id) c.id, c.full_name, c.given_name, s.post_id, s.locality_id,
				(count(*) OVER (PARTITION BY c.id) - 1)::int AS more, `+nearness("c.search_key", "c.tone_key", given, q.Words, p)+`
			FROM known k JOIN assignments s ON s.locality_id = k.id AND s.voided_at IS NULL AND s.period @> `+day+`::date
			JOIN posts po ON po.id = s.post_id AND po.capability <> 'administer'
			JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
			WHERE `+named("c.search_key", q.Words, p)+`
			ORDER BY c.id, s.is_primary DESC, po.position DESC, s.id),
		best AS (SELECT h.*, n.name FROM hits h JOIN locality_versions n ON n.locality_id = h.locality_id AND n.valid @> `+day+`::date
			ORDER BY h.exact, h.place, h.given_name COLLATE "vi-x-icu", h.full_name COLLATE "vi-x-icu", h.id LIMIT `+p.add(q.Limit+1)+`)
		SELECT best.id, full_name, po.code, po.name_vi, po.name_en, po.tier, po.capability, locality_id, best.name, `+namesAbove("locality_id", day)+`, more
		FROM best JOIN posts po ON po.id = best.post_id
		ORDER BY exact, place, given_name COLLATE "vi-x-icu", full_name COLLATE "vi-x-icu", best.id`, p.list...)
}

func scanCadreHit(row pgx.CollectableRow) (CadreHit, error) {
	var h CadreHit
	po := &h.Post
	err := row.Scan(&h.ID, &h.Name, &po.Code, &po.NameVi, &po.NameEn, &po.Tier, &po.Capability, &h.PlaceID, &h.Place, &h.In, &h.More)
	return h, err
}

func queueIssueHits(b *batch, dst *[]IssueHit, q SearchQuery) {
	p, w := &params{}, q.Words
	f := facts{table: "issues", author: "raiser_id", at: "raised_at", columns: "t.raised_at", day: q.Day, limit: candidates}
	f.guard = within(q.Issues, "t", f.author, p)
	ranks := []string{
		matches(w.exact("A"), p), matches(w.exact(""), p), matches(w.asTyped(), p), matches(w.phrase("A"), p), matches(w.phrase(""), p),
	}
	if number := w.number(); number != "" {
		f.also = numberAndTitle + ` LIKE ` + p.add(number)
		ranks = append([]string{f.also}, ranks...)
	}
	queueAll(b, dst, scanIssueHit, `SELECT `+lineColumns+`, i.description FROM (`+f.ranked(q, q.Issues, ranks, p)+`) k JOIN issues i ON i.id = k.id`+lineNames+`
		ORDER BY k.tier, i.raised_at DESC, i.id DESC`, p.list...)
}

func queueReportHits(b *batch, dst *[]ReportHit, q SearchQuery) {
	p, w := &params{}, q.Words
	f := facts{table: "reports", author: "author_id", at: "received_at", columns: "t.received_at, t.happened_on", day: q.Day, since: q.Since, limit: candidates}
	f.guard = within(q.Reports, "t", f.author, p)
	if !q.Since.IsZero() {
		f.guard += ` AND ` + happenedSince(q.Since, p)
	}
	ranks := []string{matches(w.exact(""), p), matches(w.asTyped(), p), matches(w.phrase(""), p)}
	queueAll(b, dst, scanReportHit, `SELECT r.id, r.kind, r.summary, r.happened_on, r.received_at, pv.name, `+aboveName+`, c.full_name,
			r.state = 'withdrawn', report_text(r.content)
		FROM (`+f.ranked(q, q.Reports, ranks, p)+`) k JOIN reports r ON r.id = k.id JOIN cadres c ON c.id = r.author_id
		JOIN locality_versions pv ON pv.locality_id = r.locality_id AND pv.known @> r.happened_on
		`+joinAbove("r", "r.happened_on")+`
		ORDER BY k.tier, r.received_at DESC, r.id DESC`, p.list...)
}

func scanIssueHit(row pgx.CollectableRow) (IssueHit, error) {
	var h IssueHit
	err := row.Scan(&h.ID, &h.Number, &h.Title, &h.Severity, &h.State, &h.DueAt, &h.RaisedAt, &h.Place, &h.Above, &h.Desk, &h.Description)
	return h, err
}

func scanReportHit(row pgx.CollectableRow) (ReportHit, error) {
	var h ReportHit
	err := row.Scan(&h.ID, &h.Kind, &h.Summary, &h.HappenedOn, &h.ReceivedAt, &h.Place, &h.Above, &h.Author, &h.Withdrawn, &h.Text)
	return h, err
}
