package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

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

// similarPath gives the open issues that may be the same as one that is being written.
const similarPath = "/issues/similar"

// raiseInput is the form that raises an issue, as it is posted.
type raiseInput struct {
	SubmissionID string `form:"submission_id"`
	Place        string `form:"place"`
	Report       string `form:"report"`
	Title        string `form:"title"`
	Description  string `form:"description"`
	Field        string `form:"field"`
	Severity     string `form:"severity"`
	Desk         string `form:"desk"`

	files *upload
}

func (in raiseInput) report() uuid.UUID {
	id, err := uuid.Parse(in.Report)
	if err != nil {
		return uuid.Nil // raised alone
	}
	return id
}

func (s *Server) raiseForm(w http.ResponseWriter, r *http.Request) error {
	var in raiseInput
	decodeQuery(r, &in)
	in.SubmissionID = newID()
	ctx, actor := r.Context(), session(r).Actor
	if in.Place == "" && in.Report == "" {
		in.Place = onlyPlace(actor)
	}
	form, err := s.app.RaiseForm(ctx, actor, territory.LocalityID(number(in.Place)), in.report())
	if err != nil {
		return err
	}
	if len(form.Chain) == 0 {
		return s.render(w, r, http.StatusOK, page.Raise(s.choosePlaceView(w, r, form)))
	}
	if form.Report != nil {
		in.Description = form.Report.Difficulties
		if in.Description == "" {
			in.Description = form.Report.Pressing
		}
	}
	return s.render(w, r, http.StatusOK, page.Raise(s.raiseView(w, r, form, in, nil)))
}

// onlyPlace gives the place of somebody who works at just one of the lowest level; nothing where there is a choice.
func onlyPlace(a cadre.Actor) string {
	if len(a.Grants) == 1 && !a.Grants[0].Locality.Level.Above(territory.Hamlet) {
		return strconv.FormatInt(int64(a.Grants[0].Locality.ID), 10)
	}
	return ""
}

func (s *Server) raise(w http.ResponseWriter, r *http.Request) error {
	var in raiseInput
	files, err := s.readUpload(r, mostFiles)
	if err == nil {
		err = files.joinErrors(decode(r, &in))
	}
	if unread(err) {
		return err
	}
	in.files = files
	ctx, actor := r.Context(), session(r).Actor
	if err == nil {
		var id uuid.UUID
		id, err = s.app.Raise(ctx, actor, submission(r), app.RaiseInput{
			Locality: territory.LocalityID(number(in.Place)), ReportID: in.report(), Title: in.Title, Description: in.Description,
			Field: in.Field, Severity: casework.Severity(number(in.Severity)), Desk: territory.LocalityID(number(in.Desk)),
		}, files.inputs()...)
		if err == nil {
			return s.seeOther(w, r, "/issues/"+id.String(), "flash.issue_raised")
		}
	}
	switch fault.KindOf(err) {
	case fault.KindNotFound, fault.KindForbidden, fault.KindInternal:
		return keeping{error: err, typed: joined(in.Title, in.Description)}
	case fault.KindInvalid, fault.KindConflict, fault.KindUnavailable:
	}
	if in.Place == "" && in.Report == "" {
		return keeping{error: err, typed: joined(in.Title, in.Description)}
	}
	form, failed := s.app.RaiseForm(ctx, actor, territory.LocalityID(number(in.Place)), in.report())
	if failed != nil {
		return keeping{error: failed, typed: joined(in.Title, in.Description)}
	}
	if failed := s.keep(r, in.files); failed != nil {
		return keeping{error: failed, typed: joined(in.Title, in.Description)}
	}
	if fault.KindOf(err) == fault.KindConflict {
		in.SubmissionID = newID()
	}
	return s.render(w, r, statusOf(err), page.Raise(s.raiseView(w, r, form, in, err)))
}

// choosePlaceView is the first step for somebody with several places: which one is it about?
func (s *Server) choosePlaceView(w http.ResponseWriter, r *http.Request, form app.RaiseForm) page.RaiseView {
	ctx := r.Context()
	v := page.RaiseView{Base: s.base(w, r, "issue.raise_title"), Action: "/issues/new", Choosing: true}
	v.Description, v.Narrow = i18n.T(ctx, "issue.choose_place_help"), true
	v.PlaceField = component.Field{Name: "place", Label: i18n.T(ctx, "issue.place"), Required: true}
	for _, p := range form.Places {
		v.PlaceField.Options = append(v.PlaceField.Options, component.Option{Value: strconv.FormatInt(int64(p.ID), 10), Label: p.Name, Group: p.Above})
	}
	return v
}

