package page

import (
	"context"

	"github.com/a-h/templ"

	"banam/internal/i18n"
	"banam/templates/component"
)

// ReportRow is one report in a list.
type ReportRow struct {
	Summary          []Mark
	Excerpt          []Mark // the text around what was searched for, where the summary does not show it
	URL, Kind        string
	AuthorURL        string   // their reports
	More             []string // values of the columns of one kind
	Place, Author    string
	HappenedOn, Sent component.Stamp
	State            component.BadgeView
}

// ReportsView is the list of sent reports.
type ReportsView struct {
	component.Base
	Views   []component.NavItem // the lists about reports
	Filter  component.Filter
	Fields  []component.Field
	Saved   []component.NavItem // filters that the reader keeps
	Keep    []component.Action  // to keep this one, and to tidy up
	OneKind bool                // all rows are of one kind, which has columns of its own
	Columns []string
	Rows    []ReportRow
	Pager   component.PagerView
	Nothing component.Empty
}

// DraftRow is one draft in the list of drafts.
type DraftRow struct {
	What, URL, Kind   string
	Place, HappenedOn string
	Saved             component.Stamp
	Amends            bool // a report that was sent
}

// DraftsView is the list of the reader's own drafts.
type DraftsView struct {
	component.Base
	Rows    []DraftRow
	Nothing component.Empty
}

// PickView is the step in which somebody with a large area chooses where the report belongs.
type PickView struct {
	component.Base
	Groups []PickGroup
}

// PickGroup is a place with the places below it.
type PickGroup struct {
	ID, Title string
	Whole     *PickLine // the place as a whole
	Lines     []PickLine
}

// PickLine is one place to choose: to write about it, or to look below it.
type PickLine struct {
	Label, URL string
	Below      bool // leads on to the places below
}

// ReportFormView is the form of a report, new or a draft.
type ReportFormView struct {
	component.Base
	Action                          string
	ReportID, SubmissionID, Version string
	Amended                         string // the version of the sent report that is amended; "0" for a new one
	SendLabel                       string
	Happened                        []component.Moment // to the sent report, the newest first
	Hints                           []Hint             // to look at before it is sent; it was held back once for them
	PickURL                         string             // to choose a place elsewhere; empty where all places are offered
	Stored                          []ReportText       // what is stored, after a conflict
	StoredAt                        component.Stamp
	Kind, KindName                  string
	KindsOpen                       bool         // nobody has chosen yet
	Kinds                           []KindChoice // to choose another one; none for what was sent already
	Opening                         ReportFormPart
	Locality, HappenedOn            component.Field
	Parts                           []ReportFormPart
	Months                          []component.Action // to put the report of another month together
	VisitList                       bool               // the households of the place can be listed
	Beside                          []Section          // how the place stands
	Keep                            KeepView
	LocateLabel, LocateFailed       string // of the button that reads the device's position; scripts show it
	Discard                         *DiscardForm
}

// KeepView is what the script knows that saves a form while it is being written.
type KeepView struct {
	URL               string // to save to
	Typed             bool   // the form came back with text that may not be stored yet
	Here              bool   // what the server does not have yet may be kept in this browser
	Later             string // while the server cannot be reached
	SignedOut, SignIn string
	Found, Take, Drop string // text of this browser that the server does not have
	Taken             string
}

func (k KeepView) attrs() templ.Attributes {
	return templ.Attributes{
		"data-keep": k.URL, "data-keep-typed": k.Typed, "data-keep-here": k.Here, "data-keep-later": k.Later, "data-keep-signed-out": k.SignedOut,
		"data-keep-sign-in": k.SignIn, "data-keep-found": k.Found, "data-keep-take": k.Take, "data-keep-drop": k.Drop, "data-keep-taken": k.Taken,
	}
}

// KindChoice is a button that turns the form into one of another kind.
type KindChoice struct {
	Value, Label string
	Chosen       bool
}

// ReportFormPart is a group of fields that belong together. A folded one is open where something was typed or is wrong.
type ReportFormPart struct {
	Name, Title, Hint string
	Folded, Open      bool
	Opinions          bool // each row has a heading of its own
	Rows              []ReportFormRow
}

// ReportFormRow are fields that stand side by side where there is room.
type ReportFormRow struct {
	Title  string
	Fields []MoveField
	Wide   bool
}

// DiscardForm throws the draft away.
type DiscardForm struct{ Action, SubmissionID, Version string }

// ReportText is a headed text of a report.
type ReportText struct{ ID, Title, Text string }

// ReportPart is a headed part of a report: a text, or facts.
type ReportPart struct {
	ID, Title, Text string
	Facts           []component.Fact
}

// PromiseItem is something that was promised at a visit.
type PromiseItem struct {
	Text, Due              string
	Mark                   component.BadgeView // empty for none
	Position, SubmissionID string              // of the form that marks it as done; empty for those who may not
}

// ReportView is the page of a sent report.
type ReportView struct {
	component.Base
	State       component.BadgeView
	Kind        string
	Facts       []component.Fact
	Parts       []ReportPart
	Sources     Section // of a monthly report
	Redacted    string  // what is left out; empty if nothing is
	Promises    []PromiseItem
	PromisesURL string
	Raise       *component.Action
	Issues      Section
	Returned    *ReturnedReport // for its author; of a withdrawn one for everybody
	Review      *ReviewForm     // for who may acknowledge it
	History     []component.Moment
	Comment     *CommentForm
}

// ReturnedReport says why a report came back or is over, and leads to where it is mended or written anew.
type ReturnedReport struct {
	Title, By, Reason string
	Amend             *component.Action
}

// ReviewForm acknowledges a report where it is read.
type ReviewForm struct {
	Action, SubmissionID, Version string
	Hints                         []Hint
	Fields                        []MoveField
	Return                        component.Action
}

// Hint says what a report might be missing.
type Hint struct {
	Text, URL string
	Passage   string // that another report has too
}

// ChangesView shows in what a version of a report differs from the one before it.
type ChangesView struct {
	component.Base
	Changes []ChangedText
	Others  []component.Action
	Back    component.Action
}

// ChangedText is a field in which two versions differ.
type ChangedText struct {
	Title string
	Parts []ChangedPart
}

// ChangedPart is a piece of a text that both versions have, unless it was removed or added.
type ChangedPart struct {
	Text           string
	Removed, Added bool
}

// reportHeaders are the headings of the list of reports: in a list of one kind its own columns stand in the place of the kind.
func (v ReportsView) reportHeaders(ctx context.Context) []component.Header {
	headers := []component.Header{{Label: i18n.T(ctx, "report.what")}}
	if !v.OneKind {
		headers = append(headers, component.Header{Label: i18n.T(ctx, "report.kind")})
	}
	for _, c := range v.Columns {
		headers = append(headers, component.Header{Label: c})
	}
	return append(headers, component.Header{Label: i18n.T(ctx, "report.place")}, component.Header{Label: i18n.T(ctx, "report.happened_on")},
		component.Header{Label: i18n.T(ctx, "report.author")}, component.Header{Label: i18n.T(ctx, "report.sent_at")}, component.Header{Label: i18n.T(ctx, "report.state")})
}
