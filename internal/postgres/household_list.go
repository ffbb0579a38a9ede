package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/casework"
	"banam/internal/territory"
)

// householdsAtOnce is how many rows of a list go into one statement, so that none takes long.
const householdsAtOnce = 3000

// FoundHousehold is what the register says of one row of a list.
type FoundHousehold struct {
	Key   string // by which rows that mean the same household are the same; empty where the group is not in the scope
	Known *casework.KnownHousehold
}

// FindHouseholds locks the groups of a list that lie in the look's scope and finds, row by row, the household that a row means: the one
// of its group with the same head at the same address, however they are written. Those found stand in the access log.
func (t *Tx) FindHouseholds(ctx context.Context, l HouseholdLook, rows []casework.ListedHousehold) ([]FoundHousehold, []casework.HouseholdKind, error) {
	t.Enter(l)
	groups := make([]int64, 0, len(rows))
	for _, row := range rows {
		groups = append(groups, int64(row.Group))
	}
	t.tx.queue(`SELECT 1 FROM localities WHERE id = ANY($1) AND level = 'group' ORDER BY id FOR NO KEY UPDATE`, groups)
	var kinds []casework.HouseholdKind
	found := make([]FoundHousehold, 0, len(rows))
	known := map[uuid.UUID]*casework.KnownHousehold{}
	for from := 0; from < len(rows); from += householdsAtOnce {
		part := rows[from:min(from+householdsAtOnce, len(rows))]
		b := &batch{}
		queueHouseholdKinds(b, &kinds)
		queueFind(b, l, part, &found, known)
		if err := t.run(ctx, b); err != nil {
			return nil, nil, err
		}
	}
	return found, kinds, nil
}

// listed is a list of households as the columns of a table.
func listed(rows []casework.ListedHousehold) (groups []int64, heads, addresses []string) {
	for _, row := range rows {
		groups, heads, addresses = append(groups, int64(row.Group)), append(heads, row.Head), append(addresses, row.Address)
	}
	return groups, heads, addresses
}

func queueFind(b *batch, l HouseholdLook, rows []casework.ListedHousehold, dst *[]FoundHousehold, known map[uuid.UUID]*casework.KnownHousehold) {
	groups, heads, addresses := listed(rows)
	// the keys are made once, and apart from what they are compared with: nothing but = may reach behind row-level security
	const list = `WITH i AS MATERIALIZED (SELECT n, place, CASE WHEN place = ANY ((SELECT NULLIF(current_setting('banam.household_groups', true), '')::bigint[])::bigint[])
		THEN plain_key(head) || '|' || plain_key(address) ELSE '' END AS key
		FROM unnest($1::bigint[], $2::text[], $3::text[]) WITH ORDINALITY AS u (place, head, address, n)) `
	p := &params{list: []any{groups, heads, addresses}}
	entry := l.log(p, `NULL::bigint`, list+`SELECT DISTINCT h.id, h.locality_id FROM i
		JOIN households h ON h.locality_id = i.place AND h.identity_key = i.key AND h.closed_on IS NULL`)
	b.Queue(entry, p.list...)
	b.Queue(list+`SELECT i.place, i.key, `+householdColumns+`, t.phone FROM i
		LEFT JOIN households t ON t.locality_id = i.place AND t.identity_key = i.key AND t.closed_on IS NULL ORDER BY i.n`, groups, heads, addresses).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			f, err := scanFound(rows, known)
			if err != nil {
				return err
			}
			*dst = append(*dst, f)
		}
		return rows.Err()
	})
	b.Queue(list+`SELECT c.household_id, c.id, k.code, k.scale, k.name_vi, k.name_en, lower(c.period), upper(c.period), c.decision, c.ended_reason
		FROM i JOIN households h ON h.locality_id = i.place AND h.identity_key = i.key AND h.closed_on IS NULL
		JOIN household_classes c ON c.household_id = h.id JOIN household_kinds k ON k.code = c.class 
		GROUP BY c.id, k.code ORDER BY c.id`, groups, heads, addresses).Query(func(rows pgx.Rows) error {
		for rows.Next() {
			var of uuid.UUID
			var c casework.HouseholdClass
			if err := rows.Scan(&of, &c.ID, &c.Kind.Code, &c.Kind.Scale, &c.Kind.NameVi, &c.Kind.NameEn, &c.Term.From, &c.Term.Until, &c.Decision, &c.EndedReason); err != nil {
				return err
			}
			if h := known[of]; h != nil {
				h.Classes = append(h.Classes, c)
			}
		}
		return rows.Err()
	})
}