func (s *Server) raiseView(w http.ResponseWriter, r *http.Request, form app.RaiseForm, in raiseInput, cause error) page.RaiseView {
	ctx := r.Context()
	errs := fieldErrors(ctx, cause)
	place := form.Chain.Self()
	v := page.RaiseView{
		Base: s.base(w, r, "issue.raise_title"), Action: "/issues/new", SubmissionID: in.SubmissionID,
		PlaceID: strconv.FormatInt(int64(place.ID), 10), PlaceName: placeLine(form.Chain),
	}
	v.Description, v.Summary, v.Crumbs = i18n.T(ctx, "issue.raise_help"), summary(ctx, cause), crumbs(form.Chain)
	if form.Report != nil {
		v.Report, v.FromReport = form.Report.ID.String(), &page.Line{Title: reportLine(ctx, form.Report.Kind, form.Report.Summary), URL: "/reports/" + form.Report.ID.String()}
	}
	v.Heading = component.Field{
		Name: "title", Label: i18n.T(ctx, "issue.title_label"), Hint: i18n.T(ctx, "issue.title_hint"), Value: in.Title,
		Error: errs["title"], Required: true, MaxLength: casework.MaxTitle,
	}
	v.Text = component.Field{
		Name: "description", Label: i18n.T(ctx, "issue.description_label"), Hint: i18n.T(ctx, "issue.description_hint"), Value: in.Description,
		Error: errs["description"], Required: true, Rows: 6, MaxLength: casework.MaxText,
	}
	v.Field = fieldSelect(ctx, form.Fields, in.Field, errs["field"])
	v.Severity = severityChoice(ctx, in.Severity, errs["severity"])
	v.Desk = raiseDesks(ctx, form, in.Desk, errs["desk"])
	v.SimilarURL = similarPath + "?" + url.Values{"place": {v.PlaceID}}.Encode()
	v.OpenURL = issuesQuery{State: string(app.OpenIssues), Place: v.PlaceID}.url()
	if s.app.TakesFiles() {
		v.Files, v.Hidden = filesFields(ctx, in.files, errs["file"])
		v.Multipart = true
	}
	return v
}

// placeLine writes a place with the one above it, since names repeat.
func placeLine(chain territory.Chain) string {
	line := chain.Self().Name
	if len(chain) > 1 && chain.Self().Level.Rank() > territory.District.Rank() {
		line += ", " + chain[1].Name
	}
	if commune, ok := chain.At(territory.Commune); ok && len(chain) > 2 && chain.Self().Level == territory.Group {
		line += ", " + commune.Name
	}
	return line
}

func fieldSelect(ctx context.Context, fields []app.WorkField, value, wrong string) component.Field {
	f := component.Field{
		Name: "field", Label: i18n.T(ctx, "issue.field"), Value: value, Error: wrong, Required: true, Empty: i18n.T(ctx, "issue.field_choose"),
	}
	for _, k := range fields {
		f.Options = append(f.Options, component.Option{Value: k.Code, Label: fieldName(ctx, k)})
	}
	return f
}

func severityChoice(ctx context.Context, value, wrong string) component.Field {
	if value == "" {
		value = "1"
	}
	f := component.Field{Name: "severity", Label: i18n.T(ctx, "issue.severity"), Value: value, Error: wrong, Required: true, Inline: true}
	for _, k := range casework.Severities() {
		n := strconv.Itoa(int(k))
		f.Options = append(f.Options, component.Option{Value: n, Label: i18n.T(ctx, "issue.severity."+n), Hint: i18n.T(ctx, "issue.severity_hint."+n)})
	}
	return f
}

// raiseDesks offers where to raise it: each desk with who leads it, and where it goes if nobody does.
func raiseDesks(ctx context.Context, form app.RaiseForm, value, wrong string) component.Field {
	f := component.Field{Name: "desk", Label: i18n.T(ctx, "issue.desk_label"), Value: value, Error: wrong, Required: true}
	for _, d := range form.Desks {
		o := component.Option{Value: strconv.FormatInt(int64(d.ID), 10), Label: d.Name, Hint: strings.Join(d.Leads, ", ")}
		switch {
		case d.Vacant():
			o.Hint = i18n.T(ctx, "issue.vacant_passes")
		case d.Direct:
			o.Hint = i18n.T(ctx, "issue.direct_hint", "leads", o.Hint)
		}
		f.Options = append(f.Options, o)
	}
	if f.Value == "" && len(f.Options) > 0 {
		f.Value = f.Options[0].Value
	}
	return f
}
