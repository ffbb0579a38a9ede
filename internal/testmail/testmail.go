// Package testmail is a mail server for tests: it speaks SMTP on a port of its own, keeps what it takes, and fails as it is told. Only
// tests import it.
package testmail

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// Server takes letters.
type Server struct {
	Addr string

	mu       sync.Mutex
	smtp     *smtp.Server
	listener net.Listener
	taken    []Taken
	onRcpt   func(to string) error
	onLetter func(n int) error // n letters came before; ErrCut closes the connection without an answer
}

// Taken is a letter that came, whether the server answered that it took it or not.
type Taken struct {
	From, To string
	Raw      string
	Mail     *mail.Message
	Refused  bool
}

// cutError is how a test says that the connection breaks.
type cutError struct{}

func (cutError) Error() string { return "cut" }

// ErrCut closes the connection after the letter has come, without an answer.
var ErrCut error = cutError{}

// Refuse makes an answer of a code and an enhanced one.
func Refuse(code int, enhanced [3]int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode(enhanced), Message: "not here"}
}

// Start runs a server until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{}
	s.Up(t, "127.0.0.1:0")
	t.Cleanup(s.Down)
	return s
}

// Up begins to listen, at Addr again after a Down.
func (s *Server) Up(t testing.TB, addr string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{server: s, conn: c}, nil }))
	server.Domain, server.ReadTimeout, server.WriteTimeout = "mail.test", 10*time.Second, 10*time.Second
	s.mu.Lock()
	s.smtp, s.listener, s.Addr = server, listener, listener.Addr().String()
	s.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // ends with Down
}

// Down stops listening and cuts what is open.
func (s *Server) Down() {
	s.mu.Lock()
	server, listener := s.smtp, s.listener
	s.mu.Unlock()
	_, _ = listener.Close(), server.Close() // closed twice they say so
}

// OnRcpt sets what becomes of an address.
func (s *Server) OnRcpt(do func(to string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onRcpt = do
}

// OnLetter sets what becomes of a letter before which n came.
func (s *Server) OnLetter(do func(n int) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onLetter = do
}

// Taken gives what came so far.
func (s *Server) Taken() []Taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Taken(nil), s.taken...)
}

type session struct {
	server   *Server
	conn     *smtp.Conn
	from, to string
}

// Mail notes the sender.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	c.from = from
	return nil
}

// Rcpt judges and notes the address.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.server.mu.Lock()
	judge := c.server.onRcpt
	c.server.mu.Unlock()
	c.to = to
	if judge != nil {
		return judge(to)
	}
	return nil
}

// Data takes the letter.
func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("reading a letter: %w", err)
	}
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		return fmt.Errorf("reading a letter: %w", err)
	}
	c.server.mu.Lock()
	judge, n := c.server.onLetter, len(c.server.taken)
	c.server.mu.Unlock()
	if judge != nil {
		err = judge(n)
	}
	c.server.mu.Lock()
	c.server.taken = append(c.server.taken, Taken{From: c.from, To: c.to, Raw: string(raw), Mail: m, Refused: err != nil})
	c.server.mu.Unlock()
	if err == ErrCut { //nolint:errorlint // the very value
		_ = c.conn.Conn().Close() // that is the point
	}
	return err
}

// Reset forgets the letter under way.
func (c *session) Reset() {}

// Logout ends the conversation.
func (c *session) Logout() error { return nil }
