package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"banam/internal/territory"
)

// counter is how far the numbers of a year have come.
type counter struct{ year, last int }

var issueColumns = []string{
	"id", "number", "title", "description", "field", "severity", "locality_id", "province_id", "district_id", "commune_id", "hamlet_id",
	"raiser_id", "assignment_id", "raised_at", "state", "desk_id", "arrived_at", "acknowledge_by", "due_at", "left_minutes", "asked_id",
	"resume_state", "agency", "agency_due_on", "instruction_due_on", "resolver_id", "outcome", "evidence", "appealed", "passed_desk", "closed_at",
	"warn_at", "lapsed_at", "confirm_by", "version",
}

func (f *issueFile) row() ([]any, error) {
	i := f.issue
	row := append([]any{i.ID, i.Number, i.Title, i.Description, i.Field, int32(i.Severity)}, placeRow(i.Place)...)
	return append(row,
		int64(i.Raiser), int64(i.Assignment), i.RaisedAt, string(i.State), int64(i.Desk), i.ArrivedAt, orNever(i.AcknowledgeBy), orNever(i.DueAt),
		orNull(int32(i.Left/time.Minute)), orNull(int64(i.Asked)), orNull(string(i.Resume)), i.Agency, i.AgencyDue, i.InstructionDue,
		orNull(int64(i.Resolver)), i.Outcome, i.Evidence, i.Appealed, i.PassedDesk, orNever(i.ClosedAt),
		orNever(i.WarnAt), orNever(i.LapsedAt), orNever(i.ConfirmBy), int32(i.Version)), nil
}

// storeIssues enters the issues, the reports that they came from, and how far their numbers have come.
func (y *year) storeIssues(ctx context.Context, tx pgx.Tx) error {
	if err := copyRows(ctx, tx, "issues", issueColumns, y.issues, (*issueFile).row); err != nil {
		return err
	}
	linked := slices.DeleteFunc(slices.Clone(y.issues), func(f *issueFile) bool { return f.report == nil })
	err := copyRows(ctx, tx, "issue_reports", []string{"issue_id", "report_id"}, linked, func(f *issueFile) ([]any, error) {
		return []any{f.issue.ID, f.report.ID}, nil
	})
	if err != nil {
		return err
	}
	return copyRows(ctx, tx, "issue_counters", []string{"series_id", "year", "last"}, y.counters, func(c counter) ([]any, error) {
		return []any{y.series, int32(c.year), int32(c.last)}, nil
	})
}

var eventColumns = []string{
	"id", "issue_id", "seq", "move", "at", "actor_id", "assignment_id", "from_state", "to_state", "from_desk_id", "to_desk_id", "reason", "detail",
}

// storeEvents enters all events in the order of their times.
func (y *year) storeEvents(ctx context.Context, tx pgx.Tx) error {
	rows := y.history()
	return copyRows(ctx, tx, "issue_events", eventColumns, rows, func(h happening) ([]any, error) {
		e := h.event()
		detail, err := asJSON(e.Detail)
		return []any{
			e.ID, h.file.issue.ID, int32(e.Seq), string(e.Move), e.At, orNull(int64(e.Actor)), orNull(int64(e.Assignment)), string(e.FromState),
			string(e.ToState), orNull(int64(e.FromDesk)), int64(e.ToDesk), e.Reason, detail,
		}, err
	})
}

var reportColumns = []string{
	"id", "author_id", "assignment_id", "kind", "happened_on", "locality_id", "province_id", "district_id", "commune_id", "hamlet_id",
	"state", "desk_id", "summary", "content", "usefulness", "number", "version", "received_at",
}

// storeReports enters the reports as they stand.
func (y *year) storeReports(ctx context.Context, tx pgx.Tx) error {
	slices.SortStableFunc(y.reports, func(a, b *report) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return copyRows(ctx, tx, "reports", reportColumns, y.reports, func(r *report) ([]any, error) {
		row := append([]any{r.ID, int64(r.Author), int64(r.Assignment), string(r.Kind), r.HappenedOn}, placeRow(r.Place)...)
		return append(row, string(r.State), orNull(int64(r.Desk)), r.Content.Summary(r.Kind), r.versions[len(r.versions)-1].json, orNull(int16(r.Usefulness)),
			int32(r.Number), int32(r.Version), r.ReceivedAt), nil
	})
}

var noticeColumns = []string{"id", "cadre_id", "event_key", "kind", "args", "issue_id", "report_id", "at", "seen_at"}

func (y *year) storeNotices(ctx context.Context, tx pgx.Tx) error {
	return copyRows(ctx, tx, "notices", noticeColumns, y.notices, func(n notice) ([]any, error) {
		args, err := asJSON(n.args)
		return []any{n.id, int64(n.to), n.event, n.kind, args, orNoID(n.issue), orNoID(n.report), n.at, orNever(n.seen)}, err
	})
}

// copyRows enters rows by COPY.
func copyRows[T any](ctx context.Context, tx pgx.Tx, table string, columns []string, list []T, row func(T) ([]any, error)) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{table}, columns, pgx.CopyFromSlice(len(list), func(i int) ([]any, error) { return row(list[i]) }))
	if err != nil {
		return fmt.Errorf("entering %s: %w", table, err)
	}
	return nil
}

// placeRow gives the columns of a fact's place.
func placeRow(p territory.Place) []any {
	return []any{
		int64(p.Locality), orNull(int64(p.Province)), orNull(int64(p.District)), orNull(int64(p.Commune)), orNull(int64(p.Hamlet)),
	}
}

// orNull makes NULL of nothing.
func orNull[T comparable](v T) any {
	if v == *new(T) {
		return nil
	}
	return v
}

func orNever(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

func orNoID(id uuid.UUID) any {
	if id == uuid.Nil {
		return nil
	}
	return id
}

func asJSON(v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("writing JSON: %w", err)
	}
	return text, nil
}
