package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"banam/internal/postgres"
)

// syllables are drawn from all letters of Vietnamese, with what stands between words.
var syllables = strings.Split("nước|Nước|nuoc|hòa|hoà|HOÀ|Thủy|thuỷ|đường|Đ|ấp|3|2026|(|)|<b>|&amp;|\"|'|%|_| |  |…|, |-|ờ|y|ữ|ẫ|nguyễn|quý|ệ|ж|\u0301|\n", "|")

func drawText(t *rapid.T, label string) string {
	text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(syllables), 0, 12).Draw(t, label), rapid.SampledFrom([]string{"", " "}).Draw(t, label+" between"))
	if rapid.Bool().Draw(t, label+" taken apart") {
		return norm.NFD.String(text)
	}
	return text
}

// TestMarksKeepTheText parts any text by any words: the parts together are the text, and only whole words are hits.
func TestMarksKeepTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text, words := drawText(t, "text"), postgres.ParseWords(drawText(t, "words"))
		var together strings.Builder
		for _, p := range words.Mark(text) {
			together.WriteString(p.Text)
			if p.Hit && (strings.ContainsAny(p.Text, " <>&\"'%,…-\n") || p.Text == "") {
				t.Fatalf("%q in %q: the hit %q is no word", words.Text, text, p.Text)
			}
		}
		if together.String() != text {
			t.Fatalf("%q: got %q, want %q", words.Text, together.String(), text)
		}
		for _, p := range words.Excerpt(text) {
			if inner := strings.Trim(p.Text, "… "); !strings.Contains(text, inner) {
				t.Fatalf("%q: the excerpt %q stands nowhere in %q", words.Text, p.Text, text)
			}
		}
	})
}

func TestMarks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		words, text string
		whole       bool
		want        []string
	}{
		{"hung ch", "Ấp Hưng Chánh", false, []string{"Hưng", "Chánh"}}, // as far as typed
		{"hung ch", "Ấp Hưng Chánh", true, []string{"Hưng"}},
		{"HOÀ", "Xã Long Hòa", false, []string{"Hòa"}},
		{"duong", "Đường đ, đường", false, []string{"Đường", "đường"}},
		{"an", "Thanh An, ăn, anh", true, []string{"An", "ăn"}},
		{"b", "<b>b</b>", false, []string{"b", "b", "b"}},
		{"%", "100%", false, nil},
		{"hoa", norm.NFD.String("Hòa"), false, []string{norm.NFD.String("Hòa")}},
	} {
		words := postgres.ParseWords(tt.words)
		if tt.whole {
			words = words.Whole()
		}
		var got []string
		for _, p := range words.Mark(tt.text) {
			if p.Hit {
				got = append(got, p.Text)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q in %q: got %q, want %q", tt.words, tt.text, got, tt.want)
		}
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("mở đầu ", 40) + "đường đất. Nước mặn vào cống Rạch Gừa. " + strings.Repeat("phần sau ", 40)
	var together strings.Builder
	for _, p := range postgres.ParseWords("cong rach gua").Whole().Excerpt(text) {
		together.WriteString(p.Text)
	}
	got := together.String()
	if !strings.HasPrefix(got, "… ") || !strings.HasSuffix(got, " …") || !strings.Contains(got, "mặn vào cống Rạch Gừa. phần") || len(got) > 300 {
		t.Errorf("got %q", got)
	}
	if got := postgres.ParseWords("zzz").Excerpt(text); got != nil {
		t.Errorf("got %v, want nothing", got)
	}
}

func TestLongWordsAreCut(t *testing.T) {
	t.Parallel()
	for name, typed := range map[string]string{"characters": strings.Repeat("ă", 150), "words": strings.Repeat("ấp ", 20)} {
		words := postgres.ParseWords(typed)
		if !words.Cut || len([]rune(words.Text)) > postgres.MaxWordsLength {
			t.Errorf("%s: got %q, cut %t", name, words.Text, words.Cut)
		}
	}
	for typed, short := range map[string]bool{"": true, "a": true, "đ": true, "%_'": true, "an": false, "Ấp 3": false} {
		if got := postgres.ParseWords(typed).TooShort(); got != short {
			t.Errorf("%q: got too short %t, want %t", typed, got, short)
		}
	}
}
