package page

import "banam/templates/component"

// DocumentView is a document in the official layout, to be printed.
type DocumentView struct {
	component.Base
	Head      DocumentHead
	Kind      string // what it is; "BÁO CÁO" if empty
	Title     string // under it
	Mark      string // what must be known before it is read; empty for nothing
	Parts     []ReportPart
	Promises  []string
	Redacted  string
	Set       []DocumentReport // of a document that holds several reports
	Signature *Signature
	To        []string // who received it
	Foot      string
}

// DocumentHead is what stands above a document.
type DocumentHead struct {
	State        bool   // the layout of the state, otherwise that of the Party
	Above, Organ string // who issues it, and the committee above
	Number       string
	Place        string // and day
}

// DocumentReport is one report of a document.
type DocumentReport struct {
	Title, By, Redacted string
	Parts               []ReportPart
}

// Signature is who signs a document, and as what.
type Signature struct{ Role, Name, Post string }
