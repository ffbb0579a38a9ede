package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// manyInput is the form that assigns many, as it is posted; the field of each place comes beside it.
type manyInput struct {
	SubmissionID string `form:"submission_id"`
	What         string `form:"what"` // post and level
	From         string `form:"from"`
	Last         string `form:"last"`
	Decision     string `form:"decision"`
	IfHeld       string `form:"if_held"`
	Reason       string `form:"reason"`
	Acting       string `form:"acting"`

	rows map[string]string // who was typed, by field
	file *upload
}

const (
	ifHeldReplace = "replace"
	ifHeldAdd     = "add"
	rowPrefix     = "cadre-"
)

// usualManyURL leads to the page with what is most likely given below a place.
func usualManyURL(place territory.Locality) string {
	kind := app.UsualKind(place.Level)
	return assignManyURL(place.ID) + "?" + url.Values{"what": {kind.Post + "@" + string(kind.Level)}}.Encode()
}

func assignManyURL(id territory.LocalityID) string { return placeURL(id) + "/assign-many" }

// kindOf reads which post is given at which level; the zero kind for none.
func kindOf(what string) app.ManyKind {
	post, level, _ := strings.Cut(what, "@")
	return app.ManyKind{Post: post, Level: territory.Level(level)}
}

func kindText(k app.SeatKind) string { return k.Post.Code + "@" + string(k.Level) }

// typedRows gives what was typed for places, by field, and in the order of the places' ids for the use case.
func typedRows(place territory.LocalityID, values url.Values) (map[string]string, []app.ManyRow) {
	typed := map[string]string{}
	var rows []app.ManyRow
	for name, list := range values {
		key, ok := strings.CutPrefix(name, rowPrefix)
		if !ok || len(list) == 0 || list[0] == "" {
			continue
		}
		row := app.ManyRow{Place: place, Who: list[0]}
		if household, err := uuid.Parse(key); err == nil {
			row.Household = household
		} else if id, err := strconv.ParseInt(key, 10, 64); err == nil {
			row.Place = territory.LocalityID(id)
		} else {
			continue
		}
		typed[name], rows = list[0], append(rows, row)
	}
	return typed, rows
}

func (s *Server) assignManyForm(w http.ResponseWriter, r *http.Request) error {
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	in := manyInput{SubmissionID: newID(), What: r.URL.Query().Get("what"), From: session(r).Actor.Today().String(), IfHeld: ifHeldReplace}
	found, err := s.app.ManyPage(r.Context(), session(r).Actor, id, kindOf(in.What))
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.AssignMany(s.manyView(w, r, found, in, nil)))
}

func (s *Server) assignMany(w http.ResponseWriter, r *http.Request) error {
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	var in manyInput
	in.file, err = s.readUpload(r, 1)
	if err == nil {
		err = in.file.joinErrors(decode(r, &in))
	}
	if unread(err) {
		return err
	}
	typed, rows := typedRows(id, r.PostForm)
	in.rows = typed
	ctx, actor := r.Context(), session(r).Actor
	if err == nil {
		_, err = s.app.AssignMany(ctx, actor, submission(r), app.ManyInput{
			Place: id, Kind: kindOf(in.What), From: in.From, Last: in.Last, Decision: in.Decision, Replace: in.IfHeld == ifHeldReplace, Reason: in.Reason,
			Acting: in.Acting != "", Rows: rows, File: in.file.one(),
		})
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, assignManyURL(id)+"?"+url.Values{"what": {in.What}}.Encode(), "flash.assigned_many")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: in.typed()}
	}
	if failed := s.keep(r, in.file); failed != nil {
		return keeping{error: failed, typed: in.typed()}
	}
	found, failed := s.app.ManyPage(ctx, actor, id, kindOf(in.What))
	if failed != nil {
		return keeping{error: failed, typed: in.typed()}
	}
	if fault.KindOf(err) == fault.KindConflict {
		in.SubmissionID = newID()
	}
	return s.render(w, r, statusOf(err), page.AssignMany(s.manyView(w, r, found, in, err)))
}

