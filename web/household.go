package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/sheet"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// householdRoutes are the register of households. Personal data is read under an assignment at a group, hamlet or commune only.
func (s *Server) householdRoutes(may func(cadre.Action) access) {
	may(cadre.ReadHousehold).get("/places/{place}/households", s.register)
	may(cadre.ReadHousehold).post("/places/{place}/households/export", s.exportRegister)
	may(cadre.KeepHousehold).get("/places/{place}/households/new", s.newHouseholdForm)
	may(cadre.KeepHousehold).post("/places/{place}/households/new", s.addHousehold)
	may(cadre.ReadHousehold).get("/households/{household}", s.household)
	may(cadre.ReadHousehold).post("/households/{household}", s.openPhone) // the same address: loaded again, the phone is masked
	may(cadre.AuditHousehold).get("/households/{household}/access", s.householdLog)
	for _, f := range householdForms {
		may(cadre.KeepHousehold).get("/households/{household}/"+f.path, s.householdForm(f))
		may(cadre.KeepHousehold).post("/households/{household}/"+f.path, s.changeHousehold(f))
	}
}

// registerQuery is the filter of a register in the URL.
type registerQuery struct {
	Words string `form:"q"`
	Class string `form:"class"`
	State string `form:"state"`
	After string `form:"after"`
}

func (q registerQuery) url(place territory.LocalityID) string {
	values := url.Values{}
	for name, value := range map[string]string{"q": q.Words, "class": q.Class, "state": q.State, "after": q.After} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return registerURL(place)
	}
	return registerURL(place) + "?" + values.Encode()
}

func (q registerQuery) filter() app.HouseholdFilter {
	return app.HouseholdFilter{Words: app.ParseWords(q.Words), Class: q.Class, Closed: q.State == "closed"}
}

func registerURL(place territory.LocalityID) string { return placeURL(place) + "/households" }

func householdURL(id uuid.UUID) string { return "/households/" + id.String() }

