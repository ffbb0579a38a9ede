package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// plansPath is the list of plans of reorganisation.
const plansPath = "/reorganisations"

// unitsShown bounds the lists of a preview; the numbers above them are whole.
const unitsShown = 200

func planURL(id uuid.UUID) string { return plansPath + "/" + id.String() }

func (s *Server) plans(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	list, err := s.app.Reorganisations(ctx, session(r).Actor)
	if err != nil {
		return err
	}
	v := page.PlansView{Base: s.base(w, r, "reorganisation.title")}
	v.Description = i18n.T(ctx, "reorganisation.help")
	v.Actions = []component.Action{{Label: i18n.T(ctx, "reorganisation.new"), URL: plansPath + "/new", Icon: "plus", Primary: true}}
	for _, p := range list {
		v.Rows = append(v.Rows, page.PlanRow{
			Title: p.Title, URL: planURL(p.ID), On: dayText(ctx, p.On), Decree: p.Decree, State: planState(ctx, p, session(r).Actor.Today()),
			Changes: i18n.Plural(ctx, "reorganisation.changes", len(p.Changes)), Author: p.AuthorName,
		})
	}
	if len(list) > 0 {
		v.Export = exportOf(plansPath)
	}
	v.Nothing = component.Empty{Title: i18n.T(ctx, "reorganisation.none"), Text: i18n.T(ctx, "reorganisation.none_text"), Icon: "merge"}
	return s.render(w, r, http.StatusOK, page.Plans(v))
}

func planState(ctx context.Context, p app.Reorganisation, today territory.Day) component.BadgeView {
	switch {
	case p.State == app.PlanDraft:
		return component.BadgeView{Label: i18n.T(ctx, "reorganisation.state.draft"), Tone: component.Info, Icon: "draft"}
	case p.State == app.PlanCancelled:
		return component.BadgeView{Label: i18n.T(ctx, "reorganisation.state.cancelled")}
	case p.On.After(today):
		return component.BadgeView{Label: i18n.T(ctx, "reorganisation.state.confirmed"), Tone: component.Warn, Icon: "clock"}
	case p.Backdated():
		return component.BadgeView{Label: i18n.T(ctx, "reorganisation.state.backdated"), Tone: component.Success}
	}
	return component.BadgeView{Label: i18n.T(ctx, "reorganisation.state.in_force"), Tone: component.Success}
}

func (s *Server) plan(w http.ResponseWriter, r *http.Request) error {
	found, err := s.planOf(r)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Plan(s.planView(w, r, found, nil)))
}

func (s *Server) planOf(r *http.Request) (app.ReorganisationView, error) {
	id, err := uuidParam(chi.URLParam(r, "plan"))
	if err != nil {
		return app.ReorganisationView{}, err
	}
	return s.app.Reorganisation(r.Context(), session(r).Actor, id)
}

func (s *Server) planView(w http.ResponseWriter, r *http.Request, f app.ReorganisationView, cause error) page.PlanView {
	ctx, today := r.Context(), session(r).Actor.Today()
	v := page.PlanView{Base: s.base(w, r, f.Title), State: planState(ctx, f.Reorganisation, today), SubmissionID: newID(), Version: strconv.Itoa(f.Version), URL: planURL(f.ID)}
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "reorganisation.title"), URL: plansPath}}
	v.Summary = summary(ctx, cause)
	v.Facts = []component.Fact{{Label: i18n.T(ctx, "reorganisation.on"), Value: dayText(ctx, f.On)}, {Label: i18n.T(ctx, "reorganisation.decree"), Value: f.Decree}}
	if f.ConfirmedAt != nil {
		at := exactly(ctx, *f.ConfirmedAt)
		v.Facts = append(v.Facts, component.Fact{Label: i18n.T(ctx, "reorganisation.confirmed_at"), Time: &at})
	}
	names := planNames(f)
	for i, c := range f.Changes {
		v.Changes = append(v.Changes, page.PlannedChange{Number: strconv.Itoa(i + 1), N: strconv.Itoa(i), Text: changeText(ctx, c, names)})
	}
	if f.State == app.PlanDraft {
		s.planDraft(ctx, &v, f, names)
		v.Late = f.On.Before(today)
	}
	v.Endings = endingRows(ctx, f)
	v.MayCancel = f.State == app.PlanDraft || f.State == app.PlanConfirmed && f.On.After(today) && !f.Later
	return v
}

