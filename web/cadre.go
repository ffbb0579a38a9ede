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

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// cadresQuery is the filter of the list in the URL.
type cadresQuery struct {
	Words string `form:"q"`
	Tier  string `form:"tier"`
	Held  string `form:"held"`
	State string `form:"state"`
	Place string `form:"place"`
	After string `form:"after"`
}

func (q cadresQuery) url() string {
	values := url.Values{}
	for name, value := range map[string]string{"q": q.Words, "tier": q.Tier, "held": q.Held, "state": q.State, "place": q.Place, "after": q.After} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return "/cadres"
	}
	return "/cadres?" + values.Encode()
}

// first gives the query of the first page.
func (q cadresQuery) first() cadresQuery {
	q.After = ""
	return q
}

func (q cadresQuery) filter() app.CadreFilter {
	f := app.CadreFilter{Words: app.ParseWords(q.Words), Place: territory.LocalityID(number(q.Place)), Held: q.Held, Disabled: q.State == "disabled"}
	if slices.Contains(cadre.Tiers(), cadre.Tier(q.Tier)) {
		f.Tier = cadre.Tier(q.Tier)
	}
	return f
}

// cadres lists the people whom the administrator knows.
func (s *Server) cadres(w http.ResponseWriter, r *http.Request) error {
	var q cadresQuery
	decodeQuery(r, &q)
	ctx := r.Context()
	list, communes, err := s.app.CadresPage(ctx, session(r).Actor, q.filter(), app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.CadresView{Base: s.base(w, r, "cadres.title")}
	v.Description = i18n.T(ctx, "cadres.help")
	v.Actions = []component.Action{{Label: i18n.T(ctx, "cadre.add"), URL: "/cadres/new", Icon: "plus", Primary: true}}
	v.Filter, v.Fields = cadresFilter(ctx, q, communes)
	if named := slices.ContainsFunc(communes, func(l territory.Locality) bool { return strconv.FormatInt(int64(l.ID), 10) == q.Place }); q.Place != "" && !named {
		v.Hidden = []page.HiddenValue{{Name: "place", Value: q.Place}} // smaller than a commune, or larger
	}
	for _, c := range list.Rows {
		v.Rows = append(v.Rows, page.CadreLine{
			Name: c.Name, URL: cadreURL(c.ID), Tier: i18n.T(ctx, "tier."+string(c.Tier)), Work: workLine(c.Position, c.Agency), Post: postLine(ctx, c), Disabled: c.Disabled,
			Same: namesakeText(ctx, c), SameURL: namesakeURL(c),
		})
	}
	if list.Next != "" {
		next := q
		next.After = list.Next
		v.Pager.NextURL = next.url()
	}
	if q.After != "" {
		v.Pager.FirstURL = q.first().url()
	}
	v.Pager.Export = exportOf(q.first().url())
	v.Nothing = component.Empty{Icon: "people", Title: i18n.T(ctx, "cadres.none"), Text: i18n.T(ctx, "cadres.none_help")}
	return s.render(w, r, http.StatusOK, page.Cadres(v))
}

// cadresFilter draws the filters as they are set; those in use are named.
func cadresFilter(ctx context.Context, q cadresQuery, communes []territory.Locality) (component.Filter, []component.Field) {
	words := component.Field{Name: "q", Label: i18n.T(ctx, "cadres.words"), Value: q.Words, LabelHidden: true, Attrs: templ.Attributes{"placeholder": i18n.T(ctx, "cadres.words")}}
	held := component.Field{Name: "held", Label: i18n.T(ctx, "cadres.held"), Value: q.Held, Empty: i18n.T(ctx, "cadres.any"), Options: []component.Option{
		{Value: "yes", Label: i18n.T(ctx, "cadres.held_yes")}, {Value: "no", Label: i18n.T(ctx, "cadres.held_no")},
	}}
	state := component.Field{Name: "state", Label: i18n.T(ctx, "cadres.state"), Value: q.State, Empty: i18n.T(ctx, "cadres.active"), Options: []component.Option{
		{Value: "disabled", Label: i18n.T(ctx, "cadres.only_disabled")},
	}}
	tier := tierSelect(ctx, q.Tier, "")
	tier.Required, tier.Empty = false, i18n.T(ctx, "cadres.any")
	fields := []component.Field{tier, held, state}
	if len(communes) > 1 {
		place := component.Field{Name: "place", Label: i18n.T(ctx, "accounts.place"), Value: q.Place, Empty: i18n.T(ctx, "cadres.any")}
		for _, c := range communes {
			place.Options = append(place.Options, component.Option{Value: strconv.FormatInt(int64(c.ID), 10), Label: c.Name})
		}
		if !slices.ContainsFunc(place.Options, func(o component.Option) bool { return o.Value == q.Place }) {
			place.Value = ""
		}
		fields = append(fields, place)
	}
	var active []string
	for _, f := range fields {
		for _, o := range f.Options {
			if o.Value == f.Value {
				active = append(active, o.Label)
			}
		}
	}
	filter := component.Filter{Action: "/cadres", Query: &words, Open: len(active) > 0}
	if filter.Open || q.Words != "" || q.Place != "" {
		filter.Active, filter.ClearURL = strings.Join(active, ", "), "/cadres"
		if filter.Active == "" {
			filter.Active = i18n.T(ctx, "cadres.filtered")
		}
	}
	return filter, fields
}

func tierSelect(ctx context.Context, value, wrong string) component.Field {
	f := component.Field{Name: "tier", Label: i18n.T(ctx, "cadre.tier"), Value: value, Error: wrong, Required: true, Empty: i18n.T(ctx, "cadre.tier_required")}
	for _, t := range cadre.Tiers() {
		f.Options = append(f.Options, component.Option{Value: string(t), Label: i18n.T(ctx, "tier."+string(t))})
	}
	return f
}

// namesakeText tells people of the same name apart; empty where there is but one.
func namesakeText(ctx context.Context, c app.CadreRow) string {
	switch {
	case c.Namesakes == 0:
		return ""
	case c.BirthYear == 0:
		return i18n.T(ctx, "cadre.namesakes", "n", c.Namesakes)
	}
	return i18n.T(ctx, "cadre.namesakes_born", "n", c.Namesakes, "year", c.BirthYear)
}

func namesakeURL(c app.CadreRow) string {
	if c.Namesakes == 0 {
		return ""
	}
	return cadresQuery{Words: c.Name}.url()
}

// cadre shows a person to an administrator or, as a card, to leads above one of their places.
func (s *Server) cadre(w http.ResponseWriter, r *http.Request) error {
	id, err := cadreParam(r)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	if !actor.Holds(cadre.Administer) {
		return s.cadreCard(w, r, id)
	}
	c, err := s.app.Cadre(ctx, actor, id)
	if fault.KindOf(err) == fault.KindNotFound && actor.Holds(cadre.Lead) {
		return s.cadreCard(w, r, id)
	}
	if err != nil {
		return err
	}
	p := c.Person
	v := page.CadreView{Base: s.base(w, r, p.Name)}
	v.Description = i18n.T(ctx, "cadre.help")
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "cadres.title"), URL: "/cadres"}}
	if c.DisabledAt != nil {
		v.Disabled = i18n.T(ctx, "cadre.disabled_since", "day", dayText(ctx, territory.DayOf(*c.DisabledAt)), "reason", c.DisabledReason)
	}
	if c.DisabledAt == nil && c.ID != actor.CadreID {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "assignment.assign"), URL: cadreURL(id) + "/assign", Icon: "plus", Primary: true})
	}
	if c.Mine {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "cadre.edit"), URL: cadreURL(id) + "/edit", Icon: "edit"})
		if c.DisabledAt == nil {
			v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "cadre.disable"), URL: cadreURL(id) + "/disable", Icon: "lock"})
		} else {
			v.Enable = &page.PrimaryForm{Action: cadreURL(id) + "/enable", SubmissionID: newID()}
		}
	}
	v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "audit.link"), URL: auditQuery{Cadre: strconv.FormatInt(int64(id), 10)}.url(""), Icon: "history"})
	v.Facts = cadreFacts(ctx, c.RegisteredCadre)
	v.Now, v.Before = cadreTerms(ctx, c.Rows, actor.Today())
	if c.Elsewhere > 0 {
		v.Elsewhere = i18n.T(ctx, "cadre.posts_elsewhere", "n", c.Elsewhere)
	}
	v.Activity = []component.Fact{{Label: i18n.T(ctx, "cadre.reports"), Value: i18n.Count(ctx, c.Reports)}, {Label: i18n.T(ctx, "cadre.issues"), Value: i18n.Count(ctx, c.Issues)}}
	if !c.LastOn.IsZero() {
		v.Activity = append(v.Activity, component.Fact{Label: i18n.T(ctx, "cadre.last_on"), Value: dayText(ctx, c.LastOn)})
	}
	signedIn := component.Fact{Label: i18n.T(ctx, "accounts.signed_in"), Value: i18n.T(ctx, "accounts.never")}
	switch {
	case !c.Account:
		signedIn.Value = i18n.T(ctx, "accounts.state_none")
	case c.SignedIn != nil:
		stamp := component.StampOf(ctx, *c.SignedIn, actor.At)
		signedIn.Value, signedIn.Time = "", &stamp
	}
	v.Activity = append(v.Activity, signedIn)
	if c.MailFailedAt != nil {
		v.Activity = append(v.Activity, mailFailure(ctx, *c.MailFailedAt, c.MailFailure))
	}
	v.Charts = activityCharts(ctx, c)
	return s.render(w, r, http.StatusOK, page.Cadre(v))
}

