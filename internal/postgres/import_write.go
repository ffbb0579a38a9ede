package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// NewCadre is a person to be entered.
type NewCadre struct {
	ID     cadre.ID
	Home   territory.LocalityID
	Person cadre.Person
}

// people lays persons out by column.
func people(list []NewCadre) (ids, homes []int64, years []int32, texts [6][]string) {
	for _, c := range list {
		ids, homes, years = append(ids, int64(c.ID)), append(homes, int64(c.Home)), append(years, int32(c.Person.BirthYear)) // a year
		for j, s := range []string{c.Person.Name, c.Person.Position, c.Person.Agency, string(c.Person.Tier), c.Person.Phone, c.Person.Email} {
			texts[j] = append(texts[j], s)
		}
	}
	return ids, homes, years, texts
}

// InsertCadres stores new people.
func (t *Tx) InsertCadres(list []NewCadre) {
	ids, homes, years, s := people(list)
	t.tx.queue(`INSERT INTO cadres (id, full_name, birth_year, position, agency, tier, phone, email, home_id) OVERRIDING SYSTEM VALUE
		SELECT x.id, x.name, nullif(x.year, 0), x.position, x.agency, x.tier, x.phone, x.email, x.home
		FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[]) AS x (id, home, year, name,
			position, agency, tier, phone, email)`,
		ids, homes, years, s[0], s[1], s[2], s[3], s[4], s[5])
}

// UpdateCadres stores changed data of people; it belongs after ImportGround with a lock.
func (t *Tx) UpdateCadres(list []NewCadre) {
	ids, _, years, s := people(list)
	t.tellOfAddresses(ids, s[5])
	t.tx.queue(`UPDATE cadres c SET full_name = x.name, birth_year = nullif(x.year, 0), position = x.position, agency = x.agency, tier = x.tier, phone = x.phone,
		email = x.email, version = version + 1
		FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) AS x (id, year, name, position, agency, tier,
			phone, email) WHERE c.id = x.id`,
		ids, years, s[0], s[1], s[2], s[3], s[4], s[5])
}

// BareAccount is an account that has no password of any kind: slips give it the first one.
type BareAccount struct {
	Cadre cadre.ID
	Login string
}

// AddBareAccounts makes accounts without a password, and gives the id of each person's.
func (t *Tx) AddBareAccounts(ctx context.Context, list []BareAccount) (map[cadre.ID]int64, error) {
	who, logins := make([]int64, len(list)), make([]string, len(list))
	for i, a := range list {
		who[i], logins[i] = int64(a.Cadre), a.Login
	}
	rows, err := t.q.Query(ctx, `INSERT INTO accounts (cadre_id, login, password_hash) SELECT x.who, x.login, '' FROM unnest($1::bigint[], $2::text[]) AS x (who, login)
		RETURNING cadre_id, id`, who, logins)
	made, err := all(rows, err, pgx.RowToStructByPos[struct {
		Cadre cadre.ID
		ID    int64
	}])
	ids := map[cadre.ID]int64{}
	for _, m := range made {
		ids[m.Cadre] = m.ID
	}
	return ids, err
}

// InsertAssignments stores new assignments. It belongs after SeatTerms with a lock; marks of primary ones are set apart.
func (t *Tx) InsertAssignments(list []NewAssignment) {
	n := len(list)
	ids, who, places := make([]int64, n), make([]int64, n), make([]int64, n)
	posts, decisions, primary, acting := make([]string, n), make([]string, n), make([]bool, n), make([]bool, n)
	households := make([]*uuid.UUID, n)
	from, until := make([]territory.Day, n), make([]territory.Day, n)
	var at time.Time
	for i, a := range list {
		ids[i], who[i], places[i] = int64(a.ID), int64(a.Cadre), int64(a.Place)
		posts[i], decisions[i], primary[i], acting[i] = a.Post, a.Decision, a.Primary, a.Acting
		from[i], until[i], at = a.Term.From, a.Term.Until, a.At
		if a.Household != uuid.Nil {
			households[i] = &a.Household
		}
	}
	t.tx.queue(`INSERT INTO assignments (id, cadre_id, post_id, locality_id, level, period, is_primary, acting, decision, household_id, recorded_at)
		OVERRIDING SYSTEM VALUE SELECT x.id, x.who, p.id, l.id, l.level, daterange(x.since::date, nullif(x.until, '')::date), x.is_primary, x.acting, x.decision, x.household, $11
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bool[], $7::bool[], $8::text[], $9::text[], $10::uuid[])
			AS x (id, who, place, post, decision, is_primary, acting, since, until, household)
		JOIN posts p ON p.code = x.post JOIN localities l ON l.id = x.place`,
		ids, who, places, posts, decisions, primary, acting, texts(from), texts(until), households, at)
}

func texts(days []territory.Day) []string {
	list := make([]string, len(days))
	for i, d := range days {
		list[i] = d.String()
	}
	return list
}

// SetPrimary sets or takes off the mark of primary assignments.
func (t *Tx) SetPrimary(ids []cadre.AssignmentID, primary bool) {
	if len(ids) == 0 {
		return
	}
	t.tx.queue(`UPDATE assignments SET is_primary = $2 WHERE id = ANY($1)`, ids, primary)
}

// HoldPosts keeps posts from being retired until the end of the transaction.
func (t *Tx) HoldPosts(codes []string) {
	t.tx.queue(`SELECT 1 FROM posts WHERE code = ANY($1) ORDER BY id FOR KEY SHARE`, codes)
}

// NewPlace is a place to be added.
type NewPlace struct {
	territory.Locality
	Parent territory.LocalityID
	From   territory.Day
	Basis  string
}

// InsertPlaces adds places that begin on their days. Their parents stay as they are until the end of the transaction.
func (t *Tx) InsertPlaces(list []NewPlace) {
	var ids, parents []int64
	var levels, codes, kinds, names, bases []string
	var from []territory.Day
	for _, p := range list {
		ids, parents, from = append(ids, int64(p.ID)), append(parents, int64(p.Parent)), append(from, p.From)
		levels, codes, kinds = append(levels, string(p.Level)), append(codes, p.Code), append(kinds, p.Type)
		names, bases = append(names, p.Name), append(bases, p.Basis)
	}
	t.tx.queue(`SELECT 1 FROM localities WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, parents)
	t.tx.queue(`INSERT INTO localities (id, level) OVERRIDING SYSTEM VALUE SELECT x.id, x.level FROM unnest($1::bigint[], $2::text[]) AS x (id, level)`, ids, levels)
	t.tx.queue(`INSERT INTO locality_versions (locality_id, parent_id, code, type, name, legal_basis, valid)
		SELECT x.id, x.parent, nullif(x.code, ''), x.type, x.name, x.basis, daterange(x.since::date, NULL)
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) AS x (id, parent, code, type, name, basis, since)`,
		ids, parents, codes, kinds, names, bases, texts(from))
}
