package web_test

import (
	"strings"
	"testing"
)

// The board shows little of what does not wait for the reader, and all of it when asked.
func TestBoardIsShort(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for range 7 {
		s.raise(t, "cbhuyen", "Đường ấp hư")
	}
	board := s.page(t, "tieuvung1", "/review")
	below := board.Find("#queue-below").Parent()
	if got := below.Find("li.board-line").Length(); got != 5 || !strings.Contains(below.Text(), "Còn 2 vướng mắc nữa") {
		t.Errorf("got %d issues below: %q", got, below.Find("p a").Text())
	}
	more := s.page(t, "tieuvung1", below.Find("p a").Last().AttrOr("href", ""))
	if got := more.Find("#queue-below").Parent().Find("li.board-line").Length(); got != 7 {
		t.Errorf("the queue alone: got %d issues, want 7", got)
	}
	if got := s.page(t, "bithu", "/review").Find("#queue-desk").Parent().Find("li.board-line").Length(); got != 7 {
		t.Errorf("at the own desk: got %d issues, want all 7", got)
	}
}
