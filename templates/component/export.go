package component

// ExportView offers a list as a file. The form goes to Action with the filter of the list.
type ExportView struct {
	Action string
	Hidden []HiddenValue
	Print  string // where the list is drawn to be printed; empty for nowhere
}

// HiddenValue is a value of a form that nobody types.
type HiddenValue struct{ Name, Value string }
