package web

import (
	"net/http"
	"time"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

// deviceCookie names a device on which somebody has signed in; it lasts a year.
const (
	deviceCookie = "device"
	deviceLife   = 365 * 24 * time.Hour
)

type signInInput struct {
	Login    string `form:"login"`
	Password string `form:"password"`
	Next     string `form:"next"`
}

func (s *Server) signInForm(w http.ResponseWriter, r *http.Request) error {
	if s.sessions.GetInt64(r.Context(), accountField) != 0 {
		return s.seeOther(w, r, localPath(r.URL.Query().Get("next")), "")
	}
	in := signInInput{Next: r.URL.Query().Get("next"), Login: r.URL.Query().Get("login")}
	return s.render(w, r, http.StatusOK, page.SignIn(s.signInView(w, r, in, nil)))
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	var in signInInput
	err := decode(r, &in)
	if err == nil {
		var account int64
		account, err = s.app.SignIn(r.Context(), app.Credentials{Login: in.Login, Password: in.Password, Device: s.device(r), Agent: agentOf(r)})
		if err == nil {
			return s.startSession(w, r, account, localPath(in.Next))
		}
	}
	switch fault.KindOf(err) {
	case fault.KindInvalid:
		return s.render(w, r, http.StatusUnprocessableEntity, page.SignIn(s.signInView(w, r, in, err)))
	case fault.KindUnavailable:
		if f := fault.As(err); f.Key == "signin.wait" {
			return s.render(w, r, http.StatusTooManyRequests, page.SignIn(s.signInView(w, r, in, err)))
		}
	case fault.KindInternal, fault.KindConflict, fault.KindForbidden, fault.KindNotFound:
	}
	return err
}

// startSession begins a session with a token of its own and remembers the device.
func (s *Server) startSession(w http.ResponseWriter, r *http.Request, account int64, next string) error {
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return err
	}
	s.sessions.Put(r.Context(), accountField, account)
	s.sessions.Put(r.Context(), app.SessionAgent, agentOf(r))
	device := s.device(r)
	if device == "" {
		device = newSecret()
	}
	if err := s.app.KnowDevice(r.Context(), account, device); err != nil {
		return err
	}
	http.SetCookie(w, s.cookie(deviceCookie, device, deviceLife))
	return s.seeOther(w, r, next, "")
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return err
	}
	return s.seeOther(w, r, "/sign-in", "flash.signed_out")
}

func (s *Server) device(r *http.Request) string {
	c, err := r.Cookie(s.cookieName(deviceCookie))
	if err != nil {
		return ""
	}
	return c.Value
}

func (s *Server) signInView(w http.ResponseWriter, r *http.Request, in signInInput, err error) page.SignInView {
	ctx := r.Context()
	errs := fieldErrors(ctx, err)
	v := page.SignInView{
		Base: s.base(w, r, "signin.title"), Next: in.Next, DemoHelp: i18n.T(ctx, "signin.demo_help", "password", s.demoPass),
		Login: component.Field{
			Name: "login", Label: i18n.T(ctx, "signin.login"), Value: in.Login, Error: errs["login"], Required: true, Autocomplete: "username",
		},
		Password: component.Field{
			Name: "password", Label: i18n.T(ctx, "signin.password"), Error: errs["password"], Required: true, Type: "password", Autocomplete: "current-password",
		},
	}
	v.Description, v.Narrow, v.Summary = i18n.T(ctx, "signin.help"), true, summary(ctx, err)
	for _, d := range s.demo {
		v.DemoAccounts = append(v.DemoAccounts, page.DemoAccount{Login: d.Login, Post: i18n.T(ctx, "demo.post."+d.Post), Place: d.Place})
	}
	return v
}
