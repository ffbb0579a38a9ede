package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// Draft is a report that was not sent yet, or an amendment of one that was. Only its author ever sees it.
type Draft struct {
	ReportID  uuid.UUID
	Input     casework.ReportInput
	Version   int
	UpdatedAt time.Time
	Base      int       // the version of the sent report that it amends; zero for a report that was not sent yet
	Ask       bool      `db:"-"` // hold it back once if there are hints to look at
	Known     bool      `db:"-"` // sent from the address of a draft or a report, which therefore must be there
	Form      uuid.UUID `db:"-"` // in which it is typed; its own savings are no conflict
	Turn      int64     `db:"-"` // grows with every saving that the form makes by itself; zero where the person saves
}

// Follows tells whether the stored draft is what the form of this one saved before by itself, even if it never heard so.
func (d Draft) Follows(found ReportIdentity) bool {
	return d.Form != uuid.Nil && found.SavedBy == d.Form && (d.Turn == 0 || d.Turn > found.SavedTurn)
}

// DraftLine is one line of the list of an author's drafts.
type DraftLine struct {
	ReportID   uuid.UUID
	What       string // the beginning of it
	Kind       casework.ReportKind
	Place      string // as it is called today; empty where none was chosen
	HappenedOn string // as typed
	UpdatedAt  time.Time
	Amends     bool // a report that was sent
}

// ReportForm is a draft and a sent report of one id, as far as there are any, with the places to choose from.
type ReportForm struct {
	Draft  *Draft
	Sent   *SentReport
	Places FilingPlaces
	Beside Beside
}

// SentReport is a report of the reader's own that was sent, with what happened to it since, the oldest first.
type SentReport struct {
	Report casework.Report
	Events []ReportEvent
}

// draftPlace is the place that the draft $3 of the author $1 names, or none where it names no number; without a draft that of
// the report.
const draftPlace = `(SELECT coalesce((SELECT CASE WHEN form->>'locality' ~ '^[0-9]{1,18}$' THEN (form->>'locality')::bigint END FROM report_drafts
	WHERE report_id = $3 AND author_id = $1), (SELECT locality_id FROM reports WHERE id = $3 AND author_id = $1)))`

// draftColumns gives a draft whole to the author that the transaction names (draftAuthor), and to everybody else without what it says
// about a household. What an older program stored in one piece stands above that.
const draftColumns = `SELECT d.report_id, coalesce(p.content, '{}') || d.form, d.version, d.updated_at, d.base
	FROM report_drafts d LEFT JOIN report_draft_visits p ON p.report_id = d.report_id`

// draftAuthor tells PostgreSQL whose drafts the rest of the transaction is about.
const draftAuthor = `SELECT set_config('banam.author', $1::bigint::text, true)`

// DraftForm reads a draft and a sent report of one id with the places to choose from in one round trip; NotFound if the author
// has neither.
func (db *DB) DraftForm(ctx context.Context, id uuid.UUID, by FormReader) (ReportForm, error) {
	author, day := by.Actor.CadreID, by.Actor.Today()
	var form ReportForm
	var draft Draft
	var sent ReportPage
	var found, isSent bool
	b := &batch{}
	queueOne(b, &draft, &found, pgx.RowToStructByPos[Draft], draftColumns+` WHERE d.report_id = $1 AND d.author_id = $2`, id, author)
	queueOne(b, &sent, &isSent, scanReport, reportSQL+` WHERE r.id = $1 AND r.author_id = $2`, id, author)
	var events []ReportEvent
	queueAll(b, &events, scanReportEvent, reportEventSQL+` JOIN reports r ON r.id = e.report_id AND r.author_id = $2
		WHERE e.report_id = $1 ORDER BY e.seq`, id, author)
	queueFilingPlaces(b, &form.Places, author, day, draftPlace, id)
	queueBeside(b, &form.Beside, by, draftPlace, id)
	queueDraftMonth(b, &form.Beside.Month, author, day, id)
	var visits []Visit
	queueVisits(b, &visits, id)
	visit := visitLook{HouseholdLook{by.Actor, cadre.ReadHousehold, ForReading}, cadre.Scope{Author: author}, id}
	choice := householdChoice{by: by, start: draftPlace, wanted: visitWanted, key: id}
	choice.queue(b, &form.Beside.Households)
	if err := db.lookBehind(ctx, func(b *batch) {
		b.Queue(draftAuthor, author)
		visit.before(b)
		choice.before(b)
	}, b); err != nil {
		return ReportForm{}, err
	}
	if found {
		form.Draft = &draft
	}
	if isSent {
		if len(visits) > 0 {
			sent.Report.Visit = &casework.Visit{Household: visits[0].Household, Number: visits[0].Content.HouseholdNumber(), Content: visits[0].Content}
		}
		form.Sent = &SentReport{Report: sent.Report, Events: events}
	}
	if !found && !isSent {
		return ReportForm{}, fault.NotFound()
	}
	return form, nil
}

// DraftList is how many drafts a list shows at the most.
const DraftList = 100

