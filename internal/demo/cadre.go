package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// assignedSince is the day from which the demo's people are assigned, two weeks after the communes of 2020 were formed.
var assignedSince = territory.NewDay(2020, time.February, 15)

// Codes of the posts that package cadre has no name for.
const (
	provinceLead  = "province_lead"
	districtLead  = "district_lead"
	subregionLead = "subregion_lead"
	communeLead   = "commune_lead"
	hamletLead    = "hamlet_lead"
	districtAdmin = "district_admin"
)

const assignmentPlan = "Kế hoạch phân công năm 2020"

// person is an invented cadre.
type person struct {
	id        cadre.ID
	name      string
	birthYear int
	position  string
	agency    string
	tier      cadre.Tier
	phone     string
}

// duty says that a person holds a post at a place.
type duty struct {
	person  *person
	post    string
	place   *place
	primary bool
}

// roster is everybody of the demo with what they hold.
type roster struct {
	random *rand.Rand
	names  *names
	people []*person
	duties []duty
}

func newRoster(random *rand.Rand) *roster { return &roster{random: random, names: newNames(random)} }

// hire makes a person who supports.
func (r *roster) hire(tier cadre.Tier, j job) *person {
	return r.enter(tier, j, r.names.next(j.gender(), false))
}

// lead makes a person who leads, watches or administers.
func (r *roster) lead(tier cadre.Tier, j job) *person {
	return r.enter(tier, j, r.names.next(j.gender(), true))
}

// enter makes a person. The phone number has a prefix that Viet Nam's numbering plan does not give out, so that it rings
// nobody.
func (r *roster) enter(tier cadre.Tier, j job, name string) *person {
	p := &person{
		name: name, birthYear: 1962 + r.random.IntN(32), position: j.position, agency: j.agency, tier: tier,
		phone: fmt.Sprintf("0100 %03d %03d", len(r.people)/1000, len(r.people)%1000),
	}
	r.people = append(r.people, p)
	return p
}

// assign gives a person a post at a place. The first supporter of a place is marked primary.
func (r *roster) assign(p *person, post string, at *place) {
	d := duty{person: p, post: post, place: at}
	switch post {
	case cadre.ProvinceSupporter, cadre.DistrictSupporter, cadre.CommuneSupporter:
		d.primary = !slices.ContainsFunc(r.duties, func(o duty) bool { return o.post == post && o.place == at })
	}
	r.duties = append(r.duties, d)
}

// store enters the people and their assignments.
func (r *roster) store(ctx context.Context, tx pgx.Tx) error {
	if err := r.storePeople(ctx, tx); err != nil {
		return err
	}
	posts, err := postIDs(ctx, tx)
	if err != nil {
		return err
	}
	since, err := from(assignedSince)
	if err != nil {
		return err
	}
	columns := []string{"cadre_id", "post_id", "locality_id", "level", "period", "is_primary", "decision"}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"assignments"}, columns, pgx.CopyFromSlice(len(r.duties), func(i int) ([]any, error) {
		d := r.duties[i]
		return r.row(d, posts[d.post], since), nil
	}))
	if err != nil {
		return fmt.Errorf("entering assignments: %w", err)
	}
	return nil
}

func (r *roster) row(d duty, post int64, since pgtype.Range[pgtype.Date]) []any {
	return []any{int64(d.person.id), post, int64(d.place.id), string(d.place.level), since, d.primary, assignmentPlan}
}

// storePeople gives every person an id, as tree.number does for places.
func (r *roster) storePeople(ctx context.Context, tx pgx.Tx) error {
	n := len(r.people)
	names, years, positions := make([]string, n), make([]int, n), make([]string, n)
	agencies, tiers, phones := make([]string, n), make([]string, n), make([]string, n)
	for i, p := range r.people {
		names[i], years[i], positions[i] = p.name, p.birthYear, p.position
		agencies[i], tiers[i], phones[i] = p.agency, string(p.tier), p.phone
	}
	ids, err := newIDs(ctx, tx, `INSERT INTO cadres (full_name, birth_year, position, agency, tier, phone)
		SELECT c.full_name, c.birth_year, c.position, c.agency, c.tier, c.phone
		  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY
		    AS c (full_name, birth_year, position, agency, tier, phone, n)
		 ORDER BY c.n RETURNING id`, names, years, positions, agencies, tiers, phones)
	if err != nil {
		return fmt.Errorf("entering cadres: %w", err)
	}
	for i, p := range r.people {
		p.id = cadre.ID(ids[i])
	}
	return nil
}

func postIDs(ctx context.Context, tx pgx.Tx) (map[string]int64, error) {
	rows, err := tx.Query(ctx, `SELECT code, id FROM posts`)
	if err != nil {
		return nil, fmt.Errorf("reading posts: %w", err)
	}
	ids := map[string]int64{}
	var code string
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&code, &id}, func() error { ids[code] = id; return nil }); err != nil {
		return nil, fmt.Errorf("reading posts: %w", err)
	}
	return ids, nil
}
