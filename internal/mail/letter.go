package mail

import (
	"bytes"
	"context"
	"html/template"
	"net/mail"
	"strings"
	texttemplate "text/template"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"banam/internal/i18n"
)

// Letter is what somebody is told by e-mail. Its words come in the language of the reader.
type Letter struct {
	ID      string // the same whenever the letter is sent again: the left part of its Message-ID
	At      time.Time
	Name    string // of the reader
	Address string
	Lang    i18n.Language
	Subject string
	Lines   []Line
	More    int // of what is not in the letter, since it would grow too long
}

// Line is one thing that happened, and the path of the page that tells more; empty for none.
type Line struct{ Text, Path string }

// accountPath is where people choose what letters they get.
const accountPath = "/account#mail"

// longestSubject is how many characters of a subject are shown by usual readers.
const longestSubject = 150

// shown is a letter as its templates take it.
type shown struct {
	Lang                        i18n.Language
	Subject, Greeting, More, By string
	Lines                       []Line
	AllURL, AllText, AccountURL string
	Choice                      string
}

func (s *Sender) show(ctx context.Context, l Letter) shown {
	ctx = i18n.With(ctx, l.Lang)
	v := shown{
		Lang: l.Lang, Subject: subject(l.Subject), Greeting: i18n.T(ctx, "mail.greeting", "name", plain(l.Name)), By: i18n.T(ctx, "mail.sent_by"),
		AllURL: s.public + "/notices", AllText: i18n.T(ctx, "mail.all"), AccountURL: s.public + accountPath, Choice: i18n.T(ctx, "mail.choice"),
	}
	if l.More > 0 {
		v.More = i18n.Plural(ctx, "mail.more", l.More)
	}
	for _, line := range l.Lines {
		shown := Line{Text: plain(line.Text)}
		if line.Path != "" {
			shown.Path = s.public + line.Path
		}
		v.Lines = append(v.Lines, shown)
	}
	return v
}

// plain puts a text into one line of characters that are seen, composed (NFC): what stands in a header or on a line of its own
// cannot begin another one.
func plain(text string) string {
	return norm.NFC.String(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " "))
}

func subject(text string) string {
	runes := []rune(plain(text))
	if len(runes) > longestSubject {
		return string(runes[:longestSubject-1]) + "…"
	}
	return string(runes)
}

func (l Letter) to() *mail.Address { return &mail.Address{Name: plain(l.Name), Address: l.Address} }

var plainForm = texttemplate.Must(texttemplate.New("plain").Parse(`{{.Greeting}}

{{range .Lines}}- {{.Text}}
{{if .Path}}  {{.Path}}
{{end}}{{end}}{{if .More}}- {{.More}}
{{end}}
{{.AllText}}: {{.AllURL}}

-- 
{{.By}}
{{.Choice}}: {{.AccountURL}}
`))

// The HTML asks for nothing from outside: no pictures, no styles, no scripts.
var htmlForm = template.Must(template.New("html").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{.Subject}}</title></head>
<body style="font-family:sans-serif;font-size:16px;line-height:1.5;color:#1a1a1a;max-width:40em">
<p>{{.Greeting}}</p>
<ul>{{range .Lines}}
<li style="margin-bottom:8px">{{if .Path}}<a href="{{.Path}}">{{.Text}}</a>{{else}}{{.Text}}{{end}}</li>{{end}}{{if .More}}
<li>{{.More}}</li>{{end}}
</ul>
<p><a href="{{.AllURL}}">{{.AllText}}</a></p>
<hr>
<p style="font-size:14px;color:#555">{{.By}}<br><a href="{{.AccountURL}}">{{.Choice}}</a></p>
</body></html>
`))

func (v shown) plainText() (string, error) {
	var b bytes.Buffer
	err := plainForm.Execute(&b, v)
	return b.String(), err
}

func (v shown) html() (string, error) {
	var b bytes.Buffer
	err := htmlForm.Execute(&b, v)
	return b.String(), err
}
