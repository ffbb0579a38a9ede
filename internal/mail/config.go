// Package mail owns letters: their look in plain text and HTML, their headers, and the way to a server that takes them (SMTP). It
// knows nothing of who is told what, and no database.
package mail

import (
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Settings are what the operator says of e-mail, as it was typed.
type Settings struct {
	Server   string // smtp://[user@]host[:port] or smtps://…; empty: nothing is sent
	Password string // of the user at the server
	From     string // "Ba Nắm <banam@example.vn>"
	Public   string // address under which people reach the pages: https://banam.example.vn
}

// Ports of SMTP: submission (RFC 6409) and submission over TLS (RFC 8314).
const (
	portStartTLS = 587
	portTLS      = 465
)

// answerTime is how long a server may take to be reached, to greet, and to take a letter, each: together less than a job may take.
const answerTime = 15 * time.Second

// Sender sends letters through one server.
type Sender struct {
	host    string
	options []gomail.Option
	from    mail.Address
	public  string // without a slash at its end
}

// New judges the settings; nil where no server is named.
func New(s Settings) (*Sender, error) {
	if s.Server == "" {
		return nil, nil //nolint:nilnil // no server, no sender: that is how it is said
	}
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, fmt.Errorf("reading the sender's address: %w", err)
	}
	public, err := url.Parse(s.Public)
	if err != nil || public.Host == "" || public.Scheme != "http" && public.Scheme != "https" || public.RawQuery != "" || public.Fragment != "" {
		return nil, errors.New("links in letters need the public address, such as https://banam.example.vn")
	}
	server, err := url.Parse(s.Server)
	if err != nil { // its text would repeat the address, perhaps with a password
		return nil, errors.New("the address of the mail server cannot be read: smtp://user@host:587 or smtps://user@host:465")
	}
	options, err := connection(server, s.Password)
	if err != nil {
		return nil, err
	}
	sender := &Sender{
		host: server.Hostname(), from: *from, public: strings.TrimRight(public.String(), "/"),
		options: append(options, gomail.WithTimeout(answerTime), gomail.WithHELO(public.Hostname()), gomail.WithoutNoop()),
	}
	if _, err := sender.client(); err != nil {
		return nil, err
	}
	return sender, nil
}

// connection says how the server is spoken to: over TLS, or in the clear on the loopback address only.
func connection(server *url.URL, password string) ([]gomail.Option, error) {
	host, port := server.Hostname(), portStartTLS
	if server.Scheme == "smtps" {
		port = portTLS
	}
	if p := server.Port(); p != "" {
		port, _ = strconv.Atoi(p) // url.Parse lets digits pass only
	}
	if _, inAddress := server.User.Password(); inAddress {
		return nil, errors.New("the password of the mail server does not belong into its address: give it by BANAM_SMTP_PASSWORD")
	}
	options := []gomail.Option{gomail.WithPort(port)}
	switch {
	case host == "":
		return nil, errors.New("the address of the mail server names no host")
	case server.Scheme == "smtps":
		options = append(options, gomail.WithSSL())
	case server.Scheme != "smtp":
		return nil, errors.New("the address of the mail server begins with smtp:// or smtps://")
	case loopback(host):
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if user := server.User.Username(); user != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(user), gomail.WithPassword(password))
	}
	return options, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func (s *Sender) client() (*gomail.Client, error) {
	c, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return nil, fmt.Errorf("making the mail client: %w", err)
	}
	return c, nil
}
