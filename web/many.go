package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// manyPath is where many issues of the board are decided on at once.
const manyPath = "/review/many"

// decideManyInput is the form of a move on many issues, as it is posted.
type decideManyInput struct {
	Do     string   `form:"do"`
	Issues []string `form:"issue"`

	SubmissionID string `form:"submission_id"`

	move moveInput // the words of the move
}

func (in decideManyInput) ids() []uuid.UUID {
	list := ids(in.Issues)
	return list[:min(len(list), app.MaxMany)]
}

// many shows the issues that were chosen on the board and asks once for what the move needs.
func (s *Server) many(w http.ResponseWriter, r *http.Request) error {
	var in decideManyInput
	decodeQuery(r, &in)
	in.SubmissionID = newID()
	return s.showDecideMany(w, r, in, nil)
}

func (s *Server) showDecideMany(w http.ResponseWriter, r *http.Request, in decideManyInput, cause error) error {
	ctx, actor := r.Context(), session(r).Actor
	move := casework.Move(in.Do)
	found, err := s.app.ManyIssues(ctx, actor, in.ids(), move)
	if err != nil {
		return err
	}
	v := s.decideManyView(w, r, in, cause)
	var possible []string
	for _, issue := range found {
		row := manyRow(ctx, issue)
		if f := fault.As(issue.Err); f != nil && f.Key == "issue.moved_on" { // nobody was faster yet: it stands so
			row.Wrong = i18n.T(ctx, "many.not_now")
		}
		v.Rows = append(v.Rows, row)
		if issue.Err != nil {
			continue
		}
		possible = append(possible, issue.ID.String())
		v.Hidden = append(v.Hidden, page.HiddenValue{Name: "version_" + issue.ID.String(), Value: strconv.Itoa(issue.Version)})
	}
	v.Count = i18n.T(ctx, "many.count", "n", i18n.Count(ctx, len(possible)), "of", i18n.Count(ctx, len(found)))
	if len(possible) > 0 {
		v.Hidden = append(v.Hidden, page.HiddenValue{Name: "issue", Value: strings.Join(possible, ",")})
		v.Submit = &component.Button{Label: i18n.T(ctx, "many.submit", "move", i18n.T(ctx, "issue.move."+in.Do), "n", i18n.Count(ctx, len(possible))), Icon: moveIcons[move]}
		if move == casework.Decline {
			v.Submit.Kind = "danger"
		}
	}
	return s.render(w, r, statusOr(cause), page.Many(v))
}

// decideManyView is the form of a move on many issues without these.
func (s *Server) decideManyView(w http.ResponseWriter, r *http.Request, in decideManyInput, cause error) page.ManyView {
	ctx, errs := r.Context(), fieldErrors(r.Context(), cause)
	move := casework.Move(in.Do)
	v := page.ManyView{
		Base: s.base(w, r, i18n.T(ctx, "issue.move."+in.Do)), Action: manyPath,
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "do", Value: in.Do}},
		Back:   component.Action{Label: i18n.T(ctx, "many.back"), URL: "/review", Icon: "back"},
	}
	v.Description, v.Summary, v.Crumbs = i18n.T(ctx, "issue.help."+in.Do), summary(ctx, cause), []component.Crumb{boardCrumb(ctx)}
	for _, field := range moveFields(ctx, app.MoveOption{Move: move}, in.move, s.app.Now()) {
		if field.Name == "desk" { // each goes to the nearest desk below
			continue
		}
		field.Error = errs[field.Name]
		v.Fields = append(v.Fields, field)
	}
	return v
}

func manyRow(ctx context.Context, issue app.ManyIssue) page.ManyRow {
	row := page.ManyRow{
		Title: issue.Title, Number: issue.Number, URL: "/issues/" + issue.ID.String(), State: stateBadge(ctx, issue.State), Severity: severityBadge(ctx, issue.Severity),
	}
	if issue.To != "" {
		row.Note = i18n.T(ctx, "many.to", "desk", issue.To)
	}
	if f := fault.As(issue.Err); f != nil {
		row.Wrong = i18n.T(ctx, f.Key, f.Args...)
	} else if issue.Err != nil {
		row.Wrong = i18n.T(ctx, "fault.internal")
	}
	return row
}

// moveMany makes the move on each issue and says what became of each.
func (s *Server) moveMany(w http.ResponseWriter, r *http.Request) error {
	var in decideManyInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	if failed := decode(r, &in.move); failed != nil {
		return failed
	}
	ctx, actor := r.Context(), session(r).Actor
	var results []error
	chosen := in.ids()
	if err == nil {
		seen := make([]app.SeenIssue, len(chosen))
		for i, id := range chosen {
			seen[i] = app.SeenIssue{ID: id, Version: version(r.PostForm.Get("version_" + id.String()))}
		}
		results, err = s.app.MoveMany(ctx, actor, submission(r), seen, in.move.request(casework.Move(in.Do)))
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid:
		return s.showDecideMany(w, r, in, err)
	case fault.KindConflict, fault.KindForbidden, fault.KindNotFound, fault.KindInternal, fault.KindUnavailable:
		if err != nil {
			return keeping{error: err, typed: in.move.typed()}
		}
	}
	found, err := s.app.ManyIssues(ctx, actor, chosen, casework.Move(in.Do))
	if err != nil {
		return keeping{error: err, typed: in.move.typed()}
	}
	v := s.decideManyView(w, r, in, nil)
	v.Hidden, v.Fields, v.Description, v.Done = nil, nil, "", true
	moved := 0
	for _, issue := range found {
		issue.Err = results[slices.Index(chosen, issue.ID)]
		issue.To = ""
		if issue.Err == nil {
			moved++
		}
		v.Rows = append(v.Rows, manyRow(ctx, issue))
	}
	v.Count = i18n.T(ctx, "many.done", "n", i18n.Count(ctx, moved), "of", i18n.Count(ctx, len(found)))
	if moved < len(found) {
		v.Typed = in.move.typed()
	}
	return s.render(w, r, http.StatusOK, page.Many(v))
}
