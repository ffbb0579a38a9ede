package casework

import (
	"slices"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Told gives those who are told of an event at once: never the actor, each person once. The situation is the one after
// the event. Commenters are those who have spoken in the thread before.
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
	case Escalate, SendDown, PullUp, Reopen, PassVacant:
		ids = append(ids, s.leadsOf(e.ToDesk)...)
		ids = append(ids, s.leadsOf(e.FromDesk)...)
	case AskInfo:
		ids = append(ids, s.Issue.Asked)
	case AnswerInfo, Confirm:
		ids = append(ids, s.leadsOf(e.ToDesk)...)
	case Resolve:
		ids = append(ids, s.Confirmers()...)
	case CommentOn:
		ids = append(ids, s.leadsOf(e.ToDesk)...)
		ids = append(ids, commenters...)
	case Acknowledge, Start, Decline:
		// the raiser is told
	}
	return slices.DeleteFunc(unique(ids), func(id cadre.ID) bool { return id == e.Actor })
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
