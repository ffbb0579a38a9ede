package casework_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/territory"
)

// The people of the tests of reviewing: the supporter of the hamlet writes, the sub-region receives.
const (
	rAuthor cadre.ID = 1 + iota
	rHamletLead
	rCommuneLead
	rSubregionLead
	rDistrictLead
	rStranger
	rAdmin
)

var rChain = territory.Chain{
	{ID: 5, Level: territory.Group}, {ID: 4, Level: territory.Hamlet}, {ID: 3, Level: territory.Commune},
	{ID: 2, Level: territory.Subregion}, {ID: 1, Level: territory.District},
}

func rPost(c cadre.Capability, t cadre.Tier) cadre.Post { return cadre.Post{Capability: c, Tier: t} }

// rHoldings are those who hold a post on the path; vacant names places that nobody leads.
func rHoldings(vacant ...territory.LocalityID) []cadre.Holding {
	list := []cadre.Holding{{AssignmentID: 10, CadreID: rAuthor, Post: rPost(cadre.Support, cadre.DistrictTier), Locality: 4}}
	for id, at := range map[cadre.ID]territory.LocalityID{rHamletLead: 4, rCommuneLead: 3, rSubregionLead: 2, rDistrictLead: 1} {
		if !slices.Contains(vacant, at) {
			list = append(list, cadre.Holding{AssignmentID: cadre.AssignmentID(10 + id), CadreID: id, Post: rPost(cadre.Lead, cadre.DistrictTier), Locality: at})
		}
	}
	return append(list, cadre.Holding{AssignmentID: 30, CadreID: rAdmin, Post: rPost(cadre.Administer, cadre.DistrictTier), Locality: 1})
}

// rCase is a report of the hamlet that waits at the sub-region.
func rCase(vacant ...territory.LocalityID) casework.ReportCase {
	holdings := rHoldings(vacant...)
	return casework.ReportCase{
		Report: casework.Report{
			Author: rAuthor, Place: rChain[1:].Place(), State: casework.ReportSubmitted, Desk: 2, Number: 1, Version: 1,
			HappenedOn: territory.DayOf(monday), ReceivedAt: monday,
		},
		Grant: cadre.Grant{Post: rPost(cadre.Support, cadre.DistrictTier), Locality: rChain[1]},
		Desks: cadre.DesksOf(rChain[1:], holdings), Holdings: holdings, At: monday.Add(time.Hour),
	}
}

// rActor gives somebody with all that they hold on the path.
func rActor(id cadre.ID, vacant ...territory.LocalityID) cadre.Actor {
	a := cadre.Actor{CadreID: id, At: monday}
	for _, h := range rHoldings(vacant...) {
		if h.CadreID != id {
			continue
		}
		at := rChain[rChain.Index(h.Locality)]
		g := cadre.Grant{AssignmentID: h.AssignmentID, Post: h.Post, Locality: at}
		for _, l := range rChain[rChain.Index(h.Locality):] {
			g.Path = append(g.Path, l.ID)
		}
		g.Branches = cadre.BranchesOf(at, []territory.LocalityID{3})
		a.Grants = append(a.Grants, g)
	}
	return a
}

var monday = time.Date(2020, 3, 2, 9, 0, 0, 0, territory.Zone)

func TestWhoReviewsAReport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		vacant []territory.LocalityID
		change func(*casework.ReportCase)
		want   cadre.ID // who may acknowledge; zero for nobody
	}{
		{"the desk that it reached", nil, nil, rSubregionLead},
		{"a desk that fell vacant passes it to the next one up", []territory.LocalityID{2}, nil, rDistrictLead},
		{"nobody is left above", []territory.LocalityID{1, 2}, nil, 0},
		{"it reached no desk, and one has a lead today", nil, func(c *casework.ReportCase) { c.Report.Desk = 0 }, rSubregionLead},
		{"the lead's own report goes one desk up", nil, func(c *casework.ReportCase) {
			c.Report.Author, c.Grant.Post = rSubregionLead, rPost(cadre.Lead, cadre.DistrictTier)
			c.Grant.Locality, c.Report.Desk = rChain[3], 1
		}, rDistrictLead},
		{"a desk that only the author leads today", nil, func(c *casework.ReportCase) { c.Report.Author = rSubregionLead }, rDistrictLead},
		{"it reached a desk above, and stays there", nil, func(c *casework.ReportCase) { c.Report.Desk = 1 }, rDistrictLead},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := rCase(tt.vacant...)
			if tt.change != nil {
				tt.change(&c)
			}
			for id := rAuthor; id <= rAdmin; id++ {
				for _, m := range []casework.ReportMove{casework.AcknowledgeReport, casework.ReturnReport} {
					if got := c.May(rActor(id, tt.vacant...), m); got != (id == tt.want) {
						t.Errorf("person %d may %s: got %v, want %v", id, m, got, id == tt.want)
					}
				}
			}
		})
	}
}

