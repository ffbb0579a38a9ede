package web

import (
	"context"
	"net/http"
	"net/url"
	"time"

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

// handoversPath is the list of handovers.
const handoversPath = "/handovers"

// handoversDone is the state of the list that shows confirmed ones.
const handoversDone = "done"

func handoverURL(id uuid.UUID) string { return handoversPath + "/" + id.String() }

func handoversURL(done bool, after string) string {
	values := url.Values{}
	if done {
		values.Set("state", handoversDone)
	}
	if after != "" {
		values.Set("after", after)
	}
	if len(values) == 0 {
		return handoversPath
	}
	return handoversPath + "?" + values.Encode()
}

// handovers lists what changes hands as far as it concerns the reader.
func (s *Server) handovers(w http.ResponseWriter, r *http.Request) error {
	var q struct {
		State string `form:"state"`
		After string `form:"after"`
	}
	decodeQuery(r, &q)
	ctx, done := r.Context(), q.State == handoversDone
	list, err := s.app.Handovers(ctx, session(r).Actor, done, app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.HandoversView{Base: s.base(w, r, "handovers.title"), Tabs: []component.NavItem{
		{Label: i18n.T(ctx, "handovers.open"), URL: handoversURL(false, ""), Active: !done}, {Label: i18n.T(ctx, "handovers.done"), URL: handoversURL(true, ""), Active: done},
	}}
	v.Description = i18n.T(ctx, "handovers.help")
	for _, h := range list.Rows {
		v.Rows = append(v.Rows, page.HandoverRow{
			Place: h.PlaceName, Above: h.Above, URL: handoverURL(h.ID), Post: postName(ctx, h.Post), From: h.FromName, To: successorName(ctx, h), State: handoverBadge(ctx, h),
		})
	}
	if list.Next != "" {
		v.Pager.NextURL = handoversURL(done, list.Next)
	}
	if q.After != "" {
		v.Pager.FirstURL = handoversURL(done, "")
	}
	if session(r).Actor.Holds(cadre.Administer) {
		v.Pager.Export = exportOf(handoversURL(done, ""))
	}
	v.Nothing = component.Empty{Icon: "people", Title: i18n.T(ctx, "handovers.none"), Text: i18n.T(ctx, "handovers.none_help")}
	return s.render(w, r, http.StatusOK, page.Handovers(v))
}

// exportHandovers exports what changes hands in an administrator's places.
func (s *Server) exportHandovers(w http.ResponseWriter, r *http.Request) error {
	var q struct {
		State string `form:"state"`
	}
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor, done := r.Context(), session(r).Actor, q.State == handoversDone
	return exported(s, w, r, format, listing[app.Handover]{
		name: "handovers", url: handoversURL(done, ""), action: cadre.Manage,
		columns: []column[app.Handover]{
			textColumn("place.name", 34, func(h app.Handover) string { return placeIn(h.PlaceName, h.Above) }),
			textColumn("handover.post", 40, func(h app.Handover) string { return postName(ctx, h.Post) }),
			textColumn("handover.from", 26, func(h app.Handover) string { return h.FromName }),
			textColumn("handover.to", 26, func(h app.Handover) string { return successorName(ctx, h) }),
			dayColumn("handover.ends", func(h app.Handover) territory.Day { return h.EndsOn }),
			textColumn("handover.reason", 40, func(h app.Handover) string { return h.Reason }),
			textColumn("handover.state", 26, func(h app.Handover) string { return handoverBadge(ctx, h).Label }),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.Handover, string, error) {
			list, err := s.app.Handovers(ctx, actor, done, page)
			return list.Rows, list.Next, err
		},
	})
}

func successorName(ctx context.Context, h app.Handover) string {
	if h.To == 0 {
		return i18n.T(ctx, "handover.nobody_yet")
	}
	return h.ToName
}

func handoverBadge(ctx context.Context, h app.Handover) component.BadgeView {
	switch {
	case h.Confirmed != nil:
		return component.BadgeView{Label: i18n.T(ctx, "handover.confirmed", "time", i18n.DateTime(ctx, *h.Confirmed)), Tone: component.Success}
	case h.To == 0:
		return component.BadgeView{Label: i18n.T(ctx, "handover.nobody_yet"), Tone: component.Warn}
	}
	return component.BadgeView{Label: i18n.T(ctx, "handover.waits"), Tone: component.Info}
}

// handoverSection lists on the home page what waits for the reader to confirm it.
func handoverSection(ctx context.Context, list []app.Handover) page.Section {
	section := page.Section{Title: i18n.T(ctx, "home.handovers")}
	for _, h := range list {
		section.Lines = append(section.Lines, page.Line{
			Title: i18n.T(ctx, "handover.title", "place", placeIn(h.PlaceName, h.Above)), URL: handoverURL(h.ID), Facts: []string{postName(ctx, h.Post), h.FromName},
		})
	}
	return section
}

// handedOverSection tells on the home page what became of what the reader handed over.
func handedOverSection(ctx context.Context, list []app.Handover) page.Section {
	section := page.Section{Title: i18n.T(ctx, "home.handed_over")}
	for _, h := range list {
		section.Lines = append(section.Lines, page.Line{
			Title: i18n.T(ctx, "handover.title", "place", placeIn(h.PlaceName, h.Above)), URL: handoverURL(h.ID), Facts: []string{postName(ctx, h.Post), successorName(ctx, h)},
			Marks: []component.BadgeView{handoverBadge(ctx, h)},
		})
	}
	return section
}

// handover shows one handover.
func (s *Server) handover(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "handover"))
	if err != nil {
		return err
	}
	h, err := s.app.Handover(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Handover(s.handoverView(w, r, h, "", nil)))
}