func (in manyInput) typed() string {
	texts := []string{in.Decision, in.Reason}
	for _, who := range in.rows {
		texts = append(texts, who)
	}
	return joined(texts...)
}

func (s *Server) manyView(w http.ResponseWriter, r *http.Request, f app.ManyPage, in manyInput, cause error) page.AssignManyView {
	ctx, place := r.Context(), f.Chain.Self()
	cause = atFirstRow(cause, f)
	errs := fieldErrors(ctx, cause)
	v := page.AssignManyView{
		Base: s.base(w, r, i18n.T(ctx, "assignment.many_title", "place", place.Name)), Action: assignManyURL(place.ID), ChooseURL: assignManyURL(place.ID),
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "what", Value: kindText(f.Kind)}},
		Save:   component.Button{Label: i18n.T(ctx, "assignment.many_save"), Icon: "check"},
		Back:   component.Action{Label: i18n.T(ctx, "assignment.back"), URL: assignmentsURL(place.ID)},
		Shown:  i18n.T(ctx, "assignment.many_shown", "n", i18n.Count(ctx, len(f.Seats))), MorePeople: len(f.People) > peopleShown,
	}
	v.Description, v.Crumbs, v.Summary = i18n.T(ctx, "assignment.many_help"), crumbs(f.Chain), summary(ctx, cause)
	v.Kind = kindField(ctx, f)
	if v.Kind != nil {
		v.Kind.Error = errs["what"]
	}
	if f.Kind.Post.Code == "" {
		return v
	}
	v.Chosen = true
	if f.TooMany {
		v.TooMany = i18n.T(ctx, "assignment.many_too_many", "n", i18n.Count(ctx, f.Kind.Places))
		for _, n := range f.Nearer {
			v.Nearer = append(v.Nearer, component.Action{Label: n.Locality.Name, URL: assignManyURL(n.Locality.ID) + "?" + url.Values{"what": {kindText(f.Kind)}}.Encode()})
		}
		return v
	}
	manyFields(ctx, &v, in, errs)
	if s.app.TakesFiles() {
		field, hidden := s.fileField(r, in.file, errs)
		v.File, v.Hidden = field, append(v.Hidden, hidden...)
	}
	for _, c := range f.People[:min(peopleShown, len(f.People))] {
		v.People = append(v.People, app.CandidateText(c))
	}
	today := session(r).Actor.Today()
	for _, seat := range f.Seats {
		v.Rows = append(v.Rows, seatRow(ctx, seat, in, errs, today))
	}
	return v
}

// peopleShown is how many names a form offers while somebody types.
const peopleShown = 400

// atFirstRow has an error of all rows stand at the first one.
func atFirstRow(cause error, f app.ManyPage) error {
	found := fault.As(cause)
	if found == nil || len(f.Seats) == 0 {
		return cause
	}
	moved := *found
	moved.Fields = nil
	for _, field := range found.Fields {
		if field.Name == "rows" {
			field.Name = seatField(f.Seats[0])
		}
		moved.Fields = append(moved.Fields, field)
	}
	return &moved
}

// seatField is the name of the field of a seat.
func seatField(s app.Seat) string {
	if s.Household != uuid.Nil {
		return app.ManyHouseholdField(s.Household)
	}
	return app.ManyField(s.ID)
}

// kindField lets the post be chosen; nil where there is but one.
func kindField(ctx context.Context, f app.ManyPage) *component.Field {
	if len(f.Kinds) < 2 && f.Kind.Post.Code != "" {
		return nil
	}
	field := component.Field{Name: "what", Label: i18n.T(ctx, "assignment.kind"), Value: kindText(f.Kind)}
	for _, k := range f.Kinds {
		field.Options = append(field.Options, component.Option{Value: kindText(k), Label: i18n.T(ctx, "assignment.kind_at",
			"post", postName(ctx, k.Post), "level", i18n.T(ctx, "level."+string(k.Level)), "n", i18n.Count(ctx, k.Places))})
	}
	return &field
}

