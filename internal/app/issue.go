package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"banam/internal/cadre"
	"banam/internal/casework"
	"banam/internal/fault"
	"banam/internal/postgres"
	"banam/internal/territory"
)

// Rows of the pages of issues.
type (
	IssueFilter  = postgres.IssueFilter
	IssueGroup   = postgres.IssueGroup
	IssueRow     = postgres.IssueRow
	IssueEvent   = postgres.IssueEvent
	LinkedReport = postgres.LinkedReport
	DeskStop     = postgres.DeskStop
	EventFile    = postgres.EventFile
	SimilarIssue = postgres.SimilarIssue
	TwinIssue    = postgres.TwinIssue
)

// The groups of a list of issues.
const (
	OpenIssues   = postgres.OpenIssues
	ClosedIssues = postgres.ClosedIssues
)

// IssueList is a page of the list of issues, the last raised first, with what its filter offers.
type IssueList struct {
	Rows   []IssueRow
	Place  territory.Chain // of the place in the filter; empty where there is none that the reader may know of
	Fields []WorkField     // to choose from
	Next   string          // cursor of the next page; empty on the last one
}

// Issues lists the issues that the actor may read. A cursor that is none is NotFound.
func (a *App) Issues(ctx context.Context, actor cadre.Actor, f IssueFilter, page ListPage) (IssueList, error) {
	f.Inside = f.Place != 0 && !aboveOwn(actor, f.Place)
	found, err := a.db.Issues(ctx, actor.Scope(cadre.ReadIssue), f, actor.At, page)
	if err != nil {
		return IssueList{}, fmt.Errorf("listing issues: %w", err)
	}
	return IssueList{Rows: found.Rows, Place: viewable(actor, found.Place), Fields: found.Fields, Next: found.Next}, nil
}

// viewable gives the chain if the actor may know of its place.
func viewable(actor cadre.Actor, chain territory.Chain) territory.Chain {
	if len(chain) == 0 || !cadre.Can(actor, cadre.ViewPlace, cadre.Object{Place: chain.Place()}) {
		return nil
	}
	return chain
}

// IssueView is an issue as its page shows it.
type IssueView struct {
	postgres.IssuePage
	Desk     DeskOption     // that holds it
	Stops    []DeskStop     // its way through the desks, the present one last
	Moves    []MoveOption   // what the reader may do now, in the order in which pages offer it
	WaitsFor []PersonOption // who has to act now; empty once it has ended, or where nobody is left
	Overdue  bool
	Now      time.Time // of the reading
}

// May gives the option of a move; nil if the reader may not make it.
func (v IssueView) May(m casework.Move) *MoveOption {
	i := slices.IndexFunc(v.Moves, func(o MoveOption) bool { return o.Move == m })
	if i < 0 {
		return nil
	}
	return &v.Moves[i]
}

// Since gives what others did after a version, the oldest first: what the person did not know when writing.
func (v IssueView) Since(version int) []IssueEvent {
	i := slices.IndexFunc(v.Events, func(e IssueEvent) bool { return e.Seq > version })
	if i < 0 {
		return nil
	}
	return v.Events[i:]
}

// Issue gives an issue with what the actor may do on it. NotFound if it lies out of scope.
func (a *App) Issue(ctx context.Context, actor cadre.Actor, id uuid.UUID) (IssueView, error) {
	page, err := a.db.IssuePage(ctx, id, postgres.IssueReader{
		Issues: actor.Scope(cadre.ReadIssue), Reports: actor.Scope(cadre.ReadReport), By: actor.CadreID, Day: actor.Today(),
	})
	if err != nil {
		return IssueView{}, fmt.Errorf("reading issue %s: %w", id, err)
	}
	s := page.Situation(actor.At)
	v := IssueView{IssuePage: page, Stops: page.Stops(actor.At), Moves: moveOptions(s, actor, page), Overdue: page.Issue.Overdue(actor.At), Now: actor.At}
	v.WaitsFor = people(s.WaitsFor(), page)
	if desk, ok := s.Desks.Find(page.Issue.Desk); ok {
		v.Desk = deskOption(desk)
	} else if n := len(v.Stops); n > 0 { // the place is gone: as it was called when the issue arrived
		v.Desk = DeskOption{ID: page.Issue.Desk, Name: v.Stops[n-1].Name}
	}
	return v, nil
}