// activityCharts draws what somebody did month by month; nothing where they did nothing.
func activityCharts(ctx context.Context, c app.CadrePage) []component.ChartView {
	var charts []component.ChartView
	for _, a := range []struct {
		id, key string
		months  []app.MonthCount
	}{{"cadre-reports", "cadre.report_months", c.ReportMonths}, {"cadre-issues", "cadre.issue_months", c.IssueMonths}} {
		chart := monthChart(ctx, a.months)
		if chart == nil || !slices.ContainsFunc(a.months, func(m app.MonthCount) bool { return m.Count > 0 }) {
			continue
		}
		chart.ID, chart.Title, chart.Count, chart.Note = a.id, i18n.T(ctx, a.key), i18n.T(ctx, a.key+"_count"), ""
		charts = append(charts, *chart)
	}
	return charts
}

// cadreCard shows a person to leads: who they are, how to reach them, what they hold and held in the reader's places.
func (s *Server) cadreCard(w http.ResponseWriter, r *http.Request, id cadre.ID) error {
	ctx, actor := r.Context(), session(r).Actor
	c, err := s.app.CadreCard(ctx, actor, id)
	if err != nil {
		return err
	}
	v := page.CadreView{Base: s.base(w, r, c.Person.Name), Card: true}
	v.Description = i18n.T(ctx, "cadre.card_help")
	v.Facts = cadreFacts(ctx, app.RegisteredCadre{Person: c.Person})
	v.Now, v.Before = cadreTerms(ctx, c.Rows, actor.Today())
	return s.render(w, r, http.StatusOK, page.Cadre(v))
}

