package postgres

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Assignment is an assignment as it is noted: who, what, where, when, and how it ended.
type Assignment struct {
	ID         cadre.AssignmentID
	Cadre      cadre.ID
	Name       string
	Tier       cadre.Tier
	Disabled   bool // the person
	Post       cadre.Post
	Place      territory.LocalityID
	Level      territory.Level
	PlaceName  string // as it is called on its last day, or today
	Above      string // the place above it
	Term       cadre.Term
	Primary    bool
	Acting     bool
	Decision   string
	Reason     string     // for which it ended
	RecordedAt *time.Time // nil where nobody noted it
	Voided     bool       // a mistake of the day on which it was entered
	HasFile    bool       // of the decision
	Household  uuid.UUID  // the one that it follows; the zero one for the whole place
	Number     int        // of that household at the place; zero where it is there no more
}

// Over tells whether it holds neither on the day nor later.
func (a Assignment) Over(day territory.Day) bool {
	return a.Voided || !a.Term.Until.IsZero() && !a.Term.Until.After(day)
}

// assignmentSQL reads assignments with the alias s; $2 is today.
var assignmentSQL = `SELECT s.id, s.cadre_id, c.full_name, c.tier, NOT ` + activeOn("$2") + `, p.code, p.name_vi, p.name_en, p.tier, p.capability,
	s.locality_id, s.level, coalesce(v.name, ''), coalesce(av.name, ''), lower(s.period), upper(s.period), s.is_primary, s.acting, s.decision,
	s.ended_reason, s.recorded_at, s.voided_at IS NOT NULL, s.file_id IS NOT NULL, s.household_id,
	CASE WHEN s.household_id IS NOT NULL THEN coalesce((SELECT n.number FROM household_numbers(s.locality_id) n WHERE n.id = s.household_id), 0) ELSE 0 END
	FROM assignments s JOIN cadres c ON c.id = s.cadre_id JOIN posts p ON p.id = s.post_id
	LEFT JOIN locality_versions v ON v.locality_id = s.locality_id AND v.valid @> ` + namedOn + `
	LEFT JOIN locality_versions av ON av.locality_id = v.parent_id AND av.valid @> ` + namedOn

// namedOn is the day by which an assignment s names its place: today, or its last day.
const namedOn = `least($2::date, coalesce(upper(s.period) - 1, $2::date))`

func scanAssignment(row pgx.CollectableRow) (Assignment, error) {
	var a Assignment
	po := &a.Post
	var household *uuid.UUID
	err := row.Scan(&a.ID, &a.Cadre, &a.Name, &a.Tier, &a.Disabled, &po.Code, &po.NameVi, &po.NameEn, &po.Tier, &po.Capability,
		&a.Place, &a.Level, &a.PlaceName, &a.Above, &a.Term.From, &a.Term.Until, &a.Primary, &a.Acting, &a.Decision, &a.Reason, &a.RecordedAt, &a.Voided, &a.HasFile,
		&household, &a.Number)
	if household != nil {
		a.Household = *household
	}
	return a, err
}

// PlaceAssignments is who holds and held what at a place, the last begun first.
type PlaceAssignments struct {
	Chain territory.Chain
	There Existence
	Rows  []Assignment
	Posts []cadre.Post // that can be held there on the day
}

// PlaceAssignments reads all assignments of a place as of a day; the chain is empty if it does not exist then. The caller judges
// whether the reader may know of the place.
func (r reader) PlaceAssignments(ctx context.Context, id territory.LocalityID, day, today territory.Day) (PlaceAssignments, error) {
	var found PlaceAssignments
	b := &batch{}
	queueExistence(b, &found.There, id, today)
	queueChain(b, &found.Chain, "$1", id, day)
	queueAll(b, &found.Rows, scanAssignment, assignmentSQL+` WHERE s.locality_id = $1 ORDER BY lower(s.period) DESC, s.id DESC`, id, day)
	queuePosts(b, &found.Posts, "$1", id, day)
	err := r.run(ctx, b)
	return found, err
}

func queuePosts(b *batch, dst *[]cadre.Post, place string, key any, day territory.Day) {
	queueAll(b, dst, pgx.RowToStructByPos[cadre.Post], `SELECT p.code, p.name_vi, p.name_en, p.tier, p.capability FROM posts p
		JOIN post_levels pl ON pl.post_id = p.id JOIN localities l ON l.level = pl.level AND l.id = `+place+`
		WHERE `+postOn(flatAt(place, "$2"))+` ORDER BY p.position`, key, day)
}

