package web

import (
	"context"
	"net/http"

	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// placeInput is the form of a new place as it is posted.
type placeInput struct {
	SubmissionID string `form:"submission_id"`
	Level        string `form:"level"`
	Type         string `form:"type"`
	Name         string `form:"name"`
	Code         string `form:"code"`
	From         string `form:"from"`
	Decree       string `form:"decree"`
}

func (in placeInput) addition() territory.AddInput {
	return territory.AddInput{Level: in.Level, Type: in.Type, Name: in.Name, Code: in.Code, From: in.From, Decree: in.Decree}
}

func addPlaceURL(id territory.LocalityID) string { return placeURL(id) + "/add" }

func (s *Server) addPlaceForm(w http.ResponseWriter, r *http.Request) error {
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	chain, err := s.app.PlaceToAdd(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	in := placeInput{SubmissionID: newID(), From: session(r).Actor.Today().String()}
	if below := usualBelow[chain.Self().Level]; below != "" {
		in.Level, in.Type = string(below), usualType[below]
	}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.addPlaceView(w, r, chain, in, nil)))
}

// usualBelow is what is most often added below a place of a level, and usualType how that is called.
var (
	usualBelow = map[territory.Level]territory.Level{
		territory.Province: territory.Commune, territory.District: territory.Commune, territory.Subregion: territory.Commune,
		territory.Commune: territory.Hamlet, territory.Hamlet: territory.Group,
	}
	usualType = map[territory.Level]string{territory.Commune: "X\u00e3", territory.Hamlet: "\u1ea4p", territory.Group: "T\u1ed5"}
)

func (s *Server) addPlace(w http.ResponseWriter, r *http.Request) error {
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	var in placeInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	if err == nil {
		err = s.app.AddPlace(ctx, actor, submission(r), id, in.addition())
	}
	switch {
	case err == nil:
		return s.seeOther(w, r, placeURL(id), "flash.place_added")
	case fault.KindOf(err) != fault.KindInvalid:
		return keeping{error: err, typed: joined(in.Name, in.Decree)}
	}
	chain, failed := s.app.PlaceToAdd(ctx, actor, id)
	if failed != nil {
		return keeping{error: failed, typed: joined(in.Name, in.Decree)}
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.addPlaceView(w, r, chain, in, err)))
}

func (s *Server) addPlaceView(w http.ResponseWriter, r *http.Request, chain territory.Chain, in placeInput, cause error) page.FormView {
	ctx := r.Context()
	here := chain.Self()
	v := page.FormView{
		Base: s.base(w, r, i18n.T(ctx, "place.add_title", "place", here.Name)), Action: addPlaceURL(here.ID),
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}},
		Submit: component.Button{Label: i18n.T(ctx, "place.add"), Icon: "plus"}, Ways: []component.Action{{Label: here.Name, URL: placeURL(here.ID)}},
		Fields: placeFields(ctx, here.Level, in),
	}
	v.Description, v.Narrow, v.Summary, v.Crumbs = i18n.T(ctx, "place.add_help"), true, summary(ctx, cause), crumbs(chain)
	errs := fieldErrors(ctx, cause)
	for i := range v.Fields {
		v.Fields[i].Error = errs[v.Fields[i].Name]
	}
	return v
}

func placeFields(ctx context.Context, above territory.Level, in placeInput) []page.MoveField {
	level := component.Field{Name: "level", Label: i18n.T(ctx, "place.level"), Value: in.Level, Required: true}
	for _, l := range territory.LevelsBelow(above) {
		level.Options = append(level.Options, component.Option{Value: string(l), Label: i18n.T(ctx, "level."+string(l))})
	}
	text := func(name, value string, most int) page.MoveField {
		f := component.Field{Name: name, Label: i18n.T(ctx, "place.new_"+name), Hint: i18n.T(ctx, "place.new_"+name+"_hint"), Value: value, MaxLength: most, Autocomplete: "off"}
		f.Required = name == "type" || name == "name"
		f.Optional = !f.Required
		return page.MoveField{Field: f}
	}
	return []page.MoveField{
		{Control: page.ControlSelect, Field: level}, text("type", in.Type, territory.MaxUnitName), text("name", in.Name, territory.MaxUnitName),
		text("code", in.Code, territory.MaxCode),
		{Control: page.ControlDate, Field: component.Field{Name: "from", Label: i18n.T(ctx, "place.from"), Value: in.From, Required: true}},
		text("decree", in.Decree, territory.MaxDecree),
	}
}
