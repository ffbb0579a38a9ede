package mail

import (
	"slices"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Within gives a sender that waits less long.
func (s *Sender) Within(d time.Duration) *Sender {
	hasty := *s
	hasty.options = append(slices.Clone(s.options), gomail.WithTimeout(d))
	return &hasty
}
