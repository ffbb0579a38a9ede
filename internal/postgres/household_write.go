package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Enter sets the scope of households for the rest of the transaction.
func (t *Tx) Enter(l HouseholdLook) {
	sql, args := l.scope()
	t.tx.queue(sql, args...)
}

// HouseholdQuery says which household is to be changed, and what else that takes to know.
type HouseholdQuery struct {
	ID     uuid.UUID
	Group  territory.LocalityID // to which it is to move; zero for none
	Number int                  // in its own group, of the one that it is to be merged into; zero for none
}

// HouseholdTarget is a household that is to be changed.
type HouseholdTarget struct {
	HouseholdPage
	Group GroupTarget
	Into  uuid.UUID // the household of the number that is still in the register; the zero id for none
}

// LockHousehold reads a household to change it, after everybody else who was changing it, and notes that. NotFound if there is none in
// the scope.
func (t *Tx) LockHousehold(ctx context.Context, l HouseholdLook, q HouseholdQuery) (HouseholdTarget, error) {
	var found HouseholdTarget
	var ok, other bool
	t.Enter(l)
	b := &batch{}
	queueHouseholdLog(b, l, q.ID)
	queueHouseholdPage(b, &found.HouseholdPage, &ok, l, q.ID, "FOR NO KEY UPDATE OF t")
	if q.Group != 0 {
		queueGroup(b, &found.Group, l, q.Group)
	}
	if q.Number != 0 {
		queueOne(b, &found.Into, &other, pgx.RowTo[uuid.UUID], `SELECT i.id FROM households i JOIN households h ON h.locality_id = i.locality_id
			WHERE h.id = $1 AND i.number = $2 AND i.closed_on IS NULL AND i.id <> h.id`, q.ID, q.Number)
	}
	if err := t.run(ctx, b); err != nil {
		return HouseholdTarget{}, err
	}
	if !ok {
		return HouseholdTarget{}, fault.NotFound()
	}
	return found, nil
}

// GroupTarget is what it takes to judge what is entered at a group.
type GroupTarget struct {
	Chain  territory.Chain // empty where there is no such place today
	Number int             // the next free one
}

// LockGroup reads a group after everybody else who was entering households there, so that their numbers follow one another.
func (t *Tx) LockGroup(ctx context.Context, l HouseholdLook, group territory.LocalityID) (GroupTarget, error) {
	var found GroupTarget
	t.Enter(l)
	b := &batch{}
	queueGroup(b, &found, l, group)
	return found, t.run(ctx, b)
}

func queueGroup(b *batch, dst *GroupTarget, l HouseholdLook, group territory.LocalityID) {
	b.Queue(`SELECT 1 FROM localities WHERE id = $1 FOR NO KEY UPDATE`, int64(group))
	queueChain(b, &dst.Chain, "$1", int64(group), l.Actor.Today())
	b.Queue(`SELECT next_household_number($1)`, int64(group)).QueryRow(func(row pgx.Row) error { return row.Scan(&dst.Number) })
}

