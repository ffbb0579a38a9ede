// Package cadre owns people and what they may do: cadres, posts, assignments, the desks of a place, and the one policy
// from which reading and writing rights follow (domain.md section 2). It knows no reports, no issues and no database.
package cadre

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"banam/internal/territory"
)

// ID identifies a cadre.
type ID int64

// AssignmentID identifies an assignment.
type AssignmentID int64

// Tier is the tier of leadership that a cadre belongs to.
type Tier string

// The tiers of leadership.
const (
	ProvinceTier Tier = "province"
	DistrictTier Tier = "district"
	CommuneTier  Tier = "commune"
)

// Capability is what a post lets its holder do.
type Capability string

// The capabilities of domain.md section 2.
const (
	Support    Capability = "support"
	Watch      Capability = "watch"
	Lead       Capability = "lead"
	Administer Capability = "administer"
)

// Post codes of the seeded catalogue that rules name. Other posts are data only.
const (
	ProvinceSupporter = "province_supporter"
	DistrictSupporter = "district_supporter"
	CommuneSupporter  = "commune_supporter"
	CommuneWatcher    = "commune_watcher"
)

// Post is a row of the catalogue of posts.
type Post struct {
	Code       string
	NameVi     string
	NameEn     string
	Tier       Tier
	Capability Capability
}

// Grant is an assignment in force, with what it covers.
type Grant struct {
	AssignmentID AssignmentID
	Post         Post
	Locality     territory.Locality
	Path         []territory.LocalityID // the place and its ancestors, from the place upward
	Branches     []Branch               // what it covers
	Primary      bool
	Acting       bool
	Household    uuid.UUID // the one household that it follows; the zero one for a whole place
}

// Actor is the signed-in person of one request: who they are and what they hold at one instant.
type Actor struct {
	CadreID   ID
	AccountID int64
	Name      string
	Tier      Tier
	At        time.Time
	Grants    []Grant
}

// Today gives the actor's day.
func (a Actor) Today() territory.Day { return territory.DayOf(a.At) }

// Holds tells whether the actor holds anything with the capability.
func (a Actor) Holds(c Capability) bool {
	for _, g := range a.Grants {
		if g.Post.Capability == c {
			return true
		}
	}
	return false
}

// Covers tells whether the place lies in the subtree of anything the actor holds.
func (a Actor) Covers(p territory.Place) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		return slices.ContainsFunc(g.Branches, func(b Branch) bool { return b.Covers(p) })
	})
}

// Holding says that a person holds a post at a place of some chain on some day.
type Holding struct {
	AssignmentID AssignmentID
	CadreID      ID
	Name         string
	Phone        string
	Post         Post
	Locality     territory.LocalityID
	Primary      bool
	Acting       bool
}
