package component

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"banam/internal/i18n"
)

func draw(t *testing.T, ctx context.Context, c templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatalf("rendering: %v", err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatalf("parsing: %v", err)
	}
	return doc
}

func attr(t *testing.T, doc *goquery.Document, selector, name, want string) {
	t.Helper()
	s := doc.Find(selector)
	if s.Length() != 1 {
		t.Errorf("%s: got %d elements, want 1", selector, s.Length())
		return
	}
	if got := s.AttrOr(name, "(none)"); got != want {
		t.Errorf("%s: got %s=%q, want %q", selector, name, got, want)
	}
}

func TestEveryControlIsWired(t *testing.T) {
	f := Field{Name: "items[0].what", Label: "Nội dung", Hint: "Cụ thể", Error: "Hãy ghi", Value: "một", Required: true,
		Options: []Option{{Value: "một", Label: "Một"}, {Value: "hai", Label: "Hai"}}}
	controls := map[string]templ.Component{
		"input": Input(f), "input[type=date]": DateInput(f), "textarea": Textarea(f), "select": Select(f), "input[type=checkbox]": Checkbox(f),
	}
	for selector, c := range controls {
		doc := draw(t, t.Context(), c)
		id := FieldID(f.Name)
		attr(t, doc, selector, "id", id)
		attr(t, doc, selector, "name", f.Name)
		attr(t, doc, selector, "aria-invalid", "true")
		attr(t, doc, selector, "aria-describedby", id+"-error "+id+"-hint")
		attr(t, doc, "label", "for", id)
		if got := strings.TrimSpace(doc.Find("#" + id + "-hint").Text()); got != f.Hint {
			t.Errorf("%s: got hint %q, want %q", selector, got, f.Hint)
		}
		if got := doc.Find("#" + id + "-error").Text(); !strings.Contains(got, f.Error) {
			t.Errorf("%s: got error %q, want %q in it", selector, got, f.Error)
		}
		if _, ok := doc.Find(selector).Attr("required"); !ok {
			t.Errorf("%s: required is missing", selector)
		}
	}
}

func TestFieldWithoutErrorSaysNothingWrong(t *testing.T) {
	doc := draw(t, t.Context(), Input(Field{Name: "name", Label: "Tên"}))
	for _, name := range []string{"aria-invalid", "aria-describedby", "required"} {
		if value, ok := doc.Find("input").Attr(name); ok {
			t.Errorf("got %s=%q on a plain field, want none", name, value)
		}
	}
}

func TestFieldKeepsWhatWasTyped(t *testing.T) {
	typed := `<b>"kênh" & mương`
	if got := draw(t, t.Context(), Textarea(Field{Name: "a", Label: "A", Value: typed})).Find("textarea").Text(); got != typed {
		t.Errorf("textarea: got %q, want %q", got, typed)
	}
	attr(t, draw(t, t.Context(), Input(Field{Name: "a", Label: "A", Value: typed})), "input", "value", typed)
}

