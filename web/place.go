package web

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

func (s *Server) places(w http.ResponseWriter, r *http.Request) error {
	ctx, actor, on := r.Context(), session(r).Actor, readAsOf(r)
	v := page.PlacesView{Base: s.base(w, r, "places.title")}
	v.Description, v.AsOf = i18n.T(ctx, "places.help"), on.view(ctx, "/places")
	for _, g := range actor.Grants {
		v.Held = append(v.Held, page.HeldPlace{Name: g.Locality.Name, URL: placeURL(g.Locality.ID), Post: postName(ctx, g.Post)})
	}
	nodes, err := s.app.PlaceTree(ctx, actor, on.Day)
	if err != nil {
		return err
	}
	v.Tree = placeTree(ctx, on, nodes, 0)
	v.Find = component.Field{Name: "q", Label: i18n.T(ctx, "places.find"), Hint: i18n.T(ctx, "places.find_hint"), Type: "search"}
	return s.render(w, r, http.StatusOK, page.Places(v))
}

// childrenShown is how many places right below one are listed at once: all of a district, the first ones of a province without districts.
const childrenShown = 40

func (s *Server) place(w http.ResponseWriter, r *http.Request) error {
	id, err := placeParam(r)
	if err != nil {
		return err
	}
	ctx, actor, on := r.Context(), session(r).Actor, readAsOf(r)
	found, err := s.app.Place(ctx, actor, id, on.Day)
	if err != nil {
		return s.notThere(w, r, on, err)
	}
	if on.Other {
		return s.placeOn(w, r, on, found)
	}
	chain := found.Path.Chain
	v := page.PlaceView{Base: s.base(w, r, chain.Self().Name)}
	v.Description = i18n.T(ctx, "place.help")
	v.Crumbs, v.AsOf = crumbs(chain[1:]), on.view(ctx, placeURL(id))
	object := cadre.Object{Place: chain.Place()}
	if cadre.Can(actor, cadre.FileReport, object) {
		v.Actions = append(v.Actions, component.Action{
			Label: i18n.T(ctx, "home.write_report"), URL: fmt.Sprintf("/reports/new?place=%d", id), Icon: "edit", Primary: true,
		})
	}
	if cadre.Can(actor, cadre.RaiseIssue, object) {
		v.Actions = append(v.Actions, component.Action{
			Label: i18n.T(ctx, "home.raise_issue"), URL: fmt.Sprintf("/issues/new?place=%d", id), Icon: "issue",
		})
	}
	if cadre.Can(actor, cadre.ReviewBoard, object) {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "owed.link"), URL: fmt.Sprintf("%s?place=%d", owedPath, id), Icon: "calendar"},
			component.Action{Label: i18n.T(ctx, "talk.link"), URL: fmt.Sprintf("%s?place=%d", talkPath, id), Icon: "comment"})
	}
	if cadre.Can(actor, cadre.SeeCoverage, object) {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "assignment.link"), URL: assignmentsURL(id), Icon: "people"})
	}
	if cadre.Can(actor, cadre.Manage, object) {
		if chain.Self().Level != territory.Group {
			v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "place.add"), URL: addPlaceURL(id), Icon: "plus"})
		}
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "audit.link"), URL: auditQuery{Place: strconv.FormatInt(int64(id), 10)}.url(""), Icon: "history"})
	}
	if found.Households.Households > 0 {
		v.Households = householdTiles(ctx, found.Households)
	}
	if _, ok := cadre.RegisterAt(actor, cadre.ReadHousehold, object.Place); ok {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "household.register"), URL: registerURL(id), Icon: "household"})
	}
	v.History = placeHistory(ctx, found)
	v.People = peopleRows(ctx, actor, found)
	v.Past, v.PastMore = pastRows(ctx, actor, id, found)
	if found.Gaps != nil && chain.Self().Level != territory.Group {
		v.Coverage = coverageOf(ctx, actor, chain, found.Gaps)
	}
	v.Issues = page.Section{Title: i18n.T(ctx, "place.issues"), Lines: issueLines(ctx, found.Issues, actor.At)}
	v.Reports = page.Section{Title: i18n.T(ctx, "place.reports"), Lines: reportLines(ctx, found.Reports)}
	if cadre.Can(actor, cadre.ReadIssue, object) {
		v.Issues.Empty, v.Issues.More, v.Issues.URL = i18n.T(ctx, "place.no_issues"), i18n.T(ctx, "place.all_issues"), fmt.Sprintf("/issues?place=%d", id)
		v.Reports.Empty, v.Reports.More, v.Reports.URL = i18n.T(ctx, "place.no_reports"), i18n.T(ctx, "place.all_reports"), fmt.Sprintf("/reports?place=%d", id)
	}
	shown := found.Children
	if len(shown) > childrenShown && r.URL.Query().Get("below") != "all" {
		shown = shown[:childrenShown]
		v.ChildMore = &component.Action{Label: i18n.T(ctx, "place.below_all", "n", i18n.Count(ctx, len(found.Children))), URL: placeURL(id) + "?below=all#below"}
	}
	for _, c := range shown {
		v.ChildLeads, v.ChildOpen = v.ChildLeads || c.Locality.Level != territory.Group, true
		v.Children = append(v.Children, page.ChildRow{
			Name: c.Locality.Name, URL: placeURL(c.Locality.ID), Lead: c.Leads, Supporters: cmp.Or(c.Supporters, supporterless(ctx, c.Locality.Level)), Open: i18n.Count(ctx, c.Open),
		})
	}
	if len(v.Children) > 0 {
		v.Export = exportOf(placeURL(id))
	}
	return s.render(w, r, http.StatusOK, page.Place(v))
}