func TestReviewReport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		who     cadre.ID
		state   casework.ReportState
		request casework.ReportRequest
		want    casework.ReportState
		err     string // "kind key" or "field key"
	}{
		{"acknowledged", rSubregionLead, casework.ReportSubmitted, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: casework.Useful}, casework.ReportAcknowledged, ""},
		{"without a rating", rSubregionLead, casework.ReportSubmitted, casework.ReportRequest{Move: casework.AcknowledgeReport}, "", "usefulness report.usefulness_required"},
		{"with a rating that is none", rSubregionLead, casework.ReportSubmitted, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: 4}, "", "usefulness report.usefulness_required"},
		{"returned", rSubregionLead, casework.ReportSubmitted, casework.ReportRequest{Move: casework.ReturnReport, Reason: "thiếu số hộ"}, casework.ReportReturned, ""},
		{"returned without a reason", rSubregionLead, casework.ReportSubmitted, casework.ReportRequest{Move: casework.ReturnReport}, "", "reason report.reason_required"},
		{"decided already", rSubregionLead, casework.ReportAcknowledged, casework.ReportRequest{Move: casework.ReturnReport, Reason: "x"}, "", "conflict report.moved_on"},
		{"one's own", rAuthor, casework.ReportSubmitted, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: 1}, "", "forbidden report.review_own"},
		{"not at one's desk", rCommuneLead, casework.ReportSubmitted, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: 1}, "", "forbidden report.review_not_yours"},
		{"a comment", rCommuneLead, casework.ReportReturned, casework.ReportRequest{Move: casework.CommentReport, Reason: "đã rõ"}, casework.ReportReturned, ""},
		{"a comment without words", rCommuneLead, casework.ReportSubmitted, casework.ReportRequest{Move: casework.CommentReport}, "", "reason report.comment_required"},
		{"the author's answer", rAuthor, casework.ReportReturned, casework.ReportRequest{Move: casework.CommentReport, Reason: "sẽ bổ sung"}, casework.ReportReturned, ""},
		{"a comment of an administrator", rAdmin, casework.ReportSubmitted, casework.ReportRequest{Move: casework.CommentReport, Reason: "x"}, "", "forbidden report.review_not_yours"},
		{"withdrawn", rAuthor, casework.ReportSubmitted, casework.ReportRequest{Move: casework.WithdrawReport, Reason: "nhầm ấp"}, casework.ReportWithdrawn, ""},
		{"withdrawn without a reason", rAuthor, casework.ReportSubmitted, casework.ReportRequest{Move: casework.WithdrawReport}, "", "reason report.reason_required"},
		{"withdrawn by its desk", rSubregionLead, casework.ReportSubmitted, casework.ReportRequest{Move: casework.WithdrawReport, Reason: "x"}, "", "forbidden report.review_not_yours"},
		{"withdrawn after it was acknowledged", rAuthor, casework.ReportAcknowledged, casework.ReportRequest{Move: casework.WithdrawReport, Reason: "x"}, "", "conflict report.moved_on"},
		{"withdrawn after it came back", rAuthor, casework.ReportReturned, casework.ReportRequest{Move: casework.WithdrawReport, Reason: "x"}, "", "conflict report.moved_on"},
		{"withdrawn twice", rAuthor, casework.ReportWithdrawn, casework.ReportRequest{Move: casework.WithdrawReport, Reason: "x"}, "", "conflict report.moved_on"},
		{"acknowledged after it was withdrawn", rSubregionLead, casework.ReportWithdrawn, casework.ReportRequest{Move: casework.AcknowledgeReport, Usefulness: 1}, "", "conflict report.moved_on"},
		{"a comment on a withdrawn one", rCommuneLead, casework.ReportWithdrawn, casework.ReportRequest{Move: casework.CommentReport, Reason: "vì sao?"}, casework.ReportWithdrawn, ""},
		{"amending is no decision", rAuthor, casework.ReportSubmitted, casework.ReportRequest{Move: casework.AmendReport}, "", "forbidden report.review_own"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := rCase()
			c.Report.State, c.Report.Version = tt.state, 3
			got, e, err := c.Apply(rActor(tt.who), tt.request)
			if words(err) != tt.err {
				t.Fatalf("got %q, want %q", words(err), tt.err)
			}
			if err != nil {
				return
			}
			if got.State != tt.want || got.Version != 4 || e.Seq != 4 || e.Actor != tt.who || e.Number != 1 || e.Assignment == 0 || e.At != c.At {
				t.Errorf("got %s version %d with event %+v, want %s version 4", got.State, got.Version, e, tt.want)
			}
			if got.Usefulness != tt.request.Usefulness {
				t.Errorf("got usefulness %d, want %d", got.Usefulness, tt.request.Usefulness)
			}
		})
	}
}

