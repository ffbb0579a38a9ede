package web

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// auditPath is the log of what administrators changed.
const auditPath = "/audit"

// auditAction is the prefix of the words for what was done; every kind of change has its own.
const auditAction = "audit.action."

// auditQuery is what the URL of the log says.
type auditQuery struct {
	Words  string `form:"q"`
	Cadre  string `form:"cadre"`
	Place  string `form:"place"`
	Action string `form:"action"`
	From   string `form:"from"`
	To     string `form:"to"`
	After  string `form:"after"`
}

func (q auditQuery) filter() app.AuditFilter {
	f := app.AuditFilter{
		Words: app.ParseWords(q.Words), Cadre: cadre.ID(number(q.Cadre)), Place: territory.LocalityID(number(q.Place)), Action: q.Action,
	}
	f.From, _ = reportDayParam(q.From)
	f.To, _ = reportDayParam(q.To)
	return f
}

func (q auditQuery) url(after string) string {
	values := url.Values{}
	for name, v := range map[string]string{
		"q": q.Words, "cadre": q.Cadre, "place": q.Place, "action": q.Action, "from": q.From, "to": q.To, "after": after,
	} {
		if v != "" {
			values.Set(name, v)
		}
	}
	if len(values) == 0 {
		return auditPath
	}
	return auditPath + "?" + values.Encode()
}

