package web

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// postsPath is the catalogue of posts.
const postsPath = "/posts"

// postInput is the form of a post, as it is posted.
type postInput struct {
	SubmissionID string   `form:"submission_id"`
	Version      string   `form:"version"`
	NameVi       string   `form:"name_vi"`
	NameEn       string   `form:"name_en"`
	Tier         string   `form:"tier"`
	Capability   string   `form:"capability"`
	Structure    string   `form:"structure"`
	Levels       []string `form:"levels"`
	Position     string   `form:"position"`
	From         string   `form:"from"`
	Last         string   `form:"last"`
	Reason       string   `form:"reason"`
	Agreed       string   `form:"agreed"`
	Running      string   `form:"running"`
}

func (in postInput) post() cadre.PostInput {
	return cadre.PostInput{
		NameVi: in.NameVi, NameEn: in.NameEn, Tier: in.Tier, Capability: in.Capability, Structure: in.Structure, Levels: in.Levels, Position: in.Position, From: in.From,
	}
}

func (in postInput) typed() string { return joined(in.NameVi, in.NameEn, in.Reason) }

func postURL(id int64, change string) string {
	return postsPath + "/" + strconv.FormatInt(id, 10) + "/" + change
}

// posts shows the catalogue to administrators.
func (s *Server) posts(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	found, err := s.app.Posts(ctx, actor)
	if err != nil {
		return err
	}
	v := page.PostsView{Base: s.base(w, r, "posts.title"), Changes: found.Mine}
	v.Description = i18n.T(ctx, "posts.help")
	if found.Mine {
		v.Actions = []component.Action{{Label: i18n.T(ctx, "post.add"), URL: postsPath + "/new", Icon: "plus", Primary: true}}
	}
	for _, p := range found.Posts {
		row := postRow(ctx, p)
		if p.Retired(actor.Today()) {
			v.Retired = append(v.Retired, row)
			continue
		}
		if found.Mine {
			row.Ways = []component.Action{{Label: i18n.T(ctx, "post.edit"), URL: postURL(p.ID, "edit")}}
			if !p.Fixed() && p.Until.IsZero() {
				row.Ways = append(row.Ways, component.Action{Label: i18n.T(ctx, "post.retire"), URL: postURL(p.ID, "retire")})
			}
		}
		v.Now = append(v.Now, row)
	}
	v.Export = exportOf(postsPath)
	return s.render(w, r, http.StatusOK, page.Posts(v))
}

func postRow(ctx context.Context, p cadre.CataloguePost) page.PostRow {
	levels := make([]string, 0, len(p.Levels))
	for _, l := range p.Levels {
		levels = append(levels, i18n.T(ctx, "level."+string(l)))
	}
	row := page.PostRow{
		Name: postName(ctx, p.Post), Tier: i18n.T(ctx, "tier."+string(p.Tier)), Levels: strings.Join(levels, "; "), Capability: i18n.T(ctx, "post.capability."+string(p.Capability)),
		Structure: i18n.T(ctx, "post.structure."+string(p.Structure)), Holders: i18n.Count(ctx, p.Now),
	}
	if p.From.After(territory.NewDay(2000, 1, 1)) {
		row.Period = i18n.T(ctx, "assignment.since", "from", dayText(ctx, p.From))
	}
	if !p.Until.IsZero() {
		row.Period = strings.TrimSpace(row.Period + " " + i18n.T(ctx, "post.period_until", "last", dayText(ctx, p.Until.Add(-1))))
	}
	return row
}

// postForm is one way in which the catalogue is changed on a page of its own.
type postForm struct {
	change, flash string
	fields        func(ctx context.Context, p cadre.CataloguePost, in postInput, errs map[string]string) []page.MoveField
	send          func(s *Server, r *http.Request, p int64, in postInput) error
}

var (
	editPostForm   = postForm{change: "edit", flash: "flash.post_saved", fields: postFields, send: sendEditPost}
	retirePostForm = postForm{change: "retire", flash: "flash.post_retired", fields: retireFields, send: sendRetirePost}
)

func sendEditPost(s *Server, r *http.Request, id int64, in postInput) error {
	return s.app.EditPost(r.Context(), session(r).Actor, submission(r), id, clockVersion(in.Version), in.post())
}

func sendRetirePost(s *Server, r *http.Request, id int64, in postInput) error {
	return s.app.RetirePost(r.Context(), session(r).Actor, submission(r), id, app.RetireInput{
		Seen: clockVersion(in.Version), Running: clockVersion(in.Running), RetireInput: cadre.RetireInput{Last: in.Last, Reason: in.Reason, Agreed: in.Agreed != ""},
	})
}

