package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// Where the account of the signed-in person is.
const (
	accountPath  = "/account"
	passwordPath = "/account/password"
)

// account shows the person's own account: what they hold, where they are signed in.
func (s *Server) account(w http.ResponseWriter, r *http.Request) error {
	ctx, who := r.Context(), session(r)
	own, err := s.app.OwnAccount(ctx, who.Actor, s.sessions.Token(ctx))
	if err != nil {
		return err
	}
	v := page.AccountView{
		Base: s.base(w, r, "account.title"), SubmissionID: newID(), PasswordURL: passwordPath, OthersURL: "/account/devices/end", Others: len(own.Devices) > 1,
		Facts: []component.Fact{
			{Label: i18n.T(ctx, "account.name"), Value: who.Actor.Name}, {Label: i18n.T(ctx, "signin.login"), Value: who.Login},
			{Label: i18n.T(ctx, "account.language"), Value: i18n.T(ctx, "account.language_"+string(i18n.Of(ctx)))},
		},
	}
	v.Description = i18n.T(ctx, "account.help")
	var posts []string
	for _, g := range who.Actor.Grants {
		posts = append(posts, i18n.T(ctx, "person.post_at", "post", postName(ctx, g.Post), "place", g.Locality.Name))
	}
	if len(posts) == 0 {
		posts = []string{i18n.T(ctx, "person.no_post")}
	}
	v.Facts = append(v.Facts, component.Fact{Label: i18n.T(ctx, "account.posts"), Value: strings.Join(posts, "\n"), Multiline: true})
	v.Mail = s.mailFacts(ctx, own.Mail)
	if s.app.Mails() {
		v.MailURL = mailPath
	}
	now := who.Actor.At
	for _, d := range own.Devices {
		v.Devices = append(v.Devices, page.DeviceRow{
			Agent: agentText(r, d.Agent), Since: component.StampOf(ctx, d.Since, now), Seen: component.StampOf(ctx, d.Seen, now), Current: d.Current,
			SubmissionID: newID(), EndURL: "/account/devices/" + strconv.FormatInt(d.ID, 10) + "/end",
		})
	}
	for _, in := range own.SignIns {
		row := page.SignInRow{Agent: agentText(r, in.Agent), At: component.StampOf(ctx, in.At, now)}
		if in.OneTime {
			row.Note = i18n.T(ctx, "account.by_one_time")
		}
		v.SignIns = append(v.SignIns, row)
	}
	return s.render(w, r, http.StatusOK, page.Account(v))
}

func agentText(r *http.Request, agent string) string {
	if agent == "" {
		return i18n.T(r.Context(), "account.agent_unknown")
	}
	return agent
}

// endDevice signs the person out on another device.
func (s *Server) endDevice(w http.ResponseWriter, r *http.Request) error {
	sent, err := s.sent(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(chi.URLParam(r, "device"), 10, 64)
	if err != nil {
		return fault.NotFound()
	}
	if err := s.app.EndDevice(r.Context(), session(r).Actor, sent, id); err != nil {
		return err
	}
	return s.seeOther(w, r, accountPath, "flash.device_ended")
}

// endOtherDevices signs the person out everywhere else.
func (s *Server) endOtherDevices(w http.ResponseWriter, r *http.Request) error {
	sent, err := s.sent(r)
	if err != nil {
		return err
	}
	if err := s.app.EndOtherDevices(r.Context(), session(r).Actor, sent, s.sessions.Token(r.Context())); err != nil {
		return err
	}
	return s.seeOther(w, r, accountPath, "flash.devices_ended")
}

// sent reads a form that carries nothing but its submission id.
func (s *Server) sent(r *http.Request) (app.Submission, error) {
	var in struct{}
	if err := decode(r, &in); err != nil {
		return app.Submission{}, err
	}
	return submission(r), nil
}
