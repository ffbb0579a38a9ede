package web

import (
	"net/http"
	"time"

	"banam/internal/i18n"
)

type languageInput struct {
	Language string `form:"language"`
	Next     string `form:"next"`
}

// languageCookie keeps the language of a device, for the pages before somebody signs in; it lasts a year.
const (
	languageCookie = "language"
	languageLife   = 365 * 24 * time.Hour
)

// chosenLanguage gives the language that was last chosen on the device.
func (s *Server) chosenLanguage(r *http.Request) i18n.Language {
	if c, err := r.Cookie(s.cookieName(languageCookie)); err == nil && c.Value == string(i18n.En) {
		return i18n.En
	}
	return i18n.Vi
}

// language keeps the interface language, of the account if somebody is signed in, and goes back to the page it was chosen on.
func (s *Server) language(w http.ResponseWriter, r *http.Request) error {
	var in languageInput
	if err := decode(r, &in); err != nil {
		return err
	}
	chosen := i18n.Vi
	if in.Language == string(i18n.En) {
		chosen = i18n.En
	}
	if who := session(r).Actor; who.CadreID != 0 {
		if err := s.app.ChooseLanguage(r.Context(), who, string(chosen)); err != nil {
			return err
		}
	}
	http.SetCookie(w, s.cookie(languageCookie, string(chosen), languageLife))
	return s.seeOther(w, r, localPath(in.Next), "")
}
