package demo

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/territory"
)

// world is the stored district as the rules of the domain see it: who holds what, the desks of every place, the clock.
type world struct {
	tree   *tree
	duties []duty
	clock  casework.Clock
	series int64 // of the district's issue numbers

	held   map[*place][]cadre.Holding // at the place itself
	grants map[cadre.ID][]cadre.Grant
	people map[cadre.ID]*person
	paths  map[*place]*path
	places map[territory.LocalityID]*place
}

// path is a place with its desks and everybody who holds a post on the way up.
type path struct {
	chain    territory.Chain
	place    territory.Place
	holdings []cadre.Holding
	desks    cadre.Desks
}

func newWorld(ctx context.Context, tx pgx.Tx, t *tree, r *roster) (*world, error) {
	w := &world{
		tree: t, duties: r.duties, held: map[*place][]cadre.Holding{}, grants: map[cadre.ID][]cadre.Grant{},
		people: map[cadre.ID]*person{}, paths: map[*place]*path{}, places: map[territory.LocalityID]*place{},
	}
	for _, p := range t.places {
		w.places[p.id] = p
	}
	var err error
	if w.clock, err = readClock(ctx, tx); err != nil {
		return nil, err
	}
	if err := tx.QueryRow(ctx, `SELECT id FROM issue_series WHERE prefix = $1`, prefix).Scan(&w.series); err != nil {
		return nil, fmt.Errorf("reading the series of issue numbers: %w", err)
	}
	return w, w.hold(ctx, tx)
}

// prefix begins the numbers of the district's issues.
const prefix = "BĐ"

// hold enters what everybody holds. Assignments got their ids in the order of the duties.
func (w *world) hold(ctx context.Context, tx pgx.Tx) error {
	rows, err := tx.Query(ctx, `SELECT id FROM assignments ORDER BY id`)
	if err != nil {
		return fmt.Errorf("reading assignments: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return fmt.Errorf("reading assignments: %w", err)
	}
	posts, err := readPosts(ctx, tx)
	if err != nil {
		return err
	}
	for i, d := range w.duties {
		h := cadre.Holding{
			AssignmentID: cadre.AssignmentID(ids[i]), CadreID: d.person.id, Name: d.person.name, Post: posts[d.post],
			Locality: d.place.id, Primary: d.primary,
		}
		w.held[d.place] = append(w.held[d.place], h)
		w.people[h.CadreID] = d.person
		w.grants[h.CadreID] = append(w.grants[h.CadreID], w.grant(h, d.place))
	}
	return nil
}

func (w *world) grant(h cadre.Holding, at *place) cadre.Grant {
	g := cadre.Grant{AssignmentID: h.AssignmentID, Post: h.Post, Locality: at.locality(), Primary: h.Primary}
	for p := at; p != nil; p = p.parent {
		g.Path = append(g.Path, p.id)
	}
	var members []territory.LocalityID
	if at.level == territory.Subregion {
		for _, c := range w.tree.below(at) {
			members = append(members, c.id)
		}
	}
	g.Branches = cadre.BranchesOf(g.Locality, members)
	return g
}

func (p *place) locality() territory.Locality {
	return territory.Locality{ID: p.id, Level: p.level, Type: p.kind, Name: p.name, Code: p.code}
}

// path gives the way up from a place.
func (w *world) path(at *place) *path {
	if found, ok := w.paths[at]; ok {
		return found
	}
	found := &path{}
	for p := at; p != nil; p = p.parent {
		found.chain = append(found.chain, p.locality())
		found.holdings = append(found.holdings, w.held[p]...)
	}
	found.place, found.desks = found.chain.Place(), cadre.DesksOf(found.chain, found.holdings)
	w.paths[at] = found
	return found
}

// actor gives a person at an instant. Nobody's assignments begin or end within the year.
func (w *world) actor(id cadre.ID, at time.Time) cadre.Actor {
	p := w.people[id]
	return cadre.Actor{CadreID: id, Name: p.name, Tier: p.tier, At: at, Grants: w.grants[id]}
}

// holder gives who holds a post at a place; zero if nobody does.
func (w *world) holder(post string, at *place) cadre.ID {
	i := slices.IndexFunc(w.held[at], func(h cadre.Holding) bool { return h.Post.Code == post })
	if i < 0 {
		return 0
	}
	return w.held[at][i].CadreID
}

func readPosts(ctx context.Context, tx pgx.Tx) (map[string]cadre.Post, error) {
	rows, err := tx.Query(ctx, `SELECT code, name_vi, name_en, tier, capability FROM posts`)
	if err != nil {
		return nil, fmt.Errorf("reading posts: %w", err)
	}
	posts := map[string]cadre.Post{}
	var p cadre.Post
	_, err = pgx.ForEachRow(rows, []any{&p.Code, &p.NameVi, &p.NameEn, &p.Tier, &p.Capability}, func() error { posts[p.Code] = p; return nil })
	if err != nil {
		return nil, fmt.Errorf("reading posts: %w", err)
	}
	return posts, nil
}

// readClock reads the working calendar and the deadlines, which are data.
func readClock(ctx context.Context, tx pgx.Tx) (casework.Clock, error) {
	var hours []casework.WorkingHours
	var weekday, starts, ends int
	err := each(ctx, tx, `SELECT weekday, extract(epoch FROM starts)::int, extract(epoch FROM ends)::int FROM working_hours`,
		[]any{&weekday, &starts, &ends}, func() {
			hours = append(hours, casework.WorkingHours{
				Weekday: time.Weekday(weekday % 7), Starts: time.Duration(starts) * time.Second, Ends: time.Duration(ends) * time.Second,
			})
		})
	if err != nil {
		return casework.Clock{}, err
	}
	var special []casework.SpecialDay
	var day casework.SpecialDay
	if err := each(ctx, tx, `SELECT day, working, name FROM special_days`, []any{&day.Day, &day.Working, &day.Name},
		func() { special = append(special, day) }); err != nil {
		return casework.Clock{}, err
	}
	deadlines := casework.Deadlines{}
	var key casework.DeadlineKey
	var acknowledge, act int
	err = each(ctx, tx, `SELECT level, severity, acknowledge, act FROM deadlines`, []any{&key.Level, &key.Severity, &acknowledge, &act}, func() {
		deadlines[key] = casework.Deadline{Acknowledge: time.Duration(acknowledge) * time.Minute, Act: time.Duration(act) * time.Minute}
	})
	return casework.Clock{Calendar: casework.NewCalendar(hours, special), Deadlines: deadlines}, err
}

func each(ctx context.Context, tx pgx.Tx, sql string, into []any, row func()) error {
	rows, err := tx.Query(ctx, sql)
	if err == nil {
		_, err = pgx.ForEachRow(rows, into, func() error { row(); return nil })
	}
	if err != nil {
		return fmt.Errorf("reading the clock: %w", err)
	}
	return nil
}
