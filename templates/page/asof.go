package page

import "banam/templates/component"

// NotThereView is the page of a place on a day on which it does not exist.
type NotThereView struct {
	component.Base
	AsOf   *component.AsOfView
	Text   string
	Spans  []string
	Before []KinLine
	After  []KinLine
}

// KinLine is a place that follows another one, or that another one follows.
type KinLine struct{ Name, URL, Since string }