// register lists the households of a group, or of all groups of a hamlet or commune.
func (s *Server) register(w http.ResponseWriter, r *http.Request) error {
	place, err := placeParam(r)
	if err != nil {
		return err
	}
	var q registerQuery
	decodeQuery(r, &q)
	ctx := r.Context()
	found, err := s.app.Register(ctx, session(r).Actor, place, q.filter(), app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	self := found.Chain.Self()
	v := page.RegisterView{Base: s.base(w, r, i18n.T(ctx, "household.register_title", "place", self.Name)), ByGroup: self.Level != territory.Group}
	v.Description, v.Crumbs = i18n.T(ctx, "household.register_help"), crumbs(found.Chain)
	if found.MayAdd {
		v.Actions = []component.Action{{Label: i18n.T(ctx, "household.add"), URL: registerURL(place) + "/new", Icon: "plus", Primary: true}}
	}
	v.Tiles = householdTiles(ctx, found.Counts)
	v.Filter, v.Fields = registerFilter(ctx, place, q, found.Kinds)
	for _, h := range found.Rows {
		v.Rows = append(v.Rows, page.HouseholdLine{
			Number: i18n.Count(ctx, h.Number), Head: h.Head, URL: householdURL(h.ID), Address: h.Address, Members: i18n.Count(ctx, h.Members),
			Group: placeIn(h.GroupName, h.Hamlet), Classes: classBadges(ctx, h.Classes, found.Kinds), Closed: h.Closed(),
		})
	}
	if found.Next != "" {
		next := q
		next.After = found.Next
		v.Pager.NextURL = next.url(place)
	}
	if q.After != "" {
		q.After = ""
		v.Pager.FirstURL = q.url(place)
	}
	if len(v.Rows) > 0 {
		v.Pager.Export = exportOf(q.url(place))
	}
	v.Nothing = component.Empty{Icon: "household", Title: i18n.T(ctx, "household.none"), Text: i18n.T(ctx, "household.none_help")}
	return s.render(w, r, http.StatusOK, page.Register(v))
}

func householdTiles(ctx context.Context, c app.HouseholdCounts) []component.Tile {
	return []component.Tile{
		{Number: i18n.Count(ctx, c.Households), Label: i18n.T(ctx, "household.count")}, {Number: i18n.Count(ctx, c.Members), Label: i18n.T(ctx, "household.count_members")},
		{Number: i18n.Count(ctx, c.Poor), Label: i18n.T(ctx, "household.count_poor")}, {Number: i18n.Count(ctx, c.NearPoor), Label: i18n.T(ctx, "household.count_near_poor")},
	}
}

// registerFilter draws the filters as they are set; those in use are named.
func registerFilter(ctx context.Context, place territory.LocalityID, q registerQuery, kinds []casework.HouseholdKind) (component.Filter, []component.Field) {
	words := component.Field{Name: "q", Label: i18n.T(ctx, "household.words"), Value: q.Words, LabelHidden: true}
	words.Attrs = templ.Attributes{"placeholder": words.Label}
	class := component.Field{Name: "class", Label: i18n.T(ctx, "household.class"), Value: q.Class, Empty: i18n.T(ctx, "household.any"), Options: classOptions(ctx, kinds)}
	class.Options = append(class.Options, component.Option{Value: app.NoClass, Label: i18n.T(ctx, "household.no_class")})
	state := component.Field{Name: "state", Label: i18n.T(ctx, "household.state"), Value: q.State, Empty: i18n.T(ctx, "household.open"), Options: []component.Option{
		{Value: "closed", Label: i18n.T(ctx, "household.only_closed")},
	}}
	fields := []component.Field{class, state}
	var active []string
	for _, f := range fields {
		for _, o := range f.Options {
			if o.Value == f.Value {
				active = append(active, o.Label)
			}
		}
	}
	filter := component.Filter{Action: registerURL(place), Query: &words, Open: len(active) > 0}
	if filter.Open || q.Words != "" {
		filter.Active, filter.ClearURL = strings.Join(active, ", "), registerURL(place)
		if filter.Active == "" {
			filter.Active = i18n.T(ctx, "household.filtered")
		}
	}
	return filter, fields
}

func classOptions(ctx context.Context, kinds []casework.HouseholdKind) []component.Option {
	options := make([]component.Option, len(kinds))
	for i, k := range kinds {
		options[i] = component.Option{Value: k.Code, Label: kindName(ctx, k)}
	}
	return options
}

// kindName gives a class's name in the language of the page.
func kindName(ctx context.Context, k casework.HouseholdKind) string {
	if i18n.Of(ctx) == i18n.En {
		return k.NameEn
	}
	return k.NameVi
}

func classBadges(ctx context.Context, codes []string, kinds []casework.HouseholdKind) []component.BadgeView {
	var badges []component.BadgeView
	for _, k := range kinds {
		if slices.Contains(codes, k.Code) {
			badges = append(badges, component.BadgeView{Label: kindName(ctx, k), Tone: classTone(k.Code)})
		}
	}
	return badges
}

func classTone(code string) component.Tone {
	switch code {
	case "poor":
		return component.Danger
	case "near_poor":
		return component.Warn
	}
	return component.Neutral
}

// exportRegister gives a register as a file; the access log then names every household in it.
func (s *Server) exportRegister(w http.ResponseWriter, r *http.Request) error {
	place, err := placeParam(r)
	if err != nil {
		return err
	}
	var q registerQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	q.After = ""
	ctx, actor := r.Context(), session(r).Actor
	var kinds []casework.HouseholdKind
	return exported(s, w, r, format, listing[app.HouseholdRow]{
		name: "households", url: q.url(place), action: cadre.ReadHousehold, place: place,
		columns: []column[app.HouseholdRow]{
			textColumn("household.hamlet", 20, func(h app.HouseholdRow) string { return h.Hamlet }),
			textColumn("household.group", 12, func(h app.HouseholdRow) string { return h.GroupName }),
			{"household.number", 8, func(h app.HouseholdRow) sheet.Cell { return sheet.Number(h.Number) }},
			textColumn("household.head", 28, func(h app.HouseholdRow) string { return h.Head }),
			textColumn("household.address", 34, func(h app.HouseholdRow) string { return h.Address }),
			{"household.members", 10, func(h app.HouseholdRow) sheet.Cell { return sheet.Number(h.Members) }},
			{"household.workers", 10, func(h app.HouseholdRow) sheet.Cell { return sheet.Number(h.Workers) }},
			textColumn("household.livelihood", 28, func(h app.HouseholdRow) string { return h.Livelihood }),
			textColumn("household.class", 30, func(h app.HouseholdRow) string {
				var names []string
				for _, k := range kinds {
					if slices.Contains(h.Classes, k.Code) {
						names = append(names, kindName(ctx, k))
					}
				}
				return strings.Join(names, ", ")
			}),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.HouseholdRow, string, error) {
			found, err := s.app.ExportRegister(ctx, actor, place, q.filter(), page)
			kinds = found.Kinds
			return found.Rows, found.Next, err
		},
	})
}

func (s *Server) household(w http.ResponseWriter, r *http.Request) error {
	return s.showHousehold(w, r, s.app.Household)
}

// openPhone shows the household with its phone, once.
func (s *Server) openPhone(w http.ResponseWriter, r *http.Request) error {
	return s.showHousehold(w, r, s.app.OpenPhone)
}

func (s *Server) showHousehold(w http.ResponseWriter, r *http.Request, read func(context.Context, cadre.Actor, uuid.UUID) (app.HouseholdPage, error)) error {
	id, err := uuidParam(chi.URLParam(r, "household"))
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	h, err := read(ctx, actor, id)
	if err != nil {
		return err
	}
	v := page.HouseholdView{Base: s.base(w, r, h.Head), PhoneURL: householdURL(id)}
	v.Description = i18n.T(ctx, "household.help")
	v.Crumbs = append(crumbs(h.Chain), component.Crumb{Label: i18n.T(ctx, "household.register"), URL: registerURL(h.Group)})
	if h.Keeps {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "household.edit"), URL: householdURL(id) + "/edit", Icon: "edit", Primary: true})
		v.ClassURL = householdURL(id) + "/class"
		v.Ways = []component.Action{
			{Label: i18n.T(ctx, "household.move"), URL: householdURL(id) + "/move"}, {Label: i18n.T(ctx, "household.close"), URL: householdURL(id) + "/close"},
		}
	}
	if h.Audits {
		v.Ways = append(v.Ways, component.Action{Label: i18n.T(ctx, "household.log"), URL: householdURL(id) + "/access"})
	}
	v.Closed = closedText(ctx, h)
	v.Facts = householdFacts(ctx, h.Household)
	v.Phone, v.Tel, v.Masked = h.Phone, dialled(h.Phone), maskedPhone(h.PhoneTail)
	for _, c := range h.Classes {
		row := page.ClassRow{Name: kindName(ctx, c.Kind), Period: termText(ctx, c.Term), Decision: c.Decision, Reason: c.EndedReason}
		if c.Term.Holds(actor.Today()) {
			row.Now = &component.BadgeView{Label: i18n.T(ctx, "household.class_now"), Tone: component.Info}
		}
		if h.Keeps && (c.Term.Until.IsZero() || c.Term.Until.After(actor.Today())) {
			row.EndURL = householdURL(id) + "/class-end?class=" + strconv.FormatInt(c.ID, 10)
		}
		v.Classes = append(v.Classes, row)
	}
	return s.render(w, r, http.StatusOK, page.Household(v))
}

