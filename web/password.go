package web

import (
	"net/http"
	"strconv"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/component"
	"banam/templates/page"
)

type passwordInput struct {
	Old   string `form:"old"`
	New   string `form:"new"`
	Again string `form:"again"`
}

func (s *Server) passwordForm(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, page.Password(s.passwordView(w, r, nil)))
}

// choosePassword gives the account a new password. The session goes on under a new token; every other one has ended.
func (s *Server) choosePassword(w http.ResponseWriter, r *http.Request) error {
	var in passwordInput
	err := decode(r, &in)
	if err == nil {
		// The identity of the form leaves the passwords out: the hash that is kept of it is a fast one.
		sent := app.Submission{ID: submission(r).ID, Body: []byte(passwordPath)}
		err = s.app.ChoosePassword(r.Context(), session(r), sent, app.NewPassword{Old: in.Old, New: in.New, Again: in.Again})
	}
	if err == nil {
		return s.goOn(w, r)
	}
	status := http.StatusUnprocessableEntity
	switch fault.KindOf(err) {
	case fault.KindInvalid:
	case fault.KindUnavailable:
		if fault.As(err).Key != "signin.wait" {
			return err
		}
		status = http.StatusTooManyRequests
	case fault.KindInternal, fault.KindConflict, fault.KindForbidden, fault.KindNotFound:
		return err
	}
	return s.render(w, r, status, page.Password(s.passwordView(w, r, err)))
}

// goOn continues the session after the password has changed.
func (s *Server) goOn(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	if err := s.sessions.RenewToken(ctx); err != nil {
		return err
	}
	if device := s.device(r); device != "" {
		if err := s.app.KnowDevice(ctx, session(r).Actor.AccountID, device); err != nil {
			return err
		}
	}
	target := accountPath
	if session(r).Unarmed {
		target = "/"
	}
	return s.seeOther(w, r, target, "flash.password_changed")
}

func (s *Server) passwordView(w http.ResponseWriter, r *http.Request, err error) page.PasswordView {
	ctx, who := r.Context(), session(r)
	errs := fieldErrors(ctx, err)
	v := page.PasswordView{
		Base: s.base(w, r, "password.title"), SubmissionID: newID(), First: who.Unarmed, Login: who.Login, BackURL: accountPath,
		Old: passwordField(r, "old", "current-password", errs), New: passwordField(r, "new", "new-password", errs), Again: passwordField(r, "again", "new-password", errs),
	}
	v.New.Hint = i18n.T(ctx, "password.hint", "n", cadre.PasswordLength)
	v.Description, v.Narrow, v.Summary = i18n.T(ctx, "password.help"), true, summary(ctx, err)
	if v.First {
		v.Title, v.Description = i18n.T(ctx, "password.first_title"), i18n.T(ctx, "password.first_help")
	}
	return v
}

// passwordField is a field that comes back empty: what was typed there never travels back.
func passwordField(r *http.Request, name, autocomplete string, errs map[string]string) component.Field {
	return component.Field{
		Name: name, Label: i18n.T(r.Context(), "password."+name), Error: errs[name], Required: true, Type: "password", Autocomplete: autocomplete,
		Attrs: map[string]any{"maxlength": strconv.Itoa(2 * cadre.PasswordLimit), "spellcheck": "false", "autocapitalize": "none"},
	}
}
