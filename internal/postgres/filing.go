package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// FilingPlace is a place that somebody may choose in a report.
type FilingPlace struct {
	ID     territory.LocalityID
	Parent territory.LocalityID
	Level  territory.Level
	Name   string
	Above  string        // name of the place directly above; empty for none
	Until  territory.Day // the last day of an assignment that has ended; no day otherwise
}

// FilingPlaces are the places that somebody may choose from.
type FilingPlaces struct {
	Own   []FilingPlace   // held now or within the last year
	Below []FilingPlace   // the places below: under communes and hamlets all, higher up one step below the one asked for
	Chain territory.Chain // of the place asked for; empty if none was, or if it does not exist today
}

// filedWithin is how many days after its end an assignment is still offered in the form. Whether a report may be filed is
// judged when it is sent.
const filedWithin = "366"

// maxPlaces bounds a list of places; a large commune has about 120 hamlets and groups.
const maxPlaces = 600

// FilingPlaces reads the places that an author may file for: their own and those below, and below the place asked for,
// if that is not zero, with what stands beside the form. Whether the place asked for is theirs is judged by the caller.
func (db *DB) FilingPlaces(ctx context.Context, by FormReader, q NewReportQuery) (FilingPlaces, Beside, error) {
	var places FilingPlaces
	var beside Beside
	b := &batch{}
	queueFilingPlaces(b, &places, by.Actor.CadreID, by.Actor.Today(), placeOfNumber, q.Asked)
	if q.Beside != 0 {
		queueBeside(b, &beside, by, placeOfNumber, q.Beside)
	}
	if q.Beside != 0 && q.Kind == casework.MonthlyReport {
		queueMonth(b, &beside.Month, by.Actor.CadreID, q.Beside, q.Month, by.Actor.Today())
	}
	if q.Beside == 0 || q.Kind != casework.HouseholdVisit {
		return places, beside, db.run(ctx, b)
	}
	choice := householdChoice{by: by, start: placeOfNumber, wanted: "true", key: q.Beside}
	choice.queue(b, &beside.Households)
	return places, beside, db.lookBehind(ctx, choice.before, b)
}

// ownPlacesSQL reads what the author $1 holds on the day $2 or held within the last year, each place once.
const ownPlacesSQL = `SELECT DISTINCT ON (s.locality_id) s.locality_id, coalesce(v.parent_id, 0) AS parent_id, s.level, v.name,
		coalesce((SELECT a.name FROM locality_versions a WHERE a.locality_id = v.parent_id AND a.valid @> least($2::date, upper(s.period) - 1)), '') AS above,
		CASE WHEN NOT s.period @> $2::date THEN upper(s.period) - 1 END AS until
	FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability <> 'administer'
	JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> least($2::date, upper(s.period) - 1)
	WHERE s.cadre_id = $1 AND s.voided_at IS NULL AND lower(s.period) <= $2::date
		AND s.period && daterange($2::date - ` + filedWithin + `, $2::date, '[]')
	ORDER BY s.locality_id, upper(s.period) DESC NULLS FIRST`

// belowSQL walks down from the own places that are communes or lower, and from the place asked for or its commune.
const belowSQL = `WITH RECURSIVE own AS (` + ownPlacesSQL + `),
	asked AS (SELECT coalesce((SELECT locality_id FROM locality_chain(<start>, $2) WHERE level = 'commune'), <start>) AS id),
	starts AS (
		SELECT locality_id, parent_id, level, name, above, until, coalesce(until, $2::date) AS on_day, true AS deep FROM own WHERE level IN ('commune', 'hamlet', 'group')
		UNION
		SELECT l.id, coalesce(v.parent_id, 0), l.level, v.name, coalesce(a.name, ''), NULL::date, $2::date, l.level IN ('commune', 'hamlet', 'group')
			FROM asked JOIN localities l ON l.id = asked.id JOIN locality_versions v ON v.locality_id = l.id AND v.valid @> $2::date
			LEFT JOIN locality_versions a ON a.locality_id = v.parent_id AND a.valid @> $2::date
	), down AS (
		SELECT * FROM starts
		UNION
		SELECT v.locality_id, v.parent_id, l.level, v.name, down.name, down.until, down.on_day, down.deep
			FROM down JOIN locality_versions v ON v.parent_id = down.locality_id AND v.valid @> down.on_day JOIN localities l ON l.id = v.locality_id
			WHERE down.deep OR down.locality_id = (SELECT id FROM asked)
	)
	SELECT * FROM (SELECT DISTINCT ON (locality_id) locality_id, parent_id, level, name, above, until
		FROM down ORDER BY locality_id, until DESC NULLS FIRST) o`

