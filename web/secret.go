package web

import "crypto/rand"

// newSecret makes an unguessable token for a cookie.
func newSecret() string { return rand.Text() }