func (s *Server) newPostForm(w http.ResponseWriter, r *http.Request) error {
	if err := s.app.MayAddPost(r.Context(), session(r).Actor); err != nil {
		return err
	}
	in := postInput{SubmissionID: newID(), Structure: string(cadre.AnyStructure), Position: "100", From: session(r).Actor.Today().String()}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.newPostView(w, r, in, nil)))
}

func (s *Server) newPostView(w http.ResponseWriter, r *http.Request, in postInput, cause error) page.FormView {
	ctx := r.Context()
	v := s.postFormView(w, r, "post.add", cause)
	v.Description, v.Action, v.Submit.Label = i18n.T(ctx, "post.add_help"), postsPath+"/new", i18n.T(ctx, "post.add")
	v.Hidden = []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}}
	v.Fields = postFields(ctx, cadre.CataloguePost{}, in, fieldErrors(ctx, cause))
	return v
}

// postFormView is a form of the catalogue without its fields.
func (s *Server) postFormView(w http.ResponseWriter, r *http.Request, title string, cause error) page.FormView {
	ctx := r.Context()
	v := page.FormView{
		Base: s.base(w, r, title), Submit: component.Button{Label: i18n.T(ctx, "post.save"), Icon: "check"},
		Ways: []component.Action{{Label: i18n.T(ctx, "post.back"), URL: postsPath}},
	}
	v.Summary, v.Narrow, v.Crumbs = summary(ctx, cause), true, []component.Crumb{{Label: i18n.T(ctx, "posts.title"), URL: postsPath}}
	return v
}

func (s *Server) addPost(w http.ResponseWriter, r *http.Request) error {
	var in postInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	if err == nil {
		err = s.app.AddPost(r.Context(), session(r).Actor, submission(r), in.post())
	}
	switch {
	case err == nil:
		return s.seeOther(w, r, postsPath, "flash.post_added")
	case fault.KindOf(err) == fault.KindInvalid:
		if failed := s.app.MayAddPost(r.Context(), session(r).Actor); failed != nil {
			return keeping{error: failed, typed: in.typed()}
		}
		return s.render(w, r, statusOf(err), page.SingleForm(s.newPostView(w, r, in, err)))
	}
	return keeping{error: err, typed: in.typed()}
}

func (s *Server) editPostForm(w http.ResponseWriter, r *http.Request) error {
	return s.showPostForm(w, r, editPostForm)
}

func (s *Server) editPost(w http.ResponseWriter, r *http.Request) error {
	return s.changePost(w, r, editPostForm)
}

func (s *Server) retirePostForm(w http.ResponseWriter, r *http.Request) error {
	return s.showPostForm(w, r, retirePostForm)
}

func (s *Server) retirePost(w http.ResponseWriter, r *http.Request) error {
	return s.changePost(w, r, retirePostForm)
}

func (s *Server) showPostForm(w http.ResponseWriter, r *http.Request, f postForm) error {
	id, err := postParam(r)
	if err != nil {
		return err
	}
	p, err := s.app.PostToChange(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	stored := cadre.InputOfPost(p)
	in := postInput{
		SubmissionID: newID(), Version: strconv.Itoa(p.Version), NameVi: stored.NameVi, NameEn: stored.NameEn, Tier: stored.Tier, Capability: stored.Capability,
		Structure: stored.Structure, Levels: stored.Levels, Position: stored.Position, From: stored.From, Last: session(r).Actor.Today().String(),
	}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.postChangeView(w, r, f, p, in, nil)))
}

func (s *Server) changePost(w http.ResponseWriter, r *http.Request, f postForm) error {
	id, err := postParam(r)
	if err != nil {
		return err
	}
	var in postInput
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	if err == nil {
		err = f.send(s, r, id, in)
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, postsPath, f.flash)
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: in.typed()}
	}
	p, failed := s.app.PostToChange(r.Context(), session(r).Actor, id)
	if failed != nil {
		return keeping{error: failed, typed: in.typed()}
	}
	if fault.KindOf(err) == fault.KindConflict {
		in.SubmissionID, in.Version = newID(), strconv.Itoa(p.Version)
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.postChangeView(w, r, f, p, in, err)))
}