const placeOrder = ` ORDER BY o.until DESC NULLS FIRST, coalesce(substring(o.name FROM '[0-9]{1,9}')::int, 0), o.name COLLATE "vi-x-icu", o.locality_id`

// queueFilingPlaces adds the reads of the places to a batch. Start is the SQL of the place asked for, made from the author
// as $1 and key as $3.
func queueFilingPlaces(b *batch, dst *FilingPlaces, author cadre.ID, day territory.Day, start string, key any) {
	queueAll(b, &dst.Own, pgx.RowToStructByPos[FilingPlace], `SELECT o.* FROM (`+ownPlacesSQL+`) o`+placeOrder, author, day)
	queueAll(b, &dst.Below, pgx.RowToStructByPos[FilingPlace], strings.ReplaceAll(belowSQL, "<start>", start)+placeOrder+` LIMIT $4`,
		author, day, key, maxPlaces)
	queueAll(b, (*[]territory.Locality)(&dst.Chain), scanLocality, strings.Replace(chainSQL, "<start>", start, 1), author, day, key)
}

// FilingFacts is everything by which it is judged whether somebody may file a report at a place on a day.
type FilingFacts struct {
	Then     []cadre.Grant // held on the day it happened
	Last     []cadre.Grant // held on the last day on which anything was held; today for those who do now
	LastHeld territory.Day
	PathThen Path // empty if the place did not exist then
	PathNow  Path // of the place today or, where it is gone, of its nearest ancestor that is not
	Gone     bool // the place does not exist today
}

// lastHeldSQL gives the last day up to $2 on which the cadre $1 held anything to report under.
const lastHeldSQL = `SELECT max(least(coalesce(upper(s.period) - 1, $2::date), $2::date)) FROM assignments s JOIN posts p ON p.id = s.post_id
	WHERE s.cadre_id = $1 AND s.voided_at IS NULL AND lower(s.period) <= $2::date AND p.capability <> 'administer'`

// survivorSQL gives the place $1, the one that follows it on the day $2 or, where none does, what is left in the same way of its nearest
// ancestor of the day $3.
const survivorSQL = `(SELECT coalesce(locality_today($1::bigint, $2::date), (SELECT locality_today(c.locality_id, $2::date) AS id FROM locality_chain($1, $3) c
	WHERE locality_today(c.locality_id, $2::date) IS NOT NULL ORDER BY c.depth LIMIT 1)))`

// FilingFacts reads them in one round trip.
func (r reader) FilingFacts(ctx context.Context, author cadre.ID, place territory.LocalityID, happened, today territory.Day) (FilingFacts, error) {
	var f FilingFacts
	b := &batch{}
	grants := `SELECT ` + grantColumns + grantFrom + ` AND s.cadre_id = $1 ORDER BY s.is_primary DESC, p.position DESC, s.id`
	queueAll(b, &f.Then, scanGrant, grants, author, happened)
	b.Queue(lastHeldSQL, author, today).QueryRow(func(row pgx.Row) error { return row.Scan(&f.LastHeld) })
	queueAll(b, &f.Last, scanGrant, `SELECT `+lastHeldOn(grantColumns+grantFrom)+` AND s.cadre_id = $1`, author, today)
	queuePath(b, &f.PathThen, "$1", place, happened)
	queueAll(b, (*[]territory.Locality)(&f.PathNow.Chain), scanLocality, strings.Replace(chainSQL, "<start>", survivorSQL, 1), place, today, happened)
	queueAll(b, &f.PathNow.Holdings, scanHolding, strings.Replace(holdingSQL, "<start>", survivorSQL, 1), place, today, happened)
	err := r.run(ctx, b)
	f.Gone = f.PathNow.Chain.Self().ID != place
	return f, err
}

// lastHeldOn turns a query of what is held on the day $2 into one of what was held on the last day of holding anything.
func lastHeldOn(sql string) string {
	return strings.NewReplacer("$2::date", "("+lastHeldSQL+")", "$2", "("+lastHeldSQL+")").Replace(sql)
}
