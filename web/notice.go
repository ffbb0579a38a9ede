package web

import (
	"context"
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
			Text: noticeText(ctx, n), URL: noticeURL(n), When: component.StampOf(ctx, n.At, actor.At), New: !n.Seen,
		})
	}
	if list.Next != "" {
		v.Pager.NextURL = "/notices?after=" + list.Next
	}
	v.Nothing = component.Empty{Icon: "bell", Title: i18n.T(ctx, "notices.none"), Text: i18n.T(ctx, "notices.none_help")}
	return s.render(w, r, http.StatusOK, page.Notices(v))
}

// noticeText words a notice in the reader's language.
func noticeText(ctx context.Context, n app.Notice) string {
	args := make([]any, 0, 2*len(n.Args))
	for name, value := range n.Args {
		args = append(args, name, value)
	}
	return i18n.T(ctx, "notice."+n.Kind, args...)
}

// noticeURL leads over the notice, which is then seen, to what it is about.
func noticeURL(n app.Notice) string {
	to := "/notices"
	switch {
	case n.Closed: // the reader has lost the right to see it
	case n.Args["handover"] != "":
		to = handoversPath + "/" + n.Args["handover"]
	case n.Issue != uuid.Nil:
		to = "/issues/" + n.Issue.String()
	case n.Report != uuid.Nil:
		to = "/reports/" + n.Report.String()
	}
	return "/notices/" + n.ID.String() + "?to=" + url.QueryEscape(to)
}

// notice marks a notice as seen and goes on to what it is about.
func (s *Server) notice(w http.ResponseWriter, r *http.Request) error {
	id, err := uuidParam(chi.URLParam(r, "notice"))
	if err != nil {
		return err
	}
	if err := s.app.SeeNotice(r.Context(), session(r).Actor, id); err != nil {
		return err
	}
	return s.seeOther(w, r, localPath(r.URL.Query().Get("to")), "")
}

func (s *Server) noticesSeen(w http.ResponseWriter, r *http.Request) error {
	if err := s.app.SeeAllNotices(r.Context(), session(r).Actor); err != nil {
		return err
	}
	return s.seeOther(w, r, "/notices", "flash.notices_seen")
}