// words gives a fault as "field key" or "kind key".
func words(err error) string {
	f := fault.As(err)
	switch {
	case f == nil:
		return ""
	case len(f.Fields) > 0:
		return f.Fields[0].Name + " " + f.Fields[0].Key
	}
	return f.Kind.String() + " " + f.Key
}

func TestAmendReport(t *testing.T) {
	t.Parallel()
	c := rCase()
	c.Report.State, c.Report.Usefulness, c.Report.Version = casework.ReportAcknowledged, casework.Useful, 2
	filed := c.Report
	filed.State, filed.Number, filed.Version, filed.Desk, filed.Content = casework.ReportSubmitted, 1, 1, 1, casework.Content{"what": "12 hộ"}
	filed.ReceivedAt, filed.Assignment = monday.AddDate(0, 0, 2), 44
	got, e, err := c.Report.Amend(filed)
	if err != nil || got.State != casework.ReportSubmitted || got.Number != 2 || got.Version != 3 || got.Usefulness != 0 || got.Desk != 1 ||
		got.Content["what"] != "12 hộ" || !got.ReceivedAt.Equal(monday) || e.Seq != 3 || e.Number != 2 || e.Assignment != 44 || !e.At.Equal(filed.ReceivedAt) {
		t.Errorf("got %+v, %+v, %v", got, e, err)
	}
	filed.HappenedOn = territory.DayOf(monday).Add(1)
	if _, _, err := c.Report.Amend(filed); words(err) != "happened_on report.day_after_first" {
		t.Errorf("a day after the first arrival: got %v", err)
	}
	filed.HappenedOn = c.Report.HappenedOn
	for _, tt := range []struct {
		what  string
		place territory.Place
		want  string
	}{
		{"another hamlet of the commune", territory.Place{Locality: 77, Commune: c.Report.Place.Commune, Hamlet: 77}, ""},
		{"another commune", territory.Place{Locality: 78, Commune: 79, Hamlet: 78}, "locality report.place_elsewhere"},
		{"a place above communes", territory.Place{Locality: 80}, "locality report.place_elsewhere"},
	} {
		filed.Place = tt.place
		if _, _, err := c.Report.Amend(filed); words(err) != tt.want {
			t.Errorf("%s: got %s, want %s", tt.what, words(err), tt.want)
		}
	}
	filed.Author = rStranger
	if _, _, err := c.Report.Amend(filed); fault.KindOf(err) != fault.KindNotFound {
		t.Errorf("somebody else's amendment: got %v", err)
	}
}

