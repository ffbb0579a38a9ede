package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// moveInput is the form of a move as it is posted.
type moveInput struct {
	SubmissionID string `form:"submission_id"`
	Version      string `form:"version"`
	Reason       string `form:"reason"`
	Desk         string `form:"desk"`
	DueOn        string `form:"due_on"`
	Agency       string `form:"agency"`
	Asked        string `form:"asked"`
	Outcome      string `form:"outcome"`
	Evidence     string `form:"evidence"`

	AnsweredOn string   `form:"answered_on"`
	Into       string   `form:"into"`
	IntoNumber string   `form:"into_number"`
	Mentioned  []string `form:"mentioned"`

	files *upload
}

// takesFiles lists the moves with which photos and documents can come.
var takesFiles = []casework.Move{casework.Resolve, casework.AnswerInfo, casework.AgencyReply, casework.CommentOn}

// request reads the posted form as a move. A day that is no day counts as missing, which the rules report at its field.
func (in moveInput) request(m casework.Move) casework.Request {
	due, err := territory.ParseDay(in.DueOn)
	if err != nil {
		due = territory.Day{}
	}
	answered, err := territory.ParseDay(in.AnsweredOn)
	if err != nil {
		answered = territory.Day{}
	}
	into := in.IntoNumber
	if into == "" {
		into = in.Into
	}
	mentioned := make([]cadre.ID, 0, len(in.Mentioned))
	for _, text := range in.Mentioned {
		mentioned = append(mentioned, cadre.ID(number(text)))
	}
	return casework.Request{
		AnsweredOn: answered, Into: into, Mentioned: mentioned,
		Move: m, Reason: in.Reason, Desk: territory.LocalityID(number(in.Desk)), DueOn: due, Agency: in.Agency,
		Asked: cadre.ID(number(in.Asked)), Outcome: in.Outcome, Evidence: in.Evidence,
	}
}

// version reads the version that a form was made from; zero for anything else, which never is the present one.
func version(text string) int {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return 0
	}
	return int(n)
}

// moveParams reads which issue is to be moved how; NotFound for a move that does not exist.
func moveParams(r *http.Request) (uuid.UUID, casework.Move, error) {
	id, err := uuidParam(chi.URLParam(r, "issue"))
	move := casework.Move(chi.URLParam(r, "move"))
	if err != nil || !slices.Contains(casework.Moves(), move) {
		return uuid.Nil, "", fault.NotFound()
	}
	return id, move, nil
}

