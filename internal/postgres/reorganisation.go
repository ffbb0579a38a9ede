package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// ReorganisationState is how far a plan of reorganisation has come.
type ReorganisationState string

// The states of a plan.
const (
	PlanDraft     ReorganisationState = "draft"
	PlanConfirmed ReorganisationState = "confirmed"
	PlanCancelled ReorganisationState = "cancelled"
)

// Reorganisation is a plan as it is kept.
type Reorganisation struct {
	ID          uuid.UUID
	Title       string
	Decree      string
	On          territory.Day
	Changes     []territory.Change
	State       ReorganisationState
	Version     int
	Locality    territory.LocalityID // of the administrator who made it
	Author      cadre.ID
	AuthorName  string
	CreatedAt   time.Time
	ConfirmedAt *time.Time
	CancelledAt *time.Time
	AppliedAt   *time.Time // when open work was moved and people were told
}

// Plan gives what is planned.
func (r Reorganisation) Plan() territory.Plan { return territory.Plan{On: r.On, Changes: r.Changes} }

// Backdated tells whether it took effect before it was confirmed.
func (r Reorganisation) Backdated() bool {
	return r.ConfirmedAt != nil && r.On.Before(territory.DayOf(*r.ConfirmedAt))
}

const reorganisationSQL = `SELECT r.id, r.title, r.decree, r.effective_on, r.changes, r.state, r.version, r.locality_id, r.author_id, c.full_name,
	r.created_at, r.confirmed_at, r.cancelled_at, r.applied_at FROM reorganisations r JOIN cadres c ON c.id = r.author_id`

// Reorganisations lists the plans made for places, the newest first.
func (r reader) Reorganisations(ctx context.Context, below []territory.LocalityID, day territory.Day, limit int) ([]Reorganisation, error) {
	rows, err := r.q.Query(ctx, reorganisationSQL+` WHERE `+planWithin+` ORDER BY r.effective_on DESC, r.created_at DESC, r.id DESC LIMIT $3`, int64s(below), day, limit)
	return all(rows, err, pgx.RowToStructByPos[Reorganisation])
}

// planWithin is the condition that the plan r was made at one of the places $1 or below, by the tree of the day $2, or before what they
// follow was closed.
const planWithin = `EXISTS (SELECT FROM locality_chain(locality_today(r.locality_id, $2), $2) ch WHERE ch.locality_id = ANY($1))`

// PlanCase is a plan with all by which it is judged.
type PlanCase struct {
	Reorganisation
	Units   []territory.Unit       // before it takes effect: of its day while it is a draft, then of the day before
	History territory.History      // that these have already
	Now     []territory.Unit       // of today, those that a draft names and all above them
	Own     []territory.LocalityID // where the reader holds, or will hold, a post that is no administrator's
	Ends    []EndedPost            // kinds of posts that a draft ends
	NewIDs  []territory.LocalityID // for the units that it opens, where it is locked
	Later   bool                   // another plan was confirmed since that takes effect on the same day or later
}

// EndedPost is a post that somebody holds at a unit that closes.
type EndedPost struct {
	Locality   territory.LocalityID
	Level      territory.Level
	Tier       cadre.Tier
	Capability cadre.Capability
}

// PlanPage is a plan with what its page shows.
type PlanPage struct {
	PlanCase
	Counts  []CarriedCount // of what hangs on the units that a draft closes
	Planned []Ending       // assignments that a draft ends
	Ended   []Ending       // assignments that a confirmed plan has ended
}

// PlanQuery says which plan is read, by whom and when.
type PlanQuery struct {
	ID    uuid.UUID
	By    cadre.ID
	Below []territory.LocalityID // where they administer
	Day   territory.Day
}

// Reorganisation reads a plan with the tree of its day in one round trip; NotFound if it does not exist or was made elsewhere.
func (r reader) Reorganisation(ctx context.Context, q PlanQuery) (PlanPage, error) {
	var p PlanPage
	b := &batch{}
	queueCarried(b, &p, q.ID, q.Day)
	var err error
	p.PlanCase, err = r.plan(ctx, b, q, "")
	return p, err
}