// AssignmentCase is an assignment with what it takes to judge who may change it.
type AssignmentCase struct {
	Assignment
	Chain territory.Chain // of its place today, of the one that follows it, or on the first day of one to come
	Held  []cadre.Held    // what its cadre holds today or later
}

// Appointment is what the assignment gives.
func (c AssignmentCase) Appointment() cadre.Appointment {
	return cadre.Appointment{Post: c.Post, Level: c.Level, Place: c.Chain.Place()}
}

// AssignmentCase reads an assignment; NotFound if there is none. The caller judges whether the reader may know of its place.
func (r reader) AssignmentCase(ctx context.Context, id cadre.AssignmentID, day territory.Day) (AssignmentCase, error) {
	var found AssignmentCase
	var ok bool
	b := &batch{}
	queueAssignmentCase(b, &found, &ok, id, day)
	if err := r.run(ctx, b); err != nil {
		return AssignmentCase{}, err
	}
	if !ok {
		return AssignmentCase{}, fault.NotFound()
	}
	return found, nil
}

func queueAssignmentCase(b *batch, dst *AssignmentCase, ok *bool, id cadre.AssignmentID, day territory.Day) {
	queueOne(b, &dst.Assignment, ok, scanAssignment, assignmentSQL+` WHERE s.id = $1`, id, day)
	queueAll(b, (*[]territory.Locality)(&dst.Chain), scanLocality, `SELECT ch.locality_id, ch.level, ch.type, ch.name, coalesce(ch.code, '')
		FROM assignments s, locality_chain(`+standing("s.locality_id", "$2")+`, `+firstThere("s.locality_id", "$2")+`) ch WHERE s.id = $1 ORDER BY ch.depth`, id, day)
	queueHolds(b, &dst.Held, "(SELECT cadre_id FROM assignments WHERE id = $1)", id, day)
}

// firstThere is the SQL of the day on which a place is looked at: today, or the first day of a place that is yet to come.
func firstThere(place, today string) string {
	return `greatest(` + today + `::date, (SELECT min(lower(fv.valid)) FROM locality_versions fv WHERE fv.locality_id = ` + place + `))`
}

// standing is the SQL of the place by which something is judged on that day: the place itself, or the one that follows it where it is
// closed.
func standing(place, today string) string {
	on := firstThere(place, today)
	return `CASE WHEN EXISTS (SELECT FROM locality_versions sv WHERE sv.locality_id = ` + place + ` AND sv.valid @> ` + on + `) THEN ` + place + `
		ELSE coalesce(locality_today(` + place + `, ` + on + `), ` + place + `) END`
}

// queueHolds reads what a cadre holds on the day or later, each with the columns of its place.
func queueHolds(b *batch, dst *[]cadre.Held, person string, key any, day territory.Day) {
	at := func(level string) string {
		return `coalesce((SELECT ch.locality_id FROM locality_chain(` + standing("s.locality_id", "$2") + `, ` + firstThere("s.locality_id", "$2") + `) ch
			WHERE ch.level = '` + level + `'), 0)`
	}
	queueAll(b, dst, scanHeld, `SELECT p.capability, s.level, s.locality_id, `+at("province")+`, `+at("district")+`, `+at("commune")+`, `+at("hamlet")+`
		FROM assignments s JOIN posts p ON p.id = s.post_id
		WHERE s.cadre_id = `+person+` AND s.voided_at IS NULL AND coalesce(upper(s.period) > $2::date, true)`, key, day)
}

func scanHeld(row pgx.CollectableRow) (cadre.Held, error) {
	var h cadre.Held
	err := row.Scan(&h.Capability, &h.Level, &h.Place.Locality, &h.Place.Province, &h.Place.District, &h.Place.Commune, &h.Place.Hamlet)
	return h, err
}

// LockAssignment reads an assignment after everybody else who was changing something at its place; NotFound if there is none.
func (t *Tx) LockAssignment(ctx context.Context, id cadre.AssignmentID, day territory.Day) (AssignmentCase, error) {
	t.tx.queue(`SELECT 1 FROM localities WHERE id = (SELECT locality_id FROM assignments WHERE id = $1) FOR NO KEY UPDATE`, id)
	return t.AssignmentCase(ctx, id, day)
}

