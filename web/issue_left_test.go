package web_test

import (
	"strings"
	"testing"
)

// TestTimeLeftInWords: the page of an issue says how much working time the desk has left and when it is reminded, or how late it is.
func TestTimeLeftInWords(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.raise(t, "cbhuyen", "Đường hư")
	if text := s.page(t, "bithu", "/issues/"+id).Find("main").Text(); !strings.Contains(text, "Thời gian còn lại") || !strings.Contains(text, "Còn ") || !strings.Contains(text, "Nhắc lúc") {
		t.Errorf("before it is due: %s", text)
	}
	s.exec(t, `UPDATE issues SET due_at = now() - interval '30 days', warn_at = NULL WHERE id = $1`, id)
	if text := s.page(t, "bithu", "/issues/"+id).Find("main").Text(); !strings.Contains(text, "Đã quá ") || strings.Contains(text, "Nhắc lúc") {
		t.Errorf("when it is late: %s", text)
	}
}
