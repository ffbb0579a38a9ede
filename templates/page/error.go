// Package page owns the pages: for each a view struct of display-ready values and one templ that draws it inside the
// layout. It knows no domain and decides nothing.
package page

import "banam/templates/component"

// ErrorView is the page for anything that went wrong: what happened, what was kept and what to do next, in words.
type ErrorView struct {
	component.Base
	What string
	Kept string             // what is not lost; empty shows nothing
	Next string             // what the person can do
	Text string             // text the person had typed, given back to copy; empty for none
	Ways []component.Action // where to go
}