// AssignTarget is what it takes to judge a new assignment.
type AssignTarget struct {
	NextID   cadre.AssignmentID
	Chain    territory.Chain       // of the place today
	Posts    []cadre.Post          // that can be held there
	Dated    []cadre.CataloguePost // the post asked for, if it is not there during the whole term; empty otherwise
	Cadre    *CadreRow             // nil if the administrator knows no such person
	Held     []cadre.Held          // what that person holds today or later
	Exists   bool                  // the place exists during the whole term
	Own      []OwnTerm             // in which that person holds or held something at the place
	Replaced *AssignmentCase       // that it takes the place of; nil for none
	Named    []NumberedHousehold   // households of the place, where one is to be followed
}

// OwnTerm is a time in which a person holds a post somewhere.
type OwnTerm struct {
	Post string
	Term cadre.Term
}

// AssignQuery says who is to be assigned where, and below which places the administrator knows people.
type AssignQuery struct {
	Place    territory.LocalityID
	Post     string // code
	Cadre    cadre.ID
	Term     cadre.Term
	Replaces cadre.AssignmentID // zero for none
	Named    bool               // one household is to be followed
	Below    []territory.LocalityID
	Day      territory.Day
}

// LockPlace reads what it takes to assign somebody, after everybody else who was changing something at the place: assignments of
// one place follow one another.
func (t *Tx) LockPlace(ctx context.Context, q AssignQuery) (AssignTarget, error) {
	var found AssignTarget
	t.tx.queue(`SELECT 1 FROM localities WHERE id = $1 FOR NO KEY UPDATE`, q.Place)
	t.tx.queue(`SELECT 1 FROM posts WHERE code = $1 FOR KEY SHARE`, q.Post)
	b := &batch{}
	queueDated(b, &found.Dated, q.Post, q.Term, q.Day)
	b.Queue(`SELECT nextval(pg_get_serial_sequence('assignments', 'id'))`).QueryRow(func(row pgx.Row) error { return row.Scan(&found.NextID) })
	queueChain(b, &found.Chain, "$1", q.Place, q.Day)
	queuePosts(b, &found.Posts, "$1", q.Place, q.Day)
	var person CadreRow
	var known, replaced bool
	queueKnownCadre(b, &person, &known, q.Cadre, q.Below, q.Day)
	queueHolds(b, &found.Held, "$1", q.Cadre, q.Day)
	queueAll(b, &found.Own, func(row pgx.CollectableRow) (OwnTerm, error) {
		var o OwnTerm
		err := row.Scan(&o.Post, &o.Term.From, &o.Term.Until)
		return o, err
	}, `SELECT p.code, lower(s.period), upper(s.period) FROM assignments s JOIN posts p ON p.id = s.post_id
		WHERE s.cadre_id = $1 AND s.locality_id = $2 AND s.household_id IS NULL AND s.voided_at IS NULL ORDER BY s.period`, q.Cadre, q.Place)
	if !q.Term.From.IsZero() {
		b.Queue(`SELECT coalesce(range_agg(valid) @> daterange($2, $3), false) FROM locality_versions WHERE locality_id = $1`, q.Place, q.Term.From, q.Term.Until).
			QueryRow(func(row pgx.Row) error { return row.Scan(&found.Exists) })
	}
	if q.Named {
		queueNumbered(b, &found.Named, q.Place)
	}
	var old AssignmentCase
	if q.Replaces != 0 {
		queueAssignmentCase(b, &old, &replaced, q.Replaces, q.Day)
	}
	if err := t.run(ctx, b); err != nil {
		return AssignTarget{}, err
	}
	if known {
		found.Cadre = &person
	}
	if replaced {
		found.Replaced = &old
	}
	return found, nil
}

// NewAssignment is an assignment to be stored.
type NewAssignment struct {
	ID              cadre.AssignmentID // of AssignTarget.NextID
	Cadre           cadre.ID
	Post            string
	Place           territory.LocalityID
	Term            cadre.Term
	Decision        string
	Primary, Acting bool
	File            uuid.UUID // of the decision; zero for none
	Household       uuid.UUID // the one that it follows; the zero one for the whole place
	At              time.Time
}