// Drafts lists an author's drafts, the last one touched first.
func (r reader) Drafts(ctx context.Context, author cadre.ID, day territory.Day) ([]DraftLine, error) {
	rows, err := r.q.Query(ctx, `SELECT d.report_id, left(coalesce(d.form->>'what', d.form->>'cell', d.form->>'target', d.form->>'sponsor', ''), $3::int),
			d.kind, coalesce(v.name, ''), left(coalesce(d.form->>'happened_on', ''), 10), d.updated_at, d.base > 0
		FROM report_drafts d LEFT JOIN locality_versions v
			ON v.locality_id = CASE WHEN d.form->>'locality' ~ '^[0-9]{1,18}$' THEN (d.form->>'locality')::bigint END AND v.valid @> $2::date
		WHERE d.author_id = $1 ORDER BY d.updated_at DESC, d.report_id LIMIT $4`, author, day, casework.MaxSummary, DraftList)
	return all(rows, err, pgx.RowToStructByPos[DraftLine])
}

// ReportIdentity says what an id of a report stands for at this moment.
type ReportIdentity struct {
	Author  cadre.ID // of the draft or the report; zero if there is neither
	Version int      // of the draft; zero if there is none
	Sent    bool
	Drafts  int // how many drafts the person who asks has

	SavedBy   uuid.UUID // the form that saved the draft last by itself; none if a person did
	SavedTurn int64
	Amended   int  // the version of the report that its last amendment made; zero if there is none
	Withdrawn bool // the report was
}

// LockReport waits until nobody else works on the id of a report, draft or sent, keeps it until the end of the
// transaction, and says what it stands for.
func (t *Tx) LockReport(ctx context.Context, id uuid.UUID, asker cadre.ID) (ReportIdentity, error) {
	found := t.LockReportSoon(id, asker)
	err := translate(t.tx.flush(ctx))
	return *found, err
}

// LockReportSoon is LockReport with the next statement: what it gives is filled in by then.
func (t *Tx) LockReportSoon(id uuid.UUID, asker cadre.ID) *ReportIdentity {
	found := &ReportIdentity{}
	b := &batch{}
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0))`, id.String())
	b.Queue(`SELECT coalesce(r.author_id, d.author_id, 0), coalesce(d.version, 0), r.id IS NOT NULL,
			(SELECT count(*) FROM report_drafts WHERE author_id = $2), coalesce(d.saved_by, '00000000-0000-0000-0000-000000000000'), coalesce(d.saved_turn, 0),
			coalesce((SELECT max(seq) FROM report_events WHERE report_id = k.id AND move = 'amend'), 0), coalesce(r.state = 'withdrawn', false)
		FROM (SELECT $1::uuid AS id) k LEFT JOIN reports r ON r.id = k.id LEFT JOIN report_drafts d ON d.report_id = k.id`, id, asker).
		QueryRow(func(row pgx.Row) error {
			return row.Scan(&found.Author, &found.Version, &found.Sent, &found.Drafts, &found.SavedBy, &found.SavedTurn, &found.Amended, &found.Withdrawn)
		})
	t.tx.put(b)
	return found
}

// Draft reads an author's draft; NotFound if there is none.
func (t *Tx) Draft(ctx context.Context, id uuid.UUID, author cadre.ID) (Draft, error) {
	t.tx.queue(draftAuthor, author)
	rows, err := t.q.Query(ctx, draftColumns+` WHERE d.report_id = $1 AND d.author_id = $2`, id, author)
	return one(rows, err, pgx.RowToStructByPos[Draft])
}

// SaveDraft keeps a draft: version zero makes it, another one must be the version that is stored. If it is not, the
// transaction ends with Conflict.
func (t *Tx) SaveDraft(author cadre.ID, d Draft) {
	common, private := d.Input.Part()
	var by *uuid.UUID
	if d.Turn > 0 {
		by = &d.Form
	}
	t.tx.mustTouch(&fault.Error{Kind: fault.KindConflict, Key: "report.draft_changed"}, `INSERT INTO report_drafts AS d
			(report_id, author_id, kind, form, version, updated_at, base, saved_by, saved_turn)
		VALUES ($1, $2, $3, $4, 1, $6, $7, $8, $9)
		ON CONFLICT (report_id) DO UPDATE SET kind = excluded.kind, form = excluded.form, version = d.version + 1, updated_at = excluded.updated_at, base = excluded.base,
			saved_by = excluded.saved_by, saved_turn = excluded.saved_turn
		WHERE d.author_id = $2 AND d.version = $5 RETURNING 1`, d.ReportID, author, d.Input.Kind, common, d.Version, d.UpdatedAt, d.Base, by, d.Turn)
	if len(private) == 0 && d.Version == 0 {
		return
	}
	t.tx.queue(draftAuthor, author)
	if len(private) == 0 {
		t.tx.queue(`DELETE FROM report_draft_visits WHERE report_id = $1`, d.ReportID)
		return
	}
	t.tx.queue(`INSERT INTO report_draft_visits (report_id, author_id, content) VALUES ($1, $2, $3)
		ON CONFLICT (report_id) DO UPDATE SET content = excluded.content`, d.ReportID, author, private)
}

// DropDraft takes a draft away; nothing happens if there is none.
func (t *Tx) DropDraft(author cadre.ID, id uuid.UUID) {
	t.tx.queue(`DELETE FROM report_drafts WHERE report_id = $1 AND author_id = $2`, id, author)
}