// alone is the lock by which plans are confirmed one after the other, and no place is added meanwhile.
const alone = `hashtextextended('reorganisation', 0)`

// LockReorganisation is Reorganisation for whoever is about to change it; those who confirm follow one another.
func (t *Tx) LockReorganisation(ctx context.Context, q PlanQuery) (PlanCase, error) {
	t.tx.queue(`SELECT pg_advisory_xact_lock(` + alone + `)`)
	var ids []territory.LocalityID
	b := &batch{}
	queueAll(b, &ids, pgx.RowTo[territory.LocalityID], `SELECT nextval(pg_get_serial_sequence('localities', 'id')) FROM reorganisations r,
		jsonb_array_elements(r.changes) c, jsonb_array_elements(c -> 'new') WHERE r.id = $1`, q.ID)
	c, err := t.plan(ctx, b, q, " FOR UPDATE OF r")
	c.NewIDs = ids
	return c, err
}

// namedBy is the places that the plan $1 names.
const namedBy = `(SELECT DISTINCT n.id FROM reorganisations r, jsonb_array_elements(r.changes) c CROSS JOIN LATERAL (
		SELECT u::bigint AS id FROM jsonb_array_elements_text(c -> 'units') u
		UNION ALL SELECT (c ->> 'parent')::bigint
		UNION ALL SELECT (w ->> 'parent')::bigint FROM jsonb_array_elements(c -> 'new') w) n
	WHERE r.id = $1 AND r.state = 'draft' AND n.id > 0)`

func (r reader) plan(ctx context.Context, b *batch, q PlanQuery, lock string) (PlanCase, error) {
	var c PlanCase
	var found bool
	id := q.ID
	queueOne(b, &c.Reorganisation, &found, pgx.RowToStructByPos[Reorganisation], reorganisationSQL+` WHERE r.id = $3 AND `+planWithin+lock, int64s(q.Below), q.Day, id)
	queueUnits(b, &c.Units, `v.valid @> (SELECT effective_on - (state <> 'draft')::int FROM reorganisations WHERE id = $1)`, id)
	queueUnits(b, &c.Now, `v.valid @> $2::date AND v.locality_id IN (SELECT ch.locality_id FROM `+namedBy+` n, locality_chain(n.id, $2) ch)`, id, q.Day)
	queueAll(b, &c.History.Pasts, pgx.RowToStructByPos[territory.Past], `SELECT p.locality_id, p.past_column, p.past_id FROM locality_pasts p, reorganisations r
		WHERE r.id = $1 AND p.since <= r.effective_on AND coalesce(p.until > r.effective_on, true)`, id)
	queueAll(b, &c.History.Succession, pgx.RowToStructByPos[territory.Succession], `SELECT s.from_id, s.to_id, s.part FROM successions s, reorganisations r
		WHERE r.id = $1 AND s.on_day <= r.effective_on AND s.reorganisation_id <> r.id`, id)
	queueAll(b, &c.Own, pgx.RowTo[territory.LocalityID], `SELECT DISTINCT s.locality_id FROM assignments s JOIN posts p ON p.id = s.post_id AND p.capability <> 'administer'
		WHERE s.cadre_id = $1 AND s.voided_at IS NULL AND coalesce(upper(s.period) > $2::date, true)`, q.By, q.Day)
	queueAll(b, &c.Ends, pgx.RowToStructByPos[EndedPost], `SELECT DISTINCT s.locality_id, s.level, p.tier, p.capability
		FROM reorganisations r JOIN assignments s ON s.locality_id IN `+closedBy+` AND s.voided_at IS NULL AND (upper(s.period) IS NULL OR upper(s.period) > r.effective_on)
		JOIN posts p ON p.id = s.post_id WHERE r.id = $1`, id)
	b.Queue(`SELECT EXISTS (SELECT FROM reorganisations o, reorganisations r WHERE r.id = $1 AND o.id <> r.id AND o.state = 'confirmed' AND o.effective_on >= r.effective_on
		AND o.confirmed_at IS NOT NULL AND (r.confirmed_at IS NULL OR o.confirmed_at > r.confirmed_at))`, id).
		QueryRow(func(row pgx.Row) error { return row.Scan(&c.Later) })
	if err := r.run(ctx, b); err != nil {
		return PlanCase{}, err
	}
	if !found {
		return PlanCase{}, fault.NotFound()
	}
	return c, nil
}

