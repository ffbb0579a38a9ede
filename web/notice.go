package web

import (
	"net/http"
	"net/url"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

func (s *Server) notices(w http.ResponseWriter, r *http.Request) error {
	ctx, actor := r.Context(), session(r).Actor
	list, err := s.app.Notices(ctx, actor, app.ListPage{After: r.URL.Query().Get("after"), Limit: rowsPerPage})
	if err != nil {
		return err
	}
	v := page.NoticesView{Base: s.base(w, r, "nav.notices"), Unseen: session(r).Unseen > 0}
	v.Description = i18n.T(ctx, "notices.help")
	for _, n := range list.Rows {
		v.Rows = append(v.Rows, page.NoticeRow{
			Text: app.NoticeText(ctx, n), URL: noticeURL(n), When: component.StampOf(ctx, n.At, actor.At), New: !n.Seen,
		})
	}
	if list.Next != "" {
		v.Pager.NextURL = "/notices?after=" + list.Next
	}
	v.Nothing = component.Empty{Icon: "bell", Title: i18n.T(ctx, "notices.none"), Text: i18n.T(ctx, "notices.none_help")}
	return s.render(w, r, http.StatusOK, page.Notices(v))
}

// noticeURL leads over the notice, which is then seen, to what it is about.
func noticeURL(n app.Notice) string {
	return "/notices/" + n.ID.String() + "?to=" + url.QueryEscape(noticeAbout(n))
}

// noticeAbout is the page of what a notice is about.
func noticeAbout(n app.Notice) string {
	switch {
	case n.Closed: // the reader has lost the right to see it
	case n.Args["handover"] != "":
		return handoversPath + "/" + n.Args["handover"]
	case n.Issue != uuid.Nil:
		return "/issues/" + n.Issue.String()
	case n.Report != uuid.Nil:
		return "/reports/" + n.Report.String()
	case n.Kind == app.NoticeAddress:
		return accountPath
	case n.Kind == app.NoticeOwed, n.Kind == app.NoticeOwedMore:
		return "/"
	}
	return "/notices"
}

// notice marks a notice as seen and goes on to what it is about. A letter leads here without saying where that is.
func (s *Server) notice(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "notice"))
	if err != nil {
		return err
	}
	n, err := s.app.SeeNotice(r.Context(), session(r).Actor, id)
	if err != nil {
		return err
	}
	to := r.URL.Query().Get("to")
	if to == "" {
		to = noticeAbout(n)
	}
	return s.seeOther(w, r, localPath(to), "")
}

func (s *Server) noticesSeen(w http.ResponseWriter, r *http.Request) error {
	if err := s.app.SeeAllNotices(r.Context(), session(r).Actor); err != nil {
		return err
	}
	return s.seeOther(w, r, "/notices", "flash.notices_seen")
}