// confirmHandover notes that the reader received what is open.
func (s *Server) confirmHandover(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "handover"))
	if err != nil {
		return err
	}
	var in struct {
		Note string `form:"note"`
	}
	err = decode(r, &in)
	if unread(err) {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	if err == nil {
		err = s.app.ConfirmHandover(ctx, actor, submission(r), id, in.Note)
	}
	switch kind := fault.KindOf(err); {
	case err == nil:
		return s.seeOther(w, r, handoverURL(id), "flash.handover_confirmed")
	case kind != fault.KindInvalid && kind != fault.KindConflict:
		return keeping{error: err, typed: in.Note}
	}
	h, failed := s.app.Handover(ctx, actor, id)
	if failed != nil {
		return keeping{error: failed, typed: in.Note}
	}
	return s.render(w, r, statusOf(err), page.Handover(s.handoverView(w, r, h, in.Note, err)))
}

func (s *Server) handoverView(w http.ResponseWriter, r *http.Request, h app.HandoverPage, note string, cause error) page.HandoverView {
	ctx, now := r.Context(), session(r).Actor.At
	v := page.HandoverView{
		Base: s.base(w, r, i18n.T(ctx, "handover.title", "place", placeIn(h.PlaceName, h.Above))), Heading: i18n.T(ctx, "handover.now"),
		Back: component.Action{Label: i18n.T(ctx, "handover.back"), URL: handoversPath},
	}
	v.Description, v.Summary, v.Crumbs = i18n.T(ctx, "handover.help"), summary(ctx, cause), []component.Crumb{{Label: i18n.T(ctx, "handovers.title"), URL: handoversPath}}
	badge := handoverBadge(ctx, h.Handover)
	v.Facts = []component.Fact{
		{Label: i18n.T(ctx, "handover.post"), Value: postName(ctx, h.Post)}, {Label: i18n.T(ctx, "handover.from"), Value: h.FromName},
		{Label: i18n.T(ctx, "handover.to"), Value: successorName(ctx, h.Handover)}, {Label: i18n.T(ctx, "handover.ends"), Value: dayText(ctx, h.EndsOn)},
	}
	if h.Reason != "" {
		v.Facts = append(v.Facts, component.Fact{Label: i18n.T(ctx, "handover.reason"), Value: h.Reason})
	}
	v.Facts = append(v.Facts, component.Fact{Label: i18n.T(ctx, "handover.state"), Badge: &badge})
	if h.Note != "" {
		v.Facts = append(v.Facts, component.Fact{Label: i18n.T(ctx, "handover.note"), Value: h.Note})
	}
	switch {
	case h.Kept != nil: // what was received; what is open today is on the page of the place
		v.Heading, v.Tiles = i18n.T(ctx, "handover.kept"), handoverTiles(ctx, *h.Kept)
		return v
	case h.Early:
		v.Note = i18n.T(ctx, "handover.early")
		return v
	case !h.Counted:
		v.Note = i18n.T(ctx, "handover.not_counted")
		return v
	}
	v.Tiles = handoverTiles(ctx, h.Counts)
	if h.Counts.Drafts > 0 {
		v.Note = i18n.T(ctx, "handover.drafts_note")
	}
	if session(r).Actor.Holds(cadre.Administer) && !works(session(r).Actor) { // they see numbers only
		return v
	}
	v.Issues = page.Section{Title: i18n.T(ctx, "handover.issues"), Empty: i18n.T(ctx, "handover.no_issues")}
	for _, i := range h.Issues {
		v.Issues.Lines = append(v.Issues.Lines, handoverLine(ctx, i, now))
	}
	if len(h.Owed) > 0 {
		v.Owed = page.Section{Title: i18n.T(ctx, "home.promises"), Lines: promiseLines(ctx, h.Owed, session(r).Actor.Today())}
	}
	if h.Confirms {
		v.Description = i18n.T(ctx, "handover.help_to")
		v.Form = &page.HandoverForm{Action: handoverURL(h.ID), SubmissionID: newID(), Note: component.Field{
			Name: "note", Label: i18n.T(ctx, "handover.note"), Hint: i18n.T(ctx, "handover.note_hint"), Value: note,
			Error: fieldErrors(ctx, cause)["note"], Optional: true, MaxLength: cadre.MaxReason,
		}}
	}
	return v
}

