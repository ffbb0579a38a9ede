package app_test

import (
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"banam/internal/app"
	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/mail"
	"banam/internal/testmail"
)

// postOffice is a stage from which letters go to a mail server.
type postOffice struct {
	*stage
	server *testmail.Server
	sender *mail.Sender
}

func newPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{stage: newStage(t), server: testmail.Start(t)}
	var err error
	p.sender, err = mail.New(mail.Settings{Server: "smtp://" + p.server.Addr, From: "Ba Nắm <banam@example.vn>", Public: "https://banam.example.vn"})
	if err != nil {
		t.Fatal(err)
	}
	p.app.MailThrough(p.sender)
	return p
}

// work runs the jobs that wait, but those of letters.
func (p *postOffice) work() {
	p.Helper()
	p.app.MailThrough(nil)
	p.stage.work()
	p.app.MailThrough(p.sender)
}

// wants gives somebody an address and lets them choose.
func (p *postOffice) wants(login string, choice app.MailChoice) {
	p.Helper()
	p.exec(`UPDATE cadres SET email = $1 || '@example.vn' WHERE id = (SELECT cadre_id FROM accounts WHERE login = $1)`, login)
	if err := p.app.ChooseMail(p.Context(), p.as(login), sending(), choice, login+"@example.vn"); err != nil {
		p.Fatalf("choosing %s as %s: %v", choice, login, err)
	}
}