// scanFound reads a row of the list with the household that it means; the columns are null where there is none.
func scanFound(row pgx.Rows, known map[uuid.UUID]*casework.KnownHousehold) (FoundHousehold, error) {
	var f FoundHousehold
	var place int64
	var id *uuid.UUID
	var group *int64
	var number, version, members, workers *int
	var head, address, livelihood, tail, closedAs, closedReason, phone *string
	var closedOn territory.Day
	var into *uuid.UUID
	if err := row.Scan(&place, &f.Key, &id, &group, &number, &version, &head, &address, &members, &workers, &livelihood,
		&tail, &closedAs, &closedOn, &closedReason, &into, &phone); err != nil {
		return f, err
	}
	if f.Key != "" {
		f.Key = fmt.Sprint(place, f.Key)
	}
	if id == nil {
		return f, nil
	}
	if known[*id] == nil {
		known[*id] = &casework.KnownHousehold{Household: casework.Household{
			ID: *id, Group: territory.LocalityID(*group), Number: *number, Version: *version,
			HouseholdData: casework.HouseholdData{Head: *head, Address: *address, Members: *members, Workers: *workers, Livelihood: *livelihood, Phone: *phone},
		}}
	}
	f.Known = known[*id]
	return f, nil
}

// StoredHousehold is a household of a list that is to be entered or changed.
type StoredHousehold struct {
	casework.Household // its number is given by PutHouseholds
	New                bool
	Ends, Begins       []casework.HouseholdClass
}

// PutHouseholds enters and changes the households of a list. It belongs after FindHouseholds.
func (t *Tx) PutHouseholds(ctx context.Context, l HouseholdLook, list []StoredHousehold) error {
	for from := 0; from < len(list); from += householdsAtOnce {
		b := &batch{}
		queueHouseholds(b, l, list[from:min(from+householdsAtOnce, len(list))])
		queueClasses(b, list[from:min(from+householdsAtOnce, len(list))])
		if err := t.run(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func queueHouseholds(b *batch, l HouseholdLook, list []StoredHousehold) {
	var ids []uuid.UUID
	var places []int64
	var members, workers []int
	var fresh []bool
	var heads, addresses, livelihoods, phones []string
	for _, h := range list {
		ids, places, fresh = append(ids, h.ID), append(places, int64(h.Group)), append(fresh, h.New)
		heads, addresses, livelihoods, phones = append(heads, h.Head), append(addresses, h.Address), append(livelihoods, h.Livelihood), append(phones, h.Phone)
		members, workers = append(members, h.Members), append(workers, h.Workers)
	}
	const rows = `unnest($1::uuid[], $2::bigint[], $3::boolean[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::int[])
		WITH ORDINALITY AS i (id, place, fresh, head, address, livelihood, phone, members, workers, n)`
	args := []any{ids, places, fresh, heads, addresses, livelihoods, phones, members, workers}
	b.Queue(`INSERT INTO households (id, locality_id, number, head, address, members, workers, livelihood, phone, entered_at)
		SELECT i.id, i.place, g.next - 1 + row_number() OVER (PARTITION BY i.place ORDER BY i.n), i.head, i.address, i.members, i.workers, i.livelihood, i.phone, $10
		FROM `+rows+` JOIN (SELECT place, next_household_number(place) AS next FROM (SELECT DISTINCT unnest($2::bigint[]) AS place) d) g USING (place) WHERE i.fresh`,
		append(args, l.Actor.At)...)
	b.Queue(`UPDATE households h SET members = i.members, workers = i.workers, livelihood = i.livelihood, phone = i.phone, version = h.version + 1
		FROM `+rows+` WHERE NOT i.fresh AND h.id = i.id`, args...)
	p := &params{}
	entry := l.log(p, `NULL::bigint`, `SELECT h.id, h.locality_id FROM households h WHERE h.id = ANY(`+p.add(ids)+`::uuid[])`)
	b.Queue(entry, p.list...)
}

func queueClasses(b *batch, list []StoredHousehold) {
	var ended []int64
	var until, begun, last []territory.Day
	var ids []uuid.UUID
	var places []int64
	var codes, scales, decisions []string
	for _, h := range list {
		for _, c := range h.Ends {
			ended, until = append(ended, c.ID), append(until, c.Term.Until)
		}
		for _, c := range h.Begins {
			ids, places, decisions = append(ids, h.ID), append(places, int64(h.Group)), append(decisions, c.Decision)
			codes, scales = append(codes, c.Kind.Code), append(scales, c.Kind.Scale)
			begun, last = append(begun, c.Term.From), append(last, c.Term.Until)
		}
	}
	if len(ended) > 0 {
		b.Queue(`UPDATE household_classes c SET period = daterange(lower(c.period), i.until) FROM unnest($1::bigint[], $2::date[]) AS i (id, until) WHERE c.id = i.id`, ended, until)
	}
	if len(ids) > 0 {
		b.Queue(`INSERT INTO household_classes (household_id, locality_id, class, scale, period, decision)
			SELECT i.id, i.place, i.class, i.scale, daterange(i.begun, i.last), i.decision
			FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::date[], $6::date[], $7::text[]) AS i (id, place, class, scale, begun, last, decision)`,
			ids, places, codes, scales, begun, last, decisions)
	}
}