// cadreTerms words what somebody holds and held, place by place.
func cadreTerms(ctx context.Context, rows []app.Assignment, today territory.Day) (now, before []page.AssignmentRow) {
	for _, a := range rows {
		row := assignmentRow(ctx, a, today)
		row.Place, row.PlaceURL = a.PlaceName, assignmentsURL(a.Place)
		if a.Above != "" && a.Level.Rank() > territory.Commune.Rank() {
			row.Place += ", " + a.Above
		}
		if a.Over(today) {
			before = append(before, row)
		} else {
			now = append(now, row)
		}
	}
	return now, before
}

// cadreFacts words what the register keeps of a person; what is not known is left out.
func cadreFacts(ctx context.Context, c app.RegisteredCadre) []component.Fact {
	in := cadre.InputOf(c.Person)
	var facts []component.Fact
	for _, f := range []struct{ key, value, link string }{
		{"cadre.tier", i18n.T(ctx, "tier."+in.Tier), ""}, {"cadre.position", in.Position, ""}, {"cadre.agency", in.Agency, ""}, {"cadre.birth_year", in.BirthYear, ""},
		{"cadre.phone", in.Phone, "tel:" + dialled(in.Phone)}, {"cadre.email", in.Email, "mailto:" + in.Email}, {"cadre.home", c.HomeName, ""},
	} {
		if f.value == "" {
			continue
		}
		facts = append(facts, component.Fact{Label: i18n.T(ctx, f.key), Value: f.value, URL: f.link})
	}
	return facts
}

// cadreParam reads the person's id from the path; NotFound for what is no id.
func cadreParam(r *http.Request) (cadre.ID, error) {
	id, err := strconv.ParseInt(chi.URLParam(r, "cadre"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.NotFound()
	}
	return cadre.ID(id), nil
}
