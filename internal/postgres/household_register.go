package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// HouseholdFilter narrows a register.
type HouseholdFilter struct {
	Words  Words  // of head and address
	Class  string // code of a class held today, or NoClass; empty for all
	Closed bool   // only those that left the register; otherwise only the others
}

// NoClass is the filter for households without a class.
const NoClass = "none"

// HouseholdRow is a household as lists show it.
type HouseholdRow struct {
	casework.Household
	GroupName string
	Hamlet    string   // empty where the group hangs on the commune
	Classes   []string // codes of those it has today
}

// HouseholdCounts are the numbers of a place that name nobody.
type HouseholdCounts struct{ Households, Members, Poor, NearPoor int }

// Register is one page of the register of a place.
type Register struct {
	Chain  territory.Chain // of the place today; empty where there is none
	Counts HouseholdCounts // of all of the place
	Kinds  []casework.HouseholdKind
	Rows   []HouseholdRow
	Next   string // behind which household the next page begins, by its id: an address must not carry a name; empty on the last one
}

func scanHouseholdRow(row pgx.CollectableRow) (HouseholdRow, error) {
	var h HouseholdRow
	err := scanHouseholdWith(row, &h.Household, &h.GroupName, &h.Hamlet, &h.Classes)
	return h, err
}

// Register reads a page of the register of a place and notes exactly the households that it gives. Whether the reader may know of
// the place is judged by the caller; of households there are none but those in the scope. A cursor that is none is NotFound.
func (db *DB) Register(ctx context.Context, l HouseholdLook, place territory.LocalityID, f HouseholdFilter, page Page) (Register, error) {
	var found Register
	logged, rows := &params{}, &params{}
	keys, err := registerKeys(logged, l, place, f, page, page.Limit)
	if err != nil {
		return Register{}, err
	}
	more, err := registerKeys(rows, l, place, f, page, page.Limit+1)
	if err != nil {
		return Register{}, err
	}
	entry := l.log(logged, logged.add(int64(place))+`::bigint`, keys)
	day := rows.add(l.Actor.Today())
	b := &batch{}
	queueChain(b, &found.Chain, "$1", int64(place), l.Actor.Today())
	queueHouseholdCounts(b, &found.Counts, place, l.Actor.Today())
	queueHouseholdKinds(b, &found.Kinds)
	queueAll(b, &found.Rows, scanHouseholdRow, `SELECT `+householdColumns+`, v.name, coalesce(CASE WHEN hl.level = 'hamlet' THEN hv.name END, ''),
			ARRAY(SELECT c.class FROM household_classes c JOIN household_kinds hk ON hk.code = c.class
				WHERE c.household_id = t.id AND c.period @> `+day+`::date ORDER BY hk.position)
		FROM (`+more+`) k JOIN households t ON t.id = k.id
		LEFT JOIN locality_versions v ON v.locality_id = t.locality_id AND v.valid @> `+day+`::date
		LEFT JOIN localities hl ON hl.id = v.parent_id
		LEFT JOIN locality_versions hv ON hv.locality_id = v.parent_id AND hv.valid @> `+day+`::date
		ORDER BY `+registerOrder, rows.list...)
	err = db.look(ctx, l, func(b *batch) { b.Queue(entry, logged.list...) }, b)
	if err != nil || len(found.Rows) <= page.Limit {
		return found, err
	}
	found.Rows = found.Rows[:page.Limit]
	found.Next = found.Rows[page.Limit-1].ID.String()
	return found, nil
}

const registerOrder = `t.given_name COLLATE "vi-x-icu", t.head COLLATE "vi-x-icu", t.id`

// registerKeys makes the query of the households of a page, by given name: those of the place's groups of today that lie in the scope.
func registerKeys(p *params, l HouseholdLook, place territory.LocalityID, f HouseholdFilter, page Page, limit int) (string, error) {
	roots, single := l.roots()
	day, at := p.add(l.Actor.Today())+`::date`, p.add(int64(place))+`::bigint`
	below := `ARRAY(WITH RECURSIVE below AS (
		SELECT ` + at + ` AS id
		WHERE EXISTS (SELECT FROM locality_chain(` + at + `, ` + day + `) ch WHERE ch.locality_id = ANY(` + p.add(roots) + `::bigint[]))
		UNION ALL
		SELECT v.locality_id FROM below CROSS JOIN LATERAL (
			SELECT v.locality_id FROM locality_versions v WHERE v.parent_id = below.id AND v.valid @> ` + day + ` OFFSET 0) v) SELECT id FROM below)`
	guard := `t.locality_id = ANY(` + below + `)`
	if len(single) > 0 {
		guard = `(` + guard + ` OR t.id = ANY(` + p.add(single) + `::uuid[]) AND t.locality_id = ` + at + `)`
	}
	where := guard + ` AND t.closed_on IS ` + map[bool]string{true: "NOT NULL", false: "NULL"}[f.Closed]
	if f.Words.Text != "" && len(f.Words.plain) > 0 {
		where += ` AND ` + named("t.search_key", f.Words, p)
	}
	holds := `EXISTS (SELECT FROM household_classes c WHERE c.household_id = t.id AND c.period @> ` + day
	switch f.Class {
	case "":
	case NoClass:
		where += ` AND NOT ` + holds + `)`
	default:
		where += ` AND ` + holds + ` AND c.class = ` + p.add(f.Class) + `)`
	}
	if page.After != "" {
		last, err := uuid.Parse(page.After)
		if err != nil {
			return "", fault.NotFound()
		}
		where += ` AND (` + registerOrder + `) > (SELECT ` + registerOrder + ` FROM households t WHERE t.id = ` + p.add(last) + `)`
	}
	return `SELECT t.id, t.locality_id FROM households t WHERE ` + where + ` ORDER BY ` + registerOrder + ` LIMIT ` + p.add(limit), nil
}