// maskedPhone writes a phone of which only the last digits are known; nothing for none.
func maskedPhone(tail string) string {
	if tail == "" {
		return ""
	}
	return "••• ••• " + tail
}

func householdFacts(ctx context.Context, h casework.Household) []component.Fact {
	facts := []component.Fact{{Label: i18n.T(ctx, "household.number"), Value: i18n.Count(ctx, h.Number)}}
	for _, f := range []struct{ key, value string }{
		{"household.address", h.Address}, {"household.members", i18n.Count(ctx, h.Members)}, {"household.workers", i18n.Count(ctx, h.Workers)}, {"household.livelihood", h.Livelihood},
	} {
		if f.value != "" {
			facts = append(facts, component.Fact{Label: i18n.T(ctx, f.key), Value: f.value})
		}
	}
	return facts
}

// closedText says when and why a household left the register; empty for one that did not.
func closedText(ctx context.Context, h app.HouseholdPage) string {
	if !h.Closed() {
		return ""
	}
	text := i18n.T(ctx, "household.closed."+string(h.Closing.As), "day", dayText(ctx, h.Closing.On), "number", h.Into)
	return text + " " + h.Closing.Reason
}

// householdLog shows who read a household's data. It names the household by its number only, and so needs no entry itself.
func (s *Server) householdLog(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "household"))
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	after := r.URL.Query().Get("after")
	found, err := s.app.HouseholdLog(ctx, actor, id, app.ListPage{After: after, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.HouseholdLogView{Base: s.base(w, r, i18n.T(ctx, "household.log_title", "number", found.Number))}
	v.Description = i18n.T(ctx, "household.log_help")
	v.Crumbs = append(crumbs(found.Chain), component.Crumb{Label: i18n.T(ctx, "household.one"), URL: householdURL(id)})
	for _, e := range found.Rows {
		row := page.HouseholdReadRow{
			At: component.StampOf(ctx, e.At, actor.At), Name: e.Name,
			Post:    i18n.T(ctx, "person.post_at", "post", postName(ctx, cadre.Post{NameVi: e.PostVi, NameEn: e.PostEn}), "place", e.Place),
			Purpose: i18n.T(ctx, "household.for."+string(e.Purpose)),
		}
		if e.List != "" {
			row.Purpose += ": " + e.List
		}
		v.Rows = append(v.Rows, row)
	}
	if found.Next != "" {
		v.Pager.NextURL = householdURL(id) + "/access?after=" + found.Next
	}
	if after != "" {
		v.Pager.FirstURL = householdURL(id) + "/access"
	}
	v.Nothing = component.Empty{Icon: "eye", Title: i18n.T(ctx, "household.log_none")}
	return s.render(w, r, http.StatusOK, page.HouseholdLog(v))
}
