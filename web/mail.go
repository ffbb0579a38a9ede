package web

import (
	"context"
	"net/http"
	"time"

	"banam/internal/app"
	"banam/internal/fault"
	"banam/internal/i18n"
	"banam/internal/territory"
	"banam/templates/component"
	"banam/templates/page"
)

// mailPath is where somebody chooses what comes by e-mail.
const mailPath = "/account/mail"

type mailInput struct {
	SubmissionID string `form:"submission_id"`
	Mail         string `form:"mail"`
	Seen         string `form:"seen"` // the address to which it goes, as the form showed it
}

// mailFacts words what comes by e-mail.
func (s *Server) mailFacts(ctx context.Context, m app.MailState) []component.Fact {
	if !s.app.Mails() {
		return []component.Fact{{Label: i18n.T(ctx, "mail.choice_label"), Value: i18n.T(ctx, "mail.not_set_up")}}
	}
	facts := []component.Fact{{Label: i18n.T(ctx, "mail.choice_label"), Value: i18n.T(ctx, "mail.choice_"+string(m.Choice))}}
	address := component.Fact{Label: i18n.T(ctx, "mail.address"), Value: m.Address}
	if m.Address == "" {
		address.Value = i18n.T(ctx, "mail.no_address")
	}
	facts = append(facts, address)
	switch {
	case m.Paused() && m.Failure == "":
		facts = append(facts, component.Fact{Label: i18n.T(ctx, "mail.state"), Value: i18n.T(ctx, "mail.paused_changed")})
	case m.FailedAt != nil:
		facts = append(facts, mailFailure(ctx, *m.FailedAt, m.Failure))
	}
	return facts
}

// mailFailure words since when and why letters do not arrive.
func mailFailure(ctx context.Context, since time.Time, why app.MailFailure) component.Fact {
	return component.Fact{Label: i18n.T(ctx, "mail.state"), Value: i18n.T(ctx, "mail.failed_"+string(why), "day", dayText(ctx, territory.DayOf(since)))}
}

func (s *Server) mailForm(w http.ResponseWriter, r *http.Request) error {
	own, err := s.app.OwnAccount(r.Context(), session(r).Actor, s.sessions.Token(r.Context()))
	if err != nil {
		return err
	}
	in := mailInput{SubmissionID: newID(), Mail: string(own.Mail.Choice)}
	return s.render(w, r, http.StatusOK, page.SingleForm(s.mailView(w, r, own.Mail, in, nil)))
}

func (s *Server) chooseMail(w http.ResponseWriter, r *http.Request) error {
	var in mailInput
	err := decode(r, &in)
	if unread(err) {
		return err
	}
	ctx, actor := r.Context(), session(r).Actor
	if err == nil {
		err = s.app.ChooseMail(ctx, actor, submission(r), app.MailChoice(in.Mail), in.Seen)
	}
	switch {
	case err == nil:
		return s.seeOther(w, r, accountPath, "flash.mail_chosen")
	case fault.KindOf(err) != fault.KindInvalid:
		return err
	}
	own, failed := s.app.OwnAccount(ctx, actor, s.sessions.Token(ctx))
	if failed != nil {
		return failed
	}
	return s.render(w, r, statusOf(err), page.SingleForm(s.mailView(w, r, own.Mail, in, err)))
}

func (s *Server) mailView(w http.ResponseWriter, r *http.Request, m app.MailState, in mailInput, cause error) page.FormView {
	ctx, errs := r.Context(), fieldErrors(r.Context(), cause)
	v := page.FormView{
		Base: s.base(w, r, "mail.title"), Action: mailPath, Facts: s.mailFacts(ctx, m),
		Hidden: []page.HiddenValue{{Name: "submission_id", Value: in.SubmissionID}, {Name: "seen", Value: m.Address}},
		Submit: component.Button{Label: i18n.T(ctx, "mail.save"), Icon: "check"},
		Ways:   []component.Action{{Label: i18n.T(ctx, "mail.back"), URL: accountPath}},
	}
	v.Description, v.Summary, v.Narrow = i18n.T(ctx, "mail.help"), summary(ctx, cause), true
	v.Crumbs = []component.Crumb{{Label: i18n.T(ctx, "account.title"), URL: accountPath}}
	if s.app.Mails() {
		v.Facts = v.Facts[1:] // the choice itself is the field
	}
	choice := component.Field{Name: "mail", Label: i18n.T(ctx, "mail.choice_label"), Value: in.Mail, Error: errs["mail"]}
	for _, c := range app.MailChoices() {
		o := component.Option{Value: string(c), Label: i18n.T(ctx, "mail.choice_"+string(c)), Disabled: c != app.NoMail && (!s.app.Mails() || m.Address == "")}
		if !o.Disabled {
			o.Hint = i18n.T(ctx, "mail.choice_"+string(c)+"_hint")
		}
		choice.Options = append(choice.Options, o)
	}
	v.Fields = []page.MoveField{{Field: choice, Control: page.ControlRadios}}
	return v
}
