package component

// Base is what surrounds the content of every page. One function of the web layer builds it; views embed it.
type Base struct {
	Title       string // heading and document title
	Description string // one sentence of help under the heading
	Nav         []NavItem
	Person      *Person // nil when nobody is signed in
	Crumbs      []Crumb // by place, without the page itself
	Actions     []Action
	Flash       *Flash
	Assets      Assets
	Summary     *ErrorSummary // set when a form came back with errors
	RequestID   string        // shown at the foot of an error page
	SearchURL   string        // GET target of the search box; empty shows none
	LanguageURL string        // POST target of the language switch; empty shows none
	Here        string        // local path to come back to after a language switch
	Demo        bool          // shows that the data is made up
	Narrow      bool          // one narrow column: sign-in, single forms
}

// NavItem is one entry of the main navigation. The first four stand in the bar at the bottom of a phone.
type NavItem struct {
	Label, URL, Icon string
	Active           bool
	Count            string // what waits there, formatted; empty shows no badge
}

// Person is who is signed in and the post they act in.
type Person struct {
	Account                string // in whose name a script may keep something in this browser
	Name, Post             string
	NoticesURL, AccountURL string
	SignOutURL             string
	NoticeCount            string // unread notices, formatted; empty for none
}

// Crumb is one step of the breadcrumb.
type Crumb struct{ Label, URL string }

// Action is a link that looks like a button.
type Action struct {
	Label, URL, Icon string
	Primary          bool
	Download         bool // the answer is a file, not a page
	Print            bool // opens a printable document, which must not be swapped in
}

// Flash is a message about what has just happened.
type Flash struct {
	Kind Tone
	Text string
}

// Assets are the URL paths of the built browser assets.
type Assets struct {
	CSS, JS, Icon string
	Fonts         []string // preloaded
}

// ErrorSummary lists what is wrong with a form; it takes the focus.
type ErrorSummary struct {
	Title string // empty takes the standard one
	Items []ErrorItem
}

// ErrorItem is one entry of the summary; Href is "#" + FieldID(name), empty when no field is to blame.
type ErrorItem struct{ Href, Text string }

// bar gives the entries of the bar at the bottom of a phone.
func (b Base) bar() []NavItem { return b.Nav[:min(4, len(b.Nav))] }

// documentTitle puts errors first, so that a screen reader hears them at once.
func (b Base) documentTitle(errorWord, app string) string {
	title := app
	if b.Title != "" {
		title = b.Title + " – " + app
	}
	if b.Summary != nil {
		return errorWord + ": " + title
	}
	return title
}
