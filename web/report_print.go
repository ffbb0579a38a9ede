package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// official is the context of what is printed: an official document is Vietnamese, whatever language its reader has chosen.
func official(ctx context.Context) context.Context { return i18n.With(ctx, i18n.Vi) }

// printReport shows one report in the official layout.
func (s *Server) printReport(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "report"))
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	found, err := s.app.Report(ctx, actor, id)
	if err != nil {
		return err
	}
	rep, vi := found.Report, official(ctx)
	title := i18n.T(vi, "report.title."+string(rep.Kind), "place", placeLine(found.Chain), "date", dayText(vi, rep.HappenedOn))
	v := page.DocumentView{Base: s.base(w, r, i18n.T(ctx, "print.title")), Title: title}
	v.Head = documentHead(vi, casework.IssuerOf(found.Grant.Post, found.Agency, found.Chain), territory.DayOf(rep.ReceivedAt))
	v.Description, v.Crumbs = i18n.T(ctx, "print.help"), []component.Crumb{{Label: reportKindName(ctx, rep.Kind), URL: reportURL(rep.ID)}}
	if rep.State == casework.ReportWithdrawn {
		v.Mark = i18n.T(vi, "report.state."+string(rep.State))
	}
	v.Parts = documentParts(visitFacts(vi, found, reportParts(vi, rep.Kind, found.Whole())))
	for _, p := range promiseItems(vi, found, actor.Today()) {
		v.Promises = append(v.Promises, strings.TrimSpace(p.Text)+" ("+p.Due+")")
	}
	if found.Redacted() {
		v.Redacted = i18n.T(vi, "report.redacted")
	}
	v.Signature = &page.Signature{Role: i18n.T(vi, "print.author"), Name: found.Author, Post: postName(vi, found.Grant.Post)}
	for _, to := range slices.Concat([]string{found.Desk}, found.Told) {
		if to != "" {
			v.To = append(v.To, to)
		}
	}
	v.Foot = i18n.T(vi, "print.foot", "n", strconv.Itoa(rep.Number), "sent", i18n.DateTime(vi, rep.ReceivedAt), "now", i18n.DateTime(vi, actor.At))
	return s.render(w, r, http.StatusOK, page.Document(v))
}

// printReports shows a set of reports, the newest of a filter, in the official layout.
func (s *Server) printReports(w http.ResponseWriter, r *http.Request) error {
	var q reportQuery
	if err := decode(r, &q); err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	filter, vi := q.filter(actor), official(ctx)
	_, query := splitURL(q.url(""))
	var fields []string
	for name := range query {
		fields = append(fields, name)
	}
	slices.Sort(fields)
	set, err := s.app.ReportSet(ctx, actor, filter, fields)
	if err != nil {
		return err
	}
	if len(set.Rows) == 0 {
		return keeping{error: &fault.Error{Kind: fault.KindInvalid, Key: "print.nothing"}, back: &component.Action{Label: i18n.T(ctx, "report.list"), URL: q.url(""), Icon: "back"}}
	}
	title := i18n.T(vi, "print.set_title")
	if words := strings.Join(q.active(vi, filter, nil), ", "); words != "" {
		title = i18n.T(vi, "print.set_title_of", "words", words)
	}
	v := page.DocumentView{Base: s.base(w, r, i18n.T(ctx, "print.title")), Head: documentHead(vi, casework.IssuerOf(set.Post, "", set.Own), actor.Today()), Title: title}
	v.Description, v.Crumbs = i18n.T(ctx, "print.help"), []component.Crumb{{Label: i18n.T(ctx, "report.list"), URL: q.url("")}}
	for i, row := range set.Rows {
		v.Set = append(v.Set, page.DocumentReport{
			Title: strconv.Itoa(i+1) + ". " + i18n.T(vi, "report.title."+string(row.Kind), "place", placeIn(row.Place, row.Above), "date", dayText(vi, row.HappenedOn)),
			By:    i18n.T(vi, "print.by", "name", row.Author, "sent", i18n.DateTime(vi, row.ReceivedAt), "state", i18n.T(vi, "report.state."+string(row.State))),
			Parts: reportParts(vi, row.Kind, row.Content), Redacted: redactedInSet(vi, row),
		})
	}
	if set.More {
		v.Mark = i18n.T(vi, "print.more", "n", strconv.Itoa(app.MostPrinted))
	}
	v.Signature = &page.Signature{Role: i18n.T(vi, "print.compiler"), Name: v.Person.Name}
	v.Foot = i18n.T(vi, "print.set_foot", "n", strconv.Itoa(len(set.Rows)), "now", i18n.DateTime(vi, actor.At))
	return s.render(w, r, http.StatusOK, page.Document(v))
}

func redactedInSet(ctx context.Context, row app.ReportRow) string {
	if row.Kind == casework.HouseholdVisit {
		return i18n.T(ctx, "print.visit_left_out")
	}
	return ""
}

// documentHead is what stands above a document: who issues it and where, in the layout of the Party or of the state.
func documentHead(ctx context.Context, i casework.Issuer, day territory.Day) page.DocumentHead {
	h := page.DocumentHead{State: i.Agency != "", Place: i18n.T(ctx, "print.place_day", "place", bareName(i.Seat), "day", dayWords(ctx, day))}
	if h.State {
		h.Organ, h.Number = strings.ToUpper(i.Agency), i18n.T(ctx, "print.number_state")
		return h
	}
	h.Organ = strings.ToUpper(committee(ctx, i.Seat))
	if i.Above != nil {
		h.Above = strings.ToUpper(i18n.T(ctx, "print.party_of", "place", i.Above.Name))
	}
	h.Number = i18n.T(ctx, "print.number_"+string(i.Seat.Level))
	return h
}

// committee names the Party committee of a place.
func committee(ctx context.Context, at territory.Locality) string {
	key := "print.committee_" + string(at.Level)
	if at.Level != territory.Commune && at.Type == i18n.T(ctx, "print.type_city") {
		key = "print.committee_city"
	}
	if at.Level == territory.Commune {
		return i18n.T(ctx, key, "place", at.Name)
	}
	return i18n.T(ctx, key, "place", bareName(at))
}

// bareName is the name of a place without its type.
func bareName(at territory.Locality) string {
	return strings.TrimSpace(strings.TrimPrefix(at.Name, at.Type))
}

// dayWords writes a day as documents do: days below ten and the first two months with a zero in front.
func dayWords(ctx context.Context, day territory.Day) string {
	at := day.Start().In(i18n.Zone)
	return i18n.T(ctx, "print.day", "d", at.Format("02"), "m", monthNumber(at), "y", at.Format("2006"))
}

func monthNumber(at time.Time) string {
	if m := int(at.In(i18n.Zone).Month()); m > 2 {
		return strconv.Itoa(m)
	}
	return at.In(i18n.Zone).Format("01")
}

// documentParts numbers the parts of a report.
func documentParts(parts []page.ReportPart) []page.ReportPart {
	for i := range parts {
		parts[i].Title = strconv.Itoa(i+1) + ". " + parts[i].Title
	}
	return parts
}