func manyFields(ctx context.Context, v *page.AssignManyView, in manyInput, errs map[string]string) {
	v.From = component.Field{Name: "from", Label: i18n.T(ctx, "assignment.from"), Value: in.From, Error: errs["from"], Required: true}
	v.Last = component.Field{Name: "last", Label: i18n.T(ctx, "assignment.last"), Value: in.Last, Error: errs["last"], Optional: true}
	v.Decision = component.Field{
		Name: "decision", Label: i18n.T(ctx, "assignment.decision"), Value: in.Decision, Error: errs["decision"], Optional: true, MaxLength: cadre.MaxDecision,
	}
	v.Replace = component.Field{Name: "if_held", Label: i18n.T(ctx, "assignment.if_held"), Value: in.IfHeld, Options: []component.Option{
		{Value: ifHeldReplace, Label: i18n.T(ctx, "assignment.if_replace")}, {Value: ifHeldAdd, Label: i18n.T(ctx, "assignment.if_add")},
	}}
	v.Reason = component.Field{
		Name: "reason", Label: i18n.T(ctx, "assignment.many_reason"), Hint: i18n.T(ctx, "assignment.many_reason_hint"), Value: in.Reason, Error: errs["reason"],
		Optional: true, MaxLength: cadre.MaxReason,
	}
	v.Acting = component.Field{Name: "acting", Label: i18n.T(ctx, "assignment.many_acting"), Checked: in.Acting != ""}
}

func seatRow(ctx context.Context, seat app.Seat, in manyInput, errs map[string]string, today territory.Day) page.SeatRow {
	name := seatField(seat)
	if seat.Household != uuid.Nil {
		seat.Name = i18n.T(ctx, "assignment.household_number", "number", seat.Number)
	}
	row := page.SeatRow{Place: seat.Name, Above: seat.Above, URL: assignmentsURL(seat.ID), Who: component.Field{
		Name: name, Label: i18n.T(ctx, "assignment.new_holder_of", "place", placeIn(seat.Name, seat.Above)), LabelHidden: true, Value: in.rows[name], Error: errs[name],
		Autocomplete: "off", Attrs: templ.Attributes{"list": "people", "spellcheck": "false"},
	}}
	for _, h := range seat.Holders {
		if !h.Term.Until.IsZero() && !h.Term.Until.After(today) {
			continue
		}
		row.Holders = append(row.Holders, page.SeatHolder{Name: h.Name, URL: cadreURL(h.Cadre), Period: termText(ctx, h.Term)})
	}
	return row
}

// chooseReach lets a place be chosen for a person; the form of the assignment comes after it.
func (s *Server) chooseReach(w http.ResponseWriter, r *http.Request) error {
	id, err := cadreParam(r)
	if err != nil {
		return err
	}
	var q struct {
		Words string `form:"q"`
	}
	decodeQuery(r, &q)
	ctx := r.Context()
	who, rows, err := s.app.Reaches(ctx, session(r).Actor, id, app.ParseWords(q.Words))
	if err != nil {
		return err
	}
	v := page.ReachView{
		Base: s.base(w, r, i18n.T(ctx, "assignment.reach_title", "name", who.Person.Name)), Back: component.Action{Label: i18n.T(ctx, "cadre.back"), URL: cadreURL(id)},
	}
	v.Description = i18n.T(ctx, "assignment.reach_help")
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "cadres.title"), URL: "/cadres"}, {Label: who.Person.Name, URL: cadreURL(id)}}
	v.Filter = component.Filter{Action: cadreURL(id) + "/assign", Query: &component.Field{Name: "q", Label: i18n.T(ctx, "assignment.find_place"), Value: q.Words, LabelHidden: true,
		Attrs: templ.Attributes{"placeholder": i18n.T(ctx, "assignment.find_place")}}}
	v.More = len(rows) > reachesShown
	for _, p := range rows[:min(reachesShown, len(rows))] {
		v.Rows = append(v.Rows, page.ReachRow{
			Place: p.Name, Above: p.Above, Level: i18n.T(ctx, "level."+string(p.Level)), People: p.People,
			URL: assignURL(p.ID) + "?" + url.Values{"cadre": {strconv.FormatInt(int64(id), 10)}}.Encode(),
		})
	}
	return s.render(w, r, http.StatusOK, page.Reaches(v))
}

const reachesShown = 20