func TestRadiosAreAGroup(t *testing.T) {
	f := Field{Name: "severity", Label: "Mức độ", Error: "Hãy chọn", Value: "b", Options: []Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B", Hint: "hơn"}}}
	doc := draw(t, t.Context(), Radios(f))
	attr(t, doc, "fieldset", "aria-describedby", "f-severity-error")
	attr(t, doc, "input[checked]", "value", "b")
	if got := strings.TrimSpace(doc.Find("legend").Text()); got != f.Label {
		t.Errorf("got legend %q, want %q", got, f.Label)
	}
	// the link of the error summary must lead to the first choice
	attr(t, doc, "#"+FieldID(f.Name), "value", "a")
	attr(t, doc, "input[value=b]", "aria-describedby", "f-severity-1-hint")
	doc.Find("input").Each(func(_ int, s *goquery.Selection) {
		if doc.Find("label[for='"+s.AttrOr("id", "")+"']").Length() != 1 {
			t.Errorf("choice %s has no label", s.AttrOr("value", ""))
		}
	})
}

func TestCheckboxesTickEachChosen(t *testing.T) {
	f := Field{Name: "org", Label: "Tổ chức", Values: []string{"a", "c"}, Options: []Option{{Value: "a"}, {Value: "b"}, {Value: "c"}}}
	if got := draw(t, t.Context(), Checkboxes(f)).Find("input[checked]").Length(); got != 2 {
		t.Errorf("got %d ticked, want 2", got)
	}
}

func TestSelectGroupsOptions(t *testing.T) {
	f := Field{Name: "place", Label: "Địa bàn", Value: "2", Empty: "Chọn", Options: []Option{{Value: "1", Label: "Ấp 1", Group: "Xã A"}, {Value: "2", Label: "Ấp 2", Group: "Xã A"}, {Value: "3", Label: "Ấp 3", Group: "Xã B"}}}
	doc := draw(t, t.Context(), Select(f))
	if got := doc.Find("optgroup").Length(); got != 2 {
		t.Errorf("got %d groups, want 2", got)
	}
	attr(t, doc, "option[selected]", "value", "2")
}

func sampleBase() Base {
	return Base{
		Title: "Vướng mắc", Description: "Những việc đang chờ.",
		Nav:     []NavItem{{Label: "Trang đầu", URL: "/", Icon: "home"}, {Label: "Vướng mắc", URL: "/issues", Icon: "issue", Active: true, Count: "14"}},
		Person:  &Person{Name: "Lê Thị Út", Post: "Bí thư", NoticesURL: "/notices", NoticeCount: "2", AccountURL: "/account", SignOutURL: "/sign-out"},
		Crumbs:  []Crumb{{"Xã Thới Lai", "/places/1"}},
		Flash:   &Flash{Kind: Success, Text: "Đã gửi."},
		Assets:  Assets{CSS: "/static/app.css", JS: "/static/app.js", Icon: "/static/icon.svg"},
		Summary: &ErrorSummary{Items: []ErrorItem{{Href: "#" + FieldID("what"), Text: "Hãy ghi"}}},
	}
}

func TestLayoutBasics(t *testing.T) {
	doc := draw(t, t.Context(), Layout(sampleBase()))
	attr(t, doc, "html", "lang", "vi")
	attr(t, doc, "body > a:first-child", "href", "#main")
	attr(t, doc, ".side-nav [aria-current]", "href", "/issues")
	attr(t, doc, "form[action='/sign-out']", "method", "post")
	attr(t, doc, ".error-summary", "tabindex", "-1")
	attr(t, doc, ".error-summary a", "href", "#f-what")
	attr(t, doc, ".flash", "role", "status")
	if got, want := doc.Find("title").Text(), "Lỗi: Vướng mắc – Ba Nắm"; got != want {
		t.Errorf("got title %q, want %q", got, want)
	}
	if got := doc.Find("main h1").Text(); got != "Vướng mắc" {
		t.Errorf("got heading %q, want the title", got)
	}
	for _, landmark := range []string{"header.top", "main#main", "footer", ".crumbs"} {
		if got := doc.Find(landmark).Length(); got != 1 {
			t.Errorf("%s: got %d, want 1", landmark, got)
		}
	}
}

func TestLayoutHoldsTheContentPolicy(t *testing.T) {
	doc := draw(t, t.Context(), Layout(sampleBase()))
	if got := doc.Find("style, [style], script:not([src]), [onclick], [onsubmit]").Length(); got != 0 {
		t.Errorf("got %d inline styles or scripts, want none", got)
	}
	for _, want := range []string{`"includeIndicatorCSS":false`, `"mode":"same-origin"`} {
		if got := doc.Find("meta[name=htmx-config]").AttrOr("content", ""); !strings.Contains(got, want) {
			t.Errorf("got htmx-config %s, want %s in it", got, want)
		}
	}
}

func TestLayoutSpeaksEnglish(t *testing.T) {
	doc := draw(t, i18n.With(t.Context(), i18n.En), Layout(sampleBase()))
	attr(t, doc, "html", "lang", "en")
	if got := strings.TrimSpace(doc.Find(".skip-link").Text()); got != "Skip to main content" {
		t.Errorf("got skip link %q", got)
	}
}

func TestLayoutWithoutPersonHasNoNavigation(t *testing.T) {
	doc := draw(t, t.Context(), Layout(Base{Title: "Đăng nhập"}))
	if got := doc.Find("nav, .menu, form").Length(); got != 0 {
		t.Errorf("got %d navigation parts, want none", got)
	}
}

func TestTimeShowsTheAbsoluteInTheTitle(t *testing.T) {
	now := time.Date(2020, 3, 12, 9, 30, 0, 0, i18n.Zone)
	doc := draw(t, t.Context(), Time(StampOf(t.Context(), now.Add(-2*time.Hour), now)))
	attr(t, doc, "time", "title", "12/03/2020 07:30")
	attr(t, doc, "time", "datetime", "2020-03-12T07:30:00+07:00")
	if got := doc.Find("time").Text(); got != "2 giờ trước" {
		t.Errorf("got %q, want relative words", got)
	}
	if got := draw(t, t.Context(), Time(StampOf(t.Context(), time.Time{}, now))).Find("time").Length(); got != 0 {
		t.Error("the zero time must draw nothing")
	}
}

func TestDeskPathMarksTheHolder(t *testing.T) {
	doc := draw(t, t.Context(), DeskPath([]DeskStep{{Desk: "Ấp 3"}, {Desk: "Xã", Current: true, Overdue: true}}))
	if got := doc.Find("li[aria-current=step] .step-desk").Text(); strings.TrimSpace(got) != "Xã" {
		t.Errorf("got current desk %q, want Xã", got)
	}
	if got := doc.Find("li[aria-current=step] .tag").Length(); got != 2 {
		t.Errorf("got %d marks in words, want 2", got)
	}
}

func TestTableCellsCarryTheirLabel(t *testing.T) {
	doc := draw(t, t.Context(), Table(TableView{Caption: "Danh sách", Headers: []Header{{Label: "Số", URL: "/?sort=no", Dir: "ascending"}}}))
	attr(t, doc, "th", "aria-sort", "ascending")
	attr(t, doc, "th a", "href", "/?sort=no")
	// a cell alone would be dropped by the parser, so it is drawn inside a row
	row := templ.Join(templ.Raw("<table><tr>"), Cell(CellView{Label: "Hạn", Numeric: true}), templ.Raw("</tr></table>"))
	attr(t, draw(t, t.Context(), row), "td.num", "data-label", "Hạn")
}

func TestEveryToneHasAnIcon(t *testing.T) {
	for _, tone := range []Tone{"", Neutral, Info, Success, Warn, Danger} {
		if got := draw(t, t.Context(), Badge(BadgeView{Label: "x", Tone: tone})).Find("svg path, svg circle").Length(); got == 0 {
			t.Errorf("tone %q: no icon beside the word", tone)
		}
	}
}
