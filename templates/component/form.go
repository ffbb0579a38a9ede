package component

import (
	"maps"

	"github.com/a-h/templ"
)

// FormProps describes a form around fields.
type FormProps struct {
	Action    string
	ID        string
	Get       bool // a GET form; POST otherwise
	Multipart bool // carries files
	Warn      bool // warns before leaving the page with text that was not sent
	Plain     bool // never sent by script: sign-in, language, forms answered with a file
	Attrs     templ.Attributes
}

func (p FormProps) method() string {
	if p.Get {
		return "get"
	}
	return "post"
}

// Button is a button that sends its form.
type Button struct {
	Label, Icon string
	Kind        string // "primary" (default), "secondary", "danger", "link"
	Name, Value string // sent with the form
	FormAction  string // another target than the form's own
	Form        string // id of the form when the button stands outside it
	Attrs       templ.Attributes
}

func (b Button) class() string {
	switch b.Kind {
	case "secondary":
		return "btn btn-outline-primary"
	case "danger":
		return "btn btn-danger"
	case "link":
		return "btn btn-link"
	}
	return "btn btn-primary"
}

func (b Button) attrs() templ.Attributes {
	a := templ.Attributes{}
	for key, value := range map[string]string{"name": b.Name, "value": b.Value, "formaction": b.FormAction, "form": b.Form} {
		if value != "" {
			a[key] = value
		}
	}
	maps.Copy(a, b.Attrs)
	return a
}
