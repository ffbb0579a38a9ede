package mail_test

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"banam/internal/i18n"
	"banam/internal/mail"
	"banam/internal/testmail"
)

func sender(t *testing.T, addr string) *mail.Sender {
	t.Helper()
	s, err := mail.New(mail.Settings{Server: "smtp://" + addr, From: "Ba Nắm <banam@example.vn>", Public: "https://banam.example.vn/"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func letter() mail.Letter {
	return mail.Letter{
		ID: "018c2f9e-0000-7000-8000-000000000001", At: time.Date(2026, 11, 23, 0, 30, 0, 0, time.UTC), Name: "Nguyễn Thị Được", Address: "duoc@example.vn",
		Lang: i18n.Vi, Subject: "Ba Nắm: Lê Văn Ổn chuyển vướng mắc BĐ-2020-000123 lên Tiểu vùng I",
		Lines: []mail.Line{{Text: `Đường <b>ngập</b> & "hư"`, Path: "/notices/1"}, {Text: "Hai"}}, More: 3,
	}
}

// parts reads the plain text and the HTML of a letter.
func parts(t *testing.T, l testmail.Taken) map[string]string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(l.Mail.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("got %q, %v", kind, err)
	}
	found, r := map[string]string{}, multipart.NewReader(l.Mail.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return found
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := strings.Cut(p.Header.Get("Content-Type"), ";")
		found[kind] = string(text)
	}
}

// A letter as a mail server gets it: subject and name in Vietnamese, both bodies, the headers by which machines know it.
func TestLetter(t *testing.T) {
	t.Parallel()
	server := testmail.Start(t)
	if err := sender(t, server.Addr).Send(t.Context(), letter()); err != nil {
		t.Fatal(err)
	}
	got := server.Taken()[0]
	if got.From != "banam@example.vn" || got.To != "duoc@example.vn" {
		t.Errorf("got it from %q to %q", got.From, got.To)
	}
	for name, want := range map[string]string{
		"Message-ID": "<018c2f9e-0000-7000-8000-000000000001@example.vn>", "Auto-Submitted": "auto-generated",
		"List-Unsubscribe": "<https://banam.example.vn/account#mail>", "Content-Language": "vi", "Date": "Mon, 23 Nov 2026 07:30:00 +0700",
		"User-Agent": "", "X-Mailer": "", "Reply-To": "",
	} {
		if got := got.Mail.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Mail.Header.Get("Subject"))
	if err != nil || subject != letter().Subject {
		t.Errorf("got the subject %q, %v", subject, err)
	}
	if to, err := got.Mail.Header.AddressList("To"); err != nil || to[0].Name != letter().Name {
		t.Errorf("got it to %v, %v", to, err)
	}
	body := parts(t, got)
	for _, want := range []string{"Kính gửi đồng chí Nguyễn Thị Được,", `- Đường <b>ngập</b> & "hư"`, "https://banam.example.vn/notices/1", "Và 3 thông báo khác", "https://banam.example.vn/account#mail"} {
		if !strings.Contains(body["text/plain"], want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	if page := body["text/html"]; !strings.Contains(page, "Đường &lt;b&gt;ngập&lt;/b&gt;") || !strings.Contains(page, `href="https://banam.example.vn/notices/1"`) || strings.Contains(page, "<b>") {
		t.Errorf("got the page %s", page)
	}
	for _, raw := range []string{body["text/plain"], body["text/html"], subject} {
		if !norm.NFC.IsNormalString(raw) {
			t.Error("not composed")
		}
	}
}

// What is in a name or a title never begins a header or another receiver; decomposed letters arrive composed.
func TestHeadersHold(t *testing.T) {
	t.Parallel()
	server := testmail.Start(t)
	l := letter()
	l.Name = "Lê\r\nBcc: other@example.vn\r\n\r\n\"<x@y.vn>, z@y.vn"
	l.Subject = "Một\r\nBcc: other@example.vn\nX-Bad: 1\u0085hai " + norm.NFD.String("Được") + strings.Repeat(" dài", 100)
	l.Lines[0].Text = "dòng\n.\nQUIT\r\n.\r\nRCPT TO:<other@example.vn>"
	if err := sender(t, server.Addr).Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := server.Taken()
	if len(got) != 1 || got[0].To != "duoc@example.vn" {
		t.Fatalf("got %d letters, the first to %q", len(got), got[0].To)
	}
	h := textproto.MIMEHeader(got[0].Mail.Header)
	if h.Get("Bcc") != "" || h.Get("X-Bad") != "" {
		t.Error("a header came in by a name or a title")
	}
	to, err := got[0].Mail.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "duoc@example.vn" {
		t.Errorf("got it to %v, %v", to, err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil || strings.ContainsAny(subject, "\r\n") || !strings.Contains(subject, "hai Được") || len([]rune(subject)) > 150 {
		t.Errorf("got the subject %q, %v", subject, err)
	}
}

// Only what a server says of the address or the letter is a refusal; anything else may go right later. The words of a server are not
// kept: they hold the address.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rcpt, letter error
		down         bool
		want         mail.Refusal
		fails        bool
	}{
		"no such mailbox":         {rcpt: testmail.Refuse(550, [3]int{5, 1, 1}), want: mail.OfAddress, fails: true},
		"later":                   {rcpt: testmail.Refuse(451, [3]int{4, 7, 1}), fails: true},
		"relaying denied":         {rcpt: testmail.Refuse(550, [3]int{5, 7, 1}), fails: true},
		"sign in first":           {rcpt: testmail.Refuse(530, [3]int{5, 5, 1}), fails: true},
		"the letter is unwanted":  {letter: testmail.Refuse(554, [3]int{5, 6, 0}), want: mail.OfMessage, fails: true},
		"the letter later":        {letter: testmail.Refuse(452, [3]int{4, 3, 1}), fails: true},
		"cut before the answer":   {letter: testmail.ErrCut, fails: true},
		"the server is not there": {down: true, fails: true},
		"taken":                   {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := testmail.Start(t)
			server.OnRcpt(func(string) error { return tt.rcpt })
			server.OnLetter(func(int) error { return tt.letter })
			if tt.down {
				server.Down()
			}
			err := sender(t, server.Addr).Send(t.Context(), letter())
			failed, _ := errors.AsType[*mail.SendError](err)
			switch {
			case !tt.fails:
				if err != nil {
					t.Errorf("got %v", err)
				}
			case failed == nil || failed.Refused != tt.want:
				t.Errorf("got %+v (%v), want refused %q", failed, err, tt.want)
			case strings.Contains(err.Error(), "example.vn") || strings.Contains(err.Error(), "not here"):
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

// A server that hangs, before it greets or with a letter in its hands, is waited for a limited time.
func TestServerHangs(t *testing.T) {
	t.Parallel()
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	slow := testmail.Start(t)
	slow.OnLetter(func(int) error {
		time.Sleep(2 * time.Second)
		return nil
	})
	for name, addr := range map[string]string{"no greeting": silent.Addr().String(), "no answer": slow.Addr} {
		began := time.Now()
		err := sender(t, addr).Within(200*time.Millisecond).Send(t.Context(), letter())
		if failed, _ := errors.AsType[*mail.SendError](err); failed == nil || failed.Refused != "" || time.Since(began) > 1500*time.Millisecond {
			t.Errorf("%s: got %v after %s", name, err, time.Since(began))
		}
	}
}

func TestAddressThatIsNone(t *testing.T) {
	t.Parallel()
	l := letter()
	l.Address = "a@b.vn\r\nRCPT TO:<c@d.vn>"
	err := sender(t, testmail.Start(t).Addr).Send(t.Context(), l)
	if failed, _ := errors.AsType[*mail.SendError](err); failed == nil || failed.Refused != mail.OfAddress {
		t.Errorf("got %v", err)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	good := mail.Settings{Server: "smtp://banam@mail.example.vn", From: "banam@example.vn", Public: "https://banam.example.vn", Password: "x"}
	if s, err := mail.New(good); err != nil || s == nil {
		t.Errorf("good ones: got %v, %v", s, err)
	}
	if s, err := mail.New(mail.Settings{}); err != nil || s != nil {
		t.Errorf("none: got %v, %v", s, err)
	}
	for name, change := range map[string]func(*mail.Settings){
		"no sender":                   func(s *mail.Settings) { s.From = "" },
		"no public address":           func(s *mail.Settings) { s.Public = "" },
		"a public address of nothing": func(s *mail.Settings) { s.Public = "banam.example.vn" },
		"another protocol":            func(s *mail.Settings) { s.Server = "https://mail.example.vn" },
		"no host":                     func(s *mail.Settings) { s.Server = "smtp://" },
		"a password in the address":   func(s *mail.Settings) { s.Server = "smtp://banam:secret@mail.example.vn" },
		"what is no address":          func(s *mail.Settings) { s.Server = "smtp://a:secret@b:c" },
	} {
		s := good
		change(&s)
		if _, err := mail.New(s); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// In the clear letters go to the loopback address only: a server elsewhere that offers no TLS gets none.
func TestNoLetterInTheClear(t *testing.T) {
	t.Parallel()
	addresses, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := ""
	for _, a := range addresses {
		if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() {
			elsewhere = n.IP.String()
		}
	}
	if elsewhere == "" {
		t.Skip("this machine has the loopback address only")
	}
	server := &testmail.Server{}
	server.Up(t, net.JoinHostPort(elsewhere, "0"))
	t.Cleanup(server.Down)
	if err := sender(t, server.Addr).Send(t.Context(), letter()); err == nil || len(server.Taken()) != 0 {
		t.Errorf("got %v, %d letters", err, len(server.Taken()))
	}
}
