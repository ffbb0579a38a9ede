package web

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/templates/page"
)

// keepPath is where the form of a report saves itself while it is being written.
const keepPath = "/reports/keep"

// keptDraft is the answer to a form that saves itself: what to say about it, and the version that is stored.
type keptDraft struct {
	Version int    `json:"version"`
	Said    string `json:"said"`
}

// keepDraft saves what is being typed. It is spoken to by the script of the form only, so that it answers in JSON: the fields as they
// are, which for Vietnamese is a third of what a posted form would weigh.
func (s *Server) keepDraft(w http.ResponseWriter, r *http.Request) error {
	in, turn, err := keptInput(r)
	if err != nil {
		return s.answer(w, r, statusOf(err), keptDraft{Said: faultWords(r.Context(), err)})
	}
	ctx, actor := r.Context(), session(r).Actor
	if r.PostForm.Get("account") != strconv.FormatInt(actor.AccountID, 10) { // somebody else signed in behind the open form
		return s.answer(w, r, http.StatusForbidden, keptDraft{Said: i18n.T(ctx, "report.keep_other")})
	}
	a := in.attempt(r)
	a.draft.Turn = turn
	version, err := s.app.KeepDraft(ctx, actor, a.draft)
	if fault.KindOf(err) == fault.KindInternal && err != nil {
		return err
	}
	if err != nil {
		return s.answer(w, r, statusOf(err), keptDraft{Said: keepWords(r, err)})
	}
	said := ""
	if version > 0 {
		said = i18n.T(ctx, "report.keep_done", "time", i18n.Clock(ctx, actor.At))
	}
	return s.answer(w, r, http.StatusOK, keptDraft{Version: version, Said: said})
}

// keptInput reads the fields of a form from JSON, as if they had been posted.
func keptInput(r *http.Request) (reportInput, int64, error) {
	var in reportInput
	var sent struct {
		Turn   int64             `json:"turn"`
		Fields map[string]string `json:"fields"`
	}
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" { // a long text, packed by the script
		unpacked, err := gzip.NewReader(r.Body)
		if err != nil {
			return in, 0, &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
		}
		body = io.LimitReader(unpacked, maxBody)
	}
	if err := json.NewDecoder(body).Decode(&sent); err != nil || sent.Turn <= 0 {
		return in, 0, &fault.Error{Kind: fault.KindInvalid, Key: "fault.form_broken", Err: err}
	}
	r.PostForm = url.Values{}
	for name, value := range sent.Fields {
		r.PostForm.Set(name, value)
	}
	r.Form = r.PostForm
	if err := decode(r, &in); unread(err) { // single characters that cannot be kept are left out; sending says so
		return in, 0, err
	}
	return in, sent.Turn, nil
}

// keepWords words why a form could not save itself, in a line below it.
func keepWords(r *http.Request, err error) string {
	ctx := r.Context()
	f := fault.As(err)
	switch {
	case f == nil:
		return i18n.T(ctx, "report.keep_later")
	case len(f.Fields) > 0:
		field := f.Fields[0]
		return i18n.T(ctx, "report.keep_wrong", "why", i18n.T(ctx, field.Key, field.Args...))
	case f.Key == "report.draft_changed":
		return i18n.T(ctx, "report.keep_changed")
	case f.Key == "report.draft_gone":
		return i18n.T(ctx, "report.keep_gone")
	case f.Key == "report.already_sent", f.Key == "report.moved_on", f.Key == "report.withdrawn_already":
		return i18n.T(ctx, "report.keep_sent")
	}
	return i18n.T(ctx, "report.keep_wrong", "why", i18n.T(ctx, f.Key, f.Args...))
}

// answer writes JSON for a script.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, status int, v any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		s.log.Debug("the visitor left", "id", requestID(r))
	}
	return nil
}

// scripted tells whether one of our scripts asks, which can do nothing with a page.
func scripted(r *http.Request) bool { return r.Header.Get("Accept") == "application/json" }

// keepView gives what the script of the form has to know. What is written about a household is kept by the server alone: on the device
// it would lie open to whoever has it.
func keepView(r *http.Request, kind casework.ReportKind) page.KeepView {
	ctx := r.Context()
	return page.KeepView{
		URL: keepPath, Typed: r.Method == http.MethodPost, Here: kind != casework.HouseholdVisit,
		Later: i18n.T(ctx, "report.keep_later"), SignedOut: i18n.T(ctx, "report.keep_signed_out"), SignIn: i18n.T(ctx, "report.keep_sign_in"),
		Found: i18n.T(ctx, "report.keep_found"), Take: i18n.T(ctx, "report.keep_take"), Drop: i18n.T(ctx, "report.keep_drop"),
		Taken: i18n.T(ctx, "report.keep_taken"),
	}
}
