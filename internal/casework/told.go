package casework

import (
	"slices"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Audience are those who take part in the thread of an issue by their own doing.
type Audience struct {
	Commenters []cadre.ID // who have spoken in it before
	Following  []cadre.ID // who asked to be told of every move
	Muted      []cadre.ID // who asked to be told only of what is theirs to do
}

// Told gives those who are told of an event at once: never the actor, each person once, and nobody who may not read the
// issue any more. The situation is the one after the event; people are told late at times, so that what the event itself
// says of the asked and the resolver counts, not what the issue says since. Whoever muted the issue is told of what is
// addressed to them all the same. Administrators, who see numbers only, are told by TellAdministrators.
func (s Situation) Told(e Event, of Audience) []cadre.ID {
	var interested []cadre.ID
	if e.Move != Raise {
		interested = append(interested, s.Issue.Raiser)
	}
	interested = append(interested, of.Following...)
	switch e.Move {
	case Escalate, SendDown, PullUp, Reopen, PassVacant, Lapse:
		interested = append(interested, s.leadsOf(e.FromDesk)...)
	case CommentOn:
		interested = append(interested, s.leadsOf(e.ToDesk)...)
		interested = append(interested, of.Commenters...)
	case Resolve, Decline, Merge, Conclude:
		interested = append(interested, s.path(e.ToDesk)...)
	case Raise, Acknowledge, Start, AgencyReply, AskInfo, AnswerInfo, Confirm, Absorb, MarkOverdue, CloseSilent:
		// the raiser is told, and who follows
	}
	ids := slices.DeleteFunc(interested, func(id cadre.ID) bool { return slices.Contains(of.Muted, id) })
	return slices.DeleteFunc(unique(append(ids, s.addressed(e)...)), func(id cadre.ID) bool {
		return id == e.Actor || id != s.Issue.Raiser && !s.holds(id)
	})
}

// addressed gives those for whom an event means something to do, whether they muted the issue or not.
func (s Situation) addressed(e Event) []cadre.ID {
	switch e.Move {
	case Raise:
		if e.Detail.Direct {
			return append(s.leadsOf(e.ToDesk), s.bypassed(e.ToDesk)...)
		}
		return s.leadsOf(e.ToDesk)
	case Escalate, SendDown, PullUp, Reopen, PassVacant, Lapse, AnswerInfo, Confirm, MarkOverdue, CloseSilent, Absorb, Conclude:
		return s.leadsOf(e.ToDesk)
	case AskInfo:
		return []cadre.ID{e.Detail.Asked}
	case Resolve:
		s.Issue.Resolver, s.Issue.Desk = e.Actor, e.ToDesk
		return s.Confirmers()
	case CommentOn:
		return e.Detail.Mentioned
	case Acknowledge, Start, AgencyReply, Decline, Merge:
	}
	return nil
}

// path gives those who follow an issue by their posts: supporters, watchers and the leads of the desks up to the one that holds it
// ("Watchers, supporters and lower desks on the path follow it", domain.md section 4). They are told how it ends.
func (s Situation) path(desk territory.LocalityID) []cadre.ID {
	var ids []cadre.ID
	for _, h := range s.Holdings {
		if h.Post.Capability == cadre.Support || h.Post.Capability == cadre.Watch {
			ids = append(ids, h.CadreID)
		}
	}
	for _, d := range s.Desks[:s.Desks.Index(desk)+1] {
		ids = append(ids, leadsBut(d, 0)...)
	}
	return ids
}

// TellAdministrators gives the administrators of the path where an event shows that the path has no lead left above the
// desk that holds the issue now ("If the top desk is vacant, the issue stays at the highest desk that has a lead and
// administrators are told", domain.md section 4).
func (s Situation) TellAdministrators(e Event) []cadre.ID {
	to := s.Desks.Index(e.ToDesk)
	if !slices.ContainsFunc(e.Detail.Vacant, func(id territory.LocalityID) bool { return s.Desks.Index(id) > to }) {
		return nil
	}
	return s.Administrators()
}

// Administrators gives everybody who administers a place of the path.
func (s Situation) Administrators() []cadre.ID {
	var ids []cadre.ID
	for _, h := range s.Holdings {
		if h.Post.Capability == cadre.Administer {
			ids = append(ids, h.CadreID)
		}
	}
	return unique(ids)
}

func (s Situation) leadsOf(desk territory.LocalityID) []cadre.ID {
	d, _ := s.Desks.Find(desk)
	return leadsBut(d, 0)
}

// bypassed gives the leads of the desks that a direct line passed by and the commune's watchers.
func (s Situation) bypassed(desk territory.LocalityID) []cadre.ID {
	var ids []cadre.ID
	for _, d := range Bypassed(s.Desks, desk) {
		ids = append(ids, leadsBut(d, 0)...)
	}
	for _, h := range s.Holdings {
		if h.Post.Capability == cadre.Watch {
			ids = append(ids, h.CadreID)
		}
	}
	return ids
}