func (s *Server) postChangeView(w http.ResponseWriter, r *http.Request, f postForm, p cadre.CataloguePost, in postInput, cause error) page.FormView {
	ctx := r.Context()
	v := s.postFormView(w, r, i18n.T(ctx, "post."+f.change+"_title", "name", postName(ctx, p.Post)), cause)
	v.Description, v.Action = i18n.T(ctx, "post."+f.change+"_help"), postURL(p.ID, f.change)
	v.Hidden = []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "version", Value: in.Version}}
	v.Fields = f.fields(ctx, p, in, fieldErrors(ctx, cause))
	if f.change == retirePostForm.change {
		v.Submit = component.Button{Label: i18n.T(ctx, "post.retire"), Icon: "check", Kind: "danger"}
		v.Hidden = append(v.Hidden, page.HiddenValue{Name: "running", Value: strconv.Itoa(p.Now)})
		v.Facts = []component.Fact{{Label: i18n.T(ctx, "post.running"), Value: i18n.T(ctx, "post.running_count", "n", i18n.Count(ctx, p.Now))}}
		return v
	}
	if p.Ever || p.Fixed() {
		row := postRow(ctx, p)
		v.Description = i18n.T(ctx, "post.edit_held_help")
		v.Facts = []component.Fact{
			{Label: i18n.T(ctx, "post.tier"), Value: row.Tier}, {Label: i18n.T(ctx, "post.levels"), Value: row.Levels}, {Label: i18n.T(ctx, "post.capability"), Value: row.Capability},
			{Label: i18n.T(ctx, "post.structure"), Value: row.Structure}, {Label: i18n.T(ctx, "post.holders"), Value: row.Holders},
		}
	}
	return v
}

// postFields are the fields of a post; of one that somebody held only those that may still change.
func postFields(ctx context.Context, p cadre.CataloguePost, in postInput, errs map[string]string) []page.MoveField {
	field := func(name, value string) component.Field {
		return component.Field{Name: name, Label: i18n.T(ctx, "post."+name), Value: value, Error: errs[name], Required: true}
	}
	position := field("position", in.Position)
	position.InputMode, position.Size, position.MaxLength = "numeric", "short", 3
	names := []page.MoveField{{Field: field("name_vi", in.NameVi)}, {Field: field("name_en", in.NameEn)}}
	if p.Ever || p.Fixed() && p.ID != 0 {
		return append(names, page.MoveField{Field: position})
	}
	tier, capability, structure, levels := tierSelect(ctx, in.Tier, errs["tier"]), field("capability", in.Capability), field("structure", in.Structure), field("levels", "")
	tier.Label = i18n.T(ctx, "post.tier")
	for _, c := range cadre.PostCapabilities() {
		capability.Options = append(capability.Options, component.Option{Value: string(c), Label: i18n.T(ctx, "post.capability."+string(c))})
	}
	for _, s := range cadre.Structures() {
		structure.Options = append(structure.Options, component.Option{Value: string(s), Label: i18n.T(ctx, "post.structure."+string(s))})
	}
	levels.Values = in.Levels
	for _, l := range territory.Levels() {
		levels.Options = append(levels.Options, component.Option{Value: string(l), Label: i18n.T(ctx, "level."+string(l))})
	}
	return append(names,
		page.MoveField{Control: page.ControlSelect, Field: tier}, page.MoveField{Control: page.ControlCheckboxes, Field: levels},
		page.MoveField{Control: page.ControlRadios, Field: capability}, page.MoveField{Control: page.ControlRadios, Field: structure},
		page.MoveField{Control: page.ControlDate, Field: field("from", in.From)}, page.MoveField{Field: position})
}

func retireFields(ctx context.Context, p cadre.CataloguePost, in postInput, errs map[string]string) []page.MoveField {
	fields := []page.MoveField{
		{Control: page.ControlDate, Field: component.Field{Name: "last", Label: i18n.T(ctx, "post.last"), Value: in.Last, Error: errs["last"], Required: true}},
		{Field: component.Field{Name: "reason", Label: i18n.T(ctx, "assignment.reason"), Hint: i18n.T(ctx, "assignment.reason_hint"), Value: in.Reason, Error: errs["reason"],
			Required: true, MaxLength: cadre.MaxReason}},
	}
	if p.Now > 0 {
		fields = append(fields, page.MoveField{Control: page.ControlCheckbox, Field: component.Field{
			Name: "agreed", Label: i18n.T(ctx, "post.agree", "n", i18n.Count(ctx, p.Now)), Error: errs["agreed"], Checked: in.Agreed != "",
		}})
	}
	return fields
}

// postParam reads the post's id from the path; NotFound for what is no id.
func postParam(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(chi.URLParam(r, "post"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.NotFound()
	}
	return id, nil
}
