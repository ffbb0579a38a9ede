package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// ConclusionInput is what was concluded on one issue, as typed. DueOn is the zero Day for none.
type ConclusionInput struct {
	Issue uuid.UUID
	Text  string
	DueOn territory.Day
	Wrong bool // the day could not be read
}

// Conclude records what a meeting concluded on its issues, all at once: whatever was typed anew or changed becomes an event in the thread of
// its issue. Invalid at the fields conclusion_ and due_on_, each with the issue's id; what was concluded cannot be taken back, only put
// otherwise.
func (a *App) Conclude(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, seen int, in []ConclusionInput) error {
	return a.changeMeeting(ctx, actor, s, id, max(seen, 1), nil, func(tx *postgres.Tx, actor cadre.Actor, c postgres.MeetingCase, _ bool) error {
		changed, ids := concluded(c.Items, in)
		if len(changed) == 0 {
			return fault.Conflict("meeting.nothing_concluded")
		}
		cases, err := tx.LockIssues(ctx, ids, actor.Scope(cadre.ReadIssue), actor.Today())
		if err != nil {
			return err
		}
		actor.At = a.now() // read again under the locks
		var fields fault.Fields
		for _, row := range changed {
			found, there := cases[row.Issue]
			if !there {
				continue
			}
			issue, event, err := concludeOn(found, actor, id, row)
			if err != nil {
				fields = append(fields, rowFields(err, row.Issue)...)
				continue
			}
			tx.Conclude(id, row.Issue, row.Text, row.DueOn, actor.At)
			if err := keep(ctx, tx, issue, event); err != nil {
				return err
			}
		}
		tx.TouchMeeting(id)
		return fields.Err()
	})
}

func concludeOn(c postgres.IssueCase, actor cadre.Actor, meeting uuid.UUID, row ConclusionInput) (casework.Issue, casework.Event, error) {
	if row.Wrong {
		return casework.Issue{}, casework.Event{}, fault.Invalid(fault.At("due_on", "issue.due_required"))
	}
	return c.Situation(actor.At).Apply(actor, casework.Request{Move: casework.Conclude, Reason: row.Text, DueOn: row.DueOn, Meeting: meeting})
}

// concluded gives what differs from what is stored, with the ids of its issues.
func concluded(items []postgres.AgendaRow, in []ConclusionInput) (changed []ConclusionInput, ids []uuid.UUID) {
	for _, row := range in {
		row.Text = plain(row.Text)
		i := slices.IndexFunc(items, func(r postgres.AgendaRow) bool { return r.Issue == row.Issue && r.Readable })
		if i < 0 || row.Text == "" && items[i].Conclusion == "" && row.DueOn.IsZero() && !row.Wrong ||
			row.Text == items[i].Conclusion && row.DueOn == items[i].DueOn && !row.Wrong {
			continue
		}
		changed, ids = append(changed, row), append(ids, row.Issue)
	}
	return changed, ids
}

// rowFields puts what is wrong with one row of a form at its fields.
func rowFields(err error, issue uuid.UUID) fault.Fields {
	f := fault.As(err)
	if f == nil || len(f.Fields) == 0 {
		key := "fault.internal"
		if f != nil {
			key = f.Key
		}
		return fault.Fields{fault.At("conclusion_"+issue.String(), key)}
	}
	var fields fault.Fields
	for _, field := range f.Fields {
		name := "conclusion_"
		if field.Name == "due_on" {
			name = "due_on_"
		}
		field.Name = name + issue.String()
		fields = append(fields, field)
	}
	return fields
}
