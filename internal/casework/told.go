package casework

import (
	"slices"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Told gives those who are told of an event at once: never the actor, each person once, and nobody who may not read the
// issue any more. The situation is the one after the event; people are told late at times, so that what the event itself
// says of the asked and the resolver counts, not what the issue says since. Commenters are those who have spoken in the
// thread before. Administrators, who see numbers only, are told by TellAdministrators.
func (s Situation) Told(e Event, commenters []cadre.ID) []cadre.ID {
	ids := []cadre.ID{}
	if e.Move != Raise {
		ids = append(ids, s.Issue.Raiser)
	}
	switch e.Move {
	case Raise:
		ids = append(ids, s.leadsOf(e.ToDesk)...)
		if e.Detail.Direct {
			ids = append(ids, s.bypassed(e.ToDesk)...)
		}
	case Escalate, SendDown, PullUp, Reopen, PassVacant, Lapse:
		ids = append(ids, s.leadsOf(e.ToDesk)...)
		ids = append(ids, s.leadsOf(e.FromDesk)...)
	case AskInfo:
		ids = append(ids, e.Detail.Asked)
	case AnswerInfo, Confirm, MarkOverdue, CloseSilent:
		ids = append(ids, s.leadsOf(e.ToDesk)...)
	case Resolve:
		s.Issue.Resolver, s.Issue.Desk = e.Actor, e.ToDesk
		ids = append(ids, s.Confirmers()...)
	case CommentOn:
		ids = append(ids, s.leadsOf(e.ToDesk)...)
		ids = append(ids, commenters...)
	case Acknowledge, Start, Decline:
		// the raiser is told
	}
	return slices.DeleteFunc(unique(ids), func(id cadre.ID) bool {
		return id == e.Actor || id != s.Issue.Raiser && !s.holds(id)
	})
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
