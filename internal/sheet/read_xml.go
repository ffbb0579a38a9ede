package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
)

// scanner reads the XML of a spreadsheet's parts: elements and text, no more. It knows no entities but the five of XML itself and
// characters by number, nests nothing, and holds one tag or one piece of text at a time, so that no file can make it grow.
type scanner struct {
	r    *bufio.Reader
	name string // of the element, without its prefix
	tag  []byte // what stands between < and >, valid until the next call
	text []byte // valid until the next call

	opens, closes bool // what was read: text if neither; an empty element does both
}

// tokenSize is the longest tag or piece of text: Excel's longest cell is half of that in characters.
const tokenSize = 64 << 10

var errXML = errors.New("no readable XML")

func newScanner(r io.Reader) *scanner { return &scanner{r: bufio.NewReaderSize(r, tokenSize)} }

// next reads the next tag or text; io.EOF at the end.
func (s *scanner) next() error {
	for {
		s.opens, s.closes, s.text, s.tag, s.name = false, false, nil, nil, ""
		first, err := s.r.Peek(1)
		if err != nil {
			return err
		}
		if first[0] != '<' {
			return s.readText()
		}
		start, _ := s.r.Peek(9)
		switch {
		case bytes.HasPrefix(start, []byte("<![CDATA[")):
			return s.readData()
		case bytes.HasPrefix(start, []byte("<!--")):
			err = s.skip("-->")
		case bytes.HasPrefix(start, []byte("<?")):
			err = s.skip("?>")
		case bytes.HasPrefix(start, []byte("<!")): // a document type has no place in a spreadsheet
			return errXML
		default:
			return s.readTag()
		}
		if err != nil {
			return err
		}
	}
}

func (s *scanner) readText() error {
	text, err := s.r.ReadSlice('<')
	switch {
	case err == nil:
		text = text[:len(text)-1]
		if err := s.r.UnreadByte(); err != nil {
			return errXML
		}
	case !errors.Is(err, io.EOF):
		return errXML
	}
	s.text = text
	return nil
}

// readTag reads one tag. A > may stand in the value of an attribute.
func (s *scanner) readTag() error {
	for n := 64; ; n *= 2 {
		part, err := s.r.Peek(min(n, tokenSize))
		if end := tagEnd(part); end >= 0 {
			s.tag = part[1:end]
			_, _ = s.r.Discard(end + 1) // these bytes are in the buffer
			return s.parseTag()
		}
		if err != nil || n >= tokenSize {
			return errXML
		}
	}
}

func tagEnd(part []byte) int {
	var quote byte
	for i, c := range part {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"', c == '\'':
			quote = c
		case c == '>':
			return i
		}
	}
	return -1
}

func (s *scanner) parseTag() error {
	t := s.tag
	s.opens = true
	if len(t) > 0 && t[0] == '/' {
		s.opens, s.closes, t = false, true, t[1:]
	} else if len(t) > 0 && t[len(t)-1] == '/' {
		s.closes, t = true, t[:len(t)-1]
	}
	end := bytes.IndexAny(t, " \t\r\n")
	if end < 0 {
		end = len(t)
	}
	name := t[:end]
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if len(name) == 0 {
		return errXML
	}
	s.name, s.tag = string(name), t[end:]
	return nil
}

// attribute gives the value of an attribute, whatever its prefix; empty if the element has none of the name.
func (s *scanner) attribute(name string) string {
	rest := s.tag
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return ""
		}
		key := bytes.TrimSpace(rest[:eq])
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return ""
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return ""
		}
		value := rest[1 : end+1]
		rest = rest[end+2:]
		if i := bytes.LastIndexByte(key, ':'); i >= 0 {
			key = key[i+1:]
		}
		if string(key) == name {
			return unescape(value)
		}
	}
}

// readData reads a CDATA section as text in which nothing is escaped.
func (s *scanner) readData() error {
	part, _ := s.r.Peek(tokenSize)
	end := bytes.Index(part, []byte("]]>"))
	if end < 0 {
		return errXML
	}
	s.text = bytes.ReplaceAll(part[len("<![CDATA["):end], []byte("&"), []byte("&amp;"))
	_, _ = s.r.Discard(end + len("]]>")) // these bytes are in the buffer
	return nil
}

// skip goes behind the mark.
func (s *scanner) skip(mark string) error {
	last := mark[len(mark)-1]
	var tail []byte
	for {
		part, err := s.r.ReadSlice(last)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return errXML
		}
		tail = append(tail, part[max(0, len(part)-len(mark)):]...)
		if bytes.HasSuffix(tail, []byte(mark)) {
			return nil
		}
		tail = append(tail[:0], tail[max(0, len(tail)-len(mark)):]...)
	}
}

// unescape resolves what XML escapes; what is no such thing stays as it is.
func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	var out strings.Builder
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			i = len(b)
		}
		out.Write(b[:i])
		if b = b[i:]; len(b) == 0 {
			break
		}
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		r, ok := rune(0), false
		if end > 0 {
			r, ok = entity(string(b[1:end]))
		}
		if !ok {
			out.WriteByte('&')
			b = b[1:]
			continue
		}
		out.WriteRune(r)
		b = b[end+1:]
	}
	return out.String()
}

func entity(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, isNumber := strings.CutPrefix(name, "#")
	if !isNumber {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(strings.ToLower(digits), "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), err == nil && n > 0
}
