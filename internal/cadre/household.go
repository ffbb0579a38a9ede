package cadre

import (
	"slices"

	"github.com/google/uuid"

	"banam/internal/territory"
)

// ofHouseholds tells whether the action is about personal data of households.
func (a Action) ofHouseholds() bool {
	return a == ReadHousehold || a == KeepHousehold || a == EnterHouseholds || a == AuditHousehold
}

// ofNamed tells whether who follows a single household may do the action on it.
func (a Action) ofNamed() bool { return a == ReadHousehold || a == KeepHousehold }

// nearEnough tells whether the post is held near enough to the households for what is to be done with them (domain.md sections 2 and 6):
// their data is read at groups, hamlets and by the leads of communes, kept by the commune's own tier, and entered besides by
// the administrators of communes and districts, who bring the lists and read nothing. Above that only numbers are seen.
func (g Grant) nearEnough(action Action) bool {
	if !action.ofHouseholds() {
		return true
	}
	level := g.Locality.Level
	switch g.Post.Capability {
	case Support:
		return (level == territory.Group || level == territory.Hamlet) && (action == ReadHousehold || g.Post.Tier == CommuneTier)
	case Lead:
		return level == territory.Hamlet || level == territory.Commune
	case Administer:
		return level == territory.Commune || level == territory.District
	case Watch:
	}
	return false
}

// reaches tells whether the grant is about the household: about any, or about this one.
func (g Grant) reaches(action Action, household uuid.UUID) bool {
	return g.Household == uuid.Nil || action.ofNamed() && g.Household == household
}

// RegisterAt gives the grant by which the actor may open the register of a place: the lowest one that covers it. Somebody who follows
// single households opens it at their group and finds those alone.
func RegisterAt(a Actor, action Action, place territory.Place) (Grant, bool) {
	var best Grant
	found := false
	for _, g := range a.Grants {
		covers := g.stands(place)
		named := g.Household != uuid.Nil
		if !covers || !g.Allows(action) || named && !action.ofNamed() {
			continue
		}
		if !found || best.Household != uuid.Nil && !named || best.Locality.Level.Above(g.Locality.Level) && !named {
			best, found = g, true
		}
	}
	return best, found
}

// stands tells whether the place lies today in the subtree of the grant's own. What came to it from places of before are facts of
// then: households are a current register, and today's place decides who sees them (architecture.md, "Data").
func (g Grant) stands(place territory.Place) bool {
	return slices.ContainsFunc(BranchesOf(g.Locality, nil), func(b Branch) bool { return b.Covers(place) })
}

// FollowsHouseholds tells whether the post can also be given for a single household of a group: that of the commune's own supporters.
func (p Post) FollowsHouseholds(level territory.Level) bool {
	return p.Capability == Support && p.Tier == CommuneTier && level == territory.Group
}
