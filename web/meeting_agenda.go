package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/templates/page"
)

// agendaOf reads the rows of an agenda as they were posted.
func agendaOf(form url.Values) []casework.AgendaInput {
	var rows []casework.AgendaInput
	seen := func(id uuid.UUID) int {
		i := slices.IndexFunc(rows, func(r casework.AgendaInput) bool { return r.Issue == id })
		if i < 0 {
			rows = append(rows, casework.AgendaInput{Issue: id, Position: 1, Minutes: casework.UsualMinutes})
			i = len(rows) - 1
		}
		return i
	}
	for name := range form {
		for _, field := range []string{"position_", "minutes_"} {
			text, ok := strings.CutPrefix(name, field)
			id, err := uuid.Parse(text)
			if !ok || err != nil || len(rows) > casework.MaxAgenda {
				continue
			}
			n := int(max(-1, min(number(form.Get(name)), 10_000)))
			if field == "position_" {
				rows[seen(id)].Position = n
			} else {
				rows[seen(id)].Minutes = n
			}
		}
	}
	for _, id := range ids(form["remove"]) {
		rows[seen(id)].Remove = true
	}
	return rows
}

func (s *Server) saveAgenda(w http.ResponseWriter, r *http.Request) error {
	id, err := meetingParam(r)
	if err != nil {
		return err
	}
	var in meetingInput
	if err := decode(r, &in); err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	err = s.app.SaveAgenda(ctx, actor, submission(r), id, version(in.Version), agendaOf(r.PostForm))
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, meetingURL(id), "flash.agenda_saved")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return err
	}
	found, failed := s.app.Meeting(ctx, actor, id)
	if failed != nil {
		return failed
	}
	return s.render(w, r, statusOf(err), page.Meeting(s.meetingView(w, r, found, r.PostForm, err)))
}