// Rows of the review board.
type (
	BoardFilter = postgres.BoardFilter
	BoardGroup  = postgres.BoardGroup
	BoardQueue  = postgres.BoardQueue
	BoardRow    = postgres.BoardRow
)

// The queues of the review board.
const (
	AtMyDesk     = postgres.AtMyDesk
	OverdueBelow = postgres.OverdueBelow
	ToBeSettled  = postgres.ToBeSettled
	OthersBelow  = postgres.OthersBelow

	PressingBelow = postgres.PressingBelow
	ReopenedBelow = postgres.ReopenedBelow
)

// Rows of one queue: on the board with all queues, and where one queue is looked at alone; and how far a queue is counted, which
// bounds the cost of the board however much is open.
const (
	boardRows  = 20
	boardAlone = 200
	boardCount = 200
)

// Board is the review board of a lead.
type Board struct {
	Queues []BoardQueue
	Place  territory.Chain      // of the place in the filter; empty where there is none that the reader may know of
	Places []territory.Locality // directly below the place of the filter, or below the reader's own: to narrow the board
	Fields []WorkField
	Glance []GlanceRow // where the open issues of the reader's area stand
}

// GlanceRow is one number of a board at a glance.
type GlanceRow = postgres.GlanceRow

// GlanceBy says what they are by.
type GlanceBy = postgres.GlanceBy

// GlanceAges are the days since raising at which another age begins.
func GlanceAges() []int { return postgres.GlanceAges() }

// What the rows of a board at a glance are by.
const (
	ByPlace = postgres.ByPlace
	ByDesk  = postgres.ByDesk
	ByAge   = postgres.ByAge
)

// highestDesk gives the level of the highest desk that somebody leads.
func highestDesk(actor cadre.Actor) territory.Level {
	level := territory.Group
	for _, g := range actor.Grants {
		if g.Post.Capability == cadre.Lead && g.Locality.Level.Above(level) {
			level = g.Locality.Level
		}
	}
	return level
}

// Board gives what is held at the actor's desks and below them. Only names one queue to see more of; empty for all. Forbidden
// if the actor leads nothing.
func (a *App) Board(ctx context.Context, actor cadre.Actor, f BoardFilter, only BoardGroup) (Board, error) {
	rows := boardRows
	if slices.Contains(postgres.BoardGroups(), only) {
		rows = boardAlone
	}
	return a.board(ctx, actor, f, only, postgres.BoardQuery{Limit: rows, Count: boardCount, Whole: true, Level: highestDesk(actor)})
}

// WholeBoard is Board with as many rows of each queue as are asked for, however long the queues are.
func (a *App) WholeBoard(ctx context.Context, actor cadre.Actor, f BoardFilter, only BoardGroup, rows int) (Board, error) {
	return a.board(ctx, actor, f, only, postgres.BoardQuery{Limit: rows, Count: rows})
}

func (a *App) board(ctx context.Context, actor cadre.Actor, f BoardFilter, only BoardGroup, q postgres.BoardQuery) (Board, error) {
	scope := actor.Scope(cadre.ReviewBoard)
	if len(scope.Branches) == 0 {
		return Board{}, fault.Forbidden("fault.forbidden")
	}
	f.Inside = f.Place != 0 && !aboveOwn(actor, f.Place)
	q.Scope, q.Now, q.Filter, q.Groups = scope, actor.At, f, postgres.BoardGroups()
	if slices.Contains(q.Groups, only) {
		q.Groups = []BoardGroup{only}
	}
	q.Desks, q.Above = ownDesks(actor)
	found, err := a.db.Board(ctx, q)
	if err != nil {
		return Board{}, fmt.Errorf("reading the review board: %w", err)
	}
	return Board{Queues: found.Queues, Place: viewable(actor, found.Place), Places: found.Below, Fields: found.Fields, Glance: found.Glance}, nil
}

// ownDesks gives the desks that the actor leads, and the desks above all of them.
func ownDesks(actor cadre.Actor) (own, above []territory.LocalityID) {
	for _, g := range actor.Grants {
		if g.Post.Capability == cadre.Lead {
			own = append(own, g.Locality.ID)
		}
	}
	for _, g := range actor.Grants {
		if g.Post.Capability != cadre.Lead {
			continue
		}
		for n, id := range g.Path {
			mineAbove := slices.ContainsFunc(g.Path[n:], func(p territory.LocalityID) bool { return slices.Contains(own, p) })
			if !mineAbove {
				above = append(above, id)
			}
		}
	}
	return own, above
}