// InsertHousehold enters a household and notes who did. Invalid at head if the group has the same one already.
func (t *Tx) InsertHousehold(l HouseholdLook, h casework.Household) {
	t.tx.queue(`INSERT INTO households (id, locality_id, number, head, address, members, workers, livelihood, phone, entered_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		h.ID, int64(h.Group), h.Number, h.Head, h.Address, h.Members, h.Workers, h.Livelihood, h.Phone, l.Actor.At)
	b := &batch{}
	queueHouseholdLog(b, l, h.ID)
	t.tx.put(b)
}

// UpdateHousehold stores what is known of a household anew. It belongs after LockHousehold.
func (t *Tx) UpdateHousehold(id uuid.UUID, d casework.HouseholdData) {
	t.tx.queue(`UPDATE households SET head = $2, address = $3, members = $4, workers = $5, livelihood = $6, phone = $7, version = version + 1 WHERE id = $1`,
		id, d.Head, d.Address, d.Members, d.Workers, d.Livelihood, d.Phone)
}

// MoveHousehold carries a household with its classes to another group, under that group's next number. It belongs after LockHousehold
// and LockGroup. Invalid at group if that group has the same household already.
func (t *Tx) MoveHousehold(id uuid.UUID, group territory.LocalityID, number int) {
	t.tx.queue(`UPDATE households SET locality_id = $2, number = $3, version = version + 1 WHERE id = $1`, id, int64(group), number)
}

// CloseHousehold takes a household out of the register and ends its classes with it.
func (t *Tx) CloseHousehold(id uuid.UUID, c casework.Closing) {
	var into any
	if c.Into != uuid.Nil {
		into = c.Into
	}
	t.tx.queue(`UPDATE households SET closed_on = $2, closed_as = $3, closed_reason = $4, merged_into = $5, version = version + 1 WHERE id = $1`,
		id, c.On, string(c.As), c.Reason, into)
	t.tx.queue(`UPDATE household_classes SET period = daterange(lower(period), $2), ended_reason = $3
		WHERE household_id = $1 AND coalesce(upper(period) > $2::date, true) AND lower(period) < $2::date`, id, c.On, c.Reason)
}

// AddClass gives a household a class. Invalid at class if it has another one of the same scale on one of its days.
func (t *Tx) AddClass(h casework.Household, c casework.HouseholdClass) {
	t.tx.queue(`INSERT INTO household_classes (household_id, locality_id, class, scale, period, decision) VALUES ($1, $2, $3, $4, daterange($5, $6), $7)`,
		h.ID, int64(h.Group), c.Kind.Code, c.Kind.Scale, c.Term.From, c.Term.Until, c.Decision)
}

// EndClass sets the day from which a household no longer has a class, and why.
func (t *Tx) EndClass(id int64, until territory.Day, reason string) {
	t.tx.queue(`UPDATE household_classes SET period = daterange(lower(period), $2), ended_reason = $3 WHERE id = $1`, id, until, reason)
}

// TouchHousehold makes a new version, so that whoever saw the old one learns of the change.
func (t *Tx) TouchHousehold(id uuid.UUID) {
	t.tx.queue(`UPDATE households SET version = version + 1 WHERE id = $1`, id)
}

// Group is a group that households can be entered at.
type Group struct {
	ID     territory.LocalityID
	Name   string
	Hamlet string // empty where it hangs on the commune
}

// queueGroups reads the groups of the look's scope today, in the order of their hamlets and numbers.
func queueGroups(b *batch, dst *[]Group, l HouseholdLook) {
	roots, _ := l.roots()
	queueAll(b, dst, pgx.RowToStructByPos[Group], groupsSQL, roots, l.Actor.Today())
}

var groupsSQL = down + `SELECT v.locality_id, v.name, coalesce(CASE WHEN hl.level = 'hamlet' THEN hv.name END, '')
	FROM down JOIN localities l ON l.id = down.id AND l.level = 'group'
	JOIN locality_versions v ON v.locality_id = l.id AND v.valid @> $2::date
	LEFT JOIN localities hl ON hl.id = v.parent_id
	LEFT JOIN locality_versions hv ON hv.locality_id = v.parent_id AND hv.valid @> $2::date
	ORDER BY coalesce(substring(hv.name FROM '[0-9]+')::int, 0), hv.name COLLATE "vi-x-icu", v.parent_id,
		coalesce(substring(v.name FROM '[0-9]+')::int, 0), v.name COLLATE "vi-x-icu", v.locality_id`

// NumberedHousehold is a household as those know it who may not know whose it is.
type NumberedHousehold struct {
	ID     uuid.UUID
	Number int
}

// queueNumbered reads the households of a group that are in its register; none for any other place.
func queueNumbered(b *batch, dst *[]NumberedHousehold, place territory.LocalityID) {
	queueAll(b, dst, pgx.RowToStructByPos[NumberedHousehold], `SELECT id, number FROM household_numbers($1)`, int64(place))
}