// queueUnits reads the units whose versions v fulfil a condition.
func queueUnits(b *batch, dst *[]territory.Unit, where string, args ...any) {
	queueAll(b, dst, func(row pgx.CollectableRow) (territory.Unit, error) {
		var u territory.Unit
		err := row.Scan(&u.ID, &u.Level, &u.Type, &u.Name, &u.Code, &u.Parent)
		return u, err
	}, `SELECT v.locality_id, l.level, v.type, v.name, coalesce(v.code, ''), coalesce(v.parent_id, 0)
		FROM locality_versions v JOIN localities l ON l.id = v.locality_id WHERE `+where, args...)
}

// InsertReorganisation keeps a new plan.
func (t *Tx) InsertReorganisation(r Reorganisation) {
	t.tx.queue(`INSERT INTO reorganisations (id, title, decree, effective_on, changes, locality_id, author_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		r.ID, r.Title, r.Decree, r.On, changesOf(r), r.Locality, r.Author, r.CreatedAt)
}

func changesOf(r Reorganisation) []territory.Change {
	if r.Changes == nil {
		return []territory.Change{}
	}
	return r.Changes
}

// SaveReorganisation keeps a draft that is locked as it is now.
func (t *Tx) SaveReorganisation(r Reorganisation) {
	t.tx.queue(`UPDATE reorganisations SET title = $2, decree = $3, effective_on = $4, changes = $5, version = version + 1 WHERE id = $1`,
		r.ID, r.Title, r.Decree, r.On, changesOf(r))
}

// Confirmation is what a confirmed plan writes. Its units have real ids.
type Confirmation struct {
	Reorganisation
	Outcome  territory.Outcome
	Units    []territory.Unit       // that begin on its day under a new version: those opened first, then those changed
	Around   []territory.LocalityID // units that it closes or changes, and all above them before and after
	Uprooted []territory.LocalityID // units that it closes or moves
	At       time.Time
	By       AuditEntry                      // whose actor and assignment stand with what it ends
	Prefixes map[territory.LocalityID]string // of series of numbers, for opened units: used where one that they follow had a series
}

// ConfirmReorganisation writes the versions, successions and pasts of a plan that is locked, ends what was assigned at the units that
// close, and opens the series of numbers that follow those which end.
func (t *Tx) ConfirmReorganisation(c Confirmation) {
	var old, ids, parents []int64
	var codes, kinds, names []string
	for _, id := range append(c.Outcome.Closed, c.Outcome.Changed...) {
		old = append(old, int64(id))
	}
	for _, u := range c.Units {
		ids, parents = append(ids, int64(u.ID)), append(parents, int64(u.Parent))
		codes, kinds, names = append(codes, u.Code), append(kinds, u.Type), append(names, u.Name)
	}
	known := c.On // from which day facts find the new names: not before what was noted under the old ones
	if today := territory.DayOf(c.At); !known.After(today) {
		known = today.Add(1)
	}
	b := &batch{}
	var opened []int64
	var levels []string
	for _, u := range c.Units[:len(c.Outcome.Opened)] {
		opened, levels = append(opened, int64(u.ID)), append(levels, string(u.Level))
	}
	b.Queue(`SELECT 1 FROM localities WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE`, old)
	b.Queue(`INSERT INTO localities (id, level) OVERRIDING SYSTEM VALUE SELECT u.id, u.level FROM unnest($1::bigint[], $2::text[]) AS u (id, level)`, opened, levels)
	b.Queue(`SELECT refuse_unless(NOT EXISTS (SELECT FROM locality_versions WHERE locality_id = ANY($1) AND (upper(valid) > $2::date OR lower(valid) >= $2::date))
		AND NOT EXISTS (SELECT FROM locality_versions WHERE locality_id = ANY($3) AND (upper(valid) > $2::date OR lower(valid) > $2::date))
		AND NOT EXISTS (SELECT FROM locality_versions v, locality_chain(v.locality_id, lower(v.valid)) ch WHERE lower(v.valid) > $2::date AND ch.locality_id = ANY($4))
		AND NOT EXISTS (SELECT FROM locality_versions v, locality_chain(v.locality_id, upper(v.valid) - 1) ch WHERE upper(v.valid) > $2::date AND ch.locality_id = ANY($4)),
		'BN409', 'reorganisation.changed_later')`, old, c.On, int64s(c.Around), int64s(c.Uprooted))
	b.Queue(`UPDATE locality_versions SET valid = daterange(lower(valid), $2), known = CASE WHEN lower(known) < $3::date THEN daterange(lower(known), $3) END, closed_by = $4
		WHERE locality_id = ANY($1) AND valid @> $2::date`, old, c.On, known, c.ID)
	b.Queue(`INSERT INTO locality_versions (locality_id, parent_id, code, type, name, legal_basis, valid, known, opened_by)
		SELECT u.id, nullif(u.parent, 0), nullif(u.code, ''), u.type, u.name, $6, daterange($7, NULL),
			daterange(CASE WHEN u.id = ANY($8) THEN $9::date ELSE $7::date END, NULL), $10
		FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[]) AS u (id, parent, code, type, name)`,
		ids, parents, codes, kinds, names, c.Decree, c.On, old, known, c.ID)
	for _, s := range c.Outcome.Succession {
		b.Queue(`INSERT INTO successions (reorganisation_id, from_id, to_id, part, on_day) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, c.ID, s.From, s.To, s.Part, c.On)
	}
	for _, p := range c.Outcome.Pasts {
		b.Queue(`INSERT INTO locality_pasts (locality_id, past_column, past_id, since, reorganisation_id) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			p.Place, p.Column, p.ID, c.On, c.ID)
	}
	for _, p := range c.Outcome.Lapsed {
		b.Queue(`UPDATE locality_pasts SET until = $4, ended_by = $5 WHERE locality_id = $1 AND past_column = $2 AND past_id = $3 AND until IS NULL`, p.Place,
			p.Column, p.ID, c.On, c.ID)
	}
	queueEndings(b, c)
	for _, s := range c.Outcome.Succession {
		if prefix := c.Prefixes[s.To]; prefix != "" && !s.Part {
			b.Queue(`INSERT INTO issue_series (prefix, locality_id, valid)
				SELECT free.prefix, $1, daterange($4, NULL) FROM (SELECT p.prefix FROM (SELECT $3 || CASE WHEN n = 1 THEN '' ELSE n::text END AS prefix, n
					FROM generate_series(1, 99) n) p
					WHERE NOT EXISTS (SELECT FROM issue_series o WHERE o.prefix = p.prefix) ORDER BY p.n LIMIT 1) free
				WHERE EXISTS (SELECT FROM issue_series o JOIN localities f ON f.id = o.locality_id JOIN localities t ON t.id = $1 AND t.level = f.level
					WHERE o.locality_id = $2 AND o.valid @> ($4::date - 1)) ON CONFLICT DO NOTHING`, s.To, s.From, prefix, c.On)
		}
	}
	b.Queue(`UPDATE reorganisations SET state = 'confirmed', confirmed_at = $2, version = version + 1 WHERE id = $1`, c.ID, c.At)
	if !c.On.After(territory.DayOf(c.At)) {
		b.Queue(succeedSQL, c.ID, c.At)
	}
	t.tx.put(b)
}

// queueEndings ends the assignments at the units that close, with an audit entry for each. Those that would only begin later are taken back;
// those that have begun under a decree entered after its day end now, since what was held was held.
func queueEndings(b *batch, c Confirmation) {
	closed := int64s(c.Outcome.Closed)
	b.Queue(`INSERT INTO reorganisation_endings (reorganisation_id, assignment_id, was)
		SELECT $1, id, period FROM assignments WHERE locality_id = ANY($2) AND voided_at IS NULL AND (upper(period) IS NULL OR upper(period) > $3::date)`, c.ID, closed, c.On)
	b.Queue(`WITH over AS (
			UPDATE assignments SET ended_reason = $4, voided_at = CASE WHEN lower(period) >= $3::date AND lower(period) > $6::date THEN $5::timestamptz END,
				period = CASE WHEN lower(period) < $3::date THEN daterange(lower(period), $3) WHEN lower(period) > $6::date THEN period
					ELSE daterange(lower(period), least(upper(period), greatest($6::date, lower(period) + 1))) END
			WHERE id IN (SELECT assignment_id FROM reorganisation_endings WHERE reorganisation_id = $1) AND locality_id = ANY($2) RETURNING id, locality_id)
		INSERT INTO audit_entries (at, actor_id, assignment_id, locality_id, action, object, object_id, fields, province_id, district_id, commune_id, hamlet_id)
		SELECT $5, $7, $8, over.locality_id, 'assignment.end', 'assignment', over.id::text, '{period,ended_reason}', ch.province, ch.district, ch.commune, ch.hamlet
		FROM over CROSS JOIN LATERAL (
			SELECT `+placeColumns("ch.locality_id", "ch.level")+`
			FROM locality_chain(over.locality_id, $3::date - 1) ch) ch`,
		c.ID, closed, c.On, c.Decree, c.At, territory.DayOf(c.At), orNobody(c.By.Actor), orNobody(c.By.Assignment))
}

// succeedSQL lets administrators go on at the unit of the same level that follows theirs as a whole, so that somebody can assign the others
// again. It runs on the plan's day, not before: whoever was dismissed or disabled until then does not go on.
var succeedSQL = `WITH made AS (
		INSERT INTO assignments (cadre_id, post_id, locality_id, level, period, is_primary, acting, decision, recorded_at)
		SELECT DISTINCT ON (s.cadre_id, s.post_id, f.to_id) s.cadre_id, s.post_id, f.to_id, s.level, daterange(r.effective_on, upper(e.was)), s.is_primary, s.acting,
			r.decree, $2::timestamptz
		FROM reorganisations r JOIN reorganisation_endings e ON e.reorganisation_id = r.id
		JOIN assignments s ON s.id = e.assignment_id AND s.voided_at IS NULL AND s.ended_reason = r.decree AND upper(s.period) >= r.effective_on
		JOIN posts p ON p.id = s.post_id AND p.capability = 'administer' JOIN cadres c ON c.id = s.cadre_id AND c.disabled_at IS NULL
		JOIN successions f ON f.reorganisation_id = r.id AND f.from_id = s.locality_id AND NOT f.part JOIN localities l ON l.id = f.to_id AND l.level = s.level
		WHERE r.id = $1 AND r.state = 'confirmed' AND r.applied_at IS NULL AND NOT EXISTS (
			SELECT FROM assignments n WHERE n.cadre_id = s.cadre_id AND n.post_id = s.post_id AND n.locality_id = f.to_id
			AND (lower(n.period) >= r.effective_on OR n.voided_at IS NULL AND coalesce(upper(n.period) > r.effective_on, true)))
		ORDER BY s.cadre_id, s.post_id, f.to_id, s.id RETURNING id, locality_id)
	INSERT INTO audit_entries (at, locality_id, action, object, object_id, fields, province_id, district_id, commune_id, hamlet_id)
	SELECT $2, made.locality_id, 'assignment.assign', 'assignment', made.id::text, '{}', ch.province, ch.district, ch.commune, ch.hamlet
	FROM made JOIN reorganisations r ON r.id = $1 CROSS JOIN LATERAL (
		SELECT ` + placeColumns("ch.locality_id", "ch.level") + `
		FROM locality_chain(made.locality_id, r.effective_on) ch) ch`

// CancelReorganisation takes a confirmed plan that is locked back before its day, so that all is as before. What was assigned at units
// that now never open is taken back, too; who was dismissed meanwhile stays so.
func (t *Tx) CancelReorganisation(id uuid.UUID, at time.Time) {
	b := &batch{}
	b.Queue(`UPDATE assignments s SET voided_at = $2 WHERE s.voided_at IS NULL AND s.locality_id IN (SELECT v.locality_id FROM locality_versions v WHERE v.opened_by = $1
		AND NOT EXISTS (SELECT FROM locality_versions o WHERE o.locality_id = v.locality_id AND o.opened_by IS DISTINCT FROM $1))`, id, at)
	b.Queue(`DELETE FROM issue_series WHERE locality_id IN (SELECT locality_id FROM locality_versions WHERE opened_by = $1)
		AND lower(valid) = (SELECT effective_on FROM reorganisations WHERE id = $1)`, id)
	b.Queue(`DELETE FROM locality_versions WHERE opened_by = $1`, id)
	b.Queue(`UPDATE locality_versions SET valid = daterange(lower(valid), NULL), known = daterange(lower(coalesce(known, valid)), NULL), closed_by = NULL
		WHERE closed_by = $1`, id)
	b.Queue(`DELETE FROM successions WHERE reorganisation_id = $1`, id)
	b.Queue(`DELETE FROM locality_pasts WHERE reorganisation_id = $1`, id)
	b.Queue(`UPDATE locality_pasts SET until = NULL, ended_by = NULL WHERE ended_by = $1`, id)
	b.Queue(`UPDATE assignments s SET period = e.was, ended_reason = '', voided_at = NULL FROM reorganisation_endings e JOIN reorganisations r ON r.id = e.reorganisation_id
		WHERE r.id = $1 AND e.assignment_id = s.id AND s.ended_reason = r.decree
		AND CASE WHEN lower(e.was) < r.effective_on THEN s.voided_at IS NULL AND s.period = daterange(lower(e.was), r.effective_on) ELSE s.voided_at = r.confirmed_at END`, id)
	b.Queue(`DELETE FROM reorganisation_endings WHERE reorganisation_id = $1`, id)
	b.Queue(`UPDATE reorganisations SET state = 'cancelled', cancelled_at = $2, version = version + 1 WHERE id = $1`, id, at)
	t.tx.put(b)
}

// DropReorganisation marks a draft as given up.
func (t *Tx) DropReorganisation(id uuid.UUID, at time.Time) {
	t.tx.queue(`UPDATE reorganisations SET state = 'cancelled', cancelled_at = $2, version = version + 1 WHERE id = $1`, id, at)
}

// ReorganisationsDue lists confirmed plans whose day has come and whose open work was not moved yet.
func (r reader) ReorganisationsDue(ctx context.Context, day territory.Day) ([]uuid.UUID, error) {
	rows, err := r.q.Query(ctx, `SELECT id FROM reorganisations WHERE state = 'confirmed' AND applied_at IS NULL AND effective_on <= $1 ORDER BY effective_on,
		confirmed_at, id`, day)
	return all(rows, err, pgx.RowTo[uuid.UUID])
}

// ApplyReorganisation lets administrators go on, carries the households of closed groups on, marks a plan as applied and tells those whose
// assignments it ended; once, however often it runs.
func (t *Tx) ApplyReorganisation(id uuid.UUID, at time.Time) {
	t.tx.queue(succeedSQL, id, at)
	t.tx.queue(`SELECT carry_households(id, $2) FROM reorganisations WHERE id = $1 AND applied_at IS NULL AND state = 'confirmed'`, id, territory.DayOf(at))
	t.tx.queue(`WITH due AS (UPDATE reorganisations SET applied_at = $2 WHERE id = $1 AND applied_at IS NULL AND state = 'confirmed' RETURNING id, decree, effective_on)
		INSERT INTO notices (id, cadre_id, event_key, kind, args, at)
		SELECT gen_random_uuid(), s.cadre_id, 'reorganisation:' || due.id || ':' || s.id, 'reorganisation.ended',
			jsonb_build_object('place', v.name, 'decree', due.decree, 'date', to_char(due.effective_on, 'DD/MM/YYYY')), $2
		FROM due JOIN reorganisation_endings e ON e.reorganisation_id = due.id JOIN assignments s ON s.id = e.assignment_id
		JOIN locality_versions v ON v.locality_id = s.locality_id AND v.closed_by = due.id
		ON CONFLICT DO NOTHING`, id, at)
}
