package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"banam/internal/i18n"
)

// Refusal says what a server will not take, however often it is asked.
type Refusal string

// What may be refused for good. Anything else that goes wrong may go right later.
const (
	OfAddress Refusal = "address" // there is no such mailbox
	OfMessage Refusal = "message" // this letter is not wanted
)

// SendError tells why a letter did not go out, without the words of the server: they may hold the address.
type SendError struct {
	Refused Refusal
	Step    string // of the conversation with the server
	Code    int    // that the server answered; 0 for none
	cause   error  // why there was no conversation at all
}

// Error names the step and the answer.
func (f *SendError) Error() string {
	if f.cause != nil {
		return "mail server: " + f.Step + ": " + f.cause.Error()
	}
	if f.Code == 0 {
		return "mail server: no answer at " + f.Step
	}
	return fmt.Sprintf("mail server: %d at %s", f.Code, f.Step)
}

// Send hands a letter to the server. What fails is a SendError; nil means that the server has taken it. It may have taken it all the same when
// the connection was cut before its answer: sent again, the letter has the same Message-ID.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	message, err := s.message(ctx, l)
	if err != nil {
		return err
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	err = client.DialAndSendWithContext(ctx, message)
	if err == nil || message.IsDelivered() { // whatever became of the connection afterwards
		return nil
	}
	return failure(err)
}

func (s *Sender) message(ctx context.Context, l Letter) (*gomail.Msg, error) {
	if a, err := mail.ParseAddress(l.Address); err != nil || a.Address != l.Address {
		return nil, &SendError{Refused: OfAddress, Step: "reading the address"}
	}
	v := s.show(ctx, l)
	text, err := v.plainText()
	if err != nil {
		return nil, fmt.Errorf("writing a letter: %w", err)
	}
	page, err := v.html()
	if err != nil {
		return nil, fmt.Errorf("writing a letter: %w", err)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent()) // whoever reads it need not know what sent it
	m.FromMailAddress(&s.from)
	m.ToMailAddress(l.to())
	m.Subject(v.Subject)
	m.SetMessageIDWithValue(l.ID + "@" + s.domain())
	m.SetDateWithValue(l.At.In(i18n.Zone))
	// RFC 3834: nobody's absence note answers to it. RFC 2369: where letters are chosen, behind the sign-in.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All")
	m.SetGenHeaderPreformatted(gomail.HeaderListUnsubscribe, "<"+v.AccountURL+">")
	m.SetGenHeader("Content-Language", string(l.Lang))
	m.SetBodyString(gomail.TypeTextPlain, text)
	m.AddAlternativeString(gomail.TypeTextHTML, page)
	return m, nil
}

func (s *Sender) domain() string {
	_, domain, _ := strings.Cut(s.from.Address, "@")
	return domain
}

// Codes of answers (RFC 5321, RFC 3463).
const (
	permanent    = 500
	authRequired = 530
)

// failure reads what the server answered. Only what is said of the address or of the letter itself counts as a refusal: where the server
// wants nothing from this sender at all, the settings are wrong, and are mended by the operator.
func failure(err error) *SendError {
	sent, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return &SendError{Step: "connecting", cause: err}
	}
	f := &SendError{Step: sent.Reason.String(), Code: sent.ErrorCode()}
	if f.Code < permanent || f.Code == authRequired || strings.HasPrefix(sent.EnhancedStatusCode(), "5.7.") {
		return f
	}
	switch sent.Reason {
	case gomail.ErrSMTPRcptTo:
		f.Refused = OfAddress
	case gomail.ErrSMTPData, gomail.ErrSMTPDataClose, gomail.ErrWriteContent:
		f.Refused = OfMessage
	default:
	}
	return f
}
