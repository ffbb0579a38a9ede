package web

import (
	"net/http"

	"banam/internal/i18n"
)

type languageInput struct {
	Language string `form:"language"`
	Next     string `form:"next"`
}

// language keeps the interface language of the account and goes back to the page it was chosen on.
func (s *Server) language(w http.ResponseWriter, r *http.Request) error {
	var in languageInput
	if err := decode(r, &in); err != nil {
		return err
	}
	chosen := i18n.Vi
	if in.Language == string(i18n.En) {
		chosen = i18n.En
	}
	if err := s.app.ChooseLanguage(r.Context(), session(r).Actor, string(chosen)); err != nil {
		return err
	}
	return s.seeOther(w, r, localPath(in.Next), "")
}