func TestToldOfReportEvents(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		event casework.ReportEvent
		want  []cadre.ID
	}{
		{"a decision is the author's to know", casework.ReportEvent{Move: casework.ReturnReport, Actor: rSubregionLead}, []cadre.ID{rAuthor}},
		{"a comment goes to the author and all who were told", casework.ReportEvent{Move: casework.CommentReport, Actor: rCommuneLead}, []cadre.ID{rAuthor, rHamletLead, rSubregionLead, rDistrictLead}},
		{"the author's answer too", casework.ReportEvent{Move: casework.CommentReport, Actor: rAuthor}, []cadre.ID{rHamletLead, rCommuneLead, rSubregionLead, rDistrictLead}},
		{"a withdrawal is told to all of them, too", casework.ReportEvent{Move: casework.WithdrawReport, Actor: rAuthor}, []cadre.ID{rHamletLead, rCommuneLead, rSubregionLead, rDistrictLead}},
		{"an amendment is told like a new report", casework.ReportEvent{Move: casework.AmendReport, Actor: rAuthor}, []cadre.ID{rHamletLead, rCommuneLead, rSubregionLead}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { // the district's lead has spoken before; so has somebody who holds nothing there any more
			got := rCase().EventTold(tt.event, []cadre.ID{rDistrictLead, rStranger, rAdmin})
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

// TestReportHistoriesAreLegal lets random people do random things to a report and checks the history against a second
// writing of the rules.
func TestReportHistoriesAreLegal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rCase()
		var history []casework.ReportEvent
		for range rapid.IntRange(1, 25).Draw(t, "steps") {
			before, kept := c.Report, slices.Clone(history)
			who := rActor(cadre.ID(rapid.IntRange(int(rAuthor), int(rAdmin)).Draw(t, "who")))
			move := rapid.SampledFrom(casework.ReportMoves()).Draw(t, "move")
			c.At = c.At.Add(time.Minute)
			var e casework.ReportEvent
			var next casework.Report
			var err error
			if move == casework.AmendReport {
				filed := before
				filed.Author, filed.ReceivedAt = who.CadreID, c.At
				next, e, err = before.Amend(filed)
			} else {
				next, e, err = c.Apply(who, casework.ReportRequest{
					Move: move, Usefulness: rapid.SampledFrom(casework.Usefulnesses()).Draw(t, "use"), Reason: "vì",
				})
			}
			want := legal(before.State, move, who.CadreID) && (move != casework.WithdrawReport || !c.Judged)
			if got := err == nil; got != want {
				t.Fatalf("%s by %d in %s (judged %v): got %v, want legal %v", move, who.CadreID, before.State, c.Judged, err, want)
			}
			if may := c.May(who, move); may != want {
				t.Fatalf("%s by %d in %s: offered %v, want %v", move, who.CadreID, before.State, may, want)
			}
			if err != nil {
				continue
			}
			c.Judged = c.Judged || move == casework.AcknowledgeReport || move == casework.ReturnReport
			c.Report, history = next, append(history, e)
			if !slices.Equal(history[:len(kept)], kept) {
				t.Fatal("the past changed")
			}
		}
		checkHistory(t, c.Report, history)
	})
}

// legal is the life of a report, written down a second time.
func legal(state casework.ReportState, m casework.ReportMove, who cadre.ID) bool {
	switch m {
	case casework.AcknowledgeReport, casework.ReturnReport:
		return state == casework.ReportSubmitted && who == rSubregionLead
	case casework.AmendReport:
		return who == rAuthor && state != casework.ReportWithdrawn
	case casework.WithdrawReport:
		return who == rAuthor && state == casework.ReportSubmitted
	case casework.CommentReport:
		return who != rStranger && who != rAdmin
	}
	return false
}

// checkHistory replays the events and compares with the report.
func checkHistory(t *rapid.T, r casework.Report, history []casework.ReportEvent) {
	state, number, use := casework.ReportSubmitted, 1, casework.Usefulness(0)
	for i, e := range history {
		if state == casework.ReportWithdrawn && e.Move != casework.CommentReport {
			t.Fatalf("%s after the end", e.Move)
		}
		if e.Seq != i+2 {
			t.Fatalf("event %d has the number %d", i, e.Seq)
		}
		switch e.Move {
		case casework.AcknowledgeReport:
			state, use = casework.ReportAcknowledged, e.Usefulness
		case casework.ReturnReport:
			state = casework.ReportReturned
		case casework.WithdrawReport:
			state = casework.ReportWithdrawn
		case casework.AmendReport:
			number++
			state, use = casework.ReportSubmitted, 0
		case casework.CommentReport:
		}
		if e.Number != number {
			t.Fatalf("event %d is about version %d, want %d", i, e.Number, number)
		}
	}
	if r.State != state || r.Number != number || r.Version != len(history)+1 || r.Usefulness != use {
		t.Fatalf("got %s, version %d of the text, %d, usefulness %d; the history gives %s, %d, %d, %d", r.State, r.Number, r.Version, r.Usefulness, state, number, len(history)+1, use)
	}
}