func handoverTiles(ctx context.Context, n app.HandoverCounts) []component.Tile {
	tile := func(count int, key string, hot component.Tone) component.Tile {
		t := component.Tile{Number: i18n.Count(ctx, count), Label: i18n.T(ctx, key)}
		if count > 0 {
			t.Tone = hot
		}
		return t
	}
	return []component.Tile{
		tile(n.Open, "handover.open_issues", component.Info), tile(n.Overdue, "handover.overdue", component.Danger),
		tile(n.Promised, "handover.promised", component.Warn), tile(n.Owed, "handover.owed", component.Warn),
		tile(n.Drafts, "handover.drafts", component.Neutral),
	}
}

// handoverLine words an open issue with what was promised.
func handoverLine(ctx context.Context, i app.HandoverIssue, now time.Time) page.Line {
	lines := issueLines(ctx, []app.IssueLine{{
		ID: i.ID, Number: i.Number, Title: i.Title, Severity: i.Severity, State: i.State, DueAt: i.DueAt, Place: i.Place, Above: i.Above, Desk: i.Desk,
	}}, now)
	switch {
	case !i.Promised.IsZero() && i.Agency != "":
		lines[0].Facts = append(lines[0].Facts, i18n.T(ctx, "handover.promised_agency", "agency", i.Agency, "day", dayText(ctx, i.Promised)))
	case !i.Promised.IsZero():
		lines[0].Facts = append(lines[0].Facts, i18n.T(ctx, "handover.promised_by", "day", dayText(ctx, i.Promised)))
	}
	return lines[0]
}