// send does what the jobs of letters would do, once for each letter, and gives their errors.
func (p *postOffice) send() []error {
	p.Helper()
	if _, err := p.app.QueueMails(p.Context()); err != nil {
		p.Fatal(err)
	}
	rows, err := p.db.Owner.Query(p.Context(), `SELECT id FROM mails WHERE done_at IS NULL ORDER BY made_at`)
	if err != nil {
		p.Fatal(err)
	}
	var ids []uuid.UUID
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			p.Fatal(err)
		}
		ids = append(ids, id)
	}
	var errs []error
	for _, id := range ids {
		if err := p.app.SendMail(p.Context(), id, false); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// got gives the letters that somebody got: subject and plain text.
func (p *postOffice) got(login string) []string {
	p.Helper()
	var all []string
	for _, l := range p.server.Taken() {
		if l.To != login+"@example.vn" || l.Refused {
			continue
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(l.Mail.Header.Get("Subject"))
		if err != nil {
			p.Fatal(err)
		}
		_, params, err := mime.ParseMediaType(l.Mail.Header.Get("Content-Type"))
		if err != nil {
			p.Fatal(err)
		}
		_, body, _ := strings.Cut(l.Raw, "\r\n\r\n")
		part, err := multipart.NewReader(strings.NewReader(body), params["boundary"]).NextRawPart()
		if err != nil {
			p.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			p.Fatal(err)
		}
		all = append(all, subject+"\n"+string(text))
	}
	return all
}

// A notice goes out to those who chose letters, in their language, with a link that needs their sign-in, and to nobody else.
func TestMailForEachNotice(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t)
	p.wants("bithu", app.EachMail)
	p.wants("dangvien", app.EachMail)
	p.exec(`UPDATE accounts SET language = 'en' WHERE login = 'dangvien'`)
	direct := p.bridge()
	direct.Desk = p.place("Tiểu vùng I") // past the commune's desk: its lead and the hamlet's are told
	id := p.raise("cbhuyen", direct)
	p.work()
	if errs := p.send(); len(errs) > 0 {
		t.Fatal(errs)
	}
	number := p.issue("bithu", id).Issue.Number
	bithu, hamlet := p.got("bithu"), p.got("dangvien")
	if len(bithu) != 1 || !strings.HasPrefix(bithu[0], "Ba Nắm: ") || !strings.Contains(bithu[0], "phản ánh thẳng lên Tiểu vùng I vướng mắc "+number) ||
		!strings.Contains(bithu[0], "Cầu qua rạch bị sập") || !strings.Contains(bithu[0], "https://banam.example.vn/notices/") || strings.Contains(bithu[0], "Học sinh") {
		t.Errorf("the secretary got %q", bithu)
	}
	if len(hamlet) != 1 || !strings.Contains(hamlet[0], "raised issue "+number+" directly at Tiểu vùng I") {
		t.Errorf("the hamlet's lead got %q", hamlet)
	}
	if n := len(p.server.Taken()); n != 2 {
		t.Errorf("got %d letters, want 2", n)
	}
	if p.send(); len(p.server.Taken()) != 2 {
		t.Error("sent again")
	}
	if n := p.number(`SELECT count(*) FROM mails WHERE outcome = 'sent'`); n != 2 {
		t.Errorf("got %d noted as sent", n)
	}
}

// Rights are judged when a letter is sent: whoever lost them gets nothing of it, nor who was disabled, chose none or has another address.
func TestMailAfterwards(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]string{
		"the assignment ended": `UPDATE assignments s SET period = daterange(lower(period), '2020-03-02') FROM accounts a WHERE a.cadre_id = s.cadre_id AND a.login = 'bithu'`,
		"the person disabled":  `UPDATE cadres c SET disabled_at = now() FROM accounts a WHERE a.cadre_id = c.id AND a.login = 'bithu'`,
		"the account closed":   `UPDATE accounts SET disabled_at = now() WHERE login = 'bithu'`,
		"another address":      `UPDATE cadres c SET email = 'other@example.vn' FROM accounts a WHERE a.cadre_id = c.id AND a.login = 'bithu'`,
		"none wanted":          `UPDATE accounts SET mail = 'none' WHERE login = 'bithu'`,
		"old":                  `UPDATE mails SET made_at = made_at - interval '4 days'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPostOffice(t)
			p.wants("bithu", app.EachMail)
			p.raise("cbhuyen", p.bridge())
			p.work()
			p.exec(change)
			if errs := p.send(); len(errs) > 0 {
				t.Error(errs)
			}
			if n := len(p.server.Taken()); n != 0 {
				t.Errorf("got %d letters", n)
			}
			if n := p.number(`SELECT count(*) FROM mails WHERE outcome = 'dropped'`); n != 1 {
				t.Errorf("got %d dropped", n)
			}
		})
	}
}

// One letter on a working morning with what was not seen, none on holidays, in the afternoon or without news; what may not be read any
// more is not in it.
func TestMailDigest(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t)
	digest := func(at string) int {
		t.Helper()
		now, err := time.ParseInLocation("2006-01-02 15:04", at, monday.Location())
		if err != nil {
			t.Fatal(err)
		}
		p.setClock(now)
		n, err := p.app.MakeDigests(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if errs := p.send(); len(errs) > 0 {
			t.Fatal(errs)
		}
		return n
	}
	before := p.raise("cbhuyen", p.bridge())
	p.work() // told before it was chosen
	p.setClock(monday.Add(time.Minute))
	p.wants("bithu", app.DigestMail)
	if n := digest("2020-03-02 09:30"); n != 0 {
		t.Errorf("nothing new: got %d", n)
	}
	p.move("cbhuyen", before, p.request(casework.CommentOn))
	second := p.raise("cbhuyen", p.bridge())
	p.work()
	for _, at := range []string{"2020-03-02 14:00", "2020-03-03 06:59", "2020-03-03 11:00", "2020-03-07 08:00"} { // afternoon, early, noon, Saturday
		if n := digest(at); n != 0 {
			t.Errorf("%s: got %d letters", at, n)
		}
	}
	p.setClock(monday.Add(24 * time.Hour))
	if n := digest("2020-03-03 07:00") + digest("2020-03-03 07:10"); n != 1 {
		t.Errorf("got %d letters, want 1", n)
	}
	got := p.got("bithu")
	if len(got) != 1 || !strings.HasPrefix(got[0], "Ba Nắm: 2 thông báo mới") || strings.Count(got[0], "Cầu qua rạch") != 2 {
		t.Fatalf("got %q", got)
	}
	if n := digest("2020-03-04 07:00"); n != 0 {
		t.Errorf("the same again: got %d letters", n)
	}
	p.move("cbhuyen", second, p.request(casework.CommentOn))
	p.move("cbhuyen", before, p.request(casework.CommentOn))
	p.work()
	if err := p.app.SeeIssue(t.Context(), p.as("bithu"), second); err != nil {
		t.Fatal(err)
	}
	digest("2020-03-05 07:00")
	if got := p.got("bithu"); len(got) != 2 || !strings.HasPrefix(got[1], "Ba Nắm: 1 thông báo mới") {
		t.Errorf("got %q", got)
	}
}

// A refused address is told to nobody again until the person chooses anew; a letter that was refused stops nothing.
func TestMailRefused(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t)
	p.wants("bithu", app.EachMail)
	p.server.OnRcpt(func(string) error { return testmail.Refuse(550, [3]int{5, 1, 1}) })
	tell := func() {
		p.raise("cbhuyen", p.bridge())
		p.work()
		p.send()
	}
	tell()
	state := func() app.MailState {
		own, err := p.app.OwnAccount(t.Context(), p.as("bithu"), "")
		if err != nil {
			t.Fatal(err)
		}
		return own.Mail
	}
	if m := state(); !m.Paused() || m.FailedAt == nil || m.Failure != "address" {
		t.Fatalf("got %+v", m)
	}
	page, err := p.app.Cadre(t.Context(), p.as("admin"), p.as("bithu").CadreID)
	if err != nil || page.MailFailedAt == nil || page.MailFailure != "address" {
		t.Errorf("the administrator sees %v, %q, %v", page.MailFailedAt, page.MailFailure, err)
	}
	p.server.OnRcpt(nil)
	tell()
	if n := len(p.server.Taken()); n != 0 {
		t.Errorf("got %d letters after the refusal", n)
	}
	p.wants("bithu", app.EachMail)
	p.server.OnLetter(func(int) error { return testmail.Refuse(554, [3]int{5, 6, 0}) })
	tell()
	if m := state(); m.Paused() || m.Failure != "message" {
		t.Errorf("a refused letter: got %+v", m)
	}
	p.server.OnLetter(nil)
	tell()
	if m := state(); len(p.got("bithu")) != 1 || m.FailedAt != nil {
		t.Errorf("afterwards: got %d letters, %+v", len(p.got("bithu")), m)
	}
}

// What a server does not take now is tried again under the same Message-ID, also where the connection broke behind the letter; in the end it is given up.
func TestMailTriedAgain(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t)
	p.wants("bithu", app.EachMail)
	p.server.OnLetter(func(n int) error {
		return []error{testmail.Refuse(451, [3]int{4, 3, 0}), testmail.ErrCut, nil}[min(n, 2)]
	})
	p.raise("cbhuyen", p.bridge())
	p.work()
	for i, want := range []int{1, 1, 0, 0} {
		if got := len(p.send()); got != want {
			t.Errorf("try %d: got %d errors, want %d", i+1, got, want)
		}
	}
	taken := p.server.Taken()
	if len(taken) != 3 {
		t.Fatalf("got %d letters, want 3", len(taken))
	}
	for _, l := range taken {
		if l.Mail.Header.Get("Message-ID") != taken[0].Mail.Header.Get("Message-ID") || l.Mail.Header.Get("Date") != taken[0].Mail.Header.Get("Date") {
			t.Errorf("got %q of %q", l.Mail.Header.Get("Message-ID"), l.Mail.Header.Get("Date"))
		}
	}
	p.server.Down()
	p.raise("cbhuyen", p.bridge())
	p.work()
	if len(p.send()) != 1 {
		t.Error("a server that is down took it")
	}
	var id uuid.UUID
	if err := p.db.Owner.QueryRow(t.Context(), `SELECT id FROM mails WHERE done_at IS NULL`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	if err := p.app.SendMail(t.Context(), id, true); err == nil {
		t.Error("the last try: no error")
	}
	if n := p.number(`SELECT count(*) FROM mails m JOIN accounts a ON a.cadre_id = m.cadre_id WHERE m.outcome = 'given_up' AND a.mail_failure = 'late'`); n != 1 {
		t.Errorf("got %d given up", n)
	}
}

// What may be chosen, and for which address.
func TestChooseMail(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t)
	choose := func(choice app.MailChoice, seen string) error {
		return p.app.ChooseMail(t.Context(), p.as("bithu"), sending(), choice, seen)
	}
	for name, err := range map[string]error{
		"without an address": choose(app.EachMail, ""), "what is none": choose("often", ""),
	} {
		if fault.KindOf(err) != fault.KindInvalid {
			t.Errorf("%s: got %v", name, err)
		}
	}
	p.wants("bithu", app.DigestMail)
	if err := choose(app.EachMail, "old@example.vn"); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("another address than was seen: got %v", err)
	}
	if err := choose(app.NoMail, ""); err != nil {
		t.Errorf("none: got %v", err)
	}
	p.app.MailThrough(nil)
	if err := choose(app.EachMail, "bithu@example.vn"); fault.KindOf(err) != fault.KindInvalid {
		t.Errorf("without a server: got %v", err)
	}
}

// Somebody whose address an administrator changed is told, and gets no letter at the new one before they have looked.
func TestMailAddressChanged(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t)
	p.wants("bithu", app.EachMail)
	bithu := p.as("bithu")
	found, err := p.app.CadreToChange(t.Context(), p.as("admin"), bithu.CadreID)
	if err != nil {
		t.Fatal(err)
	}
	in := cadre.InputOf(found.Person)
	in.Email = "moi@example.vn"
	if err := p.app.EditCadre(t.Context(), p.as("admin"), sending(), bithu.CadreID, found.Version, in); err != nil {
		t.Fatal(err)
	}
	list, err := p.app.Notices(t.Context(), bithu, app.ListPage{Limit: 10})
	if err != nil || !slices.ContainsFunc(list.Rows, func(n app.Notice) bool { return n.Kind == app.NoticeAddress }) {
		t.Errorf("got %v, %v", list.Rows, err)
	}
	p.send()
	if n := len(p.server.Taken()); n != 0 {
		t.Errorf("got %d letters", n)
	}
	in.Phone = "0912345678"
	if err := p.app.EditCadre(t.Context(), p.as("admin"), sending(), bithu.CadreID, found.Version+1, in); err != nil {
		t.Fatal(err)
	}
	if n := p.number(`SELECT count(*) FROM notices WHERE kind = 'account.mail_changed'`); n != 1 {
		t.Errorf("got %d notices, want 1", n)
	}
}

// The letter of the morning has the reminder of that morning.
func TestMailDigestRemindsOfReports(t *testing.T) {
	t.Parallel()
	p := newPostOffice(t)
	p.wants("cbhuyen", app.DigestMail)
	p.setClock(time.Date(2020, 3, 25, 7, 0, 0, 0, monday.Location()))
	reminded, err := p.app.RemindOwed(t.Context())
	if err != nil || reminded == 0 {
		t.Fatalf("got %d reminded, %v", reminded, err)
	}
	if n, err := p.app.MakeDigests(t.Context()); err != nil || n != 1 {
		t.Fatalf("got %d letters, %v", n, err)
	}
	p.send()
	if got := p.got("cbhuyen"); len(got) != 1 || !strings.Contains(got[0], "Tháng 03/2020 đồng chí chưa có báo cáo ở Ấp Hưng Chánh, Xã Châu Hưng.") {
		t.Errorf("got %q", got)
	}
}
