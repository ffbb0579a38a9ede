package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// savedPath is the page of the filters that somebody keeps of the list of reports.
const savedPath = "/reports/filters"

// savedInput is a filter that is to be kept: a name, and what the address of the list said.
type savedInput struct {
	SubmissionID string `form:"submission_id"`
	Name         string `form:"name"`
	Query        string `form:"query"`
}

// reportFilterOf reads the address of a list that came in a form as it would have come in one, and writes it anew: only what is a filter is
// left of it. It also gives the filter in words.
func reportFilterOf(ctx context.Context, actor cadre.Actor, text string) (query, words string) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return "", ""
	}
	var q reportQuery
	decodeQuery(&http.Request{URL: &url.URL{RawQuery: values.Encode()}}, &q)
	f := q.filter(actor)
	_, query, _ = strings.Cut(q.url(""), "?")
	return query, strings.Join(q.active(ctx, f, nil), ", ")
}

// savedLinks leads from the list of reports to the filters that the reader keeps; the one in use is marked.
func savedLinks(list []app.SavedFilter, now string) []component.NavItem {
	var tabs []component.NavItem
	for _, f := range list {
		tabs = append(tabs, component.NavItem{Label: f.Name, URL: "/reports?" + f.Query, Active: "/reports?"+f.Query == now})
	}
	return tabs
}

func (s *Server) savedFilters(w http.ResponseWriter, r *http.Request) error {
	var in savedInput
	decodeQuery(r, &in)
	return s.showSaved(w, r, http.StatusOK, in, nil)
}

func (s *Server) showSaved(w http.ResponseWriter, r *http.Request, status int, in savedInput, cause error) error {
	ctx, actor := r.Context(), session(r).Actor
	saved, err := s.app.SavedReportFilters(ctx, actor)
	if err != nil {
		return err
	}
	v := page.SavedView{Base: s.base(w, r, "filter.saved_title"), SubmissionID: newID(), RemoveURL: savedPath + "/remove"}
	v.Description, v.Summary, v.Crumbs = i18n.T(ctx, "filter.saved_help"), summary(ctx, cause), []component.Crumb{{Label: i18n.T(ctx, "report.list"), URL: "/reports"}}
	for _, f := range saved {
		_, words := reportFilterOf(ctx, actor, f.Query)
		v.Rows = append(v.Rows, page.SavedRow{Name: f.Name, URL: "/reports?" + f.Query, Words: words, SubmissionID: newID()})
	}
	if query, words := reportFilterOf(ctx, actor, in.Query); query != "" {
		v.Query, v.Words = query, words
		v.Name = component.Field{Name: "name", Label: i18n.T(ctx, "filter.name"), Hint: i18n.T(ctx, "filter.name_hint"), Value: in.Name,
			Error: fieldErrors(ctx, cause)["name"], MaxLength: app.MaxFilterName}
	}
	v.Nothing = component.Empty{Title: i18n.T(ctx, "filter.saved_none"), Text: i18n.T(ctx, "filter.saved_none_text"), Icon: "filter"}
	return s.render(w, r, status, page.Saved(v))
}

func (s *Server) saveFilter(w http.ResponseWriter, r *http.Request) error {
	var in savedInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	query, _ := reportFilterOf(ctx, actor, in.Query)
	if err == nil {
		err = s.app.SaveReportFilter(ctx, actor, submission(r), app.SavedFilter{Name: in.Name, Query: query})
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, "/reports?"+query, "flash.filter_saved")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return err
	}
	return s.showSaved(w, r, statusOf(err), in, err)
}

func (s *Server) removeFilter(w http.ResponseWriter, r *http.Request) error {
	var in savedInput
	if err := decode(r, &in); err != nil {
		return err
	}
	if err := s.app.RemoveReportFilter(r.Context(), session(r).Actor, submission(r), in.Name); err != nil {
		return err
	}
	return s.seeOther(w, r, savedPath, "flash.filter_removed")
}
