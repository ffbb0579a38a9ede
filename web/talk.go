package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// talkPath is the list of who talks with whom on reports.
const talkPath = "/reports/talk"

// talkQuery is what the URL of the list says.
type talkQuery struct {
	Place string `form:"place"`
	Quiet string `form:"quiet"`
	After string `form:"after"`
}

func (q *talkQuery) filter() app.TalkFilter {
	f := app.TalkFilter{Place: territory.LocalityID(max(0, number(q.Place))), Quiet: q.Quiet == "yes"}
	if f.Place == 0 {
		q.Place = ""
	}
	if !f.Quiet {
		q.Quiet = ""
	}
	return f
}

func (q talkQuery) url(after string) string {
	values := url.Values{}
	for name, v := range map[string]string{"place": q.Place, "quiet": q.Quiet, "after": after} {
		if v != "" {
			values.Set(name, v)
		}
	}
	if len(values) == 0 {
		return talkPath
	}
	return talkPath + "?" + values.Encode()
}

// talk lists who supports the places below the reader's own, and with whom they exchanged words on reports.
func (s *Server) talk(w http.ResponseWriter, r *http.Request) error {
	var q talkQuery
	decodeQuery(r, &q)
	ctx, actor := r.Context(), session(r).Actor
	filter := q.filter()
	list, err := s.app.Talk(ctx, actor, filter, app.ListPage{After: q.After, Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.TalkView{Base: s.base(w, r, i18n.T(ctx, "talk.title", "n", strconv.Itoa(app.TalkDays)))}
	v.Description, v.Views = i18n.T(ctx, "talk.help"), reportViews(ctx, actor, talkPath)
	v.Filter, v.Fields = talkFilter(ctx, q, list)
	v.Count = talkCount(ctx, list, filter)
	for _, row := range list.Rows {
		line := page.TalkRow{Place: row.Name, Above: row.Above, PlaceURL: placeURL(row.Place), Name: row.Person, NameURL: cadreURL(row.Cadre),
			Post: talkPost(ctx, row.PostVi, row.PostEn), Last: talkDay(ctx, row.Last)}
		for _, p := range row.Partners {
			line.Partners = append(line.Partners, page.TalkPartner{Name: p.Name, Post: talkPost(ctx, p.PostVi, p.PostEn),
				Count: i18n.T(ctx, "talk.times", "n", i18n.Count(ctx, p.Count))})
		}
		v.Rows = append(v.Rows, line)
	}
	if list.Next != "" {
		v.Pager.NextURL = q.url(list.Next)
	}
	if q.After != "" {
		v.Pager.FirstURL = q.url("")
	}
	if len(list.Rows) > 0 {
		v.Pager.Export = exportOf(q.url(""))
	}
	v.Nothing = component.Empty{Icon: "check", Title: i18n.T(ctx, "talk.none"), Text: i18n.T(ctx, "talk.none_help")}
	return s.render(w, r, http.StatusOK, page.Talk(v))
}

// talkCount words how many have talked with nobody, of the chosen commune where one is chosen.
func talkCount(ctx context.Context, list app.TalkList, f app.TalkFilter) string {
	seats, quiet := 0, 0
	for _, c := range list.Communes {
		if f.Place == 0 || c.ID == f.Place {
			seats, quiet = seats+c.Seats, quiet+c.Quiet
		}
	}
	if seats == 0 { // a place that is no commune: its rows speak for themselves
		return ""
	}
	return i18n.T(ctx, "talk.count", "n", i18n.Count(ctx, quiet), "of", i18n.Count(ctx, seats))
}

// talkFilter draws the filters: the communes with how many are quiet in each, and whether only those are listed.
func talkFilter(ctx context.Context, q talkQuery, list app.TalkList) (component.Filter, []component.Field) {
	place := component.Field{Name: "place", Label: i18n.T(ctx, "owed.place"), Value: q.Place, Empty: i18n.T(ctx, "owed.everywhere")}
	filter := component.Filter{Action: talkPath, Open: true}
	for _, c := range list.Communes {
		id := strconv.FormatInt(int64(c.ID), 10)
		if c.ID != 0 {
			place.Options = append(place.Options, component.Option{Value: id, Label: i18n.T(ctx, "talk.commune", "name", c.Name, "n", i18n.Count(ctx, c.Quiet))})
		}
		if q.Place == id {
			filter.Active, filter.ClearURL = c.Name, talkQuery{Quiet: q.Quiet}.url("")
		}
	}
	fields := []component.Field{{Name: "quiet", Label: i18n.T(ctx, "talk.which"), Value: q.Quiet, Empty: i18n.T(ctx, "owed.everywhere"),
		Options: []component.Option{{Value: "yes", Label: i18n.T(ctx, "talk.quiet")}}}}
	if len(place.Options) > 1 {
		fields = append([]component.Field{place}, fields...)
	}
	return filter, fields
}

func talkPost(ctx context.Context, vi, en string) string {
	return postName(ctx, cadre.Post{NameVi: vi, NameEn: en})
}

func talkDay(ctx context.Context, at *time.Time) string {
	if at == nil {
		return ""
	}
	return dayText(ctx, territory.DayOf(*at))
}

func (s *Server) exportTalk(w http.ResponseWriter, r *http.Request) error {
	var q talkQuery
	format, err := decodeExport(r, &q)
	if err != nil {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	filter := q.filter()
	return exported(s, w, r, format, listing[app.TalkRow]{
		name: "talk", url: q.url(""), action: cadre.ReviewBoard,
		columns: []column[app.TalkRow]{
			textColumn("place.name", 28, func(row app.TalkRow) string { return row.Name }),
			textColumn("owed.above", 34, func(row app.TalkRow) string { return row.Above }),
			textColumn("owed.who", 28, func(row app.TalkRow) string { return row.Person }),
			textColumn("place.post", 40, func(row app.TalkRow) string { return talkPost(ctx, row.PostVi, row.PostEn) }),
			textColumn("talk.with", 60, func(row app.TalkRow) string {
				var names []string
				for _, p := range row.Partners {
					names = append(names, p.Name+" ("+i18n.T(ctx, "talk.times", "n", i18n.Count(ctx, p.Count))+")")
				}
				return strings.Join(names, "; ")
			}),
			dayColumn("talk.last", func(row app.TalkRow) territory.Day {
				if row.Last == nil {
					return territory.Day{}
				}
				return territory.DayOf(*row.Last)
			}),
		},
		batch: func(ctx context.Context, page app.ListPage) ([]app.TalkRow, string, error) {
			list, err := s.app.Talk(ctx, actor, filter, page)
			return list.Rows, list.Next, err
		},
	})
}