// InsertAssignment stores an assignment with the transaction. Invalid at the field cadre if the same person holds the same post
// there on one of its days; a new primary one takes that mark from the others of the post.
func (t *Tx) InsertAssignment(n NewAssignment) {
	if n.Primary {
		t.clearPrimary(n.ID, n.Place, n.Post, n.Term)
	}
	t.tx.queue(`INSERT INTO assignments (id, cadre_id, post_id, locality_id, level, period, is_primary, acting, decision, recorded_at, file_id, household_id)
		OVERRIDING SYSTEM VALUE SELECT $1, $2, p.id, l.id, l.level, daterange($5, $6), $7, $8, $9, $10, $11, $12 FROM posts p, localities l WHERE p.code = $3 AND l.id = $4`,
		n.ID, n.Cadre, n.Post, n.Place, n.Term.From, n.Term.Until, n.Primary, n.Acting, n.Decision, n.At, orNoID(n.File), orNoID(n.Household))
}

func (t *Tx) clearPrimary(but cadre.AssignmentID, place territory.LocalityID, post string, term cadre.Term) {
	t.tx.queue(`UPDATE assignments SET is_primary = false WHERE locality_id = $2 AND id <> $1 AND is_primary AND voided_at IS NULL
		AND period && daterange($4, $5) AND post_id = (SELECT id FROM posts WHERE code = $3)`, but, place, post, term.From, term.Until)
}

// EndAssignment sets the day from which an assignment is over, and why. It belongs after LockAssignment or LockPlace.
func (t *Tx) EndAssignment(id cadre.AssignmentID, until territory.Day, reason string) {
	t.tx.queue(`UPDATE assignments SET period = daterange(lower(period), $2), ended_reason = $3 WHERE id = $1`, id, until, reason)
}

// VoidAssignment takes an assignment back as if it had never been.
func (t *Tx) VoidAssignment(id cadre.AssignmentID, at time.Time, reason string) {
	t.tx.queue(`UPDATE assignments SET voided_at = $2, ended_reason = $3 WHERE id = $1`, id, at, reason)
}

// MakePrimary marks an assignment as the primary one of its post and place.
func (t *Tx) MakePrimary(c AssignmentCase) {
	t.clearPrimary(c.ID, c.Place, c.Post.Code, c.Term)
	t.tx.queue(`UPDATE assignments SET is_primary = true WHERE id = $1`, c.ID)
}

// queueChain adds the read of a place's chain to a batch, as queuePath does.
func queueChain(b *batch, dst *territory.Chain, start string, key any, day territory.Day, more ...any) {
	queueAll(b, (*[]territory.Locality)(dst), scanLocality, strings.Replace(chainSQL, "<start>", start, 1), append([]any{key, day}, more...)...)
}

// AssignPage is what the page shows on which somebody is assigned to a place.
type AssignPage struct {
	Chain    territory.Chain     // empty where there is no such place
	Posts    []cadre.Post        // that can be held there
	Cadre    *CadreRow           // who was chosen, if the administrator knows them
	Cadres   []CadreRow          // to choose from while nobody is chosen, one more than asked for where there are more
	Replaced *AssignmentCase     // who is to be replaced; nil for nobody
	Named    []NumberedHousehold // of the place, by number alone: who administers reads no households
}

// AssignPage reads the page for a place in one round trip. While q.Cadre is zero it lists people of a tier that fits the place.
func (r reader) AssignPage(ctx context.Context, q AssignQuery, words Words, limit int) (AssignPage, error) {
	var found AssignPage
	var person CadreRow
	var old AssignmentCase
	var known, replaced bool
	b := &batch{}
	queueChain(b, &found.Chain, "$1", q.Place, q.Day)
	queuePosts(b, &found.Posts, "$1", q.Place, q.Day)
	queueNumbered(b, &found.Named, q.Place)
	if q.Cadre != 0 {
		queueKnownCadre(b, &person, &known, q.Cadre, q.Below, q.Day)
	} else {
		sql, args, err := cadreListSQL(q.Below, q.Day, CadreFilter{Fit: q.Place, Words: words}, Page{Limit: limit})
		if err != nil {
			return AssignPage{}, err
		}
		queueAll(b, &found.Cadres, scanCadreRow, sql, args...)
	}
	if q.Replaces != 0 {
		queueAssignmentCase(b, &old, &replaced, q.Replaces, q.Day)
	}
	if err := r.run(ctx, b); err != nil {
		return AssignPage{}, err
	}
	if known {
		found.Cadre = &person
	}
	if replaced {
		found.Replaced = &old
	}
	return found, nil
}
