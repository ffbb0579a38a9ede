package demo

import (
	"math/rand/v2"
	"slices"

	"banam/internal/cadre"
	"banam/internal/territory"
)

// Posts that nobody holds on purpose, so that coverage, vacant desks and passing upward have something to show. None is on
// the chain of the demo accounts.
var (
	withoutSecretary = [][]string{{"Xã Thừa Đức"}}
	withoutLead      = [][]string{{"Ấp 1", "Xã Thừa Đức"}, {"Ấp 3", "Xã Phú Vang"}}
	withoutTierTwo   = [][]string{{"Ấp 4", "Xã Long Định"}}
	withTwoTierTwo   = [][]string{{"Ấp 2", "Xã Long Định"}}          // the one who is free
	withOwnLead      = [][]string{{"Ấp Hưng Chánh", "Xã Châu Hưng"}} // the demo account leads no other hamlet
)

// staff makes the people of the demo and gives them their posts.
func staff(t *tree, random *rand.Rand) *roster {
	r := newRoster(random)
	r.leaders(t)
	seats := random.Perm(len(watcherJobs))
	for i, c := range t.communes() {
		r.commune(c, watcherJobs[seats[i%len(seats)]])
		r.hamlets(c, t.below(c))
	}
	for _, h := range t.level(territory.Hamlet) {
		r.groups(h, t.below(h))
	}
	return r
}

// groups gives each group of a hamlet its tier 3: somebody of the hamlet or, one time in three, of the commune's offices.
func (r *roster) groups(h *place, groups []*place) {
	seats := r.random.Perm(len(hamletJobs))
	for _, g := range groups {
		j := memberJob.at(h)
		switch {
		case r.random.IntN(3) == 0:
			j = pick(r.random, communeJobs).at(h.parent)
		case len(seats) > 0:
			j, seats = hamletJobs[seats[0]].at(h), seats[1:]
		}
		r.assign(r.hire(cadre.CommuneTier, j), cadre.CommuneSupporter, g)
	}
}

// leaders staffs the desks above the communes and the district's administrator.
func (r *roster) leaders(t *tree) {
	province, district := t.level(territory.Province)[0], t.find(districtName)
	r.assign(r.lead(cadre.ProvinceTier, job{"Phó Bí thư Thường trực Tỉnh ủy", "Tỉnh ủy Bến Tre"}), provinceLead, province)
	r.assign(r.lead(cadre.DistrictTier, job{"Phó Bí thư Thường trực Huyện ủy", "Huyện ủy Bình Đại"}), districtLead, district)
	for _, s := range t.level(territory.Subregion) {
		r.assign(r.lead(cadre.DistrictTier, job{"Ủy viên Ban Thường vụ Huyện ủy", "Huyện ủy Bình Đại"}), subregionLead, s)
	}
	r.assign(r.lead(cadre.DistrictTier, job{"Chuyên viên công nghệ thông tin", "Văn phòng Huyện ủy"}), districtAdmin, district)
}

// commune staffs a commune: its secretary, its watcher and its tier 1.
func (r *roster) commune(c *place, watcher job) {
	if !c.among(withoutSecretary) {
		r.assign(r.lead(cadre.CommuneTier, job{"Bí thư Đảng ủy", "Đảng ủy %s"}.at(c)), communeLead, c)
	}
	r.assign(r.lead(cadre.DistrictTier, watcher), cadre.CommuneWatcher, c)
	r.assign(r.hire(cadre.ProvinceTier, pick(r.random, provinceJobs).orStaff(r.random)), cadre.ProvinceSupporter, c)
}

// hamlets staffs the hamlets of a commune: committee members, who lead one or two of them each, and tier 2.
func (r *roster) hamlets(c *place, hamlets []*place) {
	var member *person // who may take a second hamlet
	seats := r.random.Perm(len(committeeJobs))
	for _, h := range hamlets {
		if !h.among(withoutLead) {
			if member != nil && r.random.IntN(3) == 0 {
				r.assign(member, hamletLead, h)
				member = nil
			} else {
				member = r.lead(cadre.CommuneTier, committeeJobs[seats[0]].at(c))
				seats = seats[1:]
				r.assign(member, hamletLead, h)
			}
		}
		if h.among(withOwnLead) {
			member = nil
		}
		r.tierTwo(h)
	}
}

func (r *roster) tierTwo(h *place) {
	count := 1
	switch {
	case h.among(withoutTierTwo):
		count = 0
	case h.among(withTwoTierTwo):
		count = 2
	}
	for range count {
		r.assign(r.hire(cadre.DistrictTier, pick(r.random, districtJobs).orStaff(r.random)), cadre.DistrictSupporter, h)
	}
}

// among tells whether the place is one of the paths.
func (p *place) among(paths [][]string) bool { return slices.ContainsFunc(paths, p.on) }