// planDraft adds what a draft offers, and its preview.
func (s *Server) planDraft(ctx context.Context, v *page.PlanView, f app.ReorganisationView, names func(territory.LocalityID) string) {
	v.Draft = true
	v.Actions = []component.Action{{Label: i18n.T(ctx, "reorganisation.edit"), URL: v.URL + "/edit", Icon: "edit"}}
	for _, kind := range territory.ChangeKinds() {
		v.Add = append(v.Add, component.Action{Label: i18n.T(ctx, "reorganisation.add."+string(kind)), URL: v.URL + "/add?kind=" + string(kind)})
	}
	v.Add = append(v.Add, component.Action{Label: i18n.T(ctx, "reorganisation.add.list"), URL: v.URL + "/list", Icon: "table"})
	if f.Wrong != nil {
		v.Wrong = wrongLines(ctx, f.Wrong)
		return
	}
	if len(f.Changes) == 0 {
		return
	}
	v.Numbers = []component.Tile{
		{Number: i18n.Count(ctx, len(f.Outcome.Closed)), Label: i18n.T(ctx, "reorganisation.closed")},
		{Number: i18n.Count(ctx, len(f.Outcome.Opened)), Label: i18n.T(ctx, "reorganisation.opened")},
		{Number: i18n.Count(ctx, len(f.Outcome.Changed)), Label: i18n.T(ctx, "reorganisation.changed_units")},
		{Number: i18n.Count(ctx, len(f.Endings)), Label: i18n.T(ctx, "reorganisation.endings")},
	}
	told := map[cadre.ID]bool{}
	for _, e := range f.Endings {
		told[e.Cadre] = true
	}
	v.Numbers = append(v.Numbers, component.Tile{Number: i18n.Count(ctx, len(told)), Label: i18n.T(ctx, "reorganisation.told")})
	for _, c := range f.Counts {
		v.Numbers = append(v.Numbers, component.Tile{Number: i18n.Count(ctx, c.Count), Label: i18n.T(ctx, "reorganisation.carried."+c.Name)})
	}
	for _, succession := range f.Outcome.Succession {
		text := "reorganisation.becomes"
		if succession.Part {
			text = "reorganisation.becomes_part"
		}
		v.Units = append(v.Units, i18n.T(ctx, text, "from", names(succession.From), "to", names(succession.To)))
	}
	for _, id := range f.Outcome.Changed {
		was, now := f.Before[id], f.Outcome.After[id]
		if was.Name != now.Name || was.Type != now.Type || was.Code != now.Code {
			v.Units = append(v.Units, i18n.T(ctx, "reorganisation.renamed", "from", names(id), "to", strings.TrimSpace(now.Name+" "+now.Code)))
		} else {
			v.Units = append(v.Units, i18n.T(ctx, "reorganisation.hangs", "place", names(id), "from", names(was.Parent), "to", names(now.Parent)))
		}
	}
	if more := len(v.Units) - unitsShown; more > 0 {
		v.Units = append(v.Units[:unitsShown], i18n.T(ctx, "reorganisation.more", "n", i18n.Count(ctx, more)))
	}
	v.MayConfirm = true
}

// wrongLines words why a plan cannot be carried out.
func wrongLines(ctx context.Context, err error) []string {
	var lines []string
	if f := fault.As(err); f != nil {
		for _, field := range f.Fields {
			lines = append(lines, i18n.T(ctx, field.Key, field.Args...))
		}
	}
	if len(lines) == 0 {
		lines = []string{faultWords(ctx, err)}
	}
	return lines
}

// planNames names the places of a plan: those of before with the one above, those that it opens by their own name.
func planNames(f app.ReorganisationView) func(territory.LocalityID) string {
	opened := map[territory.LocalityID]string{}
	for _, c := range f.Changes {
		for _, n := range c.New {
			opened[n.Ref] = n.Name
		}
	}
	return func(id territory.LocalityID) string {
		if name, ok := opened[id]; ok {
			unit := f.Outcome.After[id]
			if parent := f.Outcome.After[unit.Parent]; parent.Name != "" && parent.Level.Rank() > 0 { // also where nobody said which
				return unit.Name + ", " + parent.Name
			}
			return name
		}
		u, ok := f.Before[id]
		if !ok {
			return "–"
		}
		if parent, ok := f.Before[u.Parent]; ok && parent.Level.Rank() > 0 {
			return u.Name + ", " + parent.Name
		}
		return u.Name
	}
}

// changeText words a change.
func changeText(ctx context.Context, c territory.Change, names func(territory.LocalityID) string) string {
	var units, opened []string
	for _, id := range c.Units {
		units = append(units, names(id))
	}
	for _, n := range c.New {
		opened = append(opened, strings.TrimSpace(n.Name+" "+n.Code))
	}
	to := strings.TrimSpace(strings.Join([]string{c.Type, c.Name, c.Code}, " "))
	if c.Kind == territory.RenameUnit && c.Name != "" {
		to = strings.TrimSpace(c.Name + " " + c.Code)
	}
	parent := c.Parent
	if parent == 0 && len(c.New) > 0 {
		parent = c.New[0].Parent
	}
	return i18n.T(ctx, "reorganisation.change."+string(c.Kind), "units", strings.Join(units, "; "), "new", strings.Join(opened, "; "), "to", to, "parent", names(parent))
}

// endingRows lists the assignments that a plan ends, or those that have to be given again.
func endingRows(ctx context.Context, f app.ReorganisationView) []page.EndingRow {
	var rows []page.EndingRow
	for _, e := range f.Endings {
		row := page.EndingRow{Name: e.Name, Post: e.PostVi, Place: e.Place, Heir: e.HeirName}
		if i18n.Of(ctx) == i18n.En {
			row.Post = e.PostEn
		}
		switch {
		case f.State != app.PlanConfirmed && e.HeirName != "" && e.Fits:
			row.Heir = i18n.T(ctx, "reorganisation.assign_at", "place", e.HeirName)
		case f.State != app.PlanConfirmed && e.HeirName != "":
			row.Heir = i18n.T(ctx, "reorganisation.other_post", "place", e.HeirName)
		case f.State != app.PlanConfirmed:
		case e.Settled:
			row.Settled = true
		case e.Heir != 0 && e.Fits:
			row.AssignURL = fmt.Sprintf("/places/%d/assign?cadre=%d&post=%s", e.Heir, e.Cadre, e.PostCode)
		case e.Heir != 0:
			row.AssignURL = fmt.Sprintf("/places/%d/assign?cadre=%d", e.Heir, e.Cadre)
		}
		rows = append(rows, row)
	}
	if f.State == app.PlanConfirmed { // what is left to do comes first
		slices.SortStableFunc(rows, func(a, b page.EndingRow) int { return fewer(a.Settled) - fewer(b.Settled) })
	}
	return rows
}

func fewer(settled bool) int {
	if settled {
		return 1
	}
	return 0
}