func (s *Server) moveForm(w http.ResponseWriter, r *http.Request) error {
	id, move, err := moveParams(r)
	if err != nil {
		return err
	}
	found, err := s.app.Issue(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	if found.May(move) == nil {
		return keeping{error: fault.Forbidden("issue.not_yours"), back: backTo(r.Context(), id)}
	}
	in := moveInput{SubmissionID: newID(), Version: strconv.Itoa(found.Issue.Version)}
	return s.render(w, r, http.StatusOK, page.Move(s.moveView(w, r, found, move, in, nil)))
}

func (s *Server) move(w http.ResponseWriter, r *http.Request) error {
	id, move, err := moveParams(r)
	if err != nil {
		return err
	}
	var in moveInput
	in.files, err = s.readUpload(r, mostFiles)
	if err == nil {
		err = in.files.joinErrors(decode(r, &in))
	}
	if unread(err) {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	if err == nil {
		err = s.app.Move(ctx, actor, submission(r), id, version(in.Version), in.request(move), in.files.inputs()...)
	}
	if err == nil {
		return s.seeOther(w, r, "/issues/"+id.String(), "flash.move_"+string(move))
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid, fault.KindConflict, fault.KindUnavailable:
		return s.moveAgain(w, r, id, move, in, err)
	case fault.KindForbidden, fault.KindNotFound, fault.KindInternal:
	}
	return keeping{error: err, typed: in.typed(), back: backTo(ctx, id)}
}

// backTo leads to an issue.
func backTo(ctx context.Context, id uuid.UUID) *component.Action {
	return &component.Action{Label: i18n.T(ctx, "issue.back"), URL: "/issues/" + id.String(), Icon: "issue", Primary: true}
}

// typed joins what a person wrote in the form of a move.
func (in moveInput) typed() string { return joined(in.Reason, in.Agency, in.Outcome, in.Evidence) }

// moveAgain shows the form again with everything typed: what was wrong, or what others did in the meantime.
func (s *Server) moveAgain(w http.ResponseWriter, r *http.Request, id uuid.UUID, move casework.Move, in moveInput, cause error) error {
	found, err := s.app.Issue(r.Context(), session(r).Actor, id)
	if err != nil {
		return cause
	}
	if err := s.keep(r, in.files); err != nil {
		return keeping{error: err, typed: in.typed(), back: backTo(r.Context(), id)}
	}
	v := s.moveView(w, r, found, move, in, cause)
	if fault.KindOf(cause) == fault.KindConflict {
		s.explainConflict(r.Context(), &v, found, move, in)
	}
	return s.render(w, r, statusOf(cause), page.Move(v))
}

// explainConflict adds to the form what others did since it was opened. The form goes on from what is stored now.
func (s *Server) explainConflict(ctx context.Context, v *page.MoveView, found app.IssueView, move casework.Move, in moveInput) {
	v.Since, v.SinceText = moments(ctx, found.Issue.ID, found.Since(version(in.Version)), s.app.Now()), i18n.T(ctx, "issue.since")
	v.Version, v.SubmissionID = strconv.Itoa(found.Issue.Version), newID()
	if found.May(move) == nil {
		v.Summary.Items = append(v.Summary.Items, component.ErrorItem{Text: i18n.T(ctx, "issue.move_gone")})
	}
}

func (s *Server) moveView(w http.ResponseWriter, r *http.Request, f app.IssueView, move casework.Move, in moveInput, cause error) page.MoveView {
	ctx := r.Context()
	option := f.May(move)
	if option == nil { // the form comes back after somebody else was faster: with what was typed, and nothing to choose
		option = &app.MoveOption{Move: move}
	}
	v := page.MoveView{
		Base: s.base(w, r, moveLabel(ctx, *option)), Action: moveURL(f.Issue.ID.String(), move), SubmissionID: in.SubmissionID, Version: in.Version,
		About: page.Line{Title: f.Issue.Title, URL: "/issues/" + f.Issue.ID.String(), Number: f.Issue.Number}, Back: *backTo(ctx, f.Issue.ID),
		Submit: component.Button{Label: moveLabel(ctx, *option), Icon: moveIcons[move]},
	}
	if move == casework.Decline || move == casework.Merge {
		v.Submit.Kind = "danger"
	}
	v.Narrow = true
	v.Description = i18n.T(ctx, "issue.help."+string(move))
	v.Crumbs = crumbs(f.Path.Chain)
	v.Summary = summary(ctx, cause)
	errs := fieldErrors(ctx, cause)
	for _, field := range moveFields(ctx, *option, in, s.app.Now()) {
		field.Error = errs[field.Name]
		v.Fields = append(v.Fields, field)
	}
	if move == casework.AgencyReply {
		v.Facts = []component.Fact{{Label: i18n.T(ctx, "issue.agency"), Value: f.Issue.Agency}, {Label: i18n.T(ctx, "issue.agency_due"), Value: dayText(ctx, f.Issue.AgencyDue)}}
	}
	if slices.Contains(takesFiles, move) && s.app.TakesFiles() {
		fields, hidden := filesFields(ctx, in.files, errs["file"])
		v.Fields, v.Hidden, v.Multipart = append(v.Fields, fields...), hidden, true
	}
	return v
}

// moveFields gives the fields of a move's form with what was typed.
func moveFields(ctx context.Context, option app.MoveOption, in moveInput, now time.Time) []page.MoveField {
	reason := func(key string) page.MoveField {
		return page.MoveField{Control: page.ControlTextarea, Field: component.Field{
			Name: "reason", Label: i18n.T(ctx, key), Value: in.Reason, MaxLength: casework.MaxText, Rows: 4, Required: true,
		}}
	}
	text := func(name, key, value string) page.MoveField {
		return page.MoveField{Control: page.ControlTextarea, Field: component.Field{
			Name: name, Label: i18n.T(ctx, key), Hint: i18n.T(ctx, key+"_hint"), Value: value, MaxLength: casework.MaxText, Rows: 4, Required: true,
		}}
	}
	due := page.MoveField{Control: page.ControlDate, Field: component.Field{
		Name: "due_on", Label: i18n.T(ctx, "issue.due_label"), Value: in.DueOn, Required: true, Min: territory.DayOf(now).String(),
	}}
	switch option.Move {
	case casework.Start:
		return []page.MoveField{{Field: component.Field{
			Name: "agency", Label: i18n.T(ctx, "issue.agency_label"), Hint: i18n.T(ctx, "issue.agency_hint"), Value: in.Agency, MaxLength: casework.MaxTitle, Required: true,
			Suggestions: option.Agencies, Autocomplete: "off",
		}}, due}
	case casework.Escalate, casework.PullUp, casework.Decline, casework.Reopen:
		return []page.MoveField{reason("issue.reason_label")}
	case casework.SendDown:
		return []page.MoveField{deskChoice(ctx, option, in), reason("issue.instruction_label"), due}
	case casework.AskInfo:
		return []page.MoveField{askChoice(ctx, option, in), reason("issue.question_label")}
	case casework.AnswerInfo:
		return []page.MoveField{reason("issue.answer_label")}
	case casework.Resolve:
		evidence := text("evidence", "issue.evidence_label", in.Evidence)
		evidence.Required = false
		return []page.MoveField{text("outcome", "issue.outcome_label", in.Outcome), evidence}
	case casework.Merge:
		return mergeFields(ctx, option, in)
	case casework.AgencyReply:
		on := page.MoveField{Control: page.ControlDate, Field: component.Field{
			Name: "answered_on", Label: i18n.T(ctx, "issue.answered_on"), Value: in.AnsweredOn, Required: true, Max: territory.DayOf(now).String(),
		}}
		return []page.MoveField{on, reason("issue.agency_answer_label")}
	case casework.Confirm, casework.Acknowledge:
		field := reason("issue.remark_label")
		field.Required, field.Optional = false, true
		return []page.MoveField{field}
	case casework.CommentOn:
		return append([]page.MoveField{reason("issue.comment_label")}, mentionFields(ctx, option, in.Mentioned)...)
	case casework.Absorb, casework.Conclude, casework.Raise, casework.PassVacant, casework.Lapse, casework.MarkOverdue, casework.CloseSilent:
	}
	return nil
}

// mergeFields offer the open issues that may be the same, and a field for the number of any other.
func mergeFields(ctx context.Context, option app.MoveOption, in moveInput) []page.MoveField {
	remark := page.MoveField{Control: page.ControlTextarea, Field: component.Field{
		Name: "reason", Label: i18n.T(ctx, "issue.remark_label"), Value: in.Reason, MaxLength: casework.MaxText, Rows: 3, Optional: true,
	}}
	other := page.MoveField{Field: component.Field{
		Name: "into_number", Label: i18n.T(ctx, "issue.into_number"), Hint: i18n.T(ctx, "issue.into_number_hint"), Value: in.IntoNumber, MaxLength: 40, Size: "medium",
	}}
	if len(option.Twins) == 0 {
		other.Name, other.Required = "into", true
		other.Value = in.Into
		return []page.MoveField{other, remark}
	}
	field := page.MoveField{Control: page.ControlRadios, Field: component.Field{Name: "into", Label: i18n.T(ctx, "issue.into"), Value: in.Into}}
	for _, t := range option.Twins {
		field.Options = append(field.Options, component.Option{Value: t.ID.String(), Label: t.Title, Hint: strings.Join([]string{
			t.Number, placeIn(t.Place, t.Above), i18n.T(ctx, "issue.state."+string(t.State)), i18n.T(ctx, "issue.at", "desk", t.Desk),
		}, " · ")})
	}
	other.Label, other.Optional = i18n.T(ctx, "issue.into_other"), true
	return []page.MoveField{field, other, remark}
}

// mentionFields offer whom a comment speaks to.
func mentionFields(ctx context.Context, option app.MoveOption, chosen []string) []page.MoveField {
	if len(option.People) == 0 {
		return nil
	}
	field := page.MoveField{Control: page.ControlCheckboxes, Field: component.Field{
		Name: "mentioned", Label: i18n.T(ctx, "issue.mention"), Values: chosen, Optional: true,
	}}
	for _, p := range option.People {
		field.Options = append(field.Options, component.Option{Value: strconv.FormatInt(int64(p.ID), 10), Label: p.Name, Hint: postAt(ctx, p)})
	}
	return []page.MoveField{field}
}

// postAt words the post that somebody holds on the path.
func postAt(ctx context.Context, p app.PersonOption) string {
	if p.Place == "" {
		return postName(ctx, p.Post)
	}
	return i18n.T(ctx, "person.post_at", "post", postName(ctx, p.Post), "place", p.Place)
}

// deskChoice offers the desks below; the nearest one is chosen until somebody chooses another.
func deskChoice(ctx context.Context, option app.MoveOption, in moveInput) page.MoveField {
	field := page.MoveField{Control: page.ControlRadios, Field: component.Field{
		Name: "desk", Label: i18n.T(ctx, "issue.send_down_label"), Value: in.Desk, Required: true,
	}}
	for _, d := range option.Desks {
		field.Options = append(field.Options, component.Option{
			Value: strconv.FormatInt(int64(d.ID), 10), Label: d.Name, Hint: strings.Join(d.Leads, ", "),
		})
	}
	if field.Value == "" && len(field.Options) > 0 {
		field.Value = field.Options[0].Value
	}
	return field
}

// askChoice offers whom to ask; the first one is the raiser.
func askChoice(ctx context.Context, option app.MoveOption, in moveInput) page.MoveField {
	field := page.MoveField{Control: page.ControlRadios, Field: component.Field{
		Name: "asked", Label: i18n.T(ctx, "issue.asked_label"), Value: in.Asked, Required: true,
	}}
	for _, c := range option.People {
		field.Options = append(field.Options, component.Option{Value: strconv.FormatInt(int64(c.ID), 10), Label: c.Name, Hint: postAt(ctx, c)})
	}
	if field.Value == "" && len(field.Options) > 0 {
		field.Value = field.Options[0].Value
	}
	return field
}
