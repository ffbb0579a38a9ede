package postgres

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
)

// nearSQL gives the one of an author's last reports whose words are nearest to a text, if it is near enough. <text> is the text,
// <of> the reports e that count; $2 is the similarity from which two reports are nearly the same, $3 how many are compared, and only the
// beginning of each: 24 reports of 30,000 letters take a quarter of a second. The text's own key is made once, not once for each of them.
const nearSQL = `WITH mine AS MATERIALIZED (SELECT search_key(left(<text>, <letters>)) AS key)
	SELECT n.id, n.happened_on, coalesce(v.name, ''), n.content, n.near FROM (
		SELECT l.*, similarity(mine.key, search_key(left(report_text(l.content), <letters>)))::float8 AS near FROM mine CROSS JOIN LATERAL (
			SELECT e.id, e.happened_on, e.locality_id, e.content FROM reports e WHERE <of> ORDER BY e.received_at DESC, e.id DESC LIMIT $3) l) n
	LEFT JOIN locality_versions v ON v.locality_id = n.locality_id AND v.known @> n.happened_on
	WHERE n.near >= $2 ORDER BY n.near DESC, n.happened_on DESC LIMIT 1`

// NearReportSoon gives, with the next statement, the earlier report of an author that a text nearly repeats; nil if there is none.
// The report of the given id is the text's own.
func (t *Tx) NearReportSoon(author cadre.ID, own uuid.UUID, c casework.Content) (func() *casework.EarlierReport, error) {
	content, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("writing a report as JSON: %w", err)
	}
	var near casework.EarlierReport
	var found bool
	b := &batch{}
	queueOne(b, &near, &found, pgx.RowToStructByPos[casework.EarlierReport], nearSent(), author, casework.NearCopy, casework.CopyReports, string(content), own)
	t.tx.put(b)
	return func() *casework.EarlierReport {
		if !found {
			return nil
		}
		return &near
	}, nil
}

// queueNearOf adds the read of the earlier report that a waiting report nearly repeats, as far as the reader may read it.
func queueNearOf(b *batch, dst *casework.EarlierReport, found *bool, id uuid.UUID, s cadre.Scope) {
	p := &params{list: []any{id, casework.NearCopy, casework.CopyReports}}
	queueOne(b, dst, found, pgx.RowToStructByPos[casework.EarlierReport], nearTo(`report_text((SELECT content FROM reports WHERE id = $1))`,
		`(e.author_id, 'submitted') = (SELECT author_id, state FROM reports WHERE id = $1)
			AND e.received_at < (SELECT received_at FROM reports WHERE id = $1) AND `+counts("e")+` AND `+within(s, "e", "author_id", p)), p.list...)
}

// nearSent looks for what a text $4 that the author $1 sends as the report $5 nearly repeats.
func nearSent() string {
	return nearTo(`report_text($4::jsonb)`, `e.author_id = $1 AND e.id <> $5 AND `+counts("e"))
}

func nearTo(text, of string) string {
	return strings.NewReplacer("<text>", text, "<letters>", strconv.Itoa(casework.CopyLetters), "<of>", of).Replace(nearSQL)
}
