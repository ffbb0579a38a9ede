package app

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
)

// AddToMeeting puts issues on the agenda of a meeting that the actor may know of; those that the actor may not read are left out, and those
// that stand on it already stay where they are. NotFound if the actor may read none of them.
func (a *App) AddToMeeting(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, issues []uuid.UUID) error {
	return a.changeMeeting(ctx, actor, s, id, 0, issues, func(tx *postgres.Tx, actor cadre.Actor, c postgres.MeetingCase, _ bool) error {
		return addItems(tx, actor, c, issues)
	})
}

// SaveAgenda orders the agenda and takes issues off it. A member who does not lead the desk may take off what they can read; the order is
// for those who lead it. Invalid at position_ and minutes_ with the issue's id, Conflict if something concluded is to be taken off.
func (a *App) SaveAgenda(ctx context.Context, actor cadre.Actor, s Submission, id uuid.UUID, seen int, in []casework.AgendaInput) error {
	return a.changeMeeting(ctx, actor, s, id, 0, nil, func(tx *postgres.Tx, actor cadre.Actor, c postgres.MeetingCase, mine bool) error {
		if seen != c.Version {
			return fault.Conflict("meeting.changed")
		}
		if err := casework.CheckAgenda(in); err != nil {
			return err
		}
		rows, drop, err := ordered(c.Items, in)
		if err != nil {
			return err
		}
		if mine {
			tx.PutAgenda(id, rows, actor.CadreID)
		}
		tx.DropAgenda(id, drop)
		tx.TouchMeeting(id)
		return nil
	})
}

// ordered gives the rows of an agenda in their new order, numbered anew from 1, and those to be taken off. Rows that the actor may not read
// stay behind those before which they stood.
func ordered(items []postgres.AgendaRow, in []casework.AgendaInput) (rows []postgres.AgendaRow, drop []uuid.UUID, err error) {
	for _, item := range items {
		i := slices.IndexFunc(in, func(r casework.AgendaInput) bool { return r.Issue == item.Issue })
		switch {
		case i < 0 || !item.Readable:
		case in[i].Remove && item.Conclusion != "":
			return nil, nil, fault.Conflict("meeting.has_conclusions")
		case in[i].Remove:
			drop = append(drop, item.Issue)
			continue
		default:
			item.Position, item.Minutes = in[i].Position, in[i].Minutes
		}
		rows = append(rows, item)
	}
	slices.SortStableFunc(rows, func(a, b postgres.AgendaRow) int { return a.Position - b.Position })
	for i := range rows {
		rows[i].Position = i + 1
	}
	return rows, drop, nil
}
