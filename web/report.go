package web

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// reportQuery is what the URL of the list of reports says; everything else in it counts as not given.
type reportQuery struct {
	Words  string `form:"q"`
	Place  string `form:"place"`
	From   string `form:"from"`
	To     string `form:"to"`
	Author string `form:"author"`
	State  string `form:"state"`
	Kind   string `form:"kind"`
	Tier   string `form:"tier"`
	Useful string `form:"usefulness"`
	After  string `form:"after"`
	author string // name of the one author, as far as a report of theirs tells
}

func (s *Server) reports(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	var q reportQuery
	decodeQuery(r, &q)
	filter := q.filter(actor)
	filter.Reader = actor.CadreID
	columns := kindColumns(filter.Kind)
	filter.Whole = len(columns) > 0
	list, err := s.app.Reports(ctx, actor, filter, app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.ReportsView{Base: s.base(w, r, "report.list")}
	v.Description, v.Views = i18n.T(ctx, "report.list_help"), reportViews(ctx, actor, "/reports")
	if len(list.Place) > 0 {
		v.Crumbs = crumbs(list.Place)
	}
	v.Actions = []component.Action{{Label: i18n.T(ctx, "report.drafts"), URL: "/reports/drafts", Icon: "draft"}}
	if mayFile(actor) {
		v.Actions = append(v.Actions, component.Action{Label: i18n.T(ctx, "report.write"), URL: "/reports/new", Icon: "edit", Primary: true})
	}
	if q.Author != "" && len(list.Rows) > 0 {
		q.author = list.Rows[0].Author
	}
	active := q.active(ctx, filter, list.Place)
	v.Filter = component.Filter{Action: "/reports", Query: q.wordsField(ctx), Active: strings.Join(active, ", "), ClearURL: "/reports"}
	v.Filter.Open = len(active) > 0 && len(list.Rows) == 0
	v.Fields = q.fields(ctx, actor, list.Place)
	here := q.url("")
	v.Saved = savedLinks(list.Saved, here)
	if _, query, ok := strings.Cut(here, "?"); ok && !slices.ContainsFunc(v.Saved, func(t component.NavItem) bool { return t.Active }) {
		v.Keep = append(v.Keep, component.Action{Label: i18n.T(ctx, "filter.save"), URL: savedPath + "?" + url.Values{"query": {query}}.Encode()})
	}
	if len(v.Saved) > 0 {
		v.Keep = append(v.Keep, component.Action{Label: i18n.T(ctx, "filter.tidy"), URL: savedPath})
	}
	v.OneKind = filter.Kind != ""
	for _, f := range columns {
		v.Columns = append(v.Columns, reportFieldName(ctx, filter.Kind, f.Name))
	}
	for _, row := range list.Rows {
		line := reportRow(ctx, filter.Words, row, actor.At)
		for _, f := range columns {
			line.More = append(line.More, reportValue(ctx, f, row.Content[f.Name]))
		}
		v.Rows = append(v.Rows, line)
	}
	v.Nothing = noReports(ctx, len(active) > 0 || q.After != "", mayFile(actor))
	v.Pager = q.pager(ctx, list)
	if len(list.Rows) > 0 {
		v.Pager.Export = exportOf(q.url(""))
		v.Pager.Export.Print = "/reports/print"
	}
	return s.render(w, r, http.StatusOK, page.Reports(v))
}

// kindColumns are the fields that a list of one kind of report shows besides what all have.
func kindColumns(kind casework.ReportKind) []casework.ReportField {
	form, _ := kind.Form()
	var fields []casework.ReportField
	for _, name := range form.Columns {
		if f, ok := form.Field(name); ok {
			fields = append(fields, f)
		}
	}
	return fields
}

// reportViews are the lists about reports that whoever leads something goes to and fro between.
func reportViews(ctx context.Context, actor cadre.Actor, here string) []component.NavItem {
	if !actor.Holds(cadre.Lead) {
		return nil
	}
	views := []component.NavItem{{Label: i18n.T(ctx, "report.view_list"), URL: "/reports"}, {Label: i18n.T(ctx, "owed.link"), URL: owedPath},
		{Label: i18n.T(ctx, "talk.link"), URL: talkPath}}
	for i := range views {
		views[i].Active = views[i].URL == here
	}
	return views
}

// atMyDesk in the place of a state asks for the reports that the reader has to acknowledge.
const atMyDesk = "mine"

// mayFile tells whether the actor holds something to report under today.
func mayFile(actor cadre.Actor) bool { return len(actor.Scope(cadre.FileReport).Branches) > 0 }

func noReports(ctx context.Context, filtered, mayFile bool) component.Empty {
	if filtered {
		return component.Empty{Title: i18n.T(ctx, "report.none_filtered"), Text: i18n.T(ctx, "report.none_filtered_text")}
	}
	e := component.Empty{Title: i18n.T(ctx, "report.none"), Text: i18n.T(ctx, "report.none_text")}
	if mayFile {
		e.Action = &component.Action{Label: i18n.T(ctx, "report.write"), URL: "/reports/new", Icon: "edit"}
	}
	return e
}

func (q *reportQuery) filter(actor cadre.Actor) app.ReportFilter {
	f := app.ReportFilter{Words: app.ParseWords(q.Words).Whole()}
	q.Words = f.Words.Text
	if id, err := strconv.ParseInt(q.Place, 10, 64); err == nil && id > 0 {
		f.Place = territory.LocalityID(id)
	} else {
		q.Place = ""
	}
	f.From, q.From = reportDayParam(q.From)
	f.To, q.To = reportDayParam(q.To)
	if q.Author == "me" {
		f.Author = actor.CadreID
	} else if f.Author = cadre.ID(max(0, number(q.Author))); f.Author == actor.CadreID {
		q.Author = "me"
	} else if f.Author == 0 {
		q.Author = ""
	}
	switch st := casework.ReportState(q.State); st {
	case atMyDesk:
		f.State = casework.ReportSubmitted
		for _, g := range actor.Grants {
			if g.Post.Capability == cadre.Lead {
				f.Desks = append(f.Desks, g.Locality.ID)
			}
		}
		if len(f.Desks) == 0 {
			f.State, q.State = "", ""
		}
	case casework.ReportSubmitted, casework.ReportAcknowledged, casework.ReportReturned, casework.ReportWithdrawn:
		f.State = st
	default:
		q.State = ""
	}
	if tier := cadre.Tier(q.Tier); slices.Contains(cadre.Tiers(), tier) {
		f.Tier = tier
	} else {
		q.Tier = ""
	}
	if f.Useful = casework.Usefulness(number(q.Useful)); !slices.Contains(casework.Usefulnesses(), f.Useful) {
		f.Useful, q.Useful = 0, ""
	}
	if kind := casework.ReportKind(q.Kind); slices.Contains(casework.ReportKinds(), kind) {
		f.Kind = kind
	} else {
		q.Kind = ""
	}
	return f
}

// reportDayParam reads a day of the URL; what is no day counts as not given.
func reportDayParam(text string) (territory.Day, string) {
	day, err := territory.ParseDay(text)
	if err != nil {
		return territory.Day{}, ""
	}
	return day, text
}

// active words the filters in use.
func (q *reportQuery) active(ctx context.Context, f app.ReportFilter, place territory.Chain) []string {
	var words []string
	if q.Words != "" {
		words = append(words, i18n.T(ctx, "report.active_words", "words", q.Words))
	}
	if f.Place != 0 {
		name := i18n.T(ctx, "report.active_place")
		if len(place) > 0 {
			name = place.Self().Name
		}
		words = append(words, name)
	}
	if q.From != "" {
		words = append(words, i18n.T(ctx, "report.active_from", "date", dayText(ctx, f.From)))
	}
	if q.To != "" {
		words = append(words, i18n.T(ctx, "report.active_to", "date", dayText(ctx, f.To)))
	}
	switch q.Author {
	case "":
	case "me":
		words = append(words, i18n.T(ctx, "report.filter_mine"))
	default:
		words = append(words, i18n.T(ctx, "report.active_author", "name", cmp.Or(q.author, i18n.T(ctx, "report.one_author"))))
	}
	if q.Kind != "" {
		words = append(words, reportKindName(ctx, f.Kind))
	}
	if q.Tier != "" {
		words = append(words, i18n.T(ctx, "tier."+q.Tier))
	}
	if q.Useful != "" {
		words = append(words, i18n.T(ctx, "report.usefulness."+q.Useful))
	}
	if q.State != "" {
		words = append(words, i18n.T(ctx, "report.state."+q.State))
	}
	return words
}

// wordsField is the field for the words that reports must have.
func (q *reportQuery) wordsField(ctx context.Context) *component.Field {
	label := i18n.T(ctx, "report.filter_words")
	return &component.Field{Name: "q", Label: label, Value: q.Words, LabelHidden: true, Attrs: templ.Attributes{"placeholder": label}}
}

func (q *reportQuery) fields(ctx context.Context, actor cadre.Actor, place territory.Chain) []component.Field {
	all := component.Option{Label: i18n.T(ctx, "report.filter_all")}
	places := []component.Option{all}
	if len(place) > 0 {
		places = append(places, component.Option{Value: q.Place, Label: place.Self().Name})
	}
	for _, g := range actor.Grants {
		if id := strconv.FormatInt(int64(g.Locality.ID), 10); id != q.Place && g.Post.Capability != cadre.Administer {
			places = append(places, component.Option{Value: id, Label: g.Locality.Name})
		}
	}
	states := []component.Option{all}
	if actor.Holds(cadre.Lead) {
		states = append(states, component.Option{Value: atMyDesk, Label: i18n.T(ctx, "report.state.mine")})
	}
	for _, st := range []casework.ReportState{casework.ReportSubmitted, casework.ReportAcknowledged, casework.ReportReturned, casework.ReportWithdrawn} {
		states = append(states, component.Option{Value: string(st), Label: i18n.T(ctx, "report.state."+string(st))})
	}
	kinds := []component.Option{all}
	for _, k := range casework.ReportKinds() {
		kinds = append(kinds, component.Option{Value: string(k), Label: reportKindName(ctx, k)})
	}
	authors := []component.Option{all, {Value: "me", Label: i18n.T(ctx, "report.filter_mine")}}
	if q.Author != "" && q.Author != "me" {
		authors = append(authors, component.Option{Value: q.Author, Label: cmp.Or(q.author, i18n.T(ctx, "report.one_author"))})
	}
	tiers, useful := []component.Option{all}, []component.Option{all}
	for _, t := range cadre.Tiers() {
		tiers = append(tiers, component.Option{Value: string(t), Label: i18n.T(ctx, "tier."+string(t))})
	}
	for _, u := range slices.Backward(casework.Usefulnesses()) {
		n := strconv.Itoa(int(u))
		useful = append(useful, component.Option{Value: n, Label: i18n.T(ctx, "report.usefulness."+n)})
	}
	return []component.Field{
		{Name: "kind", Label: i18n.T(ctx, "report.kind"), Value: q.Kind, Options: kinds},
		{Name: "place", Label: i18n.T(ctx, "report.place"), Value: q.Place, Options: places},
		{Name: "from", Label: i18n.T(ctx, "report.filter_from"), Value: q.From, Type: "date"},
		{Name: "to", Label: i18n.T(ctx, "report.filter_to"), Value: q.To, Type: "date"},
		{Name: "author", Label: i18n.T(ctx, "report.filter_author"), Value: q.Author, Options: authors},
		{Name: "tier", Label: i18n.T(ctx, "report.filter_tier"), Value: q.Tier, Options: tiers},
		{Name: "state", Label: i18n.T(ctx, "report.state"), Value: q.State, Options: states},
		{Name: "usefulness", Label: i18n.T(ctx, "report.usefulness_label"), Value: q.Useful, Options: useful},
	}
}

func (q *reportQuery) url(after string) string {
	values := url.Values{}
	for name, value := range map[string]string{
		"q": q.Words, "place": q.Place, "from": q.From, "to": q.To, "author": q.Author, "state": q.State, "kind": q.Kind,
		"tier": q.Tier, "usefulness": q.Useful, "after": after,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if len(values) == 0 {
		return "/reports"
	}
	return "/reports?" + values.Encode()
}

func (q *reportQuery) pager(ctx context.Context, list app.ReportList) component.PagerView {
	var p component.PagerView
	if q.After != "" {
		p.FirstURL = q.url("")
	}
	if list.Next != "" {
		p.NextURL = q.url(list.Next)
	}
	if p != (component.PagerView{}) {
		p.Shown = i18n.Plural(ctx, "report.shown", len(list.Rows))
	}
	return p
}

// reportRow marks the words that were searched for, in the line of the report or else in a piece of its text.
func reportRow(ctx context.Context, words app.Words, row app.ReportRow, now time.Time) page.ReportRow {
	line := page.ReportRow{Kind: reportKindName(ctx, row.Kind), URL: "/reports/" + row.ID.String(), Place: placeIn(row.Place, row.Above), Author: row.Author,
		HappenedOn: component.DayOf(ctx, row.HappenedOn.Start()), Sent: component.StampOf(ctx, row.ReceivedAt, now), State: reportState(ctx, row.State),
	}
	line.AuthorURL = "/reports?author=" + strconv.FormatInt(int64(row.AuthorID), 10)
	summary := words.Mark(reportLine(ctx, row.Kind, row.Summary))
	line.Summary = marks(summary)
	if !hasHit(summary) {
		line.Excerpt = marks(words.Excerpt(row.Text))
	}
	return line
}

// reportLine gives the line that lists show of a report; its kind where it has no words that everybody may read.
func reportLine(ctx context.Context, kind casework.ReportKind, summary string) string {
	if summary == "" {
		return reportKindName(ctx, kind)
	}
	return summary
}

func reportState(ctx context.Context, st casework.ReportState) component.BadgeView {
	b := component.BadgeView{Label: i18n.T(ctx, "report.state."+string(st))}
	switch st {
	case casework.ReportSubmitted:
		b.Tone, b.Icon = component.Info, "mail"
	case casework.ReportAcknowledged:
		b.Tone = component.Success
	case casework.ReportReturned:
		b.Tone = component.Warn
	case casework.ReportWithdrawn:
		b.Tone = component.Neutral
	}
	return b
}

func (s *Server) drafts(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	drafts, err := s.app.Drafts(ctx, actor)
	if err != nil {
		return err
	}
	v := page.DraftsView{Base: s.base(w, r, "report.drafts")}
	v.Description = i18n.T(ctx, "report.drafts_help")
	for _, d := range drafts {
		row := page.DraftRow{What: d.What, Kind: reportKindName(ctx, d.Kind), URL: "/reports/" + d.ReportID.String() + "/edit", Place: d.Place,
			Saved: component.StampOf(ctx, d.UpdatedAt, actor.At), Amends: d.Amends}
		if row.What == "" {
			row.What = i18n.T(ctx, "report.draft_untitled")
		}
		if day, err := territory.ParseDay(d.HappenedOn); err == nil {
			row.HappenedOn = dayText(ctx, day)
		}
		v.Rows = append(v.Rows, row)
	}
	v.Nothing = component.Empty{Title: i18n.T(ctx, "report.drafts_none"), Text: i18n.T(ctx, "report.drafts_none_text"), Icon: "draft"}
	return s.render(w, r, http.StatusOK, page.Drafts(v))
}

func (s *Server) report(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "report"))
	if err != nil {
		return err
	}
	found, err := s.app.Report(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	if session(r).Unseen > 0 { // opening the page is seeing what it tells
		if err := s.app.SeeReport(r.Context(), session(r).Actor, id); err != nil {
			return err
		}
	}
	return s.render(w, r, http.StatusOK, page.Report(s.reportView(w, r, found)))
}