// audit lists what was changed, by whom and under which post.
func (s *Server) audit(w http.ResponseWriter, r *http.Request) error {
	var q auditQuery
	decodeQuery(r, &q)
	ctx, actor := r.Context(), session(r).Actor
	list, err := s.app.AuditLog(ctx, actor, q.filter(), app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.AuditView{Base: s.base(w, r, "audit.title")}
	v.Description = i18n.T(ctx, "audit.help")
	v.Filter, v.Fields = auditFilter(ctx, q, list)
	if q.Cadre != "" {
		v.Hidden = []component.HiddenValue{{Name: "cadre", Value: q.Cadre}}
	}
	for _, row := range list.Rows {
		v.Rows = append(v.Rows, auditRow(ctx, row, actor.At))
	}
	if list.Next != "" {
		v.Pager.NextURL = q.url(list.Next)
	}
	if q.After != "" {
		v.Pager.FirstURL = q.url("")
	}
	v.Pager.Export = exportOf(q.url(""))
	v.Nothing = component.Empty{Icon: "history", Title: i18n.T(ctx, "audit.none"), Text: i18n.T(ctx, "audit.none_help")}
	return s.render(w, r, http.StatusOK, page.Audit(v))
}

// auditFilter draws the filters as they are set; those in use are named.
func auditFilter(ctx context.Context, q auditQuery, list app.AuditList) (component.Filter, []component.Field) {
	words := component.Field{Name: "q", Label: i18n.T(ctx, "audit.words"), Value: q.Words, LabelHidden: true, Attrs: templ.Attributes{"placeholder": i18n.T(ctx, "audit.words")}}
	place := component.Field{Name: "place", Label: i18n.T(ctx, "place.name"), Value: q.Place, Empty: i18n.T(ctx, "audit.any")}
	if self := list.Place.Self(); self.ID != 0 && !slices.ContainsFunc(list.Communes, func(c territory.Locality) bool { return c.ID == self.ID }) {
		place.Options = append(place.Options, component.Option{Value: q.Place, Label: self.Name})
	}
	for _, c := range list.Communes {
		place.Options = append(place.Options, component.Option{Value: strconv.FormatInt(int64(c.ID), 10), Label: c.Name})
	}
	action := component.Field{Name: "action", Label: i18n.T(ctx, "audit.what"), Value: q.Action, Empty: i18n.T(ctx, "audit.any")}
	for _, key := range i18n.Keys() {
		if name, ok := strings.CutPrefix(key, auditAction); ok {
			action.Options = append(action.Options, component.Option{Value: name, Label: i18n.T(ctx, key)})
		}
	}
	from := component.Field{Name: "from", Label: i18n.T(ctx, "audit.from"), Value: q.From, Type: "date"}
	to := component.Field{Name: "to", Label: i18n.T(ctx, "audit.to"), Value: q.To, Type: "date"}
	var active []string
	if list.Cadre != nil {
		active = append(active, list.Cadre.Name)
	}
	for _, f := range []component.Field{place, action} {
		for _, o := range f.Options {
			if o.Value == f.Value {
				active = append(active, o.Label)
			}
		}
	}
	filter := component.Filter{Action: auditPath, Query: &words}
	if q.url("") != auditPath {
		filter.Open, filter.ClearURL = q.Place+q.Action+q.From+q.To != "", auditPath
		if filter.Active = strings.Join(active, ", "); filter.Active == "" {
			filter.Active = i18n.T(ctx, "audit.filtered")
		}
	}
	return filter, []component.Field{place, action, from, to}
}

func auditRow(ctx context.Context, row app.AuditRow, now time.Time) page.AuditRow {
	out := page.AuditRow{
		When: component.StampOf(ctx, row.At, now), What: auditWhat(ctx, row), Whose: row.Whose, Fields: auditFields(ctx, row),
		Name: auditName(ctx, row), Post: auditPost(ctx, row), Place: placeIn(row.Named, row.Above),
	}
	if row.KnowsActor {
		out.NameURL = cadreURL(row.Actor)
	}
	if row.KnowsSubject {
		out.WhoseURL = cadreURL(row.Subject)
	}
	if row.Place != 0 {
		out.PlaceURL = placeURL(row.Place)
		if row.Object == "assignment" {
			out.PlaceURL = assignmentsURL(row.Place)
		}
	}
	return out
}

// auditWhat words what was done; what has no words yet is shown as it is noted.
func auditWhat(ctx context.Context, row app.AuditRow) string {
	what := row.Action
	if i18n.Has(auditAction + row.Action) {
		what = i18n.T(ctx, auditAction+row.Action)
	}
	if row.Object == "list" && i18n.Has("export."+row.ObjectID) {
		what += ": " + i18n.T(ctx, "export."+row.ObjectID)
	}
	if row.Quantity != nil {
		what += " (" + i18n.Plural(ctx, "audit.rows", *row.Quantity) + ")"
	}
	return what
}

// auditFields words which fields changed, or by which a list was filtered.
func auditFields(ctx context.Context, row app.AuditRow) string {
	var names []string
	for _, f := range row.Fields {
		key := "audit.field." + f
		if i18n.Has(key) {
			f = i18n.T(ctx, key)
		}
		names = append(names, f)
	}
	return strings.Join(names, ", ")
}

func auditName(ctx context.Context, row app.AuditRow) string {
	if row.Actor == 0 {
		return i18n.T(ctx, "audit.operator")
	}
	return row.Name
}

// auditPost words the post under which something was done; empty where none was needed.
func auditPost(ctx context.Context, row app.AuditRow) string {
	if row.PostVi == "" {
		return ""
	}
	return i18n.T(ctx, "person.post_at", "post", postName(ctx, cadre.Post{NameVi: row.PostVi, NameEn: row.PostEn}), "place", row.PostAt)
}

func (s *Server) exportAudit(w http.ResponseWriter, r *http.Request) error {
	var q auditQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	return exported(s, w, r, format, listing[app.AuditRow]{
		name: "audit", url: q.url(""), action: cadre.Manage,
		columns: []column[app.AuditRow]{
			momentColumn("audit.when", func(row app.AuditRow) time.Time { return row.At }),
			textColumn("audit.what", 40, func(row app.AuditRow) string { return auditWhat(ctx, row) }),
			textColumn("audit.whose", 28, func(row app.AuditRow) string { return row.Whose }),
			textColumn("audit.fields", 34, func(row app.AuditRow) string { return auditFields(ctx, row) }),
			textColumn("place.name", 36, func(row app.AuditRow) string { return placeIn(row.Named, row.Above) }),
			textColumn("audit.who", 28, func(row app.AuditRow) string { return auditName(ctx, row) }),
			textColumn("audit.under", 40, func(row app.AuditRow) string { return auditPost(ctx, row) }),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.AuditRow, string, error) {
			list, err := s.app.AuditLog(ctx, actor, q.filter(), page)
			return list.Rows, list.Next, err
		},
	})
}
