package postgres

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// similarShown is how many similar issues are offered at the most.
const similarShown = 5

// From which likeness of their titles on two issues may be the same (by trigrams, 0 to 1), and from which one on with a tenth more each for
// the same hamlet and the same field of work. Names of the hamlet and the commune, which many titles end with, do not count.
const (
	likeTitles = "0.3"
	nearIssue  = "0.4"
)

// SimilarIssue is an open issue that may be the same as another one.
type SimilarIssue = IssueRow

// similarSQL gives the open issues i of a commune (or of the place itself, where that lies above the communes) that are nearest to what me
// says: a title as search key, a field, a hamlet, a commune, the place and an id to leave out.
var similarSQL = `, n AS MATERIALIZED (SELECT me.*, coalesce(search_key(hv.name), '') AS hamlet, coalesce(search_key(cv.name), '') AS commune FROM me
			LEFT JOIN locality_versions hv ON hv.locality_id = me.hamlet_id AND hv.valid @> <day>::date
			LEFT JOIN locality_versions cv ON cv.locality_id = me.commune_id AND cv.valid @> <day>::date),
		c AS (SELECT i.id, i.title, i.hamlet_id, i.field FROM n JOIN issues i ON i.commune_id = n.commune_id
				AND i.closed_at IS NULL AND i.id IS DISTINCT FROM n.id AND <scope>
			UNION ALL SELECT i.id, i.title, i.hamlet_id, i.field FROM n JOIN issues i ON n.commune_id IS NULL AND i.locality_id = n.locality_id
				AND i.closed_at IS NULL AND i.id IS DISTINCT FROM n.id AND <scope>),
		k AS MATERIALIZED (SELECT c.id, similarity(replace(replace(search_key(c.title), n.hamlet, ''), n.commune, ''),
				replace(replace(n.title, n.hamlet, ''), n.commune, '')) AS alike,
			CASE WHEN c.hamlet_id = n.hamlet_id THEN 0.1 ELSE 0 END + CASE WHEN c.field = n.field THEN 0.1 ELSE 0 END AS beside FROM n CROSS JOIN c)
	SELECT ` + rowColumns + ` FROM (SELECT id, alike + beside AS near FROM k WHERE alike >= ` + likeTitles + ` AND alike + beside >= ` + nearIssue + `
		ORDER BY near DESC, id LIMIT <limit>) k JOIN issues i ON i.id = k.id<names>
	ORDER BY k.near DESC, i.id`

func queueSimilar(b *batch, dst *[]SimilarIssue, me string, s cadre.Scope, day territory.Day, p *params) {
	today := p.add(day)
	sql := strings.NewReplacer("<scope>", within(s, "i", "raiser_id", p), "<limit>", p.add(similarShown), "<names>", rowNames(today), "<day>", today).Replace(similarSQL)
	queueAll(b, dst, scanIssueRow, `WITH me AS MATERIALIZED (`+me+`)`+sql, p.list...)
}

// queueSimilarTo adds the read of the open issues that an open one may be merged with.
func queueSimilarTo(b *batch, dst *[]SimilarIssue, id uuid.UUID, s cadre.Scope, day territory.Day) {
	p := &params{}
	queueSimilar(b, dst, `SELECT search_key(title) AS title, field, hamlet_id, commune_id, locality_id, id FROM issues
		WHERE id = `+p.add(id)+` AND closed_at IS NULL AND state IN ('new', 'acknowledged', 'in_progress')`, s, day, p)
}

// SimilarIssues gives the open issues inside a scope that may be the same as one about to be raised at a place under a title, the nearest
// first.
func (r reader) SimilarIssues(ctx context.Context, s cadre.Scope, place territory.LocalityID, title string, day territory.Day) ([]SimilarIssue, error) {
	var list []SimilarIssue
	b, p := &batch{}, &params{}
	queueSimilar(b, &list, `SELECT search_key(`+p.add(title)+`) AS title, NULL::text AS field,
		(SELECT locality_id FROM locality_chain(`+p.add(int64(place))+`, `+p.add(day)+`) WHERE level = 'hamlet') AS hamlet_id,
		(SELECT locality_id FROM locality_chain($2, $3) WHERE level = 'commune') AS commune_id, $2::bigint AS locality_id, NULL::uuid AS id`, s, day, p)
	return list, r.run(ctx, b)
}

// Follow says what somebody asked for with an issue.
type Follow struct {
	Following, Muted bool
}

func queueFollow(b *batch, dst *Follow, issue uuid.UUID, by cadre.ID) {
	var found bool
	queueOne(b, dst, &found, func(row pgx.CollectableRow) (Follow, error) {
		var f Follow
		err := row.Scan(&f.Muted)
		f.Following = !f.Muted
		return f, err
	}, `SELECT muted FROM issue_follows WHERE issue_id = $1 AND cadre_id = $2`, issue, by)
}

// TwinIssue is the other side of a merge, as far as a reader may know of it.
type TwinIssue struct {
	ID       uuid.UUID
	Number   string
	Title    string // empty where the reader may not read the issue
	State    casework.State
	Readable bool
}

// queueTwins adds the reads of the survivor of a merged issue and of what was merged into an issue. Of what the reader may not read, only
// the number and the state are told: a person whose issue was merged must be able to see how it goes on.
func queueTwins(b *batch, into, merged *[]TwinIssue, id uuid.UUID, s cadre.Scope) {
	scan := pgx.RowToStructByPos[TwinIssue]
	p := &params{}
	key := p.add(id)
	queueAll(b, into, scan, `SELECT i.id, coalesce(i.number, ''), CASE WHEN r.yes THEN i.title ELSE '' END, i.state, r.yes FROM issues m JOIN issues i ON i.id = m.merged_into
		CROSS JOIN LATERAL (SELECT coalesce(`+within(s, "i", "raiser_id", p)+`, false) AS yes) r WHERE m.id = `+key, p.list...)
	p = &params{}
	key = p.add(id)
	queueAll(b, merged, scan, `SELECT i.id, coalesce(i.number, ''), i.title, i.state, true FROM issues i WHERE i.merged_into = `+key+` AND `+within(s, "i", "raiser_id", p)+
		` ORDER BY i.raised_at, i.id LIMIT 100`, p.list...)
}