// supporterless says of a place of a level to which no supporters are sent that there are none; empty for the others.
func supporterless(ctx context.Context, l territory.Level) string {
	if l == territory.District || l == territory.Subregion {
		return i18n.T(ctx, "place.no_supporters")
	}
	return ""
}

// peopleRows lists everybody on the path, the place's own people first, with a row for each desk that nobody leads.
func peopleRows(ctx context.Context, actor cadre.Actor, found app.PlacePage) []page.PersonRow {
	var rows []page.PersonRow
	desks := found.Path.Desks()
	for _, l := range found.Path.Chain {
		if d, ok := desks.Find(l.ID); ok && d.Vacant() {
			rows = append(rows, page.PersonRow{Place: l.Name, URL: placeURL(l.ID), Post: i18n.T(ctx, "place.lead")})
		}
		for _, h := range found.Path.Holdings {
			if h.Locality == l.ID && h.Post.Capability != cadre.Administer {
				rows = append(rows, page.PersonRow{
					Place: l.Name, URL: placeURL(l.ID), Post: postName(ctx, h.Post),
					Name: h.Name, NameURL: cardURL(actor, found.Path.Chain, h), Phone: h.Phone, Tel: dialled(h.Phone), Acting: h.Acting,
				})
			}
		}
	}
	return rows
}

// pastShown is how many of those who were at a place its page names.
const pastShown = 5

// pastRows lists who was at a place before, and leads to all of them where there are more.
func pastRows(ctx context.Context, actor cadre.Actor, id territory.LocalityID, found app.PlacePage) (rows []page.AssignmentRow, more *component.Action) {
	past := found.Past
	if len(past) > pastShown {
		past, more = past[:pastShown], &component.Action{Label: i18n.T(ctx, "place.past_more"), URL: assignmentsURL(id)}
	}
	for _, a := range past {
		row := assignmentRow(ctx, a, actor.Today())
		row.Person, row.PersonURL, row.Place = a.Name, cadreURL(a.Cadre), a.PlaceName
		rows = append(rows, row)
	}
	return rows, more
}

// coverageOf draws what is covered at a place and below it. The gaps behind a number are listed for all of one's places, or for a commune.
func coverageOf(ctx context.Context, actor cadre.Actor, chain territory.Chain, g *app.Gaps) []page.Gap {
	self, commune := chain.Self(), ""
	if self.Level == territory.Commune {
		commune = strconv.FormatInt(int64(self.ID), 10)
	}
	own := len(actor.Grants) == 1 && actor.Grants[0].Locality.ID == self.ID
	var rows []page.Gap
	for _, k := range []struct {
		kind      app.GapKind
		have, all int
	}{{app.NoTierOne, g.CommunesCovered, g.Communes}, {app.NoTierTwo, g.HamletsCovered, g.Hamlets}, {app.NoTierThree, g.GroupsCovered, g.Groups},
		{app.NoLead, g.DesksCovered, g.Desks}} {
		if k.all == 0 {
			continue
		}
		gap := gapOf(ctx, i18n.T(ctx, "home.gap_"+string(k.kind)), k.have, k.all)
		if gap.Missing != "" && (own || commune != "") {
			gap.URL = coverageURL(k.kind, commune)
		}
		rows = append(rows, gap)
	}
	return rows
}

// cardURL leads to a person whom the reader may know more of: as an administrator or a lead of a place in which they hold something.
func cardURL(actor cadre.Actor, chain territory.Chain, h cadre.Holding) string {
	i := chain.Index(h.Locality)
	if i < 0 || !cadre.Can(actor, cadre.SeeCoverage, cadre.Object{Place: chain[i:].Place()}) {
		return ""
	}
	return cadreURL(h.CadreID)
}

func placeURL(id territory.LocalityID) string { return fmt.Sprintf("/places/%d", id) }

// placeParam reads the place's id from the path; NotFound for what is no id.
func placeParam(r *http.Request) (territory.LocalityID, error) {
	id, err := strconv.ParseInt(chi.URLParam(r, "place"), 10, 64)
	if err != nil || id <= 0 {
		return 0, fault.NotFound()
	}
	return territory.LocalityID(id), nil
}
